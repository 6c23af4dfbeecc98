//! The rules of the day, looked up once a day instead of once a payment.

use base::{Date, Month, date_of_day};
use rules::{Counts, GrantAt, Pack, Used};

/// Positions in the pack of what holds today.
#[derive(Debug, Clone, Copy)]
pub struct Today {
    /// Days since 1970-01-01.
    pub day: i32,
    /// The same, as a date.
    pub date: Date,
    /// Its month.
    pub month: Month,
    /// The card's rules.
    pub card: Option<usize>,
    /// The campaign.
    pub campaign: Option<usize>,
    /// The grant at payment: its position in the campaign, its budget's in the pack.
    pub payment: Option<(usize, usize)>,
    /// The grant at charge.
    pub charge: Option<(usize, usize)>,
    /// The sale.
    pub sale: Option<usize>,
    /// What last month's limit was, where this campaign carries over.
    pub last_month: Option<Used>,
}

impl Today {
    /// Looks up a day.
    pub fn of(pack: &Pack, day: i32) -> Today {
        let date = date_of_day(day);
        let month = Month::of(date);
        let campaign = pack.campaigns.iter().position(|c| c.holds_on(date));
        let grant = |at: GrantAt| {
            let campaign = campaign.map(|i| &pack.campaigns[i])?;
            campaign.grants.iter().enumerate().filter(|(_, g)| g.at == at).find_map(|(index, grant)| {
                let budget = pack.budgets.iter().position(|b| b.id == grant.budget && b.is_open(date))?;
                Some((index, budget))
            })
        };
        let last_month = campaign
            .filter(|i| pack.campaigns[*i].carry_over.is_some() && pack.campaigns[*i].counts == Counts::Spend)
            .and_then(|_| pack.campaign_on(month.before().last_day()))
            .and_then(|before| before.person_month)
            .map(|limit| Used { limit, used: base::Won::ZERO });
        Today {
            day,
            date,
            month,
            card: pack.card.iter().position(|c| c.holds_on(date)),
            campaign,
            payment: grant(GrantAt::Payment),
            charge: grant(GrantAt::Charge),
            sale: pack.coupons.sales.iter().position(|sale| sale.holds_on(date)),
            last_month,
        }
    }
}
