//! Writing a pack.

use std::collections::BTreeSet;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use base::{MerchantId, PostingNo};
use ledger::{Account, State};
use seal::{Checkpoint, Reader, Salts, VerifierKey, consistency, inclusion};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{Snapshot, row};

use super::bank::{self, Opened};
use super::lines::{AccountLine, FileLine, Manifest, PackLine, PostingLine, ShopLine, StateLine};
use super::refers::Refers;
use super::{
    ACCOUNTS, ANSWERS, BEFORE, CHECKPOINT, CLOSING, CONSISTENCY, EARLIER, FLOAT, FORMAT, JOURNAL, MANIFEST,
    PACKS, PAYOUTS, SHOPS, STATES,
};
use crate::payouts::file::CantMake;
use crate::sealing::closing::{CantClose, Closing, counted};
use crate::sealing::stated_in;
use crate::store::{PACKS as ALL_PACKS, SHOPS_TO_AUDIT};
use crate::verify::Wrong;

row! {
    struct PackRow {
        no: u32,
        hash: Vec<u8>,
        files: String,
        people: i64,
        population: i64,
    }
}

row! {
    struct ShopRow {
        id: MerchantId,
        trade: String,
        sales: Option<i64>,
    }
}

/// Why no pack can be written.
#[derive(Debug, thiserror::Error)]
pub enum CantExport {
    /// The folder has something in it.
    #[error("{0} is not empty: a pack is written into a folder of its own")]
    NotEmpty(PathBuf),
    /// The journal is wrong.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// The journal can't be read.
    #[error("the journal can't be read: {0}")]
    Store(#[from] store::Error),
    /// A closing.
    #[error(transparent)]
    Close(#[from] CantClose),
    /// The log.
    #[error(transparent)]
    Damage(#[from] seal::Damage),
    /// A payout file.
    #[error(transparent)]
    Payouts(#[from] CantMake),
    /// A file.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// What can't be written down.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

/// Where a pack comes from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The log's folder.
    pub folder: &'a Path,
    /// The key it is signed with.
    pub key: &'a VerifierKey,
    /// The city's salts.
    pub salts: &'a Salts,
    /// The city's name.
    pub city: &'a str,
    /// What payout files and the bank's answers are opened with; `None`: the pack goes without them, and says so.
    pub bank: Option<Opened<'a>>,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Postings of the period.
    pub postings: u64,
    /// Older ones that it refers to.
    pub earlier: u64,
    /// Files, the manifest not counted.
    pub files: usize,
}

/// A folder being written, with what its files came to.
struct Folder<'a> {
    path: &'a Path,
    files: Vec<FileLine>,
}

/// A file of lines being written.
struct Lines {
    out: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Lines {
    fn text(&mut self, text: &[u8]) -> io::Result<()> {
        self.hash.update(text);
        self.bytes += text.len() as u64;
        self.out.write_all(text)
    }

    fn line(&mut self, line: &impl Serialize) -> Result<(), CantExport> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        Ok(self.text(&text)?)
    }
}

impl Folder<'_> {
    fn file<T>(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Lines) -> Result<T, CantExport>,
    ) -> Result<T, CantExport> {
        let out = BufWriter::new(private(&self.path.join(name))?);
        let mut lines = Lines { out, hash: Sha256::new(), bytes: 0 };
        let value = write(&mut lines)?;
        let file = lines.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let sha256 = seal::hex(&lines.hash.finalize());
        self.files.push(FileLine { name: name.to_owned(), bytes: lines.bytes, sha256 });
        Ok(value)
    }

    fn whole(&mut self, name: &str, text: &str) -> Result<(), CantExport> {
        self.file(name, |lines| Ok(lines.text(text.as_bytes())?))
    }
}

/// A new file that only its owner reads: payout files name people and their accounts.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path)
}

