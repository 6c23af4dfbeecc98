//! `ongoeul pack`: checks a pack of rules, and brings a later one into force in a city that lives, whether it serves or not.
//!
//! A server that is running is handed the pack by a file in its data folder, which it takes, and answers by another: whoever
//! may write there may do so much.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use base::{AccountId, Clock, SystemClock};
use city::open::{CantOpen, City};
use city::pack::{Brought, CantFollow, Kept, bring, next, read_folder};
use rules::Step;
use store::Readers;
use web::App;

use crate::house::Failed;
use crate::serve;

/// What of it.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, clap::Subcommand)]
enum Task {
    /// Check a pack by itself: every fault with its file, its line and what would be right.
    Check {
        /// The pack's folder.
        folder: PathBuf,
    },
    /// Bring a pack to a city, in place of the one in force. What holds already is never rewritten; where the rules ask for two
    /// people, it comes into force at another one's yes.
    Bring {
        /// The pack's folder.
        folder: PathBuf,
        /// The configuration file of the city.
        #[arg(long)]
        config: PathBuf,
        /// The account of whoever brings it: where the rules in force ask for two people, another one says yes at /waiting.
        #[arg(long)]
        by: Option<AccountId>,
        /// Only say what would change.
        #[arg(long)]
        dry_run: bool,
    },
}

/// The pack that a running server is to take.
const NEXT: &str = "next-pack.json";
/// What it says to it.
const SAID: &str = "next-pack.txt";
/// The server looks for one this often.
const LOOK: Duration = Duration::from_secs(1);
/// A server that says nothing for so long is not there.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn run(args: &Args) -> Result<(), Failed> {
    match &args.task {
        Task::Check { folder } => {
            let pack = Kept { files: files(folder)?, scale: (1, 1) }.parse().map_err(CantFollow::Bad)?;
            println!("a good pack of {}, {}", pack.city.name.en, pack.hash_hex());
            Ok(())
        }
        Task::Bring { folder, config, by, dry_run } => {
            let files = files(folder)?;
            if *dry_run { rehearse(config, files) } else { bring_here(config, Handed { by: *by, files }) }
        }
    }
}

fn files(folder: &Path) -> Result<BTreeMap<String, String>, Failed> {
    Ok(read_folder(folder)
        .map_err(|error| format!("the city pack {} can't be read: {error}", folder.display()))?)
}

fn rehearse(config: &Path, files: BTreeMap<String, String>) -> Result<(), Failed> {
    let (_, target) = serve::addressed(config)?;
    let now = SystemClock.now();
    let (step, _) = Readers::open(&target, 1)?.read(|snapshot| Ok(next(snapshot, files, now)))??;
    println!("{}", said(&step, "would change"));
    Ok(())
}

/// What changes, a line each.
fn said(step: &Step, verb: &str) -> String {
    match step.changes.len() {
        0 => "nothing changes: these are the rules in force".to_owned(),
        count => format!("{count} {verb}:\n  {}", step.changes.join("\n  ")),
    }
}

/// What became of it, in lines.
fn became(brought: &Brought) -> String {
    match brought {
        Brought::InForce(step) => said(step, "changed"),
        Brought::Waits(step, proposal) => format!(
            "{}\nnothing is changed yet: {proposal} waits for a second person's yes at /waiting",
            said(step, "would change")
        ),
    }
}

/// A pack, and the account of whoever brings it.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Handed {
    by: Option<AccountId>,
    files: BTreeMap<String, String>,
}

fn bring_here(config: &Path, handed: Handed) -> Result<(), Failed> {
    let (config, target, keys) = serve::configured(config)?;
    let city = match serve::open_alone(&config, target, keys) {
        Ok(city) => city,
        Err(CantOpen::Store(store::Error::LeaderAlive)) => return hand_over(&config.data, &handed),
        Err(error) => return Err(error.into()),
    };
    let brought = bring(&city, handed.files, handed.by);
    city.close()?;
    println!("{}", became(&brought?));
    Ok(())
}

/// To the server that has the city.
fn hand_over(data: &Path, handed: &Handed) -> Result<(), Failed> {
    let (next, answer) = (data.join(NEXT), data.join(SAID));
    drop(fs::remove_file(&answer));
    put(&next, &serde_json::to_vec(handed)?)?;
    let began = Stopwatch::now();
    while began.elapsed() < PATIENCE {
        std::thread::sleep(LOOK / 4);
        let Ok(text) = fs::read_to_string(&answer) else { continue };
        drop(fs::remove_file(&answer));
        return match text.split_once('\n') {
            Some(("brought", changes)) => {
                println!("{changes}");
                Ok(())
            }
            _ => Err(text.into()),
        };
    }
    drop(fs::remove_file(&next));
    Err("a server has this city, and did not take the pack from its data folder: is it the same folder?"
        .into())
}

/// Whole or not at all.
fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    fs::write(&beside, bytes)?;
    fs::rename(beside, path)
}

/// Looks for packs that are handed over, as long as the server runs.
pub async fn take(app: Arc<App>, data: PathBuf) {
    loop {
        tokio::time::sleep(LOOK).await;
        if !data.join(NEXT).exists() {
            continue;
        }
        let (app, data) = (Arc::clone(&app), data.clone());
        match tokio::task::spawn_blocking(move || take_one(&app.city, &data)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a pack that was handed over can't be answered"),
            Err(error) => tracing::error!(%error, "a pack that was handed over was not brought into force"),
        }
    }
}

fn take_one(city: &City, data: &Path) -> std::io::Result<()> {
    let bytes = fs::read(data.join(NEXT))?;
    fs::remove_file(data.join(NEXT))?;
    let brought = serde_json::from_slice::<Handed>(&bytes)
        .map_err(|error| CantFollow::Failed(error.to_string()))
        .and_then(|handed| bring(city, handed.files, handed.by));
    let answer = match brought {
        Ok(brought) => {
            match &brought {
                Brought::InForce(step) => {
                    tracing::info!(changes = step.changes.len(), "a later pack has come into force");
                }
                Brought::Waits(step, proposal) => {
                    tracing::info!(changes = step.changes.len(), %proposal, "a later pack waits for a second person");
                }
            }
            format!("brought\n{}", became(&brought))
        }
        Err(why) => why.to_string(),
    };
    put(&data.join(SAID), answer.as_bytes())
}
