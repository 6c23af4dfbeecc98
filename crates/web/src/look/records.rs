//! What is kept about a person: their own page, and the window's.

use askama::Template;
use base::Won;

use super::clerk::Choice;
use super::households::HouseholdShown;
use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::papers::PapersShown;
use super::texts::Tongue;

/// A thing known about the person.
/// At the window: `POST {base}/facts/{id}/strike` — `why`, `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct FactLine {
    /// Its id, in forms.
    pub id: String,
    /// What it is of: birth date, household…
    pub name: String,
    /// What it says.
    pub value: String,
    /// From whom, and since when.
    pub source: String,
    /// A better source says otherwise: its value and source, in a sentence.
    pub against: Option<String>,
    /// Why it was struck out, if it was.
    pub struck: Option<String>,
    /// Key of striking it out.
    pub request_key: String,
}

/// A purpose the city asks consent for.
/// `POST {base}/consents` and `POST {base}/consents/withdraw` — `purpose`, `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct ConsentLine {
    /// Its id in the pack.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Which data, used for what.
    pub what: String,
    /// The law that asks for it.
    pub source: String,
    /// It holds today.
    pub holds: bool,
    /// Since when and how it was given or withdrawn; nothing when it was never asked.
    pub since: Option<String>,
    /// Key of its form.
    pub request_key: String,
}

/// Someone who helps, or did. `POST {base}/helpers/{id}/revoke` — `person`, `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct HelperLine {
    /// The delegation's id.
    pub id: String,
    /// Whose delegation it is, in forms.
    pub person: String,
    /// The helper's name.
    pub name: String,
    /// How they stand to the person, and since when.
    pub about: String,
    /// What they may do, a sentence each.
    pub may: Vec<String>,
    /// It can be ended.
    pub alive: bool,
    /// Key of ending it.
    pub request_key: String,
}

/// What a helper sees of whom they help.
#[derive(Debug, Clone)]
pub struct SeenWallet {
    /// All they can spend.
    pub balance: Won,
    /// The latest, newest first.
    pub latest: Vec<SeenEntry>,
}

/// A line of it.
#[derive(Debug, Clone)]
pub struct SeenEntry {
    /// What it was.
    pub what: String,
    /// When.
    pub when: String,
    /// Won, with its sign.
    pub amount: Won,
}

/// Someone the visitor helps. `POST /me/payments` — `person`, `shop`, `amount`, `csrf`, `request_key`;
/// `POST /me/helped` — `person`, `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct HelpingLine {
    /// The delegation, with the name of whom they help.
    pub line: HelperLine,
    /// They may see.
    pub sees: bool,
    /// What they see, after they asked.
    pub seen: Option<SeenWallet>,
    /// Key of a look.
    pub look_key: String,
    /// What may still be paid this month, in a sentence; `None`: they may not pay.
    pub left: Option<String>,
    /// Key of the payment.
    pub pay_key: String,
    /// The shop.
    pub shop: Field,
    /// How much.
    pub amount: Field,
}

/// What a helper did.
#[derive(Debug, Clone)]
pub struct ToldLine {
    /// In a sentence.
    pub what: String,
    /// When.
    pub when: String,
    /// Its receipt, if it is one of the visitor's own payments.
    pub href: Option<String>,
}

/// Another record of the same person. At the window: `POST {base}/links/{id}/unlink` — `why`, `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct LinkLine {
    /// Its id.
    pub id: String,
    /// The name on it.
    pub name: String,
    /// Born, neighbourhood, telephone.
    pub about: String,
    /// Where a clerk finds it; nothing on a person's own page.
    pub href: String,
    /// It is linked to this very record, so the link can be taken back here.
    pub direct: bool,
    /// Key of taking the link back.
    pub request_key: String,
}

/// `POST {base}/facts` — `kind`, `value`, `source`, `source_text`, `from`, `csrf`, `request_key`. At the window.
#[derive(Debug, Clone, Default)]
pub struct FactForm {
    /// Key.
    pub request_key: String,
    /// Kinds of facts.
    pub kinds: Vec<Choice>,
    /// What it says.
    pub value: Field,
    /// Sources.
    pub sources: Vec<Choice>,
    /// The name of the document or register.
    pub source_text: Field,
    /// The day it was said, seen or certified.
    pub from: Field,
    /// It was sent and refused: stands open.
    pub open: bool,
}

/// `POST {base}/consents` — `purpose`, `paper`, `by`, `guardian`, `seen_grown`, `csrf`, `request_key`. At the window.
#[derive(Debug, Clone, Default)]
pub struct ConsentForm {
    /// Key.
    pub request_key: String,
    /// Purposes.
    pub purposes: Vec<Choice>,
    /// Where the sheet is kept.
    pub paper: Field,
    /// Who speaks.
    pub speakers: Vec<Choice>,
    /// The guardian's telephone or card.
    pub guardian: Field,
    /// It was sent and refused: stands open.
    pub open: bool,
}

/// `POST {base}/helpers` — `to`, `tie`, `see`, `apply`, `per_payment`, `per_month`, `until`, `csrf`, `request_key`.
#[derive(Debug, Clone, Default)]
pub struct HelpForm {
    /// Key.
    pub request_key: String,
    /// The helper's telephone or card.
    pub to: Field,
    /// How they stand to the person.
    pub ties: Vec<Choice>,
    /// They may see.
    pub see: bool,
    /// They may apply.
    pub apply: bool,
    /// Won a payment; empty: they may not pay.
    pub per_payment: Field,
    /// Won a month.
    pub per_month: Field,
    /// The last day.
    pub until: Field,
    /// It was sent and refused: stands open.
    pub open: bool,
}

/// `POST {base}/links` — `other`, `why`, `csrf`, `request_key`. At the window.
#[derive(Debug, Clone, Default)]
pub struct LinkForm {
    /// Key.
    pub request_key: String,
    /// The other record: an id or a card's number.
    pub other: Field,
    /// What it was seen by.
    pub why: Field,
    /// It was sent and refused: stands open.
    pub open: bool,
}

/// `GET /me`, and at the window `GET /clerk/people/{id}/records`.
#[derive(Template)]
#[template(path = "records.html")]
pub struct RecordsPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// `/me`, or `/clerk/people/{id}`: forms post below it.
    pub base: String,
    /// Whose, at the window; `None` on one's own page.
    pub whose: Option<String>,
    /// Back to the person, at the window.
    pub back: String,
    /// What counts today.
    pub facts: Vec<FactLine>,
    /// What counted before, or was struck out.
    pub past: Vec<FactLine>,
    /// With whom they live.
    pub household: HouseholdShown,
    /// Every purpose, with its consent.
    pub consents: Vec<ConsentLine>,
    /// Who helps.
    pub helpers: Vec<HelperLine>,
    /// Who helped.
    pub past_helpers: Vec<HelperLine>,
    /// Signed sheets.
    pub papers: PapersShown,
    /// What helpers did, the newest first.
    pub told: Vec<ToldLine>,
    /// Whom the visitor helps.
    pub helping: Vec<HelpingLine>,
    /// Other records of the person.
    pub links: Vec<LinkLine>,
    /// A fact more, at the window.
    pub fact_form: FactForm,
    /// A consent more, at the window.
    pub consent_form: ConsentForm,
    /// A helper more.
    pub help_form: HelpForm,
    /// A link more, at the window.
    pub link_form: LinkForm,
}
