//! The ways to people: each an outlet. In earnest it is whatever takes a JSON post (the gateway of a telephone company or of
//! a messenger, the mail room's), and for mail a relay that speaks SMTP; in a demo it is an inbox that visitors can look into.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::http::{HeaderName, header};
use base::{Actor, Lang, MerchantId};
use city::follow::{Notice, To};
use city::mail::Mailbox;
use outbox::Message;
use people::notice::Told;
use rules::Channel;
use serde_json::{Value, json};

use super::net::Http;
use super::{Mailer, Tried, Went, words};
use crate::App;
use crate::look::Tongue;
use crate::looks::Looker;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Where a way leads.
#[derive(Debug, Clone)]
pub enum Outlet {
    /// A JSON post to this address.
    Post {
        /// `https`, and not within a private network unless that is allowed.
        url: String,
        /// Shown as a bearer token.
        token: Option<String>,
    },
    /// Mail, through a relay.
    Mail(Box<Mailer>),
    /// The demo's inboxes.
    Inbox,
}

/// All ways there are, and whether private networks may be asked.
pub struct Outlets {
    of: BTreeMap<&'static str, Outlet>,
    pub(super) http: Http,
}

impl Default for Outlets {
    fn default() -> Outlets {
        Outlets::new(false)
    }
}

impl Outlets {
    /// None yet. `private`: plain `http` and addresses of private networks may be asked.
    pub fn new(private: bool) -> Outlets {
        Outlets { of: BTreeMap::new(), http: Http::new(private) }
    }

    /// A demo's: every way leads to its inboxes, and shops' programs run on the same machine.
    pub fn of_demo() -> Outlets {
        let ways = Channel::ALL.into_iter().map(|channel| (channel.code(), Outlet::Inbox)).collect();
        Outlets { of: ways, http: Http::new(true) }
    }

    /// Sets where a way leads: `kakao`, `sms`, `email` or `letter`.
    pub fn set(&mut self, way: &str, outlet: Outlet) -> Result<(), String> {
        let channel = Channel::coded(way).filter(|channel| *channel != Channel::App);
        let channel =
            channel.ok_or_else(|| format!("notices: {way:?} is no way: kakao, sms, email or letter"))?;
        if let Outlet::Post { url, .. } = &outlet
            && !super::may_ask(url, self.http.private())
        {
            return Err(format!(
                "notices.{}: {url:?} may not be asked: it has to begin with https and lie outside private networks",
                channel.code()
            ));
        }
        if matches!(outlet, Outlet::Mail(_)) && channel != Channel::Email {
            return Err(format!("notices.{}: only mail goes through a relay", channel.code()));
        }
        self.of.insert(channel.code(), outlet);
        Ok(())
    }

    /// Whether a way is set up.
    pub(crate) fn has(&self, channel: Channel) -> bool {
        self.of.contains_key(channel.code())
    }

    /// Whether private networks may be asked.
    pub(crate) fn private(&self) -> bool {
        self.http.private()
    }
}

/// What a way needs to reach someone.
struct Reach {
    /// For a gateway.
    receiver: Value,
    /// For mail: the address.
    address: String,
    /// What is told there alone: that it was read shows who reads it.
    code: Option<String>,
}

impl Reach {
    fn of(receiver: Value) -> Reach {
        Reach { receiver, address: String::new(), code: None }
    }

    /// By mail: to the address that was confirmed, or, with the code, to the one that is to be.
    fn mail(name: &str, mailbox: Mailbox, told: &Told) -> Option<Reach> {
        let (address, code) = match told {
            Told::MailCode => mailbox.pending.map(|(address, code)| (address, Some(code)))?,
            _ => (mailbox.address?.0, None),
        };
        Some(Reach { receiver: json!({ "name": name, "email": address }), address, code })
    }
}

