//! Every route of the API and of the pages, asked in every role over a real connection: `roles.tsv` says what comes
//! out. The routes are the router's own, so one that is new and not in the table fails the test.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;
mod roles_asked;
#[path = "roles/live.rs"]
mod live;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use common::Served;
use common::asked::OF_TILLS;
use live::Live;
use roles_asked::ASKED;

const TABLE: &str = include_str!("roles.tsv");
/// The same for who speaks for an organisation: what is not everybody's is nobody's there, unless it has a row.
const AT_DESKS: &str = include_str!("roles_organisations.tsv");
const DESKS: [&str; 2] = ["chest", "association"];
/// `neighbour` is another citizen, `other` another shop's owner: what is asked for is not theirs.
const ROLES: [&str; 9] =
    ["none", "citizen", "neighbour", "merchant", "other", "till", "clerk", "officer", "auditor"];

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
        for (route, ..) in common::asked::with(ASKED.iter().chain(OF_TILLS)) {
            assert!(routes.contains(*route), "{route} is asked and is no route");
        }

        // The shop whose owner closes it takes no payment any more.
        rows.sort_by_key(|(route, _)| route.ends_with("merchants/{id}/close"));
        let mut wrong = String::new();
        for (route, expected) in rows {
            assert_eq!(expected.len(), ROLES.len(), "{route}: a cell for each role");
            let found: Vec<String> = ROLES.iter().map(|role| live.answer(route, role)).collect();
            if found != expected {
                writeln!(wrong, "{route}\n  table: {}\n  found: {}", expected.join("\t"), found.join("\t"))
                    .unwrap();
            }
        }
        assert!(wrong.is_empty(), "{engine:?}\n{wrong}");
    }
}

