//! What someone was told: on their own page, in the demo's inboxes, and at the window where no way reached them.

use std::sync::Arc;

use axum::extract::{Form, Path};
use axum::response::Response;
use base::{PersonId, Role};
use city::follow::{HOOK, Notice, To};
use city::mail::CODE_KIND;
use outbox::{Fate, Message, Which};
use people::notice::Told;
use rules::Channel;
use serde::Deserialize;

use super::{expired, nothing, outbox, sending};
use crate::App;
use crate::app::Mode;
use crate::frame::Visit;
use crate::look::{InboxesPage, NoticeLine, NoticesPage, SentLine, Tongue, UntoldPage};
use crate::problem::Rejected;
use crate::send::words;

/// As many as a page shows.
const SHOWN: usize = 100;
/// As many as are looked through for a window's.
const THROUGH: usize = 1_000;

/// Who a visitor is, to whom notices go.
pub(super) fn me(visit: &Visit) -> Option<To> {
    match visit.role {
        Some(Role::Citizen(person)) => Some(To::Person(person)),
        Some(Role::Merchant(shop)) => Some(To::Shop(shop)),
        _ => None,
    }
}

fn says(app: &App, t: Tongue, message: &Message) -> Option<(Notice, String)> {
    let notice = Notice::read(&message.new.body)?;
    let text = words::told(app, t, &notice.told);
    Some((notice, text))
}

fn href(told: &Told) -> Option<&'static str> {
    match told {
        Told::HelperPaid { .. }
        | Told::Refunded { .. }
        | Told::Withdrawn { .. }
        | Told::MoneySent { .. }
        | Told::MoneyReceived { .. } => Some("/wallet/history"),
        Told::Gave { .. } | Told::GivesAlways | Told::GivesNoMore => Some("/wallet/giving"),
        Told::ClaimReceived { .. } | Told::ClaimBack { .. } => Some("/wallet/prepaid"),
        Told::CouponGiven { .. } => Some("/wallet/coupons"),
        Told::PlaqueGiven => Some("/shop/giving"),
        Told::HelperSaw | Told::GlassOpened | Told::LookAnswered => Some("/me/looks"),
        Told::HelpGiven | Told::HelpEnded | Told::HouseholdChanged => Some("/me"),
        Told::CardLost | Told::CardFrozen | Told::CardIssued | Told::PinSet | Told::LimitReached => {
            Some("/wallet")
        }
        Told::CodeIssued => Some("/account"),
        Told::CaseOpened { .. } | Told::CaseClosed { .. } => Some("/shop/cases"),
        Told::JoinFiled
        | Told::JoinAccepted
        | Told::JoinRefused
        | Told::JoinCancelled
        | Told::JoinAnswered => Some("/join/mine"),
        Told::PaidOut { .. } => Some("/shop"),
        Told::MailCode | Told::MailKept | Told::MailGone => Some("/notices/mail"),
        // A person's account and a shop's stand on different pages.
        Told::AccountSet
        | Told::RoleGiven { .. }
        | Told::RoleEnded { .. }
        | Told::ShopClosed
        | Told::GiftReceipt { .. } => None,
    }
}

pub(super) async fn own(visit: Visit) -> Response {
    let Some(to) = me(&visit) else { return visit.at_the_door() };
    let messages = outbox(&visit, move |kept| kept.list(&Which::To(&to.code(), "app"), SHOWN)).await;
    let messages = match messages {
        Ok(messages) => messages,
        Err(rejected) => return visit.refuse(rejected, "/"),
    };
    let line = |message: &Message| {
        let (notice, text) = says(&visit.app, visit.t, message)?;
        let answer_by = notice
            .days
            .zip(message.done)
            .map(|(days, delivered)| visit.moment(delivered.plus_seconds(i64::from(days) * 86_400)));
        Some(NoticeLine { text, at: visit.moment(message.new.at), answer_by, href: href(&notice.told) })
    };
    let notices = messages.iter().filter_map(line).collect();
    let page = NoticesPage { t: visit.t, page: visit.page(), notices };
    visit.show(&page)
}

fn sent(visit: &Visit, message: &Message, to: String) -> Option<SentLine> {
    let (_, text) = says(&visit.app, visit.t, message)?;
    Some(SentLine {
        no: message.no,
        way: format!("way-{}", message.new.channel),
        to,
        text,
        at: visit.moment(message.new.at),
        sending: sending(message.fate),
        said: message.said.clone(),
        next: (message.fate == Fate::Waiting).then(|| visit.moment(message.new.next)),
    })
}

/// In a demo only: there is nobody whose letters these would be.
pub(super) async fn inboxes(visit: Visit) -> Response {
    let Mode::Demo(demo) = &visit.app.mode else { return visit.refuse(nothing(), "/") };
    let names: Vec<(String, String)> = demo
        .personas
        .iter()
        .filter_map(|persona| match persona.role {
            Role::Citizen(person) => Some((person.to_string(), persona.name.clone())),
            _ => None,
        })
        .collect();
    let messages = outbox(&visit, |kept| kept.list(&Which::NotChannel(HOOK), SHOWN)).await;
    let messages = match messages {
        Ok(messages) => messages,
        Err(rejected) => return visit.refuse(rejected, "/"),
    };
    // The personas are nobody; townsfolk stay numbers.
    let to = |code: &str| match To::coded(code) {
        Some(To::Shop(shop)) => {
            let view = visit.app.city.shared.read();
            view.town.directory.shop(shop).map_or_else(|| code.to_owned(), |(_, shop)| shop.name.clone())
        }
        _ => names.iter().find(|(id, _)| id == code).map_or(code, |(_, name)| name.as_str()).to_owned(),
    };
    let codes = match codes(&visit, &messages).await {
        Ok(codes) => codes,
        Err(rejected) => return visit.refuse(rejected, "/"),
    };
    let line = |message: &Message| {
        let mut line = sent(&visit, message, to(&message.new.to))?;
        // The mail itself: what was told there alone.
        let code = codes.iter().find(|(receiver, _)| *receiver == message.new.to);
        if message.new.channel == Channel::Email.code()
            && message.new.kind == CODE_KIND
            && let Some((_, code)) = code
        {
            line.text = words::with_code(visit.t, code);
        }
        Some(line)
    };
    let sent = messages.iter().filter_map(line).collect();
    let page = InboxesPage { t: visit.t, page: visit.page(), sent };
    visit.show(&page)
}

