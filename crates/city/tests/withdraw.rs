//! Withdrawing what is left: giving is not using, and the page says what the decision does.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{Arg, CardId, PersonId, Role};
use city::read::history::OwnMoney;
use city::read::wallet::wallet;
use city::{CardRef, Command, OnPrepay, Payee};
use common::TestCity;
use pen::Failure;
use store::Readers;
use testkit::Place;

/// What the wallet says: so much can be withdrawn, or so much must be spent first.
fn shown(city: &TestCity, me: PersonId) -> Result<i64, i64> {
    let shared = city.pen.shared();
    let view = shared.read();
    let now = wallet(&view.town, &view.books, me, view.town.zone.date(city.now())).unwrap();
    let readers = Readers::open(&city.target, 1).unwrap();
    let chains = now.cash_chains.clone();
    let mut own = OwnMoney::of(me, chains);
    // As the page does: until everything that has a say is known.
    let since = loop {
        match readers.read(|snapshot| own.since_last_top_up(snapshot)).unwrap() {
            Ok(since) => break since,
            Err(beside) => own = own.with(&beside, &view.books),
        }
    };
    now.withdrawable(&since)
}

/// The same of the command, which must agree.
fn asked(city: &mut TestCity, me: PersonId) -> Result<i64, i64> {
    let shown = shown(city, me);
    let answer = match city.ask(Role::Citizen(me), Command::Withdraw { person: me }) {
        Err(Failure::Refused(refusal)) => {
            assert_eq!(refusal.code, "withdraw.too-early");
            match refusal.args.iter().find(|(name, _)| *name == "missing") {
                Some((_, Arg::Won(missing))) => Err(missing.0),
                other => panic!("{other:?}"),
            }
        }
        Ok(reply) => match common::facts(Ok(reply)) {
            economy::Facts::Withdraw(withdrawal) => Ok(withdrawal.amount),
            other => panic!("{other:?}"),
        },
        Err(other) => panic!("{other:?}"),
    };
    assert_eq!(answer, shown);
    answer
}

fn give(city: &mut TestCity, from: PersonId, to: (PersonId, CardId), amount: i64) {
    city.ask(Role::Citizen(from), Command::Gift { from, to: CardRef::Id(to.1), amount }).unwrap();
}

#[test]
fn gifts_are_no_use_on_either_side() {
    for engine in testkit::engines() {
        let mut city = TestCity::new(Place::fresh(engine));
        let shop = city.shop("124-81-00998", "restaurant");
        let (me, other) = (city.person(), city.person());
        let refused = city.ask(Role::Citizen(me.0), Command::Withdraw { person: me.0 }).unwrap_err();
        assert!(matches!(refused, Failure::Refused(refusal) if refusal.code == "withdraw.nothing"));
        for who in [me, other] {
            city.account(Payee::Person(who.0));
        }
        // Money of two months, so of two purses: the older one's history has no say any more.
        city.top_up(me.0, 30_000);
        give(&mut city, me.0, other, 10_000);
        city.on(2021, 3, 2);
        city.top_up(me.0, 80_000); // 100,000 just after it
        give(&mut city, me.0, other, 50_000);
        city.pay(me, shop, 40_000).unwrap();
        assert_eq!(asked(&mut city, me.0), Err(20_000), "40,000 of 60,000 are used");
        // Who was given money and never topped up has used nothing.
        assert_eq!(asked(&mut city, other.0), Err(60_000));
        city.top_up(other.0, 40_000);
        assert_eq!(asked(&mut city, other.0), Err(60_000), "60 of the 100,000 since their top-up");
        give(&mut city, other.0, me, 10_000);
        assert_eq!(asked(&mut city, me.0), Err(20_000), "what comes back is no use either");
        city.top_up(me.0, 30_000); // 50,000 just after it: anew
        city.pay(me, shop, 30_000).unwrap();
        assert_eq!(asked(&mut city, me.0), Ok(20_000));
        city.pay(other, shop, 60_000).unwrap();
        assert_eq!(asked(&mut city, other.0), Ok(30_000));
        common::count(&city.target, &city.pen.shared().read().books);
    }
}

