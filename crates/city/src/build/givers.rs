//! Who gives in the history: so many people, so much in all, and shops that apply, as the pack's town says. The way there is
//! drawn like everything else: they give all their cashback until most of the sum is together, and what is missing on the
//! last day once.

use base::{Date, Instant, MerchantId, Role, day_of_date};
use economy::facts::Payment;
use rules::{Rate, TownGiving};

use super::CantRaise;
use super::desk::Note;
use super::errands::Book;
use super::folk::PERSONAS;
use super::found::as_role;
use crate::{CardRef, Command, OnGiving};

/// Rounds of buying and giving on the last day: the first is nearly always enough.
const ROUNDS: usize = 8;
/// So many days before its last day all is given.
const EARLY: i32 = 4;
/// What is bought is rounded up to this.
const PRICE: i64 = 1_000;

/// The script's own book of gifts.
#[derive(Default)]
pub(super) struct Givers {
    wanted: Option<TownGiving>,
    /// Their places among the people.
    people: Vec<u32>,
    /// Shops that may apply.
    shops: Vec<MerchantId>,
    /// What each has in their cashback purse, as the last answer told.
    rewards: Vec<i64>,
    given: Vec<i64>,
    total: i64,
    started: bool,
    open: bool,
    done: bool,
}

impl Givers {
    pub(super) fn new(wanted: Option<TownGiving>, people: u32, shops: Vec<MerchantId>) -> Givers {
        let Some(wanted) = wanted else { return Givers::default() };
        let count = wanted.people.min(people.saturating_sub(PERSONAS));
        // Among those who pay often: three tenths of the people.
        let among = (people * 3 / 10).max(count).min(people.saturating_sub(PERSONAS));
        let people: Vec<u32> = (0..count).map(|at| PERSONAS + at * among / count.max(1)).collect();
        let (rewards, given) = (vec![0; people.len()], vec![0; people.len()]);
        Givers { wanted: Some(wanted), people, shops, rewards, given, ..Givers::default() }
    }

    fn place(&self, person: u32) -> Option<usize> {
        self.people.binary_search(&person).ok()
    }

    /// A payment of this person was heard of.
    pub(super) fn paid(&mut self, person: u32, payment: &Payment, reward: u8) {
        let Some(at) = self.place(person) else { return };
        self.rewards[at] = payment.after.iter().find(|held| held.0 == reward).map_or(0, |held| held.1);
        self.gave_at(at, payment.gift.map_or(0, |gift| gift.amount));
    }

    /// A gift of this person was heard of.
    pub(super) fn gave(&mut self, person: u32, amount: i64) {
        let Some(at) = self.place(person) else { return };
        self.rewards[at] -= amount;
        self.gave_at(at, amount);
    }

    fn gave_at(&mut self, at: usize, amount: i64) {
        self.given[at] += amount;
        self.total += amount;
    }

    /// Most of it is together: the rest is given once.
    fn enough(&self) -> bool {
        self.wanted.as_ref().is_some_and(|wanted| self.total >= wanted.won.0 / 10 * 8)
    }

    /// What each is still to give, so that the sum comes out and nobody is left out.
    fn missing(&self, least: i64) -> Vec<(usize, i64)> {
        let Some(wanted) = &self.wanted else { return Vec::new() };
        let rest = wanted.won.0 - self.total;
        let nobody = self.given.iter().filter(|given| **given == 0).count();
        let fit = usize::try_from(rest / least.max(1)).unwrap_or(0).min(self.people.len()).max(nobody);
        let mut order: Vec<usize> = (0..self.people.len()).collect();
        order.sort_by_key(|at| (self.given[*at], *at));
        order.truncate(fit);
        let count = i64::try_from(order.len()).unwrap_or(1).max(1);
        let mut left = rest;
        order
            .into_iter()
            .zip((1..=count).rev())
            .map(|(at, remaining)| {
                let amount = left / remaining;
                left -= amount;
                (at, amount)
            })
            .filter(|(_, amount)| *amount >= least)
            .collect()
    }
}

