//! Who lives together: through the pen, on both engines.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{Actor, Area, Client, Date, HouseholdId, PersonId, RecordId, Role, date};
use city::read::households::{Together, together};
use city::read::people::Register;
use city::{Command, NewPerson, OnHouseholds, OnPeople, Reply};
use common::{TestCity, facts, refusal};
use economy::Facts;
use pen::{Failure, Request};
use people::fact::{Datum, Source};
use people::household::{Basis, Relation, Size};
use store::Readers;
use testkit::{Place, on_each_engine};

const TODAY: Date = date(2021, 2, 23);

fn enrol(city: &mut TestCity, name: &str, district: &str) -> PersonId {
    let wish = NewPerson {
        name: name.into(),
        phone: None,
        birth_day: None,
        district: Some(district.into()),
        card: None,
    };
    match facts(city.ask(Role::System, Command::Enrol(wish))) {
        Facts::Person { person, .. } => person,
        other => panic!("{other:?}"),
    }
}

fn ask(city: &mut TestCity, command: OnHouseholds) -> Result<Reply, Failure> {
    city.ask(Role::Clerk, Command::OnHouseholds(command))
}

fn record(reply: Result<Reply, Failure>) -> RecordId {
    match facts(reply) {
        Facts::Record { record, .. } => record,
        other => panic!("{other:?}"),
    }
}

fn form(person: PersonId) -> OnHouseholds {
    OnHouseholds::Form { person, from: Some(date(2020, 1, 1)) }
}

fn join(person: PersonId, with: PersonId, relation: Relation) -> OnHouseholds {
    OnHouseholds::Join { person, with, relation, from: Some(date(2020, 3, 1)) }
}

/// With whom somebody lives, how many they are, and whose records were read for it.
fn read(city: &TestCity, person: PersonId, on: Date) -> (Option<Together>, Option<Size>, Vec<PersonId>) {
    let readers = Readers::open(&city.target, 1).unwrap();
    let vault = std::sync::Arc::clone(&city.pen.shared().read().town.vault);
    readers
        .read(|snapshot| {
            let mut register = Register::new(snapshot, &vault);
            let file = register.file(person)?;
            let near = |code: Option<&str>| code == Some("4511153000");
            let (together, size) = together(&mut register, (person, &file), on, near, |_| true)?;
            Ok((together, size, register.seen().iter().map(|seen| seen.person).collect()))
        })
        .unwrap()
}

fn household(city: &TestCity, person: PersonId) -> HouseholdId {
    read(city, person, TODAY).0.unwrap().id
}

#[test]
fn a_household_is_formed_changed_and_left_and_the_past_stays() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let near = "4511153000";
        let [mother, father, child] = ["김순자", "이철수", "이하나"].map(|name| enrol(&mut city, name, near));
        assert_eq!(read(&city, mother, TODAY).0, None);
        assert_eq!(refusal(ask(&mut city, join(child, mother, Relation::Child))), "household.none");
        record(ask(&mut city, form(mother)));
        record(ask(&mut city, join(father, mother, Relation::Partner)));
        let wrong = record(ask(&mut city, join(child, father, Relation::Child)));
        let here = household(&city, mother);
        assert_eq!(household(&city, child), here);
        let change =
            |person, relation, from| OnHouseholds::Change { person, household: here, relation, from };
        let leave = |person, last| OnHouseholds::Leave { person, household: here, last };
        for (command, code) in [
            (form(mother), "household.in-another"),
            (join(child, mother, Relation::Child), "household.member-already"),
            (OnHouseholds::Form { person: PersonId(4), from: None }, "person.unknown"),
            (join(PersonId(4), mother, Relation::Kin), "person.unknown"),
            (change(father, Relation::Head, None), "household.head-already"),
            (change(father, Relation::Kin, Some(date(2021, 3, 1))), "household.future"),
            (change(father, Relation::Kin, Some(date(2020, 3, 1))), "household.relation-day"),
            (leave(father, Some(date(2021, 3, 1))), "household.future"),
            (leave(father, Some(date(2020, 2, 1))), "household.not-member"),
            (
                OnHouseholds::Leave { person: father, household: HouseholdId(3), last: None },
                "household.not-member",
            ),
        ] {
            assert_eq!(refusal(ask(&mut city, command.clone())), code, "{command:?}");
        }
        for role in [Role::Citizen(mother), Role::Officer, Role::Auditor] {
            assert_eq!(refusal(city.ask(role, Command::OnHouseholds(leave(mother, None)))), "role.needed");
        }
        // The head moves out; another becomes it. What was, stays.
        record(ask(&mut city, leave(mother, Some(date(2021, 1, 31)))));
        record(ask(&mut city, change(father, Relation::Head, Some(date(2021, 2, 1)))));
        let (now, size, _) = read(&city, father, TODAY);
        let now = now.unwrap();
        assert_eq!((now.own.relation, now.own.period.from()), (Relation::Head, date(2021, 2, 1)));
        assert_eq!((now.people(), now.others.len(), now.changed), (2, 1, date(2021, 2, 1)));
        assert_eq!(size, Some(Size { people: 2, basis: Basis::Members, against: None }));
        assert_eq!(read(&city, mother, TODAY).0, None);
        let then = read(&city, mother, date(2020, 12, 31)).0.unwrap();
        assert_eq!((then.people(), then.own.relation), (3, Relation::Head));
        record(ask(&mut city, OnHouseholds::Form { person: mother, from: Some(date(2021, 2, 1)) }));
        // Written down wrongly: struck out with a reason, and it stays as struck.
        let strike =
            OnPeople::StrikeFact { person: child, fact: wrong, why: "다른 집 아이였어요".into() };
        record(city.ask(Role::Clerk, Command::OnPeople(strike.clone())));
        assert_eq!(refusal(city.ask(Role::Clerk, Command::OnPeople(strike))), "fact.struck");
        assert_eq!(read(&city, child, TODAY).0, None);
        assert_eq!(read(&city, father, TODAY).0.unwrap().people(), 1);
    });
}

