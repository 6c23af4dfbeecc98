//! The log on the disk: hashes and commitments in files that only grow, and the checkpoint that says how much counts.
//!
//! `level-0` holds the leaves' hashes, `level-1` one hash for 256 of them, and so on; `entries` the commitments. A tile is
//! a stretch of one. `checkpoint` is written last, by write, sync, rename: whatever a crash leaves beyond what it counts is
//! cut off at the next start.

use std::io;
use std::path::{Path, PathBuf};

use crate::files::{Grown, read_at, replace};
use crate::{BadNote, Checkpoint, Frontier, Hash, Nodes, Signer, Tile, VerifierKey};

/// Levels of 256: enough for 2^64 leaves.
const LEVELS: usize = 8;
/// Bytes of a hash, and of a commitment.
const RECORD: u64 = 32;

/// Why a log can't be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// A file can't be read or written.
    #[error("the log's files: {0}")]
    Io(#[from] io::Error),
    /// The checkpoint isn't one of this key.
    #[error(
        "the log's checkpoint: {0}; was it sealed with another secret? put the seal key back that it was begun with (secrets.seal)"
    )]
    Checkpoint(#[from] BadNote),
    /// A file holds less than the checkpoint counts.
    #[error("{0} is shorter than the checkpoint says: bring the folder back from a copy")]
    Short(&'static str),
    /// The files don't have the root that the checkpoint says.
    #[error("the log's files don't add up to the checkpoint's root: bring the folder back from a copy")]
    Root,
}

const NAMES: [&str; LEVELS] =
    ["level-0", "level-1", "level-2", "level-3", "level-4", "level-5", "level-6", "level-7"];
const ENTRIES: &str = "entries";
const CHECKPOINT: &str = "checkpoint";

/// A log that leaves are added to. There is one at a time.
pub struct Log {
    folder: PathBuf,
    signer: Signer,
    entries: Grown,
    levels: Vec<Grown>,
    edge: Frontier,
    signed: Checkpoint,
    /// Something failed while leaves were added: what the files hold beyond the checkpoint is cut off first.
    spoiled: bool,
}

impl Log {
    /// Opens what is in a folder, or begins there.
    pub fn open(folder: &Path, signer: Signer) -> Result<Log, Damage> {
        std::fs::create_dir_all(folder)?;
        let signed = match std::fs::read_to_string(folder.join(CHECKPOINT)) {
            Ok(note) => Checkpoint::open(&note, &signer.verifier())?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Checkpoint { origin: signer.name().to_owned(), size: 0, root: Hash::empty() }
            }
            Err(error) => return Err(error.into()),
        };
        let entries = grown(folder, ENTRIES, signed.size)?;
        let levels = (0..LEVELS).map(|level| grown(folder, NAMES[level], at_level(signed.size, level)));
        let levels = levels.collect::<Result<Vec<_>, Damage>>()?;
        let edge = Frontier::of(&Reader { folder: folder.to_path_buf() }, signed.size)?;
        if edge.root() != signed.root {
            return Err(Damage::Root);
        }
        let log = Log { folder: folder.to_path_buf(), signer, entries, levels, edge, signed, spoiled: false };
        if log.signed.size == 0 {
            // An empty log has a checkpoint too: whoever comes early sees which log it will be.
            log.write_checkpoint(&log.signed)?;
        }
        Ok(log)
    }

    /// Adds commitments after those that are there, makes them durable, and signs.
    pub fn append(&mut self, commitments: &[[u8; 32]]) -> Result<Checkpoint, Damage> {
        if self.spoiled {
            self.cut_back()?;
        }
        self.spoiled = true;
        let mut edge = self.edge.clone();
        for commitment in commitments {
            self.entries.push(commitment);
            let levels = &mut self.levels;
            edge.push(Hash::leaf(commitment), &mut |height, hash| {
                let level = (height / 8) as usize;
                if let Some(file) = levels.get_mut(level).filter(|_| height.is_multiple_of(8)) {
                    file.push(&hash.0);
                }
            });
        }
        std::iter::once(&mut self.entries).chain(&mut self.levels).try_for_each(Grown::write)?;
        std::iter::once(&mut self.entries).chain(&mut self.levels).try_for_each(Grown::sync)?;
        let signed = Checkpoint { origin: self.signed.origin.clone(), size: edge.size(), root: edge.root() };
        self.write_checkpoint(&signed)?;
        self.edge = edge;
        self.signed = signed.clone();
        self.spoiled = false;
        Ok(signed)
    }

    /// Forgets what was written and not signed.
    fn cut_back(&mut self) -> Result<(), Damage> {
        // The checkpoint may have been renamed although its folder could not be synced: what stands there counts.
        let note = std::fs::read_to_string(self.folder.join(CHECKPOINT))?;
        let signed = Checkpoint::open(&note, &self.signer.verifier())?;
        self.entries.cut(signed.size * RECORD)?;
        for (level, file) in self.levels.iter_mut().enumerate() {
            file.cut(at_level(signed.size, level) * RECORD)?;
        }
        self.edge = Frontier::of(&self.reader(), signed.size)?;
        if self.edge.root() != signed.root {
            return Err(Damage::Root);
        }
        self.signed = signed;
        Ok(())
    }

    fn write_checkpoint(&self, checkpoint: &Checkpoint) -> io::Result<()> {
        replace(&self.folder.join(CHECKPOINT), checkpoint.sign(&self.signer).as_bytes())
    }

    /// Leaves that are sealed.
    pub fn size(&self) -> u64 {
        self.signed.size
    }

    /// What is signed.
    pub fn signed(&self) -> &Checkpoint {
        &self.signed
    }

    /// The right edge of what is signed.
    pub fn edge(&self) -> &Frontier {
        &self.edge
    }

    /// Signs other texts in the log's name.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Reads what is there, beside the one who writes.
    pub fn reader(&self) -> Reader {
        Reader { folder: self.folder.clone() }
    }
}

