//! Where notices go by mail.

use askama::Template;
use jiff::civil::DateTime;

use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// `GET /notices/mail`. `POST /notices/mail` — `address`, `/notices/mail/confirm` — `code`, `/notices/mail/remove`; each with
/// `csrf`, `request_key` → 303 here.
#[derive(Template)]
#[template(path = "mail.html")]
pub struct MailPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// The city takes addresses, and can send mail.
    pub offered: bool,
    /// Where notices go, and since when.
    pub kept: Option<(String, DateTime)>,
    /// The address a code was sent to.
    pub pending: Option<String>,
    /// The address as it was typed.
    pub address: Field,
    /// The code as it was typed.
    pub code: Field,
    /// Keys of the forms: asking, confirming, removing.
    pub request_keys: [String; 3],
}
