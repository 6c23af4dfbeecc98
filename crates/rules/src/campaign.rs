//! Campaigns: what is granted, on what, up to which limits, between which days.

use std::collections::BTreeMap;

use base::{Date, Month, Source, Won};
use toml::Spanned;
use toml::value::Datetime;

use crate::card::overlap;
use crate::read::{Ids, RawSource, Reader};
use crate::{Budget, Name, Purpose, Rate};

/// What the limits of a campaign count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counts {
    /// Money put on the card: a top-up beyond the limit is refused, and what was topped up earns when spent.
    TopUps,
    /// Spending that earns: a payment beyond the limit goes through and its excess earns nothing.
    Spend,
}

/// The moment a grant is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantAt {
    /// When money is put on the card.
    Charge,
    /// When the card pays.
    Payment,
}

/// A share granted, out of a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// When.
    pub at: GrantAt,
    /// Of the top-up, or of the part of the payment that earns.
    pub rate: Rate,
    /// The id of the budget it comes out of.
    pub budget: String,
}

/// What was left of the month before counts on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CarryOver {
    /// The month's own limit and what is carried are no more than this together, in won.
    pub max: Won,
}

/// A month's limit, and how much of it was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// The limit of that month, carry-over included.
    pub limit: Won,
    /// The use of it.
    pub used: Won,
}

/// One entry of the campaign timeline. Entries never overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Unique in the pack, such as `pig-2021-01`.
    pub id: String,
    /// First day.
    pub from: Date,
    /// Last day; `None` while no end is decided.
    pub until: Option<Date>,
    /// A person's limit for a calendar month, in won of what [`Counts`] says.
    pub person_month: Option<Won>,
    /// Whether last month's unused limit counts on top.
    pub carry_over: Option<CarryOver>,
    /// A person's limit for a calendar year.
    pub person_year: Option<Won>,
    /// The whole city's limit for a calendar month.
    pub city_month: Option<Won>,
    /// What the three limits count.
    pub counts: Counts,
    /// What is granted.
    pub grants: Vec<Grant>,
    /// The purposes whose spending earns.
    pub earns: Vec<String>,
    /// No grant at payment at shops whose yearly sales are over this, in won.
    pub sales_over: Option<Won>,
    /// Its short name.
    pub name: Name,
    /// The notice or report it rests on.
    pub source: Source,
}

impl Campaign {
    /// True on its days.
    pub fn holds_on(&self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }

