//! Records that may be of one person.

use askama::Template;
use base::Date;
use jiff::civil::DateTime;

use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// One of the two.
#[derive(Debug, Clone)]
pub struct AlikeSide {
    /// Name.
    pub name: String,
    /// Neighbourhood and telephone.
    pub about: String,
    /// The day of birth, if told.
    pub born: Option<Date>,
    /// Their records.
    pub href: String,
}

impl AlikeSide {
    /// The day of birth in words; nothing if it was not told.
    pub fn born(&self, t: &Tongue) -> String {
        self.born.map(|day| t.full_day(day)).unwrap_or_default()
    }
}

/// Two records that may be of one person.
#[derive(Debug, Clone)]
pub struct AlikePair {
    /// The one.
    pub one: AlikeSide,
    /// The other.
    pub other: AlikeSide,
    /// What agrees: `이름, 생일 같음`.
    pub agrees: String,
    /// Since when it waits.
    pub since: DateTime,
    /// Forms post below this.
    pub action: String,
    /// Makes a repeated post the same request.
    pub request_key: String,
    /// By what it was seen that they are one, as it was typed.
    pub why: Field,
}

impl AlikePair {
    /// The id of its field: the one that was sent is the one its error leads to.
    pub fn field(&self, at: &usize) -> String {
        if self.why.error.is_some() { "why".to_owned() } else { format!("why-{at}") }
    }
}

/// Two records of one person that differ.
#[derive(Debug, Clone)]
pub struct DifferingPair {
    /// The one.
    pub one: AlikeSide,
    /// The other.
    pub other: AlikeSide,
    /// In what: `두 집에 적혀 있어요`.
    pub what: String,
    /// Since when it waits.
    pub since: DateTime,
}

/// `GET /clerk/alike`. `POST /clerk/alike/{one}/{other}/same` — `why`, `…/others`: both with `csrf`, `request_key`.
#[derive(Template)]
#[template(path = "alike.html")]
pub struct AlikePage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// Those that wait, the oldest first.
    pub pairs: Vec<AlikePair>,
    /// Linked records that say two things.
    pub differing: Vec<DifferingPair>,
}
