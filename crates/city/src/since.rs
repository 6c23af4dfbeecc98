//! Own money since the last top-up, found by walking back through accounts' entries: what a withdrawal is measured by.
//!
//! One rule for the pen, for the page that says what can be withdrawn, and for an auditor: they only look things up
//! elsewhere (see [`Look`]). A claim on a shop that was bought since counts as used for what it paid at its shop, whoever held
//! it; not for what is in it, for what an open reservation holds of it, nor for what went to another person's purse when it
//! ended. What comes back into a purse of one's own is own money again.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use base::{EntryNo, PersonId, PostingNo};
use economy::Facts;
use economy::decide::SinceTopUp;
use economy::facts::{PrepayFacts, Release};
use ledger::{Account, AccountNo, EntryRow, PostingRow, State};
use store::{Error, Snapshot};

/// A chain with more entries than this is looked through no further.
const FARTHEST: usize = 10_000;

/// What a posting says of own money beside its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Says {
    /// A top-up: own money just after it.
    TopUp(i64),
    /// A claim came to its end: who had bought it, and who got the rest.
    Ended { buyer: PersonId, person: PersonId },
    /// A reservation did: whose it was, and what claims paid of it.
    Closed { person: PersonId, paid: Vec<(u32, i64)> },
    /// Nothing that matters here.
    Nothing,
}

/// An entry, with what its posting was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The entry.
    pub entry: EntryRow,
    /// Its posting's kind.
    pub kind: Cow<'static, str>,
    /// What else it says.
    pub says: Says,
}

impl Seen {
    pub fn of(entry: EntryRow, posting: &PostingRow) -> Seen {
        let says = match Facts::read(&posting.facts) {
            Ok(Facts::TopUp(top_up)) if posting.kind == "top-up" => Says::TopUp(top_up.cash),
            Ok(Facts::Prepay(PrepayFacts::Ended(ended))) => {
                Says::Ended { buyer: ended.buyer, person: ended.person }
            }
            Ok(Facts::Capture { payment, .. }) => {
                let paid = payment.prepaid.iter().map(|(claim, amount, _)| (*claim, *amount)).collect();
                Says::Closed { person: payment.person, paid }
            }
            Ok(Facts::Release(Release { person, .. })) => Says::Closed { person, paid: Vec::new() },
            _ => Says::Nothing,
        };
        Seen { entry, kind: posting.kind.clone(), says }
    }

    pub fn read(snapshot: &mut Snapshot<'_>, no: EntryNo) -> Result<Option<Seen>, Error> {
        let Some(entry) = snapshot.entry(no)? else { return Ok(None) };
        Ok(snapshot.posting_alone(entry.posting)?.map(|posting| Seen::of(entry, &posting)))
    }
}

/// Where entries and accounts are looked up.
pub(crate) trait Look {
    /// What can go wrong.
    type Error;

    /// An entry; `None` where it is not there.
    fn entry(&mut self, no: EntryNo) -> Result<Option<Seen>, Self::Error>;

    /// An account, and how it stands; `None` where that isn't known.
    fn account(&mut self, no: AccountNo) -> Option<(Account, State)>;
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// What a withdrawal is measured by.
    pub since: SinceTopUp,
    /// The postings it was found in.
    pub postings: Vec<PostingNo>,
    /// An entry was not there that would have had a say.
    pub is_cut: bool,
    /// Accounts that would have had one, and that nobody could say how they stand.
    pub unknown: Vec<AccountNo>,
}

/// Entries of own money, each with whether it took, back to the last top-up's posting or a little further.
struct OwnMoney {
    entries: Vec<(Seen, bool)>,
    top_up: PostingNo,
}

/// A person's own money since their last top-up: `chains` are its accounts, each with its last entry. Without a top-up, since
/// it was taken over from an older system, what was taken over being the measure; nothing without either.
pub(crate) fn since_last_top_up<L: Look>(
    person: PersonId,
    chains: &[(AccountNo, EntryNo)],
    look: &mut L,
) -> Result<Found, L::Error> {
    let mut walk = Walk { person, look, found: Found::default() };
    let own = walk.own(chains)?;
    let mut claims = BTreeSet::new();
    let since = own.entries.into_iter().filter(|(seen, _)| seen.entry.posting > own.top_up);
    for (seen, took) in since {
        walk.count(&seen, took, &mut claims);
    }
    for claim in claims {
        let unused = walk.claim(claim)?;
        walk.found.since.set_aside(unused);
    }
    Ok(walk.found)
}

/// Won of a claim that its shop was not paid, in it or reserved of it, whoever holds it now: `first` is its buyer's account of it.
/// Beside it the accounts that have a say and that nobody could say how they stand: to the pen all are known.
pub(crate) fn unused_of<L: Look>(
    buyer: PersonId,
    first: AccountNo,
    look: &mut L,
) -> Result<(i64, Vec<AccountNo>), L::Error> {
    let mut walk = Walk { person: buyer, look, found: Found::default() };
    let unused = walk.claim(first)?;
    Ok((unused, walk.found.unknown))
}

