//! The key that people are found by is changed while the city works: everybody is found before, meanwhile and afterwards, and
//! what was asked is known when it is asked again.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::time::Duration;

use base::{AccountId, PersonId, Role, Seeded};
use city::open::CantOpen;
use city::read::people::{Register, Sought};
use city::reseal::ResealFrom;
use city::reseal::index::{dropped, sign_ins};
use city::{Command, NewPerson, Reply};
use common::{TestCity, facts, masters, opening, refusal};
use economy::Facts;
use pen::Failure;
use people::How;
use people::naming::GENERAL;
use people::vouched::{indexes, said};
use store::Readers;
use testkit::{Place, on_each_engine, wait_for};
use vault::{DataKey, Use};

/// Days since 1970-01-01, and as it is written.
const BORN: (i32, &str) = (-9_742, "1943-05-01");

/// A family name and one syllable: a number at its end would be no part of a name.
fn name(number: u32) -> String {
    format!("한{}", char::from_u32(0xac00 + number).unwrap())
}

fn wish(number: u32) -> Command {
    Command::Enrol(NewPerson {
        name: name(number),
        phone: Some(format!("010-7000-{number:04}")),
        birth_day: Some(BORN.0),
        district: None,
        card: None,
    })
}

fn enrol(city: &mut TestCity, number: u32) -> PersonId {
    match facts(city.ask_as(Role::System, &format!("enrol-{number}"), wish(number))) {
        Facts::Person { person, .. } => person,
        other => panic!("{other:?}"),
    }
}

/// Who is found by what is typed at a window.
fn found(city: &TestCity, text: &str) -> Vec<PersonId> {
    let readers = Readers::open(&city.target, 1).unwrap();
    let shared = city.pen.shared();
    let view = shared.read();
    let sought = Sought::read(text, &view.town.directory).unwrap();
    let found = readers.read(|snapshot| {
        let mut register = Register::new(snapshot, &view.town.vault);
        sought.find(&mut register, |_| true)
    });
    found.unwrap().iter().map(|known| known.id).collect()
}

fn all_are_found(city: &TestCity, people: &[PersonId]) {
    for (number, person) in (0..).zip(people) {
        for text in [name(number), format!("010-7000-{number:04}"), format!("{} {}", name(number), BORN.1)] {
            assert_eq!(found(city, &text), [*person], "{text}");
        }
    }
    let mut born = found(city, BORN.1);
    born.sort_unstable();
    let mut all = people.to_vec();
    all.sort_unstable();
    assert_eq!(born, all);
}

fn add_key(city: &mut TestCity, no: u32) {
    let key = DataKey::fresh(no, GENERAL, Use::Index, &masters(), &mut Seeded::new(u64::from(no))).unwrap();
    facts(city.ask(Role::System, Command::AddKey { key }));
}

/// One part of the walk; where the next begins.
fn step(city: &mut TestCity, from: ResealFrom) -> (u32, Option<ResealFrom>) {
    match city.ask(Role::System, Command::Reindex { from, at_most: 4 }).unwrap() {
        Reply::Resealed { done, broken, next } if broken.is_empty() => (done, next),
        other => panic!("{other:?}"),
    }
}

fn walk(city: &mut TestCity) -> u32 {
    let (mut done, mut from) = (0, Some(ResealFrom::default()));
    while let Some(at) = from {
        let (more, next) = step(city, at);
        done += more;
        from = next;
    }
    done
}

fn drop_key(city: &mut TestCity, no: u32, why: Option<&str>) -> Result<Reply, Failure> {
    city.ask(Role::System, Command::DropIndexKey { no, why: why.map(str::to_owned) })
}

fn link(city: &mut TestCity, subject: &str) -> AccountId {
    let Facts::Account { account, .. } = facts(city.ask(Role::System, Command::OpenAccount { person: None }))
    else {
        panic!("an account")
    };
    let (said, how) = (said("https://house.example", subject), How::Passkey);
    facts(city.ask(Role::System, Command::LinkVouched { account, said, house: "house".into(), how }));
    account
}

/// Whose account another house's word counts for.
fn vouched(city: &TestCity, subject: &str) -> Option<AccountId> {
    let shared = city.pen.shared();
    let view = shared.read();
    let all = indexes(&view.town.vault, &said("https://house.example", subject)).unwrap();
    all.iter().find_map(|index| view.town.doors.vouched(index)).map(|one| one.account)
}

fn meddle(city: &TestCity, sql: &str) {
    match &city.place {
        Place::Sqlite { file, .. } => {
            assert!(rusqlite::Connection::open(file).unwrap().execute(sql, []).unwrap() > 0, "{sql}");
        }
        Place::Postgres(database) => drop(database.psql(sql)),
    }
}

