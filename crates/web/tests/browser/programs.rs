//! The page that tells people what programs can do.

use serde_json::json;

use crate::site;
use crate::visitor::{Visitor, WAYS};

#[test]
fn the_api_is_told_to_people() {
    let site = site();
    for way in WAYS {
        let who = Visitor::new(&site, way);
        who.see("/");
        who.browser.click("footer a[href='/api/docs']");
        who.arrives("/api/docs");
        who.sound();
        who.browser.eval("document.querySelectorAll('details').forEach(d => d.open = true)");
        who.sound();
        let page = who.browser.text("main");
        let (cards, keys) = (way.says("카드", "Cards"), way.says("두 번 하지 않기", "Nothing twice"));
        for part in [cards, keys, "/api/v1/payments", "Idempotency-Key", "card.frozen", "cashback.reward"] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
}

#[test]
fn the_api_is_told_without_scripts() {
    let site = site();
    let who = Visitor::new(&site, WAYS[0]);
    who.browser.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    who.open("/api/docs");
    who.browser.click("#post-api-v1-payments summary");
    assert!(who.browser.text("#post-api-v1-payments").contains("Bearer $TOKEN"));
}
