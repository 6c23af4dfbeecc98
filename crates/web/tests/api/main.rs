//! Every endpoint of the API: the happy path, each refusal that can be provoked, other people's records, and input
//! that is not what it should be. Payments have a file of their own beside this folder.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

#[path = "../common/mod.rs"]
mod common;

mod answers;
mod cards;
mod giving;
mod holder;
mod holds;
mod hostile;
mod prepaid;
mod proposals;
mod reads;
mod refunds;
mod register;
mod scans;
mod shops;
mod wallet;
