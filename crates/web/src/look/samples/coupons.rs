//! Coupons, sale days, releases.

use super::*;

fn providers(lang: Lang) -> Vec<String> {
    vec![
        pick(lang, "한마음 방문요양센터", "Hanmaeum Home Care"),
        pick(lang, "온정 가사돌봄 협동조합", "Onjeong Housework Co-operative"),
    ]
}

fn sale(lang: Lang) -> SaleCard {
    let t = tongue(lang);
    SaleCard {
        name: pick(lang, "동네슈퍼 공동세일전", "Joint sale of neighbourhood groceries"),
        chip: ("on", t.say("coupons-now").to_string()),
        days: t
            .say("coupons-days")
            .day("from", date(2021, 2, 22))
            .day("until", date(2021, 2, 28))
            .to_string(),
        what: t.say("coupons-sale-what").percent("rate", 2_000).about("most", 10_000).to_string(),
        budget: Some((
            t.say("coupons-budget-left").about("left", 18_340_000).about("voted", 50_000_000).to_string(),
            366,
        )),
        stamps: vec![
            t.say("stamps-what").won("least", 10_000).count("full", 5).to_string(),
            t.say("stamps-mine").count("have", 3).count("full", 5).to_string(),
        ],
        card: vec![true, true, true, false, false],
        mine: Some(t.say("coupons-sale-mine").won("given", 2_000).won("left", 8_000).to_string()),
        shops: vec![
            (pick(lang, "가람슈퍼", "Garam Grocery"), pick(lang, "가람동", "Garam")),
            (
                pick(lang, "별빛할인마트 솔내2동점", "Byeolbit Discount Grocery Solnae 2"),
                pick(lang, "솔내2동", "Solnae 2"),
            ),
        ],
        more: 83,
        source: Some(pick(lang, "2021년 동네슈퍼 공동세일전 공고", "Notice of the joint sale 2021")),
    }
}

fn releases(lang: Lang) -> Vec<ReleaseCard> {
    let t = tongue(lang);
    let coupon = pick(lang, "봄 전통시장·동네슈퍼 쿠폰", "Market coupon, spring");
    let what = t.say("coupons-release-what").won("each", 20_000).text("coupon", &coupon).to_string();
    let next = t.moment(&at(19, 0));
    let part = ReleaseCard {
        id: "market-spring".to_owned(),
        name: pick(lang, "봄맞이 시장 쿠폰", "Spring market coupon"),
        chip: ("on", t.say("coupons-open-now").to_string()),
        what: what.clone(),
        lines: vec![
            t.say("coupons-left-now").count("left", 127).count("opened", 500).to_string(),
            t.say("coupons-next").text("at", &next).count("count", 500).to_string(),
        ],
        left: Some(254),
        can: Some(ReleaseDo {
            action: "/wallet/coupons/claim",
            request_key: "k1".to_owned(),
            label: t.say("coupons-claim").won("each", 20_000).to_string(),
        }),
        check: None,
        source: None,
    };
    let gone = ReleaseCard {
        id: "district".to_owned(),
        chip: ("soon", t.say("coupons-opens-later").to_string()),
        lines: vec![t.say("coupons-next-district").text("at", &next).count("count", 40).to_string()],
        left: Some(0),
        can: None,
        ..part.clone()
    };
    let lot = ReleaseCard {
        id: "sale-lot".to_owned(),
        name: pick(lang, "공동세일전 경품 추첨", "Prize draw of the joint sale"),
        chip: ("on", t.say("coupons-ask-now").to_string()),
        what,
        lines: vec![
            t.say("coupons-lot-when")
                .text("from", t.moment(&at(9, 0)))
                .text("until", &next)
                .count("winners", 2_500)
                .to_string(),
            t.say("coupons-lot-who")
                .text("sale", pick(lang, "공동세일전", "the joint sale"))
                .won("given", 2_000)
                .to_string(),
            t.say("coupons-lot-tickets").count("count", 1).to_string(),
            t.say("coupons-lot-mine").count("ticket", 1).to_string(),
            t.say("coupons-lot-won").count("ticket", 1).to_string(),
            t.say("coupons-lot-lost").count("ticket", 1).to_string(),
        ],
        left: None,
        can: Some(ReleaseDo {
            action: "/wallet/coupons/ask",
            request_key: "k2".to_owned(),
            label: t.say("coupons-ask").to_string(),
        }),
        check: Some("/coupons/draws/sale-lot".to_owned()),
        source: None,
    };
    vec![part, gone, lot]
}

