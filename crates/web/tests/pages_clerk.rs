//! The clerk's window, against a real city.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::sync::Arc;

use axum::http::{StatusCode, header};
use base::{CardId, Role};
use city::{CardRef, Command};
use common::{Answer, Browser, Town, ask, door, field};
use economy::CardState;
use economy::holder::show_card_number;
use testkit::Engine;

fn state(town: &Town, card: CardId) -> CardState {
    town.app.city.shared.read().town.directory.card(CardRef::Id(card)).unwrap().state
}

/// Everything the journal and the tables have, as far as a refused form could change it.
fn standing(town: &Town) -> (u64, u64, usize, usize) {
    let view = town.app.city.shared.read();
    let directory = &view.town.directory;
    (view.books.last_posting().0, view.requests, directory.cards().len(), directory.holders().len())
}

/// A page's form, by its address: the value of one of its fields.
fn in_form(page: &str, action: &str, name: &str) -> String {
    let at = page.find(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("no form {action}: {page}"));
    field(&page[at..], name).unwrap()
}

fn location(answer: &Answer) -> String {
    answer.headers.get(header::LOCATION).unwrap().to_str().unwrap().to_owned()
}

/// Reads a form's key off the window's page about the citizen, and sends the form.
async fn send<'a>(browser: &mut Browser<'a>, action: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(&format!("/clerk?find={}", browser.town.citizen)).await;
    let key = in_form(&page.body, action, "request_key");
    let mut all = vec![("request_key", key.as_str())];
    all.extend_from_slice(fields);
    browser.post_and_follow(action, &all).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_card_is_replaced_at_once() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut clerk = town.browser("clerk").await;
        assert_eq!(clerk.get("/clerk").await.status, StatusCode::OK);
        let number = show_card_number(town.card_number).replace(' ', "");
        for find in ["%EA%B9%80%EC%88%9C%EC%9E%90", "010-2345-6789", "01023456789", &number] {
            let page = clerk.get(&format!("/clerk?find={find}")).await;
            assert!(page.body.contains("김순자") && page.body.contains("100,000원"), "{find}: {}", page.body);
            assert!(
                !page.body.contains(&show_card_number(town.card_number)),
                "the whole number is nobody's to see"
            );
        }
        let page = send(&mut clerk, &format!("/clerk/cards/{}/replace", town.card), &[]).await;
        assert!(page.body.contains("분실 신고를 받고 새 카드를 만들었어요"), "{}", page.body);
        assert_eq!(state(&town, town.card), CardState::Lost);
        let new = *town.app.city.shared.read().town.directory.cards().last().unwrap();
        assert!(page.body.contains(&show_card_number(new.number)), "{}", page.body);
        assert_eq!((new.person, new.state), (town.citizen, CardState::Active));
        // The balance is there, and the new card pays.
        assert!(page.body.contains("100,000원"));
        let mut me = town.browser("citizen").await;
        let wallet = me.get("/wallet").await;
        let key = in_form(&wallet.body, "/wallet/pay", "request_key");
        let fields = [("request_key", key.as_str()), ("shop", "123-45-67891"), ("amount", "1,000")];
        assert_eq!(me.post("/wallet/pay", &fields).await.status, StatusCode::SEE_OTHER);
        // Twice is once: a lost card can't be lost again.
        let again = clerk.post(&format!("/clerk/cards/{}/replace", town.card), &[("request_key", "x")]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("card.lost"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_is_taken_in_with_a_card() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut clerk = town.browser("clerk").await;
        let page = clerk.get("/clerk").await;
        let key = in_form(&page.body, "/clerk/people", "request_key");
        let good = [
            ("request_key", key.as_str()),
            ("name", "이복순"),
            ("born", "1943.5.1"),
            ("phone", "01077778888"),
            ("district", "4511153000"),
            ("kind", "plastic"),
        ];
        // Each field by itself; what was typed is kept.
        let before = standing(&town);
        for (name, value, id) in [("name", "", "name"), ("born", "1943", "born"), ("phone", "12", "phone")] {
            let mut fields = good;
            fields.iter_mut().find(|(field, _)| *field == name).unwrap().1 = value;
            let answer = clerk.post("/clerk/people", &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(answer.body.contains(&format!("id=\"{id}-error\"")), "{name}: {}", answer.body);
            assert!(answer.body.contains(&format!("href=\"#{id}\"")), "{name}");
            let kept = if name == "born" { ("name", "이복순") } else { ("born", "1943.5.1") };
            assert_eq!(field(&answer.body, kept.0).as_deref(), Some(kept.1));
            assert_eq!(in_form(&answer.body, "/clerk/people", "request_key"), key);
        }
        assert_eq!(standing(&town), before);
        let answer = clerk.post_and_follow("/clerk/people", &good).await;
        assert!(answer.body.contains("이복순님을 받고 카드를 만들었어요"), "{}", answer.body);
        assert!(answer.body.contains("1943년생") && answer.body.contains("010-7777-8888"), "{}", answer.body);
        let card = *town.app.city.shared.read().town.directory.cards().last().unwrap();
        assert!(answer.body.contains(&show_card_number(card.number)));
        // Nobody gets two wallets by mistake; who is really another person can.
        let after = standing(&town);
        let mut twin = good;
        twin[0].1 = "another-key";
        let asked = clerk.post("/clerk/people", &twin).await;
        assert!(asked.body.contains("name=\"sure\"") && standing(&town) == after, "{}", asked.body);
        let mut sure = twin.to_vec();
        sure.push(("sure", "1"));
        assert_eq!(clerk.post("/clerk/people", &sure).await.status, StatusCode::SEE_OTHER);
        // Two of one name: a list to choose from, telephones masked.
        let list = clerk.get("/clerk?find=%EC%9D%B4%EB%B3%B5%EC%88%9C").await;
        assert!(list.body.contains("2명을 찾았어요") && list.body.contains("010-••••-8888"), "{}", list.body);
        assert!(!list.body.contains("010-7777-8888"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pins_top_ups_and_locked_cards() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut clerk = town.browser("clerk").await;
        let pin = format!("/clerk/cards/{}/pin", town.card);
        for wrong in ["", "12", "1234567", "abcd"] {
            let answer = send(&mut clerk, &pin, &[("pin", wrong)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(answer.body.contains("id=\"pin-error\""), "{wrong}: {}", answer.body);
        }
        // Five wrong ones at a till lock nothing; five more at another do: the window lists the card, and unlocks it.
        for (till, then) in [("till", CardState::Active), ("other", CardState::Locked)] {
            for n in 0..5 {
                let body = format!(r#"{{"card":"{:016}","amount":60000,"pin":"9999"}}"#, town.card_number);
                let key = format!("wrong-{n}");
                town.call(till, axum::http::Method::POST, "/api/v1/payments", Some(&key), &body).await;
            }
            assert_eq!(state(&town, town.card), then);
        }
        let page = clerk.get("/clerk").await;
        assert!(
            page.body.contains("오늘 할 일이 1가지 있어요") && page.body.contains("김*자"),
            "{}",
            page.body
        );
        let mut me = town.browser("citizen").await;
        assert!(me.get("/wallet").await.body.contains("잠김"));
        let answer = send(&mut clerk, &format!("/clerk/cards/{}/unlock", town.card), &[]).await;
        assert!(answer.body.contains("잠긴 카드를 풀었어요"), "{}", answer.body);
        assert_eq!(state(&town, town.card), CardState::Active);
        let answer = send(&mut clerk, &pin, &[("pin", "4321")]).await;
        assert!(answer.body.contains("비밀번호를 정했어요"), "{}", answer.body);
        assert!(!answer.body.contains("4321"));
        let body = format!(r#"{{"card":"{:016}","amount":60000,"pin":"4321"}}"#, town.card_number);
        let paid =
            town.call("till", axum::http::Method::POST, "/api/v1/payments", Some("right"), &body).await;
        assert_eq!(paid.status, StatusCode::CREATED, "{}", paid.body);
        // Cash at the window.
        let top_up = format!("/clerk/people/{}/top-ups", town.citizen);
        let wrong = send(&mut clerk, &top_up, &[("amount", "x")]).await;
        assert!(wrong.body.contains("id=\"top_up_amount-error\""), "{}", wrong.body);
        let page = clerk.get(&format!("/clerk?find={}", town.citizen)).await;
        let key = in_form(&page.body, &top_up, "request_key");
        let fields = [("request_key", key.as_str()), ("amount", "30,000")];
        let first = clerk.post(&top_up, &fields).await;
        let second = clerk.post(&top_up, &fields).await;
        assert_eq!(location(&first), location(&second));
        let page = clerk.get(&location(&first)).await;
        assert!(page.body.contains("30,000원을 충전했어요. 이제 76,000원을 쓸 수 있어요."), "{}", page.body);
        // Another card beside the first.
        let answer =
            send(&mut clerk, &format!("/clerk/people/{}/cards", town.citizen), &[("kind", "phone")]).await;
        assert!(answer.body.contains("카드를 한 장 더 만들었어요"), "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_clerks_and_only_with_their_token() {
    let town = Town::new(Engine::Sqlite);
    let card = |what: &str| format!("/clerk/cards/{}/{what}", town.card);
    let posts = [
        "/clerk/people".to_owned(),
        format!("/clerk/people/{}/top-ups", town.citizen),
        format!("/clerk/people/{}/cards", town.citizen),
        card("replace"),
        card("unlock"),
        card("pin"),
    ];
    let fields = [
        ("request_key", "k"),
        ("name", "이복순"),
        ("born", "1943-05-01"),
        ("amount", "1000"),
        ("pin", "1111"),
        ("kind", "plastic"),
    ];
    let mut others = Vec::new();
    for persona in ["citizen", "merchant", "officer", "auditor"] {
        others.push((persona, town.browser(persona).await));
    }
    let mut clerk = town.browser("clerk").await;
    let before = standing(&town);
    for (persona, other) in &mut others {
        assert_eq!(location(&other.get("/clerk?find=x").await), door("/clerk?find=x"));
        for path in &posts {
            assert_eq!(other.post(path, &fields).await.status, StatusCode::SEE_OTHER, "{persona} {path}");
        }
    }
    for path in &posts {
        clerk.csrf = "wrong".into();
        let answer = clerk.post(path, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    clerk.get("/clerk").await;
    for path in
        ["/clerk/people/x/top-ups", "/clerk/people/x/cards", "/clerk/cards/x/pin", "/clerk/cards/x/replace"]
    {
        assert_eq!(clerk.post(path, &fields).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(standing(&town), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_speaks_both_languages() {
    let town = Town::new(Engine::Sqlite);
    let app = Arc::clone(&town.app);
    let freeze = Command::Freeze { card: CardRef::Id(town.card) };
    std::thread::spawn(move || ask(&app.city, Role::System, "f", freeze)).join().unwrap();
    let mut clerk = town.browser("clerk").await;
    let folder = std::env::var_os("PAGES_TO_LOOK_AT").map(std::path::PathBuf::from);
    for lang in ["ko", "en"] {
        clerk.get(&format!("/look?lang={lang}&back=/")).await;
        let bad = [("request_key", "k"), ("name", ""), ("born", "x"), ("phone", "x")];
        let pages = [
            ("clerk", clerk.get("/clerk").await),
            ("clerk-none", clerk.get("/clerk?find=nobody").await),
            ("clerk-person", clerk.get(&format!("/clerk?find={}", town.citizen)).await),
            (
                "clerk-new",
                clerk.get(&format!("/clerk?find={}&card={}&did=issued", town.citizen, town.card)).await,
            ),
            ("clerk-wrong", clerk.post("/clerk/people", &bad).await),
        ];
        for (name, page) in pages {
            assert!(!page.body.contains('⟦') && !page.body.contains("{ $"), "{name}: {}", page.body);
            let main = page.body.split("<main").nth(1).unwrap();
            if lang == "en" {
                let said = main.replace("김순자", "");
                assert!(!said.contains(|c: char| ('가'..='힣').contains(&c)), "{name}: {said}");
            }
            if let Some(folder) = &folder {
                let html = page.body.replace("/assets/", "");
                std::fs::write(folder.join(format!("live-{name}.{lang}.html")), html).unwrap();
            }
        }
    }
}
