//! Good prepayment as the city announced it: 5,554 people, 1,007,817,035 won by 9 February; and a shop that closes with
//! 37 open claims.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{CardId, MerchantId, OrganisationId, PersonId, Role, date};
use city::prepay::read::{Board, board, of_person, of_shop};
use city::verify::{Wrong, recount};
use city::{CardRef, Command, NewBusiness, NewPledge, OnGiving, OnOrganisations, OnPrepay, Reply};
use common::{TestCity, count, facts, posting, refusal, request};
use economy::facts::{Ended, Payment, PrepayFacts, Prepayment, Why};
use economy::{Class, Facts, chart};
use ledger::Account;
use people::organisation::Member;
use store::Readers;

const PEOPLE: usize = 5_554;
const WON: i64 = 1_007_817_035;
const GUARANTEE: &str = "guarantee-prepay-2021";

impl TestCity {
    fn balance(&self, account: Account) -> i64 {
        self.pen.shared().read().books.balance_of(&account.key)
    }

    fn prepay(&mut self, person: PersonId, merchant: MerchantId, amount: i64) -> Prepayment {
        let command = Command::OnPrepay(OnPrepay::Buy { person, merchant, amount });
        bought(self.ask(Role::Citizen(person), command))
    }

    fn offer(&mut self, merchant: MerchantId) {
        facts(self.ask(Role::Merchant(merchant), Command::OnPrepay(OnPrepay::Offer { merchant })));
    }

    fn settle(&mut self) {
        self.ask(Role::Officer, Command::Settle { from: 0, at_most: 1_000 }).unwrap();
    }

    fn paid(&mut self, who: (PersonId, CardId), merchant: MerchantId, amount: i64) -> Payment {
        match facts(self.pay(who, merchant, amount)) {
            Facts::Pay(payment) => payment,
            other => panic!("{other:?}"),
        }
    }

