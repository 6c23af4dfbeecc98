//! What made a cashback smaller.

use serde::{Deserialize, Serialize};

/// Why cashback was less than the full rate on the whole amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// It wasn't.
    Full,
    /// No campaign that day, or none that grants at this moment.
    NoCampaign,
    /// Nothing that was paid with earns (a coupon, earlier cashback).
    NothingEarns,
    /// The shop's yearly sales are over the campaign's bound.
    LargeShop,
    /// The person's limit of the month.
    MonthLimit,
    /// The person's limit of the year.
    YearLimit,
    /// The city's limit of the month.
    CityLimit,
    /// The budget is spent.
    Budget,
}

impl Cut {
    /// All of them: what has words, a wire form or a row of its own for each goes through this list in its test.
    pub const ALL: [Cut; 8] = [
        Cut::Full,
        Cut::NoCampaign,
        Cut::NothingEarns,
        Cut::LargeShop,
        Cut::MonthLimit,
        Cut::YearLimit,
        Cut::CityLimit,
        Cut::Budget,
    ];

    /// As it is kept in facts and said on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Cut::Full => "full",
            Cut::NoCampaign => "no-campaign",
            Cut::NothingEarns => "nothing-earns",
            Cut::LargeShop => "large-shop",
            Cut::MonthLimit => "month-limit",
            Cut::YearLimit => "year-limit",
            Cut::CityLimit => "city-limit",
            Cut::Budget => "budget",
        }
    }

    /// Whether it tells of the holder's purses and limits, which are no shop's business.
    pub fn is_personal(self) -> bool {
        match self {
            Cut::NothingEarns | Cut::MonthLimit | Cut::YearLimit => true,
            Cut::Full | Cut::NoCampaign | Cut::LargeShop | Cut::CityLimit | Cut::Budget => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_kept_by_its_code() {
        for (at, cut) in Cut::ALL.into_iter().enumerate() {
            assert_eq!(serde_json::to_value(cut).unwrap(), cut.code());
            assert!(!Cut::ALL[..at].contains(&cut), "{cut:?} is there twice");
        }
    }
}
