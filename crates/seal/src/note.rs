//! Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint), with Ed25519.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::{Hash, from_hex, hex};

/// Ed25519, among the kinds of signatures.
const ED25519: u8 = 1;
/// Nobody's note is longer.
const LONGEST: usize = 1 << 20;
/// Signatures looked at.
const MOST: usize = 32;

/// What is wrong with a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadNote {
    /// Not a note, or not the text it should be.
    #[error("this is not a signed note of the expected form")]
    Form,
    /// Not a key's text.
    #[error("this is not a verifier key (name+id+key)")]
    Key,
    /// Nobody known signed it.
    #[error("the note isn't signed by this key")]
    Unsigned,
    /// The signature doesn't hold.
    #[error("the signature is wrong: the note was changed after it was signed")]
    Signature,
}

/// A key's name: not empty, no spaces, no plus.
fn good_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// The short number of a key.
fn key_id(name: &str, key: &[u8; 32]) -> [u8; 4] {
    let digest = Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(key).finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// Signs notes under a name.
pub struct Signer {
    name: String,
    key: SigningKey,
}

impl Signer {
    /// `None` when a key can't be called this.
    pub fn new(name: &str, seed: &[u8; 32]) -> Option<Signer> {
        good_name(name).then(|| Signer { name: name.to_owned(), key: SigningKey::from_bytes(seed) })
    }

    /// What others verify with.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A text of whole lines, signed.
    pub fn sign(&self, text: &str) -> String {
        let public = self.key.verifying_key().to_bytes();
        let mut bytes = key_id(&self.name, &public).to_vec();
        bytes.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n\u{2014} {} {}\n", self.name, STANDARD.encode(bytes))
    }
}

/// A public key with its name, as it is handed around: `name+id+key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: VerifyingKey,
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let public = self.key.to_bytes();
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(&public);
        write!(f, "{}+{}+{}", self.name, hex(&key_id(&self.name, &public)), STANDARD.encode(bytes))
    }
}

impl VerifierKey {
    /// From its text.
    pub fn parse(text: &str) -> Result<VerifierKey, BadNote> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(BadNote::Key);
        };
        let bytes = STANDARD.decode(key).map_err(|_| BadNote::Key)?;
        let Some((&ED25519, public)) = bytes.split_first() else { return Err(BadNote::Key) };
        let public: [u8; 32] = public.try_into().map_err(|_| BadNote::Key)?;
        if !good_name(name) || from_hex(id) != Some(key_id(name, &public)) {
            return Err(BadNote::Key);
        }
        let key = VerifyingKey::from_bytes(&public).map_err(|_| BadNote::Key)?;
        Ok(VerifierKey { name: name.to_owned(), key })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text of a note, if this key signed it.
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, BadNote> {
        let (text, signatures) = parts(note)?;
        let id = key_id(&self.name, &self.key.to_bytes());
        let mut signed = false;
        for line in signatures.lines().take(MOST) {
            let rest = line.strip_prefix("\u{2014} ").ok_or(BadNote::Form)?;
            let (name, bytes) = rest.split_once(' ').ok_or(BadNote::Form)?;
            let bytes = STANDARD.decode(bytes).map_err(|_| BadNote::Form)?;
            let Some((theirs, signature)) = bytes.split_first_chunk::<4>() else { return Err(BadNote::Form) };
            // Others may have signed as well: that is no concern of this key.
            if name != self.name || *theirs != id {
                continue;
            }
            let signature = Signature::from_slice(signature).map_err(|_| BadNote::Signature)?;
            self.key.verify_strict(text.as_bytes(), &signature).map_err(|_| BadNote::Signature)?;
            signed = true;
        }
        if signed { Ok(text) } else { Err(BadNote::Unsigned) }
    }
}

/// The text (whole lines) and the signatures of a note.
fn parts(note: &str) -> Result<(&str, &str), BadNote> {
    if note.len() > LONGEST || note.bytes().any(|byte| byte < b' ' && byte != b'\n') || !note.ends_with('\n')
    {
        return Err(BadNote::Form);
    }
    let at = note.rfind("\n\n").ok_or(BadNote::Form)?;
    let (text, signatures) = (&note[..=at], &note[at + 2..]);
    if signatures.is_empty() { Err(BadNote::Form) } else { Ok((text, signatures)) }
}

