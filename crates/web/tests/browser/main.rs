//! The town in a real browser: a newcomer, a shop, an officer and an auditor walk through it in both languages, on a
//! small phone and at a desk, and every page they see is looked over.
//! With `ONGOEUL_PICTURES` naming a folder, the town and the wallet are pictured there.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod access;
#[path = "../common/mod.rs"]
mod common;
mod compartments;
mod coupons;
mod giving;
mod keyboard;
mod passkeys;
mod prepaid;
mod programs;
mod settlement;
mod visitor;

use std::path::PathBuf;
use std::time::Duration;

use base::{MerchantId, Role, Won, Zone, date};
use city::{CardRef, Command, NewCard, NewMerchant, NewPerson, Reply};
use common::{Served, ask};
use economy::{CardKind, Facts};
use serde_json::json;
use testkit::Engine;
use visitor::{Visitor, WAYS};

const SHOP_CODE: &str = "123-45-67891";

fn site() -> Served {
    Served::start(Engine::Sqlite)
}

/// Asks as the city itself.
fn system(site: &Served, key: &str, command: Command) -> Reply {
    ask(&site.town.app.city, Role::System, key, command)
}

/// Pays as the city would for a card held to the till.
fn pay(site: &Served, key: &str, amount: i64) {
    let town = &site.town;
    let command =
        Command::Pay { card: CardRef::Id(town.card), merchant: town.shop, amount, pin: None, order: None };
    let reply = system(site, key, command);
    assert!(matches!(reply, Reply::Done { .. }), "{reply:?}");
}

#[test]
fn a_newcomer_tops_up_pays_and_sees_the_cashback() {
    for way in WAYS {
        let site = site();
        let me = Visitor::new(&site, way);
        me.see("/");
        me.browser.click("nav.doors a.door:first-child");
        me.arrives("/enter");
        me.sound();
        me.enter("citizen");
        assert!(me.browser.url().ends_with("/wallet"), "{}", me.browser.url());
        me.sound();

        // The button at the top opens the form further down.
        me.browser.click("a[href='#top_up_amount']");
        me.browser.fill("#top_up_amount", "50,000");
        assert_eq!(me.browser.eval("return document.querySelector('#top_up_amount').value"), "50,000");
        me.browser.click("#top-up button.btn.wide");
        me.browser.wait_for_text(way.says(
            "50,000원을 충전했어요. 이제 150,000원을 쓸 수 있어요.",
            "You added 50,000 won. You can now spend 150,000 won.",
        ));
        me.sound();

        me.browser.fill("#shop", SHOP_CODE);
        me.browser.fill("#amount", "12000");
        assert_eq!(me.browser.eval("return document.querySelector('#amount').value"), "12,000");
        me.browser.click("#pay-card button[data-next]");
        me.arrives("/wallet/paid/");
        me.browser.wait_for(".paid");
        let page = me.browser.text("main");
        for part in [
            "남부시장 반찬",
            "12,000",
            &format!("+{}", way.won("1,200")),
            way.says("12,000원의 10%인 1,200원이 적립됐어요.", "You got 1,200 won back: 10% of 12,000 won."),
            &way.won("139,200"),
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!me.browser.exists("header, nav, footer"), "it has the screen for itself");
        let clock = me.browser.text("[data-clock]");
        testkit::wait_until("a running clock", Duration::from_secs(5), || {
            me.browser.text("[data-clock]") != clock
        });
        me.sound();

        me.browser.click(".paid a[href*='/wallet/receipts/']");
        me.arrives("/wallet/receipts/");
        assert!(me.browser.text("main").contains(&way.won("1,200")));
        me.sound();
        // What anyone who scans the receipt's code sees.
        me.browser.click(".proof a");
        me.arrives("/p/");
        assert!(me.browser.text("main").contains("12,000"));
        me.sound();
        for path in ["/wallet", "/wallet/history", "/wallet/large"] {
            me.see(path);
            assert!(me.browser.text("main").contains("139,200") || path == "/wallet/history");
        }
    }
}

