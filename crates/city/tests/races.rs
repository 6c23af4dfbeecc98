//! Thousands who want the same thing at the same moment.

use crate::common;

use base::{CardId, Entropy, MerchantId, PersonId, Role, Seeded};
use city::{CardRef, Command, Reply};
use common::{TestCity, facts, posting, refusal, request};
use economy::{Class, Facts, chart};
use pen::{Failure, Recorded, Request};

fn pay(who: (PersonId, CardId), merchant: MerchantId, amount: i64) -> Command {
    let card = CardRef::Id(who.1);
    Command::Pay { card, merchant, amount, pin: None, order: None }
}

fn asked(role: Role, key: &str, command: Command) -> (Request, Command) {
    (request(role, key, &command), command)
}

fn paid(reply: Result<Reply, Failure>) -> economy::facts::Payment {
    match facts(reply) {
        Facts::Pay(payment) => payment,
        other => panic!("{other:?}"),
    }
}

#[test]
fn two_hundred_part_refunds_never_give_back_more_than_was_paid() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        let who = city.person();
        let shop = city.shop("123-45-67891", "market-food");
        city.vote("cashback-2021", 1_000_000);
        city.top_up(who.0, 100_000);
        paid(city.pay(who, shop, 10_007));
        let earned = city
            .pen
            .shared()
            .read()
            .books
            .balance_of(&chart::budget(Class::BudgetGranted, "cashback-2021").key);
        // Two purses pay it, and it earns on one of them.
        let reply = city.pay(who, shop, 7_919);
        let no = posting(&reply);
        let payment = paid(reply);
        assert_eq!(payment.legs.len(), 2);
        let before = payment.balance + 7_919 - payment.cashback.reward;

        let live = city.live();
        let mut dice = Seeded::new(11);
        let amounts: Vec<i64> = (0..200).map(|_| 1 + i64::try_from(dice.below(75)).unwrap()).collect();
        let wishes = amounts.iter().enumerate().map(|(number, amount)| {
            let wish = Command::Refund { payment: no, amount: Some(*amount) };
            asked(Role::Merchant(shop), &format!("refund-{number}"), wish)
        });
        let mut back = (0, 0);
        for (answer, amount) in live.at_once(wishes.collect()).into_iter().zip(&amounts) {
            match answer {
                Ok(_) => {
                    let Facts::Refund(refund) = facts(answer) else { panic!() };
                    assert_eq!(
                        (refund.amount, refund.legs.iter().map(|leg| leg.2).sum()),
                        (*amount, *amount)
                    );
                    back = (back.0 + refund.amount, back.1 + refund.reward);
                }
                refused => {
                    assert!(["refund.more-than-left", "refund.done"].contains(&refusal(refused)));
                    assert!(amounts.iter().sum::<i64>() > 7_919);
                }
            }
            assert!(back.0 <= 7_919);
        }
        // The last won, then nothing more.
        if back.0 < 7_919 {
            let wish = Command::Refund { payment: no, amount: None };
            let (request, wish) = asked(Role::Merchant(shop), "rest", wish);
            let Facts::Refund(refund) = facts(live.city.ask_waiting(request, wish)) else { panic!() };
            back = (back.0 + refund.amount, back.1 + refund.reward);
        }
        assert_eq!(back, (7_919, payment.cashback.reward));
        let (request, wish) = asked(Role::Officer, "more", Command::Refund { payment: no, amount: Some(1) });
        assert_eq!(refusal(live.city.ask_waiting(request, wish)), "refund.done");
        {
            let view = live.city.shared.read();
            let purses =
                view.books.iter().filter(|(_, account, _)| account.key.class.0 == Class::Purse as u8);
            assert_eq!(purses.map(|(_, _, state)| state.balance).sum::<i64>(), before);
            assert_eq!(view.town.payable(&view.books, shop), 10_007);
            let granted = chart::budget(Class::BudgetGranted, "cashback-2021");
            assert_eq!(view.books.balance_of(&granted.key), earned);
        }
        live.close();
    }
}

#[test]
fn two_thousand_payments_share_a_budget_of_a_hundred_rewards() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        let shop = city.shop("123-45-67891", "market-food");
        city.vote("cashback-2021", 100 * 100);
        let people = city.people(2_000, 1_000);
        let live = city.live();
        let mut rewards = Vec::new();
        // Twice a thousand at once: as many threads as a small machine bears.
        for wave in 0..2 {
            let wishes = (0..1_000).map(|number| {
                let who = people[wave * 1_000 + number];
                asked(Role::Citizen(who.0), &format!("{wave}-{number}"), pay(who, shop, 1_000))
            });
            rewards.extend(
                live.at_once(wishes.collect()).into_iter().map(|answer| paid(answer).cashback.reward),
            );
        }
        assert_eq!(rewards.iter().filter(|reward| **reward == 100).count(), 100);
        assert_eq!(rewards.iter().sum::<i64>(), 10_000);
        {
            let view = live.city.shared.read();
            let budget = |class| view.books.balance_of(&chart::budget(class, "cashback-2021").key);
            assert_eq!((budget(Class::BudgetLeft), budget(Class::BudgetGranted)), (0, 10_000));
            assert_eq!(view.town.payable(&view.books, shop), 2_000_000);
        }
        live.close();
    }
}

#[test]
fn five_hundred_payments_on_one_cards_last_ten_thousand_won() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        let who = city.person();
        let shop = city.shop("123-45-67891", "market-food");
        // No budget is voted, so nothing comes back to spend again.
        city.top_up(who.0, 10_000);
        let live = city.live();
        let wishes =
            (0..500).map(|number| asked(Role::Citizen(who.0), &format!("pay-{number}"), pay(who, shop, 37)));
        let answers = live.at_once(wishes.collect());
        let (done, short): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(done.len(), 10_000 / 37);
        assert!(short.into_iter().all(|answer| refusal(answer) == "purse.short"));
        {
            let view = live.city.shared.read();
            assert_eq!(view.town.payable(&view.books, shop), 10_000 / 37 * 37);
        }
        live.close();
    }
}

#[test]
fn twins_of_one_key_are_one_payment_and_hear_the_same() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        let who = city.person();
        let shop = city.shop("123-45-67891", "market-food");
        city.top_up(who.0, 100_000);
        let before = city.pen.shared().read().books.last_posting().0;
        let live = city.live();
        for round in 0..5 {
            let key = format!("twin-{round}");
            // Every third wishes something else under the same key.
            let wishes = (0..90).map(|number| {
                let amount = if number % 3 == 0 { 200 + number } else { 100 };
                asked(Role::Citizen(who.0), &key, pay(who, shop, amount))
            });
            let wishes: Vec<_> = wishes.collect();
            let answers = live.at_once(wishes.clone());
            let first: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
            let Some(Reply::Done { recorded: Recorded::Posting(no), .. }) = first.first() else { panic!() };
            assert_eq!(no.0, before + 1 + round);
            assert!(first.iter().all(|answer| *answer == first[0]));
            let winner = answers.iter().position(Result::is_ok).unwrap();
            for ((_, wish), answer) in wishes.iter().zip(&answers) {
                if *wish == wishes[winner].1 {
                    assert_eq!(answer, &answers[winner]);
                } else {
                    assert_eq!(refusal(answer.clone()), "key.reused");
                }
            }
            assert_eq!(live.city.shared.read().books.last_posting().0, before + 1 + round);
        }
        live.close();
    }
}
