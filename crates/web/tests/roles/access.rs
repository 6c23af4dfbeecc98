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
];
