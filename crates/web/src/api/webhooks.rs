//! What shops' programs are told, as the document's `webhooks`: `city::follow` makes these messages, `crate::send` signs
//! and posts them, `/shop/hooks` says where to.

use serde_json::{Map, Value, json};

/// A field of an event's data: name, whether it may be missing or null, type, meaning.
type Field = (&'static str, bool, &'static str, &'static str);

const ID: Field = ("id", false, "string", "Its posting.");
const SHOP: Field = ("merchant", false, "string", "The shop.");
const WON: Field = ("amount", false, "integer", "Won.");
const ORDER: Field = ("order", true, "string", "The shop's own order number.");
const OF_HOLD: Field = ("authorization", false, "string", "The reservation.");

/// Each type with what it says, and its data.
const EVENTS: [(&str, &str, &[Field]); 6] = [
    (
        "payment.made",
        "A payment was made, or a reservation taken.",
        &[ID, SHOP, WON, ORDER, ("authorization", true, "string", "The reservation it was taken of.")],
    ),
    ("authorization.made", "An amount was reserved.", &[ID, SHOP, WON, ORDER]),
    (
        "authorization.released",
        "A reservation was let go, or its time ran out.",
        &[ID, SHOP, OF_HOLD, WON, ("expired", false, "boolean", "Its time ran out.")],
    ),
    (
        "payment.refunded",
        "A payment was taken back, or part of it.",
        &[
            ID,
            SHOP,
            ("payment", false, "string", "The payment taken back."),
            WON,
            ("refunded", false, "integer", "Won of the payment taken back in all."),
        ],
    ),
    (
        "payout.sent",
        "A payout to the shop was sent.",
        &[ID, SHOP, WON, ("netted", false, "integer", "Won kept back for what the shop owed.")],
    ),
    ("shop.closed", "The shop takes no payments any more.", &[SHOP]),
];

/// What every message carries.
const HEADERS: [(&str, &str); 3] = [
    ("webhook-id", "The message: the same when it is sent again, so what was had before can be left out."),
    ("webhook-timestamp", "When it was sent, in seconds since 1970. Refuse what is older than five minutes."),
    (
        "webhook-signature",
        "`v1,` and the base64 of an HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`, by Standard Webhooks; \
         several, parted by spaces, for a day after the secret was changed.",
    ),
];

fn payload(kind: &str, fields: &[Field]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, may_miss, is, meaning) in fields {
        let is = if *may_miss { json!([is, "null"]) } else { json!(is) };
        properties.insert((*name).to_owned(), json!({ "type": is, "description": meaning }));
        if !may_miss {
            required.push(*name);
        }
    }
    json!({
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": { "type": "string", "enum": [kind], "description": "The event's type." },
            "timestamp": { "type": "string", "format": "date-time", "description": "When it happened." },
            "data": { "type": "object", "required": required, "properties": properties },
        },
    })
}

/// The document's member `webhooks`: of each type the message that is posted.
pub(super) fn described() -> Value {
    let headers: Vec<Value> = HEADERS
        .iter()
        .map(|(name, meaning)| {
            json!({ "name": name, "in": "header", "required": true, "description": meaning,
                "schema": { "type": "string" } })
        })
        .collect();
    let all = EVENTS.iter().map(|(kind, said, fields)| {
        let body = json!({ "required": true,
            "content": { "application/json": { "schema": payload(kind, fields) } } });
        let answers = json!({
            "2XX": { "description": "It was had. Any other answer, or none within 10 seconds, is tried again: 10 times within three days." },
            "410": { "description": "Not wanted: it isn't tried again." },
        });
        let post = json!({ "tags": ["webhooks"], "summary": said, "security": [], "parameters": headers,
            "requestBody": body, "responses": answers });
        ((*kind).to_owned(), json!({ "post": post }))
    });
    Value::Object(all.collect())
}
