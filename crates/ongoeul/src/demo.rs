//! `ongoeul demo`: a city in a folder, built from a seed, with townsfolk, personas and a clock to play with.

mod beside;
mod folder;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant as Stopwatch;

use base::{Clock, Entropy, Instant, OrganisationId, Role, SystemClock, SystemEntropy, Zone, date};
use city::build::{Life, Pace, Personas, Phase, Plan, Progress, raise};
use city::chores::Keeper;
use city::clock::{CityClock, PenClock};
use city::open::{City, Opening};
use city::pack::{Kept, read_folder};
use indicatif::{ProgressBar, ProgressStyle};
use pen::Options;
use rules::{Kind, Reach, RoleRule};
use store::Target;
use web::{App, Demo, DemoPersona, Mode, Secrets};

use crate::house::{self, Failed};
use crate::secrets::Keys;
use folder::Folder;

/// Which town.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder the town lives in; made when missing, used again when there.
    #[arg(long, default_value = "ongoeul-demo")]
    dir: PathBuf,
    /// How many people; fewer than the real city's are a city of that scale.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(10..=650_000))]
    people: u32,
    /// Everything drawn comes from it.
    #[arg(long, default_value_t = 20_210_223)]
    seed: u64,
    /// Remake the town, dropping what is in the folder.
    #[arg(long)]
    fresh: bool,
    /// Where to listen, on 127.0.0.1.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Payments a second by townsfolk, on the average of a week; 0 for none. Without it they pay as people do, at the
    /// clock's speed.
    #[arg(long)]
    traffic: Option<u32>,
    /// The city pack of a new town.
    #[arg(long, default_value = "cities/jeonju")]
    pack: PathBuf,
    /// Build only; don't serve.
    #[arg(long)]
    build_only: bool,
}

/// The name of a demo's log: like its key, worth nothing elsewhere.
const ORIGIN: &str = "ongoeul.demo/log";

pub fn run(args: &Args) -> Result<(), Failed> {
    let folder = Folder::of(&args.dir);
    if args.fresh {
        folder.clear()?;
    }
    let began = Stopwatch::now();
    let (personas, made) = match folder.town()? {
        Some(town) => (town.personas, false),
        None => (build(args, &folder)?, true),
    };
    if made {
        println!("town built in {:.1} s", began.elapsed().as_secs_f64());
    }
    if args.build_only {
        return Ok(());
    }
    let runtime = house::runtime()?;
    let mut secrets = folder.secrets(&compartments(&args.pack))?;
    let clock = Arc::new(CityClock::new(Arc::new(SystemClock), first_instant()?));
    let pens = Arc::new(PenClock(Arc::clone(&clock)));
    let mut city = City::open(opening(&folder, folder.kept()?, &secrets, pens)?)
        .map_err(|error| folder.cant_open(error))?;
    // Only the pen takes the instants of commands; everybody else reads the clock.
    city.clock = clock.clone();
    // A town that was stopped goes on where it stopped.
    let last = city.shared.read().at;
    clock.jump_to(last);
    city.seal(&folder.seal(), seal::Secret::new(secrets.seal), ORIGIN)?;
    let keys = std::mem::take(&mut secrets.compartments);
    city.open_compartments(&folder.compartments(), house::keyring(keys, BTreeSet::new()))?;
    // Shops have been paid out at the hour the clock begins at, before anyone looks, and before anything else is done in that
    // hour: what is due is due since the last deed.
    let mut keeper = Keeper::of_demo(&city);
    if let Some(failure) = keeper.catch_up(&city).broken {
        tracing::error!(?failure, "a chore broke; it is tried again");
    }
    let names = folder.names(&city, &personas)?;
    let (access, in_twos) = {
        let view = city.shared.read();
        let mut roles = view.town.pack.roles.iter();
        let gives = roles.find(|role| role.operations.iter().any(|one| one == "give-role"));
        (gives.map(|role| role.id.clone()), !view.town.pack.four_eyes.is_empty())
    };
    let desks = desks(&city);
    let mut personas_here = named(&personas, &names, access, desks);
    // Where two people have to do something, there are two.
    if in_twos && let Some(one) = personas_here.iter().find(|one| one.key == "officer") {
        let second = DemoPersona { key: "colleague".into(), ..one.clone() };
        personas_here.push(second);
    }
    let tokens = folder.tokens(&city, &personas_here, &mut SystemEntropy::new()?)?;
    // After the tokens: no program works in a sealed compartment.
    personas_here.extend(counsellor(&city));
    personas_here.extend(counter(&city));
    let life = Arc::new(Life::default());
    if let Some(to) = folder.jump()? {
        life.leap(last, to);
    }
    let demo = Demo { clock: Arc::clone(&clock), life: Arc::clone(&life), personas: personas_here };
    let mode = Mode::Demo(demo);
    let url = format!("http://127.0.0.1:{}", args.port);
    let signing = Secrets { signing: secrets.signing };
    let mut app = App::new(city, mode, signing, url.clone(), Box::new(SystemEntropy::new()?))?;
    app.outlets = web::Outlets::of_demo();
    let app = Arc::new(app);
    let served = runtime.block_on(async {
        let door = house::listen(SocketAddr::from(([127, 0, 0, 1], args.port))).await?;
        println!("{url}/         the town today");
        println!("{url}/enter    come in as a citizen, a shop, the city hall, an auditor");
        println!("{url}/api/openapi.json");
        println!("tokens for trying the API: {}", tokens.display());
        println!("first page {:.1} s after the start; stop with Ctrl-C", began.elapsed().as_secs_f64());
        let pace = args.traffic.map_or(Pace::Life, Pace::PerSecond);
        let town = beside::Town { personas, seed: args.seed, pace, clock, life, folder };
        let beside = beside::start(&app, town, keeper);
        house::run(&app, door, beside).await
    });
    house::close(runtime, app, served)
}