/// Deny by default, at the desks of organisations: every route is asked. What nobody needs to be known for is theirs as
/// well, and beyond that only what has a row.
#[test]
fn every_route_at_every_organisations_desk() {
    for engine in testkit::engines() {
        let served = Served::start(engine);
        let routes = routes(&format!("{:?}", served.town.router));
        let mut live = Live::new(served);
        let rows: BTreeMap<&str, Vec<&str>> = AT_DESKS
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
            assert_eq!(cells.len(), DESKS.len(), "{route}: a cell for each desk");
        }
        let mut wrong = String::new();
        for route in &routes {
            let none = TABLE.lines().find(|line| line.split('\t').next().unwrap().trim() == route).unwrap();
            let public = none.split('\t').nth(1).unwrap().trim() == "ok";
            let found: Vec<String> = DESKS.iter().map(|desk| live.answer(route, desk)).collect();
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
<<<<<<< ours
||||||| base

struct Answer {
    status: u16,
    location: String,
    body: String,
}

struct Live {
    served: Served,
    /// The cookies of each role's browser.
    cookies: BTreeMap<&'static str, String>,
    csrf: String,
    /// The visitor's mark, one for all.
    visit: String,
    /// The neighbour's card, and one of somebody else's.
    neighbour: String,
    friend: String,
    made: u64,
    products: u64,
}

impl Live {
    fn new(served: Served) -> Live {
        let mut live = Live {
            served,
            cookies: BTreeMap::new(),
            csrf: String::new(),
            visit: String::new(),
            neighbour: String::new(),
            friend: String::new(),
            made: 0,
            products: 0,
        };
        let people = "/api/v1/people";
        let friend = r#"{"name":"친구","phone":"010-7777-8888","card":"plastic"}"#;
        live.friend = live.api("clerk", people, friend, "card");
        live.neighbour =
            live.api("clerk", people, r#"{"name":"이웃","born":"1950-01-01","card":"plastic"}"#, "card");
        let card = live.neighbour.parse().unwrap();
        let town = &live.served.town;
        let person = town.app.city.shared.read().town.directory.card(city::CardRef::Id(card)).unwrap().person;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(town.grant("neighbour", base::Role::Citizen(person)));
        live.top_up("neighbour", 10_000);
        // One visitor's mark for all, and a session for each role.
        let (door, set) = live.send("GET", "/enter", "", "");
        live.visit = set[0].clone();
        live.csrf = common::field(&door.body, "csrf").unwrap();
        for role in ROLES {
            live.come_in(role);
        }
        live
    }

    fn come_in(&mut self, role: &'static str) {
        let mut cookies = self.visit.clone();
        if role != "none" {
            let body = format!("csrf={}&token=token-{role}&next=/", self.csrf);
            let (_, set) = self.send("POST", "/sign-in", &form(&self.visit), &body);
            write!(cookies, "; {}", set[0]).unwrap();
        }
        self.cookies.insert(role, cookies);
    }

    /// What a role gets at a route, in the table's words.
    fn answer(&mut self, route: &str, role: &'static str) -> String {
        let (method, path) = route.split_once(' ').unwrap();
        let asked = ASKED.iter().find(|(known, ..)| *known == route);
        assert!(asked.is_some() || !path.contains('{'), "{route}: ASKED has to say which");
        assert!(asked.is_some() || method == "GET", "{route}: ASKED has to say what");
        let (_, at, body) = asked.copied().unwrap_or_default();
        let path = if at.is_empty() { path } else { at };
        let names = self.names(&format!("{path} {body}"), role);
        let (path, body) = (filled(path, &names), filled(body, &names));
        let head = if path.starts_with("/api/") { self.token(role) } else { form(&self.cookies[role]) };
        let before = written(&self.served.town);
        let (answer, _) = self.send(method, &path, &head, &body);
        let after = written(&self.served.town);
        if route == "POST /leave" {
            self.come_in(role); // who has left is out, here as everywhere
        }
        let class = match (answer.status, answer.location.as_str()) {
            (303, to) if to == "/enter" || to == common::door(&path) => "door".to_owned(),
            (303, elsewhere) if method == "GET" => elsewhere.split('?').next().unwrap().to_owned(),
            (200..400, _) => "ok".to_owned(),
            (status, _) => status.to_string(),
        };
        assert!(before == after || (class == "ok" && method == "POST"), "{route} as {role} writes");
        assert!(answer.status < 500, "{route} as {role}: {} {}", answer.status, answer.body);
        class
    }

    /// Makes what a request names.
    fn names(&mut self, text: &str, role: &str) -> BTreeMap<String, String> {
        let word = |part: &str| part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let wanted: BTreeSet<String> = text.split('$').skip(1).map(word).collect();
        wanted.into_iter().map(|name| (name.clone(), self.make(&name, role))).collect()
    }

    /// The neighbour's own id.
    fn next_door(&self) -> base::PersonId {
        let card = self.neighbour.parse().unwrap();
        let view = self.served.town.app.city.shared.read();
        view.town.directory.card(city::CardRef::Id(card)).unwrap().person
    }

    fn make(&mut self, name: &str, role: &str) -> String {
        let (citizen, card) = (self.served.town.citizen, self.served.town.card);
        let shop = self.served.town.shop;
        let paid = format!(r#"{{"card":"{card}","merchant":"{shop}","amount":1000}}"#);
        let who = if role == "neighbour" { "neighbour" } else { "citizen" };
        match name {
            "citizen" => citizen.to_string(),
            "card" => card.to_string(),
            "printed" => format!("{:016}", self.served.town.card_number),
            "shop" => shop.to_string(),
            "friend" => self.friend.clone(),
            "csrf" => self.csrf.clone(),
            "key" => self.key(),
            "somebody" => self.api("clerk", "/api/v1/people", r#"{"name":"누군가"}"#, "person"),
            "consented" => {
                let given = format!("/api/v1/people/{citizen}/consents");
                self.api("clerk", &given, r#"{"purpose":"care"}"#, "id");
                if who == "neighbour" {
                    self.api(
                        "neighbour",
                        &format!("/api/v1/people/{}/consents", self.next_door()),
                        r#"{"purpose":"care"}"#,
                        "id",
                    );
                }
                String::new()
            }
            "number" => self.business_number(),
            "spare" => {
                let wish = format!(r#"{{"kind":"phone","person":"{citizen}"}}"#);
                self.api("clerk", "/api/v1/cards", &wish, "card")
            }
            "paid" | "hold" => {
                self.top_up("citizen", 1_000);
                let path = if name == "paid" { "/api/v1/payments" } else { "/api/v1/authorizations" };
                self.api("citizen", path, &paid, "id")
            }
            "sealed" => {
                let id = self.make("paid", role);
                let no = id.parse::<base::PostingNo>().unwrap();
                let sealing = self.served.town.app.city.sealing().unwrap();
                testkit::wait_until("the seal", std::time::Duration::from_secs(20), || {
                    sealing.sealed() >= no.0
                });
                id
            }
            "code" => {
                let body = format!("csrf={}&amount=1000", self.csrf);
                let (answer, _) = self.send("POST", "/shop/qr", &form(&self.cookies["merchant"]), &body);
                answer.location.strip_prefix("/shop/qr/").unwrap().to_owned()
            }
            // A shop that offers prepayment, a citizen with enough, and a claim of theirs.
            "offering" => {
                let head = self.token("merchant");
                let path = format!("/api/v1/merchants/{shop}/prepayment-offer");
                let (answer, _) = self.send("POST", &path, &head, r#"{"offered":true}"#);
                assert_eq!(answer.status, 200, "{}", answer.body);
                shop.to_string()
            }
            "plenty" => {
                self.top_up(who, 100_000);
                String::new()
            }
            "claim" => {
                self.make("offering", role);
                self.top_up("citizen", 100_000);
                let body = format!(r#"{{"merchant":"{shop}","amount":100000}}"#);
                self.api("citizen", "/api/v1/prepayments", &body, "id");
                let (claims, _) = self.send("GET", "/api/v1/prepayments", &self.token_of("citizen"), "");
                let claims: serde_json::Value = serde_json::from_str(&claims.body).unwrap();
                let newest = claims["items"].as_array().unwrap().iter().filter_map(|c| c["claim"].as_u64());
                newest.max().unwrap().to_string()
            }
            "product" => {
                let key = self.key();
                let body = format!("csrf={}&request_key={key}&name=된장&price=1000", self.csrf);
                let (answer, _) =
                    self.send("POST", "/shop/products", &form(&self.cookies["merchant"]), &body);
                assert_eq!(answer.status, 303, "{}", answer.body);
                self.products += 1;
                self.products.to_string()
            }
            "receipt" => {
                let path = format!("/wallet/receipts/{}", self.make("paid", role));
                let (page, _) = self.send("GET", &path, &form(&self.cookies["citizen"]), "");
                let rest = page.body.split("/p/").nth(1).unwrap();
                rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
                    .next()
                    .unwrap()
                    .to_owned()
            }
            "money" => {
                self.top_up(who, 1_000);
                String::new()
            }
            // Of who asks, all but a won is spent, so that what is left may be withdrawn.
            "used_up" => {
                let card = if who == "neighbour" { self.neighbour.clone() } else { card.to_string() };
                self.top_up(who, 10_000);
                let head = self.token(who);
                let (wallet, _) = self.send("GET", "/api/v1/wallet", &head, "");
                let total =
                    serde_json::from_str::<serde_json::Value>(&wallet.body).unwrap()["total"].as_i64();
                let amount = total.unwrap() - 1;
                let body = format!(r#"{{"card":"{card}","merchant":"{shop}","amount":{amount}}}"#);
                self.api(who, "/api/v1/payments", &body, "id");
                String::new()
            }
            // An owner's own, or one more.
            "closing" if role == "merchant" => shop.to_string(),
            "closing" => {
                let number = self.business_number();
                let body = format!(
                    r#"{{"name":"가게","business_number":"{number}","trade":"bakery","district":"4511153000"}}"#
                );
                self.api("officer", "/api/v1/merchants", &body, "merchant")
            }
            other => panic!("${other} is nothing this test can make"),
        }
    }

    fn key(&mut self) -> String {
        self.made += 1;
        format!("key-{}", self.made)
    }

    /// Another right one each time.
    fn business_number(&mut self) -> String {
        self.made += 1;
        let nine = format!("{:09}", 300_000_000 + self.made);
        (0..10)
            .map(|check| format!("{nine}{check}"))
            .find(|n| economy::business_number::parse(n).is_some())
            .unwrap()
    }

    /// A token without a key: for what is only read.
    fn token_of(&self, role: &str) -> String {
        format!("Authorization: Bearer token-{role}\r\n")
    }

    fn token(&mut self, role: &str) -> String {
        let key = self.key();
        let token =
            if role == "none" { String::new() } else { format!("Authorization: Bearer token-{role}\r\n") };
        format!("{token}Idempotency-Key: {key}\r\nContent-Type: application/json\r\n")
    }

    /// A call that has to succeed; gives a field of its answer.
    fn api(&mut self, role: &str, path: &str, body: &str, field: &str) -> String {
        let head = self.token(role);
        let (answer, _) = self.send("POST", path, &head, body);
        let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        json[field].as_str().unwrap_or_else(|| panic!("{path} {body}: {}", answer.body)).to_owned()
    }

    /// Puts money on the card of a citizen or the neighbour.
    fn top_up(&mut self, who: &str, amount: i64) {
        let card =
            if who == "neighbour" { self.neighbour.clone() } else { self.served.town.card.to_string() };
        let path = format!("/api/v1/cards/{card}/top-ups");
        self.api(who, &path, &format!(r#"{{"amount":{amount}}}"#), "id");
    }

    /// Over a connection of its own; gives the answer and the cookies it sets.
    fn send(&self, method: &str, path: &str, head: &str, body: &str) -> (Answer, Vec<String>) {
        let address = self.served.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n{head}\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap_or_else(|| panic!("{path}: {line:?}")).parse().unwrap();
        let (mut location, mut cookies, mut streams) = (String::new(), Vec::new(), false);
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name {
                "location" => location = value.to_owned(),
                "set-cookie" => cookies.push(value.split(';').next().unwrap().to_owned()),
                "content-type" => streams = value.starts_with("text/event-stream"),
                _ => {}
            }
        }
        let mut body = Vec::new();
        if !streams {
            reader.read_to_end(&mut body).unwrap();
        }
        (Answer { status, location, body: String::from_utf8_lossy(&body).into_owned() }, cookies)
    }
}

/// A form from a browser with these cookies.
fn form(cookies: &str) -> String {
    format!("Cookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\n")
}
=======

struct Answer {
    status: u16,
    location: String,
    body: String,
}

struct Live {
    served: Served,
    /// The cookies of each role's browser.
    cookies: BTreeMap<&'static str, String>,
    csrf: String,
    /// The visitor's mark, one for all.
    visit: String,
    /// The neighbour's card, and one of somebody else's.
    neighbour: String,
    friend: String,
    made: u64,
    products: u64,
}

impl Live {
    fn new(served: Served) -> Live {
        let mut live = Live {
            served,
            cookies: BTreeMap::new(),
            csrf: String::new(),
            visit: String::new(),
            neighbour: String::new(),
            friend: String::new(),
            made: 0,
            products: 0,
        };
        let people = "/api/v1/people";
        let friend = r#"{"name":"친구","phone":"010-7777-8888","card":"plastic"}"#;
        live.friend = live.api("clerk", people, friend, "card");
        live.neighbour =
            live.api("clerk", people, r#"{"name":"이웃","born":"1950-01-01","card":"plastic"}"#, "card");
        let card = live.neighbour.parse().unwrap();
        let town = &live.served.town;
        let person = town.app.city.shared.read().town.directory.card(city::CardRef::Id(card)).unwrap().person;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(town.grant("neighbour", base::Role::Citizen(person)));
        live.top_up("neighbour", 10_000);
        // One visitor's mark for all, and a session for each role.
        let (door, set) = live.send("GET", "/enter", "", "");
        live.visit = set[0].clone();
        live.csrf = common::field(&door.body, "csrf").unwrap();
        for role in ROLES {
            live.come_in(role);
        }
        live
    }

    fn come_in(&mut self, role: &'static str) {
        let mut cookies = self.visit.clone();
        if role != "none" {
            let body = format!("csrf={}&token=token-{role}&next=/", self.csrf);
            let (_, set) = self.send("POST", "/sign-in", &form(&self.visit), &body);
            write!(cookies, "; {}", set[0]).unwrap();
        }
        self.cookies.insert(role, cookies);
    }

    /// What a role gets at a route, in the table's words.
    fn answer(&mut self, route: &str, role: &'static str) -> String {
        let (method, path) = route.split_once(' ').unwrap();
        let asked = ASKED.iter().find(|(known, ..)| *known == route);
        assert!(asked.is_some() || !path.contains('{'), "{route}: ASKED has to say which");
        assert!(asked.is_some() || method == "GET", "{route}: ASKED has to say what");
        let (_, at, body) = asked.copied().unwrap_or_default();
        let path = if at.is_empty() { path } else { at };
        let names = self.names(&format!("{path} {body}"), role);
        let (path, body) = (filled(path, &names), filled(body, &names));
        let head = if path.starts_with("/api/") { self.token(role) } else { form(&self.cookies[role]) };
        let before = written(&self.served.town);
        let (answer, _) = self.send(method, &path, &head, &body);
        let after = written(&self.served.town);
        if route == "POST /leave" {
            self.come_in(role); // who has left is out, here as everywhere
        }
        let class = match (answer.status, answer.location.as_str()) {
            (303, to) if to == "/enter" || to == common::door(&path) => "door".to_owned(),
            (303, elsewhere) if method == "GET" => elsewhere.split('?').next().unwrap().to_owned(),
            (200..400, _) => "ok".to_owned(),
            (status, _) => status.to_string(),
        };
        assert!(before == after || (class == "ok" && method == "POST"), "{route} as {role} writes");
        assert!(answer.status < 500, "{route} as {role}: {} {}", answer.status, answer.body);
        class
    }

    /// Makes what a request names.
    fn names(&mut self, text: &str, role: &str) -> BTreeMap<String, String> {
        let word = |part: &str| part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let wanted: BTreeSet<String> = text.split('$').skip(1).map(word).collect();
        wanted.into_iter().map(|name| (name.clone(), self.make(&name, role))).collect()
    }

    /// The neighbour's own id.
    fn next_door(&self) -> base::PersonId {
        let card = self.neighbour.parse().unwrap();
        let view = self.served.town.app.city.shared.read();
        view.town.directory.card(city::CardRef::Id(card)).unwrap().person
    }

    fn make(&mut self, name: &str, role: &str) -> String {
        let (citizen, card) = (self.served.town.citizen, self.served.town.card);
        let shop = self.served.town.shop;
        let paid = format!(r#"{{"card":"{card}","merchant":"{shop}","amount":1000}}"#);
        let who = if role == "neighbour" { "neighbour" } else { "citizen" };
        match name {
            "citizen" => citizen.to_string(),
            "card" => card.to_string(),
            "printed" => format!("{:016}", self.served.town.card_number),
            "shop" => shop.to_string(),
            "friend" => self.friend.clone(),
            "csrf" => self.csrf.clone(),
            "key" => self.key(),
            "somebody" => self.api("clerk", "/api/v1/people", r#"{"name":"누군가"}"#, "person"),
            "consented" => {
                let given = format!("/api/v1/people/{citizen}/consents");
                self.api("clerk", &given, r#"{"purpose":"care"}"#, "id");
                if who == "neighbour" {
                    self.api(
                        "neighbour",
                        &format!("/api/v1/people/{}/consents", self.next_door()),
                        r#"{"purpose":"care"}"#,
                        "id",
                    );
                }
                String::new()
            }
            "number" => self.business_number(),
            "spare" => {
                let wish = format!(r#"{{"kind":"phone","person":"{citizen}"}}"#);
                self.api("clerk", "/api/v1/cards", &wish, "card")
            }
            "paid" | "hold" => {
                self.top_up("citizen", 1_000);
                let path = if name == "paid" { "/api/v1/payments" } else { "/api/v1/authorizations" };
                self.api("citizen", path, &paid, "id")
            }
            "sealed" => {
                let id = self.make("paid", role);
                let no = id.parse::<base::PostingNo>().unwrap();
                let sealing = self.served.town.app.city.sealing().unwrap();
                testkit::wait_until("the seal", std::time::Duration::from_secs(20), || {
                    sealing.sealed() >= no.0
                });
                id
            }
            "code" => {
                let body = format!("csrf={}&amount=1000", self.csrf);
                let (answer, _) = self.send("POST", "/shop/qr", &form(&self.cookies["merchant"]), &body);
                answer.location.strip_prefix("/shop/qr/").unwrap().to_owned()
            }
            // A shop that offers prepayment, a citizen with enough, and a claim of theirs.
            "offering" => {
                let head = self.token("merchant");
                let path = format!("/api/v1/merchants/{shop}/prepayment-offer");
                let (answer, _) = self.send("POST", &path, &head, r#"{"offered":true}"#);
                assert_eq!(answer.status, 200, "{}", answer.body);
                shop.to_string()
            }
            "plenty" => {
                self.has_plenty(who);
                String::new()
            }
            "claim" => {
                self.make("offering", role);
                self.has_plenty("citizen");
                let body = format!(r#"{{"merchant":"{shop}","amount":100000}}"#);
                self.api("citizen", "/api/v1/prepayments", &body, "id");
                let (claims, _) = self.send("GET", "/api/v1/prepayments", &self.token_of("citizen"), "");
                let claims: serde_json::Value = serde_json::from_str(&claims.body).unwrap();
                let newest = claims["items"].as_array().unwrap().iter().filter_map(|c| c["claim"].as_u64());
                newest.max().unwrap().to_string()
            }
            "product" => {
                let key = self.key();
                let body = format!("csrf={}&request_key={key}&name=된장&price=1000", self.csrf);
                let (answer, _) =
                    self.send("POST", "/shop/products", &form(&self.cookies["merchant"]), &body);
                assert_eq!(answer.status, 303, "{}", answer.body);
                self.products += 1;
                self.products.to_string()
            }
            "receipt" => {
                let path = format!("/wallet/receipts/{}", self.make("paid", role));
                let (page, _) = self.send("GET", &path, &form(&self.cookies["citizen"]), "");
                let rest = page.body.split("/p/").nth(1).unwrap();
                rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
                    .next()
                    .unwrap()
                    .to_owned()
            }
            "money" => {
                self.top_up(who, 1_000);
                String::new()
            }
            // Of who asks, all but a won is spent, so that what is left may be withdrawn.
            "used_up" => {
                let card = if who == "neighbour" { self.neighbour.clone() } else { card.to_string() };
                self.top_up(who, 10_000);
                let head = self.token(who);
                let (wallet, _) = self.send("GET", "/api/v1/wallet", &head, "");
                let total =
                    serde_json::from_str::<serde_json::Value>(&wallet.body).unwrap()["total"].as_i64();
                let amount = total.unwrap() - 1;
                let body = format!(r#"{{"card":"{card}","merchant":"{shop}","amount":{amount}}}"#);
                self.api(who, "/api/v1/payments", &body, "id");
                String::new()
            }
            // An owner's own, or one more.
            "closing" if role == "merchant" => shop.to_string(),
            "closing" => {
                let number = self.business_number();
                let body = format!(
                    r#"{{"name":"가게","business_number":"{number}","trade":"bakery","district":"4511153000"}}"#
                );
                self.api("officer", "/api/v1/merchants", &body, "merchant")
            }
            other => panic!("${other} is nothing this test can make"),
        }
    }

    fn key(&mut self) -> String {
        self.made += 1;
        format!("key-{}", self.made)
    }

    /// Another right one each time.
    fn business_number(&mut self) -> String {
        self.made += 1;
        let nine = format!("{:09}", 300_000_000 + self.made);
        (0..10)
            .map(|check| format!("{nine}{check}"))
            .find(|n| economy::business_number::parse(n).is_some())
            .unwrap()
    }

    /// A token without a key: for what is only read.
    fn token_of(&self, role: &str) -> String {
        format!("Authorization: Bearer token-{role}\r\n")
    }

    fn token(&mut self, role: &str) -> String {
        let key = self.key();
        let token =
            if role == "none" { String::new() } else { format!("Authorization: Bearer token-{role}\r\n") };
        format!("{token}Idempotency-Key: {key}\r\nContent-Type: application/json\r\n")
    }

    /// A call that has to succeed; gives a field of its answer.
    fn api(&mut self, role: &str, path: &str, body: &str, field: &str) -> String {
        let head = self.token(role);
        let (answer, _) = self.send("POST", path, &head, body);
        let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        json[field].as_str().unwrap_or_else(|| panic!("{path} {body}: {}", answer.body)).to_owned()
    }

    /// Own money for the least prepayment: what comes back of others must not fill the card over its limit.
    fn has_plenty(&mut self, who: &str) {
        let (wallet, _) = self.send("GET", "/api/v1/wallet", &self.token_of(who), "");
        let wallet: serde_json::Value = serde_json::from_str(&wallet.body).unwrap();
        let purses = wallet["purses"].as_array().unwrap().iter();
        let own =
            purses.filter(|purse| purse["purpose"] == "cash").filter_map(|purse| purse["balance"].as_i64());
        if own.sum::<i64>() < 100_000 {
            self.top_up(who, 100_000);
        }
    }

    /// Puts money on the card of a citizen or the neighbour.
    fn top_up(&mut self, who: &str, amount: i64) {
        let card =
            if who == "neighbour" { self.neighbour.clone() } else { self.served.town.card.to_string() };
        let path = format!("/api/v1/cards/{card}/top-ups");
        self.api(who, &path, &format!(r#"{{"amount":{amount}}}"#), "id");
    }

    /// Over a connection of its own; gives the answer and the cookies it sets.
    fn send(&self, method: &str, path: &str, head: &str, body: &str) -> (Answer, Vec<String>) {
        let address = self.served.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n{head}\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap_or_else(|| panic!("{path}: {line:?}")).parse().unwrap();
        let (mut location, mut cookies, mut streams) = (String::new(), Vec::new(), false);
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name {
                "location" => location = value.to_owned(),
                "set-cookie" => cookies.push(value.split(';').next().unwrap().to_owned()),
                "content-type" => streams = value.starts_with("text/event-stream"),
                _ => {}
            }
        }
        let mut body = Vec::new();
        if !streams {
            reader.read_to_end(&mut body).unwrap();
        }
        (Answer { status, location, body: String::from_utf8_lossy(&body).into_owned() }, cookies)
    }
}

/// A form from a browser with these cookies.
fn form(cookies: &str) -> String {
    format!("Cookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\n")
}
>>>>>>> theirs
