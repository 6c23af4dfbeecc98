//! Gifts: what anyone sees, a giver's own page, a giving shop, the queue, the collector's desk.

use super::*;

fn collector(lang: Lang) -> String {
    pick(lang, "한빛사회복지공동모금회", "Hanbit Community Chest")
}

fn spent(lang: Lang, id: u64, outcome: bool) -> GiftSpent {
    GiftSpent {
        id: format!("pst_000000000000{id}"),
        at: at(10, 12),
        what: pick(lang, "연수 교재 인쇄", "Printing of training books"),
        payee: pick(lang, "한빛종합사회복지관", "Hanbit Welfare Centre"),
        amount: Won(700_000),
        whole: None,
        document: pick(lang, "세금계산서.pdf", "invoice.pdf"),
        fingerprint: "3fa9c17702be".to_owned(),
        outcome: outcome.then(|| {
            pick(lang, "사회복지사 24명이 이틀 동안 배웠어요.", "24 social workers learned for two days.")
        }),
    }
}

fn purposes(lang: Lang) -> Vec<GiftPurposeShown> {
    vec![
        GiftPurposeShown {
            number: 0,
            name: pick(lang, "지역 공동 목적", "The town’s common purposes"),
            given: Won(2_180_500),
            spent: Won(300_000),
            left: Won(1_880_500),
            held: Won(1_500_000),
            spendings: Vec::new(),
        },
        GiftPurposeShown {
            number: 1,
            name: pick(lang, "사회복지관 연수사업", "Training at welfare centres"),
            given: Won(769_500),
            spent: Won(700_000),
            left: Won(69_500),
            held: Won(69_500),
            spendings: vec![spent(lang, 1, true), spent(lang, 2, false)],
        },
    ]
}

fn months(lang: Lang) -> Vec<GiftMonth> {
    let t = tongue(lang);
    let line = |kind: &str, gifts, givers, won| GiftMonth {
        month: pick(lang, "2월", "February"),
        kind: t.say(format!("gift-kind-{kind}")).to_string(),
        gifts,
        givers,
        won: Won(won),
    };
    vec![line("once", 130, 130, 590_000), line("standing", 1_412, 128, 1_460_200)]
}

fn choices(lang: Lang) -> Vec<PurposeChoice> {
    let all = purposes(lang).into_iter();
    all.map(|one| PurposeChoice { number: one.number, name: one.name, chosen: one.number == 1 }).collect()
}

pub(in super::super) fn giving(lang: Lang) -> GivingPage {
    let line = |ko, en| GivingShopLine {
        name: pick(lang, ko, en),
        href: "/angels/mer_0000000000001".to_owned(),
        rate: "1%".to_owned(),
    };
    GivingPage {
        t: tongue(lang),
        page: frame(lang, "/giving", None),
        collector: collector(lang),
        total: Won(2_950_000),
        people: 130,
        shops: 0,
        spent: Won(1_000_000),
        left: Won(1_950_000),
        applied: 89,
        purposes: purposes(lang),
        months: months(lang),
        angels: vec![
            line("가람시장 분식", "Garam Market Snacks"),
            line("한들제과점 본점 그리고 카페", "Handeul Bakery and Café"),
        ],
        serial: Field::wrong("2021-000009", tongue(lang).say("refusal-giving-receipt-unknown").to_string()),
    }
}

pub(in super::super) fn giving_empty(lang: Lang) -> GivingPage {
    GivingPage {
        total: Won(0),
        people: 0,
        spent: Won(0),
        left: Won(0),
        applied: 0,
        purposes: Vec::new(),
        months: Vec::new(),
        angels: Vec::new(),
        serial: Field::default(),
        ..giving(lang)
    }
}

pub(in super::super) fn follow_begin(lang: Lang) -> FollowBeginPage {
    FollowBeginPage { t: tongue(lang), page: frame(lang, "/giving/follow", None), serial: Field::default() }
}

pub(in super::super) fn follow(lang: Lang) -> FollowPage {
    let t = tongue(lang);
    let row = t
        .say("fact-gift-won")
        .text("purpose", pick(lang, "사회복지관 연수사업", "Training at welfare centres"));
    let row = row.text("from", t.number(12_345)).text("until", t.number(12_944)).to_string();
    FollowPage {
        t,
        page: frame(lang, "/giving/follow", None),
        serial: "2021-000017".to_owned(),
        issued: at(13, 5),
        collector: collector(lang),
        gifts: 3,
        amount: Won(600),
        parts: vec![GiftSpent { amount: Won(450), whole: Some(Won(700_000)), ..spent(lang, 1, true) }],
        waiting: Won(100),
        back: Won(50),
        rows: vec![row],
    }
}

