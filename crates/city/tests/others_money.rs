//! What another person has is nobody's to find out: not by gifts that they could not take.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use base::{Arg, PersonId, Refusal, Role};
use city::{CardRef, Command, Reply};
use common::{TestCity, facts};
use pen::Failure;
use testkit::{Place, engines};

const DAY: i64 = 86_400;

fn cities() -> impl Iterator<Item = TestCity> {
    engines().into_iter().map(Place::fresh).map(TestCity::new)
}

fn gift(city: &mut TestCity, from: PersonId, to: base::CardId, amount: i64) -> Result<Reply, Failure> {
    city.ask(Role::Citizen(from), Command::Gift { from, to: CardRef::Id(to), amount })
}

fn refused(reply: Result<Reply, Failure>) -> Refusal {
    match reply {
        Err(Failure::Refused(refusal)) | Ok(Reply::Counted(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_empty_purse_asks_nothing_about_another() {
    for mut city in cities() {
        let (asks, rich) = (city.person(), city.person());
        city.top_up(rich.0, 1_734_560);
        for amount in [1, 265_440, 265_441, 500_000] {
            assert_eq!(refused(gift(&mut city, asks.0, rich.1, amount)).code, "cash.short", "{amount}");
        }
        city.top_up(asks.0, 265_440);
        assert_eq!(refused(gift(&mut city, asks.0, rich.1, 265_441)).code, "cash.short");
        facts(gift(&mut city, asks.0, rich.1, 265_440));
    }
}

/// Three gifts that were too much are answered; then no gift of that giver's is, until the next day.
#[test]
fn gifts_that_cannot_be_taken_are_counted() {
    for mut city in cities() {
        let (asks, rich, poor) = (city.person(), city.person(), city.person());
        city.top_up(rich.0, 1_800_000);
        city.top_up(asks.0, 900_000);
        for amount in [300_000, 250_000, 225_000] {
            assert_eq!(refused(gift(&mut city, asks.0, rich.1, amount)).code, "holding.limit-other");
        }
        // Whatever would come of it, now and after a start anew.
        for _ in 0..2 {
            for (to, amount) in [(rich.1, 200_001), (rich.1, 200_000), (rich.1, 1), (poor.1, 1)] {
                let refusal = refused(gift(&mut city, asks.0, to, amount));
                assert_eq!((refusal.code, refusal.args), ("gift.tries", vec![("most", Arg::Count(3))]));
            }
            city = city.again(7);
        }
        // Others', and money of one's own, are as before.
        facts(gift(&mut city, rich.0, poor.1, 1));
        assert_eq!(refused(gift(&mut city, asks.0, asks.1, 1)).code, "gift.self");
        assert_eq!(refused(gift(&mut city, poor.0, rich.1, 2)).code, "cash.short");
        city.clock.set(city.now().plus_seconds(DAY));
        facts(gift(&mut city, asks.0, rich.1, 200_001));
        assert_eq!(refused(gift(&mut city, asks.0, rich.1, 1)).code, "holding.limit-other");
        common::count(&city.target, &city.pen.shared().read().books);
    }
}
