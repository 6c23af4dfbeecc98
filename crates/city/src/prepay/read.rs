//! What pages read about good prepayment. Names of shops are the directory's to say, of people nobody's.

use std::collections::{BTreeMap, BTreeSet};

use base::{Date, MerchantId, OrganisationId, PersonId, PostingNo, day_of_date};
use economy::chart;
use ledger::Books;
use people::organisation::Member;
use store::{Error, Snapshot, row};

use super::advances::{Standing, advances};
use super::store::{
    BORNE, CLAIMS_OF_SHOP, JOINED, OFFER_OF, OFFERS, ORDERS_OF, OfMerchant, OfOrganisation, PLEDGES,
    PRODUCTS, SUM_BY_ORGANISATION, SUM_OF_ALL, SUM_OF_ORDERS, SUM_OF_SHOP,
};
use super::{Claim, Claims};
use crate::CityView;
use crate::organisations::Organisations;

row! {
    /// A pledge, with the code employees join by: for who pledged, and the city.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Pledged {
        /// Whose.
        pub organisation: OrganisationId,
        /// Employees who shall take part.
        pub people: u32,
        /// Won they shall prepay.
        pub amount: i64,
        /// The code.
        pub code: String,
    }
}
row! {
    /// A product firms list for each other.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Product {
        /// Its number.
        pub no: u32,
        /// Whose.
        pub merchant: MerchantId,
        /// What it is.
        pub name: String,
        /// Won for one.
        pub price: i64,
    }
}
row! {
    /// An order of one firm by another.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Order {
        /// Its number.
        pub no: u32,
        /// Of which product.
        pub product: u32,
        /// Which firm buys.
        pub buyer: MerchantId,
        /// How many.
        pub quantity: u32,
        /// Won.
        pub amount: i64,
        /// The payment, once it is paid.
        pub paid: Option<PostingNo>,
        /// Which firm sells.
        pub merchant: MerchantId,
        /// The product's name.
        pub name: String,
    }
}
row! {
    /// A claim of a shop's, as it stands: nothing of whose it is.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct OfShop {
        /// Its number.
        pub claim: u32,
        /// Won it was bought for.
        pub amount: i64,
        /// The day it was bought.
        pub bought: i32,
        /// `open`, `used`, `returned`, `expired`, `closed`.
        pub state: String,
        /// Won that went back.
        pub back: i64,
        /// Won of it that the guarantee bore.
        pub borne: i64,
    }
}
row! {
    /// How many, and how much.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Sum {
        /// Prepayments.
        pub count: i64,
        /// Won.
        pub sum: i64,
        /// Won that went back.
        pub back: i64,
    }
}
row! {
    /// What everyone prepaid.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct All {
        /// People who bought.
        pub people: i64,
        /// Prepayments.
        pub count: i64,
        /// Won.
        pub sum: i64,
        /// Won that went back.
        pub back: i64,
    }
}
row! {
    /// A closed shop whose claims were paid back.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Borne {
        /// Which.
        pub merchant: MerchantId,
        /// Claims.
        pub count: i64,
        /// Won that went back.
        pub sum: i64,
        /// Won of it that the guarantee bore: the city's claim on the shop.
        pub borne: i64,
    }
}
row! {
    /// Orders between firms.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Orders {
        /// How many.
        pub count: i64,
        /// Won.
        pub sum: i64,
        /// How many are paid.
        pub paid: i64,
        /// Won of those.
        pub paid_sum: i64,
    }
}
row! { struct PaidFor { organisation: OrganisationId, people: i64, sum: i64 } }

/// A claim with what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The claim.
    pub claim: Claim,
    /// Won in it.
    pub left: i64,
    /// Won of it that its shop was advanced.
    pub advanced: i64,
}

fn held(books: &Books, claim: &Claim) -> Held {
    let balance = |account: ledger::Account| books.balance_of(&account.key);
    Held {
        left: balance(chart::prepaid(claim.holder, claim.no)),
        advanced: balance(chart::advance(claim.merchant, claim.no)),
        claim: claim.clone(),
    }
}

