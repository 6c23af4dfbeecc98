//! Settlement: what shops have earned goes out, and the bank confirms it.

use base::{MerchantId, Refusal};
use economy::decide::{SettleCase, confirm as decide_confirm, settle as decide_settle};
use economy::{Class, chart};
use pen::Stop;

use crate::Reply;
use crate::memory::{CityMemory, CityTurn};

/// Pays out the shops at positions `from..from + at_most`; the reply says where the next batch begins. Doing it twice
/// pays nothing twice: the second time nothing is owed.
pub(super) fn settle(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    from: u32,
    at_most: u32,
) -> Result<Reply, Stop> {
    let shops: Vec<MerchantId> = city
        .directory
        .shops()
        .iter()
        .skip(from as usize)
        .take(at_most as usize)
        .map(|shop| shop.id)
        .collect();
    // Asked once more, what is owed by then is paid, and the answer says how much of the work that was: a single
    // shop's payment would be no answer.
    turn.forget_key();
    let mut done = 0;
    for merchant in &shops {
        let payable = turn.books().balance_of(&chart::payable(*merchant).key);
        let due = turn.books().balance_of(&chart::shop_due(*merchant).key);
        if payable <= 0 {
            continue;
        }
        let decision = decide_settle(&SettleCase { merchant: *merchant, payable, due })?;
        city.post(turn, decision)?;
        done += 1;
    }
    let end = from.saturating_add(at_most);
    let more = (end as usize) < city.directory.shops().len();
    Ok(Reply::Batch { done, next: more.then_some(end) })
}

/// The bank has carried out everything that was sent.
pub(super) fn confirm(city: &mut CityMemory, turn: &mut CityTurn<'_>) -> Result<Reply, Stop> {
    let sent = turn.books().balance_of(&chart::scheme(Class::PayoutSent).key);
    if sent <= 0 {
        return Err(Refusal::new("settle.nothing").into());
    }
    city.post(turn, decide_confirm(sent))
}
