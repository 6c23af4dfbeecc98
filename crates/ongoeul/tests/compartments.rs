//! A sealed compartment's key and files at the command line: made, lost, wrong, changed, backed up.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use base::{Instant, Seeded};
use common::server::{Server, has, ongoeul, refusal};
use common::town::Town;
use compartment::{LOOKS, NewRecord, RECORDS, Request, Room};
use testkit::{Engine, TempDir};
use vault::{MasterKey, Masters};

const ID: &str = "victim-support";

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A city whose compartment has a key.
fn with_key(engine: Engine) -> Town {
    let town = Town::on(engine);
    has(&said(&keys(&town, "make", &[])), &["a key for the compartment victim-support added"]);
    town
}

fn keys(town: &Town, task: &str, more: &[&str]) -> Output {
    let mut arguments = vec!["keys", task, "--config", town.config.to_str().unwrap()];
    arguments.extend(more);
    ongoeul(&arguments)
}

fn folder(town: &Town) -> PathBuf {
    town.dir.path().join("compartments").join(ID)
}

/// The compartment's master keys, as the secrets file has them.
fn masters(town: &Town) -> Masters {
    let file = fs::read_to_string(town.secrets()).unwrap();
    let line = file.lines().find(|line| line.starts_with(ID)).unwrap();
    let texts: Vec<&str> = line.split('"').filter(|part| part.len() == 64).collect();
    let byte = |text: &str, at: usize| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap();
    let key = |text: &&str| MasterKey::new(std::array::from_fn(|at| byte(text, at)));
    Masters::new(texts.iter().map(key)).unwrap()
}

fn room(folder: &std::path::Path, masters: &Masters) -> Room {
    Room::open(folder, ID, masters, Box::new(Seeded::new(3))).unwrap()
}

/// Somebody is taken in while no server runs.
fn take_in(town: &Town) -> base::RecordId {
    let wish = NewRecord { name: "새벽".into(), reach: String::new(), note: "무서워요".into() };
    let request = Request { by: "acc_0000000000001", key: "k", at: Instant(1) };
    room(&folder(town), &masters(town)).take_in(request, &wish).unwrap()
}

fn refused(town: &Town) -> String {
    match Server::try_start(&town.config) {
        Ok(_) => panic!("it serves"),
        Err(why) => why,
    }
}

#[test]
fn without_a_key_it_stays_shut_and_with_a_lost_or_wrong_one_nothing_starts() {
    for engine in testkit::engines() {
        // Never open, and no key: the city's life doesn't depend on it.
        let town = Town::on(engine);
        Server::start(&town.config).stop();
        assert!(!folder(&town).exists());
        drop(keys(&town, "make", &[]));
        Server::start(&town.config).stop();
        assert!(folder(&town).join(RECORDS).exists());
        take_in(&town);
        // The key is gone: said, and no other is made in its place.
        let good = fs::read_to_string(town.secrets()).unwrap();
        let (without, key) = good.split_once("\n[compartments]").unwrap();
        fs::write(town.secrets(), without).unwrap();
        has(&refused(&town), &["no key for the compartment", ID, "shut_compartments"]);
        assert!(!keys(&town, "make", &[]).status.success(), "nothing is made over a lost key");
        // Somebody says that the city goes on without it.
        let config = fs::read_to_string(&town.config).unwrap();
        fs::write(&town.config, format!("{config}shut_compartments = [\"{ID}\"]\n")).unwrap();
        Server::start(&town.config).stop();
        fs::write(&town.config, format!("{config}shut_compartments = [\"cellar\"]\n")).unwrap();
        has(&refused(&town), &["no compartment", "cellar"]);
        fs::write(&town.config, &config).unwrap();
        // Another key is not this one's, and no key is told.
        let hex: String = key.split('"').find(|part| part.len() == 64).unwrap().to_owned();
        fs::write(town.secrets(), good.replace(&hex, &"c3".repeat(32))).unwrap();
        let why = refused(&town);
        has(&why, &[ID, "doesn't open", "not among the keys at hand"]);
        assert!(!why.contains("c3c3c3") && !why.contains(&hex[..16]), "{why}");
        fs::write(town.secrets(), good.replace(&hex, &hex[1..])).unwrap();
        has(&refused(&town), &["lacks: compartments ("]);
        fs::write(town.secrets(), good).unwrap();
        Server::start(&town.config).stop();
    }
}

#[test]
fn its_master_key_is_changed_and_the_old_one_dropped() {
    for engine in testkit::engines() {
        let town = with_key(engine);
        Server::start(&town.config).stop();
        let record = take_in(&town);
        let listed = || said(&keys(&town, "list", &[]));
        has(&listed(), &["of the compartment victim-support: wraps 2 data keys, in use"]);
        has(&listed(), &["seal in victim-support", "index in victim-support", "seal in general"]);
        assert!(keys(&town, "rotate", &["--compartment", ID]).status.success());
        has(&refusal(&keys(&town, "rotate", &["--compartment", "cellar"])), &["cellar"]);
        has(&listed(), &["of the compartment victim-support: wraps 0 data keys, in use"]);
        has(&said(&keys(&town, "drop", &[])), &["still needed"]);
        Server::start(&town.config).stop();
        has(&said(&keys(&town, "drop", &[])), &["of the compartment victim-support dropped"]);
        assert_eq!(masters(&town).marks().count(), 1);
        Server::start(&town.config).stop();
        assert_eq!(room(&folder(&town), &masters(&town)).read(&[record]).unwrap().len(), 1);
    }
}

