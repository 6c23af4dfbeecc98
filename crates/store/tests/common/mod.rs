//! Rows and places for the storage tests.
#![expect(clippy::unwrap_used, reason = "test support: a failure here is a failed test")]
#![allow(dead_code, reason = "each test file uses its own part of it")]

use std::path::PathBuf;

use base::{CardId, EntryNo, Instant, MerchantId, PersonId, PostingNo};
use ledger::{
    Account, AccountNo, AccountRow, ClassNo, EntryRow, GroupRow, Key, Owner, PostingRow, RequestRow, Side,
    UnitNo,
};
use store::{Batch, Migration, Sql, Target, Value, Write, Writer, sql};
use testkit::Place;

/// A domain table, as a floor above would bring it.
pub const SHOPS: Migration = Migration {
    name: "test-shops",
    sql: "CREATE TABLE shops (id TEXT PRIMARY KEY, name TEXT NOT NULL, area BIGINT, photo BYTEA, rank BIGINT NOT NULL,
        CHECK (rank > 0));
    CREATE INDEX shops_area ON shops (area);",
};

pub const INSERT_SHOP: Sql =
    sql("INSERT INTO shops (rank, id, name, area, photo) VALUES ($5, $1, $2, $3, $4)");
pub const COUNT_SHOPS: Sql = sql("SELECT COUNT(*) AS n FROM shops");
pub const COUNT_POSTINGS: Sql = sql("SELECT COUNT(*) AS n FROM postings");

store::row! { #[derive(Debug, PartialEq)] pub struct Count { pub n: i64 } }

pub fn target(place: &Place) -> Target {
    match place {
        Place::Sqlite { file, .. } => Target::Sqlite(PathBuf::from(file)),
        Place::Postgres(database) => Target::Postgres(database.url().to_owned()),
    }
}

pub fn open(place: &Place) -> Writer {
    Writer::open(&target(place), &[SHOPS]).unwrap()
}

pub fn shop(id: &str, rank: i64) -> Write {
    let params = vec![id.into(), "가게".into(), Value::Null, Value::Null, rank.into()];
    Write { sql: INSERT_SHOP, params }
}

pub fn group(sequence: u64, nonce: u64, first_posting: u64, last_posting: u64) -> GroupRow {
    GroupRow { sequence, epoch: 3, nonce, first_posting, last_posting }
}

/// Postings `from..from + count` of three entries each, with everything awkward in them.
pub fn batch(from: u64, count: u64) -> Batch {
    let mut batch = Batch::default();
    let owners = [
        Owner::None,
        Owner::Person(PersonId(u64::MAX)),
        Owner::Merchant(MerchantId(0)),
        Owner::Card(CardId(1 << 63)),
        Owner::Posting(PostingNo(7)),
    ];
    if from == 1 {
        for (no, owner) in (0..).zip(owners) {
            let side = if no % 2 == 0 { Side::Debit } else { Side::Credit };
            let key = Key { class: ClassNo(255), owner, sub: u32::MAX - no };
            let account = Account { key, unit: UnitNo(no as u8), side, floor: no == 1 };
            batch.accounts.push(AccountRow { no: AccountNo(no), account });
        }
    }
    for no in from..from + count {
        let first = 3 * (no - 1) + 1;
        batch.postings.push(PostingRow {
            no: PostingNo(no),
            at: Instant(no as i64 * 10),
            day: -3,
            kind: if no % 3 == 0 { "refund".into() } else { "pay".into() },
            role: if no % 2 == 0 { "citizen".into() } else { format!("till-{}", no % 5).into() },
            client: u64::MAX - no,
            request_key: format!("열쇠-{no}"),
            input_hash: [no as u8; 16],
            pack: u32::MAX,
            reverses: (no % 3 == 0).then(|| PostingNo(no - 1)),
            amount: i64::MAX,
            first_entry: EntryNo(first),
            entries: 3,
            facts: if no % 2 == 0 {
                String::new()
            } else {
                "{\"왜\":\"시장에서 '점심'\\u0001\"}".to_owned()
            },
        });
        for place in 0..3 {
            batch.entries.push(EntryRow {
                no: EntryNo(first + place),
                posting: PostingNo(no),
                debit: AccountNo(u32::MAX),
                credit: AccountNo(place as u32),
                amount: 1,
                debit_after: i64::MIN,
                credit_after: i64::MAX,
                debit_previous: EntryNo(0),
                credit_previous: EntryNo(first),
            });
        }
    }
    batch.requests.push(RequestRow {
        no: from,
        at: Instant(i64::MIN),
        kind: "freeze".into(),
        role: "clerk".into(),
        client: 1 << 63,
        request_key: String::new(),
        input_hash: [0; 16],
        facts: "얼림".to_owned(),
    });
    batch
}

pub fn count(writer: &mut Writer, sql: Sql) -> i64 {
    writer.query::<Count>(sql, &[]).unwrap()[0].n
}
