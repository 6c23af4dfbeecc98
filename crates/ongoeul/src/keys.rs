//! `ongoeul keys`: makes the keys of a city, changes them, and tells which are in use.

use std::path::PathBuf;

use clap::Subcommand;
use store::Readers;
use vault::Masters;

use crate::house::Failed;
use crate::reseal;
use crate::secrets::SecretsFile;
use crate::serve;

/// What to do with the keys.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Make the secrets file that the configuration names. In one that exists, only what is new since is added.
    Make(Which),
    /// Put a new master key in use from the next start or `reseal` on; older ones stay until `drop`.
    Rotate(Which),
    /// Tell which keys there are and which are in use.
    List(Which),
    /// Seal everything anew that older data keys sealed, while the city serves; then tell which keys nothing is sealed
    /// under any more. Master keys that are new in the secrets file are put in use at once. What breaks off goes on when
    /// it is asked for again.
    Reseal(ResealArgs),
    /// Drop the master keys that nothing is wrapped under any more.
    Drop(Which),
}

#[derive(Debug, clap::Args)]
struct Which {
    /// The configuration file of the city.
    #[arg(long)]
    config: PathBuf,
}

#[derive(Debug, clap::Args)]
struct ResealArgs {
    #[command(flatten)]
    which: Which,
    /// Make a new data key first.
    #[arg(long)]
    new_key: bool,
}

pub fn run(args: &Args) -> Result<(), Failed> {
    match &args.task {
        Task::Make(which) => make(which),
        Task::Rotate(which) => rotate(which),
        Task::List(which) => list(which),
        Task::Reseal(args) => reseal::run(&args.which.config, args.new_key),
        Task::Drop(which) => drop_unused(which),
    }
}

fn make(which: &Which) -> Result<(), Failed> {
    let (config, _) = serve::addressed(&which.config)?;
    if config.secrets.exists() {
        let mut file = SecretsFile::open(&config.secrets)?;
        if file.complete()? {
            file.write(&config.secrets)?;
            println!(
                "{}: seal added; all else is as it was. Keep a new copy of it.",
                config.secrets.display()
            );
            return Ok(());
        }
        return Err(format!(
            "{} exists and is left alone: without its keys nothing that is sealed can be opened again",
            config.secrets.display()
        )
        .into());
    }
    SecretsFile::fresh()?.write(&config.secrets)?;
    println!("{} made. Keep a copy where the database's backups are not.", config.secrets.display());
    Ok(())
}

fn rotate(which: &Which) -> Result<(), Failed> {
    let (config, _) = serve::addressed(&which.config)?;
    let mut file = SecretsFile::open(&config.secrets)?;
    file.rotate()?;
    file.write(&config.secrets)?;
    let masters = file.keys(&config.secrets)?.masters;
    println!(
        "master key {} is in use from the next start on, or at once with: ongoeul keys reseal; then: ongoeul keys drop",
        masters.current()
    );
    Ok(())
}

/// The masters at hand, and the data keys with the mark of the master each is wrapped under.
fn state(which: &Which) -> Result<(SecretsFile, Masters, PathBuf, Vec<vault::DataKey>), Failed> {
    let (config, target) = serve::addressed(&which.config)?;
    let file = SecretsFile::open(&config.secrets)?;
    let masters = file.keys(&config.secrets)?.masters;
    let keys = Readers::open(&target, 1)?.read(people::store::data_keys).unwrap_or_default();
    Ok((file, masters, config.secrets, keys))
}

fn list(which: &Which) -> Result<(), Failed> {
    let (_, masters, _, keys) = state(which)?;
    for mark in masters.marks() {
        let wraps = keys.iter().filter(|key| key.master == mark).count();
        let used = if mark == masters.current() { ", in use" } else { "" };
        println!("master key {mark}: wraps {wraps} data keys{used}");
    }
    for key in &keys {
        let at_hand = masters.marks().any(|mark| mark == key.master);
        let lost = if at_hand { "" } else { ", WHICH IS NOT AT HAND" };
        println!(
            "data key {}: {} in {}, wrapped under {}{lost}",
            key.no,
            key.used_for.code(),
            key.compartment,
            key.master
        );
    }
    if keys.is_empty() {
        println!("no data keys yet: the city makes them at its first start");
    }
    Ok(())
}

fn drop_unused(which: &Which) -> Result<(), Failed> {
    let (mut file, masters, path, keys) = state(which)?;
    if keys.is_empty() {
        return Err("the city has no data keys yet: nothing is dropped".into());
    }
    let needed = |mark: &str| mark == masters.current() || keys.iter().any(|key| key.master == mark);
    let dropped: Vec<&str> = masters.marks().filter(|mark| !needed(mark)).collect();
    file.keep(needed);
    file.write(&path)?;
    for mark in &dropped {
        println!("master key {mark} dropped");
    }
    if dropped.is_empty() {
        println!(
            "every master key is still needed: start the city once after `keys rotate`, or run `keys reseal`"
        );
    }
    Ok(())
}
