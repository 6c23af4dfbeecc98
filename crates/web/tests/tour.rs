//! The guided first five minutes, walked by a visitor's browser on the real pages.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::StatusCode;
use base::{Zone, date};
use common::{Answer, Browser, Town, field};
use testkit::Engine;

/// What the tour's strip offers first.
fn is_done(answer: &Answer) -> bool {
    let tour =
        answer.body.split("class=\"tour\"").nth(1).unwrap_or_else(|| panic!("no tour: {}", answer.body));
    let form = tour.split("</form>").next().unwrap();
    form.contains("class=\"btn main\" name=\"action\" value=\"next\"")
}

fn whole(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(!answer.body.contains('⟦'), "a text is missing: {}", answer.body.split('⟦').nth(1).unwrap());
}

/// Presses the filled-in charge button; gives the payment's id.
async fn charge(visitor: &mut Browser<'_>, page: &Answer) -> (String, Answer) {
    let [amount, card, key] = ["amount", "card", "request_key"].map(|name| field(&page.body, name).unwrap());
    assert_eq!(amount, "12,000");
    let form = [("amount", amount.as_str()), ("card", card.as_str()), ("request_key", key.as_str())];
    let answer = visitor.post("/shop/charge", &form).await;
    let to = answer.headers["location"].to_str().unwrap().to_owned();
    let page = visitor.get(&to).await;
    (to.split("done=").nth(1).unwrap().to_owned(), page)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_made_and_heard() {
    for lang in ["ko", "en"] {
        let town = Town::new(Engine::Sqlite);
        let mut visitor =
            Browser { town: &town, cookies: vec![("lang".into(), lang.into())], csrf: String::new() };
        visitor.get("/").await;
        let start = visitor.post_and_follow("/tour", &[("action", "start")]).await;
        whole(&start);
        assert!(!is_done(&start), "nothing is paid yet");
        // A forged address doesn't make it so.
        let forged = visitor.get("/shop?done=pst_0000000000001").await;
        assert!(!is_done(&forged));
        let (payment, paid) = charge(&mut visitor, &start).await;
        whole(&paid);
        assert!(is_done(&paid));
        assert_eq!(field(&paid.body, "amount").as_deref(), Some(""), "it is not offered twice");
        let heard = visitor.post_and_follow("/tour", &[("action", "next")]).await;
        whole(&heard);
        assert!(is_done(&heard) && heard.body.contains("data-say-again"));
        assert_eq!(
            heard.body.split("data-n=\"tomorrow\">").nth(1).unwrap().split('<').next(),
            Some("12,000")
        );
        assert!(heard.body.contains(&payment));
        let back = visitor.post("/tour", &[("action", "stop")]).await;
        assert_eq!(back.headers["location"], "/");
        assert_eq!(visitor.get("/shop").await.status, StatusCode::SEE_OTHER, "a stranger again");
    }
}

/// Goes on to the next step.
async fn next(visitor: &mut Browser<'_>) -> Answer {
    let page = visitor.post_and_follow("/tour", &[("action", "next")]).await;
    whole(&page);
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn all_five_steps() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut visitor =
            Browser { town: &town, cookies: vec![("lang".into(), "ko".into())], csrf: String::new() };
        visitor.get("/").await;
        let start = visitor.post_and_follow("/tour", &[("action", "start")]).await;
        let (payment, _) = charge(&mut visitor, &start).await;
        assert!(is_done(&next(&mut visitor).await), "2: what was paid is among tomorrow's money");

        let wallet = next(&mut visitor).await;
        assert!(!is_done(&wallet));
        let receipt = format!("/wallet/receipts/{payment}");
        assert!(wallet.body.contains(&receipt), "3: the newest payment leads to its receipt");
        let receipt = visitor.get(&receipt).await;
        whole(&receipt);
        assert!(is_done(&receipt) && receipt.body.contains("1,200"));

        let desk = next(&mut visitor).await;
        assert!(!is_done(&desk));
        let [rate, limit] = ["rate", "limit"].map(|name| field(&desk.body, name).unwrap());
        assert_eq!(rate, "8", "4: the rate to try is filled in");
        let rehearsed =
            visitor.post_and_follow("/desk/rehearsals", &[("rate", &rate), ("limit", &limit)]).await;
        whole(&rehearsed);
        assert!(is_done(&rehearsed));

        let books = next(&mut visitor).await;
        assert!(!is_done(&books));
        assert_eq!(
            field(&books.body, "find").as_deref(),
            Some(payment.as_str()),
            "5: the payment to find is filled in"
        );
        let found = visitor.get(&format!("/books?find={payment}")).await;
        whole(&found);
        assert!(is_done(&found) && found.body.contains("12,000"));
        let end = visitor.post("/tour", &[("action", "next")]).await;
        assert_eq!(end.headers["location"], "/");
        assert_eq!(visitor.get("/books").await.status, StatusCode::SEE_OTHER, "nobody stays the auditor");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn off_the_tour_visitors_are_whom_they_were() {
    let town = Town::new(Engine::Sqlite);
    let mut visitor = town.browser("clerk").await;
    for last in ["stop", "next"] {
        visitor.get("/").await;
        visitor.post_and_follow("/tour", &[("action", "start")]).await;
        for _ in 1..5 {
            next(&mut visitor).await;
        }
        let end = visitor.post("/tour", &[("action", last)]).await;
        assert_eq!(end.headers["location"], "/");
        assert_eq!(visitor.get("/clerk").await.status, StatusCode::OK, "{last}");
        assert_eq!(visitor.get("/books").await.status, StatusCode::SEE_OTHER, "{last}");
    }
    // Ending a tour that nobody is on signs nobody out.
    visitor.get("/clerk").await;
    visitor.post("/tour", &[("action", "stop")]).await;
    assert_eq!(visitor.get("/clerk").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_can_be_skipped_and_taken_back() {
    let town = Town::new(Engine::Sqlite);
    let mut visitor = Browser { town: &town, cookies: Vec::new(), csrf: String::new() };
    visitor.get("/").await;
    visitor.post_and_follow("/tour", &[("action", "start")]).await;
    let second = next(&mut visitor).await;
    assert!(!is_done(&second), "nothing was paid");
    for place in ["/wallet", "/desk", "/books"] {
        let answer = visitor.post("/tour", &[("action", "next")]).await;
        assert_eq!(answer.headers["location"], place);
        visitor.get(place).await;
    }
    let back = visitor.post("/tour", &[("action", "back")]).await;
    assert_eq!(back.headers["location"], "/desk");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_needs_the_forms_token() {
    let town = Town::new(Engine::Sqlite);
    let mut visitor = Browser { town: &town, cookies: Vec::new(), csrf: "forged".into() };
    assert_eq!(visitor.post("/tour", &[("action", "start")]).await.status, StatusCode::FORBIDDEN);
}

/// The eighth visitor finds the citizen's card nearly empty: the tour says so, and offers the way out.
#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_without_money_tops_up_first() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        for (lang, day) in [("ko", 24), ("en", 25)] {
            // A day each: so much a day is paid at one shop without the PIN.
            assert!(town.clock.jump_to(Zone::named("Asia/Seoul").unwrap().instant(date(2021, 2, day), 9, 0)));
            // Down to less than the tour's payment.
            let card = format!("{:016}", town.card_number);
            let mut shop = town.browser("merchant").await;
            for key in 0..9 {
                shop.get("/shop").await;
                let key = format!("{lang}{key}");
                let form = [("amount", "12,000"), ("card", card.as_str()), ("request_key", &key)];
                // Once it holds too little: a shop that hears so thrice needs its PIN for any sum.
                if shop.post("/shop/charge", &form).await.status != StatusCode::SEE_OTHER {
                    break;
                }
            }
            let mut visitor =
                Browser { town: &town, cookies: vec![("lang".into(), lang.into())], csrf: String::new() };
            visitor.get("/").await;
            let start = visitor.post_and_follow("/tour", &[("action", "start")]).await;
            whole(&start);
            let said = if lang == "ko" { "50,000원 충전하기" } else { "Top up 50,000" };
            assert!(start.body.contains(said), "{}", start.body);
            let key = field(start.body.split("class=\"tour\"").nth(1).unwrap(), "request_key").unwrap();
            let wish = [("action", "top-up"), ("request_key", key.as_str())];
            let before = town.app.city.shared.read().books.last_posting().0;
            let topped_up = visitor.post_and_follow("/tour", &wish).await;
            whole(&topped_up);
            assert!(!topped_up.body.contains(said));
            // A second tap is the same wish.
            visitor.post_and_follow("/tour", &wish).await;
            assert_eq!(town.app.city.shared.read().books.last_posting().0, before + 1);
            let (_, paid) = charge(&mut visitor, &topped_up).await;
            assert!(is_done(&paid));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_tops_up_off_the_tour() {
    let town = Town::new(Engine::Sqlite);
    let mut visitor = Browser { town: &town, cookies: Vec::new(), csrf: String::new() };
    visitor.get("/").await;
    let before = town.app.city.shared.read().books.last_posting().0;
    visitor.post("/tour", &[("action", "top-up"), ("request_key", "k")]).await;
    assert_eq!(town.app.city.shared.read().books.last_posting().0, before);
}
