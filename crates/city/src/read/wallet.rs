//! A wallet as it stands at one sequence: what is in it, what it still earns, what can be put on and taken out.

use base::{Date, Month, PersonId, Won, day_of_date};
use economy::decide::{SinceTopUp, room_for_top_ups};
use economy::{Class, Meter, chart};
use ledger::Books;
use rules::{Campaign, Counts, Purpose, Rate, Used};

use super::history::{Chain, all_chains, chains};
use crate::today::Today;
use crate::use_cases::earning_at_charge;
use crate::{CityView, Holder};

/// All of a person's money of one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurseNow {
    /// The purpose's number in the pack.
    pub purpose: u8,
    /// Won that can be spent.
    pub balance: i64,
    /// The month at whose end the first of it expires, and how much then does.
    pub expires: Option<(Month, i64)>,
}

/// A person's limit of the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitNow {
    /// Basis points.
    pub rate: i64,
    /// The limit, with what was carried over.
    pub limit: i64,
    /// The part of it carried over from last month.
    pub carried: i64,
    /// Used of it.
    pub used: i64,
    /// Won that still earn: of this limit, or of the year's where that is less.
    pub left: i64,
    /// The day it starts anew.
    pub renews: Date,
}

/// What paying earns today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarningNow {
    /// No campaign grants at payment today.
    Nothing,
    /// Nothing is voted for the budget yet.
    NotVoted,
    /// The budget is spent.
    BudgetGone,
    /// The city's limit of the month is reached.
    CityGone(Date),
    /// So many basis points, without a limit for a person.
    Unlimited(i64),
    /// Within a limit.
    Limited(LimitNow),
}

/// A wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletNow {
    /// Won in all purses that are still valid.
    pub total: i64,
    /// Own money among it.
    pub cash: i64,
    /// Own money and cashback always, others where something is in them; own money first.
    pub purses: Vec<PurseNow>,
    /// What paying earns.
    pub earning: EarningNow,
    /// Won that can still be put on.
    pub room: i64,
    /// The most anybody may hold, what is granted at charge included.
    pub holding_limit: i64,
    /// The most one gift may be; `None` where gifts are not allowed.
    pub gift_limit: Option<i64>,
    /// The share of the balance after the last top-up that must be used before the rest can be withdrawn.
    pub residual_share: Rate,
    /// The chains of purses and of claims on shops, for the history.
    pub chains: Vec<Chain>,
    /// Those of own money.
    pub cash_chains: Vec<Chain>,
}

impl WalletNow {
    /// What can be withdrawn now, or what must be spent first.
    pub fn withdrawable(&self, since: &SinceTopUp) -> Result<i64, i64> {
        match since.still_to_spend(self.cash, self.residual_share) {
            0 => Ok(self.cash),
            missing => Err(missing),
        }
    }
}

/// A person's wallet on a day; `None` for nobody, and where the pack has no card that day.
pub fn wallet(view: &CityView, books: &Books, person: PersonId, date: Date) -> Option<WalletNow> {
    let holder = view.directory.holder(person)?;
    let today = Today::of(&view.pack, day_of_date(date));
    let rules = &view.pack.card[today.card?];
    let purses = purses(view, books, holder, today.date);
    let total: i64 = purses.iter().map(|purse| purse.balance).sum();
    let cash = view.pack.purpose(Purpose::CASH)?.number;
    let at_charge = earning_at_charge(&view.pack, &today, person, |account| books.balance_of(&account.key));
    let room = room_for_top_ups(rules.holding_limit.0 - total, at_charge.as_ref());
    Some(WalletNow {
        total,
        cash: purses.iter().filter(|purse| purse.purpose == cash).map(|purse| purse.balance).sum(),
        purses,
        earning: earning(view, books, person, &today),
        room: top_up_left(view, books, person, &today).map_or(room, |left| left.min(room)),
        holding_limit: rules.holding_limit.0,
        gift_limit: rules.gift_allowed.then_some(rules.gift_limit.0),
        residual_share: rules.residual_share,
        chains: all_chains(&view.directory, books, person),
        cash_chains: chains(holder, books, |purpose| purpose == cash),
    })
}