#[test]
fn a_shop_shows_a_code_hears_the_payment_and_gives_it_back() {
    for way in WAYS {
        let site = site();
        let (shop, customer) = (Visitor::new(&site, way), Visitor::new(&site, way));
        customer.enter("citizen");
        shop.enter("merchant");
        assert!(shop.browser.url().ends_with("/shop"), "{}", shop.browser.url());
        shop.sound();

        shop.browser.fill("#amount", "3000");
        shop.browser.click("button[formaction='/shop/qr']");
        shop.arrives("/shop/qr/");
        shop.browser.wait_for(".qr svg");
        shop.sound();
        let shown = shop.browser.url();
        let code = shown.split("/shop/qr/").nth(1).unwrap().to_owned();

        // Whoever scans it comes to this address.
        let address = format!("{}/pay?c={code}", site.url);
        let drawn = web::look::qr_svg(&address).unwrap();
        let squares = drawn.split(" d=\"").nth(1).unwrap().split('"').next();
        assert_eq!(shop.browser.attribute(".qr path", "d").as_deref(), squares, "it carries the address");
        customer.browser.goto(&address);
        customer.browser.wait_for("#pay-card button[data-next]");
        assert!(customer.browser.text("#pay-card").contains("남부시장 반찬"));
        customer.sound();
        customer.browser.click("#pay-card button[data-next]");
        customer.arrives("/wallet/paid/");
        let order = customer.browser.text(".order");
        customer.sound();

        // The shop's page goes on by itself.
        shop.arrives("/shop?done=");
        shop.browser.wait_for("section.alert.done");
        let heard = shop.browser.text("section.alert.done");
        assert!(heard.contains("3,000") && heard.contains(&order), "{heard}");
        let spoken = shop.browser.attribute("section.alert.done", "data-say").unwrap();
        assert_eq!(spoken, way.says("삼천 원 결제됐습니다", "3000 won paid"));
        assert_eq!(shop.browser.text("[data-n=tomorrow]"), "3,000");
        shop.sound();

        // A part of it back, by the order number on the customer's screen.
        shop.open("/shop");
        shop.browser.click("#refund summary");
        shop.browser.fill("#payment", &order);
        shop.browser.fill("#refund_amount", "1000");
        shop.browser.click("#refund button.btn.wide");
        shop.browser.wait_for_text(way.says("1,000원을 돌려줬어요.", "1,000 won was refunded."));
        shop.sound();

        // The next one is typed in by the customer; the shop's home hears it, and its numbers move.
        customer.open("/wallet");
        customer.browser.fill("#shop", SHOP_CODE);
        customer.browser.fill("#amount", "5,000");
        customer.browser.click("#pay-card button[data-next]");
        customer.arrives("/wallet/paid/");
        testkit::wait_until("the shop to hear", Duration::from_secs(10), || {
            shop.browser.text("#heard").contains("5,000")
        });
        testkit::wait_until("tomorrow's money", Duration::from_secs(5), || {
            shop.browser.text("[data-n=tomorrow]") == "7,000"
        });
        shop.sound();

        // And it is cancelled in one tap.
        shop.open("/shop");
        assert!(shop.browser.text(".last-sale").contains("5,000"));
        shop.browser.click(".last-sale button");
        shop.browser.wait_for_text(way.says("방금 결제를 취소했어요.", "The payment was cancelled."));
        assert_eq!(shop.browser.text("[data-n=tomorrow]"), "2,000");
        shop.sound();
        shop.browser.click("table.cards th a");
        shop.arrives("/shop/receipts/");
        shop.sound();
        shop.see("/shop/till");
        assert!(!shop.browser.exists("[data-n=tomorrow]"), "the till shows no totals");

        // The customer has all back but what stayed paid, and its cashback.
        customer.open("/wallet");
        assert!(customer.browser.text("main").contains("98,200"));
        customer.see("/wallet/history");
    }
}

