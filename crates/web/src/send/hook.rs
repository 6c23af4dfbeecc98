//! What shops' programs hear, by the Standard Webhooks specification: `webhook-id`, `webhook-timestamp`, and an HMAC-SHA256
//! over both and the body in `webhook-signature`, one for each secret that holds.

use std::sync::Arc;

use axum::http::HeaderName;
use base::{Clock, HookId, SystemClock};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use outbox::Message;
use sha2::Sha256;

use super::{Tried, Went};
use crate::App;

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// Secret bytes, from how they are kept: hex digits.
fn bytes(kept: &str) -> Vec<u8> {
    (0..kept.len() / 2).filter_map(|at| u8::from_str_radix(kept.get(at * 2..at * 2 + 2)?, 16).ok()).collect()
}

/// A secret as a shop's program takes it.
pub(crate) fn shown_secret(kept: &str) -> String {
    format!("whsec_{}", STANDARD.encode(bytes(kept)))
}

fn signature(secret: &[u8], id: &str, timestamp: i64, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

pub(super) async fn send(app: &Arc<App>, message: &Message) -> Tried {
    let id = message.new.lane.rsplit('/').next().and_then(|text| text.parse::<HookId>().ok());
    let Some(id) = id else { return Tried::never("no such address") };
    let (vault, now) = (app.city.vault(), app.now());
    let found = app.read(move |snapshot| city::hooks::opened(snapshot, &vault, id, now)).await;
    let (hook, secrets) = match found {
        Ok(Some((hook, secrets))) if hook.ended.is_none() => (hook, secrets),
        Ok(_) => return Tried::never("the address was ended"),
        Err(error) => return Tried::badly(error.to_string()),
    };
    // The receiver compares it with a real clock, whatever day a demo's town has.
    let timestamp = SystemClock.now().0.div_euclid(1_000_000);
    let key = format!("msg_{}", message.new.key.replace('/', "_"));
    let body = message.new.body.clone();
    let signed: Vec<String> =
        secrets.iter().map(|secret| signature(&bytes(secret), &key, timestamp, &body)).collect();
    let headers = [(ID, key), (TIMESTAMP, timestamp.to_string()), (SIGNATURE, signed.join(" "))];
    match app.outlets.http.post(&hook.url, &headers, body).await {
        Ok(status) if status.is_success() => Tried { said: status.as_u16().to_string(), went: Went::Well },
        // The receiver says that it is gone for good.
        Ok(status) if status.as_u16() == 410 => Tried::never("410"),
        Ok(status) => Tried::badly(status.as_u16().to_string()),
        Err(why) => Tried::badly(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn signed_as_the_specification_does() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed =
            signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(shown_secret("00ff10"), "whsec_AP8Q");
        assert_eq!(bytes("00ff1"), [0, 255]);
    }
}
