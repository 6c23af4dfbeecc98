//! What names people: sealed in the database, found again, opened only with the keys, and sealed anew while the city
//! works.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::collections::{BTreeMap, BTreeSet};

use base::{Role, Seeded};
use city::read::people::{Register, Sought};
use city::reseal::{self, ResealFrom};
use city::{Command, NewPerson, NewToken, OnPeople, Reply};
use common::everything::{Everything, record};
use common::{TestCity, facts, masters, opening};
use people::consent::Giver;
use people::delegation::{Grants, PayLimits, Tie};
use people::fact::{Datum, Disability, Source};
use store::Readers;
use testkit::{Engine, Place, on_each_engine};
use vault::{DataKey, MasterKey, Masters, Use};

const NAME: &str = "이순임";
const PHONE: &str = "010-2345-6789";

fn enrol(city: &mut TestCity, name: &str) -> base::PersonId {
    let wish = NewPerson {
        name: name.into(),
        phone: Some(PHONE.into()),
        birth_day: Some(-9_741),
        district: None,
        card: None,
    };
    match facts(city.ask(Role::System, Command::Enrol(wish))) {
        economy::Facts::Person { person, .. } => person,
        other => panic!("{other:?}"),
    }
}

const SHEET: &str = "서서학동-2021-0017";

/// A fact, a consent on paper, and a helper.
fn keep_records(city: &mut TestCity, person: base::PersonId) {
    let helper = enrol(city, "김영수");
    let health = Datum::Disability(Disability::Severe);
    let source = Source::Document { what: SHEET.into() };
    let pay = Some(PayLimits { per_payment: base::Won(31_337), per_month: base::Won(313_370) });
    for command in [
        OnPeople::RecordFact { person, datum: health, source, from: None, until: None },
        OnPeople::GiveConsent {
            person,
            purpose: "health".into(),
            from: None,
            until: None,
            paper: Some(SHEET.into()),
            by: Giver::Own,
            seen_grown: false,
        },
        OnPeople::GiveHelp {
            person,
            helper,
            tie: Tie::Family,
            grants: Grants { see: true, apply: false, pay },
            until: None,
        },
    ] {
        facts(city.ask(Role::Clerk, Command::OnPeople(command)));
    }
}

/// Everything the database holds, as someone who took its files or a dump of it reads it.
fn dump(place: &Place) -> Vec<u8> {
    match place.engine() {
        Engine::Sqlite => {
            let file = std::path::PathBuf::from(place.location());
            let mut bytes = std::fs::read(&file).unwrap();
            bytes.extend(std::fs::read(file.with_extension("sqlite-wal")).unwrap_or_default());
            bytes
        }
        Engine::Postgres => testkit::dump(&place.location()),
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn a_dump_says_nothing_about_anyone() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let person = enrol(&mut city, NAME);
        keep_records(&mut city, person);
        // Few birth dates can be meant: whoever has the dump could try each on a plain hash of the input.
        let born = OnPeople::RecordFact {
            person,
            datum: Datum::BirthDate(base::date(1943, 5, 1)),
            source: Source::Declared,
            from: None,
            until: None,
        };
        let command = Command::OnPeople(born);
        let plain = command.input_hash();
        facts(city.ask(Role::Clerk, command));
        let bytes = dump(&city.place);
        let hex: String = plain.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!bytes.windows(16).any(|window| window == plain) && !holds(&bytes, &hex));
        assert!(holds(&bytes, &person.to_string()), "the dump is the city's");
        for text in [
            NAME,
            "010-2345-6789",
            "01023456789",
            "1943-05-01",
            "-9741",
            "순임",
            SHEET,
            "severe",
            "31337",
            "313370",
        ] {
            // PostgreSQL writes bytes as hex.
            let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!holds(&bytes, text) && !holds(&bytes, &hex), "{text} stands in the database");
        }
    });
}

/// The name of a till's token often says whose till it is. What was asked is kept as a hash: all else of it stands in the
/// database, so whoever has the dump could try each name on a plain one.
#[test]
fn a_dump_says_nothing_of_what_tokens_are_for() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let command = token([7; 32], "이순임의 계산대");
        let plain = command.input_hash();
        facts(city.ask(Role::System, command));
        let number = u64::from_le_bytes([7; 8]);
        let until = city.now();
        facts(city.ask(Role::System, Command::RotateToken { client: number, hash: [8; 32], until }));
        let rename = city.pen.shared().read().town.doors.token(&[8; 32]).cloned().unwrap();
        assert_eq!(rename.called(&city.pen.shared().read().town.vault).unwrap(), "이순임의 계산대");
        assert_says_nothing(&city, &plain);
        facts(city.ask(Role::System, Command::EndToken { client: number }));
        assert_says_nothing(&city, &plain);
    });
}

