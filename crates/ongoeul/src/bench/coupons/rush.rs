//! `ongoeul bench rush`: everyone at nine in the morning wants a part of the same thing. First all at once through the
//! pen; then, when the next part opens, over HTTP, each with a token of their own. What must come out: not one too many,
//! and everyone is answered.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::{Actor, Client, PersonId, Role, SystemEntropy, date};
use city::clock::HandClock;
use city::coupons::instant;
use city::open::City;
use city::{Command, NewToken, OnCoupons, tokens};
use economy::chart;
use pen::{Failure, Request};
use rules::How;
use store::Target;
use web::{App, Limits, Mode, Secrets};

use crate::bench::cluster::Cluster;
use crate::bench::payments::client::Connection;
use crate::bench::payments::{limits, serve, town};
use crate::bench::report::{Engine, Folder, Report, engine_version, millis, percentile, seconds};

/// How many people, for what.
#[derive(Debug, clap::Args)]
pub struct RushArgs {
    /// The SQL engine.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// People who want it.
    #[arg(long, default_value_t = 50_000)]
    people: u32,
    /// The release's id in the pack.
    #[arg(long, default_value = "market-spring")]
    release: String,
    /// Connections of the rush over HTTP.
    #[arg(long, default_value_t = 256)]
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

/// What people heard, and how long it took from the opening.
#[derive(Default)]
struct Heard {
    got: u64,
    gone: u64,
    times: Vec<Duration>,
}

pub fn rush(args: &RushArgs) -> Result<(), Box<dyn Error>> {
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
    let eve = (date(2021, 3, 5), 9);
    let town = town::build_on(&target, folder.path(), &args.pack, (args.people, 0), eve)?;
    report.tell("engine", engine_version(&target)?);
    report.tell("people", args.people);
    let clock = Arc::new(HandClock::at(town.start));
    let city = City::open(town::opening(&target, folder.path(), &args.pack, clock.clone())?)?;
    let (opens, count) = {
        let view = city.shared.read();
        let release = view.town.pack.coupons.release(&args.release).ok_or("no such release")?;
        let How::Tranches { opens, count, .. } = &release.how else {
            return Err("this release is a draw".into());
        };
        let opens: Vec<_> = opens.iter().map(|one| instant(&view.town.zone, *one)).collect();
        (opens, u64::try_from(*count)?)
    };
    let [first, second, ..] = opens[..] else { return Err("two parts must open".into()) };
    report.tell("in_one_part_for_people", count);
    grant(&city, &town.people)?;
    let entropy = Box::new(SystemEntropy::new()?);
    let secrets = Secrets { signing: [1; 32] };
    let mut app = App::new(city, Mode::Real, secrets, "http://127.0.0.1".into(), entropy)?;
    app.limits = Limits::new(limits(), Arc::new(base::SystemClock));
    let app = Arc::new(app);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;

    clock.set(first);
    let heard = runtime.block_on(through_the_pen(&app, &args.release, &town.people))?;
    told(&mut report, "pen", &heard, (args.people, count))?;
    not_oversold(&app, &args.release, count)?;

    clock.set(second);
    let (address, stop, server) = runtime.block_on(serve(Arc::clone(&app)))?;
    let heard = runtime.block_on(over_http(address, args, &town.people))?;
    told(&mut report, "http", &heard, (args.people, count))?;
    not_oversold(&app, &args.release, 2 * count)?;

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

fn token(person: PersonId) -> String {
    format!("rush-{person}")
}

/// A token for each.
fn grant(city: &City, people: &[PersonId]) -> Result<(), Box<dyn Error>> {
    let mut waiting = Vec::new();
    for person in people {
        let command = Command::Grant(NewToken {
            hash: tokens::hash(&token(*person)),
            role: "citizen".into(),
            subject: Some(person.to_string()),
            district: None,
            name: "rush".into(),
        });
        let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
        waiting.push(city.commands.send_waiting(request, command)?);
    }
    for answer in waiting {
        answer.blocking_recv()?.map_err(|failure| format!("no token: {failure:?}"))?;
    }
    Ok(())
}

/// All at once: each asks again as long as the queue is full, as a browser does that is told to come back.
async fn through_the_pen(
    app: &Arc<App>,
    release: &str,
    people: &[PersonId],
) -> Result<Heard, Box<dyn Error>> {
    let nine = Instant::now();
    let mut tasks = Vec::with_capacity(people.len());
    for person in people.iter().copied() {
        let (app, release) = (Arc::clone(app), release.to_owned());
        tasks.push(tokio::spawn(async move {
            let command = Command::OnCoupons(OnCoupons::Claim { release, person });
            let actor = Actor::new(Role::Citizen(person), Client(person.0));
            loop {
                let request = Request { actor, key: "rush".into(), input_hash: command.input_hash() };
                match app.city.ask(request, command.clone()).await {
                    Ok(Ok(_)) => return Ok((true, nine.elapsed())),
                    Ok(Err(Failure::Refused(no))) if is_gone(no.code) => return Ok((false, nine.elapsed())),
                    Ok(Err(failure)) => return Err(format!("{failure:?}")),
                    Err(_) => tokio::time::sleep(Duration::from_millis(2)).await,
                }
            }
        }));
    }
    let mut heard = Heard::default();
    for task in tasks {
        heard.take(task.await??);
    }
    Ok(heard)
}

fn is_gone(code: &str) -> bool {
    ["release.gone", "release.over", "release.had"].contains(&code)
}

impl Heard {
    fn take(&mut self, (got, time): (bool, Duration)) {
        self.got += u64::from(got);
        self.gone += u64::from(!got);
        self.times.push(time);
    }
}

/// Over so many connections, each with its share of the people, one after another.
async fn over_http(
    address: std::net::SocketAddr,
    args: &RushArgs,
    people: &[PersonId],
) -> Result<Heard, Box<dyn Error>> {
    let mut connections = Vec::new();
    for _ in 0..args.connections {
        connections.push(Connection::open(address).await?);
    }
    let path = format!("/api/v1/releases/{}/claims", args.release);
    let seven = Instant::now();
    let mut tasks = Vec::new();
    for (index, mut connection) in connections.into_iter().enumerate() {
        let mine: Vec<PersonId> = people.iter().skip(index).step_by(args.connections).copied().collect();
        let path = path.clone();
        tasks.push(tokio::spawn(async move {
            let mut heard = Heard::default();
            for person in mine {
                let answer = connection.post(&path, &token(person), "rush-2", "").await;
                let answer = answer.map_err(|error| error.to_string())?;
                let got = answer.is_success();
                let text = if got { String::new() } else { answer.text() };
                if !got && !is_gone_text(&text) {
                    return Err(text);
                }
                heard.take((got, seven.elapsed()));
            }
            Ok(heard)
        }));
    }
    let mut all = Heard::default();
    for task in tasks {
        let one: Heard = task.await??;
        all.got += one.got;
        all.gone += one.gone;
        all.times.extend(one.times);
    }
    Ok(all)
}

fn is_gone_text(text: &str) -> bool {
    ["release.gone", "release.over", "release.had"].iter().any(|code| text.contains(code))
}

fn told(
    report: &mut Report,
    way: &str,
    heard: &Heard,
    (people, count): (u32, u64),
) -> Result<(), Box<dyn Error>> {
    if heard.got + heard.gone != u64::from(people) {
        return Err(format!("{way}: {} of {people} were answered", heard.got + heard.gone).into());
    }
    if heard.got != count.min(u64::from(people)) {
        return Err(format!("{way}: {} got it, and it was for {count}", heard.got).into());
    }
    let mut times = heard.times.clone();
    times.sort_unstable();
    report.tell(format!("{way}_answered"), heard.got + heard.gone);
    report.tell(format!("{way}_got_it"), heard.got);
    report.tell(format!("{way}_p50_ms"), millis(percentile(&times, 50)));
    report.tell(format!("{way}_p99_ms"), millis(percentile(&times, 99)));
    report.tell(format!("{way}_all_seconds"), seconds(times.last().copied().unwrap_or_default()));
    Ok(())
}

/// The books say how much went out: exactly what was let out.
fn not_oversold(app: &App, release: &str, count: u64) -> Result<(), Box<dyn Error>> {
    let view = app.city.shared.read();
    let release = view.town.pack.coupons.release(release).ok_or("no such release")?;
    let out = view.books.balance_of(&chart::release_meter(release.number, None).key);
    let people = i64::try_from(count)?.min(i64::try_from(view.town.directory.holders().len())?);
    if out == people * release.each.0 { Ok(()) } else { Err(format!("{out} won went out").into()) }
}
