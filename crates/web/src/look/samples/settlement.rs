//! Settlement: a shop's payouts, and the desk.

use super::*;

fn form(lang: Lang) -> AccountForm {
    AccountForm {
        request_key: "k1".to_owned(),
        banks: vec![("037".to_owned(), pick(lang, "전북은행", "Jeonbuk Bank"))],
        ..AccountForm::default()
    }
}

fn sums(t: Tongue) -> Vec<SumLine> {
    [
        ("payout-sold", 1_234_500),
        ("payout-refunded", -12_000),
        ("payout-gift", -12_225),
        ("payout-support", 9_780),
        ("payout-returned", 122_166),
        ("payout-netted", -20_000),
    ]
    .map(|(key, amount)| SumLine { what: t.say(key).to_string(), amount: Won(amount) })
    .into()
}

fn parts(t: Tongue) -> Vec<PartLine> {
    vec![
        PartLine {
            href: Some("/shop/receipts/pst_1".to_owned()),
            at: at(13, 5),
            what: t.say("payout-part-sale").to_string(),
            amount: Won(12_000),
        },
        PartLine {
            href: None,
            at: at(12, 0),
            what: t.say("payout-part-refund").to_string(),
            amount: Won(-12_000),
        },
    ]
}

fn payout(t: Tongue, state: &str) -> PayoutLine {
    PayoutLine {
        href: "/shop/payouts/pst_1".to_owned(),
        at: at(9, 0),
        amount: Won(1_322_221),
        state: t.say(format!("payout-state-{state}")).to_string(),
        code: state.to_owned(),
    }
}

pub(in super::super) fn shop_payouts(lang: Lang) -> ShopPayoutsPage {
    let t = tongue(lang);
    let mut wrong = form(lang);
    wrong.holder = Field::wrong("x", t.say("refusal-payout-holder").to_string());
    ShopPayoutsPage {
        t,
        page: frame(lang, "/shop/payouts", owner(lang, "nav-shop")),
        errors: vec![FieldError { field: "holder", error: t.say("refusal-payout-holder").to_string() }],
        pay_day: date(2021, 2, 24),
        pay_amount: Won(1_322_221),
        sums: sums(t),
        parts: parts(t),
        many: true,
        account: Some(AccountHeld {
            bank: pick(lang, "전북은행", "Jeonbuk Bank"),
            number: "••••0001".to_owned(),
            holder: pick(lang, "가람시장 분식", "Garam Market Snacks"),
            since: at(9, 0),
            fault: Some("AC04".to_owned()),
        }),
        form: wrong,
        payouts: ["waiting", "sent", "paid", "failed"].map(|state| payout(t, state)).into(),
    }
}

pub(in super::super) fn shop_payouts_empty(lang: Lang) -> ShopPayoutsPage {
    ShopPayoutsPage {
        errors: Vec::new(),
        pay_amount: Won(0),
        sums: Vec::new(),
        parts: Vec::new(),
        many: false,
        account: None,
        form: form(lang),
        payouts: Vec::new(),
        ..shop_payouts(lang)
    }
}

pub(in super::super) fn shop_payout(lang: Lang) -> ShopPayoutPage {
    let t = tongue(lang);
    ShopPayoutPage {
        t,
        page: frame(lang, "/shop/payouts/pst_1", owner(lang, "nav-shop")),
        payout: payout(t, "paid"),
        sums: sums(t),
        parts: parts(t),
        many: false,
    }
}

fn bank_line(lang: Lang, kind: &str, puzzle: economy::decide::Puzzle) -> BankLine {
    let t = tongue(lang);
    BankLine {
        day: Some(TODAY),
        what: t.say(format!("bank-line-{kind}")).to_string(),
        why: t.say(format!("bank-puzzle-{}", puzzle.code())).to_string(),
        amount: Won(123_400),
        said: pick(lang, "김영숙 · 반품", "Kim Young-suk · returned"),
    }
}

