//! What pages read: from the readers' view and from snapshots of the database. Nothing here writes.

pub mod bank_lines;
pub mod books;
pub mod claims;
pub mod coupons;
pub mod desk;
pub mod find;
pub mod giving;
pub mod history;
pub mod households;
pub mod payouts;
pub mod people;
pub mod quote;
pub mod receipt;
pub mod rehearse;
pub mod shop;
pub mod town;
pub mod wallet;
