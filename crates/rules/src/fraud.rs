//! Signs of illegal exchange: patterns that are looked for in the journal, and how much each weighs. A sign is a reason to
//! look, never a finding.

use base::{Date, Source, Won};
use toml::Spanned;
use toml::value::Datetime;

use crate::read::{Ids, RawSource, Reader};
use crate::{Name, Rate};

/// What is looked for, with its measures. `days` is the length of the window it is looked for in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// A holder pays at a shop at least `count` times and at least `amount` in all, and the shop's owner gives the holder
    /// at least `share` of it back.
    RoundTrip {
        /// Payments.
        count: u32,
        /// Won in all.
        amount: Won,
        /// Of what was paid.
        share: Rate,
    },
    /// At least `count` holders each put `amount` or more on, and spend `share` of it at one shop within `minutes`.
    QuickRedemption {
        /// Holders.
        count: u32,
        /// Won put on.
        amount: Won,
        /// Of what was put on.
        share: Rate,
        /// From putting on.
        minutes: u32,
    },
    /// A shop takes more than `share` of its yearly sales, for so many days, by this card alone; of `amount` at least.
    AboveBand {
        /// Of its sales.
        share: Rate,
        /// Won: below it nothing is said.
        amount: Won,
    },
    /// One holder pays `amount` or more at a shop at least `count` times.
    RepeatedHigh {
        /// Payments.
        count: u32,
        /// Won each.
        amount: Won,
    },
    /// At most `count` holders make at least `share` of a shop's sales, of `amount` at least.
    FewPayers {
        /// Holders.
        count: u32,
        /// Of its sales.
        share: Rate,
        /// Won of sales: below it nothing is said.
        amount: Won,
    },
    /// A shop of a trade that the card leaves out has sales.
    RestrictedTrade {
        /// Payments.
        count: u32,
    },
}

impl Pattern {
    /// The word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Pattern::RoundTrip { .. } => "round-trip",
            Pattern::QuickRedemption { .. } => "quick-redemption",
            Pattern::AboveBand { .. } => "above-band",
            Pattern::RepeatedHigh { .. } => "repeated-high",
            Pattern::FewPayers { .. } => "few-payers",
            Pattern::RestrictedTrade { .. } => "restricted-trade",
        }
    }
}

/// A sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FraudRule {
    /// Unique in the pack.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// The first day it is looked for.
    pub from: Date,
    /// What.
    pub pattern: Pattern,
    /// Days it looks back.
    pub days: u32,
    /// How much it weighs when it just shows.
    pub points: u32,
    /// What it rests on.
    pub source: Source,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    rule: Vec<Spanned<RawRule>>,
}

#[derive(serde::Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum RawPattern {
    RoundTrip,
    QuickRedemption,
    AboveBand,
    RepeatedHigh,
    FewPayers,
    RestrictedTrade,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: Spanned<String>,
    name: Spanned<Name>,
    from: Spanned<Datetime>,
    pattern: Spanned<RawPattern>,
    days: Spanned<i64>,
    points: Spanned<i64>,
    count: Option<Spanned<i64>>,
    amount: Option<Spanned<i64>>,
    share: Option<Spanned<String>>,
    minutes: Option<Spanned<i64>>,
    source: Option<Spanned<RawSource>>,
}

/// Reads `fraud.toml`; `None` when its shape is at fault.
pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Vec<FraudRule>> {
    let file = reader.document::<RawFile>()?;
    let mut ids = Ids::default();
    Some(file.rule.into_iter().map(|entry| read_rule(reader, entry, &mut ids)).collect())
}

fn read_rule(reader: &mut Reader<'_>, entry: Spanned<RawRule>, ids: &mut Ids) -> FraudRule {
    let at = entry.span();
    let raw = entry.into_inner();
    let (needs, kind) = (raw.pattern.span(), *raw.pattern.get_ref());
    let (count, amount, share, minutes) = match kind {
        RawPattern::RoundTrip | RawPattern::FewPayers => (true, true, true, false),
        RawPattern::QuickRedemption => (true, true, true, true),
        RawPattern::AboveBand => (false, true, true, false),
        RawPattern::RepeatedHigh => (true, true, false, false),
        RawPattern::RestrictedTrade => (true, false, false, false),
    };
    let given = [
        ("count", count, raw.count.as_ref().map(Spanned::span)),
        ("amount", amount, raw.amount.as_ref().map(Spanned::span)),
        ("share", share, raw.share.as_ref().map(Spanned::span)),
        ("minutes", minutes, raw.minutes.as_ref().map(Spanned::span)),
    ];
    for (field, wanted, there) in given {
        match (wanted, there) {
            (true, None) => reader.fault(
                needs.clone(),
                format!("this pattern needs {field}"),
                format!("add {field} to this entry"),
            ),
            (false, Some(at)) => {
                reader.fault(at, format!("this pattern has no {field}"), "remove it");
            }
            _ => {}
        }
    }
    let count = raw.count.map_or(1, |count| reader.number("count", &count, 1..100_000));
    let amount = reader.won_if("amount", raw.amount.as_ref()).unwrap_or(Won(0));
    let share = raw.share.map_or(Rate::ZERO, |share| reader.rate("share", &share));
    let minutes = raw.minutes.map_or(1, |minutes| reader.number("minutes", &minutes, 1..100_000));
    let pattern = match kind {
        RawPattern::RoundTrip => Pattern::RoundTrip { count, amount, share },
        RawPattern::QuickRedemption => Pattern::QuickRedemption { count, amount, share, minutes },
        RawPattern::AboveBand => Pattern::AboveBand { share, amount },
        RawPattern::RepeatedHigh => Pattern::RepeatedHigh { count, amount },
        RawPattern::FewPayers => Pattern::FewPayers { count, share, amount },
        RawPattern::RestrictedTrade => Pattern::RestrictedTrade { count },
    };
    FraudRule {
        id: reader.id(&raw.id, ids),
        name: reader.name(&raw.name),
        from: reader.date(&raw.from),
        pattern,
        days: reader.number("days", &raw.days, 1..367),
        points: reader.number("points", &raw.points, 1..1_001),
        source: reader.source(at, raw.source.as_ref()),
    }
}
