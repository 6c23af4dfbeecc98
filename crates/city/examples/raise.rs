//! Builds a synthetic town and says how long each phase took: `raise PEOPLE FOLDER [SEED]`.

use std::path::PathBuf;
use std::sync::Arc;

use base::{Seeded, SystemClock, SystemEntropy, Zone, date};
use city::build::{Phase, Plan, Progress, raise};
use city::open::{Opening, prepare};
use city::pack::{Kept, read_folder};
use pen::Options;
use store::Target;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let mut args = std::env::args().skip(1);
    let people: u32 = args.next().ok_or("how many people?")?.parse()?;
    let folder = PathBuf::from(args.next().ok_or("into which folder?")?);
    let seed: u64 = args.next().map_or(Ok(1), |seed| seed.parse())?;
    std::fs::create_dir_all(&folder)?;
    let pack = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju");
    let opening = || -> Result<Opening, Box<dyn std::error::Error>> {
        Ok(Opening {
            target: Target::Sqlite(folder.join("city.sqlite")),
            checkpoints: folder.join("checkpoints"),
            pack: Kept { files: read_folder(&pack)?, scale: (i64::from(people), 650_000) },
            pin_key: [7; 32],
            clock: Arc::new(SystemClock),
            entropy: Box::new(Seeded::new(seed)),
            nonces: Box::new(SystemEntropy::new()?),
            options: Options::default(),
            accept_clock: true,
            use_checkpoint: true,
        })
    };
    let zone = Zone::named("Asia/Seoul").ok_or("no such zone")?;
    let plan = Plan::new(people, seed, date(2021, 1, 1), zone.instant(date(2021, 2, 23), 9, 0));
    let start = std::time::Instant::now();
    let mut phase = Phase::People;
    let mut since = start;
    let raised = raise(opening()?, &plan, &mut |progress: Progress| {
        if progress.phase != phase {
            println!("{phase:?}: {:.2} s", since.elapsed().as_secs_f64());
            (phase, since) = (progress.phase, std::time::Instant::now());
        }
    })?;
    println!("{phase:?}: {:.2} s", since.elapsed().as_secs_f64());
    println!("in all: {:.2} s, {}", start.elapsed().as_secs_f64(), peak()?);
    println!("{:#?}", raised.tally);
    let again = std::time::Instant::now();
    let started = prepare(opening()?)?;
    let view = started.pen.shared();
    let view = view.read();
    println!("opened again in {:.2} s: {:?}", again.elapsed().as_secs_f64(), started.report);
    for budget in &view.town.pack.budgets {
        let key = economy::chart::budget(economy::Class::BudgetLeft, &budget.id).key;
        println!("{}: {} left of {}", budget.id, view.books.balance_of(&key), budget.amount.0);
    }
    for (day, tallies) in &view.town.stats.days {
        let (paid, reward) = (tallies.paid, tallies.reward);
        println!("{}: {} payments, {} won, {reward} granted", base::date_of_day(*day), paid.count, paid.sum);
    }
    Ok(())
}

/// The most memory this process ever held, where the system says so.
fn peak() -> Result<String, std::io::Error> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    Ok(status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("peak unknown").to_owned())
}