/// What is reserved is used once it is taken; let go of, it is own money like before.
#[test]
fn a_reservation_is_no_use_before_it_is_taken() {
    for engine in testkit::engines() {
        let mut city = TestCity::new(Place::fresh(engine));
        let shop = city.shop("124-81-00998", "restaurant");
        let me = city.person();
        city.account(Payee::Person(me.0));
        city.top_up(me.0, 1_000_000);
        let hold = |city: &mut TestCity| {
            let card = CardRef::Id(me.1);
            let wish = Command::Authorise { card, merchant: shop, amount: 600_000, pin: None };
            common::posting(&city.ask(Role::Citizen(me.0), wish))
        };
        let first = hold(&mut city);
        assert_eq!(asked(&mut city, me.0), Err(600_000));
        city.ask(Role::Merchant(shop), Command::Void { authorisation: first }).unwrap();
        assert_eq!(asked(&mut city, me.0), Err(600_000));
        let second = hold(&mut city);
        let take = Command::Capture { authorisation: second, amount: Some(500_000) };
        city.ask(Role::Merchant(shop), take).unwrap();
        assert_eq!(asked(&mut city, me.0), Err(100_000), "what came back of it is unused");
        city.pay(me, shop, 100_000).unwrap();
        assert_eq!(asked(&mut city, me.0), Ok(400_000));
    }
}

/// A prepaid claim is used when it pays; what is left of it, and what is returned, is not.
#[test]
fn a_prepaid_claim_is_no_use_before_it_pays() {
    for engine in testkit::engines() {
        let mut city = TestCity::new(Place::fresh(engine));
        let shop = city.shop("124-81-00998", "restaurant");
        let (me, other) = (city.person(), city.person());
        city.account(Payee::Person(me.0));
        city.top_up(me.0, 500_000);
        let own = Role::Citizen(me.0);
        city.ask(Role::Merchant(shop), Command::OnPrepay(OnPrepay::Offer { merchant: shop })).unwrap();
        let buy = OnPrepay::Buy { person: me.0, merchant: shop, amount: 300_000 };
        city.ask(own, Command::OnPrepay(buy.clone())).unwrap();
        assert_eq!(asked(&mut city, me.0), Err(300_000));
        let claim = |city: &TestCity| {
            city.pen.shared().read().town.claims.of(me.0).map(|claim| claim.no).last().unwrap()
        };
        let back = OnPrepay::Return { claim: claim(&city) };
        city.ask(own, Command::OnPrepay(back)).unwrap();
        assert_eq!(asked(&mut city, me.0), Err(300_000));
        city.ask(own, Command::OnPrepay(buy)).unwrap();
        city.pay(me, shop, 120_000).unwrap();
        assert_eq!(asked(&mut city, me.0), Err(180_000), "120,000 of the claim paid");
        // Given away unused, it was not used.
        let give = OnPrepay::Give { claim: claim(&city), person: me.0, to: CardRef::Id(other.1) };
        city.ask(own, Command::OnPrepay(give)).unwrap();
        assert_eq!(asked(&mut city, me.0), Err(180_000));
        city.pay(other, shop, 180_000).unwrap();
        assert_eq!(asked(&mut city, me.0), Ok(200_000));
    }
}

struct Claims {
    city: TestCity,
    shop: base::MerchantId,
    me: (PersonId, CardId),
    other: (PersonId, CardId),
}

impl Claims {
    /// I have put 500,000 won on, and bought a claim of 300,000 of it.
    fn bought(place: Place) -> Claims {
        let mut city = TestCity::new(place);
        let shop = city.shop("124-81-00998", "restaurant");
        let (me, other) = (city.person(), city.person());
        for who in [me, other] {
            city.account(Payee::Person(who.0));
        }
        city.top_up(me.0, 500_000);
        city.ask(Role::Merchant(shop), Command::OnPrepay(OnPrepay::Offer { merchant: shop })).unwrap();
        let buy = OnPrepay::Buy { person: me.0, merchant: shop, amount: 300_000 };
        city.ask(Role::Citizen(me.0), Command::OnPrepay(buy)).unwrap();
        Claims { city, shop, me, other }
    }

    fn claim(&self) -> u32 {
        self.city.pen.shared().read().town.claims.at(self.shop).next().unwrap().no
    }