/// The day of the announcement, at the opening of the city hall.
fn first_instant() -> Result<Instant, Failed> {
    let zone = Zone::named("Asia/Seoul").ok_or("the time zone data is missing")?;
    Ok(zone.instant(date(2021, 2, 23), 9, 0))
}

fn opening(folder: &Folder, pack: Kept, secrets: &Keys, clock: Arc<dyn Clock>) -> Result<Opening, Failed> {
    Ok(Opening {
        target: Target::Sqlite(folder.database()),
        checkpoints: folder.checkpoints(),
        access: folder.access(),
        pack,
        pin_key: secrets.pins,
        masters: secrets.masters.clone(),
        clock,
        entropy: Box::new(SystemEntropy::new()?),
        nonces: Box::new(SystemEntropy::new()?),
        options: Options::default(),
        accept_clock: true,
        use_checkpoint: true,
    })
}

fn build(args: &Args, folder: &Folder) -> Result<Personas, Failed> {
    let files = read_folder(&args.pack).map_err(|error| {
        format!(
            "the city pack {} can't be read ({error}); run from the repository, or name it with --pack",
            args.pack.display()
        )
    })?;
    let whole = Kept { files, scale: (1, 1) };
    let population = whole.parse().map_err(city::open::CantOpen::Pack)?.city.population;
    let pack = Kept { scale: (i64::from(args.people), i64::from(population)), ..whole };
    folder.make()?;
    let secrets = folder.secrets(&[])?;
    let until = first_instant()?;
    let mut opening = opening(folder, pack, &secrets, Arc::new(SystemClock))?;
    opening.entropy = Box::new(base::Seeded::new(args.seed));
    let plan = Plan::new(args.people, args.seed, date(2021, 1, 1), until);
    let bar = ProgressBar::new(1);
    bar.set_style(ProgressStyle::with_template("{msg:10} {bar:40} {human_pos}/{human_len} {elapsed}")?);
    let mut phase = None;
    let raised = raise(opening, &plan, &mut |progress: Progress| {
        if phase != Some(progress.phase) {
            phase = Some(progress.phase);
            bar.set_message(match progress.phase {
                Phase::People => "people",
                Phase::Shops => "shops",
                Phase::Lives => "homes",
                Phase::History => "payments",
                Phase::Closing => "closing",
            });
        }
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    })?;
    bar.finish_and_clear();
    println!(
        "{} people, {} shops, {} payments of {} won",
        raised.tally.people,
        raised.tally.shops,
        raised.tally.payments,
        base::Won(raised.tally.paid)
    );
    folder.keep_town(args.people, args.seed, &raised.personas)?;
    Ok(raised.personas)
}

