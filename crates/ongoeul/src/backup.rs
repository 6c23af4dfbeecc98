//! `ongoeul backup`: a copy of a SQLite city while it runs.

use std::error::Error;
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};
use store::Target;

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
    if args.file.exists() {
        return Err(format!("{} exists already: a backup never overwrites", args.file.display()).into());
    }
    let path = args.dir.join("city.sqlite");
    if !path.exists() {
        return Err(format!("there is no SQLite city in {}", args.dir.display()).into());
    }
    let bar = ProgressBar::new(1);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} pages")?);
    store::backup(&Target::Sqlite(path), &args.file, &mut |remaining, total| {
        bar.set_length(u64::from(total.unsigned_abs()));
        bar.set_position(u64::from((total - remaining).unsigned_abs()));
    })?;
    bar.finish_and_clear();
    println!("backup written to {}", args.file.display());
    Ok(())
}
