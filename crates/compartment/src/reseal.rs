//! Its keys are changed while it is open: data keys wrapped under another master key, and what older ones sealed sealed anew.

use base::Entropy;
use vault::{DataKey, Masters, Sealed, Use, Vault};

use crate::room::{Inner, Room};
use crate::store::Page;
use crate::written::place;
use crate::{Error, Written};

/// What it came to. How much there was to seal is said to nobody outside, so it isn't in here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resealed {
    /// Data keys wrapped under the master key in use.
    pub rewrapped: usize,
    /// Data keys that nothing is sealed under any more, and that were removed.
    pub removed: Vec<u32>,
}

impl Room {
    /// Puts other master keys to use, the first of them for wrapping, with a new data key if it is wished, and seals anew all
    /// that another data key than the newest sealed. Those that nothing is sealed under then are removed. Blocks; all of it is
    /// done when it returns, or nothing.
    ///
    /// # Errors
    /// When a data key opens with none of the master keys, or something sealed doesn't open: then nothing has changed.
    pub fn reseal(&self, masters: &Masters, new_key: bool) -> Result<Resealed, Error> {
        let mut inner = self.inner();
        let Inner { file, vault, entropy, .. } = &mut *inner;
        let mut keys = file.keys()?;
        let mut changed = Vec::new();
        for key in keys.iter_mut().filter(|key| key.master != masters.current()) {
            *key = key.rewrapped(masters, &mut **entropy)?;
            changed.push(key.clone());
        }
        let rewrapped = changed.len();
        if new_key {
            let no = keys.iter().map(|key| key.no).max().unwrap_or_default() + 1;
            let key = DataKey::fresh(no, self.id(), Use::Seal, masters, &mut **entropy)?;
            changed.push(key.clone());
            keys.push(key);
        }
        let mut newer = Vault::unlock(masters, &keys)?;
        let anew = anew(&file.pages()?, &newer, &mut **entropy)?;
        // Every page is under the newest one now.
        let seals = keys.iter().filter(|key| key.used_for == Use::Seal).map(|key| key.no);
        let removed: Vec<u32> = seals.filter(|no| newer.remove(*no)).collect();
        file.reseal(&changed, &anew, &removed)?;
        *vault = newer;
        Ok(Resealed { rewrapped, removed })
    }
}

impl Room {
    /// Puts a new index key to use, if there is but one: requests are known under both then. True when it did.
    ///
    /// # Errors
    /// When the file can't be written, or a data key opens with none of the master keys: then nothing has changed.
    pub fn put_index_key(&self, masters: &Masters) -> Result<bool, Error> {
        let mut inner = self.inner();
        let Inner { file, vault, entropy, .. } = &mut *inner;
        let mut keys = file.keys()?;
        if keys.iter().filter(|key| key.used_for == Use::Index).count() > 1 {
            return Ok(false);
        }
        let no = keys.iter().map(|key| key.no).max().unwrap_or_default() + 1;
        let key = DataKey::fresh(no, self.id(), Use::Index, masters, &mut **entropy)?;
        keys.push(key.clone());
        let newer = Vault::unlock(masters, &keys)?;
        file.put_keys(&[key])?;
        *vault = newer;
        Ok(true)
    }

    /// Removes all index keys but the newest; which. Requests from before are known until the room is opened anew: what is
    /// kept of them can't be made anew, for it says not what they were.
    ///
    /// # Errors
    /// When the file can't be written: then nothing has changed.
    pub fn drop_index_keys(&self) -> Result<Vec<u32>, Error> {
        let mut inner = self.inner();
        let Inner { file, vault, before, .. } = &mut *inner;
        let mut newer = vault.clone();
        let older: Vec<u32> = vault.indexing(self.id()).skip(1).filter(|no| newer.remove(*no)).collect();
        if older.is_empty() {
            return Ok(older);
        }
        file.reseal(&[], &[], &older)?;
        before.push(std::mem::replace(vault, newer));
        Ok(older)
    }
}

/// Pages sealed under another key than the newest, sealed under that.
fn anew(pages: &[Page], vault: &Vault, entropy: &mut dyn Entropy) -> Result<Vec<Page>, Error> {
    let mut all = Vec::new();
    for page in pages {
        // Opened first: what can't be read is no page to go on with.
        Written::open(page, vault)?;
        let owner = page.record.to_string();
        let anew = vault.resealed(place(&owner, &page.id), &Sealed(page.sealed.clone()), entropy);
        if let Some(anew) = anew.map_err(|error| Error::Damaged(error.to_string()))? {
            all.push(Page { sealed: anew.0, ..page.clone() });
        }
    }
    Ok(all)
}
