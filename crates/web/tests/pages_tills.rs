//! What leaves the house, received here by programs of the test's own and checked by rules of its own; notices on pages and
//! at the window; signs of illegal exchange between the officer and the shop.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use axum::http::{Method, Request, StatusCode, header};
use base::{Role, date, day_of_date};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use city::follow::To;
use city::{CardRef, Command};
use common::{Answer, Browser, Town, ask};
use outbox::{Fate, Which};
use sha2::{Digest, Sha256};
use testkit::Engine;
use web::{App, Mode, Outlet, Outlets};

/// What a receiver was sent.
#[derive(Debug, Clone)]
struct Heard {
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Heard {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A receiver on this machine: it answers with the statuses it is told, in turn, and then with 200.
struct Receiving {
    url: String,
    heard: Receiver<Heard>,
    answers: Sender<u16>,
}

fn receiver() -> Receiving {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (hear, heard) = channel();
    let (answers, next) = channel::<u16>();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                continue;
            }
            let path = line.split(' ').nth(1).unwrap_or("").to_owned();
            let mut headers = Vec::new();
            loop {
                line.clear();
                reader.read_line(&mut line).unwrap();
                let Some((name, value)) = line.trim_end().split_once(": ") else { break };
                headers.push((name.to_ascii_lowercase(), value.to_owned()));
            }
            let length =
                headers.iter().find(|(name, _)| name == "content-length").unwrap().1.parse().unwrap();
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let status = next.try_recv().unwrap_or(200);
            write!(
                stream,
                "HTTP/1.1 {status} X\r\nContent-Length: 0\r\nLocation: {path}\r\nConnection: close\r\n\r\n"
            )
            .unwrap();
            let body = String::from_utf8(body).unwrap();
            if hear.send(Heard { path, headers, body }).is_err() {
                return;
            }
        }
    });
    Receiving { url, heard, answers }
}

impl Receiving {
    fn next(&self) -> Heard {
        self.heard.recv_timeout(Duration::from_secs(10)).unwrap()
    }

    fn is_quiet(&self) -> bool {
        self.heard.try_recv().is_err()
    }
}

/// HMAC-SHA256 by its definition (RFC 2104), apart from the library the program uses.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0u8; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |pad: u8| block.map(|byte| byte ^ pad);
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().to_vec()
}

/// As a receiver by the Standard Webhooks specification checks a message.
fn verifies(secret: &str, heard: &Heard, now: i64) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let timestamp: i64 = heard.header("webhook-timestamp").parse().unwrap();
    let signed = format!("{}.{timestamp}.{}", heard.header("webhook-id"), heard.body);
    let right = STANDARD.encode(hmac(&key, signed.as_bytes()));
    let mut signatures = heard.header("webhook-signature").split(' ');
    (now - timestamp).abs() < 300 && signatures.any(|one| one == format!("v1,{right}"))
}

fn unix_now() -> i64 {
    base::Clock::now(&base::SystemClock).0 / 1_000_000
}

fn private(app: &mut App) {
    app.outlets = Outlets::new(true);
}

fn waiting(town: &Town, role: Role, key: &str, command: Command) {
    std::thread::scope(|s| {
        s.spawn(|| ask(&town.app.city, role, key, command)).join().unwrap();
    });
}

fn later(town: &Town, seconds: i64) {
    let now = town.app.city.clock.now();
    assert!(seconds == 0 || town.clock.jump_to(now.plus_seconds(seconds)));
}

