//! With whom somebody lives: a part of the page of what is kept about them.

use super::clerk::Choice;
use super::kit::Field;

/// A form about it. `to` (another person), `relation`, `from` and `until` (days; empty is today), `household`, `csrf`,
/// `request_key`; each form has some of them.
#[derive(Debug, Clone, Default)]
pub struct HouseholdForm {
    /// Key.
    pub request_key: String,
    /// Another person's telephone or card.
    pub to: Field,
    /// What they can be to the head.
    pub relations: Vec<Choice>,
    /// A first day.
    pub from: Field,
    /// A last day.
    pub until: Field,
    /// It was sent and refused: stands open.
    pub open: bool,
}

/// One who lives there too.
#[derive(Debug, Clone)]
pub struct HousemateLine {
    /// Their name.
    pub name: String,
    /// Their page, at the window.
    pub href: Option<String>,
    /// As what, and since when.
    pub about: String,
}

/// The household somebody is of.
#[derive(Debug, Clone)]
pub struct HouseholdHere {
    /// Its id, in forms.
    pub id: String,
    /// What was written down about the person, for striking it out. `POST {base}/facts/{id}/strike`.
    pub stay: String,
    /// As what they are there, and since when.
    pub own: String,
    /// The others within sight.
    pub members: Vec<HousemateLine>,
    /// Others, of whom nothing more is told.
    pub elsewhere: Option<String>,
    /// Key of striking it out.
    pub strike_key: String,
    /// `POST {base}/household/members`: somebody moves in.
    pub add: HouseholdForm,
    /// `POST {base}/household/relation`: they are something else to the head.
    pub change: HouseholdForm,
    /// `POST {base}/household/leave`: they move out.
    pub leave: HouseholdForm,
}

/// All of it.
#[derive(Debug, Clone, Default)]
pub struct HouseholdShown {
    /// How many live together, in a sentence.
    pub size: Option<String>,
    /// Why that counts and not what else is known.
    pub why: Option<String>,
    /// The household, if they are of one.
    pub here: Option<HouseholdHere>,
    /// Those they were of.
    pub past: Vec<String>,
    /// `POST {base}/household`: a household begins with them.
    pub begin: HouseholdForm,
    /// `POST {base}/household/join`: they move in with somebody.
    pub join: HouseholdForm,
}
