//! Withdrawing what is left: giving is not using, and the page says what the decision does.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use base::{Arg, CardId, PersonId, Role};
use city::read::history::since_last_top_up;
use city::read::wallet::{wallet, with_what_is_kept};
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
    let (chains, trust) = (now.cash_chains.clone(), now.trust.unwrap());
    let since = readers.read(|snapshot| since_last_top_up(snapshot, &chains, trust)).unwrap();
    now.withdrawable(&with_what_is_kept(&view.town, &view.books, since))
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
