//! `ongoeul keys`: makes the keys of a city, changes them, and tells which are in use.

use std::collections::BTreeSet;
use std::path::PathBuf;

use city::compartments::{FOLDER, is_made};
use city::pack::{newest, read_folder};
use city::reseal::index::{DroppedRow, dropped, is_index, sign_ins};
use clap::Subcommand;
use compartment::RECORDS;
use store::{Readers, Target};
use vault::{DataKey, Masters, Use};

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
    Rotate(WhichKey),
    /// Tell which keys there are and which are in use.
    List(Which),
    /// Seal everything anew that older data keys sealed, while the city serves, in its sealed compartments too; then name the
    /// data keys that nothing is sealed under any more, and remove them. Master keys that are new in the secrets file are put
    /// in use at once. What breaks off goes on when it is asked for again.
    Reseal(ResealArgs),
    /// Make everything anew that people and sign-ins are found by, under a new index key, while the city serves; then remove the
    /// older key. What breaks off goes on when it is asked for again.
    Reindex(ReindexArgs),
    /// Drop the master keys that nothing is wrapped under any more.
    Drop(Which),
}

#[derive(Debug, clap::Args)]
struct WhichKey {
    #[command(flatten)]
    city: Which,
    /// The master key of this sealed compartment, instead of the city's.
    #[arg(long)]
    compartment: Option<String>,
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

#[derive(Debug, clap::Args)]
struct ReindexArgs {
    #[command(flatten)]
    which: Which,
    /// Remove the older key although sign-ins by other houses are found under it alone, and why: they are linked anew then.
    #[arg(long, value_name = "REASON")]
    drop_anyway: Option<String>,
}

pub fn run(args: &Args) -> Result<(), Failed> {
    match &args.task {
        Task::Make(which) => make(which),
        Task::Rotate(which) => rotate(which),
        Task::List(which) => list(which),
        Task::Reseal(args) => reseal::run(&args.which.config, args.new_key),
        Task::Reindex(args) => reseal::run_indexes(&args.which.config, args.drop_anyway.clone()),
        Task::Drop(which) => drop_unused(which),
    }
}

fn make(which: &Which) -> Result<(), Failed> {
    let (config, target) = serve::addressed(&which.config)?;
    let rooms = compartments_of(&config, &target);
    let (path, shown) = (&config.secrets, config.secrets.display());
    if path.exists() {
        let mut file = SecretsFile::open(path)?;
        let mut added = Vec::new();
        if file.complete()? {
            added.push("seal".to_owned());
        }
        for id in rooms {
            // A key that was there is not made anew: the new one would open nothing, and hide that the old one is gone.
            if is_made(&config.data.join(FOLDER).join(&id)) {
                continue;
            }
            if file.add_compartment(&id)? {
                added.push(format!("a key for the compartment {id}"));
            }
        }
        if added.is_empty() {
            return Err(format!(
                "{shown} exists and is left alone: without its keys nothing that is sealed can be opened again"
            )
            .into());
        }
        file.write(path)?;
        for what in added {
            println!("{shown}: {what} added; all else is as it was. Keep a new copy of it.");
        }
        return Ok(());
    }
    let mut file = SecretsFile::fresh()?;
    for id in rooms {
        file.add_compartment(&id)?;
    }
    file.write(path)?;
    println!("{shown} made. Keep a copy where the database's backups are not.");
    Ok(())
}

/// The sealed compartments of a city: those of the pack it was made with, and for a new one those of the pack's folder.
fn compartments_of(config: &serve::Config, target: &Target) -> BTreeSet<String> {
    let kept = Readers::open(target, 1).and_then(|readers| readers.read(newest)).ok().flatten();
    let files = match kept {
        Some((_, _, kept)) => Some(kept.files),
        None => read_folder(&config.pack).ok(),
    };
    let pack = files.and_then(|files| rules::Pack::parse(&files).ok());
    pack.map(|pack| pack.compartments.into_iter().map(|one| one.id).collect()).unwrap_or_default()
}

fn rotate(which: &WhichKey) -> Result<(), Failed> {
    let (config, _) = serve::addressed(&which.city.config)?;
    let mut file = SecretsFile::open(&config.secrets)?;
    file.rotate(which.compartment.as_deref())?;
    file.write(&config.secrets)?;
    let keys = file.keys(&config.secrets)?;
    let masters = match &which.compartment {
        Some(id) => keys.compartments.get(id).ok_or("the key that was made can't be read")?,
        None => &keys.masters,
    };
    println!(
        "master key {} is in use from the next start on, or at once with: ongoeul keys reseal; then: ongoeul keys drop",
        masters.current()
    );
    Ok(())
}

/// Keys that wrap, and what they wrap: of the city, or of a compartment.
struct Ring {
    compartment: Option<String>,
    masters: Masters,
    keys: Vec<DataKey>,
}

impl Ring {
    fn needs(&self, mark: &str) -> bool {
        mark == self.masters.current() || self.keys.iter().any(|key| key.master == mark)
    }

