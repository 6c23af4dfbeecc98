//! `ongoeul dispose`: years whose time is over are let go of. `--archive`: auditors' packs, while the city works. `--year`:
//! the city's own records of a year and of those before it; its server must be stopped for that.

use std::path::{Path, PathBuf};

use base::{Clock, Date, SystemClock};
use city::disposal::{Plan, Step, dispose, plan};
use city::open::City;
use city::sealing::closing::closings;
use city::sealing::pack::{self, disposable};
use city::sealing::{FOLDER, key_of};
use indicatif::ProgressBar;
use store::Readers;

use crate::audit::{bar, city_of};
use crate::house::Failed;
use crate::serve;
use crate::verify::Whose;

/// Years that a period's records are kept: those of payments are for five (Electronic Financial Transactions Act §22).
const YEARS: u32 = 5;

/// What, and whether in earnest.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("how").required(true).args(["dry_run", "act"]))]
#[command(group = clap::ArgGroup::new("what").required(true).args(["archive", "year"]))]
pub struct Args {
    #[command(flatten)]
    whose: Whose,
    /// Auditors' packs: the folder they lie in, each in a folder of its own.
    #[arg(long)]
    archive: Option<PathBuf>,
    /// The city's own records of this year, and of all before it. Its last day must be closed with `ongoeul close`.
    #[arg(long, requires = "config")]
    year: Option<i16>,
    /// Only say what would go.
    #[arg(long)]
    dry_run: bool,
    /// Let it go. Each period's closing stays.
    #[arg(long = "do")]
    act: bool,
}

pub fn run(args: &Args) -> Result<(), Failed> {
    match (&args.archive, args.year, args.whose.config()) {
        (Some(archive), ..) => packs(args, archive),
        (None, Some(year), Some(config)) => year_of(args, year, config),
        _ => Err("name what goes: --archive FOLDER, or --year YEAR with --config".into()),
    }
}

fn packs(args: &Args, archive: &Path) -> Result<(), Failed> {
    let city = args.whose.city()?;
    let key = key_of(&city.folder, &city.secret)?;
    let (_, today) = city_of(&Readers::open(&city.target, 1)?)?;
    let packs = disposable(archive, &key, today, YEARS)?;
    for one in &packs {
        if args.act {
            pack::dispose(one)?;
        }
        let done = if args.act { "is gone" } else { "would go" };
        let (from, until, bytes) = (one.from, one.until, one.bytes);
        println!("{from} to {until}: {} ({bytes} bytes) {done}; its closing stays", one.folder.display());
    }
    if packs.is_empty() {
        println!("no pack ended {YEARS} years ago or more with a later one that goes on from it");
    }
    Ok(())
}

fn year_of(args: &Args, year: i16, config: &Path) -> Result<(), Failed> {
    let until = Date::new(year, 12, 31).map_err(|_| format!("there is no year {year}"))?;
    let (settings, target, keys) = serve::configured(config)?;
    let (folder, secret) = (settings.data.join(FOLDER), seal::Secret::new(keys.seal));
    let city = serve::open_alone(&settings, target.clone(), keys)?;
    let outcome = let_go(args, &city, (&folder, secret, &serve::origin(&settings)), until);
    city.close()?;
    if outcome? {
        // What was deleted is still in the file's free pages, or in dead rows, until this is done.
        println!("clearing what the database still holds of it");
        store::sweep(&target)?;
        println!(
            "the year is gone. Keep copies of {}: the log can't be made anew any more",
            folder.display()
        );
    }
    Ok(())
}

/// True when it is gone.
fn let_go(
    args: &Args,
    city: &City,
    (folder, secret, origin): (&Path, seal::Secret, &str),
    until: Date,
) -> Result<bool, Failed> {
    city.seal(folder, secret, origin)?;
    let key = city.sealing().ok_or("the city is not sealed")?.key().clone();
    let all = closings(folder, &key)?;
    let found = all.iter().find(|(closing, _)| closing.until == until);
    let (closing, note) = found.ok_or_else(|| {
        format!(
            "no period that ends with {until} is closed: close it first with ongoeul close --until {until}"
        )
    })?;
    let today = city.shared.read().town.zone.date(SystemClock.now());
    let bar = bar()?;
    let plan = plan(city, (closing, note), (today, YEARS), &mut |step| show(&bar, step))?;
    bar.finish_and_clear();
    tell(&plan);
    if !plan.depends.is_empty() {
        return Err("nothing goes while something depends on it".into());
    }
    if !args.act {
        println!("nothing was changed");
        return Ok(false);
    }
    dispose(city, &plan, &mut |step| show(&bar, step))?;
    bar.finish_and_clear();
    Ok(true)
}

fn show(bar: &ProgressBar, step: Step) {
    match step {
        Step::Counted(postings) | Step::Gone(postings) => bar.set_position(postings),
        Step::Begun(posting) => {
            bar.suspend(|| println!("what stays is kept, and sealed as posting {posting}"));
        }
    }
}

fn tell(plan: &Plan) {
    let closing = &plan.closing;
    println!("up to     {} (posting {})", closing.until, closing.last);
    if plan.begun {
        println!("begun     it was begun before, and is gone on with");
    }
    println!("goes      {:>14} postings with their legs and facts", plan.postings);
    println!("goes      {:>14} commands without a posting", plan.requests);
    println!("goes      {:>14} of the bank's answers, as far as they are words", plan.answers.len());
    println!("stays     {:>14} postings that later ones refer to", plan.stay);
    println!("stays     the closing, signed: {} won owed, {} won behind it", closing.owed, closing.backing);
    println!("stays     what every account stood at, and the log's leaves, which tell nothing");
    for one in &plan.carried {
        println!("goes on   {:>14} won that the closed shop {} owes", one.won, one.shop);
    }
    for one in &plan.depends {
        match one.won {
            0 => println!("open      {:>14} {}", one.count, one.what),
            won => println!("open      {:>14} {} ({won} won)", one.count, one.what),
        }
    }
}
