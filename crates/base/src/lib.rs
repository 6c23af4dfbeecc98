//! The words every other crate speaks: typed ids, money, time, who acts, numbers with a form of their own, and how the
//! city says no.
//!
//! Pure: no I/O, no async. Time and randomness are handed in as [`Clock`] and [`Entropy`].

mod actor;
pub mod business_number;
mod entropy;
mod id;
pub mod mail;
pub mod phone;
mod refusal;
mod text;
mod time;
mod won;

pub use actor::{Actor, Area, Client, Role};
pub use entropy::{Entropy, Seeded, SystemEntropy};
pub use id::{
    AccountId, ApplicationId, BadId, BusinessId, CardId, CaseId, DownloadId, DraftId, EntryNo, GlassId,
    GrantId, HandoverId, HookId, HouseholdId, MerchantId, OrganisationId, PayoutAccountId, PersonId,
    PostingNo, ProposalId, QuestionId, RecordId, TokenId,
};
pub use refusal::{Arg, Lang, Refusal, Source};
pub use text::is_unseen;
pub use time::{Clock, Instant, Month, SystemClock, Zone, date_of_day, day_of_date};
pub use won::{Won, share_floor};

/// Civil dates are jiff's; the whole workspace uses this one type.
pub use jiff::civil::{Date, Time, Weekday, date};
