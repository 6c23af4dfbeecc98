//! Good prepayment: pay a shop now, use it there later. What a city allows, and how the claims are protected.

use base::{Date, Source, Won};
use toml::Spanned;
use toml::value::Datetime;

use crate::card::overlap;
use crate::read::{Ids, RawSource, Reader};
use crate::{Budget, Name, Rate};

/// No claim is kept open longer than this after the last day of buying: money on the card itself lives five years.
const LONGEST_DAYS: i32 = 3 * 366;

/// When a claim can be returned by whoever holds it. The shop may take it back at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returns {
    /// Within so many days of buying: all that is unused. 0: the day itself.
    pub days: u32,
    /// Later: the rest, once this share of it is used.
    pub after_use: Rate,
}

/// One entry of the programme. Entries never overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepayment {
    /// Unique in the pack, such as `good-2021`.
    pub id: String,
    /// First day of buying.
    pub from: Date,
    /// Last day of buying.
    pub until: Date,
    /// The least that is paid at once, in won.
    pub least: Won,
    /// The most that is paid at once, in won.
    pub most: Won,
    /// The last day of use; after it the rest goes back to the holder.
    pub use_by: Date,
    /// How much of a claim the shop gets at its next settlement; the rest stays in escrow until it is used.
    pub advance: Rate,
    /// The id of the budget that stands behind what is advanced.
    pub guarantee: String,
    /// When a claim can be returned.
    pub returns: Returns,
    /// How many claims one holder gives away in a day, at most. `None`: as many as they like.
    pub gifts_a_day: Option<u32>,
    /// Its short name.
    pub name: Name,
    /// The notice it rests on.
    pub source: Source,
}

impl Prepayment {
    /// True on the days of buying.
    pub fn sells_on(&self, date: Date) -> bool {
        self.from <= date && date <= self.until
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    prepayment: Vec<Spanned<RawPrepayment>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPrepayment {
    id: Spanned<String>,
    from: Spanned<Datetime>,
    until: Spanned<Datetime>,
    least: Spanned<i64>,
    most: Spanned<i64>,
    use_by: Spanned<Datetime>,
    advance: Spanned<String>,
    guarantee: Spanned<String>,
    returns: Spanned<RawReturns>,
    gifts_a_day: Option<Spanned<i64>>,
    name: Spanned<Name>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReturns {
    days: Spanned<i64>,
    after_use: Spanned<String>,
}

/// Reads `prepayment.toml`. `budgets` is `None` when their file is at fault, and then they go unchecked.
pub(crate) fn read(reader: &mut Reader<'_>, budgets: Option<&[Budget]>) -> Vec<Prepayment> {
    let Some(file) = reader.document::<RawFile>() else { return Vec::new() };
    let mut ids = Ids::default();
    let mut entries: Vec<Prepayment> = Vec::new();
    for entry in file.prepayment {
        let read = read_entry(reader, budgets, &mut ids, &entries, entry);
        entries.push(read);
    }
    entries.sort_by_key(|entry| entry.from);
    entries
}

fn read_entry(
    reader: &mut Reader<'_>,
    budgets: Option<&[Budget]>,
    ids: &mut Ids,
    earlier: &[Prepayment],
    entry: Spanned<RawPrepayment>,
) -> Prepayment {
    let at = entry.span();
    let raw = entry.into_inner();
    let id = reader.id(&raw.id, ids);
    let (from, until) = reader.period(&raw.from, Some(&raw.until));
    let until = until.unwrap_or(from);
    if let Some(other) = earlier.iter().find(|e| overlap((e.from, Some(e.until)), (from, Some(until)))) {
        reader.fault(
            raw.from.span(),
            format!("prepayment {id:?} from {from} overlaps {:?}", other.id),
            "end the earlier one the day before with until",
        );
    }
    let (least, most) = (reader.won("least", &raw.least), reader.won("most", &raw.most));
    if least.0 == 0 {
        reader.fault(raw.least.span(), "least 0: nothing would be paid", "write 1 won or more");
    }
    if most < least {
        reader.fault(
            raw.most.span(),
            format!("most {}: below least {}", most.0, least.0),
            "write at least that much",
        );
    }
    let use_by = reader.date(&raw.use_by);
    let days = base::day_of_date(use_by) - base::day_of_date(until);
    if !(0..=LONGEST_DAYS).contains(&days) {
        reader.fault(
            raw.use_by.span(),
            format!("use_by {use_by}: before until, or more than three years after it"),
            format!("write a day from {until} on, at most three years later"),
        );
    }
    guarantee(reader, budgets, &raw.guarantee, (from, until));
    let returns = raw.returns.into_inner();
    Prepayment {
        id,
        from,
        until,
        least,
        most,
        use_by,
        advance: reader.rate("advance", &raw.advance),
        guarantee: raw.guarantee.into_inner(),
        returns: Returns {
            days: reader.number("days", &returns.days, 0..366),
            after_use: reader.rate("after_use", &returns.after_use),
        },
        gifts_a_day: raw.gifts_a_day.as_ref().map(|most| reader.number("gifts_a_day", most, 1..201)),
        name: reader.name(&raw.name),
        source: reader.source(at, raw.source.as_ref()),
    }
}

/// A guarantee is a budget that is open while anything can be advanced: from the first day of buying to the last.
fn guarantee(
    reader: &mut Reader<'_>,
    budgets: Option<&[Budget]>,
    id: &Spanned<String>,
    (from, until): (Date, Date),
) {
    let Some(budgets) = budgets else { return };
    let known: Vec<&str> = budgets.iter().map(|b| b.id.as_str()).collect();
    reader.known("budget", id, &known);
    let budget = budgets.iter().find(|b| b.id == *id.get_ref());
    if let Some(budget) = budget.filter(|b| !b.is_open(from) || !b.is_open(until)) {
        reader.fault(
            id.span(),
            format!("budget {:?} is not open on all days of buying", budget.id),
            "name a budget of the same days",
        );
    }
}
