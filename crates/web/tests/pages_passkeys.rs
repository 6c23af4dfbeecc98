//! Passkeys without a device: what is answered to who brings none, or no page of ours. With one: `browser/passkeys.rs`.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{StatusCode, header};
use base::Role;
use city::{Command, NewPasskey, tokens};
use common::{Answer, Browser, Town, field};
use people::How;
use testkit::Engine;
use web::Mode;

/// In earnest, at an address where browsers make no passkeys.
fn earnest() -> Town {
    Town::with(Engine::Sqlite, |app| app.mode = Mode::Real)
}

async fn at_the_door(town: &Town) -> Browser<'_> {
    let mut browser = Browser { town, cookies: Vec::new(), csrf: String::new() };
    browser.get("/sign-in").await;
    browser
}

fn leads_to(answer: &Answer, path: &str) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.headers[header::LOCATION].to_str().unwrap(), path);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_alone_opens_no_desk() {
    let town = earnest();
    for role in ["clerk", "officer", "auditor"] {
        let mut me = at_the_door(&town).await;
        let token = format!("token-{role}");
        let answer = me.post("/sign-in", &[("token", &token), ("next", "/")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role}");
        assert!(answer.body.contains("passkey.nowhere"), "{role}");
        leads_to(&me.get("/account/passkeys").await, "/sign-in?next=/account/passkeys");
    }
    let mut me = at_the_door(&town).await;
    leads_to(&me.post("/sign-in", &[("token", "token-citizen"), ("next", "/")]).await, "/wallet");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_without_a_passkey_learns_anything() {
    let town = earnest();
    let mut me = at_the_door(&town).await;
    let signing = [("state", "0"), ("credential", "{}"), ("next", "/wallet")];
    for _ in 0..50 {
        let answer = me.post("/sign-in/passkey", &signing).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(field(&answer.body, "next").as_deref(), Some("/wallet"), "what was looked for is kept");
    }
    let choosing = [("ticket", "0"), ("grant", "0"), ("next", "/")];
    assert_eq!(me.post("/sign-in/role", &choosing).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(me.post("/sign-in/passkey/challenge", &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(me.post("/account/passkeys/challenge", &[]).await.status, StatusCode::UNAUTHORIZED);
    let making = [("ticket", "0"), ("name", "a"), ("state", "0"), ("credential", "{}")];
    assert_eq!(me.post("/account/passkeys/challenge", &making).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(me.post("/account/passkeys", &making).await.status, StatusCode::UNAUTHORIZED);
    // From another site.
    me.csrf = "0".into();
    for path in ["/sign-in/passkey", "/sign-in/role", "/account/passkeys", "/account/passkeys/remove"] {
        let all = [&signing[..], &choosing[..1], &choosing[1..2], &[("name", "a"), ("number", "1")]].concat();
        assert_eq!(me.post(path, &all).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_accounts_passkey_is_not_mine_to_remove() {
    let town = earnest();
    let account = {
        let view = town.app.city.shared.read();
        let grant = view.town.doors.grant_of_token(&tokens::hash("token-merchant")).unwrap();
        view.town.doors.grant(grant).unwrap().account
    };
    let (name, credential, how) = ("가게 전화기".to_owned(), "{}".to_owned(), How::Code);
    let passkey = NewPasskey { account, hash: [7; 32], name, credential, how };
    let command = Command::AddPasskey(passkey);
    let actor = base::Actor::new(Role::System, base::Client(9));
    let request = pen::Request { actor, key: "add".into(), input_hash: command.input_hash() };
    town.app.city.ask(request, command).await.unwrap().unwrap();

    let number = ("number", "0707070707070707");
    let mut me = at_the_door(&town).await;
    me.post("/sign-in", &[("token", "token-citizen"), ("next", "/")]).await;
    assert!(!me.get("/account/passkeys").await.body.contains("가게 전화기"));
    let answer = me.post("/account/passkeys/remove", &[number]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("passkey.unknown"));
    let mut owner = at_the_door(&town).await;
    owner.post("/sign-in", &[("token", "token-merchant"), ("next", "/")]).await;
    assert!(owner.get("/account/passkeys").await.body.contains("가게 전화기"));
    leads_to(&owner.post("/account/passkeys/remove", &[number]).await, "/account/passkeys");
    assert!(!owner.get("/account/passkeys").await.body.contains("가게 전화기"));
}
