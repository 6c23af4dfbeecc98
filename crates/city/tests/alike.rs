//! Records that may be of one person, where no window sees both: found behind the window's back, answered by who sees all.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{Actor, Area, Client, PersonId, Role};
use city::alike::{Pair, waiting};
use city::chores::Keeper;
use city::{Command, NewPerson, OnAlike, OnPeople, Reply};
use common::{Live, TestCity, facts, refusal};
use economy::Facts;
use pen::{Failure, Request};
use store::Readers;
use testkit::{Place, on_each_engine};

const WHY: &str = "두 분의 신분증이 같아요";

fn new(name: &str, phone: Option<&str>, birth_day: i32, district: Option<&str>) -> NewPerson {
    let (phone, district) = (phone.map(str::to_owned), district.map(str::to_owned));
    NewPerson { name: name.into(), phone, birth_day: Some(birth_day), district, card: None }
}

struct Windows {
    live: Live,
    codes: Vec<String>,
    keys: std::cell::Cell<u32>,
}

impl Windows {
    fn new(place: Place) -> Windows {
        let live = TestCity::new(place).live();
        let codes = live.city.shared.read().town.pack.city.districts.iter().map(|d| d.code.clone()).collect();
        Windows { live, codes, keys: std::cell::Cell::new(0) }
    }

    fn ask(&self, actor: Actor, command: Command) -> Result<Reply, Failure> {
        self.keys.set(self.keys.get() + 1);
        let key = format!("alike-{}", self.keys.get());
        let request = Request { actor, key, input_hash: command.input_hash() };
        self.live.city.ask_waiting(request, command)
    }

    /// Taken in at the window of a neighbourhood, or by who sees all of them.
    fn enrol(&self, window: Option<u8>, person: NewPerson) -> PersonId {
        match facts(self.ask(at(window), Command::Enrol(person))) {
            Facts::Person { person, .. } => person,
            other => panic!("{other:?}"),
        }
    }

    fn look(&self) {
        assert_eq!(Keeper::in_earnest(&self.live.city).look(&self.live.city).broken, None);
    }

    fn pairs(&self) -> Vec<(PersonId, PersonId)> {
        let readers = Readers::open(&self.live.target, 1).unwrap();
        let found: Vec<Pair> = readers.read(|snapshot| waiting(snapshot, 100)).unwrap();
        found.iter().map(|pair| (pair.one, pair.other)).collect()
    }
}

fn at(window: Option<u8>) -> Actor {
    let area = window.map_or(Area::City, Area::District);
    Actor { area, ..Actor::new(Role::Clerk, Client(1)) }
}

fn sorted(a: PersonId, b: PersonId) -> (PersonId, PersonId) {
    (a.min(b), a.max(b))
}

/// In the name of the counter that sees the whole city.
fn hall(city: &Windows) -> Actor {
    let view = city.live.city.shared.read();
    let duty = view.town.pack.roles.iter().position(|rule| rule.id == "city-counter").unwrap();
    Actor { duty: Some(u8::try_from(duty).unwrap()), ..at(None) }
}

#[test]
fn only_records_out_of_the_windows_sight_wait() {
    on_each_engine(|place| {
        let city = Windows::new(Place::fresh(place.engine()));
        let [zero, one] = [0, 1].map(|at| city.codes[at].clone());
        let there = city.enrol(Some(1), new("김순자", Some("010-2345-6789"), -9_800, Some(&one)));
        // Of the same window's people, and of who lives in no neighbourhood, the window saw itself.
        city.enrol(Some(1), new("이영희", None, 5_000, Some(&one)));
        city.enrol(None, new("박철수", None, 6_000, None));
        city.look();
        assert_eq!(city.pairs(), []);
        let near = city.enrol(Some(1), new("이영희", None, 5_000, Some(&one)));
        let outside = city.enrol(Some(0), new("박철수", None, 6_000, Some(&zero)));
        // One of another name and day with the same telephone is family, and is not asked about.
        city.enrol(Some(0), new("최하늘", Some("010-2345-6789"), 9_000, Some(&zero)));
        city.look();
        assert_eq!(city.pairs(), [], "{near} {outside}");
        // By name and day; by a name mistyped, day and telephone; taken in by who sees all, it is theirs to see.
        let same = city.enrol(Some(0), new("김 순자", None, -9_800, Some(&zero)));
        let mistyped = city.enrol(Some(0), new("김숙자", Some("010-2345-6789"), -9_800, Some(&zero)));
        city.enrol(None, new("김순자", None, -9_800, Some(&zero)));
        let stranger = city.enrol(Some(0), new("정다운", None, -9_799, Some(&zero)));
        assert_eq!(city.pairs(), [], "nothing before the machinery looks: {stranger}");
        city.look();
        city.look();
        assert_eq!(city.pairs(), [sorted(there, same), sorted(there, mistyped)]);
        city.live.close();
    });
}

#[test]
fn it_is_answered_once_by_who_sees_both() {
    on_each_engine(|place| {
        let city = Windows::new(Place::fresh(place.engine()));
        let [zero, one] = [0, 1].map(|at| city.codes[at].clone());
        let there = city.enrol(Some(1), new("김순자", None, -9_800, Some(&one)));
        let here = city.enrol(Some(0), new("김순자", None, -9_800, Some(&zero)));
        let other = city.enrol(Some(1), new("김순자", None, -9_800, Some(&one)));
        city.look();
        assert_eq!(city.pairs().len(), 2);
        let same = |other| Command::OnAlike(OnAlike::Same { one: here, other, why: WHY.into() });
        let others = |other| Command::OnAlike(OnAlike::Others { one: here, other });
        for window in [0, 1] {
            assert_eq!(refusal(city.ask(at(Some(window)), same(there))), "role.needed");
        }
        let compared = Command::OnAlike(OnAlike::Compared { person: here, alike: vec![there] });
        assert_eq!(refusal(city.ask(hall(&city), compared.clone())), "role.needed");
        // The machinery asks once of each taking in.
        assert_eq!(refusal(city.ask(Actor::SYSTEM, compared)), "alike.unknown");
        let blind = Actor { area: Area::District(0), ..hall(&city) };
        assert_eq!(refusal(city.ask(blind, same(there))), "person.unknown");
        let short = Command::OnAlike(OnAlike::Same { one: here, other: there, why: "네".into() });
        assert_eq!(refusal(city.ask(hall(&city), short)), "reason.short");
        facts(city.ask(hall(&city), same(there)));
        city.ask(hall(&city), others(other)).unwrap();
        assert_eq!(city.pairs(), []);
        for command in [same(there), same(other), others(there), others(other)] {
            assert_eq!(refusal(city.ask(hall(&city), command)), "alike.unknown");
        }
        // A link made elsewhere answers it too.
        let third = city.enrol(Some(0), new("김순자", None, -9_800, Some(&zero)));
        city.look();
        assert!(city.pairs().contains(&sorted(third, there)));
        let link = OnPeople::Link { one: third, other: there, why: WHY.into() };
        facts(city.ask(at(None), Command::OnPeople(link)));
        assert!(!city.pairs().contains(&sorted(third, there)));
        city.live.close();
    });
}
