//! The edge: the JSON API and the pages.
//!
//! Invariants:
//! - wire types and templates live here and nowhere below;
//! - every request is parsed, authenticated and bounded before it reaches the city; bad input gets a coded answer
//!   that says what would be right, and nothing is written;
//! - pages work without scripts, and nothing is styled or scripted inline.

mod answers;
mod api;
mod app;
mod auth;
mod codes;
mod cookie;
mod did;
mod duty;
mod emv;
mod explain;
mod forms;
mod frame;
mod gate;
mod limits;
mod live;
pub mod look;
mod looks;
mod pages;
mod passkeys;
mod pending;
mod prepaid;
mod problem;
mod rehearsals;
mod router;
mod scans;
mod seats;
mod send;
mod serve;
mod shops;
mod sign;
mod uses;
mod vouched;
mod watch;
mod ways;

pub use app::{App, Demo, DemoPersona, Mode, Secrets};
pub use limits::{Limits, Rate, Rules as LimitRules};
pub use router::router;
pub use send::{Mailer, Outlet, Outlets, Relay, outward, round};
pub use serve::{serve, serve_operators, serve_with};
pub use vouched::VouchingHouse;
