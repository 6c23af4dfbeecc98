//! What people of the history do, one by one, and what is learnt from the answers.

use std::collections::{HashMap, VecDeque};

use base::{Actor, Date, Entropy, Instant, MerchantId, PersonId, PostingNo, Role, Seeded, day_of_date};
use economy::Facts;
use pen::{Failure, Outcome, Recorded};
use rules::{Pack, Purpose};

use super::desk::{Desk, Note};
use super::draw::chance;
use super::folk::{Folk, PERSONAS, usual_top_up};
use super::found::as_role;
use super::givers::Givers;
use super::market::{Market, Stall};
use super::personas::{CITIZEN_HAS, Deed, Personas};
use super::prepayers::Prepayers;
use super::{CantRaise, Tally};
use crate::{CardRef, Command, Reply};

/// One payment in so many is taken back.
pub(super) const REFUND_ONE_IN: u64 = 100;
/// Payments that may be taken back are remembered up to this many.
const RECENT: usize = 256;
/// What is put on is rounded up to this.
const NOTE: i64 = 10_000;
/// The citizen's place among the people.
const CITIZEN: u32 = 0;

/// A payment that may be taken back.
#[derive(Clone, Copy)]
struct Paid {
    no: PostingNo,
    person: u32,
    merchant: MerchantId,
    amount: i64,
}

/// The script's own book: who has what, what was paid lately, what was refused.
pub(super) struct Book<'a> {
    pub desk: Desk,
    pub entropy: Seeded,
    pub market: Market,
    pub pack: &'a Pack,
    pub folk: Folk,
    pub givers: Givers,
    pub prepayers: Prepayers,
    /// Whose shops are whose.
    pub owners: HashMap<MerchantId, PersonId>,
    personas: Personas,
    tally: Tally,
    recent: Vec<Paid>,
    frozen: VecDeque<(i32, u32)>,
    /// Parts of a lost and of a frozen card that are left of the days before.
    left: [u64; 2],
    day: i32,
    pin_above: i64,
    holding_limit: i64,
    /// The number of the cashback purpose.
    reward: u8,
}

/// Who gives, who prepays, and who owns which shop.
pub(super) type Books = (Givers, Prepayers, HashMap<MerchantId, PersonId>);

