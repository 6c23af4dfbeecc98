//! The house's data keys, as rows.

use vault::{DataKey, Masters, Sealed, Use};

use crate::naming::GENERAL;
use crate::store::KeyRow;

/// The keys a new house begins with: what is for, in which compartment.
pub const FIRST: [(&str, Use); 2] = [(GENERAL, Use::Seal), (GENERAL, Use::Index)];

/// Keys that are not wrapped under the master key in use.
pub fn behind<'a>(keys: &'a [DataKey], masters: &'a Masters) -> impl Iterator<Item = &'a DataKey> {
    keys.iter().filter(|key| key.master != masters.current())
}

/// Keys from their rows.
pub fn all(rows: Vec<KeyRow>) -> Result<Vec<DataKey>, store::Error> {
    rows.into_iter().map(read).collect()
}

fn read(row: KeyRow) -> Result<DataKey, store::Error> {
    let shape = |what: &str| store::Error::Shape(format!("a data key's {what} is not as it should be"));
    Ok(DataKey {
        no: u32::try_from(row.no).map_err(|_| shape("number"))?,
        compartment: row.compartment,
        used_for: Use::coded(&row.used_for).ok_or_else(|| shape("use"))?,
        master: row.master,
        wrapped: Sealed(row.wrapped),
    })
}
