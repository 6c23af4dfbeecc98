//! A real server process on a small city, clients that ask it under load, and what must hold after it was killed.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]
#![expect(dead_code, reason = "each test file uses a part of it")]

pub mod http;
pub mod load;
pub mod proof;
pub mod server;
pub mod town;
