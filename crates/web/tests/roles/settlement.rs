//! What is asked of the routes of settlement.

use super::Asked;

pub const ASKED: &[Asked] = &[
    (
        "POST /shop/payouts/account",
        "",
        "csrf=$csrf&request_key=$key&bank=037&number=1013010000001&holder=남부시장 반찬",
    ),
    ("GET /shop/payouts/{id}", "/shop/payouts/$paid", ""),
    ("POST /desk/payouts/send", "", "csrf=$csrf&request_key=$key"),
    (
        "POST /desk/payouts/accounts",
        "",
        "csrf=$csrf&request_key=$key&shop=1234567891&bank=037&number=1013010000001&holder=x",
    ),
    ("POST /desk/payouts/lines/{id}", "/desk/payouts/lines/0f", "csrf=$csrf&request_key=$key&note=x"),
    (
        "POST /desk/payouts/files/{no}/download",
        "/desk/payouts/files/$file/download",
        "csrf=$csrf&request_key=$key&form=xml&why=은행에 보내요",
    ),
    (
        "POST /desk/payouts/answers",
        "",
        "--part\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n$csrf\r\n--part--\r\n",
    ),
    (
        "POST /api/v1/merchants/{id}/payout-account",
        "/api/v1/merchants/$shop/payout-account",
        r#"{"bank":"037","number":"1013010000001","holder":"남부시장 반찬"}"#,
    ),
    ("GET /api/v1/merchants/{id}/payouts", "/api/v1/merchants/$shop/payouts", ""),
    (
        "POST /api/v1/people/{id}/payout-account",
        "/api/v1/people/$citizen/payout-account",
        r#"{"bank":"037","number":"1013010000001","holder":"김순자"}"#,
    ),
    ("POST /api/v1/payout-files", "", ""),
    (
        "POST /api/v1/shop-applications",
        "",
        r#"{"name":"찻집","business_number":"124-81-00998","trade":"cafe","district":"4511153000"}"#,
    ),
    (
        "POST /api/v1/shop-applications/{id}/papers",
        "/api/v1/shop-applications/app_0000000000001/papers",
        r#"{"paper":"account"}"#,
    ),
    (
        "POST /api/v1/shop-applications/{id}/decision",
        "/api/v1/shop-applications/app_0000000000001/decision",
        r#"{"decision":"accept"}"#,
    ),
    (
        "POST /api/v1/shop-applications/{id}/appeal",
        "/api/v1/shop-applications/app_0000000000001/appeal",
        r#"{"text":"다시 봐 주세요"}"#,
    ),
    (
        "POST /api/v1/merchants/{id}/cancellation",
        "/api/v1/merchants/$shop/cancellation",
        r#"{"ground":"none","why":"까닭이 없는 까닭"}"#,
    ),
    (
        "POST /join/mine",
        "",
        "csrf=$csrf&request_key=$key&name=찻집&number=1248100998&trade=cafe&district=4511153000",
    ),
    ("POST /join/{id}/withdraw", "/join/app_0000000000001/withdraw", "csrf=$csrf&request_key=$key"),
    ("POST /join/{id}/appeal", "/join/app_0000000000001/appeal", "csrf=$csrf&request_key=$key&text=다시"),
    (
        "POST /desk/joining/cancel",
        "",
        "csrf=$csrf&request_key=$key&shop=1234567891&ground=none&why=까닭이 없는 까닭",
    ),
    ("GET /desk/joining/{id}", "/desk/joining/app_0000000000001", ""),
    (
        "POST /desk/joining/{id}",
        "/desk/joining/app_0000000000001",
        "csrf=$csrf&request_key=$key&action=accept",
    ),
    // Asked as JSON, like every call here: an officer hears that it is the wrong kind.
    ("POST /api/v1/bank-answers", "", "{}"),
];
