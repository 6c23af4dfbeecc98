//! Paying a shop in advance: bought, used in part and mixed with own money, and back at once when the shop closes.

use base::Role;
use city::Command;
use common::{Served, ask};
use testkit::Engine;

use crate::visitor::{Visitor, WAYS, Way};
use crate::{SHOP_CODE, common};

fn does(site: &Served, role: Role, key: &str, command: Command) {
    ask(&site.town.app.city, role, key, command);
}

/// Pays, and gives what the screen says.
fn pays(me: &Visitor<'_>, amount: &str) -> String {
    me.open("/wallet");
    me.browser.fill("#shop", SHOP_CODE);
    me.browser.fill("#amount", amount);
    me.browser.click("#pay-card button[data-next]");
    me.arrives("/wallet/paid/");
    me.browser.wait_for(".paid");
    me.sound();
    me.browser.text("main")
}

fn buys(me: &Visitor<'_>, way: Way) {
    me.see("/wallet/prepaid");
    me.picture("prepaid-before");
    me.browser.fill("#shop", SHOP_CODE);
    me.browser.fill("#amount", "99,999");
    me.browser.click("form[action='/wallet/prepaid'] button.main");
    me.browser.wait_for("#amount-error");
    me.sound_refusal();
    me.browser.fill("#shop", SHOP_CODE);
    me.browser.fill("#amount", "100000");
    me.browser.click("form[action='/wallet/prepaid'] button.main");
    me.arrives("did=bought");
    let page = me.browser.text("main");
    assert!(page.contains("남부시장 반찬") && page.contains("100,000"), "{page}");
    me.sound();
    me.picture("prepaid");
    me.see("/prepaid");
    let page = me.browser.text("main");
    assert!(page.contains(way.says("시민 1명", "1 ")), "{page}");
    me.picture("prepaid-board");
}

#[test]
fn prepaid_used_in_part_and_back_when_the_shop_closes() {
    for way in WAYS {
        let site = Served::start(Engine::Sqlite);
        let guarantee = Command::Vote { budget: "guarantee-prepay-2021".into(), amount: 2_000_000_000 };
        does(&site, Role::Officer, "guarantee", guarantee);
        does(&site, Role::System, "more", Command::TopUp { person: site.town.citizen, amount: 60_000 });
        let (shop, me) = (Visitor::new(&site, way), Visitor::new(&site, way));
        shop.enter("merchant");
        shop.see("/shop/prepaid");
        shop.picture("shop-prepaid-before");
        shop.browser.click("form[action='/shop/prepaid/offer'] button");
        shop.arrives("did=open");
        shop.sound();

        me.enter("citizen");
        buys(&me, way);
        // 70,000 and then 50,000: the claim has 30,000 left for the second, the rest are 10,000 of cashback and as much
        // own money.
        let first = pays(&me, "70000");
        let said = way.says("미리 낸 돈으로 냈어요", "Paid with what you had prepaid");
        assert!(first.contains("70,000") && first.contains(said), "{first}");
        me.open("/wallet/prepaid");
        assert!(me.browser.text("main").contains("30,000"), "{}", me.browser.text("main"));
        let mixed = pays(&me, "50000");
        for part in [
            way.says("미리 낸 돈에서 30,000원을 냈어요.", "30,000 won came out of what you had prepaid."),
            way.says("10,000원의 10%인 1,000원이 적립됐어요.", "1,000 won back: 10% of 10,000 won."),
        ] {
            assert!(mixed.contains(part), "{part}: {mixed}");
        }
        me.browser.click(".paid a[href*='/wallet/receipts/']");
        me.arrives("/wallet/receipts/");
        let receipt = me.browser.text("main");
        for part in [&way.won("30,000")[..], &way.won("10,000"), way.says("내 선결제", "prepa")] {
            assert!(receipt.contains(part), "{part}: {receipt}");
        }
        me.sound();

        // Another one, of which the shop is advanced all; then it closes.
        let top_up = Command::TopUp { person: site.town.citizen, amount: 300_000 };
        does(&site, Role::System, "again", top_up);
        me.open("/wallet/prepaid");
        me.browser.fill("#shop", SHOP_CODE);
        me.browser.fill("#amount", "200000");
        me.browser.click("form[action='/wallet/prepaid'] button.main");
        me.arrives("did=bought");
        does(&site, Role::System, "settle", Command::Settle { from: 0, at_most: 100 });
        let used = pays(&me, "30000");
        assert!(used.contains("30,000"), "{used}");
        shop.see("/shop/prepaid");
        assert!(shop.browser.text("main").contains(&way.won("170,000")), "{}", shop.browser.text("main"));
        shop.picture("shop-prepaid");
        shop.see("/shop/payouts");
        shop.picture("shop-payouts");

        me.open("/wallet");
        let before = me.browser.text("main");
        does(&site, Role::Officer, "close", Command::CloseShop { merchant: site.town.shop });
        me.see("/wallet/prepaid");
        let none = way.says("선결제한 돈이 남아 있지 않아요", "Nothing is left of what you prepaid");
        let page = me.browser.text("main");
        assert!(page.contains(none), "{none}: {page}");
        me.see("/wallet");
        assert_ne!(me.browser.text("main"), before, "the money is back");
        me.see("/wallet/history");
        let history = me.browser.text("main");
        assert!(history.contains("170,000"), "{history}");
        me.picture("prepaid-closed-history");
        let officer = Visitor::new(&site, way);
        officer.enter("officer");
        officer.see("/desk/prepaid");
        assert!(officer.browser.text("main").contains(&way.won("170,000")));
        officer.picture("desk-prepaid");
    }
}
