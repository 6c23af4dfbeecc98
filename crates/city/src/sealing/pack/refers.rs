//! What postings refer to: earlier ones they continue or take back, payouts they end, claims they move, rows of gifts that
//! are spent, and what a withdrawal was measured by. An auditor's pack brings of the time before it just these; of years that are disposed of just
//! these stay.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use base::{EntryNo, PersonId, PostingNo};
use economy::Facts;
use economy::facts::{ClaimLeg, PrepayFacts};
use economy::{Class, chart};
use ledger::{Account, AccountNo, Owner, PostingRow, State};
use store::{Error, Snapshot};

use super::{payouts_named, rows};
use crate::disposal::store::{BOUGHT, BoughtRow};
use crate::since::{Look, Seen, since_last_top_up};

/// What postings from one on refer to.
#[derive(Debug)]
pub(crate) struct Refers {
    first: PostingNo,
    /// Postings before it.
    pub postings: BTreeSet<PostingNo>,
    /// Payouts that came to an end.
    pub payouts: BTreeSet<PostingNo>,
    /// The bank's answers, by their hashes.
    pub answers: BTreeSet<String>,
    claims: BTreeSet<u32>,
    /// Purposes of which something was spent, or came back.
    purposes: BTreeSet<u16>,
    /// Who topped up since.
    topped: HashSet<PersonId>,
    /// Who withdrew what was topped up before.
    withdrew: BTreeSet<PersonId>,
}

/// The claims that facts speak of.
fn claims(facts: &Facts) -> Vec<u32> {
    let of = |legs: &[ClaimLeg]| legs.iter().map(|leg| leg.0).collect();
    match facts {
        Facts::Refund(refund) => of(&refund.prepaid),
        Facts::Prepay(PrepayFacts::Advanced(advanced)) => {
            advanced.claims.iter().map(|(claim, _)| *claim).collect()
        }
        Facts::Prepay(PrepayFacts::Given(given)) => vec![given.claim],
        Facts::Prepay(PrepayFacts::Ended(ended)) => vec![ended.claim],
        Facts::Authorise(payment) => of(&payment.prepaid),
        other => other.payment().map(|payment| of(&payment.prepaid)).unwrap_or_default(),
    }
}

fn read(posting: &PostingRow) -> Result<Facts, Error> {
    Facts::read(&posting.facts).map_err(|error| Error::Shape(format!("{}: {error}", posting.no)))
}

impl Refers {
    /// What postings from `first` on refer to: none, so far.
    pub fn beginning(first: PostingNo) -> Refers {
        Refers {
            first,
            postings: BTreeSet::new(),
            payouts: BTreeSet::new(),
            answers: BTreeSet::new(),
            claims: BTreeSet::new(),
            purposes: BTreeSet::new(),
            topped: HashSet::new(),
            withdrew: BTreeSet::new(),
        }
    }

    /// Refers to these, as far as they are before the first.
    pub fn refer(&mut self, postings: impl IntoIterator<Item = PostingNo>) {
        let first = self.first;
        self.postings.extend(postings.into_iter().filter(|no| *no < first));
    }

    /// Refers to nothing for the sake of rows of gifts: a year only goes once all of its gifts are spent or came back, so that
    /// rows go on behind it.
    pub fn without_rows(&mut self) {
        self.purposes.clear();
    }

