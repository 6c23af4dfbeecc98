//! Codes for other wallets: read here by rules of our own, paid like every code, and dead with their shop.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{Method, StatusCode, header};
use city::Command;
use common::{Browser, Town, ask, field};
use testkit::Engine;

/// CRC-16/CCITT-FALSE, bit by bit over the message as a row of bits: written apart from the program's.
fn crc(text: &str) -> u16 {
    let mut register = 0xffff_u32;
    for byte in text.bytes() {
        for bit in (0..8).rev() {
            let fed = (u32::from(byte) >> bit) & 1;
            let top = (register >> 15) & 1;
            register = (register << 1) & 0xffff;
            if fed ^ top == 1 {
                register ^= 0x1021;
            }
        }
    }
    u16::try_from(register).unwrap()
}

/// Tags and values of a payload or of a template in it.
fn fields(text: &str) -> Vec<(String, String)> {
    let mut letters = text.chars();
    let mut found = Vec::new();
    loop {
        let tag: String = letters.by_ref().take(2).collect();
        if tag.is_empty() {
            return found;
        }
        let length: String = letters.by_ref().take(2).collect();
        let length: usize = length.parse().unwrap();
        let value: String = letters.by_ref().take(length).collect();
        assert_eq!(value.chars().count(), length);
        found.push((tag, value));
    }
}

fn of(payload: &str, tag: &str) -> Option<String> {
    fields(payload).into_iter().find(|(known, _)| known == tag).map(|(_, value)| value)
}

async fn shown(town: &Town, role: &str, body: &str) -> (StatusCode, serde_json::Value) {
    let path = format!("/api/v1/merchants/{}/codes", town.shop);
    let answer = town.call(role, Method::POST, &path, None, body).await;
    (answer.status, answer.json())
}

fn sealed(body: &str) -> String {
    format!("{body}{:04X}", crc(body))
}