fn token(hash: [u8; 32], name: &str) -> Command {
    let role = "auditor".to_owned();
    Command::Grant(NewToken { hash, role, subject: None, district: None, name: name.to_owned() })
}

fn assert_says_nothing(city: &TestCity, plain: &[u8; 16]) {
    let bytes = dump(&city.place);
    let text_of = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert!(holds(&bytes, "grant-token"), "the dump is the city's");
    assert!(!bytes.windows(16).any(|window| window == plain) && !holds(&bytes, &text_of(plain)));
    for text in [NAME, "계산대"] {
        assert!(
            !holds(&bytes, text) && !holds(&bytes, &text_of(text.as_bytes())),
            "{text} stands in the database"
        );
    }
}

/// As an earlier version left it: the next start seals what tokens are for.
#[test]
fn what_tokens_are_for_is_sealed_at_the_next_start() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        for (no, name) in [(7, "이순임의 계산대"), (8, "그만둔 계산대")] {
            facts(city.ask(Role::System, token([no; 32], name)));
        }
        facts(city.ask(Role::System, Command::EndToken { client: u64::from_le_bytes([8; 8]) }));
        execute(&city.place, "UPDATE tokens SET name = NULL, unsealed = '이순임의 계산대'");
        for _ in 0..2 {
            city = city.again(9);
            let shared = city.pen.shared();
            let view = shared.read();
            let token = |no: u8| view.town.doors.token(&[no; 32]).cloned().unwrap();
            assert_eq!(token(7).called(&view.town.vault).unwrap(), "이순임의 계산대");
            assert!(token(8).name.0.is_empty(), "of one that ended nobody asks");
            drop(view);
            let open = "UPDATE tokens SET since = since WHERE unsealed <> ''";
            assert_eq!(execute(&city.place, open), 0, "nothing stands in the open any more");
        }
    });
}

/// How many rows it changed.
fn execute(place: &Place, statement: &str) -> usize {
    match place {
        Place::Sqlite { file, .. } => {
            rusqlite::Connection::open(file).unwrap().execute(statement, []).unwrap()
        }
        Place::Postgres(database) => {
            let told = database
                .psql(&format!("WITH changed AS ({statement} RETURNING 1) SELECT COUNT(*) FROM changed"));
            told.trim().parse().unwrap()
        }
    }
}

#[test]
fn who_is_sealed_is_found_by_name_and_telephone() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let person = enrol(&mut city, NAME);
        enrol(&mut city, "김영수");
        let readers = Readers::open(&city.target, 1).unwrap();
        let shared = city.pen.shared();
        let view = shared.read();
        for (text, found) in [
            (NAME, 1),
            (" 이순임 ", 1),
            (PHONE, 2),
            ("01023456789", 2),
            ("순임", 0),
            ("010-2345-6780", 0),
            ("1943-05-02", 2),
            ("19430502", 2),
            ("이순임 1943.5.2.", 1),
            ("이순임 1943.5.1", 0),
            ("박모름 1943-05-02", 0),
        ] {
            let sought = Sought::read(text, &view.town.directory).unwrap();
            let (people, seen) = readers
                .read(|snapshot| {
                    let mut register = Register::new(snapshot, &view.town.vault);
                    Ok((sought.find(&mut register, |_| true)?, register.seen().to_vec()))
                })
                .unwrap();
            assert_eq!(people.len(), found, "{text}");
            assert_eq!(seen.len(), found, "every one that was opened is noted");
            if found == 1 {
                assert_eq!((people[0].id, people[0].name.as_str()), (person, NAME));
            }
        }
    });
}

#[test]
fn without_its_master_key_a_city_does_not_open() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        enrol(&mut city, NAME);
        let TestCity { target, folder, clock, pen, checkpoints, place, .. } = city;
        drop((pen, checkpoints));
        let mut opening = opening(target, folder.path(), clock, 2);
        opening.masters = Masters::new([MasterKey::new([8; 32])]).unwrap();
        let why = city::open::prepare(opening).err().unwrap().to_string();
        assert!(why.contains("personal data can't be opened") && why.contains("master key"), "{why}");
        drop(place);
    });
}

