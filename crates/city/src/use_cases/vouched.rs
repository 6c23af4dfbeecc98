//! Whose word counts for whom: another house's is linked to an account by who is signed in there, and taken back. The
//! server has checked what the house signed.

use base::{AccountId, Refusal};
use economy::Facts;
use pen::Stop;
use people::vouched::store::{
    ALL_SAID, DROP_SAID, END_VOUCHED, PUT_SAID, PUT_VOUCHED, REINDEX_VOUCHED, SaidRow, UNKEPT, VouchedRow,
};
use people::vouched::{indexes, open, seal};
use people::{How, Vouched};
use vault::Sealed;

use super::accounts::known_account;
use super::keys::locked;
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
    (said, house, how): (&str, &str, How),
) -> Result<Reply, Stop> {
    let account = known_account(city, account)?.id;
    let indexes = indexes(&city.keys.vault, said).map_err(locked)?;
    if indexes.iter().any(|index| city.doors.vouched(index).is_some()) {
        return Err(Refusal::new("vouch.known").into());
    }
    if city.doors.vouched_of(account).any(|one| one.house == house) {
        return Err(Refusal::new("vouch.linked").into());
    }
    // Nobody gets up to a role by linking from below it.
    if city.doors.needs_second(account, &city.pack) && !how.is_strong() {
        return Err(Refusal::new("vouch.weak").into());
    }
    let one = Vouched { index: indexes[0], account, house: house.to_owned(), is_kept: true, ended: None };
    turn.write(PUT_VOUCHED, vec![one.index.into(), account.into(), house.into(), turn.now.into()]);
    put_said(city, turn, &one, said)?;
    let reply = noted(turn, &one, "link-vouched", "link");
    city.put_door(turn, Door::Vouched(one));
    Ok(reply)
}

fn put_said(city: &CityMemory, turn: &mut CityTurn<'_>, one: &Vouched, said: &str) -> Result<(), Stop> {
    let id = one.kept_as();
    let sealed = seal(&city.keys.vault, &id, said, turn.entropy).map_err(locked)?;
    turn.write(PUT_SAID, vec![id.into(), sealed.0.into()]);
    Ok(())
}

/// Somebody came in by another house's word of before what it says was kept, or under an older key: it is kept now, and found
/// under the key in use.
pub(super) fn keep(city: &mut CityMemory, turn: &mut CityTurn<'_>, said: &str) -> Result<Reply, Stop> {
    let indexes = indexes(&city.keys.vault, said).map_err(locked)?;
    let known = indexes.iter().find_map(|index| city.doors.vouched(index)).cloned();
    let one = known.ok_or_else(|| Refusal::new("vouch.unknown"))?;
    put_said(city, turn, &one, said)?;
    let now = move_to(city, turn, &one, indexes[0]);
    Ok(noted(turn, &now, "keep-said", "keep"))
}

/// It is found by another index from now on.
fn move_to(city: &mut CityMemory, turn: &mut CityTurn<'_>, one: &Vouched, index: [u8; 16]) -> Vouched {
    let now = Vouched { index, is_kept: true, ..one.clone() };
    if index != one.index {
        turn.write(REINDEX_VOUCHED, vec![one.index.into(), index.into()]);
        city.put_door(turn, Door::Vouched(Vouched { ended: Some(turn.now), ..one.clone() }));
    }
    city.put_door(turn, Door::Vouched(now.clone()));
    now
}

/// The next of those whose sayings are kept are found under the key in use. How many were moved, what doesn't open, and the
/// last one's id, if there may be more.
pub(super) fn reindex(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    after: &str,
    at_most: u32,
) -> Result<(u32, Vec<String>, Option<String>), Stop> {
    let rows: Vec<SaidRow> = turn.query(ALL_SAID, &[after.into(), at_most.into()])?;
    let last = rows.last().map(|row| row.id.clone()).filter(|_| rows.len() >= at_most as usize);
    let (mut done, mut broken) = (0, Vec::new());
    for SaidRow { id, sealed } in rows {
        let said = match open(&city.keys.vault, &id, &Sealed(sealed)) {
            Ok(said) => said,
            Err(why) => {
                broken.push(format!("vouched_said.sealed of {id}: {why}"));
                continue;
            }
        };
        let indexes = indexes(&city.keys.vault, &said).map_err(locked)?;
        let older = indexes[1..].iter().find_map(|index| city.doors.vouched(index)).cloned();
        if let Some(one) = older.filter(|one| one.kept_as() == id) {
            move_to(city, turn, &one, indexes[0]);
            done += 1;
        }
    }
    Ok((done, broken, last))
}

/// Those that an older key alone finds are found no more: their words count no longer, and are linked anew.
pub(super) fn end_unkept(city: &mut CityMemory, turn: &mut CityTurn<'_>) -> Result<u32, Stop> {
    let rows: Vec<VouchedRow> = turn.query(UNKEPT, &[])?;
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    for row in rows {
        let one = row.read()?;
        turn.write(END_VOUCHED, vec![one.index.into(), turn.now.into()]);
        city.put_door(turn, Door::Vouched(Vouched { ended: Some(turn.now), ..one }));
    }
    Ok(count)
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
    turn.write(DROP_SAID, vec![one.kept_as().into()]);
    let reply = noted(turn, &one, "unlink-vouched", "unlink");
    city.put_door(turn, Door::Vouched(Vouched { ended: Some(turn.now), ..one }));
    Ok(reply)
}

/// What other houses call somebody whose account ends.
pub(super) fn forget(city: &CityMemory, turn: &mut CityTurn<'_>, account: AccountId) {
    for one in city.doors.vouched_of(account) {
        turn.write(DROP_SAID, vec![one.kept_as().into()]);
    }
}
