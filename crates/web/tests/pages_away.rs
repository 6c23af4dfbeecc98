//! PostgreSQL goes away under a running server: every page and every call says so, and goes on when it is back.

use crate::common;

use axum::http::{Method, StatusCode, header};
use common::{Answer, Town};
use testkit::{Cluster, Engine, Place};

const PAGES: &[(&str, &[&str])] = &[
    ("citizen", &["/wallet/history", "/wallet/receipts/pst_0000000000001", "/wallet"]),
    ("merchant", &["/shop", "/shop/till"]),
    ("clerk", &["/clerk?find=%EA%B9%80"]),
    ("officer", &["/desk"]),
    ("auditor", &["/books", "/books?find=1", "/books/postings/1"]),
];

/// Either the page needs no database, or it says what is the matter.
fn is_honest(path: &str, answer: &Answer) -> bool {
    if answer.status == StatusCode::SERVICE_UNAVAILABLE {
        assert!(answer.headers.contains_key(header::RETRY_AFTER), "{path}");
        assert!(answer.body.contains("storage.away"), "{path}: {}", answer.body);
        return true;
    }
    assert!(answer.status.is_success() || answer.status.is_redirection(), "{path}: {}", answer.status);
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_is_said_so() {
    if !testkit::engines().contains(&Engine::Postgres) {
        return;
    }
    let mut cluster = Cluster::start();
    let town = Town::at(Place::Postgres(cluster.database()), |_| {});
    let pay = |key: &'static str| {
        let body = format!(r#"{{"card":"{}","merchant":"{}","amount":1000}}"#, town.card, town.shop);
        let town = &town;
        async move { town.call("citizen", Method::POST, "/api/v1/payments", Some(key), &body).await }
    };
    let paid = pay("before").await;
    let payment = format!("/api/v1/payments/{}", paid.json()["id"].as_str().unwrap());
    let mut browsers = Vec::new();
    for (role, paths) in PAGES {
        browsers.push((town.browser(role).await, *paths));
    }
    cluster.stop_fast();
    let mut said = 0;
    for (browser, paths) in &mut browsers {
        for path in *paths {
            said += usize::from(is_honest(path, &browser.get(path).await));
        }
    }
    assert!(said >= 7, "{said}");
    assert!(browsers[0].0.get("/wallet/history").await.body.contains("지금은 장부를 열 수 없어요"));
    assert!(is_honest(&payment, &town.call("citizen", Method::GET, &payment, None, "").await));
    let refused = pay("meanwhile").await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "storage.away"));
    assert!(refused.headers.contains_key(header::RETRY_AFTER));
    cluster.restart();
    for (browser, paths) in &mut browsers {
        for path in *paths {
            let answer = browser.get(path).await;
            assert_ne!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        }
    }
    assert_eq!(pay("meanwhile").await.status, StatusCode::CREATED, "the same key, carried out once");
    assert_eq!(pay("before").await.body, paid.body);
}
