//! Reservations that take from prepaid claims: a hotel reserves, takes a part, lets go, and a shop that closes meanwhile
//! leaves nobody without their money.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{CardId, MerchantId, PersonId, PostingNo, Role};
use city::{CardRef, Command, OnPrepay};
use common::{TestCity, count, facts, posting, refusal};
use economy::facts::Payment;
use economy::{Class, Facts, chart};
use testkit::{Place, engines};

const GUARANTEE: &str = "guarantee-prepay-2021";

struct Story {
    city: TestCity,
    who: (PersonId, CardId),
    shop: MerchantId,
}

impl Story {
    /// Somebody with 300,000 won prepays 200,000 at a shop, which is advanced all of it and paid out.
    fn begin(place: Place) -> Story {
        let mut city = TestCity::new(place);
        city.vote(GUARANTEE, 1_000_000);
        city.vote("cashback-2021", 1_000_000);
        let who = city.person();
        let shop = city.shop("123-45-67891", "bakery");
        city.top_up(who.0, 300_000);
        let offer = Command::OnPrepay(OnPrepay::Offer { merchant: shop });
        facts(city.ask(Role::Merchant(shop), offer));
        let buy = OnPrepay::Buy { person: who.0, merchant: shop, amount: 200_000 };
        facts(city.ask(Role::Citizen(who.0), Command::OnPrepay(buy)));
        city.ask(Role::Officer, Command::Settle { from: 0, at_most: 100 }).unwrap();
        Story { city, who, shop }
    }

    fn authorise(&mut self, amount: i64) -> PostingNo {
        let (card, merchant) = (CardRef::Id(self.who.1), self.shop);
        let command = Command::Authorise { card, merchant, amount, pin: None };
        posting(&self.city.ask(Role::Citizen(self.who.0), command))
    }

    fn capture(&mut self, authorisation: PostingNo, amount: Option<i64>) -> (PostingNo, Payment) {
        let command = Command::Capture { authorisation, amount };
        let reply = self.city.ask(Role::Merchant(self.shop), command);
        let no = posting(&reply);
        match facts(reply) {
            Facts::Capture { payment, .. } => (no, payment),
            other => panic!("{other:?}"),
        }
    }

    fn void(&mut self, authorisation: PostingNo) {
        facts(self.city.ask(Role::Merchant(self.shop), Command::Void { authorisation }));
    }

    fn of(&self, account: ledger::Account) -> i64 {
        self.city.pen.shared().read().books.balance_of(&account.key)
    }

    /// In the claim; what its shop was advanced of that; of what is reserved; the guarantee's reserve.
    fn claim(&self) -> [i64; 4] {
        [
            self.of(chart::prepaid(self.who.0, 1)),
            self.of(chart::advance(self.shop, 1)),
            self.of(chart::advance_held(self.shop, 1)),
            self.of(chart::budget(Class::BudgetReserved, GUARANTEE)),
        ]
    }

    /// In all purses.
    fn held(&self) -> i64 {
        let shared = self.city.pen.shared();
        let view = shared.read();
        let holder = view.town.directory.holder(self.who.0).unwrap();
        holder.purses().map(|(.., account)| view.books.balance(account)).sum()
    }

    fn check(&self) {
        count(&self.city.target, &self.city.pen.shared().read().books);
    }
}

#[test]
fn a_reservation_takes_from_the_claim_first() {
    for place in engines().into_iter().map(Place::fresh) {
        let mut story = Story::begin(place);
        assert_eq!(story.claim(), [200_000, 200_000, 0, 200_000]);
        let purses = story.held();

        // Reserved, a part taken, the rest is prepaid again.
        let first = story.authorise(50_000);
        assert_eq!(story.claim(), [150_000, 150_000, 50_000, 200_000]);
        story.check();
        let (captured, payment) = story.capture(first, Some(30_000));
        assert_eq!(
            (payment.prepaid, payment.legs, payment.cashback.reward),
            (vec![(1, 30_000, 30_000)], vec![], 0)
        );
        assert_eq!((story.claim(), story.held()), ([170_000, 170_000, 0, 170_000], purses));
        let again = Command::Capture { authorisation: first, amount: None };
        assert_eq!(refusal(story.city.ask(Role::Merchant(story.shop), again)), "hold.ended");

        // Taken back, it is prepaid again, and advanced again.
        let refund = Command::Refund { payment: captured, amount: Some(10_000) };
        facts(story.city.ask(Role::Merchant(story.shop), refund));
        assert_eq!(story.claim(), [180_000, 180_000, 0, 180_000]);
        story.check();

        // More than is prepaid: the rest from purses, and only that earns.
        let second = story.authorise(200_000);
        assert_eq!(story.claim()[..3], [0, 0, 180_000]);
        assert_eq!(story.held(), purses - 20_000);
        story.city = story.city.again(5);
        story.void(second);
        assert_eq!((story.claim(), story.held()), ([180_000, 180_000, 0, 180_000], purses));

        // Its days go by.
        let third = story.authorise(60_000);
        story.city.on(2021, 3, 5);
        story.city.ask_as(Role::System, "", Command::Sweep { at_most: 10 }).unwrap();
        assert_eq!((story.claim(), story.held()), ([180_000, 180_000, 0, 180_000], purses));
        let late = Command::Void { authorisation: third };
        assert_eq!(refusal(story.city.ask(Role::Merchant(story.shop), late)), "hold.ended");
        story.check();
    }
}

