//! The tree of sums: what the city owes, holder by holder, so blinded that each finds themself in it and nobody else.
//!
//! Every holder's sum is cut in two at a random place, and each part is a leaf behind a salted commitment. Leaves stand in
//! the order of their commitments, which is as good as drawn by lot, among leaves of nothing that fill the tree up. Every
//! node carries the sum of its two children, so the root's is the sum of all, and no part below can be left out of it or
//! be below zero. Who checks their own two paths learns, of one other holder each, a random part of a sum; of all others
//! sums of many; of nobody a name, nor how many holders there are.
//!
//! On the disk: level upon level of records (sum, hash), leaves first. A leaf's record has its commitment instead.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use hmac::Mac;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::secret::keyed;
use crate::{BadNote, Hash, Statement, VerifierKey, from_hex, hex};

const TAG: &[u8] = b"ongoeul float 1\0";
/// The form of a proof.
const FORMAT: &str = "ongoeul float proof 1";
/// Bytes of a record: a sum, and a hash.
const RECORD: u64 = 40;
/// Parts a holder's sum is cut into.
const PARTS: u8 = 2;
/// No tree is deeper.
const DEEPEST: usize = 48;

/// A sum with what it is the sum of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Node {
    sum: u64,
    hash: Hash,
}

impl Node {
    fn leaf(sum: u64, commitment: &[u8; 32]) -> Node {
        let hash = Sha256::new().chain_update([0]).chain_update(sum.to_be_bytes()).chain_update(commitment);
        Node { sum, hash: Hash(hash.finalize().into()) }
    }

    /// `None` when the sum would be larger than any.
    fn over(left: &Node, right: &Node) -> Option<Node> {
        let sum = left.sum.checked_add(right.sum).filter(|sum| i64::try_from(*sum).is_ok())?;
        let mut hash = Sha256::new().chain_update([1]);
        for node in [left, right] {
            hash = hash.chain_update(node.sum.to_be_bytes()).chain_update(node.hash.0);
        }
        Some(Node { sum, hash: Hash(hash.finalize().into()) })
    }

    fn record(&self) -> [u8; RECORD as usize] {
        record(self.sum, &self.hash.0)
    }
}

fn record(sum: u64, hash: &[u8; 32]) -> [u8; RECORD as usize] {
    let mut bytes = [0; RECORD as usize];
    bytes[..8].copy_from_slice(&sum.to_be_bytes());
    bytes[8..].copy_from_slice(hash);
    bytes
}

fn recorded(bytes: &[u8]) -> Option<(u64, [u8; 32])> {
    let (sum, hash) = bytes.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*sum), hash.try_into().ok()?))
}

/// What somebody is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The opaque id of a holder or a shop, or the name of an account of the scheme's own.
    pub who: String,
    /// Won.
    pub won: u64,
}

/// The root of a tree of sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SumRoot {
    /// Won in all.
    pub sum: u64,
    /// The root.
    pub hash: Hash,
    /// Leaves, those of nothing included: a power of two.
    pub leaves: u64,
}

/// A part's salt: it can't be guessed without the night's key.
fn part_salt(key: &[u8; 32], who: &str, part: u8) -> [u8; 32] {
    let mut keyed = keyed(key);
    keyed.update(&[b's', part]);
    keyed.update(who.as_bytes());
    keyed.finalize().into_bytes().into()
}

fn commitment(salt: &[u8; 32], who: &str, part: u8) -> [u8; 32] {
    Sha256::new()
        .chain_update(TAG)
        .chain_update(salt)
        .chain_update([part])
        .chain_update(who)
        .finalize()
        .into()
}

/// Cuts a sum in two.
fn cut(key: &[u8; 32], owed: &Owed) -> [u64; 2] {
    let mut keyed = keyed(key);
    keyed.update(b"c");
    keyed.update(owed.who.as_bytes());
    let drawn: [u8; 32] = keyed.finalize().into_bytes().into();
    let drawn = drawn.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let first = match owed.won.checked_add(1) {
        Some(choices) => drawn % choices,
        None => drawn,
    };
    [first, owed.won - first]
}