#[test]
fn its_keys_are_changed_while_the_city_serves() {
    for engine in testkit::engines() {
        let town = with_key(engine);
        Server::start(&town.config).stop();
        let record = take_in(&town);
        let listed = || said(&keys(&town, "list", &[]));
        let wraps = |count: u32, used: &str| {
            format!("of the compartment victim-support: wraps {count} data keys{used}\n")
        };
        let server = Server::start(&town.config);
        has(&said(&keys(&town, "rotate", &["--compartment", ID])), &["keys reseal"]);
        has(&listed(), &[&wraps(0, ", in use"), &wraps(2, "")]);
        let told = said(&keys(&town, "reseal", &[]));
        has(&listed(), &[&wraps(2, ", in use"), &wraps(0, "")]);
        // Whatever is in there, the same is told: nothing of it.
        assert!(!told.contains(ID), "{told}");
        has(&said(&keys(&town, "drop", &[])), &["of the compartment victim-support dropped"]);
        // A data key more, for it too; the one before seals nothing then, and goes.
        has(&said(&keys(&town, "reseal", &["--new-key"])), &["a server has this city"]);
        has(&listed(), &[&wraps(2, ", in use"), "data key 3: seal in victim-support"]);
        assert!(!listed().contains("data key 1: seal in victim-support"), "{}", listed());
        server.stop();
        // Without a server the command does it itself.
        assert!(keys(&town, "rotate", &["--compartment", ID]).status.success());
        drop(said(&keys(&town, "reseal", &["--new-key"])));
        has(&listed(), &[&wraps(2, ", in use"), &wraps(0, ""), "data key 4: seal in victim-support"]);
        drop(keys(&town, "drop", &[]));
        assert_eq!(room(&folder(&town), &masters(&town)).read(&[record]).unwrap().len(), 1);
        Server::start(&town.config).stop();
    }
}

#[test]
fn what_is_over_goes_and_nobody_outside_hears_how_much() {
    for engine in testkit::engines() {
        let town = with_key(engine);
        Server::start(&town.config).stop();
        let retain = |how: &str| {
            let output = ongoeul(&["retain", "--config", town.config.to_str().unwrap(), how]);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            said(&output)
        };
        let nothing = [retain("--dry-run"), retain("--do")];
        has(&nothing[0], &["compartment victim-support: records closed before", "would go"]);
        // One that ended long ago, one that goes on.
        let over = take_in(&town);
        let other = {
            let room = room(&folder(&town), &masters(&town));
            let request = |key| Request { by: "acc_0000000000001", key, at: Instant(2) };
            room.close(request("end"), over, "끝났어요").unwrap();
            let wish = NewRecord { name: "노을".into(), reach: String::new(), note: "무서워요".into() };
            room.take_in(request("other"), &wish).unwrap()
        };
        let kept = || room(&folder(&town), &masters(&town)).read(&[over, other]).unwrap().len();
        assert_eq!(retain("--dry-run"), nothing[0], "the same is told, whatever is in there");
        assert_eq!(kept(), 2);
        assert_eq!(retain("--do"), nothing[1]);
        assert_eq!(kept(), 1);
        let bytes = fs::read(folder(&town).join(RECORDS)).unwrap();
        let id = over.to_string();
        assert!(!bytes.windows(id.len()).any(|part| part == id.as_bytes()), "nor in the file");
        Server::start(&town.config).stop();
    }
}

#[test]
fn a_backup_takes_it_along_sealed_and_verify_checks_its_looks() {
    for engine in testkit::engines() {
        let town = with_key(engine);
        Server::start(&town.config).stop();
        let record = take_in(&town);
        let server = Server::start(&town.config);
        let copy = town.dir.path().join("copy.sqlite");
        let dir = town.dir.path().to_str().unwrap();
        let output = ongoeul(&["backup", copy.to_str().unwrap(), "--dir", dir]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let written = |name: &str| copy.with_extension(format!("{ID}.{name}"));
        has(&said(&output), &["compartment written to", written(RECORDS).to_str().unwrap()]);
        let bytes = fs::read(written(RECORDS)).unwrap();
        assert!(!bytes.windows(6).any(|part| part == "새벽".as_bytes()), "it is sealed");
        server.stop();
        // Put back in another place, it opens with its key.
        let other = TempDir::new();
        for name in [RECORDS, LOOKS] {
            fs::copy(written(name), other.path().join(name)).unwrap();
        }
        let found = room(other.path(), &masters(&town)).read(&[record]).unwrap();
        assert_eq!(found.len(), 1);
        let arguments = town.verify_arguments();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let file = folder(&town).join(LOOKS);
        has(&said(&ongoeul(&arguments)), &[&format!("{} is right", file.display())]);
    }
}
