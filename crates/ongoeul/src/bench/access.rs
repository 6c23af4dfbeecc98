//! `ongoeul bench access`: how many looks at personal records the access ledger keeps in a second, each durable before
//! its caller goes on, as a page's answer waits for it.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ::access::{AccessLedger, Handle, Look, LookNo, Options};
use base::{Clock, Entropy, PersonId, Seeded, SystemClock};

use super::report::{Folder, Report, millis, per_second, percentile, seconds};

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For how long.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How many callers, each waiting for its look before the next.
    #[arg(long, default_value_t = 64)]
    callers: u64,
    /// Looks that are in the ledger before.
    #[arg(long, default_value_t = 0)]
    entries: u64,
    /// How many people can be looked at.
    #[arg(long, default_value_t = 650_000)]
    people: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// The ledger is made in a fresh folder in here, and removed afterwards.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
}

/// Accounts that look.
const ACCOUNTS: u64 = 400;
/// Looks of one call while the ledger is filled.
const PORTION: u64 = 4_096;
/// Histories that are read at the end.
const HISTORIES: u64 = 1_000;

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    if args.seconds == 0 || args.callers == 0 || args.people == 0 {
        return Err("at least one second, one caller and one person".into());
    }
    let folder = Folder::fresh(&args.dir)?;
    let mut report = Report::of_machine(folder.path())?;
    let file = folder.path().join("access.sqlite");
    let (handle, joiner) = AccessLedger::open(&file, Options::default())?;
    fill(&handle, args)?;
    let before = handle.head().no;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (mut times, passed) = runtime.block_on(drive(&handle, args))?;
    times.sort_unstable();
    let looks = times.len() as u64;
    let head = handle.head();
    if head.no.0 != before.0 + looks {
        return Err(format!("{looks} looks were told, the ledger has {}", head.no.0 - before.0).into());
    }
    let groups = handle.readers().heads(before, usize::MAX)?.len() as u64;
    report.tell("runs", "in process, each caller waits until its look is durable; chain and lists on");
    report.tell("callers", args.callers);
    report.tell("entries_before", before.0);
    report.tell("looks", looks);
    report.tell("looks_per_second", per_second(looks, passed));
    report.tell("p50_ms", millis(percentile(&times, 50)));
    report.tell("p99_ms", millis(percentile(&times, 99)));
    report.tell("max_ms", millis(percentile(&times, 100)));
    report.tell("looks_per_group", (looks as f64 / groups.max(1) as f64 * 10.0).round() / 10.0);
    read(&handle, args, &mut report)?;
    drop(handle);
    joiner.join()?;
    report.tell("bytes_per_look", std::fs::metadata(&file)?.len() / head.no.0.max(1));
    report.print(args.json);
    Ok(())
}

fn fill(handle: &Handle, args: &Args) -> Result<(), Box<dyn Error>> {
    let mut random = Seeded::new(1);
    let mut left = args.entries;
    while left > 0 {
        let portion = left.min(PORTION);
        let looks = (0..portion).map(|_| look(args.people, &mut random)).collect();
        handle.record(looks)?.wait()?;
        left -= portion;
    }
    Ok(())
}

/// All callers at once; how long each look took, and how long all of it.
async fn drive(handle: &Handle, args: &Args) -> Result<(Vec<Duration>, Duration), Box<dyn Error>> {
    let begin = Instant::now();
    let end = begin + Duration::from_secs(args.seconds);
    let mut tasks = Vec::new();
    for caller in 0..args.callers {
        let (handle, mut random) = (handle.clone(), Seeded::new(2 + caller));
        let people = args.people;
        tasks.push(tokio::spawn(async move {
            let mut times = Vec::new();
            loop {
                let start = Instant::now();
                if start >= end {
                    return Ok::<_, String>(times);
                }
                let pending =
                    handle.record(vec![look(people, &mut random)]).map_err(|busy| busy.to_string())?;
                pending.await.map_err(|failure| failure.to_string())?;
                times.push(start.elapsed());
            }
        }));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    Ok((times, begin.elapsed()))
}

/// What the readers need for a person's page, and for the whole chain.
fn read(handle: &Handle, args: &Args, report: &mut Report) -> Result<(), Box<dyn Error>> {
    let readers = handle.readers();
    let mut random = Seeded::new(1);
    let mut times = Vec::new();
    for _ in 0..HISTORIES {
        let whom = PersonId(random.below(args.people));
        let start = Instant::now();
        readers.of_person(whom, None, 50)?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    report.tell("history_p50_ms", millis(percentile(&times, 50)));
    report.tell("history_p99_ms", millis(percentile(&times, 99)));
    let start = Instant::now();
    let LookNo(verified) = readers.verify(None)?.to.no;
    report.tell("verify_seconds", seconds(start.elapsed()));
    report.tell("verified_per_second", per_second(verified, start.elapsed()));
    Ok(())
}

fn look(people: u64, random: &mut Seeded) -> Look {
    let [a, b] = [random.below(250), random.below(250)];
    Look {
        at: SystemClock.now(),
        who: format!("acc_{:013}", random.below(ACCOUNTS)),
        role: "clerk".to_owned(),
        whom: PersonId(random.below(people)),
        what: "window.person".to_owned(),
        purpose: "care.intake".to_owned(),
        from: format!("10.20.{a}.{b}"),
        reason: None,
        task: Some(format!("tsk_{:013}", random.below(1_000_000))),
    }
}
