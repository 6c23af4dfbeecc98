//! Sample pages of an invented city, as full as real ones.

mod access;
mod alike;
mod city_hall;
mod compartments;
mod counter;
mod coupons;
mod giving;
mod joining;
mod looks;
mod moving;
mod organisations;
mod prepay;
mod records;
mod seal;
mod settlement;
mod shops;
mod tills;
mod waiting;

use base::{Date, Lang, Won, date};
use jiff::civil::DateTime;

use super::*;

pub(super) use access::*;
pub(super) use alike::*;
pub(super) use city_hall::*;
pub(super) use compartments::*;
pub(super) use counter::*;
pub(super) use coupons::*;
pub(super) use giving::*;
pub(super) use joining::*;
pub(super) use looks::*;
pub(super) use moving::*;
pub(super) use organisations::*;
pub(super) use prepay::*;
pub(super) use records::*;
pub(super) use seal::*;
pub(super) use settlement::*;
pub(super) use shops::*;
pub(super) use tills::*;
pub(super) use waiting::*;

/// Today in the samples.
pub(super) const TODAY: Date = date(2021, 2, 23);

/// The tongue of that language.
pub(super) fn tongue(lang: Lang) -> Tongue {
    Tongue { lang, today: TODAY }
}

/// One of two texts.
pub(super) fn pick(lang: Lang, ko: &str, en: &str) -> String {
    match lang {
        Lang::Ko => ko.to_owned(),
        Lang::En => en.to_owned(),
    }
}

/// A time of today.
pub(super) fn at(hour: i8, minute: i8) -> DateTime {
    TODAY.at(hour, minute, 0, 0)
}

