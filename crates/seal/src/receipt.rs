//! A receipt as a file: what somebody shows of a posting, and the proof that it stands in the log. It is checked without
//! asking anybody.

use serde::{Deserialize, Serialize};

use crate::leaf::{commitment_of, part_hash};
use crate::{BadNote, Checkpoint, Hash, Opening, VerifierKey, from_hex, hex, verify_inclusion};

/// The form of the file.
const FORMAT: &str = "ongoeul receipt 1";
/// Nobody's posting has more parts.
const MOST_PARTS: usize = 256;

/// The file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    format: String,
    /// The posting's number: its leaf is the one before it, counted from zero.
    pub posting: u64,
    /// Its parts, in order: open, or their hash alone.
    pub parts: Vec<ShownPart>,
    /// From the leaf to the root, base64.
    path: Vec<String>,
    /// The signed checkpoint that the path leads to.
    pub checkpoint: String,
    /// The key that signed it. A stranger compares it with the one the city made known elsewhere.
    pub key: String,
}

/// A part in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum ShownPart {
    /// Open.
    Open {
        /// What it is.
        name: String,
        /// Hex.
        salt: String,
        /// What it says.
        text: String,
    },
    /// Kept to oneself.
    Closed {
        /// Hex.
        hash: String,
    },
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotProved {
    /// Not a receipt.
    #[error("this is not a receipt file")]
    Form,
    /// What it shows is not of the posting it names.
    #[error("the receipt names one posting and shows another")]
    Number,
    /// The path doesn't lead to the checkpoint's root.
    #[error("what the receipt says is not what was sealed: it was changed, or is of another log")]
    Path,
    /// The checkpoint isn't signed by the key.
    #[error("the checkpoint: {0}")]
    Note(#[from] BadNote),
    /// The receipt's checkpoint is not the one that is trusted.
    #[error(
        "the receipt leads to another checkpoint than the one given: fetch the receipt file again and a checkpoint after it, or check with --key alone"
    )]
    OtherCheckpoint,
}

/// Whom who checks believes.
#[derive(Debug, Clone)]
pub enum Trust<'a> {
    /// The receipt's own key: it shows that the receipt is whole, and the key is compared by eye.
    ItsOwn,
    /// This key, however the receipt calls its own.
    Key(&'a VerifierKey),
    /// This checkpoint, which was had from elsewhere.
    Checkpoint(&'a Checkpoint),
}

/// What a receipt proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The posting.
    pub posting: u64,
    /// What is open: names and texts.
    pub shown: Vec<(String, String)>,
    /// How many parts are kept back.
    pub closed: usize,
    /// Sealed at the latest with this.
    pub checkpoint: Checkpoint,
    /// Signed by this key.
    pub key: String,
}

impl Checked {
    /// What an open part says.
    pub fn part(&self, name: &str) -> Option<&str> {
        self.shown.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// A value of the open head.
    pub fn head(&self, member: &str) -> Option<serde_json::Value> {
        let head: serde_json::Value = serde_json::from_str(self.part("head")?).ok()?;
        head.get(member).cloned()
    }
}

impl Receipt {
    /// Puts one together. `show` says which parts are opened; the head always is.
    pub fn new(
        posting: u64,
        opening: &Opening,
        show: impl Fn(&str) -> bool,
        path: &[Hash],
        checkpoint: &str,
        key: &VerifierKey,
    ) -> Receipt {
        let parts = opening.parts.iter().map(|part| match part.name.as_str() {
            name if name == "head" || show(name) => {
                ShownPart::Open { name: name.to_owned(), salt: hex(&part.salt), text: part.text.clone() }
            }
            _ => ShownPart::Closed { hash: hex(&part.hash().0) },
        });
        Receipt {
            format: FORMAT.into(),
            posting,
            parts: parts.collect(),
            path: path.iter().map(Hash::base64).collect(),
            checkpoint: checkpoint.to_owned(),
            key: key.to_string(),
        }
    }

    /// Reads the file.
    pub fn read(text: &str) -> Result<Receipt, NotProved> {
        let receipt: Receipt =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| NotProved::Form)?;
        let good = receipt.format == FORMAT && receipt.parts.len() <= MOST_PARTS && receipt.path.len() <= 64;
        if good { Ok(receipt) } else { Err(NotProved::Form) }
    }

    /// The file's text.
    pub fn write(&self) -> String {
        // Plain strings and numbers: this can't fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Checks it, believing whom it is told to believe.
    pub fn check(&self, trust: &Trust<'_>) -> Result<Checked, NotProved> {
        let own = VerifierKey::parse(&self.key)?;
        let checkpoint = match trust {
            Trust::ItsOwn => Checkpoint::open(&self.checkpoint, &own)?,
            Trust::Key(key) => Checkpoint::open(&self.checkpoint, key)?,
            Trust::Checkpoint(known) => {
                let checkpoint = Checkpoint::open(&self.checkpoint, &own)?;
                if checkpoint != **known {
                    return Err(NotProved::OtherCheckpoint);
                }
                checkpoint
            }
        };
        let hashes =
            self.parts.iter().map(ShownPart::hash).collect::<Option<Vec<Hash>>>().ok_or(NotProved::Form)?;
        let path = self.path.iter().map(|text| Hash::from_base64(text)).collect::<Option<Vec<Hash>>>();
        let path = path.ok_or(NotProved::Form)?;
        let leaf = Hash::leaf(&commitment_of(hashes.into_iter()));
        let index = self.posting.checked_sub(1).ok_or(NotProved::Number)?;
        if !verify_inclusion(leaf, index, checkpoint.size, &path, checkpoint.root) {
            return Err(NotProved::Path);
        }
        let shown: Vec<(String, String)> = self.parts.iter().filter_map(ShownPart::shown).collect();
        let key = match trust {
            Trust::Key(key) => key.to_string(),
            _ => self.key.clone(),
        };
        let closed = self.parts.len() - shown.len();
        let checked = Checked { posting: self.posting, shown, closed, checkpoint, key };
        // The place in the tree already says the number; a head that says another was sealed by somebody who lies.
        match checked.head("no").and_then(|no| no.as_u64()) {
            Some(no) if no == self.posting => Ok(checked),
            _ => Err(NotProved::Number),
        }
    }
}

impl ShownPart {
    fn hash(&self) -> Option<Hash> {
        match self {
            ShownPart::Open { name, salt, text } => Some(part_hash(&from_hex(salt)?, name, text)),
            ShownPart::Closed { hash } => from_hex(hash).map(Hash),
        }
    }

    fn shown(&self) -> Option<(String, String)> {
        match self {
            ShownPart::Open { name, text, .. } => Some((name.clone(), text.clone())),
            ShownPart::Closed { .. } => None,
        }
    }
}
