//! The binary: command line, configuration, demo, benchmarks. Everything it does is in a crate below; here it is
//! only put together.

mod audit;
mod backup;
mod bench;
mod days;
mod demo;
mod dispose;
mod house;
mod inspect;
mod keys;
mod log;
mod memory;
mod move_in;
mod pack;
mod pipe;
mod reseal;
mod retain;
mod secrets;
mod serve;
mod token;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The software a city runs its everyday economy and care on.
#[derive(Debug, Parser)]
#[command(name = "ongoeul", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Task,
    /// How the log is written, on standard error; `RUST_LOG` says what is (by default info when serving, else warn).
    #[arg(long, global = true, value_enum, default_value_t = log::Form::Text)]
    log: log::Form,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build a town in a folder and serve it, with personas and a clock to play with.
    Demo(demo::Args),
    /// Serve a city in earnest.
    Serve(serve::Args),
    /// Grant an API token, or a staff member's key; it is shown once. The first two officers for access get theirs so.
    Token(token::Args),
    /// Make, change and list the keys that stand outside the database.
    Keys(keys::Args),
    /// Check a pack of rules, or bring a later one into force.
    Pack(pack::Args),
    /// Count everything again from the journal, compare it with books and checkpoint, and verify the access ledger.
    Verify(verify::Args),
    /// Copy a running SQLite city into a file, and its access ledger beside it.
    Backup(backup::Args),
    /// Close a period: sign where the books and the log stood at its end.
    Close(audit::CloseArgs),
    /// Write a closed period into a folder that auditors check from it alone.
    Export(audit::ExportArgs),
    /// Let go of years whose time is over, auditors' packs or the city's own records; their closings stay.
    Dispose(dispose::Args),
    /// Take over the card of an older system: rehearse it, then cut over.
    MoveIn(move_in::Args),
    /// A month's looks at personal records, the unusual ones first.
    Inspect(inspect::Args),
    /// Let go what the law lets go: names of who left long ago, and old looks.
    Retain(retain::Args),
    /// Measure.
    Bench(bench::Args),
}

fn main() -> ExitCode {
    memory::keep();
    let cli = Cli::parse();
    if !matches!(cli.command, Task::Serve(_) | Task::Demo(_)) {
        pipe::may_end();
    }
    log::start(cli.log, matches!(cli.command, Task::Serve(_)));
    let outcome = match cli.command {
        Task::Demo(args) => demo::run(&args),
        Task::Serve(args) => serve::run(&args),
        Task::Token(args) => token::run(&args),
        Task::Keys(args) => keys::run(&args),
        Task::Pack(args) => pack::run(&args),
        Task::Verify(args) => verify::run(&args),
        Task::Backup(args) => backup::run(&args),
        Task::Close(args) => audit::run_close(&args),
        Task::Export(args) => audit::run_export(&args),
        Task::Dispose(args) => dispose::run(&args),
        Task::MoveIn(args) => move_in::run(&args),
        Task::Inspect(args) => inspect::run(&args),
        Task::Retain(args) => retain::run(&args),
        Task::Bench(args) => bench::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ongoeul: {error}");
            ExitCode::FAILURE
        }
    }
}
