//! The list of what waits for a second person, against a real city.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use axum::http::{StatusCode, header};
use base::{Actor, PostingNo};
use city::{CardRef, Command, Reply};
use common::{Answer, Browser, Town, field};
use pen::Recorded;
use testkit::Engine;

fn system(town: &Town, key: &str, command: Command) -> PostingNo {
    let request = pen::Request { actor: Actor::SYSTEM, key: key.into(), input_hash: command.input_hash() };
    match tokio::task::block_in_place(|| town.app.city.ask_waiting(request, command)).unwrap() {
        Reply::Done { recorded: Recorded::Posting(no), .. } => no,
        other => panic!("{other:?}"),
    }
}

fn paid(town: &Town, amount: i64) -> PostingNo {
    system(town, "t", Command::TopUp { person: town.citizen, amount: 900_000 });
    let card = CardRef::Id(town.card);
    system(town, "p", Command::Pay { card, merchant: town.shop, amount, pin: None, order: None })
}

fn says(page: &Answer, text: &str) {
    assert!(page.body.contains(text), "no {text:?} in {}", page.body);
}

/// Where a form of the page goes, and its key.
fn form(page: &Answer, deed: &str) -> (String, String) {
    let mut parts = page.body.split("action=\"/waiting/").skip(1);
    let part = parts.find(|part| part.split('"').next().unwrap().ends_with(deed));
    let part = part.unwrap_or_else(|| panic!("no form to {deed}: {}", page.body));
    (format!("/waiting/{}", part.split('"').next().unwrap()), field(part, "request_key").unwrap())
}

async fn refund(till: &mut Browser<'_>, payment: PostingNo, amount: &str, key: &str) -> Answer {
    let payment = payment.to_string();
    let fields =
        [("payment", payment.as_str()), ("amount", amount), ("back", "/shop/till"), ("request_key", key)];
    till.post_and_follow("/shop/refunds", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_refund_at_the_till_is_confirmed_by_the_owner() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let payment = paid(&town, 800_000);
        let mut till = town.browser("till").await;
        till.get("/shop/till").await;
        let page = refund(&mut till, payment, "500000", "r1").await;
        assert!(!page.body.contains("확인 대기</h1>"), "one tap: {}", page.body);
        says(&page, "500,000원");
        let page = refund(&mut till, payment, "100000", "r2").await;
        says(&page, "올렸어요. 다른 사람이 확인하면 이뤄져요.");
        says(&page, "100,000원");
        assert!(!page.body.contains("/confirm\""), "not by whoever proposed it: {}", page.body);
        let (at, _) = form(&page, "/withdraw");
        let own = till.post(&at.replace("withdraw", "confirm"), &[("request_key", "x1")]).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN, "{}", own.body);
        // Another shop sees nothing of it.
        let mut other = town.browser("other").await;
        let page = other.get("/waiting").await;
        says(&page, "기다리는 일이 없어요");
        let refused = other.post(&at.replace("withdraw", "confirm"), &[("request_key", "x2")]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.body);
        // The owner says no without a reason, then yes.
        let mut owner = town.browser("merchant").await;
        let page = owner.get("/waiting").await;
        says(&page, "확인할 일이 1건 있어요");
        let (at, key) = form(&page, "/refuse");
        let wrong = owner.post(&at, &[("request_key", &key), ("why", "싫어")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&wrong, "id=\"why-error\"");
        says(&wrong, "value=\"싫어\"");
        let (at, key) = form(&page, "/confirm");
        let page = owner.post_and_follow(&at, &[("request_key", &key)]).await;
        says(&page, "확인했어요. 일이 이뤄졌어요.");
        says(&page, "기다리는 일이 없어요");
        let again = owner.post(&at, &[("request_key", &key)]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "the same key, the same answer");
        // The till is told on whatever page it opens, and there by whom and when; until it says that it has read so.
        says(&till.get("/shop/till").await, "새 답 1건");
        let page = till.get("/waiting").await;
        says(&page, "내가 올린 일 1건에 답이 왔어요");
        says(&page, "에 확인해서 이뤄졌어요");
        says(&page, "답한 사람: 가게 주인 · ");
        let (at, key) = form(&page, "/heard");
        // Nobody else reads it in its place.
        let stranger = owner.post(&at, &[("request_key", "x3")]).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{}", stranger.body);
        let page = till.post_and_follow(&at, &[("request_key", &key)]).await;
        says(&page, "읽은 것으로 적었어요");
        says(&page, "에 확인해서 이뤄졌어요");
        assert!(!page.body.contains("새 답"), "{}", page.body);
        let twice = till.post(&at, &[("request_key", "x4")]).await;
        assert_eq!(twice.status, StatusCode::NOT_FOUND, "{}", twice.body);
        // Refused with a sentence, and withdrawn.
        refund(&mut till, payment, "50000", "r3").await;
        let page = owner.get("/waiting").await;
        let (at, key) = form(&page, "/refuse");
        let why = [("request_key", key.as_str()), ("why", "영수증 <b>없이</b> 왔어요")];
        says(&owner.post_and_follow(&at, &why).await, "거절했어요");
        let page = till.get("/waiting").await;
        says(&page, "에 거절됐어요");
        says(&page, "까닭: 영수증");
        says(&page, "새 답 1건");
        assert!(
            page.body.contains("영수증 &#60;b&#62;없이") || page.body.contains("영수증 &lt;b&gt;없이"),
            "{}",
            page.body
        );
        let page = refund(&mut till, payment, "50000", "r4").await;
        let (at, key) = form(&page, "/withdraw");
        let page = till.post_and_follow(&at, &[("request_key", &key)]).await;
        says(&page, "취소했어요");
        says(&page, "새 답 1건");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_nothing_to_do_with_it_comes_to_the_door() {
    let town = Town::new(Engine::Sqlite);
    for persona in ["citizen", "clerk", "auditor"] {
        let mut other = town.browser(persona).await;
        let answer = other.get("/waiting").await;
        assert_eq!(answer.headers[header::LOCATION].to_str().unwrap(), common::door("/waiting"), "{persona}");
    }
    // Who confirms roles finds them from here.
    let mut first = common::someone(&town, "first", "access-officer").await;
    let page = first.get("/waiting").await;
    says(&page, "지금 확인할 일이 없어요");
    let mut officer = town.browser("officer").await;
    officer.get("/waiting").await;
    let stale = officer.town;
    let mut forged = Browser { town: stale, cookies: officer.cookies.clone(), csrf: "x".to_owned() };
    let refused = forged.post("/waiting/prp_0000000000001/confirm", &[("request_key", "k")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_speaks_english_too() {
    let town = Town::new(Engine::Sqlite);
    let payment = paid(&town, 700_000);
    let mut officer = town.browser("officer").await;
    officer.cookies.push(("lang".to_owned(), "en".to_owned()));
    let page = officer.get("/waiting").await;
    says(&page, "Nothing to confirm right now");
    let mut till = town.browser("till").await;
    till.get("/shop/till").await;
    refund(&mut till, payment, "", "r1").await;
    let page = officer.get("/waiting").await;
    says(&page, "One thing to confirm");
    says(&page, "Confirm and carry out");
}
