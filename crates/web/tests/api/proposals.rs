//! What waits for a second person: 202 with its address, then confirmed, refused or withdrawn.

use axum::http::{Method, header};

use super::common::Town;
use super::common::table::Script;

#[tokio::test(flavor = "multi_thread")]
async fn a_large_refund_waits_for_a_second_person() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script
            .run(
                r#"
            citizen  | POST /api/v1/cards/$card/top-ups | {"amount":1000000} | 201
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":700000,"pin":"1234"} | 201 | id>big
            # up to the sum at once; a won more of the same payment is not
            till     | POST /api/v1/payments/$big/refunds | {"amount":500000} | 201 | amount=500000
            till     | POST /api/v1/payments/$big/refunds | {"amount":1} | 202 | state=waiting, operation=refund, amount=1, posting=$big, merchant=$shop, id>small
            till     | POST /api/v1/payments/$big/refunds | {"amount":1} | 422 proposal.known
            merchant | POST /api/v1/payments/$big/refunds | {} | 422 proposal.known
            till     | GET /api/v1/proposals/$small | | 200 | state=waiting
            # whom it doesn't concern
            other    | GET /api/v1/proposals/$small | | 404 proposal.unknown
            other    | POST /api/v1/proposals/$small/confirm | | 404 proposal.unknown
            citizen  | GET /api/v1/proposals/$small | | 404 proposal.unknown
            citizen  | GET /api/v1/proposals | | 403 role.needed
            clerk    | POST /api/v1/proposals/$small/confirm | | 403 role.needed
            auditor  | GET /api/v1/proposals/$small | | 404 proposal.unknown
            till     | POST /api/v1/proposals/$small/confirm | | 403 role.needed
            merchant | POST /api/v1/proposals/$small/withdraw | | 422 proposal.own
            # no, with a sentence
            merchant | POST /api/v1/proposals/$small/refuse | {"why":"싫어"} | 422 reason.short
            merchant | POST /api/v1/proposals/$small/refuse | {"why":"영수증을 가져오지 않았어요"} | 201
            till     | GET /api/v1/proposals/$small | | 200 | state=refused, why=영수증을 가져오지 않았어요
            merchant | POST /api/v1/proposals/$small/confirm | | 404 proposal.unknown
            # yes, by another
            officer  | POST /api/v1/payments/$big/refunds | {} | 202 | amount=200000, id>rest
            officer  | POST /api/v1/proposals/$rest/confirm | | 422 second.same
            merchant | POST /api/v1/proposals/$rest/confirm | | 201 | id>done
            officer  | GET /api/v1/proposals/$rest | | 200 | state=carried-out, result=$done
            officer  | POST /api/v1/proposals/$rest/withdraw | | 404 proposal.unknown
            merchant | POST /api/v1/payments/$big/refunds | {} | 422 refund.done
            officer  | GET /api/v1/proposals/prp_0000000000zzz | | 404 proposal.unknown
            officer  | GET /api/v1/proposals/$shop | | 404 id.unknown
            # taken back
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":600000,"pin":"1234"} | 201 | id>next
            till     | POST /api/v1/payments/$next/refunds | {} | 202 | id>vain
            till     | POST /api/v1/proposals/$vain/withdraw | | 201
            till     | GET /api/v1/proposals/$vain | | 200 | state=withdrawn
        "#,
            )
            .await;
        let refund = format!("/api/v1/payments/{}/refunds", script.names["next"]);
        let waits = town.call("till", Method::POST, &refund, Some("place"), "{}").await;
        let place = waits.headers[header::LOCATION].to_str().unwrap().to_owned();
        let shown = town.call("merchant", Method::GET, &place, None, "").await;
        assert_eq!(shown.json()["state"], "waiting", "{}", shown.body);
        let listed = town.call("merchant", Method::GET, "/api/v1/proposals", None, "").await.json();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{listed}");
        let others = town.call("other", Method::GET, "/api/v1/proposals", None, "").await.json();
        assert_eq!(others["items"].as_array().map(Vec::len), Some(0), "{others}");
    }
}
