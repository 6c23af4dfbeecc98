//! Organisations: the list, one at the city hall, and their own desks.

use super::*;

fn line(lang: Lang, ko: &str, en: &str, kind: &'static str, firms: Option<usize>) -> OrganisationLine {
    OrganisationLine {
        name: pick(lang, ko, en),
        kind,
        href: "/desk/organisations/org_0000000000001".to_owned(),
        firms,
        closed: false,
    }
}

fn choices(lang: Lang, all: &[(&str, &str, &str)]) -> Vec<Choice> {
    let choice = |(value, ko, en): &(&str, &str, &str)| Choice {
        value: (*value).to_owned(),
        name: pick(lang, ko, en),
        chosen: false,
    };
    all.iter().map(choice).collect()
}

/// The city's list, with a name that was refused.
pub(in super::super) fn organisations(lang: Lang) -> OrganisationsPage {
    let t = tongue(lang);
    let association = "organisation-kind-association";
    let mut closed = line(lang, "한빛 청년상인회", "Hanbit young merchants", association, Some(0));
    closed.closed = true;
    OrganisationsPage {
        t,
        page: frame(
            lang,
            "/desk/organisations",
            hall(lang, "role-officer", "nav-organisations", "/desk/organisations"),
        ),
        errors: vec![FieldError { field: "english", error: t.say("refusal-organisation-name").to_string() }],
        all: vec![
            line(lang, "한빛기업연합회", "Federation of Hanbit firms", association, Some(300)),
            line(lang, "한빛모금회", "Hanbit Chest", "organisation-kind-community-chest", None),
            closed,
        ],
        windows: vec![line(
            lang,
            "한들동 주민센터 창구",
            "Handeul neighbourhood window",
            "organisation-kind-window",
            None,
        )],
        found: FoundForm {
            request_key: "k1".to_owned(),
            kinds: choices(lang, &[("agency", "협력기관", "Agency"), ("association", "단체", "Association")]),
            name: Field::of(pick(lang, "한빛 복지관", "Hanbit welfare centre")),
            english: Field::wrong("\u{1}", t.say("refusal-organisation-name").to_string()),
            open: true,
        },
    }
}

fn members(lang: Lang, href: Option<&str>) -> Vec<MemberLine> {
    let t = tongue(lang);
    let line = |id: &str, name: String, about: String, until| MemberLine {
        id: id.to_owned(),
        name,
        about,
        since: t.full_day(date(2021, 2, 1)),
        until,
        href: None,
    };
    let council = line(
        "org_0000000000002",
        pick(lang, "산업단지 입주기업 협의회", "Council of firms in the industrial park"),
        t.say("about-firms").count("count", 42).to_string(),
        None,
    );
    vec![
        MemberLine { href: href.map(str::to_owned), ..council },
        line("biz_0000000000001", pick(lang, "가람정밀", "Garam Precision"), "123-45-67891".to_owned(), None),
        line(
            "biz_0000000000002",
            pick(lang, "솔내식품", "Solnae Foods"),
            "220-81-62517".to_owned(),
            Some(t.full_day(date(2021, 2, 23))),
        ),
    ]
}

fn shown(lang: Lang, at_hall: bool) -> OrganisationPage {
    let t = tongue(lang);
    let base = if at_hall { "/desk/organisations/org_0000000000001" } else { "/organisation" };
    let visitor = if at_hall {
        hall(lang, "role-officer", "nav-organisations", "/desk/organisations")
    } else {
        hall(lang, "role-organisation", "nav-organisation", "/organisation")
    };
    OrganisationPage {
        t,
        page: frame(lang, base, visitor),
        errors: Vec::new(),
        name: pick(lang, "한빛기업연합회", "Federation of Hanbit firms"),
        id: "org_0000000000001".to_owned(),
        kind: "organisation-kind-association",
        since: t.full_day(date(2021, 1, 1)),
        closed: None,
        base: base.to_owned(),
        at_hall,
        part_of: vec![pick(lang, "전국기업연합회", "National federation of firms")],
        staff: 2,
        has_members: true,
        firms: 44,
        through: 42,
        members: members(lang, at_hall.then_some("/desk/organisations/org_0000000000002")),
        more: 12,
        join: Some(JoinForm {
            request_key: "k1".to_owned(),
            member: Field::wrong("123", t.say("field-member-number").to_string()),
            name: Field::default(),
            trades: choices(lang, &[("bakery", "제과점", "Bakery")]),
            open: true,
        }),
    }
}

/// At the city hall.
pub(in super::super) fn organisation(lang: Lang) -> OrganisationPage {
    shown(lang, true)
}

/// At an association's own desk.
pub(in super::super) fn organisation_own(lang: Lang) -> OrganisationPage {
    let t = tongue(lang);
    let errors = vec![FieldError { field: "member", error: t.say("field-member-number").to_string() }];
    OrganisationPage { errors, ..shown(lang, false) }
}

/// One without members, closed.
pub(in super::super) fn organisation_chest(lang: Lang) -> OrganisationPage {
    OrganisationPage {
        name: pick(lang, "한빛모금회", "Hanbit Chest"),
        kind: "organisation-kind-community-chest",
        closed: Some(tongue(lang).full_day(date(2021, 2, 20))),
        part_of: Vec::new(),
        has_members: false,
        firms: 0,
        through: 0,
        members: Vec::new(),
        more: 0,
        join: None,
        ..shown(lang, true)
    }
}
