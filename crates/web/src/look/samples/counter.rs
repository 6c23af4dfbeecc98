//! Wallet and shop.

use base::{Lang, Month, Refusal, Won, date};

use super::super::*;
use super::{TODAY, at, citizen, frame, hours, owner, pick, tongue};

fn entries(lang: Lang) -> Vec<HistoryEntry> {
    let t = tongue(lang);
    let note = |base: i64, amount: i64| {
        let text =
            t.say("because-earned").won("base", Won(base)).percent("rate", 1000).won("amount", Won(amount));
        Some(text.to_string())
    };
    let entry = |title: String, at, amount: i64, cashback: i64, note| HistoryEntry {
        href: "/wallet/receipts/pst_0000000012m4q".to_owned(),
        title,
        at,
        amount: Won(amount),
        note,
        cashback: Won(cashback),
        prepaid: None,
        returned: None,
    };
    let mut lines = vec![
        entry(
            pick(lang, "가람시장 분식", "Garam Market Snacks"),
            at(14, 5),
            -12_000,
            1_200,
            note(12_000, 1_200),
        ),
        entry(t.say("history-top-up").to_string(), at(9, 12), 200_000, 0, None),
        entry(
            pick(lang, "새터 온누리 가정의학과 의원", "Saeteo Family Clinic"),
            date(2021, 2, 22).at(16, 40, 0, 0),
            -33_800,
            3_000,
            Some(
                t.say("because-person-limit")
                    .won("eligible", Won(30_000))
                    .day("renews", date(2021, 3, 1))
                    .to_string(),
            ),
        ),
        entry(
            pick(lang, "버들책방", "Beodeul Books"),
            date(2021, 2, 19).at(18, 2, 0, 0),
            -18_500,
            1_850,
            None,
        ),
    ];
    let part = t.say("history-with-prepaid").won("amount", Won(48_500)).won("prepaid", Won(30_000));
    lines[3].prepaid = Some(part.to_string());
    lines[3].returned = Some(t.say("refund-back").won("amount", Won(5_000)).to_string());
    lines
}

fn cards(lang: Lang) -> Vec<CardInHand> {
    let t = tongue(lang);
    let until = Month::of(date(2026, 2, 1));
    let card = |id: &str, number: &str, kind: &str, standing| CardInHand {
        id: id.to_owned(),
        number: number.to_owned(),
        kind: t.say(kind).to_string(),
        until,
        standing,
        request_key: "k8".to_owned(),
    };
    vec![
        card("crd_0000000000001", "9410 •••• •••• 2075", "card-phone", CardStanding::Active),
        card("crd_0000000000002", "9410 •••• •••• 8813", "card-plastic", CardStanding::Frozen),
    ]
}

/// A full wallet.
pub(in super::super) fn wallet(lang: Lang) -> WalletPage {
    let t = tongue(lang);
    WalletPage {
        t,
        page: frame(lang, "/wallet", citizen(lang, "nav-wallet")),
        total: Won(341_250),
        purses: vec![
            Purse {
                name: pick(lang, "내 돈", "My money"),
                balance: Won(312_400),
                buys: format!("{} {}", t.say("purse-buys-all"), t.say("purse-earns")),
                expires: Some((date(2026, 2, 28), Won(200_000))),
            },
            Purse {
                name: pick(lang, "캐시백", "Cashback"),
                balance: Won(28_850),
                buys: format!("{} {}", t.say("purse-buys-all"), t.say("purse-first")),
                expires: None,
            },
        ],
        earning: t.say("wallet-limit-left").percent("rate", 1000).won("left", Won(788_000)).to_string(),
        limit: Some(LimitLeft {
            limit: Won(1_500_000),
            carried: Won(500_000),
            used: Won(712_000),
            renews: date(2021, 3, 1),
        }),
        errors: Vec::new(),
        pay: PayForm { request_key: "k1".to_owned(), ..PayForm::default() },
        top_up_key: "k2".to_owned(),
        top_up: Field::default(),
        top_up_room: Won(1_658_750),
        gift: Some(GiftForm { request_key: "k3".to_owned(), ..GiftForm::default() }),
        withdraw: WithdrawForm {
            request_key: "k4".to_owned(),
            amount: None,
            still_to_spend: Won(107_400),
            share: 6000,
            known: false,
            form: AccountForm::default(),
        },
        latest: entries(lang),
        cards: cards(lang),
        shows_cards: true,
    }
}