    fn sweep(&mut self) -> u32 {
        let command = Command::OnPrepay(OnPrepay::Sweep { at_most: 10 });
        let mut done = 0;
        loop {
            match self.ask_as(Role::System, "", command.clone()).unwrap() {
                Reply::Batch { done: some, next } => {
                    done += some;
                    if next.is_none() {
                        return done;
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn known_as(&self, word: &str) -> OrganisationId {
        self.pen.shared().read().town.directory.organisations.known_as(word).unwrap().id
    }

    fn arranged(&self, board: Board) -> Board {
        let shared = self.pen.shared();
        let view = shared.read();
        board.within(&view.town.directory.organisations, date(2021, 3, 1))
    }

    /// An association with so many firms of its own; the first of them is every association's.
    fn association(&mut self, word: &str, firms: u32) -> OrganisationId {
        let organisation = self.known_as(word);
        for at in 0..firms {
            let own = if at == 0 { 0 } else { u32::try_from(word.len() % 97).unwrap() };
            let nine = [5, 0, 3, 8, 1, 0, own / 10, own % 10, at];
            let check = economy::business_number::check_digit(&nine);
            let number: String = nine.iter().chain([&check]).map(ToString::to_string).collect();
            let firm = NewBusiness {
                number: number.clone(),
                name: "한지공방".into(),
                trade: "market-food".into(),
                owner: None,
            };
            let known = |city: &TestCity| {
                let shared = city.pen.shared();
                let view = shared.read();
                view.town.directory.organisations.business_numbered(&number).map(|firm| firm.id)
            };
            if known(self).is_none() {
                let register = Command::OnOrganisations(OnOrganisations::Register(firm));
                facts(self.ask(Role::Officer, register));
            }
            let member = Member::Business(known(self).unwrap());
            let join = OnOrganisations::Join { organisation, member, from: None };
            facts(self.ask(Role::Officer, Command::OnOrganisations(join)));
        }
        organisation
    }

    fn check(&self) {
        count(&self.target, &self.pen.shared().read().books);
    }
}

fn bought(reply: Result<Reply, pen::Failure>) -> Prepayment {
    match facts(reply) {
        Facts::Prepay(PrepayFacts::Bought(bought)) => bought,
        other => panic!("{other:?}"),
    }
}

fn ended(facts: Facts) -> Ended {
    match facts {
        Facts::Prepay(PrepayFacts::Ended(ended)) => ended,
        other => panic!("{other:?}"),
    }
}

/// What each of so many people prepays, so that together it is what was announced: everyone the same but for the won that
/// don't divide, and none outside what the campaign allows.
fn amounts(people: usize, won: i64) -> Vec<i64> {
    let people = i64::try_from(people).unwrap();
    // Most people pay in whole hundred thousands or fifties; who comes last makes up the difference.
    let usual = [100_000, 150_000, 200_000, 250_000, 300_000];
    let mut amounts: Vec<i64> = (0..people).map(|at| usual[usize::try_from(at % 5).unwrap()]).collect();
    let mut over = amounts.iter().sum::<i64>() - won;
    for amount in amounts.iter_mut().rev() {
        let less = over.clamp(*amount - 300_000, *amount - 100_000);
        *amount -= less;
        over -= less;
    }
    assert_eq!(over, 0);
    amounts
}

#[test]
fn five_thousand_people_prepay_a_billion_by_9_february() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        city.on(2021, 1, 20);
        city.vote("cashback-2021", 27_000_000_000);
        city.vote("charge-2021", 10_000_000_000);
        city.vote(GUARANTEE, 2_000_000_000);
        let shops: Vec<MerchantId> = ["123-45-67891", "220-81-62517"]
            .into_iter()
            .map(|number| {
                let shop = city.shop(number, "market-food");
                city.offer(shop);
                shop
            })
            .collect();
        let people = city.people(PEOPLE, 300_000);
        // Two councils of one federation; some of their firms' employees join by code.
        // A council that pledges first is part of its federation's pledge all the same, and no firm counts twice.
        for (known_as, firms, heads, amount) in [
            ("industrial-park-council", 3, 1_000, 200_000_000),
            ("sme-federation", 2, 3_000, 500_000_000),
            ("women-entrepreneurs-council", 2, 500, 100_000_000),
        ] {
            let organisation = city.association(known_as, firms);
            let wish = NewPledge { organisation, people: heads, amount };
            facts(city.ask(Role::Officer, Command::OnPrepay(OnPrepay::Pledge(wish))));
        }
        let chest = city.known_as("chest");
        let wish = NewPledge { organisation: chest, people: 1, amount: 1 };
        let pledge = Command::OnPrepay(OnPrepay::Pledge(wish));
        assert_eq!(refusal(city.ask(Role::Officer, pledge)), "pledge.association");
        let codes = {
            let readers = Readers::open(&city.target, 1).unwrap();
            let board = city.arranged(readers.read(board).unwrap());
            assert_eq!(board.pledged(), (5, 3_000, 500_000_000), "parts are not added to their whole");
            assert_eq!(board.lines[0].parts.iter().map(|part| part.firms).collect::<Vec<_>>(), [3, 2]);
            let parts = &board.lines[0].parts;
            [board.lines[0].pledge.code.clone(), parts[0].pledge.code.clone(), parts[1].pledge.code.clone()]
        };
        for (at, (person, _)) in people.iter().enumerate().take(30) {
            // As it was typed: small letters and a space.
            let code = codes[at % 3].to_ascii_lowercase();
            let code = format!("{} {}", &code[..4], &code[4..]);
            facts(
                city.ask(Role::Citizen(*person), Command::OnPrepay(OnPrepay::Join { person: *person, code })),
            );
        }
        city.on(2021, 2, 9);
        let amounts = amounts(PEOPLE, WON);
        let wish = |(at, (who, amount)): (usize, (&(PersonId, CardId), &i64))| {
            let wish = OnPrepay::Buy { person: who.0, merchant: shops[at % 2], amount: *amount };
            let command = Command::OnPrepay(wish);
            (request(Role::Citizen(who.0), &format!("prepay-{at}"), &command), command)
        };
        let answers = city.ask_all(people.iter().zip(&amounts).enumerate().map(wish).collect());
        let bought: Vec<Prepayment> = answers.into_iter().map(bought).collect();
        assert_eq!((bought.len(), bought.iter().map(|b| b.amount).sum::<i64>()), (PEOPLE, WON));
        assert_eq!(city.sum(Class::Prepaid), WON);
        // Each claim earned its 10 % at once, and none is owed to the shops before a settlement.
        assert!(bought.iter().all(|b| b.cashback.reward == b.amount / 10 && b.cashback.earned == b.amount));
        assert_eq!(city.sum(Class::ShopPayable), 0);
        {
            let readers = Readers::open(&city.target, 1).unwrap();
            let board = city.arranged(readers.read(board).unwrap());
            assert_eq!((board.all.people, board.all.count), (5_554, 5_554));
            assert_eq!((board.all.sum, board.all.back), (WON, 0));
            let line = &board.lines[0];
            assert_eq!((line.people, line.paid), (30, amounts[..30].iter().sum()));
            let third = |at: usize| amounts[..30].iter().skip(at).step_by(3).sum::<i64>();
            assert_eq!([line.parts[0].paid, line.parts[1].paid], [third(1), third(2)]);
        }
        // Help arrives with the next payout, all of it, and the guarantee stands behind it.
        city.settle();
        assert_eq!([city.sum(Class::PayoutSent), city.sum(Class::ShopAdvance)], [WON, WON]);
        assert_eq!(city.balance(chart::budget(Class::BudgetReserved, GUARANTEE)), WON);
        city.settle();
        assert_eq!(city.sum(Class::PayoutSent), WON, "a second settlement advances nothing twice");
        city.check();

        // Memory is rebuilt from what is kept.
        let before = city.pen.shared().read().town.claims.clone();
        let mut city = city.again(5);
        assert_eq!(city.pen.shared().read().town.claims, before);
        // Used in parts, at the till like any payment.
        let who = people[0];
        let first = city.paid(who, shops[0], 30_000);
        assert_eq!(first.prepaid, [(1, 30_000, 30_000)]);
        assert_eq!((first.cashback.reward, first.legs.len()), (0, 0));
        assert_eq!(city.sum(Class::ShopPayable), 0, "the shop has it already");
        assert_eq!(city.balance(chart::budget(Class::BudgetReserved, GUARANTEE)), WON - 30_000);
        let rest = city.paid(who, shops[0], 71_000);
        assert_eq!(rest.prepaid, [(1, 70_000, 70_000)]);
        assert_eq!(rest.amount - 70_000, rest.legs.iter().map(|leg| leg.2).sum::<i64>());
        city.check();
    }
}

#[test]
fn a_shop_closes_with_37_open_claims() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        city.vote("cashback-2021", 27_000_000_000);
        city.vote(GUARANTEE, 2_000_000_000);
        let (shop, other) = (city.shop("123-45-67891", "market-food"), city.shop("220-81-62517", "bakery"));
        city.offer(shop);
        city.offer(other);
        let people = city.people(40, 400_000);
        for (at, (person, _)) in people.iter().enumerate() {
            let amount = 100_000 + 5_000 * i64::try_from(at).unwrap();
            city.prepay(*person, if at < 38 { shop } else { other }, amount);
            if at == 19 {
                city.settle(); // half of them were advanced and paid out
            }
        }
        // One is used up, some in part.
        city.paid(people[0], shop, 100_000);
        city.paid(people[1], shop, 40_000);
        city.paid(people[37], shop, 40_000);
        let open: i64 = city.sum(Class::Prepaid);
        let of_other = 2 * 100_000 + 5_000 * (38 + 39);
        let [advanced, payable] = [Class::ShopAdvance, Class::ShopPayable].map(|class| city.sum(class));
        assert_eq!(payable, 40_000, "what was used before it was advanced");
        {
            let shared = city.pen.shared();
            let view = shared.read();
            let (claims, books) = (&view.town.claims, &view.books);
            assert_eq!(of_shop(claims, books, shop), (37, open - of_other, advanced));
            assert_eq!(of_person(claims, books, people[1].0)[0].left, 65_000);
            assert!(of_person(claims, books, people[0].0).is_empty());
        }
        let cash = |city: &TestCity, who: (PersonId, CardId)| {
            let shared = city.pen.shared();
            let view = shared.read();
            let purses = view.books.iter().filter(|(_, account, _)| {
                account.key.class.0 == Class::Purse as u8
                    && account.key.owner == ledger::Owner::Person(who.0)
                    && chart::purse_of(account.key.sub).0 == 0
            });
            purses.map(|(_, _, state)| state.balance).sum::<i64>()
        };
        let before: Vec<i64> = people.iter().map(|who| cash(&city, *who)).collect();
        let reward = city.balance(chart::budget(Class::BudgetGranted, "cashback-2021"));
        let closed = Command::CloseShop { merchant: shop };
        let reply = city.ask_as(Role::Merchant(shop), "close", closed.clone());
        assert!(matches!(facts(reply), Facts::Shop { .. }));
        // Asked again under the same key, it is the same answer, and nobody gets anything twice.
        assert!(matches!(facts(city.ask_as(Role::Merchant(shop), "close", closed)), Facts::Shop { .. }));
        assert_eq!(city.sum(Class::Prepaid), of_other);
        assert_eq!(city.sum(Class::ShopAdvance), 0);
        for (at, who) in people.iter().enumerate() {
            let left = match at {
                0 | 38 | 39 => 0,
                1 | 37 => 60_000 + 5_000 * i64::try_from(at).unwrap(),
                _ => 100_000 + 5_000 * i64::try_from(at).unwrap(),
            };
            assert_eq!(cash(&city, *who) - before[at], left, "person {at}");
        }
        // Out of escrow and what the shop was not paid yet first, then out of the guarantee: the city's claim.
        assert_eq!(city.balance(chart::city_claim(shop, GUARANTEE)), advanced - payable);
        assert_eq!(city.balance(chart::payable(shop)), 0);
        assert_eq!(
            city.balance(chart::budget(Class::BudgetGranted, "cashback-2021")),
            reward,
            "cashback stays"
        );
        let readers = Readers::open(&city.target, 1).unwrap();
        let borne = readers.read(city::prepay::read::borne).unwrap();
        assert_eq!(borne.len(), 1);
        assert_eq!((borne[0].merchant, borne[0].count), (shop, 37));
        assert_eq!((borne[0].sum, borne[0].borne), (open - of_other, advanced - payable));
        assert_eq!(city.sweep(), 0, "nothing is left to do");
        city.check();
        // Memory after a start is the same.
        let claims = city.pen.shared().read().town.claims.clone();
        assert_eq!(claims.all().count(), 2);
        drop(readers);
        let city = city.again(3);
        assert_eq!(city.pen.shared().read().town.claims, claims);
    }
}

#[test]
fn given_returned_run_out_and_refunded() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        city.vote("cashback-2021", 27_000_000_000);
        city.vote(GUARANTEE, 2_000_000_000);
        let shop = city.shop("123-45-67891", "market-food");
        let people = city.people(3, 900_000);
        let [jo, min, _] = people[..] else { panic!() };
        let buy = |person, amount| Command::OnPrepay(OnPrepay::Buy { person, merchant: shop, amount });
        assert_eq!(refusal(city.ask(Role::Citizen(jo.0), buy(jo.0, 200_000))), "prepay.not-offered");
        city.offer(shop);
        assert_eq!(refusal(city.ask(Role::Citizen(jo.0), buy(jo.0, 99_999))), "prepay.range");
        assert_eq!(refusal(city.ask(Role::Citizen(jo.0), buy(min.0, 200_000))), "person.unknown");
        city.prepay(jo.0, shop, 200_000);
        city.prepay(jo.0, shop, 100_000);
        city.prepay(jo.0, shop, 300_000);
        let give =
            |person, claim, card| Command::OnPrepay(OnPrepay::Give { person, claim, to: CardRef::Id(card) });
        assert_eq!(refusal(city.ask(Role::Citizen(min.0), give(min.0, 1, jo.1))), "claim.unknown");
        assert_eq!(refusal(city.ask(Role::Citizen(jo.0), give(jo.0, 9, min.1))), "claim.unknown");
        facts(city.ask(Role::Citizen(jo.0), give(jo.0, 1, min.1)));
        assert_eq!(city.paid(min, shop, 50_000).prepaid, [(1, 50_000, 0)]);
        // Returned by its buyer within seven days: cashback and the month's limit go back.
        let back = |claim| Command::OnPrepay(OnPrepay::Return { claim });
        assert_eq!(refusal(city.ask(Role::Citizen(min.0), back(2))), "claim.unknown");
        let meter =
            |city: &TestCity| city.balance(chart::meter(economy::Meter::SpendMonth, jo.0, 2_021 * 12 + 1));
        assert_eq!(meter(&city), 600_000);
        let done = ended(facts(city.ask(Role::Citizen(jo.0), back(2))));
        assert_eq!((done.amount, done.reward, done.reward_from_money), (100_000, 10_000, 0));
        assert_eq!((meter(&city), done.why), (500_000, Why::Returned));
        assert_eq!(refusal(city.ask(Role::Citizen(jo.0), back(2))), "claim.unknown");
        city.settle();
        // A refund goes back to the claim, and what the shop was advanced is advanced again.
        let reply = city.pay(jo, shop, 60_000);
        let no = posting(&reply);
        let refund = Command::Refund { payment: no, amount: Some(20_000) };
        let Facts::Refund(refunded) = facts(city.ask(Role::Merchant(shop), refund)) else { panic!() };
        assert_eq!((refunded.prepaid, refunded.legs.len()), (vec![(3, 20_000, 20_000)], 0));
        assert_eq!(city.balance(chart::prepaid(jo.0, 3)), 260_000);
        assert_eq!(city.balance(chart::advance(shop, 3)), 260_000);
        // Eight days on, too little is used to return it; the shop may.
        city.on(2021, 3, 4);
        assert_eq!(refusal(city.ask(Role::Citizen(jo.0), back(3))), "claim.return-late");
        // The last day of use is a day of use; the day after, what is left is money again.
        city.on(2021, 5, 31);
        assert_eq!(city.sweep(), 0);
        assert_eq!(city.paid(jo, shop, 10_000).prepaid, [(3, 10_000, 10_000)]);
        city.on(2021, 6, 1);
        assert!(city.paid(jo, shop, 10_000).prepaid.is_empty());
        let before = city.sum(Class::Purse);
        assert_eq!(city.sweep(), 2);
        // Jo's 250,000 and Min's 150,000, less the tenth that each had earned.
        assert_eq!(city.sum(Class::Purse) - before, 400_000 - 40_000);
        assert_eq!([city.sum(Class::Prepaid), city.sum(Class::ShopAdvance)], [0, 0]);
        assert_eq!(city.balance(chart::budget(Class::BudgetReserved, GUARANTEE)), 0);
        // What the shop was advanced and nobody used, it owes.
        assert_eq!(city.sum(Class::ShopDue), 400_000 - 10_000);
        // A refund of what a claim paid that has ended is money, less the cashback of that part.
        let refund = Command::Refund { payment: no, amount: None };
        let Facts::Refund(refunded) = facts(city.ask(Role::Merchant(shop), refund)) else { panic!() };
        assert_eq!((refunded.amount, refunded.reward, refunded.claim_reward), (40_000, 4_000, 4_000));
        assert!(refunded.prepaid.is_empty());
        city.check();
    }
}