pub(in super::super) fn desk_lines(lang: Lang) -> DeskLinesPage {
    let t = tongue(lang);
    let lines = [
        ("out", "P000000000042", t.say("bank-settled-by-me").to_string()),
        ("in", "", t.say("bank-settled-by-other").text("who", "acc_0000000000001").to_string()),
        ("back", "", t.say("bank-settled-by-unknown").to_string()),
    ];
    let line = |(kind, payout, by): (&str, &str, String)| SettledLine {
        of: bank_line(lang, kind, economy::decide::Puzzle::ALL[0]),
        note: pick(
            lang,
            "은행에 전화해 물어보니 잘못 보낸 돈이라 돌려보냈어요",
            "Sent by mistake, and sent back",
        ),
        payout: payout.to_owned(),
        by,
        at: at(9, 0),
    };
    DeskLinesPage {
        t,
        page: frame(lang, "/desk/payouts/lines", hall(lang, "role-officer", "nav-desk", "/desk")),
        weeks: 4,
        lines: lines.map(line).into(),
        all: 120,
    }
}

pub(in super::super) fn desk_lines_empty(lang: Lang) -> DeskLinesPage {
    DeskLinesPage { lines: Vec::new(), all: 0, ..desk_lines(lang) }
}

pub(in super::super) fn desk_payouts(lang: Lang) -> DeskPayoutsPage {
    let t = tongue(lang);
    let counts = t.say("bank-answer-counts").count("matched", 312).count("failed", 1);
    DeskPayoutsPage {
        t,
        page: frame(lang, "/desk/payouts", hall(lang, "role-officer", "nav-desk", "/desk")),
        errors: vec![FieldError { field: "shop", error: t.say("refusal-shop-unknown").to_string() }],
        waiting: (12, Won(3_456_000)),
        sent: (312, Won(98_765_000)),
        proposed: false,
        send_key: "k2".to_owned(),
        lines: ["out", "in", "back", "rejected"]
            .into_iter()
            .zip(economy::decide::Puzzle::ALL)
            .map(|(kind, puzzle)| OpenLine {
                id: format!("0f{kind}"),
                of: bank_line(lang, kind, puzzle),
                payout: "P000000000042".to_owned(),
                request_key: format!("k{kind}"),
                note: Field::default(),
            })
            .collect(),
        settled: 3,
        files: vec![FileLine {
            no: 7,
            name: "OG0000000007".to_owned(),
            at: at(9, 0),
            count: 312,
            amount: Won(98_765_000),
            states: vec![
                t.say("payout-file-state")
                    .text("state", t.say("payout-state-paid"))
                    .count("count", 311)
                    .won("amount", Won(98_000_000))
                    .to_string(),
            ],
            request_key: "k3".to_owned(),
        }],
        answers: vec![AnswerLine {
            message: "M0000000007".to_owned(),
            kind: "camt.053".to_owned(),
            at: at(10, 0),
            said: counts.count("known", 0).count("open", 2).to_string(),
        }],
        failed: vec![FailedLine {
            name: "P000000000042".to_owned(),
            payee: pick(lang, "가람시장 분식", "Garam Market Snacks"),
            amount: Won(123_400),
            code: "AC04".to_owned(),
        }],
        without: vec![ShopWithoutAccount {
            name: pick(lang, "새 가게", "New shop"),
            number: "123-45-67891".to_owned(),
            amount: Won(20_000),
        }],
        without_all: 1,
        form: form(lang),
        shop: Field::wrong("1", t.say("refusal-shop-unknown").to_string()),
    }
}

pub(in super::super) fn desk_payouts_empty(lang: Lang) -> DeskPayoutsPage {
    DeskPayoutsPage {
        errors: Vec::new(),
        waiting: (0, Won(0)),
        sent: (0, Won(0)),
        lines: Vec::new(),
        settled: 0,
        files: Vec::new(),
        answers: Vec::new(),
        failed: Vec::new(),
        without: Vec::new(),
        without_all: 0,
        shop: Field::default(),
        ..desk_payouts(lang)
    }
}
