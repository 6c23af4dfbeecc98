//! A window's own work: takings in that are kept as they are typed, handing over, what is to do today.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::StatusCode;
use base::Role;
use common::{Browser, Town, field};
use testkit::Engine;

const HERE: &str = "4511153000";
const WHY: &str = "신분증을 가져오면 이어서 해 주세요";

async fn clerk<'a>(town: &'a Town, name: &str, district: &str) -> Browser<'a> {
    town.grant_in(name, Role::Clerk, Some(district)).await;
    let cookie = town.signed_in(name).await;
    let mut browser = Browser { town, cookies: vec![("session".into(), cookie)], csrf: String::new() };
    browser.get("/clerk").await;
    browser
}

fn elsewhere(town: &Town) -> String {
    let view = town.app.city.shared.read();
    view.town.pack.city.districts.iter().map(|d| d.code.clone()).find(|code| code != HERE).unwrap()
}

/// An address of a draft or of a handing over on a page.
fn between(page: &str, before: &str, after: char) -> Option<String> {
    Some(page.split(before).nth(1)?.split(after).next()?.to_owned())
}

fn account(town: &Town, name: &str) -> String {
    let hash = city::tokens::hash(&format!("token-{name}"));
    let view = town.app.city.shared.read();
    let grant = view.town.doors.grant_of_token(&hash).unwrap();
    view.town.doors.grant(grant).unwrap().account.to_string()
}

