//! Every test of this crate in one binary: one link instead of dozens. What each file tells is at its head.

mod commands;
mod common;
mod compartments;
mod crash;
mod demo;
mod dispose;
mod index_keys;
mod keys;
mod looks;
mod move_in;
mod operators;
mod pack;
mod schema;
mod secrets;
