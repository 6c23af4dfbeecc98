//! Records that may be of one person.

use super::*;

pub(in super::super) fn alike(lang: Lang) -> AlikePage {
    let t = tongue(lang);
    let error = t.say("refusal-reason-short").to_string();
    let side = |no: u8, about: String| AlikeSide {
        name: pick(lang, "김순자", "Kim Sun-ja"),
        about,
        born: Some(date(1943, 5, 1)),
        href: format!("/clerk/people/per_000000000000{no}/records"),
    };
    let pair = AlikePair {
        one: side(
            1,
            pick(lang, "1943년생 · 풍남동 · 010-1234-5678", "born 1943 · Pungnam-dong · 010-1234-5678"),
        ),
        other: side(2, pick(lang, "1943년생 · 우아1동", "born 1943 · Ua 1-dong")),
        agrees: t.say("alike-agrees").text("parts", pick(lang, "이름, 생일", "name, birthday")).to_string(),
        since: at(9, 12),
        action: "/clerk/alike/per_0000000000001/per_0000000000002".to_owned(),
        request_key: "k1".to_owned(),
        why: Field::default(),
    };
    let differs = DifferingPair {
        one: pair.one.clone(),
        other: pair.other.clone(),
        what: t.say("differ-home").to_string(),
        since: at(9, 40),
    };
    let why = Field::wrong("닮음", error.clone());
    let other = "/clerk/alike/per_0000000000003/per_0000000000004".to_owned();
    AlikePage {
        t,
        page: frame(lang, "/clerk/alike", owner(lang, "nav-shop")),
        errors: vec![FieldError { field: "why", error }],
        pairs: vec![pair.clone(), AlikePair { action: other, why, ..pair }],
        differing: vec![differs],
    }
}

pub(in super::super) fn alike_empty(lang: Lang) -> AlikePage {
    AlikePage { errors: Vec::new(), pairs: Vec::new(), differing: Vec::new(), ..alike(lang) }
}
