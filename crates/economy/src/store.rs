//! The only place of this crate with SQL: cards and shops as rows.

use base::{CardId, Instant, MerchantId, PersonId, Won};
use rules::City;
use store::{Error, Migration, Snapshot, Sql, Value, row, sql};

use crate::{Card, CardKind, CardState, Merchant, MerchantState};

/// This crate's tables.
pub const MIGRATIONS: &[Migration] = &[FIRST];

const FIRST: Migration = Migration {
    name: "economy-1",
    sql: "
CREATE TABLE cards (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    number BIGINT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    pin BYTEA,
    wrong BIGINT NOT NULL,
    issued BIGINT NOT NULL
);
CREATE TABLE merchants (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    business_number TEXT NOT NULL UNIQUE,
    trade TEXT NOT NULL,
    district TEXT NOT NULL,
    sales BIGINT,
    owner TEXT,
    state TEXT NOT NULL,
    joined BIGINT NOT NULL
);
CREATE INDEX cards_of_person ON cards (person);
",
};

/// A card's row is new.
pub const INSERT_CARD: Sql = sql(
    "INSERT INTO cards (id, person, number, kind, state, pin, wrong, issued) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);
/// A card's state has changed.
pub const UPDATE_CARD: Sql = sql("UPDATE cards SET state = $2, pin = $3, wrong = $4 WHERE id = $1");
/// A shop's row is new.
pub const INSERT_MERCHANT: Sql =
    sql("INSERT INTO merchants (id, name, business_number, trade, district, sales, owner, state, joined) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
/// A shop's state has changed.
pub const UPDATE_MERCHANT: Sql = sql("UPDATE merchants SET state = $2 WHERE id = $1");
/// A shop is somebody else's.
pub const SET_MERCHANT_OWNER: Sql = sql("UPDATE merchants SET owner = $2 WHERE id = $1");
const CARDS: Sql = sql("SELECT id, person, number, kind, state, pin, wrong FROM cards ORDER BY issued, id");
const MERCHANTS: Sql = sql(
    "SELECT id, name, business_number, trade, district, sales, owner, state FROM merchants ORDER BY joined, id",
);
/// All cards a person was ever issued.
pub const CARDS_OF: Sql = sql("SELECT id, issued FROM cards WHERE person = $1 ORDER BY issued DESC, id");

/// All this crate's statements, for the test that prepares each on both engines.
pub const STATEMENTS: &[Sql] = &[
    INSERT_CARD,
    UPDATE_CARD,
    INSERT_MERCHANT,
    UPDATE_MERCHANT,
    SET_MERCHANT_OWNER,
    CARDS,
    MERCHANTS,
    CARDS_OF,
];

row! {
    struct CardRow {
        id: CardId,
        person: PersonId,
        number: i64,
        kind: String,
        state: String,
        pin: Option<Vec<u8>>,
        wrong: i64,
    }
}

row! {
    struct MerchantRow {
        id: MerchantId,
        name: String,
        business_number: String,
        trade: String,
        district: String,
        sales: Option<i64>,
        owner: Option<PersonId>,
        state: String,
    }
}

row! {
    /// A card of a person. Where it stands now is for the directory to say.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Issued {
        /// Which.
        pub id: CardId,
        /// When it was issued.
        pub issued: Instant,
    }
}

/// All cards, in order of issue.
pub fn cards(snapshot: &mut Snapshot<'_>, each: &mut dyn FnMut(Card)) -> Result<(), Error> {
    snapshot.for_each(CARDS, &[], &mut |row: CardRow| {
        each(Card {
            id: row.id,
            person: row.person,
            number: row.number.cast_unsigned(),
            kind: CardKind::coded(&row.kind).ok_or_else(|| unknown("card kind", &row.kind))?,
            state: CardState::coded(&row.state).ok_or_else(|| unknown("card state", &row.state))?,
            pin: row.pin.and_then(|pin| pin.try_into().ok()),
            wrong: u8::try_from(row.wrong).unwrap_or(u8::MAX),
        });
        Ok(())
    })
}

/// All shops, in order of joining.
pub fn merchants(
    snapshot: &mut Snapshot<'_>,
    city: &City,
    each: &mut dyn FnMut(Merchant),
) -> Result<(), Error> {
    snapshot.for_each(MERCHANTS, &[], &mut |row: MerchantRow| {
        each(Merchant {
            id: row.id,
            trade: trade(city, &row.trade).ok_or_else(|| unknown("trade", &row.trade))?,
            district: district(city, &row.district).ok_or_else(|| unknown("district", &row.district))?,
            name: row.name,
            business_number: row.business_number,
            sales: row.sales.map(Won),
            owner: row.owner,
            state: MerchantState::coded(&row.state).ok_or_else(|| unknown("shop state", &row.state))?,
        });
        Ok(())
    })
}

/// All cards a person was ever issued, the newest first.
pub fn cards_of(snapshot: &mut Snapshot<'_>, person: PersonId) -> Result<Vec<Issued>, Error> {
    snapshot.query(CARDS_OF, &[person.into()])
}

/// The values of [`INSERT_CARD`].
pub fn card_values(card: &Card, issued: Instant) -> Vec<Value> {
    vec![
        card.id.into(),
        card.person.into(),
        card.number.into(),
        card.kind.code().into(),
        card.state.code().into(),
        card.pin.map(|pin| pin.to_vec()).into(),
        card.wrong.into(),
        issued.into(),
    ]
}

/// The values of [`UPDATE_CARD`].
pub fn card_change(card: &Card) -> Vec<Value> {
    vec![card.id.into(), card.state.code().into(), card.pin.map(|pin| pin.to_vec()).into(), card.wrong.into()]
}

/// The values of [`INSERT_MERCHANT`].
pub fn merchant_values(merchant: &Merchant, city: &City, joined: Instant) -> Vec<Value> {
    let code = |index: u8| city.districts.get(usize::from(index)).map(|d| d.code.clone());
    let trade = |index: u8| city.trades.get(usize::from(index)).map(|t| t.id.clone());
    vec![
        merchant.id.into(),
        merchant.name.clone().into(),
        merchant.business_number.clone().into(),
        trade(merchant.trade).into(),
        code(merchant.district).into(),
        merchant.sales.map(|sales| sales.0).into(),
        merchant.owner.into(),
        merchant.state.code().into(),
        joined.into(),
    ]
}

/// The position of a neighbourhood in the pack.
pub fn district(city: &City, code: &str) -> Option<u8> {
    city.districts.iter().position(|d| d.code == code).and_then(|i| u8::try_from(i).ok())
}

/// The position of a trade in the pack.
pub fn trade(city: &City, id: &str) -> Option<u8> {
    city.trades.iter().position(|t| t.id == id).and_then(|i| u8::try_from(i).ok())
}

fn unknown(what: &str, word: &str) -> Error {
    Error::Shape(format!("{what} {word:?} is not known to this pack"))
}
