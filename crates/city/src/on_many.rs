//! What a list says of many people at once: a register's, or that of a town that is built. Each line is decided like the
//! command for one person; the whole part is kept, or none of it.

use base::{Date, PersonId};
use people::fact::{Datum, Source};
use people::household::Relation;
use serde::Serialize;

/// A part of such a list: 1,024 people at most. The city's own machinery reads it; nobody is told line by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnMany {
    /// What is known.
    Facts(Vec<Known>),
    /// Who lives together.
    Households(Vec<Together>),
}

/// Something that is known about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Known {
    /// About whom.
    pub person: PersonId,
    /// What.
    pub datum: Datum,
    /// From where.
    pub source: Source,
    /// The day it was said, seen or certified; `None`: today.
    pub from: Option<Date>,
    /// The last day it can be relied on.
    pub until: Option<Date>,
}

/// People who live together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Together {
    /// They, and as what to the head; the first is the head.
    pub members: Vec<(PersonId, Relation)>,
    /// The first day they do.
    pub from: Date,
}
