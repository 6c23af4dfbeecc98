//! Founding the town on the day before its history: votes, people with their cards, shops with their owners.

use std::collections::HashSet;

use base::{
    Actor, Client, Date, Entropy, Instant, PersonId, Role, Seeded, Won, Zone, date_of_day, day_of_date,
};
use economy::CardKind;
use economy::business_number::check_digit;
use rules::{Pack, SalesBand, TownTrade};

use super::draw::{Weights, chance, one};
use super::folk::PERSONAS;
use super::{CantRaise, Phase, Plan};
use crate::{Command, NewMerchant};

/// The program in whose name the history's commands come.
pub(super) const CLIENT: Client = Client(1);

/// How old the citizen among the personas is.
const CITIZEN_AGE: i32 = 78;
/// Shops of each trade that doesn't take the card, so that a refusal can be seen.
const EXCLUDED_EACH: u32 = 2;

pub(super) fn as_role(role: Role) -> Actor {
    Actor::new(role, CLIENT)
}

pub(super) fn day_before(plan: &Plan) -> Date {
    date_of_day(day_of_date(plan.from) - 1)
}

/// When the city opens its books.
pub(super) fn opens(plan: &Plan, zone: &Zone) -> Instant {
    zone.instant(day_before(plan), 8, 0)
}

/// A person as drawn, before it is known with whom they live.
#[derive(Debug, Clone)]
pub(super) struct Drawn<'a> {
    /// The place of the family name among the pack's.
    pub family: usize,
    /// The given name.
    pub given: String,
    /// In years, on the last day.
    pub age: i32,
    /// Days since 1970-01-01.
    pub birth_day: i32,
    /// The code of their neighbourhood.
    pub district: &'a str,
    /// The card is plastic: handed out at a window, where papers are seen.
    pub plastic: bool,
}

impl Drawn<'_> {
    /// Of the age of those who own shops.
    pub(super) fn may_own(&self) -> bool {
        (30..70).contains(&self.age)
    }

    pub(super) fn kind(&self) -> CardKind {
        if self.plastic { CardKind::Plastic } else { CardKind::Phone }
    }
}

/// Draws people.
pub(super) struct Registrar<'a> {
    pack: &'a Pack,
    surnames: Weights,
    ages: Weights,
    districts: Weights,
    today: i32,
}

impl<'a> Registrar<'a> {
    pub(super) fn new(pack: &'a Pack, today: Date) -> Registrar<'a> {
        let town = &pack.town;
        Registrar {
            pack,
            surnames: Weights::new(town.surnames.iter().map(|name| u64::from(name.weight))),
            ages: Weights::new(town.ages.iter().map(|band| u64::from(band.weight))),
            districts: Weights::new(town.districts.iter().map(|share| u64::from(share.people))),
            today: day_of_date(today),
        }
    }

    /// The place of the family name among the pack's, and the given name.
    fn name(&self, entropy: &mut Seeded) -> Option<(usize, String)> {
        let town = &self.pack.town;
        let family = self.surnames.draw(entropy)?;
        let first = one(entropy, &town.given_first)?;
        let mut second = one(entropy, &town.given_second)?;
        if first == second {
            second = one(entropy, &town.given_second)?;
        }
        Some((family, format!("{first}{second}")))
    }

    /// A name as it is written.
    pub(super) fn written(&self, family: usize, given: &str) -> String {
        let family = self.pack.town.surnames.get(family).map_or("", |name| name.value.as_str());
        format!("{family}{given}")
    }

    fn age(&self, entropy: &mut Seeded) -> Option<i32> {
        let band = self.pack.town.ages[self.ages.draw(entropy)?];
        let years = u64::from(band.until.saturating_sub(band.from)) + 1;
        i32::try_from(u64::from(band.from) + entropy.below(years)).ok()
    }

    /// The person at a place in the order of being drawn; the first are the personas.
    pub(super) fn person(&self, at: u32, entropy: &mut Seeded) -> Option<Drawn<'a>> {
        let drawn = self.age(entropy)?;
        let age = match at {
            0 => CITIZEN_AGE,
            1 => 52,
            2 => 24,
            _ => drawn,
        };
        // Somewhere within the year of that age, in days of 365.2425 a year.
        let days = i64::from(age) * 3_652_425 / 10_000
            + 20
            + i64::from(u32::try_from(entropy.below(320)).unwrap_or(0));
        let plastic = match (at, age) {
            (0, _) => true,
            (1..PERSONAS, _) => false,
            (_, 70..) => chance(entropy, 70, 100),
            (_, 60..70) => chance(entropy, 40, 100),
            _ => chance(entropy, 12, 100),
        };
        let district = &self.pack.town.districts[self.districts.draw(entropy)?];
        let (family, given) = self.name(entropy)?;
        let birth_day = self.today - i32::try_from(days).ok()?;
        Some(Drawn { family, given, age, birth_day, district: &district.code, plastic })
    }
}

/// Draws shops.
pub(super) struct Signs<'a> {
    pack: &'a Pack,
    trades: Weights,
    sales: Weights,
    districts: Weights,
    names: HashSet<String>,
    numbers: HashSet<u64>,
}

