//! What can be asked about signed sheets that are scanned in at a window.

use std::fmt;
use std::sync::Arc;

use base::{PersonId, RecordId};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

/// The bytes of a scan. Its hash stands for it in the input's hash, and nothing of it in what is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Scan(pub Arc<Vec<u8>>);

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Serialize for Scan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&Sha256::digest(&*self.0))
    }
}

/// A command about a scanned sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnPapers {
    /// It is kept.
    Keep {
        /// With whom.
        person: PersonId,
        /// What it proves: a document of theirs; `None`: that they asked to be taken in.
        of: Option<RecordId>,
        /// The scan.
        scan: Scan,
    },
    /// It was the wrong sheet: the scan goes, that it was there stays.
    Drop {
        /// With whom.
        person: PersonId,
        /// Which.
        paper: RecordId,
        /// Why.
        why: String,
    },
}

impl OnPapers {
    /// Whose record it is about.
    pub(crate) fn person(&self) -> PersonId {
        match self {
            OnPapers::Keep { person, .. } | OnPapers::Drop { person, .. } => *person,
        }
    }
}
