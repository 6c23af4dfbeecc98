//! The key that makes blind indexes is changed while the city works: the old one and the new are there at once, whoever is
//! looked for is looked for under both, and everybody is found under the new one in the end. Then the old one goes.
//!
//! What another house calls somebody is kept sealed beside its index, so that it can be made anew. From before it was kept,
//! only that person's next coming tells it: until then the old key stays, unless whoever runs the city says why not.

use ::store::{Error, Snapshot};
use pen::Failure;
use people::naming::GENERAL;
use people::store::found_by;
use people::vouched::store::unkept;
use vault::{Use, Vault};

use super::store::ALL_DROPPED;
pub use super::store::DroppedRow;
use super::{Told, Walk, ask};
use crate::Command;
use crate::key_marks::store::kept as kept_marks;
use crate::open::City;

/// What the numbers of the index keys are called among the marks of keys.
const MARK: &str = "index-keys";

/// Index keys that went although sign-ins were found under them alone.
pub fn dropped(snapshot: &mut Snapshot<'_>) -> Result<Vec<DroppedRow>, Error> {
    snapshot.query(ALL_DROPPED, &[])
}

/// Sign-ins by other houses that only an older index key finds: what the house calls them isn't kept yet.
pub fn sign_ins(snapshot: &mut Snapshot<'_>) -> Result<u64, Error> {
    Ok(unkept(snapshot)?.len() as u64)
}

/// The numbers of the index keys, as they are kept among the marks.
pub(crate) fn mark(vault: &Vault) -> (String, String) {
    let mut numbers: Vec<String> = vault.indexing(GENERAL).map(|no| no.to_string()).collect();
    numbers.reverse();
    (MARK.to_owned(), numbers.join(","))
}

/// The numbers that are kept; none, where none were kept yet.
pub(crate) fn marked(snapshot: &mut Snapshot<'_>) -> Result<Vec<u32>, Error> {
    let marks = kept_marks(snapshot)?;
    let mark = marks.into_iter().find(|(name, _)| name == MARK).map(|(_, mark)| mark).unwrap_or_default();
    Ok(mark.split(',').filter_map(|no| no.parse().ok()).collect())
}

/// The first index key that should be there and isn't.
pub(crate) fn lost(marked: &[u32], vault: &Vault) -> Option<u32> {
    let there: Vec<u32> = vault.indexing(GENERAL).collect();
    marked.iter().copied().find(|no| !there.contains(no))
}

/// The number of the index key that everybody is to be found under: the newer of two, or one that is yet to be put in use.
/// While there are two, a change is under way, and goes on.
pub fn next(city: &City) -> Result<u32, Error> {
    let vault = city.vault();
    let there: Vec<u32> = vault.indexing(GENERAL).collect();
    match there.as_slice() {
        [newest, _, ..] => Ok(*newest),
        _ => super::next_key(city),
    }
}

/// How many people are not found under the newest index key.
fn left(city: &City) -> Result<u64, Error> {
    let vault = city.vault();
    city.readers.read(|snapshot| {
        let mut left = 0;
        people::store::indexed(snapshot, &mut |row| {
            let is_behind = found_by(&vault, &row).map_err(|why| Error::Shape(why.to_string()))?.is_some();
            left += u64::from(is_behind);
            Ok(())
        })?;
        Ok(left)
    })
}

impl Walk {
    /// Drops the older index keys once the walk is over and everybody was counted under the newest. Sign-ins that an older key
    /// alone finds hold it back, unless there is a reason. Where something didn't open, nothing is dropped.
    pub fn drop_index_keys(&mut self, city: &City, why: Option<&str>) -> Result<(), Failure> {
        let broken = |error: Error| Failure::Broken(error.to_string());
        let Told { removed, sign_ins: waiting, broken_all, .. } = &mut self.told;
        let older: Vec<u32> = city.vault().indexing(GENERAL).skip(1).collect();
        if older.is_empty() || *broken_all > 0 {
            return Ok(());
        }
        let left = left(city).map_err(broken)?;
        if left > 0 {
            return Err(Failure::Broken(format!("{left} people are not found under the newest index key")));
        }
        *waiting = city.readers.read(sign_ins).map_err(broken)?;
        if *waiting > 0 && why.is_none() {
            return Ok(());
        }
        for no in older {
            ask(city, Command::DropIndexKey { no, why: why.map(str::to_owned) })?;
            removed.push(no);
        }
        Ok(())
    }
}

/// Whether a data key is for finding people in the city's register.
pub fn is_index(key: &vault::DataKey) -> bool {
    key.used_for == Use::Index && key.compartment == GENERAL
}
