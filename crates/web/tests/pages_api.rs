//! `/api/docs`: the page that tells the API to people says what the document says, in both languages, and its examples
//! can be sent as they stand.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use common::{Answer, Town};
use serde_json::Value;
use testkit::Engine;

async fn page(town: &Town, lang: &str) -> Answer {
    let request = Request::get("/api/docs").header("Accept-Language", lang);
    town.send(request.body(Body::empty()).unwrap()).await
}

/// The fold of one call.
fn fold<'a>(page: &'a str, id: &str) -> &'a str {
    let rest = page.split(&format!("id=\"{id}\">")).nth(1).unwrap_or_else(|| panic!("no {id}"));
    rest.split("</details>").next().unwrap()
}

fn plain(html: &str) -> String {
    html.replace("&#34;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_of_the_document_is_told_in_both_languages() {
    let town = Town::new(Engine::Sqlite);
    let request = Request::get("/api/openapi.json").body(Body::empty()).unwrap();
    let document: Value = town.send(request).await.json();
    for (lang, anyone, optional) in [("ko", "누구나", "없어도 됨"), ("en", "anyone", "optional")] {
        let answer = page(&town, lang).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(
            answer.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'self'")
        );
        let html = answer.body;
        assert!(html.contains(&format!("<html lang=\"{lang}\"")) && !html.contains('⟦'), "{html}");
        assert!(html.contains(anyone) && html.contains(optional));
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let id = format!("{method}{path}").replace(|c: char| !c.is_ascii_alphanumeric(), "-");
                let told = plain(fold(&html, &id));
                assert!(told.contains(path) && told.contains("curl "), "{method} {path}: {told}");
                let public = operation["security"] == serde_json::json!([{}]);
                assert_eq!(told.contains("Bearer $TOKEN"), !public, "{method} {path}: {told}");
                let keyed = operation["parameters"].to_string().contains("Idempotency-Key");
                assert_eq!(told.contains("-H \"Idempotency-Key"), keyed, "{method} {path}: {told}");
            }
        }
        // All fields of what is sent, and of what comes back within what comes back.
        let pay = fold(&html, "post-api-v1-payments");
        for name in
            ["card", "amount", "merchant", "order", "pin", "id", "cashback", "cashback.reward", "balance"]
        {
            assert!(pay.contains(&format!("<code>{name}</code></th>")), "{name}: {pay}");
        }
        for kind in document["webhooks"].as_object().unwrap().keys() {
            assert!(fold(&html, &format!("hook-{kind}")).contains("data.merchant"), "{kind}");
        }
        assert!(html.contains("webhook-signature") && html.contains("410"));
        for code in ["card.frozen", "top-up.limit", "token.missing", "outcome.unknown"] {
            assert!(html.contains(&format!("id=\"problem-{code}\"")), "{code}");
        }
        assert!(!plain(&html).contains("{$") && !html.contains("JOSA"), "a text is not filled");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_call_is_told_as_it_is() {
    let town = Town::new(Engine::Sqlite);
    let html = page(&town, "en").await.body;
    let who = |id: &str| {
        let told =
            fold(&html, id).split("<strong>Who</strong>").nth(1).unwrap().split("</p>").next().unwrap();
        told.split(" · ").next().unwrap().trim().to_owned()
    };
    assert_eq!(who("post-api-v1-payments"), "Citizen, Shop owner, Shop staff");
    assert_eq!(who("post-api-v1-rehearsals"), "City officer");
    assert_eq!(who("get-api-v1-postings--id-"), "Auditor");
    // Where the table's town has nothing of the kind, the role is told all the same.
    assert_eq!(who("post-api-v1-proposals--id--confirm"), "Shop owner, City officer");
    assert_eq!(who("get-api-v1-proposals--id-"), "Shop owner, Shop staff, City officer");
    assert_eq!(who("post-api-v1-giving-gifts"), "Citizen");
    assert_eq!(who("get-api-v1-payments--id-"), "Citizen, Shop owner, Shop staff, City officer, Auditor");
    let request = Request::get("/api/openapi.json").body(Body::empty()).unwrap();
    let document: Value = town.send(request).await.json();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let who = who(&format!("{method}{path}").replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
            let public = operation["security"] == serde_json::json!([{}]);
            assert!(!who.is_empty() && (who == "anyone") == public, "{method} {path}: who may? {who:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_of_a_payment_pays() {
    let town = Town::new(Engine::Sqlite);
    let html = page(&town, "ko").await.body;
    let example = plain(fold(&html, "post-api-v1-payments"));
    let body = example.split("-d '").nth(1).unwrap().split('\'').next().unwrap();
    let paid = town.call("citizen", Method::POST, "/api/v1/payments", Some("try-1"), body).await;
    assert_eq!(paid.status, StatusCode::CREATED, "{body}: {}", paid.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_leads_there() {
    let town = Town::new(Engine::Sqlite);
    for path in ["/", "/enter", "/no/such/page"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        assert!(town.send(request).await.body.contains("href=\"/api/docs\""), "{path}");
    }
}

/// What a Korean reader meets first is told in Korean; what isn't yet says that it is English.
#[tokio::test(flavor = "multi_thread")]
async fn payments_cards_and_wallet_are_told_in_korean() {
    let town = Town::new(Engine::Sqlite);
    let (ko, en) = (page(&town, "ko").await.body, page(&town, "en").await.body);
    assert!(!en.contains("<span lang=\"ko\">") && plain(&en).contains("-H 'Accept-Language: en'"));
    assert!(ko.contains("<span lang=\"ko\">") && !ko.contains("Accept-Language: en"));
    let request = Request::get("/api/openapi.json").body(Body::empty()).unwrap();
    let document: Value = town.send(request).await.json();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let tag = operation["tags"][0].as_str().unwrap();
            if !["payments", "cards", "wallet"].contains(&tag) {
                continue;
            }
            let id = format!("{method}{path}").replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            for piece in fold(&ko, &id).split("lang=\"en\">").skip(1) {
                let english = piece.split("</span>").next().unwrap();
                assert!(english.is_empty(), "{method} {path}: no Korean for {english:?}");
            }
        }
    }
    // Each line of the list is of a sentence that the document still says.
    let said = document.to_string().replace("\\n", " ");
    let list = include_str!("../texts/ko/api-meanings.txt");
    for (english, _) in list.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once(" = ")) {
        assert!(said.contains(&serde_json::to_string(english).unwrap()), "nothing says {english:?} any more");
    }
}
