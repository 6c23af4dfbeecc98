//! The card's own rules by date, and the purposes money on it may have.

use base::{Date, Month, Source, Won};
use toml::Spanned;
use toml::value::Datetime;

use crate::pin::{self, PinRules, RawPin};
use crate::read::{Ids, RawSource, Reader};
use crate::{Name, Rate};

/// How a shop comes to take the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Membership {
    /// Any card-taking shop in the city is a member already.
    Automatic,
    /// A shop applies and the city decides.
    Applied,
}

/// The card's rules from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRules {
    /// First day.
    pub from: Date,
    /// Last day; `None` while no end is decided.
    pub until: Option<Date>,
    /// The most a person may hold in all purses together, in won. What is granted at charge counts: it is on the card.
    pub holding_limit: Won,
    /// Years from issue until money on the card expires.
    pub validity_years: u32,
    /// Payments above this need the PIN, in won.
    pub pin_above: Won,
    /// How often it may be wrong.
    pub pin: PinRules,
    /// The share of the balance just after the last top-up that must be spent at shops before the rest can be withdrawn;
    /// a gift is not spending.
    pub residual_share: Rate,
    /// How many cards of one person work at a time, at most. `None`: as many as they like.
    pub cards_at_once: Option<u32>,
    /// How many cards a person is ever given on their own request, at most; after that a window gives more. `None`: no end.
    pub cards_by_oneself: Option<u32>,
    /// How many gifts of money one person makes in a day, at most: each is told to its giver by a message. `None`: no end.
    pub gifts_a_day: Option<u32>,
    /// Whether people may give money to one another.
    pub gift_allowed: bool,
    /// The most one gift may be, in won. Zero when gifts are not allowed.
    pub gift_limit: Won,
    /// Days an authorisation is held before it lapses.
    pub authorisation_days: u32,
    /// Seconds a shop's dynamic code lives.
    pub dynamic_code_seconds: u32,
    /// Days a request key is kept.
    pub key_days: u32,
    /// How shops become members.
    pub membership: Membership,
    /// Trades whose shops apply, though others needn't.
    pub by_application: Vec<String>,
    /// What these rules rest on.
    pub source: Source,
}

impl CardRules {
    /// True on the days these rules hold.
    pub fn holds_on(&self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }

    /// Whether a shop of this trade has to apply before it takes the card.
    pub fn asks_to_apply(&self, trade: &str) -> bool {
        self.membership == Membership::Applied || self.by_application.iter().any(|one| one == trade)
    }
}

/// What money in a purse is for: where it may be spent, in which order, and whether it earns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// Unique in the pack: `cash`, `reward`, and restricted ones.
    pub id: String,
    /// Its place in the file, from 0. The books store it, so new purposes are added at the end.
    pub number: u8,
    /// Purses are spent from the lowest order up, within one order the soonest to expire first.
    pub order: u8,
    /// Whether spending it earns cashback where the campaign doesn't name purposes itself.
    pub earns: bool,
    /// The trades it may be spent at; `None` for all that take the card.
    pub trades: Option<Vec<String>>,
    /// Whether it is spent only at shops of these trades that the city has named for it.
    pub named: bool,
    /// The days on which purses of it end before their month does, by the coupons that fill them.
    pub ends: Vec<Date>,
    /// Whether the residual balance can be withdrawn.
    pub withdrawable: bool,
    /// Its name.
    pub name: Name,
}

impl Purpose {
    /// The purpose of a person's own money.
    pub const CASH: &'static str = "cash";
    /// The purpose of granted cashback.
    pub const REWARD: &'static str = "reward";

    /// Whether it may be spent at shops of this trade. Excluded trades are another matter.
    pub fn buys_at(&self, trade: &str) -> bool {
        self.trades.as_ref().is_none_or(|trades| trades.iter().any(|t| t == trade))
    }

    /// Whether it is one that everyone has: own money, cashback.
    pub fn is_everyones(&self) -> bool {
        [Purpose::CASH, Purpose::REWARD].contains(&self.id.as_str())
    }

    /// The last day on which a purse of this month of expiry pays.
    pub fn last_day(&self, expires: Month) -> Date {
        let named = self.ends.iter().copied().find(|day| Month::of(*day) == expires);
        named.unwrap_or_else(|| expires.last_day())
    }

