//! The report of a moving-in: what the old system's operator stated beside what the books held.

use askama::Template;
use base::Won;
use jiff::civil::DateTime;

use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A control total: stated, and found in the books.
#[derive(Debug, Clone)]
pub struct MovingLine {
    /// What it counts.
    pub name: String,
    /// How many were stated; `None` where it isn't counted.
    pub stated: Option<i64>,
    /// Won stated; `None` where it has none.
    pub stated_won: Option<Won>,
    /// How many the books held.
    pub found: Option<i64>,
    /// Won the books held.
    pub found_won: Option<Won>,
}

/// A moving-in.
#[derive(Debug, Clone)]
pub struct MovingShown {
    /// The rehearsal's hash.
    pub report: String,
    /// When it began.
    pub begun: DateTime,
    /// When the books were found to be as stated; `None` while it is under way.
    pub ended: Option<DateTime>,
    /// Parts done.
    pub done: i64,
    /// All parts.
    pub parts: i64,
    /// The control totals.
    pub lines: Vec<MovingLine>,
    /// Won that were owed in all.
    pub owed: Won,
}

/// `GET /desk/moving-in`.
#[derive(Template)]
#[template(path = "moving.html")]
pub struct MovingPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The reader's first page.
    pub home: &'static str,
    /// The moving-in, if this city had a card before.
    pub moving: Option<MovingShown>,
}

impl MovingPage {
    /// How far it is, in thousandths.
    fn thousandths(&self, done: &i64, all: &i64) -> i64 {
        done * 1_000 / (*all).max(1)
    }
}
