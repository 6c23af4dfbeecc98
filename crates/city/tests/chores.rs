//! The city's own machinery in earnest: shops are paid out once a business day over any number of starts, what fell
//! due while no server ran is done when one starts, and nothing is said in the bank's or the city hall's name.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::time::Duration;

use base::{Actor, CardId, Client, Instant, MerchantId, PersonId, Role, Zone, date};
use city::chores::{Chores, Done, Keeper, Outside};
use city::open::{CantOpen, City};
use city::{CardRef, Command, Reply};
use common::{Live, TestCity, count, opening};
use economy::{Class, chart};
use pen::{Failure, Request};
use testkit::{Place, wait_for};

fn at(month: i8, day: i8, hour: i8, minute: i8) -> Instant {
    Zone::named("Asia/Seoul").unwrap().instant(date(2021, month, day), hour, minute)
}

/// One and the same server, until it is started anew.
struct Served {
    live: Live,
    keeper: Keeper,
    keys: u32,
}

impl Served {
    fn of(city: TestCity) -> Served {
        let live = city.live();
        Served { keeper: Keeper::in_earnest(&live.city), live, keys: 0 }
    }

    fn started_anew(self) -> Served {
        let Served { live: Live { city, clock, target, place, folder }, keys, .. } = self;
        city.close().unwrap();
        // PostgreSQL may need a moment to let go of the first one's lock.
        let city = wait_for("the leader lock", Duration::from_secs(10), || {
            let again = opening(target.clone(), folder.path(), clock.clone(), u64::from(keys) + 9);
            match City::open(again) {
                Err(CantOpen::Store(store::Error::LeaderAlive)) => None,
                opened => Some(opened.unwrap()),
            }
        });
        Served { keeper: Keeper::in_earnest(&city), live: Live { city, clock, target, place, folder }, keys }
    }

    fn look(&mut self, at: Instant) -> Done {
        self.live.clock.set(at);
        let done = self.keeper.look(&self.live.city);
        assert_eq!((&done.broken, done.refused), (&None, 0));
        done
    }

    fn ask(&mut self, role: Role, command: Command) -> Result<Reply, Failure> {
        self.keys += 1;
        let actor = Actor::new(role, Client(77));
        let request =
            Request { actor, key: format!("asked-{}", self.keys), input_hash: command.input_hash() };
        self.live.city.ask_waiting(request, command)
    }

    fn pay(&mut self, who: (PersonId, CardId), merchant: MerchantId, amount: i64) {
        let card = CardRef::Id(who.1);
        let pay = Command::Pay { card, merchant, amount, pin: None, order: None };
        self.ask(Role::Citizen(who.0), pay).unwrap();
    }

    fn scheme(&self, class: Class) -> i64 {
        self.live.city.shared.read().books.balance_of(&chart::scheme(class).key)
    }

    fn payable(&self, shop: MerchantId) -> i64 {
        self.live.city.shared.read().books.balance_of(&chart::payable(shop).key)
    }

    fn postings(&self) -> u64 {
        self.live.city.shared.read().books.last_posting().0
    }

    fn add_up(&self) {
        count(&self.live.target, &self.live.city.shared.read().books);
    }
}

#[test]
fn days_of_a_served_city() {
    for engine in testkit::engines() {
        let mut city = TestCity::new(Place::fresh(engine));
        city.vote("cashback-2021", 1_000_000);
        let who = city.person();
        city.top_up(who.0, 300_000);
        let shop = city.shop("124-81-00998", "restaurant");
        let mut served = Served::of(city);

        // The first look of all: nothing was ever done.
        assert_eq!(served.look(at(2, 23, 9, 30)).carried_out, 3, "settle, sweep, expire");
        served.pay(who, shop, 50_000);
        let card = CardRef::Id(who.1);
        let hold = Command::Authorise { card, merchant: shop, amount: 20_000, pin: None };
        served.ask(Role::Till(shop), hold).unwrap();
        // Started anew on the same day: paid out once a day is paid out.
        let mut served = served.started_anew();
        assert_eq!(served.look(at(2, 23, 15, 0)).carried_out, 3);
        assert_eq!(served.look(at(2, 23, 15, 0)).carried_out, 0);
        assert_eq!(served.look(at(2, 24, 8, 59)).carried_out, 2, "no settlement yet");
        assert_eq!((served.payable(shop), served.scheme(Class::PayoutSent)), (50_000, 0));
        assert_eq!(served.look(at(2, 24, 9, 0)).carried_out, 2, "settle, sweep");
        assert_eq!((served.payable(shop), served.scheme(Class::PayoutSent)), (0, 50_000));
        served.look(at(2, 25, 9, 0));

        // Off over a weekend and a holiday.
        served.look(at(2, 26, 15, 0));
        served.pay(who, shop, 10_000);
        assert_eq!(served.live.city.shared.read().town.open.holds.len(), 1);
        let mut served = served.started_anew();
        served.look(at(3, 1, 12, 0));
        assert_eq!(served.payable(shop), 10_000, "Friday was done, and Monday is a holiday");
        let mut served = served.started_anew();
        served.look(at(3, 2, 11, 30));
        assert_eq!((served.payable(shop), served.scheme(Class::PayoutSent)), (0, 60_000));
        assert!(served.live.city.shared.read().town.open.holds.is_empty(), "its seven days are over");
        let postings = served.postings();
        let mut served = served.started_anew();
        served.look(at(3, 2, 11, 40));
        assert_eq!(served.postings(), postings, "nothing is done twice");

        // The bank and the city hall speak for themselves.
        assert_eq!(served.scheme(Class::TreasuryDue), 6_000);
        let voted = chart::budget(Class::BudgetVoted, "cashback-2021").key;
        assert_eq!(served.live.city.shared.read().books.balance_of(&voted), 1_000_000);
        let send = || Command::OnPayouts(city::OnPayouts::Send { upto: None });
        served.ask(Role::Officer, send()).unwrap();
        assert_eq!(served.scheme(Class::PayoutSent), 60_000, "with the bank, which hasn't said anything");
        assert_eq!(served.live.city.shared.read().town.payouts.sent(), (2, 60_000));
        assert!(served.ask(Role::Officer, send()).is_err(), "nothing waits any more");
        served.add_up();
    }
}

