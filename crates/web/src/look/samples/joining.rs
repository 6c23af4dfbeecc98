//! Joining as a shop: looked up, applied for, decided.

use super::*;

fn choices(lang: Lang, all: &[(&str, &str, &str)]) -> Vec<Choice> {
    let choice = |(value, ko, en): &(&str, &str, &str)| Choice {
        value: (*value).to_owned(),
        name: pick(lang, ko, en),
        chosen: false,
    };
    all.iter().map(choice).collect()
}

fn grounds(lang: Lang) -> Vec<Choice> {
    choices(
        lang,
        &[
            ("large", "중소기업이 아님", "Not a small or medium business"),
            ("false", "거짓 등록", "False grounds"),
        ],
    )
}

fn file(lang: Lang, state: &str, chip: &'static str) -> MembershipFile {
    let t = tongue(lang);
    MembershipFile {
        id: format!("app_{state}"),
        name: pick(lang, "가람시장 분식 둘째집", "Garam Market Snacks, second shop"),
        number: "124-81-00998".to_owned(),
        about: pick(lang, "분식·치킨 · 한빛1동", "Snacks and fried chicken · Hanbit 1-dong"),
        state: (t.say(format!("join-state-{state}")).to_string(), chip),
        next: t.say("join-next-lacks").to_string(),
        request_key: "k1".to_owned(),
        ..MembershipFile::default()
    }
}

fn refused(lang: Lang) -> MembershipFile {
    MembershipFile {
        next: tongue(lang).say("join-next-refused").to_string(),
        ground: Some((
            pick(lang, "중소기업이 아님", "Not a small or medium business"),
            pick(lang, "지역사랑상품권법 제7조", "Local Gift Certificates Act, Art. 7"),
        )),
        why: Some(pick(lang, "중견기업의 직영점이에요.", "It is run by a larger company.")),
        appeal_until: Some(date(2021, 3, 25)),
        ..file(lang, "refused", "off")
    }
}

/// A number that is a member's.
pub(in super::super) fn join_look_up(lang: Lang) -> JoinLookUpPage {
    let t = tongue(lang);
    let found = NumberFound {
        what: t.say("join-already").text("card", pick(lang, "한빛카드", "Hanbit Card")).to_string(),
        next: t
            .say("join-already-next")
            .text("shop", pick(lang, "가람시장 분식", "Garam Snacks"))
            .to_string(),
        link: Some(("/shop/payouts", t.say("join-pay-in").to_string())),
    };
    JoinLookUpPage {
        t,
        page: frame(lang, "/join?number=124-81-00998", None),
        errors: Vec::new(),
        number: Field::of("124-81-00998"),
        found: Some(found),
        tries: Some(["124-81-00998", "220-81-62517"].map(str::to_owned)),
    }
}

/// A number that is none.
pub(in super::super) fn join_look_up_wrong(lang: Lang) -> JoinLookUpPage {
    let error = tongue(lang).say("refusal-business-number-wrong").to_string();
    JoinLookUpPage {
        errors: vec![FieldError { field: "number", error: error.clone() }],
        number: Field::wrong("12", error),
        found: None,
        ..join_look_up(lang)
    }
}

/// One that waits for papers, one that was turned down, and the form with a number that was refused.
pub(in super::super) fn join_mine(lang: Lang) -> JoinMinePage {
    let t = tongue(lang);
    let papers = vec![pick(lang, "사업자등록증", "Business registration certificate")];
    let error = t.say("refusal-business-number-wrong").to_string();
    JoinMinePage {
        t,
        page: frame(lang, "/join/mine", citizen(lang, "nav-wallet")),
        errors: vec![FieldError { field: "number", error: error.clone() }],
        files: vec![
            MembershipFile { missing: papers.clone(), may_withdraw: true, ..file(lang, "lacks", "soon") },
            refused(lang),
        ],
        form: Some(MembershipForm {
            request_key: "k1".to_owned(),
            number: Field::wrong("124-81-00997", error),
            trades: choices(lang, &[("cafe", "카페", "Café"), ("snack", "분식·치킨", "Snacks")]),
            districts: choices(lang, &[("1", "한빛1동", "Hanbit 1-dong")]),
            papers,
            ..MembershipForm::default()
        }),
    }
}

