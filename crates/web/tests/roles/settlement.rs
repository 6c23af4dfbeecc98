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
    ("POST /desk/payouts/answers", "", "csrf=$csrf"),
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
];
