//! What is asked of the routes of what waits for a second person.

use super::Asked;

pub const ASKED: &[Asked] = &[
    ("GET /api/v1/proposals/{id}", "/api/v1/proposals/prp_0000000000001", ""),
    ("POST /api/v1/proposals/{id}/confirm", "/api/v1/proposals/prp_0000000000001/confirm", ""),
    (
        "POST /api/v1/proposals/{id}/refuse",
        "/api/v1/proposals/prp_0000000000001/refuse",
        r#"{"why":"영수증을 가져오지 않았어요"}"#,
    ),
    ("POST /api/v1/proposals/{id}/withdraw", "/api/v1/proposals/prp_0000000000001/withdraw", ""),
    ("POST /waiting/{id}/confirm", "/waiting/prp_0000000000001/confirm", "csrf=$csrf&request_key=$key"),
    (
        "POST /waiting/{id}/refuse",
        "/waiting/prp_0000000000001/refuse",
        "csrf=$csrf&request_key=$key&why=영수증을 가져오지 않았어요",
    ),
    (
        "POST /clerk/alike/{one}/{other}/same",
        "/clerk/alike/per_0000000000001/per_0000000000002/same",
        "csrf=$csrf&request_key=$key&why=신분증을 나란히 보았어요",
    ),
    (
        "POST /clerk/alike/{one}/{other}/others",
        "/clerk/alike/per_0000000000001/per_0000000000002/others",
        "csrf=$csrf&request_key=$key",
    ),
    ("POST /waiting/{id}/heard", "/waiting/prp_0000000000001/heard", "csrf=$csrf&request_key=$key"),
    ("POST /waiting/{id}/withdraw", "/waiting/prp_0000000000001/withdraw", "csrf=$csrf&request_key=$key"),
];
