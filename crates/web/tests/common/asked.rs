//! What is asked of the routes of a room of the house: see `roles.rs`.

/// A route, the address where it leaves that open, and the body.
pub type Asked = (&'static str, &'static str, &'static str);

/// What is asked of all rooms together.
pub fn with(own: &'static [Asked]) -> impl Iterator<Item = &'static Asked> {
    own.iter().chain(COUPONS).chain(OF_TILLS)
}

/// Coupons, sale days, what is let out.
const COUPONS: &[Asked] = &[
    ("POST /api/v1/coupons", "", r#"{"coupon":"care-2021","person":"$citizen","amount":1}"#),
    ("GET /api/v1/coupon-jobs/{id}", "/api/v1/coupon-jobs/1", ""),
    ("POST /api/v1/quotes", "", r#"{"card":"$card","merchant":"$shop","amount":1}"#),
    ("POST /api/v1/releases/{id}/claims", "/api/v1/releases/market-spring/claims", ""),
    ("POST /api/v1/releases/{id}/tickets", "/api/v1/releases/sale-lot/tickets", ""),
    ("GET /coupons/draws/{id}", "/coupons/draws/sale-lot", ""),
    ("POST /wallet/coupons/claim", "", "csrf=$csrf&request_key=$key&release=market-spring"),
    ("POST /wallet/coupons/ask", "", "csrf=$csrf&request_key=$key&release=sale-lot"),
    ("POST /shop/sales", "", "csrf=$csrf&request_key=$key&sale=joint-2021-03&on=yes"),
    ("POST /desk/coupons/give", "", "csrf=$csrf&request_key=$key&coupon=care-2021&person=$citizen&amount=1"),
    ("POST /desk/coupons/everyone", "", "csrf=$csrf&request_key=$key&coupon=care-2021&each=1"),
    ("POST /desk/coupons/providers", "", "csrf=$csrf&purpose=care&shop=$shop&on=yes"),
    ("POST /desk/coupons/draws/{id}", "/desk/coupons/draws/sale-lot", "csrf=$csrf&request_key=$key&beacon=1"),
    (
        "POST /desk/coupons/import",
        "",
        "--part\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n$csrf\r\n--part\r\nContent-Disposition: form-data; name=\"coupon\"\r\n\r\ncare-2021\r\n--part--\r\n",
    ),
    ("POST /desk/coupons/import/begin", "", "csrf=$csrf&request_key=$key&ticket=x"),
    ("GET /desk/coupons/jobs/{no}", "/desk/coupons/jobs/1", ""),
    ("POST /desk/coupons/jobs/{no}/stop", "/desk/coupons/jobs/1/stop", "csrf=$csrf&request_key=$key"),
    ("POST /desk/coupons/jobs/{no}/go-on", "/desk/coupons/jobs/1/go-on", "csrf=$csrf&request_key=$key"),
];

/// Tills, notices, signs of illegal exchange.
pub const OF_TILLS: &[Asked] = &[
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