/// What a way needs to reach someone: `None` when it is not known.
async fn reach(app: &Arc<App>, channel: Channel, to: To, told: &Told) -> Result<Option<Reach>, String> {
    match to {
        To::Shop(id) => reach_shop(app, channel, id, told).await,
        To::Person(id) => {
            // The machinery reads who it is, like everyone who reads it: it is in the access ledger.
            let here = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
            let what = if channel == Channel::Email { "notice.mail" } else { "notice.contact" };
            let looker = Looker::new(Actor::SYSTEM, here, what, "notice");
            let now = app.now();
            let known = app.register(looker, move |register| {
                let Some(known) = register.naming(id)? else { return Ok(None) };
                let by_mail = channel == Channel::Email;
                let mailbox = if by_mail { register.mailbox(id, now)? } else { Mailbox::default() };
                Ok(Some((known, mailbox)))
            });
            let known = known.await.map_err(|error| error.to_string())?;
            let Some((known, mailbox)) = known else { return Ok(None) };
            Ok(match channel {
                Channel::Kakao | Channel::Sms => {
                    known.phone.map(|phone| Reach::of(json!({ "name": known.name, "phone": phone })))
                }
                Channel::Letter => Some(Reach::of(json!({ "name": known.name, "district": known.district }))),
                Channel::Email => Reach::mail(&known.name, mailbox, told),
                Channel::App => None,
            })
        }
    }
}

async fn reach_shop(
    app: &Arc<App>,
    channel: Channel,
    id: MerchantId,
    told: &Told,
) -> Result<Option<Reach>, String> {
    let known = {
        let view = app.city.shared.read();
        view.town.directory.shop(id).map(|(_, shop)| {
            let district = view.town.pack.city.districts.get(usize::from(shop.district));
            (shop.name.clone(), shop.business_number.clone(), district.map(|district| district.code.clone()))
        })
    };
    let Some((name, number, district)) = known else { return Ok(None) };
    Ok(match channel {
        Channel::Email => {
            let (vault, now) = (app.city.vault(), app.now());
            let read = app.read(move |snapshot| city::mail::of_shop(snapshot, &vault, id, now)).await;
            Reach::mail(&name, read.map_err(|error| error.to_string())?, told)
        }
        // No telephone is known of a shop: a letter finds it by its name and number.
        Channel::Letter => {
            Some(Reach::of(json!({ "name": name, "business_number": number, "district": district })))
        }
        Channel::Kakao | Channel::Sms | Channel::App => None,
    })
}

pub(super) async fn send(app: &Arc<App>, channel: Channel, message: &Message) -> Tried {
    let Some(outlet) = app.outlets.of.get(channel.code()).cloned() else {
        return Tried::never("this way is not set up");
    };
    let (Some(to), Some(notice)) = (To::coded(&message.new.to), Notice::read(&message.new.body)) else {
        return Tried::never("not a notice");
    };
    let reach = match reach(app, channel, to, &notice.told).await {
        Ok(Some(reach)) => reach,
        Ok(None) => return Tried::never("nothing known to reach them by"),
        Err(why) => return Tried::badly(why),
    };
    let tongue = |lang| Tongue { lang, today: app.today() };
    let text = |lang| match &reach.code {
        Some(code) => words::with_code(tongue(lang), code),
        None => words::told(app, tongue(lang), &notice.told),
    };
    match outlet {
        Outlet::Inbox => Tried { said: "inbox".to_owned(), went: Went::Well },
        Outlet::Mail(mailer) => {
            let subject = words::subject(app, [Lang::Ko, Lang::En].map(tongue), &notice.told);
            let body = words::mail(app, [Lang::Ko, Lang::En].map(|lang| (tongue(lang), text(lang))));
            mailer.send(&message.new.key, &reach.address, &subject, &body).await
        }
        Outlet::Post { url, token } => {
            let body = json!({
                "id": message.new.key, "channel": channel.code(), "to": reach.receiver,
                "kind": message.new.kind, "at": message.new.at.rfc3339(),
                "text": { "ko": text(Lang::Ko), "en": text(Lang::En) },
            });
            post(app, &url, token, (&message.new.key, body.to_string())).await
        }
    }
}

async fn post(app: &Arc<App>, url: &str, token: Option<String>, (key, body): (&str, String)) -> Tried {
    let mut headers = vec![(KEY, key.to_owned())];
    headers.extend(token.map(|token| (header::AUTHORIZATION, format!("Bearer {token}"))));
    match app.outlets.http.post(url, &headers, body).await {
        Ok(status) if status.is_success() => Tried { said: status.as_u16().to_string(), went: Went::Well },
        // It is not the moment that is wrong: this one can't be reached so.
        Ok(status) if status.is_client_error() && !matches!(status.as_u16(), 401 | 403 | 408 | 425 | 429) => {
            Tried::never(status.as_u16().to_string())
        }
        Ok(status) => Tried::badly(status.as_u16().to_string()),
        Err(why) => Tried::badly(why),
    }
}
