//! What is kept about a person.

use base::{Lang, Won};

use super::*;

fn choice(value: &str, name: &str) -> Choice {
    Choice { value: value.to_owned(), name: name.to_owned(), chosen: false }
}

fn helper(lang: Lang, id: &str, alive: bool) -> HelperLine {
    let t = tongue(lang);
    HelperLine {
        id: id.to_owned(),
        person: "per_0000000000001".to_owned(),
        name: pick(lang, "김영희", "Kim Young-hee"),
        about: t
            .say("helper-since")
            .text("tie", t.say("helper-family"))
            .text("day", t.full_day(TODAY))
            .to_string(),
        may: vec![t.say("helper-may-pay").won("once", 20_000).won("month", 100_000).to_string()],
        alive,
        request_key: "k20".to_owned(),
    }
}

fn fact(lang: Lang, id: &str, struck: bool) -> FactLine {
    let t = tongue(lang);
    let source = t.say("known-since").text("source", t.say("known-by-declared"));
    FactLine {
        id: id.to_owned(),
        name: t.say("known-household-size").to_string(),
        value: t.say("known-is-people").count("count", 2).to_string(),
        source: source.text("day", t.full_day(TODAY)).to_string(),
        against: Some(
            t.say("known-against").text("source", t.say("known-by-document")).text("value", "3").to_string(),
        ),
        struck: struck.then(|| pick(lang, "다른 분의 기록이었어요", "It was somebody else’s")),
        request_key: "k21".to_owned(),
    }
}

fn house_form(lang: Lang) -> HouseholdForm {
    let relation = tongue(lang).say("relation-child").to_string();
    HouseholdForm {
        request_key: "k27".to_owned(),
        relations: vec![choice("child", &relation)],
        ..HouseholdForm::default()
    }
}

/// Three who live together, one of them out of sight.
fn household(lang: Lang) -> HouseholdShown {
    let t = tongue(lang);
    let since = |key: &str| {
        let said = t.say("household-since").text("relation", t.say(key));
        said.text("from", t.full_day(TODAY)).to_string()
    };
    let was = t.say("household-was").text("relation", t.say("relation-child"));
    let was = was.text("from", t.full_day(TODAY)).text("until", t.full_day(TODAY));
    let here = HouseholdHere {
        id: "hsh_0000000000001".to_owned(),
        stay: "rec_0000000000009".to_owned(),
        own: since("relation-head"),
        members: vec![HousemateLine {
            name: pick(lang, "이*나", "Lee H*"),
            href: None,
            about: since("relation-child"),
        }],
        elsewhere: Some(t.say("household-elsewhere").count("count", 1).to_string()),
        strike_key: "k28".to_owned(),
        add: house_form(lang),
        change: house_form(lang),
        leave: house_form(lang),
    };
    HouseholdShown {
        size: Some(t.say("household-size").count("count", 3).to_string()),
        why: Some(t.say("household-counts-members").count("other", 2).to_string()),
        here: Some(here),
        past: vec![was.to_string()],
        ..HouseholdShown::default()
    }
}

/// Of no household, with a form that was refused.
fn alone(lang: Lang) -> HouseholdShown {
    let t = tongue(lang);
    let wrong = Field::wrong("?", t.say("field-day").to_string());
    HouseholdShown {
        size: Some(t.say("household-size-said").count("count", 2).to_string()),
        begin: house_form(lang),
        join: HouseholdForm { from: wrong, open: true, ..house_form(lang) },
        ..HouseholdShown::default()
    }
}

fn paper(lang: Lang, id: &str, struck: bool) -> SheetLine {
    let t = tongue(lang);
    let about = t.say("paper-about").text("kind", "PDF").count("size", 120);
    SheetLine {
        id: id.to_owned(),
        of: t.say("paper-application").to_string(),
        about: about.text("day", t.full_day(TODAY)).to_string(),
        struck: struck.then(|| {
            t.say("paper-struck")
                .text("why", pick(lang, "다른 분의 종이였어요", "It was somebody else’s"))
                .to_string()
        }),
        open_key: "k31".to_owned(),
        request_key: "k29".to_owned(),
    }
}

fn consents(lang: Lang) -> Vec<ConsentLine> {
    let t = tongue(lang);
    let line = |id: &str, holds: bool| ConsentLine {
        id: id.to_owned(),
        name: pick(lang, "돌봄 상담", "Care advice"),
        what: pick(lang, "연락처를 돌봄 상담에 써요.", "Your telephone is used for advice."),
        source: pick(lang, "개인정보 보호법 제15조", "PIPA §15"),
        holds,
        since: holds.then(|| t.say("consent-online").text("day", t.full_day(TODAY)).to_string()),
        request_key: "k22".to_owned(),
    };
    vec![line("care", true), line("health", false)]
}

