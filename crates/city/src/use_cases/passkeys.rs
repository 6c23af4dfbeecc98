//! Passkeys: added, used, removed. What the device signed was checked by the server already; here it is decided whether
//! the passkey may stand for the account.

use base::{AccountId, Refusal};
use economy::Facts;
use pen::Stop;
use people::passkey::store::{END_PASSKEY, INSERT_PASSKEY, USE_PASSKEY, passkey_values};
use people::passkey::{self, MOST, good_name};
use people::{How, Passkey};
use vault::Sealed;

use super::accounts::known_account;
use super::keys::locked;
use super::note;
use crate::memory::{CityMemory, CityTurn};
use crate::{Door, NewPasskey, Reply};

fn noted(turn: &mut CityTurn<'_>, passkey: &Passkey, kind: &'static str, action: &str) -> Reply {
    let (account, number) = (passkey.account, passkey.number());
    note(turn, kind, Facts::Passkey { account, number, action: action.into() })
}

pub(super) fn add(city: &mut CityMemory, turn: &mut CityTurn<'_>, wish: &NewPasskey) -> Result<Reply, Stop> {
    let account = known_account(city, wish.account)?.id;
    let name = good_name(&wish.name).ok_or_else(|| Refusal::new("passkey.name"))?;
    if city.doors.passkey(&wish.hash).is_some() {
        return Err(Refusal::new("passkey.known").into());
    }
    let mine: Vec<&Passkey> = city.doors.passkeys_of(account).collect();
    if mine.len() >= MOST {
        return Err(Refusal::new("passkey.many").into());
    }
    // A passkey opens every role of the account: whoever came in by less than those ask for could make one to get up to
    // them. The city's token may make the first, since somebody has to.
    let staff = city.doors.needs_second(account, &city.pack);
    let first = staff && wish.how == How::Token && !mine.iter().any(|one| one.strong);
    let strong = wish.how.is_strong() || first;
    if staff && !strong {
        return Err(Refusal::new("passkey.weak").into());
    }
    let name = passkey::sealed_name(&city.keys.vault, &wish.hash, name, turn.entropy).map_err(locked)?;
    let passkey = Passkey {
        hash: wish.hash,
        account,
        name,
        credential: wish.credential.clone(),
        counter: 0,
        since: turn.now,
        used: None,
        ended: None,
        strong,
    };
    turn.write(INSERT_PASSKEY, passkey_values(&passkey));
    let reply = noted(turn, &passkey, "add-passkey", "add");
    city.put_door(turn, Door::Passkey(passkey));
    Ok(reply)
}

/// A device that counts its uses and falls behind has been copied: the copy is not let in, and neither is the device,
/// since nobody can tell them apart.
pub(super) fn used(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    hash: &[u8; 32],
    counter: u32,
    credential: &str,
) -> Result<Reply, Stop> {
    let known = city.doors.passkey(hash).cloned().ok_or_else(|| Refusal::new("passkey.unknown"))?;
    known_account(city, known.account)?;
    if !known.counts_on(counter) {
        return Err(Refusal::new("passkey.copied").into());
    }
    let passkey = Passkey { counter, credential: credential.to_owned(), used: Some(turn.now), ..known };
    turn.write(
        USE_PASSKEY,
        vec![(*hash).into(), credential.into(), i64::from(counter).into(), turn.now.into()],
    );
    let reply = noted(turn, &passkey, "use-passkey", "use");
    city.put_door(turn, Door::Passkey(passkey));
    Ok(reply)
}

/// Staff can't remove their own last one: the token they once had would open their roles again. Whoever gives roles can,
/// for someone who has lost their device.
pub(super) fn remove(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    account: AccountId,
    number: u64,
) -> Result<Reply, Stop> {
    let mine: Vec<&Passkey> = city.doors.passkeys_of(account).collect();
    let one = mine.iter().find(|one| one.number() == number);
    let known = Passkey::clone(one.ok_or_else(|| Refusal::new("passkey.unknown"))?);
    let own = turn.request.actor.account == Some(account);
    let others = mine.iter().any(|one| one.strong && one.number() != number);
    if own && known.strong && !others && city.doors.needs_second(account, &city.pack) {
        return Err(Refusal::new("passkey.last").into());
    }
    let passkey = Passkey { name: Sealed(Vec::new()), ended: Some(turn.now), ..known };
    turn.write(END_PASSKEY, vec![passkey.hash.into(), Vec::new().into(), turn.now.into()]);
    let reply = noted(turn, &passkey, "remove-passkey", "remove");
    city.put_door(turn, Door::Passkey(passkey));
    Ok(reply)
}
