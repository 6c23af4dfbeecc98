//! A later pack in a real city: a dry run, a city that is stopped, a city that serves, and packs that may not follow.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::fs;
use std::path::{Path, PathBuf};

use base::{AccountId, Actor, ProposalId};
use city::open::City;
use city::{Command, NewGrant, OnProposals, Reply};
use common::http::{Ask, Line};
use common::server::{Server, ongoeul, refusal};
use common::town::{Town, pack_folder};
use economy::Facts;
use pen::Request;
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

        let [first, second] = officers(&town);
        let by = first.to_string();
        // A dry run beside a server. Then it takes the pack, which waits for a second person.
        let server = Server::start(&town.config);
        let would = said(&["pack", "bring", ended, "--config", config, "--dry-run"]);
        assert!(would.contains("2 would change") && lines.iter().all(|line| would.contains(line)), "{would}");
        let no = refusal(&ongoeul(&["pack", "bring", ended, "--config", config]));
        assert!(no.contains("name the account of whoever brings the pack with --by"), "{no}");
        let waits = said(&["pack", "bring", ended, "--config", config, "--by", &by]);
        assert!(
            waits.contains("nothing is changed yet") && lines.iter().all(|line| waits.contains(line)),
            "{waits}"
        );
        assert!(!campaigns(&town, &server).contains("far-ahead"));
        let no = refusal(&ongoeul(&["pack", "bring", ended, "--config", config, "--by", &by]));
        assert!(no.contains("another pack waits"), "{no}");
        server.stop();
        confirm(&town, second, &waits);
        let server = Server::start(&town.config);
        assert!(campaigns(&town, &server).contains("far-ahead"));
        let again = said(&["pack", "bring", ended, "--config", config]);
        assert!(again.contains("nothing changes"), "{again}");
        // What may not follow is refused with what would be right, by the server and without it.
        let gone = pack_folder();
        let rewritten =
            with(&packs, "rewritten", CAMPAIGNS, "person_month = 500_000", "person_month = 600_000");
        let rewritten = rewritten.to_str().unwrap();
        let no = refusal(&ongoeul(&["pack", "bring", rewritten, "--config", config, "--by", &by]));
        assert!(no.contains("pig-2020-11 (from 2020-11-02) holds already and is changed"), "{no}");
        server.stop();
        let no = refusal(&ongoeul(&["pack", "bring", rewritten, "--config", config, "--dry-run"]));
        assert!(no.contains("holds already and is changed"), "{no}");

        // Stopped: what is ahead is taken back.
        let waits = said(&["pack", "bring", gone.to_str().unwrap(), "--config", config, "--by", &by]);
        assert!(waits.contains("far-ahead (from 2090-01-01), which is ahead, is taken back"), "{waits}");
        confirm(&town, second, &waits);
        let server = Server::start(&town.config);
        assert!(!campaigns(&town, &server).contains("far-ahead"));
        server.stop();
    }
}

fn ask(city: &City, actor: Actor, command: Command) -> Facts {
    let request = Request { actor, key: String::new(), input_hash: command.input_hash() };
    match city.ask_waiting(request, command).unwrap() {
        Reply::Done { facts, .. } => facts,
        other => panic!("{other:?}"),
    }
}

/// Two card officers of the city.
fn officers(town: &Town) -> [AccountId; 2] {
    let city = town.open();
    let accounts = [(); 2].map(|()| {
        let account = match ask(&city, Actor::SYSTEM, Command::OpenAccount { person: None }) {
            Facts::Account { account, .. } => account,
            other => panic!("{other:?}"),
        };
        let role = "card-officer".to_owned();
        let wish = NewGrant { account, role, subject: None, district: None, from: 0, until: None };
        ask(&city, Actor::SYSTEM, Command::GiveRole(wish));
        account
    });
    city.close().unwrap();
    accounts
}

/// A second person says yes to what the command line says is waiting.
fn confirm(town: &Town, account: AccountId, waits: &str) {
    let proposal = waits.split_whitespace().find_map(|word| word.parse::<ProposalId>().ok()).unwrap();
    let city = town.open();
    let actor = {
        let view = city.shared.read();
        let today = base::day_of_date(view.town.zone.date(base::Clock::now(&base::SystemClock)));
        let roles = view.town.doors.roles_of(account, today, &view.town.pack);
        roles.first().unwrap().1
    };
    ask(&city, actor, Command::OnProposals(OnProposals::Confirm { proposal }));
    city.close().unwrap();
}

#[test]
fn a_bad_pack_is_told_with_its_line() {
    let packs = TempDir::new();
    let bad = with(&packs, "bad", "city.toml", "payout_hour = 9", "payout_hour = 99");
    let no = refusal(&ongoeul(&["pack", "check", bad.to_str().unwrap()]));
    assert!(no.contains("city.toml:7:"), "{no}");
}
