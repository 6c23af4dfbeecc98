//! Who may do what.

use base::Lang;

use super::super::*;
use super::{citizen, frame, hall, owner, pick, tongue};

fn officer(lang: Lang) -> Option<Visitor> {
    hall(lang, "role-officer", "nav-access", "/desk/access")
}

fn role(lang: Lang, standing: RoleStanding) -> RoleLine {
    let t = tongue(lang);
    RoleLine {
        id: "grt_0000000000001".to_owned(),
        name: pick(lang, "주민센터 창구 직원", "Counter clerk of a neighbourhood"),
        reach: pick(lang, "새터동", "Saeteo-dong"),
        days: t
            .say("days-both")
            .text("since", t.full_day(super::TODAY))
            .text("until", t.full_day(base::date(2021, 12, 31)))
            .to_string(),
        standing,
        who: pick(lang, "김*숙 (acc_0000000000001)", "Kim Y* (acc_0000000000001)"),
        href: "/desk/access?find=acc_0000000000001".to_owned(),
        can_confirm: standing == RoleStanding::Waits,
    }
}

fn sign_ins(lang: Lang) -> Vec<SignInLine> {
    let t = tongue(lang);
    let line = |number: &str, hour, how: &str, mine| SignInLine {
        number: number.to_owned(),
        since: t.moment(&super::at(hour, 5)),
        how: t.say(how).to_string(),
        role: pick(lang, "시민", "Citizen"),
        mine,
    };
    vec![line("00000000000000a1", 14, "how-code", true), line("00000000000000a2", 9, "how-passkey", false)]
}

/// One's own account, signed in at two places, with an earlier role.
pub(in super::super) fn account(lang: Lang) -> AccountPage {
    AccountPage {
        t: tongue(lang),
        page: frame(lang, "/account", citizen(lang, "")),
        roles: vec![role(lang, RoleStanding::Holds), role(lang, RoleStanding::Over)],
        sign_ins: sign_ins(lang),
        more: 3,
        passkeys: true,
        houses: true,
    }
}

fn give(lang: Lang) -> GiveForm {
    let t = tongue(lang);
    let choice = |value: &str, name: String| Choice { value: value.to_owned(), name, chosen: false };
    GiveForm {
        request_key: "k1".to_owned(),
        roles: vec![choice("clerk", role(lang, RoleStanding::Holds).name)],
        districts: vec![choice("1", pick(lang, "새터동", "Saeteo-dong"))],
        shop: Field::wrong("12", t.say("field-shop-unknown").to_string()),
        organisations: vec![choice(
            "org_0000000000001",
            pick(lang, "새터시장 상인회", "Saeteo Market Association"),
        )],
        from: Field::of("2021-02-23"),
        until: Field::wrong("x", t.say("field-day").to_string()),
        open: true,
    }
}

/// The desk, with a role that waits, an account that was found and a form that was refused.
pub(in super::super) fn access(lang: Lang) -> AccessPage {
    AccessPage {
        t: tongue(lang),
        page: frame(lang, "/desk/access", officer(lang)),
        errors: vec![FieldError { field: "until", error: tongue(lang).say("field-day").to_string() }],
        waiting: vec![role(lang, RoleStanding::Waits)],
        second: Some("ongoeul token --config city.toml --role access-officer --name \"…\"".to_owned()),
        find: Field::default(),
        none: false,
        account: Some(FoundAccount {
            id: "acc_0000000000001".to_owned(),
            name: pick(lang, "김*숙 (acc_0000000000001)", "Kim Y* (acc_0000000000001)"),
            ended: false,
            own: false,
            roles: vec![role(lang, RoleStanding::Holds), role(lang, RoleStanding::Ahead)],
            sign_ins: sign_ins(lang),
            give: give(lang),
        }),
        without: None,
        open_key: "k2".to_owned(),
        accounts: vec![AccountLine {
            name: pick(
                lang,
                "‘민원실 2번 창구’ 열쇠 (acc_0000000000002)",
                "Key “counter 2” (acc_0000000000002)",
            ),
            href: "/desk/access?find=acc_0000000000002".to_owned(),
            roles: role(lang, RoleStanding::Holds).name,
        }],
        more: 12,
    }
}

/// The desk, where a person without an account was found.
pub(in super::super) fn access_without(lang: Lang) -> AccessPage {
    AccessPage {
        errors: Vec::new(),
        waiting: Vec::new(),
        second: None,
        account: None,
        without: Some(WithoutAccount {
            person: "per_0000000000001".to_owned(),
            name: pick(lang, "김*숙", "Kim Y*"),
        }),
        accounts: Vec::new(),
        more: 0,
        ..access(lang)
    }
}

/// A shop's tokens, one just made, one on its way out.
pub(in super::super) fn tokens(lang: Lang) -> TokensPage {
    let t = tongue(lang);
    let line = |id: &str, ends: bool| TokenLine {
        id: id.to_owned(),
        name: pick(lang, "1층 계산대", "Till on the ground floor"),
        role: pick(lang, "가게 직원", "Shop employee"),
        reach: pick(lang, "가람시장 분식", "Garam Market Snacks"),
        since: t.moment(&super::at(9, 0)),
        last: ends.then(|| t.moment(&super::at(14, 5))),
        ends: ends.then(|| t.moment(&super::at(15, 0))),
        standing: RoleStanding::Holds,
    };
    TokensPage {
        t,
        page: frame(lang, "/shop/tokens", owner(lang, "nav-tokens")),
        errors: Vec::new(),
        base: "/shop/tokens",
        whole_city: false,
        fresh: Some(FreshToken {
            id: "00000000000000a1".to_owned(),
            name: pick(lang, "1층 계산대", "Till on the ground floor"),
            secret: "ogl_0000000000000000000000000000000000000000000000000000000000000000".to_owned(),
        }),
        tokens: vec![line("00000000000000a1", false), line("00000000000000a2", true)],
        more: 0,
        named: Field::default(),
        give: give(lang),
    }
}

/// A code that a counter gives.
pub(in super::super) fn clerk_code(lang: Lang) -> ClerkCodePage {
    ClerkCodePage {
        t: tongue(lang),
        page: frame(lang, "/clerk", hall(lang, "role-clerk", "nav-clerk", "/clerk")),
        name: pick(lang, "김영숙", "Kim Young-suk"),
        digits: "4821 0973".to_owned(),
        until: "14:15".to_owned(),
        address: "card.example/sign-in".to_owned(),
        back: "/clerk?find=per_0000000000001".to_owned(),
    }
}
