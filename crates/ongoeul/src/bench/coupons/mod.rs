//! `ongoeul bench bulk` and `ongoeul bench rush`: many at once, and everyone at once.

mod bulk;
mod rush;

pub use bulk::{BulkArgs, bulk};
pub use rush::{RushArgs, rush};
