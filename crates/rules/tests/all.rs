//! Every test of this crate in one binary: one link instead of dozens. What each file tells is at its head.

mod compartments;
mod coupons;
mod four_eyes;
mod jeonju;
mod refused;
mod successor;
mod telling;
