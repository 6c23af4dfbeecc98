//! How fast the store alone appends: `append sqlite|postgres://… TRANSFERS BATCH [ENTRIES] [FOLDER]`.
//!
//! Postings of the full row shape with ENTRIES entries each (1), in groups of BATCH, with a real fsync. SQLite's
//! file is made in FOLDER (`.`) and removed afterwards; PostgreSQL's tables must not exist or be ours and empty.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use base::{EntryNo, PostingNo};
use ledger::{AccountNo, EntryRow, GroupRow, PostingRow};
use store::{Batch, Readers, Target, Writer, spawn_wal_checkpointer};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let engine = arguments.first().map_or("sqlite", String::as_str);
    let number = |at: usize, or: u64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(or);
    let (transfers, batch, entries) = (number(1, 2_000_000), number(2, 8_192), number(3, 1));
    let folder = arguments.get(4).map_or_else(|| PathBuf::from("."), PathBuf::from);
    let file = folder.join(format!("append-{}.db", std::process::id()));
    let target =
        if engine == "sqlite" { Target::Sqlite(file.clone()) } else { Target::Postgres(engine.to_owned()) };
    let outcome = run(&target, transfers, batch, entries);
    for end in ["", "-wal", "-shm", ".lock"] {
        let mut name = file.clone().into_os_string();
        name.push(end);
        std::fs::remove_file(name).ok();
    }
    outcome
}

fn run(target: &Target, transfers: u64, size: u64, entries: u64) -> Result<(), Failure> {
    let mut writer = Writer::open(target, &[])?;
    let keeper = spawn_wal_checkpointer(target)?;
    let mut batch = Batch::default();
    let mut spent = Vec::new();
    let mut posting = 0;
    let mut sequence = 0;
    while posting < transfers {
        let now = size.min(transfers - posting);
        fill(&mut batch, posting, now, entries);
        sequence += 1;
        let (first_posting, last_posting) = (posting + 1, posting + now);
        let group = GroupRow { sequence, epoch: 1, nonce: sequence, first_posting, last_posting };
        let start = Instant::now();
        writer.commit(&group, &batch)?;
        spent.push(start.elapsed());
        posting += now;
    }
    let total: Duration = spent.iter().sum();
    spent.sort_unstable();
    let at = |share: usize| spent[(spent.len() - 1) * share / 100].as_secs_f64() * 1e3;
    println!(
        "{}: {transfers} postings of {entries} in groups of {size}: {:.0} postings/s, {:.0} groups/s; a group: p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
        target.engine(),
        transfers as f64 / total.as_secs_f64(),
        spent.len() as f64 / total.as_secs_f64(),
        at(50),
        at(99),
        at(100),
    );
    let start = Instant::now();
    let mut read = 0;
    Readers::open(target, 1)?.read(|snapshot| {
        snapshot.for_each_posting(PostingNo(1), None, &mut |_, entries| {
            read += entries.len();
            Ok(())
        })
    })?;
    println!("read back: {:.0} entries/s", read as f64 / start.elapsed().as_secs_f64());
    let start = Instant::now();
    keeper.stop()?;
    println!("last checkpoint: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

fn fill(batch: &mut Batch, before: u64, count: u64, entries: u64) {
    batch.clear();
    for no in before + 1..=before + count {
        let first_entry = EntryNo((no - 1) * entries + 1);
        batch.postings.push(PostingRow {
            no: PostingNo(no),
            at: base::Instant(1_614_038_400_000_000 + no.cast_signed()),
            day: 18_681,
            kind: "pay".into(),
            role: "citizen".into(),
            client: no.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            request_key: format!("key-{no:016}"),
            input_hash: u128::from(no).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c).to_be_bytes(),
            pack: 1,
            reverses: None,
            amount: 1_000,
            first_entry,
            entries: u16::try_from(entries).unwrap_or(u16::MAX),
            facts: "{\"v\":1}".to_owned(),
        });
        for place in 0..entries {
            batch.entries.push(EntryRow {
                no: EntryNo(first_entry.0 + place),
                posting: PostingNo(no),
                debit: AccountNo((no % 10_000) as u32),
                credit: AccountNo((no * 7 % 10_000) as u32),
                amount: 1_000,
                debit_after: 1_000_000 + no.cast_signed(),
                credit_after: 2_000_000 + no.cast_signed(),
                debit_previous: EntryNo(no.saturating_sub(10_000)),
                credit_previous: EntryNo(no.saturating_sub(10_000)),
            });
        }
    }
}
