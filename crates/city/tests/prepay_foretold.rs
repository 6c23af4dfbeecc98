//! What a shop's page foretells of prepayments is what its settlement advances.

use crate::common;

use base::{Clock, MerchantId, PersonId, Role};
use city::prepay::read::to_advance;
use city::{Command, OnPrepay};
use common::{TestCity, facts};
use economy::Class;

const GUARANTEE: &str = "guarantee-prepay-2021";

fn paid_out(city: &TestCity) -> i64 {
    let shared = city.pen.shared();
    let view = shared.read();
    let all = view.books.iter().filter(|(_, account, _)| account.key.class.0 == Class::PayoutSent as u8);
    all.map(|(_, _, state)| state.balance).sum()
}

fn foretold(city: &TestCity, merchant: MerchantId) -> i64 {
    let shared = city.pen.shared();
    let view = shared.read();
    let today = view.town.zone.date(city.clock.now());
    to_advance(&view.town, &view.books, merchant, today)
}

fn offering(city: &mut TestCity) -> MerchantId {
    let merchant = city.shop("123-45-67891", "market-food");
    facts(city.ask(Role::Merchant(merchant), Command::OnPrepay(OnPrepay::Offer { merchant })));
    merchant
}

fn buys(city: &mut TestCity, person: PersonId, merchant: MerchantId, amount: i64) {
    let command = Command::OnPrepay(OnPrepay::Buy { person, merchant, amount });
    facts(city.ask(Role::Citizen(person), command));
}

#[test]
fn a_shop_is_foretold_what_it_is_advanced() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        // A second programme from April behind the same guarantee.
        let mut files = common::pack().files;
        let campaign = files.get_mut("prepayment.toml").unwrap();
        let second = campaign[campaign.find("[[prepayment]]").unwrap()..]
            .replace("good-2021", "good-spring")
            .replace("from = 2021-01-20", "from = 2021-04-01")
            .replace("until = 2021-03-31", "until = 2021-05-31")
            .replace("use_by = 2021-05-31", "use_by = 2021-08-31");
        campaign.push_str(&second);
        let budgets = files.get_mut("budgets.toml").unwrap();
        *budgets = budgets.replace("2021-01-20\nuntil = 2021-05-31", "2021-01-20\nuntil = 2022-05-31");
        facts(city.ask(Role::System, Command::Activate { files, people: 1, population: 1 }));
        city.vote("cashback-2021", 1_000_000_000);
        city.vote(GUARANTEE, 200_000);
        let shop = offering(&mut city);
        let people = city.people(2, 400_000);
        buys(&mut city, people[0].0, shop, 150_000);
        assert_eq!(foretold(&city, shop), 150_000);
        city.on(2021, 4, 2);
        buys(&mut city, people[1].0, shop, 120_000);
        assert_eq!(foretold(&city, shop), 200_000, "one guarantee holds for both programmes together");
        city.on(2021, 6, 1);
        assert_eq!(foretold(&city, shop), 120_000, "the first claim's last day was yesterday");
        city.ask(Role::Officer, Command::Settle { from: 0, at_most: 1_000 }).unwrap();
        assert_eq!((paid_out(&city), foretold(&city, shop)), (120_000, 0));
    }
    // Of a shop with very many claims some stand for a moment after it closed: nothing comes of them any more.
    let mut city = TestCity::new(testkit::Place::fresh(testkit::engines()[0]));
    city.vote("cashback-2021", 1_000_000_000);
    city.vote(GUARANTEE, 1_000_000_000);
    let shop = offering(&mut city);
    for (person, _) in city.people(257, 100_000) {
        buys(&mut city, person, shop, 100_000);
    }
    assert_eq!(foretold(&city, shop), 25_700_000);
    facts(city.ask_as(Role::Merchant(shop), "close", Command::CloseShop { merchant: shop }));
    let open = city.pen.shared().read().town.claims.at(shop).count();
    assert_eq!((open, foretold(&city, shop)), (1, 0));
}
