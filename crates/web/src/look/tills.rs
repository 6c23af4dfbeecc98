//! Shops' programs (webhooks), notices, and signs of illegal exchange.

use askama::Template;
use base::Won;
use jiff::civil::DateTime;

use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// What becomes of something that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// It is to be sent, or tried again.
    Waits,
    /// It arrived.
    Arrived,
    /// It was given up.
    GivenUp,
}

impl Sending {
    /// The text that says so.
    pub fn key(self) -> &'static str {
        match self {
            Sending::Waits => "sending-waits",
            Sending::Arrived => "sending-arrived",
            Sending::GivenUp => "sending-given-up",
        }
    }

    /// The chip's class.
    pub fn class(self) -> &'static str {
        match self {
            Sending::Waits => "soon",
            Sending::Arrived => "on",
            Sending::GivenUp => "off",
        }
    }

    /// Whether it was given up.
    pub fn is_dead(self) -> bool {
        self == Sending::GivenUp
    }
}

/// Something that was sent to a program. `POST /shop/hooks/messages/{no}/again` — `csrf`.
#[derive(Debug, Clone)]
pub struct HookMessage {
    /// Its number.
    pub no: i64,
    /// The event's type.
    pub kind: String,
    /// When it happened.
    pub at: DateTime,
    /// What becomes of it.
    pub sending: Sending,
    /// What the last try came to, in words; empty before the first.
    pub said: String,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried again.
    pub next: Option<DateTime>,
}

/// An address. `POST /shop/hooks/{id}/rotate` and `…/end` — `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct HookLine {
    /// Its id.
    pub id: String,
    /// Where it leads.
    pub url: String,
    /// Since when.
    pub since: DateTime,
    /// Until when, once it ended.
    pub ended: Option<DateTime>,
    /// Key of a change.
    pub request_key: String,
    /// The newest first.
    pub messages: Vec<HookMessage>,
    /// Where older ones are.
    pub older: Option<String>,
}

/// `GET /shop/hooks?secret={id}`, older messages of one address `?hook={id}&before={no}`. `POST /shop/hooks` — `url`, `csrf`, `request_key` → 303 to the page with its secret.
#[derive(Template)]
#[template(path = "shop_hooks.html")]
pub struct HooksPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// The address as it was typed.
    pub url: Field,
    /// Key of the form.
    pub request_key: String,
    /// The address whose secret is shown, and the secret.
    pub secret: Option<(String, String)>,
    /// Addresses of this machine and without TLS may be named too.
    pub private: bool,
    /// Where all addresses are, when this is one's older messages.
    pub whole: Option<&'static str>,
    /// Addresses, those that last first.
    pub hooks: Vec<HookLine>,
}

impl HooksPage {
    /// What an address may be: in a demo one of this machine too.
    fn hint(&self) -> String {
        let key = if self.private { "hooks-url-hint-private" } else { "hooks-url-hint" };
        self.t.say(key).to_string()
    }
}

/// A notice as someone reads it.
#[derive(Debug, Clone)]
pub struct NoticeLine {
    /// What it says.
    pub text: String,
    /// When what it tells of happened.
    pub at: DateTime,
    /// Until when to answer, once it arrived.
    pub answer_by: Option<DateTime>,
    /// Where it leads.
    pub href: Option<&'static str>,
}

/// `GET /notices`: what a person or a shop was told.
#[derive(Template)]
#[template(path = "notices.html")]
pub struct NoticesPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The newest first.
    pub notices: Vec<NoticeLine>,
}

/// A message of the demo's inboxes, or one that reached nobody.
#[derive(Debug, Clone)]
pub struct SentLine {
    /// Its number.
    pub no: i64,
    /// By which way: a text's key.
    pub way: String,
    /// To whom.
    pub to: String,
    /// What it says.
    pub text: String,
    /// When it was put in.
    pub at: DateTime,
    /// What becomes of it.
    pub sending: Sending,
    /// What the last try came to.
    pub said: String,
    /// From when on it may be sent.
    pub next: Option<DateTime>,
}

/// `GET /demo/inboxes`: in a demo, what everyone was sent by every way.
#[derive(Template)]
#[template(path = "inboxes.html")]
pub struct InboxesPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The newest first.
    pub sent: Vec<SentLine>,
}

/// `GET /clerk/notices`: people whom no way reached. `POST /clerk/notices/{no}` — `csrf`: told in person.
#[derive(Template)]
#[template(path = "untold.html")]
pub struct UntoldPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The newest first.
    pub untold: Vec<SentLine>,
}

/// A case in a list.
#[derive(Debug, Clone)]
pub struct CaseLine {
    /// Where it is looked into.
    pub href: String,
    /// The sign's name.
    pub sign: String,
    /// The shop's name.
    pub shop: String,
    /// How much it weighs.
    pub points: u32,
    /// When it was found.
    pub opened: DateTime,
    /// Whether the shop has said something.
    pub answered: bool,
    /// What came of it: a text's key.
    pub finding: Option<&'static str>,
}