fn list(lang: Lang, base: &'static str) -> GiftsAndReceipts {
    let t = tongue(lang);
    let gift = |id: u64, kind: &str, receipt: bool| OwnGift {
        id: format!("pst_000000000000{id}"),
        at: at(9, 40),
        kind: t.say(format!("gift-kind-{kind}")).to_string(),
        purpose: pick(lang, "사회복지관 연수사업", "Training at welfare centres"),
        amount: Won(600),
        back: Won(if receipt { 100 } else { 0 }),
        became: t.say("became-waiting").won("amount", Won(600)).to_string(),
        receipt: receipt.then(|| ("2021-000017".to_owned(), "/giving/receipts/2021-000017".to_owned())),
        request_key: format!("g{id}"),
    };
    GiftsAndReceipts {
        base,
        gifts: vec![gift(3, "standing", false), gift(2, "once", true)],
        total: Won(22_600),
        years: vec![YearWithout { year: 2021, gifts: 12, amount: Won(22_000), request_key: "y1".to_owned() }],
        receipts: vec![OwnReceipt {
            serial: "2021-000017".to_owned(),
            issued: at(13, 5),
            gifts: 1,
            amount: Won(600),
            copies: 2,
        }],
    }
}

pub(in super::super) fn own_giving(lang: Lang) -> OwnGivingPage {
    let t = tongue(lang);
    let error = t.say("refusal-giving-short").to_string();
    OwnGivingPage {
        t,
        page: frame(lang, "/wallet/giving", citizen(lang, "nav-wallet")),
        errors: vec![FieldError { field: "amount", error: error.clone() }],
        collector: collector(lang),
        share: Some(5_000),
        cashback: Won(1_200),
        share_field: Field::of("50"),
        amount: Field::wrong("5000", error),
        purposes: choices(lang),
        named: false,
        standing_key: "k1".to_owned(),
        stop_key: "k2".to_owned(),
        once_key: "k3".to_owned(),
        list: list(lang, "/wallet/giving"),
    }
}

pub(in super::super) fn own_giving_empty(lang: Lang) -> OwnGivingPage {
    let none = GiftsAndReceipts {
        gifts: Vec::new(),
        total: Won(0),
        years: Vec::new(),
        receipts: Vec::new(),
        base: "/wallet/giving",
    };
    OwnGivingPage {
        errors: Vec::new(),
        share: None,
        amount: Field::default(),
        list: none,
        ..own_giving(lang)
    }
}

pub(in super::super) fn gift_receipt(lang: Lang) -> GiftReceiptPage {
    let t = tongue(lang);
    let url = "https://hanbit.example/giving/follow?serial=2021-000017&word=7KQ2M4XA";
    let gift = |kind: &str| ReceiptGift {
        code: "40".to_owned(),
        kind: t.say(format!("gift-kind-{kind}")).to_string(),
        purpose: pick(lang, "사회복지관 연수사업", "Training at welfare centres"),
        at: at(9, 40),
        amount: Won(11_300),
        proof: Some("/wallet/receipts/pst_17/file?gift=1".to_owned()),
    };
    GiftReceiptPage {
        t,
        page: frame(lang, "/giving/receipts/2021-000017", citizen(lang, "nav-wallet")),
        serial: "2021-000017".to_owned(),
        copy: 2,
        giver: pick(lang, "김영숙", "Kim Young-suk"),
        business_number: String::new(),
        address: pick(lang, "한빛시 가람동", "Hanbit, Garam-dong"),
        collector: collector(lang),
        collector_address: pick(lang, "한빛시", "Hanbit"),
        basis: pick(lang, "사회복지공동모금회법", "Community Chest of Korea Act"),
        tax: pick(lang, "위와 같이 기부하였음을 증명합니다.", "We certify that the gifts above were made."),
        collector_number: String::new(),
        gifts: vec![gift("standing"), gift("once")],
        amount: Won(22_600),
        back: Won(600),
        issued: at(13, 5),
        follow_qr: qr_svg(url),
        follow_url: url.to_owned(),
        request_key: "k1".to_owned(),
        back_href: "/wallet/giving".to_owned(),
    }
}