/// Writes the pack of a closed period into an empty folder.
pub fn export(
    snapshot: &mut Snapshot<'_>,
    source: Source<'_>,
    (closing, note): (&Closing, &str),
    before: Option<&(Closing, String)>,
    to: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<Exported, CantExport> {
    private_folder(to)?;
    if std::fs::read_dir(to)?.next().is_some() {
        return Err(CantExport::NotEmpty(to.to_path_buf()));
    }
    let mut folder = Folder { path: to, files: Vec::new() };
    folder.whole(CLOSING, note)?;
    if let Some((_, note)) = before {
        folder.whole(BEFORE, note)?;
    }
    let reader = Reader::of(source.folder);
    let checkpoint = reader.note()?;
    let size = Checkpoint::open(&checkpoint, source.key).map_err(seal::Damage::from)?.size;
    folder.whole(CHECKPOINT, &checkpoint)?;
    let proof = if closing.last == 0 { Vec::new() } else { consistency(&reader, closing.last, size)? };
    let proof: Vec<String> = proof.iter().map(seal::Hash::base64).collect();
    folder.file(CONSISTENCY, |lines| lines.line(&proof))?;
    let (accounts, states) = books(snapshot, &mut folder, closing, progress)?;
    let (postings, mut seen) = journal(snapshot, &mut folder, source.salts, closing, progress)?;
    if let Some(opened) = source.bank {
        let paid = of_the_bank(snapshot, &mut folder, opened, closing, &seen)?;
        seen.refer(paid);
    }
    let cash = own_money(snapshot)?;
    seen.before(snapshot, (&accounts, &states), cash)?;
    let earlier = earlier(snapshot, &mut folder, source.salts, &reader, closing, &seen.postings)?;
    rules(snapshot, &mut folder)?;
    statements(&mut folder, source.folder, closing)?;
    let manifest = Manifest {
        format: FORMAT.into(),
        city: source.city.to_owned(),
        key: source.key.to_string(),
        bank: source.bank.is_some(),
        files: folder.files,
    };
    let files = manifest.files.len();
    seal::replace(&to.join(MANIFEST), &serde_json::to_vec_pretty(&manifest)?)?;
    Ok(Exported { postings, earlier, files })
}

/// All accounts, and what each stood at when the period began.
fn books(
    snapshot: &mut Snapshot<'_>,
    folder: &mut Folder<'_>,
    closing: &Closing,
    progress: &mut dyn FnMut(u64),
) -> Result<(Vec<Account>, Vec<State>), CantExport> {
    let (accounts, recount, _) = counted(snapshot, closing.first - 1, progress)?;
    folder.file(ACCOUNTS, |lines| accounts.iter().try_for_each(|one| lines.line(&AccountLine::of(one))))?;
    folder.file(STATES, |lines| {
        let moved = (0..).zip(recount.states()).filter(|(_, state)| state.last.0 > 0);
        moved.into_iter().try_for_each(|(no, state)| lines.line(&StateLine(no, state.balance, state.last.0)))
    })?;
    let states = recount.states().to_vec();
    Ok((accounts, states))
}

/// The number of own money's purpose.
fn own_money(snapshot: &mut Snapshot<'_>) -> Result<u8, CantExport> {
    let kept = crate::pack::newest(snapshot)?.and_then(|(.., kept)| kept.parse().ok());
    let cash = kept.and_then(|pack| Some(pack.purpose(rules::Purpose::CASH)?.number));
    Ok(cash.ok_or_else(|| store::Error::Shape("the city has no pack with own money".into()))?)
}

fn journal(
    snapshot: &mut Snapshot<'_>,
    folder: &mut Folder<'_>,
    salts: &Salts,
    closing: &Closing,
    progress: &mut dyn FnMut(u64),
) -> Result<(u64, Refers), CantExport> {
    let (mut count, mut seen) = (0, Refers::beginning(PostingNo(closing.first)));
    folder.file(JOURNAL, |lines| {
        if closing.last < closing.first {
            return Ok(());
        }
        let mut failed = None;
        let to = Some(PostingNo(closing.last));
        let walked = snapshot.for_each_posting(PostingNo(closing.first), to, &mut |posting, entries| {
            count += 1;
            if posting.no.0.is_multiple_of(10_000) {
                progress(posting.no.0);
            }
            seen.take(&posting)?;
            lines.line(&PostingLine::of(&posting, entries, &salts.seed(posting.no.0))).map_err(|error| {
                failed = Some(error);
                store::Error::Shape("stop".into())
            })
        });
        failed.map_or(Ok(()), Err)?;
        Ok(walked?)
    })?;
    Ok((count, seen))
}

/// Payout files and the bank's answers. Gives the payouts in those files.
fn of_the_bank(
    snapshot: &mut Snapshot<'_>,
    folder: &mut Folder<'_>,
    opened: Opened<'_>,
    closing: &Closing,
    seen: &Refers,
) -> Result<Vec<PostingNo>, CantExport> {
    private_folder(&folder.path.join(PAYOUTS))?;
    private_folder(&folder.path.join(ANSWERS))?;
    let mut files = Vec::new();
    let paid = bank::told(snapshot, opened, closing, &seen.payouts, &mut |file| files.push(file))?;
    bank::said(snapshot, opened, closing, &seen.answers, &mut |file| files.push(file))?;
    for (name, text) in files {
        folder.file(&name, |lines| Ok(lines.text(&text)?))?;
    }
    Ok(paid)
}

fn earlier(
    snapshot: &mut Snapshot<'_>,
    folder: &mut Folder<'_>,
    salts: &Salts,
    reader: &Reader,
    closing: &Closing,
    referred: &BTreeSet<PostingNo>,
) -> Result<u64, CantExport> {
    folder.file(EARLIER, |lines| {
        let mut count = 0;
        for no in referred {
            let Some((posting, entries)) = snapshot.posting(*no)? else { continue };
            let mut line = PostingLine::of(&posting, &entries, &salts.seed(no.0));
            let path = inclusion(reader, no.0 - 1, closing.first - 1)?;
            line.path = path.iter().map(seal::Hash::base64).collect();
            lines.line(&line)?;
            count += 1;
        }
        Ok(count)
    })
}

/// The packs of rules by their hash, and the shops as rules ask for them.
fn rules(snapshot: &mut Snapshot<'_>, folder: &mut Folder<'_>) -> Result<(), CantExport> {
    let packs: Vec<PackRow> = snapshot.query(ALL_PACKS, &[])?;
    folder.file(PACKS, |lines| {
        packs.iter().try_for_each(|row| {
            let files = serde_json::from_str(&row.files)?;
            let (people, population) = (row.people, row.population);
            lines.line(&PackLine { no: row.no, hash: seal::hex(&row.hash), people, population, files })
        })
    })?;
    let shops: Vec<ShopRow> = snapshot.query(SHOPS_TO_AUDIT, &[])?;
    folder.file(SHOPS, |lines| {
        shops.into_iter().try_for_each(|row| {
            lines.line(&ShopLine { id: row.id.to_string(), trade: row.trade, sales: row.sales })
        })
    })
}

fn statements(folder: &mut Folder<'_>, log: &Path, closing: &Closing) -> Result<(), CantExport> {
    let within = |day: &base::Date| (closing.from..=closing.until).contains(day);
    private_folder(&folder.path.join(FLOAT))?;
    for day in stated_in(log).into_iter().filter(within) {
        let name = format!("{FLOAT}/{day}.note");
        let note = std::fs::read_to_string(log.join(&name))?;
        folder.whole(&name, &note)?;
    }
    Ok(())
}