#[test]
fn linked_records_count_once_and_a_better_paper_counts_more() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let near = "4511153000";
        let [mother, child, again] = ["김순자", "이하나", "이한아"].map(|name| enrol(&mut city, name, near));
        record(ask(&mut city, form(mother)));
        record(ask(&mut city, join(child, mother, Relation::Child)));
        record(ask(&mut city, join(again, mother, Relation::Child)));
        assert_eq!(read(&city, mother, TODAY).1.unwrap().people, 3);
        let why = "신분증을 보고 확인했어요".into();
        facts(city.ask(Role::Clerk, Command::OnPeople(OnPeople::Link { one: child, other: again, why })));
        assert_eq!(read(&city, mother, TODAY).1.unwrap().people, 2);
        assert_eq!(read(&city, again, TODAY).1.unwrap().people, 2);
        assert_eq!(refusal(ask(&mut city, join(again, mother, Relation::Kin))), "household.member-already");
        let fact = |size, source, day| OnPeople::RecordFact {
            person: mother,
            datum: Datum::HouseholdSize(size),
            source,
            from: Some(date(2021, 2, day)),
            until: None,
        };
        facts(city.ask(Role::Clerk, Command::OnPeople(fact(5, Source::Declared, 20))));
        let size = read(&city, mother, TODAY).1;
        assert_eq!(size, Some(Size { people: 2, basis: Basis::Members, against: Some(5) }));
        let paper = Source::Document { what: "주민등록등본".into() };
        facts(city.ask(Role::Clerk, Command::OnPeople(fact(4, paper, 21))));
        let size = read(&city, mother, TODAY).1;
        assert_eq!(size, Some(Size { people: 4, basis: Basis::Fact, against: Some(2) }));
        // Both records leave at once.
        let leave = OnHouseholds::Leave {
            person: again,
            household: household(&city, mother),
            last: Some(date(2021, 2, 22)),
        };
        record(ask(&mut city, leave));
        assert_eq!((read(&city, child, TODAY).0, read(&city, again, TODAY).0), (None, None));
        assert_eq!(
            read(&city, mother, TODAY).1,
            Some(Size { people: 1, basis: Basis::Members, against: Some(4) })
        );
    });
}

#[test]
fn who_lives_in_another_area_is_neither_named_nor_changed() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let mother = enrol(&mut city, "김순자", "4511153000");
        let father = enrol(&mut city, "이철수", "4511160500");
        record(ask(&mut city, form(mother)));
        record(ask(&mut city, join(father, mother, Relation::Partner)));
        let (shown, _, seen) = read(&city, mother, TODAY);
        assert_eq!(shown.unwrap().others[0].known, None);
        assert_eq!(seen, [mother], "who isn't shown isn't opened");
        let (shown, _, seen) = read(&city, father, TODAY);
        assert_eq!(shown.unwrap().others[0].known.as_ref().map(|known| known.name.as_str()), Some("김순자"));
        assert!(seen.contains(&mother), "who is named is noted");
        // A clerk of the one neighbourhood.
        let area = city.pen.shared().read().town.directory.holder(mother).unwrap().person.district.unwrap();
        let mut from_there = |key: &str, command| {
            let command = Command::OnHouseholds(command);
            let actor = Actor { area: Area::District(area), ..Actor::new(Role::Clerk, Client(7)) };
            let request = Request { actor, key: key.into(), input_hash: command.input_hash() };
            refusal(city.ask_all(vec![(request, command)]).pop().unwrap())
        };
        assert_eq!(from_there("form", form(father)), "person.unknown");
        assert_eq!(from_there("join", join(mother, father, Relation::Head)), "person.unknown");
    });
}
