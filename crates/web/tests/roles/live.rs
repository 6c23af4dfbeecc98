//! A live server, asked over real connections in every role.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::TcpStream;

use super::common::described;
use super::common::table::{filled, written};
use super::common::{self, Served};
use super::{ACCESS, DESKS, ROLES, asked};

pub struct Answer {
    pub status: u16,
    pub location: String,
    pub body: String,
}

pub struct Live {
    pub served: Served,
    /// The cookies of each role's browser.
    cookies: BTreeMap<&'static str, String>,
    csrf: String,
    /// Each role's own, once it has come in.
    tokens_of_forms: BTreeMap<&'static str, String>,
    /// The visitor's mark, one for all.
    visit: String,
    /// The neighbour's card, and one of somebody else's.
    neighbour: String,
    friend: String,
    has_account: bool,
    made: u64,
    products: u64,
    /// What the API says of itself, which every answer is held to.
    pub document: serde_json::Value,
    /// Calls of the API that were carried out, and so were held to more than the form of a refusal.
    pub answered: BTreeSet<String>,
}

impl Live {
    pub fn new(served: Served) -> Live {
        let mut live = Live {
            served,
            cookies: BTreeMap::new(),
            csrf: String::new(),
            tokens_of_forms: BTreeMap::new(),
            visit: String::new(),
            neighbour: String::new(),
            friend: String::new(),
            has_account: false,
            made: 0,
            products: 0,
            document: serde_json::Value::Null,
            answered: BTreeSet::new(),
        };
        live.document = serde_json::from_str(&live.send("GET", "/api/openapi.json", "", "").0.body).unwrap();
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
        live.gives_access("access");
        for role in ROLES.into_iter().chain(DESKS).chain(ACCESS) {
            live.come_in(role);
        }
        live
    }

    /// Nobody has more than a few cards that work: the citizen closes those made before, but for their own.
    fn closes_spares(&mut self) {
        let (citizen, own) = (self.served.town.citizen, self.served.town.card);
        let spares: Vec<base::CardId> = {
            let view = self.served.town.app.city.shared.read();
            let all = view.town.directory.cards().iter();
            let works = |card: &&economy::Card| {
                !matches!(card.state, economy::CardState::Lost | economy::CardState::Closed)
            };
            let spare = all.filter(|card| card.person == citizen && card.id != own).filter(works);
            spare.map(|card| card.id).collect()
        };
        for card in spares {
            let command = city::Command::CloseCard { card: city::CardRef::Id(card) };
            let (actor, key) = (base::Actor::SYSTEM, self.key());
            let request = pen::Request { actor, key, input_hash: command.input_hash() };
            self.served.town.app.city.ask_waiting(request, command).unwrap();
        }
    }

    /// Another kind of officer: who gives access to others.
    fn gives_access(&mut self, name: &str) {
        let (hash, role) = (city::tokens::hash(&format!("token-{name}")), "access-officer".to_owned());
        let name = name.to_owned();
        let command =
            city::Command::Grant(city::NewToken { hash, role, subject: None, district: None, name });
        let (actor, key) = (base::Actor::SYSTEM, self.key());
        let request = pen::Request { actor, key, input_hash: command.input_hash() };
        self.served.town.app.city.ask_waiting(request, command).unwrap();
    }

    pub fn come_in(&mut self, role: &'static str) {
        let mut cookies = self.visit.clone();
        if role != "none" {
            let body = format!("csrf={}&token=token-{role}&next=/", self.csrf);
            let (_, set) = self.send("POST", "/sign-in", &form(&self.visit), &body);
            write!(cookies, "; {}", set[0]).unwrap();
        }
        // A form token is its session's.
        let (page, _) = self.send("GET", "/", &form(&cookies), "");
        self.tokens_of_forms.insert(role, common::field(&page.body, "csrf").unwrap());
        self.cookies.insert(role, cookies);
    }