    /// Takes in a posting, in order.
    pub fn take(&mut self, posting: &PostingRow) -> Result<(), Error> {
        let facts = read(posting)?;
        let of = match &facts {
            Facts::Capture { authorisation, .. } => Some(*authorisation),
            Facts::Release(release) => Some(release.authorisation),
            Facts::Refund(refund) => Some(refund.payment),
            Facts::Prepay(PrepayFacts::Ended(ended)) => Some(ended.prepayment),
            _ => None,
        };
        self.refer(of.map(PostingNo).into_iter().chain(posting.reverses));
        self.claims.extend(claims(&facts));
        self.purposes.extend(rows::asked(&facts));
        let payouts = payouts_named(&facts);
        self.refer(payouts.iter().copied());
        self.payouts.extend(payouts);
        match facts {
            Facts::Confirm { answer, .. } => {
                self.answers.insert(answer);
            }
            Facts::TopUp(top_up) => {
                self.topped.insert(top_up.person);
            }
            Facts::Withdraw(withdrawal) if !self.topped.contains(&withdrawal.person) => {
                self.withdrew.insert(withdrawal.person);
            }
            _ => {}
        }
        Ok(())
    }

    /// Finds what those before the first refer to in turn; accounts stood so before it. `cash`: the number of own money's
    /// purpose.
    pub fn before(
        &mut self,
        snapshot: &mut Snapshot<'_>,
        (accounts, states): (&[Account], &[State]),
        cash: u8,
    ) -> Result<(), Error> {
        let last = PostingNo(self.first.0.saturating_sub(1));
        for no in self.postings.clone() {
            if let Some(row) = snapshot.posting_alone(no)? {
                self.claims.extend(claims(&read(&row)?));
            }
        }
        let rows: Vec<BoughtRow> = snapshot.query(BOUGHT, &[last.into()])?;
        let bought: BTreeMap<u32, PostingNo> = rows.into_iter().map(|row| (row.claim, row.posting)).collect();
        self.postings.extend(self.claims.iter().filter_map(|claim| bought.get(claim)));
        let (mut gifts, mut chests) = (BTreeMap::new(), BTreeMap::new());
        let purpose = |account: &Account| u16::try_from(account.key.sub).unwrap_or(u16::MAX);
        let mut own: BTreeMap<PersonId, Vec<(AccountNo, EntryNo)>> = BTreeMap::new();
        for (no, (account, state)) in (0..).map(AccountNo).zip(accounts.iter().zip(states)) {
            if state.last.0 == 0 {
                continue;
            }
            match (Class::numbered(account.key.class), account.key.owner) {
                // How a claim stood: whether it had ended, and whose it was.
                (Some(Class::Prepaid), _) if self.claims.contains(&account.key.sub) => {
                    let entry = snapshot.entry(state.last)?;
                    self.postings.extend(entry.map(|entry| entry.posting));
                }
                (Some(Class::Purse), Owner::Person(person))
                    if self.withdrew.contains(&person) && chart::purse_of(account.key.sub).0 == cash =>
                {
                    own.entry(person).or_default().push((no, state.last));
                }
                (Some(Class::GiftCollected), _) => drop(gifts.insert(purpose(account), (no, state.last))),
                (Some(Class::ChestPurpose), _) => drop(chests.insert(purpose(account), (no, state.last))),
                _ => {}
            }
        }
        for (purpose, given) in gifts.iter().filter(|(purpose, _)| self.purposes.contains(purpose)) {
            self.postings.extend(rows::find(snapshot, *purpose, (*given, chests.get(purpose).copied()))?);
        }
        for (person, chains) in &own {
            let mut look = Then { snapshot: &mut *snapshot, accounts, states };
            let found = since_last_top_up(*person, chains, &mut look)?;
            self.postings.extend(found.postings);
        }
        Ok(())
    }
}

/// Looks things up as accounts stood at an instant.
struct Then<'t, 's> {
    snapshot: &'t mut Snapshot<'s>,
    accounts: &'t [Account],
    states: &'t [State],
}

impl Look for Then<'_, '_> {
    type Error = Error;

    fn entry(&mut self, no: EntryNo) -> Result<Option<Seen>, Error> {
        Seen::read(self.snapshot, no)
    }

    fn account(&mut self, no: AccountNo) -> Option<(Account, State)> {
        let at = no.0 as usize;
        Some((*self.accounts.get(at)?, *self.states.get(at)?))
    }
}
