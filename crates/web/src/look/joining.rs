//! Joining as a shop: whether one already is, an application of one's own, and the city's desk.

use askama::Template;
use base::Date;
use jiff::civil::DateTime;

use super::clerk::Choice;
use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// What a business number came to.
#[derive(Debug, Clone)]
pub struct NumberFound {
    /// In a sentence.
    pub what: String,
    /// What is next.
    pub next: String,
    /// Where that leads, and the words of the link.
    pub link: Option<(&'static str, String)>,
}

/// `GET /join?number=…`: whether a shop takes the card already, for anybody.
#[derive(Template)]
#[template(path = "joining/look_up.html")]
pub struct JoinLookUpPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// What was typed.
    pub number: Field,
    /// What it came to.
    pub found: Option<NumberFound>,
    /// In a demo, numbers to try: of a shop that takes the card, and of one that nobody knows.
    pub tries: Option<[String; 2]>,
}

/// An application, or a cancellation, as both sides see it. `POST /join/{id}/withdraw`, `POST /join/{id}/appeal` — `text`;
/// both with `csrf`, `request_key`.
#[derive(Debug, Clone, Default)]
pub struct MembershipFile {
    /// Its id.
    pub id: String,
    /// The shop's name.
    pub name: String,
    /// Its number, with hyphens.
    pub number: String,
    /// Its trade and neighbourhood.
    pub about: String,
    /// How far it has come, in a word, and that word's chip.
    pub state: (String, &'static str),
    /// What is next, in a sentence.
    pub next: String,
    /// Papers that are missing.
    pub missing: Vec<String>,
    /// The ground it was decided on, and its clause.
    pub ground: Option<(String, String)>,
    /// What the officer said.
    pub why: Option<String>,
    /// What was said against it.
    pub appeal: Option<String>,
    /// What came of that.
    pub answer: Option<String>,
    /// It can be taken back.
    pub may_withdraw: bool,
    /// Something can be said against it until this day.
    pub appeal_until: Option<Date>,
    /// Key of the form.
    pub request_key: String,
    /// What was typed against it.
    pub text: Field,
}

/// `POST /join/mine` — `name`, `number`, `trade`, `district`, `sales`, `csrf`, `request_key`.
#[derive(Debug, Clone, Default)]
pub struct MembershipForm {
    /// Key of the form.
    pub request_key: String,
    /// The shop's name.
    pub name: Field,
    /// Its number.
    pub number: Field,
    /// Trades.
    pub trades: Vec<Choice>,
    /// Neighbourhoods.
    pub districts: Vec<Choice>,
    /// Yearly sales; may be left empty.
    pub sales: Field,
    /// What has to be brought.
    pub papers: Vec<String>,
}

/// `GET /join/mine`: what a citizen, or a shop, applied for, and what became of it.
#[derive(Template)]
#[template(path = "joining/mine.html")]
pub struct JoinMinePage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// The newest first.
    pub files: Vec<MembershipFile>,
    /// The form, where shops apply today.
    pub form: Option<MembershipForm>,
}

/// A line of the desk's queue.
#[derive(Debug, Clone)]
pub struct MembershipLine {
    /// Where it is decided.
    pub href: String,
    /// The shop's name.
    pub name: String,
    /// Its number, with hyphens.
    pub number: String,
    /// How far it has come, in a word, and that word's chip.
    pub state: (String, &'static str),
    /// When it came, or was decided.
    pub at: DateTime,
    /// Until when to decide it; none while papers are missing.
    pub due: Option<Date>,
    /// That day has gone by.
    pub overdue: bool,
}

/// `GET /desk/joining`. `POST /desk/joining/cancel` — `shop`, `ground`, `why`, `csrf`, `request_key`.
#[derive(Template)]
#[template(path = "joining/desk.html")]
pub struct DeskJoiningPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// What waits, what is overdue first.
    pub queue: Vec<MembershipLine>,
    /// How many are overdue.
    pub overdue: usize,
    /// What was decided last.
    pub decided: Vec<MembershipLine>,
    /// Grounds of the pack.
    pub grounds: Vec<Choice>,
    /// Key of the form.
    pub request_key: String,
    /// The number of a shop to cancel.
    pub shop: Field,
    /// Why.
    pub why: Field,
}

/// A paper at the desk. `POST /desk/joining/{id}` — `action=paper`, `paper`.
#[derive(Debug, Clone)]
pub struct PaperLine {
    /// Its id in the pack.
    pub id: String,
    /// Its name.
    pub name: String,
    /// It was seen.
    pub seen: bool,
    /// Key of the form.
    pub request_key: String,
}

/// What the desk can do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskTask {
    /// Decide an application.
    Decide,
    /// Decide an appeal.
    Answer,
    /// Nothing any more.
    Nothing,
}

impl DeskTask {
    /// To decide an application.
    pub fn decides(&self) -> bool {
        *self == DeskTask::Decide
    }

    /// To decide an appeal.
    pub fn answers(&self) -> bool {
        *self == DeskTask::Answer
    }
}

/// `GET /desk/joining/{id}`. `POST /desk/joining/{id}` — `action` (`paper`, `accept`, `refuse`, `uphold`, `dismiss`), `ground`,
/// `why`, `csrf`, `request_key`.
#[derive(Template)]
#[template(path = "joining/file.html")]
pub struct DeskJoiningFilePage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// The file.
    pub file: MembershipFile,
    /// Who applied, by name.
    pub applicant: String,
    /// Papers of the pack.
    pub papers: Vec<PaperLine>,
    /// Until when to decide.
    pub due: Option<Date>,
    /// That day has gone by.
    pub overdue: bool,
    /// What is to do.
    pub task: DeskTask,
    /// Grounds of the pack.
    pub grounds: Vec<Choice>,
    /// Key of the form.
    pub request_key: String,
    /// The officer's words as they were typed.
    pub why: Field,
}
