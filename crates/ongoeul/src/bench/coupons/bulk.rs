//! `ongoeul bench bulk`: a coupon for everyone in the city, by a job like any other, while shops take payments over HTTP.
//! The payments' p99 before and during it is printed, of all of them and of the worst two seconds; the load comes from a
//! process of its own.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::{Actor, Role, SystemEntropy};
use city::clock::CityClock;
use city::coupons::{JobState, jobs};
use city::open::City;
use city::{Command, NewJob, OnCoupons, Recipients};
use pen::Request;
use store::Target;
use web::{App, Limits, Mode, Secrets};

use crate::bench::cluster::Cluster;
use crate::bench::payments::load::{Heard, Plan};
use crate::bench::payments::{heard, limits, serve, town};
use crate::bench::report::{
    Engine, Folder, Report, engine_version, memory_field, millis, percentile, seconds,
};

/// How many people, beside how much load.
#[derive(Debug, clap::Args)]
pub struct BulkArgs {
    /// The SQL engine.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// People in the city: each gets the coupon.
    #[arg(long, default_value_t = 650_000)]
    people: u32,
    /// The coupon's id in the pack.
    #[arg(long, default_value = "relief-2021")]
    coupon: String,
    /// Won each.
    #[arg(long, default_value_t = 100_000)]
    each: i64,
    /// Payments a second meanwhile.
    #[arg(long, default_value_t = 2_000.0)]
    rate: f64,
    /// Connections of the payments.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// The city pack.
    #[arg(long, default_value = "cities/jeonju")]
    pack: PathBuf,
    /// The database is made in a fresh folder in here, and removed afterwards.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Seconds of each stretch of payments.
const STRETCH: u64 = 2;

pub fn bulk(args: &BulkArgs) -> Result<(), Box<dyn Error>> {
    let folder = Folder::fresh(&args.dir.clone().unwrap_or_else(std::env::temp_dir))?;
    let cluster = match args.engine {
        Engine::Postgres => Some(Cluster::start(folder.path())?),
        Engine::Sqlite => None,
    };
    let target = match &cluster {
        Some(cluster) => Target::Postgres(cluster.url().to_owned()),
        None => Target::Sqlite(folder.path().join("city.sqlite")),
    };
    let mut report = Report::of_machine(folder.path())?;
    let town = town::build(&target, folder.path(), &args.pack, args.people, 0)?;
    report.tell("engine", engine_version(&target)?);
    report.tell("people", args.people);
    report.tell("in_one_part", jobs::AT_ONCE);
    report.tell("payments_per_second_meanwhile", args.rate);

    let clock = Arc::new(CityClock::new(Arc::new(base::SystemClock), town.start));
    let city = City::open(town::opening(&target, folder.path(), &args.pack, clock)?)?;
    let entropy = Box::new(SystemEntropy::new()?);
    let secrets = Secrets { signing: [1; 32] };
    let mut app = App::new(city, Mode::Real, secrets, "http://127.0.0.1".into(), entropy)?;
    app.limits = Limits::new(limits(), Arc::new(base::SystemClock));
    let app = Arc::new(app);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (address, stop, server) = runtime.block_on(serve(Arc::clone(&app)))?;
    let mut plan = Plan {
        address,
        path: "/api/v1/payments".into(),
        run: "warm".into(),
        connections: args.connections,
        seconds: STRETCH,
        rate: Some(args.rate),
        tokens: town.tokens,
        cards: town.cards.into_iter().take(20_000).collect(),
    };
    let mut stretch = |run: String| {
        plan.run = run;
        let heard = heard(folder.path(), &plan)?;
        match heard.failed {
            0 => Ok(heard),
            failed => Err(format!("{failed} payments failed; first: {}", heard.first_failure)),
        }
        .map_err(Box::<dyn Error>::from)
    };
    stretch("warm".into())?;
    let before: Vec<Heard> = (0..3).map(|no| stretch(format!("before-{no}"))).collect::<Result<_, _>>()?;
    let job = begin(args, &app)?;
    let worker = Arc::clone(&app);
    let working = std::thread::spawn(move || {
        let began = Instant::now();
        while jobs::work(&worker.city, Duration::from_secs(1)).map_err(|failure| format!("{failure:?}"))? {}
        Ok::<Duration, String>(began.elapsed())
    });
    // Only stretches that end before the job does were beside it all the time.
    let mut during = Vec::new();
    while !working.is_finished() {
        let heard = stretch(format!("during-{}", during.len()))?;
        if !working.is_finished() || during.is_empty() {
            during.push(heard);
        }
    }
    let took = working.join().map_err(|_| "the job's thread panicked")??;
    let done = app.city.shared.read().town.coupons.job(job).cloned().ok_or("the job is not known")?;
    if done.state != JobState::Done || done.people < args.people || done.skipped > 0 {
        return Err(format!("not everyone got it: {done:?}").into());
    }
    report.tell("seconds", seconds(took));
    report.tell("people_per_second", (f64::from(done.people) / took.as_secs_f64()).round());
    let (calm, beside) = (p99(&before), p99(&during));
    report.tell("payments_p99_before_ms", calm);
    report.tell("payments_p99_during_ms", beside);
    report.tell("payments_p99_times", (beside / calm.max(0.01) * 100.0).round() / 100.0);
    report.tell("worst_stretch_p99_before_ms", worst(&before));
    report.tell("worst_stretch_p99_during_ms", worst(&during));
    report.tell("payments_during", during.iter().map(|heard| heard.answered).sum::<u64>());
    report.tell("resident_mib", memory_field("/proc/self/status", "VmRSS").unwrap_or(0) / 1024);

    app.close();
    // The server may have stopped by itself; then there is nobody to tell.
    stop.send(()).ok();
    runtime.block_on(server)??;
    runtime.shutdown_timeout(Duration::from_secs(5));
    if let Some(app) = Arc::into_inner(app) {
        app.city.close()?;
    }
    report.tell("recounted_postings", town::recount(&target)?);
    report.print(args.json);
    Ok(())
}

/// Of all payments of these stretches together.
fn p99(all: &[Heard]) -> f64 {
    let mut times: Vec<Duration> = Vec::new();
    for heard in all {
        times.extend(heard.times_us.iter().map(|&time| Duration::from_micros(time.into())));
    }
    times.sort_unstable();
    millis(percentile(&times, 99))
}

/// Of the stretch that waited longest. One commit that waits 20 ms for the disk is one payment in a hundred of it.
fn worst(all: &[Heard]) -> f64 {
    all.iter().map(|heard| heard.p99_ms).fold(0.0, f64::max)
}

fn begin(args: &BulkArgs, app: &App) -> Result<u64, Box<dyn Error>> {
    let to = Recipients::Everyone { district: None, each: args.each };
    let command = Command::OnCoupons(OnCoupons::Begin(NewJob { coupon: args.coupon.clone(), to }));
    let actor = Actor::new(Role::Officer, base::Client(1));
    let request = Request { actor, key: "bulk".into(), input_hash: command.input_hash() };
    app.city.ask_waiting(request, command).map_err(|failure| format!("{failure:?}"))?;
    let newest = app.city.shared.read().town.coupons.jobs().next_back().map(|job| job.no);
    newest.ok_or_else(|| "no job was begun".into())
}
