//! Cards of stamps that were turned in, and whose payments are taken back afterwards: what they gave goes back, spent or not.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::circle;
use crate::common;

use base::{CardId, MerchantId, PersonId, PostingNo, Role, date};
use circle::packed_to;
use city::{Command, OnCoupons};
use common::{TestCity, count, facts, posting};
use economy::facts::{Payment, Refund};
use economy::{Class, Facts, Meter, chart};
use testkit::{Place, on_each_engine};

const EACH: i64 = 5_000;
const BUDGET: i64 = 20_000_000;

struct Story {
    city: TestCity,
    who: (PersonId, CardId),
    shops: Vec<MerchantId>,
    payments: Vec<PostingNo>,
}

impl Story {
    /// Five payments, five stamps, and the card turned in.
    fn turned_in(place: &Place) -> Story {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        city.on(2021, 3, 22);
        for (budget, amount) in
            [("market-sale-2021", BUDGET), ("stamps-2021", BUDGET), ("cashback-2021", BUDGET)]
        {
            city.vote(budget, amount);
        }
        let numbers = ["123-45-67891", "220-81-62517", "124-81-00998", "130-81-50741", "101-81-15445"];
        let shops: Vec<MerchantId> = numbers.iter().map(|one| city.shop(one, "market-food")).collect();
        let who = city.person();
        city.top_up(who.0, 200_000);
        let mut payments = Vec::new();
        for merchant in shops.iter().copied() {
            let join = OnCoupons::Join { sale: "market-2021-03".into(), merchant, on: true };
            facts(city.ask(Role::Merchant(merchant), Command::OnCoupons(join)));
            payments.push(posting(&city.pay(who, merchant, 10_000)));
        }
        let mut story = Story { city, who, shops, payments };
        story.turn_in();
        story
    }

    fn turn_in(&mut self) {
        let claim = OnCoupons::Claim { release: "market-cards".into(), person: self.who.0 };
        facts(self.city.ask(Role::Citizen(self.who.0), Command::OnCoupons(claim)));
    }

    /// Spends what the card gave, with as much of other money.
    fn spend(&mut self) -> Payment {
        let Facts::Pay(payment) = facts(self.city.pay(self.who, self.shops[0], 2 * EACH)) else { panic!() };
        assert_eq!(payment.legs[0].2, EACH);
        payment
    }

    fn back(&mut self, at: usize, amount: Option<i64>) -> Refund {
        let refund = Command::Refund { payment: self.payments[at], amount };
        match facts(self.city.ask(Role::Merchant(self.shops[at]), refund)) {
            Facts::Refund(refund) => refund,
            other => panic!("{other:?}"),
        }
    }

    fn of(&self, account: ledger::Account) -> i64 {
        self.city.pen.shared().read().books.balance_of(&account.key)
    }

    /// What cards of theirs gave; what all of them gave; what the budget has.
    fn given(&self) -> [i64; 3] {
        [
            self.of(chart::meter(Meter::Claim, self.who.0, 3)),
            self.of(chart::release_meter(3, None)),
            self.of(chart::budget(Class::BudgetLeft, "stamps-2021")),
        ]
    }

    fn all_purses(&self) -> i64 {
        let shared = self.city.pen.shared();
        let view = shared.read();
        let holder = view.town.directory.holder(self.who.0).unwrap();
        holder.purses().map(|(.., account)| view.books.balance(account)).sum()
    }

    /// Counted anew, started anew, and decided anew by an auditor.
    fn holds(mut self, end: base::Date) {
        count(&self.city.target, &self.city.pen.shared().read().books);
        let given = self.given();
        self.city = self.city.again(8);
        assert_eq!(self.given(), given);
        self.city.clock.set(self.city.zone.instant(end.tomorrow().unwrap(), 12, 0));
        self.city.top_up(self.who.0, 1_000);
        let audited = packed_to(&self.city, &[end]).audit(0).unwrap();
        assert_eq!((audited.postings, audited.undecided), (audited.decided, Vec::new()));
    }
}

fn prize(refund: &Refund) -> Option<(i64, i64)> {
    refund.prize.as_ref().map(|prize| (prize.amount, prize.from_refund))
}

#[test]
fn who_undoes_all_payments_of_a_card_keeps_nothing_of_it() {
    on_each_engine(|place| {
        let mut story = Story::turned_in(place);
        assert_eq!(story.given(), [EACH, EACH, BUDGET - EACH]);
        let spent = story.spend();
        let price = spent.amount - spent.discount.unwrap().amount;
        // The first takes the card's worth out of what it gives back; no other takes it again.
        let refunds: Vec<Refund> = (0..5).map(|at| story.back(at, None)).collect();
        assert_eq!(
            refunds.iter().map(prize).collect::<Vec<_>>(),
            [Some((EACH, EACH)), None, None, None, None]
        );
        assert_eq!(story.given(), [0, 0, BUDGET]);
        let left = 200_000 - price + spent.cashback.reward;
        assert_eq!(story.all_purses(), left, "as if there had been that one purchase only");
        assert_eq!(refunds[4].balance, story.all_purses());
        story.holds(date(2021, 3, 31));
    });
}

#[test]
fn a_small_part_first_saves_nothing() {
    on_each_engine(|place| {
        let mut story = Story::turned_in(place);
        story.spend();
        assert_eq!(prize(&story.back(2, Some(1))), None, "one won is the city's discount");
        let part = story.back(2, Some(2_000));
        assert_eq!(prize(&part).map(|(amount, spent)| amount == spent && amount < EACH), Some(true));
        // A part of the card's worth is missing: the next is not begun with it.
        assert_eq!(story.given()[0], EACH - part.prize.unwrap().amount);
        story.back(2, None);
        assert_eq!(story.given(), [0, 0, BUDGET]);
        story.holds(date(2021, 3, 31));
    });
}

#[test]
fn what_ran_out_unspent_is_not_asked_back_and_what_was_spent_is() {
    for spent in [false, true] {
        on_each_engine(|place| {
            let mut story = Story::turned_in(place);
            if spent {
                story.spend();
            }
            story.city.on(2021, 6, 2);
            story.city.ask(Role::System, Command::Expire { from: 0, at_most: 100 }).unwrap();
            let refund = story.back(1, None);
            assert_eq!(prize(&refund), spent.then_some((EACH, EACH)));
            assert_eq!(story.given()[2], BUDGET);
            story.holds(date(2021, 6, 30));
        });
    }
}