pub(in super::super) fn join_mine_empty(lang: Lang) -> JoinMinePage {
    JoinMinePage { files: Vec::new(), form: None, errors: Vec::new(), ..join_mine(lang) }
}

fn line(lang: Lang, state: &str, due: Option<Date>, overdue: bool) -> MembershipLine {
    MembershipLine {
        href: "/desk/joining/app_0000000000001".to_owned(),
        name: pick(lang, "가람시장 분식 둘째집", "Garam Market Snacks, second shop"),
        number: "124-81-00998".to_owned(),
        state: (tongue(lang).say(format!("join-state-{state}")).to_string(), "soon"),
        at: at(9, 12),
        due,
        overdue,
    }
}

/// One overdue, one in time, one without its papers.
pub(in super::super) fn desk_joining(lang: Lang) -> DeskJoiningPage {
    let t = tongue(lang);
    let error = t.say("refusal-shop-unknown").to_string();
    DeskJoiningPage {
        t,
        page: frame(lang, "/desk/joining", hall(lang, "role-officer", "nav-joining", "/desk/joining")),
        errors: vec![FieldError { field: "shop", error: error.clone() }],
        queue: vec![
            line(lang, "filed", Some(date(2021, 2, 20)), true),
            line(lang, "appealed", Some(date(2021, 2, 26)), false),
            line(lang, "lacks", None, false),
        ],
        overdue: 1,
        decided: vec![line(lang, "accepted", None, false)],
        grounds: grounds(lang),
        request_key: "k1".to_owned(),
        shop: Field::wrong("124-81-00998", error),
        why: Field::default(),
    }
}

pub(in super::super) fn desk_joining_empty(lang: Lang) -> DeskJoiningPage {
    DeskJoiningPage {
        errors: Vec::new(),
        queue: Vec::new(),
        overdue: 0,
        decided: Vec::new(),
        shop: Field::default(),
        ..desk_joining(lang)
    }
}

/// One paper seen, one to see.
pub(in super::super) fn desk_joining_file(lang: Lang) -> DeskJoiningFilePage {
    let paper = |id: &str, ko, en, seen| PaperLine {
        id: id.to_owned(),
        name: pick(lang, ko, en),
        seen,
        request_key: "k1".to_owned(),
    };
    let error = tongue(lang).say("refusal-reason-short").to_string();
    DeskJoiningFilePage {
        t: tongue(lang),
        page: frame(lang, "/desk/joining/x", hall(lang, "role-officer", "nav-joining", "/desk/joining")),
        errors: vec![FieldError { field: "why", error: error.clone() }],
        file: file(lang, "filed", "soon"),
        applicant: pick(lang, "김영숙", "Kim Young-sook"),
        papers: vec![
            paper("registration", "사업자등록증", "Business registration certificate", true),
            paper("account", "통장 사본", "Copy of the bank book", false),
        ],
        due: Some(date(2021, 2, 20)),
        overdue: true,
        task: DeskTask::Decide,
        grounds: grounds(lang),
        request_key: "k1".to_owned(),
        why: Field::wrong("?", error),
    }
}

/// What the shop says against a refusal.
pub(in super::super) fn desk_joining_appeal(lang: Lang) -> DeskJoiningFilePage {
    let said = pick(lang, "가맹본부와 따로 운영해요.", "We run it ourselves.");
    DeskJoiningFilePage {
        errors: Vec::new(),
        file: MembershipFile { appeal: Some(said), appeal_until: None, ..refused(lang) },
        overdue: false,
        task: DeskTask::Answer,
        why: Field::default(),
        ..desk_joining_file(lang)
    }
}
