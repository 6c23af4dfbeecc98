//! `ongoeul bench payments`: `POST /api/v1/payments` over loopback HTTP, every rule on, keys, tokens, durable; and, in
//! the same run, an endpoint that parses the same body and answers a constant. The load comes from a process of its own.

pub(super) mod client;
mod givers;
pub(super) mod load;
pub(super) mod sealed;
pub(super) mod town;

use std::error::Error;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use base::{Seeded, SystemEntropy};
use city::clock::CityClock;
use city::open::City;
use store::Target;
use tokio::net::TcpListener;
use web::{App, LimitRules, Limits, Mode, Rate, Secrets};

use givers::Givers;
pub use load::LoadArgs;
use load::{Heard, Plan};

use super::cluster::Cluster;
use super::report::{Engine, Folder, Report, engine_version, memory_field};

/// How much load, on what.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The SQL engine.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// Connections at once.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Seconds for each of the three measurements.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// People with a card and money on it.
    #[arg(long, default_value_t = 20_000)]
    people: u32,
    /// Entries in the journal before the load begins.
    #[arg(long, default_value_t = 0)]
    preload: u64,
    /// The share of people who give half of their cashback always, such as 0.1. With it payments are measured twice in one
    /// run, before anybody gives and after, and the difference is told.
    #[arg(long, value_parser = share)]
    givers: Option<f64>,
    /// Seal the journal meanwhile, and tell how far the seal is behind.
    #[arg(long)]
    seal: bool,
    /// The city pack.
    #[arg(long, default_value = "cities/jeonju")]
    pack: PathBuf,
    /// The database is made in a fresh folder in here, and removed afterwards.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// An empty database of a running server; without it a throw-away cluster is started.
    #[arg(long)]
    postgres: Option<String>,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// A share of people: above 0, 1 is all of them.
fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| format!("{text:?} is no number"))?;
    if share > 0.0 && share <= 1.0 { Ok(share) } else { Err("a share above 0, and 1 at most".into()) }
}

