//! Finding a posting: by its number, its id, an order number, an amount. Nothing of the journal is indexed but its
//! numbers, so what has no number is looked for among the newest only.

use crate::store::{
    PACK_AT, POSTING_AT, POSTING_OF_ENTRY, POSTINGS_OF_AMOUNT, POSTINGS_OF_ORDER, POSTINGS_REVERSING,
};
use base::{EntryNo, Instant, PostingNo};
use economy::Facts;
use store::{Error, Snapshot, row};

/// So many of the newest postings are looked through.
pub const LOOKED_THROUGH: u64 = 200_000;

/// So many are shown.
const MOST: i64 = 20;

row! {
    /// A posting as it stands in a list.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Found {
        /// Its number.
        pub no: PostingNo,
        /// When.
        pub at: Instant,
        /// What.
        pub kind: String,
        /// Its principal in won.
        pub amount: i64,
    }
}

row! {
    struct Ordered {
        no: PostingNo,
        at: Instant,
        kind: String,
        amount: i64,
        facts: String,
    }
}

row! {
    struct OfEntry {
        posting: PostingNo,
    }
}

row! {
    /// A pack of rules as it is kept.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PackKept {
        /// Its content hash.
        pub hash: Vec<u8>,
        /// When it came into force.
        pub since: Instant,
    }
}

/// What a text may mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Meanings {
    number: Option<PostingNo>,
    amount: Option<i64>,
    order: Option<String>,
}

/// What was typed, with what surrounds an amount taken off: `12,000원`, `12000 won`, `#1,024`.
fn meanings(text: &str) -> Meanings {
    let text = text.trim();
    if let Ok(no) = text.parse::<PostingNo>() {
        return Meanings { number: Some(no), ..Meanings::default() };
    }
    let marked = text.strip_prefix('#');
    let unit =
        text.strip_suffix('원').or_else(|| text.strip_suffix("won")).or_else(|| text.strip_prefix('₩'));
    let bare: String = marked.or(unit).unwrap_or(text).chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    match bare.parse::<i64>().ok().filter(|n| *n > 0) {
        Some(n) => Meanings {
            number: unit.is_none().then_some(PostingNo(n.unsigned_abs())),
            amount: marked.is_none().then_some(n),
            // A shop's own order numbers may be digits only.
            order: (marked.is_none() && unit.is_none() && bare == text).then_some(bare),
        },
        None => Meanings {
            order: (!text.is_empty() && text.len() <= 64).then(|| text.to_owned()),
            ..Meanings::default()
        },
    }
}

/// Postings that a text may mean, the most exact first, then the newest.
pub fn find(snapshot: &mut Snapshot<'_>, last: PostingNo, text: &str) -> Result<Vec<Found>, Error> {
    let meanings = meanings(text);
    let after = PostingNo(last.0.saturating_sub(LOOKED_THROUGH));
    let mut found: Vec<Found> = Vec::new();
    if let Some(no) = meanings.number.filter(|no| *no <= last) {
        found.extend(at(snapshot, no)?);
    }
    if let Some(order) = meanings.order {
        let rows: Vec<Ordered> = snapshot
            .query(POSTINGS_OF_ORDER, &[after.into(), last.into(), like(&order).into(), MOST.into()])?;
        let same = |row: &Ordered| {
            let facts = Facts::read(&row.facts).ok();
            facts.and_then(|f| f.payment().and_then(|p| p.order.clone())).as_deref() == Some(order.as_str())
        };
        let rows = rows.into_iter().filter(same);
        found.extend(rows.map(|row| Found { no: row.no, at: row.at, kind: row.kind, amount: row.amount }));
    }
    if let Some(amount) = meanings.amount {
        found.extend(
            snapshot.query::<Found>(
                POSTINGS_OF_AMOUNT,
                &[after.into(), last.into(), amount.into(), MOST.into()],
            )?,
        );
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|row| seen.insert(row.no));
    Ok(found)
}

/// The order as it stands in the facts, with what LIKE would read as more than itself escaped.
fn like(order: &str) -> String {
    let json = serde_json::to_string(order).unwrap_or_default();
    let escaped: String = json
        .chars()
        .flat_map(|c| matches!(c, '%' | '_' | '!').then_some('!').into_iter().chain([c]))
        .collect();
    format!("%\"order\":{escaped}%")
}

/// A posting by its number, as it stands in a list.
pub fn at(snapshot: &mut Snapshot<'_>, no: PostingNo) -> Result<Option<Found>, Error> {
    snapshot.one(POSTING_AT, &[no.into()])
}

/// What took a posting back or went on from it, among those that followed closely enough.
pub fn reversed_by(snapshot: &mut Snapshot<'_>, no: PostingNo) -> Result<Vec<Found>, Error> {
    let until = PostingNo(no.0.saturating_add(LOOKED_THROUGH));
    snapshot.query(POSTINGS_REVERSING, &[no.into(), until.into(), no.into(), MOST.into()])
}

/// The posting an entry belongs to.
pub fn posting_of_entry(snapshot: &mut Snapshot<'_>, entry: EntryNo) -> Result<Option<PostingNo>, Error> {
    Ok(snapshot.one::<OfEntry>(POSTING_OF_ENTRY, &[entry.into()])?.map(|row| row.posting))
}

/// A pack of rules by its number.
pub fn pack_kept(snapshot: &mut Snapshot<'_>, no: u32) -> Result<Option<PackKept>, Error> {
    snapshot.one(PACK_AT, &[no.into()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_means_what_it_looks_like() {
        let no = |n| Some(PostingNo(n));
        let order = |text: &str| Some(text.to_owned());
        for (text, number, amount, ordered) in [
            ("pst_0000000000001", no(1), None, None),
            ("12,000", no(12_000), Some(12_000), None),
            ("12000", no(12_000), Some(12_000), order("12000")),
            ("12,000원", None, Some(12_000), None),
            ("12000 won", None, Some(12_000), None),
            ("#1,024", no(1_024), None, None),
            ("A7-3291", None, None, order("A7-3291")),
            ("0", None, None, order("0")),
            ("-5", None, None, order("-5")),
            ("  ", None, None, None),
        ] {
            assert_eq!(meanings(text), Meanings { number, amount, order: ordered }, "{text}");
        }
    }

    #[test]
    fn an_order_is_looked_for_as_itself() {
        assert_eq!(like("50%_!\""), "%\"order\":\"50!%!_!!\\\"\"%");
    }
}
