//! Townsfolk who go on paying while a demo runs: as often as they are told to, at the hours of their trades.

use base::{Actor, Client, Entropy, Instant, PersonId, Role, Seeded};
use economy::{Card, CardKind, CardState};
use pen::{Request, View};

use super::folk::usual_top_up;
use super::history::weekday;
use super::market::Market;
use super::personas::Personas;
use crate::chores::{Chores, Outside};
use crate::{CardRef, CityView, Command};

/// The program in whose name their commands come.
const CLIENT: Client = Client(2);
/// After a pause nobody makes up for more than this, in microseconds of real time.
const MOST: i64 = 1_000_000;
/// What is owed is counted in millionths of a payment, as time is in microseconds.
const WHOLE: u128 = 1_000_000;

/// The townsfolk.
pub struct Traffic {
    entropy: Seeded,
    market: Market,
    mean: u64,
    chores: Chores,
    /// Payments in a second of real time, over the mean of a week.
    per_second: u32,
    /// Millionths of a payment that are due.
    owed: u128,
    personas: Vec<PersonId>,
    serial: u64,
}

impl Traffic {
    /// So many payments a second in the mean; by night fewer, at noon more. The personas don't take part, though
    /// their shop is paid at.
    pub fn new(seed: u64, per_second: u32, view: &CityView, personas: &Personas) -> Traffic {
        let market = Market::new(&view.pack, view.directory.shops(), Some(personas.shop));
        Traffic {
            entropy: Seeded::new(seed),
            mean: market.mean().max(1),
            market,
            chores: Chores::new(&view.pack, view.zone.clone(), Outside::Simulated),
            per_second,
            owed: 0,
            personas: vec![personas.citizen, personas.newcomer, personas.shop_owner],
            serial: 0,
        }
    }

    /// Changes the pace.
    pub fn set_per_second(&mut self, per_second: u32) {
        self.per_second = per_second;
    }

    /// What is asked for now, by the city's clock, when so many microseconds of real time have passed since the last
    /// call (none while the city's clock stands). Top-ups come before the payments that need them. A refusal now and
    /// then is part of life: two may pay with one card at once.
    pub fn next(&mut self, now: Instant, passed: i64, view: &View<CityView>) -> Vec<(Request, Command)> {
        let zone = &view.town.zone;
        let (weekday, hour) = (weekday(&self.chores, zone.date(now)), usize::from(zone.hour(now)));
        let weight = self.market.weight(weekday, hour);
        let passed = u128::from(passed.clamp(0, MOST).unsigned_abs());
        self.owed += passed * u128::from(self.per_second) * u128::from(weight) / u128::from(self.mean);
        let mut asked = Vec::new();
        while self.owed >= WHOLE {
            self.owed -= WHOLE;
            self.someone_pays(now, (weekday, hour), view, &mut asked);
        }
        asked
    }

    fn someone_pays(
        &mut self,
        now: Instant,
        (weekday, hour): (usize, usize),
        view: &View<CityView>,
        asked: &mut Vec<(Request, Command)>,
    ) {
        let town = &view.town;
        let Some((stall, amount)) = self.market.draw(weekday, hour, &mut self.entropy) else { return };
        let Some(rules) = town.pack.card_on(town.zone.date(now)) else { return };
        let Some(card) = self.card(town, stall.owner) else { return };
        let plastic = card.kind == CardKind::Plastic;
        let amount = if plastic { amount.min(rules.pin_above.0) } else { amount };
        let (may_spend, has) = purses(view, card.person);
        if may_spend < amount {
            let top_up = usual_top_up(&mut self.entropy).max(amount - may_spend);
            if has + top_up > rules.holding_limit.0 {
                return;
            }
            let role = if plastic { Role::Clerk } else { Role::Citizen(card.person) };
            self.ask(now, role, Command::TopUp { person: card.person, amount: top_up }, asked);
        }
        let role = if plastic { Role::Till(stall.id) } else { Role::Citizen(card.person) };
        let pay =
            Command::Pay { card: CardRef::Id(card.id), merchant: stall.id, amount, pin: None, order: None };
        self.ask(now, role, pay, asked);
    }

    /// A card that pays, of someone who is neither a persona nor the shop's owner.
    fn card(&mut self, town: &CityView, owner: Option<PersonId>) -> Option<Card> {
        let cards = town.directory.cards();
        (0..16).find_map(|_| {
            let at = usize::try_from(self.entropy.below(cards.len() as u64)).ok()?;
            let good = |card: &&Card| {
                card.state == CardState::Active
                    && Some(card.person) != owner
                    && !self.personas.contains(&card.person)
            };
            cards.get(at).filter(good).copied()
        })
    }

    fn ask(&mut self, now: Instant, role: Role, command: Command, asked: &mut Vec<(Request, Command)>) {
        self.serial += 1;
        // The city's clock never goes back, so a key comes once even when a demo is started anew.
        let key = format!("t-{}-{}", now.0, self.serial);
        let actor = Actor::new(role, CLIENT);
        asked.push((Request { actor, key, input_hash: command.input_hash() }, command));
    }
}

/// Won a person may spend anywhere, and all they have.
fn purses(view: &View<CityView>, person: PersonId) -> (i64, i64) {
    let Some(holder) = view.town.directory.holder(person) else { return (0, 0) };
    holder.purses().fold((0, 0), |(anywhere, all), (purpose, _, account)| {
        let balance = view.books.balance(account);
        let restricted = view.town.pack.purpose_numbered(purpose).is_none_or(|p| p.trades.is_some());
        (anywhere + if restricted { 0 } else { balance }, all + balance)
    })
}
