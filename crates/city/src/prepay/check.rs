//! Claims' rows against the books: each row says whose the money in its account is, and the books say how much.

use std::collections::BTreeMap;

use base::{MerchantId, PersonId, PostingNo};
use economy::{Class, chart};
use ledger::{Account, Key};
use store::{Error, Snapshot, row};

use super::store::ALL_CLAIMS;

row! {
    /// A claim as its row has it.
    pub(crate) struct ClaimAsKept {
        claim: u32, posting: PostingNo, merchant: MerchantId, holder: PersonId, amount: i64, state: String,
    }
}

/// Compares every claim's row with what the journal left in its accounts. Gives the first that differs, by its number, and
/// how. What bought a claim may be `disposed` of, up to there.
pub(crate) fn compare<'a>(
    snapshot: &mut Snapshot<'_>,
    balances: impl Iterator<Item = (&'a Account, i64)>,
    disposed: u64,
) -> Result<Option<(u32, &'static str)>, Error> {
    let mut left: BTreeMap<Key, i64> = BTreeMap::new();
    for (account, balance) in balances.filter(|(_, balance)| *balance != 0) {
        let class = Class::numbered(account.key.class);
        if matches!(class, Some(Class::Prepaid | Class::ShopAdvance)) {
            left.insert(account.key, balance);
        }
    }
    let rows: Vec<ClaimAsKept> = snapshot.query(ALL_CLAIMS, &[])?;
    for row in rows {
        let held = left.remove(&chart::prepaid(row.holder, row.claim).key).unwrap_or(0);
        let advanced = left.remove(&chart::advance(row.merchant, row.claim).key).unwrap_or(0);
        // Of what is reserved: it waits for a capture, whatever becomes of the claim.
        left.remove(&chart::advance_held(row.merchant, row.claim).key);
        let bought = snapshot.posting_alone(row.posting)?;
        let said = match bought {
            Some(bought) if !["prepay", "move-in"].contains(&bought.kind.as_ref()) => {
                Some("was not bought by the posting it names")
            }
            Some(bought) if bought.amount != row.amount => Some("was bought for another amount"),
            None if row.posting.0 > disposed => Some("was not bought by the posting it names"),
            _ if row.state != "open" && held != 0 => Some("has ended, and there is money in it"),
            _ if held > row.amount => Some("has more in it than it was bought for"),
            _ if advanced > held => Some("was advanced more than is in it"),
            _ => None,
        };
        if let Some(said) = said {
            return Ok(Some((row.claim, said)));
        }
    }
    // What no row accounts for: another holder's, another shop's, or a row that is gone.
    Ok(left.into_keys().map(|key| (key.sub, "has money in it that its row says nothing of")).min())
}
