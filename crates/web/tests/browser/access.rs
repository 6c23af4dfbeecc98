//! Signing in with a code from a counter, one's own account, and the desk where access is given.

use common::Served;
use serde_json::json;
use testkit::Engine;
use web::Mode;

use crate::common;
use crate::visitor::{Visitor, WAYS};

/// Comes in as staff; how they do so by passkey is tried with the passkeys.
fn come_in(who: &Visitor<'_>, site: &Served, name: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let cookie = runtime.block_on(site.town.signed_in(name));
    let cookie = json!({"name": "session", "value": cookie, "url": site.url});
    who.browser.devtools("Network.setCookie", &cookie);
}

#[test]
fn a_code_from_the_counter_lets_someone_in_once() {
    for way in WAYS {
        let site = Served::with(Engine::Sqlite, |app| app.mode = Mode::Real);
        let clerk = Visitor::new(&site, way);
        come_in(&clerk, &site, "clerk");
        clerk.see(&format!("/clerk?find={}", site.town.citizen));
        let action = format!("form[action$='/people/{}/code']", site.town.citizen);
        clerk.browser.click(&format!("details:has(> {action}) summary"));
        clerk.browser.click(&format!("{action} button"));
        clerk.browser.wait_for("#code");
        clerk.sound();
        let code = clerk.browser.text("#code");

        let me = Visitor::new(&site, way);
        me.see("/sign-in");
        me.see("/look?large=1&back=/sign-in");
        me.browser.fill("#number", &format!("{:016}", site.town.card_number));
        me.browser.fill("#code", "00000000");
        me.browser.click("form[action='/sign-in/code'] button");
        me.browser.wait_for("#code-error");
        me.sound_refusal();
        me.browser.fill("#code", &code);
        me.browser.click("form[action='/sign-in/code'] button");
        me.arrives("/wallet");
        me.browser.click("nav.nav a[href='/account']");
        me.arrives("/account");
        me.sound();
        me.browser.click("form[action='/leave'] button");
        testkit::wait_until("home", std::time::Duration::from_secs(10), || {
            !me.browser.url().contains("account")
        });
        assert!(!me.browser.exists("nav.nav"), "nobody is in any more");
    }
}

#[test]
fn an_officer_gives_a_role() {
    for way in WAYS {
        let site = Served::with(Engine::Sqlite, |app| app.mode = Mode::Real);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(site.town.grant_duty("access", "access-officer"));
        let officer = Visitor::new(&site, way);
        come_in(&officer, &site, "access");
        officer.see("/desk/access");
        officer.browser.click("section[aria-labelledby=accounts] details summary");
        officer.browser.click("section[aria-labelledby=accounts] details button");
        officer.browser.wait_for("#give");
        officer.browser.click("#give summary");
        officer.sound();
        officer.browser.choose("#role", "auditor");
        officer.browser.click("#give button");
        officer.browser.wait_for_text(way.says("역할을 줬어요", "The role is given"));
        officer.sound();
        officer.browser.click("#give summary");
        officer.browser.choose("#role", "card-officer");
        officer.browser.click("#give button");
        officer.browser.wait_for_text(way.says("다른 공무원이 확인하면", "once another officer confirms"));
        officer.sound();
    }
}
