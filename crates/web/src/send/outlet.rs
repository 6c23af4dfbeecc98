//! The ways to people: each an outlet. In earnest it is whatever takes a JSON post (the gateway of a telephone company or of
//! a messenger, a mail server's, the mail room's); in a demo it is an inbox that visitors can look into.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::http::{HeaderName, header};
use base::{Actor, Lang};
use city::follow::{Notice, To};
use outbox::Message;
use rules::Channel;
use serde_json::{Value, json};

use super::net::Http;
use super::{Tried, Went, words};
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
        self.of.insert(channel.code(), outlet);
        Ok(())
    }

    /// Whether private networks may be asked.
    pub(crate) fn private(&self) -> bool {
        self.http.private()
    }
}

/// What a way needs to reach someone: `None` when it is not known.
async fn receiver(app: &Arc<App>, channel: Channel, to: To) -> Result<Option<Value>, String> {
    match to {
        To::Shop(id) => {
            let view = app.city.shared.read();
            let shop = view.town.directory.shop(id).map(|(_, shop)| shop);
            // Neither a telephone nor an address is known of a shop: a letter finds it by its name and number.
            Ok(shop.filter(|_| channel == Channel::Letter).map(|shop| {
                let district = view.town.pack.city.districts.get(usize::from(shop.district));
                json!({ "name": shop.name, "business_number": shop.business_number,
                    "district": district.map(|district| district.code.clone()) })
            }))
        }
        To::Person(id) => {
            // The machinery reads who it is, like everyone who reads it: it is in the access ledger.
            let here = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
            let looker = Looker::new(Actor::SYSTEM, here, "notice.contact", "notice");
            let known = app.register(looker, move |register| register.naming(id)).await;
            let Some(known) = known.map_err(|error| error.to_string())? else { return Ok(None) };
            Ok(match channel {
                Channel::Kakao | Channel::Sms => {
                    known.phone.map(|phone| json!({ "name": known.name, "phone": phone }))
                }
                Channel::Letter => Some(json!({ "name": known.name, "district": known.district })),
                // No mail address is ever asked for.
                Channel::Email | Channel::App => None,
            })
        }
    }
}

pub(super) async fn send(app: &Arc<App>, channel: Channel, message: &Message) -> Tried {
    let Some(outlet) = app.outlets.of.get(channel.code()).cloned() else {
        return Tried::never("this way is not set up");
    };
    let (Some(to), Some(notice)) = (To::coded(&message.new.to), Notice::read(&message.new.body)) else {
        return Tried::never("not a notice");
    };
    let receiver = match receiver(app, channel, to).await {
        Ok(Some(receiver)) => receiver,
        Ok(None) => return Tried::never("nothing known to reach them by"),
        Err(why) => return Tried::badly(why),
    };
    let Outlet::Post { url, token } = outlet else {
        return Tried { said: "inbox".to_owned(), went: Went::Well };
    };
    let text = |lang| words::told(app, Tongue { lang, today: app.today() }, &notice.told);
    let body = json!({
        "id": message.new.key, "channel": channel.code(), "to": receiver, "kind": message.new.kind,
        "at": message.new.at.rfc3339(), "text": { "ko": text(Lang::Ko), "en": text(Lang::En) },
    });
    let mut headers = vec![(KEY, message.new.key.clone())];
    headers.extend(token.map(|token| (header::AUTHORIZATION, format!("Bearer {token}"))));
    match app.outlets.http.post(&url, &headers, body.to_string()).await {
        Ok(status) if status.is_success() => Tried { said: status.as_u16().to_string(), went: Went::Well },
        // It is not the moment that is wrong: this one can't be reached so.
        Ok(status) if status.is_client_error() && !matches!(status.as_u16(), 401 | 403 | 408 | 425 | 429) => {
            Tried::never(status.as_u16().to_string())
        }
        Ok(status) => Tried::badly(status.as_u16().to_string()),
        Err(why) => Tried::badly(why),
    }
}