pub(in super::super) fn coupons_open(lang: Lang) -> CouponsOpenPage {
    CouponsOpenPage {
        t: tongue(lang),
        page: frame(lang, "/coupons", None),
        sales: vec![sale(lang)],
        releases: releases(lang),
    }
}

pub(in super::super) fn coupons_open_empty(lang: Lang) -> CouponsOpenPage {
    CouponsOpenPage { sales: Vec::new(), releases: Vec::new(), ..coupons_open(lang) }
}

pub(in super::super) fn coupons_mine(lang: Lang) -> MyCouponsPage {
    let t = tongue(lang);
    let place =
        t.say("coupons-named-in").text("trades", pick(lang, "돌봄 서비스", "Care services")).to_string();
    let care = MyCoupon {
        name: pick(lang, "2021년 종합돌봄쿠폰", "Care coupon 2021"),
        left: Won(788_000),
        given: Won(800_000),
        until: date(2021, 12, 31),
        over: false,
        place,
        providers: providers(lang),
    };
    let relief = MyCoupon {
        name: pick(lang, "2020년 생활 지원금", "Relief grant 2020"),
        left: Won(0),
        given: Won(100_000),
        until: date(2020, 12, 31),
        over: true,
        place: t.say("coupons-everywhere").to_string(),
        providers: Vec::new(),
    };
    let market = MyCoupon {
        name: pick(lang, "봄 전통시장 쿠폰", "Market coupon"),
        place: t
            .say("coupons-only-in")
            .text("trades", pick(lang, "시장 먹거리, 정육점", "Market food, butchers"))
            .to_string(),
        providers: Vec::new(),
        ..care.clone()
    };
    MyCouponsPage {
        t,
        page: frame(lang, "/wallet/coupons", citizen(lang, "nav-coupons")),
        total: Won(788_000),
        coupons: vec![care, market, relief],
        sales: vec![sale(lang)],
        releases: releases(lang),
    }
}

pub(in super::super) fn coupons_mine_empty(lang: Lang) -> MyCouponsPage {
    MyCouponsPage {
        total: Won(0),
        coupons: Vec::new(),
        sales: Vec::new(),
        releases: Vec::new(),
        ..coupons_mine(lang)
    }
}

pub(in super::super) fn coupons_draw(lang: Lang) -> DrawPage {
    DrawPage {
        t: tongue(lang),
        page: frame(lang, "/coupons/draws/sale-lot", None),
        name: pick(lang, "공동세일전 경품 추첨", "Prize draw of the joint sale"),
        lines: releases(lang).remove(2).lines,
        commitment: Some((
            "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925".to_owned(),
            at(8, 0),
        )),
        beacon: Some(pick(lang, "3월 20일 로또 당첨 번호", "the lottery numbers of 20 March")),
        drawn: Some(DrawShown {
            seed: "00".repeat(32),
            beacon: "3 8 15 16 23 42".to_owned(),
            tickets: 4_311,
            out: "17, 812".to_owned(),
            winners: (1..200).map(|no| (no * 7).to_string()).collect::<Vec<_>>().join(", "),
            count: 199,
            at: at(21, 30),
        }),
        recipe: "print(1)",
    }
}

pub(in super::super) fn coupons_draw_ahead(lang: Lang) -> DrawPage {
    DrawPage { commitment: None, beacon: None, drawn: None, ..coupons_draw(lang) }
}

fn jobs(lang: Lang) -> Vec<JobLine> {
    let t = tongue(lang);
    let running = JobLine {
        no: 3,
        coupon: pick(lang, "2021년 생활 지원금", "Relief grant 2021"),
        to: t.say("coupons-to-everyone").won("each", 100_000).to_string(),
        chip: ("soon", t.say("coupons-job-running").to_string()),
        done: (387_072, 650_000),
        people: 387_060,
        amount: Won(38_706_000_000),
        skipped: 12,
        begun: at(14, 0),
        waits: None,
        dropped: false,
        running: true,
        stopped: false,
        why: None,
        left: 0,
    };
    let stopped = JobLine {
        no: 2,
        to: t
            .say("coupons-to-district")
            .text("district", pick(lang, "가람동", "Garam"))
            .won("each", 100_000)
            .to_string(),
        chip: ("off", t.say("coupons-job-stopped").to_string()),
        running: false,
        stopped: true,
        why: Some(t.say("coupons-why-budget").to_string()),
        left: 262_928,
        ..running.clone()
    };
    let done = JobLine {
        no: 1,
        to: t.say("coupons-to-list").count("count", 993).to_string(),
        chip: ("on", t.say("coupons-job-done").to_string()),
        done: (993, 993),
        stopped: false,
        why: None,
        left: 0,
        ..stopped.clone()
    };
    let waiting = JobLine {
        no: 4,
        chip: ("soon", t.say("coupons-job-waits").to_string()),
        waits: Some(Won(302_000_000)),
        people: 0,
        amount: Won(0),
        skipped: 0,
        done: (0, 993),
        ..done.clone()
    };
    let dropped = JobLine {
        no: 5,
        chip: ("off", t.say("coupons-job-dropped").to_string()),
        waits: None,
        dropped: true,
        ..waiting.clone()
    };
    vec![running, stopped, done, waiting, dropped]
}

