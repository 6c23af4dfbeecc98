//! Wrong PINs count for a card at a shop first: one shop locks nobody's card, two together do; a number that is no card's is
//! remembered like one that is; all of it outlives a restart.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{CardId, MerchantId, PersonId, Role};
use city::{CardRef, Command, Reply};
use common::{TestCity, facts, refusal};
use economy::CardState;
use economy::holder::card_number;
use pen::Failure;
use testkit::{Place, engines};

const DAY: i64 = 86_400;
const KEPT: store::Sql = store::sql("SELECT card FROM pins_tried ORDER BY card, shop");

store::row! { struct KeptRow { card: String } }

struct Story {
    city: TestCity,
    who: (PersonId, CardId),
    shops: [MerchantId; 3],
}

impl Story {
    /// Somebody with 300,000 won and a PIN, and three shops.
    fn begin(place: Place) -> Story {
        let mut city = TestCity::new(place);
        let who = city.person();
        let shops = ["123-45-67891", "220-81-62517", "124-81-00998"].map(|no| city.shop(no, "bakery"));
        city.top_up(who.0, 300_000);
        let pin = Command::SetPin { card: CardRef::Id(who.1), pin: "1234".into() };
        facts(city.ask(Role::Citizen(who.0), pin));
        Story { city, who, shops }
    }

    /// The card at a shop's till.
    fn at(&mut self, shop: usize, pin: Option<&str>) -> Result<Reply, Failure> {
        let (card, merchant) = (CardRef::Id(self.who.1), self.shops[shop]);
        self.show(card, merchant, 1_000, pin)
    }

    fn show(
        &mut self,
        card: CardRef,
        merchant: MerchantId,
        amount: i64,
        pin: Option<&str>,
    ) -> Result<Reply, Failure> {
        let pin = pin.map(str::to_owned);
        let pay = Command::Pay { card, merchant, amount, pin, order: None };
        self.city.ask(Role::Till(merchant), pay)
    }

    /// So many wrong ones at a shop; how many are left after each.
    fn wrong(&mut self, shop: usize, times: u8) -> Vec<u8> {
        (0..times).map(|_| left(&self.at(shop, Some("9999")))).collect()
    }

    fn card(&self) -> (CardState, u8) {
        let shared = self.city.pen.shared();
        let view = shared.read();
        let card = view.town.directory.card(CardRef::Id(self.who.1)).unwrap();
        (card.state, card.wrong)
    }

    fn later(&mut self, seconds: i64) {
        self.city.clock.set(self.city.now().plus_seconds(seconds));
    }
}

/// What a till can tell from an answer.
fn heard(reply: &Result<Reply, Failure>) -> String {
    match reply {
        Ok(Reply::WrongPin { left, .. }) => format!("wrong, {left} left"),
        Err(Failure::Refused(refusal)) => format!("{refusal:?}"),
        other => panic!("{other:?}"),
    }
}

