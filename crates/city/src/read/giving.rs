//! Gifts as pages show them: what a giver gave, what each gift became part of, and what the collector did with all of it.

use ::store::{Error, Snapshot};
use base::{Date, Instant, PostingNo, day_of_date};
use economy::Facts;
use economy::chart;
use economy::facts::{GiftKind, GiftPart, Giver};
use economy::gifts::Row;
use ledger::AccountNo;
use rules::Name;

use super::history::{Chain, chains, postings_into};
use crate::giving::{Receipt, Spending, store};
use crate::{CityView, Giving};

pub use crate::giving::store::{
    document, issues, lines as lines_on, receipt, receipts_of, receipts_of_year, spendings,
};

/// A gift, as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gift {
    /// Its posting.
    pub no: PostingNo,
    /// When.
    pub at: Instant,
    /// The day it counts for.
    pub day: i32,
    /// By whom.
    pub giver: Giver,
    /// How.
    pub kind: GiftKind,
    /// What.
    pub part: GiftPart,
}

/// Where a giver's gifts are found: the chains they stand in, and the accounts they went into.
#[derive(Debug, Clone, Default)]
pub struct Trail {
    chains: Vec<Chain>,
    into: Vec<AccountNo>,
}

/// The trail of a giver, at the view's sequence.
pub fn trail(view: &CityView, books: &ledger::Books, giver: Giver) -> Trail {
    let into = view.directory.giving.rows().filter_map(|(purpose, _)| books.find(&chart::gifts(purpose).key));
    let chains = match giver {
        Giver::Person(person) => {
            let gives = |number: u8| {
                let purpose = view.pack.purpose_numbered(number);
                let rules = view.pack.giving.as_ref();
                rules.zip(purpose).is_some_and(|(rules, purpose)| rules.gives.contains(&purpose.id))
            };
            view.directory.holder(person).map(|holder| chains(holder, books, gives)).unwrap_or_default()
        }
        Giver::Shop(shop) => {
            let account = books.find(&chart::payable(shop).key);
            account
                .map(|account| Chain { account, last: books.state(account).last, prepaid: false })
                .into_iter()
                .collect()
        }
    };
    Trail { chains, into: into.collect() }
}

/// A giver's gifts since a day, newest first.
pub fn gifts_since(snapshot: &mut Snapshot<'_>, trail: &Trail, day: Date) -> Result<Vec<Gift>, Error> {
    let rows = postings_into(snapshot, &trail.chains, &trail.into, day_of_date(day))?;
    let mut gifts = Vec::new();
    for row in rows {
        gifts.extend(gift_in(&row)?);
    }
    Ok(gifts)
}

fn gift_in(row: &ledger::PostingRow) -> Result<Option<Gift>, Error> {
    let facts = Facts::read(&row.facts).map_err(|error| Error::Shape(format!("{}: {error}", row.no)))?;
    let gift = |(giver, kind, part)| Gift { no: row.no, at: row.at, day: row.day, giver, kind, part };
    Ok(facts.gift().map(gift))
}

/// The gift of a posting.
pub fn gift(snapshot: &mut Snapshot<'_>, no: PostingNo) -> Result<Option<Gift>, Error> {
    snapshot.posting_alone(no)?.map_or(Ok(None), |row| gift_in(&row))
}

/// The gifts on a receipt, in order.
pub fn gifts_on(snapshot: &mut Snapshot<'_>, serial: &str) -> Result<Vec<Gift>, Error> {
    let mut gifts = Vec::new();
    for line in store::lines(snapshot, serial)? {
        gifts.extend(gift(snapshot, line.posting)?);
    }
    Ok(gifts)
}

/// Which of a giver's gifts stand on receipts, and on which.
pub fn receipted(
    snapshot: &mut Snapshot<'_>,
    giver: Giver,
) -> Result<std::collections::BTreeMap<PostingNo, String>, Error> {
    Ok(store::lines_of(snapshot, giver)?.into_iter().map(|line| (line.posting, line.serial)).collect())
}

/// A receipt by what is printed on it: the serial number, and the word behind it.
pub fn receipt_by(snapshot: &mut Snapshot<'_>, serial: &str, word: &str) -> Result<Option<Receipt>, Error> {
    Ok(receipt(snapshot, serial)?.filter(|receipt| receipt.word == word))
}

/// What gifts became.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Became {
    /// Spendings they are part of, by their place in the list, with won.
    pub parts: Vec<(usize, i64)>,
    /// Won not spent yet.
    pub waiting: i64,
    /// Won that came back with a refund.
    pub back: i64,
}

/// Follows gifts' won into the spendings: each stretch of a row went into those spendings that drew from it.
pub fn became<'a>(
    gifts: impl Iterator<Item = &'a GiftPart>,
    giving: &Giving,
    spendings: &[Spending],
) -> Became {
    let mut all = Became::default();
    let mut parts = vec![0; spendings.len()];
    for gift in gifts {
        let row: Row = giving.row(gift.purpose);
        all.back += gift.amount - row.standing(gift.from, gift.until());
        all.waiting += row.unspent(gift.from, gift.until()).0;
        for (part, spending) in parts.iter_mut().zip(spendings) {
            let draws = spending.draws.iter().filter(|draw| draw.purpose == gift.purpose);
            *part += draws
                .map(|draw| row.standing(gift.from.max(draw.from), gift.until().min(draw.until)))
                .sum::<i64>();
        }
    }
    all.parts = parts.into_iter().enumerate().filter(|(_, won)| *won > 0).collect();
    all
}

/// One purpose, with what was given for it and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurposeSums {
    /// Its number.
    pub number: u16,
    /// Its name.
    pub name: Name,
    /// Won given for it, less what came back.
    pub given: i64,
    /// Won of it spent (of the general purpose's: on any).
    pub spent: i64,
    /// Won on their way to the collector.
    pub collected: i64,
    /// Won the collector holds.
    pub held: i64,
}

impl PurposeSums {
    /// Won not spent.
    pub fn left(&self) -> i64 {
        self.given - self.spent
    }
}

/// All purposes: the pack's, then those the collector opened.
pub fn purposes(view: &CityView, books: &ledger::Books) -> Vec<PurposeSums> {
    names(view)
        .into_iter()
        .map(|(number, name)| {
            let row = view.directory.giving.row(number);
            PurposeSums {
                number,
                name,
                given: row.given - row.back,
                spent: row.spent,
                collected: books.balance_of(&chart::gifts(number).key),
                held: books.balance_of(&chart::chest_purpose(number).key),
            }
        })
        .collect()
}

/// The purposes' names by number.
pub fn names(view: &CityView) -> Vec<(u16, Name)> {
    let listed = view.pack.giving.iter().flat_map(|rules| &rules.purposes);
    let listed = listed.map(|purpose| (purpose.number, purpose.name.clone()));
    let opened = view.directory.giving.opened().iter();
    let opened = opened.map(|known| (known.number, Name { ko: known.ko.clone(), en: known.en.clone() }));
    listed.chain(opened).collect()
}
