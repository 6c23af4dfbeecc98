//! Stories of the card, told through the API with the city's own numbers, on both engines. Each reads from top to
//! bottom: who asks what, and what they hear.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

#[path = "../common/mod.rs"]
mod common;

mod captured_in_part;
mod lost_card;
mod spent_cashback;
mod timeline;
mod withdrawal;
