//! What is asked of the routes that give access.

use super::Asked;

pub const ASKED: &[Asked] = &[
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
];
