//! Signing what leaves the house and comes back: cookies, form tokens, shop codes.

use hmac::{Hmac, Mac};
use sha2::Sha256;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A keyed hash of a message under a purpose, as text of `length` base-32 digits (5 bits each, 51 at most).
pub(crate) fn seal(key: &[u8; 32], purpose: &str, message: &str, length: usize) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(message.as_bytes());
    let bytes = mac.finalize().into_bytes();
    let bit = |index: usize| (bytes[index / 8] >> (7 - index % 8)) & 1;
    (0..length.min(51))
        .map(|digit| {
            let value = (0..5).fold(0u8, |value, offset| (value << 1) | bit(digit * 5 + offset));
            char::from(ALPHABET[usize::from(value)])
        })
        .collect()
}

/// A keyed hash of a message under a purpose, as it is kept.
pub(crate) fn keyed(key: &[u8; 32], purpose: &str, message: &str) -> [u8; 16] {
    let mut out = [0u8; 16];
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(message.as_bytes());
        out.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    }
    out
}

/// Compares in constant time.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0u8, |d, (x, y)| d | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_messages_are_apart() {
        let key = [1; 32];
        let one = seal(&key, "csrf", "a", 26);
        assert_eq!(one.len(), 26);
        assert!(same(&one, &seal(&key, "csrf", "a", 26)));
        assert!(!same(&one, &seal(&key, "session", "a", 26)));
        assert!(!same(&one, &seal(&key, "csrf", "b", 26)));
        assert!(!same(&one, &seal(&[2; 32], "csrf", "a", 26)));
    }
}
