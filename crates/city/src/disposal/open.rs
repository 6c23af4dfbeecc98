//! What still depends on a year, so that it can't go yet.

use std::fmt;

use ::store::{Error, Snapshot};
use base::{EntryNo, MerchantId, PostingNo};
use economy::Class;
use economy::chart::float_sides;
use economy::holder::MerchantState;
use ledger::{Account, AccountNo, Owner, State};
use pen::View;

use super::store::{COUNT_CASES, COUNT_LINES, CountRow};
use crate::{CityView, Giving};

/// Something of a year that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Open {
    /// Purses of then with money in them: how they were filled decides what may be withdrawn.
    Purses,
    /// Reservations.
    Holds,
    /// Prepaid claims bought then.
    Claims,
    /// Payouts under way.
    Payouts,
    /// Shops that are owed, or owe, what nothing has moved since; but for what closed ones owe, see [`Carried`].
    Shops,
    /// Gifts not spent yet: whoever gave them may ask what became of them.
    Gifts,
    /// What waits for a second person.
    Waiting,
    /// Signs of illegal exchange that nobody has decided on.
    Cases,
    /// Lines of the bank's answers that nobody has placed.
    Lines,
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Open::Purses => "purses of then still hold money",
            Open::Holds => "reservations are still open",
            Open::Claims => "prepaid claims bought then are still open",
            Open::Payouts => "payouts are still under way",
            Open::Shops => "accounts of shops are not settled",
            Open::Gifts => "purposes have gifts of then that are not spent",
            Open::Waiting => "wishes wait for a second person",
            Open::Cases => "signs of illegal exchange are not decided on",
            Open::Lines => "lines of the bank's answers are not placed",
        })
    }
}

/// How much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depends {
    /// What.
    pub what: Open,
    /// How many.
    pub count: u64,
    /// Won, where it is money.
    pub won: i64,
}

/// What a shop that has closed owes, and that nothing has moved since: it may stand so for ever, so it is no reason to keep
/// the year. The closing carries it forward like everything that accounts stand at, and the posting it was last moved by
/// stays, so that it can be told what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// Which shop's.
    pub shop: MerchantId,
    /// Won.
    pub won: i64,
    /// The last entry that moved it.
    pub(super) entry: EntryNo,
}

/// What closed shops owe of a time.
pub(super) fn carried(view: &View<CityView>, last: EntryNo) -> Vec<Carried> {
    let of_a_closed_shop = |(_, account, state): (AccountNo, &Account, State)| {
        let Owner::Merchant(shop) = account.key.owner else { return None };
        let owes = Class::numbered(account.key.class) == Some(Class::ShopDue);
        let stands = state.balance > 0 && state.last <= last;
        (owes && stands && is_closed(view, shop)).then_some(Carried {
            shop,
            won: state.balance,
            entry: state.last,
        })
    };
    view.books.iter().filter_map(of_a_closed_shop).collect()
}

fn is_closed(view: &View<CityView>, shop: MerchantId) -> bool {
    view.town.directory.shop(shop).is_some_and(|(_, shop)| shop.state == MerchantState::Closed)
}

/// A year's end.
#[derive(Clone, Copy)]
pub(super) struct End<'a> {
    /// Its last posting.
    pub last: PostingNo,
    /// Its last entry.
    pub entry: EntryNo,
    /// The instant it was over.
    pub over: base::Instant,
    /// What accounts stood at then.
    pub states: &'a [State],
    /// What had been given by then.
    pub giving: &'a Giving,
}

/// Everything that depends on the time up to there.
pub(super) fn find(
    snapshot: &mut Snapshot<'_>,
    view: &View<CityView>,
    end: End<'_>,
) -> Result<Vec<Depends>, Error> {
    let mut all = in_books(view, end);
    let town = &view.town;
    let mut add = |what, won: &mut dyn Iterator<Item = i64>| {
        let (count, won) = won.fold((0, 0), |(count, sum), won| (count + 1, sum + won));
        all.push(Depends { what, count, won });
    };
    add(Open::Holds, &mut town.open.holds.range(..=end.last).map(|_| 0));
    let claims = town.claims.all().filter(|claim| claim.posting <= end.last);
    add(Open::Claims, &mut claims.map(|claim| claim.amount));
    add(Open::Payouts, &mut town.payouts.open.range(..=end.last).map(|(_, payout)| payout.amount));
    add(Open::Gifts, &mut gifts(&town.directory.giving, end.giving));
    let waiting = town.open.proposals.waiting(view.at).into_iter();
    add(Open::Waiting, &mut waiting.filter(|one| one.wish.posting() <= end.last).map(|one| one.amount));
    let mut count = |snapshot: &mut Snapshot<'_>, what, sql, value: ::store::Value| {
        let found: Option<CountRow> = snapshot.one(sql, &[value])?;
        all.push(Depends { what, count: found.map_or(0, |row| row.count), won: 0 });
        Ok::<(), Error>(())
    };
    count(snapshot, Open::Cases, COUNT_CASES, end.last.into())?;
    count(snapshot, Open::Lines, COUNT_LINES, end.over.into())?;
    all.retain(|one| one.count > 0);
    Ok(all)
}

/// Money of then that nothing has moved since, or whose way back leads there.
fn in_books(view: &View<CityView>, end: End<'_>) -> Vec<Depends> {
    let (backing, owing) = float_sides();
    let mut purses = Depends { what: Open::Purses, count: 0, won: 0 };
    let mut shops = Depends { what: Open::Shops, ..purses };
    for ((_, account, state), then) in view.books.iter().zip(end.states) {
        if state.balance == 0 || then.last.0 == 0 {
            continue;
        }
        let class = Class::numbered(account.key.class);
        let of_a_shop = match account.key.owner {
            Owner::Merchant(shop) => {
                let carried = class == Some(Class::ShopDue) && is_closed(view, shop);
                !carried && class.is_some_and(|class| backing.contains(&class) || owing.contains(&class))
            }
            _ => false,
        };
        let depends = match class {
            Some(Class::Purse) => &mut purses,
            _ if of_a_shop && state.last <= end.entry => &mut shops,
            _ => continue,
        };
        depends.count += 1;
        depends.won += state.balance;
    }
    vec![purses, shops]
}

/// Of each purpose: won given by then that are neither spent nor taken back.
fn gifts<'a>(now: &'a Giving, then: &'a Giving) -> impl Iterator<Item = i64> + 'a {
    then.rows().filter_map(|(purpose, row)| {
        let stands = now.row(purpose);
        let unspent = stands.standing(stands.front, row.given);
        (stands.front < row.given && unspent > 0).then_some(unspent)
    })
}
