//! `ongoeul retain`: what the law lets go by its date is removed: names of persons who left, old looks, messages delivered
//! long ago, and what is over in sealed compartments. The city must not be running; it is opened for that.
//!
//! How much goes in a compartment is told to nobody here, in a dry run neither: that there is a record in one is not to be told
//! outside. Each record's page says within when it goes.

use std::path::PathBuf;

use base::{Actor, Clock, Instant, SystemClock, Zone};
use city::compartments::FOLDER;
use city::open::City;
use city::retain::{LOOKS, NAMES, years_before};
use city::{Command, Reply};
use pen::{Failure, Request};
use rules::CompartmentRule;

use crate::house::{self, Failed};
use crate::serve;

/// Which city, and whether in earnest.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("how").required(true).args(["dry_run", "act"]))]
pub struct Args {
    /// The configuration file.
    #[arg(long)]
    config: PathBuf,
    /// Only count what would go.
    #[arg(long)]
    dry_run: bool,
    /// Let it go. It can't be taken back.
    #[arg(long = "do")]
    act: bool,
}

/// Persons that one command looks at.
const AT_ONCE: u32 = 1_024;

pub fn run(args: &Args) -> Result<(), Failed> {
    let (config, target, keys) = serve::configured(&args.config)?;
    let keyring = house::keyring(keys.compartments.clone(), config.shut_compartments.clone());
    let city = serve::open_alone(&config, target, keys)?;
    let outcome = city
        .open_compartments(&config.data.join(FOLDER), keyring)
        .map_err(Failed::from)
        .and_then(|()| retain(&city, args.dry_run));
    city.close()?;
    outcome
}

fn retain(city: &City, dry: bool) -> Result<(), Failed> {
    let now = SystemClock.now();
    let zone = city.shared.read().town.zone.clone();
    let before = zone.instant(years_before(zone.date(now), LOOKS), 0, 0);
    let names = names(city, dry)?;
    let looks = looks(city, before, now, dry)?;
    let done = if dry { "would go" } else { "are gone" };
    println!("names of {names} persons who left {NAMES} years ago or more {done}; their postings stay");
    println!("{looks} looks from before {} {done}", before.rfc3339());
    let keep = city.shared.read().town.pack.notices.keep;
    if let Some(days) = keep {
        let before = zone.instant(base::date_of_day(zone.day_number(now) - days.cast_signed()), 0, 0);
        let told = if dry { city.outbox.disposable(before)? } else { city.outbox.dispose(before)? };
        println!("{told} messages delivered before {} {done}; how many there were stays", before.rfc3339());
    }
    let rules = city.shared.read().town.pack.compartments.clone();
    rooms(&rules, city, (&zone, before, now), dry)
}

/// Sealed compartments: the same is said of each, whatever is in it.
fn rooms(
    rules: &[CompartmentRule],
    city: &City,
    (zone, looks, now): (&Zone, Instant, Instant),
    dry: bool,
) -> Result<(), Failed> {
    let done = if dry { "would go" } else { "are gone" };
    for rule in rules {
        let Some(room) = city.compartment(&rule.id) else {
            println!("compartment {}: shut, and left alone", rule.id);
            continue;
        };
        let before = rule.keep_years.map(|years| zone.instant(years_before(zone.date(now), years), 0, 0));
        if !dry {
            before.map_or(Ok(()), |before| room.let_go(before))?;
            room.let_go_looks(looks, now)?;
        }
        match before {
            Some(before) => println!(
                "compartment {}: records closed before {} {done}, and looks from before {}; how many is told to nobody",
                rule.id,
                before.rfc3339(),
                looks.rfc3339()
            ),
            None => println!(
                "compartment {}: looks from before {} {done}; the pack says of no record when it goes (keep_years)",
                rule.id,
                looks.rfc3339()
            ),
        }
    }
    Ok(())
}

fn names(city: &City, dry: bool) -> Result<u64, Failed> {
    let (mut from, mut count) = (Some(0), 0);
    while let Some(start) = from {
        match ask(city, Command::LetGo { from: start, at_most: AT_ONCE, dry })? {
            Reply::Batch { done, next } => (from, count) = (next, count + u64::from(done)),
            other => return Err(format!("an unexpected answer: {other:?}").into()),
        }
    }
    Ok(count)
}

/// That it was asked for is in the journal before anything goes.
fn looks(city: &City, before: Instant, now: Instant, dry: bool) -> Result<u64, Failed> {
    let count = city.access.readers().disposable(before)?;
    if !dry && count > 0 {
        ask(city, Command::DisposeLooks { before, count })?;
        let disposed = city.access.dispose_before(before, now)?.wait()?;
        return Ok(disposed.map_or(0, |disposal| disposal.count()));
    }
    Ok(count)
}

fn ask(city: &City, command: Command) -> Result<Reply, Failed> {
    let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    city.ask_waiting(request, command).map_err(|failure| match failure {
        Failure::Broken(why) => why.into(),
        other => format!("not done: {other:?}").into(),
    })
}