/// A code has been scanned.
pub(in super::super) fn wallet_scanned(lang: Lang) -> WalletPage {
    let t = tongue(lang);
    let mut page = wallet(lang);
    page.shows_cards = false;
    page.pay.scanned = Some(ScannedCode {
        code: "mer_0000000000001-2ee0-0-0-x".to_owned(),
        shop: pick(lang, "가람시장 분식", "Garam Market Snacks"),
        amount: Won(12_000),
        order: "A7-3291".to_owned(),
        sale: Some((
            t.say("pay-sale-off")
                .text("sale", pick(lang, "동네슈퍼 공동세일전", "Joint sale"))
                .won("amount", Won(2_400))
                .to_string(),
            Won(9_600),
        )),
    });
    page
}

/// An empty wallet with errors in every field, and a refusal above.
pub(in super::super) fn wallet_wrong(lang: Lang) -> WalletPage {
    let t = tongue(lang);
    let mut page = wallet(lang);
    let refusal = Refusal::new("purse.short")
        .with("here", base::Arg::Won(Won(0)))
        .with("missing", base::Arg::Won(Won(12_000)))
        .because(pick(lang, "한빛시 지역화폐 조례 제7조", "Hanbit local currency ordinance, art. 7"));
    page.page.alert = Some(Alert::refused(texts().refusal(lang, TODAY, &refusal)));
    page.page.look.large = true;
    let shop = t.say("field-shop").to_string();
    let amount = t.say("field-amount").won("most", Won(5_000_000)).to_string();
    page.errors = vec![
        FieldError { field: "shop", error: shop.clone() },
        FieldError { field: "amount", error: amount.clone() },
    ];
    page.pay.shop = Field::wrong("9999-99", shop);
    page.pay.amount = Field::wrong("0", amount);
    page.total = Won::ZERO;
    page.latest = Vec::new();
    page.limit = page.limit.map(|l| LimitLeft { used: l.limit, ..l });
    page.withdraw.amount = Some(Won(48_000));
    page.earning = t.say("wallet-limit-gone").day("renews", date(2021, 3, 1)).to_string();
    page.cards.iter_mut().for_each(|c| c.standing = CardStanding::Locked);
    page
}

/// Large print.
pub(in super::super) fn wallet_large(lang: Lang) -> WalletLargePage {
    let t = tongue(lang);
    let mut page = frame(lang, "/wallet/large", citizen(lang, "nav-large"));
    page.look.large = true;
    let last = t
        .say("large-last")
        .near_day("day", TODAY)
        .text("shop", pick(lang, "가람시장 분식", "Garam Market Snacks"))
        .won("amount", Won(12_000));
    WalletLargePage {
        t,
        page,
        total: Won(341_250),
        card_number: Some("9410 1234 5678 2075".to_owned()),
        card_qr: qr_svg("9410123456782075"),
        last: Some(last.to_string()),
    }
}

/// The history.
pub(in super::super) fn history(lang: Lang) -> HistoryPage {
    HistoryPage {
        t: tongue(lang),
        page: frame(lang, "/wallet/history", citizen(lang, "nav-history")),
        entries: entries(lang),
        older: Some("/wallet/history?before=88213".to_owned()),
        disposed: Some(base::date(2020, 12, 31)),
        cashback_this_month: Won(71_200),
        spent_this_month: Won(718_300),
        ahead_this_month: true,
    }
}

/// Just paid.
pub(in super::super) fn paid(lang: Lang) -> PaidPage {
    let t = tongue(lang);
    let earned =
        t.say("because-earned").won("base", Won(12_000)).percent("rate", 1000).won("amount", Won(1_200));
    PaidPage {
        t,
        page: frame(lang, "/wallet/paid/1", citizen(lang, "nav-wallet")),
        shop: pick(lang, "가람시장 분식", "Garam Market Snacks"),
        amount: Won(12_000),
        order: "0412".to_owned(),
        at: at(14, 5),
        now_ms: 1_614_056_700_000,
        clock_rate: 1,
        offset_minutes: 540,
        cashback: Won(1_200),
        explanation: vec![earned.to_string(), t.say("because-left").won("left", Won(288_000)).to_string()],
        balance: Won(330_450),
        receipt: "/wallet/receipts/pst_0000000012m4q".to_owned(),
    }
}

