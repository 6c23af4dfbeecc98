//! Looks: the person's own page, the officer's list, the inspection.

use super::*;

pub(in super::super) fn me_looks(lang: Lang) -> OwnLooksPage {
    let t = tongue(lang);
    let who = t.say("look-who-clerk").to_string();
    let look = |no: u64, hour| OwnLook {
        no,
        at: at(hour, 12),
        who: who.clone(),
        what: t.say("look-what-window-person").to_string(),
        why: t.say("look-why-service").to_string(),
        reason: None,
        question: None,
        request_key: format!("k{no}"),
        ask: Field::default(),
    };
    let mut asked = look(8, 11);
    asked.question = Some(LookQuestion {
        asked: at(12, 0),
        text: pick(lang, "그날 창구에 가지 않았는데 왜 봤나요?", "I wasn’t at the window that day. Why?"),
        answer: Some((
            at(13, 40),
            pick(lang, "잃어버린 카드 신고를 전화로 받았어요.", "You called about a lost card."),
        )),
    });
    let mut wrong = look(7, 10);
    wrong.reason = Some(pick(lang, "실종 신고로 주소를 확인", "A missing person’s address"));
    wrong.ask = Field::wrong("", t.say("refusal-question-form").to_string());
    OwnLooksPage {
        t,
        page: frame(lang, "/me/looks", citizen(lang, "nav-looks")),
        errors: vec![FieldError { field: "question", error: t.say("refusal-question-form").to_string() }],
        glasses: vec![
            OwnGlass {
                at: at(9, 30),
                who: who.clone(),
                why: pick(
                    lang,
                    "댁에 쓰러져 계셔서 가족 연락처를 찾아요",
                    "Collapsed at home: the family’s number",
                ),
                review: None,
            },
            OwnGlass {
                at: at(9, 0),
                who: who.clone(),
                why: pick(lang, "응급실에서 신원 확인 요청", "The emergency room asked who they are"),
                review: Some((
                    at(10, 0),
                    true,
                    pick(lang, "병원 공문과 맞춰 봤어요", "Checked with the hospital"),
                )),
            },
        ],
        looks: vec![look(9, 13), asked, wrong],
        before: 0,
        older: Some("/me/looks?before=7".to_owned()),
    }
}

pub(in super::super) fn me_looks_empty(lang: Lang) -> OwnLooksPage {
    let full = me_looks(lang);
    OwnLooksPage { errors: Vec::new(), glasses: Vec::new(), looks: Vec::new(), older: None, ..full }
}

pub(in super::super) fn desk_looks(lang: Lang) -> DeskLooksPage {
    let t = tongue(lang);
    let who = format!("{} (clerk/1)", t.say("look-who-clerk"));
    DeskLooksPage {
        t,
        page: frame(lang, "/desk/looks", hall(lang, "role-officer", "nav-desk-looks", "/desk/looks")),
        errors: vec![FieldError { field: "note", error: t.say("refusal-reason-short").to_string() }],
        glasses: vec![GlassToReview {
            id: "gls_0000000000001".to_owned(),
            at: at(9, 30),
            who: who.clone(),
            person: "per_0000000000001".to_owned(),
            why: pick(
                lang,
                "댁에 쓰러져 계셔서 가족 연락처를 찾아요",
                "Collapsed at home: the family’s number",
            ),
            request_key: "k1".to_owned(),
            note: Field::wrong("확인", t.say("refusal-reason-short").to_string()),
        }],
        questions: vec![QuestionToAnswer {
            id: "qst_0000000000001".to_owned(),
            asked: at(12, 0),
            person: "per_0000000000002".to_owned(),
            text: pick(lang, "그날 창구에 가지 않았는데 왜 봤나요?", "I wasn’t at the window that day. Why?"),
            look: Some(
                t.say("desk-look")
                    .moment("at", &at(11, 12))
                    .text("who", who)
                    .text("what", t.say("look-what-window-person"))
                    .text("why", t.say("look-why-service"))
                    .to_string(),
            ),
            request_key: "k2".to_owned(),
            answer: Field::default(),
        }],
    }
}

pub(in super::super) fn desk_looks_empty(lang: Lang) -> DeskLooksPage {
    let full = desk_looks(lang);
    DeskLooksPage { errors: Vec::new(), glasses: Vec::new(), questions: Vec::new(), ..full }
}

pub(in super::super) fn inspection(lang: Lang) -> InspectionPage {
    let t = tongue(lang);
    let who = format!("{} (clerk/1)", t.say("look-who-clerk"));
    let month = |year, month| base::Month::of(date(year, month, 1));
    let link = |month: base::Month, current| MonthLink {
        name: t.month(&month),
        href: "/desk/inspection?month=2021-01".to_owned(),
        current,
    };
    InspectionPage {
        t,
        page: frame(
            lang,
            "/desk/inspection",
            hall(lang, "role-officer", "nav-inspection", "/desk/inspection"),
        ),
        errors: Vec::new(),
        month: t.month(&month(2021, 1)),
        month_code: "2021-01".to_owned(),
        months: vec![link(month(2021, 2), false), link(month(2021, 1), true)],
        looks: 12_480,
        people: 9_120,
        by_purpose: vec![
            (t.say("look-who-clerk").to_string(), t.say("look-why-service").to_string(), 12_104),
            (t.say("look-who-auditor").to_string(), t.say("look-why-audit").to_string(), 376),
        ],
        all_unusual: 2,
        unusual: vec![UnusualLook {
            at: at(23, 14),
            who: who.clone(),
            person: "per_0000000000001".to_owned(),
            what: t.say("look-what-window-person").to_string(),
            signs: vec![
                t.say("sign-many").count("people", 24).to_string(),
                t.say("sign-night").count("hour", 23).to_string(),
                t.say("sign-no-task").to_string(),
                t.say("sign-neighbour").to_string(),
                t.say("sign-surname").to_string(),
            ],
        }],
        made: Some(at(0, 1)),
        broken: None,
        request_key: "k1".to_owned(),
        why: Field::default(),
        downloads: vec![Downloaded {
            at: at(10, 20),
            who,
            lines: 2,
            why: pick(lang, "2021년 1월 정기 점검 보고", "The regular report of January"),
            id: "dnl_0000000000001".to_owned(),
        }],
    }
}

pub(in super::super) fn inspection_broken(lang: Lang) -> InspectionPage {
    let t = tongue(lang);
    InspectionPage {
        looks: 0,
        people: 0,
        all_unusual: 0,
        unusual: Vec::new(),
        by_purpose: Vec::new(),
        broken: Some("the access ledger is broken: entry 2 is not what was written".to_owned()),
        why: Field::wrong("확인", t.say("refusal-reason-short").to_string()),
        errors: vec![FieldError { field: "why", error: t.say("refusal-reason-short").to_string() }],
        ..inspection(lang)
    }
}
