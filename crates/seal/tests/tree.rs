//! The tree against RFC 6962: vectors known from elsewhere, and a second implementation written from the text of the
//! standard alone, over random sizes.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use proptest::prelude::*;
use seal::{Frontier, Hash, Log, Nodes, Secret, Tile, consistency, from_hex, hex, inclusion, root};
use seal::{verify_consistency, verify_inclusion};
use testkit::TempDir;

/// MTH, PATH and PROOF as section 2.1 defines them, on lists of entries.
mod standard {
    use seal::Hash;

    pub fn mth(d: &[Vec<u8>]) -> Hash {
        match d {
            [] => Hash::empty(),
            [one] => Hash::leaf(one),
            _ => {
                let k = k(d.len());
                Hash::node(&mth(&d[..k]), &mth(&d[k..]))
            }
        }
    }

    fn k(n: usize) -> usize {
        let mut k = 1;
        while 2 * k < n {
            k *= 2;
        }
        k
    }

    pub fn path(m: usize, d: &[Vec<u8>]) -> Vec<Hash> {
        if d.len() <= 1 {
            return Vec::new();
        }
        let k = k(d.len());
        let (mut path, beside) =
            if m < k { (path(m, &d[..k]), mth(&d[k..])) } else { (path(m - k, &d[k..]), mth(&d[..k])) };
        path.push(beside);
        path
    }

    pub fn proof(m: usize, d: &[Vec<u8>]) -> Vec<Hash> {
        subproof(m, d, true)
    }

    fn subproof(m: usize, d: &[Vec<u8>], b: bool) -> Vec<Hash> {
        if m == d.len() {
            return if b { Vec::new() } else { vec![mth(d)] };
        }
        let k = k(d.len());
        let (mut proof, beside) = if m <= k {
            (subproof(m, &d[..k], b), mth(&d[k..]))
        } else {
            (subproof(m - k, &d[k..], false), mth(&d[..k]))
        };
        proof.push(beside);
        proof
    }
}

/// A tree in memory, for the arithmetic alone.
struct InMemory(Vec<Vec<u8>>);

impl Nodes for InMemory {
    type Error = std::convert::Infallible;

