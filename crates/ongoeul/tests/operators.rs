//! What operators see of a server in earnest: its numbers on an address of their own, and its log.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::net::{SocketAddr, TcpListener};

use common::http::{Ask, Line};
use common::server::Server;
use common::town::Town;
use testkit::Engine;

/// A port that was free a moment ago.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn numbers_are_told_to_operators_only() {
    let town = Town::on(Engine::Sqlite);
    let operators = free();
    let plain = std::fs::read_to_string(&town.config).unwrap();
    std::fs::write(&town.config, format!("{plain}metrics_listen = \"{operators}\"\n")).unwrap();
    let server = Server::start(&town.config);
    let (mut public, mut inner) = (Line::to(server.address), Line::to(operators));
    let ask = |line: &mut Line, path| line.ask(&Ask::get(path, "")).unwrap();
    assert_eq!(ask(&mut public, "/metrics").status, 404);
    assert_eq!(ask(&mut public, "/readyz").body, r#"{"status":"ready"}"#);
    assert_eq!(ask(&mut inner, "/readyz").body, r#"{"status":"ready"}"#);
    assert_eq!(ask(&mut inner, "/").status, 404, "nothing else is served there");
    let numbers = ask(&mut inner, "/metrics");
    assert!(numbers.status == 200 && numbers.body.contains("ongoeul_checkpoint_age_seconds "), "{numbers:?}");
    let me = &town.citizens[0];
    assert_eq!(public.ask(&Ask::get("/api/v1/wallet?q=secret", &me.token)).unwrap().status, 200);
    // The log of a server in earnest has a line a request, and no more than it may know.
    let log = server.stop();
    let line = log.lines().find(|line| line.contains("/api/v1/wallet")).unwrap();
    for part in ["INFO", "method=\"GET\"", "status=200", "role=\"citizen\"", "micros="] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!log.contains("secret") && !log.contains(&me.token) && !log.contains(&me.person), "{log}");
}

#[test]
fn without_an_address_for_them_operators_hear_nothing() {
    let town = Town::on(Engine::Sqlite);
    let server = Server::start(&town.config);
    let mut public = Line::to(server.address);
    assert_eq!(public.ask(&Ask::get("/metrics", "")).unwrap().status, 404);
    assert_eq!(public.ask(&Ask::get("/healthz", "")).unwrap().status, 200);
    server.stop();
}

#[test]
fn a_log_for_programs_is_json() {
    let town = Town::on(Engine::Sqlite);
    let server = Server::start_with(&town.config, &["--log", "json"]);
    let mut public = Line::to(server.address);
    public.ask(&Ask::get("/healthz", "")).unwrap();
    let log = server.stop();
    let told: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = told.iter().find(|line| line["message"] == "answered").unwrap();
    assert_eq!((&answered["route"], &answered["status"]), (&"/healthz".into(), &200.into()));
}