/// A desk of an organisation that visitors can be at.
struct OwnDesk {
    /// The persona's key.
    key: &'static str,
    /// The role's id in the pack.
    duty: String,
    organisation: OrganisationId,
    name: String,
}

/// The Community Chest's desk, and the first association's: of those the pack began with.
fn desks(city: &City) -> Vec<OwnDesk> {
    let view = city.shared.read();
    let (pack, register) = (&view.town.pack, &view.town.directory.organisations);
    let kinds = [("chest", "community-chest"), ("association", "association")];
    let desk = |(key, kind)| {
        let mut rules = pack.roles.iter();
        let rule = rules.find(|role| role.organisation.is_some_and(|of| of.code() == kind))?;
        let mut of_kind = pack.organisations.all.iter().filter(|one| one.kind.code() == kind);
        let one = of_kind.find_map(|one| register.known_as(&one.id))?;
        Some(OwnDesk { key, duty: rule.id.clone(), organisation: one.id, name: one.name.clone() })
    };
    kinds.into_iter().filter_map(desk).collect()
}

/// The sealed compartments of a pack; none when it can't be read: a town that exists has a pack of its own.
fn compartments(pack: &Path) -> Vec<String> {
    let pack = read_folder(pack).ok().and_then(|files| rules::Pack::parse(&files).ok());
    pack.map(|pack| pack.compartments.into_iter().map(|one| one.id).collect()).unwrap_or_default()
}

/// Who works in the first sealed compartment: visitors can be them, and no program gets a token for it.
fn counsellor(city: &City) -> Option<DemoPersona> {
    let view = city.shared.read();
    let rule = view.town.pack.compartments.first()?;
    let of = view.town.directory.organisations.known_as(&rule.organisation)?;
    Some(DemoPersona {
        key: "counsellor".into(),
        name: of.name.clone(),
        role: Role::Organisation(of.id),
        district: None,
        duty: Some(rule.opens.clone()),
    })
}

/// Whom a visitor may be.
fn named(
    personas: &Personas,
    names: &folder::Names,
    access: Option<String>,
    desks: Vec<OwnDesk>,
) -> Vec<DemoPersona> {
    let persona = |key: &str, name: &str, role| DemoPersona {
        key: key.into(),
        name: name.into(),
        role,
        district: (role == Role::Clerk).then(|| names.district.clone()).flatten(),
        duty: None,
    };
    let mut all = vec![
        persona("newcomer", &names.newcomer, Role::Citizen(personas.newcomer)),
        persona("citizen", &names.citizen, Role::Citizen(personas.citizen)),
        persona("merchant", &names.shop, Role::Merchant(personas.shop)),
        persona("till", &names.shop, Role::Till(personas.shop)),
        persona("clerk", "", Role::Clerk),
        persona("officer", "", Role::Officer),
        persona("auditor", "", Role::Auditor),
    ];
    // Where the pack has someone who gives access, visitors can be them.
    all.extend(access.map(|id| DemoPersona { duty: Some(id), ..persona("access", "", Role::Officer) }));
    all.extend(desks.into_iter().map(|desk| DemoPersona {
        duty: Some(desk.duty),
        ..persona(desk.key, &desk.name, Role::Organisation(desk.organisation))
    }));
    all
}

/// The counter at the city hall, where a neighbourhood's window hands over to.
fn counter(city: &City) -> Option<DemoPersona> {
    let view = city.shared.read();
    let takes = |rule: &&RoleRule| {
        rule.kind == Kind::Clerk
            && rule.reach == Reach::City
            && rule.operations.iter().any(|one| one == "accept-hand-over")
    };
    let duty = view.town.pack.roles.iter().find(takes)?.id.clone();
    let (key, role) = ("counter".to_owned(), Role::Clerk);
    Some(DemoPersona { key, name: String::new(), role, district: None, duty: Some(duty) })
}

/// A token's text.
fn token(entropy: &mut dyn Entropy) -> String {
    crate::token::fresh(entropy)
}
