//! Townsfolk who go on paying while a demo runs, at the hours of their trades: as often as this town's people do, as often as
//! somebody says, or through whole days that a clock jumps over.

use std::collections::HashMap;

use base::{Actor, Client, Entropy, Instant, MerchantId, PersonId, PostingNo, Role, Seeded, day_of_date};
use economy::{Card, CardState};
use pen::{Request, View};
use rules::CardRules;

use super::Plan;
use super::draw::chance;
use super::errands::REFUND_ONE_IN;
use super::folk::{Folk, usual_top_up};
use super::history::weekday;
use super::market::{Market, Stall};
use super::personas::Personas;
use crate::chores::{Chores, Outside};
use crate::{CardRef, CityView, Command};

/// The program in whose name their commands come.
const CLIENT: Client = Client(2);
/// After a pause nobody makes up for more than this, in microseconds of real time.
const MOST: i64 = 1_000_000;
/// What is owed is counted in millionths of a payment, as time is in microseconds.
const WHOLE: u128 = 1_000_000;
/// A day in seconds.
const DAY: u64 = 86_400;
/// A clock that hurries is not followed any further than this: payments in a second of real time.
const MOST_IN_A_SECOND: u64 = 500;
/// A small town at its own pace is quiet: at the clock's own speed it is played up to so many times as lively as it is ...
const LIVELY_TIMES: u64 = 10;
/// ... but no further than to one payment in so many seconds.
const LIVELY_SECONDS: u64 = 3;
/// Days that are jumped over have no more payments than this, so that a jump over half a year takes minutes, not an hour.
const MOST_IN_A_JUMP: u64 = 1_000_000;
/// Payments that may be taken back are remembered up to this many.
const RECENT: usize = 256;

/// How often they pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// So many payments a second of real time, over the mean of a week.
    PerSecond(u32),
    /// As often as so many people do, times the clock's speed; a little more often where that would be next to nothing.
    Life,
}

/// How often they pay at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Payments in a minute of real time.
    pub per_minute: u64,
    /// How many times as often as this town's people would by a clock that runs like the real one.
    pub times: u64,
}

/// Something one of them asks for.
pub(super) struct Asked {
    pub at: Instant,
    pub request: Request,
    pub command: Command,
    /// The payment it is, when it is one.
    pub paid: Option<(MerchantId, i64)>,
}

/// The townsfolk.
pub struct Traffic {
    entropy: Seeded,
    market: Market,
    mean: u64,
    chores: Chores,
    pace: Pace,
    /// Millionths of a payment that are due, in their present unit.
    owed: u128,
    folk: Folk,
    /// How many people and cards there were when they were counted.
    counted: (usize, usize),
    /// What people spent that the books don't say yet.
    spent: HashMap<PersonId, i64>,
    recent: Vec<(PostingNo, MerchantId, i64)>,
    seed: u64,
    serial: u64,
}

impl Traffic {
    /// At this pace in the mean; by night fewer, at noon more. The personas don't take part, though their shop is paid at.
    pub fn new(seed: u64, pace: Pace, view: &CityView, personas: &Personas) -> Traffic {
        let market = Market::new(&view.pack, view.directory.shops(), Some(personas.shop));
        Traffic {
            entropy: Seeded::new(seed),
            mean: market.mean().max(1),
            market,
            chores: Chores::new(&view.pack, view.zone.clone(), Outside::Simulated),
            pace,
            owed: 0,
            folk: Folk::living(&view.directory),
            counted: counted(view),
            spent: HashMap::new(),
            recent: Vec::new(),
            seed,
            serial: 0,
        }
    }

    /// Changes the pace.
    pub fn set_pace(&mut self, pace: Pace) {
        self.pace = pace;
    }

    /// Payments of a day, over the mean of a week.
    fn a_day(&self) -> u64 {
        Plan::a_day(self.counted.0).max(1)
    }

    /// The hour's weight beside the mean hour's: both are of one unit.
    fn weight(&self, at: Instant, view: &CityView) -> u64 {
        let zone = &view.zone;
        self.market.weight(weekday(&self.chores, zone.date(at)), usize::from(zone.hour(at)))
    }

    /// How many times as fast as life the town is played by a clock of this speed.
    fn times(&self, speed: u32) -> u64 {
        let lively = (DAY / LIVELY_SECONDS / self.a_day()).min(LIVELY_TIMES);
        let most = MOST_IN_A_SECOND * DAY / self.a_day();
        u64::from(speed).max(lively).min(most.max(1))
    }

