//! Wrong PINs as rows.

use ::store::{Error, Migration, Snapshot, Sql, Value, row, sql};
use base::{Instant, MerchantId};
use economy::decide::Tried;

use super::{Change, Pins, Place};
use crate::CardRef;

/// The table. `card`: a card's id, or 16 digits that are no card's.
pub(crate) const PINS: Migration = Migration {
    name: "pins-1",
    sql: "
CREATE TABLE pins_tried (
    card TEXT NOT NULL,
    shop TEXT NOT NULL,
    wrong BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (card, shop)
);
",
};

/// How often the shop heard that the card holds too little.
pub(crate) const SHORT: Migration =
    Migration { name: "pins-2", sql: "ALTER TABLE pins_tried ADD COLUMN short BIGINT NOT NULL DEFAULT 0;" };

const ALL: Sql = sql("SELECT card, shop, wrong, counted, short, until FROM pins_tried ORDER BY card, shop");
const KEEP: Sql =
    sql("INSERT INTO pins_tried (card, shop, wrong, counted, until, short) VALUES ($1, $2, $3, $4, $5, $6) \
     ON CONFLICT (card, shop) DO UPDATE SET wrong = excluded.wrong, counted = excluded.counted, \
     until = excluded.until, short = excluded.short");
const DROP: Sql = sql("DELETE FROM pins_tried WHERE card = $1 AND shop = $2");

pub(crate) const STATEMENTS: &[Sql] = &[ALL, KEEP, DROP];

row! {
    struct TriedRow {
        card: String,
        shop: MerchantId,
        wrong: i64,
        counted: i64,
        short: i64,
        until: Instant,
    }
}

/// All that is remembered.
pub(crate) fn load(snapshot: &mut Snapshot<'_>) -> Result<Pins, Error> {
    let mut pins = Pins::default();
    snapshot.for_each(ALL, &[], &mut |row: TriedRow| {
        let few = |count: i64| u8::try_from(count).unwrap_or(u8::MAX);
        let card = named(&row.card).ok_or_else(|| Error::Shape(format!("{:?} is no card", row.card)))?;
        let (wrong, counted, short) = (few(row.wrong), few(row.counted), few(row.short));
        let tried = Tried { wrong, counted, short, until: row.until };
        pins.apply(Change { place: (card, row.shop), tried: Some(tried) });
        Ok(())
    })?;
    Ok(pins)
}

/// The write that makes a change last.
pub(crate) fn write(change: &Change) -> (Sql, Vec<Value>) {
    let (card, shop) = words(change.place);
    match change.tried {
        Some(tried) => {
            let counts = [tried.wrong.into(), tried.counted.into(), tried.until.into(), tried.short.into()];
            (KEEP, [card, shop].into_iter().chain(counts).collect())
        }
        None => (DROP, vec![card, shop]),
    }
}

fn words((card, shop): Place) -> (Value, Value) {
    let card = match card {
        CardRef::Id(id) => id.to_string(),
        CardRef::Number(number) => format!("{number:016}"),
    };
    (card.into(), shop.into())
}

fn named(text: &str) -> Option<CardRef> {
    text.parse().ok().map(CardRef::Id).or_else(|| text.parse().ok().map(CardRef::Number))
}