async fn pay(me: &mut Browser<'_>, shop: &str) -> common::Answer {
    me.post("/wallet/pay", &[("request_key", "x"), ("shop", shop), ("amount", "1")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_shows_what_any_wallet_reads() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        assert_eq!(crc("123456789"), 0x29b1);
        let (status, code) = shown(&town, "till", r#"{"amount":12000}"#).await;
        assert_eq!(status, StatusCode::CREATED);
        let payload = code["emv"].as_str().unwrap();
        let (body, sum) = payload.split_at(payload.len() - 4);
        assert!(payload.starts_with("000201010212") && body.ends_with("6304"), "{payload}");
        assert_eq!(format!("{:04X}", crc(body)), sum);
        for (tag, value) in [
            ("52", "5499"),
            ("53", "410"),
            ("54", "12000"),
            ("58", "KR"),
            ("59", "1234567891"),
            ("60", "Jeonju"),
        ] {
            assert_eq!(of(payload, tag).as_deref(), Some(value), "{tag}");
        }
        assert_eq!(of(&of(payload, "62").unwrap(), "01").as_deref(), code["order"].as_str());
        assert_eq!(of(&of(payload, "64").unwrap(), "01").as_deref(), Some("남부시장 반찬"));
        assert_eq!(of(&of(payload, "26").unwrap(), "01"), Some(town.shop.to_string()));
        let until = town.app.city.clock.now().plus_seconds(180).rfc3339();
        assert_eq!(code["until"].as_str(), Some(until.as_str()), "three minutes");

        // Paid as it was scanned; the address beside it is the same code, so it is paid once.
        let mut me = town.browser("citizen").await;
        let paid = pay(&mut me, payload).await;
        assert_eq!(paid.status, StatusCode::SEE_OTHER, "{}", paid.body);
        let to = paid.headers[header::LOCATION].clone();
        let again = pay(&mut me, code["url"].as_str().unwrap()).await;
        assert_eq!(again.headers[header::LOCATION], to);
        let receipt = me.get(to.to_str().unwrap()).await;
        assert!(receipt.body.contains("12,000") && receipt.body.contains(code["order"].as_str().unwrap()));

        // Only the shop's own tills make its codes.
        for (role, status) in [("other", 404), ("citizen", 403), ("officer", 403)] {
            assert_eq!(shown(&town, role, r#"{"amount":1}"#).await.0.as_u16(), status, "{role}");
        }
        for body in
            [r#"{"amount":0}"#, r#"{"amount":-1}"#, r#"{"amount":1000000000001}"#, r#"{"amount":1.5}"#]
        {
            assert!(shown(&town, "till", body).await.0.is_client_error(), "{body}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ours_pays_nothing() {
    let town = Town::new(Engine::Sqlite);
    let mut me = town.browser("citizen").await;
    let (_, code) = shown(&town, "merchant", r#"{"amount":12000}"#).await;
    let payload = code["emv"].as_str().unwrap().to_owned();
    let body = payload[..payload.len() - 4].to_owned();
    let mark = of(&of(&payload, "26").unwrap(), "00").unwrap();
    let hostile = [
        // Another sum, amount, shop or city's mark: with a sum that is right, and with one that isn't.
        body.clone() + "0000",
        payload.replace("540512000", "540511000"),
        sealed(&body.replace("540512000", "540511000")),
        sealed(&body.replace("540512000", "5405-2000")),
        sealed(&body.replace(&town.shop.to_string(), &town.other_shop.to_string())),
        sealed(&body.replace(&mark, &"0".repeat(32))),
        sealed(&body.replace("5303410", "5303840")),
        sealed(&body.replace("5802KR", "5802US")),
        sealed(&body.replace("010212", "010211")),
        // Lengths that lie, a tag twice, nothing behind the sum, too long.
        sealed(&body.replace("5802KR", "5899KR")),
        sealed(&body.replace("5802KR", "5802KR5802KR")),
        sealed(&format!("{payload}6304")),
        sealed("0002016304"),
        format!("000201{}", "가".repeat(5_000)),
        "000201".to_owned(),
        "00020163".to_owned(),
    ];
    let before = town.app.city.shared.read().books.last_posting();
    for text in &hostile {
        let answer = pay(&mut me, text).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        assert!(answer.body.contains("id=\"shop-error\""), "{text}");
    }
    assert_eq!(town.app.city.shared.read().books.last_posting(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printed_code_dies_with_its_shop() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut owner = town.browser("merchant").await;
        let poster = owner.get("/shop/poster").await;
        assert_eq!(poster.status, StatusCode::OK);
        assert!(poster.body.contains("남부시장 반찬") && poster.body.matches("<svg").count() >= 2);
        let fixed = shown(&town, "merchant", "{}").await.1;
        let payload = fixed["emv"].as_str().unwrap().to_owned();
        assert!(poster.body.contains(&payload), "the page prints the same");
        assert!(payload.starts_with("000201010211") && of(&payload, "54").is_none());
        let live = shown(&town, "merchant", r#"{"amount":1000}"#).await.1;

        let mut me = town.browser("citizen").await;
        let scanned = format!("/wallet?code={}", town.shop);
        let page = me.get(&scanned).await;
        assert_eq!(
            (page.status, field(&page.body, "shop").as_deref()),
            (StatusCode::OK, Some("123-45-67891"))
        );
        let paid =
            me.post("/wallet/pay", &[("request_key", "k1"), ("shop", &payload), ("amount", "700")]).await;
        assert_eq!(paid.status, StatusCode::SEE_OTHER);

        let close = Command::CloseShop { merchant: town.shop };
        std::thread::scope(|s| {
            s.spawn(|| ask(&town.app.city, base::Role::System, "close", close)).join().unwrap();
        });
        let before = town.app.city.shared.read().books.last_posting();
        let url = live["url"].as_str().unwrap();
        let code = url.split("c=").nth(1).unwrap();
        for path in [scanned.clone(), format!("/wallet?code={code}")] {
            let page = me.get(&path).await;
            assert!(page.body.contains("shop.closed"), "{path}");
        }
        for text in [payload.as_str(), url, live["emv"].as_str().unwrap()] {
            let answer =
                me.post("/wallet/pay", &[("request_key", "k2"), ("shop", text), ("amount", "700")]).await;
            assert!(answer.body.contains("shop.closed"), "{text}: {}", answer.status);
        }
        assert_eq!(town.app.city.shared.read().books.last_posting(), before);
        assert_eq!(shown(&town, "merchant", "{}").await.1["code"], "shop.closed");
        assert!(owner.get("/shop/poster").await.body.contains("shop.closed"));
    }
}
