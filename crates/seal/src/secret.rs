//! The city's secret, and the three keys that are made of it.

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Salts, Signer};

/// The secret: whoever has it can sign for the city and try out what leaves say.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; 32]>);

pub(crate) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    // A whole block of key, the rest zeros, is what HMAC makes of a shorter one: this way there is no error to handle.
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block[..key.len()].copy_from_slice(key);
    <Hmac<Sha256> as KeyInit>::new(&block)
}

impl Secret {
    /// From the secrets file.
    pub fn new(bytes: [u8; 32]) -> Secret {
        Secret(Zeroizing::new(bytes))
    }

    fn derived(&self, what: &str) -> Zeroizing<[u8; 32]> {
        let mut keyed = keyed(&self.0);
        keyed.update(what.as_bytes());
        Zeroizing::new(keyed.finalize().into_bytes().into())
    }

    /// Signs for a log of this origin. `None` when nothing can be called this.
    pub fn signer(&self, origin: &str) -> Option<Signer> {
        Signer::new(origin, &self.derived("ongoeul seal: signing"))
    }

    /// Salts of postings.
    pub fn salts(&self) -> Salts {
        Salts::new(keyed(&self.derived("ongoeul seal: salts")))
    }

    /// The key that blinds the tree of sums made at a posting: another one each night, so that two nights' leaves can't
    /// be told to be one holder's.
    pub fn float_key(&self, posting: u64) -> Zeroizing<[u8; 32]> {
        self.derived(&format!("ongoeul seal: float at {posting}"))
    }
}
