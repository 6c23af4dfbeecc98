//! What a rehearsal reads: the postings of the window, and of the time before only those that it refers to.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::store::{DAY_OF_POSTING, PACKS, POSTINGS_TO_REPLAY};
use base::PostingNo;
use economy::facts::{Cashback, Payment, PrepayFacts};
use economy::{Cut, Facts};
use hashbrown::{HashMap, HashSet};
use rules::Pack;
use store::{Error, Snapshot, row};

use super::replay::{Act, Deed, Granted, Sale};
use crate::pack::Kept;

/// Rows read at once.
const CHUNK: i64 = 4_096;

row! {
    struct Row {
        no: PostingNo,
        day: i32,
        pack: u32,
        kind: String,
        facts: String,
    }
}

row! {
    struct DayRow {
        day: i32,
    }
}

row! {
    struct PackRow {
        no: u32,
        hash: Vec<u8>,
        files: String,
        people: i64,
        population: i64,
    }
}

/// The window, read.
#[derive(Debug, Default)]
pub(super) struct Journal {
    pub deeds: Vec<Deed>,
    pub earlier: Vec<Deed>,
    pub names: Names,
}

/// Ids, each kept once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub list: Vec<String>,
    index: HashMap<String, u16>,
}

impl Names {
    fn number(&mut self, id: &str) -> Result<u16, Error> {
        if let Some(no) = self.index.get(id) {
            return Ok(*no);
        }
        let no = u16::try_from(self.list.len())
            .map_err(|_| Error::Shape("more campaigns and budgets than a pack can have".into()))?;
        self.list.push(id.to_owned());
        self.index.insert(id.to_owned(), no);
        Ok(no)
    }
}