/// The business number of a shop.
fn business_number(of: u64) -> String {
    let nine = 100_000_000 + of;
    (0..10)
        .map(|check| (nine * 10 + check).to_string())
        .find(|number| economy::business_number::parse(number).is_some())
        .unwrap()
}

#[test]
fn a_settlement_cut_off_in_the_middle_goes_on_where_it_was() {
    for engine in testkit::engines() {
        let mut city = TestCity::new(Place::fresh(engine));
        let who = city.person();
        city.top_up(who.0, 1_000_000);
        let shops: Vec<MerchantId> =
            (0..300).map(|of| city.shop(&business_number(of), "restaurant")).collect();
        let mut served = Served::of(city);
        served.look(at(2, 23, 9, 30));
        for shop in &shops {
            served.pay(who, *shop, 1_000);
        }
        served.live.clock.set(at(2, 24, 9, 0));
        // The first batch of the morning, and the power goes.
        let first = {
            let view = served.live.city.shared.read();
            let chores = Chores::new(&view.town.pack, view.town.zone.clone(), Outside::InEarnest);
            chores.by_the_clock(Some(at(2, 24, 8, 0)), at(2, 24, 9, 0)).remove(0)
        };
        let input_hash = first.command.input_hash();
        let request = Request { actor: Actor::SYSTEM, key: first.key(), input_hash };
        let batch = served.live.city.ask_waiting(request, first.command).unwrap();
        assert_eq!(batch, Reply::Batch { done: 256, next: Some(256) });
        let mut served = served.started_anew();
        served.pay(who, shops[0], 700);
        served.look(at(2, 24, 9, 20));
        assert_eq!(served.payable(shops[0]), 700, "sold after the payout: for tomorrow");
        assert!(shops[1..].iter().all(|shop| served.payable(*shop) == 0));
        assert_eq!(served.scheme(Class::PayoutSent), 300_000);
        served.add_up();
    }
}

#[test]
fn purses_five_years_old_are_tidied_once() {
    let zone = Zone::named("Asia/Seoul").unwrap();
    for engine in testkit::engines() {
        let mut city = TestCity::new(Place::fresh(engine));
        city.vote("cashback-2021", 10_000_000);
        // More than one batch of them, and one who topped up a month later.
        let people = city.people(300, 10_000);
        let shop = city.shop("124-81-00998", "restaurant");
        city.on(2021, 3, 2);
        let late = city.person();
        city.top_up(late.0, 7_000);
        city.pay(people[0], shop, 4_000).unwrap();
        let mut served = Served::of(city);
        let valid = |served: &Served, who: PersonId| -> i64 {
            let view = served.live.city.shared.read();
            let holder = view.town.directory.holder(who).unwrap();
            holder.purses().map(|(.., account)| view.books.balance(account)).sum()
        };

        served.look(zone.instant(date(2026, 2, 28), 23, 59));
        assert_eq!(served.scheme(Class::Expired), 0, "good to the last minute");
        assert_eq!(served.look(zone.instant(date(2026, 3, 1), 0, 0)).carried_out, 3, "sweep, two batches");
        // 300 × 10,000 less what was paid; the 400 of cashback are of March, as is the late top-up.
        assert_eq!(served.scheme(Class::Expired), 2_996_000);
        assert_eq!((valid(&served, people[0].0), valid(&served, people[299].0)), (400, 0));
        assert_eq!(valid(&served, late.0), 7_000);
        served.add_up();

        let postings = served.postings();
        let mut served = served.started_anew();
        served.look(zone.instant(date(2026, 3, 31), 23, 0));
        assert_eq!(served.scheme(Class::Expired), 2_996_000, "once");
        assert!(served.postings() <= postings + 1, "nothing but the shop's payout");
        served.look(zone.instant(date(2026, 4, 1), 1, 0));
        assert_eq!(served.scheme(Class::Expired), 3_003_400);
        served.add_up();
    }
}
