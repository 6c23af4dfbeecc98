//! The seal: the journal as a transparency log that strangers can verify.
//!
//! Every posting is a leaf of an append-only Merkle tree (RFC 6962), kept and served as C2SP tlog-tiles under a signed
//! checkpoint. A leaf is a salted commitment and tells nothing; who holds a posting's [`Receipt`] can show it to anybody.
//! What the city owes is told every night in a signed [`Statement`], whose tree of sums each holder finds themself in.
//!
//! Invariants:
//! - what a checkpoint counts is on the disk before the checkpoint is;
//! - no checkpoint is signed that is inconsistent with one before it: leaves are only ever added;
//! - a commitment binds every column of a posting and of its entries, and hides each part that isn't opened;
//! - no sum in the tree of sums is below zero, and none overflows.
//!
//! Deliberately absent: where postings come from and when they are sealed (the floor above follows the journal), and a
//! network of witnesses. The tree's arithmetic is written here, in two hundred lines that a second implementation in the
//! tests is held against: the crate that has it speaks another dialect of paths and brings notes we'd have to replace.

mod files;
mod hash;
mod leaf;
mod log;
mod note;
mod receipt;
mod secret;
mod statement;
mod sums;
mod tile;
mod tree;

pub use files::replace;
pub use hash::{Hash, from_hex, hex};
pub use leaf::{Opening, PARTS, Part, Salts, Sealed, commitment_of};
pub use log::{Damage, Log, Reader};
pub use note::{BadNote, Checkpoint, Signer, VerifierKey};
pub use receipt::{Checked, NotProved, Receipt, ShownPart, Trust};
pub use secret::Secret;
pub use statement::{BadStatement, ClassLine, Statement};
pub use sums::{FloatProof, Owed, ProvedPart, Sibling, SumRoot, SumTree, UnprovedSum, build};
pub use tile::{BadPath, Tile, WIDTH};
pub use tree::{Frontier, Nodes, consistency, inclusion, root, verify_consistency, verify_inclusion};
