//! A settlement day: the shop reads what comes tomorrow, the officer makes the payout file and brings the bank's answer, and
//! a shop whose account was closed meanwhile hears of it.

use std::path::Path;
use std::time::Duration;

use bank::camt053::{self, Line};
use bank::pain001;
use base::{Instant, MerchantId, Zone, date};
use city::payouts::played;
use city::{CardRef, Command};
use common::Served;
use serde_json::json;
use testkit::{Engine, TempDir};

use crate::visitor::{Visitor, WAYS};
use crate::{common, system};

fn pay(site: &Served, key: &str, merchant: MerchantId, amount: i64) {
    let card = CardRef::Id(site.town.card);
    system(site, key, Command::Pay { card, merchant, amount, pin: None, order: None });
}

/// What the bank of a demo answers to a payout file; one payment comes back, for its account was closed, and somebody paid
/// something in that no payout is about.
fn answer(site: &Served, file: &Path) -> String {
    let told = pain001::read(&std::fs::read_to_string(file).unwrap()).unwrap();
    let trust = site.town.app.city.shared.read().town.pack.settlement.trust.clone().unwrap();
    let payments: Vec<(String, i64)> =
        told.payments.into_iter().map(|payment| (payment.end_to_end, payment.amount)).collect();
    assert_eq!(payments.iter().map(|(_, amount)| *amount).collect::<Vec<_>>(), [23_400, 50_000]);
    let mut message = played::statement(&trust, &told.message, told.day, 1_000_000, payments.into_iter());
    let statement = &mut message.statements[0];
    let went = statement.lines[0].clone();
    let back = Line { credit: true, returned: Some("AC04".into()), reference: Some("B1".into()), ..went };
    let stray = Line {
        amount: 700,
        returned: None,
        end_to_end: None,
        reference: Some("B2".into()),
        party: Some("홍길동".into()),
        ..back.clone()
    };
    statement.lines.extend([back, stray]);
    statement.closed = statement.opened.map(|opened| opened + statement.moved());
    camt053::write(&message, Instant(0))
}

#[test]
fn a_settlement_day() {
    for way in WAYS {
        let site = Served::start(Engine::Sqlite);
        pay(&site, "p1", site.town.shop, 23_400);
        pay(&site, "p2", site.town.other_shop, 50_000);
        let shop = Visitor::new(&site, way);
        shop.enter("merchant");
        let home = shop.browser.text("main").to_lowercase();
        for part in [way.says("내일(수)", "tomorrow"), "23,400"] {
            assert!(home.contains(part), "{part}: {home}");
        }
        shop.sound();
        shop.see("/shop/payouts");

        let zone = Zone::named("Asia/Seoul").unwrap();
        assert!(site.town.clock.jump_to(zone.instant(date(2021, 2, 24), 9, 0)));
        system(&site, "settle", Command::Settle { from: 0, at_most: 100 });
        let officer = Visitor::new(&site, way);
        officer.enter("officer");
        officer.see("/desk/payouts");
        let wait = officer.browser.text("h1");
        assert!(wait.contains(&way.won("73,400")), "{wait}");
        officer.browser.click("form[action='/desk/payouts/send'] button");
        // A payout file takes two people: nothing has left until somebody else says yes.
        officer.arrives("/waiting");
        officer.browser.wait_for_text(&way.won("73,400"));
        officer.sound();
        assert!(!officer.browser.exists("form[action$='/confirm']"), "who proposed is no second person");
        let second = Visitor::new(&site, way);
        second.open("/");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(site.town.grant_duty("second", "card-officer"));
        let cookie = runtime.block_on(site.town.signed_in("second"));
        let cookie = json!({"name": "session", "value": cookie, "url": site.url});
        second.browser.devtools("Network.setCookie", &cookie);
        second.see("/waiting");
        second.browser.click("form[action$='/confirm'] button");
        second.browser.wait_for_text(way.says("확인했어요", "Confirmed"));
        second.sound();
        officer.see("/desk/payouts");
        officer.browser.wait_for_text("OG0000000001");

        // The file comes into the officer's folder, for a reason.
        let folder = TempDir::new();
        let to = json!({ "behavior": "allow", "downloadPath": folder.path() });
        officer.browser.devtools("Browser.setDownloadBehavior", &to);
        officer.browser.eval("document.querySelectorAll('details').forEach(d => d.open = true)");
        officer.browser.fill("#why-1", way.says("은행에 보내요", "For the bank"));
        officer.browser.click("form[action$='/files/1/download'] button[value=xml]");
        let file = folder.path().join("OG0000000001.xml");
        // The browser puts an empty file of that name there first: the download is done when the whole message can be read.
        let whole = || std::fs::read_to_string(&file).is_ok_and(|text| pain001::read(&text).is_ok());
        testkit::wait_until("the payout file", Duration::from_secs(30), whole);

        let answered = folder.path().join("answer.xml");
        std::fs::write(&answered, answer(&site, &file)).unwrap();
        let bring = || {
            officer.open("/desk/payouts");
            officer.browser.fill("#file", answered.to_str().unwrap());
            officer.browser.click("form[action='/desk/payouts/answers'] button");
            officer.arrives("/desk/payouts/answers");
        };
        bring();
        officer.browser.wait_for_text("AC04");
        let page = officer.browser.text("main");
        let stray = way.says("지급과 상관없이 들어온 돈이에요.", "It came in without a payout.");
        for part in [stray, "홍길동", &way.won("700")] {
            assert!(page.contains(part), "{part}: {page}");
        }
        officer.sound();
        bring();
        officer.browser.wait_for_text(way.says("이미 넣은 파일이에요", "already"));
        // The work list: what nobody knew is looked at, and gone.
        officer.see("/desk/payouts");
        let reason = way.says("잘못 들어와 돌려보냈어요", "Sent back: paid in by mistake");
        officer.browser.fill("form[action*='/lines/'] input[name=note]", reason);
        officer.browser.click("form[action*='/lines/'] button");
        officer.browser.wait_for_text(way.says("확인할 것이 없어요", "Nothing to look at"));
        officer.sound();
        officer.see("/desk/payouts/lines");
        assert!(officer.browser.text("main").contains(reason));

        // The shop reads that its money came back and why, down to the payment, and that it is owed anew.
        shop.see("/shop/payouts");
        let page = shop.browser.text("main");
        for part in [way.says("돌아옴", "Came back"), "AC04", "23,400"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        shop.browser.click("table.cards a");
        shop.arrives("/shop/payouts/pst_");
        shop.sound();
        shop.see("/shop");
        assert!(shop.browser.text("main").contains("23,400"));
    }
}