/// A few tills stand for a city's: each may ask as much as all of them would. Every request is counted all the same.
pub(super) fn limits() -> LimitRules {
    const PER_MINUTE: NonZeroU32 = NonZeroU32::new(60_000_000).expect("is not zero");
    LimitRules { caller: Rate { per_minute: PER_MINUTE, burst: PER_MINUTE }, ..LimitRules::default() }
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let parent = args.dir.clone().unwrap_or_else(std::env::temp_dir);
    let folder = Folder::fresh(&parent)?;
    let cluster = match (args.engine, &args.postgres) {
        (Engine::Postgres, None) => Some(Cluster::start(folder.path())?),
        _ => None,
    };
    let target = match (&args.postgres, &cluster) {
        (Some(url), _) if args.engine == Engine::Postgres => Target::Postgres(url.clone()),
        (_, Some(cluster)) => Target::Postgres(cluster.url().to_owned()),
        _ => Target::Sqlite(folder.path().join("city.sqlite")),
    };
    let mut report = Report::of_machine(folder.path())?;
    let town = town::build(&target, folder.path(), &args.pack, args.people, args.preload)?;
    report.tell("engine", engine_version(&target)?);
    if cluster.is_some() {
        report.tell("engine_settings", Cluster::settings());
    }
    report.tell(
        "rows",
        "posting (key, input hash, facts) and 3 to 6 entries (balances after, links) a payment",
    );
    report.tell("preloaded_entries", town.entries);
    report.tell("people", args.people);
    report.tell("connections", args.connections);
    report.tell("requests_per_minute_allowed_a_till", limits().caller.per_minute.get());
    report.tell("load_generator", "a process of its own, keep-alive HTTP/1.1 over loopback");

    let clock = Arc::new(CityClock::new(Arc::new(base::SystemClock), town.start));
    let opening = town::opening(&target, folder.path(), &args.pack, clock.clone())?;
    let city = City::open(opening)?;
    if args.seal {
        sealed::begin(&city, folder.path())?;
    }
    let shared = city.shared.clone();
    let mut app = App::new(
        city,
        Mode::Real,
        Secrets { signing: [1; 32] },
        "http://127.0.0.1".into(),
        Box::new(SystemEntropy::new()?),
    )?;
    app.measuring = true;
    app.limits = Limits::new(limits(), Arc::new(base::SystemClock));
    let app = Arc::new(app);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (address, stop, server) = runtime.block_on(serve(Arc::clone(&app)))?;

    let mut plan = Plan {
        address,
        path: String::new(),
        run: String::new(),
        connections: args.connections,
        seconds: 2,
        rate: None,
        tokens: town.tokens,
        cards: town.cards,
    };
    let measure = |plan: &mut Plan, path: &str, run: &str, seconds, rate| {
        plan.path = path.into();
        plan.run = run.into();
        plan.seconds = seconds;
        plan.rate = rate;
        heard(folder.path(), plan)
    };
    measure(&mut plan, "/api/v1/payments", "warm", 2, None)?;
    let noop = measure(&mut plan, "/api/v1/noop", "noop", args.seconds, None)?;
    let before = shared.read().books.last_posting().0;
    let paid = measure(&mut plan, "/api/v1/payments", "full", args.seconds, None)?;
    let posted = shared.read().books.last_posting().0 - before;
    sealed::tell(&app.city, &mut report)?;
    if let Some(share) = args.givers {
        let givers = Givers { city: &app.city, people: &town.people, share };
        givers.compare(&mut plan, &paid, &mut report, |plan| {
            measure(plan, "/api/v1/payments", "gifts", args.seconds, None)
        })?;
    }
    let half = measure(&mut plan, "/api/v1/payments", "half", args.seconds, Some(paid.per_second / 2.0))?;
    for (name, heard) in [("noop", &noop), ("payments", &paid), ("half load", &half)] {
        if heard.failed > 0 {
            return Err(format!(
                "{name}: {} answers were no success; first: {}",
                heard.failed, heard.first_failure
            )
            .into());
        }
    }
    if posted < paid.answered {
        return Err(format!("{} payments were acknowledged, {posted} are in the books", paid.answered).into());
    }
    report.tell("payments_per_second", paid.per_second.round());
    report.tell("noop_per_second", noop.per_second.round());
    report.tell("ratio", (paid.per_second / noop.per_second.max(1.0) * 1_000.0).round() / 1_000.0);
    report.tell("p50_ms", paid.p50_ms);
    report.tell("p99_ms", paid.p99_ms);
    report.tell("half_load_per_second", half.per_second.round());
    report.tell("half_load_p50_ms", half.p50_ms);
    report.tell("half_load_p99_ms", half.p99_ms);
    report.tell("resident_mib", memory_field("/proc/self/status", "VmRSS").unwrap_or(0) / 1024);

    app.close();
    // The server may have stopped by itself; then there is nobody to tell.
    stop.send(()).ok();
    runtime.block_on(server)??;
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    if let Some(app) = Arc::into_inner(app) {
        app.city.close()?;
    }
    let counted = town::recount(&target)?;
    report.tell("recounted_postings", counted);
    report.print(args.json);
    Ok(())
}

pub(super) type Served =
    (SocketAddr, tokio::sync::oneshot::Sender<()>, tokio::task::JoinHandle<std::io::Result<()>>);

pub(super) async fn serve(app: Arc<App>) -> Result<Served, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(web::serve(app, listener, async move {
        stopped.await.ok();
    }));
    Ok((address, stop, server))
}

/// Runs the load in its own process and hears what it saw.
pub(super) fn heard(folder: &std::path::Path, plan: &Plan) -> Result<Heard, Box<dyn Error>> {
    let file = folder.join("plan.json");
    std::fs::write(&file, serde_json::to_vec(plan)?)?;
    let output = Command::new(std::env::current_exe()?)
        .args(["bench", "load", "--plan"])
        .arg(&file)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("the load generator failed: {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// A repeatable source for what is random in the bench's city.
fn seeded() -> Box<dyn base::Entropy> {
    Box::new(Seeded::new(20210610))
}

/// The load generator itself: a hidden command, run by the bench in a process of its own.
pub fn run_load(args: &LoadArgs) -> Result<(), Box<dyn Error>> {
    load::run(args)
}
