//! Input that is not what it should be, at every call that the API's own document names: each gets a coded answer in
//! the 4xx, and nothing is written.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use testkit::Engine;

use super::common::table::{Script, filled, is_a_problem, written};
use super::common::{Answer, Town};
use super::scans;

/// Calls that are carried out, one after the other: path of the document, which record, who asks, with which body.
/// Every POST of the document has a row; `$…` as [`Hostile::new`] prepares them.
const GOOD: &[(&str, &str, &str, &str)] = &[
    (
        "/api/v1/payments",
        "",
        "citizen",
        r#"{"card":"$card","merchant":"$shop","amount":1000,"pin":"1234","order":"A1"}"#,
    ),
    ("/api/v1/quotes", "", "citizen", r#"{"card":"$card","merchant":"$shop","amount":1000,"eligible":0}"#),
    ("/api/v1/giving/standing", "", "citizen", r#"{"share_basis_points":5000,"purpose":1,"named":false}"#),
    ("/api/v1/giving/standing/stop", "", "citizen", ""),
    ("/api/v1/giving/gifts", "", "citizen", r#"{"amount":100,"purpose":0,"named":true}"#),
    ("/api/v1/payments/{id}/refunds", "$paid", "merchant", r#"{"amount":1000}"#),
    ("/api/v1/proposals/{id}/confirm", "$good", "officer", ""),
    ("/api/v1/proposals/{id}/refuse", "$bad", "officer", r#"{"why":"영수증을 가져오지 않았어요"}"#),
    ("/api/v1/proposals/{id}/withdraw", "$vain", "merchant", ""),
    (
        "/api/v1/authorizations",
        "",
        "citizen",
        r#"{"card":"$card","merchant":"$shop","amount":1000,"pin":"1234"}"#,
    ),
    ("/api/v1/authorizations/{id}/capture", "$hold", "merchant", r#"{"amount":1000}"#),
    ("/api/v1/authorizations/{id}/void", "$held", "merchant", ""),
    ("/api/v1/cards/{card}/top-ups", "$card", "citizen", r#"{"amount":1000}"#),
    ("/api/v1/gifts", "", "citizen", r#"{"to":"$neighbour_card","amount":1000}"#),
    ("/api/v1/merchants/{id}/prepayment-offer", "$shop", "merchant", r#"{"offered":true}"#),
    ("/api/v1/prepayments", "", "citizen", r#"{"merchant":"$shop","amount":100000}"#),
    ("/api/v1/prepayments/{claim}/gift", "1", "citizen", r#"{"to":"$neighbour_card"}"#),
    ("/api/v1/prepayments/{claim}/return", "2", "citizen", ""),
    ("/api/v1/cards/{card}/withdrawals", "$neighbour_card", "neighbour", ""),
    (
        "/api/v1/people",
        "",
        "clerk",
        r#"{"name":"박","phone":"010-1111-2222","born":"1943-05-01","district":"4511153000","card":"phone"}"#,
    ),
    ("/api/v1/cards", "", "clerk", r#"{"kind":"plastic","person":"$citizen"}"#),
    ("/api/v1/cards/{card}/freeze", "$card", "citizen", ""),
    ("/api/v1/cards/{card}/unfreeze", "$card", "citizen", ""),
    ("/api/v1/cards/{card}/pin", "$card", "citizen", r#"{"pin":"2580"}"#),
    ("/api/v1/cards/{card}/reissue", "$card", "clerk", ""),
    ("/api/v1/cards/{card}/close", "$neighbour_card", "neighbour", ""),
    (
        "/api/v1/merchants",
        "",
        "officer",
        r#"{"name":"새 가게","business_number":"104-81-36565","trade":"bakery","district":"4511153000","sales":1000,"owner":"$citizen"}"#,
    ),
    ("/api/v1/merchants/{id}/codes", "$shop", "merchant", r#"{"amount":1000}"#),
    ("/api/v1/merchants/{id}/close", "$shop", "merchant", ""),
    (
        "/api/v1/people/{id}/facts",
        "$citizen",
        "clerk",
        r#"{"is":{"kind":"household-size","value":2},"source":{"kind":"declared"}}"#,
    ),
    (
        "/api/v1/people/{id}/facts/{fact}/strike",
        "$citizen $fact",
        "clerk",
        r#"{"why":"다른 분의 서류였어요"}"#,
    ),
    ("/api/v1/people/{id}/consents", "$citizen", "citizen", r#"{"purpose":"care"}"#),
    ("/api/v1/people/{id}/consents/withdraw", "$citizen", "citizen", r#"{"purpose":"care"}"#),
    (
        "/api/v1/people/{id}/helpers",
        "$citizen",
        "citizen",
        r#"{"helper":"$friend","tie":"family","see":true}"#,
    ),
    ("/api/v1/people/{id}/helpers/{help}/revoke", "$citizen $help", "citizen", ""),
    (
        "/api/v1/organisations",
        "",
        "officer",
        r#"{"kind":"agency","name":"복지관","english":"Welfare house","from":"2021-02-01"}"#,
    ),
    ("/api/v1/organisations/{id}/close", "$ending", "officer", ""),
    ("/api/v1/organisations/{id}/members", "$guild", "officer", r#"{"member":"$firm","from":"2021-02-23"}"#),
    (
        "/api/v1/organisations/{id}/members/leave",
        "$guild",
        "officer",
        r#"{"member":"$inside","last":"2021-02-23"}"#,
    ),
    (
        "/api/v1/businesses",
        "",
        "officer",
        r#"{"number":"101-81-00035","name":"빵집","trade":"bakery","owner":"$citizen"}"#,
    ),
    ("/api/v1/businesses/{id}/owner", "$firm", "officer", r#"{"owner":"$citizen"}"#),
    ("/api/v1/people/{id}/household", "$loner", "clerk", r#"{"from":"2021-02-01"}"#),
    (
        "/api/v1/people/{id}/household/join",
        "$guest",
        "clerk",
        r#"{"with":"$mother","relation":"kin","from":"2021-02-01"}"#,
    ),
    (
        "/api/v1/people/{id}/household/relation",
        "$child",
        "clerk",
        r#"{"household":"$home","relation":"kin","from":"2021-02-10"}"#,
    ),
    (
        "/api/v1/people/{id}/household/leave",
        "$mother",
        "clerk",
        r#"{"household":"$home","last":"2021-02-20"}"#,
    ),
    (
        "/api/v1/people/{id}/links",
        "$citizen",
        "clerk",
        r#"{"other":"$friend","why":"신분증을 보고 확인했어요"}"#,
    ),
    (
        "/api/v1/people/{id}/papers/{paper}/open",
        "$citizen $paper",
        "clerk",
        r#"{"why":"동의를 거두시려고 다시 보여 달라고 하셨어요"}"#,
    ),
    (
        "/api/v1/people/{id}/papers/{paper}/strike",
        "$citizen $wrong",
        "clerk",
        r#"{"why":"다른 분의 종이였어요"}"#,
    ),
    ("/api/v1/people/{id}/links/{other}/unlink", "$citizen $linked", "clerk", r#"{"why":"다른 분이었어요"}"#),
    (
        "/api/v1/merchants/{id}/payout-account",
        "$shop",
        "merchant",
        r#"{"bank":"037","number":"1013010000001","holder":"남부시장 반찬","seen":false}"#,
    ),
    (
        "/api/v1/people/{id}/payout-account",
        "$citizen",
        "citizen",
        r#"{"bank":"037","number":"1013010000001","holder":"김순자","seen":false}"#,
    ),
    ("/api/v1/payout-files", "", "officer", ""),
    ("/api/v1/rehearsals", "", "officer", r#"{"rate_basis_points":800,"person_month":100000}"#),
];

/// Calls that need a day, a budget and a sale of their own before they are carried out: `api_coupons.rs` asks them, wrongly
/// too; `pages_joining.rs` asks those that need a city whose shops apply. A bank's answer is no JSON (`api_settlement.rs`), nor is a
/// scan (`papers.rs`).
const ELSEWHERE: [&str; 10] = [
    "/api/v1/coupons",
    "/api/v1/releases/{id}/claims",
    "/api/v1/releases/{id}/tickets",
    "/api/v1/bank-answers",
    "/api/v1/people/{id}/papers",
    "/api/v1/shop-applications",
    "/api/v1/shop-applications/{id}/papers",
    "/api/v1/shop-applications/{id}/decision",
    "/api/v1/shop-applications/{id}/appeal",
    "/api/v1/merchants/{id}/cancellation",
];

/// A POST of the document, with a body that would do.
struct Operation {
    path: String,
    who: &'static str,
    body: Value,
    /// Its body's fields: name, type, whether it must be there.
    fields: Vec<(String, String, bool)>,
    keyed: bool,
}

impl Operation {
    fn bytes(&self) -> Vec<u8> {
        if self.body.is_null() { Vec::new() } else { self.body.to_string().into_bytes() }
    }
}

struct Hostile {
    town: Town,
    operations: Vec<Operation>,
}

impl Hostile {
    async fn new(engine: Engine) -> Hostile {
        let town = Town::new(engine);
        let names = prepare(&town).await;
        let document = {
            let request = Request::builder().uri("/api/openapi.json").body(Body::empty()).unwrap();
            town.send(request).await.json()
        };
        let paths = document["paths"].as_object().unwrap();
        let posts: Vec<&String> =
            paths.iter().filter(|(_, methods)| methods.get("post").is_some()).map(|(path, _)| path).collect();
        assert!(ELSEWHERE.iter().all(|known| posts.iter().any(|path| path == known)));
        let posts: Vec<&String> =
            posts.into_iter().filter(|path| !ELSEWHERE.contains(&path.as_str())).collect();
        for path in &posts {
            assert!(GOOD.iter().any(|(known, ..)| known == *path), "POST {path} has no row in GOOD");
        }
        let operations = GOOD.iter().map(|good| operation(&document, good, &names)).collect();
        assert_eq!(posts.len(), GOOD.len(), "one row in GOOD for each call of the document");
        Hostile { town, operations }
    }

    /// Sends it as it is; `None` leaves a header out.
    async fn send(
        &self,
        path: &str,
        token: Option<&[u8]>,
        key: Option<&[u8]>,
        media: Option<&str>,
        body: Vec<u8>,
    ) -> Answer {
        let mut request = Request::post(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, token);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(media) = media {
            request = request.header(header::CONTENT_TYPE, media);
        }
        request = request.header(header::CONTENT_LENGTH, body.len());
        self.town.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a body, all else as it should be, and expects a refusal.
    async fn refused(&self, operation: &Operation, body: impl Into<Vec<u8>>, status: u16, code: &str) {
        let body = body.into();
        let what = format!("{} {:.120}", operation.path, String::from_utf8_lossy(&body));
        let token = format!("Bearer token-{}", operation.who);
        let answer = self
            .send(&operation.path, Some(token.as_bytes()), Some(b"hostile"), Some("application/json"), body)
            .await;
        assert_eq!(answer.status.as_u16(), status, "{what}\n{}", answer.body);
        is_a_problem(&answer, status, code, &what);
    }
}

/// A payment, two reservations, a neighbour who may withdraw, and two prepayments.
async fn prepare(town: &Town) -> BTreeMap<String, String> {
    let mut script = Script::new(town);
    script.citizen("neighbour").await;
    script
        .run(
            r#"
        citizen   | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":1000} | 201 | id>paid
        citizen   | POST /api/v1/authorizations | {"card":"$card","merchant":"$shop","amount":1000} | 201 | id>hold
        citizen   | POST /api/v1/authorizations | {"card":"$card","merchant":"$shop","amount":1000} | 201 | id>held
        neighbour | POST /api/v1/cards/$neighbour_card/top-ups | {"amount":10000} | 201
        neighbour | POST /api/v1/payments | {"card":"$neighbour_card","merchant":"$shop","amount":9000} | 201
        clerk     | POST /api/v1/people/$neighbour/payout-account | {"bank":"037","number":"1013010000002","holder":"누구","seen":true} | 201
        clerk     | POST /api/v1/people | {"name":"친구"} | 201 | person>friend
        clerk     | POST /api/v1/people | {"name":"같은 분"} | 201 | person>linked
        clerk     | POST /api/v1/people/$citizen/facts | {"is":{"kind":"lives-alone","value":true},"source":{"kind":"declared"}} | 201 | record>fact
        citizen   | POST /api/v1/people/$citizen/helpers | {"helper":"$neighbour","tie":"family","see":true} | 201 | record>help
        clerk     | POST /api/v1/people/$citizen/links | {"other":"$linked","why":"신분증을 보고 확인했어요"} | 201
        officer   | POST /api/v1/organisations | {"kind":"association","name":"상인회"} | 201 | organisation>guild
        officer   | POST /api/v1/organisations | {"kind":"agency","name":"쉼터"} | 201 | organisation>ending
        officer   | POST /api/v1/businesses | {"number":"130-82-00011","name":"떡집","trade":"bakery"} | 201 | business>firm
        officer   | POST /api/v1/businesses | {"number":"101-81-00020","name":"과일집","trade":"bakery"} | 201 | business>inside
        officer   | POST /api/v1/organisations/$guild/members | {"member":"$inside"} | 201
        clerk     | POST /api/v1/people | {"name":"혼자"} | 201 | person>loner
        clerk     | POST /api/v1/people | {"name":"손님"} | 201 | person>guest
        clerk     | POST /api/v1/people | {"name":"어머니"} | 201 | person>mother
        clerk     | POST /api/v1/people | {"name":"아이"} | 201 | person>child
        clerk     | POST /api/v1/people/$mother/household | {"from":"2021-01-01"} | 201
        clerk     | GET /api/v1/people/$mother/household | | 200 | household>home
        clerk     | POST /api/v1/people/$child/household/join | {"with":"$mother","relation":"child","from":"2021-02-01"} | 201
        citizen   | POST /api/v1/cards/$card/top-ups | {"amount":400000} | 201
        citizen   | POST /api/v1/cards/$card/top-ups | {"amount":1000000} | 201
        citizen   | POST /api/v1/cards/$card/top-ups | {"amount":490000} | 201
        citizen   | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":500001,"pin":"1234"} | 201 | id>first
        citizen   | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":500001,"pin":"1234"} | 201 | id>second
        citizen   | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":500001,"pin":"1234"} | 201 | id>third
        merchant  | POST /api/v1/payments/$first/refunds | {} | 202 | id>good
        merchant  | POST /api/v1/payments/$second/refunds | {} | 202 | id>bad
        merchant  | POST /api/v1/payments/$third/refunds | {} | 202 | id>vain
        merchant  | POST /api/v1/merchants/$shop/prepayment-offer | {"offered":true} | 200
        citizen   | POST /api/v1/prepayments | {"merchant":"$shop","amount":100000} | 201
        citizen   | POST /api/v1/prepayments | {"merchant":"$shop","amount":100000} | 201
    "#,
        )
        .await;
    let mut names = script.names;
    for name in ["paper", "wrong"] {
        names.insert(name.to_owned(), scans::paper(town, name).await);
    }
    names
}

/// A path with what was prepared in its places, in order.
fn addressed(path: &str, records: &str) -> String {
    let mut records = records.split(' ');
    let part = |part: &str| match part.starts_with('{') {
        true => records.next().unwrap_or(part).to_owned(),
        false => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn operation(
    document: &Value,
    (path, record, who, body): &(&str, &str, &'static str, &str),
    names: &BTreeMap<String, String>,
) -> Operation {
    let post = &document["paths"][path]["post"];
    let schema = post["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
    let parameters = post["parameters"].as_array().cloned().unwrap_or_default();
    let body = filled(body, names);
    let record = filled(record, names);
    Operation {
        path: addressed(path, &record),
        who,
        body: if body.is_empty() { Value::Null } else { serde_json::from_str(&body).unwrap() },
        fields: schema.map(|schema| fields(document, schema)).unwrap_or_default(),
        keyed: parameters.iter().any(|p| p["name"] == "Idempotency-Key"),
    }
}

fn fields(document: &Value, schema: &str) -> Vec<(String, String, bool)> {
    let schema = document.pointer(schema.trim_start_matches('#')).unwrap();
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let kind = |field: &Value| match &field["type"] {
        Value::Array(kinds) => kinds.iter().find(|k| *k != "null").unwrap().as_str().unwrap().to_owned(),
        // One of several shapes, or a shape of its own.
        kind => kind.as_str().unwrap_or("object").to_owned(),
    };
    schema["properties"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, field)| (name.clone(), kind(field), required.contains(&json!(name))))
        .collect()
}

/// What the other tests spoil is otherwise right: as it stands it is carried out, once under its key.
#[tokio::test(flavor = "multi_thread")]
async fn good_calls_are_carried_out() {
    for engine in testkit::engines() {
        let hostile = Hostile::new(engine).await;
        for (at, operation) in hostile.operations.iter().enumerate() {
            let key = format!("good-{at}");
            let token = format!("Bearer token-{}", operation.who);
            let answer = hostile
                .send(
                    &operation.path,
                    Some(token.as_bytes()),
                    Some(key.as_bytes()),
                    Some("application/json"),
                    operation.bytes(),
                )
                .await;
            assert!(answer.status.is_success(), "{} {}", operation.path, answer.body);
            if !operation.keyed {
                continue;
            }
            // The key is taken: no other wish is carried out under it.
            let other = &hostile.operations[if at == 0 { 2 } else { 0 }];
            let before = written(&hostile.town);
            let answer = hostile
                .send(
                    &other.path,
                    Some(token.as_bytes()),
                    Some(key.as_bytes()),
                    Some("application/json"),
                    other.bytes(),
                )
                .await;
            is_a_problem(&answer, 409, "key.reused", &operation.path);
            assert_eq!(written(&hostile.town), before);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_under_which_key() {
    for engine in testkit::engines() {
        let hostile = Hostile::new(engine).await;
        let before = written(&hostile.town);
        let media = Some("application/json");
        for (at, operation) in hostile.operations.iter().enumerate() {
            let path = &operation.path;
            let mine = format!("Bearer token-{}", operation.who);
            // Wrong tokens are few: who sends many is told to wait.
            let answer = hostile.send(path, None, Some(b"k"), media, operation.bytes()).await;
            is_a_problem(&answer, 401, "token.missing", path);
            assert_eq!(answer.headers["www-authenticate"], "Bearer", "{path}");
            let tokens: &[&[u8]] = &[
                b"",
                b"Bearer",
                b"Bearer ",
                b"Bearer token-nobody",
                b"Basic dG9rZW4tY2l0aXplbjo=",
                mine.strip_prefix("Bearer ").unwrap().as_bytes(),
                b"Bearer \xff\xfe",
            ];
            let token = tokens[at % tokens.len()];
            let answer = hostile.send(path, Some(token), Some(b"k"), media, operation.bytes()).await;
            is_a_problem(&answer, 401, "token.missing", path);
            let long = [b'k'; 256];
            let keys: &[(Option<&[u8]>, &str)] = &[
                (None, "key.missing"),
                (Some(b""), "key.form"),
                (Some(b"  "), "key.form"),
                (Some(b"\xff\xfe"), "key.form"),
                (Some("키".as_bytes()), "key.form"),
                (Some(&long), "key.form"),
            ];
            for (key, code) in keys {
                if key.is_none() && !operation.keyed {
                    continue;
                }
                let answer = hostile.send(path, Some(mine.as_bytes()), *key, media, operation.bytes()).await;
                is_a_problem(&answer, 400, code, path);
            }
        }
        assert_eq!(written(&hostile.town), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_none() {
    for engine in testkit::engines() {
        let hostile = Hostile::new(engine).await;
        let before = written(&hostile.town);
        for operation in hostile.operations.iter().filter(|o| !o.body.is_null()) {
            let good = operation.body.to_string();
            for body in
                ["", " ", "{", "}", "[]", "null", "true", "17", "\"a\"", "{}{}", "{'amount':1}", "NaN"]
            {
                hostile.refused(operation, body, 400, "body.malformed").await;
            }
            hostile.refused(operation, format!("{good}x"), 400, "body.malformed").await;
            hostile.refused(operation, &b"\xef\xbb\xbf{}"[..], 400, "body.malformed").await;
            hostile.refused(operation, &b"{\"name\":\"\xff\xfe\"}"[..], 400, "body.malformed").await;
            hostile.refused(operation, format!("{}{}", "[".repeat(9_000), "]"), 400, "body.malformed").await;
            hostile.refused(operation, good.replacen('{', r#"{"extra":1,"#, 1), 400, "body.malformed").await;
            hostile.refused(operation, " ".repeat(17 * 1024) + &good, 413, "body.large").await;
            hostile.refused(operation, "a".repeat(1 << 20), 413, "body.large").await;
            let token = format!("Bearer token-{}", operation.who);
            for media in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("")] {
                let body = good.clone().into_bytes();
                let answer =
                    hostile.send(&operation.path, Some(token.as_bytes()), Some(b"k"), media, body).await;
                is_a_problem(&answer, 415, "body.type", &operation.path);
            }
        }
        assert_eq!(written(&hostile.town), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_are_wrong() {
    for engine in testkit::engines() {
        let hostile = Hostile::new(engine).await;
        let before = written(&hostile.town);
        let mut amounts = 0;
        for operation in hostile.operations.iter().filter(|o| !o.body.is_null()) {
            for (field, kind, required) in &operation.fields {
                let won = matches!(field.as_str(), "amount" | "eligible");
                let mut wrong = vec![json!(true), json!([]), json!({}), json!([1]), json!(1.5), json!(1e30)];
                match kind.as_str() {
                    "integer" => wrong.extend([json!("1000"), json!(""), json!(1000.0), json!(1u64 << 63)]),
                    "string" | "object" => wrong.extend([json!(0), json!(-1)]),
                    "boolean" => {
                        wrong.retain(|value| !value.is_boolean());
                        wrong.extend([json!(0), json!("yes")]);
                    }
                    other => panic!("{field} is a {other}: say here what is wrong for it"),
                }
                if *required {
                    wrong.push(Value::Null);
                    let mut without = operation.body.clone();
                    without.as_object_mut().unwrap().remove(field);
                    hostile.refused(operation, without.to_string(), 400, "body.malformed").await;
                }
                for value in wrong {
                    let mut body = operation.body.clone();
                    // An amount that is a text, a fraction or too large is read so far as to say just that.
                    let (status, code) = match &value {
                        Value::Number(n) if won && n.as_f64().unwrap() > 1e18 => {
                            (422, if field == "amount" { "amount.range" } else { "coupon.eligible" })
                        }
                        Value::Number(_) | Value::String(_) if won => (422, "amount.form"),
                        _ => (400, "body.malformed"),
                    };
                    body[field] = value;
                    hostile.refused(operation, body.to_string(), status, code).await;
                }
                if operation.body.get(field).is_some() {
                    let twice = operation.body.to_string().replacen('{', &format!("{{\"{field}\":null,"), 1);
                    hostile.refused(operation, twice, 400, "body.malformed").await;
                }
                if field == "amount" {
                    amounts += 1;
                    out_of_range(&hostile, operation).await;
                }
            }
        }
        assert_eq!(amounts, 10, "pay, quote, refund, authorise, capture, top-up, gift, give, prepay, code");
        assert_eq!(written(&hostile.town), before);
    }
}

/// 0, negative, beyond what any amount may be: as whole numbers they are well-formed, and refused with the range.
async fn out_of_range(hostile: &Hostile, operation: &Operation) {
    for amount in [0, -1, i64::MIN, i64::MAX, 1_000_000_000_001] {
        let mut body = operation.body.clone();
        body["amount"] = json!(amount);
        hostile.refused(operation, body.to_string(), 422, "amount.range").await;
    }
    for (digits, status, code) in [
        ("9223372036854775808", 422, "amount.range"),
        ("-9223372036854775809", 422, "amount.range"),
        ("18446744073709551616", 422, "amount.range"),
        ("1e3", 422, "amount.form"),
        ("-0.5", 422, "amount.form"),
        ("1e400", 400, "body.malformed"),
        ("0x10", 400, "body.malformed"),
        ("01", 400, "body.malformed"),
        ("+1", 400, "body.malformed"),
        ("1_000", 400, "body.malformed"),
    ] {
        let body = operation.body.to_string();
        let at = body.find("\"amount\":").unwrap() + "\"amount\":".len();
        let end = at + body[at..].find(|c: char| !c.is_ascii_digit()).unwrap();
        let body = format!("{}{digits}{}", &body[..at], &body[end..]);
        assert!(body.contains(digits), "{body}");
        hostile.refused(operation, body, status, code).await;
    }
}

/// What stands in the address.
#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_lead_nowhere() {
    for engine in testkit::engines() {
        let hostile = Hostile::new(engine).await;
        let before = written(&hostile.town);
        for operation in &hostile.operations {
            let Some((front, id, back)) = id_of(&operation.path) else { continue };
            let token = format!("Bearer token-{}", operation.who);
            for odd in ["x", "%00", "%FF%FE", "%2F", "..%2F..", "-1", "18446744073709551616", "%F0%9F%90%B7"]
            {
                let path = format!("{front}{odd}{back}");
                let answer = hostile
                    .send(
                        &path,
                        Some(token.as_bytes()),
                        Some(b"k"),
                        Some("application/json"),
                        operation.bytes(),
                    )
                    .await;
                let code = if operation.path.contains("/cards/") { "card.unknown" } else { "id.unknown" };
                is_a_problem(&answer, 404, code, &path);
            }
            let path = format!("{front}{}{back}", id.to_uppercase());
            let answer = hostile
                .send(&path, Some(token.as_bytes()), Some(b"k"), Some("application/json"), operation.bytes())
                .await;
            assert_eq!(answer.status.as_u16(), 404, "{path}");
        }
        // Another method than the route has.
        for path in ["/api/v1/payments", "/api/v1/city/today", "/api/openapi.json"] {
            let request = Request::delete(path).body(Body::empty()).unwrap();
            let answer = hostile.town.send(request).await;
            is_a_problem(&answer, 405, "method.wrong", path);
            assert!(answer.headers.contains_key("allow"), "{path}");
        }
        assert_eq!(written(&hostile.town), before);
    }
}

/// Before, the id, and after it.
fn id_of(path: &str) -> Option<(String, String, String)> {
    let parts: Vec<&str> = path.split('/').collect();
    let at = parts.iter().position(|part| part.contains('_'))?;
    let back: String = parts[at + 1..].iter().map(|part| format!("/{part}")).collect();
    Some((parts[..at].join("/") + "/", parts[at].to_owned(), back))
}