/// Its receipt.
pub(in super::super) fn receipt(lang: Lang) -> ReceiptPage {
    let leg = |from_ko, from_en, to_ko, to_en, amount, why_ko, why_en| Leg {
        from: pick(lang, from_ko, from_en),
        to: pick(lang, to_ko, to_en),
        amount: Won(amount),
        why: pick(lang, why_ko, why_en),
    };
    let url = "https://pay.hanbit.example/p/12m4q";
    ReceiptPage {
        t: tongue(lang),
        page: frame(lang, "/wallet/receipts/1", citizen(lang, "nav-history")),
        id: "pst_0000000012m4q".to_owned(),
        order: "0412".to_owned(),
        at: at(14, 5),
        shop: pick(lang, "가람시장 분식", "Garam Market Snacks"),
        business_number: "402-81-00017".to_owned(),
        payer: pick(lang, "김*숙", "Kim Y*"),
        card_number: "9410 •••• •••• 2075".to_owned(),
        amount: Won(12_000),
        refunded: Won(2_000),
        cashback: Won(1_200),
        settles: Some(date(2021, 2, 24)),
        legs: vec![
            leg(
                "캐시백",
                "Cashback",
                "가람시장 분식이 받을 돈",
                "Due to Garam Market Snacks",
                2_000,
                "캐시백이 먼저 나가요.",
                "Cashback is used first.",
            ),
            leg(
                "내 돈",
                "My money",
                "가람시장 분식이 받을 돈",
                "Due to Garam Market Snacks",
                10_000,
                "모자란 만큼 내 돈에서 나가요.",
                "The rest comes out of my money.",
            ),
            leg(
                "캐시백 예산",
                "Cashback budget",
                "캐시백",
                "Cashback",
                1_000,
                "내 돈 10,000원의 10%예요.",
                "10% of 10,000 won of my money.",
            ),
        ],
        rules: vec![pick(
            lang,
            "2021년 1월 1일부터 2월 28일까지: 결제할 때 10%, 한 사람 한 달 1,000,000원까지 (시 공고 2020-1188)",
            "From 1 Jan to 28 Feb 2021: 10% at payment, up to 1,000,000 won a person a month (notice 2020-1188)",
        )],
        verify_qr: qr_svg(url),
        verify_url: url.to_owned(),
        file: "/wallet/receipts/pst_0000000000abc/file".to_owned(),
        back: "/wallet/history".to_owned(),
    }
}

/// What a stranger sees of it.
pub(in super::super) fn checked(lang: Lang) -> CheckedPage {
    CheckedPage {
        t: tongue(lang),
        page: frame(lang, "/p/1", None),
        id: "pst_0000000012m4q".to_owned(),
        at: at(14, 5),
        shop: pick(lang, "가람시장 분식", "Garam Market Snacks"),
        business_number: "402-81-00017".to_owned(),
        amount: Won(12_000),
        refunded: Won(2_000),
    }
}

/// Too much was asked.
pub(in super::super) fn busy(lang: Lang) -> BusyPage {
    let t = tongue(lang);
    let refusal = Refusal::new("requests.many").with("seconds", base::Arg::Count(30));
    BusyPage {
        t,
        text: texts().refusal(lang, TODAY, &refusal),
        phone: "070-1234-5678".to_owned(),
        again: Some("/".to_owned()),
    }
}

/// A refusal on a page of its own.
pub(in super::super) fn refused(lang: Lang) -> RefusedPage {
    let t = tongue(lang);
    let refusal = Refusal::new("shop.excluded")
        .with("shop", base::Arg::Text(pick(lang, "한빛백화점", "Hanbit Department Store")))
        .with("trade", base::Arg::Text("백화점".to_owned()))
        .with("trade_en", base::Arg::Text("department store".to_owned()))
        .because(pick(lang, "한빛시 지역화폐 조례 제5조", "Hanbit local currency ordinance, art. 5"));
    RefusedPage {
        t,
        page: frame(lang, "/wallet/pay", citizen(lang, "nav-wallet")),
        title: t.say("title-not-paid").to_string(),
        refusal: Alert::refused(texts().refusal(lang, TODAY, &refusal)),
        request_id: "req_7k2m0c".to_owned(),
        back: "/wallet".to_owned(),
    }
}

fn sale(order: &str, hour: i8, minute: i8, amount: i64, refunded: i64) -> Sale {
    Sale {
        id: format!("pst_000000000{order}"),
        href: format!("/shop/receipts/{order}"),
        order: order.to_owned(),
        at: at(hour, minute),
        payer: "•• 8813".to_owned(),
        amount: Won(amount),
        refunded: Won(refunded),
    }
}

