//! Keys come and change: data keys are added, wrapped under another master key, and what old ones sealed is sealed
//! anew, a few fields a command, while everyone else goes on.

use std::sync::Arc;

use economy::Facts;
use pen::Stop;
use people::Passkey;
use people::naming::GENERAL;
use people::store::{DELETE_KEY, INSERT_KEY, REWRAP_KEY, key_values, rewrap_values};
use vault::{DataKey, Locked, Masters, Place, Sealed, Use, Vault};

use super::{index_keys, note};
use crate::memory::{CityMemory, CityTurn, Keys};
use crate::reseal::{COLUMNS, ResealFrom, page};
use crate::tokens::Token;
use crate::{Door, Doors, Reply};

/// A vault that can't seal or open is broken, not a matter of rules.
pub(super) fn locked(why: Locked) -> Stop {
    Stop::Broken(why.to_string())
}

/// A data key more. The newest of a compartment seals from now on.
pub(super) fn add(city: &mut CityMemory, turn: &mut CityTurn<'_>, key: &DataKey) -> Result<Reply, Stop> {
    let mut vault = Vault::clone(&city.keys.vault);
    vault.add(&city.keys.masters, key).map_err(locked)?;
    turn.write(INSERT_KEY, key_values(key, turn.now));
    if key.used_for == Use::Index {
        index_keys::keep_mark(turn, &vault);
    }
    let keys = Keys { vault: Arc::new(vault), ..city.keys.clone() };
    city.use_keys(turn, keys);
    Ok(note(turn, "add-key", Facts::Keys { action: "add".into(), count: 1 }))
}

/// Other master keys, if every data key opens with one of them.
pub(super) fn use_masters(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    masters: &Masters,
) -> Result<Reply, Stop> {
    let keys = people::keys::all(turn.query(people::store::KEYS, &[])?)?;
    let vault = Vault::unlock(masters, &keys).map_err(locked)?;
    let count = u32::try_from(masters.marks().count()).unwrap_or(u32::MAX);
    let keys = Keys { vault: Arc::new(vault), masters: masters.clone(), ..city.keys.clone() };
    city.use_keys(turn, keys);
    Ok(note(turn, "use-masters", Facts::Keys { action: "masters".into(), count }))
}

/// Wraps every data key under the master key in use. Nothing that is sealed changes.
pub(super) fn rewrap(city: &mut CityMemory, turn: &mut CityTurn<'_>) -> Result<Reply, Stop> {
    let keys = people::keys::all(turn.query(people::store::KEYS, &[])?)?;
    let mut count = 0;
    for key in people::keys::behind(&keys, &city.keys.masters) {
        let rewrapped = key.rewrapped(&city.keys.masters, turn.entropy).map_err(locked)?;
        turn.write(REWRAP_KEY, rewrap_values(&rewrapped));
        count += 1;
    }
    Ok(note(turn, "rewrap-keys", Facts::Keys { action: "rewrap".into(), count }))
}

/// A data key less. Whoever asks has counted that nothing is sealed under it; that stays so, because all that is sealed is
/// sealed here, under the newest, which is never removed. So no payment waits for a count.
pub(super) fn drop_key(city: &mut CityMemory, turn: &mut CityTurn<'_>, no: u32) -> Result<Reply, Stop> {
    let mut vault = Vault::clone(&city.keys.vault);
    // One that finds people goes by a way of its own.
    if vault.indexing(GENERAL).any(|index| index == no) || !vault.remove(no) {
        return Err(Stop::Broken(format!(
            "data key {no} is none that can go: it is in use, or none that seals"
        )));
    }
    turn.write(DELETE_KEY, vec![no.into()]);
    let keys = Keys { vault: Arc::new(vault), ..city.keys.clone() };
    city.use_keys(turn, keys);
    Ok(note(turn, "drop-key", Facts::Keys { action: "drop".into(), count: 1 }))
}

/// What stands in memory under this hash, with its name sealed anew.
fn renamed(doors: &Doors, table: &str, hash: &[u8; 32], name: &Sealed) -> Option<Door> {
    let name = name.clone();
    match table {
        "passkeys" => doors.passkey(hash).map(|one| Door::Passkey(Passkey { name, ..one.clone() })),
        "tokens" => doors.token(hash).map(|one| Door::Token(Token { name, ..one.clone() })),
        _ => None,
    }
}

/// Seals anew what older keys sealed, of one column's rows from a place on. Nothing is understood on the way: a field is
/// opened and sealed at its place, whatever it says. What is written meanwhile is sealed under the newest key at once. A
/// field that doesn't open is left as it is, and told.
pub(super) fn reseal(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    from: &ResealFrom,
    at_most: u32,
) -> Result<Reply, Stop> {
    let Some(column) = COLUMNS.get(usize::from(from.column)) else {
        return Ok(Reply::Resealed { done: 0, broken: Vec::new(), next: None });
    };
    let at_most = at_most.min(column.most);
    let fields = page(turn, column, &from.after, at_most)?;
    let whole = fields.len() < at_most as usize;
    let last = fields.last().map(|field| field.row.clone()).unwrap_or_default();
    let vault = Arc::clone(&city.keys.vault);
    let (mut done, mut broken) = (0, Vec::new());
    for field in fields {
        let Some(sealed) = field.sealed else { continue };
        let place = Place { table: column.table, record: &field.record, field: &field.field };
        let anew = match vault.resealed(place, &sealed, turn.entropy) {
            Ok(Some(anew)) => anew,
            Ok(None) => continue,
            Err(why) => {
                broken.push(format!("{}.{} of {}: {why}", column.table, column.name, field.row));
                continue;
            }
        };
        if let Some(door) = field.hash.and_then(|hash| renamed(&city.doors, column.table, &hash, &anew)) {
            city.put_door(turn, door);
        }
        let mut row = vec![field.key];
        let number = column.numbered.then(|| anew.key_no().unwrap_or_default());
        row.push(anew.0.into());
        row.extend(number.map(Into::into));
        turn.write(column.put, row);
        done += 1;
    }
    if done > 0 {
        note(turn, "reseal", Facts::Keys { action: "reseal".into(), count: done });
    }
    let next = match whole {
        false => Some(ResealFrom { column: from.column, after: last }),
        true => Some(from.column + 1)
            .filter(|column| usize::from(*column) < COLUMNS.len())
            .map(|column| ResealFrom { column, after: String::new() }),
    };
    Ok(Reply::Resealed { done, broken, next })
}
