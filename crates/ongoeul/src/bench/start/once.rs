//! One start, in a process of its own.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use base::{Clock, SystemClock, SystemEntropy};
use city::open::{Opening, prepare};
use city::pack::{Kept, read_folder};
use pen::Options;
use store::Target;
use vault::{MasterKey, Masters};

use crate::bench::report::{Report, memory_field, seconds};

/// Which city, and how.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Its folder.
    #[arg(long)]
    dir: PathBuf,
    /// Its database, when that is not in the folder.
    #[arg(long)]
    postgres: Option<String>,
    /// Its pack.
    #[arg(long)]
    pack: PathBuf,
    /// Read the journal whole.
    #[arg(long)]
    no_checkpoint: bool,
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let target = match &args.postgres {
        Some(url) => Target::Postgres(url.clone()),
        None => Target::Sqlite(args.dir.join("city.sqlite")),
    };
    let clock = Arc::new(SystemClock);
    let started = prepare(opening(target, &args.dir, &args.pack, clock, !args.no_checkpoint)?)?;
    let taken = start.elapsed();
    let status = |field| memory_field("/proc/self/status", field).unwrap_or(0) / 1024;
    let mut report = Report::default();
    report.tell("seconds", seconds(taken));
    report.tell("from_checkpoint", started.report.from_checkpoint);
    report.tell("replayed", started.report.replayed);
    report.tell("keys", started.report.keys);
    report.tell("accounts", started.report.accounts);
    report.tell("rss_mib", status("VmRSS"));
    report.tell("peak_mib", status("VmHWM"));
    report.print(true);
    Ok(())
}

/// What building and starting the city have in common.
pub fn opening(
    target: Target,
    folder: &Path,
    pack: &Path,
    clock: Arc<dyn Clock>,
    use_checkpoint: bool,
) -> Result<Opening, Box<dyn Error>> {
    Ok(Opening {
        target,
        checkpoints: folder.join("checkpoints"),
        access: folder.join("access.sqlite"),
        pack: Kept { files: read_folder(pack)?, scale: (1, 1) },
        pin_key: [0; 32],
        masters: Masters::new([MasterKey::new([0; 32])])?,
        clock,
        entropy: Box::new(SystemEntropy::new()?),
        nonces: Box::new(SystemEntropy::new()?),
        options: Options::default(),
        accept_clock: false,
        use_checkpoint,
    })
}