async fn pay(town: &Town, key: &str, amount: i64) -> String {
    let body = format!(r#"{{"card":"{}","merchant":"{}","amount":{amount}}}"#, town.card, town.shop);
    let answer = town.call("citizen", Method::POST, "/api/v1/payments", Some(key), &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn location(answer: &Answer) -> String {
    answer.headers.get(header::LOCATION).map_or(String::new(), |to| to.to_str().unwrap().to_owned())
}

/// Adds an address and gives its page with the secret.
async fn add(owner: &mut Browser<'_>, key: &str, url: &str) -> (String, String) {
    let answer = owner.post("/shop/hooks", &[("request_key", key), ("url", url)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let to = location(&answer);
    let page = owner.get(&to).await;
    let secret = page.body.split("id=\"secret\" tabindex=\"0\">").nth(1).unwrap().split('<').next().unwrap();
    (to.split("secret=").nth(1).unwrap().to_owned(), secret.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shops_program_hears_each_payment_once_and_in_order() {
    for engine in testkit::engines() {
        let town = Town::with(engine, private);
        let pos = receiver();
        let mut owner = town.browser("merchant").await;
        let (_, secret) = add(&mut owner, "k1", &format!("{}/hook", pos.url)).await;
        assert!(secret.starts_with("whsec_"), "{secret}");
        later(&town, 1);
        let first = pay(&town, "p1", 1_000).await;
        let second = pay(&town, "p2", 2_000).await;

        // The first answer is lost: the second message waits behind it.
        pos.answers.send(503).unwrap();
        web::round(&town.app).await.unwrap();
        let tried = pos.next();
        assert_eq!((tried.path.as_str(), tried.json()["type"].as_str()), ("/hook", Some("payment.made")));
        assert_eq!(tried.json()["data"]["id"], first);
        assert!(verifies(&secret, &tried, unix_now()), "{tried:?}");
        let forged = Heard { body: tried.body.replace("1000", "9000"), ..tried.clone() };
        assert!(!verifies(&secret, &forged, unix_now()), "a changed amount is found");
        web::round(&town.app).await.unwrap();
        assert!(pos.is_quiet(), "not before its time");
        later(&town, 5);
        web::round(&town.app).await.unwrap();
        let again = pos.next();
        assert_eq!(again.header("webhook-id"), tried.header("webhook-id"), "the same message");
        assert_eq!(again.body, tried.body);
        web::round(&town.app).await.unwrap();
        let next = pos.next();
        assert_eq!(next.json()["data"]["id"], second);
        web::round(&town.app).await.unwrap();
        assert!(pos.is_quiet(), "each once");
        assert!(!tried.body.contains("per_") && !tried.body.contains("crd_"), "nothing about who paid");

        // What was sent stands on the shop's page; it can be sent again.
        let page = owner.get("/shop/hooks").await;
        assert_eq!(page.body.matches("닿았어요").count(), 2, "{}", page.body);
        assert!(!page.body.contains("whsec_"), "the secret is shown only when it is asked for");
        let no =
            page.body.split("/shop/hooks/messages/").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let path = format!("/shop/hooks/messages/{no}/again");
        let mut other = town.browser("other").await;
        other.get("/shop/hooks").await;
        assert_eq!(other.post(&path, &[]).await.status, StatusCode::NOT_FOUND, "another shop's");
        assert_eq!(owner.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
        web::round(&town.app).await.unwrap();
        assert_eq!(pos.next().body, next.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_never_takes_is_a_dead_letter() {
    let town = Town::with(Engine::Sqlite, private);
    let pos = receiver();
    let mut owner = town.browser("merchant").await;
    let (hook, secret) = add(&mut owner, "k1", &pos.url).await;
    later(&town, 1);
    pay(&town, "p1", 1_000).await;
    // Nine more tries, further and further apart, then no more. A redirect is no answer, and is not followed.
    let waits = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
    for wait in waits {
        later(&town, wait);
        pos.answers.send(if wait == 5 { 302 } else { 500 }).unwrap();
        web::round(&town.app).await.unwrap();
        pos.next();
    }
    later(&town, 200_000);
    web::round(&town.app).await.unwrap();
    assert!(pos.is_quiet());
    let page = owner.get("/shop/hooks").await;
    assert!(page.body.contains("못 보냈어요") && page.body.contains("10번 보냈어요"), "{}", page.body);
    // Sent again by hand, it has all its tries again.
    let no = page.body.split("/shop/hooks/messages/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    owner.post(&format!("/shop/hooks/messages/{no}/again"), &[]).await;
    web::round(&town.app).await.unwrap();
    pos.next();
    // Another secret: both sign for a day.
    let rotate = format!("/shop/hooks/{hook}/rotate");
    let answer = owner.post(&rotate, &[("request_key", "r1")]).await;
    let page = owner.get(&location(&answer)).await;
    let fresh = page.body.split("tabindex=\"0\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_ne!(fresh, secret);
    later(&town, 1);
    pay(&town, "p2", 1_000).await;
    web::round(&town.app).await.unwrap();
    let heard = pos.next();
    assert!(verifies(&fresh, &heard, unix_now()) && verifies(&secret, &heard, unix_now()));
    // 410: gone for good.
    pay(&town, "p3", 1_000).await;
    pos.answers.send(410).unwrap();
    web::round(&town.app).await.unwrap();
    pos.next();
    let lane = town.app.city.outbox.list(&Which::Channel("hook"), 1).unwrap().remove(0);
    assert_eq!((lane.fate, lane.said.as_str()), (Fate::Dead, "410"));
    // Ended: what still waits is not sent.
    pay(&town, "p4", 1_000).await;
    owner.post(&format!("/shop/hooks/{hook}/end"), &[("request_key", "e1")]).await;
    web::round(&town.app).await.unwrap();
    assert!(pos.is_quiet());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sends_us_into_our_own_network() {
    let town = Town::new(Engine::Sqlite);
    let mut owner = town.browser("merchant").await;
    owner.get("/shop/hooks").await;
    for url in [
        "http://pos.example.kr/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1:8443/",
        "https://169.254.169.254/latest/meta-data",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://user:pass@pos.example.kr/",
        "file:///etc/passwd",
        "gopher://pos.example.kr",
        "",
    ] {
        let answer = owner.post("/shop/hooks", &[("request_key", "k"), ("url", url)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
        assert!(answer.body.contains("hook.address"), "{url}");
    }
    // A name that leads home is found out when it is asked.
    add(&mut owner, "k2", "https://localhost:1/hook").await;
    later(&town, 1);
    pay(&town, "p1", 1_000).await;
    web::round(&town.app).await.unwrap();
    let tried = town.app.city.outbox.list(&Which::Channel("hook"), 1).unwrap().remove(0);
    assert_eq!((tried.tries, tried.said.as_str()), (1, "leads to no address that may be asked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_takes_the_next_way_and_ends_at_the_window() {
    for engine in testkit::engines() {
        let gateway = receiver();
        let url = gateway.url.clone();
        let town = Town::with(engine, move |app| {
            let mut outlets = Outlets::new(true);
            let post = |way: &str| Outlet::Post { url: format!("{url}/{way}"), token: Some("t0k".into()) };
            for way in ["sms", "letter"] {
                outlets.set(way, post(way)).unwrap();
            }
            assert!(outlets.set("app", post("app")).is_err());
            app.outlets = outlets;
        });
        // The card's PIN and where the money goes were set before: told by text message, and arrived.
        for _ in 0..4 {
            web::round(&town.app).await.unwrap();
        }
        let before: Vec<(String, String)> =
            gateway.heard.try_iter().map(|one| (one.path.clone(), one.json()["kind"].to_string())).collect();
        for kind in ["\"account-set\"", "\"pin-set\""] {
            assert!(before.contains(&("/sms".into(), kind.into())), "{before:?}");
        }
        waiting(&town, Role::Clerk, "lost", Command::Replace { card: CardRef::Id(town.card) });
        // No messenger is set up: on to the text message, whose gateway has no such subscriber: on to the letter.
        // No mail is set up either.
        gateway.answers.send(422).unwrap();
        for _ in 0..4 {
            web::round(&town.app).await.unwrap();
        }
        let sms = gateway.next();
        assert_eq!((sms.path.as_str(), sms.header("authorization")), ("/sms", "Bearer t0k"));
        let said = sms.json();
        assert_eq!(
            (said["to"]["phone"].as_str(), said["kind"].as_str()),
            (Some("010-2345-6789"), Some("card-lost"))
        );
        assert!(said["text"]["ko"].as_str().unwrap().contains("분실 신고"), "{said}");
        assert!(said["text"]["en"].as_str().unwrap().contains("reported lost"), "{said}");
        assert_eq!(said["id"].as_str(), Some(sms.header("idempotency-key")));
        let letter = gateway.next();
        assert_eq!((letter.path.as_str(), letter.json()["to"]["name"].as_str()), ("/letter", Some("김순자")));

        // On their own page at once. Who read the telephone is in the access ledger: the machinery.
        let mut me = town.browser("citizen").await;
        let page = me.get("/notices").await;
        assert!(page.body.contains("분실 신고를 받았어요"), "{}", page.body);
        let looks = me.get("/me/looks").await;
        assert!(looks.body.contains("알림을 보내려고"), "{}", looks.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_no_way_reaches_is_told_at_the_window() {
    let town = Town::with(Engine::Sqlite, private);
    // The card's PIN and a bank account were set before, and there is no way to tell of it.
    for _ in 0..4 {
        web::round(&town.app).await.unwrap();
    }
    let mut clerk = town.browser("clerk").await;
    let page = clerk.get("/clerk/notices").await;
    assert!(page.body.contains("김순자") && page.body.contains("비밀번호를 정했어요"), "{}", page.body);
    assert_eq!(page.body.matches("전했어요</button>").count(), 2, "the last way only");
    let said = page.body.split("action=\"/clerk/notices/").skip(1);
    let all: Vec<String> = said.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    for no in all {
        assert_eq!(clerk.post(&format!("/clerk/notices/{no}"), &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(clerk.post(&format!("/clerk/notices/{no}"), &[]).await.status, StatusCode::NOT_FOUND);
    }
    assert!(clerk.get("/clerk/notices").await.body.contains("전하지 못한 알림이 없어요"));
    // A window of another neighbourhood sees nothing of it.
    waiting(&town, Role::Citizen(town.citizen), "freeze", Command::Freeze { card: CardRef::Id(town.card) });
    for _ in 0..3 {
        web::round(&town.app).await.unwrap();
    }
    town.grant_in("elsewhere", Role::Clerk, Some("4511151000")).await;
    let session = town.signed_in("elsewhere").await;
    let mut elsewhere =
        Browser { town: &town, cookies: vec![("session".into(), session)], csrf: String::new() };
    let page = elsewhere.get("/clerk/notices").await;
    assert!(page.status == StatusCode::OK && !page.body.contains("김순자"), "{}", page.body);
    // Nobody who isn't at a window.
    let mut me = town.browser("citizen").await;
    assert_eq!(me.get("/clerk/notices").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_shows_every_inbox_and_a_city_in_earnest_none() {
    let town = Town::with(Engine::Sqlite, |app| app.outlets = Outlets::of_demo());
    waiting(&town, Role::Clerk, "lost", Command::Replace { card: CardRef::Id(town.card) });
    for _ in 0..4 {
        web::round(&town.app).await.unwrap();
    }
    let page = town.browser("auditor").await.get("/demo/inboxes").await;
    assert!(page.body.contains("카카오 알림톡") && page.body.contains("분실 신고"), "{}", page.body);
    let to = To::Person(town.citizen).code();
    let sent = town.app.city.outbox.list(&Which::To(&to, "kakao"), 9).unwrap();
    let lost = sent.iter().find(|one| one.new.kind == "card-lost").unwrap();
    assert_eq!(lost.fate, Fate::Delivered);
    assert!(sent.iter().all(|one| !one.new.body.contains("010")), "no telephone is kept");
    let real = Town::with(Engine::Sqlite, |app| app.mode = Mode::Real);
    let mut anyone = Browser { town: &real, cookies: Vec::new(), csrf: String::new() };
    assert_eq!(anyone.get("/demo/inboxes").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_is_answered_by_the_shop_and_closed_by_the_officer() {
    for engine in testkit::engines() {
        let town = Town::with(engine, private);
        let top_up = Command::TopUp { person: town.citizen, amount: 1_800_000 };
        waiting(&town, Role::System, "more", top_up);
        for (no, day) in (23..27).enumerate() {
            if no > 0 {
                town.on(2021, 2, day);
            }
            let card = CardRef::Number(town.card_number);
            let pin = Some("1234".to_owned());
            let pay = Command::Pay { card, merchant: town.shop, amount: 310_000, pin, order: None };
            waiting(&town, Role::Citizen(town.citizen), &format!("pay-{no}"), pay);
        }
        town.on(2021, 2, 27);
        let look = || {
            std::thread::scope(|s| {
                let (city, day) = (&town.app.city, day_of_date(date(2021, 2, 26)));
                s.spawn(move || city::exchange::look(city, day).unwrap()).join().unwrap()
            })
        };
        assert_eq!((look(), look()), (1, 0));
        web::round(&town.app).await.unwrap();

        let mut officer = town.browser("officer").await;
        let queue = officer.get("/desk/exchange").await;
        assert!(queue.body.contains("같은 사람이 큰돈을 거듭 써요"), "{}", queue.body);
        let href = queue.body.split("href=\"/desk/exchange/cse").nth(1).unwrap().split('"').next().unwrap();
        let (desk, shop) = (format!("/desk/exchange/cse{href}"), format!("/shop/cases/cse{href}"));
        let page = officer.get(&desk).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        for part in
            ["1,240,000원", "장부를 다시 세어도 같아요", "<svg class=\"flows\"", "손님 1", "repeated-high"]
        {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        assert!(!page.body.contains("김순자"), "who it is, is for those who inspect");
        // A look at whose payments these are.
        let looks = town.browser("citizen").await.get("/me/looks").await;
        assert!(looks.body.contains("부정 유통 신호를 살피며"), "{}", looks.body);

        // The shop is told, sees the same, and has seven days from then.
        let mut owner = town.browser("merchant").await;
        let told = owner.get("/notices").await;
        assert!(told.body.contains("까닭을 여쭤봐요") && told.body.contains("3월 6일"), "{}", told.body);
        let page = owner.get(&shop).await;
        assert!(page.body.contains("손님 1") && page.body.contains("3월 6일"), "{}", page.body);
        let mut other = town.browser("other").await;
        assert_eq!(other.get(&shop).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            other.post(&shop, &[("request_key", "x"), ("answer", "아니에요")]).await.status,
            StatusCode::NOT_FOUND
        );
        let bad = owner.post(&shop, &[("request_key", "a1"), ("answer", " ")]).await;
        assert!(bad.status == StatusCode::UNPROCESSABLE_ENTITY && bad.body.contains("id=\"answer-error\""));
        let hostile = "<script>alert(1)</script> 냉장고 값이에요";
        let done = owner.post(&shop, &[("request_key", "a2"), ("answer", hostile)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);

        let page = officer.get(&desk).await;
        assert!(page.body.contains("냉장고 값이에요") && !page.body.contains("<script>alert"));
        let short =
            officer.post(&desk, &[("request_key", "c1"), ("finding", "explained"), ("note", "네")]).await;
        assert!(short.status == StatusCode::UNPROCESSABLE_ENTITY && short.body.contains("id=\"note-error\""));
        let fields = [("request_key", "c2"), ("finding", "punish"), ("note", "계약서와 견주어 봤어요")];
        assert_eq!(officer.post(&desk, &fields).await.status, StatusCode::NOT_FOUND);
        let fields = [("request_key", "c3"), ("finding", "explained"), ("note", "계약서와 견주어 봤어요")];
        assert_eq!(officer.post(&desk, &fields).await.status, StatusCode::SEE_OTHER);
        let page = owner.get(&shop).await;
        assert!(page.body.contains("까닭을 확인했어요") && page.body.contains("계약서와 견주어 봤어요"));
        assert!(!page.body.contains("name=\"answer\""), "closed is closed");
        // Its tills went on all the while, and go on.
        pay(&town, "after", 1_000).await;
    }
}

/// An address with many messages stays a short page, and all of them can be found.
#[tokio::test(flavor = "multi_thread")]
async fn older_messages_are_a_page_further_and_reasons_are_plain() {
    let town = Town::with(Engine::Sqlite, private);
    let pos = receiver();
    let mut owner = town.browser("merchant").await;
    let asked = owner.get("/shop/hooks").await;
    assert!(asked.body.contains("http://127.0.0.1"), "a demo says that it takes them");
    add(&mut owner, "k1", &pos.url).await;
    later(&town, 1);
    for nth in 0..23 {
        pay(&town, &format!("p{nth}"), 1_000).await;
    }
    pos.answers.send(503).unwrap();
    web::round(&town.app).await.unwrap();
    let page = owner.get("/shop/hooks").await.body;
    assert_eq!(page.matches("<th scope=\"row\">payment.made</th>").count(), 20);
    let older = page.split("/shop/hooks?hook=").nth(1).unwrap().split('"').next().unwrap();
    let older = format!("/shop/hooks?hook={}", older.replace("&#38;", "&").replace("&amp;", "&"));
    let rest = owner.get(&older).await.body;
    assert_eq!(rest.matches("<th scope=\"row\">payment.made</th>").count(), 3);
    assert!(!rest.contains("href=\"/shop/hooks?hook=") && rest.contains("503으로 답했어요."), "{rest}");
    // Another shop's address is nobody else's to look at.
    let theirs = town.browser("other").await.get(&older).await.body;
    assert!(!theirs.contains("payment.made"), "{theirs}");
}

/// Each event that is posted is told in the document, and is as the document says.
#[tokio::test(flavor = "multi_thread")]
async fn each_event_is_as_the_document_says() {
    let town = Town::with(Engine::Sqlite, private);
    let asked = Request::get("/api/openapi.json").body(axum::body::Body::empty()).unwrap();
    let document = town.send(asked).await.json();
    let told: std::collections::BTreeSet<&str> =
        document["webhooks"].as_object().unwrap().keys().map(String::as_str).collect();
    let source = include_str!("../../city/src/follow/tell/mod.rs");
    let events = source.split("fn event(").nth(1).unwrap().split("\n}\n").next().unwrap();
    let quoted = events.split('"').skip(1).step_by(2).filter(|text| text.contains('.'));
    assert_eq!(quoted.collect::<std::collections::BTreeSet<_>>(), told);

    let pos = receiver();
    let mut owner = town.browser("merchant").await;
    add(&mut owner, "k1", &pos.url).await;
    later(&town, 1);
    let body = format!(r#"{{"card":"{}","merchant":"{}","amount":1000}}"#, town.card, town.shop);
    let paid = pay(&town, "p1", 1_000).await;
    let hold = "/api/v1/authorizations";
    let held = town.call("citizen", Method::POST, hold, Some("h1"), &body).await.json();
    let again = town.call("citizen", Method::POST, hold, Some("h2"), &body).await.json();
    for (path, key) in [
        (format!("/api/v1/payments/{paid}/refunds"), "r"),
        (format!("{hold}/{}/capture", held["id"].as_str().unwrap()), "c"),
        (format!("{hold}/{}/void", again["id"].as_str().unwrap()), "v"),
    ] {
        let answer = town.call("till", Method::POST, &path, Some(key), "{}").await;
        assert!(answer.status.is_success(), "{path}: {}", answer.body);
    }
    for kind in [
        "payment.made",
        "authorization.made",
        "authorization.made",
        "payment.refunded",
        "payment.made",
        "authorization.released",
    ] {
        web::round(&town.app).await.unwrap();
        let heard = pos.next();
        assert_eq!(heard.json()["type"], kind);
        let post = &document["webhooks"][kind]["post"];
        let schema = &post["requestBody"]["content"]["application/json"]["schema"];
        let faults = common::described::misfits(&document, schema, &heard.body);
        assert_eq!(faults, "", "{}", heard.body);
        for header in post["parameters"].as_array().unwrap() {
            assert!(!heard.header(header["name"].as_str().unwrap()).is_empty(), "{header}");
        }
    }
}