pub(in super::super) fn shop_giving(lang: Lang) -> ShopGivingPage {
    ShopGivingPage {
        t: tongue(lang),
        page: frame(lang, "/shop/giving", owner(lang, "nav-shop")),
        errors: Vec::new(),
        collector: collector(lang),
        state: "plaque",
        note: None,
        rate: Field::of("1.5"),
        purposes: choices(lang),
        from: date(2021, 4, 1),
        plaque: Some("/angels/mer_0000000000001/plaque".to_owned()),
        request_key: "k1".to_owned(),
        stop_key: "k2".to_owned(),
        list: list(lang, "/shop/giving"),
    }
}

pub(in super::super) fn shop_giving_new(lang: Lang) -> ShopGivingPage {
    let t = tongue(lang);
    let error = t.say("refusal-giving-not-now").to_string();
    ShopGivingPage {
        errors: vec![FieldError { field: "rate", error: error.clone() }],
        state: "turned-down",
        note: Some(pick(lang, "사업자등록을 다시 확인해 주세요", "Please check the registration")),
        rate: Field::wrong("99", error),
        plaque: None,
        ..shop_giving(lang)
    }
}

pub(in super::super) fn angel(lang: Lang) -> AngelPage {
    AngelPage {
        t: tongue(lang),
        page: frame(lang, "/angels/mer_0000000000001", None),
        shop: pick(lang, "가람시장 분식", "Garam Market Snacks"),
        about: pick(lang, "전통시장 먹거리 · 가람동", "Market food · Garam-dong"),
        rate: "1%".to_owned(),
        purpose: pick(lang, "지역 공동 목적", "the town’s common purposes"),
        plaque: 17,
        since: at(11, 0),
        stopped: false,
        given: Won(12_340),
        gifts: 9,
        collector: collector(lang),
        url: "https://hanbit.example/angels/mer_0000000000001".to_owned(),
        plaque_href: "/angels/mer_0000000000001/plaque".to_owned(),
    }
}

pub(in super::super) fn plaque(lang: Lang) -> PlaquePage {
    let angel = angel(lang);
    PlaquePage { t: angel.t, page: angel.page.clone(), qr: qr_svg(&angel.url), angel }
}

pub(in super::super) fn desk_giving(lang: Lang) -> DeskGivingPage {
    let shop = |id: u64| AngelInQueue {
        id: format!("mer_000000000000{id}"),
        name: pick(lang, "가람시장 분식", "Garam Market Snacks"),
        about: pick(
            lang,
            "123-45-67891 · 전통시장 먹거리 · 가람동",
            "123-45-67891 · Market food · Garam-dong",
        ),
        rate: "1%".to_owned(),
        applied: at(8, 20),
        request_key: format!("d{id}"),
    };
    DeskGivingPage {
        t: tongue(lang),
        page: frame(lang, "/desk/giving", hall(lang, "role-officer", "nav-desk-giving", "/desk/giving")),
        errors: Vec::new(),
        applied: vec![shop(1), shop(2)],
        all_applied: 89,
        ticked: false,
        checked: vec![shop(3)],
        plaques: 0,
        collected: Won(1_460_200),
        collector: collector(lang),
        pass_key: "k1".to_owned(),
        several_key: "k2".to_owned(),
    }
}

pub(in super::super) fn chest(lang: Lang) -> ChestPage {
    let t = tongue(lang);
    let error = t.say("refusal-giving-spend-short").to_string();
    ChestPage {
        t,
        page: frame(lang, "/chest", hall(lang, "role-organisation", "nav-chest", "/chest")),
        errors: vec![FieldError { field: "amount", error: error.clone() }],
        collector: collector(lang),
        held: Won(1_569_500),
        collected: Won(380_500),
        due: Won(600),
        total: Won(2_950_000),
        spent: Won(1_000_000),
        purposes: purposes(lang),
        months: months(lang),
        amount: Field::wrong("9000000", error),
        payee: Field::of(pick(lang, "한빛종합사회복지관", "Hanbit Welfare Centre")),
        what: Field::default(),
        outcome: Field::default(),
        keys: ["k1", "k2", "k3", "k4"].map(str::to_owned),
        issues: vec![IssueLine {
            serial: "2021-000017".to_owned(),
            copy: 2,
            at: at(13, 20),
            role: t.say("role-citizen").to_string(),
        }],
        year: 2021,
    }
}
