//! Shops' programs, notices, and signs of illegal exchange.

use super::*;

fn message(lang: Lang, no: i64, sending: Sending) -> HookMessage {
    HookMessage {
        no,
        kind: "payment.made".to_owned(),
        at: at(12, 5),
        sending,
        said: tongue(lang).say("hooks-why-status").text("status", 503).to_string(),
        tries: 2,
        next: (sending == Sending::Waits).then(|| at(12, 10)),
    }
}

pub(in super::super) fn shop_hooks(lang: Lang) -> HooksPage {
    let t = tongue(lang);
    let error = t.say("refusal-hook-address").to_string();
    HooksPage {
        t,
        page: frame(lang, "/shop/hooks", owner(lang, "nav-shop")),
        errors: vec![FieldError { field: "url", error: error.clone() }],
        url: Field::wrong("http://10.0.0.1/hook", error),
        request_key: "k1".to_owned(),
        secret: Some((
            "https://pos.example.kr/hook".to_owned(),
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned(),
        )),
        private: true,
        whole: Some("/shop/hooks"),
        hooks: vec![
            HookLine {
                id: "hok_0000000000001".to_owned(),
                url: "https://pos.example.kr/a-rather-long-address/of/a/shop/program/hook".to_owned(),
                since: at(9, 0),
                ended: None,
                request_key: "k2".to_owned(),
                messages: vec![
                    message(lang, 3, Sending::Waits),
                    message(lang, 2, Sending::GivenUp),
                    message(lang, 1, Sending::Arrived),
                ],
                older: Some("/shop/hooks?hook=hok_0000000000001&before=1".to_owned()),
            },
            HookLine {
                id: "hok_0000000000002".to_owned(),
                url: "https://old.example.kr/hook".to_owned(),
                since: at(8, 0),
                ended: Some(at(9, 30)),
                request_key: "k3".to_owned(),
                messages: Vec::new(),
                older: None,
            },
        ],
    }
}

pub(in super::super) fn shop_hooks_empty(lang: Lang) -> HooksPage {
    let full = shop_hooks(lang);
    HooksPage { errors: Vec::new(), url: Field::default(), secret: None, hooks: Vec::new(), ..full }
}

fn told(lang: Lang, key: &str) -> String {
    tongue(lang)
        .say(key)
        .text("shop", pick(lang, "가람시장 분식", "Garam Market Snacks"))
        .text("card", pick(lang, "한빛카드", "Hanbit Card"))
        .text("serial", "2021-000017")
        .text("role", pick(lang, "창구 직원", "Clerk"))
        .won("amount", Won(12_000))
        .to_string()
}

/// Every kind of notice there is.
pub(in super::super) fn notices(lang: Lang) -> NoticesPage {
    let line = |kind: &&str| NoticeLine {
        text: told(lang, &format!("told-{kind}")),
        at: at(12, 5),
        answer_by: (*kind == "case-opened").then(|| at(18, 0)),
        href: Some("/wallet"),
    };
    NoticesPage {
        t: tongue(lang),
        page: frame(lang, "/notices", citizen(lang, "nav-wallet")),
        notices: people::notice::Told::KINDS.iter().map(line).collect(),
    }
}

pub(in super::super) fn notices_empty(lang: Lang) -> NoticesPage {
    NoticesPage { notices: Vec::new(), ..notices(lang) }
}

fn sent(lang: Lang, no: i64, way: &str, sending: Sending) -> SentLine {
    SentLine {
        no,
        way: format!("way-{way}"),
        to: pick(lang, "김영숙", "Kim Young-suk"),
        text: told(lang, "told-card-lost"),
        at: at(12, 5),
        sending,
        said: String::new(),
        next: (sending == Sending::Waits).then(|| at(20, 0)),
    }
}

pub(in super::super) fn mail(lang: Lang) -> MailPage {
    let t = tongue(lang);
    let error = t.say("refusal-mail-code-wrong").to_string();
    MailPage {
        t,
        page: frame(lang, "/notices/mail", citizen(lang, "nav-wallet")),
        errors: vec![FieldError { field: "code", error: error.clone() }],
        offered: true,
        kept: Some(("a.rather.long.name.of.somebody@mail.example.co.kr".to_owned(), at(9, 0))),
        pending: Some("youngsuk@example.kr".to_owned()),
        address: Field::default(),
        code: Field::wrong("123456", error),
        request_keys: ["k1", "k2", "k3"].map(str::to_owned),
    }
}

pub(in super::super) fn mail_new(lang: Lang) -> MailPage {
    MailPage { errors: Vec::new(), kept: None, pending: None, code: Field::default(), ..mail(lang) }
}

pub(in super::super) fn inboxes(lang: Lang) -> InboxesPage {
    InboxesPage {
        t: tongue(lang),
        page: frame(lang, "/demo/inboxes", None),
        sent: vec![
            sent(lang, 5, "app", Sending::Arrived),
            sent(lang, 4, "kakao", Sending::Arrived),
            sent(lang, 3, "sms", Sending::Waits),
            sent(lang, 2, "email", Sending::GivenUp),
            sent(lang, 1, "letter", Sending::Waits),
        ],
    }
}

pub(in super::super) fn inboxes_empty(lang: Lang) -> InboxesPage {
    InboxesPage { sent: Vec::new(), ..inboxes(lang) }
}

