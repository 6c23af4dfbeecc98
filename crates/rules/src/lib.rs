//! The city pack: what a city decides, as dated, checked, typed data.
//!
//! Pure: it is handed (file name, text) pairs and either returns a whole [`Pack`] or every fault it found.
//! Nothing here knows a city by name, and a pack holds no code.

mod budget;
mod campaign;
mod card;
mod city;
mod compartments;
mod coupons;
mod difference;
mod error;
mod four_eyes;
mod fraud;
mod giving;
mod living;
mod notices;
mod organisations;
mod pack;
mod pin;
mod prepayment;
mod rate;
mod read;
mod roles;
mod settlement;
mod successor;
mod text;
mod town;

pub use budget::{Budget, budget_number};
pub use campaign::{Campaign, CarryOver, Counts, Grant, GrantAt, Used};
pub use card::{CardRules, Membership, Purpose};
pub use city::{City, Closure, ConsentPurpose, District, Exclusion, Phone, Trade};
pub use compartments::CompartmentRule;
pub use coupons::{Coupon, Coupons, How, Moment, Release, Sale, StampCard};
pub use difference::{Difference, differences};
pub use error::PackError;
pub use four_eyes::{Confirmed, FourEyes};
pub use fraud::{FraudRule, Pattern};
pub use giving::{Collector, GiftPurpose, Giving};
pub use living::{OF as TOWN_SHARES, TownConsent, TownLiving};
pub use notices::{Channel, NoticeRule, NoticeRules};
pub use organisations::{OrganisationKind, OrganisationRule, Organisations};
pub use pack::{LimitNote, Pack, scaled};
pub use pin::PinRules;
pub use prepayment::{Prepayment, Returns};
pub use rate::{BadRate, Rate};
pub use roles::{Kind, Reach, RoleRule};
pub use settlement::{Bank, FeeSupport, Ground, Joining, Paper, Settlement, Trust};
pub use successor::{Step, successor};
pub use text::Name;
pub use town::{
    AgeBand, DistrictShare, HourProfile, SalesBand, Ticket, Town, TownGiving, TownPledge, TownPrepaying,
    TownTrade, Weighted,
};
