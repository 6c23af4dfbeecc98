//! The history: first the founding, then hour by hour who pays where.

use std::collections::VecDeque;
use std::sync::Arc;

use base::{Actor, Date, Entropy, Instant, MerchantId, Role, Seeded, Zone, date_of_day, day_of_date};
use economy::{Class, chart};
use pen::Shared;
use rules::Pack;

use super::desk::{Desk, Note};
use super::errands::Book;
use super::folk::{Folk, PERSONAS};
use super::found::{self, Registrar, Signs, as_role};
use super::givers::Givers;
use super::homes::Homes;
use super::lives::Lives;
use super::market::Market;
use super::personas::{self, PIN, Personas};
use super::prepayers::{Prepayers, Town};
use super::{CantRaise, Phase, Plan, Raised, Tally};
use crate::chores::{Chores, Outside};
use crate::payouts::{self, answer, played};
use crate::{CardRef, CityView, Command, NewCard, NewPerson, OnPayouts, Payee};

/// Writes the whole script to the desk and hears its answers.
pub(super) fn write(mut desk: Desk, town: &Town<'_>, plan: &Plan) -> Result<Raised, CantRaise> {
    let shared = town.shared;
    let (pack, zone) = {
        let view = shared.read();
        (Arc::clone(&view.town.pack), view.town.zone.clone())
    };
    if found::opens(plan, &zone) >= plan.until {
        return Err(CantRaise::Plan("a history ends after it begins".into()));
    }
    let mut entropy = Seeded::new(plan.seed);
    let ground = Ground { plan, pack: &pack, zone: &zone };
    let (owners, lives) = ground.people(&mut desk, &mut entropy)?;
    let folk = {
        let view = shared.read();
        let directory = &view.town.directory;
        if directory.holders().len() != plan.people as usize
            || directory.cards().len() != plan.people as usize
        {
            return Err(CantRaise::Broken("not everyone was taken in".into()));
        }
        Folk::new(directory.holders(), directory.cards())
    };
    ground.shops(&mut desk, &folk, &owners, &mut entropy)?;
    ground.accounts(&mut desk, shared)?;
    ground.more_cards(&mut desk, &folk)?;
    ground.lives(&mut desk, &folk, &lives)?;
    drop(lives);
    let (personas, market, shops, books) = {
        let view = shared.read();
        let shops = view.town.directory.shops();
        let personas = meet(&folk, &view.town)
            .ok_or_else(|| CantRaise::Broken("the personas were not taken in".into()))?;
        let takes_card = |shop: &&economy::Merchant| {
            shop.id != personas.shop
                && pack.city.trades.get(usize::from(shop.trade)).is_some_and(|trade| !trade.is_excluded())
        };
        let giving: Vec<MerchantId> = shops.iter().filter(takes_card).map(|shop| shop.id).collect();
        let owners = shops.iter().filter_map(|shop| Some((shop.id, shop.owner?))).collect();
        let offering = std::iter::once(personas.shop).chain(giving.iter().copied()).collect();
        let prepayers = Prepayers::new(&pack, plan.people, offering);
        let books = (Givers::new(pack.town.giving.clone(), plan.people, giving), prepayers, owners);
        (personas.clone(), Market::new(&pack, shops, Some(personas.shop)), shops.len() as u64, books)
    };
    let tally = Tally { people: u64::from(plan.people), shops, ..Tally::default() };
    let book = Book::new(desk, entropy, &pack, folk, market, (personas.clone(), books), tally);
    let tally = Days::new(&ground, book, town).write()?;
    Ok(Raised { personas, tally })
}

/// What everything is drawn from.
struct Ground<'a> {
    plan: &'a Plan,
    pack: &'a Pack,
    zone: &'a Zone,
}

fn meet(folk: &Folk, view: &CityView) -> Option<Personas> {
    let [citizen, owner, newcomer] = [0, 1, 2].map(|at| folk.body(at).copied());
    let (citizen, newcomer, shop) = (citizen?, newcomer?, view.directory.shops().first()?);
    Some(Personas {
        citizen: citizen.id,
        citizen_card: citizen.card,
        citizen_card_number: view.directory.card(CardRef::Id(citizen.card))?.number,
        newcomer: newcomer.id,
        newcomer_card: newcomer.card,
        shop: shop.id,
        shop_owner: owner?.id,
    })
}

