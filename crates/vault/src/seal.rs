//! Sealing bytes under a key: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha), nonces drawn at random.
//!
//! A sealed field is: the form (1 byte), the number of its data key (4 bytes, big end first), the nonce (24 bytes), the
//! text with its tag (16 bytes more than the text).

use base::Entropy;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

/// The only form so far.
const FORM: u8 = 1;
const NUMBER: usize = 4;
const NONCE: usize = 24;
const HEAD: usize = 1 + NUMBER + NONCE;

/// Sealed bytes, as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

/// Why sealed bytes don't open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CantOpen {
    /// Not something this vault seals.
    #[error("these bytes are not a sealed field")]
    Form,
    /// The data key is not here.
    #[error("the data key {0} is not in the vault")]
    NoKey(u32),
    /// Changed, or taken from another place, or the wrong key.
    #[error("a sealed field was changed, or stands where it was not written")]
    Foreign,
}

impl Sealed {
    /// The number of the data key it was sealed under.
    pub fn key_no(&self) -> Result<u32, CantOpen> {
        let number: [u8; NUMBER] = self
            .0
            .get(1..1 + NUMBER)
            .filter(|_| self.0.len() >= HEAD && self.0[0] == FORM)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(CantOpen::Form)?;
        Ok(u32::from_be_bytes(number))
    }
}

/// Seals `text` under a key, bound to `place`.
pub(crate) fn seal(key: &[u8; 32], no: u32, place: &[u8], text: &[u8], entropy: &mut dyn Entropy) -> Sealed {
    let mut nonce = [0u8; NONCE];
    for word in nonce.chunks_exact_mut(8) {
        word.copy_from_slice(&entropy.next_u64().to_be_bytes());
    }
    let mut sealed = Vec::with_capacity(HEAD + text.len() + 16);
    sealed.push(FORM);
    sealed.extend_from_slice(&no.to_be_bytes());
    sealed.extend_from_slice(&nonce);
    let cipher = XChaCha20Poly1305::new(Key::from_slice(key));
    // It fails for texts of 256 GiB only; then nothing is stored that could be opened.
    if let Ok(text) = cipher.encrypt(XNonce::from_slice(&nonce), Payload { msg: text, aad: place }) {
        sealed.extend_from_slice(&text);
    }
    Sealed(sealed)
}

/// Opens what [`seal`] sealed under the same key at the same place.
pub(crate) fn open(key: &[u8; 32], place: &[u8], sealed: &Sealed) -> Result<Vec<u8>, CantOpen> {
    sealed.key_no()?;
    let (nonce, text) = sealed.0[1 + NUMBER..].split_at(NONCE);
    XChaCha20Poly1305::new(Key::from_slice(key))
        .decrypt(XNonce::from_slice(nonce), Payload { msg: text, aad: place })
        .map_err(|_| CantOpen::Foreign)
}
