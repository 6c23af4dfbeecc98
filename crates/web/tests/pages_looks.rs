//! Looks at personal records: each is kept before it is shown, and the person sees who looked.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use access::Entry;
use axum::http::{Method, StatusCode};
use base::{PersonId, Role};
use city::{CardRef, Command, NewCard, NewPerson, Reply};
use common::{Town, field};
use economy::{CardKind, Facts};

/// Looks at a person's record, the oldest first: role, what, purpose.
fn looks(town: &Town, whom: PersonId) -> Vec<Entry> {
    let mut found = town.app.city.access.readers().of_person(whom, None, 1_000).unwrap();
    found.reverse();
    found
}

fn told(town: &Town, whom: PersonId) -> Vec<(String, String, String)> {
    let told = |entry: Entry| (entry.look.role, entry.look.what, entry.look.purpose);
    looks(town, whom).into_iter().map(told).collect()
}

fn one(role: &str, what: &str, purpose: &str) -> (String, String, String) {
    (role.to_owned(), what.to_owned(), purpose.to_owned())
}

/// A second citizen, with a card.
async fn neighbour(town: &Town) -> (PersonId, String) {
    let person = NewPerson {
        name: "박정호".into(),
        phone: Some("010-7777-8888".into()),
        birth_day: Some(-5_000),
        district: Some("4511153000".into()),
        card: Some(NewCard { kind: CardKind::Phone }),
    };
    let command = Command::Enrol(person);
    let actor = base::Actor::new(Role::System, base::Client(9));
    let request = pen::Request { actor, key: "n".into(), input_hash: command.input_hash() };
    let reply = town.app.city.ask(request, command).await.unwrap().unwrap();
    let Reply::Done { facts: Facts::Card { card, person, .. }, .. } = reply else { panic!("{reply:?}") };
    let number = town.app.city.shared.read().town.directory.card(CardRef::Id(card)).unwrap().number;
    (person, number.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_read_is_a_look_and_ones_own_is_none() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let (other, number) = neighbour(&town).await;
        let mut me = town.browser("citizen").await;
        for path in ["/wallet", "/wallet/history", "/wallet/large"] {
            assert_eq!(me.get(path).await.status, StatusCode::OK, "{path}");
        }
        let own = format!("/api/v1/cards/{}", town.card);
        assert_eq!(town.call("citizen", Method::GET, &own, None, "").await.status, StatusCode::OK);
        assert_eq!(told(&town, town.citizen), [], "a person's own record is no look");

        let mut clerk = town.browser("clerk").await;
        clerk.get("/clerk?find=%EA%B9%80%EC%88%9C%EC%9E%90").await;
        let entry = looks(&town, town.citizen).pop().unwrap();
        assert_eq!((entry.look.role.as_str(), entry.look.from.as_str()), ("clerk", "0.0.0.0"));
        assert!(entry.look.who.parse::<base::AccountId>().is_ok(), "{}", entry.look.who);
        assert_eq!(town.call("clerk", Method::GET, &own, None, "").await.status, StatusCode::OK);
        let freeze = format!("{own}/freeze");
        assert_eq!(town.call("clerk", Method::POST, &freeze, Some("f"), "").await.status, StatusCode::OK);
        let unfreeze = format!("{own}/unfreeze");
        assert_eq!(town.call("clerk", Method::POST, &unfreeze, Some("u"), "").await.status, StatusCode::OK);
        let expected = [
            one("clerk", "window.person", "service"),
            one("clerk", "api.card", "service"),
            one("clerk", "api.change", "service"),
            one("clerk", "api.change", "service"),
        ];
        assert_eq!(told(&town, town.citizen), expected);

        // A gift: the receiver's masked name is shown to the giver.
        let page = me.get("/wallet").await;
        let at = page.body.find("action=\"/wallet/gift\"").unwrap();
        let key = field(&page.body[at..], "request_key").unwrap();
        let gift = [("request_key", key.as_str()), ("to", number.as_str()), ("amount", "1,000")];
        let given = me.post_and_follow("/wallet/gift", &gift).await;
        assert!(given.body.contains("박*호"), "{}", given.body);
        let gifts = told(&town, other);
        assert!(gifts.contains(&one("citizen", "wallet.gift-to", "gift")), "{gifts:?}");
        let giver = {
            let view = town.app.city.shared.read();
            view.town.doors.account_of(town.citizen).unwrap().id.to_string()
        };
        assert!(looks(&town, other).iter().all(|entry| entry.look.who == giver));

        // An auditor reads a movement of both.
        let before = (looks(&town, town.citizen).len(), looks(&town, other).len());
        let last = town.app.city.shared.read().books.last_posting();
        let mut auditor = town.browser("auditor").await;
        assert_eq!(auditor.get(&format!("/books/postings/{}", last.0)).await.status, StatusCode::OK);
        let path = format!("/api/v1/postings/{last}");
        assert_eq!(town.call("auditor", Method::GET, &path, None, "").await.status, StatusCode::OK);
        for (person, before) in [(town.citizen, before.0), (other, before.1)] {
            let new = [one("auditor", "books.posting", "audit"), one("auditor", "api.posting", "audit")];
            assert_eq!(told(&town, person)[before..], new);
        }
    }
}