pub(in super::super) fn untold(lang: Lang) -> UntoldPage {
    UntoldPage {
        t: tongue(lang),
        page: frame(lang, "/clerk/notices", hall(lang, "role-clerk", "nav-clerk", "/clerk")),
        untold: vec![sent(lang, 1, "letter", Sending::GivenUp), sent(lang, 2, "sms", Sending::GivenUp)],
    }
}

pub(in super::super) fn untold_empty(lang: Lang) -> UntoldPage {
    UntoldPage { untold: Vec::new(), ..untold(lang) }
}

fn line(lang: Lang, finding: Option<&'static str>, answered: bool) -> CaseLine {
    CaseLine {
        href: "/desk/exchange/cse_0000000000001".to_owned(),
        sign: pick(lang, "같은 사람이 큰돈을 거듭 써요", "One person pays large sums again and again"),
        shop: pick(lang, "가람시장 분식", "Garam Market Snacks"),
        points: 80,
        opened: at(3, 0),
        answered,
        finding,
    }
}

pub(in super::super) fn exchange(lang: Lang) -> ExchangePage {
    ExchangePage {
        t: tongue(lang),
        page: frame(lang, "/desk/exchange", hall(lang, "role-officer", "nav-exchange", "/desk/exchange")),
        open: vec![line(lang, None, true), line(lang, None, false)],
        closed: vec![line(lang, Some("finding-explained"), true), line(lang, Some("finding-inspect"), false)],
    }
}

pub(in super::super) fn exchange_empty(lang: Lang) -> ExchangePage {
    ExchangePage { open: Vec::new(), closed: Vec::new(), ..exchange(lang) }
}

fn shown(lang: Lang) -> CaseShown {
    let t = tongue(lang);
    let holder = |no: i64| t.say("case-holder").count("no", no).to_string();
    let shop = pick(lang, "가람시장 분식", "Garam Market Snacks");
    let deed = |no: u64, what| DeedLine {
        id: format!("pst_000000000000{no}"),
        at: at(12, 5),
        what,
        from: holder(1),
        to: shop.clone(),
        amount: Won(300_000),
    };
    let flows = vec![
        Flow { from: holder(1), to: shop.clone(), amount: Won(900_000), count: 3 },
        Flow { from: t.say("case-owner").to_string(), to: holder(1), amount: Won(720_000), count: 1 },
    ];
    CaseShown {
        id: "cse_0000000000001".to_owned(),
        sign: pick(lang, "돈이 돌아와요", "The money comes back"),
        shop: shop.clone(),
        opened: at(3, 0),
        window: format!("{} – {}", t.day(date(2021, 1, 24)), t.day(date(2021, 2, 22))),
        points: 80,
        same_again: true,
        count: 3,
        sum: Won(900_000),
        query: vec![
            ("rule".to_owned(), "round-trip".to_owned()),
            ("postings".to_owned(), "pst_0000000000001 – pst_0000000000009".to_owned()),
        ],
        source: pick(lang, "지역사랑상품권법 제11조", "Local Gift Certificates Act, Art. 11"),
        deeds: vec![
            deed(1, "deed-paid"),
            deed(2, "deed-refunded"),
            deed(3, "deed-topped-up"),
            deed(4, "deed-gave"),
        ],
        all_deeds: 240,
        graph: flow_graph(&t.say("case-flows").to_string(), &flows),
        flows,
        answer: None,
        closing: None,
        answer_by: Some(at(18, 0)),
    }
}

pub(in super::super) fn case(lang: Lang) -> CasePage {
    let t = tongue(lang);
    let error = t.say("refusal-reason-short").to_string();
    CasePage {
        t,
        page: frame(lang, "/desk/exchange/x", hall(lang, "role-officer", "nav-exchange", "/desk/exchange")),
        errors: vec![FieldError { field: "note", error: error.clone() }],
        case: shown(lang),
        request_key: "k1".to_owned(),
        note: Field::wrong("?", error),
    }
}

pub(in super::super) fn case_closed(lang: Lang) -> CasePage {
    let said =
        pick(lang, "단체 예약 손님이에요. 계약서를 보냈어요.", "A group booking; the contract is enclosed.");
    let note = pick(lang, "계약서를 확인했어요", "The contract was seen");
    let closing = Some((at(15, 0), "finding-explained", note));
    CasePage {
        errors: Vec::new(),
        note: Field::default(),
        case: CaseShown { answer: Some((at(14, 0), said)), closing, same_again: false, ..shown(lang) },
        ..case(lang)
    }
}

pub(in super::super) fn shop_cases(lang: Lang) -> ShopCasesPage {
    ShopCasesPage {
        t: tongue(lang),
        page: frame(lang, "/shop/cases", owner(lang, "nav-shop")),
        errors: Vec::new(),
        cases: vec![line(lang, None, false), line(lang, Some("finding-explained"), true)],
        case: None,
        request_key: "k1".to_owned(),
        answer: Field::default(),
    }
}

pub(in super::super) fn shop_cases_empty(lang: Lang) -> ShopCasesPage {
    ShopCasesPage { cases: Vec::new(), ..shop_cases(lang) }
}

pub(in super::super) fn shop_case(lang: Lang) -> ShopCasesPage {
    let error = tongue(lang).say("refusal-question-form").to_string();
    ShopCasesPage {
        errors: vec![FieldError { field: "answer", error: error.clone() }],
        answer: Field::wrong("", error),
        case: Some(shown(lang)),
        ..shop_cases(lang)
    }
}
