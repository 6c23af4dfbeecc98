//! Gifts, on both engines: given always and once, by people and by shops; passed on, spent, taken back, receipted.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{MerchantId, PostingNo, Role, date};
use city::read::giving::{became, gift, gifts_since, receipted, spendings, trail};
use city::{CardRef, Command, OnGiving, Reply};
use common::{TestCity, count, facts, posting, refusal, spending, state};
use economy::facts::{Facts, Giver, GivingFacts, Payment};
use economy::{Class, chart};
use pen::Failure;
use store::Readers;
use testkit::Place;

fn ask(city: &mut TestCity, role: Role, wish: OnGiving) -> Result<Reply, Failure> {
    city.ask(role, Command::OnGiving(wish))
}

fn paid(reply: Result<Reply, Failure>) -> Payment {
    match facts(reply) {
        Facts::Pay(payment) => payment,
        other => panic!("{other:?}"),
    }
}

/// The same city after a start without its checkpoint, and with one, stands as it stood.
fn stands_after_a_start(city: TestCity) -> TestCity {
    let before = state(&city.pen.shared());
    let city = city.again(5);
    assert_eq!(state(&city.pen.shared()), before);
    city
}

#[test]
fn a_won_is_followed() {
    testkit::engines().into_iter().map(Place::fresh).for_each(a_won_is_followed_at);
}

fn a_won_is_followed_at(place: Place) {
    let mut city = TestCity::new(place);
    let (sunja, minho) = (city.person(), city.person());
    let shop = city.shop("123-45-67891", "market-food");
    city.vote("cashback-2021", 1_000_000);
    city.vote("gift-cover", 10_000);
    for who in [sunja, minho] {
        city.top_up(who.0, 200_000);
    }
    let stand = |share, purpose| OnGiving::Stand { person: sunja.0, share, purpose, named: false };
    assert_eq!(refusal(ask(&mut city, Role::Citizen(minho.0), stand(100, 0))), "person.unknown");
    assert_eq!(refusal(ask(&mut city, Role::Citizen(sunja.0), stand(10_001, 0))), "giving.share");
    assert_eq!(refusal(ask(&mut city, Role::Citizen(sunja.0), stand(5_000, 9))), "giving.purpose-unknown");
    facts(ask(&mut city, Role::Citizen(sunja.0), stand(5_000, 1)));

    // 1,200 earned, half of it given in the same posting.
    let reply = city.pay(sunja, shop, 12_000);
    let first = posting(&reply);
    let payment = paid(reply);
    let given = payment.gift.unwrap();
    assert_eq!((payment.cashback.reward, given.amount, given.purpose, given.from), (1_200, 600, 1, 0));
    assert_eq!(payment.balance, 200_000 - 12_000 + 600);

    // Minho gives once: more than his cashback is refused.
    city.pay(minho, shop, 20_000).unwrap();
    let once = |amount| OnGiving::Once { person: minho.0, amount, purpose: 1, named: true };
    assert_eq!(refusal(ask(&mut city, Role::Citizen(minho.0), once(2_001))), "giving.short");
    assert_eq!(refusal(ask(&mut city, Role::Citizen(minho.0), once(99))), "giving.amount");
    let second = posting(&ask(&mut city, Role::Citizen(minho.0), once(1_000)));

    // Passed on; 700 spent: all 600 of Sunja's, 100 of Minho's.
    posting(&ask(&mut city, Role::Officer, OnGiving::Pass));
    assert_eq!(refusal(ask(&mut city, Role::Officer, OnGiving::Pass)), "giving.nothing");
    assert_eq!(refusal(ask(&mut city, Role::System, spending(0, 1))), "giving.spend-short");
    let spent = posting(&ask(&mut city, Role::System, spending(1, 700)));
    let tell =
        OnGiving::Tell { spending: spent, outcome: "사회복지사 12명이 이틀 배웠어요.".into() };
    facts(ask(&mut city, Role::System, tell));

    // Half of Sunja's payment comes back: her gift is spent, so the named budget bears 300.
    let back = Command::Refund { payment: first, amount: Some(6_000) };
    let Facts::Refund(refund) = facts(city.ask(Role::Merchant(shop), back)) else { panic!() };
    let gift_back = refund.gift.unwrap();
    assert_eq!((gift_back.back, gift_back.borne, gift_back.budget.as_str()), (0, 300, "gift-cover"));
    assert_eq!((refund.reward, refund.reward_from_refund), (600, 0));
    let shared = city.pen.shared();
    let left = |id: &str| {
        let account = chart::budget(Class::BudgetLeft, id);
        shared.read().books.balance_of(&account.key)
    };
    assert_eq!((left("gift-cover"), left("cashback-2021")), (9_700, 1_000_000 - 3_200 + 600));

    let mut city = stands_after_a_start(city);
    let readers = Readers::open(&city.target, 1).unwrap();
    let shared = city.pen.shared();
    let (trails, giving) = {
        let view = shared.read();
        let of = |who| trail(&view.town, &view.books, Giver::Person(who));
        ([of(sunja.0), of(minho.0)], view.town.directory.giving.clone())
    };
    readers
        .read(|snapshot| {
            let all = spendings(snapshot)?;
            assert_eq!(all[0].outcome.as_deref(), Some("사회복지사 12명이 이틀 배웠어요."));
            let of = [
                gifts_since(snapshot, &trails[0], date(2021, 1, 1))?,
                gifts_since(snapshot, &trails[1], date(2021, 1, 1))?,
            ];
            assert_eq!(of.each_ref().map(|gifts| gifts[0].no), [first, second]);
            let followed = of.each_ref().map(|gifts| became(gifts.iter().map(|g| &g.part), &giving, &all));
            assert_eq!((followed[0].parts.clone(), followed[0].waiting), (vec![(0, 600)], 0));
            assert_eq!((followed[1].parts.clone(), followed[1].waiting), (vec![(0, 100)], 900));
            Ok(())
        })
        .unwrap();
    receipts(&mut city, &readers, (minho.0, second), shop);
    count(&city.target, &city.pen.shared().read().books);
}