/// A list of many is a look at each; a task that is open stands with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_a_look_at_each() {
    let town = Town::new(testkit::Engine::Sqlite);
    let (other, _) = neighbour(&town).await;
    let lock = town.card;
    for n in 0..10 {
        let body = format!(r#"{{"card":"{lock}","amount":100,"pin":"9999"}}"#);
        let till = if n < 5 { "till" } else { "other" };
        town.call(till, Method::POST, "/api/v1/payments", Some(&format!("w{n}")), &body).await;
    }
    let state = town.app.city.shared.read().town.directory.card(CardRef::Id(lock)).unwrap().state;
    assert_eq!(state, economy::CardState::Locked);
    let mut clerk = town.browser("clerk").await;
    clerk.get("/clerk").await;
    clerk.get("/clerk?find=010-7777-8888").await;
    clerk.get(&format!("/clerk?find={}", town.citizen)).await;
    let found: Vec<_> = looks(&town, town.citizen).into_iter().map(|e| (e.look.what, e.look.task)).collect();
    let task = Some("unlock".to_owned());
    // Where somebody was found the list is not shown, and nobody on it looked at.
    let expected = [("window.tasks", &task), ("window.person", &task)];
    assert_eq!(found, expected.map(|(what, task)| (what.to_owned(), task.clone())));
    let found: Vec<_> = looks(&town, other).into_iter().map(|e| (e.look.what, e.look.task)).collect();
    assert_eq!(found, [("window.person".to_owned(), None)]);
}

/// What can't be noted is not shown.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_shown_while_the_ledger_is_away() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut clerk = town.browser("clerk").await;
        let find = format!("/clerk?find={}", town.citizen);
        assert!(clerk.get(&find).await.body.contains("김순자"));
        let held = rusqlite::Connection::open(town.access()).unwrap();
        held.execute_batch("BEGIN IMMEDIATE").unwrap();
        let before = looks(&town, town.citizen).len();
        let page = clerk.get(&find).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.body);
        assert!(page.body.contains("access.away") && !page.body.contains("순자"), "{}", page.body);
        let card = format!("/api/v1/cards/{}", town.card);
        let answer = town.call("clerk", Method::GET, &card, None, "").await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "access.away"));
        // Who reads their own record, and who takes a payment, goes on.
        assert_eq!(town.call("citizen", Method::GET, &card, None, "").await.status, StatusCode::OK);
        held.execute_batch("ROLLBACK").unwrap();
        assert_eq!(looks(&town, town.citizen).len(), before, "nothing was shown, and nothing is noted");
        assert!(clerk.get(&find).await.body.contains("김순자"));
        assert_eq!(looks(&town, town.citizen).len(), before + 1);
    }
}

const GOOD: &str = "실종 신고가 들어와 주소를 확인해요";