impl Book<'_> {
    /// What giving asks for at the beginning of an hour.
    pub(super) fn giving(
        &mut self,
        at: Instant,
        date: Date,
        weekday: usize,
        hour: usize,
    ) -> Result<(), CantRaise> {
        let Some(wanted) = self.givers.wanted.clone() else { return Ok(()) };
        if !self.givers.started && date >= wanted.from && date <= wanted.until {
            self.givers.started = true;
            self.givers.open = true;
            self.stand(at, Rate::WHOLE.basis_points())?;
        }
        // What is bought for it is paid out to shops before the history ends.
        let last = day_of_date(date) == day_of_date(wanted.until) - EARLY && hour == 20;
        if self.givers.open && (self.givers.enough() || last) {
            self.givers.open = false;
            self.stand(at, 0)?;
        }
        if last {
            self.give_the_rest(at, (weekday, hour))?;
            self.givers.done = true;
        }
        if date == wanted.applied && hour == 8 {
            self.shops_apply(at, &wanted)?;
        }
        Ok(())
    }

    fn stand(&mut self, at: Instant, share: i64) -> Result<(), CantRaise> {
        let purposes = self.purposes();
        for (number, person) in (0u16..).zip(self.givers.people.clone()) {
            let Some(body) = self.folk.body(person) else { continue };
            let id = body.id;
            let wish = OnGiving::Stand {
                person: id,
                share,
                purpose: if number % 4 == 3 { purposes - 1 } else { 0 },
                named: number % 3 == 0,
            };
            self.push(at, as_role(Role::Citizen(id)), Command::OnGiving(wish), Note::Other)?;
        }
        Ok(())
    }

    fn purposes(&self) -> u16 {
        let count = self.pack.giving.as_ref().map_or(1, |rules| rules.purposes.len());
        u16::try_from(count).unwrap_or(1).max(1)
    }

    /// Each buys something, and gives of the cashback that is there then.
    fn give_the_rest(&mut self, at: Instant, when: (usize, usize)) -> Result<(), CantRaise> {
        let Some(least) = self.pack.giving.as_ref().map(|rules| rules.once_least.0) else { return Ok(()) };
        let purposes = self.purposes();
        self.settle()?;
        for round in 0..ROUNDS {
            let missing = self.givers.missing(least);
            if missing.is_empty() {
                break;
            }
            for (place, amount) in missing.iter().copied() {
                let had = self.givers.rewards[place];
                if had < amount {
                    let price = ((amount - had) * 10 * (1 + i64::try_from(round).unwrap_or(0)) + had + PRICE)
                        / PRICE
                        * PRICE;
                    self.buys(at, self.givers.people[place], price, when)?;
                }
            }
            self.settle()?;
            for (place, amount) in self.givers.missing(least) {
                let person = self.givers.people[place];
                let amount = amount.min(self.givers.rewards[place]);
                let Some(body) = self.folk.body_mut(person).filter(|_| amount >= least) else { continue };
                body.has -= amount;
                let id = body.id;
                let purpose = if place % 4 == 3 { purposes - 1 } else { 0 };
                let wish = OnGiving::Once { person: id, amount, purpose, named: place % 3 == 0 };
                self.push(
                    at,
                    as_role(Role::Citizen(id)),
                    Command::OnGiving(wish),
                    Note::Gave(person, amount),
                )?;
            }
            self.settle()?;
        }
        Ok(())
    }

    fn buys(
        &mut self,
        at: Instant,
        person: u32,
        price: i64,
        (weekday, hour): (usize, usize),
    ) -> Result<(), CantRaise> {
        let owner = self.folk.body(person).map(|body| body.id);
        let stall = (0..16).find_map(|_| {
            self.market
                .draw(weekday, hour, &mut self.entropy)
                .map(|found| found.0)
                .filter(|stall| stall.owner != owner)
        });
        let (Some(stall), Some(body)) = (stall, self.folk.body(person).copied()) else { return Ok(()) };
        let role = as_role(Role::Citizen(body.id));
        if body.idle {
            let command = Command::Unfreeze { card: CardRef::Id(body.card) };
            self.push(at, role, command, Note::Thawed(person))?;
        }
        // Own money for all of it: what cashback pays earns nothing.
        self.push(
            at,
            role,
            Command::TopUp { person: body.id, amount: price },
            Note::ToppedUp(person, price),
        )?;
        let (card, merchant) = (CardRef::Id(body.card), stall.id);
        let command = Command::Pay { card, merchant, amount: price, pin: None, order: None };
        self.push(at, role, command, Note::Paid(person, price))
    }

    fn shops_apply(&mut self, at: Instant, wanted: &TownGiving) -> Result<(), CantRaise> {
        let all = self.givers.shops.len();
        let count = (wanted.shops as usize).min(all);
        for number in 0..count {
            let merchant = self.givers.shops[number * all / count];
            // Most say nothing of the share, some give more.
            let rate = [None, None, None, Some(200), None, Some(150), None, Some(300)][number % 8];
            let wish = OnGiving::Apply { merchant, rate, purpose: 0 };
            self.push(at, as_role(Role::Merchant(merchant)), Command::OnGiving(wish), Note::Other)?;
        }
        Ok(())
    }

    /// The history is over: some go on giving in the days to come.
    pub(super) fn give_on(&mut self, at: Instant) -> Result<(), CantRaise> {
        if !self.givers.done {
            return Ok(());
        }
        let people = self.givers.people.clone();
        for (number, person) in people.into_iter().step_by(3).enumerate() {
            let Some(id) = self.folk.body(person).map(|body| body.id) else { continue };
            let share = if number % 2 == 0 { 5_000 } else { 10_000 };
            let wish = OnGiving::Stand { person: id, share, purpose: 0, named: number % 3 == 0 };
            self.push(at, as_role(Role::Citizen(id)), Command::OnGiving(wish), Note::Other)?;
        }
        Ok(())
    }
}
