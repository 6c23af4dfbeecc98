//! The words every other crate speaks: typed ids, money, time, who acts, and how the city says no.
//!
//! Pure: no I/O, no async. Time and randomness are handed in as [`Clock`] and [`Entropy`].

mod actor;
mod entropy;
mod id;
mod refusal;
mod time;
mod won;

pub use actor::{Actor, Client, Role};
pub use entropy::{Entropy, Seeded, SystemEntropy};
pub use id::{BadId, CardId, EntryNo, MerchantId, PersonId, PostingNo, TokenId};
pub use refusal::{Arg, Lang, Refusal, Source};
pub use time::{Clock, Instant, Month, SystemClock, Zone, date_of_day, day_of_date};
pub use won::{Won, share_floor};

/// Civil dates are jiff's; the whole workspace uses this one type.
pub use jiff::civil::{Date, Time, Weekday, date};