/// What a checkpoint says: so many leaves have this root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// Their root.
    pub root: Hash,
}

impl Checkpoint {
    /// Signed.
    pub fn sign(&self, signer: &Signer) -> String {
        signer.sign(&format!("{}\n{}\n{}\n", self.origin, self.size, self.root))
    }

    /// What a note says, if the key signed it.
    pub fn open(note: &str, key: &VerifierKey) -> Result<Checkpoint, BadNote> {
        Checkpoint::read(key.open(note)?)
    }

    /// What a note says, whoever signed it.
    pub fn unverified(note: &str) -> Result<Checkpoint, BadNote> {
        Checkpoint::read(parts(note)?.0)
    }

    fn read(text: &str) -> Result<Checkpoint, BadNote> {
        let mut lines = text.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty()).ok_or(BadNote::Form);
        let (origin, size, root) = (line()?, line()?, line()?);
        let plain = size.bytes().all(|b| b.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
        let size = size.parse().ok().filter(|_| plain).ok_or(BadNote::Form)?;
        let root = Hash::from_base64(root).ok_or(BadNote::Form)?;
        Ok(Checkpoint { origin: origin.to_owned(), size, root })
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    /// Signed by another program, with a key of its own.
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn a_note_of_another_program_opens() {
        let key = VerifierKey::parse(KEY).unwrap();
        assert_eq!(key.to_string(), KEY);
        assert!(key.open(NOTE).unwrap().ends_with("problem is.\n"));
        assert_eq!(key.open(&NOTE.replace("answer", "Answer")), Err(BadNote::Signature));
        assert_eq!(key.open(&NOTE.replace("Neumann x", "Neuman x")), Err(BadNote::Unsigned));
    }

    #[test]
    fn what_is_signed_opens_with_its_key_only() {
        let signer = Signer::new("card.example.kr/log", &[7; 32]).unwrap();
        let other = Signer::new("card.example.kr/log", &[8; 32]).unwrap();
        let checkpoint =
            Checkpoint { origin: "card.example.kr/log".into(), size: 20, root: Hash::leaf(b"x") };
        let note = checkpoint.sign(&signer);
        assert_eq!(Checkpoint::open(&note, &signer.verifier()), Ok(checkpoint));
        assert_eq!(Checkpoint::open(&note, &other.verifier()), Err(BadNote::Unsigned));
        assert_eq!(
            Checkpoint::open(&note.replace("\n20\n", "\n21\n"), &signer.verifier()),
            Err(BadNote::Signature)
        );
        let key = signer.verifier();
        assert_eq!(VerifierKey::parse(&key.to_string()), Ok(key));
    }

    #[test]
    fn hostile_notes_are_no_notes() {
        let key = VerifierKey::parse(KEY).unwrap();
        for note in [
            "",
            "\n",
            "\n\n",
            "a\n\n",
            "a\n\nb\n",
            "a\n\n\u{2014} \n",
            "a\n\n\u{2014} b c\n",
            "a\r\n\n\u{2014} b AAAA\n",
        ] {
            assert!(key.open(note).is_err(), "{note:?}");
            assert!(Checkpoint::unverified(note).is_err(), "{note:?}");
        }
        for text in ["o\n01\nAAAA\n\nx\n", "o\n+1\nAAAA\n\nx\n", "o\n18446744073709551616\nAAAA\n\nx\n"] {
            assert_eq!(Checkpoint::unverified(text), Err(BadNote::Form), "{text:?}");
        }
        for key in [
            "",
            "a",
            "a+b",
            "a+00000000+AQ==",
            "a b+00000000+AQ==",
            "a+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        ] {
            assert_eq!(VerifierKey::parse(key), Err(BadNote::Key), "{key}");
        }
    }

    #[test]
    fn names_of_keys() {
        for name in ["", "a b", "a+b", "a\nb", "a\u{3000}b"] {
            assert!(Signer::new(name, &[1; 32]).is_none(), "{name:?}");
        }
    }
}
