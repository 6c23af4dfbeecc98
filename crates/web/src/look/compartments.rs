//! Sealed compartments: their records, and who looked at them. Seen only by who works there.

use askama::Template;
use base::Date;
use jiff::civil::DateTime;

use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A record in the list.
#[derive(Debug, Clone)]
pub struct SealedLine {
    /// Where it stands.
    pub href: String,
    /// A name, or what the person wants to be called.
    pub name: String,
    /// When it began.
    pub since: DateTime,
    /// When something was written in it last.
    pub last: DateTime,
    /// It has ended.
    pub closed: bool,
}

/// `GET /sealed/{id}`: the records of a compartment.
#[derive(Template)]
#[template(path = "compartments/list.html")]
pub struct CompartmentPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The compartment's name.
    pub name: String,
    /// Its address.
    pub base: String,
    /// How many records are open.
    pub open: usize,
    /// Records, open ones first.
    pub lines: Vec<SealedLine>,
    /// Where the next ones stand.
    pub more: Option<String>,
}

/// What was typed in a compartment's forms.
#[derive(Debug, Clone, Default)]
pub struct SealedForms {
    /// A name or an alias.
    pub name: Field,
    /// How somebody can be reached.
    pub reach: Field,
    /// What they came with, or something more.
    pub note: Field,
    /// What became of it.
    pub close: Field,
}

/// `GET /sealed/{id}/new`. `POST` there — `name`, `reach`, `note`, `csrf`, `request_key`.
#[derive(Template)]
#[template(path = "compartments/new.html")]
pub struct NewSealedPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// What was wrong in the form.
    pub errors: Vec<FieldError>,
    /// The compartment's name.
    pub room: String,
    /// Its address.
    pub base: String,
    /// Makes a repeated post the same request.
    pub request_key: String,
    /// What was typed.
    pub forms: SealedForms,
}

/// Something written in a record.
#[derive(Debug, Clone)]
pub struct WrittenLine {
    /// The text key of what it is.
    pub kind: &'static str,
    /// When.
    pub at: DateTime,
    /// By which account.
    pub by: String,
    /// What, by lines.
    pub paragraphs: Vec<String>,
}

/// `GET /sealed/{id}/{record}`. `POST …/notes` — `note`; `POST …/close` — `text`; both `csrf`, `request_key`.
#[derive(Template)]
#[template(path = "compartments/record.html")]
pub struct SealedPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// What was wrong in a form.
    pub errors: Vec<FieldError>,
    /// The compartment's name.
    pub room: String,
    /// Its address.
    pub base: String,
    /// The record's id.
    pub id: String,
    /// A name, or what the person wants to be called.
    pub name: String,
    /// How they can be reached; empty when not at all.
    pub reach: String,
    /// When it began.
    pub since: DateTime,
    /// It has ended.
    pub closed: bool,
    /// The first day on which it may be gone, once it has ended.
    pub goes: Option<Date>,
    /// What is written in it, oldest first.
    pub lines: Vec<WrittenLine>,
    /// Makes a repeated note the same request.
    pub note_key: String,
    /// The same, of its end.
    pub close_key: String,
    /// What was typed.
    pub forms: SealedForms,
}

/// A look at a record.
#[derive(Debug, Clone)]
pub struct SealedLook {
    /// When.
    pub at: DateTime,
    /// Which account.
    pub who: String,
    /// At what.
    pub what: String,
    /// At which record.
    pub record: String,
    /// From which address.
    pub from: String,
}

/// `GET /sealed/{id}/looks`: who looked, for who reviews it.
#[derive(Template)]
#[template(path = "compartments/looks.html")]
pub struct CompartmentLooksPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The compartment's name.
    pub name: String,
    /// Looks, newest first.
    pub lines: Vec<SealedLook>,
    /// Where older ones stand.
    pub older: Option<String>,
}