/// One's own page, full.
pub(in super::super) fn records(lang: Lang) -> RecordsPage {
    let t = tongue(lang);
    let visitor = Visitor {
        name: pick(lang, "김순자", "Kim Soon-ja"),
        role: "role-citizen",
        nav: nav(&[("nav-wallet", "/wallet"), ("nav-me", "/me")], "nav-me"),
        more: Vec::new(),
    };
    let said = t.say("told-paid").text("name", pick(lang, "김영희", "Kim Young-hee"));
    let said = said.text("shop", pick(lang, "남부 반찬", "Nambu Banchan")).won("amount", 12_000);
    RecordsPage {
        t,
        page: frame(lang, "/me", Some(visitor)),
        errors: Vec::new(),
        base: "/me".to_owned(),
        whose: None,
        back: String::new(),
        facts: vec![fact(lang, "rec_0000000000001", false)],
        past: vec![fact(lang, "rec_0000000000002", true)],
        household: household(lang),
        papers: PapersShown {
            lines: vec![paper(lang, "rec_0000000000011", false), paper(lang, "rec_0000000000012", true)],
            ..PapersShown::default()
        },
        consents: consents(lang),
        helpers: vec![helper(lang, "rec_0000000000003", true)],
        past_helpers: vec![helper(lang, "rec_0000000000004", false)],
        told: vec![ToldLine {
            what: said.to_string(),
            when: t.moment(&at(14, 5)),
            href: Some("/wallet/receipts/pst_0000000000001".to_owned()),
        }],
        helping: vec![HelpingLine {
            line: helper(lang, "rec_0000000000005", true),
            sees: true,
            seen: Some(SeenWallet {
                balance: Won(84_000),
                latest: vec![SeenEntry {
                    what: pick(lang, "남부 반찬", "Nambu Banchan"),
                    when: t.moment(&at(14, 5)),
                    amount: Won(-12_000),
                }],
            }),
            look_key: "k26".to_owned(),
            left: Some(t.say("helping-left").won("left", 80_000).won("limit", 20_000).to_string()),
            pay_key: "k23".to_owned(),
            shop: Field::default(),
            amount: Field::default(),
        }],
        links: Vec::new(),
        fact_form: FactForm::default(),
        consent_form: ConsentForm::default(),
        help_form: HelpForm {
            ties: vec![choice("family", &t.say("helper-family").to_string())],
            ..HelpForm::default()
        },
        link_form: LinkForm::default(),
    }
}

/// The window's, with little on it and a form that was refused.
pub(in super::super) fn records_at_window(lang: Lang) -> RecordsPage {
    let t = tongue(lang);
    let wrong = t.say("field-fact-value").to_string();
    RecordsPage {
        base: "/clerk/people/per_0000000000001".to_owned(),
        whose: Some(pick(lang, "이복순", "Lee Bok-soon")),
        back: "/clerk?find=per_0000000000001".to_owned(),
        errors: vec![FieldError { field: "fact_value", error: wrong.clone() }],
        past: Vec::new(),
        papers: PapersShown {
            lines: vec![paper(lang, "rec_0000000000011", false)],
            request_key: "k30".to_owned(),
            proves: vec![choice("", &t.say("paper-application").to_string())],
            file: Field::wrong("", t.say("refusal-paper-kind").to_string()),
            open: true,
        },
        helpers: Vec::new(),
        past_helpers: Vec::new(),
        told: Vec::new(),
        helping: Vec::new(),
        links: vec![LinkLine {
            id: "per_0000000000002".to_owned(),
            name: pick(lang, "이복슨", "Lee Bok-sun"),
            about: pick(lang, "1943년생", "born 1943"),
            href: "/clerk?find=per_0000000000002".to_owned(),
            direct: true,
            request_key: "k24".to_owned(),
        }],
        fact_form: FactForm {
            request_key: "k25".to_owned(),
            kinds: vec![choice("household-size", &t.say("known-household-size").to_string())],
            value: Field::wrong("?", wrong),
            sources: vec![choice("declared", &t.say("known-by-declared").to_string())],
            open: true,
            ..FactForm::default()
        },
        consent_form: ConsentForm {
            purposes: vec![choice("care", &pick(lang, "돌봄 상담", "Care advice"))],
            speakers: vec![choice("own", &t.say("consent-by-own").to_string())],
            ..ConsentForm::default()
        },
        ..records(lang)
    }
}

/// The window's, of somebody who lives in no household that is known.
pub(in super::super) fn records_alone(lang: Lang) -> RecordsPage {
    RecordsPage { household: alone(lang), ..records_at_window(lang) }
}
