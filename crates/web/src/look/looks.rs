//! Who looked at a record, and what follows: the person's own page, the officer's list, the monthly inspection.

use askama::Template;
use jiff::civil::DateTime;

use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A question about a look, and its answer.
#[derive(Debug, Clone)]
pub struct LookQuestion {
    /// When it was asked.
    pub asked: DateTime,
    /// What.
    pub text: String,
    /// When it was answered, and what.
    pub answer: Option<(DateTime, String)>,
}

/// A look at one's record. `POST /me/looks/{no}/questions` — `question`, `before` (as the page has it), `csrf`,
/// `request_key`.
#[derive(Debug, Clone)]
pub struct OwnLook {
    /// Its place in the ledger.
    pub no: u64,
    /// When.
    pub at: DateTime,
    /// Who: role and office, never a name.
    pub who: String,
    /// What was shown.
    pub what: String,
    /// Why.
    pub why: String,
    /// The reason they gave, where one is asked for.
    pub reason: Option<String>,
    /// What was asked about it.
    pub question: Option<LookQuestion>,
    /// Key of asking.
    pub request_key: String,
    /// The question as it was typed.
    pub ask: Field,
}

/// A broken glass, as the person is told of it.
#[derive(Debug, Clone)]
pub struct OwnGlass {
    /// When.
    pub at: DateTime,
    /// Who.
    pub who: String,
    /// Why.
    pub why: String,
    /// Once it is reviewed: when, what came of it, and in which words.
    pub review: Option<(DateTime, bool, String)>,
}

/// `GET /me/looks?before=…`.
#[derive(Template)]
#[template(path = "me_looks.html")]
pub struct OwnLooksPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// Glasses that were broken, the newest first; on the first page only.
    pub glasses: Vec<OwnGlass>,
    /// Looks, the newest first.
    pub looks: Vec<OwnLook>,
    /// The look this page begins before; 0 on the first page.
    pub before: u64,
    /// Where older ones are.
    pub older: Option<String>,
}

/// A glass to review. `POST /desk/looks/glasses/{id}` — `finding` (`justified`, `unjustified`), `note`, `csrf`,
/// `request_key`.
#[derive(Debug, Clone)]
pub struct GlassToReview {
    /// Its id.
    pub id: String,
    /// When.
    pub at: DateTime,
    /// Who: role and account.
    pub who: String,
    /// Whose record.
    pub person: String,
    /// Why.
    pub why: String,
    /// Key of the review.
    pub request_key: String,
    /// What the reviewer says.
    pub note: Field,
}

/// A question to answer. `POST /desk/looks/questions/{id}` — `answer`, `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct QuestionToAnswer {
    /// Its id.
    pub id: String,
    /// When it was asked.
    pub asked: DateTime,
    /// Who asks.
    pub person: String,
    /// What.
    pub text: String,
    /// The look it is about, in a sentence; absent once the look is disposed of.
    pub look: Option<String>,
    /// Key of the answer.
    pub request_key: String,
    /// The answer.
    pub answer: Field,
}

/// `GET /desk/looks`.
#[derive(Template)]
#[template(path = "desk_looks.html")]
pub struct DeskLooksPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// The oldest first.
    pub glasses: Vec<GlassToReview>,
    /// The oldest first.
    pub questions: Vec<QuestionToAnswer>,
}

/// A month to choose.
#[derive(Debug, Clone)]
pub struct MonthLink {
    /// Its name.
    pub name: String,
    /// Where.
    pub href: String,
    /// It is the one shown.
    pub current: bool,
}

/// An unusual look.
#[derive(Debug, Clone)]
pub struct UnusualLook {
    /// When.
    pub at: DateTime,
    /// Who: role and account.
    pub who: String,
    /// Whose record.
    pub person: String,
    /// What, and for what purpose.
    pub what: String,
    /// Why it is listed.
    pub signs: Vec<String>,
}

/// A download that was made.
#[derive(Debug, Clone)]
pub struct Downloaded {
    /// When.
    pub at: DateTime,
    /// Who: role and account.
    pub who: String,
    /// How many lines.
    pub lines: u64,
    /// Why.
    pub why: String,
    /// Its mark.
    pub id: String,
}

/// `GET /desk/inspection?month=2021-02`. `POST /desk/inspection/download` — `month`, `why`, `csrf`, `request_key`: a file.
#[derive(Template)]
#[template(path = "inspection.html")]
pub struct InspectionPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// The month's name.
    pub month: String,
    /// As the form has it: `2021-02`.
    pub month_code: String,
    /// Months to choose.
    pub months: Vec<MonthLink>,
    /// How many looks.
    pub looks: u64,
    /// At how many people.
    pub people: u64,
    /// How many of each: who, why, number.
    pub by_purpose: Vec<(String, String, u64)>,
    /// How many are unusual; more than are shown, perhaps.
    pub all_unusual: u64,
    /// The most unusual first.
    pub unusual: Vec<UnusualLook>,
    /// When the month's numbers were kept, and how the chain stands since.
    pub made: Option<DateTime>,
    /// The chain is whole; or what is wrong with it.
    pub broken: Option<String>,
    /// Key of a download.
    pub request_key: String,
    /// Its reason.
    pub why: Field,
    /// Downloads, the newest first.
    pub downloads: Vec<Downloaded>,
}
