//! What the role table's test asks of the routes about tills: address and body, as in its own list.

pub const OF_TILLS: &[(&str, &str, &str)] = &[
    ("POST /shop/hooks", "", "csrf=$csrf&request_key=$key&url=https://pos.example.kr/$key"),
    ("POST /shop/hooks/{id}/end", "/shop/hooks/hok_0000000000001/end", "csrf=$csrf&request_key=$key"),
    ("POST /shop/hooks/{id}/rotate", "/shop/hooks/hok_0000000000001/rotate", "csrf=$csrf&request_key=$key"),
    ("POST /shop/hooks/messages/{no}/again", "/shop/hooks/messages/1/again", "csrf=$csrf"),
    ("GET /shop/cases/{id}", "/shop/cases/cse_0000000000001", ""),
    (
        "POST /shop/cases/{id}",
        "/shop/cases/cse_0000000000001",
        "csrf=$csrf&request_key=$key&answer=단골이에요",
    ),
    ("GET /desk/exchange/{id}", "/desk/exchange/cse_0000000000001", ""),
    (
        "POST /desk/exchange/{id}",
        "/desk/exchange/cse_0000000000001",
        "csrf=$csrf&request_key=$key&finding=explained&note=계약서와 견주어 봤어요",
    ),
    ("POST /clerk/notices/{no}", "/clerk/notices/999999", "csrf=$csrf"),
];
