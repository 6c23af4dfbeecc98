//! Who prepays in the history: so many people, so much in all, for the pledges of associations, as the pack's town says. A
//! town too small for so many has its share of them.

use base::{Date, Entropy, Instant, MerchantId, Role, day_of_date, share_floor};
use economy::business_number::check_digit;
use pen::Shared;
use people::organisation::Member;
use rules::{Pack, TownPrepaying};
use store::{Readers, Target};

use super::CantRaise;
use super::desk::Note;
use super::draw::one;
use super::errands::Book;
use super::folk::PERSONAS;
use super::found::as_role;
use crate::on_organisations::NewBusiness;
use crate::{CityView, Command, NewPledge, OnOrganisations, OnPrepay};

/// No more of a town prepay than one in so many.
const ONE_IN: u32 = 3;
/// Every so-manieth of them does it for a pledge.
const JOINS: u32 = 3;
/// Hours of a day in which people prepay.
const HOURS: std::ops::Range<usize> = 9..18;
/// Rounds on the last evening: whoever couldn't is replaced by somebody else.
const ROUNDS: usize = 8;
/// What most people choose, in won; the campaign's bounds hold anyway.
const USUAL: [i64; 6] = [100_000, 100_000, 200_000, 200_000, 200_000, 300_000];

/// The script's own book of prepayments.
#[derive(Default)]
pub(super) struct Prepayers {
    wanted: Option<TownPrepaying>,
    /// Places of those who prepay, the next last.
    people: Vec<u32>,
    all: usize,
    /// Won that are still to be prepaid.
    won: i64,
    shops: Vec<MerchantId>,
    codes: Vec<String>,
    least: i64,
    most: i64,
}

impl Prepayers {
    /// `shops`: those that may offer it, the personas' first.
    pub(super) fn new(pack: &Pack, people: u32, shops: Vec<MerchantId>) -> Prepayers {
        let Some(wanted) = pack.town.prepaying.clone() else { return Prepayers::default() };
        let Some(programme) = pack.prepayment_on(wanted.from) else { return Prepayers::default() };
        let town = people.saturating_sub(PERSONAS);
        let count = wanted.people.min(town / ONE_IN);
        let share = |won| share_floor(won, i64::from(count), i64::from(wanted.people.max(1))).unwrap_or(0);
        let won = if count == wanted.people { wanted.won.0 } else { share(wanted.won.0) };
        let places = (0..count).map(|at| {
            let place = u64::from(at) * u64::from(town) / u64::from(count.max(1));
            PERSONAS + u32::try_from(place).unwrap_or(0)
        });
        let offering = (wanted.shops as usize).clamp(1, shops.len().max(1)).min(shops.len());
        let chosen = (0..offering).map(|at| shops[at * shops.len() / offering]).collect();
        Prepayers {
            all: count as usize,
            people: places.rev().collect(),
            won,
            shops: chosen,
            codes: Vec::new(),
            least: programme.least.0,
            most: programme.most.0,
            wanted: Some(wanted),
        }
    }

    /// What the next one pays: what people choose, such that the sum comes out with those who follow.
    fn amount(&self, drawn: i64) -> i64 {
        let others = i64::try_from(self.people.len()).unwrap_or(1) - 1;
        let (low, high) = (self.won - others * self.most, self.won - others * self.least);
        drawn.max(low.max(self.least)).min(high.min(self.most))
    }

    /// It was refused: somebody pays as much as is missing later.
    pub(super) fn refused(&mut self, person: u32, amount: i64) {
        self.people.insert(0, person);
        self.won += amount;
    }
}

/// Where what the script needs to know is read.
pub(super) struct Town<'a> {
    pub shared: &'a Shared<CityView>,
    pub target: &'a Target,
}

