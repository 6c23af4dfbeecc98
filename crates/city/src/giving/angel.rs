//! A shop that gives of what it sells (기부천사).

use base::{Instant, MerchantId};

/// How far a shop's giving is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AngelState {
    /// It has applied (접수).
    Applied,
    /// The city has looked at it: a plaque can be given.
    Checked,
    /// Its plaque is up, and it gives of each payout.
    Plaque,
    /// It gives no more.
    Stopped,
    /// The city has turned it down.
    TurnedDown,
}

impl AngelState {
    /// The word for it in the database and the API.
    pub fn code(self) -> &'static str {
        match self {
            AngelState::Applied => "applied",
            AngelState::Checked => "checked",
            AngelState::Plaque => "plaque",
            AngelState::Stopped => "stopped",
            AngelState::TurnedDown => "turned-down",
        }
    }

    /// From the word.
    pub fn coded(code: &str) -> Option<AngelState> {
        use AngelState::{Applied, Checked, Plaque, Stopped, TurnedDown};
        [Applied, Checked, Plaque, Stopped, TurnedDown].into_iter().find(|state| state.code() == code)
    }
}

/// Such a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Angel {
    /// Which.
    pub merchant: MerchantId,
    /// How far it is.
    pub state: AngelState,
    /// The share it gives, in basis points.
    pub rate: i64,
    /// What for, by number.
    pub purpose: u16,
    /// When it last applied.
    pub applied: Instant,
    /// Its plaque's number, once it had one.
    pub plaque: Option<u32>,
    /// When its state last changed.
    pub since: Instant,
    /// Why it was turned down.
    pub note: Option<String>,
}
