//! What people and sign-ins are found by is made anew under another key, a few rows a command; then the older key goes.

use std::sync::Arc;

use economy::Facts;
use pen::Stop;
use people::naming::GENERAL;
use people::store::{DELETE_KEY, INDEXED, IndexedRow, REINDEX, found_by, index_values};
use people::vouched::store::{UNKEPT, VouchedRow};
use vault::Vault;

use super::{note, vouched};
use crate::Reply;
use crate::key_marks::store::KEEP;
use crate::memory::{CityMemory, CityTurn, Keys};
use crate::reseal::ResealFrom;
use crate::reseal::index::mark;
use crate::reseal::store::KEEP_DROPPED;

/// The numbers of the index keys, for the next start.
pub(super) fn keep_mark(turn: &mut CityTurn<'_>, vault: &Vault) {
    let (name, mark) = mark(vault);
    turn.write(KEEP, vec![name.into(), mark.into(), turn.now.into()]);
}

/// The next rows: first of people, then of sign-ins by other houses. What is written meanwhile is found under the newest key
/// at once.
pub(super) fn reindex(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    from: &ResealFrom,
    at_most: u32,
) -> Result<Reply, Stop> {
    let (done, broken, last) = match from.column {
        0 => people(city, turn, &from.after, at_most)?,
        _ => vouched::reindex(city, turn, &from.after, at_most)?,
    };
    if done > 0 {
        note(turn, "reindex", Facts::Keys { action: "reindex".into(), count: done });
    }
    let next = match (from.column, last) {
        (column, Some(after)) => Some(ResealFrom { column, after }),
        (0, None) => Some(ResealFrom { column: 1, after: String::new() }),
        _ => None,
    };
    Ok(Reply::Resealed { done, broken, next })
}

fn people(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    after: &str,
    at_most: u32,
) -> Result<(u32, Vec<String>, Option<String>), Stop> {
    let rows: Vec<IndexedRow> = turn.query(INDEXED, &[after.into(), at_most.into()])?;
    let last = rows.last().map(|row| row.id.to_string()).filter(|_| rows.len() >= at_most as usize);
    let (mut done, mut broken) = (0, Vec::new());
    for row in rows {
        match found_by(&city.keys.vault, &row) {
            Ok(Some(indexes)) => {
                turn.write(REINDEX, index_values(row.id, &indexes));
                done += 1;
            }
            Ok(None) => {}
            Err(why) => broken.push(format!("persons.naming of {why}")),
        }
    }
    Ok((done, broken, last))
}

/// An index key less. Whoever asks has counted that nobody is found under it alone; of sign-ins that is counted here, for the
/// next one may have come meanwhile.
pub(super) fn drop_key(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    no: u32,
    why: Option<&str>,
) -> Result<Reply, Stop> {
    let mut vault = Vault::clone(&city.keys.vault);
    let is_older = vault.indexing(GENERAL).skip(1).any(|index| index == no);
    if !is_older || !vault.remove(no) {
        return Err(Stop::Broken(format!(
            "data key {no} is no index key that can go: it is in use, or none"
        )));
    }
    let waiting: Vec<VouchedRow> = turn.query(UNKEPT, &[])?;
    if !waiting.is_empty() {
        let why = why.map(str::trim).filter(|why| !why.is_empty()).ok_or_else(|| {
            let count = waiting.len();
            Stop::Broken(format!("{count} sign-ins by other houses are found under data key {no} alone"))
        })?;
        let ended = vouched::end_unkept(city, turn)?;
        turn.write(KEEP_DROPPED, vec![no.into(), turn.now.into(), ended.into(), why.into()]);
    }
    turn.write(DELETE_KEY, vec![no.into()]);
    keep_mark(turn, &vault);
    let mut dropped = city.keys.dropped.clone();
    dropped.push(Arc::clone(&city.keys.vault));
    let keys = Keys { vault: Arc::new(vault), dropped, ..city.keys.clone() };
    city.use_keys(turn, keys);
    Ok(note(turn, "drop-index-key", Facts::Keys { action: "drop-index".into(), count: 1 }))
}
