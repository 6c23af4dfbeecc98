//! Own money since the last top-up, found by walking back through purses' entries: what a withdrawal is measured by.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use base::{EntryNo, PostingNo};
use economy::decide::SinceTopUp;
use economy::{Facts, chart};
use ledger::{AccountNo, EntryRow, PostingRow};
use store::{Error, Snapshot};

use crate::memory::OpenItems;
use crate::prepay::Claims;

/// A purse with more entries than this since its last top-up is looked through no further.
const FARTHEST: usize = 10_000;

/// An entry of own money, with what its posting was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The entry.
    pub entry: EntryRow,
    /// Its posting's kind.
    pub kind: Cow<'static, str>,
    /// Of a top-up: own money just after it.
    pub cash: i64,
}

impl Seen {
    pub fn of(entry: EntryRow, posting: &PostingRow) -> Seen {
        let cash = match Facts::read(&posting.facts) {
            Ok(Facts::TopUp(top_up)) if posting.kind == "top-up" => top_up.cash,
            _ => 0,
        };
        Seen { entry, kind: posting.kind.clone(), cash }
    }

    pub fn read(snapshot: &mut Snapshot<'_>, no: EntryNo) -> Result<Option<Seen>, Error> {
        let Some(entry) = snapshot.entry(no)? else { return Ok(None) };
        Ok(snapshot.posting_alone(entry.posting)?.map(|posting| Seen::of(entry, &posting)))
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// What a withdrawal is measured by.
    pub since: SinceTopUp,
    /// The postings it was found in.
    pub postings: Vec<PostingNo>,
    /// What was reserved or prepaid since, by the posting it left the purse in.
    pub set_aside: BTreeMap<PostingNo, i64>,
    /// An entry was not there that would have had a say.
    pub is_cut: bool,
}

/// Own money since the last top-up: `chains` are the accounts of a person's own money, each with its last entry. Without a
/// top-up, since it was taken over from an older system, what was taken over being the measure; nothing without either.
pub(crate) fn since_last_top_up<E>(
    chains: &[(AccountNo, EntryNo)],
    look: &mut dyn FnMut(EntryNo) -> Result<Option<Seen>, E>,
) -> Result<Found, E> {
    let mut chains = chains.to_vec();
    chains.sort_by_key(|(_, last)| Reverse(*last));
    let (mut newest, mut taken_over, mut cut) = ((EntryNo(0), PostingNo(0)), 0, EntryNo(0));
    let mut found = Found::default();
    let mut entries = Vec::new();
    for (account, last) in chains {
        let mut at = last;
        for _ in 0..FARTHEST {
            // Another purse's top-up was later than anything further back here.
            if at == EntryNo(0) || at <= newest.0 {
                break;
            }
            let Some(Seen { entry, kind, cash }) = look(at)? else {
                cut = cut.max(at);
                break;
            };
            found.postings.push(entry.posting);
            if kind == "top-up" {
                (newest, found.since.measure) = ((entry.no, entry.posting), cash);
                break;
            }
            if kind == "move-in" {
                taken_over += entry.amount;
                break;
            }
            let took = entry.debit == account;
            at = if took { entry.debit_previous } else { entry.credit_previous };
            entries.push((entry.posting, kind, took, entry.amount));
        }
    }
    if newest.0 == EntryNo(0) {
        found.since.measure = taken_over;
    }
    for (no, kind, took, amount) in entries {
        if no > newest.1 {
            found.since.count(&kind, took, amount);
            if took && sets_aside(&kind) {
                *found.set_aside.entry(no).or_default() += amount;
            }
        }
    }
    found.is_cut = cut > newest.0;
    Ok(found)
}

/// Whether what leaves a purse by such a posting may come back to it unused.
pub(crate) fn sets_aside(kind: &str) -> bool {
    matches!(kind, "authorise" | "prepay")
}

/// How much of what left a purse in a posting is still its holder's to have back: all while the reservation is open; of a claim
/// what it holds, whoever holds it by now (given away unused, it was not used).
pub(crate) fn kept(
    (open, claims): (&OpenItems, &Claims),
    (no, amount): (PostingNo, i64),
    balance: impl Fn(&ledger::Key) -> i64,
) -> i64 {
    if open.holds.contains_key(&no) {
        return amount;
    }
    let bought = claims.all().find(|claim| claim.posting == no);
    bought.map_or(0, |claim| balance(&chart::prepaid(claim.holder, claim.no).key).min(amount))
}