#[test]
fn firms_buy_from_each_other() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        city.vote("cashback-2021", 27_000_000_000);
        let owner = city.person();
        city.top_up(owner.0, 500_000);
        let seller = city.shop("123-45-67891", "market-food");
        let buyer = {
            let wish = city::NewMerchant {
                name: "한지 공방".into(),
                business_number: "220-81-62517".into(),
                trade: "stationery".into(),
                district: "4511153000".into(),
                sales: None,
                owner: Some(owner.0),
            };
            match facts(city.ask(Role::Officer, Command::Join(wish))) {
                Facts::Shop { merchant, .. } => merchant,
                other => panic!("{other:?}"),
            }
        };
        let list =
            |price| Command::OnPrepay(OnPrepay::List { merchant: seller, name: "된장 1kg".into(), price });
        assert_eq!(refusal(city.ask(Role::Merchant(seller), list(0))), "amount.range");
        facts(city.ask(Role::Merchant(seller), list(20_000)));
        assert_eq!(refusal(city.ask(Role::Merchant(buyer), list(20_000))), "shop.unknown");
        let order = |by, quantity| Command::OnPrepay(OnPrepay::Order { buyer: by, product: 1, quantity });
        assert_eq!(refusal(city.ask(Role::Merchant(seller), order(seller, 1))), "product.own");
        assert_eq!(refusal(city.ask(Role::Merchant(buyer), order(buyer, 0))), "product.quantity");
        facts(city.ask(Role::Merchant(buyer), order(buyer, 3)));
        let paid = |card| Command::OnPrepay(OnPrepay::PayOrder { order: 1, card: CardRef::Id(card) });
        let other = city.person();
        assert_eq!(refusal(city.ask(Role::Citizen(other.0), paid(other.1))), "order.unknown");
        let payment = facts(city.ask(Role::Citizen(owner.0), paid(owner.1)));
        assert_eq!(payment.payment().unwrap().amount, 60_000);
        assert_eq!(refusal(city.ask(Role::Citizen(owner.0), paid(owner.1))), "order.paid");
        let orders = Readers::open(&city.target, 1).unwrap().read(board).unwrap().orders;
        assert_eq!((orders.count, orders.sum, orders.paid, orders.paid_sum), (1, 60_000, 1, 60_000));
    }
}