/// The codes that are on their way to mail addresses, by receiver.
async fn codes(visit: &Visit, messages: &[Message]) -> Result<Vec<(String, String)>, Rejected> {
    let mut receivers: Vec<To> = Vec::new();
    for to in messages.iter().filter(|one| one.new.kind == CODE_KIND).filter_map(|one| To::coded(&one.new.to))
    {
        if !receivers.contains(&to) {
            receivers.push(to);
        }
    }
    let (vault, now) = (visit.app.city.vault(), visit.app.now());
    let read = visit.app.register(visit.looks("demo.inboxes", "notice"), move |register| {
        let mut codes = Vec::new();
        for to in receivers {
            let mailbox = match to {
                To::Person(person) => register.mailbox(person, now)?,
                To::Shop(shop) => city::mail::of_shop(register.snapshot(), &vault, shop, now)?,
            };
            codes.extend(mailbox.pending.map(|(_, code)| (to.code(), code)));
        }
        Ok(codes)
    });
    Ok(read.await?)
}

/// The person of a message that no way reached, if the window may see them.
fn at_window(app: &App, visit: &Visit, message: &Message) -> Option<PersonId> {
    let Some(To::Person(person)) = To::coded(&message.new.to) else { return None };
    let actor = visit.actor()?;
    let is_last = Notice::read(&message.new.body).is_some_and(|notice| notice.then.is_empty());
    let view = app.city.shared.read();
    let seen = city::may::sees_person(&actor, person, &view.town.directory);
    (is_last && message.fate == Fate::Dead && message.new.channel != HOOK && seen).then_some(person)
}

pub(super) async fn untold(visit: Visit) -> Response {
    if visit.role != Some(Role::Clerk) {
        return visit.at_the_door();
    }
    match list(&visit).await {
        Ok(untold) => {
            let page = UntoldPage { t: visit.t, page: visit.page(), untold };
            visit.show(&page)
        }
        Err(rejected) => visit.refuse(rejected, "/clerk"),
    }
}

/// Whom no way reached, each once, if the window may see them: those who wait longest first.
pub(in crate::pages) async fn waiting(visit: &Visit, most: usize) -> Result<Vec<PersonId>, Rejected> {
    let messages = outbox(visit, move |kept| kept.list(&Which::DeadNotChannel(HOOK), THROUGH)).await?;
    let mut people: Vec<PersonId> = Vec::new();
    // The newest come first.
    for message in messages.iter().rev() {
        let Some(person) = at_window(&visit.app, visit, message) else { continue };
        if people.len() < most && !people.contains(&person) {
            people.push(person);
        }
    }
    Ok(people)
}

async fn list(visit: &Visit) -> Result<Vec<SentLine>, Rejected> {
    let messages = outbox(visit, |kept| kept.list(&Which::DeadNotChannel(HOOK), THROUGH)).await?;
    let mine: Vec<(Message, PersonId)> = messages
        .into_iter()
        .filter_map(|message| at_window(&visit.app, visit, &message).map(|person| (message, person)))
        .take(SHOWN)
        .collect();
    let people: Vec<PersonId> = mine.iter().map(|(_, person)| *person).collect();
    let names = Arc::clone(&visit.app)
        .register(visit.looks("window.untold", "notice"), move |register| {
            people.into_iter().map(|person| register.naming(person)).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let name = |known: &Option<city::read::people::Known>| {
        known.as_ref().map(|known| known.name.clone()).unwrap_or_default()
    };
    let lines = mine.iter().zip(&names).filter_map(|((message, _), known)| sent(visit, message, name(known)));
    Ok(lines.collect())
}

#[derive(Deserialize)]
pub(super) struct Post {
    csrf: String,
}

/// They were told in person.
pub(super) async fn told(visit: Visit, Path(no): Path<String>, Form(form): Form<Post>) -> Response {
    const PAGE: &str = "/clerk/notices";
    if visit.role != Some(Role::Clerk) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), PAGE);
    }
    let Ok(no) = no.parse::<i64>() else { return visit.refuse(nothing(), PAGE) };
    let message = match outbox(&visit, move |kept| kept.message(no)).await {
        Ok(message) => message,
        Err(rejected) => return visit.refuse(rejected, PAGE),
    };
    let mine = message.is_some_and(|message| at_window(&visit.app, &visit, &message).is_some());
    let (now, by) = (visit.app.now(), visit.actor().map(city::looks::who).unwrap_or_default());
    if !mine {
        return visit.refuse(nothing(), PAGE);
    }
    match outbox(&visit, move |kept| kept.told(no, now, &by)).await {
        Ok(_) => visit.go(PAGE),
        Err(rejected) => visit.refuse(rejected, PAGE),
    }
}