/// The first posting of a day or of the first day after it, by halving: days never run backwards in the journal.
/// `last + 1` when there is none. The journal begins behind what was disposed of.
pub(crate) fn first_of_day(
    snapshot: &mut Snapshot<'_>,
    day: i32,
    last: PostingNo,
) -> Result<PostingNo, Error> {
    let (mut low, mut high) = (crate::disposal::before(snapshot)?.0 + 1, last.0 + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let row: DayRow = snapshot
            .one(DAY_OF_POSTING, &[PostingNo(middle).into()])?
            .ok_or_else(|| Error::Shape(format!("posting {middle} is missing")))?;
        if row.day < day {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(PostingNo(low))
}

/// Reads from a posting through another.
pub(super) fn read(
    snapshot: &mut Snapshot<'_>,
    (from, to): (PostingNo, PostingNo),
    progress: &mut dyn FnMut(u64),
) -> Result<Journal, Error> {
    let mut journal = Journal::default();
    let mut next = from;
    let mut referred = HashSet::new();
    while next <= to {
        let rows: Vec<Row> = snapshot.query(POSTINGS_TO_REPLAY, &[next.into(), to.into(), CHUNK.into()])?;
        let Some(last) = rows.last() else { break };
        next = PostingNo(last.no.0 + 1);
        for row in &rows {
            let Some(deed) = deed(row, &mut journal.names)? else { continue };
            referred.extend(deed.act.of().filter(|of| *of < from));
            journal.deeds.push(deed);
        }
        progress(next.0 - from.0);
    }
    let mut referred: Vec<PostingNo> = referred.into_iter().collect();
    referred.sort_unstable();
    for no in referred {
        let row: Option<Row> = snapshot.one(POSTINGS_TO_REPLAY, &[no.into(), no.into(), 1i64.into()])?;
        let found = row.map(|row| deed(&row, &mut journal.names)).transpose()?.flatten();
        let Some(mut found) = found else { return Err(Error::Shape(format!("{no} is no payment"))) };
        // A captured payment from before is a payment like any other for what is taken back of it.
        if let Act::Capture { .. } = found.act {
            found.act = Act::Pay(captured(snapshot, no, &mut journal.names)?);
        }
        journal.earlier.push(found);
    }
    Ok(journal)
}

/// The same from a posting that comes from elsewhere. `earlier`: it is one from before the window, so that a captured
/// payment is a payment like any other.
pub(crate) fn deed_of(
    posting: &ledger::PostingRow,
    names: &mut Names,
    earlier: bool,
) -> Result<Option<Deed>, Error> {
    let row = Row {
        no: posting.no,
        day: posting.day,
        pack: posting.pack,
        kind: posting.kind.clone().into_owned(),
        facts: posting.facts.clone(),
    };
    let mut found = deed(&row, names)?;
    if let (Some(deed), true) = (&mut found, earlier)
        && let Act::Capture { .. } = deed.act
        && let Some(payment) = facts(&row)?.payment()
    {
        deed.act = Act::Pay(sale(payment, names)?);
    }
    Ok(found)
}

/// A posting that moves cashback, a meter or a budget; `None` for all others.
fn deed(row: &Row, names: &mut Names) -> Result<Option<Deed>, Error> {
    if !matches!(
        row.kind.as_str(),
        "pay"
            | "authorise"
            | "capture"
            | "void"
            | "expire-hold"
            | "refund"
            | "top-up"
            | "vote"
            | "prepay"
            | "return-claim"
            | "expire-claim"
    ) {
        return Ok(None);
    }
    let act = match facts(row)? {
        Facts::Pay(payment) => Act::Pay(sale(&payment, names)?),
        Facts::Authorise(payment) => Act::Authorise(sale(&payment, names)?),
        Facts::Capture { authorisation, payment } => Act::Capture {
            of: PostingNo(authorisation),
            amount: payment.amount,
            reward: payment.cashback.reward,
            earned: payment.cashback.earned,
            discount: payment.discount.map_or(0, |discount| discount.amount),
        },
        Facts::Release(release) => Act::Release { of: PostingNo(release.authorisation) },
        Facts::Refund(refund) => Act::Refund {
            of: PostingNo(refund.payment),
            amount: refund.amount,
            before: refund.before,
            // What claims had earned that ended meanwhile is not this payment's.
            reward: refund.reward - refund.claim_reward,
        },
        Facts::Prepay(facts) => match prepaid(facts, names)? {
            Some(act) => act,
            None => return Ok(None),
        },
        Facts::TopUp(top_up) if top_up.cashback.reward > 0 => {
            Act::Stock { budget: names.number(&top_up.cashback.budget)?, change: -top_up.cashback.reward }
        }
        Facts::Vote { budget, amount } => Act::Stock { budget: names.number(&budget)?, change: amount },
        _ => return Ok(None),
    };
    Ok(Some(Deed { no: row.no, day: row.day, pack: row.pack, act }))
}

/// A claim earns when it is bought, and what is left of it is taken back like a payment's rest.
fn prepaid(facts: PrepayFacts, names: &mut Names) -> Result<Option<Act>, Error> {
    Ok(match facts {
        PrepayFacts::Bought(bought) => Some(Act::Pay(Sale {
            person: bought.person,
            shop: bought.merchant,
            amount: bought.amount,
            prepaid: 0,
            discount: 0,
            granted: granted(&bought.cashback, bought.month, names)?,
        })),
        PrepayFacts::Ended(ended) => Some(Act::Refund {
            of: PostingNo(ended.prepayment),
            amount: ended.amount,
            before: ended.of - ended.amount,
            reward: ended.reward,
        }),
        _ => None,
    })
}

fn facts(row: &Row) -> Result<Facts, Error> {
    Facts::read(&row.facts).map_err(|error| Error::Shape(format!("{}: {error}", row.no)))
}

fn captured(snapshot: &mut Snapshot<'_>, no: PostingNo, names: &mut Names) -> Result<Sale, Error> {
    let row: Option<Row> = snapshot.one(POSTINGS_TO_REPLAY, &[no.into(), no.into(), 1i64.into()])?;
    let row = row.ok_or_else(|| Error::Shape(format!("{no} is missing")))?;
    match facts(&row)?.payment() {
        Some(payment) => sale(payment, names),
        None => Err(Error::Shape(format!("{no} is no payment"))),
    }
}

fn sale(payment: &Payment, names: &mut Names) -> Result<Sale, Error> {
    Ok(Sale {
        person: payment.person,
        shop: payment.merchant,
        amount: payment.amount,
        prepaid: payment.prepaid.iter().map(|leg| leg.1).sum(),
        discount: payment.discount.as_ref().map_or(0, |discount| discount.amount),
        granted: granted(&payment.cashback, payment.month, names)?,
    })
}

fn granted(cashback: &Cashback, month: u32, names: &mut Names) -> Result<Granted, Error> {
    Ok(Granted {
        base: cashback.base,
        earned: cashback.earned,
        reward: cashback.reward,
        campaign: names.number(&cashback.campaign)?,
        budget: names.number(&cashback.budget)?,
        month,
        by_budget: cashback.cut == Cut::Budget,
    })
}

/// The packs these deeds were decided under, each as it was kept. `newest`, the one in force, needs no
/// parsing.
pub(super) fn packs(
    snapshot: &mut Snapshot<'_>,
    deeds: &[Deed],
    newest: &Arc<Pack>,
) -> Result<BTreeMap<u32, Arc<Pack>>, Error> {
    let numbers: HashSet<u32> = deeds.iter().map(|deed| deed.pack).collect();
    let rows: Vec<PackRow> = snapshot.query(PACKS, &[])?;
    let known = rows.iter().rev().find(|row| row.hash == newest.hash).map(|row| row.no);
    let mut packs = BTreeMap::new();
    for row in rows.iter().filter(|row| numbers.contains(&row.no)) {
        let shape = |text: String| Error::Shape(format!("kept pack {}: {text}", row.no));
        let pack = if Some(row.no) == known {
            Arc::clone(newest)
        } else {
            let files = serde_json::from_str(&row.files).map_err(|e| shape(e.to_string()))?;
            let kept = Kept { files, scale: (row.people, row.population) };
            Arc::new(kept.parse().map_err(|faults| shape(format!("{} faults", faults.len())))?)
        };
        packs.insert(row.no, pack);
    }
    Ok(packs)
}