    /// What a role gets at a route, in the table's words.
    pub fn answer(&mut self, route: &str, role: &'static str) -> String {
        let (method, path) = route.split_once(' ').unwrap();
        let asked = asked().find(|(known, ..)| *known == route);
        assert!(asked.is_some() || !path.contains('{'), "{route}: ASKED has to say which");
        assert!(asked.is_some() || method == "GET", "{route}: ASKED has to say what");
        let (_, at, body) = asked.copied().unwrap_or_default();
        let path = if at.is_empty() { path } else { at };
        let names = self.names(&format!("{path} {body}"), role);
        let (path, body) = (filled(path, &names), filled(body, &names));
        let head = match () {
            () if path.starts_with("/api/") => self.token(role),
            () if body.starts_with("--part") => form_with_file(&self.cookies[role]),
            () => form(&self.cookies[role]),
        };
        let before = written(&self.served.town);
        let (answer, _) = self.send(method, &path, &head, &body);
        let after = written(&self.served.town);
        if route == "POST /leave" {
            self.come_in(role); // who has left is out, here as everywhere
        }
        let class = match (answer.status, answer.location.as_str()) {
            (303, to) if method == "GET" && to == common::door(&path) => "door".to_owned(),
            // What was sent is said to be refused, and nothing of its address but whose page it was.
            (303, to) if to.strip_prefix("/enter?refused=").is_some_and(|page| path.starts_with(page)) => {
                "door".to_owned()
            }
            (303, elsewhere) if method == "GET" => elsewhere.split('?').next().unwrap().to_owned(),
            (200..400, _) => "ok".to_owned(),
            (status, _) => status.to_string(),
        };
        assert!(before == after || (class == "ok" && method == "POST"), "{route} as {role} writes");
        assert!(answer.status < 500, "{route} as {role}: {} {}", answer.status, answer.body);
        let shown = route.split_once(' ').unwrap().1;
        let faults = described::faults(&self.document, method, shown, answer.status, &answer.body);
        assert!(faults.is_empty(), "{route} as {role} isn't as described:\n{faults}{}", answer.body);
        if shown.starts_with("/api/v1/") && class == "ok" {
            self.answered.insert(route.to_owned());
        }
        class
    }

    /// Makes what a request names.
    fn names(&mut self, text: &str, role: &str) -> BTreeMap<String, String> {
        let word = |part: &str| part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let wanted: BTreeSet<String> = text.split('$').skip(1).map(word).collect();
        wanted.into_iter().map(|name| (name.clone(), self.make(&name, role))).collect()
    }

    /// A payout file: the house makes it, since two people would have to.
    fn file(&self) -> String {
        let city = &self.served.town.app.city;
        if city.shared.read().town.payouts.files == 0 {
            let command = city::Command::OnPayouts(city::OnPayouts::Send { upto: None });
            let input_hash = command.input_hash();
            let request = pen::Request { actor: base::Actor::SYSTEM, key: "file".to_owned(), input_hash };
            // Where nothing waits there is none, and the first is no one's.
            drop(city.ask_waiting(request, command));
        }
        "1".to_owned()
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
            "file" => self.file(),
            "csrf" => self.tokens_of_forms[role].clone(),
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
            "federation" => self.organisation("sme-federation"),
            "agency" => self.agency(),
            "spare" => {
                self.closes_spares();
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
                let body = format!("csrf={}&amount=1000", self.tokens_of_forms["merchant"]);
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
                let body = format!(
                    "csrf={}&request_key={key}&name=된장&price=1000",
                    self.tokens_of_forms["merchant"]
                );
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

    /// The id of one the city began with.
    fn organisation(&self, word: &str) -> String {
        let view = self.served.town.app.city.shared.read();
        view.town.directory.organisations.known_as(word).unwrap().id.to_string()
    }

    /// One more agency.
    fn agency(&mut self) -> String {
        let name = format!("복지관 {}", self.key());
        let kind = people::organisation::Kind::Agency;
        let wish = city::NewOrganisation { kind, name, english: None, from: None };
        let command = city::Command::OnOrganisations(city::OnOrganisations::Found(wish));
        let (actor, key) = (base::Actor::SYSTEM, self.key());
        let request = pen::Request { actor, key, input_hash: command.input_hash() };
        match self.served.town.app.city.ask_waiting(request, command).unwrap() {
            city::Reply::Done {
                facts:
                    economy::Facts::Organisation(economy::facts::OrganisationFacts::Organisation {
                        organisation,
                        ..
                    }),
                ..
            } => organisation.to_string(),
            other => panic!("{other:?}"),
        }
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
    pub fn send(&self, method: &str, path: &str, head: &str, body: &str) -> (Answer, Vec<String>) {
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

/// A form with parts, as one with a file is sent; its body parts them by `part`.
fn form_with_file(cookies: &str) -> String {
    format!("Cookie: {cookies}\r\nContent-Type: multipart/form-data; boundary=part\r\n")
}
