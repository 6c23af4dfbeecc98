//! Desk, books, window.

use base::{Lang, Month, Won, date};

use super::super::*;
use super::{TODAY, at, budget, frame, hall, pick, tongue};

/// The desk.
pub(in super::super) fn desk(lang: Lang) -> DeskPage {
    let version = |from, until, rate, person, city, state| CampaignVersion {
        name: pick(lang, "결제 적립", "Cashback at payment"),
        from,
        until,
        rate,
        person_limit: Some(Won(person)),
        city_limit: city,
        state,
        source: pick(lang, "시 공고 2020-1188", "Notice 2020-1188"),
    };
    let mut page = frame(lang, "/desk", hall(lang, "role-officer", "nav-desk", "/desk"));
    page.tour = Some(TourStep { number: 4, done: false, short: None });
    let points = (0..54i32)
        .map(|day| BurnPoint {
            day: date(2021, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap(),
            left: Won(937_500_000 - i64::from(day) * 9_950_000 - i64::from(day % 7) * 1_400_000),
        })
        .collect();
    DeskPage {
        t: tongue(lang),
        page,
        budget: budget(),
        burn: Burn {
            total: Won(937_500_000),
            points,
            from: date(2021, 1, 1),
            until: date(2021, 3, 31),
            runs_out: Some(date(2021, 3, 19)),
            daily: Won(16_420_000),
            beside: Won(103_200_000),
        },
        daily: Won(16_420_000),
        city_cap: Some(Budget {
            total: Won(468_750_000),
            used: Won(301_200_000),
            ..Budget::none(date(2021, 2, 28))
        }),
        rests_until: None,
        over: 14,
        at_limit: 412,
        payers: 11_873,
        campaigns: vec![
            version(date(2021, 1, 1), Some(date(2021, 3, 31)), 1000, 1_000_000, None, "now"),
            version(date(2021, 4, 1), None, 1000, 300_000, None, "ahead"),
        ],
        other_campaigns: vec![version(
            date(2020, 12, 1),
            Some(date(2020, 12, 31)),
            1000,
            1_500_000,
            Some(Won(15_000_000_000)),
            "past",
        )],
        form: RehearsalForm { rate: Field::of("8"), limit: Field::of("1,000,000") },
        errors: Vec::new(),
    }
}

/// The desk after a wrong rate, with the budget gone.
pub(in super::super) fn desk_wrong(lang: Lang) -> DeskPage {
    let t = tongue(lang);
    let mut page = desk(lang);
    let error = t.say("field-rate").to_string();
    page.page.tour = None;
    page.errors = vec![FieldError { field: "rate", error: error.clone() }];
    page.form.rate = Field::wrong("80", error);
    page.budget.used = page.budget.total;
    page.budget.runs_out = None;
    page.city_cap = None;
    page
}

/// The desk while the city's limit of the month is reached and nothing was given for two weeks.
pub(in super::super) fn desk_resting(lang: Lang) -> DeskPage {
    let mut page = desk(lang);
    page.page.tour = None;
    (page.budget.runs_out, page.budget.rests, page.daily) = (None, true, Won::ZERO);
    page.rests_until = Some(date(2021, 3, 1));
    page
}

/// The desk of a city where nobody was given anything for a while.
pub(in super::super) fn desk_quiet(lang: Lang) -> DeskPage {
    let mut page = desk_resting(lang);
    page.rests_until = None;
    page
}

/// 10 → 8 %.
pub(in super::super) fn rehearsal(lang: Lang) -> RehearsalPage {
    let gain = |ko: &str, en: &str, count, now: i64| Gain {
        name: pick(lang, ko, en),
        count,
        now: Won(now),
        draft: Won(now * 8 / 10),
    };
    RehearsalPage {
        t: tongue(lang),
        page: frame(lang, "/desk/rehearsals", hall(lang, "role-officer", "nav-desk", "/desk")),
        from: date(2021, 1, 24),
        until: date(2021, 2, 22),
        payments: 168_204,
        rate_now: 1000,
        rate_draft: 800,
        limit_now: Some(Won(1_000_000)),
        limit_draft: Some(Won(1_000_000)),
        cost_now: Won(412_330_100),
        cost_draft: Won(329_864_000),
        ends_now: Some(date(2021, 3, 19)),
        ends_draft: None,
        people: (0, 11_650, 223),
        notes: vec![tongue(lang).say("rehearsal-note-changed").day("day", date(2021, 2, 1)).to_string()],
        wrong: None,
        bands: vec![
            gain("10만 원 아래", "Under 100,000 won", 5_310, 28_440_000),
            gain("10만~50만 원", "100,000 to 500,000 won", 4_902, 141_200_000),
            gain("50만 원 위", "Over 500,000 won", 1_661, 242_690_100),
        ],
        trades: vec![
            gain("한식", "Korean food", 812, 96_200_000),
            gain("슈퍼마켓·편의점", "Groceries", 403, 88_120_000),
        ],
        places: vec![gain("중앙동", "Jungang", 702, 31_400_000), gain("가람동", "Garam", 655, 29_020_000)],
        form: RehearsalForm { rate: Field::of("8"), limit: Field::of("1,000,000") },
    }
}

/// A rehearsal under way.
pub(in super::super) fn rehearsal_running(lang: Lang) -> RehearsalRunningPage {
    RehearsalRunningPage {
        t: tongue(lang),
        page: frame(lang, "/desk/rehearsals", hall(lang, "role-officer", "nav-desk", "/desk")),
        rate: 800,
        limit: Won(1_000_000),
        done: 812_000,
        all: 2_104_882,
    }
}

/// The books, right.
pub(in super::super) fn books(lang: Lang) -> BooksPage {
    let class = |ko, en, mean_ko, mean_en, accounts, debit: i64, credit: i64, side| ClassTotal {
        name: pick(lang, ko, en),
        meaning: pick(lang, mean_ko, mean_en),
        accounts,
        debit: if debit > 0 { tongue(lang).won(Won(debit)) } else { String::new() },
        credit: if credit > 0 { tongue(lang).won(Won(credit)) } else { String::new() },
        side,
    };
    BooksPage {
        t: tongue(lang),
        page: frame(lang, "/books", hall(lang, "role-auditor", "nav-books", "/books")),
        postings: 2_104_882,
        last_at: at(14, 5),
        held: Won(3_204_118_400),
        owed: Won(3_204_118_400),
        classes: vec![
            class(
                "신탁 예금",
                "Bank trust account",
                "시민의 돈을 맡아 둔 은행 계좌",
                "The bank account that backs the card",
                1,
                3_204_118_400,
                0,
                "held",
            ),
            class(
                "시민 지갑",
                "People’s purses",
                "시민이 쓸 수 있는 돈",
                "What people can spend",
                41_204,
                0,
                2_790_006_100,
                "owed",
            ),
            class(
                "가게가 받을 돈",
                "Due to shops",
                "아직 통장에 들어가지 않은 돈",
                "Not paid out yet",
                3_000,
                0,
                414_112_300,
                "owed",
            ),
        ],
        verification: Verification::Agrees { at: at(13, 40), postings: 2_104_120, tenths: 18 },
        find: Field::of("12,000"),
        found: Some(vec![
            Found {
                href: "/books/postings/2104882".to_owned(),
                number: "2,104,882".to_owned(),
                kind: pick(lang, "결제", "Payment"),
                at: at(14, 5),
                amount: Won(12_000),
            };
            2
        ]),
        looked_through: Some(200_000),
        seal: Some(SealShown {
            sealed: 2_104_880,
            waiting: 2,
            key: "card.hanbit.example/log+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".into(),
            failing: false,
        }),
    }
}

/// The books, wrong, and nothing found.
pub(in super::super) fn books_wrong(lang: Lang) -> BooksPage {
    let mut page = books(lang);
    page.owed = Won(3_204_118_399);
    page.verification = Verification::Differs {
        at: at(13, 40),
        first: pick(
            lang,
            "기록 1,002,113: 잔액이 12,000원이어야 하는데 11,999원이에요.",
            "Posting 1,002,113: the balance is 11,999 won, not 12,000.",
        ),
        href: Some("/books/postings/1002113".to_owned()),
    };
    page.found = Some(Vec::new());
    page
}

/// A check under way.
pub(in super::super) fn books_running(lang: Lang) -> BooksPage {
    let mut page = books(lang);
    page.verification = Verification::Running { done: 812_000, all: 2_104_882 };
    page.found = None;
    page
}

/// One posting.
pub(in super::super) fn posting(lang: Lang) -> PostingPage {
    let won = |amount| tongue(lang).won(Won(amount));
    let leg = |debit: &str, credit: &str, amount, a, b, ko, en| PostingLeg {
        debit: debit.to_owned(),
        credit: credit.to_owned(),
        amount: won(amount),
        debit_after: won(a),
        credit_after: won(b),
        why: pick(lang, ko, en),
    };
    PostingPage {
        t: tongue(lang),
        page: frame(lang, "/books/postings/2104882", hall(lang, "role-auditor", "nav-books", "/books")),
        number: "2,104,882".to_owned(),
        id: "pst_000000000207h".to_owned(),
        kind: pick(lang, "결제", "Payment"),
        summary: pick(
            lang,
            "시민이 가게에 12,000원을 내고 1,200원이 적립됐어요.",
            "A citizen paid 12,000 won to a shop and got 1,200 won back.",
        ),
        at: at(14, 5),
        business_date: TODAY,
        actor: pick(lang, "시민 per_0c2k6p9x4q1ze", "citizen per_0c2k6p9x4q1ze"),
        client: pick(lang, "가게 계산대", "shop till"),
        rule: "2021-01-01 · 3f9a1c07".to_owned(),
        source: pick(lang, "시 공고 2020-1188", "Notice 2020-1188"),
        request_key: "01HZX4T8Q3M5N7P9".to_owned(),
        related: vec![(
            pick(lang, "되돌린 기록 2,104,990", "Reversed by 2,104,990"),
            "/books/postings/2104990".to_owned(),
        )],
        legs: vec![
            leg(
                "holder.cash per_0c2k6p9x4q1ze",
                "shop.payable mer_1x0f2m8k3q7ab",
                12_000,
                300_400,
                123_400,
                "낸 돈",
                "What was paid",
            ),
            leg(
                "budget.left 2021-q1",
                "holder.reward per_0c2k6p9x4q1ze",
                1_200,
                400_086_500,
                30_050,
                "적립",
                "Cashback",
            ),
        ],
        facts: vec![
            (pick(lang, "적립 비율", "Rate"), "10%".to_owned()),
            (pick(lang, "남은 한도", "Limit left"), won(300_000)),
        ],
        before: Some("/books/postings/2104881".to_owned()),
        after: None,
    }
}

/// The window, with someone found.
pub(in super::super) fn clerk(lang: Lang) -> ClerkPage {
    let t = tongue(lang);
    let card = |number: &str, standing, has_pin| CardAtWindow {
        card: CardInHand {
            id: "crd_0000000000001".to_owned(),
            number: number.to_owned(),
            kind: t.say("card-plastic").to_string(),
            until: Month::of(date(2026, 2, 1)),
            standing,
            request_key: "k7".to_owned(),
        },
        has_pin,
        pin: Field::default(),
    };
    ClerkPage {
        t,
        page: frame(lang, "/clerk", hall(lang, "role-clerk", "nav-clerk", "/clerk")),
        tasks: Vec::new(),
        listed: false,
        given: Vec::new(),
        errors: Vec::new(),
        find: Field::of(pick(lang, "이복순", "Lee Bok-soon")),
        closed: Vec::new(),
        found: None,
        person: Some(PersonAtWindow {
            id: "per_0000000000001".to_owned(),
            name: pick(lang, "이복순", "Lee Bok-soon"),
            about: pick(lang, "1943년생 · 가람동 · 010-1234-2210", "born 1943 · Garam · 010-1234-2210"),
            balance: Won(84_000),
            cards: vec![
                card("9410 •••• •••• 8813", CardStanding::Active, false),
                card("9410 •••• •••• 4402", CardStanding::Lost, true),
            ],
            top_up_key: "k9".to_owned(),
            top_up: Field::default(),
            top_up_room: Won(1_916_000),
            card_key: "k10".to_owned(),
            code_key: "k11".to_owned(),
            stamps: vec![StampsAtWindow {
                release: "cards".to_owned(),
                said: t
                    .say("stamps-at-window")
                    .text("sale", pick(lang, "가람시장", "Garam Market"))
                    .count("have", 2)
                    .count("full", 5)
                    .to_string(),
                give: Some(t.say("stamps-give").won("each", 5_000).to_string()),
                request_key: "k12".to_owned(),
            }],
            hand: HandOverForm { what: "per_0000000000001".to_owned(), ..hand_over(lang) },
        }),
        new_number: Some("9410 1234 5678 8813".to_owned()),
        enrol: enrol(lang),
    }
}

/// The window before anyone comes.
pub(in super::super) fn clerk_several(lang: Lang) -> ClerkPage {
    let t = tongue(lang);
    let mut page = clerk(lang);
    page.person = None;
    page.new_number = None;
    page.listed = true;
    page.tasks = vec![ClerkTask {
        name: pick(lang, "이*순", "Lee B*"),
        what: t.say("clerk-locked-what").to_string(),
        href: "/clerk?find=per_0000000000001".to_owned(),
        act: None,
    }];
    page.given = vec![ClerkTask {
        name: t.say("handover-draft").to_string(),
        what: t.say("handover-offered").to_string(),
        href: String::new(),
        act: Some(TaskAct {
            action: "/clerk/handovers/hnd_0000000000001/end".to_owned(),
            label: t.say("handover-back-do").to_string(),
            request_key: "k21".to_owned(),
        }),
    }];
    page.enrol.kept = Some(KeptDraft {
        id: "drf_0000000000001".to_owned(),
        about: t.say("draft-kept").text("at", "14:05").day("until", date(2021, 3, 9)).to_string(),
        on_its_way: false,
        hand: HandOverForm { what: "drf_0000000000001".to_owned(), ..hand_over(lang) },
        drop_key: "k22".to_owned(),
    });
    page.found = Some(vec![FoundPerson {
        href: "/clerk?find=per_0000000000001".to_owned(),
        name: pick(lang, "이복순", "Lee Bok-soon"),
        about: pick(lang, "1943년생 · 가람동 · 010-••••-2210", "born 1943 · Garam · 010-••••-2210"),
    }]);
    page.closed = vec![ClosedPerson {
        id: "per_0000000000002".to_owned(),
        name: pick(lang, "이*순", "Lee B*"),
        about: pick(lang, "별빛동", "Byeolbit"),
        request_key: "k20".to_owned(),
        why: Field::wrong("확인", t.say("refusal-reason-short").to_string()),
    }];
    page.enrol.open = true;
    page.enrol.alike = vec![AlikeLine {
        id: "per_0000000000001".to_owned(),
        name: pick(lang, "이복순", "Lee Bok-soon"),
        about: pick(lang, "1943년생 · 가람동 · 010-••••-2210", "born 1943 · Garam · 010-••••-2210"),
        agrees: t.say("alike-agrees").text("parts", t.say("alike-name")).to_string(),
        href: "/clerk?find=per_0000000000001".to_owned(),
    }];
    page.enrol.name = Field::wrong(pick(lang, "이복순", "Lee Bok-soon"), t.say("field-alike").to_string());
    page.enrol.born = Field::wrong("1943", t.say("field-born").to_string());
    page.errors = vec![FieldError { field: "born", error: t.say("field-born").to_string() }];
    page
}

fn hand_over(lang: Lang) -> HandOverForm {
    let name = pick(lang, "별빛동 · 주민센터 창구 직원", "Byeolbit · Counter clerk");
    let clerk = Choice { value: "acc_0000000000001".to_owned(), name, chosen: false };
    HandOverForm { colleagues: vec![clerk], request_key: "k23".to_owned(), ..HandOverForm::default() }
}

fn enrol(lang: Lang) -> EnrolForm {
    let t = tongue(lang);
    let choice = |value: &str, name: String| Choice { value: value.to_owned(), name, chosen: false };
    EnrolForm {
        request_key: "k11".to_owned(),
        districts: vec![choice("4511100001", pick(lang, "가람동", "Garam"))],
        kinds: vec![choice("plastic", t.say("card-plastic").to_string())],
        ..EnrolForm::default()
    }
}