#[test]
fn an_officer_rehearses_and_an_auditor_checks() {
    for way in WAYS {
        let site = site();
        for (key, amount) in [("a", 12_000), ("b", 8_000)] {
            pay(&site, key, amount);
        }
        let who = Visitor::new(&site, way);
        who.enter("officer");
        assert!(who.browser.url().ends_with("/desk"), "{}", who.browser.url());
        who.sound();
        who.browser.fill("#rate", "8");
        who.browser.click("#rehearse button");
        who.browser.wait_for("#bands");
        let page = who.browser.text("main");
        for part in ["10%", "8%", &way.won("1,880"), &way.won("1,504"), way.says("덜 들어요", "less")] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(who.browser.text("h1 + p .money").starts_with("376"), "{page}");
        who.sound();

        who.enter("auditor");
        assert!(who.browser.url().ends_with("/books"), "{}", who.browser.url());
        who.sound();
        who.browser.fill("#find", "12,000");
        who.browser.click("form[role=search] button");
        who.browser.wait_for("#find-title ~ ul.list a");
        who.sound();
        who.browser.click("#find-title ~ ul.list a");
        who.arrives("/books/postings/");
        assert!(who.browser.text("main").contains(&way.won("1,200")), "the cashback is a leg of it");
        who.sound();
        who.open("/books");
        who.browser.click("form[action='/books/verify'] button");
        who.browser.wait_for(".alert.done");
        let checked = who.browser.text(".alert.done");
        assert!(checked.contains(way.says("건이 모두 맞아요.", "postings agree.")), "{checked}");
        who.sound();
    }
}

#[test]
fn the_window_and_what_is_refused() {
    for way in WAYS {
        let site = site();
        let who = Visitor::new(&site, way);
        who.open("/nowhere-at-all");
        who.sound_refusal();

        who.enter("clerk");
        assert!(who.browser.url().ends_with("/clerk"), "{}", who.browser.url());
        who.sound();
        who.browser.fill("#find", "010-2345-6789");
        who.press("Enter", 13);
        who.browser.wait_for_text("100,000");
        who.browser.eval("document.querySelectorAll('details').forEach(d => d.open = true)");
        who.sound();
        who.open("/clerk");
        who.browser.click("#enrol summary");
        who.browser.fill("#name", "이복순");
        who.browser.fill("#born", "1943");
        who.browser.click("#enrol form > button");
        who.browser.wait_for("#born-error");
        assert!(
            who.browser.eval("return document.activeElement.id") == "errors",
            "what is wrong is read out first"
        );
        who.sound_refusal();

        who.enter("citizen");
        for (shop, amount, said) in [
            ("9999", "1000", "#shop-error"),
            (SHOP_CODE, "9,000,000,000", "#amount-error"),
            (SHOP_CODE, "500000", "[role=alert] .what"),
        ] {
            who.open("/wallet");
            who.browser.fill("#shop", shop);
            who.browser.fill("#amount", amount);
            who.browser.click("#pay-card button[data-next]");
            who.browser.wait_for(said);
            who.sound_refusal();
        }
        who.open("/wallet/receipts/none");
        who.sound_refusal();
        who.open("/wallet");
        who.browser.eval("document.querySelectorAll('input[name=csrf]').forEach(i => i.value = 'old')");
        who.browser.click("#top-up summary");
        who.browser.fill("#top_up_amount", "1000");
        who.browser.click("#top-up button.btn.wide");
        who.browser.wait_for_text("form.expired");
        who.sound_refusal();
    }
}