/// Somebody's claims with something in them, what ends soonest first.
pub fn of_person(claims: &Claims, books: &Books, person: PersonId) -> Vec<Held> {
    let mut found: Vec<Held> =
        claims.of(person).map(|claim| held(books, claim)).filter(|h| h.left > 0).collect();
    found.sort_by_key(|one| (one.claim.use_by, one.claim.no));
    found
}

/// Somebody's claims that can be used and have nothing left in them, until the last day of use: a refund fills them again.
pub fn used_up(view: &CityView, books: &Books, person: PersonId, on: Date) -> Vec<Held> {
    let day = base::day_of_date(on);
    let theirs = view.claims.of(person).filter(|claim| day <= claim.use_by);
    theirs.map(|claim| held(books, claim)).filter(|h| h.left <= 0).collect()
}

/// Whether there is anything left in an open claim.
pub fn has_any(view: &CityView, books: &Books, claim: u32) -> bool {
    view.claims.get(claim).is_some_and(|claim| held(books, claim).left > 0)
}

/// The same of a shop's open claims together: how many, what is in them, what it was advanced of that.
pub fn of_shop(claims: &Claims, books: &Books, merchant: MerchantId) -> (u32, i64, i64) {
    claims
        .at(merchant)
        .map(|claim| held(books, claim))
        .filter(|h| h.left > 0)
        .fold((0, 0, 0), |(count, left, advanced), one| (count + 1, left + one.left, advanced + one.advanced))
}

/// Won that come with a shop's next payout on a day: its share of the claims it was not advanced yet, as far as the
/// guarantees hold today. The same rule as when it is paid.
pub fn to_advance(view: &CityView, books: &Books, merchant: MerchantId, date: Date) -> i64 {
    let on = Standing {
        pack: &view.pack,
        claims: &view.claims,
        directory: &view.directory,
        books,
        day: day_of_date(date),
    };
    advances(&on, merchant, &mut BTreeMap::new()).iter().map(|decision| decision.amount).sum()
}

/// A shop's prepayments, the newest first.
pub fn came_in(
    snapshot: &mut Snapshot<'_>,
    shop: MerchantId,
    most: u32,
) -> Result<(Sum, Vec<OfShop>), Error> {
    let sum = snapshot.one(SUM_OF_SHOP, &[shop.into()])?.unwrap_or_default();
    Ok((sum, snapshot.query(CLAIMS_OF_SHOP, &[shop.into(), most.into()])?))
}

/// Whether a shop offers it.
pub fn offers(snapshot: &mut Snapshot<'_>, shop: MerchantId) -> Result<bool, Error> {
    Ok(snapshot.one::<OfMerchant>(OFFER_OF, &[shop.into()])?.is_some())
}

/// All shops that offer it.
pub fn offering(snapshot: &mut Snapshot<'_>) -> Result<Vec<MerchantId>, Error> {
    let rows: Vec<OfMerchant> = snapshot.query(OFFERS, &[])?;
    Ok(rows.into_iter().map(|row| row.merchant).collect())
}

/// The organisation somebody joined.
pub fn joined(snapshot: &mut Snapshot<'_>, person: PersonId) -> Result<Option<Pledged>, Error> {
    let Some(row) = snapshot.one::<OfOrganisation>(JOINED, &[person.into()])? else { return Ok(None) };
    let pledges: Vec<Pledged> = snapshot.query(PLEDGES, &[])?;
    Ok(pledges.into_iter().find(|pledge| pledge.organisation == row.organisation))
}

/// Closed shops whose claims were paid back.
pub fn borne(snapshot: &mut Snapshot<'_>) -> Result<Vec<Borne>, Error> {
    snapshot.query(BORNE, &[])
}

/// Products that are listed, the newest first.
pub fn products(snapshot: &mut Snapshot<'_>, most: u32) -> Result<Vec<Product>, Error> {
    snapshot.query(PRODUCTS, &[most.into()])
}

/// A firm's orders, as buyer or seller, the newest first.
pub fn orders_of(snapshot: &mut Snapshot<'_>, firm: MerchantId, most: u32) -> Result<Vec<Order>, Error> {
    snapshot.query(ORDERS_OF, &[firm.into(), most.into()])
}