/// A page's form, by its address: the value of its key.
fn key_of(page: &str, action: &str) -> String {
    let at = page.find(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("no form {action}: {page}"));
    field(&page[at..], "request_key").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_who_looked_and_asks_why() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut me = town.browser("citizen").await;
        let page = me.get("/me/looks").await;
        assert!(page.body.contains("아직 아무도 보지 않았어요"), "{}", page.body);
        let mut clerk = town.browser("clerk").await;
        for _ in 0..31 {
            clerk.get(&format!("/clerk?find={}", town.citizen)).await;
        }
        let page = me.get("/me/looks").await;
        assert_eq!(page.status, StatusCode::OK);
        let newest = looks(&town, town.citizen).pop().unwrap().no.0;
        let (first, oldest) = (format!("id=\"look-{newest}\""), format!("id=\"look-{}\"", newest - 30));
        assert!(page.body.contains(&first) && !page.body.contains(&oldest), "thirty on a page");
        assert!(page.body.contains("주민센터 창구 직원") && page.body.contains("창구 업무"), "{}", page.body);
        assert!(!page.body.contains("acc_"), "who it was in person is the city hall's to know");
        let older = format!("/me/looks?before={}", newest - 29);
        assert!(page.body.contains(&older), "{}", page.body);
        assert!(me.get(&older).await.body.contains(&oldest));
        for odd in ["x", "-1", "0", "99999999999999999999", "4&did=%00"] {
            assert_eq!(me.get(&format!("/me/looks?before={odd}")).await.status, StatusCode::OK, "{odd}");
        }
        me.get("/look?lang=en&back=/me/looks").await;
        assert!(me.get("/me/looks").await.body.contains("A clerk at a neighbourhood window"));
        me.get("/look?lang=ko&back=/me/looks").await;
        assert_eq!(looks(&town, town.citizen).len(), 31, "the person's own page is no look");

        let action = format!("/me/looks/{newest}/questions");
        let page = me.get("/me/looks").await;
        let key = key_of(&page.body, &action);
        let empty = me.post(&action, &[("request_key", &key), ("question", "  ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.body.contains("question.form"), "{}", empty.body);
        let asked = me.post_and_follow(&action, &[("request_key", &key), ("question", "왜 <봤>나요?")]).await;
        assert!(
            asked.body.contains("왜 &#60;봤&#62;나요?") && asked.body.contains("답을 준비하고"),
            "{}",
            asked.body
        );

        // Somebody else's look is none of mine.
        let (_, number) = neighbour(&town).await;
        clerk.get(&format!("/clerk?find={number}")).await;
        let theirs = format!("/me/looks/{}/questions", newest + 1);
        let answer = me.post(&theirs, &[("request_key", "x"), ("question", "왜?")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);

        let mut officer = town.browser("officer").await;
        let desk = officer.get("/desk/looks").await;
        assert!(desk.body.contains("왜 &#60;봤&#62;나요?") && desk.body.contains("(acc_"), "{}", desk.body);
        let last = looks(&town, town.citizen).pop().unwrap().look;
        assert_eq!((last.role.as_str(), last.what.as_str()), ("officer", "desk.question"));
        let action = desk.body.split("action=\"/desk/looks/questions/").nth(1).unwrap();
        let action = format!("/desk/looks/questions/{}", action.split('"').next().unwrap());
        let key = key_of(&desk.body, &action);
        let wrong = officer.post(&action, &[("request_key", &key), ("answer", "")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [("request_key", key.as_str()), ("answer", "카드를 다시 만들어 드렸어요.")];
        let done = officer.post_and_follow(&action, &fields).await;
        assert!(done.body.contains("기다리는 일이 없어요"), "{}", done.body);
        let page = me.get("/me/looks").await;
        assert!(
            page.body.contains("카드를 다시 만들어 드렸어요.") || page.body.contains("desk"),
            "{}",
            page.body
        );
    }
}

/// Its position in the pack.
const MARKET: Option<u8> = Some(1);

/// The area rule, as a test would have it: the window sees nobody of the market's neighbourhood.
fn not_of_the_market(actor: &base::Actor, district: Option<u8>) -> bool {
    actor.role != Role::Clerk || district != MARKET
}

#[tokio::test(flavor = "multi_thread")]
async fn a_glass_is_broken_for_a_reason_told_and_reviewed() {
    for engine in testkit::engines() {
        let town = Town::with(engine, |app| app.sees = not_of_the_market);
        let mut clerk = town.browser("clerk").await;
        let find = format!("/clerk?find={}", town.citizen);
        let page = clerk.get(&find).await;
        assert!(page.body.contains("김*자") && !page.body.contains("김순자"), "{}", page.body);
        assert!(!page.body.contains("100,000원") && !page.body.contains("2345"), "{}", page.body);
        let card = format!("/api/v1/cards/{}", town.card);
        for (method, path) in [(Method::GET, card.clone()), (Method::POST, format!("{card}/freeze"))] {
            let answer = town.call("clerk", method, &path, Some("k"), "").await;
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "card.unknown"));
        }
        let forms = [
            format!("/clerk/people/{}/top-ups", town.citizen),
            format!("/clerk/people/{}/cards", town.citizen),
            format!("/clerk/cards/{}/replace", town.card),
            format!("/clerk/cards/{}/pin", town.card),
        ];
        for form in &forms {
            let fields = [("request_key", "y"), ("amount", "1,000"), ("kind", "phone"), ("pin", "1357")];
            let answer = clerk.post(form, &fields).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{form}");
        }
        assert_eq!(told(&town, town.citizen), [one("clerk", "window.closed", "service")]);

        let action = format!("/clerk/people/{}/glass", town.citizen);
        let page = clerk.get(&find).await;
        let key = key_of(&page.body, &action);
        let lazy = clerk.post(&action, &[("request_key", &key), ("why", "확인")]).await;
        assert_eq!(lazy.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(lazy.body.contains("reason.short") && !lazy.body.contains("김순자"), "{}", lazy.body);
        let key = key_of(&clerk.get(&find).await.body, &action);
        let open = clerk.post_and_follow(&action, &[("request_key", &key), ("why", GOOD)]).await;
        assert!(open.body.contains("김순자") && open.body.contains("100,000원"), "{}", open.body);
        assert_eq!(told(&town, town.citizen).pop(), Some(one("clerk", "window.person", "break-glass")));

        // The person is told at once.
        let mut me = town.browser("citizen").await;
        assert!(me.get("/wallet").await.body.contains("긴급 열람으로 내 기록을 봤어요"));
        let page = me.get("/me/looks").await;
        assert!(page.body.contains(GOOD) && page.body.contains("아직 검토하고 있어요"), "{}", page.body);

        // It is open until somebody else reviews it.
        let mut officer = town.browser("officer").await;
        let desk = officer.get("/desk/looks").await;
        assert!(desk.body.contains(GOOD), "{}", desk.body);
        let review = desk.body.split("action=\"/desk/looks/glasses/").nth(1).unwrap();
        let review = format!("/desk/looks/glasses/{}", review.split('"').next().unwrap());
        let key = key_of(&desk.body, &review);
        let short = [("request_key", key.as_str()), ("finding", "justified"), ("note", "네")];
        assert_eq!(officer.post(&review, &short).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let key = key_of(&officer.get("/desk/looks").await.body, &review);
        let note = "경찰 공문과 맞춰 보았어요";
        let fields = [("request_key", key.as_str()), ("finding", "unjustified"), ("note", note)];
        let done = officer.post_and_follow(&review, &fields).await;
        assert!(done.body.contains("기다리는 일이 없어요"), "{}", done.body);
        let page = me.get("/me/looks").await;
        assert!(page.body.contains(note) && page.body.contains("필요하지 않은 열람"), "{}", page.body);
        let page = clerk.get(&find).await;
        assert!(!page.body.contains("김순자"), "it is closed again: {}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_inspected_and_downloaded_for_a_reason() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let (other, _) = neighbour(&town).await;
        let mut clerk = town.browser("clerk").await;
        clerk.get("/clerk?find=010-7777-8888").await;
        let zone = town.app.city.shared.read().town.zone.clone();
        assert!(town.clock.jump_to(zone.instant(base::date(2021, 2, 23), 23, 30)));
        clerk.get(&format!("/clerk?find={}", town.citizen)).await;
        // A download at night is an unusual look itself.
        for (role, unusual) in [("officer", 1), ("auditor", 2)] {
            let mut hall = town.browser(role).await;
            let page = hall.get("/desk/inspection?month=2021-02").await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.body.contains(&format!("확인할 열람이 {unusual}건")), "{}", page.body);
            assert!(
                page.body.contains("밤 23시") && page.body.contains(&town.citizen.to_string()),
                "{}",
                page.body
            );
            assert!(!page.body.contains(&other.to_string()), "by day is usual: {}", page.body);
            assert!(page.body.contains("바뀐 곳이 없어요"), "{}", page.body);
            let key = key_of(&page.body, "/desk/inspection/download");
            let form = |why: &'static str| {
                [("request_key", key.clone()), ("month", "2021-02".into()), ("why", why.into())]
            };
            let post = form("확인");
            let fields: Vec<(&str, &str)> =
                post.iter().map(|(k, v): &(&str, String)| (*k, v.as_str())).collect();
            let refused = hall.post("/desk/inspection/download", &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.body.contains("reason.short"), "{}", refused.body);
            let before = looks(&town, town.citizen).len();
            let post = form("2월 정기 점검을 보고해요");
            let fields: Vec<(&str, &str)> =
                post.iter().map(|(k, v): &(&str, String)| (*k, v.as_str())).collect();
            let file = hall.post("/desk/inspection/download", &fields).await;
            assert_eq!(file.status, StatusCode::OK, "{}", file.body);
            assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
            let lines: Vec<&str> = file.body.trim_start_matches('\u{feff}').lines().collect();
            assert!(
                lines[0].contains("2월 정기 점검을 보고해요") && lines[0].contains("(acc_"),
                "{}",
                lines[0]
            );
            assert!(lines[0].contains("2021-02-23T") && lines[0].contains("dnl_"), "{}", lines[0]);
            assert!(lines.len() == 2 + unusual && lines[2].contains("at-night"), "{lines:?}");
            let last = looks(&town, town.citizen).pop().unwrap().look;
            assert_eq!(looks(&town, town.citizen).len(), before + 1);
            // The ledger of looks names the download; what was said stands sealed with it.
            assert_eq!(last.what, "inspection.csv");
            let kept = last.reason.unwrap();
            assert!(kept.starts_with("dnl_") && lines[0].contains(&kept), "{kept}");
            let page = hall.get("/desk/inspection?month=2021-02").await;
            assert!(
                page.body.contains("2월 정기 점검을 보고해요") && page.body.contains("dnl_"),
                "{}",
                page.body
            );
        }
        let mut me = town.browser("citizen").await;
        assert!(me.get("/me/looks").await.body.contains("적은 이유: 2월 정기 점검을 보고해요"));
    }
}