impl<'a> Signs<'a> {
    pub(super) fn new(pack: &'a Pack) -> Signs<'a> {
        let town = &pack.town;
        Signs {
            pack,
            trades: Weights::new(town.trades.iter().map(|trade| u64::from(trade.shops))),
            sales: Weights::new(town.sales.iter().map(|band| u64::from(band.weight))),
            districts: Weights::new(town.districts.iter().map(|share| u64::from(share.shops))),
            names: HashSet::new(),
            numbers: HashSet::new(),
        }
    }

    /// How many of the excluded trades there will be.
    pub(super) fn excluded(&self) -> u32 {
        let trades = self.pack.city.trades.iter().filter(|trade| trade.is_excluded()).count();
        u32::try_from(trades).unwrap_or(0) * EXCLUDED_EACH
    }

    /// The shop at a place in the order of joining: the first is the personas' (of the pack's first trade, small),
    /// each trade has one before any has two, and the last of those is of the largest size.
    pub(super) fn shop(
        &mut self,
        at: u32,
        owner: Option<PersonId>,
        entropy: &mut Seeded,
    ) -> Option<NewMerchant> {
        let pack = self.pack;
        let kinds = pack.town.trades.len();
        let place = at as usize;
        let drawn = self.trades.draw(entropy)?;
        let trade: &TownTrade = &pack.town.trades[if place < kinds { place } else { drawn }];
        let band = match self.sales.draw(entropy)? {
            _ if place == 0 => 0,
            _ if place + 1 == kinds.min(10) => pack.town.sales.len() - 1,
            band => band,
        };
        let sales = sales_within(&pack.town.sales[band], entropy);
        let known = place < kinds || !chance(entropy, 5, 100);
        let ending = one(entropy, &trade.endings)?;
        self.sign(ending, &trade.trade, known.then_some(sales), owner, entropy)
    }

    /// A shop of a trade that doesn't take the card.
    pub(super) fn excluded_shop(&mut self, at: u32, entropy: &mut Seeded) -> Option<NewMerchant> {
        let mut trades = self.pack.city.trades.iter().filter(|trade| trade.is_excluded());
        let trade = trades.nth((at / EXCLUDED_EACH) as usize)?;
        self.sign(&trade.name.ko, &trade.id, None, None, entropy)
    }

    fn sign(
        &mut self,
        ending: &str,
        trade: &str,
        sales: Option<Won>,
        owner: Option<PersonId>,
        entropy: &mut Seeded,
    ) -> Option<NewMerchant> {
        let share = self.districts.draw(entropy)?;
        let code = &self.pack.town.districts[share].code;
        Some(NewMerchant {
            name: self.name(ending, code, entropy)?,
            business_number: self.number(entropy),
            trade: trade.to_owned(),
            district: code.clone(),
            sales,
            owner,
        })
    }

    /// A second shop of a name is called by its neighbourhood too, and a third has a number.
    fn name(&mut self, ending: &str, code: &str, entropy: &mut Seeded) -> Option<String> {
        let name = format!("{}{ending}", one(entropy, &self.pack.town.shop_first)?);
        if self.names.insert(name.clone()) {
            return Some(name);
        }
        let place = self.pack.city.district(code).map_or("", |d| d.name.ko.as_str());
        let here = format!("{name} {place}점");
        if self.names.insert(here.clone()) {
            return Some(here);
        }
        (2..).map(|n| format!("{here} {n}")).find(|name| self.names.insert(name.clone()))
    }

    fn number(&mut self, entropy: &mut Seeded) -> String {
        loop {
            // Offices are numbered from 101 up, kinds of business from 01 to 79.
            let nine = (101 + entropy.below(799)) * 1_000_000
                + (1 + entropy.below(79)) * 10_000
                + entropy.below(10_000);
            if self.numbers.insert(nine) {
                let mut digits = [0u32; 9];
                let mut rest = nine;
                for digit in digits.iter_mut().rev() {
                    *digit = u32::try_from(rest % 10).unwrap_or(0);
                    rest /= 10;
                }
                return format!("{nine:09}{}", check_digit(&digits));
            }
        }
    }
}

/// Small ones are more common within a band, too.
fn sales_within(band: &SalesBand, entropy: &mut Seeded) -> Won {
    let width = (band.high.0 - band.low.0).max(0).unsigned_abs();
    let (a, b) = (entropy.below(width + 1), entropy.below(width + 1));
    let above = a.min(b).cast_signed();
    Won((band.low.0 + above / 100_000 * 100_000).clamp(band.low.0, band.high.0))
}

/// Votes for every budget whose days touch the plan's.
pub(crate) fn votes(pack: &Pack, from: Date, until: Date) -> impl Iterator<Item = Command> + '_ {
    pack.budgets
        .iter()
        .filter(move |b| b.from <= until && b.until.is_none_or(|end| from <= end) && b.amount.is_positive())
        .map(|b| Command::Vote { budget: b.id.clone(), amount: b.amount.0 })
}

/// An instant of the founding day: number `at` of `of` things spread over four hours from `hour` o'clock on.
pub(super) fn instant(plan: &Plan, zone: &Zone, hour: i8, at: u64, of: u64) -> Instant {
    let start = zone.instant(day_before(plan), hour, 0);
    let span = 4 * 3_600_000_000_i64;
    let share =
        base::share_floor(span, i64::try_from(at).unwrap_or(0), i64::try_from(of.max(1)).unwrap_or(1));
    Instant(start.0 + share.unwrap_or(0))
}

/// The pack had no names, ages or neighbourhoods to draw from; its check makes sure of them.
pub(super) fn missing(phase: Phase) -> CantRaise {
    CantRaise::Plan(format!("the pack's town has nothing to draw from: {phase:?}"))
}
