//! What a list says of many people at once: decided line by line as for one person, kept as a whole, on both engines.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{Date, PersonId, Role, date};
use city::read::households::together;
use city::read::people::Register;
use city::{Command, Known, NewPerson, OnHouseholds, OnMany, OnPeople, Reply, Together};
use common::{TestCity, facts, refusal};
use economy::Facts;
use pen::Failure;
use people::File;
use people::fact::{Datum, Source};
use people::household::Relation;
use store::Readers;
use testkit::{Place, on_each_engine};

const TODAY: Date = date(2021, 2, 23);
const MOVED: Date = date(2019, 5, 1);

fn enrol(city: &mut TestCity, name: &str) -> PersonId {
    let district = Some("4511153000".to_owned());
    let wish = NewPerson { name: name.into(), phone: None, birth_day: None, district, card: None };
    match facts(city.ask(Role::System, Command::Enrol(wish))) {
        Facts::Person { person, .. } => person,
        other => panic!("{other:?}"),
    }
}

fn file(city: &TestCity, person: PersonId) -> File {
    let readers = Readers::open(&city.target, 1).unwrap();
    let vault = std::sync::Arc::clone(&city.pen.shared().read().town.vault);
    readers.read(|snapshot| Register::new(snapshot, &vault).file(person)).unwrap()
}

/// With whom somebody lives, by who they are.
fn mates(city: &TestCity, person: PersonId) -> Vec<(PersonId, Relation)> {
    let readers = Readers::open(&city.target, 1).unwrap();
    let vault = std::sync::Arc::clone(&city.pen.shared().read().town.vault);
    let (here, _) = readers
        .read(|snapshot| {
            let mut register = Register::new(snapshot, &vault);
            let file = register.file(person)?;
            together(&mut register, (person, &file), TODAY, |_| true, |_| true)
        })
        .unwrap();
    here.map_or(Vec::new(), |here| {
        here.others.iter().map(|one| (one.membership.person, one.membership.relation)).collect()
    })
}

fn say(person: PersonId, datum: Datum) -> Known {
    Known { person, datum, source: Source::Declared, from: None, until: None }
}

fn live(members: &[(PersonId, Relation)]) -> Together {
    Together { members: members.to_vec(), from: MOVED }
}

fn ask(city: &mut TestCity, command: OnMany) -> Result<Reply, Failure> {
    city.ask(Role::System, Command::OnMany(command))
}

#[test]
fn a_list_says_of_each_what_a_command_would() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let [mother, child, other, alone] =
            ["김순자", "김하나", "이철수", "박영희"].map(|name| enrol(&mut city, name));
        let since = Datum::ResidenceSince(MOVED);
        let lines = [mother, child, other].map(|person| say(person, since.clone())).to_vec();
        let done = ask(&mut city, OnMany::Facts(lines)).unwrap();
        assert_eq!(done, Reply::Batch { done: 3, next: None });
        let one = OnPeople::RecordFact {
            person: alone,
            datum: since.clone(),
            source: Source::Declared,
            from: None,
            until: None,
        };
        facts(city.ask(Role::System, Command::OnPeople(one)));
        let as_one = file(&city, alone).facts.remove(0).what;
        for person in [mother, child, other] {
            let mut known = file(&city, person).facts;
            assert_eq!(known.len(), 1, "each its own, and no other's");
            let fact = known.remove(0).what;
            assert_eq!((fact.about, fact.datum, fact.source, fact.holds, fact.by), {
                let one = as_one.clone();
                (person, one.datum, one.source, one.holds, one.by)
            });
        }

        let homes = vec![
            live(&[(mother, Relation::Head), (child, Relation::Child)]),
            live(&[(other, Relation::Head)]),
        ];
        assert_eq!(ask(&mut city, OnMany::Households(homes)).unwrap(), Reply::Batch { done: 3, next: None });
        assert_eq!(mates(&city, mother), [(child, Relation::Child)]);
        assert_eq!(mates(&city, child), [(mother, Relation::Head)]);
        assert_eq!(mates(&city, other), []);
        // It is a household like others: somebody moves in.
        let from = Some(date(2021, 2, 1));
        let join = OnHouseholds::Join { person: alone, with: other, relation: Relation::Partner, from };
        facts(city.ask(Role::Clerk, Command::OnHouseholds(join)));
        assert_eq!(mates(&city, other), [(alone, Relation::Partner)]);
    });
}

#[test]
fn a_list_is_kept_whole_or_not_at_all() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let [one, two, twin] = ["김순자", "이철수", "이철수"].map(|name| enrol(&mut city, name));
        let nobody = PersonId(4);
        let since = |day| Datum::ResidenceSince(day);
        for (line, code) in [
            (say(nobody, since(MOVED)), "person.unknown"),
            (say(two, since(date(2021, 2, 24))), "fact.value"),
            (Known { from: Some(date(2021, 2, 24)), ..say(two, since(MOVED)) }, "fact.future"),
            (
                Known { source: Source::Document { what: " ".into() }, ..say(two, since(MOVED)) },
                "fact.source",
            ),
        ] {
            assert_eq!(refusal(ask(&mut city, OnMany::Facts(vec![say(one, since(MOVED)), line]))), code);
        }
        let many = vec![say(one, since(MOVED)); 1_025];
        assert_eq!(refusal(ask(&mut city, OnMany::Facts(many))), "many.most");
        let whole = city.ask(Role::Clerk, Command::OnMany(OnMany::Facts(vec![say(one, since(MOVED))])));
        assert_eq!(refusal(whole), "role.needed");

        let link =
            OnPeople::Link { one: two, other: twin, why: "신분증을 보고 확인했어요".into() };
        facts(city.ask(Role::Clerk, Command::OnPeople(link)));
        let head = |person| live(&[(person, Relation::Head)]);
        for (homes, code) in [
            (vec![head(nobody)], "person.unknown"),
            (vec![live(&[])], "household.none"),
            (vec![live(&[(one, Relation::Child)])], "household.none"),
            (vec![live(&[(one, Relation::Head), (two, Relation::Head)])], "household.head-already"),
            (vec![Together { from: date(2021, 2, 24), ..head(two) }], "household.future"),
            // A person stands once in it, under whichever of their records.
            (vec![head(one), head(two), live(&[(one, Relation::Head)])], "household.in-another"),
            (vec![head(two), head(twin)], "household.in-another"),
            (vec![live(&[(two, Relation::Head), (twin, Relation::Partner)])], "household.member-already"),
        ] {
            let text = format!("{homes:?}");
            assert_eq!(refusal(ask(&mut city, OnMany::Households(homes))), code, "{text}");
        }
        for person in [one, two] {
            assert!(file(&city, person).facts.is_empty() && file(&city, person).households.is_empty());
        }
        // Who lives somewhere already does so before any list.
        let form = OnHouseholds::Form { person: twin, from: Some(date(2020, 1, 1)) };
        facts(city.ask(Role::Clerk, Command::OnHouseholds(form)));
        assert_eq!(refusal(ask(&mut city, OnMany::Households(vec![head(two)]))), "household.in-another");
        assert_eq!(
            ask(&mut city, OnMany::Households(vec![head(one)])).unwrap(),
            Reply::Batch { done: 1, next: None }
        );
    });
}
