//! What a payment (or a top-up) earns: bound to the person's and the city's limits and to the budget, at once.

use base::Won;
use rules::{Budget, Campaign, Grant};

use crate::{Cashback, Cut};

/// A limit and how much of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// The limit that day; `None`: unlimited.
    pub limit: Option<i64>,
    /// Used so far.
    pub used: i64,
}

impl Room {
    fn left(self) -> i64 {
        self.limit.map_or(i64::MAX, |limit| limit.saturating_sub(self.used).max(0))
    }
}

/// The three limits a campaign can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// The person's, this month.
    pub month: Room,
    /// The person's, this year.
    pub year: Room,
    /// The city's, this month.
    pub city: Room,
}

/// What can be earned at this moment: the campaign, its grant and that grant's budget.
#[derive(Debug, Clone, Copy)]
pub struct Earning<'a> {
    /// The campaign of the day.
    pub campaign: &'a Campaign,
    /// Its grant at this moment.
    pub grant: &'a Grant,
    /// The budget it comes out of.
    pub budget: &'a Budget,
    /// What that budget holds.
    pub budget_left: i64,
    /// The limits as they stand.
    pub limits: Limits,
    /// Whether the limits count what earns here (if they count top-ups, a payment moves none of them).
    pub metered: bool,
}

/// What a campaign makes of a shop's yearly sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShopSize {
    /// It earns there; also where there is no shop, as when money is put on.
    Counts,
    /// The campaign leaves it out: its sales are over the bound.
    LeftOut,
}

impl ShopSize {
    /// At yearly sales in won, where they are known.
    pub fn of(sales: Option<Won>, earning: Option<&Earning<'_>>) -> ShopSize {
        match earning {
            Some(earning) if !earning.campaign.grants_at_sales(sales) => ShopSize::LeftOut,
            _ => ShopSize::Counts,
        }
    }
}

/// Eligible = the base within all limits; reward = `floor(eligible × rate)`, cut to what the budget holds; `earned`,
/// by which the limits move, is the part of the base that did earn.
///
/// A shop the campaign leaves out for its size earns nobody anything.
pub fn grant(base: i64, size: ShopSize, earning: Option<&Earning<'_>>, expires: u32) -> Cashback {
    let Some(earning) = earning else {
        return nothing(base, Cut::NoCampaign, expires);
    };
    let rate = earning.grant.rate;
    let mut cashback = Cashback {
        campaign: earning.campaign.id.clone(),
        budget: earning.budget.id.clone(),
        rate: rate.basis_points(),
        left: earning.limits.month.limit.filter(|_| earning.metered).map(|_| earning.limits.month.left()),
        ..nothing(base, Cut::Full, expires)
    };
    if size == ShopSize::LeftOut {
        cashback.cut = Cut::LargeShop;
        return cashback;
    }
    if base <= 0 {
        cashback.cut = Cut::NothingEarns;
        return cashback;
    }
    let (eligible, mut cut) = if earning.metered { within(base, &earning.limits) } else { (base, Cut::Full) };
    let mut earned = eligible;
    let mut reward = rate.of(Won(eligible)).0;
    let budget_left = earning.budget_left.max(0);
    if reward > budget_left {
        reward = budget_left;
        earned = rate.base_for(Won(reward)).map_or(0, |base| base.0.min(eligible));
        cut = Cut::Budget;
    }
    if reward == 0 {
        earned = 0; // nothing was granted, so no limit is used up
    }
    cashback.earned = earned;
    cashback.reward = reward;
    cashback.cut = cut;
    cashback.left = cashback.left.map(|left| left - earned);
    cashback
}

/// The base within the limits, and the tightest of them if it is cut.
fn within(base: i64, limits: &Limits) -> (i64, Cut) {
    [(limits.month, Cut::MonthLimit), (limits.year, Cut::YearLimit), (limits.city, Cut::CityLimit)]
        .into_iter()
        .fold(
            (base, Cut::Full),
            |(eligible, cut), (room, name)| {
                if room.left() < eligible { (room.left(), name) } else { (eligible, cut) }
            },
        )
}

fn nothing(base: i64, cut: Cut, expires: u32) -> Cashback {
    Cashback {
        campaign: String::new(),
        budget: String::new(),
        rate: 0,
        base,
        earned: 0,
        reward: 0,
        cut,
        left: None,
        expires,
    }
}
