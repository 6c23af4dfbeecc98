//! A later pack comes into force in a city that lives: what was decided stays, what comes is decided by the new rules, and a
//! start reads it back.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{AccountId, Actor, Instant, Role, Zone, date};
use city::clock::HandClock;
use city::open::City;
use city::pack::{Brought, CantFollow, bring, newest, next, would_change};
use city::{Command, NewGrant, OnProposals, Reply};
use common::{facts, opening, refusal, request, target};
use economy::Facts;
use pen::{Failure, Request};
use testkit::{Place, TempDir};

const CAMPAIGNS: &str = "campaigns/pig-card.toml";

/// The pack with April's limit raised.
fn later() -> BTreeMap<String, String> {
    let mut files = common::pack().files;
    let text = files.get_mut(CAMPAIGNS).unwrap();
    let (before, april) = text.split_once("id = \"pig-2021-04\"").unwrap();
    *text = format!(
        "{before}id = \"pig-2021-04\"{}",
        april.replacen("person_month = 300_000", "person_month = 400_000", 1)
    );
    files
}

fn nine(month: i8, day: i8) -> Instant {
    Zone::named("Asia/Seoul").unwrap().instant(date(2021, month, day), 9, 0)
}

fn april(city: &City) -> Option<base::Won> {
    city.shared.read().town.pack.campaign_on(date(2021, 4, 1)).unwrap().person_month
}

fn number(city: &City) -> u32 {
    city.readers.read(newest).unwrap().unwrap().0
}

fn system(city: &City, key: u64, command: Command) -> Facts {
    let asked = request(Role::System, &format!("founder-{key}-{}", command.operation()), &command);
    facts(city.ask_waiting(asked, command))
}

fn account(city: &City, key: u64) -> AccountId {
    match system(city, key, Command::OpenAccount { person: None }) {
        Facts::Account { account, .. } => account,
        other => panic!("{other:?}"),
    }
}

/// The account of a card officer.
fn staff(city: &City, key: u64) -> AccountId {
    let account = account(city, key);
    let role = "card-officer".to_owned();
    let wish = NewGrant { account, role, subject: None, district: None, from: 0, until: None };
    system(city, key, Command::GiveRole(wish));
    account
}

/// Asks in the name of a card officer.
fn ask(city: &City, account: AccountId, command: Command) -> Result<Reply, Failure> {
    let actor = {
        let view = city.shared.read();
        let town = &view.town;
        let today = base::day_of_date(town.zone.date(city.clock.now()));
        let roles: Vec<Actor> =
            town.doors.roles_of(account, today, &town.pack).into_iter().map(|(_, actor)| actor).collect();
        roles[0]
    };
    let input_hash = command.input_hash();
    city.ask_waiting(Request { actor, key: String::new(), input_hash }, command)
}

#[test]
fn a_later_pack_is_brought_into_force_and_read_back() {
    for engine in testkit::engines() {
        let place = Place::fresh(engine);
        let (target, folder) = (target(&place), TempDir::new());
        let clock = Arc::new(HandClock::at(nine(2, 23)));
        let open = |seed| City::open(opening(target.clone(), folder.path(), clock.clone(), seed)).unwrap();
        let city = open(1);
        assert_eq!((april(&city), number(&city)), (Some(base::Won(300_000)), 1));
        // Looking changes nothing.
        let (step, _) =
            city.readers.read(|snapshot| Ok(next(snapshot, later(), nine(2, 23)))).unwrap().unwrap();
        let line = "campaign pig-2021-04 (from 2021-04-01), which is ahead, is changed";
        assert_eq!(step.changes, [line]);
        assert_eq!(number(&city), 1);

        // Two people bring it: the first has to be named, and has to be one who may.
        let (first, second, clerk) = (staff(&city, 1), staff(&city, 2), account(&city, 3));
        assert!(matches!(bring(&city, later(), None), Err(CantFollow::Second)));
        assert!(matches!(bring(&city, later(), Some(clerk)), Err(CantFollow::Nobody(_))));
        let Brought::Waits(step, proposal) = bring(&city, later(), Some(first)).unwrap() else { panic!() };
        assert_eq!(step.changes, [line]);
        assert_eq!(
            (april(&city), number(&city)),
            (Some(base::Won(300_000)), 1),
            "nothing holds before the yes"
        );
        assert!(matches!(bring(&city, later(), Some(second)), Err(CantFollow::Waits)));
        let changes = city.readers.read(|snapshot| would_change(snapshot, 1)).unwrap();
        let lines: Vec<String> = changes
            .iter()
            .map(|one| format!("{} {} {:?} {:?}", one.file, one.key, one.was.as_deref(), one.now.as_deref()))
            .collect();
        assert_eq!(
            lines,
            [r#"campaigns/pig-card.toml campaign[pig-2021-04].person_month Some("300000") Some("400000")"#]
        );
        // Not by the same person; then by another, and over a start between.
        let confirm = || Command::OnProposals(OnProposals::Confirm { proposal });
        assert_eq!(refusal(ask(&city, first, confirm())), "second.same");
        city.close().unwrap();
        let city = open(3);
        facts(ask(&city, second, confirm()));
        assert_eq!((april(&city), number(&city)), (Some(base::Won(400_000)), 2), "{engine:?}");
        assert_eq!(refusal(ask(&city, second, confirm())), "proposal.unknown");
        // The same again is no other pack.
        let Brought::InForce(step) = bring(&city, later(), None).unwrap() else { panic!() };
        assert!(step.changes.is_empty());
        assert_eq!(number(&city), 2);
        city.close().unwrap();

        let city = open(2);
        assert_eq!((april(&city), number(&city)), (Some(base::Won(400_000)), 2));
        // In April it holds: it isn't taken back any more, and nothing of it was written.
        // What waits may be too late at the yes: April has begun meanwhile.
        clock.set(nine(3, 25));
        let Brought::Waits(_, late) = bring(&city, common::pack().files, Some(first)).unwrap() else {
            panic!()
        };
        clock.set(nine(4, 2));
        let late = Command::OnProposals(OnProposals::Confirm { proposal: late });
        assert_eq!(refusal(ask(&city, second, late)), "pack.rewrites");
        match bring(&city, common::pack().files, Some(first)) {
            Err(CantFollow::Rewrites(faults)) => {
                assert!(faults[0].contains("pig-2021-04 (from 2021-04-01) holds already"), "{faults:?}");
            }
            other => panic!("{other:?}"),
        }
        let bad = BTreeMap::from([("city.toml".to_owned(), "zone = 3".to_owned())]);
        assert!(matches!(bring(&city, bad, Some(first)), Err(CantFollow::Bad(_))));
        assert_eq!((april(&city), number(&city)), (Some(base::Won(400_000)), 2));
        city.close().unwrap();
    }
}
