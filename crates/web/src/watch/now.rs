//! The request being answered: its id, and what the handlers note about it for the log.

use std::cell::Cell;
use std::fmt;

/// A request's id, made here: what comes from outside is not taken over, so that no two requests share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestId(pub [u64; 2]);

impl RequestId {
    /// Text, as of a UUID of version 8 (RFC 9562).
    pub(super) fn text(self) -> [u8; 36] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let [high, low] = self.0;
        let high = high & !0xf000 | 0x8000;
        let low = low & !(0b11 << 62) | 0b10 << 62;
        let bits = (u128::from(high) << 64) | u128::from(low);
        let mut text = [b'-'; 36];
        let places = (0..36).filter(|at| ![8, 13, 18, 23].contains(at));
        for (nth, at) in places.enumerate() {
            text[at] = DIGITS[(bits >> (124 - 4 * nth)) as usize & 0xf];
        }
        text
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

/// What is known of the request that a task is answering.
pub(super) struct Now {
    pub id: RequestId,
    /// The role's name, once somebody is known.
    pub role: Cell<Option<&'static str>>,
    /// The code of the refusal it is answered with.
    pub code: Cell<Option<&'static str>>,
}

tokio::task_local! {
    pub(super) static NOW: Now;
}

/// The id of the request being answered; a request that nobody watches has none.
pub(crate) fn request_id() -> Option<RequestId> {
    NOW.try_with(|now| now.id).ok()
}

/// The same as a URI, for a problem's `instance`.
pub(crate) fn instance() -> Option<String> {
    request_id().map(|id| format!("urn:uuid:{id}"))
}

/// Notes who asks.
pub(crate) fn asked_by(role: &'static str) {
    // Outside of a request there is nobody to note it for.
    NOW.try_with(|now| now.role.set(Some(role))).ok();
}

/// Notes that the request is refused.
pub(crate) fn refused(code: &'static str) {
    NOW.try_with(|now| now.code.set(Some(code))).ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_a_uuid() {
        let id = RequestId([0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210]);
        assert_eq!(id.to_string(), "01234567-89ab-8def-bedc-ba9876543210");
        assert_eq!(RequestId([0, 0]).to_string(), "00000000-0000-8000-8000-000000000000");
        assert_eq!(RequestId([u64::MAX; 2]).to_string(), "ffffffff-ffff-8fff-bfff-ffffffffffff");
    }
}