/// How many hashes a level has in a tree of so many leaves.
fn at_level(size: u64, level: usize) -> u64 {
    size >> (8 * level)
}

fn grown(folder: &Path, name: &'static str, records: u64) -> Result<Grown, Damage> {
    Grown::open(&folder.join(name), records * RECORD)?.ok_or(Damage::Short(name))
}

/// Reads a log. Any number of them, from any thread; ask only for what a checkpoint counts.
#[derive(Debug, Clone)]
pub struct Reader {
    folder: PathBuf,
}

impl Reader {
    /// Of the log in a folder.
    pub fn of(folder: &Path) -> Reader {
        Reader { folder: folder.to_path_buf() }
    }

    /// The signed checkpoint, as it is served.
    pub fn note(&self) -> io::Result<String> {
        std::fs::read_to_string(self.folder.join(CHECKPOINT))
    }

    /// What the checkpoint says, if the key signed it.
    pub fn checkpoint(&self, key: &VerifierKey) -> Result<Checkpoint, Damage> {
        Ok(Checkpoint::open(&self.note()?, key)?)
    }

    /// A tile's bytes, as they are served: hashes one after another; for entries, each commitment behind its length.
    pub fn tile(&self, tile: Tile) -> io::Result<Vec<u8>> {
        let name = match tile.level {
            None => ENTRIES,
            Some(level) => NAMES.get(usize::from(level)).copied().ok_or(io::ErrorKind::NotFound)?,
        };
        let start =
            tile.start().and_then(|start| start.checked_mul(RECORD)).ok_or(io::ErrorKind::NotFound)?;
        let bytes = read_at(&self.folder.join(name), start, usize::from(tile.width) * RECORD as usize)?;
        Ok(match tile.level {
            Some(_) => bytes,
            None => {
                bytes.chunks(RECORD as usize).flat_map(|one| [&[0, RECORD as u8], one].concat()).collect()
            }
        })
    }

    /// The commitment of a leaf.
    pub fn entry(&self, index: u64) -> io::Result<[u8; 32]> {
        let bytes = read_at(&self.folder.join(ENTRIES), index * RECORD, RECORD as usize)?;
        bytes.try_into().map_err(|_| io::ErrorKind::UnexpectedEof.into())
    }

    /// Commitments in a row.
    pub fn entries(&self, from: u64, count: usize) -> io::Result<Vec<[u8; 32]>> {
        let bytes = read_at(&self.folder.join(ENTRIES), from * RECORD, count * RECORD as usize)?;
        Ok(bytes.as_chunks::<32>().0.to_vec())
    }
}

impl Nodes for Reader {
    type Error = io::Error;

    fn node(&self, height: u32, index: u64) -> io::Result<Hash> {
        let (level, above) = ((height / 8) as usize, height % 8);
        let name = NAMES.get(level).ok_or(io::ErrorKind::NotFound)?;
        let start = (index << above) * RECORD;
        let bytes = read_at(&self.folder.join(name), start, (RECORD as usize) << above)?;
        let mut hashes: Vec<Hash> = bytes.as_chunks::<32>().0.iter().map(|one| Hash(*one)).collect();
        while hashes.len() > 1 {
            hashes = hashes.chunks(2).map(|two| Hash::node(&two[0], &two[two.len() - 1])).collect();
        }
        hashes.first().copied().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
