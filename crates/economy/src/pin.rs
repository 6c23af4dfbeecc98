//! PINs: four to six digits, kept as a keyed hash. The key stands outside the database, so that a dump of it alone
//! can't be tried out (a PIN has too few digits for a slow hash to help).

use base::CardId;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// True for four to six digits.
pub fn is_well_formed(pin: &str) -> bool {
    (4..=6).contains(&pin.len()) && pin.bytes().all(|b| b.is_ascii_digit())
}

/// The keyed hash of a card's PIN.
pub fn seal(key: &[u8; 32], card: CardId, pin: &str) -> [u8; 16] {
    let mut out = [0u8; 16];
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
        mac.update(&card.0.to_le_bytes());
        mac.update(pin.as_bytes());
        out.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    }
    out
}

/// Whether the PIN is the card's, in constant time.
pub fn matches(key: &[u8; 32], card: CardId, pin: &str, sealed: &[u8; 16]) -> bool {
    let tried = seal(key, card, pin);
    tried.iter().zip(sealed).fold(0u8, |difference, (a, b)| difference | (a ^ b)) == 0
}
