//! What is kept about people, over the API: facts, consents, helpers, links; who may, and malformed input.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{Method, StatusCode};
use base::{PersonId, Role};
use city::{Command, NewCard, NewPerson, Reply};
use common::{Answer, Town, ask};
use economy::{CardKind, Facts};
use serde_json::Value;
use testkit::Engine;

/// Somebody more in the town.
fn enrol(town: &Town, name: &str, birth_day: Option<i32>) -> PersonId {
    let wish = NewPerson { name: name.into(), phone: None, birth_day, district: None, card: None };
    let key = format!("enrol-{name}");
    let reply = std::thread::scope(|scope| {
        scope.spawn(|| ask(&town.app.city, Role::System, &key, Command::Enrol(wish))).join().unwrap()
    });
    match reply {
        Reply::Done { facts: Facts::Person { person, .. }, .. } => person,
        other => panic!("{other:?}"),
    }
}

/// Posts with a key of its own.
async fn post(town: &Town, role: &str, path: &str, body: &str) -> Answer {
    let key = format!("{role} {path} {body}")
        .bytes()
        .fold(7u64, |hash, b| hash.wrapping_mul(31).wrapping_add(u64::from(b)));
    town.call(role, Method::POST, path, Some(&key.to_string()), body).await
}

async fn get(town: &Town, role: &str, path: &str) -> Value {
    let answer = town.call(role, Method::GET, path, None, "").await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_are_recorded_read_and_struck() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let path = format!("/api/v1/people/{}/facts", town.citizen);
        let declared = r#"{"is":{"kind":"household-size","value":2},"source":{"kind":"declared"}}"#;
        let made = post(&town, "citizen", &path, declared).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        assert_eq!(made.json()["person"], town.citizen.to_string());
        let by_document = r#"{"is":{"kind":"disability","value":"severe"},
            "source":{"kind":"document","what":"장애인증명서"},"from":"2021-01-04","until":"2022-01-03"}"#;
        let shown = post(&town, "clerk", &path, by_document).await;
        assert_eq!(shown.status, StatusCode::CREATED, "{}", shown.body);
        let other = r#"{"is":{"kind":"other","value":{"name":"tax-arrears","is":{"won":0}}},"source":{"kind":"register","name":"세외수입"}}"#;
        assert_eq!(post(&town, "clerk", &path, other).await.status, StatusCode::CREATED);
        let record = shown.json()["record"].as_str().unwrap().to_owned();
        for role in ["clerk", "citizen"] {
            let facts = get(&town, role, &path).await;
            assert_eq!(facts["facts"].as_array().unwrap().len(), 3);
            assert_eq!(facts["facts"][0]["is"]["value"], 2);
            let one = &facts["facts"][1];
            assert_eq!(
                (one["id"].as_str(), one["from"].as_str()),
                (Some(record.as_str()), Some("2021-01-04"))
            );
            assert_eq!(
                (&one["is"]["value"], &one["source"]["what"]),
                (&"severe".into(), &"장애인증명서".into())
            );
        }
        let strike = format!("{path}/{record}/strike");
        let why = r#"{"why":"다른 분의 서류였어요"}"#;
        assert_eq!(post(&town, "citizen", &strike, why).await.code(), "role.needed");
        assert_eq!(post(&town, "clerk", &strike, r#"{"why":"확인"}"#).await.code(), "reason.short");
        assert_eq!(post(&town, "clerk", &strike, why).await.status, StatusCode::OK);
        assert_eq!(get(&town, "clerk", &path).await["facts"][1]["struck"], "다른 분의 서류였어요");
        let nowhere = format!("{path}/rec_0000000000001/strike");
        assert_eq!(post(&town, "clerk", &nowhere, why).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_coded_and_keeps_nothing() {
    let town = Town::new(Engine::Sqlite);
    let person = format!("/api/v1/people/{}", town.citizen);
    let stranger = format!("/api/v1/people/{}", enrol(&town, "박모름", None));
    let nobody = "/api/v1/people/per_0000000000001".to_owned();
    let fact = r#"{"is":{"kind":"household-size","value":2},"source":{"kind":"declared"}}"#;
    let cases: Vec<(&str, String, String, u16, &str)> = vec![
        ("nobody", format!("{person}/facts"), fact.into(), 401, "token.missing"),
        ("auditor", format!("{person}/facts"), fact.into(), 403, "role.needed"),
        ("citizen", format!("{stranger}/facts"), fact.into(), 404, "person.unknown"),
        ("clerk", format!("{nobody}/facts"), fact.into(), 404, "person.unknown"),
        ("clerk", "/api/v1/people/x/facts".into(), fact.into(), 404, "id.unknown"),
        ("clerk", format!("{person}/facts"), fact.replace('2', "\"2\""), 400, "body.malformed"),
        ("clerk", format!("{person}/facts"), fact.replace('2', "70000"), 400, "body.malformed"),
        ("clerk", format!("{person}/facts"), fact.replace('2', "0"), 422, "fact.value"),
        ("clerk", format!("{person}/facts"), fact.replace("household", "house"), 400, "body.malformed"),
        ("clerk", format!("{person}/facts"), fact.replace("}}", "},\"x\":1}"), 400, "body.malformed"),
        ("clerk", format!("{person}/facts"), fact.replace("}}", "},\"from\":\"soon\"}"), 400, "date.form"),
        (
            "clerk",
            format!("{person}/facts"),
            fact.replace("}}", "},\"from\":\"2021-02-24\"}"),
            422,
            "fact.future",
        ),
        (
            "clerk",
            format!("{person}/facts"),
            fact.replace("}}", "},\"until\":\"2021-02-22\"}"),
            422,
            "period.turned",
        ),
        (
            "clerk",
            format!("{person}/facts"),
            fact.replace("declared\"", "document\",\"what\":\"a\\u0000\""),
            400,
            "text.nul",
        ),
        ("citizen", format!("{person}/facts"), fact.replace("declared", "observed"), 422, "fact.own-word"),
        ("clerk", format!("{person}/consents"), r#"{"purpose":"no-such"}"#.into(), 404, "consent.unknown"),
        (
            "clerk",
            format!("{person}/consents"),
            r#"{"purpose":"care","paper":""}"#.into(),
            422,
            "consent.paper",
        ),
        (
            "clerk",
            format!("{person}/consents"),
            r#"{"purpose":"care","parent":"x"}"#.into(),
            404,
            "person.unknown",
        ),
        ("clerk", format!("{stranger}/consents"), r#"{"purpose":"care"}"#.into(), 422, "consent.age-unknown"),
        (
            "citizen",
            format!("{person}/consents"),
            r#"{"purpose":"care","paper":"문서 1"}"#.into(),
            403,
            "role.needed",
        ),
        (
            "citizen",
            format!("{person}/consents/withdraw"),
            r#"{"purpose":"care"}"#.into(),
            422,
            "consent.none",
        ),
        (
            "citizen",
            format!("{person}/helpers"),
            r#"{"helper":"x","tie":"family"}"#.into(),
            404,
            "person.unknown",
        ),
        (
            "citizen",
            format!("{person}/helpers"),
            format!(r#"{{"helper":"{}","tie":"family"}}"#, town.citizen),
            422,
            "delegation.self",
        ),
        (
            "citizen",
            format!("{person}/helpers"),
            r#"{"helper":"x","tie":"friend"}"#.into(),
            400,
            "body.malformed",
        ),
        (
            "citizen",
            format!("{person}/links"),
            r#"{"other":"per_0000000000001","why":"신분증을 보고 확인했어요"}"#.into(),
            403,
            "role.needed",
        ),
        (
            "clerk",
            format!("{person}/links"),
            format!(r#"{{"other":"{}","why":"신분증을 보고 확인했어요"}}"#, town.citizen),
            422,
            "link.self",
        ),
    ];
    for (role, path, body, status, code) in cases {
        let answer = post(&town, role, &path, &body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{path} {body}");
    }
    for list in ["facts", "consents", "helpers"] {
        assert_eq!(get(&town, "clerk", &format!("{person}/{list}")).await[list], Value::Array(vec![]));
        for (role, status) in [("citizen", 404), ("officer", 403), ("till", 403), ("nobody", 401)] {
            let answer = town.call(role, Method::GET, &format!("{stranger}/{list}"), None, "").await;
            assert_eq!(answer.status.as_u16(), status, "{role} {list}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn consents_are_given_and_withdrawn() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let path = format!("/api/v1/people/{}/consents", town.citizen);
        let given = post(&town, "citizen", &path, r#"{"purpose":"care"}"#).await;
        assert_eq!(given.status, StatusCode::CREATED, "{}", given.body);
        let sheet = r#"{"purpose":"health","paper":"풍남동 2021-17","from":"2021-02-01"}"#;
        assert_eq!(post(&town, "clerk", &path, sheet).await.status, StatusCode::CREATED);
        let child = enrol(&town, "김하나", Some(16_000));
        let of_child = format!("/api/v1/people/{child}/consents");
        assert_eq!(
            post(&town, "clerk", &of_child, r#"{"purpose":"care"}"#).await.code(),
            "consent.guardian-needed"
        );
        let by_parent = format!(r#"{{"purpose":"care","parent":"{}"}}"#, town.citizen);
        assert_eq!(post(&town, "clerk", &of_child, &by_parent).await.status, StatusCode::CREATED);
        assert_eq!(get(&town, "clerk", &of_child).await["consents"][0]["by"], "parent");
        let all = get(&town, "citizen", &path).await;
        assert_eq!(
            (&all["consents"][0]["way"], &all["consents"][0]["holds"]),
            (&"online".into(), &true.into())
        );
        assert_eq!(
            (&all["consents"][1]["way"], &all["consents"][1]["paper"]),
            (&"paper".into(), &"풍남동 2021-17".into())
        );
        let no = post(&town, "citizen", &format!("{path}/withdraw"), r#"{"purpose":"care"}"#).await;
        assert_eq!(no.status, StatusCode::OK, "{}", no.body);
        let all = get(&town, "citizen", &path).await;
        assert_eq!(
            (&all["consents"][0]["withdrawn"], &all["consents"][0]["holds"]),
            (&"2021-02-23".into(), &false.into())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_helper_is_given_pays_and_is_revoked() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        // The town's citizen helps somebody else, whose card she pays with.
        let mother = enrol(&town, "이복순", Some(-9_000));
        let asked = |key: &str, command| {
            std::thread::scope(|scope| {
                scope.spawn(|| ask(&town.app.city, Role::System, key, command)).join().unwrap()
            })
        };
        let new = NewCard { kind: CardKind::Plastic };
        let issue = asked("card", Command::IssueCard { person: mother, card: new });
        let Reply::Done { facts: Facts::Card { card, .. }, .. } = issue else { panic!("{issue:?}") };
        asked("money", Command::TopUp { person: mother, amount: 50_000 });
        let pay =
            |amount: i64| format!(r#"{{"card":"{card}","merchant":"{}","amount":{amount}}}"#, town.shop);
        assert_eq!(post(&town, "citizen", "/api/v1/payments", &pay(1)).await.code(), "card.unknown");
        let path = format!("/api/v1/people/{mother}/helpers");
        let give = format!(
            r#"{{"helper":"{}","tie":"family","pay":{{"per_payment":20000,"per_month":30000}}}}"#,
            town.citizen
        );
        let given = post(&town, "clerk", &path, &give).await;
        assert_eq!(given.status, StatusCode::CREATED, "{}", given.body);
        let paid = post(&town, "citizen", "/api/v1/payments", &pay(20_000)).await;
        assert_eq!(paid.status, StatusCode::CREATED, "{}", paid.body);
        assert!(paid.json().get("balance").is_none(), "what is left is not the helper's to know");
        let over = post(&town, "citizen", "/api/v1/payments", &pay(10_001)).await;
        assert_eq!(over.code(), "delegation.month-limit");
        let shown = get(&town, "clerk", &path).await;
        assert_eq!(
            (&shown["helpers"][0]["holds"], &shown["helpers"][0]["pay"]["per_month"]),
            (&true.into(), &30_000.into())
        );
        let revoke = format!("{path}/{}/revoke", given.json()["record"].as_str().unwrap());
        assert_eq!(post(&town, "citizen", &revoke, "").await.status, StatusCode::OK);
        assert_eq!(post(&town, "citizen", "/api/v1/payments", &pay(2)).await.code(), "delegation.revoked");
        assert_eq!(get(&town, "clerk", &path).await["helpers"][0]["holds"], false);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_linked_and_parted() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let twin = enrol(&town, "김순쟈", Some(-9_800));
        let path = format!("/api/v1/people/{}/links", town.citizen);
        let link = format!(r#"{{"other":"{twin}","why":"신분증을 보고 확인했어요"}}"#);
        assert_eq!(post(&town, "clerk", &path, &link).await.status, StatusCode::CREATED);
        assert_eq!(get(&town, "clerk", &path).await["records"].as_array().unwrap().len(), 2);
        let unlink = format!("{path}/{twin}/unlink");
        let why = r#"{"why":"가족관계등록부를 보니 다른 분이에요"}"#;
        assert_eq!(post(&town, "clerk", &unlink, why).await.status, StatusCode::OK);
        let after = get(&town, "citizen", &path).await;
        assert_eq!(after["records"].as_array().unwrap().len(), 1);
        assert_eq!(after["events"][1]["deed"], "unlinked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_describes_it() {
    let town = Town::new(Engine::Sqlite);
    let document = get(&town, "clerk", "/api/openapi.json").await;
    let paths = document["paths"].as_object().unwrap();
    for (path, verbs) in [
        ("facts", &["get", "post"][..]),
        ("facts/{fact}/strike", &["post"]),
        ("consents", &["get", "post"]),
        ("consents/withdraw", &["post"]),
        ("helpers", &["get", "post"]),
        ("helpers/{help}/revoke", &["post"]),
        ("links", &["get", "post"]),
        ("links/{other}/unlink", &["post"]),
    ] {
        let found = &paths[&format!("/api/v1/people/{{id}}/{path}")];
        for verb in verbs {
            assert!(found.get(verb).is_some(), "{verb} {path}");
        }
    }
}
