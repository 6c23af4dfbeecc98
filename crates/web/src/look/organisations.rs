//! Organisations: the list at the city hall, and one of them, at the city hall or at its own desk.

use askama::Template;

use super::clerk::Choice;
use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// An organisation in a list.
#[derive(Debug, Clone)]
pub struct OrganisationLine {
    /// Its name.
    pub name: String,
    /// The text key of its kind.
    pub kind: &'static str,
    /// Where more about it stands.
    pub href: String,
    /// How many firms it has, those of associations within it too; `None` where it has none by its kind.
    pub firms: Option<usize>,
    /// Its last day is behind.
    pub closed: bool,
}

/// An organisation to found. `POST /desk/organisations` — `name`, `english`, `kind`, `csrf`, `request_key`.
#[derive(Debug, Clone, Default)]
pub struct FoundForm {
    /// Makes a repeated post the same request.
    pub request_key: String,
    /// Kinds.
    pub kinds: Vec<Choice>,
    /// Its name.
    pub name: Field,
    /// Its name for readers of English.
    pub english: Field,
    /// Shown open: something was wrong.
    pub open: bool,
}

/// `GET /desk/organisations`.
#[derive(Template)]
#[template(path = "organisations.html")]
pub struct OrganisationsPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// What was wrong in a form.
    pub errors: Vec<FieldError>,
    /// All but the windows.
    pub all: Vec<OrganisationLine>,
    /// The windows of the neighbourhoods.
    pub windows: Vec<OrganisationLine>,
    /// To found one.
    pub found: FoundForm,
}

/// A member, as their association sees them.
#[derive(Debug, Clone)]
pub struct MemberLine {
    /// Its id, in forms.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The number of a firm, or how many firms an association has.
    pub about: String,
    /// Since when: a day.
    pub since: String,
    /// Its last day, if it is set.
    pub until: Option<String>,
    /// Where more about it stands, if anywhere.
    pub href: Option<String>,
}

/// A member to take in. `POST …/members` — `member` (a business number, or the name of an association), and for a firm
/// that is not registered yet `name` and `trade`; `csrf`, `request_key`.
#[derive(Debug, Clone, Default)]
pub struct JoinForm {
    /// Makes a repeated post the same request.
    pub request_key: String,
    /// Who.
    pub member: Field,
    /// The name of a firm that is new.
    pub name: Field,
    /// Its trade.
    pub trades: Vec<Choice>,
    /// Shown open: something was wrong.
    pub open: bool,
}

/// `GET /desk/organisations/{id}` and, for who speaks for it, `GET /organisation`. `POST …/members/leave` — `member`,
/// `csrf`, `request_key`. `POST …/close` (city hall only) — `csrf`.
#[derive(Template)]
#[template(path = "organisation.html")]
pub struct OrganisationPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// What was wrong in a form.
    pub errors: Vec<FieldError>,
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// The text key of its kind.
    pub kind: &'static str,
    /// Since when.
    pub since: String,
    /// Its last day, if it has closed.
    pub closed: Option<String>,
    /// `/organisation` or `/desk/organisations/{id}`.
    pub base: String,
    /// Read at the city hall.
    pub at_hall: bool,
    /// The associations it is in.
    pub part_of: Vec<String>,
    /// How many people work there, as far as they are entered.
    pub staff: usize,
    /// True for an association: it has members.
    pub has_members: bool,
    /// How many firms, each counted once.
    pub firms: usize,
    /// How many of them through associations within it.
    pub through: usize,
    /// Firms and associations that are in it.
    pub members: Vec<MemberLine>,
    /// How many more there are than are listed.
    pub more: usize,
    /// To take one in; `None` for who may not.
    pub join: Option<JoinForm>,
}