impl<'a> Book<'a> {
    pub(super) fn new(
        desk: Desk,
        entropy: Seeded,
        pack: &'a Pack,
        folk: Folk,
        market: Market,
        (personas, (givers, prepayers, owners)): (Personas, Books),
        tally: Tally,
    ) -> Book<'a> {
        Book {
            desk,
            entropy,
            market,
            pack,
            folk,
            givers,
            prepayers,
            owners,
            personas,
            tally,
            recent: Vec::with_capacity(RECENT),
            frozen: VecDeque::new(),
            left: [0, 0],
            day: 0,
            pin_above: 0,
            holding_limit: 0,
            reward: pack.purpose(Purpose::REWARD).map_or(0, |purpose| purpose.number),
        }
    }

    /// The rules of the day that people keep in mind.
    pub(super) fn new_day(&mut self, date: Date) {
        self.day = day_of_date(date);
        if let Some(rules) = self.pack.card_on(date) {
            self.pin_above = rules.pin_above.0;
            self.holding_limit = rules.holding_limit.0;
        }
    }

    pub(super) fn push(
        &mut self,
        at: Instant,
        actor: Actor,
        command: Command,
        note: Note,
    ) -> Result<(), CantRaise> {
        self.desk.push(at, actor, command, Some(note));
        let heard = self.desk.turn()?;
        self.learn(heard)
    }

    /// Hands everything in and hears all of it.
    pub(super) fn settle(&mut self) -> Result<(), CantRaise> {
        let heard = self.desk.settle()?;
        self.learn(heard)
    }

    /// Hands everything in: then the readers' view stands where the script does.
    pub(super) fn hear_all(&mut self) -> Result<(), CantRaise> {
        self.settle()
    }

    /// The end of the history.
    pub(super) fn close(mut self) -> Result<Tally, CantRaise> {
        self.settle()?;
        Ok(self.tally)
    }

    /// One of the machinery's chores: batches are written out, since the number of shops is known.
    pub(super) fn chore(&mut self, at: Instant, chore: &Command) {
        match chore {
            // Nobody reserves anything in the history, and it is too short for money to expire.
            Command::Sweep { .. } | Command::Expire { .. } => {}
            // Claims of the history live longer than it.
            Command::OnPrepay(_) => {}
            Command::Settle { at_most, .. } => {
                let shops = u32::try_from(self.tally.shops).unwrap_or(u32::MAX);
                for from in (0..shops).step_by((*at_most).max(1) as usize) {
                    let batch = Command::Settle { from, at_most: *at_most };
                    self.desk.push(at, Actor::SYSTEM, batch, Some(Note::Other));
                }
            }
            other => self.desk.push(at, Actor::SYSTEM, other.clone(), Some(Note::Other)),
        }
    }

    /// Someone pays somewhere, and now and then something is taken back.
    pub(super) fn someone_pays(&mut self, at: Instant, weekday: usize, hour: usize) -> Result<(), CantRaise> {
        let Some((stall, amount)) = self.market.draw(weekday, hour, &mut self.entropy) else { return Ok(()) };
        self.sale(at, &stall, amount)?;
        if chance(&mut self.entropy, 1, REFUND_ONE_IN) { self.take_back(at) } else { Ok(()) }
    }

    fn sale(&mut self, at: Instant, stall: &Stall, amount: i64) -> Result<(), CantRaise> {
        let found = self.folk.payer(stall, amount, self.pin_above, &mut self.entropy);
        let (amount, found) = match found {
            Some(person) => (amount, Some(person)),
            // Only plastic was near: something smaller, then.
            None => {
                let smaller = amount.min(self.pin_above);
                (smaller, self.folk.payer(stall, smaller, self.pin_above, &mut self.entropy))
            }
        };
        found.map_or(Ok(()), |person| self.pays(at, person, stall.id, amount))
    }

    /// A person pays, after topping up if need be.
    fn pays(&mut self, at: Instant, person: u32, shop: MerchantId, amount: i64) -> Result<(), CantRaise> {
        let missing = amount - self.folk.body(person).map_or(0, |body| body.has);
        if missing > 0 {
            // The citizen puts on little at a time, so that the last day comes out as told.
            let usual = if person == CITIZEN { 5 * NOTE } else { usual_top_up(&mut self.entropy) };
            self.tops_up(at, person, missing, usual)?;
        }
        let Some(body) = self.folk.body_mut(person) else { return Ok(()) };
        body.has -= amount;
        // A phone asks for itself; plastic is shown at the till.
        let role = if body.plastic { Role::Till(shop) } else { Role::Citizen(body.id) };
        let command =
            Command::Pay { card: CardRef::Id(body.card), merchant: shop, amount, pin: None, order: None };
        self.push(at, as_role(role), command, Note::Paid(person, amount))
    }

    /// At least this much more, usually what is usual, never above what may be held.
    pub(super) fn tops_up(
        &mut self,
        at: Instant,
        person: u32,
        least: i64,
        usual: i64,
    ) -> Result<(), CantRaise> {
        let Some(body) = self.folk.body_mut(person) else { return Ok(()) };
        let least = (least + NOTE - 1) / NOTE * NOTE;
        // A tenth is kept free for cashback that was not heard of yet.
        let room = self.holding_limit / 10 * 9 - body.has;
        let amount = if usual <= room { usual.max(least) } else { least };
        body.has += amount;
        let role = if body.plastic { Role::Clerk } else { Role::Citizen(body.id) };
        let command = Command::TopUp { person: body.id, amount };
        self.push(at, as_role(role), command, Note::ToppedUp(person, amount))
    }

    /// A recent payment is taken back at its shop, as often as not half of it.
    fn take_back(&mut self, at: Instant) -> Result<(), CantRaise> {
        if self.recent.is_empty() {
            return Ok(());
        }
        let place = usize::try_from(self.entropy.below(self.recent.len() as u64)).unwrap_or(0);
        let paid = self.recent.swap_remove(place);
        let half = (paid.amount / 200 * 100).max(1);
        let amount = chance(&mut self.entropy, 1, 2).then_some(half);
        let command = Command::Refund { payment: paid.no, amount };
        self.push(at, as_role(Role::Till(paid.merchant)), command, Note::Refunded(paid.person))
    }

    /// The day's lost and frozen cards, as shares of one a day; what was frozen two days ago mostly pays again.
    pub(super) fn lost_and_frozen(&mut self, at: Instant, shares: [(u64, u64); 2]) -> Result<(), CantRaise> {
        for (kind, (share, of)) in shares.into_iter().enumerate() {
            self.left[kind] += share;
            while self.left[kind] >= of {
                self.left[kind] -= of;
                if let Some(person) = self.folk.anyone(&mut self.entropy) {
                    self.stops(at, person, kind == 0)?;
                }
            }
        }
        while let Some((_, person)) = self.frozen.pop_front_if(|(day, _)| *day + 2 <= self.day) {
            if chance(&mut self.entropy, 3, 4) {
                let Some(body) = self.folk.body(person) else { continue };
                let command = Command::Unfreeze { card: CardRef::Id(body.card) };
                self.push(at, as_role(Role::Clerk), command, Note::Thawed(person))?;
            }
        }
        Ok(())
    }

    fn stops(&mut self, at: Instant, person: u32, lost: bool) -> Result<(), CantRaise> {
        let Some(body) = self.folk.body_mut(person) else { return Ok(()) };
        body.idle = true;
        let card = CardRef::Id(body.card);
        if lost {
            return self.push(at, as_role(Role::Clerk), Command::Replace { card }, Note::Replaced(person));
        }
        self.frozen.push_back((self.day, person));
        let role = if body.plastic { Role::Clerk } else { Role::Citizen(body.id) };
        self.push(at, as_role(role), Command::Freeze { card }, Note::Other)
    }

    /// What a persona does.
    pub(super) fn deed(&mut self, at: Instant, deed: Deed) -> Result<(), CantRaise> {
        let shop = self.personas.shop;
        match deed {
            Deed::Shopping => match self.market.draw_first(shop, &mut self.entropy) {
                Some((stall, amount)) => self.pays(at, CITIZEN, stall.id, amount.min(self.pin_above)),
                None => Ok(()),
            },
            Deed::ShoppingHere => {
                let amount = self.market.first_price(&mut self.entropy).min(self.pin_above);
                self.pays(at, CITIZEN, shop, amount)
            }
            Deed::Fill => {
                self.settle()?;
                let missing = CITIZEN_HAS + NOTE / 2 - self.folk.body(CITIZEN).map_or(0, |body| body.has);
                if missing > 0 { self.tops_up(at, CITIZEN, missing, 0) } else { Ok(()) }
            }
            Deed::Level => {
                self.settle()?;
                // About a tenth of it comes back.
                let over = self.folk.body(CITIZEN).map_or(0, |body| body.has) - CITIZEN_HAS;
                let amount = (over * 10 / 9 / 100 * 100).min(self.pin_above);
                if amount >= 1_000 { self.pays(at, CITIZEN, shop, amount) } else { Ok(()) }
            }
            Deed::Sale => {
                let amount = self.market.first_price(&mut self.entropy);
                let owner = Some(self.personas.shop_owner);
                self.sale(at, &Stall { id: shop, owner, district: u8::MAX }, amount)
            }
        }
    }

    fn learn(&mut self, heard: Vec<(Note, Outcome<Reply>)>) -> Result<(), CantRaise> {
        for (note, outcome) in heard {
            match outcome {
                Ok(Reply::Counted(refusal)) | Err(Failure::Refused(refusal)) => {
                    *self.tally.refused.entry(refusal.code).or_insert(0) += 1;
                    self.refused(note);
                }
                Ok(reply) => self.accepted(note, &reply),
                Err(failure) => return Err(CantRaise::Broken(format!("{failure:?}"))),
            }
        }
        Ok(())
    }

    fn accepted(&mut self, note: Note, reply: &Reply) {
        let Reply::Done { recorded, facts, .. } = reply else { return };
        let person = match note {
            Note::Paid(person, _) | Note::ToppedUp(person, _) => person,
            Note::Refunded(person) | Note::Replaced(person) | Note::Thawed(person) => person,
            Note::Prepaid(person, _) => person,
            Note::Gave(person, amount) => return self.givers.gave(person, amount),
            Note::Other => return,
        };
        let Some(body) = self.folk.body_mut(person) else { return };
        match (note, facts) {
            (_, Facts::Pay(payment)) => {
                body.has += payment.cashback.reward - payment.gift.map_or(0, |gift| gift.amount);
                self.givers.paid(person, payment, self.reward);
                self.tally.payments += 1;
                self.tally.paid += payment.amount;
                self.tally.reward += payment.cashback.reward;
                // What was given of it stays given.
                if let (Recorded::Posting(no), None) = (*recorded, payment.gift) {
                    self.remember(Paid { no, person, merchant: payment.merchant, amount: payment.amount });
                }
            }
            (_, Facts::TopUp(top_up)) => {
                body.has += top_up.cashback.reward;
                self.tally.top_ups += 1;
                self.tally.reward += top_up.cashback.reward;
            }
            (_, Facts::Refund(refund)) => {
                body.has += refund.amount - refund.reward;
                self.tally.refunds += 1;
                self.tally.reward -= refund.reward;
            }
            (_, Facts::Prepay(facts)) => {
                body.has += facts.reward_change();
                self.tally.reward += facts.reward_change();
            }
            (Note::Replaced(_), Facts::Card { card, .. }) => {
                body.card = *card;
                body.idle = false;
            }
            (Note::Thawed(_), _) => body.idle = false,
            _ => {}
        }
    }

    /// What was counted on didn't happen.
    fn refused(&mut self, note: Note) {
        let (person, back) = match note {
            Note::Paid(person, amount) => (person, amount),
            Note::ToppedUp(person, amount) => (person, -amount),
            Note::Gave(person, amount) => (person, amount),
            Note::Prepaid(person, amount) => {
                self.prepayers.refused(person, amount);
                (person, amount)
            }
            _ => return,
        };
        if let Some(body) = self.folk.body_mut(person) {
            body.has += back;
        }
    }

    fn remember(&mut self, paid: Paid) {
        if paid.person < PERSONAS {
            return;
        }
        if self.recent.len() < RECENT {
            self.recent.push(paid);
        } else {
            let place = usize::try_from(self.entropy.below(RECENT as u64)).unwrap_or(0);
            self.recent[place] = paid;
        }
    }
}
