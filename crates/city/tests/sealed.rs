//! What names people: sealed in the database, found again, opened only with the keys, and sealed anew while the city
//! works.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use base::{Role, Seeded};
use city::read::people::{Register, Sought};
use city::{Command, NewPerson, OnPeople, Reply};
use common::{TestCity, facts, masters, opening};
use economy::Facts;
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

#[test]
fn records_are_sealed_anew_while_the_city_works() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let people: Vec<_> = (0..40).map(|number| enrol(&mut city, &format!("이순{number}"))).collect();
        let Facts::Account { account, .. } =
            facts(city.ask(Role::System, Command::OpenAccount { person: None }))
        else {
            panic!("an account")
        };
        for no in 1..=5 {
            let (name, credential, how) = (format!("전화기 {no}"), "{}".to_owned(), people::How::Code);
            let passkey = city::NewPasskey { account, hash: [no; 32], name, credential, how };
            facts(city.ask(Role::System, Command::AddPasskey(passkey)));
        }
        assert!(!holds(&dump(&city.place), "전화기"), "what people call their devices is theirs");
        keep_records(&mut city, people[0]);
        let asked = "왜 보셨는지 알려 주세요".to_owned();
        facts(
            city.ask(Role::System, Command::AskLook { person: people[0], look: 1, question: asked.clone() }),
        );
        let why = "창구에 쓰러져 계셔서 가족을 찾아요".to_owned();
        facts(city.ask(Role::System, Command::OpenGlass { person: people[1], why: why.clone() }));
        let download =
            Command::Download { what: "books".into(), lines: 3, why: "감사 자료로 제출해요".into() };
        facts(city.ask(Role::System, download));
        let key =
            DataKey::fresh(3, people::naming::GENERAL, Use::Seal, &masters(), &mut Seeded::new(9)).unwrap();
        facts(city.ask(Role::System, Command::AddKey { key }));
        // Some come in between, sealed under the new key at once.
        let (mut from, mut resealed) = (0, 0);
        loop {
            let Reply::Batch { done, next } =
                city.ask(Role::System, Command::Reseal { from, at_most: 16 }).unwrap()
            else {
                panic!("a batch answers as one");
            };
            resealed += done;
            enrol(&mut city, "박새로");
            match next {
                Some(next) => from = next,
                None => break,
            }
        }
        // Forty persons and the one who helps; a fact, a consent, a delegation; five passkeys; a question, a glass and a
        // download.
        assert_eq!(resealed, 52);
        let again = city.ask(Role::System, Command::Reseal { from: 0, at_most: 1_000 }).unwrap();
        assert_eq!(again, Reply::Batch { done: 0, next: None });
        let readers = Readers::open(&city.target, 1).unwrap();
        let shared = city.pen.shared();
        let view = shared.read();
        for (no, passkey) in (1..).zip(view.town.doors.passkeys_of(account)) {
            assert_eq!(passkey.name.key_no(), Ok(3));
            assert_eq!(passkey.called(&view.town.vault).unwrap(), format!("전화기 {no}"));
        }
        readers
            .read(|snapshot| {
                for (number, person) in people.iter().enumerate() {
                    let row = people::store::person(snapshot, *person)?.unwrap();
                    assert_eq!(vault::Sealed(row.naming).key_no(), Ok(3));
                    let known = Register::new(snapshot, &view.town.vault).naming(*person)?.unwrap();
                    assert_eq!(known.name, format!("이순{number}"));
                }
                for row in people::store::records(snapshot, people[0])? {
                    assert_eq!(vault::Sealed(row.sealed).key_no(), Ok(3));
                }
                let mut register = Register::new(snapshot, &view.town.vault);
                let question = city::looks::questions_of(&mut register, people[0], 9)?.pop().unwrap();
                let glass = city::looks::glasses_of(&mut register, people[1], 9)?.pop().unwrap();
                assert_eq!((question.text, glass.why), (asked.clone(), why.clone()));
                let file = Register::new(snapshot, &view.town.vault).file(people[0])?;
                assert_eq!((file.facts.len(), file.consents.len(), file.helpers.len()), (1, 1, 1));
                Ok(())
            })
            .unwrap();
    });
}
