//! `ongoeul backup`: a copy of a SQLite city while it runs.

use std::error::Error;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use store::Target;

use crate::house::ACCESS;

/// What, and where to.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to write; it must not exist.
    file: PathBuf,
    /// The city's folder.
    #[arg(long, default_value = "ongoeul-demo")]
    dir: PathBuf,
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let (city, looks) = (args.dir.join("city.sqlite"), args.dir.join(ACCESS));
    match (city.exists(), looks.exists()) {
        // Looks after the books: whoever is shown in one is in the other.
        (true, true) => {
            let beside = args.file.with_extension(ACCESS);
            free(&[&args.file, &beside])?;
            copy(city, &args.file, "backup")?;
            copy(looks, &beside, "access ledger")
        }
        (true, false) => free(&[&args.file]).and_then(|()| copy(city, &args.file, "backup")),
        // The books stand in PostgreSQL, and are backed up by its own tools.
        (false, true) => free(&[&args.file]).and_then(|()| copy(looks, &args.file, "access ledger")),
        (false, false) => Err(format!("there is no SQLite city in {}", args.dir.display()).into()),
    }
}

fn free(files: &[&Path]) -> Result<(), Box<dyn Error>> {
    match files.iter().find(|file| file.exists()) {
        Some(file) => Err(format!("{} exists already: a backup never overwrites", file.display()).into()),
        None => Ok(()),
    }
}

fn copy(from: PathBuf, to: &Path, what: &str) -> Result<(), Box<dyn Error>> {
    let bar = ProgressBar::new(1);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} pages")?);
    store::backup(&Target::Sqlite(from), to, &mut |remaining, total| {
        bar.set_length(u64::from(total.unsigned_abs()));
        bar.set_position(u64::from((total - remaining).unsigned_abs()));
    })?;
    bar.finish_and_clear();
    println!("{what} written to {}", to.display());
    Ok(())
}