#[test]
fn everybody_is_found_before_meanwhile_and_afterwards() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let mut people: Vec<PersonId> = (0..10).map(|number| enrol(&mut city, number)).collect();
        let kim = link(&mut city, "kim");
        all_are_found(&city, &people);
        assert!(drop_key(&mut city, 2, Some("아직 하나뿐이에요")).is_err(), "the only one stays");
        add_key(&mut city, 3);
        all_are_found(&city, &people);
        // Half of the way, with somebody more under the new key, and a start in between.
        let (done, next) = step(&mut city, ResealFrom::default());
        assert_eq!(done, 4);
        people.push(enrol(&mut city, 10));
        let mut city = city.again(2);
        all_are_found(&city, &people);
        assert_eq!(vouched(&city, "kim"), Some(kim));
        let (more, _) = step(&mut city, next.unwrap());
        // Begun anew at the front it comes to the same: ten people and the sign-in, each once.
        assert_eq!(4 + more + walk(&mut city), 11);
        assert_eq!(walk(&mut city), 0);
        all_are_found(&city, &people);
        // What was asked under the old key is known by its answer, and what was not is refused.
        let again = |city: &mut TestCity, number| {
            let asked = city.ask_as(Role::System, &format!("enrol-{number}"), wish(number));
            match facts(asked) {
                Facts::Person { person, .. } => person,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(again(&mut city, 1), people[1]);
        facts(drop_key(&mut city, 2, None));
        assert_eq!((again(&mut city, 2), again(&mut city, 10)), (people[2], people[10]));
        assert_eq!(refusal(city.ask_as(Role::System, "enrol-3", wish(4))), "key.reused");
        all_are_found(&city, &people);
        assert_eq!(vouched(&city, "kim"), Some(kim));
        let city = city.again(3);
        all_are_found(&city, &people);
        assert_eq!(vouched(&city, "kim"), Some(kim));
    });
}

#[test]
fn a_word_of_before_is_found_anew_when_they_come_in_or_ended_for_a_reason() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (kim, lee) = (link(&mut city, "kim"), link(&mut city, "lee"));
        // As it was before it was kept.
        meddle(&city, "DELETE FROM vouched_said");
        let mut city = city.again(2);
        add_key(&mut city, 3);
        assert_eq!(walk(&mut city), 0);
        let waiting = |city: &TestCity| Readers::open(&city.target, 1).unwrap().read(sign_ins).unwrap();
        assert_eq!(waiting(&city), 2);
        let why = match drop_key(&mut city, 2, None) {
            Err(Failure::Broken(why)) => why,
            other => panic!("{other:?}"),
        };
        assert!(why.contains("2 sign-ins"), "{why}");
        // One comes in: under both keys they are found, and from then on under the new one.
        let keep = Command::KeepSaid { said: said("https://house.example", "kim") };
        facts(city.ask(Role::System, keep));
        let nobody = Command::KeepSaid { said: said("https://house.example", "park") };
        assert_eq!(refusal(city.ask(Role::System, nobody)), "vouch.unknown");
        assert_eq!((waiting(&city), vouched(&city, "lee")), (1, Some(lee)));
        assert!(matches!(drop_key(&mut city, 2, Some("  ")), Err(Failure::Broken(_))));
        facts(drop_key(&mut city, 2, Some("한 해 동안 들어오지 않았어요")));
        let mut city = city.again(3);
        assert_eq!((vouched(&city, "kim"), vouched(&city, "lee")), (Some(kim), None));
        let rows = Readers::open(&city.target, 1).unwrap().read(dropped).unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.no, row.sign_ins, row.why.as_str())).collect();
        assert_eq!(told, [(2, 1, "한 해 동안 들어오지 않았어요")]);
        // The account that was ended with it is linked anew.
        let (said, how) = (said("https://house.example", "lee"), How::Passkey);
        let link = Command::LinkVouched { account: lee, said, house: "house".into(), how };
        facts(city.ask(Role::System, link));
        assert_eq!(vouched(&city, "lee"), Some(lee));
    });
}

#[test]
fn without_a_key_that_finds_people_a_city_does_not_open() {
    on_each_engine(|place| {
        for (lost, both) in [(2, false), (2, true), (3, true)] {
            let mut city = TestCity::new(Place::fresh(place.engine()));
            enrol(&mut city, 1);
            if both {
                add_key(&mut city, 3);
            }
            meddle(&city, &format!("DELETE FROM data_keys WHERE no = {lost}"));
            let TestCity { target, folder, clock, pen, checkpoints, place, .. } = city;
            drop((pen, checkpoints));
            let why = wait_for("the leader lock", Duration::from_secs(10), || {
                let opening = opening(target.clone(), folder.path(), clock.clone(), 2);
                match city::open::prepare(opening).err().unwrap() {
                    CantOpen::Store(store::Error::LeaderAlive) => None,
                    why => Some(why.to_string()),
                }
            });
            assert!(why.contains("(secrets.index)") && why.contains(&format!("data key {lost}")), "{why}");
            drop(place);
        }
    });
}
