//! What a window is answered doesn't depend on records out of its sight: two persons of its own, one of whom has another
//! record elsewhere that speaks against everything, get the same answers to the same questions. The city hears of it.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::collections::HashMap;
use std::time::{Duration, Instant as Stopwatch};

use axum::http::{Method, StatusCode};
use base::{Actor, PersonId, RecordId, Role, date};
use city::{Command, NewPerson, OnHouseholds, OnPeople, Reply};
use common::{Answer, Town};
use economy::Facts;
use people::consent::Giver;
use people::fact::{Datum, Source};
use serde_json::Value;

/// Of the other record.
const THERE: &str = "4511153000";
const WHY: &str = "두 분의 신분증이 같아요";

fn here(town: &Town) -> String {
    let view = town.app.city.shared.read();
    let mut all = view.town.pack.city.districts.iter().map(|d| d.code.clone());
    all.find(|code| code != THERE).unwrap()
}

async fn ask(town: &Town, command: Command) -> Facts {
    let request = pen::Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    match town.app.city.ask(request, command).await.unwrap().unwrap() {
        Reply::Done { facts, .. } => facts,
        other => panic!("{other:?}"),
    }
}

async fn enrol(town: &Town, name: &str, district: &str, birth_day: Option<i32>) -> PersonId {
    let (name, district) = (name.to_owned(), Some(district.to_owned()));
    let wish = NewPerson { name, phone: None, birth_day, district, card: None };
    match ask(town, Command::Enrol(wish)).await {
        Facts::Person { person, .. } => person,
        other => panic!("{other:?}"),
    }
}

/// A record elsewhere, of a child: it lives somewhere, its parent consented, and something is known.
async fn elsewhere(town: &Town) -> (PersonId, RecordId) {
    let ten = base::day_of_date(date(2010, 5, 1));
    let far = enrol(town, "정다운", THERE, Some(ten)).await;
    ask(town, Command::OnHouseholds(OnHouseholds::Form { person: far, from: Some(date(2020, 1, 1)) })).await;
    let birth = Datum::BirthDate(date(2010, 5, 1));
    let (source, from) = (Source::Observed, Some(date(2010, 5, 1)));
    let fact = OnPeople::RecordFact { person: far, datum: birth, source, from, until: None };
    let Facts::Record { record, .. } = ask(town, Command::OnPeople(fact)).await else { panic!("a record") };
    let consent = OnPeople::GiveConsent {
        person: far,
        purpose: "news".into(),
        from: None,
        until: None,
        paper: None,
        by: Giver::Parent(town.citizen),
        seen_grown: false,
    };
    ask(town, Command::OnPeople(consent)).await;
    (far, record)
}

/// The machinery looks at the clock.
fn keep(town: &Town) {
    let app = std::sync::Arc::clone(&town.app);
    let look = std::thread::spawn(move || city::chores::Keeper::in_earnest(&app.city).look(&app.city));
    assert_eq!(look.join().unwrap().broken, None);
}

/// What an answer says, but for instants and the ids that are its own.
fn said(value: &Value, ids: &HashMap<String, &'static str>) -> Value {
    match value {
        Value::Object(all) => {
            let own = |name: &str| ["at", "posting", "request", "instance"].contains(&name);
            let rest = all.iter().filter(|(name, _)| !own(name.as_str()));
            Value::Object(rest.map(|(name, value)| (name.clone(), said(value, ids))).collect())
        }
        Value::Array(all) => Value::Array(all.iter().map(|one| said(one, ids)).collect()),
        Value::String(text) => match ids.get(text) {
            Some(name) => Value::String((*name).to_owned()),
            None if text.starts_with("req_") => Value::String("req".to_owned()),
            None if text.len() == 17 && text.as_bytes()[3] == b'_' => Value::String(text[..3].to_owned()),
            None => value.clone(),
        },
        other => other.clone(),
    }
}

/// Of the window's own: two records that may be of one person, and somebody who moves in.
struct Two {
    first: PersonId,
    second: PersonId,
    lodger: PersonId,
    household: String,
}

