//! Sealing anew under the newest data key, while the city works: column by column, a part a command. Whoever is stopped
//! begins again at the front; what is sealed under the newest key already is passed over.

pub mod index;
pub(crate) mod store;

use std::collections::BTreeMap;

use ::store::{Error, Snapshot};
use base::{Actor, Entropy};
use pen::{Failure, Request};
use people::naming::GENERAL;
use serde::{Deserialize, Serialize};
use vault::{DataKey, Masters, Sealed, Use};

pub use self::store::{COLUMNS, Column, PLAIN};
use self::store::{CountRow, HashRow, IdRow, Keyed};
use crate::memory::CityTurn;
use crate::open::City;
use crate::payouts::answer::hex;
use crate::{Command, Reply};

/// Rows that one command looks at: payments go on between two of them.
const AT_ONCE: u32 = 256;
/// What is told by name of what doesn't open; the rest is only counted.
const NAMED: usize = 20;

/// Where a part begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResealFrom {
    /// The place of a column in [`COLUMNS`].
    pub column: u16,
    /// The row before the first; empty: from the first on.
    pub after: String,
}

/// A field to look at.
pub(crate) struct Field {
    /// The row, as the cursor names it.
    pub row: String,
    /// What tells the row apart in its table.
    pub key: ::store::Value,
    /// Of a passkey or a token: its hash. They stand in memory too.
    pub hash: Option<[u8; 32]>,
    /// The record bound into the seal.
    pub record: String,
    /// The field bound into the seal.
    pub field: String,
    /// Nothing, where nothing is kept, or what was kept is gone.
    pub sealed: Option<Sealed>,
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hex.chars().filter_map(|c| c.to_digit(16)).filter_map(|digit| u8::try_from(digit).ok()).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn kept(sealed: Option<Vec<u8>>) -> Option<Sealed> {
    sealed.filter(|bytes| !bytes.is_empty()).map(Sealed)
}

/// The next fields of a column.
pub(crate) fn page(
    turn: &mut CityTurn<'_>,
    column: &Column,
    after: &str,
    at_most: u32,
) -> Result<Vec<Field>, pen::Stop> {
    let id = |row: IdRow| Field {
        key: row.id.as_str().into(),
        row: row.id,
        hash: None,
        record: row.record,
        field: row.field,
        sealed: kept(row.sealed),
    };
    let hash = |row: HashRow| Field {
        row: hex(&row.hash),
        record: hex(&row.hash),
        hash: row.hash.as_slice().try_into().ok(),
        key: row.hash.into(),
        field: column.name.to_owned(),
        sealed: kept(row.sealed),
    };
    Ok(match column.keyed {
        Keyed::Id => turn.query(column.page, &[after.into(), at_most.into()])?.into_iter().map(id).collect(),
        Keyed::Hash => {
            let after = bytes_of(after);
            turn.query(column.page, &[after.into(), at_most.into()])?.into_iter().map(hash).collect()
        }
    })
}

/// How many fields each data key seals, by its number: those that nothing is sealed under are not in it.
pub fn in_use(snapshot: &mut Snapshot<'_>) -> Result<BTreeMap<u32, u64>, Error> {
    let mut all = BTreeMap::new();
    for column in COLUMNS {
        for (no, count) in in_use_of(snapshot, column)? {
            *all.entry(no).or_default() += count;
        }
    }
    Ok(all)
}

/// The same of one column.
pub fn in_use_of(snapshot: &mut Snapshot<'_>, column: &Column) -> Result<BTreeMap<u32, u64>, Error> {
    let mut all = BTreeMap::new();
    snapshot.for_each(column.count, &[], &mut |row: CountRow| {
        // What was let go of is empty; what is no seal at all is found by `Reseal`.
        if let Some(&[1, a, b, c, d]) = row.head.first_chunk::<5>() {
            all.insert(u32::from_be_bytes([a, b, c, d]), row.count.cast_unsigned());
        }
        Ok(())
    })?;
    Ok(all)
}

/// What a walk came to so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Fields sealed anew.
    pub done: u64,
    /// Fields that don't open: the first by table, column and row.
    pub broken: Vec<String>,
    /// All that don't.
    pub broken_all: u64,
    /// Data keys that nothing was sealed under any more, and that were removed.
    #[serde(default)]
    pub removed: Vec<u32>,
    /// Of a walk over indexes: sign-ins by other houses that an older key alone finds, and that hold it back.
    #[serde(default)]
    pub sign_ins: u64,
}

