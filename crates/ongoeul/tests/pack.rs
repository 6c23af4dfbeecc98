//! A later pack in a real city: a dry run, a city that is stopped, a city that serves, and packs that may not follow.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::http::{Ask, Line};
use common::server::{Server, ongoeul, refusal};
use common::town::{Town, pack_folder};
use testkit::TempDir;

/// The pack in another folder, with these words in place of those.
fn with(folder: &TempDir, name: &str, file: &str, from: &str, to: &str) -> PathBuf {
    let target = folder.path().join(name);
    copy(&pack_folder(), &target);
    let text = fs::read_to_string(target.join(file)).unwrap();
    assert!(text.contains(from), "{file} has no {from:?}");
    fs::write(target.join(file), text.replacen(from, to, 1)).unwrap();
    target
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        let target = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            fs::copy(&entry, &target).unwrap();
        }
    }
}

fn said(arguments: &[&str]) -> String {
    let output = ongoeul(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The campaigns as the API tells them.
fn campaigns(town: &Town, server: &Server) -> String {
    let answer = Line::to(server.address).ask(&Ask::get("/api/v1/campaigns", &town.auditor)).unwrap();
    assert!(answer.is_good(), "{answer:?}");
    answer.body
}

const CAMPAIGNS: &str = "campaigns/pig-card.toml";
/// A campaign far ahead.
const FAR: &str = "\n[[campaign]]\nid = \"far-ahead\"\nfrom = 2090-01-01\nperson_month = 100_000\ncounts = \"spend\"\n\
    grants = [{ at = \"payment\", rate = \"5%\", budget = \"cashback-2024\" }]\n\
    name = { ko = \"먼 훗날\", en = \"Far ahead\" }\nsource = \"notice\"\n";

#[test]
fn a_later_pack_comes_into_force_stopped_or_serving() {
    for engine in testkit::engines() {
        let town = Town::on(engine);
        let config = town.config.to_str().unwrap();
        let packs = TempDir::new();
        let last = "id = \"pig-2024\"\nfrom = 2024-01-01\n";
        let ended = with(&packs, "ended", CAMPAIGNS, last, &format!("{last}until = 2089-12-31\n"));
        let text = fs::read_to_string(ended.join(CAMPAIGNS)).unwrap();
        fs::write(ended.join(CAMPAIGNS), text + FAR).unwrap();
        let ended = ended.to_str().unwrap();
        assert!(said(&["pack", "check", ended]).contains("a good pack"));
        let lines =
            ["pig-2024 (from 2024-01-01) holds until 2089-12-31", "far-ahead (from 2090-01-01) is new"];

        // A dry run beside a server, and then the server takes it.
        let server = Server::start(&town.config);
        let would = said(&["pack", "bring", ended, "--config", config, "--dry-run"]);
        assert!(would.contains("2 would change") && lines.iter().all(|line| would.contains(line)), "{would}");
        assert!(!campaigns(&town, &server).contains("far-ahead"));
        let did = said(&["pack", "bring", ended, "--config", config]);
        assert!(did.contains("2 changed") && lines.iter().all(|line| did.contains(line)), "{did}");
        assert!(campaigns(&town, &server).contains("far-ahead"));
        let again = said(&["pack", "bring", ended, "--config", config]);
        assert!(again.contains("nothing changes"), "{again}");
        // What may not follow is refused with what would be right, by the server and without it.
        let gone = pack_folder();
        let rewritten =
            with(&packs, "rewritten", CAMPAIGNS, "person_month = 500_000", "person_month = 600_000");
        let rewritten = rewritten.to_str().unwrap();
        let no = refusal(&ongoeul(&["pack", "bring", rewritten, "--config", config]));
        assert!(no.contains("pig-2020-11 (from 2020-11-02) holds already and is changed"), "{no}");
        server.stop();
        let no = refusal(&ongoeul(&["pack", "bring", rewritten, "--config", config, "--dry-run"]));
        assert!(no.contains("holds already and is changed"), "{no}");

        // Stopped: what is ahead is taken back.
        let did = said(&["pack", "bring", gone.to_str().unwrap(), "--config", config]);
        assert!(did.contains("far-ahead (from 2090-01-01), which is ahead, is taken back"), "{did}");
        let server = Server::start(&town.config);
        assert!(!campaigns(&town, &server).contains("far-ahead"));
        server.stop();
    }
}

#[test]
fn a_bad_pack_is_told_with_its_line() {
    let packs = TempDir::new();
    let bad = with(&packs, "bad", "city.toml", "payout_hour = 9", "payout_hour = 99");
    let no = refusal(&ongoeul(&["pack", "check", bad.to_str().unwrap()]));
    assert!(no.contains("city.toml:7:"), "{no}");
}
