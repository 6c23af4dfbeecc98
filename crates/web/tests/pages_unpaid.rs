//! A till whose answer got lost asks what became of its charge, and hears the truth.

use crate::common;

use common::{Answer, Browser, Town, field};

fn state(answer: &Answer) -> (String, String) {
    let json = answer.json();
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    (text("state"), text("href"))
}

async fn charge(shop: &mut Browser<'_>, card: &str, amount: &str, key: &str) -> Answer {
    shop.post("/shop/charge", &[("amount", amount), ("card", card), ("request_key", key)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_without_an_answer_is_paid_refused_or_none() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let card = format!("{:016}", town.card_number);
        let mut shop = town.browser("merchant").await;
        shop.get("/shop").await;

        // It never arrived: nothing was paid, and the key stays, so that a late one is not a second.
        let (none, href) = state(&shop.get("/shop/result?request_key=lost").await);
        assert_eq!((none.as_str(), href.as_str()), ("none", "/shop?unpaid=lost"));
        let page = shop.get(&href).await;
        assert!(page.body.contains("방금 결제는 되지 않았어요"), "{}", page.body);
        assert_eq!(field(&page.body, "request_key").as_deref(), Some("lost"));

        // It was refused, and says why.
        charge(&mut shop, &card, "250,000", "much").await;
        let (refused, href) = state(&shop.get("/shop/result?request_key=much").await);
        assert_eq!((refused.as_str(), href.as_str()), ("refused", "/shop?unpaid=much"));
        let page = shop.get(&href).await;
        assert!(
            page.body.contains("방금 결제는 거절됐어요") && page.body.contains("pin.needed"),
            "{}",
            page.body
        );
        shop.get("/look?lang=en").await;
        assert!(shop.get(&href).await.body.contains("That payment was refused"));

        // The same key, carried out after all, is paid: the journal knows better.
        charge(&mut shop, &card, "12,000", "much").await;
        let (paid, done) = state(&shop.get("/shop/result?request_key=much").await);
        assert_eq!(paid, "paid");
        assert!(done.starts_with("/shop?done=pst_"), "{done}");
        let page = shop.get(&href).await;
        assert!(!page.body.contains("was refused") && page.body.contains("12,000"), "{}", page.body);

        // What one shop was refused is not told to another, nor is a malformed key answered.
        charge(&mut shop, &card, "250,000", "mine").await;
        let mut till = town.browser("till").await;
        assert_eq!(state(&till.get("/shop/till/result?request_key=mine").await).0, "refused", "one shop's");
        let mut other = town.browser("other").await;
        assert_eq!(state(&other.get("/shop/result?request_key=mine").await).0, "none");
        assert!(!other.get("/shop?unpaid=%3Cscript%3E%20x").await.body.contains("되지 않았어요"));
    }
}

/// More refusals than are kept: the oldest count as never arrived, the newest are still told.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_forgotten_in_time() {
    let town = Town::new(testkit::Engine::Sqlite);
    let mut shop = town.browser("merchant").await;
    shop.get("/shop/till").await;
    for number in 0..1_025 {
        let form = [("amount", "1"), ("card", "0000000000000000"), ("back", "/shop/till")];
        let key = format!("k{number}");
        shop.post("/shop/charge", &[&form[..], &[("request_key", &key)]].concat()).await;
    }
    assert_eq!(state(&shop.get("/shop/result?request_key=k0").await).0, "none");
    assert_eq!(state(&shop.get("/shop/result?request_key=k1").await).0, "refused");
    assert_eq!(state(&shop.get("/shop/result?request_key=k1024").await).0, "refused");
}