/// What a shop was advanced is what it sells later: the share it gives is of each won once, whichever way the won came.
#[test]
fn what_is_advanced_is_given_of_once() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        city.vote("cashback-2021", 27_000_000_000);
        city.vote(GUARANTEE, 2_000_000_000);
        let shop = city.shop("123-45-67891", "market-food");
        let giving = |city: &mut TestCity, role, wish| facts(city.ask(role, Command::OnGiving(wish)));
        giving(
            &mut city,
            Role::Merchant(shop),
            OnGiving::Apply { merchant: shop, rate: Some(100), purpose: 0 },
        );
        giving(&mut city, Role::Officer, OnGiving::Check { merchant: shop, fit: true, note: String::new() });
        giving(&mut city, Role::Officer, OnGiving::Plaque { merchant: shop });
        city.offer(shop);
        let people = city.people(2, 900_000);
        let [jo, min] = people[..] else { panic!() };
        city.prepay(jo.0, shop, 200_000);
        city.prepay(min.0, shop, 100_000);
        city.on(2021, 4, 1);
        let given = |city: &TestCity| city.sum(Class::GiftCollected);
        city.settle();
        assert_eq!((given(&city), city.sum(Class::PayoutSent)), (3_000, 297_000), "of what was advanced");
        // All of it is used, with 50,000 of other money: those alone are new.
        let paid = city.paid(jo, shop, 250_000);
        assert_eq!(paid.prepaid, [(1, 200_000, 200_000)]);
        city.settle();
        assert_eq!((given(&city), city.sum(Class::PayoutSent)), (3_500, 346_500), "1 % of 350,000");
        // What goes back to its holder was given of: as much less is given of what is sold next.
        facts(city.ask(Role::Merchant(shop), Command::OnPrepay(OnPrepay::Return { claim: 2 })));
        city.paid(min, shop, 150_000);
        city.settle();
        assert_eq!(
            (given(&city), city.sum(Class::PayoutSent)),
            (4_000, 396_000),
            "1 % of 400,000 sold in all"
        );
        city.settle();
        assert_eq!(given(&city), 4_000);
        city.check();
    }
}

