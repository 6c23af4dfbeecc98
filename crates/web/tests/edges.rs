//! What comes in otherwise than a browser sends it: forms without their fields, heads that never end, names that hide
//! something.

use crate::common;

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use common::Town;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_its_fields_is_answered_in_the_visitors_language() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        for (lang, title) in [("ko", "양식이 다 오지 않았어요"), ("en", "The form came without its parts")]
        {
            let mut officer = town.browser("officer").await;
            officer.cookies.push(("lang".into(), lang.into()));
            for (kind, body, status) in [
                ("application/x-www-form-urlencoded", "", StatusCode::UNPROCESSABLE_ENTITY),
                ("application/x-www-form-urlencoded", "number=%ff%fe", StatusCode::UNPROCESSABLE_ENTITY),
                ("application/json", "{}", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            ] {
                let request = officer
                    .request(Method::POST, "/account/sessions/end")
                    .header(header::CONTENT_TYPE, kind)
                    .body(Body::from(body))
                    .unwrap();
                let answer = town.send(request).await;
                assert_eq!(answer.status, status, "{kind} {body:?}: {}", answer.body);
                let kind = answer.headers[header::CONTENT_TYPE].to_str().unwrap();
                assert!(kind.starts_with("text/html"), "{kind}");
                assert!(answer.body.contains(title) && answer.body.contains("<main"), "{}", answer.body);
                assert!(answer.headers.contains_key(header::CONTENT_SECURITY_POLICY));
                assert!(!answer.body.contains("missing field"), "{}", answer.body);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_never_ends_is_let_go() {
    let town = Town::new(testkit::Engine::Sqlite);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async move { stopped.await.unwrap_or_default() };
    let limit = Duration::from_millis(400);
    let server = tokio::spawn(web::serve_with(town.app.clone(), listener, stopped, limit));
    let begun = Instant::now();
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: test\r\nX-Slow: ").await.unwrap();
    // Whoever ends theirs in time is answered meanwhile, however often they ask.
    for _ in 0..3 {
        let mut quick = TcpStream::connect(address).await.unwrap();
        let head = b"GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
        quick.write_all(head).await.unwrap();
        let mut answer = String::new();
        quick.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(10), slow.read_to_end(&mut rest)).await;
    closed.expect("the connection is still open").ok();
    assert!(begun.elapsed() >= limit, "it had its time");
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"), "nothing was answered to half a head");
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn names_hide_nothing() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        for (number, hidden) in
            ["\r\n", "\u{202e}", "\u{2066}", "\u{200b}", "\t", "\u{feff}"].into_iter().enumerate()
        {
            let name = serde_json::to_string(&format!("남부{hidden}시장")).unwrap();
            let shop = format!(
                r#"{{"name":{name},"business_number":"124-81-00998","trade":"cafe","district":"4511153000"}}"#
            );
            let person = format!(r#"{{"name":{name}}}"#);
            let asked = [
                ("officer", "/api/v1/merchants".to_owned(), shop, "shop.name"),
                ("clerk", "/api/v1/people".to_owned(), person, "person.name"),
            ];
            for (role, path, body, code) in asked {
                let key = format!("h{number}-{role}");
                let answer = town.call(role, Method::POST, &path, Some(&key), &body).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{hidden:?}: {}", answer.body);
                assert!(answer.body.contains(code), "{hidden:?}: {}", answer.body);
            }
        }
    }
}
