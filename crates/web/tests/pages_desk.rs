//! The officer's desk in both languages, and rehearsing another rule: by form, and over the API.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{Method, StatusCode, header};
use base::{Zone, date};
use common::{Browser, Town, door, field};
use testkit::Engine;

/// Writes a page where people can look at it, when `ONGOEUL_LOOK` names a folder.
fn show(name: &str, lang: &str, html: &str) {
    assert!(!html.contains("{$") && !html.contains('⟦'), "{name}: a text lacks something");
    if let Ok(folder) = std::env::var("ONGOEUL_LOOK") {
        std::fs::write(format!("{folder}/{name}.{lang}.html"), html.replace("/assets/", "")).unwrap();
    }
}

async fn speak(browser: &mut Browser<'_>, lang: &str) {
    browser.get(&format!("/look?lang={lang}&back=/")).await;
}

/// What a reader sees, without the tags.
fn seen(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<').skip(1) {
        text.push_str(part.split_once('>').map_or("", |(_, after)| after));
        text.push(' ');
    }
    text
}

/// A few days of a small town: 20,000 on 23 February; 30,000 on the 25th, of which 10,000 come back; 960,000 on the
/// 26th, when the month's limit of 1,000,000 leaves room for the rest of it.
async fn days(town: &Town) {
    let seoul = Zone::named("Asia/Seoul").unwrap();
    let pay = async |key: &str, amount: i64| {
        let body = format!(r#"{{"card":"{}","merchant":"{}","amount":{amount}}}"#, town.card, town.shop);
        let paid = town.call("citizen", Method::POST, "/api/v1/payments", Some(key), &body).await;
        assert_eq!(paid.status, StatusCode::CREATED, "{}", paid.body);
        paid.json()["id"].as_str().unwrap().to_owned()
    };
    let path = format!("/api/v1/cards/{}/top-ups", town.card);
    let filled = town.call("citizen", Method::POST, &path, Some("fill"), r#"{"amount":1500000}"#).await;
    assert_eq!(filled.status, StatusCode::CREATED, "{}", filled.body);
    pay("one", 20_000).await;
    town.clock.jump_to(seoul.instant(date(2021, 2, 25), 12, 0));
    let second = pay("two", 30_000).await;
    let path = format!("/api/v1/payments/{second}/refunds");
    let back = town.call("till", Method::POST, &path, Some("back"), r#"{"amount":10000}"#).await;
    assert_eq!(back.status, StatusCode::CREATED, "{}", back.body);
    town.clock.jump_to(seoul.instant(date(2021, 2, 26), 12, 0));
    pay("three", 1_100_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_and_a_rehearsal() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        days(&town).await;
        let mut officer = town.browser("officer").await;
        for (lang, texts) in [
            (
                "ko",
                ["적립받은 1명 가운데 1명이 한도를 다 썼어요", "규칙을 바꾸면 얼마가 들까요", "예정", "근거"],
            ),
            ("en", ["1 of the 1 people who earned", "What would another rule cost?", "ahead", "Source"]),
        ] {
            speak(&mut officer, lang).await;
            let desk = officer.get("/desk").await;
            assert_eq!(desk.status, StatusCode::OK);
            let text = seen(&desk.body);
            for wanted in texts {
                assert!(text.to_lowercase().contains(&wanted.to_lowercase()), "{lang}: {wanted}: {text}");
            }
            // The form starts from the rule of today.
            assert_eq!(field(&desk.body, "rate").as_deref(), Some("10"));
            assert_eq!(field(&desk.body, "limit").as_deref(), Some("1,000,000"));
            assert!(!desk.body.contains('⟦'), "{lang}: a text is missing");
            show("real_desk", lang, &desk.body);

            let wish = [("rate", "8"), ("limit", "1,000,000")];
            let asked = officer.post("/desk/rehearsals", &wish).await;
            assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
            assert_eq!(asked.headers[header::LOCATION], "/desk/rehearsals?rate=800&limit=1000000");
            let result = officer.get("/desk/rehearsals?rate=800&limit=1000000").await;
            let text = seen(&result.body);
            // 100,000 won were earned under the limit; 8 % of the same.
            for number in ["100,000", "80,000", "20,000"] {
                assert!(text.contains(number), "{lang}: {number}: {text}");
            }
            let counted = if lang == "ko" { "1명은 덜 받고" } else { "1 people get less" };
            assert!(text.contains(counted), "{text}");
            let checked = if lang == "ko" { "모두 기록과 같았어요" } else { "came out as recorded" };
            assert!(text.contains(checked), "{text}");
            assert!(!result.body.contains('⟦') && !result.body.contains("김순자"), "{lang}");
            show("real_rehearsal", lang, &result.body);
        }
        // The desk as an officer without payments of this period sees the same numbers over the API.
        let body = r#"{"rate_basis_points":800,"person_month":1000000}"#;
        let api = town.call("officer", Method::POST, "/api/v1/rehearsals", None, body).await;
        assert_eq!(api.status, StatusCode::OK, "{}", api.body);
        let json = api.json();
        assert_eq!((&json["now"]["cost"], &json["draft"]["cost"]), (&100_000.into(), &80_000.into()));
        assert_eq!((&json["change"], &json["differences"]), (&(-20_000).into(), &0.into()));
        assert_eq!((&json["payments"], &json["people_with_less"]), (&3.into(), &1.into()));
        assert_eq!((&json["from"], &json["until"]), (&"2021-01-28".into(), &"2021-02-26".into()));
        assert_eq!(json["bands"][3]["people"], 1);
        // Nothing changed by trying.
        let same = town.call("officer", Method::POST, "/api/v1/rehearsals", None, "{}").await.json();
        assert_eq!(same["draft"]["cost"], same["now"]["cost"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lower_limit_and_a_month_later() {
    let town = Town::new(Engine::Sqlite);
    days(&town).await;
    let body = r#"{"person_month":50000}"#;
    let json = town.call("officer", Method::POST, "/api/v1/rehearsals", None, body).await.json();
    // 20,000 and 20,000 earn; of the last only 10,000 more may.
    assert_eq!((&json["now"]["cost"], &json["draft"]["cost"]), (&100_000.into(), &5_000.into()));
    let seoul = Zone::named("Asia/Seoul").unwrap();
    town.clock.jump_to(seoul.instant(date(2021, 3, 20), 12, 0));
    let json = town.call("officer", Method::POST, "/api/v1/rehearsals", None, body).await.json();
    assert_eq!(json["rules_changed"], serde_json::json!(["2021-03-01"]));
    let mut officer = town.browser("officer").await;
    let page = officer.get("/desk/rehearsals?rate=1000&limit=50000").await;
    assert!(seen(&page.body).contains("3월 1일(월)에 규칙이 바뀌었어요"), "{}", page.body);
    town.clock.jump_to(seoul.instant(date(2021, 6, 20), 12, 0));
    let desk = seen(&officer.get("/desk").await.body);
    assert!(desk.contains("도시 전체로는 이번 달 한도"), "{desk}");
    assert!(desk.contains("적립받은 0명"), "{desk}");
    // Nothing was given for two weeks: what is left is said, and no end is foretold.
    assert!(desk.contains("지난 2주 동안 적립이 없어서") && desk.contains("남았어요"), "{desk}");
    assert!(!desk.contains("까지 남아요") && !desk.contains("쯤 적립됐어요"), "{desk}");
    let empty = officer.get("/desk/rehearsals?rate=800&limit=300000").await;
    assert!(seen(&empty.body).contains("차이가 없어요"));
    show("real_rehearsal_empty", "ko", &empty.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_officer_and_only_what_makes_sense() {
    let town = Town::new(Engine::Sqlite);
    for persona in ["citizen", "merchant", "till", "clerk", "auditor"] {
        let mut other = town.browser(persona).await;
        for path in ["/desk", "/desk/rehearsals?rate=800&limit=1"] {
            let answer = other.get(path).await;
            assert_eq!(
                (answer.status, &answer.headers[header::LOCATION]),
                (StatusCode::SEE_OTHER, &door(path).parse().unwrap())
            );
        }
        let posted = other.post("/desk/rehearsals", &[("rate", "8"), ("limit", "1")]).await;
        assert_eq!(posted.headers[header::LOCATION], "/enter?refused=/desk");
        let api = town.call(persona, Method::POST, "/api/v1/rehearsals", None, "{}").await;
        assert_eq!((api.status, api.code().as_str()), (StatusCode::FORBIDDEN, "role.needed"));
    }
    let mut officer = town.browser("officer").await;
    officer.get("/desk").await;
    for (rate, limit, wrong) in [
        ("80", "1000", "rate"),
        ("", "1000", "rate"),
        ("<b>", "1000", "rate"),
        ("8", "", "limit"),
        ("8", "-1", "limit"),
        ("8", "999999999999", "limit"),
    ] {
        let answer = officer.post("/desk/rehearsals", &[("rate", rate), ("limit", limit)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(&format!("href=\"#{wrong}\"")), "{rate} {limit}");
        assert!(answer.body.contains(&format!("id=\"{wrong}-error\"")) && !answer.body.contains("<b>\""));
    }
    let other_site = officer.csrf.clone();
    officer.csrf = "x".into();
    let forged = officer.post("/desk/rehearsals", &[("rate", "8"), ("limit", "1")]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    officer.csrf = other_site;
    for path in ["/desk/rehearsals", "/desk/rehearsals?rate=8%25", "/desk/rehearsals?rate=-1&limit=1"] {
        assert_eq!(officer.get(path).await.headers[header::LOCATION], "/desk");
    }
    for (body, status, code) in [
        (r#"{"rate_basis_points":10001}"#, 422, "rate.range"),
        (r#"{"person_month":-1}"#, 422, "amount.range"),
        (r#"{"rate":8}"#, 400, "body.malformed"),
        (r#"{"rate_basis_points":"8"}"#, 400, "body.malformed"),
        ("", 400, "body.malformed"),
    ] {
        let answer = town.call("officer", Method::POST, "/api/v1/rehearsals", None, body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{body}");
    }
}
