//! The arithmetic of RFC 6962: roots, proofs that a leaf is in a tree, proofs that a tree goes on from another.

use std::ops::Range;

use crate::Hash;

/// Where the hashes of complete subtrees are found.
pub trait Nodes {
    /// Why one can't be read.
    type Error;

    /// The hash over the leaves `index << height .. (index + 1) << height`, all of which are there.
    fn node(&self, height: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The right edge of a tree: the complete subtrees its size is made of, the largest first. Enough to add leaves and to
/// know the root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}

impl Frontier {
    /// Of a tree that is read from somewhere.
    pub fn of<N: Nodes>(nodes: &N, size: u64) -> Result<Frontier, N::Error> {
        let mut edge = Frontier { size, nodes: Vec::new() };
        let mut start = 0;
        for height in (0..64).rev().filter(|height| size >> height & 1 == 1) {
            edge.nodes.push(nodes.node(height, start >> height)?);
            start += 1 << height;
        }
        Ok(edge)
    }

    /// From its parts; `None` when there aren't as many as such a size has.
    pub fn from_parts(size: u64, nodes: Vec<Hash>) -> Option<Frontier> {
        (nodes.len() == size.count_ones() as usize).then_some(Frontier { size, nodes })
    }

    /// Leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The complete subtrees, the largest first.
    pub fn nodes(&self) -> &[Hash] {
        &self.nodes
    }

    /// Adds a leaf's hash, and tells each subtree that it completes, by its height.
    pub fn push(&mut self, leaf: Hash, complete: &mut dyn FnMut(u32, Hash)) {
        let (mut hash, mut height) = (leaf, 0);
        complete(0, hash);
        while self.size >> height & 1 == 1 {
            if let Some(left) = self.nodes.pop() {
                hash = Hash::node(&left, &hash);
            }
            height += 1;
            complete(height, hash);
        }
        self.nodes.push(hash);
        self.size += 1;
    }

    /// The tree's root.
    pub fn root(&self) -> Hash {
        let mut nodes = self.nodes.iter().rev();
        let Some(last) = nodes.next() else { return Hash::empty() };
        nodes.fold(*last, |right, left| Hash::node(left, &right))
    }
}

/// The root of the tree's first `size` leaves.
pub fn root<N: Nodes>(nodes: &N, size: u64) -> Result<Hash, N::Error> {
    Ok(Frontier::of(nodes, size)?.root())
}

/// The largest power of two below `n`, which is at least two.
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// The root over a range that starts where a subtree of its size may.
fn over<N: Nodes>(nodes: &N, range: Range<u64>) -> Result<Hash, N::Error> {
    let n = range.end - range.start;
    if n.is_power_of_two() {
        let height = n.trailing_zeros();
        return nodes.node(height, range.start >> height);
    }
    let middle = range.start + split(n);
    Ok(Hash::node(&over(nodes, range.start..middle)?, &over(nodes, middle..range.end)?))
}

/// The path from a leaf to the root of the first `size` leaves; `index` is below `size`.
pub fn inclusion<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let mut path = Vec::new();
    let mut range = 0..size;
    // From the root down; the proof is told from the leaf up.
    while range.end - range.start > 1 && range.contains(&index) {
        let middle = range.start + split(range.end - range.start);
        if index < middle {
            path.push(over(nodes, middle..range.end)?);
            range.end = middle;
        } else {
            path.push(over(nodes, range.start..middle)?);
            range.start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of `new` leaves begins with the tree of `old` (neither zero, `old` not above `new`).
pub fn consistency<N: Nodes>(nodes: &N, old: u64, new: u64) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    let (mut range, mut whole) = (0..new, true);
    if old == 0 || old > new {
        return Ok(proof);
    }
    while range.end != old {
        let middle = range.start + split(range.end - range.start);
        if old <= middle {
            proof.push(over(nodes, middle..range.end)?);
            range.end = middle;
        } else {
            proof.push(over(nodes, range.start..middle)?);
            range.start = middle;
            whole = false;
        }
    }
    if !whole {
        proof.push(over(nodes, range)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Whether a path leads from a leaf to a root (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash], root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for beside in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = Hash::node(beside, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = Hash::node(&hash, beside);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Whether a proof shows that the tree of `new` leaves begins with the tree of `old` (RFC 9162, 2.1.4.2). Every tree
/// begins with the empty one.
pub fn verify_consistency(old: (u64, Hash), new: (u64, Hash), proof: &[Hash]) -> bool {
    let ((old, old_root), (new, new_root)) = (old, new);
    if old == 0 {
        return proof.is_empty() && old_root == Hash::empty();
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    if old > new {
        return false;
    }
    let mut proof = proof.iter();
    // A tree that is one complete subtree is where the proof begins, and isn't told.
    let first = if old.is_power_of_two() { Some(&old_root) } else { proof.next() };
    let Some(first) = first else { return false };
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut small, mut large) = (*first, *first);
    for beside in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            small = Hash::node(beside, &small);
            large = Hash::node(beside, &large);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            large = Hash::node(&large, beside);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && small == old_root && large == new_root
}
