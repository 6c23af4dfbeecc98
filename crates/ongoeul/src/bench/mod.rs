//! `ongoeul bench`: the figures, each by a command anyone can repeat.

mod access;
mod cluster;
mod ledger;
mod payments;
mod report;
mod settle;
mod start;

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
    /// Payments over HTTP, beside an endpoint that answers a constant.
    Payments(payments::Args),
    /// The load of the payments bench; run by it in a process of its own.
    #[command(hide = true)]
    Load(payments::LoadArgs),
    /// Looks kept by the access ledger, each durable before its caller goes on.
    Access(access::Args),
    /// A settlement day: shops settled, the payout file, the bank's answer.
    Settle(settle::Args),
    /// The start of a whole city, with a checkpoint and without.
    Start(start::Args),
    /// One start, for `start` to measure.
    #[command(hide = true)]
    StartOnce(start::OnceArgs),
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    match &args.bench {
        Bench::Ledger(args) => ledger::run(args),
        Bench::Payments(args) => payments::run(args),
        Bench::Load(args) => payments::run_load(args),
        Bench::Access(args) => access::run(args),
        Bench::Settle(args) => settle::run(args),
        Bench::Start(args) => start::run(args),
        Bench::StartOnce(args) => start::run_once(args),
    }
}
