//! Korean public holidays and business days.
//!
//! Pure and computed: the fixed and the lunar days and their substitutes follow from the law, elections and
//! one-off holidays are handed in as data. Speaks for 2014 and later, the years substitutes exist in.

mod holidays;
mod lunar;
mod statute;

pub use holidays::Holidays;
