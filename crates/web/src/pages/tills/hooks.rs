//! `/shop/hooks`: the addresses of a shop's programs, what they were sent, and sending it again.

use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use base::{HookId, MerchantId, Refusal};
use city::follow::HOOK;
use city::hooks::{Hook, of, opened};
use city::{Command, HookSecret, OnTills, Reply};
use economy::Facts;
use economy::facts::TillsFacts;
use outbox::{Fate, Message, Which};
use serde::Deserialize;

use super::{expired, nothing, outbox, owned, sending};
use crate::frame::Visit;
use crate::look::{Alert, Field, FieldError, HookLine, HookMessage, HooksPage};
use crate::problem::Rejected;
use crate::send::{may_ask, shown_secret};

const PAGE: &str = "/shop/hooks";
/// As many messages as are shown at once, of all addresses together; of each address so many at least.
const SHOWN: usize = 20;
const LEAST: usize = 4;

#[derive(Deserialize)]
pub(super) struct Asked {
    secret: Option<String>,
    hook: Option<String>,
    before: Option<i64>,
}

/// One address, whose messages before one are looked at.
type Older = Option<(HookId, i64)>;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    url: String,
}

/// What a form left behind.
#[derive(Default)]
struct Sent {
    status: StatusCode,
    url: Field,
    request_key: Option<String>,
    errors: Vec<FieldError>,
    alert: Option<Alert>,
}

pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    let Some(shop) = owned(&visit) else { return visit.at_the_door() };
    let older = asked.hook.and_then(|id| id.parse().ok()).zip(asked.before);
    page(visit, shop, asked.secret, older, Sent::default()).await
}

async fn page(visit: Visit, shop: MerchantId, secret: Option<String>, older: Older, sent: Sent) -> Response {
    let all = match read(&visit, shop, secret, older).await {
        Ok(all) => all,
        Err(rejected) => return visit.refuse(rejected, "/shop"),
    };
    let (mut hooks, secret) = all;
    hooks.sort_by_key(|(hook, ..)| hook.ended.is_some());
    let mut frame = visit.page();
    frame.alert = sent.alert;
    let page = HooksPage {
        t: visit.t,
        page: frame,
        errors: sent.errors,
        url: sent.url,
        request_key: sent.request_key.unwrap_or_else(|| visit.app.request_key()),
        secret,
        private: visit.app.outlets.private(),
        whole: older.map(|_| PAGE),
        hooks: hooks.iter().map(|(hook, messages, more)| line(&visit, hook, messages, *more)).collect(),
    };
    visit.show_as(sent.status, &page)
}

/// Addresses with messages, and whether there are older ones; the secret that is shown.
type Read = (Vec<(Hook, Vec<Message>, bool)>, Option<(String, String)>);

async fn read(
    visit: &Visit,
    shop: MerchantId,
    secret: Option<String>,
    older: Older,
) -> Result<Read, Rejected> {
    let (vault, now) = (visit.app.city.vault(), visit.app.now());
    let wanted = secret.and_then(|text| text.parse::<HookId>().ok());
    let (hooks, shown) = visit
        .app
        .read(move |snapshot| {
            let hooks = of(snapshot, shop)?;
            let mine = wanted.filter(|id| hooks.iter().any(|hook| hook.id == *id && hook.ended.is_none()));
            let shown = match mine {
                Some(id) => opened(snapshot, &vault, id, now)?,
                None => None,
            };
            Ok((hooks, shown))
        })
        .await?;
    let shown = shown.and_then(|(hook, secrets)| Some((hook.url, shown_secret(secrets.first()?))));
    let hooks = outbox(visit, move |kept| {
        let asked = hooks.into_iter().filter(|hook| older.is_none_or(|(id, _)| hook.id == id));
        let asked: Vec<Hook> = asked.collect();
        let shown = (SHOWN / asked.len().max(1)).max(LEAST);
        let each = asked.into_iter().map(|hook| {
            let lane = lane(hook.id);
            let which = older.map_or(Which::Lane(&lane), |(_, before)| Which::LaneBefore(&lane, before));
            let mut messages = kept.list(&which, shown + 1)?;
            let more = messages.len() > shown;
            messages.truncate(shown);
            Ok((hook, messages, more))
        });
        each.collect::<Result<Vec<_>, outbox::Error>>()
    });
    Ok((hooks.await?, shown))
}

fn lane(hook: HookId) -> String {
    format!("{HOOK}/{hook}")
}