    /// The grants made at this moment, whether or not their budgets are open (see [`crate::Pack::grants_on`]).
    pub fn grants_at(&self, at: GrantAt) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |g| g.at == at)
    }

    /// A person's limit this month; `None` means no limit. `previous` is the month before: its limit and use, with
    /// use zero for who didn't use it, and `None` where there was no campaign (then nothing is carried).
    pub fn person_limit(&self, previous: Option<Used>) -> Option<Won> {
        let own = self.person_month?;
        let (Some(carry), Some(previous)) = (self.carry_over, previous) else { return Some(own) };
        let unused = previous.limit.0.saturating_sub(previous.used.0).max(0);
        // A maximum below the month's own limit would take away: then the own limit stands.
        Some(Won(own.0.saturating_add(unused).min(carry.max.0)).max(own))
    }

    /// Whether spending of this purpose earns.
    pub fn earns_on(&self, purpose: &str) -> bool {
        self.earns.iter().any(|p| p == purpose)
    }

    /// Whether a shop with these yearly sales is one that grants cashback. Unknown sales count as small.
    pub fn grants_at_sales(&self, yearly_sales: Option<Won>) -> bool {
        match (self.sales_over, yearly_sales) {
            (Some(over), Some(sales)) => sales <= over,
            _ => true,
        }
    }

    /// The day the monthly limits start anew, seen from `date`.
    pub fn renews(date: Date) -> Date {
        Month::of(date).plus(1).first_day()
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    campaign: Vec<Spanned<RawCampaign>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCampaign {
    id: Spanned<String>,
    from: Spanned<Datetime>,
    until: Option<Spanned<Datetime>>,
    person_month: Option<Spanned<i64>>,
    carry_over: Option<Spanned<RawCarry>>,
    person_year: Option<Spanned<i64>>,
    city_month: Option<Spanned<i64>>,
    counts: Counts,
    grants: Vec<Spanned<RawGrant>>,
    earns: Option<Vec<Spanned<String>>>,
    sales_over: Option<Spanned<i64>>,
    name: Spanned<Name>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCarry {
    max: Spanned<i64>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGrant {
    at: GrantAt,
    rate: Spanned<String>,
    budget: Spanned<String>,
}

/// What campaign files may refer to.
pub(crate) struct Around<'a> {
    /// `None` when their file is at fault, and then they go unchecked.
    pub(crate) budgets: Option<&'a [Budget]>,
    /// `None` when their file is at fault, and then they go unchecked.
    pub(crate) purposes: Option<&'a [Purpose]>,
    /// Which campaign holds from a day on, over all files, to find overlaps.
    pub(crate) periods: BTreeMap<String, (Date, Option<Date>)>,
    pub(crate) ids: Ids,
}

/// Reads one file under `campaigns/`.
pub(crate) fn read(reader: &mut Reader<'_>, around: &mut Around<'_>) -> Vec<Campaign> {
    let Some(file) = reader.document::<RawFile>() else { return Vec::new() };
    file.campaign.into_iter().map(|entry| read_entry(reader, around, entry)).collect()
}

fn read_entry(reader: &mut Reader<'_>, around: &mut Around<'_>, entry: Spanned<RawCampaign>) -> Campaign {
    let at = entry.span();
    let raw = entry.into_inner();
    let id = reader.id(&raw.id, &mut around.ids);
    let (from, until) = reader.period(&raw.from, raw.until.as_ref());
    if let Some((other, _)) = around.periods.iter().find(|(_, days)| overlap(**days, (from, until))) {
        reader.fault(
            raw.from.span(),
            format!("campaign {id:?} from {from} overlaps {other:?}"),
            "end the earlier one the day before with until",
        );
    }
    around.periods.insert(id.clone(), (from, until));
    let person_month = reader.won_if("person_month", raw.person_month.as_ref());
    let carry_over = raw.carry_over.map(|carry| {
        let max = reader.won("carry_over max", &carry.get_ref().max);
        if person_month.is_none_or(|own| max < own) {
            reader.fault(
                carry.span(),
                format!("carry_over max {}: below the monthly limit, or there is none", max.0),
                "write a max of at least person_month",
            );
        }
        CarryOver { max }
    });
    let days = (from, until);
    check_moments(reader, around.budgets, &raw.grants, days);
    Campaign {
        id,
        from,
        until,
        person_month,
        carry_over,
        person_year: reader.won_if("person_year", raw.person_year.as_ref()),
        city_month: reader.won_if("city_month", raw.city_month.as_ref()),
        counts: raw.counts,
        grants: raw.grants.iter().map(|g| read_grant(reader, around.budgets, g, days)).collect(),
        earns: read_earns(reader, around.purposes, raw.earns),
        sales_over: reader.won_if("sales_over", raw.sales_over.as_ref()),
        name: reader.name(&raw.name),
        source: reader.source(at, raw.source.as_ref()),
    }
}

fn read_grant(
    reader: &mut Reader<'_>,
    budgets: Option<&[Budget]>,
    entry: &Spanned<RawGrant>,
    days: (Date, Option<Date>),
) -> Grant {
    let raw = entry.get_ref();
    if let Some(budgets) = budgets {
        let known: Vec<&str> = budgets.iter().map(|b| b.id.as_str()).collect();
        reader.known("budget", &raw.budget, &known);
    }
    if let Some(budget) = budgets.into_iter().flatten().find(|b| b.id == *raw.budget.get_ref())
        && !overlap((budget.from, budget.until), days)
    {
        reader.fault(
            raw.budget.span(),
            format!("budget {:?} is open on no day of the campaign", budget.id),
            "name a budget of the same days",
        );
    }
    Grant { at: raw.at, rate: reader.rate("rate", &raw.rate), budget: raw.budget.get_ref().clone() }
}

/// One grant a day and moment: of several, only the first would count.
fn check_moments(
    reader: &mut Reader<'_>,
    budgets: Option<&[Budget]>,
    grants: &[Spanned<RawGrant>],
    (from, until): (Date, Option<Date>),
) {
    // The days of the campaign on which a grant's budget is open.
    let days = |grant: &Spanned<RawGrant>| {
        let id = grant.get_ref().budget.get_ref();
        let budget = budgets.into_iter().flatten().find(|b| b.id == *id)?;
        let ends = [until, budget.until].into_iter().flatten().min();
        Some((from.max(budget.from), ends))
    };
    for (index, grant) in grants.iter().enumerate() {
        let at = grant.get_ref().at;
        let earlier = grants[..index].iter().filter(|other| other.get_ref().at == at);
        let both = |other| Some(overlap(days(other)?, days(grant)?));
        if earlier.into_iter().any(|other| both(other) == Some(true)) {
            let moment = match at {
                GrantAt::Charge => "charge",
                GrantAt::Payment => "payment",
            };
            reader.fault(
                grant.span(),
                format!("a second grant at {moment} on the same days: only the first would count"),
                "write one grant with the whole rate, or budgets of different days",
            );
        }
    }
}

fn read_earns(
    reader: &mut Reader<'_>,
    purposes: Option<&[Purpose]>,
    named: Option<Vec<Spanned<String>>>,
) -> Vec<String> {
    let Some(named) = named else {
        return purposes.into_iter().flatten().filter(|p| p.earns).map(|p| p.id.clone()).collect();
    };
    if let Some(purposes) = purposes {
        let known: Vec<&str> = purposes.iter().map(|p| p.id.as_str()).collect();
        named.iter().for_each(|purpose| reader.known("purpose", purpose, &known));
    }
    named.into_iter().map(Spanned::into_inner).collect()
}