fn nav(keys: &[(&'static str, &str)], current: &str) -> Vec<NavItem> {
    keys.iter()
        .map(|(key, href)| NavItem {
            key,
            href: (*href).to_owned(),
            current: *key == current,
            news: usize::from(*key == "nav-waiting"),
        })
        .collect()
}

/// The frame for a role, on `path`.
pub(super) fn frame(lang: Lang, path: &str, visitor: Option<Visitor>) -> Page {
    Page {
        city: pick(lang, "한빛시", "Hanbit"),
        card: pick(lang, "한빛카드", "Hanbit Card"),
        phone: "070-1234-5678".to_owned(),
        path: path.to_owned(),
        csrf: "c5f1".to_owned(),
        look: Appearance::default(),
        visitor,
        demo: Some(DemoBar {
            now: at(14, 5),
            paused: false,
            speed: 60,
            speeds: vec![1, 60, 600],
            pace: Some(city::build::Now { per_minute: 21, times: 60 }),
            leap: None,
            jumps: vec![
                (date(2021, 3, 1), "jump-new-month"),
                (date(2021, 3, 31), "jump-month-end"),
                (date(2021, 4, 1), "jump-rule-change"),
                (date(2021, 7, 1), "jump-half-year"),
            ],
        }),
        scale: Some(32),
        tour: None,
        alert: None,
        notice: None,
    }
}

/// A citizen.
pub(super) fn citizen(lang: Lang, current: &str) -> Option<Visitor> {
    let keys = [
        ("nav-wallet", "/wallet"),
        ("nav-large", "/wallet/large"),
        ("nav-history", "/wallet/history"),
        ("nav-looks", "/me/looks"),
    ];
    Some(Visitor {
        name: pick(lang, "김영숙", "Kim Young-suk"),
        role: "role-citizen",
        nav: nav(&keys, current),
        more: Vec::new(),
    })
}

/// A shop owner.
pub(super) fn owner(lang: Lang, current: &str) -> Option<Visitor> {
    Some(Visitor {
        name: pick(lang, "가람시장 분식", "Garam Market Snacks"),
        role: "role-merchant",
        nav: nav(&[("nav-shop", "/shop"), ("nav-till", "/shop/till")], current),
        more: vec![NavGroup {
            key: "nav-group-deals",
            items: nav(&[("nav-shop-prepaid", "/shop/prepaid"), ("nav-giving", "/shop/giving")], current),
        }],
    })
}

/// Someone of the city hall.
pub(super) fn hall(lang: Lang, role: &'static str, key: &'static str, href: &str) -> Option<Visitor> {
    let name = pick(lang, "박지훈", "Park Ji-hoon");
    Some(Visitor { name, role, nav: nav(&[(key, href), ("nav-town", "/")], key), more: Vec::new() })
}

/// 35 invented neighbourhoods with names as long as real ones get.
fn tiles(lang: Lang) -> Vec<Tile> {
    const NAMES: [(&str, &str); 35] = [
        ("한들", "Handeul"),
        ("솔내1", "Solnae 1"),
        ("솔내2", "Solnae 2"),
        ("가람", "Garam"),
        ("별빛", "Byeolbit"),
        ("북가람1", "Bukga\u{ad}ram 1"),
        ("북가람2", "Bukga\u{ad}ram 2"),
        ("새터1", "Saeteo 1"),
        ("새터2", "Saeteo 2"),
        ("중앙", "Jungang"),
        ("은행1", "Eunhaeng 1"),
        ("은행2", "Eunhaeng 2"),
        ("달마루", "Dalmaru"),
        ("해오름", "Haeoreum"),
        ("서나루", "Seonaru"),
        ("동서울림", "Dongseo\u{ad}ullim"),
        ("고을", "Goeul"),
        ("남문", "Nammun"),
        ("물레", "Mulle"),
        ("안골1", "Angol 1"),
        ("안골2", "Angol 2"),
        ("버들1", "Beodeul 1"),
        ("버들2", "Beodeul 2"),
        ("버들3", "Beodeul 3"),
        ("꽃밭1", "Kkotbat 1"),
        ("꽃밭2", "Kkotbat 2"),
        ("너른", "Neoreun"),
        ("샘골", "Saemgol"),
        ("효심1", "Hyosim 1"),
        ("효심2", "Hyosim 2"),
        ("효심3", "Hyosim 3"),
        ("평안1", "Pyeongan 1"),
        ("평안2", "Pyeongan 2"),
        ("누리", "Nuri"),
        ("혁신", "Hyeoksin"),
    ];
    const ROWS: [(u16, u16); 7] = [(2, 3), (1, 5), (0, 6), (0, 6), (0, 6), (1, 5), (2, 4)];
    let places = (0u16..).zip(ROWS).flat_map(|(row, (first, count))| {
        let last = (first + count).min(7);
        (first..last).map(move |col| (col, row))
    });
    NAMES
        .iter()
        .zip(places)
        .enumerate()
        .map(|(index, ((ko, en), (col, row)))| {
            let name = pick(lang, &format!("{ko}동"), en);
            let spread = i64::try_from(index * 37 % 41).unwrap();
            Tile {
                code: format!("45111{index:03}"),
                name,
                short: pick(lang, ko, en),
                col,
                row,
                value: if index == 26 { 0 } else { spread * spread / 6 + 3 },
                gives: index % 4,
            }
        })
        .collect()
}

/// A day's shape, by hour.
pub(super) fn hours(lang: Lang, sentence: String, scale: i64) -> BarChart {
    let shape = [1, 0, 0, 0, 0, 2, 6, 14, 26, 38, 52, 74, 118, 92, 41, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let bars = shape
        .iter()
        .enumerate()
        .map(|(hour, value)| Bar {
            label: tongue(lang).say("hour-label").count("hour", hour).to_string(),
            value: value * scale,
            marked: hour == 12,
        })
        .collect();
    let t = tongue(lang);
    BarChart {
        sentence,
        label_heading: t.say("town-hour").to_string(),
        value_heading: t.say("town-sum").to_string(),
        bars,
        in_won: true,
    }
}

/// A budget under way.
pub(super) fn budget() -> Budget {
    Budget {
        total: Won(937_500_000),
        used: Won(537_412_300),
        runs_out: Some(date(2021, 3, 19)),
        until: date(2021, 3, 31),
        rests: false,
        unvoted: false,
    }
}

/// The town.
pub(super) fn town(lang: Lang) -> TownPage {
    let t = tongue(lang);
    let trades = [
        ("한식", "Korean food", 8_420_000),
        ("슈퍼마켓·편의점", "Groceries", 6_913_000),
        ("병원·약국", "Clinics and pharmacies", 4_102_400),
        ("학원", "Private lessons", 3_540_000),
        ("카페·빵집", "Cafés and bakeries", 2_218_300),
        ("미용", "Hair and beauty", 990_000),
    ];
    TownPage {
        t,
        page: frame(lang, "/", None),
        today_sum: Won(31_482_600),
        today_count: 1_847,
        hour_count: 263,
        map: TileMap { tiles: tiles(lang) },
        gifts: (Won(2_950_000), 89),
        budget: budget(),
        rests_until: None,
        rate: 1000,
        person_limit: Won(1_000_000),
        by_hour: hours(lang, t.say("town-by-hour-lunch").to_string(), 31_000),
        trades: trades
            .iter()
            .map(|(ko, en, sum)| TradeShare {
                name: pick(lang, ko, en),
                sum: Won(*sum),
                thousandths: u32::try_from(sum * 1_000 / 8_420_000).unwrap(),
            })
            .collect(),
        offers_tour: true,
        door_citizen: "/enter?as=citizen".to_owned(),
        door_shop: "/enter?as=merchant".to_owned(),
        door_city: "/enter?as=officer".to_owned(),
    }
}

/// Picking a persona.
pub(super) fn enter(lang: Lang) -> EnterPage {
    let people = [
        (
            "citizen",
            "김영숙",
            "Kim Young-suk",
            "role-citizen",
            "42세. 휴대전화로 장을 봐요. 캐시백이 쌓여 있어요.",
            "42. Shops with her phone and has cashback.",
        ),
        (
            "elder",
            "이복순",
            "Lee Bok-soon",
            "role-citizen",
            "78세. 플라스틱 카드와 큰 글씨를 써요.",
            "78. Uses a plastic card and large print.",
        ),
        (
            "merchant",
            "가람시장 분식",
            "Garam Market Snacks",
            "role-merchant",
            "시장 분식집이에요. 오늘 판 돈과 내일 들어올 돈을 봐요.",
            "A snack bar at the market. Sees today’s sales and tomorrow’s money.",
        ),
        (
            "till",
            "분식집 계산대",
            "Snack bar till",
            "role-till",
            "직원 화면이에요. 돈을 받지만 합계는 못 봐요.",
            "The staff’s screen: takes payments, sees no totals.",
        ),
        (
            "officer",
            "박지훈",
            "Park Ji-hoon",
            "role-officer",
            "카드 예산과 규칙을 맡고 있어요. 규칙을 바꾸기 전에 미리 해 봐요.",
            "Looks after budget and rules, and rehearses a change before making it.",
        ),
        (
            "auditor",
            "최은경",
            "Choi Eun-kyung",
            "role-auditor",
            "장부가 맞는지 봐요. 아무것도 바꿀 수 없어요.",
            "Checks the books and can change nothing.",
        ),
    ];
    EnterPage {
        t: tongue(lang),
        page: frame(lang, "/enter", None),
        personas: people
            .iter()
            .map(|(key, ko, en, role, about_ko, about_en)| Persona {
                key: (*key).to_owned(),
                name: pick(lang, ko, en),
                role,
                about: pick(lang, about_ko, about_en),
            })
            .collect(),
        turned_away: None,
        next: "/wallet".to_owned(),
    }
}

/// On to another house, after a counter's code.
pub(super) fn on_the_way(lang: Lang) -> OnTheWayPage {
    let page = frame(lang, "/sign-in/code", None);
    let name = pick(lang, "시청 통합로그인", "City hall login");
    OnTheWayPage { t: tongue(lang), page, name, to: "/account/links/city?csrf=c".to_owned() }
}

/// Staff with their first token, where passkeys and another house are to be had.
pub(super) fn first_passkey(lang: Lang) -> FirstPasskeyPage {
    let SignInPage { t, page, next, ways, .. } = sign_in(lang);
    let (ticket, called, houses) = ("t1".to_owned(), Field::default(), ways.houses);
    FirstPasskeyPage { t, page, called, ticket, next, here: true, houses }
}

/// Signing in, after a wrong token.
pub(super) fn sign_in(lang: Lang) -> SignInPage {
    let t = tongue(lang);
    let mut page = frame(lang, "/sign-in", None);
    page.demo = None;
    page.scale = None;
    SignInPage {
        t,
        page,
        errors: Vec::new(),
        code: CodeForm {
            number: Field::of("9410 2075 1234 5678"),
            digits: Field::wrong("", t.say("field-code-wrong").to_string()),
        },
        token: Field::wrong("", t.say("sign-in-wrong").to_string()),
        next: "/wallet".to_owned(),
        turned_away: Some(TurnedAway {
            what: t.say("door-sent-not-yours").text("page", t.say("nav-prepaid").to_string()).to_string(),
            whose: Some(t.say("door-who-may").text("roles", pick(lang, "시민", "Citizen")).to_string()),
        }),
        ways: WaysIn {
            passkeys: true,
            houses: vec![HouseIn {
                id: "city".into(),
                name: pick(lang, "시청 통합로그인", "City hall login"),
                next: "%2Fwallet".into(),
            }],
            passkey_wrong: Some(t.say("passkey-wrong").to_string()),
        },
    }
}

/// The API told to people, with one call.
pub(super) fn api_docs(lang: Lang) -> ApiDocsPage {
    let field = |name: &str, kind, required, meaning: &str| ApiField {
        name: name.to_owned(),
        kind,
        required,
        meaning: Meaning::of(meaning, lang),
        values: Vec::new(),
    };
    let call = ApiCall {
        id: "post-api-v1-payments".to_owned(),
        method: "POST".to_owned(),
        path: "/api/v1/payments".to_owned(),
        summary: Meaning::of("Pay.", lang),
        who: vec!["role-citizen", "role-till"],
        public: false,
        key: true,
        parameters: vec![field("Idempotency-Key", "api-kind-string", true, "Yours")],
        body: vec![
            field("amount", "api-kind-integer", true, "Whole won, 1 or more."),
            field("order", "api-kind-string", false, "`A7-3291`"),
        ],
        answers: vec![ApiAnswer {
            status: "201".to_owned(),
            fields: vec![field("id", "api-kind-string", true, "Its posting.")],
        }],
        example: "curl -X POST \"http://127.0.0.1:8080/api/v1/payments\"".to_owned(),
    };
    ApiDocsPage {
        t: tongue(lang),
        page: frame(lang, "/api/docs", None),
        address: "http://127.0.0.1:8080".to_owned(),
        groups: vec![ApiGroup { tag: "payments".to_owned(), calls: vec![call] }],
        hooks: vec![ApiHook {
            kind: "payment.made".to_owned(),
            summary: Meaning::of("A payment was made.", lang),
            headers: vec![field("webhook-id", "api-kind-string", true, "The message's number.")],
            fields: vec![field("type", "api-kind-string", true, "What happened.")],
        }],
        problem: vec![field("code", "api-kind-string", true, "Stable: `card.frozen`")],
        problems: problems(lang),
    }
}