pub(in super::super) fn coupons_desk(lang: Lang) -> CouponDeskPage {
    let t = tongue(lang);
    let choice = |value: &str, ko: &str, en: &str| Choice {
        value: value.to_owned(),
        name: pick(lang, ko, en),
        chosen: false,
    };
    let error = t.say("field-coupon-person").to_string();
    CouponDeskPage {
        t,
        page: frame(lang, "/desk/coupons", hall(lang, "role-officer", "nav-desk-coupons", "/desk/coupons")),
        coupons: vec![CouponLine {
            name: pick(lang, "2021년 종합돌봄쿠폰", "Care coupon 2021"),
            days: t
                .say("coupons-days")
                .day("from", date(2021, 7, 1))
                .day("until", date(2021, 12, 31))
                .to_string(),
            most: Won(800_000),
            budget: (Won(302_000_000), Won(22_000_000)),
            left: 72,
            source: pick(lang, "융합형 통합돌봄", "Integrated care"),
        }],
        choices: vec![choice("care-2021", "2021년 종합돌봄쿠폰", "Care coupon 2021")],
        districts: vec![choice("1", "가람동", "Garam"), choice("2", "솔내1동", "Solnae 1")],
        jobs: jobs(lang),
        providers: vec![
            Providers {
                purpose: "care".to_owned(),
                name: pick(lang, "종합돌봄쿠폰", "Care coupon"),
                shops: providers(lang)
                    .into_iter()
                    .map(|name| ProviderLine { id: "mer_0000000000001".to_owned(), name })
                    .collect(),
            },
            Providers {
                purpose: "other".to_owned(),
                name: pick(lang, "다른 쿠폰", "Another"),
                shops: Vec::new(),
            },
        ],
        draws: vec![DrawToMake {
            id: "sale-lot".to_owned(),
            name: pick(lang, "공동세일전 경품 추첨", "Prize draw of the joint sale"),
            beacon: Some(pick(lang, "3월 20일 로또 당첨 번호", "the lottery numbers of 20 March")),
            tickets: 4_311,
        }],
        sales: vec![sale(lang)],
        forms: CouponForms {
            request_key: "k9".to_owned(),
            person: Field::wrong("9410 1234", error.clone()),
            open: "give",
            ..CouponForms::default()
        },
        errors: vec![FieldError { field: "person", error }],
    }
}

pub(in super::super) fn coupons_desk_empty(lang: Lang) -> CouponDeskPage {
    CouponDeskPage {
        choices: Vec::new(),
        jobs: Vec::new(),
        providers: Vec::new(),
        draws: Vec::new(),
        sales: Vec::new(),
        forms: CouponForms::default(),
        errors: Vec::new(),
        ..coupons_desk(lang)
    }
}

pub(in super::super) fn coupons_checked(lang: Lang) -> ImportCheckedPage {
    let t = tongue(lang);
    let bad = |line, who: &str, wrong: String| BadRow { line, who: who.to_owned(), wrong };
    ImportCheckedPage {
        t,
        page: frame(
            lang,
            "/desk/coupons/import",
            hall(lang, "role-officer", "nav-desk-coupons", "/desk/coupons"),
        ),
        file: pick(lang, "7월_돌봄쿠폰_대상자_최종.xlsx", "care-coupons-july-final.xlsx"),
        coupon: pick(lang, "2021년 종합돌봄쿠폰", "Care coupon 2021"),
        lines: 1_000,
        good: 993,
        sum: Won(99_300_000),
        budget: (Won(302_000_000), Won(202_700_000)),
        covered: true,
        bad: vec![
            bad(2, "", t.say("import-wrong-nobody").to_string()),
            bad(3, &pick(lang, "김순자", "Kim Sun-ja"), t.say("import-wrong-number").to_string()),
            bad(4, "9410123456789010", t.say("import-wrong-digits").to_string()),
            bad(5, "9410 •••• •••• 2075", t.say("import-wrong-unknown").to_string()),
            bad(6, "9410 •••• •••• 2076", t.say("import-wrong-amount").to_string()),
            bad(8, "9410 •••• •••• 2077", t.say("import-wrong-most").won("room", 40_000).to_string()),
            bad(902, "per_0000000000001", t.say("import-wrong-twice").count("line", 7).to_string()),
        ],
        more: 0,
        known: None,
        second: None,
        ticket: "t1".to_owned(),
        request_key: "k1".to_owned(),
    }
}

