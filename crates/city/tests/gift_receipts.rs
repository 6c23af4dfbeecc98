//! Receipts for gifts whose payments are taken back: nobody shows for their taxes what they didn't give.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{CardId, MerchantId, PersonId, PostingNo, Role};
use city::{Command, OnGiving};
use common::{TestCity, count, facts, posting, refusal, spending};
use economy::facts::{Facts, GiftBack, Giver, GivingFacts, Refund};
use testkit::{Place, on_each_engine};

struct Story {
    city: TestCity,
    who: (PersonId, CardId),
    shop: MerchantId,
}

impl Story {
    fn begin(place: &Place) -> Story {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        city.vote("cashback-2021", 1_000_000);
        city.vote("gift-cover", 1_000_000);
        let who = city.person();
        city.top_up(who.0, 200_000);
        let stand = OnGiving::Stand { person: who.0, share: 10_000, purpose: 1, named: false };
        facts(city.ask(Role::Citizen(who.0), Command::OnGiving(stand)));
        let shop = city.shop("123-45-67891", "market-food");
        Story { city, who, shop }
    }

    fn pay(&mut self, amount: i64) -> PostingNo {
        posting(&self.city.pay(self.who, self.shop, amount))
    }

    fn back(&mut self, payment: PostingNo, amount: i64) -> (Refund, GiftBack) {
        let refund = Command::Refund { payment, amount: Some(amount) };
        let Facts::Refund(refund) = facts(self.city.ask(Role::Merchant(self.shop), refund)) else { panic!() };
        let gift = refund.gift.clone().unwrap();
        (refund, gift)
    }

    fn asks(&mut self, gift: PostingNo) -> Result<city::Reply, pen::Failure> {
        let wish = OnGiving::Receipt { giver: Giver::Person(self.who.0), gifts: vec![gift] };
        self.city.ask(Role::Citizen(self.who.0), Command::OnGiving(wish))
    }

    fn receipt(&mut self, gift: PostingNo) -> i64 {
        match facts(self.asks(gift)) {
            Facts::Giving(GivingFacts::Receipt { amount, .. }) => amount,
            other => panic!("{other:?}"),
        }
    }

    fn spend(&mut self, amount: i64) {
        posting(&self.city.ask(Role::Officer, Command::OnGiving(OnGiving::Pass)));
        posting(&self.city.ask(Role::System, Command::OnGiving(spending(1, amount))));
    }
}

#[test]
fn a_gift_with_a_receipt_stays_given() {
    on_each_engine(|place| {
        let mut story = Story::begin(place);
        let payment = story.pay(50_000);
        assert_eq!(story.receipt(payment), 5_000);
        for (amount, reward) in [(20_000, 2_000), (30_000, 3_000)] {
            let (refund, gift) = story.back(payment, amount);
            assert_eq!((gift.back, gift.borne, gift.above, gift.receipted), (0, 0, 0, true));
            assert_eq!((refund.reward, refund.reward_from_refund), (reward, reward));
        }
        count(&story.city.target, &story.city.pen.shared().read().books);
    });
}

#[test]
fn a_receipt_leaves_out_what_came_back_and_what_the_city_bore() {
    on_each_engine(|place| {
        let mut story = Story::begin(place);
        // Not spent: 2,000 come back. Spent: the city bears 2,000. Of both, 3,000 were given.
        let first = story.pay(50_000);
        assert_eq!(story.back(first, 20_000).1.back, 2_000);
        assert_eq!(story.receipt(first), 3_000);
        let second = story.pay(50_000);
        story.spend(8_000);
        assert_eq!(story.back(second, 20_000).1.borne, 2_000);
        assert_eq!(story.receipt(second), 3_000);
        let third = story.pay(10_000);
        story.spend(1_000);
        assert_eq!(story.back(third, 10_000).1.borne, 1_000);
        assert_eq!(refusal(story.asks(third)), "giving.receipt-nothing");
        count(&story.city.target, &story.city.pen.shared().read().books);
    });
}
