//! What watches the server: whether it lives and is ready, its numbers, its request ids and its log.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use common::Town;
use serde_json::{Value, json};
use testkit::{Engine, engines};

/// Asked as a machine asks: without a word about who it is.
async fn get(town: &Town, path: &str) -> common::Answer {
    town.send(Request::get(path).body(Body::empty()).unwrap()).await
}

/// A number of `/metrics`.
fn number(metrics: &str, series: &str) -> f64 {
    let line =
        metrics.lines().find(|line| line.strip_prefix(series).is_some_and(|rest| rest.starts_with(' ')));
    let line = line.unwrap_or_else(|| panic!("no {series} in\n{metrics}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_server_at_work_is_alive_and_ready() {
    for engine in engines() {
        let town = Town::new(engine);
        let alive = get(&town, "/healthz").await;
        assert_eq!((alive.status, alive.json()), (StatusCode::OK, json!({ "status": "alive" })));
        let ready = get(&town, "/readyz").await;
        assert_eq!(
            (ready.status, ready.json()),
            (StatusCode::OK, json!({ "status": "ready" })),
            "{engine:?}"
        );
    }
}

#[tokio::test]
async fn a_server_that_was_told_to_stop_is_not_ready() {
    let town = Town::new(Engine::Sqlite);
    town.app.close();
    let ready = get(&town, "/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready.json()["missing"][0]["code"], "closing");
    assert_eq!(get(&town, "/healthz").await.status, StatusCode::OK, "the process still answers");
}

#[tokio::test]
async fn a_server_whose_pen_has_stopped_is_not_ready() {
    let town = Town::new(Engine::Sqlite);
    // Another writer has the next group's place: this one is fenced at its next commit.
    let database = rusqlite::Connection::open(town.place.location()).unwrap();
    database
        .execute(
            "INSERT INTO groups SELECT sequence + 1, epoch + 1, nonce + 1, first_posting, last_posting
             FROM groups ORDER BY sequence DESC LIMIT 1",
            [],
        )
        .unwrap();
    let answer = town
        .call(
            "citizen",
            Method::POST,
            &format!("/api/v1/cards/{}/top-ups", town.card),
            Some("k"),
            r#"{"amount":1000}"#,
        )
        .await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "outcome.unknown"));
    testkit::wait_until("the end of the pen", std::time::Duration::from_secs(5), || {
        !town.app.city.is_writing()
    });
    let ready = get(&town, "/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready.json()["missing"][0]["code"], "pen.stopped");
    assert_eq!(number(&get(&town, "/metrics").await.body, "ongoeul_pen_writing"), 0.0);
}

#[tokio::test]
async fn the_numbers_say_what_was_done() {
    for engine in engines() {
        let town = Town::new(engine);
        let before = get(&town, "/metrics").await.body;
        let pay =
            json!({ "card": town.card.to_string(), "merchant": town.shop.to_string(), "amount": 12_000 });
        for key in ["a", "b"] {
            let paid =
                town.call("citizen", Method::POST, "/api/v1/payments", Some(key), &pay.to_string()).await;
            assert_eq!(paid.status, StatusCode::CREATED, "{}", paid.body);
        }
        let too_much = pay.to_string().replace("12000", "990000");
        town.call("merchant", Method::POST, "/api/v1/payments", Some("c"), &too_much).await;
        let no = town.call("nobody", Method::GET, "/api/v1/wallet", None, "").await;
        assert_eq!(no.status, StatusCode::UNAUTHORIZED);
        get(&town, "/no/such/page").await;
        let answer = get(&town, "/metrics").await;
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
        let after = answer.body;
        let paid = r#"ongoeul_http_requests_total{route="/api/v1/payments",method="POST",status="201"}"#;
        assert_eq!(number(&after, paid), 2.0);
        assert_eq!(number(&after, &paid.replace("201", "422")), 1.0);
        let nowhere = r#"ongoeul_http_requests_total{route="none",method="GET",status="404"}"#;
        assert_eq!(number(&after, nowhere), 1.0, "what is not a route adds no line");
        assert_eq!(number(&after, r#"ongoeul_http_request_seconds_count{route="/api/v1/payments"}"#), 3.0);
        assert_eq!(number(&after, r#"ongoeul_http_refusals_total{code="token.missing"}"#), 1.0);
        assert_eq!(number(&after, r#"ongoeul_pen_refusals_total{code="pin.needed"}"#), 1.0);
        let grown = |series: &str| number(&after, series) - number(&before, series);
        assert_eq!(grown("ongoeul_pen_commands_total"), 3.0);
        assert_eq!(grown("ongoeul_pen_group_size_sum"), 3.0);
        assert!(grown("ongoeul_pen_groups_total") >= 1.0);
        assert!(grown("ongoeul_pen_commit_seconds_count") >= 1.0);
        assert!(
            grown("ongoeul_pen_commit_seconds_sum") > 0.0 && grown("ongoeul_pen_commit_seconds_sum") < 60.0
        );
        assert_eq!(grown("ongoeul_journal_postings_total"), 2.0);
        assert!(grown("ongoeul_journal_entries_total") >= 4.0);
        assert_eq!(number(&after, "ongoeul_pen_queue_length"), 0.0);
        assert!(number(&after, "process_resident_memory_bytes") > 1e6);
        assert!(after.contains("ongoeul_build_info{version=\"") && after.ends_with("# EOF\n"), "{after}");
        // Whoever reads it learns no name, id or token.
        for secret in [&town.citizen.to_string(), &town.card.to_string(), "김순자", "token-", "/no/such/page"]
        {
            assert!(!after.contains(secret), "{secret}: {after}");
        }
        well_formed(&after);
    }
}

/// Each family is described once, before its samples; buckets grow to the count.
fn well_formed(metrics: &str) {
    let mut families = BTreeSet::new();
    let mut bucket = (String::new(), 0.0);
    for line in metrics.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            assert!(families.insert(rest.split(' ').next().unwrap().to_owned()), "described twice: {line}");
        } else if !line.starts_with('#') {
            let name: String = line.chars().take_while(|c| !" {".contains(*c)).collect();
            assert!(families.iter().any(|family| name.starts_with(family.as_str())), "not described: {line}");
            if let Some((series, rest)) = line.split_once("le=\"") {
                let (labels, value) = rest.split_once('"').unwrap().1.rsplit_once(' ').unwrap();
                let (series, value): (_, f64) = (format!("{series}{labels}"), value.parse().unwrap());
                assert!(series != bucket.0 || value >= bucket.1, "{line}");
                bucket = (series, value);
            }
        }
    }
}

#[tokio::test]
async fn a_live_page_is_counted_while_it_is_open() {
    use tower::ServiceExt;
    let town = Town::new(Engine::Sqlite);
    let request = Request::get("/live").body(Body::empty()).unwrap();
    let page = town.router.clone().oneshot(request).await.unwrap();
    assert_eq!(number(&get(&town, "/metrics").await.body, "ongoeul_live_connections"), 1.0);
    drop(page);
    assert_eq!(number(&get(&town, "/metrics").await.body, "ongoeul_live_connections"), 0.0);
}

#[tokio::test]
async fn every_answer_carries_an_id_of_ours() {
    let town = Town::new(Engine::Sqlite);
    let mut seen = BTreeSet::new();
    for path in
        ["/", "/healthz", "/assets/app.css", "/api/v1/town", "/api/v1/wallet", "/no/such", "/look?large=1"]
    {
        let request = Request::get(path).header("X-Request-Id", "mine").body(Body::empty()).unwrap();
        let answer = town.send(request).await;
        let ids: Vec<_> = answer.headers.get_all("x-request-id").iter().collect();
        assert_eq!(ids.len(), 1, "{path}");
        let id = ids[0].to_str().unwrap().to_owned();
        assert!(id.len() == 36 && id.as_bytes()[14] == b'8', "{path}: {id}");
        if path == "/api/v1/wallet" {
            assert_eq!(answer.json()["instance"], format!("urn:uuid:{id}"));
        }
        if path == "/no/such" {
            assert!(answer.body.contains(&id), "the page names it for the phone call: {}", answer.body);
        }
        assert!(seen.insert(id), "{path}");
    }
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_has_a_line_a_request_and_nothing_personal() {
    let town = Town::new(Engine::Sqlite);
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_max_level(tracing_subscriber::filter::LevelFilter::INFO)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let body = format!(r#"{{"to":"010-2345-6789","amount":990000,"note":"비밀 {}"}}"#, town.card_number);
    town.call("citizen", Method::POST, "/api/v1/gifts?phone=010-9999-0000", Some("my-key"), &body).await;
    town.call("merchant", Method::GET, "/api/v1/merchants/none?name=김순자", None, "").await;
    get(&town, "/p/some-code?q=hidden").await;
    let odd = Request::builder().method("MADE-UP").uri("/wallet").body(Body::empty()).unwrap();
    town.send(odd).await;
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = lines
        .iter()
        .filter(|line| line["message"] == "answered")
        .map(|line| {
            (line["method"].as_str(), line["route"].as_str(), line["status"].as_u64(), line["role"].as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            (Some("POST"), Some("/api/v1/gifts"), Some(400), Some("citizen")),
            (Some("GET"), Some("/api/v1/merchants/{id}"), Some(404), Some("merchant")),
            (Some("GET"), Some("/p/{code}"), Some(404), Some("none")),
            (Some("other"), Some("/wallet"), Some(405), Some("none")),
        ],
        "{text}"
    );
    assert_eq!(lines[0]["code"], "body.malformed");
    for line in &lines {
        assert!(line["micros"].is_u64() && line["request_id"].as_str().unwrap().len() == 36, "{line}");
    }
    for secret in ["token-", "010-", "비밀", "김순자", "hidden", "some-code", "my-key", "MADE-UP", "per_"]
    {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}