/// Somebody changes a claim's row behind the program's back: counting again names the claim.
#[test]
fn a_claim_that_was_tampered_with_is_named() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        city.vote("cashback-2021", 27_000_000_000);
        city.vote(GUARANTEE, 2_000_000_000);
        let shop = city.shop("123-45-67891", "market-food");
        city.offer(shop);
        let people = city.people(2, 600_000);
        let [jo, min] = people[..] else { panic!() };
        city.prepay(jo.0, shop, 200_000);
        city.prepay(min.0, shop, 100_000);
        city.settle();
        city.paid(jo, shop, 30_000);
        facts(city.ask(Role::Merchant(shop), Command::OnPrepay(OnPrepay::Return { claim: 2 })));
        let readers = Readers::open(&city.target, 1).unwrap();
        let first = || {
            let found = readers.read(|snapshot| Ok(recount(snapshot, None, &mut |_| ())));
            match found.unwrap() {
                Ok(_) => None,
                Err(Wrong::Claim { claim, what }) => Some((claim, what)),
                Err(other) => panic!("{other}"),
            }
        };
        assert_eq!(first(), None);
        for (change, back, expected) in [
            (
                format!("UPDATE prepayments SET holder = '{}' WHERE claim = 1", min.0),
                format!("UPDATE prepayments SET holder = '{}' WHERE claim = 1", jo.0),
                (1, "was advanced more than is in it"),
            ),
            (
                "UPDATE prepayments SET amount = 300000 WHERE claim = 1".into(),
                "UPDATE prepayments SET amount = 200000 WHERE claim = 1".into(),
                (1, "was bought for another amount"),
            ),
            (
                "UPDATE prepayments SET state = 'closed' WHERE claim = 1".into(),
                "UPDATE prepayments SET state = 'open' WHERE claim = 1".into(),
                (1, "has ended, and there is money in it"),
            ),
            (
                "UPDATE prepayments SET posting = posting + 1 WHERE claim = 2".into(),
                "UPDATE prepayments SET posting = posting - 1 WHERE claim = 2".into(),
                (2, "was not bought by the posting it names"),
            ),
        ] {
            tamper(&city.place, &change);
            assert_eq!(first(), Some(expected), "{change}");
            tamper(&city.place, &back);
            assert_eq!(first(), None, "{back}");
        }
    }
}

