//! Who may do what: one's own account, and the desk where access is given.

use askama::Template;

use super::clerk::Choice;
use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A sign-in that lasts.
#[derive(Debug, Clone)]
pub struct SignInLine {
    /// Its number, in forms.
    pub number: String,
    /// Since when: `오늘 14:05`.
    pub since: String,
    /// How: `창구 코드로`.
    pub how: String,
    /// In which role.
    pub role: String,
    /// The one this page is read in.
    pub mine: bool,
}

/// How a role stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleStanding {
    /// It holds today.
    Holds,
    /// It waits for a second person's yes.
    Waits,
    /// Its first day is ahead.
    Ahead,
    /// Its last day is behind, or it was taken back.
    Over,
}

impl RoleStanding {
    /// The text key.
    pub fn key(self) -> &'static str {
        match self {
            RoleStanding::Holds => "role-holds",
            RoleStanding::Waits => "role-waits",
            RoleStanding::Ahead => "role-ahead",
            RoleStanding::Over => "role-over",
        }
    }

    /// The chip's class.
    pub fn class(self) -> &'static str {
        match self {
            RoleStanding::Holds => "on",
            RoleStanding::Waits | RoleStanding::Ahead => "soon",
            RoleStanding::Over => "",
        }
    }
}

/// A role that was given.
#[derive(Debug, Clone)]
pub struct RoleLine {
    /// Its id, in forms.
    pub id: String,
    /// Its name in the pack.
    pub name: String,
    /// What it reaches: a neighbourhood, a shop, the city.
    pub reach: String,
    /// From when until when.
    pub days: String,
    /// How it stands.
    pub standing: RoleStanding,
    /// Whose: an account's name.
    pub who: String,
    /// `/desk/access?find=…`
    pub href: String,
    /// Whether whoever reads this may say yes to it.
    pub can_confirm: bool,
}

impl RoleLine {
    /// True while it can be taken back.
    pub fn is_open(&self) -> bool {
        self.standing != RoleStanding::Over
    }
}

/// `GET /account`. `POST /account/sessions/end` — `number` (absent: all others), `csrf`. `POST /leave` — `csrf`.
#[derive(Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The roles of this account, the one acted in first.
    pub roles: Vec<RoleLine>,
    /// Where they are signed in, the newest first.
    pub sign_ins: Vec<SignInLine>,
    /// Sign-ins besides those that are listed.
    pub more: usize,
    /// Passkeys can be made here.
    pub passkeys: bool,
    /// Other houses vouch for people here.
    pub houses: bool,
}

impl AccountPage {
    /// True if they are signed in elsewhere too.
    pub fn has_others(&self) -> bool {
        self.sign_ins.iter().any(|one| !one.mine)
    }
}

/// A role to give. `POST /desk/access/accounts/{id}/roles`.
#[derive(Debug, Clone, Default)]
pub struct GiveForm {
    /// Makes a repeated post the same request.
    pub request_key: String,
    /// The pack's roles.
    pub roles: Vec<Choice>,
    /// Neighbourhoods.
    pub districts: Vec<Choice>,
    /// A shop's number or id.
    pub shop: Field,
    /// Organisations that a role can speak for.
    pub organisations: Vec<Choice>,
    /// The first day.
    pub from: Field,
    /// The last day, if there is one.
    pub until: Field,
    /// It was sent and refused: stands open.
    pub open: bool,
}

/// An account that was found.
#[derive(Debug, Clone)]
pub struct FoundAccount {
    /// Its id, in forms.
    pub id: String,
    /// Whose.
    pub name: String,
    /// It has ended.
    pub ended: bool,
    /// It is the reader's own: others decide about it.
    pub own: bool,
    /// Its roles, the newest first.
    pub roles: Vec<RoleLine>,
    /// Where it is signed in.
    pub sign_ins: Vec<SignInLine>,
    /// Give it a role.
    pub give: GiveForm,
}

/// An account in the list of those with a duty.
#[derive(Debug, Clone)]
pub struct AccountLine {
    /// Whose.
    pub name: String,
    /// `/desk/access?find=…`
    pub href: String,
    /// Its roles in a line.
    pub roles: String,
}

/// Someone without an account.
#[derive(Debug, Clone)]
pub struct WithoutAccount {
    /// The person's id, in the form.
    pub person: String,
    /// Their name, masked.
    pub name: String,
}

/// `GET /desk/access?find=…` (card number, person's or account's id).
/// `POST /desk/access/accounts` — `person` (empty: nobody's), `request_key`; `…/accounts/{id}/end`;
/// `…/accounts/{id}/sessions/end` — `number` (absent: all); `…/accounts/{id}/roles` — `role`, `district`, `shop`,
/// `organisation`, `from`, `until`, `request_key`; `POST /desk/access/roles/{id}/confirm`, `…/end`. All with `csrf`.
#[derive(Template)]
#[template(path = "access.html")]
pub struct AccessPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// Roles that wait for a second person's yes.
    pub waiting: Vec<RoleLine>,
    /// Where no second officer is there to say it: what whoever runs the server types for one.
    pub second: Option<String>,
    /// What was looked for.
    pub find: Field,
    /// Nobody was found.
    pub none: bool,
    /// The account that was found.
    pub account: Option<FoundAccount>,
    /// The person who was found, without an account.
    pub without: Option<WithoutAccount>,
    /// Key of a new account.
    pub open_key: String,
    /// Accounts with a duty at a counter or the city hall.
    pub accounts: Vec<AccountLine>,
    /// Those besides the ones listed.
    pub more: usize,
}

/// A secret just made: shown this once.
#[derive(Debug, Clone)]
pub struct FreshToken {
    /// Its number.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// The secret.
    pub secret: String,
}

/// A token that lasts.
#[derive(Debug, Clone)]
pub struct TokenLine {
    /// Its number, in forms.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Its role's name.
    pub role: String,
    /// What the role reaches.
    pub reach: String,
    /// Since when.
    pub since: String,
    /// When it was used last, as far as is known.
    pub last: Option<String>,
    /// Until when an old secret works on.
    pub ends: Option<String>,
    /// How its role stands.
    pub standing: RoleStanding,
}

/// `GET /desk/access/tokens`, `GET /shop/tokens`: `base`. `POST {base}` — `name`, `role`, `district`, `shop`,
/// `request_key`; `POST {base}/{id}/rotate` — `old` (`day`, `now`); `POST {base}/{id}/end`. All with `csrf`.
#[derive(Template)]
#[template(path = "tokens.html")]
pub struct TokensPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// Where the forms go.
    pub base: &'static str,
    /// All of the city's; else one shop's.
    pub whole_city: bool,
    /// One just made.
    pub fresh: Option<FreshToken>,
    /// Those that last, the newest first.
    pub tokens: Vec<TokenLine>,
    /// Those besides the ones listed.
    pub more: usize,
    /// What a new one is for.
    pub named: Field,
    /// Its role; name and days are not asked for.
    pub give: GiveForm,
}
