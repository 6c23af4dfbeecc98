//! Coming in on the way to a page: it is not lost, and nobody is led off this site.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{StatusCode, header};
use common::{Answer, Browser, Town, door, field};
use testkit::Engine;
use web::Mode;

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.headers[header::LOCATION].to_str().unwrap().to_owned()
}

fn nobody(town: &Town) -> Browser<'_> {
    Browser { town, cookies: Vec::new(), csrf: String::new() }
}

/// A code that a shop shows for 12,000 won.
async fn shown_code(town: &Town) -> String {
    let mut shop = town.browser("merchant").await;
    shop.get("/shop").await;
    let made = location(&shop.post("/shop/qr", &[("amount", "12000")]).await);
    format!("/pay?c={}", made.strip_prefix("/shop/qr/").unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_code_waits_at_the_door() {
    let town = Town::new(Engine::Sqlite);
    let scanned = shown_code(&town).await;
    let mut me = nobody(&town);
    let mut to = location(&me.get(&scanned).await);
    // Scanning leads to the wallet, and the wallet to the door.
    if !to.starts_with("/enter") {
        to = location(&me.get(&to).await);
    }
    let page = me.get(&to).await;
    assert!(page.body.contains("열려던 화면"), "{}", page.body);
    assert!(page.body.find("value=\"citizen\"") < page.body.find("value=\"merchant\""));
    let next = field(&page.body, "next").unwrap().replace("&amp;", "&");
    let paying = location(&me.post("/enter", &[("persona", "citizen"), ("next", &next)]).await);
    let page = me.get(&paying).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("남부시장 반찬") && page.body.contains("12,000"), "the code is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_somebody_elses_leads_home() {
    let town = Town::new(Engine::Sqlite);
    let mut me = nobody(&town);
    assert_eq!(location(&me.get("/desk").await), door("/desk"));
    me.get("/enter?next=/desk").await;
    let came = me.post("/enter", &[("persona", "citizen"), ("next", "/desk")]).await;
    assert_eq!(location(&came), "/wallet", "not from door to door");
}

/// Who is turned away hears whose page it is; who is nobody yet only comes in.
#[tokio::test(flavor = "multi_thread")]
async fn the_door_says_whose_page_it_is() {
    let town = Town::new(Engine::Sqlite);
    for (persona, path, role) in [
        ("clerk", "/desk/giving", "카드 담당 공무원"),
        ("officer", "/desk/access", "권한 담당 공무원"),
        ("citizen", "/clerk?find=x", "주민센터 창구 직원, 시청 민원실 창구"),
        ("merchant", "/wallet/history", "시민"),
        ("citizen", "/shop/till", "가게 주인, 가게 직원"),
        ("till", "/shop/payouts", "가게 주인"),
        ("clerk", "/desk/inspection", "카드 담당 공무원, 감사"),
    ] {
        let mut visitor = town.browser(persona).await;
        let to = location(&visitor.get(path).await);
        assert_eq!(to, door(path), "{persona}");
        let page = visitor.get(&to).await;
        assert!(
            page.body.contains(&format!("볼 수 있는 역할: {role}</p>")),
            "{persona} {path}: {}",
            page.body
        );
        let page = nobody(&town).get(&to).await;
        assert!(!page.body.contains("볼 수 있는 역할"), "{path}");
    }
}

/// So does who sent something that another role may do: what became of it, of which page, and who may.
#[tokio::test(flavor = "multi_thread")]
async fn the_door_says_what_was_refused() {
    let town = Town::new(Engine::Sqlite);
    for (persona, path, page, called, role) in [
        ("citizen", "/shop/prepaid/3/return", "/shop/prepaid", "선결제", Some("가게 주인")),
        ("merchant", "/wallet/gift", "/wallet", "지갑", Some("시민")),
        ("clerk", "/chest/spendings", "/chest", "모금회", Some("공동모금회 담당자")),
        ("citizen", "/waiting/1/confirm", "/waiting", "확인 대기", None),
    ] {
        let mut visitor = town.browser(persona).await;
        let fields = [("request_key", "k"), ("purpose", "0"), ("amount", "1"), ("what", "x"), ("to", "x")];
        let to = location(&visitor.post(path, &fields).await);
        assert_eq!(to, format!("/enter?refused={page}"), "{persona}");
        let shown = visitor.get(&to).await.body;
        let what = format!("「{called}」에서 보낸 것은 처리하지 않았고, 바뀐 것은 없어요.</strong>");
        assert!(shown.contains(&what), "{persona} {path}: {shown}");
        let may = role.map(|role| format!("할 수 있는 역할: {role}</p>"));
        assert_eq!(shown.contains("할 수 있는 역할"), may.is_some(), "{path}: {shown}");
        assert!(may.is_none_or(|may| shown.contains(&may)), "{persona} {path}: {shown}");
        visitor.cookies.push(("lang".into(), "en".into()));
        let shown = visitor.get(&to).await.body;
        assert!(shown.contains("Your role can’t do this. What you sent from"), "{path}: {shown}");
        let nobody = nobody(&town).get(&to).await.body;
        assert!(nobody.contains("들어와야 할 수 있는 일이에요"), "{nobody}");
    }
    // Nothing of what somebody else wrote into the address is said.
    let page = town.browser("citizen").await.get("/enter?refused=/evil%20words").await;
    assert!(
        page.body.contains("지금 들어온 역할로는 할 수 없는 일이에요") && !page.body.contains("evil words")
    );
}

/// Everything that a browser could read as another site.
const ELSEWHERE: &[&str] = &[
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    "\u{1}//evil.example",
    " //evil.example",
    "%2F%2Fevil.example",
    "/\u{2215}evil.example",
    "wallet",
];

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_led_off_this_site() {
    let town = Town::new(Engine::Sqlite);
    for bad in ELSEWHERE {
        let mut me = nobody(&town);
        let page = me.get(&door(bad).replace("next=/", "next=%2F")).await;
        assert_eq!(field(&page.body, "next").as_deref(), Some("/"), "{bad:?}");
        let came = me.post("/enter", &[("persona", "citizen"), ("next", bad)]).await;
        assert_eq!(location(&came), "/wallet", "{bad:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_leads_on_too() {
    let town = Town::with(Engine::Sqlite, |app| app.mode = Mode::Real);
    let scanned = "/wallet?code=123-45-67891";
    let mut me = nobody(&town);
    let to = location(&me.get(scanned).await);
    assert_eq!(to, door(scanned).replace("/enter", "/sign-in"));
    let next = field(&me.get(&to).await.body, "next").unwrap().replace("&amp;", "&");
    let wrong = me.post("/sign-in", &[("token", "guessed"), ("next", &next)]).await;
    assert_eq!(field(&wrong.body, "next").as_deref(), Some(scanned), "a typing mistake loses nothing");
    let came = me.post("/sign-in", &[("token", "token-citizen"), ("next", &next)]).await;
    assert_eq!(location(&came), scanned);
    for bad in ELSEWHERE {
        let mut me = nobody(&town);
        me.get("/sign-in").await;
        let came = me.post("/sign-in", &[("token", "token-citizen"), ("next", bad)]).await;
        assert_eq!(location(&came), "/wallet", "{bad:?}");
    }
}