impl Two {
    async fn new(town: &Town, near: &str) -> Two {
        let first = enrol(town, "김하나", near, None).await;
        let second = enrol(town, "김한아", near, None).await;
        let lodger = enrol(town, "이두리", near, None).await;
        Two { first, second, lodger, household: String::new() }
    }

    async fn ask(&mut self, town: &Town, no: usize, line: &str, far: (PersonId, RecordId)) -> (u16, Value) {
        let Two { first, second, lodger, household } = &*self;
        let names = [
            ("$first", first.to_string()),
            ("$second", second.to_string()),
            ("$lodger", lodger.to_string()),
            ("$household", household.clone()),
            ("$far", far.0.to_string()),
            ("$fact", far.1.to_string()),
        ];
        let line = names.iter().fold(line.to_owned(), |line, (name, id)| line.replace(name, id));
        let (verb, rest) = line.split_once(' ').unwrap();
        let (path, body) = rest.split_once(' ').unwrap_or((rest, ""));
        let (method, key) = match verb {
            "GET" => (Method::GET, None),
            _ => (Method::POST, Some(format!("{first}-{no}"))),
        };
        let path = format!("/api/v1/people/{path}");
        let answer: Answer = town.call("near", method, &path, key.as_deref(), body).await;
        let found = answer.json();
        if let Some(id) = found["household"].as_str() {
            self.household = id.to_owned();
        }
        let ids = HashMap::from([
            (self.first.to_string(), "first"),
            (self.second.to_string(), "second"),
            (self.lodger.to_string(), "lodger"),
        ]);
        (answer.status.as_u16(), said(&found, &ids))
    }
}

/// One question a line, with the status both get. What stands behind `#` is what the other record would have made of it.
const ASKED: &str = r#"
201 POST $lodger/household {"from":"2020-01-01"}
422 POST $lodger/household/join {"with":"$first","relation":"kin"} # in-another, or none
201 POST $first/household {"from":"2021-01-01"} # in-another
200 GET $first/household
422 POST $first/household {"from":"2021-01-02"}
422 POST $second/household/join {"with":"$lodger","relation":"head","from":"2020-02-01"}
201 POST $second/household/join {"with":"$lodger","relation":"kin","from":"2020-02-01"} # in-another
200 GET $lodger/household
200 POST $second/household/relation {"household":"$household","relation":"child","from":"2020-06-01"} # in-another
422 POST $first/consents {"purpose":"care"} # guardian-needed
422 POST $first/consents {"purpose":"care","parent":"$lodger"} # taken
201 POST $first/consents {"purpose":"care","seen_grown":true} # guardian-needed
422 POST $first/consents/withdraw {"purpose":"news"} # taken
201 POST $first/helpers {"helper":"$far","tie":"family","see":true} # self
404 POST $first/facts/$fact/strike {"why":"두 분의 신분증이 같아요"} # taken
200 GET $first/facts
200 GET $first/consents
200 POST $second/household/leave {"household":"$household","last":"2020-12-31"}
201 POST $first/links {"other":"$second","why":"두 분의 신분증이 같아요"} # already
422 POST $first/links {"other":"$second","why":"두 분의 신분증이 같아요 참말로"}
200 POST $first/links/$second/unlink {"why":"두 분의 신분증이 달라요"}
422 POST $first/links/$second/unlink {"why":"두 분의 신분증이 달라요 참말로"} # indirect
201 POST $first/links {"other":"$second","why":"두 분의 신분증이 이제 같아요"} # already
200 GET $first/links
200 GET $first/household
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_record_out_of_sight_changes_no_answer_and_the_city_hears_of_it() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let near = here(&town);
        town.grant_in("near", Role::Clerk, Some(&near)).await;
        let mut hall = common::someone(&town, "hall", "city-counter").await;
        let far = elsewhere(&town).await;
        let (mut known, mut plain) = (Two::new(&town, &near).await, Two::new(&town, &near).await);
        for record in [known.first, known.second] {
            let link = OnPeople::Link { one: record, other: far.0, why: WHY.into() };
            ask(&town, Command::OnPeople(link)).await;
        }
        for (no, line) in ASKED.lines().filter(|line| !line.is_empty()).enumerate() {
            let (line, _) = line.split_once(" #").unwrap_or((line, ""));
            let (status, line) = line.split_once(' ').unwrap();
            let (one, other) = (known.ask(&town, no, line, far).await, plain.ask(&town, no, line, far).await);
            assert_eq!(one, other, "{line}");
            assert_eq!(one.0.to_string(), status, "{line}: {}", one.1);
        }
        // What can't both be waits for who sees both, and for nobody else.
        assert!(!hall.get("/clerk").await.body.contains("서로 다른 두 기록"));
        keep(&town);
        let list = hall.get("/clerk/alike").await.body;
        for what in ["두 집에 사는 것으로", "생일과 맞지 않아요", "본인의 다른 기록", "둥글게 이어져"]
        {
            assert!(list.contains(what), "{what}: {list}");
        }
        assert!(hall.get("/clerk").await.body.contains("서로 다른 두 기록"));
        assert!(!list.contains(&plain.first.to_string()) && list.contains(&far.0.to_string()), "{list}");
        let mut window = clerk_at(&town).await;
        assert_eq!(window.get("/clerk/alike").await.status, StatusCode::FORBIDDEN);
        let today = window.get("/clerk").await.body;
        assert!(!today.contains("서로 다른 두 기록"), "{today}");
        // Mended, it waits no more.
        let leave = OnHouseholds::Leave {
            person: far.0,
            household: stay_of(&town, far.0).await.parse().unwrap(),
            last: Some(date(2020, 1, 31)),
        };
        let actor = Actor::new(Role::Clerk, base::Client(3));
        let command = Command::OnHouseholds(leave);
        let request = pen::Request { actor, key: "mend".into(), input_hash: command.input_hash() };
        town.app.city.ask(request, command).await.unwrap().unwrap();
        keep(&town);
        let list = hall.get("/clerk/alike").await.body;
        assert!(!list.contains("두 집에 사는 것으로") && list.contains("생일과 맞지 않아요"), "{list}");
    }
}