/// `GET /desk/exchange`: the officer's queue.
#[derive(Template)]
#[template(path = "exchange.html")]
pub struct ExchangePage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// What waits, the heaviest first.
    pub open: Vec<CaseLine>,
    /// What is closed, the newest first.
    pub closed: Vec<CaseLine>,
}

/// A posting of the evidence.
#[derive(Debug, Clone)]
pub struct DeedLine {
    /// Its id.
    pub id: String,
    /// When.
    pub at: DateTime,
    /// What: a text's key.
    pub what: &'static str,
    /// Who pays or puts on: `가`, `나`…, the owner, or the shop.
    pub from: String,
    /// Who receives.
    pub to: String,
    /// Won.
    pub amount: Won,
}

/// How much went from one to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// Won.
    pub amount: Won,
    /// How many postings.
    pub count: usize,
}

/// A case's evidence, as the officer and the shop see it.
#[derive(Debug, Clone)]
pub struct CaseShown {
    /// Its id.
    pub id: String,
    /// The sign's name.
    pub sign: String,
    /// The shop's name.
    pub shop: String,
    /// When it was found.
    pub opened: DateTime,
    /// The window's days, in words.
    pub window: String,
    /// How much it weighs.
    pub points: u32,
    /// Looking again finds the same.
    pub same_again: bool,
    /// How many, as the pattern counts, and won.
    pub count: u64,
    /// Won that it is about.
    pub sum: Won,
    /// The query that finds it, with all its measures: name and value.
    pub query: Vec<(String, String)>,
    /// What the rule rests on.
    pub source: String,
    /// The postings.
    pub deeds: Vec<DeedLine>,
    /// How many there are in all.
    pub all_deeds: usize,
    /// Who paid whom.
    pub flows: Vec<Flow>,
    /// The same as a picture.
    pub graph: String,
    /// What the shop said.
    pub answer: Option<(DateTime, String)>,
    /// What came of it: when, a text's key, in which words.
    pub closing: Option<(DateTime, &'static str, String)>,
    /// Until when the shop is asked to answer.
    pub answer_by: Option<DateTime>,
}

/// `GET /desk/exchange/{case}`. `POST /desk/exchange/{case}` — `finding` (`explained`, `inspect`), `note`, `csrf`,
/// `request_key`.
#[derive(Template)]
#[template(path = "case.html")]
pub struct CasePage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// The case.
    pub case: CaseShown,
    /// Key of the form.
    pub request_key: String,
    /// The officer's words as they were typed.
    pub note: Field,
}

/// `GET /shop/cases`, `GET /shop/cases/{case}`. `POST /shop/cases/{case}` — `answer`, `csrf`, `request_key`.
#[derive(Template)]
#[template(path = "shop_cases.html")]
pub struct ShopCasesPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// The shop's cases, the newest first.
    pub cases: Vec<CaseLine>,
    /// The one that is looked at.
    pub case: Option<CaseShown>,
    /// Key of the form.
    pub request_key: String,
    /// The shop's words as they were typed.
    pub answer: Field,
}

/// Who paid whom, as a picture: one row for each flow, as thick as it is large. The table beside it says the same.
pub fn flow_graph(label: &str, flows: &[Flow]) -> String {
    const ROW: usize = 44;
    let shown = &flows[..flows.len().min(12)];
    let most = shown.iter().map(|flow| flow.amount.0).max().unwrap_or(1).max(1);
    let height = ROW * shown.len().max(1) + 8;
    let escape = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    };
    let mut svg = format!(
        "<svg class=\"flows\" viewBox=\"0 0 360 {height}\" width=\"100%\" role=\"img\" aria-label=\"{}\">",
        escape(label)
    );
    for (row, flow) in shown.iter().enumerate() {
        let y = ROW * row + 24;
        let thick = 2 + flow.amount.0.saturating_mul(14) / most;
        svg += &format!(
            "<text x=\"0\" y=\"{}\" fill=\"currentColor\">{}</text><line x1=\"112\" y1=\"{y}\" x2=\"204\" y2=\"{y}\" \
             stroke=\"#256ef4\" stroke-width=\"{thick}\"/><path d=\"M204 {} l18 11 l-18 11 z\" fill=\"#256ef4\"/>\
             <text x=\"230\" y=\"{}\" fill=\"currentColor\">{}</text>",
            y + 6,
            escape(&flow.from),
            y.saturating_sub(11),
            y + 6,
            escape(&flow.to),
        );
    }
    svg += "</svg>";
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graph_escapes_names_and_stays_small() {
        let flow = |from: &str| Flow { from: from.into(), to: "<b>".into(), amount: Won(5), count: 1 };
        let many: Vec<Flow> = (0..40).map(|n| flow(&n.to_string())).collect();
        let svg = flow_graph("\"x\"", &many);
        assert_eq!(svg.matches("<line").count(), 12);
        assert!(!svg.contains("<b>") && svg.contains("&lt;b&gt;") && svg.contains("&quot;x&quot;"));
        assert!(flow_graph("none", &[]).contains("viewBox=\"0 0 360 52\""));
        let huge = Flow { amount: Won(i64::MAX), ..flow("a") };
        assert!(flow_graph("x", &[huge]).contains("<line"));
    }
}
