//! `ongoeul bench`: the figures, each by a command anyone can repeat.

mod cluster;
mod ledger;
mod report;

use std::error::Error;

use clap::Subcommand;

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Durable postings of one entry through the pen, in process.
    Ledger(ledger::Args),
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    match &args.bench {
        Bench::Ledger(args) => ledger::run(args),
    }
}