fn people(town: &Town) -> usize {
    town.app.city.shared.read().town.directory.holders().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_kept_and_gone_on_with_by_a_colleague() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut one = clerk(&town, "one", HERE).await;
        let mut two = clerk(&town, "two", HERE).await;
        let mut far = clerk(&town, "far", &elsewhere(&town)).await;
        let empty = far.get("/clerk").await.body;
        assert!(empty.contains("오늘 할 일을 다 했어요"), "{empty}");
        // As it is typed, half a birth date too; sent again it is the same draft.
        let typed =
            [("request_key", "k1"), ("name", "이복순"), ("born", "1943-0"), ("quiet", "1"), ("kind", "none")];
        let first = one.post("/clerk/intakes", &typed).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.body);
        let draft = first.body.clone();
        assert!(draft.starts_with("drf_"), "{draft}");
        assert_eq!(one.post("/clerk/intakes", &typed).await.body, draft);
        // It stands on the list, masked, and opens with all that was typed.
        let page = two.get("/clerk").await.body;
        assert!(
            page.contains("오늘 할 일이 1가지") && page.contains("이*순") && !page.contains("이복순"),
            "{page}"
        );
        let page = two.get(&format!("/clerk?draft={draft}")).await.body;
        assert!(page.contains("이복순") && page.contains("1943-0"), "{page}");
        // A clerk of another neighbourhood sees none of it: no page, no count, no id, no search.
        assert_eq!(far.get(&format!("/clerk?draft={draft}")).await.status, StatusCode::NOT_FOUND);
        assert!(far.get("/clerk").await.body.contains("오늘 할 일을 다 했어요"));
        assert!(!far.get("/clerk?find=%EC%9D%B4%EB%B3%B5%EC%88%9C").await.body.contains("drf_"));
        for (path, fields) in [
            ("/clerk/intakes".to_owned(), vec![("request_key", "f1"), ("draft", &*draft), ("name", "남")]),
            (format!("/clerk/intakes/{draft}/drop"), vec![("request_key", "f2")]),
            (
                "/clerk/handovers".to_owned(),
                vec![("request_key", "f3"), ("what", &*draft), ("to", "acc_0000000000001"), ("why", WHY)],
            ),
        ] {
            assert_eq!(far.post(&path, &fields).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        // The colleague finishes it, without a card: the person is there, the draft is not.
        let before = people(&town);
        let done = [
            ("request_key", "k2"),
            ("draft", &*draft),
            ("name", "이복순"),
            ("born", "1943-05-01"),
            ("district", HERE),
            ("kind", "none"),
            ("sure", "1"),
        ];
        let page = two.post_and_follow("/clerk/people", &done).await.body;
        assert!(page.contains("이복순님을 받았어요"), "{page}");
        assert_eq!(people(&town), before + 1);
        assert_eq!(two.post("/clerk/people", &done).await.status, StatusCode::SEE_OTHER, "once, asked twice");
        let late = [
            ("request_key", "k3"),
            ("draft", &*draft),
            ("name", "이복순"),
            ("born", "1943-05-01"),
            ("sure", "1"),
        ];
        assert_eq!(one.post("/clerk/people", &late).await.status, StatusCode::NOT_FOUND);
        assert_eq!(people(&town), before + 1);
        assert!(one.get("/clerk").await.body.contains("오늘 할 일을 다 했어요"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_handed_over_and_taken() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut one = clerk(&town, "one", HERE).await;
        let mut far = clerk(&town, "far", &elsewhere(&town)).await;
        let draft = one
            .post("/clerk/intakes", &[("request_key", "k1"), ("name", "이복순"), ("quiet", "1")])
            .await
            .body;
        let to = account(&town, "far");
        assert!(one.get(&format!("/clerk?draft={draft}")).await.body.contains(&to), "colleagues are offered");
        let hand = |key: &'static str, to: String, why: &'static str| {
            vec![
                ("request_key", key.to_owned()),
                ("what", draft.clone()),
                ("to", to),
                ("why", why.to_owned()),
            ]
        };
        let officer = "acc_0000000000001".to_owned();
        for (fields, code) in [
            (hand("h1", to.clone(), "네"), "reason.short"),
            (hand("h2", account(&town, "one"), WHY), "handover.self"),
            (hand("h3", officer, WHY), "handover.nobody"),
        ] {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (*a, b.as_str())).collect();
            let answer = one.post("/clerk/handovers", &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{code}");
            assert!(answer.body.contains(code), "{code}: {}", answer.body);
        }
        let fields = hand("h4", to.clone(), WHY);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (*a, b.as_str())).collect();
        let page = one.post_and_follow("/clerk/handovers", &fields).await.body;
        assert!(page.contains("아직 받지 않았어요"), "{page}");
        // The other one reads the sentence, not the name, until they take it.
        let page = far.get("/clerk").await.body;
        assert!(page.contains(WHY) && !page.contains("복순") && !page.contains("이*순"), "{page}");
        let id = between(&page, "/clerk/handovers/", '/').unwrap();
        let (accept, end) = (format!("/clerk/handovers/{id}/accept"), format!("/clerk/handovers/{id}/end"));
        assert_eq!(one.post(&accept, &[("request_key", "a1")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(far.post(&end, &[("request_key", "a2")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = far.post_and_follow(&accept, &[("request_key", "a3")]).await.body;
        assert!(page.contains("넘겨받았어요") && page.contains("이*순"), "{page}");
        assert!(far.get(&format!("/clerk?draft={draft}")).await.body.contains("이복순"));
        assert_eq!(one.post(&end, &[("request_key", "a4")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn something_to_do_for_a_person_is_handed_over() {
    let town = Town::new(Engine::Sqlite);
    let mut one = clerk(&town, "one", HERE).await;
    let mut two = clerk(&town, "two", HERE).await;
    let far = elsewhere(&town);
    let mut other = clerk(&town, "far", &far).await;
    let person = town.citizen.to_string();
    let page = one.get(&format!("/clerk?find={person}")).await.body;
    // Only who may see the person can take it on.
    assert!(page.contains(&account(&town, "two")) && !page.contains(&account(&town, "far")), "{page}");
    let far = account(&town, "far");
    let wrong = [("request_key", "p1"), ("what", &*person), ("to", &*far), ("why", WHY)];
    assert!(one.post("/clerk/handovers", &wrong).await.body.contains("handover.nobody"));
    assert_eq!(other.post("/clerk/handovers", &wrong).await.status, StatusCode::NOT_FOUND);
    let to = account(&town, "two");
    let fields = [("request_key", "p2"), ("what", &*person), ("to", &*to), ("why", WHY)];
    assert_eq!(one.post("/clerk/handovers", &fields).await.status, StatusCode::SEE_OTHER);
    let page = two.get("/clerk").await.body;
    assert!(page.contains("김*자") && page.contains(WHY), "{page}");
    let id = between(&page, "/clerk/handovers/", '/').unwrap();
    two.post(&format!("/clerk/handovers/{id}/accept"), &[("request_key", "p3")]).await;
    assert!(one.get("/clerk").await.body.contains("동료가 받아서 하고 있어요"));
    let page =
        two.post_and_follow(&format!("/clerk/handovers/{id}/end"), &[("request_key", "p4")]).await.body;
    assert!(page.contains("오늘 할 일을 다 했어요"), "{page}");
    assert!(!one.get("/clerk").await.body.contains("내가 넘긴 일"));
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_drafts_are_refused_and_old_ones_forgotten() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut one = clerk(&town, "one", HERE).await;
        let long = "가".repeat(201);
        for (name, code) in
            [("", "draft.empty"), ("이\0복", "draft.form"), ("이\n복", "draft.form"), (&long, "draft.form")]
        {
            let answer = one.post("/clerk/intakes", &[("request_key", "k"), ("name", name)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
            assert!(answer.body.contains(code), "{name:?}: {}", answer.body);
        }
        for draft in ["x", "drf_", "per_0000000000001", "drf_0000000000001"] {
            let fields = [("request_key", "k"), ("draft", draft), ("name", "이")];
            assert_eq!(one.post("/clerk/intakes", &fields).await.status, StatusCode::NOT_FOUND, "{draft}");
        }
        let draft = one
            .post("/clerk/intakes", &[("request_key", "d"), ("name", "이복순"), ("quiet", "1")])
            .await
            .body;
        assert!(one.get("/clerk").await.body.contains(&draft));
        // Its days are over: it is forgotten, and the window has nothing to do.
        town.on(2021, 3, 11);
        let app = std::sync::Arc::clone(&town.app);
        let done = std::thread::spawn(move || city::chores::Keeper::in_earnest(&app.city).look(&app.city));
        assert_eq!(done.join().unwrap().broken, None);
        let mut one = clerk(&town, "late", HERE).await;
        assert_eq!(one.get(&format!("/clerk?draft={draft}")).await.status, StatusCode::NOT_FOUND);
        let page = one.get("/clerk").await.body;
        assert!(page.contains("오늘 할 일을 다 했어요"), "{page}");
        assert!(field(&page, "request_key").is_some());
    }
}
