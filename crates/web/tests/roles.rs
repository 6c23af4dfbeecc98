//! Every route of the API and of the pages, asked in every role over a real connection: `roles.tsv` says what comes
//! out. The routes are the router's own, so one that is new and not in the table fails the test.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

#[path = "roles/access.rs"]
mod access;
use crate::common;
#[path = "roles/live.rs"]
mod live;
use crate::roles_asked;
#[path = "roles/settlement.rs"]
mod settlement;
#[path = "roles/waiting.rs"]
mod waiting;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use common::Served;
use common::asked::{Asked, OF_TILLS};
use live::Live;
use roles_asked::ASKED;

const TABLE: &str = include_str!("roles.tsv");
/// The same for who speaks for an organisation: what is not everybody's is nobody's there, unless it has a row.
const AT_DESKS: &str = include_str!("roles_organisations.tsv");
const DESKS: [&str; 2] = ["chest", "association"];
/// And for the officer who gives access: `officer` of the table is the card's.
const OF_ACCESS: &str = include_str!("roles_access.tsv");
const ACCESS: [&str; 1] = ["access"];
/// `neighbour` is another citizen, `other` another shop's owner: what is asked for is not theirs.
const ROLES: [&str; 9] =
    ["none", "citizen", "neighbour", "merchant", "other", "till", "clerk", "officer", "auditor"];

/// Calls this town has nothing to answer with. The rooms' own tests have, and every answer there is held to the document
/// too (`Town::send`).
const ASKED_ELSEWHERE: [&str; 5] = [
    "GET /api/v1/proposals/{id}",
    "GET /api/v1/businesses/{id}",
    "GET /api/v1/coupon-jobs/{id}",
    "GET /api/v1/giving/receipts/{serial}/became",
    "POST /api/v1/giving/gifts",
];

/// All that is asked, room by room.
fn asked() -> impl Iterator<Item = &'static Asked> {
    common::asked::with(ASKED)
        .chain(OF_TILLS)
        .chain(access::ASKED)
        .chain(settlement::ASKED)
        .chain(waiting::ASKED)
}

#[test]
fn every_route_in_every_role() {
    for engine in testkit::engines() {
        let served = Served::start(engine);
        let routes = routes(&format!("{:?}", served.town.router));
        let mut live = Live::new(served);
        let mut rows: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1) {
            let mut cells = line.split('\t').map(str::trim).filter(|cell| !cell.is_empty());
            rows.push((cells.next().unwrap(), cells.collect()));
        }
        let listed: BTreeSet<String> = rows.iter().map(|(route, _)| (*route).to_owned()).collect();
        let missing: Vec<_> = routes.difference(&listed).collect();
        assert!(missing.is_empty(), "routes without a row in roles.tsv: {missing:#?}");
        let gone: Vec<_> = listed.difference(&routes).collect();
        assert!(gone.is_empty(), "rows of roles.tsv without a route: {gone:#?}");
        assert_eq!(listed.len(), rows.len(), "a route has two rows");
        for (route, ..) in asked() {
            assert!(routes.contains(*route), "{route} is asked and is no route");
        }

        // The shop whose owner closes it takes no payment any more, and its till is out: asked after its owner, it is nobody.
        rows.sort_by_key(|(route, _)| route.ends_with("merchants/{id}/close"));
        let mut wrong = String::new();
        for (route, expected) in rows {
            assert_eq!(expected.len(), ROLES.len(), "{route}: a cell for each role");
            let found: Vec<String> = ROLES.iter().map(|role| live.answer(route, role)).collect();
            if !found.iter().eq(expected.iter().map(|cell| cell.trim_end_matches('+'))) {
                writeln!(wrong, "{route}\n  table: {}\n  found: {}", expected.join("\t"), found.join("\t"))
                    .unwrap();
            }
        }
        assert!(wrong.is_empty(), "{engine:?}\n{wrong}");
        // What reads, and what moves money, was carried out for somebody: its answer was held to the document.
        for (path, methods) in live.document["paths"].as_object().unwrap() {
            let moves = ["payments", "refunds", "authorizations", "capture", "gifts", "prepayments"];
            let moves = |path: &str| moves.contains(&path.rsplit('/').next().unwrap());
            for method in methods.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
                let call = format!("{method} {path}");
                if (method == "GET" || moves(path)) && !ASKED_ELSEWHERE.contains(&call.as_str()) {
                    assert!(live.answered.contains(&call), "{call} was never carried out");
                }
            }
        }
    }
}