fn left(reply: &Result<Reply, Failure>) -> u8 {
    match reply {
        Ok(Reply::WrongPin { left, .. }) => *left,
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_shop_waits_and_locks_nothing_however_long_it_goes_on() {
    for place in engines().into_iter().map(Place::fresh) {
        let mut story = Story::begin(place);
        for day in 0..4 {
            assert_eq!(story.wrong(0, 5), [4, 3, 2, 1, 0], "day {day}");
            assert_eq!(story.card(), (CardState::Active, 5), "day {day}");
            // With the right one, without any, and for a sum that needs one: it waits.
            for pin in [Some("1234"), None] {
                assert_eq!(refusal(story.at(0, pin)), "pin.paused");
            }
            let (card, shop) = (CardRef::Id(story.who.1), story.shops[0]);
            assert_eq!(refusal(story.show(card, shop, 60_000, None)), "pin.paused");
            facts(story.at(1, None));
            story.later(DAY - 2);
            assert_eq!(refusal(story.at(0, Some("1234"))), "pin.paused");
            // Each command has a microsecond of its own.
            story.later(3);
        }
        // The right one begins anew here.
        facts(story.at(0, Some("1234")));
        assert_eq!(story.card(), (CardState::Active, 0));
    }
}

#[test]
fn shops_together_lock_it_and_then_no_pin_is_right() {
    for place in engines().into_iter().map(Place::fresh) {
        let mut story = Story::begin(place);
        story.wrong(0, 5);
        // Every start reads what was tried.
        story.city = story.city.again(7);
        assert_eq!(refusal(story.at(0, Some("1234"))), "pin.paused");
        story.wrong(1, 4);
        assert_eq!(story.card(), (CardState::Active, 9));
        story.wrong(2, 1);
        assert_eq!(story.card(), (CardState::Locked, 10));
        assert_eq!(left(&story.at(2, Some("1234"))), 3, "the right one is told from a wrong one no more");
        // Unlocked at a window it begins anew everywhere.
        let unlock = Command::Unfreeze { card: CardRef::Id(story.who.1) };
        facts(story.city.ask(Role::Clerk, unlock));
        for shop in 0..3 {
            facts(story.at(shop, Some("1234")));
        }
    }
}

#[test]
fn a_holder_elsewhere_ends_the_count_and_a_holder_there_the_wait() {
    for place in engines().into_iter().map(Place::fresh) {
        let mut story = Story::begin(place);
        story.wrong(0, 5);
        facts(story.at(1, Some("1234")));
        assert_eq!(story.card(), (CardState::Active, 0));
        assert_eq!(refusal(story.at(0, None)), "pin.paused", "what went on there goes on waiting");
        story.city = story.city.again(8);
        assert_eq!(refusal(story.at(0, None)), "pin.paused");
        story.city.pay(story.who, story.shops[0], 1_000).unwrap();
        facts(story.at(0, Some("1234")));
        // It counts for no more than five until then, and anew after.
        assert_eq!(story.wrong(0, 5), [4, 3, 2, 1, 0]);
        assert_eq!(story.card(), (CardState::Active, 5));
    }
}

/// Whether the card holds a sum: asked again and again a little lower, it would be told to the won.
#[test]
fn a_shop_does_not_find_out_what_is_on_a_card() {
    for engine in engines() {
        let mut story = Story::begin(Place::fresh(engine));
        let (who, shops) = (story.who, story.shops);
        let emptied = Command::Pay {
            card: CardRef::Id(who.1),
            merchant: shops[2],
            amount: 288_000,
            pin: None,
            order: None,
        };
        facts(story.city.ask(Role::Citizen(who.0), emptied));
        let show = |story: &mut Story, shop: usize, amount, pin| {
            let answer = story.show(CardRef::Id(who.1), shops[shop], amount, pin);
            match answer {
                Ok(Reply::Done { .. }) => "paid",
                Ok(Reply::Counted(refusal)) | Err(Failure::Refused(refusal)) => refusal.code,
                other => panic!("{other:?}"),
            }
        };
        for amount in [49_000, 48_000, 47_000] {
            assert_eq!(show(&mut story, 0, amount, None), "till.short");
        }
        for amount in [15_000, 12_000, 1] {
            assert_eq!(show(&mut story, 0, amount, None), "pin.needed-short", "{amount}");
        }
        let hold = Command::Authorise { card: CardRef::Id(who.1), merchant: shops[0], amount: 1, pin: None };
        assert_eq!(refusal(story.city.ask(Role::Till(shops[0]), hold)), "pin.needed-short");
        // It is known again after a restart; another shop counts for itself, and its holder is asked for nothing.
        story.city = story.city.again(9);
        assert_eq!(show(&mut story, 0, 1, None), "pin.needed-short");
        assert_eq!(show(&mut story, 1, 1_000, None), "paid");
        // Who typed the PIN there begins anew.
        assert_eq!(show(&mut story, 0, 1_000, Some("1234")), "paid");
        assert_eq!(show(&mut story, 0, 1_000, None), "paid");
        // And so does a shop a day after its last.
        for amount in [49_000, 48_000, 47_000] {
            assert_eq!(show(&mut story, 1, amount, None), "till.short");
        }
        story.later(DAY - 1);
        assert_eq!(show(&mut story, 1, 1_000, None), "pin.needed-short");
        // Each command has a microsecond of its own.
        story.later(2);
        assert_eq!(show(&mut story, 1, 1_000, None), "paid");
    }
}

#[test]
fn a_number_that_is_no_cards_is_remembered_like_one_that_is() {
    for place in engines().into_iter().map(Place::fresh) {
        let mut story = Story::begin(place);
        let shared = story.city.pen.shared();
        let number = shared.read().town.directory.card(CardRef::Id(story.who.1)).unwrap().number;
        let unknown = card_number(number / 10 + 1);
        let shop = story.shops[0];
        let told = |story: &mut Story, card| {
            let mut all = vec![heard(&story.show(card, shop, 60_000, None))];
            all.extend((0..5).map(|_| heard(&story.show(card, shop, 60_000, Some("9999")))));
            all.extend([Some("1234"), None].map(|pin| heard(&story.show(card, shop, 1_000, pin))));
            all
        };
        let known = told(&mut story, CardRef::Number(number));
        assert_eq!(known, told(&mut story, CardRef::Number(unknown)));
        let none = CardRef::Id(CardId(story.who.1.0 ^ 1));
        assert_eq!(known, told(&mut story, none));
        assert!(known[0].contains("pin.needed") && known[7].contains("pin.paused"), "{known:?}");
        // A day later the shop begins anew, and what was tried of no card is let go of.
        story.later(DAY + 1);
        story.wrong(1, 1);
        assert_eq!(refusal(story.show(CardRef::Number(unknown), shop, 1_000, None)), "card.unknown");
        let kept = |snapshot: &mut store::Snapshot<'_>| snapshot.query::<KeptRow>(KEPT, &[]);
        let kept = store::Readers::open(&story.city.target, 1).unwrap().read(kept).unwrap();
        let cards: Vec<_> = kept.into_iter().map(|row| row.card).collect();
        assert_eq!(cards, [story.who.1.to_string(), story.who.1.to_string()], "at two shops");
    }
}