/// What an organisation pledged against what was paid for it. Of a whole with parts, everything of its parts is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The pledge.
    pub pledge: Pledged,
    /// Its member firms, those of associations within it too: each once.
    pub firms: usize,
    /// People who prepaid for it.
    pub people: i64,
    /// Won.
    pub paid: i64,
    /// The pledges that are part of this one.
    pub parts: Vec<Line>,
}

/// The public board.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Board {
    /// What everyone prepaid.
    pub all: All,
    /// Pledges that are part of no other; theirs are below them.
    pub lines: Vec<Line>,
    /// Orders between firms.
    pub orders: Orders,
}

impl Board {
    /// What was pledged in all: firms, people, won. A part is within its whole and never added to it.
    pub fn pledged(&self) -> (i64, i64, i64) {
        self.lines.iter().fold((0, 0, 0), |(firms, people, amount), line| {
            let pledge = &line.pledge;
            (
                firms + i64::try_from(line.firms).unwrap_or(i64::MAX),
                people + i64::from(pledge.people),
                amount + pledge.amount,
            )
        })
    }
}

/// The codes employees join by: for the city's own script, and its desk.
pub(crate) fn codes(snapshot: &mut Snapshot<'_>) -> Result<Vec<String>, Error> {
    let pledges: Vec<Pledged> = snapshot.query(PLEDGES, &[])?;
    Ok(pledges.into_iter().map(|pledge| pledge.code).collect())
}

/// Reads the board: every pledge for itself, until [`Board::within`] says what is part of what.
pub fn board(snapshot: &mut Snapshot<'_>) -> Result<Board, Error> {
    let all = snapshot.one(SUM_OF_ALL, &[])?.unwrap_or_default();
    let orders = snapshot.one(SUM_OF_ORDERS, &[])?.unwrap_or_default();
    let pledges: Vec<Pledged> = snapshot.query(PLEDGES, &[])?;
    let paid: Vec<PaidFor> = snapshot.query(SUM_BY_ORGANISATION, &[])?;
    let line = |pledge: Pledged| {
        let own = paid.iter().find(|row| row.organisation == pledge.organisation);
        let (people, paid) = own.map_or((0, 0), |row| (row.people, row.sum));
        Line { pledge, firms: 0, people, paid, parts: Vec::new() }
    };
    Ok(Board { all, orders, lines: pledges.into_iter().map(line).collect() })
}

impl Board {
    /// The same with firms counted, and each pledge below that of the association it belongs to on this day: what counts
    /// for a part counts for its whole, once.
    pub fn within(self, organisations: &Organisations, on: Date) -> Board {
        let pledged: BTreeSet<OrganisationId> =
            self.lines.iter().map(|line| line.pledge.organisation).collect();
        let mut parts: BTreeMap<OrganisationId, Vec<Line>> = BTreeMap::new();
        let mut wholes = Vec::new();
        for mut line in self.lines {
            let id = line.pledge.organisation;
            line.firms = organisations.firms(id, on).len();
            match whole(organisations, id, &pledged, on) {
                Some(whole) => parts.entry(whole).or_default().push(line),
                None => wholes.push(line),
            }
        }
        for line in &mut wholes {
            line.parts = parts.remove(&line.pledge.organisation).unwrap_or_default();
            line.people += line.parts.iter().map(|part| part.people).sum::<i64>();
            line.paid += line.parts.iter().map(|part| part.paid).sum::<i64>();
        }
        Board { lines: wholes, ..self }
    }
}

/// The outermost of the pledged associations that one belongs to, itself or through others; the first where it belongs
/// to several.
fn whole(
    organisations: &Organisations,
    id: OrganisationId,
    pledged: &BTreeSet<OrganisationId>,
    on: Date,
) -> Option<OrganisationId> {
    let above = |here: OrganisationId| {
        let theirs = organisations.with(Member::Organisation(here)).filter(|one| one.period.contains(on));
        theirs.map(|one| one.organisation).collect::<Vec<_>>()
    };
    let (mut found, mut seen, mut next) = (None, BTreeSet::from([id]), above(id));
    while !next.is_empty() {
        next.retain(|one| seen.insert(*one));
        // Farther out comes later: circles are refused.
        found = next.iter().copied().filter(|one| pledged.contains(one)).min().or(found);
        next = next.iter().flat_map(|one| above(*one)).collect();
    }
    found
}
