//! Budgets: how much may be granted, in which days.

use base::{Date, Source, Won};
use toml::Spanned;
use toml::value::Datetime;

use crate::Name;
use crate::read::{Ids, RawSource, Reader};

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
    pub source: Source,
}

impl Budget {
    /// True on the days it may be granted from. Whether anything is left is for the books to say.
    pub fn is_open(&self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }
}

/// The number a budget has in the books: 32 bits of FNV-1a over its id, so that a pack may list budgets in any order.
/// Budgets of one number would share their accounts: the check refuses them.
pub fn budget_number(id: &str) -> u32 {
    id.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
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
    source: Option<Spanned<RawSource>>,
}

/// Reads `budgets.toml`; `None` when its shape is at fault.
pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Vec<Budget>> {
    let file = reader.document::<RawFile>()?;
    let mut ids = Ids::default();
    let mut budgets: Vec<Budget> = Vec::new();
    for entry in file.budget {
        let at = entry.span();
        let raw = entry.into_inner();
        let (from, until) = reader.period(&raw.from, raw.until.as_ref());
        let id = reader.id(&raw.id, &mut ids);
        let same = budgets.iter().find(|b| b.id != id && budget_number(&b.id) == budget_number(&id));
        if let Some(other) = same {
            reader.fault(
                raw.id.span(),
                format!("budget {id:?} would have the number of {:?} in the books", other.id),
                "write another id, such as one with a word more",
            );
        }
        budgets.push(Budget {
            id,
            from,
            until,
            amount: reader.won("amount", &raw.amount),
            name: reader.name(&raw.name),
            source: reader.source(at, raw.source.as_ref()),
        });
    }
    Some(budgets)
}
