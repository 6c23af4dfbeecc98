//! Tables that leave the house as XLSX or CSV, and tables that come in.
//!
//! Invariants:
//! - a text that a table program would take for a formula is never written bare ([`defuse`]), and comes back as it was;
//! - what comes in is measured before it is unpacked: a small file can't become a large one in memory;
//! - a table is read whole or refused whole, and a refusal says where.
//!
//! Deliberately absent: what columns mean. That is whoever asks.

mod read;
mod text;
mod write;

pub use read::{Limits, Row, Table, Unreadable, read};
pub use text::{NotText, decode};
pub use write::{CantWrite, Cell, Sheet, csv, xlsx};

/// What begins a formula in one table program or another: so a cell that begins with it runs when the file is opened.
/// The full-width forms count too: programs set to Korean or Japanese fold them.
const DANGEROUS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

fn is_dangerous(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(DANGEROUS)
}

/// The text with an apostrophe before it where a table program would take it for a formula.
pub fn defuse(text: &str) -> std::borrow::Cow<'_, str> {
    if is_dangerous(text) { format!("'{text}").into() } else { text.into() }
}

/// The reverse of [`defuse`].
pub fn restore(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_dangerous(rest)).unwrap_or(text)
}