/// Seals anew, and takes people in meanwhile. How many fields were sealed anew; what doesn't open.
fn reseal(city: &mut TestCity, meanwhile: bool) -> (u32, Vec<String>) {
    let (mut from, mut resealed, mut unopened) = (ResealFrom::default(), 0, Vec::new());
    loop {
        let asked = city.ask(Role::System, Command::Reseal { from, at_most: 16 });
        let Reply::Resealed { done, broken, next } = asked.unwrap() else { panic!("a part answers as one") };
        resealed += done;
        unopened.extend(broken);
        if meanwhile {
            enrol(city, "박새로");
        }
        match next {
            Some(next) => from = next,
            None => return (resealed, unopened),
        }
    }
}

fn add_key(city: &mut TestCity, no: u32) {
    let key =
        DataKey::fresh(no, people::naming::GENERAL, Use::Seal, &masters(), &mut Seeded::new(9)).unwrap();
    facts(city.ask(Role::System, Command::AddKey { key }));
}

/// All that is sealed of each column, by the keys.
fn keys_of_columns(city: &TestCity) -> Vec<(String, BTreeMap<u32, u64>)> {
    let readers = Readers::open(&city.target, 1).unwrap();
    let one = |column: &'static reseal::Column| {
        let used = readers.read(|snapshot| reseal::in_use_of(snapshot, column)).unwrap();
        (format!("{}.{}", column.table, column.name), used)
    };
    reseal::COLUMNS.iter().map(one).collect()
}

fn everything(city: &mut TestCity) -> Everything {
    let mut number = 0;
    record(&mut |actor, command| {
        number += 1;
        let input_hash = command.input_hash();
        let request = pen::Request { actor, key: format!("everything-{number}"), input_hash };
        city.ask_all(vec![(request, command)]).pop().unwrap().unwrap()
    })
}

#[test]
fn everything_is_sealed_anew_while_the_city_works() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let people: Vec<_> = (0..40).map(|number| enrol(&mut city, &format!("이순{number}"))).collect();
        let known = everything(&mut city);
        for (column, used) in keys_of_columns(&city) {
            assert_eq!(used.keys().copied().collect::<Vec<_>>(), [1], "{column}: something is sealed in it");
        }
        let before: u64 = keys_of_columns(&city).iter().flat_map(|(_, used)| used.values()).sum();
        // Some come in between, sealed under the new key at once.
        add_key(&mut city, 3);
        let (resealed, unopened) = reseal(&mut city, true);
        assert_eq!((u64::from(resealed), unopened), (before, vec![]));
        for (column, used) in keys_of_columns(&city) {
            assert_eq!(used.keys().copied().collect::<Vec<_>>(), [3], "{column}");
        }
        assert_eq!(reseal(&mut city, false), (0, vec![]), "nothing is left to do");
        // A start finds all of it.
        let mut city = city.again(9);
        let readers = Readers::open(&city.target, 1).unwrap();
        let shared = city.pen.shared();
        let view = shared.read();
        let vault = &view.town.vault;
        let passkey = view.town.doors.passkeys_of(known.account).next().unwrap();
        assert_eq!((passkey.name.key_no(), passkey.called(vault).unwrap()), (Ok(3), "순임이 전화기".into()));
        let token = view.town.doors.tokens(city.now()).pop().unwrap();
        assert_eq!(
            (token.name.key_no(), token.called(vault).unwrap()),
            (Ok(3), format!("{}이 셋째 계산대", common::everything::NAME))
        );
        readers
            .read(|snapshot| {
                for (number, person) in people.iter().enumerate() {
                    let naming = Register::new(snapshot, vault).naming(*person)?.unwrap();
                    assert_eq!(naming.name, format!("이순{number}"));
                }
                let mut register = Register::new(snapshot, vault);
                let question = city::looks::questions_of(&mut register, known.person, 9)?.pop().unwrap();
                let glass = city::looks::glasses_of(&mut register, known.person, 9)?.pop().unwrap();
                assert!(question.text.contains("왜 제 기록을") && glass.why.contains("길에 쓰러져"));
                let file = Register::new(snapshot, vault).file(known.person)?;
                assert_eq!((file.facts.len(), file.consents.len(), file.helpers.len()), (2, 1, 1));
                let kept = city::proposals::read(snapshot, vault, known.proposal, city.now())?.unwrap();
                assert!(kept.said.unwrap().contains("두 번 눌렀"));
                Ok(())
            })
            .unwrap();
        drop(view);
        // Under a third key again: so all of it opened under the second.
        add_key(&mut city, 4);
        let (again, unopened) = reseal(&mut city, false);
        assert!(u64::from(again) > before && unopened.is_empty(), "{again} {unopened:?}");
    });
}

