//! Good prepayment: as full as they get, and empty.

use super::*;

fn sale(lang: Lang) -> OnSale {
    OnSale {
        name: pick(lang, "착한 선결제", "Good prepayment"),
        least: Won(100_000),
        most: Won(300_000),
        until: date(2021, 3, 31),
        use_by: date(2021, 5, 31),
        rate: 1_000,
        days: 7,
        share: 6_000,
        source: pick(lang, "한빛시 공고 2021-01-20", "City notice of 2021-01-20"),
    }
}

fn offer(lang: Lang) -> OfferLine {
    OfferLine {
        id: "123-45-67891".to_owned(),
        name: pick(lang, "남부시장 반찬", "Nambu Side Dishes"),
        place: pick(lang, "풍남동", "Pungnam-dong"),
    }
}

pub(in super::super) fn prepaid(lang: Lang) -> PrepaidPage {
    let t = tongue(lang);
    let claim = |no: u32, left: i64, kept, given| ClaimLine {
        no,
        shop: pick(lang, "남부시장 반찬", "Nambu Side Dishes"),
        left: Won(left),
        amount: Won(200_000),
        use_by: date(2021, 5, 31),
        thousandths: u32::try_from(left / 200).unwrap(),
        kept,
        reserved: Won(if given { 20_000 } else { 0 }),
        given,
        give_key: format!("g{no}"),
        to: Field::default(),
        return_key: format!("r{no}"),
    };
    let late = pick(lang, "100,000원을 더 쓰면 돼요.", "Use 100,000 won more.");
    PrepaidPage {
        t,
        page: frame(lang, "/wallet/prepaid", citizen(lang, "nav-prepaid")),
        errors: vec![FieldError { field: "amount", error: t.say("refusal-prepay-range").to_string() }],
        left: Won(370_000),
        claims: vec![claim(12, 170_000, None, false), claim(13, 200_000, Some(late), true)],
        used_up: vec![UsedClaim {
            shop: pick(lang, "버들책방", "Beodeul Books"),
            amount: Won(150_000),
            bought: date(2021, 2, 17),
        }],
        never: false,
        on_sale: Some(sale(lang)),
        offers: Offers { all: 240, lines: vec![offer(lang)], next: Some(60) },
        request_key: "k1".to_owned(),
        shop: Field::of("123-45-67891"),
        amount: Field::wrong("99,999", t.say("refusal-prepay-range").to_string()),
        cash: Won(480_000),
        due: vec![DueOrder {
            no: 3,
            what: t
                .say("firms-what-ordered")
                .text("name", pick(lang, "된장 1kg", "Soybean paste, 1 kg"))
                .count("quantity", 3)
                .to_string(),
            seller: pick(lang, "남부시장 반찬", "Nambu Side Dishes"),
            buyer: pick(lang, "한옥 찻집", "Hanok Tea House"),
            amount: Won(60_000),
            request_key: "o3".to_owned(),
        }],
        joined: Some(pick(lang, "한빛 중소기업인연합회", "Hanbit SME Federation")),
        join_key: "k2".to_owned(),
        code: Field::default(),
    }
}

pub(in super::super) fn prepaid_empty(lang: Lang) -> PrepaidPage {
    PrepaidPage {
        errors: Vec::new(),
        left: Won(0),
        claims: Vec::new(),
        used_up: Vec::new(),
        never: true,
        on_sale: None,
        offers: Offers::default(),
        shop: Field::default(),
        amount: Field::default(),
        due: Vec::new(),
        joined: None,
        ..prepaid(lang)
    }
}

pub(in super::super) fn shop_prepaid(lang: Lang) -> ShopPrepaidPage {
    let t = tongue(lang);
    let line = |no: u32, state: &str, back: i64| CameInLine {
        no,
        day: date(2021, 2, 9),
        amount: Won(200_000),
        state: t.say(state).to_string(),
        back: Won(back),
        return_key: if back > 0 { String::new() } else { format!("k{no}") },
    };
    let product = |no: u32, own| ProductLine {
        no,
        name: pick(lang, "된장 1kg", "Soybean paste, 1 kg"),
        firm: pick(lang, "전통장 공방", "Old Crocks"),
        price: Won(20_000),
        own,
        request_key: format!("p{no}"),
    };
    let order = |no: u32, bought, paid| OrderLine {
        no,
        what: t
            .say("firms-what-ordered")
            .text("name", pick(lang, "된장 1kg", "Soybean paste"))
            .count("quantity", 3u32)
            .to_string(),
        firm: pick(lang, "전통장 공방", "Old Crocks"),
        bought,
        amount: Won(60_000),
        paid,
    };
    ShopPrepaidPage {
        t,
        page: frame(lang, "/shop/prepaid", owner(lang, "nav-shop-prepaid")),
        errors: Vec::new(),
        offers: true,
        on_sale: Some(sale(lang)),
        offer_key: "o1".to_owned(),
        open: 37,
        left: Won(5_370_000),
        advanced: Won(4_900_000),
        coming: Won(470_000),
        count: 41,
        sum: Won(8_200_000),
        back: Won(200_000),
        lines: vec![line(41, "claim-open", 0), line(40, "claim-returned", 200_000)],
        products: vec![product(1, true), product(2, false)],
        orders: vec![order(3, true, false), order(2, true, true), order(1, false, false)],
        list_key: "l1".to_owned(),
        named: Field::default(),
        price: Field::default(),
    }
}