fn tamper(place: &testkit::Place, sql: &str) {
    match place {
        testkit::Place::Sqlite { file, .. } => {
            let db = rusqlite::Connection::open(file).unwrap();
            assert!(db.execute(sql, []).unwrap() > 0, "{sql}");
        }
        testkit::Place::Postgres(database) => {
            database.psql(sql);
        }
    }
}

/// The card fees' support of a shop that was advanced: 0.8% of what it is owed, advance and sales alike, once.
#[test]
fn fee_support_counts_an_advance_once() {
    for engine in testkit::engines() {
        let mut city = TestCity::new(testkit::Place::fresh(engine));
        // In the city's own pack the campaign ends before the support begins: here it goes on into summer.
        let mut files = common::pack().files;
        let campaign = files.get_mut("prepayment.toml").unwrap();
        *campaign = campaign.replace("until = 2021-03-31", "until = 2021-06-30");
        *campaign = campaign.replace("use_by = 2021-05-31", "use_by = 2021-08-31");
        let budgets = files.get_mut("budgets.toml").unwrap();
        *budgets = budgets.replace("2021-01-20\nuntil = 2021-05-31", "2021-01-20\nuntil = 2022-05-31");
        facts(city.ask(Role::System, Command::Activate { files, people: 1, population: 1 }));
        city.on(2021, 6, 10);
        for (budget, won) in [("cashback-2021", 10_000_000), ("fee-2021", 10_000_000), (GUARANTEE, 1_000_000)]
        {
            city.vote(budget, won);
        }
        let shop = city.shop("123-45-67891", "restaurant");
        let people = city.people(2, 400_000);
        city.offer(shop);
        let claim = city.prepay(people[0].0, shop, 150_000).claim;
        city.paid(people[1], shop, 50_000);
        let left = chart::budget(Class::BudgetLeft, "fee-2021");
        let settled = |city: &mut TestCity| {
            let before = (city.sum(Class::PayoutSent), city.balance(left));
            city.settle();
            (city.sum(Class::PayoutSent) - before.0, before.1 - city.balance(left))
        };
        // 150,000 in advance and 50,000 sold: 1,600 won on 200,000.
        assert_eq!(settled(&mut city), (201_600, 1_600));
        // The claim is used: what was advanced is earned now, and has had its support.
        city.on(2021, 6, 11);
        city.paid(people[0], shop, 60_000);
        assert_eq!(settled(&mut city), (0, 0));
        // Beside what is used, 40,000 are paid with money: 320 won on these alone.
        city.paid(people[1], shop, 40_000);
        assert_eq!(settled(&mut city), (40_320, 320));
        // 90,000 of the claim are returned: the shop owes them, and they are kept from 100,000 of new sales: 80 won on 10,000.
        let back = Command::OnPrepay(OnPrepay::Return { claim });
        facts(city.ask(Role::Merchant(shop), back));
        assert_eq!(city.balance(chart::shop_due(shop)), 90_000);
        city.paid(people[1], shop, 100_000);
        assert_eq!(settled(&mut city), (10_080, 80));
        // In all 0.8% of the 250,000 won that were sold in the end: 60,000 of the claim, 190,000 with money.
        let meter = chart::shop_meter(economy::Meter::FeeSupportYear, shop, 2021);
        assert_eq!(city.balance(meter), 2_000);
        city.check();
    }
}