/// Somebody of another neighbourhood: the glass, the person's page with a question, the officer's answer, the month.
#[test]
fn who_looked_and_why() {
    for way in WAYS {
        let site = Served::with(testkit::Engine::Sqlite, |app| {
            app.sees = |actor, _| actor.role != base::Role::Clerk;
        });
        let who = Visitor::new(&site, way);
        let open_all = || {
            who.browser.eval("document.querySelectorAll('details').forEach(d => d.open = true)");
        };
        who.enter("citizen");
        who.see("/me/looks");
        who.enter("officer");
        who.see("/desk/looks");
        who.see("/desk/inspection");

        who.enter("clerk");
        who.open(&format!("/clerk?find={}", site.town.citizen));
        open_all();
        who.sound();
        who.browser.fill("input[name=why]", "왜");
        who.browser.click("form[action$='/glass'] button");
        who.browser.wait_for("#why-error");
        who.sound_refusal();
        who.browser
            .fill("#why", way.says("응급실에서 신원을 물어 왔어요", "The emergency room asks who they are"));
        who.browser.click("form[action$='/glass'] button");
        who.browser.wait_for_text("100,000");

        who.enter("citizen");
        who.see("/wallet");
        who.open("/me/looks");
        who.browser.wait_for_text(way.says("응급실에서", "emergency room"));
        open_all();
        who.sound();
        who.browser.fill("textarea[name=question]", way.says("누가 물었나요?", "Who asked?"));
        who.browser.click("form[action^='/me/looks/'] button");
        who.browser.wait_for_text(way.says("답을 준비하고 있어요", "preparing an answer"));
        who.sound();

        who.enter("officer");
        who.see("/desk/looks");
        who.browser
            .fill("textarea[name=answer]", way.says("병원이 공문으로 물었어요.", "The hospital, by letter."));
        who.browser.click("form[action^='/desk/looks/questions/'] button");
        who.browser.wait_for("form[action^='/desk/looks/glasses/']");
        who.browser.fill(
            "input[name=note]",
            way.says("병원 공문과 맞춰 봤어요", "Compared with the hospital letter"),
        );
        who.browser.click("button[value=justified]");
        who.browser.wait_for_text(way.says("기다리는 일이 없어요", "Nothing is waiting"));
        who.see("/desk/inspection?month=2021-02");
        who.enter("citizen");
        who.see("/me/looks");
    }
}

/// Dark, high contrast, large print, and everything that opens, opened.
#[test]
fn every_look_of_every_home() {
    let site = site();
    pay(&site, "a", 12_000);
    let who = Visitor::new(&site, WAYS[0]);
    let homes = [
        ("citizen", "/wallet"),
        ("merchant", "/shop"),
        ("clerk", "/clerk"),
        ("officer", "/desk"),
        ("auditor", "/books"),
    ];
    for (n, (persona, home)) in homes.into_iter().enumerate() {
        who.enter(persona);
        for look in ["large=0&theme=dark", "theme=light&contrast=1", "contrast=0&large=1"] {
            // The town is everyone's.
            let pages: &[&str] = if n == 0 { &[home, "/"] } else { &[home] };
            for page in pages {
                who.open(&format!("/look?{look}&back={page}"));
                who.browser.eval("document.querySelectorAll('details').forEach(d => d.open = true)");
                if look.ends_with("large=1") {
                    who.sound();
                } else {
                    // Colours move nothing.
                    who.browser.assert_sound();
                }
            }
        }
    }
}

#[test]
fn without_scripts_a_code_is_shown_and_paid() {
    for way in WAYS {
        let site = site();
        let me = Visitor::new(&site, way);
        me.browser.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
        me.enter("merchant");
        assert!(!me.browser.exists("html.js"), "scripts run");
        me.browser.fill("#amount", "7,000");
        me.browser.click("button[formaction='/shop/qr']");
        me.browser.wait_for(".qr svg");
        let code = me.browser.url().split("/shop/qr/").nth(1).unwrap().to_owned();
        me.enter("citizen");
        me.open(&format!("/pay?c={code}"));
        me.browser.click("#pay-card button[data-next]");
        me.arrives("/wallet/paid/");
        assert!(me.browser.text("main").contains("7,000"));
        // And typed, with its comma.
        me.open("/wallet");
        me.browser.fill("#shop", SHOP_CODE);
        me.browser.fill("#amount", "12,000");
        me.browser.click("#pay-card button[data-next]");
        me.arrives("/wallet/paid/");
        me.open("/wallet");
        assert!(me.browser.text("main").contains(&way.won("12,000")));
        assert_eq!(me.browser.overflow(), Vec::<String>::new());
    }
}

