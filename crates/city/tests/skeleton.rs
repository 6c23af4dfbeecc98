//! The walking skeleton: one payment from the command through the pen to the disk and back, on both engines.

use crate::common;

use base::Role;
use city::verify::recount;
use city::{CardRef, Command};
use common::{TestCity, facts, opening, posting, refusal};
use economy::facts::Cut;
use economy::{Class, Facts, chart};
use store::Readers;

#[test]
fn a_payment_goes_all_the_way() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        let who = city.person();
        let shop = city.shop("123-45-67891", "market-food");
        city.vote("cashback-2021", 1_000_000);
        city.top_up(who.0, 100_000);
        let reply = city.pay(who, shop, 12_000);
        let no = posting(&reply);
        let Facts::Pay(payment) = facts(reply) else { panic!() };
        assert_eq!((payment.cashback.reward, payment.cashback.cut), (1_200, Cut::Full));
        assert_eq!(payment.balance, 100_000 - 12_000 + 1_200);

        // What readers see is what was committed.
        let shared = city.pen.shared();
        {
            let view = shared.read();
            assert_eq!(view.town.payable(&view.books, shop), 12_000);
            let left = chart::budget(Class::BudgetLeft, "cashback-2021");
            assert_eq!(view.books.balance_of(&left.key), 998_800);
            assert_eq!(view.town.stats.days.values().map(|d| d.paid.sum).sum::<i64>(), 12_000);
        }
        // The same key again: the same answer; another wish under it: refused.
        let pay = |amount| Command::Pay {
            card: CardRef::Id(who.1),
            merchant: shop,
            amount,
            pin: None,
            order: None,
        };
        let first = city.ask_as(Role::Citizen(who.0), "once", pay(1_000)).unwrap();
        assert_eq!(city.ask_as(Role::Citizen(who.0), "once", pay(1_000)).unwrap(), first);
        assert_eq!(refusal(city.ask_as(Role::Citizen(who.0), "once", pay(1_001))), "key.reused");

        // Taken back in part: each leg its share. 1,000 of the cashback is spent, so a part comes out of the refund.
        let back =
            facts(city.ask(Role::Merchant(shop), Command::Refund { payment: no, amount: Some(5_000) }));
        let Facts::Refund(refund) = back else { panic!() };
        assert_eq!((refund.reward, refund.reward_from_refund), (500, 300));
        let more = city.ask(Role::Merchant(shop), Command::Refund { payment: no, amount: Some(7_001) });
        assert_eq!(refusal(more), "refund.more-than-left");

        // Counted again from the journal, and after a start without and with a checkpoint.
        let readers = Readers::open(&city.target, 1).unwrap();
        let counted = readers
            .read(|snapshot| Ok(recount(snapshot, Some(&shared.read().books), &mut |_| ()).unwrap()))
            .unwrap();
        assert_eq!(counted.backing, counted.owed);
        drop(readers);
        let before = shared.read().books.iter().map(|(_, _, s)| s).collect::<Vec<_>>();
        let TestCity { pen, clock, target, folder, place, .. } = city;
        drop(pen);
        let mut again =
            city::open::prepare(opening(target.clone(), folder.path(), clock.clone(), 2)).unwrap();
        assert_eq!(again.pen.shared().read().books.iter().map(|(_, _, s)| s).collect::<Vec<_>>(), before);
        assert_eq!(again.report.replayed, 5);
        again.checkpoints.write::<city::CityMemory>(&again.pen.shared()).unwrap();
        let stats = again.pen.shared().read().town.stats.clone();
        drop(again);
        let third = city::open::prepare(opening(target, folder.path(), clock, 3)).unwrap();
        assert_eq!((third.report.from_checkpoint, third.report.replayed), (true, 0));
        let shared = third.pen.shared();
        assert_eq!(shared.read().books.iter().map(|(_, _, s)| s).collect::<Vec<_>>(), before);
        assert_eq!(shared.read().town.stats, stats);
        drop(place);
    }
}
