//! `ongoeul keys reseal`: what older data keys sealed is sealed anew. A running server does it, between payments: the
//! command lays a wish into the city's folder and follows what is told of it there. Where no server runs, the command
//! does it itself.
//!
//! A wish outlives both: whoever starts the server next carries it out, from the front, and passes over what is done.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::{Entropy, SystemEntropy};
use city::compartments::FOLDER;
use city::open::{CantOpen, City};
use city::reseal::{self, Told, Walk};
use pen::{Failure, Stop};
use people::naming::GENERAL;
use serde::{Deserialize, Serialize};
use store::{Readers, Target};
use vault::Use;
use web::App;

use crate::house::{self, Failed, hex};
use crate::secrets::{self, Keys};
use crate::serve;

const WISH: &str = "reseal.wish";
const TOLD: &str = "reseal.told";

/// The server looks for a wish this often, and the command for what is told.
const LOOK: Duration = Duration::from_millis(250);
/// So long the server works on it before it sees whether it is to stop, and tells how far it is.
const SLICE: Duration = Duration::from_millis(250);
/// After a failure that may pass.
const AGAIN: Duration = Duration::from_secs(5);
/// Between a new index key and the first row under it: whoever took the keys before it came has found by then whom they looked
/// for.
const PAUSE: Duration = Duration::from_secs(1);
/// A server that says nothing for so long doesn't know of wishes, or can't read them.
const SILENCE: Duration = Duration::from_secs(60);

/// What is wanted.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Wish {
    /// Tells it from others.
    id: String,
    /// A data key more first.
    new_key: bool,
    /// Its number, once it is known: it is made once.
    key: Option<u32>,
    /// Not what is sealed: what people are found by is made anew.
    #[serde(default)]
    index: Option<OfIndexes>,
}

/// A wish for another index key.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct OfIndexes {
    /// Why sign-ins that the old key alone finds don't hold it back.
    drop_anyway: Option<String>,
}

impl Wish {
    /// What is told of what is done.
    fn done(&self) -> &'static str {
        if self.index.is_some() { "indexes made anew" } else { "fields sealed anew" }
    }
}

/// How far it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Report {
    id: String,
    told: Told,
    ended: bool,
    failed: Option<String>,
}

