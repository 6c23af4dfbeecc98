//! With whom somebody lives: over the API, at the window, on one's own page.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{Method, StatusCode};
use common::table::Script;
use common::{Answer, Browser, Town, field};

/// A page's form, by its address: the value of one of its fields.
fn in_form(page: &str, action: &str, name: &str) -> String {
    let at = page.find(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("no form {action}: {page}"));
    field(&page[at..], name).unwrap()
}

/// Reads a form's key off the page of what is kept about somebody, and sends the form.
async fn send(browser: &mut Browser<'_>, person: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
    let action = format!("/clerk/people/{person}/{action}");
    let shown = browser.get(&format!("/clerk/people/{person}/records")).await;
    let key = in_form(&shown.body, &action, "request_key");
    let mut all = vec![("request_key", key.as_str())];
    all.extend_from_slice(fields);
    browser.post_and_follow(&action, &all).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_over_the_api() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script
            .run(
                r#"
    clerk    | POST /api/v1/people | {"name":"이하나"} | 201 | person>child
    clerk    | GET /api/v1/people/$child/household | | 200 | household!, size!
    clerk    | POST /api/v1/people/$citizen/facts | {"is":{"kind":"household-size","value":5},"source":{"kind":"declared"}} | 201
    clerk    | GET /api/v1/people/$citizen/household | | 200 | household!, size.people=5, size.counts=fact
    clerk    | POST /api/v1/people/$child/household/join | {"with":"$citizen","relation":"child"} | 422 household.none
    clerk    | POST /api/v1/people/$citizen/household | {"from":"2021-02-24"} | 422 household.future
    clerk    | POST /api/v1/people/$citizen/household | {"from":"2021-01-01"} | 201 | record>stay
    clerk    | POST /api/v1/people/$citizen/household | {} | 422 household.in-another
    clerk    | POST /api/v1/people/$child/household/join | {"with":"$citizen","relation":"head"} | 422 household.head-already
    clerk    | POST /api/v1/people/$child/household/join | {"with":"$citizen","relation":"child","from":"2021-01-05"} | 201
    clerk    | GET /api/v1/people/$citizen/household | | 200 | household>home, size.people=2, size.counts=members, size.against=5, members.0.relation=head, members.1.person=$child
    citizen  | GET /api/v1/people/$citizen/household | | 200 | household=$home, members.1.relation=child, members.1.person!
    merchant | GET /api/v1/people/$citizen/household | | 403 role.needed
    citizen  | GET /api/v1/people/$child/household | | 404 person.unknown
    citizen  | POST /api/v1/people/$citizen/household/leave | {"household":"$home"} | 403 role.needed
    clerk    | POST /api/v1/people/$child/household/relation | {"household":"$home","relation":"kin","from":"2021-02-01"} | 200
    clerk    | POST /api/v1/people/$child/household/relation | {"household":"$home","relation":"lodger"} | 400 body.malformed
    clerk    | POST /api/v1/people/$child/household/relation | {"household":"hsh","relation":"kin"} | 404 household.unknown
    clerk    | POST /api/v1/people/$child/household/leave | {"household":"$home","last":"soon"} | 400 date.form
    clerk    | POST /api/v1/people/$child/household/leave | {"household":"$home","last":"2021-02-20"} | 200
    clerk    | GET /api/v1/people/$citizen/household | | 200 | size.people=1
    clerk    | GET /api/v1/people/$child/household | | 200 | household!
    clerk    | POST /api/v1/people/$citizen/facts/$stay/strike | {"why":"다른 분의 집이었어요"} | 200
    clerk    | GET /api/v1/people/$citizen/household | | 200 | household!
"#,
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_writes_down_who_lives_together_and_they_read_it() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script.run(r#"clerk | POST /api/v1/people | {"name":"이하나"} | 201 | person>child"#).await;
        let (me, child) = (town.citizen.to_string(), script.name("child").to_owned());
        let mut clerk = town.browser("clerk").await;
        let shown = clerk.get(&format!("/clerk/people/{me}/records")).await;
        assert!(shown.body.contains("함께 사는 분을 아직 적지 않았어요"), "{}", shown.body);
        let wrong = send(&mut clerk, &me, "household", &[("from", "soon")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("id=\"house_begin_from-error\""), "{}", wrong.body);
        let begun = send(&mut clerk, &me, "household", &[("from", "2021-01-01")]).await;
        assert!(
            begun.body.contains("함께 사는 것으로 적었어요.") && begun.body.contains("세대주"),
            "{}",
            begun.body
        );
        let nobody =
            send(&mut clerk, &me, "household/members", &[("to", "0000"), ("relation", "child")]).await;
        assert!(nobody.body.contains("id=\"house_add_to-error\""), "{}", nobody.body);
        let refused =
            send(&mut clerk, &me, "household/members", &[("to", &child), ("relation", "head"), ("from", "")])
                .await;
        assert!(refused.body.contains("household.head-already"), "{}", refused.body);
        let added =
            send(&mut clerk, &me, "household/members", &[("to", &child), ("relation", "child")]).await;
        assert!(added.body.contains("2명이 함께 살아요") && added.body.contains("이하나"), "{}", added.body);
        // They read it themselves, the other's name masked, and were told.
        let mut citizen = town.browser("citizen").await;
        let own = citizen.get("/me").await;
        assert!(own.body.contains("이*나") && !own.body.contains("이하나"), "{}", own.body);
        assert!(!own.body.contains("house-leave"), "a citizen changes nothing: {}", own.body);
        // Whoever was named in a household finds the look.
        let readers = town.app.city.access.readers();
        let looks = readers.of_person(child.parse().unwrap(), None, 1_000).unwrap();
        let seen = |what: &str| looks.iter().any(|entry| entry.look.what == what);
        assert!(seen("window.household"), "{looks:?}");
        assert!(seen("me.household"), "{looks:?}");
        let page = clerk.get(&format!("/clerk/people/{child}/records")).await;
        let home = in_form(&page.body, &format!("/clerk/people/{child}/household/leave"), "household");
        let gone =
            send(&mut clerk, &child, "household/relation", &[("household", "x"), ("relation", "kin")]).await;
        assert!(gone.body.contains("household.not-member"), "{}", gone.body);
        let left = send(&mut clerk, &child, "household/leave", &[("household", &home), ("until", "")]).await;
        assert!(left.body.contains("나간 날을 적었어요"), "{}", left.body);
        // In English.
        clerk.get("/look?lang=en&back=/clerk").await;
        let english = clerk.get(&format!("/clerk/people/{me}/records")).await;
        assert!(english.body.contains("Who lives together"), "{}", english.body);
        let answer =
            town.call("citizen", Method::GET, &format!("/api/v1/people/{me}/household"), None, "").await;
        assert_eq!(answer.status, StatusCode::OK);
    }
}