impl Ground<'_> {
    fn until_date(&self) -> Date {
        self.zone.date(Instant(self.plan.until.0 - 1))
    }

    /// Votes, then everyone with a first card, home by home. Gives the places of those who may own shops.
    fn people(&self, desk: &mut Desk, entropy: &mut Seeded) -> Result<(Vec<u32>, Lives), CantRaise> {
        let people = self.plan.people;
        let registrar = Registrar::new(self.pack, self.until_date());
        for vote in found::votes(self.pack, self.plan.from, self.until_date()) {
            desk.push(found::opens(self.plan, self.zone), as_role(Role::Officer), vote, Some(Note::Other));
        }
        let mut homes = Homes::new(&registrar, self.pack.town.living.as_ref(), people, self.plan.seed);
        let (mut owners, mut lives, mut at) = (Vec::new(), Lives::default(), 0);
        while at < people {
            let home = homes.next(entropy).ok_or_else(|| found::missing(Phase::People))?;
            lives.add(&home, (day_of_date(found::day_before(self.plan)) - 1, homes.days()));
            for (one, _) in home.members {
                if at >= PERSONAS && one.may_own() && owners.len() < self.plan.merchants as usize / 3 {
                    owners.push(at);
                }
                let kind = one.kind();
                // Plastic is handed out at a window; on a phone people take themselves in.
                let role = if kind == economy::CardKind::Plastic { Role::Clerk } else { Role::System };
                let now = found::instant(self.plan, self.zone, 9, u64::from(at), u64::from(people));
                let person = NewPerson {
                    name: registrar.written(one.family, &one.given),
                    phone: None,
                    birth_day: Some(one.birth_day),
                    district: Some(one.district.to_owned()),
                    card: Some(NewCard { kind }),
                };
                at += 1;
                desk.report(Phase::People, u64::from(at), u64::from(people));
                desk.push(now, as_role(role), Command::Enrol(person), None);
                desk.turn()?;
            }
        }
        desk.settle()?;
        Ok((owners, lives))
    }

    /// Who lives together and what is known of them, as lists say it; then what people said themselves.
    fn lives(&self, desk: &mut Desk, folk: &Folk, lives: &Lives) -> Result<(), CantRaise> {
        /// Parts in a group: many rows in one commit, so that a page of an index is written once for many of them.
        const PARTS: usize = 64;
        let Some(living) = &self.pack.town.living else { return Ok(()) };
        let (homes, seed) = (lives.homes(), self.plan.seed);
        for ((actor, command), done) in lives.lists(folk, living, (found::day_before(self.plan), seed)) {
            let now = found::instant(self.plan, self.zone, 18, done, homes);
            desk.report(Phase::Lives, done, homes);
            desk.push(now, actor, command, Some(Note::Other));
            refuse_none(desk.turn_at(PARTS)?)?;
        }
        let late = found::instant(self.plan, self.zone, 22, 0, 1);
        for (actor, command) in lives.own(folk, living, seed) {
            desk.push(late, actor, command, Some(Note::Other));
            refuse_none(desk.turn()?)?;
        }
        refuse_none(desk.settle()?)
    }

    fn shops(
        &self,
        desk: &mut Desk,
        folk: &Folk,
        owners: &[u32],
        entropy: &mut Seeded,
    ) -> Result<(), CantRaise> {
        let mut signs = Signs::new(self.pack);
        let excluded = signs.excluded();
        let all = self.plan.merchants + excluded;
        let mut owners = owners.iter();
        for at in 0..all {
            let shop = if at < self.plan.merchants {
                let owner = match at {
                    0 => folk.body(1),
                    _ if at % 3 == 1 => owners.next().and_then(|at| folk.body(*at)),
                    _ => None,
                };
                signs.shop(at, owner.map(|body| body.id), entropy)
            } else {
                signs.excluded_shop(at - self.plan.merchants, entropy)
            };
            let shop = shop.ok_or_else(|| found::missing(Phase::Shops))?;
            let now = found::instant(self.plan, self.zone, 13, u64::from(at), u64::from(all));
            desk.report(Phase::Shops, u64::from(at) + 1, u64::from(all));
            desk.push(now, as_role(Role::Officer), Command::Join(shop), Some(Note::Other));
            refuse_none(desk.turn()?)?;
        }
        refuse_none(desk.settle()?)
    }

    /// Where each shop's payouts go: an officer has seen it.
    fn accounts(&self, desk: &mut Desk, shared: &Shared<CityView>) -> Result<(), CantRaise> {
        let shops: Vec<(MerchantId, String, String)> = {
            let view = shared.read();
            let shops = view.town.directory.shops().iter();
            shops.map(|shop| (shop.id, shop.business_number.clone(), shop.name.clone())).collect()
        };
        let banks = &self.pack.settlement.banks;
        if banks.is_empty() {
            return Ok(());
        }
        let now = found::instant(self.plan, self.zone, 15, 0, 1);
        for (at, (shop, number, name)) in shops.into_iter().enumerate() {
            let command = Command::OnPayouts(OnPayouts::SetAccount {
                payee: Payee::Shop(shop),
                bank: banks[at % banks.len()].code.clone(),
                // Ten digits that nobody else has, and a branch before them.
                number: format!("{:03}{number}", 101 + at % 800),
                holder: name.chars().take(60).collect(),
                seen: true,
            });
            desk.push(now, as_role(Role::Officer), command, Some(Note::Other));
            refuse_none(desk.turn()?)?;
        }
        refuse_none(desk.settle()?)
    }

    /// The citizen's PIN, and a second card of the other kind for one in forty.
    fn more_cards(&self, desk: &mut Desk, folk: &Folk) -> Result<(), CantRaise> {
        let five = found::instant(self.plan, self.zone, 17, 0, 1);
        if let Some(citizen) = folk.body(0) {
            let command = Command::SetPin { card: CardRef::Id(citizen.card), pin: PIN.into() };
            desk.push(five, as_role(Role::Clerk), command, Some(Note::Other));
        }
        for at in (PERSONAS..self.plan.people).step_by(40) {
            let Some(body) = folk.body(at) else { continue };
            let kind = if body.plastic { economy::CardKind::Phone } else { economy::CardKind::Plastic };
            let command = Command::IssueCard { person: body.id, card: NewCard { kind } };
            desk.push(five, as_role(Role::Clerk), command, Some(Note::Other));
            refuse_none(desk.turn()?)?;
        }
        refuse_none(desk.settle()?)
    }
}

