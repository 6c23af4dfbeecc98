//! `ongoeul verify log`: every row of the journal against its leaf, the leaves against the checkpoint, the checkpoint
//! against one that somebody kept.

use std::error::Error;
use std::path::PathBuf;

use city::sealing::closing::Closing;
use city::sealing::{key_of, verify_log};
use indicatif::{ProgressBar, ProgressStyle};
use seal::{Checkpoint, Reader};
use store::Readers;

use super::whose::{Whose, brought};

/// Which city, and what to compare it with.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    whose: Whose,
    /// An earlier checkpoint of this log, as somebody kept it: the log must go on from it.
    #[arg(long)]
    since: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let city = args.whose.city()?;
    let key = key_of(&city.folder, &city.secret)?;
    let reader = Reader::of(&city.folder);
    let checkpoint = reader.checkpoint(&key)?;
    let earlier = match &args.since {
        None => None,
        Some(path) => Some(Checkpoint::open(&brought(path)?, &key)?),
    };
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {pos} postings compared ({per_sec})")?);
    let mut wrong = None;
    let salts = city.secret.salts();
    let readers = Readers::open(&city.target, 1)?;
    if let Some(base) = readers.read(city::disposal::base)? {
        Closing::open(&base.note, &key).map_err(|bad| {
            format!("the closing that stays of what was disposed of up to {}: {bad}", base.closing.until)
        })?;
    }
    let verified = readers.read(|snapshot| {
        let mut progress = |postings| bar.set_position(postings);
        match verify_log(snapshot, &reader, &salts, &checkpoint, earlier.as_ref(), &mut progress) {
            Ok(verified) => Ok(Some(verified)),
            Err(error) => {
                wrong = Some(error);
                Ok(None)
            }
        }
    })?;
    bar.finish_and_clear();
    if let Some(wrong) = wrong {
        return Err(wrong.into());
    }
    let Some(verified) = verified else { return Err("nothing was verified".into()) };
    println!("log       {:>14}", checkpoint.origin);
    println!("sealed    {:>14}", verified.leaves);
    println!("unsealed  {:>14}", verified.unsealed);
    if verified.disposed > 0 {
        println!(
            "disposed  {:>14}: their rows are gone, the closing that stays of them is what was sealed",
            verified.disposed
        );
    }
    println!("root      {}", checkpoint.root);
    println!("key       {key}");
    if let Some(earlier) = earlier {
        println!("the log goes on from the checkpoint of {} postings", earlier.size);
    }
    println!("every row of the journal is what was sealed");
    Ok(())
}