    /// Whether a purse of this month of expiry pays on a day.
    pub fn pays_on(&self, expires: Month, date: Date) -> bool {
        let month = Month::of(date);
        expires > month || (expires == month && date <= self.last_day(expires))
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    card: Vec<Spanned<RawCard>>,
    #[serde(default)]
    purpose: Vec<Spanned<RawPurpose>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCard {
    from: Spanned<Datetime>,
    until: Option<Spanned<Datetime>>,
    holding_limit: Spanned<i64>,
    validity_years: Spanned<i64>,
    pin_above: Spanned<i64>,
    pin_shop_tries: Option<Spanned<i64>>,
    pin_shop_pause_hours: Option<Spanned<i64>>,
    pin_tries: Option<Spanned<i64>>,
    pin_above_day: Option<Spanned<i64>>,
    pin_shop_short: Option<Spanned<i64>>,
    residual_share: Spanned<String>,
    cards_at_once: Option<Spanned<i64>>,
    cards_by_oneself: Option<Spanned<i64>>,
    gifts_a_day: Option<Spanned<i64>>,
    gift_allowed: bool,
    gift_limit: Spanned<i64>,
    authorisation_days: Spanned<i64>,
    dynamic_code_seconds: Spanned<i64>,
    key_days: Spanned<i64>,
    membership: Membership,
    #[serde(default)]
    by_application: Vec<Spanned<String>>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPurpose {
    id: Spanned<String>,
    order: Spanned<i64>,
    earns: bool,
    trades: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    named: bool,
    withdrawable: bool,
    name: Spanned<Name>,
}

/// Reads `card.toml`; `trades` are the ids it may name, `None` when they can't be known.
/// `None` when the file's shape is at fault.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    trades: Option<&[&str]>,
) -> Option<(Vec<CardRules>, Vec<Purpose>)> {
    let file = reader.document::<RawFile>()?;
    let rules = read_rules(reader, file.card, trades);
    let purposes = read_purposes(reader, file.purpose, trades);
    Some((rules, purposes))
}

fn read_rules(
    reader: &mut Reader<'_>,
    entries: Vec<Spanned<RawCard>>,
    trades: Option<&[&str]>,
) -> Vec<CardRules> {
    if entries.is_empty() {
        reader.fault(0..0, "no card rules", "write at least one [[card]] entry");
    }
    let mut rules: Vec<CardRules> = Vec::new();
    for entry in entries {
        let at = entry.span();
        let raw = entry.into_inner();
        let (from, until) = reader.period(&raw.from, raw.until.as_ref());
        if let Some(other) = rules.iter().find(|r| overlap((r.from, r.until), (from, until))) {
            reader.fault(
                raw.from.span(),
                format!("card rules from {from} overlap those from {}", other.from),
                "end the earlier entry the day before with until",
            );
        }
        for trade in &raw.by_application {
            if let Some(known) = trades {
                reader.known("trade", trade, known);
            }
        }
        let pin_above = reader.won("pin_above", &raw.pin_above);
        let own = RawPin {
            shop_tries: raw.pin_shop_tries.as_ref(),
            shop_pause_hours: raw.pin_shop_pause_hours.as_ref(),
            tries: raw.pin_tries.as_ref(),
            above: pin_above,
            above_day: raw.pin_above_day.as_ref(),
            shop_short: raw.pin_shop_short.as_ref(),
        };
        let pin = pin::read(reader, &own);
        rules.push(CardRules {
            from,
            until,
            holding_limit: reader.won("holding_limit", &raw.holding_limit),
            validity_years: reader.number("validity_years", &raw.validity_years, 1..101),
            pin_above,
            pin,
            residual_share: reader.rate("residual_share", &raw.residual_share),
            cards_at_once: most(reader, "cards_at_once", raw.cards_at_once.as_ref()),
            cards_by_oneself: most(reader, "cards_by_oneself", raw.cards_by_oneself.as_ref()),
            gifts_a_day: raw.gifts_a_day.as_ref().map(|most| reader.number("gifts_a_day", most, 1..201)),
            gift_allowed: raw.gift_allowed,
            gift_limit: reader.won("gift_limit", &raw.gift_limit),
            authorisation_days: reader.number("authorisation_days", &raw.authorisation_days, 1..366),
            dynamic_code_seconds: reader.number(
                "dynamic_code_seconds",
                &raw.dynamic_code_seconds,
                10..86_401,
            ),
            key_days: reader.number("key_days", &raw.key_days, 1..366),
            membership: raw.membership,
            by_application: raw.by_application.into_iter().map(Spanned::into_inner).collect(),
            source: reader.source(at, raw.source.as_ref()),
        });
    }
    rules.sort_by_key(|r| r.from);
    rules
}

/// A number of cards that may be left out.
fn most(reader: &mut Reader<'_>, name: &'static str, value: Option<&Spanned<i64>>) -> Option<u32> {
    value.map(|value| reader.number(name, value, 1..10_001))
}

fn read_purposes(
    reader: &mut Reader<'_>,
    entries: Vec<Spanned<RawPurpose>>,
    trades: Option<&[&str]>,
) -> Vec<Purpose> {
    let mut ids = Ids::default();
    let mut orders = Ids::default();
    let mut purposes = Vec::new();
    for (position, entry) in entries.into_iter().enumerate() {
        let at = entry.span();
        let raw = entry.into_inner();
        let number = u8::try_from(position).unwrap_or_else(|_| {
            reader.fault(at, "more than 256 purposes", "remove some");
            u8::MAX
        });
        let order = reader.number("order", &raw.order, 0..256);
        reader.once("order", order, raw.order.span(), &mut orders);
        for trade in raw.trades.iter().flatten() {
            if let Some(known) = trades {
                reader.known("trade", trade, known);
            }
        }
        purposes.push(Purpose {
            id: reader.id(&raw.id, &mut ids),
            number,
            order: u8::try_from(order).unwrap_or(u8::MAX),
            earns: raw.earns,
            trades: raw.trades.map(|list| list.into_iter().map(Spanned::into_inner).collect()),
            named: raw.named,
            ends: Vec::new(),
            withdrawable: raw.withdrawable,
            name: reader.name(&raw.name),
        });
    }
    for required in [Purpose::CASH, Purpose::REWARD] {
        if !purposes.iter().any(|p| p.id == required) {
            let fix = format!("add a [[purpose]] with id = {required:?}");
            reader.fault(0..0, format!("no purpose {required:?}"), fix);
        }
    }
    purposes
}

/// Whether two periods, last days included, share a day.
pub(crate) fn overlap(one: (Date, Option<Date>), other: (Date, Option<Date>)) -> bool {
    one.1.is_none_or(|end| other.0 <= end) && other.1.is_none_or(|end| one.0 <= end)
}