async fn clerk_at(town: &Town) -> common::Browser<'_> {
    let cookie = town.signed_in("near").await;
    common::Browser { town, cookies: vec![("session".into(), cookie)], csrf: String::new() }
}

/// The household of somebody whom the hall sees.
async fn stay_of(town: &Town, person: PersonId) -> String {
    let path = format!("/api/v1/people/{person}/household");
    let answer = town.call("hall", Method::GET, &path, None, "").await;
    answer.json()["household"].as_str().unwrap().to_owned()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_does_it_take_another_time() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let near = here(&town);
        town.grant_in("near", Role::Clerk, Some(&near)).await;
        let far = elsewhere(&town).await;
        let (known, plain) = (Two::new(&town, &near).await, Two::new(&town, &near).await);
        let link = OnPeople::Link { one: known.first, other: far.0, why: WHY.into() };
        ask(&town, Command::OnPeople(link)).await;
        // The same number of documents each: what is in sight is theirs to know.
        let link = OnPeople::Link { one: plain.first, other: plain.second, why: WHY.into() };
        ask(&town, Command::OnPeople(link)).await;
        let unlink = OnPeople::Unlink { one: plain.first, other: plain.second, why: WHY.into() };
        ask(&town, Command::OnPeople(unlink)).await;
        let (mut one, mut other) = (Vec::new(), Vec::new());
        for no in 0..60 {
            for (times, person) in [(&mut one, known.first), (&mut other, plain.first)] {
                let path = format!("/api/v1/people/{person}/consents");
                let (key, begun) = (format!("{person}-{no}"), Stopwatch::now());
                let answer =
                    town.call("near", Method::POST, &path, Some(&key), r#"{"purpose":"care"}"#).await;
                times.push(begun.elapsed());
                assert_eq!(answer.code(), "consent.age-unknown");
            }
        }
        let (one, other) = (median(one), median(other));
        let (less, more) = (one.min(other), one.max(other));
        assert!(more <= less.mul_f64(1.5) + Duration::from_micros(500), "{one:?} {other:?}");
    }
}