/// Founding is planned to the last name: a refusal there is a mistake.
fn refuse_none(heard: Vec<(Note, pen::Outcome<crate::Reply>)>) -> Result<(), CantRaise> {
    match heard.into_iter().find_map(|(_, outcome)| outcome.err()) {
        Some(failure) => Err(CantRaise::Broken(format!("{failure:?}"))),
        None => Ok(()),
    }
}

/// An hour of the history.
#[derive(Clone, Copy)]
struct Hour {
    date: Date,
    /// Monday is 0; a day off counts as a Sunday.
    weekday: usize,
    hour: usize,
    start: Instant,
    /// The share of all payments, relative to the other hours.
    weight: u64,
}

/// The days of the history.
struct Days<'a> {
    ground: &'a Ground<'a>,
    town: &'a Town<'a>,
    book: Book<'a>,
    chores: Chores,
    hours: Vec<Hour>,
    deeds: VecDeque<(Instant, personas::Deed)>,
}

const HOUR: i64 = 3_600_000_000;

impl<'a> Days<'a> {
    fn new(ground: &'a Ground<'a>, mut book: Book<'a>, town: &'a Town<'a>) -> Days<'a> {
        let Ground { plan, pack, zone } = ground;
        let chores = Chores::new(pack, (*zone).clone(), Outside::Simulated);
        let (first, last) = (day_of_date(plan.from), day_of_date(ground.until_date()));
        let mut hours = Vec::new();
        for day in first..=last {
            let date = date_of_day(day);
            let weekday = weekday(&chores, date);
            // The card comes into use little by little, and no two days are alike.
            let busy = 850 + 300 * (day - first).unsigned_abs() / (last - first + 1).unsigned_abs();
            let busy = u64::from(busy) + book.entropy.below(160);
            for hour in 0..24i8 {
                let start = zone.instant(date, hour, 0);
                if start < plan.until {
                    let hour = usize::from(hour.unsigned_abs());
                    let weight = book.market.weight(weekday, hour) * busy;
                    hours.push(Hour { date, weekday, hour, start, weight });
                }
            }
        }
        let start = zone.instant(plan.from, 0, 0);
        Days { ground, town, book, chores, hours, deeds: personas::deeds(start, plan.until).into() }
    }

    fn write(mut self) -> Result<Tally, CantRaise> {
        let planned = self.ground.plan.payments(self.ground.zone);
        let all: u128 = self.hours.iter().map(|hour| u128::from(hour.weight)).sum::<u128>().max(1);
        let (mut passed, mut done) = (0u128, 0u64);
        let mut day = None;
        for hour in std::mem::take(&mut self.hours) {
            passed += u128::from(hour.weight);
            let due = u64::try_from(u128::from(planned) * passed / all).unwrap_or(0);
            if day.replace(hour.date) != Some(hour.date) {
                self.book.new_day(hour.date);
            }
            for chore in self.chores.by_the_clock(Some(Instant(hour.start.0 - HOUR)), hour.start) {
                self.book.chore(hour.start, &chore.command);
                if matches!(chore.command, Command::OnPayouts(OnPayouts::Send { .. })) {
                    self.bank(hour.start, hour.date)?;
                }
            }
            if hour.hour == 11 {
                self.book.lost_and_frozen(hour.start, planned_part(self.ground.plan, self.days()))?;
            }
            self.book.prepaying(self.town, hour.start, hour.date, hour.hour)?;
            self.book.giving(hour.start, hour.date, hour.weekday, hour.hour)?;
            self.payments(hour, due - done)?;
            done = due;
            self.book.desk.report(Phase::History, done, planned);
        }
        self.book.give_on(Instant(self.ground.plan.until.0 - 1_000_000))?;
        self.book.close()
    }

    /// The bank carries out what it was sent, and says so in a file like a bank's.
    fn bank(&mut self, at: Instant, day: Date) -> Result<(), CantRaise> {
        let Some(trust) = &self.ground.pack.settlement.trust else { return Ok(()) };
        self.book.hear_all()?;
        let (payments, opened, file) = {
            let view = self.town.shared.read();
            let payouts = &view.town.payouts;
            let sent = payouts.open.iter().filter(|(_, payout)| payout.file.is_some());
            let payments: Vec<_> =
                sent.map(|(no, payout)| (payouts::end_to_end(*no), payout.amount)).collect();
            (payments, view.books.balance_of(&chart::scheme(Class::BankTrust).key), payouts.files)
        };
        if payments.is_empty() {
            return Ok(());
        }
        let id = payouts::message(file);
        let message = played::statement(trust, &id, day, opened, payments.into_iter());
        let text = bank::camt053::write(&message, at);
        let understood = answer::understand(text.as_bytes(), Some(trust), &mut |_| Ok(Vec::new()))
            .map_err(|why| CantRaise::Broken(why.to_string()))?;
        for (_, command) in understood.parts() {
            self.book.desk.push(at, Actor::SYSTEM, command, Some(Note::Other));
        }
        Ok(())
    }

    fn days(&self) -> u32 {
        let plan = self.ground.plan;
        (day_of_date(self.ground.until_date()) - day_of_date(plan.from) + 1).unsigned_abs()
    }

    /// The hour's payments, one after the other, and between them what the personas do.
    fn payments(&mut self, hour: Hour, count: u64) -> Result<(), CantRaise> {
        let end = Instant((hour.start.0 + HOUR).min(self.ground.plan.until.0));
        let span = (end.0 - hour.start.0).max(0).unsigned_abs();
        for number in 0..count {
            let within = (number * span + self.book.entropy.below(span.max(1))) / count;
            let at = Instant(hour.start.0 + i64::try_from(within).unwrap_or(0));
            self.deeds_until(at)?;
            self.book.someone_pays(at, hour.weekday, hour.hour)?;
        }
        self.deeds_until(end)
    }

    fn deeds_until(&mut self, end: Instant) -> Result<(), CantRaise> {
        while let Some((at, deed)) = self.deeds.front().copied().filter(|(at, _)| *at < end) {
            self.deeds.pop_front();
            self.book.deed(at, deed)?;
        }
        Ok(())
    }
}

/// The weekday whose hours hold: a day off is like a Sunday.
pub(super) fn weekday(chores: &Chores, date: Date) -> usize {
    if chores.holidays().is_holiday(date) {
        return 6;
    }
    usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())
}

/// Cards lost a day, and cards frozen a day, as (numerator, denominator): over the whole history one person in a
/// hundred, and one in two hundred.
fn planned_part(plan: &Plan, days: u32) -> [(u64, u64); 2] {
    let (people, days) = (u64::from(plan.people), u64::from(days.max(1)));
    [(people, 100 * days), (people, 200 * days)]
}
