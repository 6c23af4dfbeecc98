//! Passkeys, and which role to come in under.

use askama::Template;
use jiff::civil::DateTime;

use super::door::HouseIn;
use super::kit::Field;
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A passkey someone has.
#[derive(Debug, Clone)]
pub struct PasskeyHeld {
    /// The form's value.
    pub number: String,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub since: DateTime,
    /// When it was last used.
    pub used: Option<DateTime>,
}

/// `GET /account/passkeys`. `POST /account/passkeys` — `name`, `state`, `credential`, `csrf`;
/// `POST /account/passkeys/remove` — `number`, `csrf`.
#[derive(Template)]
#[template(path = "passkeys.html")]
pub struct PasskeysPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Those there are.
    pub held: Vec<PasskeyHeld>,
    /// The new one's name.
    pub called: Field,
    /// Whether passkeys can be made at this address.
    pub here: bool,
}

/// Staff with their first token, in answer to `POST /sign-in`: they make a passkey (`POST /account/passkeys` — `ticket`, `next`
/// and what [`PasskeysPage`] sends), or link another house that asks for a second factor (`GET /sign-in/first/{house}` —
/// `ticket`, `next`).
#[derive(Template)]
#[template(path = "first_passkey.html")]
pub struct FirstPasskeyPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The passkey's name.
    pub called: Field,
    /// What stands for the token.
    pub ticket: String,
    /// Where to go then.
    pub next: String,
    /// Whether passkeys can be made at this address.
    pub here: bool,
    /// The houses that ask for a second factor.
    pub houses: Vec<HouseIn>,
}

/// Somebody is in, and goes on to another house to be linked with it. A form may lead to no other house, so this page stands
/// between: its header leads on, and its link does where headers are not followed.
#[derive(Template)]
#[template(path = "on_the_way.html")]
pub struct OnTheWayPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The house's name.
    pub name: String,
    /// On.
    pub to: String,
}

/// A role to come in under.
#[derive(Debug, Clone)]
pub struct Hat {
    /// The form's value.
    pub grant: String,
    /// Its name in the pack.
    pub role: String,
    /// The shop or neighbourhood it is for; may be empty.
    pub of: String,
}

/// Someone with several roles, in answer to a sign-in. `POST /sign-in/role` — `ticket`, `grant`, `next`, `csrf`.
#[derive(Template)]
#[template(path = "which_role.html")]
pub struct WhichRolePage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// What stands for what they showed.
    pub ticket: String,
    /// All they may choose from.
    pub hats: Vec<Hat>,
    /// Where to go then.
    pub next: String,
}