/// What a try came to, in words: what the outbox keeps are the few reasons of `send::net`, or a status.
fn said(visit: &Visit, message: &Message) -> String {
    let key = match message.said.as_str() {
        "" => return String::new(),
        "refused" => "hooks-why-refused",
        "no answer in time" => "hooks-why-late",
        "no TLS" => "hooks-why-tls",
        "leads to no address that may be asked" | "not an address that may be asked" => "hooks-why-address",
        "the address was ended" => "hooks-why-ended",
        status if status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit()) => "hooks-why-status",
        _ => "hooks-why-other",
    };
    visit.t.say(key).text("status", &message.said).to_string()
}

fn line(visit: &Visit, hook: &Hook, messages: &[Message], more: bool) -> HookLine {
    let last = messages.last().filter(|_| more);
    HookLine {
        id: hook.id.to_string(),
        url: hook.url.clone(),
        since: visit.moment(hook.made),
        ended: hook.ended.map(|at| visit.moment(at)),
        request_key: visit.app.request_key(),
        older: last.map(|message| format!("{PAGE}?hook={}&before={}", hook.id, message.no)),
        messages: messages
            .iter()
            .map(|message| HookMessage {
                no: message.no,
                kind: message.new.kind.clone(),
                at: visit.moment(message.new.at),
                sending: sending(message.fate),
                said: said(visit, message),
                tries: message.tries,
                next: (message.fate == Fate::Waiting).then(|| visit.moment(message.new.next)),
            })
            .collect(),
    }
}

/// 256 random bits.
fn fresh(visit: &Visit) -> HookSecret {
    let mut secret = [0; 32];
    for part in secret.chunks_exact_mut(8) {
        part.copy_from_slice(&visit.app.random().to_le_bytes());
    }
    HookSecret(secret)
}

pub(super) async fn open(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(merchant) = owned(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), PAGE);
    }
    let url = form.url.trim().to_owned();
    let asked = if may_ask(&url, visit.app.outlets.private()) {
        let secret = fresh(&visit);
        let command = OnTills::OpenHook { merchant, url: url.clone(), secret };
        visit.ask(&form.request_key, Command::OnTills(command)).await
    } else {
        Err(Refusal::new("hook.address").into())
    };
    match asked {
        Ok(Reply::Done { facts: Facts::Tills(TillsFacts::Hook { hook, .. }), .. }) => {
            visit.go(&format!("{PAGE}?secret={hook}"))
        }
        Ok(_) => visit.go(PAGE),
        Err(rejected) => {
            let alert = visit.alert(&rejected);
            let error = alert.what.clone();
            let sent = Sent {
                status: rejected.status,
                url: Field::wrong(url, error.clone()),
                request_key: Some(form.request_key),
                errors: vec![FieldError { field: "url", error }],
                alert: Some(alert),
            };
            page(visit, merchant, None, None, sent).await
        }
    }
}

async fn change(
    visit: Visit,
    id: &str,
    form: &Post,
    command: impl FnOnce(&Visit, MerchantId, HookId) -> OnTills,
) -> Response {
    let Some(merchant) = owned(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), PAGE);
    }
    let Ok(hook) = id.parse::<HookId>() else { return visit.refuse(nothing(), PAGE) };
    let command = command(&visit, merchant, hook);
    let to = match command {
        OnTills::RotateHook { .. } => format!("{PAGE}?secret={hook}"),
        _ => PAGE.to_owned(),
    };
    match visit.ask(&form.request_key, Command::OnTills(command)).await {
        Ok(_) => visit.go(&to),
        Err(rejected) => visit.refuse(rejected, PAGE),
    }
}

pub(super) async fn rotate(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    change(visit, &id, &form, |visit, merchant, hook| OnTills::RotateHook {
        merchant,
        hook,
        secret: fresh(visit),
    })
    .await
}

pub(super) async fn end(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    change(visit, &id, &form, |_, merchant, hook| OnTills::EndHook { merchant, hook }).await
}

/// Sends a message again, under the key it had.
pub(super) async fn again(visit: Visit, Path(no): Path<String>, Form(form): Form<Post>) -> Response {
    let Some(shop) = owned(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), PAGE);
    }
    let Ok(no) = no.parse::<i64>() else { return visit.refuse(nothing(), PAGE) };
    let mine = match visit.app.read(move |snapshot| of(snapshot, shop)).await {
        Ok(mine) => mine,
        Err(error) => return visit.refuse(error, PAGE),
    };
    let now = visit.app.now();
    let asked = outbox(&visit, move |kept| {
        for hook in mine.iter().filter(|hook| hook.ended.is_none()) {
            if kept.again(no, &lane(hook.id), now)? {
                return Ok(true);
            }
        }
        Ok(false)
    });
    match asked.await {
        Ok(true) => visit.go(PAGE),
        Ok(false) => visit.refuse(nothing(), PAGE),
        Err(rejected) => visit.refuse(rejected, PAGE),
    }
}