/// One receipt a gift, no gift on two, copies counted.
fn receipts(
    city: &mut TestCity,
    readers: &Readers,
    (who, no): (base::PersonId, PostingNo),
    shop: MerchantId,
) {
    let giver = Giver::Person(who);
    let wish = |gifts| OnGiving::Receipt { giver, gifts };
    let unknown = OnGiving::Receipt { giver: Giver::Shop(shop), gifts: vec![no] };
    assert_eq!(refusal(ask(city, Role::Merchant(shop), unknown)), "giving.gift-unknown");
    assert_eq!(refusal(ask(city, Role::Citizen(who), wish(vec![]))), "giving.receipt-gifts");
    assert_eq!(refusal(ask(city, Role::Citizen(who), wish(vec![no, no]))), "giving.receipt-gifts");
    let Facts::Giving(GivingFacts::Receipt { serial, amount, .. }) =
        facts(ask(city, Role::Citizen(who), wish(vec![no])))
    else {
        panic!()
    };
    assert_eq!((serial.as_str(), amount), ("2021-000001", 1_000));
    assert_eq!(refusal(ask(city, Role::Citizen(who), wish(vec![no]))), "giving.receipted");
    let print = OnGiving::Print { serial: serial.clone() };
    assert_eq!(refusal(ask(city, Role::Merchant(shop), print.clone())), "giving.receipt-unknown");
    let Facts::Giving(GivingFacts::Receipt { copies, .. }) = facts(ask(city, Role::Citizen(who), print))
    else {
        panic!()
    };
    assert_eq!(copies, 2);
    readers
        .read(|snapshot| {
            assert_eq!(receipted(snapshot, giver)?.get(&no), Some(&serial));
            assert_eq!(gift(snapshot, no)?.unwrap().giver, giver);
            let log = city::read::giving::issues(snapshot, 10)?;
            assert_eq!(log.iter().map(|line| line.copy).collect::<Vec<_>>(), [2, 1]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn shops_give_from_april() {
    testkit::engines().into_iter().map(Place::fresh).for_each(shops_give_from_april_at);
}

fn shops_give_from_april_at(place: Place) {
    let mut city = TestCity::new(place);
    let who = city.person();
    let (giving, other) = (city.shop("123-45-67891", "market-food"), city.shop("220-81-62517", "bakery"));
    let apply = OnGiving::Apply { merchant: giving, rate: None, purpose: 0 };
    assert_eq!(refusal(ask(&mut city, Role::Merchant(other), apply.clone())), "shop.unknown");
    let plaque = OnGiving::Plaque { merchant: giving };
    assert_eq!(refusal(ask(&mut city, Role::Officer, plaque.clone())), "giving.not-applied");
    facts(ask(&mut city, Role::Merchant(giving), apply.clone()));
    assert_eq!(refusal(ask(&mut city, Role::Merchant(giving), apply)), "giving.applied-already");
    assert_eq!(refusal(ask(&mut city, Role::Officer, plaque.clone())), "giving.not-now");
    let check = OnGiving::Check { merchant: giving, fit: true, note: String::new() };
    facts(ask(&mut city, Role::Officer, check));
    facts(ask(&mut city, Role::Officer, plaque));

    city.top_up(who.0, 500_000);
    let settle = |city: &mut TestCity| {
        city.ask(Role::Officer, Command::Settle { from: 0, at_most: 10 }).unwrap();
    };
    let collected = |city: &TestCity| city.pen.shared().read().books.balance_of(&chart::gifts(0).key);
    city.pay(who, giving, 50_000).unwrap();
    city.on(2021, 3, 31);
    settle(&mut city);
    assert_eq!(collected(&city), 0, "not before April");
    city.on(2021, 4, 1);
    city.pay(who, giving, 12_399).unwrap();
    city.pay(who, other, 12_399).unwrap();
    settle(&mut city);
    assert_eq!(collected(&city), 123, "1 % of 12,399, rounded down");
    let change = OnGiving::Change { merchant: giving, rate: 2_001, purpose: 0 };
    assert_eq!(refusal(ask(&mut city, Role::Merchant(giving), change)), "giving.rate");
    let change = OnGiving::Change { merchant: giving, rate: 300, purpose: 1 };
    facts(ask(&mut city, Role::Merchant(giving), change));
    city.pay(who, giving, 10_000).unwrap();
    settle(&mut city);
    assert_eq!(city.pen.shared().read().books.balance_of(&chart::gifts(1).key), 300);
    facts(ask(&mut city, Role::Merchant(giving), OnGiving::Stop { merchant: giving }));
    city.pay(who, giving, 10_000).unwrap();
    settle(&mut city);
    let city = stands_after_a_start(city);
    let shared = city.pen.shared();
    let view = shared.read();
    assert_eq!(view.town.directory.giving.given().by(Giver::Shop(giving)), (2, 423));
    assert_eq!(view.town.directory.giving.given().givers(), (0, 1));
    let of = trail(&view.town, &view.books, Giver::Shop(giving));
    let readers = Readers::open(&city.target, 1).unwrap();
    let gifts = readers.read(|snapshot| gifts_since(snapshot, &of, date(2021, 1, 1))).unwrap();
    assert_eq!(gifts.iter().map(|gift| gift.part.amount).collect::<Vec<_>>(), [300, 123]);
    drop(view);
    count(&city.target, &shared.read().books);
}

#[test]
fn holds_and_whole_refunds() {
    testkit::engines().into_iter().map(Place::fresh).for_each(holds_and_whole_refunds_at);
}

/// What was captured gives too, under the wish of that moment; an unspent gift comes back whole with its payment.
fn holds_and_whole_refunds_at(place: Place) {
    let mut city = TestCity::new(place);
    let who = city.person();
    let shop = city.shop("123-45-67891", "market-food");
    city.vote("cashback-2021", 1_000_000);
    city.top_up(who.0, 100_000);
    let card = CardRef::Id(who.1);
    let hold = Command::Authorise { card, merchant: shop, amount: 30_000, pin: None };
    let no = posting(&city.ask(Role::Citizen(who.0), hold));
    let stand = OnGiving::Stand { person: who.0, share: 10_000, purpose: 0, named: true };
    facts(ask(&mut city, Role::Citizen(who.0), stand));
    let take = Command::Capture { authorisation: no, amount: Some(20_000) };
    let reply = city.ask(Role::Merchant(shop), take);
    let taken = posting(&reply);
    let Facts::Capture { payment, .. } = facts(reply) else { panic!() };
    assert_eq!(payment.gift.unwrap().amount, 2_000);
    posting(&ask(&mut city, Role::Officer, OnGiving::Pass));
    let back = Command::Refund { payment: taken, amount: None };
    let Facts::Refund(refund) = facts(city.ask(Role::Merchant(shop), back)) else { panic!() };
    let gift_back = refund.gift.unwrap();
    // It was passed on already: the collector owes it, and the next gift is kept for it.
    assert_eq!((gift_back.back, gift_back.owed, gift_back.borne), (2_000, 2_000, 0));
    city.pay(who, shop, 30_000).unwrap();
    posting(&ask(&mut city, Role::Officer, OnGiving::Pass));
    let city = stands_after_a_start(city);
    let shared = city.pen.shared();
    let view = shared.read();
    let of = |class| view.books.balance_of(&chart::scheme(class).key);
    assert_eq!((of(Class::GiftDue), of(Class::PayoutSent), of(Class::ChestBank)), (0, 3_000, 3_000));
    assert_eq!(view.town.directory.giving.given().by(Giver::Person(who.0)), (2, 3_000));
}