    fn node(&self, height: u32, index: u64) -> Result<Hash, Self::Error> {
        let start = usize::try_from(index << height).unwrap();
        Ok(standard::mth(&self.0[start..start + (1 << height)]))
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn known() -> Vec<Vec<u8>> {
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
        .map(bytes)
        .to_vec()
}

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn known_leaves_have_the_known_roots_and_paths() {
    let mut edge = Frontier::default();
    for (size, expected) in ROOTS.iter().enumerate() {
        assert_eq!(hex(&edge.root().0), *expected, "{size} leaves");
        assert_eq!(hex(&standard::mth(&known()[..size]).0), *expected, "{size} leaves, the second way");
        if let Some(entry) = known().get(size) {
            edge.push(Hash::leaf(entry), &mut |_, _| {});
        }
    }
    let tree = InMemory(known());
    let path: Vec<String> = inclusion(&tree, 0, 8).unwrap().iter().map(|hash| hex(&hash.0)).collect();
    assert_eq!(
        path,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
    );
    let proof: Vec<String> = consistency(&tree, 2, 5).unwrap().iter().map(|hash| hex(&hash.0)).collect();
    assert_eq!(
        proof,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ]
    );
    let root = Hash(from_hex(ROOTS[8]).unwrap());
    assert!(verify_inclusion(Hash::leaf(&[]), 0, 8, &inclusion(&tree, 0, 8).unwrap(), root));
}

/// 32-byte entries, all different.
fn entries(count: usize) -> Vec<[u8; 32]> {
    (0..count)
        .map(|at| {
            let mut entry = [7; 32];
            entry[..8].copy_from_slice(&(at as u64).to_be_bytes());
            entry
        })
        .collect()
}

fn log(folder: &TempDir) -> Log {
    Log::open(folder.path(), Secret::new([3; 32]).signer("example.kr/log").unwrap()).unwrap()
}

#[test]
fn every_small_tree_is_proved_and_nothing_else() {
    for size in 1..=40_usize {
        let all: Vec<Vec<u8>> = entries(size).iter().map(|one| one.to_vec()).collect();
        let tree = InMemory(all.clone());
        let top = root(&tree, size as u64).unwrap();
        assert_eq!(top, standard::mth(&all));
        for index in 0..size {
            let path = inclusion(&tree, index as u64, size as u64).unwrap();
            assert_eq!(path, standard::path(index, &all));
            let leaf = Hash::leaf(&all[index]);
            let holds = |leaf, index: usize, size: usize, path: &[Hash], top| {
                verify_inclusion(leaf, index as u64, size as u64, path, top)
            };
            assert!(holds(leaf, index, size, &path, top));
            assert!(!holds(Hash::leaf(b"x"), index, size, &path, top));
            assert!(!holds(leaf, index, size, &path, Hash::empty()));
            assert!(!holds(leaf, index + 1, size, &path, top));
            assert!(!holds(leaf, index, size, &[path.clone(), vec![top]].concat(), top));
            if size > 1 {
                assert!(!holds(leaf, index, size, &path[1..], top));
            }
        }
        for old in 1..=size {
            let proof = consistency(&tree, old as u64, size as u64).unwrap();
            assert_eq!(proof, standard::proof(old, &all), "{old} in {size}");
            let (before, after) = ((old as u64, standard::mth(&all[..old])), (size as u64, top));
            assert!(verify_consistency(before, after, &proof));
            assert!(!verify_consistency((old as u64, Hash::leaf(b"x")), after, &proof));
            if old < size {
                assert!(!verify_consistency(before, (size as u64, Hash::leaf(b"x")), &proof));
                assert!(!verify_consistency(after, before, &proof));
                assert!(!verify_consistency(before, after, &proof[1..]));
                assert!(!verify_consistency(before, after, &[proof.clone(), vec![top]].concat()));
            }
        }
    }
    assert!(verify_consistency((0, Hash::empty()), (5, Hash::leaf(b"x")), &[]));
    assert!(!verify_consistency((0, Hash::leaf(b"x")), (5, Hash::leaf(b"x")), &[]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Sizes around and beyond a tile of tiles' edge; leaves come in batches of any size, with restarts between.
    #[test]
    fn a_log_on_the_disk_is_the_standards_tree(
        batches in prop::collection::vec((1_usize..900, any::<bool>()), 1..5),
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 6),
    ) {
        let folder = TempDir::new();
        let mut sealed = log(&folder);
        let all = entries(batches.iter().map(|(count, _)| count).sum());
        let mut done = 0;
        for (count, restarts) in &batches {
            sealed.append(&all[done..done + count]).unwrap();
            done += count;
            if *restarts {
                drop(sealed);
                sealed = log(&folder);
            }
        }
        let plain: Vec<Vec<u8>> = all.iter().map(|one| one.to_vec()).collect();
        let size = all.len();
        let top = standard::mth(&plain);
        prop_assert_eq!((sealed.size(), sealed.signed().root), (size as u64, top));
        let reader = sealed.reader();
        for (first, second) in picks {
            let (a, b) = (first.index(size), second.index(size));
            let at = a.min(b);
            let end = a.max(b) + 1;
            let path = inclusion(&reader, at as u64, end as u64).unwrap();
            prop_assert_eq!(&path, &standard::path(at, &plain[..end]));
            prop_assert!(verify_inclusion(Hash::leaf(&plain[at]), at as u64, end as u64, &path, standard::mth(&plain[..end])));
            let proof = consistency(&reader, at as u64 + 1, end as u64).unwrap();
            prop_assert_eq!(&proof, &standard::proof(at + 1, &plain[..end]));
        }
        // What is served is what the tree is made of.
        for level in 0..2_u8 {
            for index in 0..4 {
                let whole = Tile { level: Some(level), index, width: 256 };
                let width = whole.width_in(size as u64);
                if width == 0 {
                    continue;
                }
                let tile = Tile { width: u16::try_from(width).unwrap(), ..whole };
                let served = reader.tile(tile).unwrap();
                let span = 256_usize.pow(u32::from(level));
                let expected: Vec<u8> = (0..usize::try_from(width).unwrap())
                    .flat_map(|at| {
                        let start = (usize::try_from(index).unwrap() * 256 + at) * span;
                        standard::mth(&plain[start..start + span]).0
                    })
                    .collect();
                prop_assert_eq!(served, expected);
            }
        }
    }
}
