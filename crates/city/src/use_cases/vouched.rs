//! Whose word counts for whom: another house's is linked to an account by who is signed in there, and taken back. The
//! server has checked what the house signed.

use base::{AccountId, Refusal};
use economy::Facts;
use pen::Stop;
use people::vouched::store::{END_VOUCHED, PUT_VOUCHED};
use people::{How, Vouched};

use super::accounts::known_account;
use super::note;
use crate::memory::{CityMemory, CityTurn};
use crate::{Door, Reply};

fn noted(turn: &mut CityTurn<'_>, one: &Vouched, kind: &'static str, action: &str) -> Reply {
    let (account, house) = (one.account, one.house.clone());
    note(turn, kind, Facts::Vouched { account, house, action: action.into() })
}

pub(super) fn link(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    account: AccountId,
    (index, house, how): ([u8; 16], &str, How),
) -> Result<Reply, Stop> {
    let account = known_account(city, account)?.id;
    let strong = how.is_strong();
    if city.doors.vouched(&index).is_some_and(|one| one.account != account || one.strong || !strong) {
        return Err(Refusal::new("vouch.known").into());
    }
    // A strong sign-in renews what was linked by a weak one, or puts its own login there instead: who holds the account
    // doesn't have to clear away first what somebody else may have linked.
    let before = city.doors.vouched_of(account).find(|one| one.house == house).cloned();
    if before.as_ref().is_some_and(|one| one.strong || !strong) {
        return Err(Refusal::new("vouch.linked").into());
    }
    // Nobody gets up to a role by linking from below it.
    if city.doors.needs_second(account, &city.pack) && !strong {
        return Err(Refusal::new("vouch.weak").into());
    }
    if let Some(weak) = before.filter(|one| one.index != index) {
        turn.write(END_VOUCHED, vec![weak.index.into(), turn.now.into()]);
        city.put_door(turn, Door::Vouched(Vouched { ended: Some(turn.now), ..weak }));
    }
    let one = Vouched { index, account, house: house.to_owned(), ended: None, strong };
    turn.write(PUT_VOUCHED, vec![index.into(), account.into(), house.into(), turn.now.into(), strong.into()]);
    let reply = noted(turn, &one, "link-vouched", "link");
    city.put_door(turn, Door::Vouched(one));
    Ok(reply)
}

pub(super) fn unlink(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    account: AccountId,
    house: &str,
) -> Result<Reply, Stop> {
    let mine = city.doors.vouched_of(account).find(|one| one.house == house).cloned();
    let one = mine.ok_or_else(|| Refusal::new("vouch.unknown"))?;
    turn.write(END_VOUCHED, vec![one.index.into(), turn.now.into()]);
    let reply = noted(turn, &one, "unlink-vouched", "unlink");
    city.put_door(turn, Door::Vouched(Vouched { ended: Some(turn.now), ..one }));
    Ok(reply)
}