/// Leaves, sorted, filled up.
fn leaves(key: &[u8; 32], all: &[Owed]) -> Vec<([u8; 32], u64)> {
    let mut leaves = Vec::with_capacity((all.len() * usize::from(PARTS)).next_power_of_two());
    for owed in all {
        let sums = cut(key, owed);
        leaves.extend(
            (0..PARTS)
                .zip(sums)
                .map(|(part, sum)| (commitment(&part_salt(key, &owed.who, part), &owed.who, part), sum)),
        );
    }
    for filler in 0_u64.. {
        if leaves.len().is_power_of_two() && filler > 0 {
            break;
        }
        let mut keyed = keyed(key);
        keyed.update(b"f");
        keyed.update(&filler.to_be_bytes());
        leaves.push((keyed.finalize().into_bytes().into(), 0));
    }
    leaves.sort_unstable();
    leaves
}

/// Builds the tree and writes it to a file. `None` when the sums overflow. Nobody may stand in the list twice.
pub fn build(key: &[u8; 32], all: &[Owed], file: &Path) -> io::Result<Option<SumRoot>> {
    let leaves = leaves(key, all);
    let count = leaves.len() as u64;
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut out = BufWriter::with_capacity(1 << 18, File::create(&beside)?);
    let mut level: Vec<Node> = Vec::with_capacity(leaves.len());
    for (commitment, sum) in &leaves {
        out.write_all(&record(*sum, commitment))?;
        level.push(Node::leaf(*sum, commitment));
    }
    drop(leaves);
    while level.len() > 1 {
        let above: Option<Vec<Node>> =
            level.as_chunks::<2>().0.iter().map(|[left, right]| Node::over(left, right)).collect();
        let Some(above) = above else { return Ok(None) };
        above.iter().try_for_each(|node| out.write_all(&node.record()))?;
        level = above;
    }
    out.into_inner()?.sync_all()?;
    std::fs::rename(&beside, file)?;
    let top = level.first().copied();
    Ok(top.map(|top| SumRoot { sum: top.sum, hash: top.hash, leaves: count }))
}

/// A tree on the disk.
#[derive(Debug, Clone)]
pub struct SumTree {
    file: PathBuf,
    leaves: u64,
}

impl SumTree {
    /// The tree in a file, of so many leaves.
    pub fn of(file: &Path, leaves: u64) -> SumTree {
        SumTree { file: file.to_path_buf(), leaves }
    }

    /// The proof of what somebody is owed; `None` when nothing is.
    pub fn prove(&self, key: &[u8; 32], who: &str, statement: &str) -> io::Result<Option<FloatProof>> {
        let mut file = BufReader::new(File::open(&self.file)?);
        let mut parts = Vec::new();
        for part in 0..PARTS {
            let salt = part_salt(key, who, part);
            let wanted = commitment(&salt, who, part);
            let Some((index, sum)) = self.find(&mut file, &wanted)? else { return Ok(None) };
            let path = self.path(&mut file, index)?;
            parts.push(ProvedPart { index, sum, salt: hex(&salt), path });
        }
        let won = parts.iter().map(|part| part.sum).sum();
        Ok(Some(FloatProof {
            format: FORMAT.into(),
            holder: who.into(),
            won,
            parts,
            statement: statement.into(),
        }))
    }