pub(in super::super) fn shop_prepaid_empty(lang: Lang) -> ShopPrepaidPage {
    ShopPrepaidPage {
        offers: false,
        open: 0,
        left: Won(0),
        advanced: Won(0),
        coming: Won(0),
        count: 0,
        sum: Won(0),
        back: Won(0),
        lines: Vec::new(),
        products: Vec::new(),
        orders: Vec::new(),
        ..shop_prepaid(lang)
    }
}

fn pledges(lang: Lang) -> Vec<PledgeLine> {
    let line = |ko: &str, en: &str, part: bool, numbers: (i64, i64, i64), code: &str| PledgeLine {
        name: pick(lang, ko, en),
        part,
        firms: numbers.0,
        people: (numbers.1, numbers.1 / 3),
        amount: (Won(numbers.2), Won(numbers.2 / 3)),
        thousandths: 333,
        code: code.to_owned(),
    };
    vec![
        line("한빛 중소기업인연합회", "Hanbit SME Federation", false, (300, 3_000, 500_000_000), "ACDE3479"),
        line("산업단지 협의회", "Industrial park council", true, (100, 1_000, 200_000_000), "FGHJKLMN"),
        line("여성경제인 협의회", "Women entrepreneurs", true, (68, 500, 100_000_000), "PQRTUVWX"),
    ]
}

pub(in super::super) fn prepaid_board(lang: Lang) -> PrepaidBoardPage {
    PrepaidBoardPage {
        t: tongue(lang),
        page: frame(lang, "/prepaid", None),
        on_sale: Some(sale(lang)),
        people: 5_554,
        sum: Won(1_007_817_035),
        pledges: pledges(lang),
        pledged: (300, 3_000, Won(500_000_000)),
        orders: (12, Won(4_800_000), Won(2_400_000)),
        offers: Offers { all: 240, lines: vec![offer(lang), offer(lang)], next: Some(60) },
        name: String::new(),
    }
}

pub(in super::super) fn prepaid_board_empty(lang: Lang) -> PrepaidBoardPage {
    PrepaidBoardPage {
        on_sale: None,
        people: 0,
        sum: Won(0),
        pledges: Vec::new(),
        orders: (0, Won(0), Won(0)),
        offers: Offers::default(),
        ..prepaid_board(lang)
    }
}

pub(in super::super) fn desk_prepaid(lang: Lang) -> DeskPrepaidPage {
    DeskPrepaidPage {
        t: tongue(lang),
        page: frame(lang, "/desk/prepaid", None),
        errors: Vec::new(),
        voted: Won(2_000_000_000),
        reserved: Won(1_002_447_035),
        claimed: Won(5_370_000),
        free: Won(992_182_965),
        thousandths: 503,
        open: Won(1_002_447_035),
        borne: vec![BorneLine {
            shop: pick(lang, "남부시장 반찬", "Nambu Side Dishes"),
            number: "123-45-67891".to_owned(),
            count: 37,
            sum: Won(5_540_000),
            borne: Won(5_370_000),
        }],
        pledges: pledges(lang),
        request_key: "k1".to_owned(),
        associations: vec![(
            "org_0000000000001".to_owned(),
            pick(lang, "한빛 중소기업인연합회", "Hanbit SME Federation"),
        )],
        organisation: Field::default(),
        people: Field::default(),
        amount: Field::default(),
    }
}

pub(in super::super) fn desk_prepaid_empty(lang: Lang) -> DeskPrepaidPage {
    DeskPrepaidPage { claimed: Won(0), borne: Vec::new(), pledges: Vec::new(), ..desk_prepaid(lang) }
}
