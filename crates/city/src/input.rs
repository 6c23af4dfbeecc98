//! What a request's key stands for: the hash of all that was asked, PINs too.

use sha2::{Digest, Sha256};

use crate::{Command, OnCoupons};

impl Command {
    /// The PIN that somebody typed, to pay or to have from now on.
    fn pin(&self) -> Option<&str> {
        match self {
            Command::Pay { pin, .. }
            | Command::Authorise { pin, .. }
            | Command::OnCoupons(OnCoupons::PayPart { pin, .. }) => pin.as_deref(),
            Command::SetPin { pin, .. } => Some(pin),
            _ => None,
        }
    }

    /// Whether a PIN is tried with it.
    pub fn tries_pin(&self) -> bool {
        self.pin().is_some() && !matches!(self, Command::SetPin { .. })
    }

    /// Whether what was asked could be guessed from a plain hash of it: what is about people, what a PIN of few digits came
    /// with, and what a token is for (all else of it stands beside it). It is kept as a keyed hash only.
    pub(crate) fn is_guessable(&self) -> bool {
        self.is_about_people() || self.pin().is_some() || matches!(self, Command::Grant(_))
    }

    /// First 16 bytes of the SHA-256 of what was asked: one key can't stand for two wishes. A PIN is a part of the wish, so
    /// the hash of one with a PIN stays in memory, and is kept under a key. What the server itself makes up for each asking (a
    /// hook's secret) is none: whoever asks again doesn't know it.
    pub fn input_hash(&self) -> [u8; 16] {
        let mut wish = Sha256::new();
        wish.update(serde_json::to_vec(self).unwrap_or_default());
        if let Some(pin) = self.pin() {
            // No JSON text has this byte: no wish without a PIN is one with it.
            wish.update([0]);
            wish.update(pin);
        }
        let mut hash = [0u8; 16];
        hash.copy_from_slice(&wish.finalize()[..16]);
        hash
    }
}