    /// How often people pay now.
    pub fn now(&self, now: Instant, speed: u32, view: &CityView) -> Now {
        let weight = u128::from(self.weight(now, view));
        let rate = |a_day: u64| u128::from(a_day) * weight * 60 / u128::from(DAY * self.mean);
        let a_day = match self.pace {
            Pace::PerSecond(count) => u64::from(count) * DAY,
            Pace::Life => self.a_day() * self.times(speed),
        };
        Now { per_minute: u64::try_from(rate(a_day)).unwrap_or(u64::MAX), times: a_day / self.a_day() }
    }

    /// What is asked for now, by the city's clock, when so many microseconds of real time have passed since the last
    /// call (none while the city's clock stands). Top-ups come before the payments that need them. A refusal now and
    /// then is part of life: two may pay with one card at once.
    pub fn next(
        &mut self,
        now: Instant,
        passed: i64,
        speed: u32,
        view: &View<CityView>,
    ) -> Vec<(Request, Command)> {
        self.count(&view.town);
        let weight = u128::from(self.weight(now, &view.town));
        let passed = u128::from(passed.clamp(0, MOST).unsigned_abs());
        let a_day = match self.pace {
            Pace::PerSecond(count) => u128::from(count) * u128::from(DAY),
            Pace::Life => u128::from(self.a_day()) * u128::from(self.times(speed)),
        };
        self.owed += passed * a_day * weight / (u128::from(self.mean) * u128::from(DAY));
        let mut asked = Vec::new();
        self.spent.clear();
        while self.owed >= WHOLE {
            self.owed -= WHOLE;
            self.someone_pays(now, view, &mut asked);
        }
        asked.into_iter().map(|asked| (asked.request, asked.command)).collect()
    }

    /// What is asked for in some hours, or parts of hours, by the town's own life, `share` of it. What was asked for up to
    /// then is in the books.
    pub(super) fn between(
        &mut self,
        hours: &[(Instant, Instant)],
        share: Share,
        view: &View<CityView>,
    ) -> Vec<Asked> {
        self.count(&view.town);
        self.spent.clear();
        let mut asked = Vec::new();
        for hour in hours {
            self.hour(*hour, share, view, &mut asked);
        }
        asked
    }

    fn hour(
        &mut self,
        (from, to): (Instant, Instant),
        share: Share,
        view: &View<CityView>,
        asked: &mut Vec<Asked>,
    ) {
        let weight = u128::from(self.weight(from, &view.town));
        // No two days are alike.
        let day = day_of_date(view.town.zone.date(from));
        let busy = 920 + Seeded::new(self.seed ^ u64::from(day.unsigned_abs())).below(160);
        let span = to.0.saturating_sub(from.0).max(0).unsigned_abs();
        let all = u128::from(span) * u128::from(self.a_day()) * weight * u128::from(busy) / 1_000;
        self.owed += all * u128::from(share.0) / u128::from(share.1.max(1)) / u128::from(self.mean * DAY);
        let count = u64::try_from(self.owed / WHOLE).unwrap_or(0);
        self.owed %= WHOLE;
        for number in 0..count {
            let within = (number * span + self.entropy.below(span.max(1))) / count;
            let at = Instant(from.0 + i64::try_from(within).unwrap_or(0));
            self.someone_pays(at, view, asked);
            if chance(&mut self.entropy, 1, REFUND_ONE_IN) {
                self.take_back(at, asked);
            }
        }
    }

    /// A payment was made: it may be taken back.
    pub(super) fn paid(&mut self, no: PostingNo, merchant: MerchantId, amount: i64) {
        if self.recent.len() < RECENT {
            self.recent.push((no, merchant, amount));
        } else {
            let place = usize::try_from(self.entropy.below(RECENT as u64)).unwrap_or(0);
            self.recent[place] = (no, merchant, amount);
        }
    }

    /// People come and go, and cards are replaced.
    fn count(&mut self, town: &CityView) {
        if self.counted != counted(town) {
            self.counted = counted(town);
            self.folk = Folk::living(&town.directory);
        }
    }

