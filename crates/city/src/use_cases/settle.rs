//! Settlement: what shops have earned goes out, and the bank confirms it.

use std::collections::BTreeMap;

use base::{MerchantId, Refusal};
use economy::decide::{SettleCase, ShopGift, confirm as decide_confirm, settle as decide_settle};
use economy::{Class, Facts, chart};
use pen::Stop;

use crate::Reply;
use crate::memory::{CityMemory, CityTurn};

/// Pays out the shops at positions `from..from + at_most`; the reply says where the next batch begins. Doing it twice
/// pays nothing twice: the second time nothing is owed. Under a key it is done once: asked again, the first answer is
/// given, and what was earned since waits.
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
    let shops_give = shops_give(city, turn.day);
    // Several shops' gifts stand one behind the other.
    let mut given: BTreeMap<u16, i64> = BTreeMap::new();
    let mut decisions = Vec::new();
    for merchant in shops {
        let payable = turn.books().balance_of(&chart::payable(merchant).key);
        let due = turn.books().balance_of(&chart::shop_due(merchant).key);
        if payable > 0 {
            let gift = city.directory.giving.shop_gift(merchant).filter(|_| shops_give).map(|gift| {
                ShopGift { given: given.get(&gift.purpose).copied().unwrap_or(gift.given), ..gift }
            });
            let decision = decide_settle(&SettleCase { merchant, payable, due, gift })?;
            if let Some((_, _, gift)) = decision.facts.gift() {
                given.insert(gift.purpose, gift.until());
            }
            decisions.push(decision);
        }
    }
    let done = u32::try_from(decisions.len()).unwrap_or(u32::MAX);
    let end = from.saturating_add(at_most);
    let next = ((end as usize) < city.directory.shops().len()).then_some(end);
    // The key stands with the answer for the whole batch: a single shop's payment would be no answer.
    if !turn.request.key.is_empty() {
        turn.note("settle", Facts::Batch { done, next }.write());
    }
    for decision in decisions {
        city.post(turn, decision)?;
    }
    Ok(Reply::Batch { done, next })
}

/// Whether shops give on this day.
fn shops_give(city: &mut CityMemory, day: i32) -> bool {
    let date = city.today(day).date;
    city.pack.giving.as_ref().is_some_and(|rules| rules.shops_give(date))
}

/// The bank has carried out everything that was sent.
pub(super) fn confirm(city: &mut CityMemory, turn: &mut CityTurn<'_>) -> Result<Reply, Stop> {
    let sent = turn.books().balance_of(&chart::scheme(Class::PayoutSent).key);
    if sent <= 0 {
        return Err(Refusal::new("settle.nothing").into());
    }
    city.post(turn, decide_confirm(sent))
}