    /// Whether a data key is the one in use, of those for the same.
    fn use_of(&self, key: &DataKey) -> &'static str {
        let like = |one: &&DataKey| (one.used_for, &one.compartment) == (key.used_for, &key.compartment);
        match self.keys.iter().filter(like).map(|one| one.no).max() == Some(key.no) {
            true => ", in use",
            false if key.used_for == Use::Index => ", until all is indexed anew: keys reindex goes on",
            false => ", until all is sealed anew: keys reseal",
        }
    }

    /// ` of the compartment …`, or nothing.
    fn of(&self) -> String {
        self.compartment.as_ref().map(|id| format!(" of the compartment {id}")).unwrap_or_default()
    }
}

/// The masters at hand, and the data keys with the mark of the master each is wrapped under: the city's first.
fn state(which: &Which) -> Result<(SecretsFile, PathBuf, Vec<Ring>), Failed> {
    let (config, target) = serve::addressed(&which.config)?;
    let file = SecretsFile::open(&config.secrets)?;
    let known = file.keys(&config.secrets)?;
    let keys = Readers::open(&target, 1)?.read(people::store::data_keys).unwrap_or_default();
    let mut rings = vec![Ring { compartment: None, masters: known.masters, keys }];
    for (id, masters) in known.compartments {
        let keys = compartment::keys(&config.data.join(FOLDER).join(&id).join(RECORDS))?;
        rings.push(Ring { compartment: Some(id), masters, keys });
    }
    Ok((file, config.secrets, rings))
}

fn list(which: &Which) -> Result<(), Failed> {
    let (_, _, rings) = state(which)?;
    let told = tell_indexes(which)?;
    for ring in &rings {
        let (masters, of) = (&ring.masters, ring.of());
        for mark in masters.marks() {
            let wraps = ring.keys.iter().filter(|key| key.master == mark).count();
            let used = if mark == masters.current() { ", in use" } else { "" };
            println!("master key {mark}{of}: wraps {wraps} data keys{used}");
        }
        for key in &ring.keys {
            let at_hand = masters.marks().any(|mark| mark == key.master);
            let lost = if at_hand { "" } else { ", WHICH IS NOT AT HAND" };
            println!(
                "data key {}: {} in {}, wrapped under {}{lost}{}",
                key.no,
                key.used_for.code(),
                key.compartment,
                key.master,
                ring.use_of(key)
            );
        }
        if ring.compartment.is_none() && ring.keys.iter().filter(|key| is_index(key)).count() > 1 {
            println!("{} sign-ins by other houses are found under the older index key alone", told.sign_ins);
        }
        if ring.keys.is_empty() {
            println!("no data keys{of} yet: the city makes them at its first start");
        }
    }
    for row in &told.dropped {
        println!("index key {} went, and {} sign-ins with it: {}", row.no, row.sign_ins, row.why);
    }
    Ok(())
}

/// What is known of index keys beside the keys themselves.
#[derive(Default)]
struct Indexes {
    sign_ins: u64,
    dropped: Vec<DroppedRow>,
}

fn tell_indexes(which: &Which) -> Result<Indexes, Failed> {
    let (_, target) = serve::addressed(&which.config)?;
    let read = Readers::open(&target, 1)?
        .read(|snapshot| Ok(Indexes { sign_ins: sign_ins(snapshot)?, dropped: dropped(snapshot)? }));
    // A city that was never started has no such tables yet.
    Ok(read.unwrap_or_default())
}

fn drop_unused(which: &Which) -> Result<(), Failed> {
    let (mut file, path, rings) = state(which)?;
    if rings.iter().any(|ring| ring.compartment.is_none() && ring.keys.is_empty()) {
        return Err("the city has no data keys yet: nothing is dropped".into());
    }
    let mut dropped = Vec::new();
    for ring in &rings {
        // A compartment that was never open wraps nothing: its keys wait for its first start.
        if ring.keys.is_empty() {
            continue;
        }
        let unused = ring.masters.marks().filter(|mark| !ring.needs(mark));
        dropped.extend(unused.map(|mark| format!("{mark}{}", ring.of())));
        match &ring.compartment {
            Some(id) => file.keep_in(id, |mark| ring.needs(mark)),
            None => file.keep(|mark| ring.needs(mark)),
        }
    }
    file.write(&path)?;
    for one in &dropped {
        println!("master key {one} dropped");
    }
    if dropped.is_empty() {
        println!(
            "every master key is still needed: start the city once after `keys rotate`, or run `keys reseal`"
        );
    }
    Ok(())
}
