//! A gift from the wallet to what it became: given with a payment, put on a receipt, spent by who collects, followed by its
//! number, and checked by a stranger from the sealed books.

use std::time::Duration;

use base::{PostingNo, Role};
use city::{Command, OnGiving};
use common::{Served, ask};
use testkit::{Engine, TempDir};

use crate::visitor::{Visitor, WAYS, Way};
use crate::{SHOP_CODE, common};

/// Opens a page that stands in the menu under a word of its own.
fn by_menu(me: &Visitor<'_>, href: &str) {
    me.browser.eval_with(
        "document.querySelector(`nav.nav .menu a[href='${arguments[0]}']`).closest('details').querySelector('summary').click()",
        &[href.into()],
    );
    me.sound();
    me.browser.click(&format!("nav.nav .menu a[href='{href}']"));
    me.arrives(href);
}

fn last_posting(site: &Served) -> PostingNo {
    site.town.app.city.shared.read().books.last_posting()
}

fn wait_for_the_seal(site: &Served) {
    let last = last_posting(site).0;
    let sealing = site.town.app.city.sealing().unwrap();
    testkit::wait_until("the seal", Duration::from_secs(10), || sealing.sealed() >= last);
}

/// Half of all cashback from now on, then a payment that says so.
fn gives_half(me: &Visitor<'_>, way: Way) {
    by_menu(me, "/wallet/giving");
    me.sound();
    me.picture("giving-before");
    me.browser.fill("#share", "50");
    me.browser.click("#standing ~ form button.main");
    me.browser.wait_for_text(way.says("적립금의 50%를 나누고 있어요", "You give 50% of your cashback"));
    me.sound();
    me.open("/wallet");
    me.browser.fill("#shop", SHOP_CODE);
    me.browser.fill("#amount", "12000");
    me.browser.click("#pay-card button[data-next]");
    me.arrives("/wallet/paid/");
    me.browser.wait_for(".paid");
    let page = me.browser.text("main");
    let said =
        way.says("적립 1,200원 중 600원을 기부했어요.", "You gave 600 won of the 1,200 won you earned.");
    assert!(page.contains(said), "{page}");
    me.sound();
}

/// Asks for the receipt; gives where it can be followed, its number and its word.
fn takes_the_receipt(me: &Visitor<'_>, way: Way) -> (String, String, String) {
    me.open("/wallet/giving");
    me.browser.click("form[action='/wallet/giving/receipts'] button.plain");
    me.arrives("/giving/receipts/2021-000001");
    me.browser.wait_for_text(way.says("기부금 영수증", "Receipt for gifts"));
    me.sound();
    me.picture("giving-receipt");
    let follow = me.browser.attribute(".proof a", "href").unwrap();
    let word = follow.split("word=").nth(1).unwrap().to_owned();
    (follow, "2021-000001".into(), word)
}

/// Who collects is passed the gift and spends 400 of it, with a document and a sentence.
fn the_chest_spends(site: &Served, way: Way, folder: &TempDir) {
    let city = &site.town.app.city;
    ask(city, Role::System, "pass", Command::OnGiving(OnGiving::Pass));
    let file = folder.path().join("invoice.pdf");
    std::fs::write(&file, b"%PDF-1.4").unwrap();
    let chest = Visitor::new(site, way);
    chest.enter("chest");
    chest.browser.click("nav.nav a[href='/chest']");
    chest.arrives("/chest");
    chest.sound();
    chest.picture("chest");
    chest.browser.fill("#amount", "400");
    chest.browser.fill("#payee", "평화사회복지관");
    chest.browser.fill("#what", "교재 인쇄");
    chest.browser.fill("#document", file.to_str().unwrap());
    chest.browser.fill("#outcome", "12명이 배웠어요");
    chest.browser.click("form[action='/chest/spendings'] button.main");
    chest.browser.wait_for_text("교재 인쇄");
    chest.sound();
    // More than there is: refused at its field, and nothing is spent.
    chest.browser.fill("#amount", "90000");
    chest.browser.fill("#payee", "평화사회복지관");
    chest.browser.fill("#what", "책상");
    chest.browser.fill("#document", file.to_str().unwrap());
    chest.browser.click("form[action='/chest/spendings'] button.main");
    chest.browser.wait_for("#amount-error");
    chest.sound_refusal();
}

