//! Budgets: how much may be granted, in which days.

use base::{Date, Won};
use toml::Spanned;
use toml::value::Datetime;

use crate::Name;
use crate::read::{Ids, Reader};

/// Authority to grant, up to an amount. In the books it is a stock that never falls below zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Unique in the pack, such as `cashback-2021`.
    pub id: String,
    /// First day it may be granted from.
    pub from: Date,
    /// Last day it may be granted from; `None` while no end is decided.
    pub until: Option<Date>,
    /// What it holds at first, in won.
    pub amount: Won,
    /// Its short name.
    pub name: Name,
    /// The notice it rests on, or `setting: …` where the city's own figure is not known.
    pub source: String,
}

impl Budget {
    /// True on the days it may be granted from. Whether anything is left is for the books to say.
    pub fn is_open(&self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    budget: Vec<Spanned<RawBudget>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBudget {
    id: Spanned<String>,
    from: Spanned<Datetime>,
    until: Option<Spanned<Datetime>>,
    amount: Spanned<i64>,
    name: Spanned<Name>,
    source: Option<Spanned<String>>,
}

/// Reads `budgets.toml`; `None` when its shape is at fault.
pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Vec<Budget>> {
    let file = reader.document::<RawFile>()?;
    let mut ids = Ids::default();
    let mut budgets = Vec::new();
    for entry in file.budget {
        let at = entry.span();
        let raw = entry.into_inner();
        let (from, until) = reader.period(&raw.from, raw.until.as_ref());
        budgets.push(Budget {
            id: reader.id(&raw.id, &mut ids),
            from,
            until,
            amount: reader.won("amount", &raw.amount),
            name: reader.name(&raw.name),
            source: reader.source(at, raw.source.as_ref()),
        });
    }
    Some(budgets)
}
