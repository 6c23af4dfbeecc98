//! Settlement: what shops have earned goes on its way.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Date, MerchantId, PayoutAccountId};
use economy::decide::{SettleCase, Support, settle as decide_settle};
use economy::{Class, Facts, Meter, chart};
use ledger::Books;
use pen::{Recorded, Stop};
use rules::Pack;

use super::payouts;
use super::prepay;
use crate::memory::{CityMemory, CityTurn};
use crate::{Directory, Payee, Reply};

/// Pays out the shops at positions `from..from + at_most`; the reply says where the next batch begins. Doing it twice
/// pays nothing twice: the second time nothing is owed. Under a key it is done once: asked again, the first answer is
/// given, and what was earned since waits. A shop without an account for payouts waits, too: what it has earned stays
/// its own; so does one that has closed and whose claims have not all ended.
pub(super) fn settle(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    from: u32,
    at_most: u32,
) -> Result<Reply, Stop> {
    let pack = Arc::clone(&city.pack);
    let date = city.today(turn.day).date;
    let shops: Vec<(MerchantId, PayoutAccountId)> = city
        .directory
        .shops()
        .iter()
        .skip(from as usize)
        .take(at_most as usize)
        .filter(|shop| !prepay::claims_wait(city, shop.id))
        .filter_map(|shop| Some((shop.id, city.payouts.account(Payee::Shop(shop.id))?)))
        .collect();
    let shops_give = shops_give(city, turn.day);
    let mut decisions = Vec::new();
    // Advances stand one behind the other behind one guarantee.
    let mut reserved = BTreeMap::new();
    for (merchant, account) in shops {
        // What is prepaid helps now: it goes out with what is earned.
        let advances = prepay::advances(city, turn, &pack, merchant, &mut reserved);
        let case = case(&pack, &city.directory, turn.books(), merchant, date);
        if case.payable > 0 || case.returned > 0 || !advances.is_empty() {
            decisions.push((merchant, account, advances));
        }
    }
    let done = u32::try_from(decisions.len()).unwrap_or(u32::MAX);
    let end = from.saturating_add(at_most);
    let next = ((end as usize) < city.directory.shops().len()).then_some(end);
    // The key stands with the answer for the whole batch: a single shop's payment would be no answer.
    if !turn.request.key.is_empty() {
        turn.note("settle", Facts::Batch { done, next }.write());
    }
    for (merchant, account, advances) in decisions {
        for advance in advances {
            city.post(turn, advance)?;
        }
        // Decided one after the other: support of one comes out of the budget of the next, gifts stand one behind the
        // other.
        let gift = city.directory.giving.shop_gift(merchant).filter(|_| shops_give);
        let case = SettleCase { gift, ..case(&pack, &city.directory, turn.books(), merchant, date) };
        let decision = decide_settle(&case)?;
        let amount = decision.amount;
        if let Reply::Done { recorded: Recorded::Posting(no), .. } = city.post(turn, decision)?
            && amount > 0
        {
            payouts::begin(city, turn, no, Payee::Shop(merchant), (account, amount));
        }
    }
    Ok(Reply::Batch { done, next })
}

/// Whether shops give on this day.
fn shops_give(city: &mut CityMemory, day: i32) -> bool {
    let date = city.today(day).date;
    city.pack.giving.as_ref().is_some_and(|rules| rules.shops_give(date))
}

/// What a shop's settlement of a day would be decided on now, after it was advanced what it is not yet.
pub fn next<'a>(
    view: &'a crate::CityView,
    books: &Books,
    merchant: MerchantId,
    date: Date,
) -> SettleCase<'a> {
    let shops_give = view.pack.giving.as_ref().is_some_and(|rules| rules.shops_give(date));
    let gift = view.directory.giving.shop_gift(merchant).filter(|_| shops_give);
    let case = case(&view.pack, &view.directory, books, merchant, date);
    let payable = case.payable + crate::prepay::read::to_advance(view, books, merchant, date);
    SettleCase { gift, payable, ..case }
}

/// What a shop's settlement is decided on.
pub(crate) fn case<'a>(
    pack: &'a Pack,
    directory: &Directory,
    books: &Books,
    merchant: MerchantId,
    date: Date,
) -> SettleCase<'a> {
    let balance = |account: ledger::Account| books.balance_of(&account.key);
    SettleCase {
        merchant,
        payable: balance(chart::payable(merchant)),
        returned: balance(chart::shop_returned(merchant)),
        due: balance(chart::shop_due(merchant)),
        gift: None,
        support: support(pack, directory, books, merchant, date),
    }
}

/// The support of a shop's card fees, if it is small enough and of a trade that gets it.
fn support<'a>(
    pack: &'a Pack,
    directory: &Directory,
    books: &Books,
    merchant: MerchantId,
    date: Date,
) -> Option<Support<'a>> {
    let rule = pack.settlement.support_on(date)?;
    let (_, shop) = directory.shop(merchant)?;
    let trade = pack.city.trades.get(usize::from(shop.trade))?;
    let small = shop.sales.is_some_and(|sales| sales <= rule.sales_up_to);
    if !small || rule.barred.contains(&trade.id) {
        return None;
    }
    let year = u32::from(date.year().unsigned_abs());
    Some(Support {
        rule,
        had: books.balance_of(&chart::shop_meter(Meter::FeeSupportYear, merchant, year).key),
        budget_left: books.balance_of(&chart::budget(Class::BudgetLeft, &rule.budget).key),
        date,
    })
}