#[test]
fn what_does_not_open_is_told_and_left() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let known = everything(&mut city);
        // A sealed field that stands at another's place.
        let moved = "UPDATE glasses SET why = note";
        execute(&city.place, moved);
        add_key(&mut city, 3);
        let (resealed, unopened) = reseal(&mut city, false);
        assert_eq!(unopened.len(), 1, "{unopened:?}");
        assert!(unopened[0].starts_with(&format!("glasses.why of {}", known.glass)), "{unopened:?}");
        let left: u64 =
            keys_of_columns(&city).iter().map(|(_, used)| used.get(&1).copied().unwrap_or_default()).sum();
        assert_eq!(left, 1, "all else is sealed anew: {resealed}");
    });
}

/// Every column of bytes there is, as the database itself knows it.
fn columns_of_bytes(place: &Place) -> BTreeSet<(String, String)> {
    match place {
        Place::Sqlite { file, .. } => {
            let db = rusqlite::Connection::open(file).unwrap();
            let mut all = db
                .prepare(
                    "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c \
                     WHERE t.type = 'table' AND c.type = 'BLOB'",
                )
                .unwrap();
            let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            rows.map(Result::unwrap).collect()
        }
        Place::Postgres(database) => {
            let rows = database.psql(
                "SELECT table_name || ' ' || column_name FROM information_schema.columns \
                 WHERE table_schema = 'public' AND data_type = 'bytea'",
            );
            let pair = |line: &str| line.trim().split_once(' ').map(|(t, c)| (t.to_owned(), c.to_owned()));
            rows.lines().filter_map(pair).collect()
        }
    }
}

#[test]
fn every_column_of_bytes_is_sealed_anew_or_says_why_it_need_not_be() {
    on_each_engine(|place| {
        let city = TestCity::new(Place::fresh(place.engine()));
        let sealed = reseal::COLUMNS.iter().map(|column| (column.table.to_owned(), column.name.to_owned()));
        let plain = reseal::PLAIN.iter().map(|(table, name, _)| ((*table).to_owned(), (*name).to_owned()));
        let listed: Vec<_> = sealed.chain(plain).collect();
        let known: BTreeSet<_> = listed.iter().cloned().collect();
        assert_eq!(known.len(), listed.len(), "a column is listed twice");
        assert_eq!(columns_of_bytes(&city.place), known, "city/src/reseal/store.rs lists all of them");
    });
}

#[test]
fn master_keys_are_changed_while_the_city_works() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let person = enrol(&mut city, NAME);
        let key = |byte: u8| MasterKey::new([byte; 32]);
        let use_masters = |city: &mut TestCity, keys: &[u8]| {
            let masters = Masters::new(keys.iter().map(|byte| key(*byte))).unwrap();
            city.ask(Role::System, Command::UseMasters { masters })
        };
        // Without the one that wraps the data keys there is nothing to open them with: all stays as it was.
        assert!(matches!(use_masters(&mut city, &[8]), Err(pen::Failure::Broken(_))));
        enrol(&mut city, "김영수");
        facts(use_masters(&mut city, &[8, 7]));
        facts(city.ask(Role::System, Command::RewrapKeys));
        facts(use_masters(&mut city, &[8]));
        assert!(
            matches!(use_masters(&mut city, &[7]), Err(pen::Failure::Broken(_))),
            "it wraps nothing any more"
        );
        enrol(&mut city, "박새로");
        // The old one is not needed for a start, nor for what was sealed before.
        let TestCity { target, folder, clock, pen, checkpoints, place, .. } = city;
        drop((pen, checkpoints));
        let mut opening = opening(target.clone(), folder.path(), clock, 2);
        opening.masters = Masters::new([key(8)]).unwrap();
        let started = city::open::prepare(opening).map_err(|why| why.to_string()).unwrap();
        let shared = started.pen.shared();
        let view = shared.read();
        let readers = Readers::open(&target, 1).unwrap();
        let naming = readers
            .read(|snapshot| Register::new(snapshot, &view.town.vault).naming(person))
            .unwrap()
            .unwrap();
        assert_eq!(naming.name, NAME);
        drop((view, started, place));
    });
}
