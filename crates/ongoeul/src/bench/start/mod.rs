//! `ongoeul bench start`: how long a whole city takes from the start of its process to being ready to write.
//!
//! A city of so many people, cards and purses and a journal of so many entries is built through the pen by ordinary
//! commands, all within seven days, so that every payment's key is still to be remembered. Then a process of its own
//! opens it: with the last checkpoint, and from the journal alone. The files are in the system's cache, as after a
//! restart of the program and not of the machine.

mod build;
mod once;

use std::error::Error;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;
use store::Target;

use super::cluster::Cluster;
use super::report::{Engine, Folder, Report, engine_version, seconds};

pub use self::once::{Args as OnceArgs, run as run_once};

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many people, each with a card and money on it.
    #[arg(long, default_value_t = 650_000)]
    people: u64,
    /// How many entries the journal has at least.
    #[arg(long, default_value_t = 10_000_000)]
    entries: u64,
    /// How many postings were made since the checkpoint: none after an orderly stop, up to a million after a crash.
    #[arg(long, default_value_t = 0)]
    tail: u64,
    /// In which engine.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// The city is made in a fresh folder in here, and removed afterwards.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// An empty database of a running server; without it a throw-away cluster is started.
    #[arg(long)]
    postgres: Option<String>,
    /// The city's pack.
    #[arg(long, default_value = "cities/jeonju")]
    pack: PathBuf,
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let parent = args.dir.clone().unwrap_or_else(|| match args.engine {
        Engine::Sqlite => PathBuf::from("."),
        // The server's user must be able to enter it.
        Engine::Postgres => std::env::temp_dir(),
    });
    let folder = Folder::fresh(&parent)?;
    let mut report = Report::of_machine(folder.path())?;
    let cluster = match (args.engine, &args.postgres) {
        (Engine::Postgres, None) => Some(Cluster::start(&parent)?),
        _ => None,
    };
    let url = args.postgres.clone().or_else(|| cluster.as_ref().map(|cluster| cluster.url().to_owned()));
    let target = match (args.engine, url) {
        (Engine::Postgres, Some(url)) => Target::Postgres(url),
        _ => Target::Sqlite(folder.path().join("city.sqlite")),
    };
    let begin = Instant::now();
    let built = build::build(args, &target, folder.path())?;
    report.tell("engine", engine_version(&target)?);
    if cluster.is_some() {
        report.tell("engine_settings", Cluster::settings());
    }
    report.tell("people", args.people);
    report.tell("postings", built.postings);
    report.tell("entries", built.entries);
    report.tell("built_in_seconds", seconds(begin.elapsed()));
    for (name, with_checkpoint) in [("with_checkpoint", true), ("without_checkpoint", false)] {
        let once = in_a_process(args, &target, &folder, with_checkpoint)?;
        tell(&mut report, name, &once)?;
    }
    report.print(args.json);
    Ok(())
}

/// Opens the city in a process of its own, so that its memory is its own too.
fn in_a_process(
    args: &Args,
    target: &Target,
    folder: &Folder,
    with_checkpoint: bool,
) -> Result<Value, Box<dyn Error>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["bench", "start-once", "--dir"]).arg(folder.path()).arg("--pack").arg(&args.pack);
    if let Target::Postgres(url) = target {
        command.args(["--postgres", url]);
    }
    if !with_checkpoint {
        command.arg("--no-checkpoint");
    }
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("the city did not open".into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn tell(report: &mut Report, name: &str, once: &Value) -> Result<(), Box<dyn Error>> {
    let used = once.get("from_checkpoint").and_then(Value::as_bool);
    if used != Some(name == "with_checkpoint") {
        return Err(format!("the start {name} went another way: {once}").into());
    }
    for key in ["seconds", "replayed", "keys", "accounts", "rss_mib", "peak_mib"] {
        report.tell(format!("{name}_{key}"), once.get(key).cloned().unwrap_or_default());
    }
    Ok(())
}