pub(in super::super) fn coupons_checked_known(lang: Lang) -> ImportCheckedPage {
    ImportCheckedPage { bad: Vec::new(), known: Some(3), ..coupons_checked(lang) }
}

pub(in super::super) fn coupons_checked_short(lang: Lang) -> ImportCheckedPage {
    ImportCheckedPage { covered: false, budget: (Won(5), Won(-7)), more: 3, ..coupons_checked(lang) }
}

pub(in super::super) fn coupons_checked_none(lang: Lang) -> ImportCheckedPage {
    ImportCheckedPage { good: 0, sum: Won(0), ..coupons_checked(lang) }
}

pub(in super::super) fn coupons_everyone(lang: Lang) -> EveryoneCheckedPage {
    EveryoneCheckedPage {
        t: tongue(lang),
        page: frame(
            lang,
            "/desk/coupons/everyone",
            hall(lang, "role-officer", "nav-desk-coupons", "/desk/coupons"),
        ),
        coupon: pick(lang, "2021년 생활 지원금", "Relief grant 2021"),
        place: tongue(lang).say("coupons-whole-city").to_string(),
        each: Won(100_000),
        people: 649_988,
        full: 12,
        sum: Won(64_998_800_000),
        budget: (Won(65_000_000_000), Won(1_200_000)),
        covered: true,
        known: None,
        second: Some(Won(100_000_000)),
        wish: ("relief-2021".to_owned(), String::new()),
        request_key: "k".to_owned(),
    }
}

pub(in super::super) fn coupons_everyone_short(lang: Lang) -> EveryoneCheckedPage {
    let budget = (Won(64_998_700_000), Won(-100_000));
    EveryoneCheckedPage { covered: false, budget, full: 0, ..coupons_everyone(lang) }
}

pub(in super::super) fn coupons_job(lang: Lang) -> JobPage {
    let t = tongue(lang);
    JobPage {
        t,
        page: frame(
            lang,
            "/desk/coupons/jobs/3",
            hall(lang, "role-officer", "nav-desk-coupons", "/desk/coupons"),
        ),
        job: jobs(lang).remove(0),
        skipped: vec![
            BadRow {
                line: 4,
                who: "per_0000000000001".to_owned(),
                wrong: t.say("coupons-why-most").to_string(),
            },
            BadRow {
                line: 9,
                who: "per_0000000000002".to_owned(),
                wrong: t.say("coupons-why-days").to_string(),
            },
            BadRow {
                line: 12,
                who: "per_0000000000003".to_owned(),
                wrong: t.say("coupons-why-unknown").to_string(),
            },
        ],
        listed: Vec::new(),
        more: 0,
        untold: 380_100,
        request_key: "k1".to_owned(),
    }
}

pub(in super::super) fn coupons_job_waiting(lang: Lang) -> JobPage {
    let listed = (1..4).map(|no| (format!("per_000000000000{no}"), Won(800_000))).collect();
    JobPage { job: jobs(lang).remove(3), skipped: Vec::new(), listed, more: 990, ..coupons_job(lang) }
}

pub(in super::super) fn coupons_job_dropped(lang: Lang) -> JobPage {
    JobPage { job: jobs(lang).remove(4), skipped: Vec::new(), ..coupons_job(lang) }
}

pub(in super::super) fn coupons_job_stopped(lang: Lang) -> JobPage {
    JobPage { job: jobs(lang).remove(1), skipped: Vec::new(), ..coupons_job(lang) }
}

pub(in super::super) fn coupons_shop(lang: Lang) -> ShopSalesPage {
    let one = |joined, may| SaleToJoin { id: "joint".to_owned(), sale: sale(lang), joined, may };
    ShopSalesPage {
        t: tongue(lang),
        page: frame(lang, "/shop/sales", owner(lang, "nav-sales")),
        sales: vec![one(false, true), one(true, true), one(false, false)],
        request_key: "k1".to_owned(),
    }
}

pub(in super::super) fn coupons_shop_empty(lang: Lang) -> ShopSalesPage {
    ShopSalesPage { sales: Vec::new(), ..coupons_shop(lang) }
}