/// Shops in every neighbourhood, and a morning of payments, so that the map and the charts have all their shades.
fn busy_morning(site: &Served) {
    let town = &site.town;
    let city = &town.app.city;
    let facts = |key: &str, command| match ask(city, Role::System, key, command) {
        Reply::Done { facts, .. } => facts,
        other => panic!("{other:?}"),
    };
    let (districts, trades) = {
        let pack = &city.shared.read().town.pack.city;
        let trades: Vec<String> =
            pack.trades.iter().filter(|t| t.exclusion.is_none()).map(|t| t.id.clone()).collect();
        (pack.districts.iter().map(|d| d.code.clone()).collect::<Vec<_>>(), trades)
    };
    let shops: Vec<MerchantId> = districts
        .iter()
        .enumerate()
        .map(|(n, district)| {
            let nine = [4, 0, 2, 8, 1, 0, 0, u32::try_from(n / 10).unwrap(), u32::try_from(n % 10).unwrap()];
            let check = economy::business_number::check_digit(&nine);
            let shop = NewMerchant {
                name: format!("전주 가게 {n}"),
                business_number: nine.iter().chain([&check]).map(ToString::to_string).collect(),
                trade: trades[n * 5 % trades.len()].clone(),
                district: district.clone(),
                sales: Some(Won(80_000_000)),
                owner: None,
            };
            let Facts::Shop { merchant, .. } = facts(&format!("shop-{n}"), Command::Join(shop)) else {
                panic!()
            };
            merchant
        })
        .collect();
    let cards: Vec<base::CardId> = (0..8)
        .map(|n| {
            let person = NewPerson {
                name: "이웃".into(),
                phone: None,
                birth_day: Some(-5_000 - n),
                district: None,
                card: Some(NewCard { kind: CardKind::Phone }),
            };
            let Facts::Card { card, person, .. } = facts(&format!("person-{n}"), Command::Enrol(person))
            else {
                panic!()
            };
            facts(&format!("money-{n}"), Command::TopUp { person, amount: 1_000_000 });
            card
        })
        .collect();
    let zone = Zone::named("Asia/Seoul").unwrap();
    let mut n = 0;
    for (hour, payments) in [(9, 40), (10, 30), (11, 50), (12, 90), (13, 40)] {
        town.clock.jump_to(zone.instant(date(2021, 2, 23), hour, 20));
        for _ in 0..payments {
            n += 1;
            // The first neighbourhoods are the busiest.
            let (a, b) = (n * 13 % shops.len(), n * 17 % 31);
            let command = Command::Pay {
                card: CardRef::Id(cards[n % cards.len()]),
                merchant: shops[a.min(b)],
                amount: 4_000 + i64::try_from(n * 37 % 23).unwrap() * 900,
                pin: None,
                order: None,
            };
            facts(&format!("pay-{n}"), command);
        }
    }
}