fn done(lang: Lang) -> Option<ShopDone> {
    Some(ShopDone {
        fresh: true,
        spoken: spoken_payment(lang, Won(12_000)),
        aloud: true,
        voice: if lang == Lang::Ko { "ko-KR" } else { "en-US" },
        sale: sale("0412", 14, 5, 12_000, 0),
        cancel_key: "k9".to_owned(),
    })
}

/// The owner's shop, just paid.
pub(in super::super) fn shop(lang: Lang) -> ShopPage {
    let t = tongue(lang);
    ShopPage {
        t,
        page: frame(lang, "/shop", owner(lang, "nav-shop")),
        code: "123-45-67891".to_owned(),
        pay_day: date(2021, 2, 24),
        pay_amount: Won(123_400),
        errors: Vec::new(),
        request_key: "k1".to_owned(),
        amount: Field::default(),
        card: Field::default(),
        asks_pin: false,
        pin: Field::default(),
        done: done(lang),
        today: SalesSummary { sum: Won(187_500), count: 21, week_before: Won(164_000) },
        by_hour: hours(lang, t.say("sales-hours").count("hour", 12).to_string(), 410),
        sales: vec![
            sale("0412", 14, 5, 12_000, 0),
            sale("0398", 13, 22, 7_500, 0),
            sale("0377", 12, 48, 31_000, 8_000),
            sale("0351", 12, 10, 9_000, 9_000),
        ],
        sales_all: 21,
        refund: RefundForm { request_key: "k5".to_owned(), ..RefundForm::default() },
        back: "/shop",
    }
}

/// A shop before its first payment, with errors.
pub(in super::super) fn shop_empty(lang: Lang) -> ShopPage {
    let t = tongue(lang);
    let mut page = shop(lang);
    let error = t.say("field-card").to_string();
    page.errors = vec![FieldError { field: "card", error: error.clone() }];
    page.card = Field::wrong("9410 1234 5678 0000", error);
    page.done = None;
    page.asks_pin = true;
    page.sales.clear();
    page.by_hour.bars.clear();
    page.today = SalesSummary { sum: Won::ZERO, count: 0, week_before: Won(164_000) };
    page.refund.payment = Field::wrong("0999", t.say("field-payment").to_string());
    page
}

/// The till.
pub(in super::super) fn till(lang: Lang) -> TillPage {
    let mut page = frame(lang, "/shop/till", None);
    page.visitor = Some(Visitor {
        name: pick(lang, "가람시장 분식", "Garam Market Snacks"),
        role: "role-till",
        nav: vec![NavItem { key: "nav-till", href: "/shop/till".to_owned(), current: true, news: 0 }],
        more: Vec::new(),
    });
    page.tour = Some(TourStep { number: 1, done: false, short: None });
    TillPage {
        t: tongue(lang),
        page,
        code: "123-45-67891".to_owned(),
        errors: Vec::new(),
        request_key: "k1".to_owned(),
        amount: Field::of("12,000"),
        card: Field::of("9410 1234 5678 8813"),
        asks_pin: false,
        pin: Field::default(),
        done: None,
        back: "/shop/till",
    }
}

/// A code to scan.
pub(in super::super) fn shop_qr(lang: Lang) -> ShopQrPage {
    ShopQrPage {
        t: tongue(lang),
        page: frame(lang, "/shop/qr/7KQ2M4", owner(lang, "nav-shop")),
        shop: pick(lang, "가람시장 분식", "Garam Market Snacks"),
        amount: Won(12_000),
        qr: qr_svg("https://pay.hanbit.example/q/7KQ2M4").unwrap(),
        emv: qr_svg("00020101021226").unwrap(),
        code: "7KQ2M4".to_owned(),
        shop_code: "123-45-67891".to_owned(),
        order: "A7-3291".to_owned(),
        seconds: 180,
        request_key: "k6".to_owned(),
        back: "/shop",
    }
}

/// The fixed code, to print.
pub(in super::super) fn shop_poster(lang: Lang) -> ShopPosterPage {
    ShopPosterPage {
        t: tongue(lang),
        page: frame(lang, "/shop/poster", owner(lang, "nav-shop")),
        shop: pick(lang, "가람시장 분식", "Garam Market Snacks"),
        qr: qr_svg("https://pay.hanbit.example/pay?c=mer_0000000000001").unwrap(),
        emv: qr_svg("00020101021126").unwrap(),
        payload: "00020101021126".to_owned(),
        shop_code: "123-45-67891".to_owned(),
    }
}