#[test]
fn a_shop_closes_while_something_is_reserved_of_its_claim() {
    for place in engines().into_iter().map(Place::fresh) {
        let mut story = Story::begin(place);
        let purses = story.held();
        let (some, more) = (story.authorise(50_000), story.authorise(20_000));
        facts(story.city.ask(Role::Officer, Command::CloseShop { merchant: story.shop }));
        // What is not reserved is back at once; the guarantee bore it, and still stands behind the rest.
        assert_eq!(story.held(), purses + 130_000);
        assert_eq!(story.claim(), [0, 0, 70_000, 70_000]);
        story.check();
        // The shop takes nothing any more; what is let go is the holder's, as money, and the guarantee's to bear.
        let take = Command::Capture { authorisation: some, amount: Some(10_000) };
        assert_eq!(refusal(story.city.ask(Role::Merchant(story.shop), take)), "shop.closed");
        assert_eq!(story.held(), purses + 130_000);
        story.void(some);
        assert_eq!(story.held(), purses + 180_000);
        story.city.on(2021, 3, 5);
        story.city.ask_as(Role::System, "", Command::Sweep { at_most: 10 }).unwrap();
        assert_eq!(story.held(), purses + 200_000);
        assert_eq!(story.claim(), [0, 0, 0, 0]);
        assert_eq!(story.of(chart::city_claim(story.shop, GUARANTEE)), 200_000);
        let late = Command::Void { authorisation: more };
        assert_eq!(refusal(story.city.ask(Role::Merchant(story.shop), late)), "hold.ended");
        story.check();
        let before = common::state(&story.city.pen.shared());
        story.city = story.city.again(6);
        assert_eq!(common::state(&story.city.pen.shared()), before);
    }
}

/// What is reserved was not used: neither by who reserved it, nor for a friend who was given the rest.
#[test]
fn a_reservation_opens_no_return() {
    for place in engines().into_iter().map(Place::fresh) {
        let mut story = Story::begin(place);
        story.city.on(2021, 3, 10);
        let (me, friend) = (story.who.0, story.city.person());
        let back = Command::OnPrepay(OnPrepay::Return { claim: 1 });
        assert_eq!(refusal(story.city.ask(Role::Citizen(me), back.clone())), "claim.return-late");
        let some = story.authorise(120_000);
        assert_eq!(refusal(story.city.ask(Role::Citizen(me), back.clone())), "claim.return-late");
        let give = Command::OnPrepay(OnPrepay::Give { person: me, claim: 1, to: CardRef::Id(friend.1) });
        facts(story.city.ask(Role::Citizen(me), give));
        assert_eq!(refusal(story.city.ask(Role::Citizen(friend.0), back.clone())), "claim.return-late");
        // Once it is taken, it is used: the pack's 60 %.
        story.capture(some, None);
        facts(story.city.ask(Role::Citizen(friend.0), back));
        story.check();
    }
}

/// Its last day passes while a part is reserved: the rest is money again, the part is taken or is money too, and the cashback
/// goes back for all that was not used, to the won.
#[test]
fn a_claim_runs_out_while_something_is_reserved_of_it() {
    for place in engines().into_iter().map(Place::fresh) {
        let mut story = Story::begin(place);
        let granted = chart::budget(Class::BudgetGranted, "cashback-2021");
        assert_eq!(story.of(granted), 20_000);
        story.city.on(2021, 5, 31);
        let (some, more) = (story.authorise(50_001), story.authorise(7));
        let purses = story.held();
        story.city.on(2021, 6, 1);
        let sweep = Command::OnPrepay(OnPrepay::Sweep { at_most: 10 });
        story.city.ask_as(Role::System, "", sweep.clone()).unwrap();
        let rest = 200_000 - 50_008;
        assert_eq!(story.claim(), [0, 0, 50_008, 50_008]);
        assert_eq!(story.held(), purses + rest - (20_000 - story.of(granted)));
        // What was reserved in time is taken, once; the rest of it is the holder's, less the cashback of that.
        let (_, payment) = story.capture(some, Some(30_000));
        assert_eq!((payment.prepaid.clone(), payment.cashback.reward), (vec![(1, 30_000, 30_000)], 0));
        let again = Command::Capture { authorisation: some, amount: Some(1) };
        assert_eq!(refusal(story.city.ask(Role::Merchant(story.shop), again)), "hold.ended");
        story.void(more);
        assert_eq!(story.claim(), [0, 0, 0, 0]);
        // 30,000 were used: 3,000 stay, and at most a won for each of the three parts.
        let left = story.of(granted);
        assert!((3_000..=3_003).contains(&left), "{left}");
        assert_eq!(story.held(), purses + 170_000 - (20_000 - left));
        // The shop was paid for all of it, and owes what was not used.
        assert_eq!(
            (story.of(chart::payable(story.shop)), story.of(chart::shop_due(story.shop))),
            (0, 170_000)
        );
        story.city.ask_as(Role::System, "", sweep).unwrap();
        story.check();
    }
}
