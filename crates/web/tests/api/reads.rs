//! What only reads: the town, the books, one posting, a rehearsal, the document.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};

use super::common::Town;
use super::common::table::{Script, is_a_problem};

#[tokio::test(flavor = "multi_thread")]
async fn the_town_is_public() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        Script::new(&town)
            .run(
                r#"
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":12000} | 201
            nobody  | GET /api/v1/city/today | | 200 | date=2021-02-23, count=1, sum=12000, reward=1200, trades.0.of=market-food, trades.0.count=1, trades.0.sum=12000, hours.9.sum=12000, hours.23.of=23, hours.24!
        "#,
            )
            .await;
        let answer = town.call("nobody", Method::GET, "/api/v1/city/today", None, "").await;
        let districts = answer.json()["districts"].as_array().unwrap().clone();
        assert_eq!(districts.len(), 35);
        let paid: Vec<_> = districts.iter().filter(|d| d["count"] == 1).collect();
        assert_eq!((paid.len(), &paid[0]["of"]), (1, &serde_json::json!("4511153000")));
        for id in [town.citizen.to_string(), town.card.to_string(), town.shop.to_string()] {
            assert!(!answer.body.contains(&id), "nobody's id is public");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn campaigns_are_public() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        Script::new(&town)
            .run(
                r#"
            nobody  | GET /api/v1/campaigns | | 200 | items.0.id=pig-2020-11, items.0.from=2020-11-02, items.0.until=2020-11-30, items.0.person_month=500000, items.0.carry_over_to!, items.0.person_year!, items.0.city_month!, items.0.sales_over!, items.0.counts=spend, items.0.current=false, items.0.earns.0=cash, items.0.earns.1!, items.1.carry_over_to=1500000
            nobody  | GET /api/v1/campaigns | | 200 | items.2.id=pig-2021-01, items.2.current=true, items.2.grants.0.at=charge, items.2.grants.0.rate=1000, items.2.grants.0.budget_left=0, items.2.grants.1.at=payment, items.2.grants.1.rate=1000, items.2.grants.1.budget=cashback-2021, items.2.grants.1.budget_left=10000000, items.2.grants.2!
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":50000} | 201
            citizen | GET /api/v1/campaigns | | 200 | items.2.grants.1.budget_left=9995000
            nobody  | GET /api/v1/campaigns?year=2021 | | 200 | items.0.id=pig-2020-11
        "#,
            )
            .await;
        let read = async |language: &str| {
            let request = Request::get("/api/v1/campaigns").header("accept-language", language);
            town.send(request.body(Body::empty()).unwrap()).await.json()["items"].as_array().unwrap().clone()
        };
        let (korean, english) = (read("ko").await, read("en").await);
        assert_eq!(korean[2]["name"], "1~2월: 월 100만 원, 충전 10% + 결제 10%");
        assert_eq!(english[2]["name"], "January and February: 10% at charge, 10% at payment");
        assert!(english.iter().all(|one| one["source"].as_str().is_some_and(|source| !source.is_empty())));
        let starts: Vec<&str> = english.iter().map(|one| one["from"].as_str().unwrap()).collect();
        assert!(starts.is_sorted(), "{starts:?}");
        assert_eq!(english.iter().filter(|one| one["current"] == true).count(), 1);
        // What comes: the city's cap of 2021, the year's limit of 2022, the bound of 2023; scaled like the city.
        for field in ["city_month", "person_year", "sales_over"] {
            assert!(english.iter().any(|one| one[field].as_i64().is_some_and(|won| won > 0)), "{field}");
        }
        town.on(2021, 3, 1);
        let current: Vec<_> = read("ko").await.into_iter().filter(|one| one["current"] == true).collect();
        assert_eq!((current.len(), &current[0]["id"]), (1, &serde_json::json!("pig-2021-03")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn books_and_postings() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        Script::new(&town)
            .run(
                r#"
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":12000} | 201 | id>paid
            auditor  | GET /api/v1/books | | 200 | postings=3, backing=101200, owed=101200, sequence>sequence
            officer  | GET /api/v1/books | | 200 | postings=3, sequence=$sequence
            merchant | GET /api/v1/books | | 403 role.needed
            citizen  | GET /api/v1/books | | 403 role.needed
            clerk    | GET /api/v1/books | | 403 role.needed
            auditor  | GET /api/v1/postings/$paid | | 200 | id=$paid, number=3, kind=pay, role=citizen, amount=12000, business_date=2021-02-23, reverses!, legs.0.amount=12000, legs.0.debit_after=88000, legs.0.credit_after=12000, legs.1.amount=1200
            merchant | POST /api/v1/payments/$paid/refunds | {} | 201 | id>refund
            auditor  | GET /api/v1/postings/$refund | | 200 | reverses=$paid, kind=refund, role=merchant
            auditor  | GET /api/v1/books | | 200 | postings=4, backing=100000, owed=100000
            auditor  | GET /api/v1/postings/pst_0000000000zzz | | 404 posting.unknown
            auditor  | GET /api/v1/postings/pst_0000000000000 | | 404 posting.unknown
            auditor  | GET /api/v1/postings/pst_fzzzzzzzzzzzz | | 404 posting.unknown
            auditor  | GET /api/v1/postings/$card | | 404 id.unknown
            auditor  | GET /api/v1/postings/3 | | 404 id.unknown
            officer  | GET /api/v1/postings/$paid | | 403 role.needed
            citizen  | GET /api/v1/postings/$paid | | 403 role.needed
        "#,
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rehearsals() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        Script::new(&town)
            .run(
                r#"
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":50000} | 201 | id>paid
            officer | POST /api/v1/rehearsals | {"rate_basis_points":800} | 200 | until=2021-02-23, payments=1, now.rate_basis_points=1000, now.cost=5000, draft.cost=4000, change=-1000, people_with_less=1, people_with_more=0, differences=0, first_difference!
            officer | POST /api/v1/rehearsals | {"person_month":20000} | 200 | now.cost=5000, draft.cost=2000, draft.rate_basis_points=1000, draft.person_month=20000
            officer | POST /api/v1/rehearsals | {} | 200 | change=0, people_with_the_same=1
            officer | POST /api/v1/rehearsals | {"rate_basis_points":0} | 200 | draft.cost=0
            officer | POST /api/v1/rehearsals | {"rate_basis_points":-1} | 422 rate.range
            officer | POST /api/v1/rehearsals | {"rate_basis_points":10001} | 422 rate.range
            officer | POST /api/v1/rehearsals | {"person_month":-1} | 422 amount.range
            officer | POST /api/v1/rehearsals | {"person_month":100000001} | 422 amount.range
            auditor | POST /api/v1/rehearsals | {} | 403 role.needed
            citizen | POST /api/v1/rehearsals | {} | 403 role.needed
            # what it decided again stands as it was
            citizen | GET /api/v1/payments/$paid | | 200 | cashback.reward=5000
        "#,
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_and_what_is_not_there() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let bare = |path: &str| Request::builder().uri(path).body(Body::empty()).unwrap();
        let answer = town.send(bare("/api/openapi.json")).await;
        assert_eq!(answer.status, StatusCode::OK);
        let document = answer.json();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
        // In the language of who asks: Korean, unless English is asked for.
        for (lang, title) in
            [("ko-KR,en;q=0.8", "이 주소에는 아무것도"), ("en-GB", "There is nothing at this address")]
        {
            let request = Request::get("/api/v1/nothing").header("accept-language", lang);
            let answer = town.send(request.body(Body::empty()).unwrap()).await;
            is_a_problem(&answer, 404, "not.found", lang);
            assert!(answer.json()["title"].as_str().unwrap().contains(title), "{}", answer.body);
        }
        is_a_problem(&town.send(bare("/api/v1/nothing")).await, 404, "not.found", "no such endpoint");
        is_a_problem(&town.send(bare("/api/v1/cards/%FF/freeze/")).await, 404, "not.found", "a stray slash");
    }
}

/// Whoever writes a client reads the document: it says what each call wants, and all that it may answer.
#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_complete() {
    let town = Town::new(testkit::Engine::Sqlite);
    let request = Request::get("/api/openapi.json").body(Body::empty()).unwrap();
    let document = town.send(request).await.json();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let what = format!("{method} {path}");
            assert!(operation["summary"].as_str().is_some_and(|s| !s.is_empty()), "{what} says nothing");
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            for parameter in &parameters {
                let said = parameter["description"].as_str().is_some_and(|said| !said.is_empty());
                assert!(said && parameter["schema"].is_object(), "{what}: {parameter}");
            }
            let named = |place: &str| -> Vec<&str> {
                let there = parameters.iter().filter(|one| one["in"] == place);
                there.map(|one| one["name"].as_str().unwrap()).collect()
            };
            let in_path: Vec<&str> = path
                .split('/')
                .filter_map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')))
                .collect();
            assert_eq!(named("path"), in_path, "{what}");
            // What only answers needs no key; a bank's file is known by its own hash.
            let answers = ["/api/v1/rehearsals", "/api/v1/quotes", "/api/v1/merchants/{id}/codes"];
            let by_hash = path == "/api/v1/bank-answers";
            let keyed = method == "post" && !answers.contains(&path.as_str()) && !by_hash;
            assert_eq!(named("header"), if keyed { vec!["Idempotency-Key"] } else { vec![] }, "{what}");
            let public = operation["security"] == serde_json::json!([{}]);
            let mut statuses = vec!["429"];
            if !public {
                statuses.extend(["400", "401", "403", "404", "422", "503"]);
            }
            if method == "post" {
                statuses.extend(["409", "413", "415"]);
            }
            for status in statuses {
                let response = &operation["responses"][status];
                let problem = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(problem, "#/components/schemas/Problem", "{what} {status}");
                assert!(!response["description"].as_str().unwrap().is_empty(), "{what} {status}");
            }
            let good = if method == "get" { &["200"][..] } else { &["200", "201"] };
            let good = good.iter().map(|status| &operation["responses"][status]["content"]);
            let good: Vec<_> = good.filter(|content| content.is_object()).collect();
            assert_eq!(good.len(), 1, "{what}");
            resolves(&document, good[0]);
            resolves(&document, &operation["requestBody"]);
        }
    }
    let queries = |path: &str| -> Vec<String> {
        let all = document["paths"][path]["get"]["parameters"].as_array().unwrap();
        let there = all.iter().filter(|one| one["in"] == "query");
        there.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(queries("/api/v1/cards/{card}/entries"), ["cursor", "limit"]);
    assert_eq!(queries("/api/v1/merchants"), ["name", "trade", "district", "gives", "cursor", "limit"]);
    assert_eq!(queries("/api/v1/merchants/{id}/sales"), ["date"]);
}

/// Every schema that is named is there, and so are those it names.
fn resolves(document: &serde_json::Value, part: &serde_json::Value) {
    match part {
        serde_json::Value::Object(fields) => {
            if let Some(named) = fields.get("$ref").and_then(serde_json::Value::as_str) {
                let schema = document.pointer(named.trim_start_matches('#'));
                resolves(document, schema.unwrap_or_else(|| panic!("{named} is nowhere")));
            }
            fields.values().for_each(|field| resolves(document, field));
        }
        serde_json::Value::Array(parts) => parts.iter().for_each(|part| resolves(document, part)),
        _ => {}
    }
}
