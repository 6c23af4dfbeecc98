//! `ongoeul verify`: everything counted again from the journal; and its seal, in all its forms.

mod float;
mod log;
mod pack;
mod receipt;
mod whose;

use std::error::Error;
use std::path::{Path, PathBuf};

use city::compartments::FOLDER;
use city::verify::recount;
use compartment::LOOKS;
use indicatif::{ProgressBar, ProgressStyle};
use store::{Readers, Target};
pub use whose::Whose;

use crate::house::ACCESS;

/// Which city, or what else.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// The city's folder (its `city.sqlite` is counted).
    #[arg(long, default_value = "ongoeul-demo")]
    dir: PathBuf,
    /// A PostgreSQL city instead.
    #[arg(long)]
    postgres: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Compare every row of the journal with its leaf in the log, and the log with an earlier checkpoint.
    Log(log::Args),
    /// Check a receipt file, without asking anybody.
    Receipt(receipt::Args),
    /// Check a statement of the float: against the journal, or a holder's proof without asking anybody.
    Float(float::Args),
    /// Audit a closed period from its pack alone.
    Pack(pack::Args),
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    match &args.what {
        Some(What::Log(args)) => log::run(args),
        Some(What::Receipt(args)) => receipt::run(args),
        Some(What::Float(args)) => float::run(args),
        Some(What::Pack(args)) => pack::run(args),
        None => recount_all(args),
    }
}

fn recount_all(args: &Args) -> Result<(), Box<dyn Error>> {
    let target = match &args.postgres {
        Some(url) => Target::Postgres(url.clone()),
        None => Target::Sqlite(args.dir.join("city.sqlite")),
    };
    if target.path().is_some_and(|path| !path.exists()) {
        return Err(format!("there is no city in {}", args.dir.display()).into());
    }
    let readers = Readers::open(&target, 1)?;
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {pos} postings counted ({per_sec})")?);
    let counted = readers.read(|snapshot| {
        recount(snapshot, None, &mut |postings| bar.set_position(postings)).map_err(store::Error::other)
    })?;
    // A checkpoint is a cache of the same journal: it must agree where it stands.
    let checkpoint = city::verify::checkpoint(&readers, &args.dir.join("checkpoints"))?;
    bar.finish_and_clear();
    println!("postings  {:>14}", counted.postings);
    println!("entries   {:>14}", counted.entries);
    println!("accounts  {:>14}", counted.accounts);
    if counted.disposed > 0 {
        println!("disposed  {:>14} postings: counted from the closing that stays of them", counted.disposed);
    }
    println!("backing   {:>14} won", counted.backing);
    println!("owed      {:>14} won", counted.owed);
    match checkpoint {
        Some(posting) => println!("checkpoint at posting {posting} agrees"),
        None => println!("no checkpoint to compare"),
    }
    println!("the books are right");
    looks(&args.dir.join(ACCESS))?;
    compartments(&args.dir.join(FOLDER))
}

/// The chains of looks in sealed compartments. How many there are is nobody's to see here.
fn compartments(folder: &Path) -> Result<(), Box<dyn Error>> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let file = entry?.path().join(LOOKS);
        if file.exists() {
            access::Readers::open(&file)?.verify(None)?;
            println!("{} is right", file.display());
        }
    }
    Ok(())
}

/// The chain of looks at personal records, from what was disposed of last to its end.
fn looks(file: &Path) -> Result<(), Box<dyn Error>> {
    if !file.exists() {
        println!("no access ledger in {}", file.parent().unwrap_or(file).display());
        return Ok(());
    }
    let verified = access::Readers::open(file)?.verify(None)?;
    println!("looks     {:>14}", verified.to.no.0 - verified.from.no.0);
    println!("the access ledger is right up to look {}: {}", verified.to.no, verified.to.hash);
    Ok(())
}
