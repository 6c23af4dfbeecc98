//! Each entry of the secrets file, lost, cut off, wrong, swapped or open to all: the server does not start, and says with a
//! code what is wrong and what would be right. No key is in what it says.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use common::server::{Server, has, ongoeul, refusal};
use common::town::Town;
use testkit::Engine;

/// A town that was served once with a key of its own for each entry.
struct Served {
    town: Town,
    /// The file it was served with.
    good: String,
}

const ENTRIES: [&str; 4] = ["signing", "pins", "masters", "seal"];

fn key(entry: &str) -> String {
    let place = ENTRIES.iter().position(|one| *one == entry).unwrap();
    // The one the town's personal data was made with.
    ["1a", "ab", "ab", "4d"][place].repeat(32)
}

impl Served {
    fn on(engine: Engine) -> Served {
        let town = Town::on(engine);
        let line = |entry: &str| match entry {
            "masters" => format!("masters = [\"{}\"]\n", key(entry)),
            _ => format!("{entry} = \"{}\"\n", key(entry)),
        };
        let good: String = ENTRIES.iter().map(|entry| line(entry)).collect();
        fs::write(town.secrets(), &good).unwrap();
        Server::start(&town.config).stop();
        Served { town, good }
    }

    /// What the server says to a file.
    fn refused(&self, file: &str) -> String {
        fs::write(self.town.secrets(), file).unwrap();
        let Err(why) = Server::try_start(&self.town.config) else { panic!("it serves") };
        for entry in ENTRIES {
            assert!(!why.contains(&key(entry)[..16]), "a secret is told: {why}");
        }
        assert!(!why.contains("panicked"), "{why}");
        why
    }

    /// The file with an entry's line changed.
    fn with(&self, entry: &str, change: impl Fn(&str) -> String) -> String {
        let lines = self.good.lines();
        lines.map(|line| if line.starts_with(entry) { change(line) } else { format!("{line}\n") }).collect()
    }
}

#[test]
fn each_entry_is_missed_by_its_name() {
    let served = Served::on(Engine::Sqlite);
    for entry in ENTRIES {
        let lost = served.refused(&served.with(entry, |_| String::new()));
        has(&lost, &[&format!("lacks: {entry}"), "ongoeul keys make", "(secrets.missing)"]);
        let cut = served.refused(&served.with(entry, |line| {
            let end = line.rfind('"').unwrap();
            format!("{}{}\n", &line[..end - 2], &line[end..])
        }));
        let shown = if entry == "masters" { "a master key" } else { entry };
        has(&cut, &[&format!("lacks: {entry}"), &format!("{shown} has 62"), "(secrets.missing)"]);
    }
    let half = served.refused(&served.good[..served.good.len() / 2]);
    has(&half, &["(secrets.form)"]);
    has(&served.refused(&format!("{}pin = \"{}\"\n", served.good, "e0".repeat(32))), &["(secrets.form)"]);
    fs::remove_file(served.town.secrets()).unwrap();
    let none = Server::try_start(&served.town.config).map(drop).unwrap_err();
    has(&none, &["can't be read", "ongoeul keys make", "(secrets.unreadable)"]);
}

#[test]
fn each_wrong_key_is_noticed_before_anyone_is_served() {
    for engine in testkit::engines() {
        let served = Served::on(engine);
        for (entry, words) in [
            ("signing", &["signing", "--accept-signing", "(secrets.signing)"][..]),
            ("pins", &["pins", "PINs", "put the file back", "(secrets.pins)"]),
            ("masters", &["not among the keys at hand", "masters", "(secrets.masters)"]),
            ("seal", &["another secret", "put the seal key back", "(secrets.seal)"]),
        ] {
            let other = "c7".repeat(32);
            let wrong = served.with(entry, |line| format!("{}\n", line.replace(&key(entry), &other)));
            let why = served.refused(&wrong);
            has(&why, words);
            assert!(!why.contains(&other[..16]), "a secret is told: {why}");
        }
        // Two that were swapped: the first that is wrong is named.
        let swapped = served
            .with("pins", |_| format!("pins = \"{}\"\n", key("signing")))
            .replace(&format!("signing = \"{}\"", key("signing")), &format!("signing = \"{}\"", key("pins")));
        has(&served.refused(&swapped), &["(secrets.pins)"]);
        let swapped = served.with("seal", |_| format!("seal = \"{}\"\n", key("masters"))).replace(
            &format!("masters = [\"{}\"]", key("masters")),
            &format!("masters = [\"{}\"]", key("seal")),
        );
        has(&served.refused(&swapped), &["(secrets.masters)"]);
        // A signing key that was changed on purpose is taken once it is said so, and is the city's from then on.
        let changed = served.with("signing", |line| line.replace(&key("signing"), &"c7".repeat(32)) + "\n");
        has(&served.refused(&changed), &["(secrets.signing)"]);
        Server::start_with(&served.town.config, &["--accept-signing"]).stop();
        Server::start(&served.town.config).stop();
        has(&served.refused(&served.good), &["(secrets.signing)"]);
    }
}

#[test]
fn a_master_key_and_an_older_one_may_stand_in_any_order() {
    let served = Served::on(Engine::Sqlite);
    let (new, old) = ("c7".repeat(32), key("masters"));
    for (masters, starts) in [
        (format!("masters = [\"{new}\", \"{old}\"]\n"), true),
        (format!("masters = [\"{old}\", \"{new}\"]\n"), true),
        (format!("masters = [\"{new}\"]\n"), false),
        ("masters = []\n".to_owned(), false),
        (format!("masters = [\"{old}\", \"{}\"]\n", &new[2..]), false),
    ] {
        let file = served.with("masters", |_| masters.clone());
        if starts {
            fs::write(served.town.secrets(), file).unwrap();
            Server::start(&served.town.config).stop();
        } else {
            served.refused(&file);
        }
    }
}

#[test]
fn houses_and_gateways_have_their_secrets_and_no_others() {
    let served = Served::on(Engine::Sqlite);
    has(&served.refused(&format!("{}\n[oidc]\ntown = \"s\"\n", served.good)), &["\"town\"", "no [[oidc]]"]);
    has(
        &served.refused(&format!("{}\n[notices]\nsms = \"s\"\n", served.good)),
        &["\"sms\"", "[notices.sms]"],
    );
}

#[test]
fn a_file_that_everyone_may_read_is_no_secret() {
    let served = Served::on(Engine::Sqlite);
    let path = served.town.secrets();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    has(&served.refused(&served.good), &["read by everyone", "chmod 600", "(secrets.open)"]);
    let config = served.town.config.to_str().unwrap();
    has(&refusal(&ongoeul(&["keys", "list", "--config", config])), &["(secrets.open)"]);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    Server::start(&served.town.config).stop();
}

/// A data key that is gone from the database is no key that can be made anew.
#[test]
fn a_lost_data_key_is_noticed() {
    for engine in testkit::engines() {
        let served = Served::on(engine);
        let lose = "DELETE FROM data_keys WHERE used_for = 'index'";
        match (&served.town.database, served.town.target.path()) {
            (Some(database), _) => drop(database.psql(lose)),
            (None, Some(file)) => rusqlite::Connection::open(file).unwrap().execute_batch(lose).unwrap(),
            (None, None) => panic!("a city without a place"),
        }
        has(
            &served.refused(&served.good),
            &["data key 2, which makes their indexes, is not in the database", "(secrets.index)"],
        );
    }
}