/// Reads one of the two files. `None`: there is none.
fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Option<T>, Failed> {
    match fs::read(path) {
        Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Replaces one of the two files whole. Nothing in them is secret: server and command may be run by two users.
fn write<T: Serialize>(path: &Path, what: &T) -> Result<(), Failed> {
    let mut beside = path.to_owned().into_os_string();
    beside.push(".new");
    fs::write(&beside, serde_json::to_vec(what)?)?;
    Ok(fs::rename(&beside, path)?)
}

/// A wish under way.
struct Work {
    wish: Wish,
    walk: Walk,
    /// The walk waits until then.
    not_before: Instant,
}

/// What keeps a wish from being carried out: for good, or for now.
enum Stopped {
    ForGood(String),
    ForNow(String),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Stopped {
        match failure {
            Failure::Broken(why) => Stopped::ForGood(why),
            Failure::Refused(no) => Stopped::ForGood(no.code.to_owned()),
            Failure::Unreachable | Failure::Unknown => {
                Stopped::ForNow("the city did not take the command".to_owned())
            }
        }
    }
}

impl Work {
    /// The same of a wish for another index key. While there are two, one is under way: it goes on.
    fn begin_indexes(city: &City, mut wish: Wish, keys: &Keys, keep: Option<&Path>) -> Result<Work, Stopped> {
        let broken = |error: &dyn std::fmt::Display| Stopped::ForGood(error.to_string());
        reseal::use_masters(city, keys.masters.clone())?;
        let no = match wish.key {
            Some(no) => no,
            None => reseal::index::next(city).map_err(|error| broken(&error))?,
        };
        wish.key = Some(no);
        if let Some(path) = keep {
            write(path, &wish).map_err(|error| broken(&error))?;
        }
        let mut entropy = SystemEntropy::new().map_err(|error| broken(&error))?;
        reseal::put_key(city, (no, Use::Index), &keys.masters, &mut entropy)?;
        for (id, masters) in &keys.compartments {
            let Some(room) = city.compartment(id) else { continue };
            room.put_index_key(masters).map_err(|why| {
                Stopped::ForGood(format!("the compartment {id:?} is left as it was: {why}"))
            })?;
        }
        Ok(Work { wish, walk: Walk::of_indexes(), not_before: Instant::now() + PAUSE })
    }

    /// Puts the keys in use that the wish asks for.
    fn begin(city: &City, mut wish: Wish, keys: Keys, keep: Option<&Path>) -> Result<Work, Stopped> {
        if wish.index.is_some() {
            return Work::begin_indexes(city, wish, &keys, keep);
        }
        let broken = |error: &dyn std::fmt::Display| Stopped::ForGood(error.to_string());
        let masters = keys.masters;
        reseal::use_masters(city, masters.clone())?;
        // What is in them is little, and each is done at once. What came of it is in `keys list`, and no count is told.
        for (id, masters) in &keys.compartments {
            let Some(room) = city.compartment(id) else { continue };
            room.reseal(masters, wish.new_key).map_err(|why| {
                Stopped::ForGood(format!("the compartment {id:?} is left as it was: {why}"))
            })?;
        }
        if wish.new_key {
            let no = match wish.key {
                Some(no) => no,
                None => reseal::next_key(city).map_err(|error| broken(&error))?,
            };
            wish.key = Some(no);
            if let Some(path) = keep {
                write(path, &wish).map_err(|error| broken(&error))?;
            }
            let mut entropy = SystemEntropy::new().map_err(|error| broken(&error))?;
            reseal::put_key(city, (no, Use::Seal), &masters, &mut entropy)?;
        }
        Ok(Work { wish, walk: Walk::begin(), not_before: Instant::now() })
    }

    /// Goes on for a while; true when there is more.
    fn go_on(&mut self, city: &City) -> Result<bool, Stopped> {
        let begun = Instant::now();
        if begun < self.not_before {
            std::thread::sleep(SLICE.min(self.not_before - begun));
            return Ok(true);
        }
        while self.walk.step(city)? {
            if begun.elapsed() >= SLICE {
                return Ok(true);
            }
        }
        match &self.wish.index {
            None => self.walk.drop_unused(city)?,
            Some(index) => {
                self.walk.drop_index_keys(city, index.drop_anyway.as_deref())?;
                if city.vault().indexing(GENERAL).count() == 1 {
                    drop_in_compartments(city)?;
                }
            }
        }
        Ok(false)
    }
}

/// What a compartment knows requests by under its older key can't be made anew: nothing says what they were. It knows them
/// until it is opened again.
fn drop_in_compartments(city: &City) -> Result<(), Stopped> {
    for room in city.open_rooms() {
        room.drop_index_keys().map_err(|why| {
            Stopped::ForGood(format!("the compartment {:?} keeps its older index key: {why}", room.id()))
        })?;
    }
    Ok(())
}

/// The server's side: carries out wishes, one at a time.
pub async fn watch(app: Arc<App>, folder: PathBuf, secrets: PathBuf) {
    let mut under_way = None;
    loop {
        let (city, folder, secrets) = (Arc::clone(&app), folder.clone(), secrets.clone());
        let work = under_way.take();
        let looked = tokio::task::spawn_blocking(move || look(&city.city, work, &folder, &secrets)).await;
        let pause = match looked {
            Ok(Ok(Some(work))) => {
                under_way = Some(work);
                // Between two slices it is seen whether the server stops.
                Duration::ZERO
            }
            Ok(Ok(None)) => LOOK,
            Ok(Err(why)) => {
                tracing::warn!(why, "sealing anew broke off: it is tried again");
                AGAIN
            }
            Err(error) => {
                tracing::error!(%error, "sealing anew stopped; the rest is left to the next start");
                return;
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// One slice of a wish: what is still under way, if it is.
fn look(city: &City, work: Option<Work>, folder: &Path, secrets: &Path) -> Result<Option<Work>, String> {
    let (wish_file, told_file) = (folder.join(WISH), folder.join(TOLD));
    let tell = |id: &str, told: &Told, ended: bool, failed: Option<String>| {
        if let Some(why) = &failed {
            tracing::error!(why, "not everything is sealed anew");
        }
        let report = Report { id: id.to_owned(), told: told.clone(), ended, failed };
        write(&told_file, &report).map_err(|error| error.to_string())?;
        if ended { fs::remove_file(&wish_file).map_err(|error| error.to_string()) } else { Ok(()) }
    };
    let mut work = match work {
        Some(work) => work,
        None => {
            let Some(wish) = read::<Wish>(&wish_file).map_err(|error| error.to_string())? else {
                return Ok(None);
            };
            let id = wish.id.clone();
            let keys = secrets::read(secrets).map_err(|why| Stopped::ForGood(why.to_string()));
            match keys.and_then(|keys| Work::begin(city, wish, keys, Some(&wish_file))) {
                Ok(work) => work,
                Err(Stopped::ForNow(why)) => return Err(why),
                Err(Stopped::ForGood(why)) => {
                    tell(&id, &Told::default(), true, Some(why))?;
                    return Ok(None);
                }
            }
        }
    };
    match work.go_on(city) {
        Ok(more) => {
            tell(&work.wish.id, &work.walk.told, !more, None)?;
            Ok(more.then_some(work))
        }
        Err(Stopped::ForNow(why)) => Err(why),
        Err(Stopped::ForGood(why)) => {
            tell(&work.wish.id, &work.walk.told, true, Some(why))?;
            Ok(None)
        }
    }
}

/// The command.
pub fn run(config: &Path, new_key: bool) -> Result<(), Failed> {
    let (config, target, keys) = serve::configured(config)?;
    let told = carry_out(&config, &target, keys, |id| Wish { id, new_key, key: None, index: None })?;
    println!("{} fields sealed anew", told.done);
    tell_broken(&told);
    for no in &told.removed {
        println!("data key {no}: nothing is sealed under it any more; removed");
    }
    tell_keys(&target)?;
    whole(&told)
}

/// The command `keys reindex`.
pub fn run_indexes(config: &Path, drop_anyway: Option<String>) -> Result<(), Failed> {
    let (config, target, keys) = serve::configured(config)?;
    let index = Some(OfIndexes { drop_anyway });
    let told = carry_out(&config, &target, keys, |id| Wish { id, new_key: false, key: None, index })?;
    println!("{} indexes made anew", told.done);
    tell_broken(&told);
    for no in &told.removed {
        println!("data key {no}: nobody is found under it any more; removed");
    }
    let keys = Readers::open(&target, 1)?.read(people::store::data_keys)?;
    if let [only] = keys.iter().filter(|key| reseal::index::is_index(key)).collect::<Vec<_>>().as_slice() {
        println!("data key {}: everybody is found under it, in use", only.no);
    }
    if told.sign_ins > 0 && told.removed.is_empty() {
        println!(
            "{} sign-ins by other houses are found under the older key alone: each is found anew when they come in next; \
             run keys reindex again then, or, to end them, with --drop-anyway and the reason",
            told.sign_ins
        );
    }
    whole(&told)
}

fn tell_broken(told: &Told) {
    for broken in &told.broken {
        println!("not opened, and left as it is: {broken}");
    }
}

fn whole(told: &Told) -> Result<(), Failed> {
    match told.broken_all {
        0 => Ok(()),
        all => Err(format!("{all} fields don't open: restore them from a backup, then ask again").into()),
    }
}

/// Has a wish carried out, by the server that has the city, or here.
fn carry_out(
    config: &serve::Config,
    target: &Target,
    keys: Keys,
    wish: impl FnOnce(String) -> Wish,
) -> Result<Told, Failed> {
    let mut entropy = SystemEntropy::new()?;
    let wish = wish(hex(&entropy.next_u64().to_be_bytes()));
    let own = keys.clone();
    let told = match serve::open_alone(config, target.clone(), keys) {
        Ok(city) => {
            let keyring = house::keyring(own.compartments.clone(), config.shut_compartments.clone());
            let rooms = city.open_compartments(&config.data.join(FOLDER), keyring).map_err(Failed::from);
            let told = rooms.and_then(|()| alone(&city, wish, own));
            city.close()?;
            told?
        }
        Err(
            CantOpen::Store(store::Error::LeaderAlive)
            | CantOpen::Stop(Stop::Store(store::Error::LeaderAlive)),
        ) => {
            println!("a server has this city: it seals anew while it serves");
            follow(&config.data, &wish)?
        }
        Err(other) => return Err(other.into()),
    };
    Ok(told)
}

fn alone(city: &City, wish: Wish, keys: Keys) -> Result<Told, Failed> {
    let stopped = |stopped| match stopped {
        Stopped::ForGood(why) | Stopped::ForNow(why) => Failed::from(why),
    };
    let mut work = Work::begin(city, wish, keys, None).map_err(stopped)?;
    while work.go_on(city).map_err(stopped)? {
        println!("{} {} so far", work.walk.told.done, work.wish.done());
    }
    Ok(work.walk.told)
}

/// Lays the wish down and tells what is told of it.
fn follow(folder: &Path, wish: &Wish) -> Result<Told, Failed> {
    if let Some(other) = read::<Wish>(&folder.join(WISH))? {
        println!("another wish ({}) is under way: this one comes after it", other.id);
    }
    let mut heard = Instant::now();
    while folder.join(WISH).exists() {
        if heard.elapsed() > SILENCE * 60 {
            return Err("the other wish doesn't end: ask again later".into());
        }
        std::thread::sleep(LOOK);
    }
    write(&folder.join(WISH), wish)?;
    heard = Instant::now();
    let mut last = None;
    loop {
        std::thread::sleep(LOOK);
        match read::<Report>(&folder.join(TOLD))?.filter(|report| report.id == wish.id) {
            Some(Report { failed: Some(why), .. }) => {
                return Err(format!("not everything is sealed anew: {why}").into());
            }
            Some(Report { told, ended: true, .. }) => return Ok(told),
            Some(Report { told, .. }) if last != Some(told.done) => {
                println!("{} {} so far", told.done, wish.done());
                (last, heard) = (Some(told.done), Instant::now());
            }
            // A long stretch may hold nothing old: only silence from the first is no answer.
            Some(_) => heard = Instant::now(),
            None if heard.elapsed() > SILENCE => {
                return Err(
                    "the server does not answer; the wish stays, and is carried out when one starts".into()
                );
            }
            None => {}
        }
    }
}

/// Which data keys seal how much.
fn tell_keys(target: &Target) -> Result<(), Failed> {
    let readers = Readers::open(target, 1)?;
    let (keys, used) =
        readers.read(|snapshot| Ok((people::store::data_keys(snapshot)?, reseal::in_use(snapshot)?)))?;
    let seals = |key: &&vault::DataKey| key.used_for == vault::Use::Seal;
    let newest = keys.iter().filter(seals).map(|key| key.no).max();
    for key in keys.iter().filter(seals) {
        match used.get(&key.no) {
            _ if Some(key.no) == newest => {
                println!("data key {}: seals {} fields, in use", key.no, used.get(&key.no).unwrap_or(&0));
            }
            Some(count) => println!("data key {}: STILL SEALS {count} fields", key.no),
            None => println!("data key {}: nothing is sealed under it any more", key.no),
        }
    }
    Ok(())
}
