//! One posting, for those it concerns.

use base::{Instant, PersonId, PostingNo};
use economy::Facts;
use economy::facts::{GivingFacts, PayoutFacts};
use ledger::EntryRow;
use store::{Error, Snapshot};

/// A posting with all its legs.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// Its number.
    pub no: PostingNo,
    /// When.
    pub at: Instant,
    /// What was decided, on which facts.
    pub facts: Facts,
    /// All legs, in order.
    pub legs: Vec<EntryRow>,
}

impl Receipt {
    /// True when the person's own purses are what it is about.
    pub fn is_of(&self, person: PersonId) -> bool {
        holders(&self.facts).contains(&Some(person))
    }
}

/// Whose purses a posting is about: one person, or the giver and the receiver of a gift.
pub fn holders(facts: &Facts) -> [Option<PersonId>; 2] {
    match facts {
        Facts::Pay(payment) | Facts::Authorise(payment) | Facts::Capture { payment, .. } => {
            [Some(payment.person), None]
        }
        Facts::TopUp(top_up) => [Some(top_up.person), None],
        Facts::Refund(refund) => [Some(refund.person), None],
        Facts::Release(release) => [Some(release.person), None],
        Facts::Gift(gift) => [Some(gift.from), Some(gift.to)],
        Facts::Withdraw(withdrawal) => [Some(withdrawal.person), None],
        Facts::Expire { person, .. } => [Some(*person), None],
        Facts::Payouts(PayoutFacts::Failed { person, .. }) => [*person, None],
        Facts::Giving(GivingFacts::Once(once)) => [Some(once.person), None],
        _ => [None, None],
    }
}

/// A posting with its legs; `None` when there is none of this number.
pub fn receipt(snapshot: &mut Snapshot<'_>, no: PostingNo) -> Result<Option<Receipt>, Error> {
    let Some((row, legs)) = snapshot.posting(no)? else { return Ok(None) };
    let facts = Facts::read(&row.facts).map_err(|error| Error::Shape(format!("{no}: {error}")))?;
    Ok(Some(Receipt { no, at: row.at, facts, legs }))
}