    fn find(&self, file: &mut BufReader<File>, wanted: &[u8; 32]) -> io::Result<Option<(u64, u64)>> {
        let (mut low, mut high) = (0, self.leaves);
        while low < high {
            let middle = low + (high - low) / 2;
            let (sum, found) = at(file, middle)?;
            match found.cmp(wanted) {
                std::cmp::Ordering::Equal => return Ok(Some((middle, sum))),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    fn path(&self, file: &mut BufReader<File>, index: u64) -> io::Result<Vec<Sibling>> {
        let (mut start, mut width, mut at_level, mut path) = (0, self.leaves, index, Vec::new());
        while width > 1 {
            let (sum, hash) = at(file, start + (at_level ^ 1))?;
            // A leaf's record has its commitment; its neighbour is told the hash over it.
            let hash = if start == 0 { Node::leaf(sum, &hash).hash } else { Hash(hash) };
            path.push(Sibling { sum, hash: hash.base64() });
            start += width;
            width /= 2;
            at_level /= 2;
        }
        Ok(path)
    }
}

fn at(file: &mut BufReader<File>, index: u64) -> io::Result<(u64, [u8; 32])> {
    file.seek(SeekFrom::Start(index * RECORD))?;
    let mut bytes = [0; RECORD as usize];
    file.read_exact(&mut bytes)?;
    recorded(&bytes).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// A holder's proof that what they are owed is in the city's statement, as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloatProof {
    format: String,
    /// Whose: an opaque id.
    pub holder: String,
    /// Won they were owed at that moment.
    pub won: u64,
    /// The parts it was cut into.
    pub parts: Vec<ProvedPart>,
    /// The signed statement.
    pub statement: String,
}

/// A part of a holder's sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvedPart {
    index: u64,
    sum: u64,
    salt: String,
    path: Vec<Sibling>,
}

/// A node beside the path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sibling {
    sum: u64,
    hash: String,
}

/// Why a proof of the float proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnprovedSum {
    /// Not a proof.
    #[error("this is not a proof of the float")]
    Form,
    /// The statement isn't signed by the key.
    #[error("the statement: {0}")]
    Note(#[from] BadNote),
    /// The statement is not one, or contradicts itself.
    #[error("the statement: {0}")]
    Statement(#[from] crate::BadStatement),
    /// The path doesn't lead to the statement's root.
    #[error("this sum is not in the statement: the proof was changed, or is of another night")]
    Path,
    /// The parts aren't the whole.
    #[error("the parts don't add up to the sum")]
    Sum,
}

impl FloatProof {
    /// Reads the file.
    pub fn read(text: &str) -> Result<FloatProof, UnprovedSum> {
        let proof: FloatProof =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| UnprovedSum::Form)?;
        if proof.format == FORMAT { Ok(proof) } else { Err(UnprovedSum::Form) }
    }

    /// The file's text.
    pub fn write(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Checks it, with the key the statement is signed with.
    pub fn check(&self, key: &VerifierKey) -> Result<Statement, UnprovedSum> {
        let statement = Statement::open(&self.statement, key)?;
        if self.parts.len() != usize::from(PARTS) {
            return Err(UnprovedSum::Form);
        }
        let mut sum: u64 = 0;
        for (part, proved) in (0..PARTS).zip(&self.parts) {
            let salt = from_hex(&proved.salt).ok_or(UnprovedSum::Form)?;
            let leaf = Node::leaf(proved.sum, &commitment(&salt, &self.holder, part));
            if proved.path.len() > DEEPEST || 1_u64 << proved.path.len() != statement.sums.leaves {
                return Err(UnprovedSum::Path);
            }
            let top = proved.top(leaf).ok_or(UnprovedSum::Path)?;
            if top.hash != statement.sums.hash || top.sum != statement.sums.sum {
                return Err(UnprovedSum::Path);
            }
            sum = sum.checked_add(proved.sum).ok_or(UnprovedSum::Sum)?;
        }
        if sum == self.won { Ok(statement) } else { Err(UnprovedSum::Sum) }
    }
}

impl ProvedPart {
    fn top(&self, leaf: Node) -> Option<Node> {
        let mut index = self.index;
        let mut node = leaf;
        for sibling in &self.path {
            let beside = Node { sum: sibling.sum, hash: Hash::from_base64(&sibling.hash)? };
            node = if index & 1 == 0 { Node::over(&node, &beside)? } else { Node::over(&beside, &node)? };
            index >>= 1;
        }
        (index == 0).then_some(node)
    }
}
