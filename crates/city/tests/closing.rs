//! A shop closes with more claims than one command ends: what happens to the others before the keeper comes to them.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{CardId, MerchantId, PersonId, Role};
use city::{Command, OnPrepay, Reply};
use common::{TestCity, count, facts, request};
use economy::facts::{Ended, PrepayFacts, Why};
use economy::{Class, Facts, chart};
use testkit::{Place, on_each_engine};

const GUARANTEE: &str = "guarantee-prepay-2021";
const EACH: i64 = 100_000;
/// Two more than one command ends.
const PEOPLE: usize = 258;

struct Town {
    city: TestCity,
    people: Vec<(PersonId, CardId)>,
    others: Vec<(PersonId, CardId)>,
    shop: MerchantId,
}

impl Town {
    /// Everybody has prepaid, and the shop was paid out all of it.
    fn prepaid(place: Place) -> Town {
        let mut city = TestCity::new(place);
        city.vote("cashback-2021", 27_000_000_000);
        city.vote(GUARANTEE, 2_000_000_000);
        let shop = city.shop("123-45-67891", "market-food");
        facts(city.ask(Role::Merchant(shop), Command::OnPrepay(OnPrepay::Offer { merchant: shop })));
        let mut people = city.people(PEOPLE + 18, 1_500_000);
        let others = people.split_off(PEOPLE);
        let mut town = Town { city, people, others, shop };
        town.all("buy", |shop, (person, _)| {
            Command::OnPrepay(OnPrepay::Buy { person, merchant: shop, amount: EACH })
        });
        town.settle();
        town
    }

    fn all(&mut self, key: &str, wish: impl Fn(MerchantId, (PersonId, CardId)) -> Command) {
        let group = self.people.iter().map(|who| {
            let command = wish(self.shop, *who);
            (request(Role::Citizen(who.0), &format!("{key}-{}", who.0), &command), command)
        });
        let done = self.city.ask_all(group.collect());
        assert!(done.iter().all(Result::is_ok), "{:?}", done.iter().find(|one| one.is_err()));
    }

    fn settle(&mut self) {
        self.city.ask(Role::Officer, Command::Settle { from: 0, at_most: 1_000 }).unwrap();
    }

    fn close(&mut self) {
        facts(self.city.ask(Role::Merchant(self.shop), Command::CloseShop { merchant: self.shop }));
        assert_eq!(self.city.pen.shared().read().town.claims.at(self.shop).count(), 2);
    }

    fn sweep(&mut self) -> u32 {
        let sweep = Command::OnPrepay(OnPrepay::Sweep { at_most: 10 });
        match self.city.ask_as(Role::System, "", sweep).unwrap() {
            Reply::Batch { done, .. } => done,
            other => panic!("{other:?}"),
        }
    }

    fn of(&self, account: ledger::Account) -> i64 {
        self.city.pen.shared().read().books.balance_of(&account.key)
    }

    fn claimed(&self) -> i64 {
        self.of(chart::city_claim(self.shop, GUARANTEE))
    }
}

#[test]
fn a_claim_that_is_returned_after_its_shop_closed_ends_as_the_others_do() {
    on_each_engine(|place| {
        let mut town = Town::prepaid(Place::fresh(place.engine()));
        town.close();
        let granted = chart::budget(Class::BudgetGranted, "cashback-2021");
        let before = town.of(granted);
        // The holder asks for it, or the shop gives it back, as long as the keeper has not come.
        let no = u32::try_from(PEOPLE).unwrap();
        let holder = Role::Citizen(town.people[PEOPLE - 1].0);
        for (role, claim) in [(holder, no), (Role::Merchant(town.shop), no - 1)] {
            let back = Command::OnPrepay(OnPrepay::Return { claim });
            let Facts::Prepay(PrepayFacts::Ended(Ended { why, reward, from_guarantee, .. })) =
                facts(town.city.ask(role, back))
            else {
                panic!()
            };
            assert_eq!((why, reward, from_guarantee), (Why::Closed, 0, EACH));
        }
        assert_eq!(town.of(granted), before, "cashback stays");
        assert_eq!(
            town.of(chart::shop_due(town.shop)),
            0,
            "the guarantee stands in, not a debt of who is gone"
        );
        assert_eq!(town.claimed(), EACH * i64::try_from(PEOPLE).unwrap());
        assert_eq!(town.sweep(), 0);
        count(&town.city.target, &town.city.pen.shared().read().books);
    });
}

#[test]
fn a_shop_that_closed_is_paid_out_when_its_claims_have_ended() {
    on_each_engine(|place| {
        let mut town = Town::prepaid(Place::fresh(place.engine()));
        // What it sells to others until it closes would pay back all claims.
        for who in town.others.clone() {
            town.city.pay(who, town.shop, 1_450_000).unwrap();
        }
        town.close();
        let payable = chart::payable(town.shop);
        let left = town.of(payable);
        assert!(left > 2 * EACH);
        town.settle();
        assert_eq!(town.of(payable), left, "two claims have not ended");
        assert_eq!((town.sweep(), town.claimed()), (2, 0));
        town.settle();
        assert_eq!(town.of(payable), 0);
        count(&town.city.target, &town.city.pen.shared().read().books);
    });
}
