//! A city in bulk: people, shops and payments by ordinary commands, in big groups.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use base::{Actor, CardId, Client, Entropy, Instant, MerchantId, PersonId, Role, Seeded, Zone, date};
use city::clock::HandClock;
use city::open::prepare;
use city::pack::{Kept, read_folder};
use city::{CardRef, CityMemory, Command, NewCard, NewMerchant, NewPerson};
use economy::CardKind;
use economy::business_number::check_digit;
use pen::{Checkpoints, Envelope, Pen, Request, Started};
use store::{Target, WalKeeper, spawn_wal_checkpointer};

use super::Args;
use super::once::opening;

/// Commands that share a commit.
const GROUP: u64 = 8_192;
/// Shops to pay at.
const SHOPS: u64 = 3_000;
/// What everyone has on the card, in won: enough for all their payments.
const TOP_UP: i64 = 300_000;
/// All of it happens within so many seconds: a little less than the seven days that keys are remembered.
const SPAN: u64 = 7 * 86_400 - 3_600;

/// What was built.
pub struct Built {
    pub postings: u64,
    pub entries: u64,
}

struct Builder<'a> {
    args: &'a Args,
    pen: Pen<CityMemory>,
    checkpoints: Checkpoints,
    clock: Arc<HandClock>,
    begin: Instant,
    random: Seeded,
    people: Vec<(PersonId, CardId)>,
    shops: Vec<MerchantId>,
}

/// Builds a city and stops it as it would be stopped: with a checkpoint, and everything in its files.
pub fn build(args: &Args, target: &Target, folder: &Path) -> Result<Built, Box<dyn Error>> {
    let files = read_folder(&args.pack)?;
    let pack = Kept { files, scale: (1, 1) }.parse().map_err(|errors| format!("{errors:?}"))?;
    let zone = Zone::named(&pack.city.zone).ok_or("the pack's zone is not known")?;
    let begin = zone.instant(date(2021, 2, 23), 9, 0);
    let clock = Arc::new(HandClock::at(begin));
    let Started { pen, checkpoints, .. } =
        prepare(opening(target.clone(), folder, &args.pack, clock.clone(), false)?)?;
    if pen.shared().read().books.accounts() > 0 {
        return Err("the database is not empty: name a fresh one".into());
    }
    let keeper: WalKeeper = spawn_wal_checkpointer(target)?;
    let (people, shops) = (Vec::new(), Vec::new());
    let random = Seeded::new(1);
    let mut builder = Builder { args, pen, checkpoints, clock, begin, random, people, shops };
    builder.found()?;
    builder.live()?;
    let built = {
        let shared = builder.pen.shared();
        let view = shared.read();
        Built { postings: view.books.last_posting().0, entries: view.books.last_entry().0 }
    };
    drop(builder);
    keeper.stop()?;
    Ok(built)
}

