//! Every route of the API and of the pages, asked in every role over a real connection: `roles.tsv` says what comes
//! out. The routes are the router's own, so one that is new and not in the table fails the test.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

#[path = "roles/access.rs"]
mod access;
mod common;
#[path = "roles/settlement.rs"]
mod settlement;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::TcpStream;

use common::Served;
use common::asked::OF_TILLS;
use common::table::{filled, written};

const TABLE: &str = include_str!("roles.tsv");
/// `neighbour` is another citizen, `other` another shop's owner: what is asked for is not theirs.
const ROLES: [&str; 9] =
    ["none", "citizen", "neighbour", "merchant", "other", "till", "clerk", "officer", "auditor"];

/// A route, where it is asked, and with which body.
type Asked = (&'static str, &'static str, &'static str);

/// What is asked of a route: the address where the route leaves it open, and the body. `$…` are made anew for each
/// role by [`Live::make`], so that an answer says something about who asks and not about who asked before.
const ASKED: &[Asked] = &[
    ("POST /api/v1/payments", "", r#"{"card":"$card","merchant":"$shop","amount":1}"#),
    ("GET /api/v1/payments/{id}", "/api/v1/payments/$paid", ""),
    ("POST /api/v1/payments/{id}/refunds", "/api/v1/payments/$paid/refunds", "{}"),
    ("POST /api/v1/authorizations", "", r#"{"card":"$card","merchant":"$shop","amount":1}"#),
    ("POST /api/v1/authorizations/{id}/capture", "/api/v1/authorizations/$hold/capture", "{}"),
    ("POST /api/v1/authorizations/{id}/void", "/api/v1/authorizations/$hold/void", ""),
    ("POST /api/v1/cards/{card}/top-ups", "/api/v1/cards/$card/top-ups", r#"{"amount":1}"#),
    ("POST /api/v1/gifts", "", r#"{"to":"$friend","amount":1}$money"#),
    ("POST /api/v1/cards/{card}/withdrawals", "/api/v1/cards/$card/withdrawals", "$used_up"),
    ("POST /api/v1/people", "", r#"{"name":"박"}"#),
    ("POST /api/v1/cards", "", r#"{"kind":"phone","person":"$citizen"}"#),
    ("GET /api/v1/cards/{card}", "/api/v1/cards/$card", ""),
    ("GET /api/v1/cards/{card}/entries", "/api/v1/cards/$card/entries", ""),
    ("GET /api/v1/merchants/{id}/sales", "/api/v1/merchants/$shop/sales", ""),
    ("POST /api/v1/cards/{card}/freeze", "/api/v1/cards/$spare/freeze", ""),
    ("POST /api/v1/cards/{card}/unfreeze", "/api/v1/cards/$spare/unfreeze", ""),
    ("POST /api/v1/cards/{card}/reissue", "/api/v1/cards/$spare/reissue", ""),
    ("POST /api/v1/cards/{card}/close", "/api/v1/cards/$spare/close", ""),
    ("POST /api/v1/cards/{card}/pin", "/api/v1/cards/$spare/pin", r#"{"pin":"2580"}"#),
    (
        "POST /api/v1/merchants",
        "",
        r#"{"name":"가게","business_number":"$number","trade":"bakery","district":"4511153000"}"#,
    ),
    ("GET /api/v1/merchants/{id}", "/api/v1/merchants/$shop", ""),
    ("POST /api/v1/merchants/{id}/close", "/api/v1/merchants/$closing/close", ""),
    ("POST /api/v1/merchants/{id}/codes", "/api/v1/merchants/$shop/codes", r#"{"amount":1}"#),
    ("GET /api/v1/postings/{id}", "/api/v1/postings/$paid", ""),
    ("POST /api/v1/rehearsals", "", "{}"),
    ("GET /api/v1/people/{id}/facts", "/api/v1/people/$citizen/facts", r#""#),
    (
        "POST /api/v1/people/{id}/facts",
        "/api/v1/people/$citizen/facts",
        r#"{"is":{"kind":"household-size","value":2},"source":{"kind":"declared"}}"#,
    ),
    (
        "POST /api/v1/people/{id}/facts/{fact}/strike",
        "/api/v1/people/$citizen/facts/rec_0000000000001/strike",
        r#"{"why":"다른 분의 서류였어요"}"#,
    ),
    ("GET /api/v1/people/{id}/consents", "/api/v1/people/$citizen/consents", r#""#),
    ("POST /api/v1/people/{id}/consents", "/api/v1/people/$citizen/consents", r#"{"purpose":"care"}"#),
    (
        "POST /api/v1/people/{id}/consents/withdraw",
        "/api/v1/people/$citizen/consents/withdraw",
        r#"{"purpose":"care"}$consented"#,
    ),
    ("GET /api/v1/people/{id}/helpers", "/api/v1/people/$citizen/helpers", r#""#),
    (
        "POST /api/v1/people/{id}/helpers",
        "/api/v1/people/$citizen/helpers",
        r#"{"helper":"$somebody","tie":"family","see":true}"#,
    ),
    (
        "POST /api/v1/people/{id}/helpers/{help}/revoke",
        "/api/v1/people/$citizen/helpers/rec_0000000000001/revoke",
        r#""#,
    ),
    ("GET /api/v1/people/{id}/links", "/api/v1/people/$citizen/links", r#""#),
    (
        "POST /api/v1/people/{id}/links",
        "/api/v1/people/$citizen/links",
        r#"{"other":"$somebody","why":"신분증을 보고 확인했어요"}"#,
    ),
    (
        "POST /api/v1/people/{id}/links/{other}/unlink",
        "/api/v1/people/$citizen/links/per_0000000000001/unlink",
        r#"{"why":"다른 분이었어요"}"#,
    ),
    ("POST /me/consents", "", r#"csrf=$csrf&request_key=$key&purpose=care"#),
    ("POST /me/consents/withdraw", "", r#"csrf=$csrf&request_key=$key&purpose=care$consented"#),
    ("POST /me/helpers", "", r#"csrf=$csrf&request_key=$key&to=0000"#),
    (
        "POST /me/helpers/{record}/revoke",
        "/me/helpers/rec_0000000000001/revoke",
        r#"csrf=$csrf&request_key=$key"#,
    ),
    ("POST /me/payments", "", r#"csrf=$csrf&request_key=$key&person=per_0000000000001&shop=x&amount=1"#),
    ("POST /me/helped", "", r#"csrf=$csrf&request_key=$key&person=per_0000000000001"#),
    ("GET /clerk/people/{id}/records", "/clerk/people/$citizen/records", r#""#),
    (
        "POST /clerk/people/{id}/facts",
        "/clerk/people/$citizen/facts",
        r#"csrf=$csrf&request_key=$key&kind=household-size&value=2"#,
    ),
    (
        "POST /clerk/people/{id}/facts/{record}/strike",
        "/clerk/people/$citizen/facts/rec_0000000000001/strike",
        r#"csrf=$csrf&request_key=$key&why=다른 분의 서류였어요"#,
    ),
    (
        "POST /clerk/people/{id}/consents",
        "/clerk/people/$citizen/consents",
        r#"csrf=$csrf&request_key=$key&purpose=care"#,
    ),
    (
        "POST /clerk/people/{id}/consents/withdraw",
        "/clerk/people/$citizen/consents/withdraw",
        r#"csrf=$csrf&request_key=$key&purpose=care$consented"#,
    ),
    (
        "POST /clerk/people/{id}/helpers",
        "/clerk/people/$citizen/helpers",
        r#"csrf=$csrf&request_key=$key&to=0000"#,
    ),
    (
        "POST /clerk/people/{id}/helpers/{record}/revoke",
        "/clerk/people/$citizen/helpers/rec_0000000000001/revoke",
        r#"csrf=$csrf&request_key=$key"#,
    ),
    (
        "POST /clerk/people/{id}/links",
        "/clerk/people/$citizen/links",
        r#"csrf=$csrf&request_key=$key&other=per_0000000000001"#,
    ),
    (
        "POST /clerk/people/{id}/links/{other}/unlink",
        "/clerk/people/$citizen/links/per_0000000000001/unlink",
        r#"csrf=$csrf&request_key=$key&why=다른 분이었어요"#,
    ),
    ("GET /look", "/look?theme=dark&back=/", ""),
    ("GET /assets/{name}", "/assets/app.css", ""),
    ("GET /p/{code}", "/p/$receipt", ""),
    ("POST /enter", "", "csrf=$csrf&persona=citizen"),
    ("POST /sign-in", "", "csrf=$csrf&token=token-clerk&next=/"),
    ("POST /sign-in/code", "", "csrf=$csrf&number=$printed&code=12345678&next=/"),
    ("POST /account/sessions/end", "", "csrf=$csrf"),
    ("POST /oauth/token", "", "grant_type=client_credentials&client_id=x&client_secret=y"),
    ("POST /leave", "", "csrf=$csrf"),
    ("POST /sign-in/passkey/challenge", "", "csrf=$csrf"),
    ("POST /sign-in/passkey", "", "csrf=$csrf&state=0&credential=0&next=/"),
    ("POST /sign-in/role", "", "csrf=$csrf&ticket=0&grant=0&next=/"),
    ("POST /account/passkeys", "", "csrf=$csrf&name=0&state=0&credential=0"),
    ("POST /account/passkeys/challenge", "", "csrf=$csrf"),
    ("GET /sign-in/with/{house}", "/sign-in/with/nobody", ""),
    ("GET /account/links/{house}", "/account/links/nobody?csrf=$csrf", ""),
    ("POST /account/links/remove", "", "csrf=$csrf&house=nobody"),
    ("POST /account/passkeys/remove", "", "csrf=$csrf&number=0"),
    ("POST /tour", "", "csrf=$csrf&action=start"),
    ("POST /demo/clock", "", "csrf=$csrf&action=run"),
    ("GET /pay", "/pay?c=$code", ""),
    ("POST /wallet/pay", "", "csrf=$csrf&request_key=$key&shop=$code&amount=1"),
    ("POST /wallet/top-up", "", "csrf=$csrf&request_key=$key&amount=1"),
    ("POST /wallet/gift", "", "csrf=$csrf&request_key=$key&amount=1&to=010-7777-8888$money"),
    ("POST /wallet/withdraw", "", "csrf=$csrf&request_key=$key$used_up"),
    ("POST /wallet/cards/{id}/freeze", "/wallet/cards/$spare/freeze", "csrf=$csrf&request_key=$key"),
    ("POST /wallet/cards/{id}/unfreeze", "/wallet/cards/$spare/unfreeze", "csrf=$csrf&request_key=$key"),
    ("GET /wallet/paid/{id}", "/wallet/paid/$paid", ""),
    ("GET /wallet/receipts/{id}", "/wallet/receipts/$paid", ""),
    ("GET /wallet/receipts/{id}/file", "/wallet/receipts/$sealed/file", ""),
    ("GET /api/v1/receipts/{id}", "/api/v1/receipts/$sealed", ""),
    ("GET /log/tile/{*path}", "/log/tile/0/000.p/2", ""),
    ("GET /log/float/{day}", "/log/float/2021-02-23", ""),
    ("POST /verify", "", "text=x"),
    ("POST /clerk/people", "", "csrf=$csrf&request_key=$key&name=박&kind=plastic&born=1950-01-01"),
    (
        "POST /clerk/people/{id}/top-ups",
        "/clerk/people/$citizen/top-ups",
        "csrf=$csrf&request_key=$key&amount=1",
    ),
    (
        "POST /clerk/people/{id}/cards",
        "/clerk/people/$citizen/cards",
        "csrf=$csrf&request_key=$key&kind=plastic",
    ),
    ("POST /clerk/people/{id}/code", "/clerk/people/$citizen/code", "csrf=$csrf&request_key=$key"),
    ("POST /clerk/cards/{id}/replace", "/clerk/cards/$spare/replace", "csrf=$csrf&request_key=$key"),
    ("POST /clerk/cards/{id}/unlock", "/clerk/cards/$spare/unlock", "csrf=$csrf&request_key=$key"),
    ("POST /clerk/cards/{id}/pin", "/clerk/cards/$spare/pin", "csrf=$csrf&request_key=$key&pin=2580"),
    ("GET /desk/rehearsals", "/desk/rehearsals?rate=800&limit=300000", ""),
    ("POST /desk/rehearsals", "", "csrf=$csrf&rate=8&limit=300000"),
    ("POST /shop/qr", "", "csrf=$csrf&request_key=$key&amount=1"),
    ("GET /shop/qr/{code}", "/shop/qr/$code", ""),
    ("POST /shop/qr/{code}/cancel", "/shop/qr/$code/cancel", "csrf=$csrf"),
    ("POST /shop/charge", "", "csrf=$csrf&request_key=$key&amount=1&card=$card"),
    ("GET /shop/result", "/shop/result?request_key=$key", ""),
    ("GET /shop/till/result", "/shop/till/result?request_key=$key", ""),
    ("POST /shop/cancel", "", "csrf=$csrf&request_key=$key&payment=$paid"),
    ("POST /shop/refunds", "", "csrf=$csrf&request_key=$key&payment=$paid&amount=1"),
    ("GET /shop/receipts/{id}", "/shop/receipts/$paid", ""),
    ("POST /books/verify", "", "csrf=$csrf"),
    ("GET /books/postings/{no}", "/books/postings/$paid", ""),
];

/// All of it, room by room.
fn asked() -> impl Iterator<Item = &'static Asked> {
    ASKED.iter().chain(OF_TILLS).chain(access::ASKED).chain(settlement::ASKED)
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
    has_account: bool,
    made: u64,
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
            has_account: false,
            made: 0,
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
        let asked = asked().find(|(known, ..)| *known == route);
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
            "used_up" if who == "neighbour" && !self.has_account => {
                self.has_account = true;
                let path = format!("/api/v1/people/{}/payout-account", self.next_door());
                let body = r#"{"bank":"037","number":"1013010000001","holder":"이웃"}"#;
                self.api("neighbour", &path, body, "id");
                self.make(name, role)
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