/// A walk over everything that is sealed. Dropped and begun anew it comes to the same.
#[derive(Debug, Default)]
pub struct Walk {
    /// Over what people are found by, instead of what is sealed.
    of_indexes: bool,
    next: Option<ResealFrom>,
    /// What it came to so far.
    pub told: Told,
}

pub(crate) fn ask(city: &City, command: Command) -> Result<Reply, Failure> {
    let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    city.ask_waiting(request, command)
}

impl Walk {
    /// From the front.
    pub fn begin() -> Walk {
        Walk { next: Some(ResealFrom::default()), ..Walk::default() }
    }

    /// From the front, over what people and sign-ins are found by.
    pub fn of_indexes() -> Walk {
        Walk { of_indexes: true, ..Walk::begin() }
    }

    /// The next part; false when there is none.
    pub fn step(&mut self, city: &City) -> Result<bool, Failure> {
        let Some(from) = self.next.clone() else { return Ok(false) };
        let command = match self.of_indexes {
            true => Command::Reindex { from, at_most: AT_ONCE },
            false => Command::Reseal { from, at_most: AT_ONCE },
        };
        let reply = ask(city, command)?;
        let Reply::Resealed { done, broken, next } = reply else {
            return Err(Failure::Broken(format!("an unexpected answer: {reply:?}")));
        };
        self.told.done += u64::from(done);
        self.told.broken_all += broken.len() as u64;
        let room = NAMED.saturating_sub(self.told.broken.len());
        self.told.broken.extend(broken.into_iter().take(room));
        self.next = next;
        Ok(self.next.is_some())
    }
}

impl Walk {
    /// Removes the data keys that nothing is sealed under any more, once the walk is over. Where a field didn't open none is:
    /// it may be put back from a backup as it was, under any of them.
    pub fn drop_unused(&mut self, city: &City) -> Result<(), Failure> {
        if self.told.broken_all > 0 {
            return Ok(());
        }
        let unused = city.readers.read(unused).map_err(|error| Failure::Broken(error.to_string()))?;
        for no in unused {
            ask(city, Command::DropKey { no })?;
            self.told.removed.push(no);
        }
        Ok(())
    }
}

/// Data keys that nothing is sealed under, though they are for sealing: none of them is the newest of its compartment.
pub fn unused(snapshot: &mut Snapshot<'_>) -> Result<Vec<u32>, Error> {
    let (keys, used) = (people::store::data_keys(snapshot)?, in_use(snapshot)?);
    let seals: Vec<&DataKey> = keys.iter().filter(|key| key.used_for == Use::Seal).collect();
    let newest =
        |one: &DataKey| seals.iter().all(|key| key.compartment != one.compartment || key.no <= one.no);
    let unused = seals.iter().filter(|key| !newest(key) && !used.contains_key(&key.no));
    Ok(unused.map(|key| key.no).collect())
}

/// The number of the next data key.
pub fn next_key(city: &City) -> Result<u32, Error> {
    let keys = city.readers.read(people::store::data_keys)?;
    Ok(keys.iter().map(|key| key.no).max().unwrap_or_default() + 1)
}

/// Puts a new data key in use, under a number that [`next_key`] gave. Asked again for a number that is there, it does
/// nothing.
pub fn put_key(
    city: &City,
    (no, used_for): (u32, Use),
    masters: &Masters,
    entropy: &mut dyn Entropy,
) -> Result<(), Failure> {
    if next_key(city).map_err(|error| Failure::Broken(error.to_string()))? > no {
        return Ok(());
    }
    let key = DataKey::fresh(no, GENERAL, used_for, masters, entropy)
        .map_err(|why| Failure::Broken(why.to_string()))?;
    ask(city, Command::AddKey { key }).map(drop)
}

/// Puts other master keys to use, the first of them for wrapping, and wraps every data key under it. The city goes on
/// meanwhile: what is sealed stays as it is.
pub fn use_masters(city: &City, masters: Masters) -> Result<(), Failure> {
    ask(city, Command::UseMasters { masters })?;
    ask(city, Command::RewrapKeys).map(drop)
}
