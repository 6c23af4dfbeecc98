//! `ongoeul verify pack FOLDER`: a closed period, audited from its folder alone.

use std::error::Error;
use std::path::PathBuf;

use city::sealing::pack::audit;
use indicatif::{ProgressBar, ProgressStyle};

use super::whose::key;

/// Which pack, and whom to believe.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The pack's folder.
    folder: PathBuf,
    /// The city's key as it was made known, or a file with it. The one in the pack proves nothing by itself.
    #[arg(long)]
    key: Option<String>,
}

/// What who names no key is told: where one comes from.
const NO_KEY: &str = "whose key? Name the city's with --key KEY, as its page /verify shows it (or a file with it). Take it from \
    there, from a newspaper, from whom you trust: not from the pack, which proves nothing by a key of its own.";

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let known = key(args.key.as_deref().ok_or(NO_KEY)?)?;
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {pos} postings audited ({per_sec})")?);
    let audited = audit(&args.folder, &known, &mut |postings| bar.set_position(postings))?;
    bar.finish_and_clear();
    println!("city      {}", audited.city);
    println!("period    {} to {}", audited.closing.from, audited.closing.until);
    println!("postings  {:>14}: every balance counted again, every row what was sealed", audited.postings);
    println!("payments  {:>14}: every cashback decided again", audited.payments);
    println!("decided   {:>14}: each posting's legs are what the rules of its day give", audited.decided);
    for left in &audited.undecided {
        println!("not again {:>14}: {}: {}", left.count, left.kind, left.why);
    }
    match audited.banked {
        Some(bank) => println!(
            "bank      {:>14}: payments of {} payout files, each what was posted; {} ends, each in one of {} answers",
            bank.payments, bank.files, bank.ended, bank.answers
        ),
        None => println!("bank                   -: the pack was exported without the bank's files"),
    }
    println!("statements {:>13}: each what the books give", audited.statements);
    println!("owed      {:>14} won, backed by {} won", audited.closing.owed, audited.closing.backing);
    match audited.undecided.iter().map(|left| left.count).sum::<u64>() {
        0 => println!("the period is right"),
        left => {
            println!("the period is right, as far as it was decided again: {left} postings were only counted")
        }
    }
    Ok(())
}