impl Book<'_> {
    /// What prepaying asks for at the beginning of an hour.
    pub(super) fn prepaying(
        &mut self,
        town: &Town<'_>,
        at: Instant,
        date: Date,
        hour: usize,
    ) -> Result<(), CantRaise> {
        let Some(wanted) = self.prepayers.wanted.clone() else { return Ok(()) };
        if date < wanted.from || date > wanted.until {
            return Ok(());
        }
        if date == wanted.from && hour == HOURS.start - 1 {
            self.offers(at)?;
            self.pledges(town, at, &wanted)?;
        }
        if HOURS.contains(&hour) {
            let days = day_of_date(wanted.until) - day_of_date(wanted.from) + 1;
            let day = usize::try_from(day_of_date(date) - day_of_date(wanted.from)).unwrap_or(0);
            let passed = day * HOURS.len() + (hour - HOURS.start) + 1;
            let of = usize::try_from(days).unwrap_or(1) * HOURS.len();
            let due = self.prepayers.all * passed / of.max(1);
            self.prepay_until(at, self.prepayers.all - due)?;
        }
        if date == wanted.until && hour == HOURS.end {
            for _ in 0..ROUNDS {
                self.settle()?;
                if self.prepayers.people.is_empty() {
                    break;
                }
                self.prepay_until(at, 0)?;
            }
        }
        Ok(())
    }

    fn offers(&mut self, at: Instant) -> Result<(), CantRaise> {
        for merchant in self.prepayers.shops.clone() {
            let command = Command::OnPrepay(OnPrepay::Offer { merchant });
            self.push(at, as_role(Role::Merchant(merchant)), command, Note::Other)?;
        }
        Ok(())
    }

    /// Firms are registered and belong to their associations, which pledge; employees are told the codes.
    fn pledges(&mut self, town: &Town<'_>, at: Instant, wanted: &TownPrepaying) -> Result<(), CantRaise> {
        let officer = as_role(Role::Officer);
        for pledge in &wanted.pledges {
            let broken = || CantRaise::Plan(format!("nobody is known as {}", pledge.organisation));
            let organisation = {
                let view = town.shared.read();
                view.town.directory.organisations.known_as(&pledge.organisation).map(|one| one.id)
            };
            let organisation = organisation.ok_or_else(broken)?;
            let mut numbers = Vec::new();
            for _ in 0..pledge.firms {
                let Some(firm) = self.firm(town, wanted, &numbers) else { break };
                numbers.push(firm.number.clone());
                let register = Command::OnOrganisations(OnOrganisations::Register(firm));
                self.push(at, officer, register, Note::Other)?;
            }
            self.settle()?;
            for number in numbers {
                let firm = {
                    let view = town.shared.read();
                    view.town.directory.organisations.business_numbered(&number).map(|firm| firm.id)
                };
                let Some(firm) = firm else { continue };
                let member = Member::Business(firm);
                let join = OnOrganisations::Join { organisation, member, from: None };
                self.push(at, officer, Command::OnOrganisations(join), Note::Other)?;
            }
            let (people, amount) = (pledge.people, pledge.won.0);
            let wish = NewPledge { organisation, people, amount };
            self.push(at, officer, Command::OnPrepay(OnPrepay::Pledge(wish)), Note::Other)?;
        }
        self.settle()?;
        self.prepayers.codes = Readers::open(town.target, 1)?.read(crate::prepay::read::codes)?;
        Ok(())
    }

    fn firm(&mut self, town: &Town<'_>, wanted: &TownPrepaying, taken: &[String]) -> Option<NewBusiness> {
        let name = format!(
            "{}{}",
            one(&mut self.entropy, &self.pack.town.shop_first)?,
            one(&mut self.entropy, &wanted.firm_endings)?
        );
        let trade = one(&mut self.entropy, &self.pack.town.trades)?.trade.clone();
        loop {
            let nine: [u32; 9] = std::array::from_fn(|place| {
                let least = u64::from(place == 0);
                u32::try_from(least + self.entropy.below(10 - least)).unwrap_or(1)
            });
            let check = check_digit(&nine);
            let digits = nine.iter().chain([&check]);
            let number: String = digits.map(ToString::to_string).collect();
            let view = town.shared.read();
            let known = view.town.directory.organisations.business_numbered(&number).is_some();
            if !known && !taken.contains(&number) {
                return Some(NewBusiness { number, name, trade, owner: None });
            }
        }
    }

    fn prepay_until(&mut self, at: Instant, left: usize) -> Result<(), CantRaise> {
        while self.prepayers.people.len() > left {
            let drawn = one(&mut self.entropy, &USUAL).copied().unwrap_or(100_000);
            let amount = self.prepayers.amount(drawn);
            let Some(person) = self.prepayers.people.pop() else { break };
            self.prepayers.won -= amount;
            self.prepays(at, person, amount)?;
        }
        Ok(())
    }

    fn prepays(&mut self, at: Instant, person: u32, amount: i64) -> Result<(), CantRaise> {
        let Some(id) = self.folk.body(person).map(|body| body.id) else { return Ok(()) };
        let owns = |shop: &MerchantId| self.owners.get(shop) == Some(&id);
        let place = usize::try_from(self.entropy.below(self.prepayers.shops.len() as u64)).unwrap_or(0);
        let around = self.prepayers.shops.iter().cycle().skip(place).take(self.prepayers.shops.len());
        let Some(merchant) = around.copied().find(|shop| !owns(shop)) else { return Ok(()) };
        if person.is_multiple_of(JOINS) && !self.prepayers.codes.is_empty() {
            let code = self.prepayers.codes[(person / JOINS) as usize % self.prepayers.codes.len()].clone();
            let join = OnPrepay::Join { person: id, code };
            self.push(at, as_role(Role::Citizen(id)), Command::OnPrepay(join), Note::Other)?;
        }
        // Own money for all of it.
        self.tops_up(at, person, amount, 0)?;
        let Some(body) = self.folk.body_mut(person) else { return Ok(()) };
        body.has -= amount;
        let command = Command::OnPrepay(OnPrepay::Buy { person: id, merchant, amount });
        self.push(at, as_role(Role::Citizen(id)), command, Note::Prepaid(person, amount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_comes_out_whatever_is_drawn() {
        for drawn in [100_000, 300_000, 170_000] {
            let mut book = Prepayers { least: 100_000, most: 300_000, ..Prepayers::default() };
            (book.people, book.won) = ((0..5_554).collect(), 1_007_817_035);
            let mut sum = 0;
            while !book.people.is_empty() {
                let amount = book.amount(drawn);
                assert!((100_000..=300_000).contains(&amount), "{amount}");
                book.people.pop();
                book.won -= amount;
                sum += amount;
            }
            assert_eq!((sum, book.won), (1_007_817_035, 0));
        }
    }
}