struct Walk<'a, L> {
    person: PersonId,
    look: &'a mut L,
    found: Found,
}

impl<L: Look> Walk<'_, L> {
    /// Own money's entries back to the last top-up.
    fn own(&mut self, chains: &[(AccountNo, EntryNo)]) -> Result<OwnMoney, L::Error> {
        let mut chains = chains.to_vec();
        chains.sort_by_key(|(_, last)| Reverse(*last));
        let (mut newest, mut taken_over, mut cut) = ((EntryNo(0), PostingNo(0)), 0, EntryNo(0));
        let mut entries = Vec::new();
        for (account, last) in chains {
            let mut at = last;
            for _ in 0..FARTHEST {
                // Another purse's top-up was later than anything further back here.
                if at == EntryNo(0) || at <= newest.0 {
                    break;
                }
                let Some(seen) = self.look.entry(at)? else {
                    cut = cut.max(at);
                    break;
                };
                let entry = seen.entry;
                self.found.postings.push(entry.posting);
                if let Says::TopUp(cash) = seen.says {
                    (newest, self.found.since.measure) = ((entry.no, entry.posting), cash);
                    break;
                }
                if seen.kind == "move-in" {
                    taken_over += entry.amount;
                    break;
                }
                let took = entry.debit == account;
                at = if took { entry.debit_previous } else { entry.credit_previous };
                entries.push((seen, took));
            }
        }
        if newest.0 == EntryNo(0) {
            self.found.since.measure = taken_over;
        }
        self.found.is_cut |= cut > newest.0;
        Ok(OwnMoney { entries, top_up: newest.1 })
    }

    /// Counts an entry of own money.
    fn count(&mut self, seen: &Seen, took: bool, claims: &mut BTreeSet<AccountNo>) {
        let Seen { entry, kind, says } = seen;
        match (&**kind, says) {
            ("authorise", _) if took => {
                let held = self.stands(entry.credit).is_some_and(|(_, state)| state.balance > 0);
                self.found.since.set_aside(if held { entry.amount } else { 0 });
            }
            ("prepay", _) if took => {
                claims.insert(entry.credit);
            }
            // What a claim brings that somebody else has bought, was given.
            (_, Says::Ended { buyer, .. }) if *buyer != self.person => {
                self.found.since.count("gift", took, entry.amount);
            }
            (kind, _) => self.found.since.count(kind, took, entry.amount),
        }
    }

    fn stands(&mut self, no: AccountNo) -> Option<(Account, State)> {
        let known = self.look.account(no);
        if known.is_none() {
            self.found.unknown.push(no);
        }
        known
    }

    /// Won of a claim that were not used, and are not their buyer's again either. A claim is an account of each who held it;
    /// where it was given, its entries lead from one to the other.
    fn claim(&mut self, first: AccountNo) -> Result<i64, L::Error> {
        let (mut unused, mut number) = (0, None);
        let mut holds: BTreeMap<AccountNo, i64> = BTreeMap::new();
        let (mut met, mut next) = (BTreeSet::from([first]), vec![first]);
        while let Some(account) = next.pop() {
            let Some((held, state)) = self.stands(account) else { continue };
            number.get_or_insert(held.key.sub);
            unused += state.balance;
            let mut at = state.last;
            for _ in 0..FARTHEST {
                if at == EntryNo(0) {
                    break;
                }
                let Some(Seen { entry, kind, says }) = self.look.entry(at)? else {
                    self.found.is_cut = true;
                    break;
                };
                self.found.postings.push(entry.posting);
                let took = entry.debit == account;
                let other = if took { entry.credit } else { entry.debit };
                match (&*kind, says) {
                    ("give-claim", _) if met.insert(other) => next.push(other),
                    ("authorise", _) => *holds.entry(other).or_default() += entry.amount,
                    (_, Says::Closed { .. }) => *holds.entry(other).or_default() -= entry.amount,
                    (_, Says::Ended { person, .. }) if person != self.person => unused += entry.amount,
                    _ => {}
                }
                at = if took { entry.debit_previous } else { entry.credit_previous };
            }
        }
        for (hold, reserved) in holds {
            unused += self.reserved(hold, number.unwrap_or_default(), reserved)?;
        }
        Ok(unused)
    }

    /// The same of what was reserved of a claim and did not go back into it: all while the reservation is open; then what went
    /// to another person's purse, since the claim had ended by then.
    fn reserved(&mut self, hold: AccountNo, claim: u32, reserved: i64) -> Result<i64, L::Error> {
        let Some((_, state)) = self.stands(hold) else { return Ok(0) };
        if state.balance > 0 {
            return Ok(reserved);
        }
        let Some(seen) = self.look.entry(state.last)? else {
            self.found.is_cut = true;
            return Ok(0);
        };
        self.found.postings.push(seen.entry.posting);
        Ok(match seen.says {
            Says::Closed { person, paid } if person != self.person => {
                let paid = paid.iter().filter(|(of, _)| *of == claim).map(|(_, amount)| amount);
                reserved - paid.sum::<i64>()
            }
            _ => 0,
        })
    }
}

#[cfg(test)]
mod tests;
