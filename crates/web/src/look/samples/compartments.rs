//! A sealed compartment: its list, taking in, one record, and who looked.

use super::*;

fn inside(lang: Lang, key: &'static str) -> Option<Visitor> {
    let name = pick(lang, "한빛 상담소", "Hanbit counselling");
    Some(Visitor {
        name,
        role: "role-organisation",
        nav: nav(&[(key, "/sealed/room")], key),
        more: Vec::new(),
    })
}

fn room(lang: Lang) -> String {
    pick(lang, "상담실", "Counselling")
}

fn written(kind: &'static str, hour: i8, by: &str, text: String) -> WrittenLine {
    WrittenLine { kind, at: at(hour, 5), by: by.to_owned(), paragraphs: vec![text] }
}

pub(in super::super) fn compartment(lang: Lang) -> CompartmentPage {
    let line = |name: String, closed| SealedLine {
        href: "/sealed/room/rec_0000000000001".to_owned(),
        name,
        since: at(9, 0),
        last: at(14, 5),
        closed,
    };
    let long = pick(lang, "이름을 말하고 싶지 않은 분 ", "Somebody who doesn't say their name ").repeat(2);
    CompartmentPage {
        t: tongue(lang),
        page: frame(lang, "/sealed/room", inside(lang, "nav-compartment")),
        name: room(lang),
        base: "/sealed/room".to_owned(),
        open: 2,
        lines: vec![
            line(pick(lang, "새벽", "Dawn"), false),
            line(long, false),
            line(pick(lang, "노을", "Dusk"), true),
        ],
        more: Some("/sealed/room?from=30".to_owned()),
    }
}

pub(in super::super) fn compartment_empty(lang: Lang) -> CompartmentPage {
    CompartmentPage { open: 0, lines: Vec::new(), more: None, ..compartment(lang) }
}

pub(in super::super) fn compartment_new(lang: Lang) -> NewSealedPage {
    let t = tongue(lang);
    let error = t.say("refusal-compartment-name").to_string();
    NewSealedPage {
        t,
        page: frame(lang, "/sealed/room/new", inside(lang, "nav-compartment")),
        errors: vec![FieldError { field: "name", error: error.clone() }],
        room: room(lang),
        base: "/sealed/room".to_owned(),
        request_key: "k1".to_owned(),
        forms: SealedForms { name: Field::wrong("", error), ..SealedForms::default() },
    }
}

pub(in super::super) fn compartment_record(lang: Lang) -> SealedPage {
    let t = tongue(lang);
    let note = pick(lang, "밤에 혼자 있기 무서워요.", "Is afraid to be alone at night.");
    SealedPage {
        t,
        page: frame(lang, "/sealed/room/rec_0000000000001", inside(lang, "nav-compartment")),
        errors: Vec::new(),
        room: room(lang),
        base: "/sealed/room".to_owned(),
        id: "rec_0000000000001".to_owned(),
        name: pick(lang, "새벽", "Dawn"),
        reach: "010-0000-0000".to_owned(),
        since: at(9, 0),
        closed: false,
        goes: None,
        lines: vec![
            written("compartment-taken-in", 9, "acc_0000000000001", note.clone()),
            written("compartment-noted", 14, &t.say("compartment-me").to_string(), note),
        ],
        note_key: "k1".to_owned(),
        close_key: "k2".to_owned(),
        forms: SealedForms::default(),
    }
}

pub(in super::super) fn compartment_closed(lang: Lang) -> SealedPage {
    let mut page = compartment_record(lang);
    page.lines.push(written("compartment-closed", 16, "acc_0000000000001", String::new()));
    SealedPage { closed: true, goes: Some(base::date(2024, 2, 24)), reach: String::new(), ..page }
}

pub(in super::super) fn compartment_looks(lang: Lang) -> CompartmentLooksPage {
    let t = tongue(lang);
    let look = |what: &'static str| SealedLook {
        at: at(14, 5),
        who: "acc_0000000000001".to_owned(),
        what: t.say(what).to_string(),
        record: "rec_0000000000001".to_owned(),
        from: "2001:db8:1234:5678:90ab:cdef:1234:5678".to_owned(),
    };
    CompartmentLooksPage {
        t,
        page: frame(lang, "/sealed/room/looks", inside(lang, "nav-compartment-looks")),
        name: room(lang),
        lines: vec![look("look-what-compartment-record"), look("look-what-compartment-list")],
        older: Some("/sealed/room/looks?before=2".to_owned()),
    }
}

pub(in super::super) fn compartment_looks_empty(lang: Lang) -> CompartmentLooksPage {
    CompartmentLooksPage { lines: Vec::new(), older: None, ..compartment_looks(lang) }
}