#[test]
fn the_town_at_work() {
    let site = site();
    busy_morning(&site);
    let pictures = std::env::var_os("ONGOEUL_PICTURES").map(PathBuf::from);
    for way in WAYS {
        let who = Visitor::new(&site, way);
        who.see("/");
        if let Some(folder) = &pictures {
            std::fs::create_dir_all(folder).unwrap();
            who.browser.set_width(1280);
            who.browser.screenshot(&folder.join(format!("town.{}.png", way.lang)));
            who.browser.set_width(way.width);
        }
        // It moves while one looks.
        let before = who.browser.text("[data-n=today_count]");
        pay(&site, way.lang, 12_000);
        testkit::wait_until("the town to move", Duration::from_secs(10), || {
            who.browser.text("[data-n=today_count]") != before
        });
        // Opened, its tables and the demo's times fit too.
        who.browser.eval("document.querySelectorAll('details').forEach(d => d.open = true)");
        who.sound();
        // The tour's strip.
        who.open("/");
        who.browser.click("form[action='/tour'] button.main");
        who.browser.wait_for(".tour");
        who.sound();
        who.browser.click(".tour button[value=stop]");
        who.browser.wait_for("nav.doors");
        if let Some(folder) = &pictures {
            who.enter("citizen");
            who.browser.set_width(412);
            who.browser.screenshot(&folder.join(format!("wallet.{}.png", way.lang)));
        }
    }
}

/// Somebody with a card and a telephone.
fn neighbour(site: &Served, name: &str, phone: &str, birth_day: i32) -> base::PersonId {
    let (name, phone) = (name.to_owned(), Some(phone.to_owned()));
    let card = Some(NewCard { kind: CardKind::Plastic });
    let wish = NewPerson { name, phone, birth_day: Some(birth_day), district: None, card };
    match ask(&site.town.app.city, Role::System, &format!("in-{birth_day}"), Command::Enrol(wish)) {
        Reply::Done { facts: Facts::Card { person, .. }, .. } => {
            let top_up = Command::TopUp { person, amount: 50_000 };
            ask(&site.town.app.city, Role::System, &format!("up-{birth_day}"), top_up);
            person
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn records_are_read_at_home_and_kept_at_the_window() {
    for way in WAYS {
        let site = site();
        neighbour(&site, "이복순", "010-3141-5926", -9_000);
        let pictures = std::env::var_os("ONGOEUL_PICTURES").map(PathBuf::from);
        let picture = |who: &Visitor<'_>, name: &str| {
            if let Some(folder) = &pictures {
                std::fs::create_dir_all(folder).unwrap();
                who.browser.screenshot(&folder.join(format!("{name}.{}.png", way.lang)));
            }
        };
        let me = Visitor::new(&site, way);
        me.enter("citizen");
        me.see("/me");
        me.browser.click("form[action='/me/consents'] button");
        me.arrives("/me?did=consent");
        me.browser.click("#help-form summary");
        me.browser.fill("#help_to", "010-3141-5926");
        me.browser.fill("#help_per_payment", "20000");
        me.browser.fill("#help_per_month", "100000");
        me.browser.click("#help-form button.btn.wide");
        me.arrives("/me?did=help");
        assert!(me.browser.text("main").contains(&way.won("100,000")));
        me.browser.eval("document.querySelectorAll('details.fold').forEach(d => d.open = true)");
        me.sound();
        picture(&me, "me");

        // At the window: a fact, and somebody who may be known already.
        me.enter("clerk");
        let records = format!("/clerk/people/{}/records", site.town.citizen);
        me.see(&records);
        me.browser.click("#fact-form summary");
        me.browser.fill("#fact_value", "2");
        me.browser.click("#fact-form button.btn.wide");
        me.arrives("did=fact");
        me.browser.eval("document.querySelectorAll('details.fold').forEach(d => d.open = true)");
        me.sound();
        picture(&me, "records");
        me.open("/clerk");
        me.browser.click("#enrol summary");
        me.browser.fill("#name", "김순쟈");
        me.browser.fill("#born", &base::date_of_day(-9_800).to_string());
        me.browser.fill("#phone", "01023456789");
        me.browser.click("#enrol button.btn.wide");
        me.browser.wait_for("input[type=radio][name=sure]");
        me.sound_refusal();
        picture(&me, "alike");
    }
}
