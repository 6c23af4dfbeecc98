//! `ongoeul close`, `ongoeul export`, `ongoeul dispose`: closing a period, handing it to auditors, letting it go when its
//! time is over. None of them needs the server to stop.

use std::error::Error;
use std::path::PathBuf;

use base::{Clock, Date, SystemClock, Zone};
use city::pack::newest;
use city::sealing::closing::{Period, close, closings};
use city::sealing::key_of;
use city::sealing::pack::{Source, disposable, dispose, export};
use indicatif::{ProgressBar, ProgressStyle};
use store::Readers;

use crate::verify::Whose;

/// Years that a period's pack is kept: records of payments are for five (Electronic Financial Transactions Act §22).
const YEARS: u32 = 5;

/// Which period.
#[derive(Debug, clap::Args)]
pub struct CloseArgs {
    #[command(flatten)]
    whose: Whose,
    /// Its last day; it begins where the last one closed ended.
    #[arg(long)]
    until: Date,
    /// Only say what would be signed.
    #[arg(long)]
    dry_run: bool,
}

/// Which pack, and where to.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    #[command(flatten)]
    whose: Whose,
    /// The last day of a closed period; of the one closed last otherwise.
    #[arg(long)]
    until: Option<Date>,
    /// A folder of its own for the pack.
    #[arg(long)]
    to: PathBuf,
}

/// Which archive, and whether in earnest.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("how").required(true).args(["dry_run", "act"]))]
pub struct DisposeArgs {
    #[command(flatten)]
    whose: Whose,
    /// The folder that packs lie in, each in a folder of its own.
    #[arg(long)]
    archive: PathBuf,
    /// Only say what would go.
    #[arg(long)]
    dry_run: bool,
    /// Let it go. Each period's closing stays.
    #[arg(long = "do")]
    act: bool,
}

fn bar() -> Result<ProgressBar, Box<dyn Error>> {
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {pos} postings ({per_sec})")?);
    Ok(bar)
}

/// The city's name, and its day.
fn city_of(readers: &Readers) -> Result<(String, Date), Box<dyn Error>> {
    let kept = readers.read(newest)?.ok_or("the city has no pack of rules")?.2;
    let pack = kept.parse().map_err(|faults| format!("the kept pack has {} faults", faults.len()))?;
    let zone = Zone::named(&pack.city.zone).ok_or("the pack names an unknown time zone")?;
    // A demo's clock stands where its last posting was made: its periods are over by that.
    let last = readers.read(|snapshot| {
        let last = snapshot.last_group()?.map_or(0, |group| group.last_posting);
        Ok(snapshot.posting_alone(base::PostingNo(last))?.map(|posting| posting.day))
    })?;
    let today = zone.date(SystemClock.now());
    Ok((pack.city.name.ko.clone(), last.map_or(today, base::date_of_day).min(today)))
}

pub fn run_close(args: &CloseArgs) -> Result<(), Box<dyn Error>> {
    let city = args.whose.city()?;
    let key = key_of(&city.folder, &city.secret)?;
    let readers = Readers::open(&city.target, 1)?;
    let (_, today) = city_of(&readers)?;
    let (bar, period) = (bar()?, Period { until: args.until, today });
    let mut closed = None;
    readers.read(|snapshot| {
        let mut progress = |postings| bar.set_position(postings);
        let made = close(snapshot, &city.folder, &city.secret, &key, period, args.dry_run, &mut progress);
        closed = Some(made);
        Ok(())
    })?;
    bar.finish_and_clear();
    let closing = closed.ok_or("nothing was closed")??;
    println!("period    {} to {}", closing.from, closing.until);
    println!("postings  {} to {}", closing.first, closing.last);
    println!("backing   {:>16} won", closing.backing);
    println!("owed      {:>16} won", closing.owed);
    println!("books     {}", closing.books);
    println!("log       {}", closing.edge.root());
    println!("{}", if args.dry_run { "nothing was signed" } else { "closed and signed" });
    Ok(())
}

pub fn run_export(args: &ExportArgs) -> Result<(), Box<dyn Error>> {
    let city = args.whose.city()?;
    let key = key_of(&city.folder, &city.secret)?;
    let all = closings(&city.folder, &key)?;
    let wanted = match args.until {
        Some(until) => all.iter().position(|(closing, _)| closing.until == until),
        None => all.len().checked_sub(1),
    };
    let at = wanted.ok_or("no such period is closed: close it first with ongoeul close")?;
    let (closing, note) = &all[at];
    let before = at.checked_sub(1).map(|before| &all[before]);
    let readers = Readers::open(&city.target, 1)?;
    let (name, _) = city_of(&readers)?;
    let salts = city.secret.salts();
    let source = Source { folder: &city.folder, key: &key, salts: &salts, city: &name };
    let bar = bar()?;
    let mut written = None;
    readers.read(|snapshot| {
        let mut progress = |postings| bar.set_position(postings);
        written = Some(export(snapshot, source, (closing, note), before, &args.to, &mut progress));
        Ok(())
    })?;
    bar.finish_and_clear();
    let written = written.ok_or("nothing was written")??;
    println!("period    {} to {}", closing.from, closing.until);
    println!("postings  {:>14}", written.postings);
    println!("earlier   {:>14}", written.earlier);
    println!(
        "{} files in {}; check it with: ongoeul verify pack {}",
        written.files,
        args.to.display(),
        args.to.display()
    );
    Ok(())
}

pub fn run_dispose(args: &DisposeArgs) -> Result<(), Box<dyn Error>> {
    let city = args.whose.city()?;
    let key = key_of(&city.folder, &city.secret)?;
    let (_, today) = city_of(&Readers::open(&city.target, 1)?)?;
    let packs = disposable(&args.archive, &key, today, YEARS)?;
    for pack in &packs {
        if args.act {
            dispose(pack)?;
        }
        let done = if args.act { "is gone" } else { "would go" };
        println!(
            "{} to {}: {} ({} bytes) {done}; its closing stays",
            pack.from,
            pack.until,
            pack.folder.display(),
            pack.bytes
        );
    }
    if packs.is_empty() {
        println!("no pack ended {YEARS} years ago or more with a later one that goes on from it");
    }
    Ok(())
}
