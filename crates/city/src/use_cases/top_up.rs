//! Putting own money on.

use std::sync::Arc;

use base::PersonId;
use economy::chart;
use economy::decide::{Earning, Limits, Room, TopUpCase, top_up as decide_top_up};
use economy::{Class, Meter};
use pen::Stop;
use rules::{Counts, Pack, Purpose};

use super::known_person;
use crate::Reply;
use crate::memory::{CityMemory, CityTurn};
use crate::today::Today;

pub(super) fn top_up(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    amount: i64,
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let pack = Arc::clone(&city.pack);
    let today = city.today(turn.day);
    let purses = city.purses(&pack, turn, person);
    let case = TopUpCase {
        amount,
        person,
        purses: &purses,
        cash: CityMemory::purpose(&pack, Purpose::CASH)?,
        reward: CityMemory::purpose(&pack, Purpose::REWARD)?,
        rules: CityMemory::card_rules(&pack, &today)?,
        earning: earning_at_charge(&pack, &today, person, |account| turn.books().balance_of(&account.key)),
        limits: limits_of_top_ups(&pack, &today, person, |account| turn.books().balance_of(&account.key)),
        date: today.date,
    };
    let decision = decide_top_up(&case)?;
    city.post(turn, decision)
}

/// What topping up earns at once, that day. `used`: what an account stands at.
pub(crate) fn earning_at_charge<'a>(
    pack: &'a Pack,
    today: &Today,
    person: PersonId,
    used: impl Fn(ledger::Account) -> i64,
) -> Option<Earning<'a>> {
    let campaign = &pack.campaigns[today.campaign?];
    let (grant, budget) = today.charge?;
    let metered = campaign.counts == Counts::Spend;
    let month = Room {
        limit: campaign.person_month.map(|w| w.0),
        used: used(chart::meter(Meter::ChargeMonth, person, today.month.0)),
    };
    let budget = &pack.budgets[budget];
    Some(Earning {
        campaign,
        grant: &campaign.grants[grant],
        budget,
        budget_left: used(chart::budget(Class::BudgetLeft, &budget.id)),
        limits: if metered { Limits { month, ..Limits::default() } } else { Limits::default() },
        metered,
    })
}

/// Where the campaign counts top-ups, they are what is limited. `used`: what an account stands at.
pub(crate) fn limits_of_top_ups(
    pack: &Pack,
    today: &Today,
    person: PersonId,
    used: impl Fn(ledger::Account) -> i64,
) -> Option<Limits> {
    let campaign = &pack.campaigns[today.campaign?];
    if campaign.counts != Counts::TopUps {
        return None;
    }
    let year = u32::from(today.month.year().unsigned_abs());
    let room = |limit: Option<base::Won>, meter: ledger::Account| Room {
        limit: limit.map(|w| w.0),
        used: used(meter),
    };
    let last = pack.campaign_on(today.month.before().last_day()).and_then(|before| {
        let limit = before.person_month?;
        let meter = chart::meter(Meter::TopUpMonth, person, today.month.before().0);
        Some(rules::Used { limit, used: base::Won(used(meter)) })
    });
    Some(Limits {
        month: room(campaign.person_limit(last), chart::meter(Meter::TopUpMonth, person, today.month.0)),
        year: room(campaign.person_year, chart::meter(Meter::TopUpYear, person, year)),
        city: room(campaign.city_month, chart::city_meter(Meter::CityTopUpMonth, today.month.0)),
    })
}
