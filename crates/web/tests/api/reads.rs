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
        for (lang, title) in [("ko-KR,en;q=0.8", "찾는 것이 없어요"), ("en-GB", "We couldn’t find that")]
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