    fn give(&mut self) {
        let give = OnPrepay::Give { claim: self.claim(), person: self.me.0, to: CardRef::Id(self.other.1) };
        self.city.ask(Role::Citizen(self.me.0), Command::OnPrepay(give)).unwrap();
    }

    fn give_back(&mut self) {
        let back = OnPrepay::Return { claim: self.claim() };
        self.city.ask(Role::Merchant(self.shop), Command::OnPrepay(back)).unwrap();
    }

    fn reserve(&mut self, who: (PersonId, CardId), amount: i64) -> base::PostingNo {
        let card = CardRef::Id(who.1);
        let wish = Command::Authorise { card, merchant: self.shop, amount, pin: None };
        common::posting(&self.city.ask(Role::Citizen(who.0), wish))
    }

    fn take(&mut self, authorisation: base::PostingNo, amount: i64) {
        let take = Command::Capture { authorisation, amount: Some(amount) };
        self.city.ask(Role::Merchant(self.shop), take).unwrap();
    }

    fn asked(&mut self) -> Result<i64, i64> {
        asked(&mut self.city, self.me.0)
    }
}

/// What is reserved of a claim may come back to it: it is used once it is taken.
#[test]
fn what_is_reserved_of_a_claim_is_no_use_before_it_is_taken() {
    for engine in testkit::engines() {
        let mut story = Claims::bought(Place::fresh(engine));
        let me = story.me;
        let first = story.reserve(me, 250_000);
        assert_eq!(story.asked(), Err(300_000), "nothing is used");
        story.take(first, 100_000);
        assert_eq!(story.asked(), Err(200_000));
        let second = story.reserve(me, 150_000);
        assert_eq!(story.asked(), Err(200_000));
        story.city.ask(Role::Merchant(story.shop), Command::Void { authorisation: second }).unwrap();
        assert_eq!(story.asked(), Err(200_000));
        let third = story.reserve(me, 200_000);
        story.take(third, 200_000);
        assert_eq!(story.asked(), Ok(200_000));
        common::count(&story.city.target, &story.city.pen.shared().read().books);
    }
}

/// A claim that was given and is money again in the receiver's purse was not used: as if money had been given.
#[test]
fn a_claim_given_and_returned_is_no_use() {
    for engine in testkit::engines() {
        let mut story = Claims::bought(Place::fresh(engine));
        let (me, other) = (story.me, story.other);
        story.give();
        story.city.pay(other, story.shop, 50_000).unwrap();
        assert_eq!(story.asked(), Err(250_000), "50,000 were used");
        // A part is still reserved when the rest is returned, and comes back into the receiver's purse afterwards.
        let held = story.reserve(other, 40_000);
        story.give_back();
        assert_eq!(story.asked(), Err(250_000));
        story.city.ask(Role::Merchant(story.shop), Command::Void { authorisation: held }).unwrap();
        assert_eq!(story.asked(), Err(250_000));
        // The receiver has used nothing of theirs, and must.
        assert_eq!(asked(&mut story.city, other.0), Err(250_000));
        story.city.pay(me, story.shop, 200_000).unwrap();
        give(&mut story.city, other.0, me, 200_000);
        assert_eq!(story.asked(), Err(50_000), "what comes back is no use either");
        story.city.pay(me, story.shop, 50_000).unwrap();
        assert_eq!(story.asked(), Ok(150_000));
        common::count(&story.city.target, &story.city.pen.shared().read().books);
    }
}

/// Who gave money away, and gets it back as a claim that is returned, stands as if they had not.
#[test]
fn a_returned_claim_of_anothers_fills_what_was_given() {
    for engine in testkit::engines() {
        let mut story = Claims::bought(Place::fresh(engine));
        let (me, other) = (story.me, story.other);
        story.city.top_up(other.0, 400_000);
        give(&mut story.city, other.0, me, 300_000);
        assert_eq!(asked(&mut story.city, other.0), Err(240_000));
        story.give();
        assert_eq!(asked(&mut story.city, other.0), Err(240_000));
        story.give_back();
        assert_eq!(asked(&mut story.city, other.0), Err(240_000));
        story.city.pay(other, story.shop, 240_000).unwrap();
        assert_eq!(asked(&mut story.city, other.0), Ok(160_000));
    }
}
