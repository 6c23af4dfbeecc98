//! The chain: each entry's hash is taken over the hash before it and all that the entry says.

use sha2::{Digest, Sha256};

use crate::{Hash, Look, LookNo};

/// What the first entry follows.
const GENESIS: &[u8] = b"ongoeul access ledger 1";

/// Where a chain stands: its last entry, and the hash that vouches for it and for all before it. Kept elsewhere, it
/// shows whether the file was cut off or written anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last entry; zero when there is none yet.
    pub no: LookNo,
    /// Its hash.
    pub hash: Hash,
}

impl Head {
    /// The head of a chain without entries.
    pub fn genesis() -> Head {
        Head { no: LookNo(0), hash: Hash(Sha256::digest(GENESIS).into()) }
    }
}

/// Takes the hashes of one entry after another.
#[derive(Debug)]
pub(crate) struct Chain {
    head: Head,
    bytes: Vec<u8>,
}

impl Chain {
    pub(crate) fn from(head: Head) -> Chain {
        Chain { head, bytes: Vec::with_capacity(512) }
    }

    pub(crate) fn head(&self) -> Head {
        self.head
    }

    /// Adds the entry after the last one.
    pub(crate) fn add(&mut self, look: &Look, whom_before: LookNo, who_before: LookNo) -> Head {
        let no = self.head.no.next();
        self.bytes.clear();
        self.bytes.extend_from_slice(&self.head.hash.0);
        canonical(&mut self.bytes, no, look, [whom_before, who_before]);
        self.head = Head { no, hash: Hash(Sha256::digest(&self.bytes).into()) };
        self.head
    }
}

/// The one way to write an entry down: integers little-endian in 8 bytes; a text behind its length in bytes; a text
/// that may be missing behind a byte that says whether it is there.
fn canonical(bytes: &mut Vec<u8>, no: LookNo, look: &Look, before: [LookNo; 2]) {
    bytes.extend_from_slice(&no.0.to_le_bytes());
    bytes.extend_from_slice(&look.at.0.to_le_bytes());
    bytes.extend_from_slice(&look.whom.0.to_le_bytes());
    for no in before {
        bytes.extend_from_slice(&no.0.to_le_bytes());
    }
    for text in [&look.who, &look.role, &look.what, &look.purpose, &look.from] {
        put(bytes, text);
    }
    for text in [&look.reason, &look.task] {
        bytes.push(u8::from(text.is_some()));
        if let Some(text) = text {
            put(bytes, text);
        }
    }
}

fn put(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use base::{Instant, PersonId};

    use super::{Chain, Head};
    use crate::{Look, LookNo};

    fn look() -> Look {
        let text = str::to_owned;
        Look {
            at: Instant(5),
            who: text("acc_1"),
            role: text("clerk"),
            whom: PersonId(7),
            what: text("window.person"),
            purpose: text("intake"),
            from: text("10.0.0.1"),
            reason: None,
            task: None,
        }
    }

    fn hash(look: &Look, whom: u64, who: u64) -> String {
        Chain::from(Head::genesis()).add(look, LookNo(whom), LookNo(who)).hash.to_string()
    }

    /// Whatever an entry says, its hash says too; and no two entries are written down alike.
    #[test]
    fn every_field_counts() {
        let mut seen = vec![hash(&look(), 0, 0), hash(&look(), 1, 0), hash(&look(), 0, 1)];
        let changes: [fn(&mut Look); 11] = [
            |look| look.at.0 += 1,
            |look| look.who.push('1'),
            |look| look.role.push('1'),
            |look| look.whom.0 += 1,
            |look| look.what.push('1'),
            |look| look.purpose.push('1'),
            |look| look.from.push('1'),
            |look| look.reason = Some("1".to_owned()),
            |look| look.task = Some("1".to_owned()),
            |look| look.reason = Some(String::new()),
            // One field's end moved to the next one's beginning.
            |look| (look.who, look.role) = ("acc_".to_owned(), "1clerk".to_owned()),
        ];
        for change in changes {
            let mut other = look();
            change(&mut other);
            seen.push(hash(&other, 0, 0));
        }
        let many = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), many);
    }

    /// Kept heads are compared for years: what is hashed must never change. (Computed elsewhere.)
    #[test]
    fn the_form_is_fixed() {
        assert_eq!(hash(&look(), 0, 0), "ba92eb4a6bba3903283451ccf2a220e4fba302c3fa326d0c9ce94f1d51c25d8c");
        let mut other = look();
        (other.reason, other.task) = (Some("신고 확인".to_owned()), Some("tsk_1".to_owned()));
        assert_eq!(hash(&other, 3, 4), "6c98dd71716aa57a879452ca902f30db46b5aab4ce44fa786410b98a139bd227");
    }
}
