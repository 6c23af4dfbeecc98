//! Coming in.

use askama::Template;

use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// Someone to be, in the demo.
#[derive(Debug, Clone)]
pub struct Persona {
    /// The form's value: `citizen`, `elder`, `merchant`, `till`, `clerk`, `officer`, `auditor`.
    pub key: String,
    /// The name: `김영숙`.
    pub name: String,
    /// The role's text key: `role-citizen` and so on.
    pub role: &'static str,
    /// Who they are and what can be tried, in a sentence.
    pub about: String,
}

/// What a visitor was turned away from.
#[derive(Debug, Clone)]
pub struct TurnedAway {
    /// What was refused.
    pub what: String,
    /// Who may, where that is a matter of roles.
    pub whose: Option<String>,
}

/// `GET /enter?next=…` or `?refused=…`, demo only. `POST /enter` — `persona`, `next`, `csrf`; `POST /leave` — `csrf`.
#[derive(Template)]
#[template(path = "enter.html")]
pub struct EnterPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Everyone to choose from.
    pub personas: Vec<Persona>,
    /// Where to go then; `/` for the persona's home.
    pub next: String,
    /// Why a visitor stands here who wanted something else.
    pub turned_away: Option<TurnedAway>,
}

/// Coming in with the code of a counter. `POST /sign-in/code` — `number`, `code`, `next`, `csrf`.
#[derive(Debug, Clone, Default)]
pub struct CodeForm {
    /// The card's number.
    pub number: Field,
    /// The code's error; its digits are never shown again.
    pub digits: Field,
}

/// `GET /sign-in?next=…` or `?refused=…`, in earnest: each way in is a part of its own. `POST /sign-in` — `token`, `next`, `csrf`.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// With a code.
    pub code: CodeForm,
    /// The token's error; its value is never shown again.
    pub token: Field,
    /// Where to go then.
    pub next: String,
    /// The other ways in.
    pub ways: WaysIn,
    /// Why a visitor stands here who wanted something else.
    pub turned_away: Option<TurnedAway>,
}

/// Ways into the house besides the city's token: `POST /sign-in/passkey` — `state`, `credential`, `next`, `csrf`.
#[derive(Debug, Clone, Default)]
pub struct WaysIn {
    /// Whether passkeys can be used at this address.
    pub passkeys: bool,
    /// The houses that vouch: `GET /sign-in/with/{house}?next=…`.
    pub houses: Vec<HouseIn>,
    /// What went wrong with a passkey, as a sentence.
    pub passkey_wrong: Option<String>,
}

/// A house to come in through.
#[derive(Debug, Clone)]
pub struct HouseIn {
    /// In addresses.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where to go then, as it stands in an address.
    pub next: String,
}
