//! A city at work: its use cases, one file each; the memory the pen decides against; what its pages read.
//!
//! Invariants:
//! - every change is a [`Command`] carried out by the pen; nothing here writes otherwise;
//! - who may ask for what is the first question of every use case ([`may`]);
//! - readers see only what is durable.
//!
//! Deliberately absent: HTTP, wire types, templates (they are `web`'s), and any knowledge of one particular city
//! (that is its pack's).

pub mod build;
pub mod chores;
pub mod clock;
mod command;
pub mod compartments;
pub mod coupons;
mod directory;
pub mod disposal;
pub mod doors;
mod event;
pub mod exchange;
pub mod follow;
mod fresh;
pub mod giving;
mod helpers;
pub mod hooks;
pub mod joining;
pub mod key_marks;
pub mod looks;
pub mod may;
mod memory;
pub mod moving;
mod on_coupons;
pub mod on_disposal;
mod on_giving;
mod on_households;
pub mod on_moving;
mod on_organisations;
mod on_papers;
mod on_payouts;
mod on_people;
mod on_prepay;
mod on_proposals;
mod on_shops;
mod on_tills;
mod on_window;
pub mod open;
mod operations;
mod organisations;
pub mod pack;
mod past;
pub mod payouts;
pub mod prepay;
pub mod proposals;
pub mod read;
pub mod reseal;
pub mod retain;
pub mod sealing;
mod stats;
mod store;
mod today;
pub mod tokens;
mod use_cases;
pub mod verify;
mod view;
pub mod window;
mod wishes;

pub use command::{CardRef, Command, NewCard, NewMerchant, NewPerson, Reply};
pub use directory::{Directory, Holder};
pub use doors::{Door, Doors};
pub use event::{Event, Happened, What};
pub use giving::Giving;
pub use helpers::{Help, Helpers};
pub use memory::{CityMemory, CityView, Keys};
pub use on_coupons::{NewJob, OnCoupons, Recipients};
pub use on_disposal::OnDisposal;
pub use on_giving::{NewSpending, OnGiving};
pub use on_households::OnHouseholds;
pub use on_moving::OnMoving;
pub use on_organisations::{NewBusiness, NewOrganisation, OnOrganisations};
pub use on_papers::{OnPapers, Scan};
pub use on_payouts::{AnswerLine, AnswerPart, LineKind, OnPayouts, Payee};
pub use on_people::OnPeople;
pub use on_prepay::{NewPledge, OnPrepay};
pub use on_proposals::OnProposals;
pub use on_shops::OnShops;
pub use on_tills::{Finding, HookSecret, OnTills, Sign};
pub use on_window::{Matter, OnWindow};
pub use organisations::{Organisations, Registered};
pub use stats::{Day, Stats, Tally};
pub use store::{migrations, statements};
pub use use_cases::settle_case;
pub use wishes::{NewGrant, NewPasskey, NewToken};