#[test]
fn a_gift_is_given_followed_and_verified() {
    for way in WAYS {
        let site = Served::start(Engine::Sqlite);
        let folder = TempDir::new();
        let me = Visitor::new(&site, way);
        me.enter("citizen");
        gives_half(&me, way);
        me.browser.click(".paid a[href*='/wallet/receipts/']");
        me.arrives("/wallet/receipts/");
        me.sound();
        let (follow, serial, word) = takes_the_receipt(&me, way);

        // A stranger types what stands on the paper.
        let stranger = Visitor::new(&site, way);
        stranger.see("/giving");
        stranger.browser.fill("#serial", &serial);
        stranger.browser.fill("#word", "WRONG123");
        stranger.browser.click("form[action='/giving/follow'] button");
        stranger.browser.wait_for("#serial-error");
        stranger.sound_refusal();
        stranger.browser.fill("#serial", &serial);
        stranger.browser.fill("#word", &word.to_lowercase());
        stranger.browser.click("form[action='/giving/follow'] button");
        stranger.browser.wait_for_text(way.says("아직 쓰이지 않았어요", "Not spent yet"));
        stranger.sound();
        assert!(!stranger.browser.text("main").contains("김순자"), "nobody is named");

        the_chest_spends(&site, way, &folder);
        stranger.browser.goto(&follow);
        stranger.browser.wait_for_text("교재 인쇄");
        let page = stranger.browser.text("main");
        for part in ["12명이 배웠어요", &way.won("400"), &way.won("200"), "평화사회복지관"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        stranger.sound();
        stranger.picture("giving-follow");
        stranger.see("/giving");
        stranger.picture("giving");

        // The file of the gift, on the page where anyone checks.
        wait_for_the_seal(&site);
        me.open("/giving/receipts/2021-000001");
        let link = me.browser.attribute("a[href$='file?gift=1']", "href").unwrap();
        let fetched = me.browser.eval_async(&format!(
            "const done = arguments[arguments.length - 1];
            fetch('{link}').then(answer => answer.text()).then(done)"
        ));
        let fetched = fetched.as_str().unwrap();
        assert!(!fetched.contains(&site.town.shop.to_string()), "a gift doesn't tell where its giver shops");
        let file = folder.path().join("gift.json");
        std::fs::write(&file, fetched).unwrap();
        stranger.see("/verify");
        stranger.browser.fill("#file", file.to_str().unwrap());
        stranger.browser.click("form[action='/verify'] button");
        stranger.browser.wait_for(".alert.done");
        let page = stranger.browser.text("main");
        assert!(page.contains(&format!("{} ·", way.won("600"))), "{page}");
        stranger.sound();
        stranger.picture("giving-verified");

        // A won more in the file, and it holds no longer.
        let bent = fetched.replace("\"600\"", "\"700\"");
        assert_ne!(bent, fetched, "{fetched}");
        std::fs::write(&file, bent).unwrap();
        stranger.open("/verify");
        stranger.browser.fill("#file", file.to_str().unwrap());
        stranger.browser.click("form[action='/verify'] button");
        stranger.browser.wait_for(".alert.danger");
        stranger.sound_refusal();
    }
}

#[test]
fn a_shop_becomes_a_giving_shop() {
    for way in WAYS {
        let site = Served::start(Engine::Sqlite);
        let shop = Visitor::new(&site, way);
        shop.enter("merchant");
        shop.picture("shop");
        by_menu(&shop, "/shop/giving");
        shop.sound();
        shop.picture("shop-giving");
        shop.browser.fill("#rate", "200");
        shop.browser.click("form[action='/shop/giving/apply'] button.main");
        shop.browser.wait_for("#rate-error");
        shop.sound_refusal();
        shop.browser.fill("#rate", "1");
        shop.browser.click("form[action='/shop/giving/apply'] button.main");
        shop.browser.wait_for_text(way.says("신청을 접수했어요", "Your application was received"));
        shop.sound();
        let officer = Visitor::new(&site, way);
        officer.enter("officer");
        officer.see("/desk/giving");
        officer.picture("desk-giving");
        officer.browser.click("button[value=fit]");
        officer.browser.wait_for("button[value=plaque]");
        officer.sound();
        officer.browser.click("button[value=plaque]");
        officer.browser.wait_for_text(way.says("접수된 신청이 없어요", "No applications"));
        officer.sound();
        shop.open("/shop/giving");
        shop.browser.click("a[href$='/plaque']");
        shop.arrives("/plaque");
        shop.browser.wait_for(".plaque svg");
        shop.sound();
        shop.picture("plaque");
        let stranger = Visitor::new(&site, way);
        let angel = format!("/angels/{}", site.town.shop);
        stranger.see(&angel);
        stranger.picture("angel");
        stranger.see("/giving");
        assert!(stranger.browser.exists(&format!("a[href='{angel}']")));
    }
}