    fn someone_pays(&mut self, at: Instant, view: &View<CityView>, asked: &mut Vec<Asked>) {
        let town = &view.town;
        let date = town.zone.date(at);
        let (weekday, hour) = (weekday(&self.chores, date), usize::from(town.zone.hour(at)));
        let Some((stall, amount)) = self.market.draw(weekday, hour, &mut self.entropy) else { return };
        let Some(rules) = town.pack.card_on(date) else { return };
        let Some((card, plastic, amount)) = self.payer(town, &stall, amount, rules) else { return };
        self.top_up(at, (&card, plastic), amount, rules, view, asked);
        let role = if plastic { Role::Till(stall.id) } else { Role::Citizen(card.person) };
        let pay =
            Command::Pay { card: CardRef::Id(card.id), merchant: stall.id, amount, pin: None, order: None };
        *self.spent.entry(card.person).or_insert(0) += amount;
        let paid = Some((stall.id, amount));
        self.ask(at, role, pay, paid, asked);
    }

    /// Who pays how much: with plastic something smaller, when only plastic is near.
    fn payer(
        &mut self,
        town: &CityView,
        stall: &Stall,
        amount: i64,
        rules: &CardRules,
    ) -> Option<(Card, bool, i64)> {
        for amount in [amount, amount.min(rules.pin_above.0)] {
            while let Some(at) = self.folk.payer(stall, amount, rules.pin_above.0, &mut self.entropy) {
                let body = self.folk.body_mut(at)?;
                match town.directory.card(CardRef::Id(body.card)) {
                    Some(card) if card.state == CardState::Active => {
                        return Some((*card, body.plastic, amount));
                    }
                    _ => body.idle = true,
                }
            }
        }
        None
    }

    fn top_up(
        &mut self,
        at: Instant,
        (card, plastic): (&Card, bool),
        amount: i64,
        rules: &CardRules,
        view: &View<CityView>,
        asked: &mut Vec<Asked>,
    ) {
        let spent = self.spent.get(&card.person).copied().unwrap_or(0);
        let (may_spend, has) = purses(view, card.person);
        let missing = amount - (may_spend - spent);
        if missing <= 0 {
            return;
        }
        let room = rules.holding_limit.0 - (has - spent);
        let usual = usual_top_up(&mut self.entropy).max(missing);
        let top_up = if usual <= room { usual } else { missing };
        let role = if plastic { Role::Clerk } else { Role::Citizen(card.person) };
        *self.spent.entry(card.person).or_insert(0) -= top_up;
        self.ask(at, role, Command::TopUp { person: card.person, amount: top_up }, None, asked);
    }

    /// A recent payment is taken back at its shop, as often as not half of it.
    fn take_back(&mut self, at: Instant, asked: &mut Vec<Asked>) {
        if self.recent.is_empty() {
            return;
        }
        let place = usize::try_from(self.entropy.below(self.recent.len() as u64)).unwrap_or(0);
        let (payment, merchant, amount) = self.recent.swap_remove(place);
        let half = (amount / 200 * 100).max(1);
        let amount = chance(&mut self.entropy, 1, 2).then_some(half);
        self.ask(at, Role::Till(merchant), Command::Refund { payment, amount }, None, asked);
    }

    fn ask(
        &mut self,
        at: Instant,
        role: Role,
        command: Command,
        paid: Option<(MerchantId, i64)>,
        asked: &mut Vec<Asked>,
    ) {
        self.serial += 1;
        // The city's clock never goes back, so a key comes once even when a demo is started anew.
        let key = format!("t-{}-{}", at.0, self.serial);
        let actor = Actor::new(role, CLIENT);
        let request = Request { actor, key, input_hash: command.input_hash() };
        asked.push(Asked { at, request, command, paid });
    }
}

/// A part of what people would pay, as numerator and denominator.
pub(super) type Share = (u64, u64);

/// The share of a jump's payments that it really has.
pub(super) fn share_of(people: usize, from: Instant, to: Instant) -> Share {
    let seconds = to.0.saturating_sub(from.0).max(0).unsigned_abs() / 1_000_000;
    let all = Plan::a_day(people) * (seconds / DAY + 1);
    (MOST_IN_A_JUMP.min(all), all.max(1))
}

fn counted(town: &CityView) -> (usize, usize) {
    (town.directory.holders().len(), town.directory.cards().len())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_of_a_large_city_has_its_share() {
        let (from, to) = (Instant(0), Instant(0).plus_seconds(127 * 86_400));
        assert_eq!(share_of(20_000, from, to), (5_714 * 128, 5_714 * 128));
        let (part, all) = share_of(650_000, from, to);
        assert_eq!(part, 1_000_000);
        assert!(all > 5_000_000, "{all}");
    }
}
