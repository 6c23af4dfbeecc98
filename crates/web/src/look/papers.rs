//! Signed sheets that were scanned in: a part of the page of what is kept about somebody.

use super::clerk::Choice;
use super::kit::Field;

/// A scanned sheet. At the window: `POST {base}/papers/{id}` — `why`, `csrf`, `request_key`: the file, for a
/// reason; `POST {base}/papers/{id}/strike` — `why`, `csrf`, `request_key`. On one's own page: `GET /me/papers/{id}`.
#[derive(Debug, Clone)]
pub struct SheetLine {
    /// Its id.
    pub id: String,
    /// What it proves.
    pub of: String,
    /// What it is, how large, and when it came.
    pub about: String,
    /// Why it was taken out, if it was.
    pub struck: Option<String>,
    /// Key of opening it.
    pub open_key: String,
    /// Key of taking it out.
    pub request_key: String,
}

/// All of them, and `POST {base}/papers` (a form with parts) — `csrf`, `request_key`, `of`, `file`.
#[derive(Debug, Clone, Default)]
pub struct PapersShown {
    /// Those there are, the newest first.
    pub lines: Vec<SheetLine>,
    /// Key.
    pub request_key: String,
    /// What a sheet may prove.
    pub proves: Vec<Choice>,
    /// The file.
    pub file: Field,
    /// It was sent and refused: stands open.
    pub open: bool,
}
