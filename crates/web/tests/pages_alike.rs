//! Records that may be of one person, where a window sees one of them alone: who sees the whole city compares them, and the
//! window learns nothing of the other, before or after.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{Method, StatusCode, header};
use base::{PersonId, Role, Won};
use city::{Command, OnPeople, Reply};
use common::{Answer, Browser, Town, field};
use people::fact::{Datum, Source};

/// The citizen lives in this one.
const THERE: &str = "4511153000";
const NAME: &str = "김순자";

fn here(town: &Town) -> String {
    let view = town.app.city.shared.read();
    let mut all = view.town.pack.city.districts.iter().map(|d| d.code.clone());
    all.find(|code| code != THERE).unwrap()
}

async fn clerk<'a>(town: &'a Town, name: &str, district: &str) -> Browser<'a> {
    town.grant_in(name, Role::Clerk, Some(district)).await;
    let cookie = town.signed_in(name).await;
    let mut browser = Browser { town, cookies: vec![("session".into(), cookie)], csrf: String::new() };
    browser.get("/clerk").await;
    browser
}

/// Something is known about the citizen: so there is something to hide.
async fn known(town: &Town, datum: Datum, key: &str) {
    let command = Command::OnPeople(OnPeople::RecordFact {
        person: town.citizen,
        datum,
        source: Source::Observed,
        from: None,
        until: None,
    });
    let request =
        pen::Request { actor: base::Actor::SYSTEM, key: key.to_owned(), input_hash: command.input_hash() };
    assert!(matches!(town.app.city.ask(request, command).await.unwrap(), Ok(Reply::Done { .. })));
}

/// The machinery looks at the clock.
fn keep(town: &Town) {
    let app = std::sync::Arc::clone(&town.app);
    let look = std::thread::spawn(move || city::chores::Keeper::in_earnest(&app.city).look(&app.city));
    assert_eq!(look.join().unwrap().broken, None);
}

