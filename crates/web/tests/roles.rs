//! Every route of the API and of the pages, asked in every role over a real connection: `roles.tsv` says what comes
//! out. The routes are the router's own, so one that is new and not in the table fails the test.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

#[path = "roles/access.rs"]
mod access;
mod common;
mod roles_asked;
#[path = "roles/live.rs"]
mod live;
#[path = "roles/settlement.rs"]
mod settlement;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use common::Served;
use common::asked::{Asked, OF_TILLS};
use live::Live;
use roles_asked::ASKED;

const TABLE: &str = include_str!("roles.tsv");
/// The same for who speaks for an organisation: what is not everybody's is nobody's there, unless it has a row.
const AT_DESKS: &str = include_str!("roles_organisations.tsv");
const DESKS: [&str; 2] = ["chest", "association"];
/// `neighbour` is another citizen, `other` another shop's owner: what is asked for is not theirs.
const ROLES: [&str; 9] =
    ["none", "citizen", "neighbour", "merchant", "other", "till", "clerk", "officer", "auditor"];

<<<<<<< ours
/// All that is asked, room by room.
fn asked() -> impl Iterator<Item = &'static Asked> {
    common::asked::with(ASKED).chain(OF_TILLS).chain(access::ASKED).chain(settlement::ASKED)
}
||||||| base
/// What is asked of a route: the address where the route leaves it open, and the body. `$…` are made anew for each
/// role by [`Live::make`], so that an answer says something about who asks and not about who asked before.
const ASKED: &[(&str, &str, &str)] = &[
    ("POST /api/v1/payments", "", r#"{"card":"$card","merchant":"$shop","amount":1}"#),
    ("GET /api/v1/payments/{id}", "/api/v1/payments/$paid", ""),
    ("POST /api/v1/payments/{id}/refunds", "/api/v1/payments/$paid/refunds", "{}"),
    ("POST /api/v1/authorizations", "", r#"{"card":"$card","merchant":"$shop","amount":1}"#),
    ("POST /api/v1/authorizations/{id}/capture", "/api/v1/authorizations/$hold/capture", "{}"),
    ("POST /api/v1/authorizations/{id}/void", "/api/v1/authorizations/$hold/void", ""),
    ("POST /api/v1/cards/{card}/top-ups", "/api/v1/cards/$card/top-ups", r#"{"amount":1}"#),
    ("POST /api/v1/gifts", "", r#"{"to":"$friend","amount":1}$money"#),
    ("POST /api/v1/cards/{card}/withdrawals", "/api/v1/cards/$card/withdrawals", "$used_up"),
    ("POST /api/v1/people", "", r#"{"name":"박"}"#),
    ("POST /api/v1/cards", "", r#"{"kind":"phone","person":"$citizen"}"#),
    ("GET /api/v1/cards/{card}", "/api/v1/cards/$card", ""),
    ("GET /api/v1/cards/{card}/entries", "/api/v1/cards/$card/entries", ""),
    ("GET /api/v1/merchants/{id}/sales", "/api/v1/merchants/$shop/sales", ""),
    ("POST /api/v1/cards/{card}/freeze", "/api/v1/cards/$spare/freeze", ""),
    ("POST /api/v1/cards/{card}/unfreeze", "/api/v1/cards/$spare/unfreeze", ""),
    ("POST /api/v1/cards/{card}/reissue", "/api/v1/cards/$spare/reissue", ""),
    ("POST /api/v1/cards/{card}/close", "/api/v1/cards/$spare/close", ""),
    ("POST /api/v1/cards/{card}/pin", "/api/v1/cards/$spare/pin", r#"{"pin":"2580"}"#),
    (
        "POST /api/v1/merchants",
        "",
        r#"{"name":"가게","business_number":"$number","trade":"bakery","district":"4511153000"}"#,
    ),
    ("GET /api/v1/merchants/{id}", "/api/v1/merchants/$shop", ""),
    ("POST /api/v1/merchants/{id}/close", "/api/v1/merchants/$closing/close", ""),
    ("GET /api/v1/postings/{id}", "/api/v1/postings/$paid", ""),
    ("POST /api/v1/rehearsals", "", "{}"),
    ("GET /api/v1/people/{id}/facts", "/api/v1/people/$citizen/facts", r#""#),
    (
        "POST /api/v1/people/{id}/facts",
        "/api/v1/people/$citizen/facts",
        r#"{"is":{"kind":"household-size","value":2},"source":{"kind":"declared"}}"#,
    ),
    (
        "POST /api/v1/people/{id}/facts/{fact}/strike",
        "/api/v1/people/$citizen/facts/rec_0000000000001/strike",
        r#"{"why":"다른 분의 서류였어요"}"#,
    ),
    ("GET /api/v1/people/{id}/consents", "/api/v1/people/$citizen/consents", r#""#),
    ("POST /api/v1/people/{id}/consents", "/api/v1/people/$citizen/consents", r#"{"purpose":"care"}"#),
    (
        "POST /api/v1/people/{id}/consents/withdraw",
        "/api/v1/people/$citizen/consents/withdraw",
        r#"{"purpose":"care"}$consented"#,
    ),
    ("GET /api/v1/people/{id}/helpers", "/api/v1/people/$citizen/helpers", r#""#),
    (
        "POST /api/v1/people/{id}/helpers",
        "/api/v1/people/$citizen/helpers",
        r#"{"helper":"$somebody","tie":"family","see":true}"#,
    ),
    (
        "POST /api/v1/people/{id}/helpers/{help}/revoke",
        "/api/v1/people/$citizen/helpers/rec_0000000000001/revoke",
        r#""#,
    ),
    ("GET /api/v1/people/{id}/links", "/api/v1/people/$citizen/links", r#""#),
    (
        "POST /api/v1/people/{id}/links",
        "/api/v1/people/$citizen/links",
        r#"{"other":"$somebody","why":"신분증을 보고 확인했어요"}"#,
    ),
    (
        "POST /api/v1/people/{id}/links/{other}/unlink",
        "/api/v1/people/$citizen/links/per_0000000000001/unlink",
        r#"{"why":"다른 분이었어요"}"#,
    ),
    ("POST /me/consents", "", r#"csrf=$csrf&request_key=$key&purpose=care"#),
    ("POST /me/consents/withdraw", "", r#"csrf=$csrf&request_key=$key&purpose=care$consented"#),
    ("POST /me/helpers", "", r#"csrf=$csrf&request_key=$key&to=0000"#),
    (
        "POST /me/helpers/{record}/revoke",
        "/me/helpers/rec_0000000000001/revoke",
        r#"csrf=$csrf&request_key=$key"#,
    ),
    ("POST /me/payments", "", r#"csrf=$csrf&request_key=$key&person=per_0000000000001&shop=x&amount=1"#),
    ("POST /me/helped", "", r#"csrf=$csrf&request_key=$key&person=per_0000000000001"#),
    ("GET /clerk/people/{id}/records", "/clerk/people/$citizen/records", r#""#),
    (
        "POST /clerk/people/{id}/facts",
        "/clerk/people/$citizen/facts",
        r#"csrf=$csrf&request_key=$key&kind=household-size&value=2"#,
    ),
    (
        "POST /clerk/people/{id}/facts/{record}/strike",
        "/clerk/people/$citizen/facts/rec_0000000000001/strike",
        r#"csrf=$csrf&request_key=$key&why=다른 분의 서류였어요"#,
    ),
    (
        "POST /clerk/people/{id}/consents",
        "/clerk/people/$citizen/consents",
        r#"csrf=$csrf&request_key=$key&purpose=care"#,
    ),
    (
        "POST /clerk/people/{id}/consents/withdraw",
        "/clerk/people/$citizen/consents/withdraw",
        r#"csrf=$csrf&request_key=$key&purpose=care$consented"#,
    ),
    (
        "POST /clerk/people/{id}/helpers",
        "/clerk/people/$citizen/helpers",
        r#"csrf=$csrf&request_key=$key&to=0000"#,
    ),
    (
        "POST /clerk/people/{id}/helpers/{record}/revoke",
        "/clerk/people/$citizen/helpers/rec_0000000000001/revoke",
        r#"csrf=$csrf&request_key=$key"#,
    ),
    (
        "POST /clerk/people/{id}/links",
        "/clerk/people/$citizen/links",
        r#"csrf=$csrf&request_key=$key&other=per_0000000000001"#,
    ),
    (
        "POST /clerk/people/{id}/links/{other}/unlink",
        "/clerk/people/$citizen/links/per_0000000000001/unlink",
        r#"csrf=$csrf&request_key=$key&why=다른 분이었어요"#,
    ),
    ("GET /look", "/look?theme=dark&back=/", ""),
    ("GET /assets/{name}", "/assets/app.css", ""),
    ("GET /p/{code}", "/p/$receipt", ""),
    ("POST /enter", "", "csrf=$csrf&persona=citizen"),
    ("POST /sign-in", "", "csrf=$csrf&token=token-clerk&next=/"),
    ("POST /sign-in/code", "", "csrf=$csrf&number=$printed&code=12345678&next=/"),
    ("POST /account/sessions/end", "", "csrf=$csrf"),
    ("POST /oauth/token", "", "grant_type=client_credentials&client_id=x&client_secret=y"),
    ("POST /leave", "", "csrf=$csrf"),
    ("POST /sign-in/passkey/challenge", "", "csrf=$csrf"),
    ("POST /sign-in/passkey", "", "csrf=$csrf&state=0&credential=0&next=/"),
    ("POST /sign-in/role", "", "csrf=$csrf&ticket=0&grant=0&next=/"),
    ("POST /account/passkeys", "", "csrf=$csrf&name=0&state=0&credential=0"),
    ("POST /account/passkeys/challenge", "", "csrf=$csrf"),
    ("GET /sign-in/with/{house}", "/sign-in/with/nobody", ""),
    ("GET /account/links/{house}", "/account/links/nobody?csrf=$csrf", ""),
    ("POST /account/links/remove", "", "csrf=$csrf&house=nobody"),
    ("POST /account/passkeys/remove", "", "csrf=$csrf&number=0"),
    ("POST /desk/access/accounts", "", "csrf=$csrf&request_key=$key"),
    ("POST /desk/access/accounts/{id}/end", "/desk/access/accounts/x/end", "csrf=$csrf"),
    ("POST /desk/access/accounts/{id}/roles", "/desk/access/accounts/x/roles", "csrf=$csrf&request_key=$key"),
    ("POST /desk/access/accounts/{id}/sessions/end", "/desk/access/accounts/x/sessions/end", "csrf=$csrf"),
    ("POST /desk/access/tokens", "", "csrf=$csrf&request_key=$key&name=x"),
    ("POST /desk/access/tokens/{id}/end", "/desk/access/tokens/1/end", "csrf=$csrf"),
    ("POST /desk/access/tokens/{id}/rotate", "/desk/access/tokens/1/rotate", "csrf=$csrf"),
    ("POST /shop/tokens", "", "csrf=$csrf&request_key=$key&name=x"),
    ("POST /shop/tokens/{id}/end", "/shop/tokens/1/end", "csrf=$csrf"),
    ("POST /shop/tokens/{id}/rotate", "/shop/tokens/1/rotate", "csrf=$csrf"),
    ("POST /desk/access/roles/{id}/confirm", "/desk/access/roles/x/confirm", "csrf=$csrf"),
    ("POST /desk/access/roles/{id}/end", "/desk/access/roles/x/end", "csrf=$csrf"),
    ("GET /giving/follow", "/giving/follow?serial=2021-000001&word=ABCDEFGH", ""),
    ("GET /angels/{id}", "/angels/$shop", ""),
    ("GET /angels/{id}/plaque", "/angels/$shop/plaque", ""),
    ("GET /giving/receipts/{serial}", "/giving/receipts/2021-000001", ""),
    (
        "POST /giving/receipts/{serial}/print",
        "/giving/receipts/2021-000001/print",
        "csrf=$csrf&request_key=$key",
    ),
    ("POST /wallet/giving/standing", "", "csrf=$csrf&request_key=$key&share=50&purpose=0&named=0"),
    ("POST /wallet/giving/once", "", "csrf=$csrf&request_key=$key&amount=1000000&purpose=0&named=0"),
    ("POST /wallet/giving/receipts", "", "csrf=$csrf&request_key=$key&gift=$paid"),
    ("POST /shop/giving/apply", "", "csrf=$csrf&request_key=$key&rate=99&purpose=0"),
    ("POST /shop/giving/change", "", "csrf=$csrf&request_key=$key&rate=1&purpose=0"),
    ("POST /shop/giving/stop", "", "csrf=$csrf&request_key=$key"),
    ("POST /shop/giving/receipts", "", "csrf=$csrf&request_key=$key&gift=$paid"),
    ("POST /desk/giving/{id}", "/desk/giving/$shop", "csrf=$csrf&request_key=$key&do=fit"),
    ("POST /desk/giving/pass", "", "csrf=$csrf&request_key=$key"),
    ("POST /chest/purposes", "", "csrf=$csrf&request_key=$key&ko=가&en=a"),
    ("POST /chest/spendings", "", "csrf=$csrf&request_key=$key"),
    ("POST /chest/spendings/{id}", "/chest/spendings/$paid", "csrf=$csrf&request_key=$key&outcome=가"),
    ("GET /chest/documents/{id}", "/chest/documents/$paid", ""),
    ("POST /chest/summary", "", "csrf=$csrf&request_key=$key&year=2021&form=csv&why=가"),
    ("POST /tour", "", "csrf=$csrf&action=start"),
    ("POST /demo/clock", "", "csrf=$csrf&action=run"),
    ("GET /pay", "/pay?c=$code", ""),
    ("POST /wallet/pay", "", "csrf=$csrf&request_key=$key&shop=$code&amount=1"),
    ("POST /wallet/top-up", "", "csrf=$csrf&request_key=$key&amount=1"),
    ("POST /wallet/gift", "", "csrf=$csrf&request_key=$key&amount=1&to=010-7777-8888$money"),
    ("POST /wallet/withdraw", "", "csrf=$csrf&request_key=$key$used_up"),
    ("POST /wallet/cards/{id}/freeze", "/wallet/cards/$spare/freeze", "csrf=$csrf&request_key=$key"),
    ("POST /wallet/cards/{id}/unfreeze", "/wallet/cards/$spare/unfreeze", "csrf=$csrf&request_key=$key"),
    ("GET /wallet/paid/{id}", "/wallet/paid/$paid", ""),
    ("GET /wallet/receipts/{id}", "/wallet/receipts/$paid", ""),
    ("GET /wallet/receipts/{id}/file", "/wallet/receipts/$sealed/file", ""),
    ("GET /api/v1/receipts/{id}", "/api/v1/receipts/$sealed", ""),
    ("GET /log/tile/{*path}", "/log/tile/0/000.p/2", ""),
    ("GET /log/float/{day}", "/log/float/2021-02-23", ""),
    ("POST /verify", "", "text=x"),
    ("POST /clerk/people", "", "csrf=$csrf&request_key=$key&name=박&kind=plastic&born=1950-01-01"),
    (
        "POST /clerk/people/{id}/top-ups",
        "/clerk/people/$citizen/top-ups",
        "csrf=$csrf&request_key=$key&amount=1",
    ),
    (
        "POST /clerk/people/{id}/cards",
        "/clerk/people/$citizen/cards",
        "csrf=$csrf&request_key=$key&kind=plastic",
    ),
    ("POST /clerk/people/{id}/code", "/clerk/people/$citizen/code", "csrf=$csrf&request_key=$key"),
    ("POST /clerk/cards/{id}/replace", "/clerk/cards/$spare/replace", "csrf=$csrf&request_key=$key"),
    ("POST /clerk/cards/{id}/unlock", "/clerk/cards/$spare/unlock", "csrf=$csrf&request_key=$key"),
    ("POST /clerk/cards/{id}/pin", "/clerk/cards/$spare/pin", "csrf=$csrf&request_key=$key&pin=2580"),
    ("GET /desk/rehearsals", "/desk/rehearsals?rate=800&limit=300000", ""),
    ("POST /desk/rehearsals", "", "csrf=$csrf&rate=8&limit=300000"),
    ("POST /shop/qr", "", "csrf=$csrf&request_key=$key&amount=1"),
    ("GET /shop/qr/{code}", "/shop/qr/$code", ""),
    ("POST /shop/qr/{code}/cancel", "/shop/qr/$code/cancel", "csrf=$csrf"),
    ("POST /shop/charge", "", "csrf=$csrf&request_key=$key&amount=1&card=$card"),
    ("GET /shop/result", "/shop/result?request_key=$key", ""),
    ("GET /shop/till/result", "/shop/till/result?request_key=$key", ""),
    ("POST /shop/cancel", "", "csrf=$csrf&request_key=$key&payment=$paid"),
    ("POST /shop/refunds", "", "csrf=$csrf&request_key=$key&payment=$paid&amount=1"),
    ("GET /shop/receipts/{id}", "/shop/receipts/$paid", ""),
    (
        "POST /clerk/people/{id}/glass",
        "/clerk/people/$citizen/glass",
        "csrf=$csrf&request_key=$key&why=실종 신고가 들어왔어요",
    ),
    (
        "POST /me/looks/{no}/questions",
        "/me/looks/999999/questions",
        "csrf=$csrf&request_key=$key&question=왜",
    ),
    (
        "POST /desk/looks/glasses/{id}",
        "/desk/looks/glasses/gls_0000000000001",
        "csrf=$csrf&request_key=$key&finding=justified&note=공문과 맞춰 보았어요",
    ),
    (
        "POST /desk/looks/questions/{id}",
        "/desk/looks/questions/qst_0000000000001",
        "csrf=$csrf&request_key=$key&answer=네",
    ),
    (
        "POST /desk/inspection/download",
        "",
        "csrf=$csrf&request_key=$key&month=2021-02&why=정기 점검을 보고해요",
    ),
    ("POST /organisation/members", "", "csrf=$csrf&request_key=$key&member=$number&name=회원사&trade=bakery"),
    ("POST /organisation/members/leave", "", "csrf=$csrf&request_key=$key&member=biz_0000000000001"),
    ("POST /desk/organisations", "", "csrf=$csrf&request_key=$key&kind=agency&name=복지관 $key"),
    ("GET /desk/organisations/{id}", "/desk/organisations/$federation", ""),
    (
        "POST /desk/organisations/{id}/members",
        "/desk/organisations/$federation/members",
        "csrf=$csrf&request_key=$key&member=$number&name=회원사&trade=bakery",
    ),
    (
        "POST /desk/organisations/{id}/members/leave",
        "/desk/organisations/$federation/members/leave",
        "csrf=$csrf&request_key=$key&member=biz_0000000000001",
    ),
    ("POST /desk/organisations/{id}/close", "/desk/organisations/$agency/close", "csrf=$csrf"),
    ("POST /books/verify", "", "csrf=$csrf"),
    ("GET /books/postings/{no}", "/books/postings/$paid", ""),
];
=======
/// What is asked of a route: the address where the route leaves it open, and the body. `$…` are made anew for each
/// role by [`Live::make`], so that an answer says something about who asks and not about who asked before.
const ASKED: &[(&str, &str, &str)] = &[
    ("POST /api/v1/payments", "", r#"{"card":"$card","merchant":"$shop","amount":1}"#),
    ("GET /api/v1/payments/{id}", "/api/v1/payments/$paid", ""),
    ("POST /api/v1/payments/{id}/refunds", "/api/v1/payments/$paid/refunds", "{}"),
    ("POST /api/v1/authorizations", "", r#"{"card":"$card","merchant":"$shop","amount":1}"#),
    ("POST /api/v1/authorizations/{id}/capture", "/api/v1/authorizations/$hold/capture", "{}"),
    ("POST /api/v1/authorizations/{id}/void", "/api/v1/authorizations/$hold/void", ""),
    ("POST /api/v1/cards/{card}/top-ups", "/api/v1/cards/$card/top-ups", r#"{"amount":1}"#),
    ("POST /api/v1/gifts", "", r#"{"to":"$friend","amount":1}$money"#),
    ("POST /api/v1/cards/{card}/withdrawals", "/api/v1/cards/$card/withdrawals", "$used_up"),
    ("POST /api/v1/people", "", r#"{"name":"박"}"#),
    ("POST /api/v1/cards", "", r#"{"kind":"phone","person":"$citizen"}"#),
    ("GET /api/v1/cards/{card}", "/api/v1/cards/$card", ""),
    ("GET /api/v1/cards/{card}/entries", "/api/v1/cards/$card/entries", ""),
    ("GET /api/v1/merchants/{id}/sales", "/api/v1/merchants/$shop/sales", ""),
    ("POST /api/v1/cards/{card}/freeze", "/api/v1/cards/$spare/freeze", ""),
    ("POST /api/v1/cards/{card}/unfreeze", "/api/v1/cards/$spare/unfreeze", ""),
    ("POST /api/v1/cards/{card}/reissue", "/api/v1/cards/$spare/reissue", ""),
    ("POST /api/v1/cards/{card}/close", "/api/v1/cards/$spare/close", ""),
    ("POST /api/v1/cards/{card}/pin", "/api/v1/cards/$spare/pin", r#"{"pin":"2580"}"#),
    (
        "POST /api/v1/merchants",
        "",
        r#"{"name":"가게","business_number":"$number","trade":"bakery","district":"4511153000"}"#,
    ),
    ("GET /api/v1/merchants/{id}", "/api/v1/merchants/$shop", ""),
    ("POST /api/v1/merchants/{id}/close", "/api/v1/merchants/$closing/close", ""),
    ("GET /api/v1/postings/{id}", "/api/v1/postings/$paid", ""),
    ("POST /api/v1/rehearsals", "", "{}"),
    ("GET /api/v1/people/{id}/facts", "/api/v1/people/$citizen/facts", r#""#),
    (
        "POST /api/v1/people/{id}/facts",
        "/api/v1/people/$citizen/facts",
        r#"{"is":{"kind":"household-size","value":2},"source":{"kind":"declared"}}"#,
    ),
    (
        "POST /api/v1/people/{id}/facts/{fact}/strike",
        "/api/v1/people/$citizen/facts/rec_0000000000001/strike",
        r#"{"why":"다른 분의 서류였어요"}"#,
    ),
    ("GET /api/v1/people/{id}/consents", "/api/v1/people/$citizen/consents", r#""#),
    ("POST /api/v1/people/{id}/consents", "/api/v1/people/$citizen/consents", r#"{"purpose":"care"}"#),
    (
        "POST /api/v1/people/{id}/consents/withdraw",
        "/api/v1/people/$citizen/consents/withdraw",
        r#"{"purpose":"care"}$consented"#,
    ),
    ("GET /api/v1/people/{id}/helpers", "/api/v1/people/$citizen/helpers", r#""#),
    (
        "POST /api/v1/people/{id}/helpers",
        "/api/v1/people/$citizen/helpers",
        r#"{"helper":"$somebody","tie":"family","see":true}"#,
    ),
    (
        "POST /api/v1/people/{id}/helpers/{help}/revoke",
        "/api/v1/people/$citizen/helpers/rec_0000000000001/revoke",
        r#""#,
    ),
    ("GET /api/v1/people/{id}/links", "/api/v1/people/$citizen/links", r#""#),
    (
        "POST /api/v1/people/{id}/links",
        "/api/v1/people/$citizen/links",
        r#"{"other":"$somebody","why":"신분증을 보고 확인했어요"}"#,
    ),
    (
        "POST /api/v1/people/{id}/links/{other}/unlink",
        "/api/v1/people/$citizen/links/per_0000000000001/unlink",
        r#"{"why":"다른 분이었어요"}"#,
    ),
    ("POST /me/consents", "", r#"csrf=$csrf&request_key=$key&purpose=care"#),
    ("POST /me/consents/withdraw", "", r#"csrf=$csrf&request_key=$key&purpose=care$consented"#),
    ("POST /me/helpers", "", r#"csrf=$csrf&request_key=$key&to=0000"#),
    (
        "POST /me/helpers/{record}/revoke",
        "/me/helpers/rec_0000000000001/revoke",
        r#"csrf=$csrf&request_key=$key"#,
    ),
    ("POST /me/payments", "", r#"csrf=$csrf&request_key=$key&person=per_0000000000001&shop=x&amount=1"#),
    ("POST /me/helped", "", r#"csrf=$csrf&request_key=$key&person=per_0000000000001"#),
    ("GET /clerk/people/{id}/records", "/clerk/people/$citizen/records", r#""#),
    (
        "POST /clerk/people/{id}/facts",
        "/clerk/people/$citizen/facts",
        r#"csrf=$csrf&request_key=$key&kind=household-size&value=2"#,
    ),
    (
        "POST /clerk/people/{id}/facts/{record}/strike",
        "/clerk/people/$citizen/facts/rec_0000000000001/strike",
        r#"csrf=$csrf&request_key=$key&why=다른 분의 서류였어요"#,
    ),
    (
        "POST /clerk/people/{id}/consents",
        "/clerk/people/$citizen/consents",
        r#"csrf=$csrf&request_key=$key&purpose=care"#,
    ),
    (
        "POST /clerk/people/{id}/consents/withdraw",
        "/clerk/people/$citizen/consents/withdraw",
        r#"csrf=$csrf&request_key=$key&purpose=care$consented"#,
    ),
    (
        "POST /clerk/people/{id}/helpers",
        "/clerk/people/$citizen/helpers",
        r#"csrf=$csrf&request_key=$key&to=0000"#,
    ),
    (
        "POST /clerk/people/{id}/helpers/{record}/revoke",
        "/clerk/people/$citizen/helpers/rec_0000000000001/revoke",
        r#"csrf=$csrf&request_key=$key"#,
    ),
    (
        "POST /clerk/people/{id}/links",
        "/clerk/people/$citizen/links",
        r#"csrf=$csrf&request_key=$key&other=per_0000000000001"#,
    ),
    (
        "POST /clerk/people/{id}/links/{other}/unlink",
        "/clerk/people/$citizen/links/per_0000000000001/unlink",
        r#"csrf=$csrf&request_key=$key&why=다른 분이었어요"#,
    ),
    ("GET /look", "/look?theme=dark&back=/", ""),
    ("GET /assets/{name}", "/assets/app.css", ""),
    ("GET /p/{code}", "/p/$receipt", ""),
    ("POST /enter", "", "csrf=$csrf&persona=citizen"),
    ("POST /sign-in", "", "csrf=$csrf&token=token-clerk&next=/"),
    ("POST /sign-in/code", "", "csrf=$csrf&number=$printed&code=12345678&next=/"),
    ("POST /account/sessions/end", "", "csrf=$csrf"),
    ("POST /oauth/token", "", "grant_type=client_credentials&client_id=x&client_secret=y"),
    ("POST /leave", "", "csrf=$csrf"),
    ("POST /sign-in/passkey/challenge", "", "csrf=$csrf"),
    ("POST /sign-in/passkey", "", "csrf=$csrf&state=0&credential=0&next=/"),
    ("POST /sign-in/role", "", "csrf=$csrf&ticket=0&grant=0&next=/"),
    ("POST /account/passkeys", "", "csrf=$csrf&name=0&state=0&credential=0"),
    ("POST /account/passkeys/challenge", "", "csrf=$csrf"),
    ("GET /sign-in/with/{house}", "/sign-in/with/nobody", ""),
    ("GET /account/links/{house}", "/account/links/nobody?csrf=$csrf", ""),
    ("POST /account/links/remove", "", "csrf=$csrf&house=nobody"),
    ("POST /account/passkeys/remove", "", "csrf=$csrf&number=0"),
    ("POST /desk/access/accounts", "", "csrf=$csrf&request_key=$key"),
    ("POST /desk/access/accounts/{id}/end", "/desk/access/accounts/x/end", "csrf=$csrf"),
    ("POST /desk/access/accounts/{id}/roles", "/desk/access/accounts/x/roles", "csrf=$csrf&request_key=$key"),
    ("POST /desk/access/accounts/{id}/sessions/end", "/desk/access/accounts/x/sessions/end", "csrf=$csrf"),
    ("POST /desk/access/tokens", "", "csrf=$csrf&request_key=$key&name=x"),
    ("POST /desk/access/tokens/{id}/end", "/desk/access/tokens/1/end", "csrf=$csrf"),
    ("POST /desk/access/tokens/{id}/rotate", "/desk/access/tokens/1/rotate", "csrf=$csrf"),
    ("POST /shop/tokens", "", "csrf=$csrf&request_key=$key&name=x"),
    ("POST /shop/tokens/{id}/end", "/shop/tokens/1/end", "csrf=$csrf"),
    ("POST /shop/tokens/{id}/rotate", "/shop/tokens/1/rotate", "csrf=$csrf"),
    ("POST /desk/access/roles/{id}/confirm", "/desk/access/roles/x/confirm", "csrf=$csrf"),
    ("POST /desk/access/roles/{id}/end", "/desk/access/roles/x/end", "csrf=$csrf"),
    ("GET /giving/follow", "/giving/follow?serial=2021-000001&word=ABCDEFGH", ""),
    ("GET /angels/{id}", "/angels/$shop", ""),
    ("GET /angels/{id}/plaque", "/angels/$shop/plaque", ""),
    ("GET /giving/receipts/{serial}", "/giving/receipts/2021-000001", ""),
    (
        "POST /giving/receipts/{serial}/print",
        "/giving/receipts/2021-000001/print",
        "csrf=$csrf&request_key=$key",
    ),
    ("POST /wallet/giving/standing", "", "csrf=$csrf&request_key=$key&share=50&purpose=0&named=0"),
    ("POST /wallet/giving/once", "", "csrf=$csrf&request_key=$key&amount=1000000&purpose=0&named=0"),
    ("POST /wallet/giving/receipts", "", "csrf=$csrf&request_key=$key&gift=pst_0000000000001"),
    ("POST /shop/giving/apply", "", "csrf=$csrf&request_key=$key&rate=99&purpose=0"),
    ("POST /shop/giving/change", "", "csrf=$csrf&request_key=$key&rate=1&purpose=0"),
    ("POST /shop/giving/stop", "", "csrf=$csrf&request_key=$key"),
    ("POST /shop/giving/receipts", "", "csrf=$csrf&request_key=$key&gift=$paid"),
    ("POST /desk/giving/{id}", "/desk/giving/$shop", "csrf=$csrf&request_key=$key&do=fit"),
    ("POST /desk/giving/pass", "", "csrf=$csrf&request_key=$key"),
    ("POST /chest/purposes", "", "csrf=$csrf&request_key=$key&ko=가&en=a"),
    ("POST /chest/spendings", "", "csrf=$csrf&request_key=$key"),
    ("POST /chest/spendings/{id}", "/chest/spendings/$paid", "csrf=$csrf&request_key=$key&outcome=가"),
    ("GET /chest/documents/{id}", "/chest/documents/$paid", ""),
    ("POST /chest/summary", "", "csrf=$csrf&request_key=$key&year=2021&form=csv&why=가"),
    ("POST /tour", "", "csrf=$csrf&action=start"),
    ("POST /demo/clock", "", "csrf=$csrf&action=run"),
    ("GET /pay", "/pay?c=$code", ""),
    ("POST /wallet/pay", "", "csrf=$csrf&request_key=$key&shop=$code&amount=1"),
    ("POST /wallet/top-up", "", "csrf=$csrf&request_key=$key&amount=1"),
    ("POST /wallet/gift", "", "csrf=$csrf&request_key=$key&amount=1&to=010-7777-8888$money"),
    ("POST /wallet/withdraw", "", "csrf=$csrf&request_key=$key$used_up"),
    ("POST /wallet/cards/{id}/freeze", "/wallet/cards/$spare/freeze", "csrf=$csrf&request_key=$key"),
    ("POST /wallet/cards/{id}/unfreeze", "/wallet/cards/$spare/unfreeze", "csrf=$csrf&request_key=$key"),
    ("GET /wallet/paid/{id}", "/wallet/paid/$paid", ""),
    ("GET /wallet/receipts/{id}", "/wallet/receipts/$paid", ""),
    ("GET /wallet/receipts/{id}/file", "/wallet/receipts/$sealed/file", ""),
    ("GET /api/v1/receipts/{id}", "/api/v1/receipts/$sealed", ""),
    ("GET /log/tile/{*path}", "/log/tile/0/000.p/2", ""),
    ("GET /log/float/{day}", "/log/float/2021-02-23", ""),
    ("POST /verify", "", "text=x"),
    ("POST /clerk/people", "", "csrf=$csrf&request_key=$key&name=박&kind=plastic&born=1950-01-01"),
    (
        "POST /clerk/people/{id}/top-ups",
        "/clerk/people/$citizen/top-ups",
        "csrf=$csrf&request_key=$key&amount=1",
    ),
    (
        "POST /clerk/people/{id}/cards",
        "/clerk/people/$citizen/cards",
        "csrf=$csrf&request_key=$key&kind=plastic",
    ),
    ("POST /clerk/people/{id}/code", "/clerk/people/$citizen/code", "csrf=$csrf&request_key=$key"),
    ("POST /clerk/cards/{id}/replace", "/clerk/cards/$spare/replace", "csrf=$csrf&request_key=$key"),
    ("POST /clerk/cards/{id}/unlock", "/clerk/cards/$spare/unlock", "csrf=$csrf&request_key=$key"),
    ("POST /clerk/cards/{id}/pin", "/clerk/cards/$spare/pin", "csrf=$csrf&request_key=$key&pin=2580"),
    ("GET /desk/rehearsals", "/desk/rehearsals?rate=800&limit=300000", ""),
    ("POST /desk/rehearsals", "", "csrf=$csrf&rate=8&limit=300000"),
    ("POST /shop/qr", "", "csrf=$csrf&request_key=$key&amount=1"),
    ("GET /shop/qr/{code}", "/shop/qr/$code", ""),
    ("POST /shop/qr/{code}/cancel", "/shop/qr/$code/cancel", "csrf=$csrf"),
    ("POST /shop/charge", "", "csrf=$csrf&request_key=$key&amount=1&card=$card"),
    ("GET /shop/result", "/shop/result?request_key=$key", ""),
    ("GET /shop/till/result", "/shop/till/result?request_key=$key", ""),
    ("POST /shop/cancel", "", "csrf=$csrf&request_key=$key&payment=$paid"),
    ("POST /shop/refunds", "", "csrf=$csrf&request_key=$key&payment=$paid&amount=1"),
    ("GET /shop/receipts/{id}", "/shop/receipts/$paid", ""),
    (
        "POST /clerk/people/{id}/glass",
        "/clerk/people/$citizen/glass",
        "csrf=$csrf&request_key=$key&why=실종 신고가 들어왔어요",
    ),
    (
        "POST /me/looks/{no}/questions",
        "/me/looks/999999/questions",
        "csrf=$csrf&request_key=$key&question=왜",
    ),
    (
        "POST /desk/looks/glasses/{id}",
        "/desk/looks/glasses/gls_0000000000001",
        "csrf=$csrf&request_key=$key&finding=justified&note=공문과 맞춰 보았어요",
    ),
    (
        "POST /desk/looks/questions/{id}",
        "/desk/looks/questions/qst_0000000000001",
        "csrf=$csrf&request_key=$key&answer=네",
    ),
    (
        "POST /desk/inspection/download",
        "",
        "csrf=$csrf&request_key=$key&month=2021-02&why=정기 점검을 보고해요",
    ),
    ("POST /organisation/members", "", "csrf=$csrf&request_key=$key&member=$number&name=회원사&trade=bakery"),
    ("POST /organisation/members/leave", "", "csrf=$csrf&request_key=$key&member=biz_0000000000001"),
    ("POST /desk/organisations", "", "csrf=$csrf&request_key=$key&kind=agency&name=복지관 $key"),
    ("GET /desk/organisations/{id}", "/desk/organisations/$federation", ""),
    (
        "POST /desk/organisations/{id}/members",
        "/desk/organisations/$federation/members",
        "csrf=$csrf&request_key=$key&member=$number&name=회원사&trade=bakery",
    ),
    (
        "POST /desk/organisations/{id}/members/leave",
        "/desk/organisations/$federation/members/leave",
        "csrf=$csrf&request_key=$key&member=biz_0000000000001",
    ),
    ("POST /desk/organisations/{id}/close", "/desk/organisations/$agency/close", "csrf=$csrf"),
    ("POST /books/verify", "", "csrf=$csrf"),
    ("GET /books/postings/{no}", "/books/postings/$paid", ""),
];
>>>>>>> theirs

#[test]
fn every_route_in_every_role() {
    for engine in testkit::engines() {
        let served = Served::start(engine);
        let routes = routes(&format!("{:?}", served.town.router));
        let mut live = Live::new(served);
        let mut rows: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1) {
            let mut cells = line.split('\t').map(str::trim).filter(|cell| !cell.is_empty());
            rows.push((cells.next().unwrap(), cells.collect()));
        }
        let listed: BTreeSet<String> = rows.iter().map(|(route, _)| (*route).to_owned()).collect();
        let missing: Vec<_> = routes.difference(&listed).collect();
        assert!(missing.is_empty(), "routes without a row in roles.tsv: {missing:#?}");
        let gone: Vec<_> = listed.difference(&routes).collect();
        assert!(gone.is_empty(), "rows of roles.tsv without a route: {gone:#?}");
        assert_eq!(listed.len(), rows.len(), "a route has two rows");
        for (route, ..) in asked() {
            assert!(routes.contains(*route), "{route} is asked and is no route");
        }

        // The shop whose owner closes it takes no payment any more.
        rows.sort_by_key(|(route, _)| route.ends_with("merchants/{id}/close"));
        let mut wrong = String::new();
        for (route, expected) in rows {
            assert_eq!(expected.len(), ROLES.len(), "{route}: a cell for each role");
            let found: Vec<String> = ROLES.iter().map(|role| live.answer(route, role)).collect();
            if found != expected {
                writeln!(wrong, "{route}\n  table: {}\n  found: {}", expected.join("\t"), found.join("\t"))
                    .unwrap();
            }
        }
        assert!(wrong.is_empty(), "{engine:?}\n{wrong}");
    }
}

/// Deny by default, at the desks of organisations: every route is asked. What nobody needs to be known for is theirs as
/// well, and beyond that only what has a row.
#[test]
fn every_route_at_every_organisations_desk() {
    for engine in testkit::engines() {
        let served = Served::start(engine);
        let routes = routes(&format!("{:?}", served.town.router));
        let mut live = Live::new(served);
        let rows: BTreeMap<&str, Vec<&str>> = AT_DESKS
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .skip(1)
            .map(|line| {
                let mut cells = line.split('\t').map(str::trim).filter(|cell| !cell.is_empty());
                (cells.next().unwrap(), cells.collect())
            })
            .collect();
        for (route, cells) in &rows {
            assert!(routes.contains(*route), "{route} has a row and is no route");
            assert_eq!(cells.len(), DESKS.len(), "{route}: a cell for each desk");
        }
        let mut wrong = String::new();
        for route in &routes {
            let none = TABLE.lines().find(|line| line.split('\t').next().unwrap().trim() == route).unwrap();
            let public = none.split('\t').nth(1).unwrap().trim() == "ok";
            let found: Vec<String> = DESKS.iter().map(|desk| live.answer(route, desk)).collect();
            let as_told = match rows.get(route.as_str()) {
                Some(cells) => found == *cells,
                None => found.iter().all(|cell| (cell == "ok") == public),
            };
            if !as_told {
                writeln!(wrong, "{route}\t{}", found.join("\t")).unwrap();
            }
        }
        assert!(wrong.is_empty(), "{engine:?}\n{wrong}");
    }
}

/// The API's document names the calls of the API, all of them and no others, and says which need no token.
#[test]
fn the_document_names_every_call() {
    let served = Served::start(testkit::Engine::Sqlite);
    let mut routes = routes(&format!("{:?}", served.town.router));
    routes.retain(|route| route.contains(" /api/v1/"));
    let live = Live::new(served);
    let (answer, _) = live.send("GET", "/api/openapi.json", "", "");
    let document: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let mut named = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let route = format!("{} {path}", method.to_uppercase());
            let row = TABLE.lines().find(|line| line.split('\t').next().unwrap().trim() == route).unwrap();
            let public = row.split('\t').nth(1).unwrap().trim() == "ok";
            assert_eq!(
                operation["security"] == serde_json::json!([{}]),
                public,
                "{route} is public: {operation}"
            );
            named.insert(route);
        }
    }
    assert_eq!(routes, named);
}

/// `GET /path` of each route, as the router itself shows them.
fn routes(router: &str) -> BTreeSet<String> {
    let own = router.split("fallback_router").next().unwrap();
    let mut methods: BTreeMap<&str, &str> = BTreeMap::new();
    let mut routes = BTreeSet::new();
    for part in own.split("RouteId(").skip(1) {
        let (id, rest) = part.split_once("): ").unwrap();
        if let Some(path) = rest.strip_prefix('"') {
            let path = path.split('"').next().unwrap();
            let allowed = methods.get(id).unwrap_or_else(|| panic!("{path} has no methods"));
            for method in allowed.split(',').filter(|method| *method != "HEAD") {
                routes.insert(format!("{method} {path}"));
            }
        } else if let Some((_, allowed)) = rest.split_once("allow_header: Bytes(b\"") {
            methods.insert(id, allowed.split('"').next().unwrap());
        }
    }
    assert!(
        routes.len() > 50 && routes.contains("GET /wallet"),
        "the router shows itself otherwise: {router}"
    );
    routes
}
