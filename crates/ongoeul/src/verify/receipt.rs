//! `ongoeul verify receipt FILE`: a receipt, checked from the checkpoint in it alone.

use std::error::Error;
use std::path::PathBuf;

use seal::{Checkpoint, Receipt, Trust, VerifierKey};

use super::whose::{brought, key};

/// Which receipt, and whom to believe.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The receipt file.
    file: PathBuf,
    /// The city's key as it was made known (or a file with it). Without one, compare the key that is told by eye.
    #[arg(long)]
    key: Option<String>,
    /// A checkpoint that was had from elsewhere: the receipt must lead to this one.
    #[arg(long)]
    checkpoint: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let receipt = Receipt::read(&brought(&args.file)?)?;
    let known: Option<VerifierKey> = args.key.as_deref().map(key).transpose()?;
    let held = match &args.checkpoint {
        None => None,
        Some(path) => {
            let note = brought(path)?;
            Some(match &known {
                Some(key) => Checkpoint::open(&note, key)?,
                None => Checkpoint::unverified(&note)?,
            })
        }
    };
    let mut checked = match (&held, &known) {
        (Some(held), _) => receipt.check(&Trust::Checkpoint(held))?,
        (None, Some(key)) => receipt.check(&Trust::Key(key))?,
        (None, None) => receipt.check(&Trust::ItsOwn)?,
    };
    if let (Some(_), Some(key)) = (&held, &known) {
        checked = receipt.check(&Trust::Key(key))?;
    }
    println!("posting   {}", checked.posting);
    for (name, text) in &checked.shown {
        println!("{name:<18} {text}");
    }
    println!("kept back {} parts", checked.closed);
    println!("log       {}", checked.checkpoint.origin);
    println!("sealed    in a log of {} postings, root {}", checked.checkpoint.size, checked.checkpoint.root);
    println!("key       {}", checked.key);
    println!("the receipt is what was sealed");
    if known.is_none() {
        println!("compare the key with the one the city made known, or name it with --key");
    }
    Ok(())
}