/// Somebody is taken in; the answer, and who they are.
async fn taken_in(window: &mut Browser<'_>, name: &str, born: &str, district: &str) -> (Answer, PersonId) {
    let page = window.get("/clerk").await;
    let key = field(&page.body, "request_key").unwrap();
    let fields = [
        ("request_key", key.as_str()),
        ("name", name),
        ("born", born),
        ("district", district),
        ("kind", "none"),
    ];
    let answer = window.post("/clerk/people", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let place = answer.headers[header::LOCATION].to_str().unwrap();
    let person = place.split("find=").nth(1).unwrap().split('&').next().unwrap().parse().unwrap();
    (answer, person)
}

/// What a page says, apart from keys and from whom it is about.
fn said(answer: &Answer, (name, person): (&str, PersonId)) -> String {
    let main = answer.body.split("<main").nth(1).unwrap_or_default();
    let main = main.replace(name, "").replace(&person.to_string(), "");
    main.split("value=\"").map(|part| part.split_once('"').map_or(part, |(_, rest)| rest)).collect()
}

/// Theirs.
const BORN: &str = "1943-03-04";

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_the_whole_city_compares_and_the_window_learns_nothing() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        known(&town, Datum::Assets(Won(7_654_321)), "f1").await;
        let near = here(&town);
        let mut window = clerk(&town, "near", &near).await;
        let mut hall = common::someone(&town, "hall", "city-counter").await;
        // One who is known elsewhere is taken in just like one who isn't.
        let (as_known, alike) = taken_in(&mut window, NAME, BORN, &near).await;
        let (as_new, other) = taken_in(&mut window, "최하늘", "1991-07-12", &near).await;
        assert_eq!(as_known.status, as_new.status);
        let page = |person: PersonId| format!("/clerk?find={person}&did=enrolled");
        let (one, two) = (window.get(&page(alike)).await, window.get(&page(other)).await);
        let (one, two) = (said(&one, (NAME, alike)), said(&two, ("최하늘", other)));
        assert_eq!(one.replace("1943년생", ""), two.replace("1991년생", ""));
        // The city compares when the window has its answer; then it waits for the hall, once.
        assert!(hall.get("/clerk").await.body.contains("오늘 할 일을 다 했어요"));
        keep(&town);
        keep(&town);
        let plain = window.get("/clerk").await.body;
        assert!(plain.contains("오늘 할 일을 다 했어요"), "{plain}");
        assert_eq!(window.get("/clerk/alike").await.status, StatusCode::FORBIDDEN);
        let list = hall.get("/clerk").await.body;
        assert!(list.contains("같은 분일 수 있는 기록") && list.contains("1쌍이 기다려요"), "{list}");
        let pairs = hall.get("/clerk/alike").await.body;
        assert!(
            pairs.contains("같은 분일 수 있는 기록이 1쌍") && pairs.matches(NAME).count() >= 2,
            "{pairs}"
        );
        assert!(pairs.contains("이름, 생일 같음") && !pairs.contains("최하늘"), "{pairs}");
        let action = pairs.split("action=\"/clerk/alike/").nth(1).unwrap().split('"').next().unwrap();
        let same = format!("/clerk/alike/{action}");
        let key = field(&pairs, "request_key").unwrap();
        // Not by the window, were it to know the two.
        let sneaked = window.post(&same, &[("request_key", "s1"), ("why", "신분증을 나란히 보았어요")]).await;
        assert_eq!(sneaked.status, StatusCode::FORBIDDEN, "{}", sneaked.body);
        let short = hall.post(&same, &[("request_key", &key), ("why", "닮음")]).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", short.body);
        assert!(short.body.contains("id=\"why-error\"") && short.body.contains("value=\"닮음\""));
        let done = hall.post_and_follow(&same, &[("request_key", &key), ("why", "두 신분증이 같아요")]).await;
        assert!(done.body.contains("두 기록을 이었어요") && done.body.contains("맞춰 볼 기록이 없어요"));
        let again = hall.post(&same, &[("request_key", "s2"), ("why", "두 신분증이 같아요")]).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND, "{}", again.body);

        // Linked, the hall sees one person; the window still sees the one it took in, and nothing of the other.
        let page = hall.get(&format!("/clerk/people/{alike}/records")).await.body;
        let (citizen, secret) = (town.citizen.to_string(), "7,654,321");
        assert!(page.contains(&citizen) && page.contains(secret), "{page}");
        let page = window.get(&format!("/clerk/people/{alike}/records")).await.body;
        assert!(!page.contains(&citizen) && !page.contains("010-2345") && !page.contains(secret), "{page}");
        for path in ["links", "facts", "consents", "helpers"] {
            let path = format!("/api/v1/people/{alike}/{path}");
            let seen = town.call("hall", Method::GET, &path, None, "").await;
            let cut = town.call("near", Method::GET, &path, None, "").await;
            assert_eq!((seen.status, cut.status), (StatusCode::OK, StatusCode::OK), "{path}");
            assert!(!cut.body.contains(&citizen) && !cut.body.contains("7654321"), "{}", cut.body);
            if path.ends_with("links") {
                assert!(seen.body.contains(&citizen) && cut.body.contains("\"events\":[]"), "{}", cut.body);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_are_not_asked_about_again() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let near = here(&town);
        let mut window = clerk(&town, "near", &near).await;
        let mut hall = common::someone(&town, "hall", "city-counter").await;
        let (_, alike) = taken_in(&mut window, NAME, BORN, &near).await;
        keep(&town);
        let pairs = hall.get("/clerk/alike").await.body;
        let action = pairs.split("action=\"/clerk/alike/").nth(2).unwrap().split('"').next().unwrap();
        let others = format!("/clerk/alike/{action}");
        assert!(others.ends_with("/others"), "{others}");
        let key = field(&pairs, "request_key").unwrap();
        let done = hall.post_and_follow(&others, &[("request_key", &key)]).await;
        assert!(done.body.contains("다른 분으로 적었어요"), "{}", done.body);
        keep(&town);
        assert!(hall.get("/clerk/alike").await.body.contains("맞춰 볼 기록이 없어요"));
        let page = hall.get(&format!("/clerk/people/{alike}/records")).await.body;
        assert!(!page.contains(&town.citizen.to_string()), "{page}");
        // Who is seen already is shown at once, and decided there: the hall's own takings in wait for nobody.
        let page = hall.get("/clerk").await;
        let key = field(&page.body, "request_key").unwrap();
        let fields = [
            ("request_key", key.as_str()),
            ("name", NAME),
            ("born", BORN),
            ("district", THERE),
            ("kind", "none"),
        ];
        let asked = hall.post("/clerk/people", &fields).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", asked.body);
        let sure = [fields.as_slice(), &[("sure", "1")]].concat();
        assert_eq!(hall.post("/clerk/people", &sure).await.status, StatusCode::SEE_OTHER);
        keep(&town);
        assert!(hall.get("/clerk/alike").await.body.contains("맞춰 볼 기록이 없어요"));
    }
}