/// Deny by default, at the desks of organisations: every route is asked. What nobody needs to be known for is theirs as
/// well, and beyond that only what has a row.
#[test]
fn every_route_at_every_organisations_desk() {
    only_what_has_a_row(AT_DESKS, &DESKS);
}

/// The same for an officer who is no card officer: what belongs to an operation they don't hold is not theirs.
#[test]
fn every_route_for_the_officer_of_access() {
    only_what_has_a_row(OF_ACCESS, &ACCESS);
}

fn only_what_has_a_row(table: &'static str, desks: &[&'static str]) {
    for engine in testkit::engines() {
        let served = Served::start(engine);
        let routes = routes(&format!("{:?}", served.town.router));
        let mut live = Live::new(served);
        let rows: BTreeMap<&str, Vec<&str>> = table
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .skip(1)
            .map(|line| {
                let mut cells = line.split('\t').map(str::trim).filter(|cell| !cell.is_empty());
                (cells.next().unwrap(), cells.collect())
            })
            .collect();
        for (route, cells) in &rows {
            assert!(routes.contains(*route), "{route} has a row and is no route");
            assert_eq!(cells.len(), desks.len(), "{route}: a cell for each desk");
        }
        let mut wrong = String::new();
        for route in &routes {
            let none = TABLE.lines().find(|line| line.split('\t').next().unwrap().trim() == route).unwrap();
            let public = none.split('\t').nth(1).unwrap().trim() == "ok";
            let found: Vec<String> = desks.iter().map(|desk| live.answer(route, desk)).collect();
            let as_told = match rows.get(route.as_str()) {
                Some(cells) => found == *cells,
                None => found.iter().all(|cell| (cell == "ok") == public),
            };
            if !as_told {
                writeln!(wrong, "{route}\t{}", found.join("\t")).unwrap();
            }
        }
        assert!(wrong.is_empty(), "{engine:?}\n{wrong}");
    }
}

/// The API's document names the calls of the API, all of them and no others, and says which need no token.
#[test]
fn the_document_names_every_call() {
    let served = Served::start(testkit::Engine::Sqlite);
    let mut routes = routes(&format!("{:?}", served.town.router));
    routes.retain(|route| route.contains(" /api/v1/"));
    let live = Live::new(served);
    let (answer, _) = live.send("GET", "/api/openapi.json", "", "");
    let document: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let mut named = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let route = format!("{} {path}", method.to_uppercase());
            let row = TABLE.lines().find(|line| line.split('\t').next().unwrap().trim() == route).unwrap();
            let public = row.split('\t').nth(1).unwrap().trim() == "ok";
            assert_eq!(
                operation["security"] == serde_json::json!([{}]),
                public,
                "{route} is public: {operation}"
            );
            named.insert(route);
        }
    }
    assert_eq!(routes, named);
}

/// `GET /path` of each route, as the router itself shows them.
fn routes(router: &str) -> BTreeSet<String> {
    let own = router.split("fallback_router").next().unwrap();
    let mut methods: BTreeMap<&str, &str> = BTreeMap::new();
    let mut routes = BTreeSet::new();
    for part in own.split("RouteId(").skip(1) {
        let (id, rest) = part.split_once("): ").unwrap();
        if let Some(path) = rest.strip_prefix('"') {
            let path = path.split('"').next().unwrap();
            let allowed = methods.get(id).unwrap_or_else(|| panic!("{path} has no methods"));
            for method in allowed.split(',').filter(|method| *method != "HEAD") {
                routes.insert(format!("{method} {path}"));
            }
        } else if let Some((_, allowed)) = rest.split_once("allow_header: Bytes(b\"") {
            methods.insert(id, allowed.split('"').next().unwrap());
        }
    }
    assert!(
        routes.len() > 50 && routes.contains("GET /wallet"),
        "the router shows itself otherwise: {router}"
    );
    routes
}
