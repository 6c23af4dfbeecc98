//! The code a shop shows: shop, amount and end of life, signed. Nothing is stored, so nothing can be stale; a code is
//! good for one payment because the payment's request key is made of it. Only codes that a shop took back are
//! remembered, for the minutes they would have lived.
//!
//! A server that starts doesn't know what was taken back before, so it ends every code made before its start. Whoever
//! scans one is told to ask for a new code, which costs the shop one tap, in the seconds in which nobody could pay
//! anyway; the other way round a customer could pay what the shop took back, and has to be refunded.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base::{Instant, MerchantId};

use crate::{App, sign};

/// 80 bits: a code lives for minutes.
const SEAL: usize = 16;

/// What a code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShopCode {
    /// The shop.
    pub shop: MerchantId,
    /// How much.
    pub amount: i64,
    /// Since when.
    pub made: Instant,
    /// Until when.
    pub until: Instant,
    /// Makes each code another one.
    pub nonce: u64,
}

impl ShopCode {
    /// As text: safe in an address and a QR.
    pub(crate) fn write(&self, app: &App) -> String {
        let life = self.until.0 - self.made.0;
        let body = format!("{}-{:x}-{:x}-{life:x}-{:x}", self.shop, self.amount, self.made.0, self.nonce);
        let seal = sign::seal(&app.secrets.signing, "shop-code", &body, SEAL);
        format!("{body}-{seal}")
    }

    /// From text, if the signature is ours. Whether it still lives is for the reader to ask; one that was taken back
    /// ended then, one of an earlier server with it.
    pub(crate) fn read(app: &App, text: &str) -> Option<ShopCode> {
        let (body, seal) = text.rsplit_once('-')?;
        if !sign::same(&sign::seal(&app.secrets.signing, "shop-code", body, SEAL), seal) {
            return None;
        }
        let mut parts = body.split('-');
        let shop = parts.next()?.parse().ok()?;
        let amount = i64::from_str_radix(parts.next()?, 16).ok()?;
        let made = Instant(i64::from_str_radix(parts.next()?, 16).ok()?);
        let life = i64::from_str_radix(parts.next()?, 16).ok()?;
        let nonce = u64::from_str_radix(parts.next()?, 16).ok()?;
        let until = match app.withdrawn.end_of(nonce) {
            Some(end) => end,
            None if made < app.started => made,
            None => Instant(made.0.checked_add(life)?),
        };
        Some(ShopCode { shop, amount, made, until, nonce })
    }

    /// The short number both sides see, and the order the payment records.
    pub(crate) fn order(&self) -> String {
        short_order(self.nonce)
    }
}

/// Codes that shops took back, with the instant they did.
#[derive(Default)]
pub(crate) struct Withdrawn(Mutex<HashMap<u64, (Instant, Instant)>>);

impl Withdrawn {
    /// Ends a code now.
    pub(crate) fn withdraw(&self, code: &ShopCode, now: Instant) {
        let mut ended = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ended.retain(|_, (_, until)| now < *until);
        if now < code.until {
            ended.insert(code.nonce, (now, code.until));
        }
    }

    fn end_of(&self, nonce: u64) -> Option<Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&nonce).map(|(end, _)| *end)
    }
}

/// How many short numbers there are: 22 letters, a digit, four digits.
const ORDERS: u64 = 22 * 10 * 10_000;

/// `A7-3291`: short enough to call out. Of numbers in a row, none comes twice within two million, and none looks like
/// its neighbour.
pub(crate) fn short_order(bits: u64) -> String {
    // The factor has no divisor in common with ORDERS, so this only changes their order.
    let bits = bits % ORDERS * 1_359_617 % ORDERS;
    let letter = char::from(b"ABCDEFGHJKMNPQRSTVWXYZ"[usize::try_from(bits % 22).unwrap_or(0)]);
    format!("{letter}{}-{:04}", bits / 22 % 10, bits / 220 % 10_000)
}
