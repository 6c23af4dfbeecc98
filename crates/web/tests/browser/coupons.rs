//! A coupon that pays a part; and an officer who brings a list of a thousand with seven bad lines.

use std::time::Duration;

use base::{PersonId, Zone, date};
use city::coupons::jobs;
use city::{Command, NewMerchant, NewPerson, OnCoupons, Reply};
use common::Served;
use economy::Facts;
use testkit::{Engine, TempDir};

use crate::visitor::{Visitor, WAYS};
use crate::{common, system};

fn on_day(site: &Served, day: base::Date) {
    let zone = Zone::named("Asia/Seoul").unwrap();
    assert!(site.town.clock.jump_to(zone.instant(day, 10, 0)));
}

#[test]
fn a_coupon_pays_its_part_and_own_money_the_rest() {
    for way in WAYS {
        let site = Served::start(Engine::Sqlite);
        on_day(&site, date(2021, 7, 15));
        system(&site, "b", Command::Vote { budget: "care-coupon-2021".into(), amount: 9_000_000 });
        let carers = NewMerchant {
            name: "온정 가사돌봄".into(),
            business_number: "1048293675".into(),
            trade: "care-service".into(),
            district: "4511153000".into(),
            sales: None,
            owner: None,
        };
        let reply = system(&site, "j", Command::Join(carers));
        let Reply::Done { facts: Facts::Shop { merchant, .. }, .. } = reply else { panic!("{reply:?}") };
        let me = Visitor::new(&site, way);
        me.enter("citizen");
        me.see("/wallet/coupons");
        me.browser.wait_for_text(way.says("아직 받은 쿠폰이 없어요", "You have no coupons yet"));
        let name = OnCoupons::Name { purpose: "care".into(), merchant, on: true };
        system(&site, "n", Command::OnCoupons(name));
        let person = site.town.citizen;
        let give = OnCoupons::Give { coupon: "care-2021".into(), person, amount: 12_000 };
        system(&site, "g", Command::OnCoupons(give));
        me.see("/wallet/coupons");
        let page = me.browser.text("main");
        for part in [&way.won("12,000")[..], way.says("12월 31일", "31 Dec"), way.says("돌봄", "Care")] {
            assert!(page.contains(part), "{part}: {page}");
        }
        me.see("/wallet");
        me.browser.fill("#shop", "1048293675");
        me.browser.fill("#amount", "130000");
        me.browser.click("#pay-card button[data-next]");
        me.browser.wait_for_text(way.says("쿠폰으로 낼 수 없는 몫이 모자라요", "what the coupon can’t pay"));
        assert!(me.browser.text("main").contains(&way.won("18,000")), "{}", me.browser.text("main"));
        me.sound_refusal();
        me.browser.fill("#amount", "30000");
        me.browser.click("#pay-card button[data-next]");
        me.arrives("/wallet/paid/");
        me.browser.wait_for(".paid");
        let page = me.browser.text("main");
        for part in [&way.won("12,000")[..], &way.won("18,000"), &way.won("1,800")] {
            assert!(page.contains(part), "{part}: {page}");
        }
        me.sound();
        me.browser.click(".paid a[href*='/wallet/receipts/']");
        me.arrives("/wallet/receipts/");
        assert!(me.browser.text("main").contains(way.says("종합돌봄쿠폰", "Care coupon")));
        me.sound();
        me.see("/coupons");
        me.see("/coupons/draws/sale-lot");
    }
}

/// So many people, by their ids.
fn people(site: &Served, count: usize) -> Vec<PersonId> {
    (0..count)
        .map(|number| {
            let wish =
                NewPerson {
                    name: "이영희".into(), phone: None, birth_day: None, district: None, card: None
                };
            match system(site, &format!("e{number}"), Command::Enrol(wish)) {
                Reply::Done { facts: Facts::Person { person, .. }, .. } => person,
                other => panic!("{other:?}"),
            }
        })
        .collect()
}

/// A thousand lines, seven of them bad.
fn list(people: &[PersonId]) -> sheets::Sheet {
    let mut rows: Vec<Vec<sheets::Cell>> =
        people.iter().map(|one| vec![one.to_string().into(), 100_000.into()]).collect();
    rows[10][0] = sheets::Cell::Empty;
    rows[20][0] = "홍길동".into();
    rows[30][0] = PersonId(5).to_string().into();
    rows[40][1] = "십만".into();
    rows[50][1] = 0.into();
    rows[60][1] = 100_001.into();
    rows[70][0] = people[71].to_string().into();
    sheets::Sheet { name: "명단".into(), columns: vec!["대상자".into(), "금액".into()], rows }
}

#[test]
fn an_officer_brings_a_thousand_lines_with_seven_bad_ones() {
    for way in WAYS {
        let site = Served::start(Engine::Sqlite);
        on_day(&site, date(2021, 3, 2));
        let officer = Visitor::new(&site, way);
        officer.enter("officer");
        officer.see("/desk/coupons");
        system(&site, "b", Command::Vote { budget: "relief-2021".into(), amount: 100_000_000 });
        let folder = TempDir::new();
        let table = list(&people(&site, 1_000));
        let (file, bytes) = match way.is_ko() {
            true => ("list.xlsx", sheets::xlsx(std::slice::from_ref(&table), 0).unwrap()),
            false => ("list.csv", sheets::csv(&table)),
        };
        let file = folder.path().join(file);
        std::fs::write(&file, bytes).unwrap();
        let bring = || {
            officer.see("/desk/coupons");
            officer.browser.choose("#import-coupon", "relief-2021");
            officer.browser.fill("#file", file.to_str().unwrap());
            officer.browser.click("form[action='/desk/coupons/import'] button");
            officer.arrives("/desk/coupons/import");
            officer.browser.wait_for("dl.pairs");
        };
        bring();
        let page = officer.browser.text("main");
        for part in ["993", "1,000", &way.won("99,300,000"), way.says("7", "7")] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert_eq!(officer.browser.texts("table.cards tbody tr").len(), 7);
        officer.sound();
        // Nothing was given by looking.
        assert_eq!(site.town.app.city.shared.read().town.coupons.jobs().count(), 0);
        officer.browser.click("form[action$='/import/begin'] button");
        officer.arrives("/desk/coupons/jobs/1");
        officer.browser.wait_for("[role=status]");
        officer.sound();
        while jobs::work(&site.town.app.city, Duration::from_secs(1)).unwrap() {}
        officer.browser.wait_for_text(way.says("다 나갔어요", "Done"));
        officer.open("/desk/coupons/jobs/1");
        let page = officer.browser.text("main");
        assert!(page.contains("993") && page.contains(&way.won("99,300,000")), "{page}");
        officer.sound();
        bring();
        officer.browser.wait_for_text(way.says("이미 드렸어요", "given already"));
        officer.sound();
        // A file that is none: said, and nothing is changed.
        std::fs::write(&file, b"PK\x03\x04 cut off").unwrap();
        officer.open("/desk/coupons");
        officer.browser.fill("#file", file.to_str().unwrap());
        officer.browser.click("form[action='/desk/coupons/import'] button");
        officer.browser.wait_for("#file-error");
        officer.sound_refusal();
        officer.see("/desk/coupons");
    }
}