fn purses(view: &CityView, books: &Books, holder: &Holder, date: Date) -> Vec<PurseNow> {
    let mut order = view.pack.spending_order();
    order.reverse();
    order
        .into_iter()
        .filter_map(|purpose| {
            let mut filled: Vec<(Month, i64)> = holder
                .purses()
                .filter(|(number, expires, _)| *number == purpose.number && purpose.pays_on(*expires, date))
                .map(|(_, expires, account)| (expires, books.balance(account)))
                .filter(|(_, balance)| *balance > 0)
                .collect();
            filled.sort_unstable();
            let always = [Purpose::CASH, Purpose::REWARD].contains(&purpose.id.as_str());
            let balance = filled.iter().map(|(_, balance)| balance).sum();
            let expires = filled.first().copied();
            (always || balance > 0).then_some(PurseNow { purpose: purpose.number, balance, expires })
        })
        .collect()
}

fn year(month: Month) -> u32 {
    u32::from(month.year().unsigned_abs())
}

/// As a payment of today would find it.
fn earning(view: &CityView, books: &Books, person: PersonId, today: &Today) -> EarningNow {
    let pack = &view.pack;
    let (Some(campaign), Some((grant, budget))) = (today.campaign, today.payment) else {
        return EarningNow::Nothing;
    };
    let campaign = &pack.campaigns[campaign];
    let rate = campaign.grants[grant].rate.basis_points();
    let used = |account: ledger::Account| books.balance_of(&account.key);
    if used(chart::budget(Class::BudgetVoted, &pack.budgets[budget].id)) <= 0 {
        return EarningNow::NotVoted;
    }
    if used(chart::budget(Class::BudgetLeft, &pack.budgets[budget].id)) <= 0 {
        return EarningNow::BudgetGone;
    }
    if campaign.counts != Counts::Spend {
        return EarningNow::Unlimited(rate);
    }
    let month = today.month;
    let renews = Campaign::renews(today.date);
    let city = campaign.city_month.map(|limit| limit.0 - used(chart::city_meter(Meter::CityMonth, month.0)));
    if city.is_some_and(|left| left <= 0) {
        return EarningNow::CityGone(renews);
    }
    let last = today.last_month.map(|last| Used {
        used: Won(used(chart::meter(Meter::SpendMonth, person, month.before().0))),
        ..last
    });
    let Some(limit) = campaign.person_limit(last) else { return EarningNow::Unlimited(rate) };
    let own = campaign.person_month.map_or(limit.0, |own| own.0);
    let spent = used(chart::meter(Meter::SpendMonth, person, month.0));
    let of_year =
        campaign.person_year.map(|limit| limit.0 - used(chart::meter(Meter::SpendYear, person, year(month))));
    let left = (limit.0 - spent).min(of_year.unwrap_or(i64::MAX)).max(0);
    EarningNow::Limited(LimitNow { rate, limit: limit.0, carried: limit.0 - own, used: spent, left, renews })
}

/// Where the campaign limits top-ups themselves: what may still be put on this month.
fn top_up_left(view: &CityView, books: &Books, person: PersonId, today: &Today) -> Option<i64> {
    let campaign = &view.pack.campaigns[today.campaign?];
    if campaign.counts != Counts::TopUps {
        return None;
    }
    let used = |month: Month| books.balance_of(&chart::meter(Meter::TopUpMonth, person, month.0).key);
    let last = view
        .pack
        .campaign_on(today.month.before().last_day())
        .and_then(|before| Some(Used { limit: before.person_month?, used: Won(used(today.month.before())) }));
    campaign.person_limit(last).map(|limit| (limit.0 - used(today.month)).max(0))
}