impl Builder<'_> {
    /// Budgets, shops and people.
    fn found(&mut self) -> Result<(), Box<dyn Error>> {
        let pack = Arc::clone(&self.pen.shared().read().town.pack);
        for budget in &pack.budgets {
            let command = Command::Vote { budget: budget.id.clone(), amount: 1_000_000_000_000 };
            self.bulk(vec![self.envelope(Role::Officer, String::new(), command)])?;
        }
        let join = |index: u64| {
            let district = &pack.city.districts[index as usize % pack.city.districts.len()];
            let trade = &pack.city.trades[index as usize % pack.city.trades.len()];
            Command::Join(NewMerchant {
                name: format!("shop {index}"),
                business_number: business_number(index),
                trade: trade.id.clone(),
                district: district.code.clone(),
                sales: None,
                owner: None,
            })
        };
        self.in_groups(SHOPS, &mut |_, index| (Role::System, String::new(), join(index)))?;
        let enrol = |index: u64| {
            let district = &pack.city.districts[index as usize % pack.city.districts.len()];
            Command::Enrol(NewPerson {
                name: format!("person {index}"),
                phone: None,
                birth_day: None,
                district: Some(district.code.clone()),
                card: Some(NewCard { kind: CardKind::Plastic }),
            })
        };
        self.in_groups(self.args.people, &mut |_, index| (Role::System, String::new(), enrol(index)))?;
        let shared = self.pen.shared();
        let view = shared.read();
        let directory = &view.town.directory;
        self.people = directory.cards().iter().map(|card| (card.person, card.id)).collect();
        self.shops = directory.shops().iter().map(|shop| shop.id).collect();
        if self.people.len() as u64 == self.args.people && !self.shops.is_empty() {
            Ok(())
        } else {
            Err("not everyone could be enrolled".into())
        }
    }

    /// Everyone tops up; then they pay until the journal is long enough, save a checkpoint, and pay some more.
    fn live(&mut self) -> Result<(), Box<dyn Error>> {
        self.in_groups(self.args.people, &mut |builder, index| {
            let (person, _) = builder.people[index as usize];
            let command = Command::TopUp { person, amount: TOP_UP };
            (Role::Citizen(person), format!("top-up-{index:012}"), command)
        })?;
        let mut paid = 0;
        while self.entries() < self.args.entries {
            let before = self.entries();
            paid = self.pay(paid, GROUP)?;
            if self.entries() == before {
                return Err("no payment goes through: the pack's rules leave no room for so many".into());
            }
        }
        let shared = self.pen.shared();
        self.checkpoints.write::<CityMemory>(&shared)?;
        self.pay(paid, self.args.tail)?;
        Ok(())
    }

    fn pay(&mut self, paid: u64, payments: u64) -> Result<u64, Box<dyn Error>> {
        self.in_groups(payments, &mut |builder, index| {
            let at = builder.random.below(builder.people.len() as u64) as usize;
            let shop = builder.random.below(builder.shops.len() as u64) as usize;
            let amount = 1_000 + builder.random.below(9_000).cast_signed();
            let (person, card) = builder.people[at];
            let card = CardRef::Id(card);
            let command =
                Command::Pay { card, merchant: builder.shops[shop], amount, pin: None, order: None };
            (Role::Citizen(person), format!("payment-{:012}", paid + index), command)
        })?;
        Ok(paid + payments)
    }

    fn entries(&self) -> u64 {
        self.pen.shared().read().books.last_entry().0
    }

    fn in_groups(
        &mut self,
        count: u64,
        make: &mut dyn FnMut(&mut Self, u64) -> (Role, String, Command),
    ) -> Result<(), Box<dyn Error>> {
        for first in (0..count).step_by(GROUP as usize) {
            // The days pass as the journal grows.
            let passed = u128::from(SPAN) * u128::from(self.entries()) / u128::from(self.args.entries.max(1));
            let passed = i64::try_from(passed).unwrap_or(0).min(SPAN.cast_signed());
            self.clock.set(self.begin.plus_seconds(passed));
            let mut group = Vec::with_capacity(GROUP as usize);
            for index in first..count.min(first + GROUP) {
                let (role, key, command) = make(self, index);
                group.push(self.envelope(role, key, command));
            }
            self.bulk(group)?;
        }
        Ok(())
    }

    fn envelope(&self, role: Role, key: String, command: Command) -> Envelope<CityMemory> {
        let request = Request { actor: Actor::new(role, Client(1)), key, input_hash: command.input_hash() };
        Envelope { request, command, reply: None }
    }

    fn bulk(&mut self, group: Vec<Envelope<CityMemory>>) -> Result<(), Box<dyn Error>> {
        self.pen.run(group);
        if self.pen.stopped() { Err("the pen has stopped".into()) } else { Ok(()) }
    }
}

fn business_number(index: u64) -> String {
    let nine = format!("{:09}", 100_000_000 + index);
    let mut digits = [0; 9];
    for (slot, digit) in digits.iter_mut().zip(nine.bytes()) {
        *slot = u32::from(digit - b'0');
    }
    format!("{nine}{}", check_digit(&digits))
}
