//! `ongoeul backup`: a copy of a SQLite city while it runs.

use std::error::Error;
use std::path::{Path, PathBuf};

use city::compartments::FOLDER;
use city::open::{OUTBOX, TOKEN_USES};
use compartment::{LOOKS, RECORDS};
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
    let [city, looks, outbox] = ["city.sqlite", ACCESS, OUTBOX].map(|name| args.dir.join(name));
    // The books stand here, or in PostgreSQL and are backed up by its own tools: then the access ledger is the first.
    let (first, what, looks) = match (city.exists(), looks.exists()) {
        (true, there) => (city, "backup", there.then_some(looks)),
        (false, true) => (looks, "access ledger", None),
        (false, false) => return Err(format!("there is no SQLite city in {}", args.dir.display()).into()),
    };
    let beside = |name: &str| args.file.with_extension(name);
    let outbox = outbox.exists().then_some(outbox);
    let mut files = vec![args.file.clone()];
    files.extend(looks.iter().map(|_| beside(ACCESS)));
    files.extend(outbox.iter().map(|_| beside(OUTBOX)));
    // A plain file, replaced whole: a copy of it is of one moment. Nothing is decided by it.
    let uses = args.dir.join(TOKEN_USES);
    let uses = uses.exists().then(|| (uses, beside(TOKEN_USES)));
    files.extend(uses.iter().map(|(_, to)| to.clone()));
    // As they are, sealed: without their own keys nobody opens them.
    let rooms: Vec<(PathBuf, PathBuf)> =
        compartments(&args.dir)?.into_iter().map(|(from, name)| (from, beside(&name))).collect();
    files.extend(rooms.iter().map(|(_, to)| to.clone()));
    free(&files)?;
    // The outbox before the books: it must not have followed further than they go. What it lacks it makes again, under
    // the same keys.
    if let Some(outbox) = outbox {
        copy(outbox, &beside(OUTBOX), "outbox")?;
    }
    copy(first, &args.file, what)?;
    // Looks after the books: whoever is shown in one is in the other.
    looks.map_or(Ok(()), |looks| copy(looks, &beside(ACCESS), "access ledger"))?;
    if let Some((from, to)) = uses {
        std::fs::copy(from, &to)?;
        std::fs::File::open(&to)?.sync_all()?;
        println!("tokens' last uses written to {}", to.display());
    }
    for (from, to) in rooms {
        // No bar: how much there is in it is nobody's to see.
        store::backup(&Target::Sqlite(from), &to, &mut |_, _| {})?;
        println!("compartment written to {}", to.display());
    }
    for name in ["ongoeul-demo.json", "secrets.toml"].map(|name| args.dir.join(name)) {
        if name.exists() {
            println!("keep {} too: without it this backup doesn't start again", name.display());
        }
    }
    Ok(())
}

/// The files of the sealed compartments, records before looks: whoever is shown in one is in the other. With each, what it
/// is called beside the copy.
fn compartments(dir: &Path) -> Result<Vec<(PathBuf, String)>, Box<dyn Error>> {
    let folder = dir.join(FOLDER);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let id = entry.file_name().to_string_lossy().into_owned();
        for name in [RECORDS, LOOKS].iter().filter(|name| entry.path().join(name).exists()) {
            files.push((entry.path().join(name), format!("{id}.{name}")));
        }
    }
    files.sort_by(|a, b| b.1.cmp(&a.1));
    Ok(files)
}

fn free(files: &[PathBuf]) -> Result<(), Box<dyn Error>> {
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
