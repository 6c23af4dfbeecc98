//! The city's own story of giving, with its numbers, on both engines: by 22 February 130 people gave 2,950,000 won; 89 shops
//! have applied by the 23rd; from 1 April they give; the Community Chest spends; a giver follows the gift from a receipt.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{MerchantId, PersonId, PostingNo, Role, date};
use city::giving::AngelState;
use city::read::giving::{became, gifts_on, gifts_since, receipt, receipt_by, spendings, trail};
use city::{CardRef, Command, NewMerchant, NewSpending, OnGiving, Payee};
use common::{TestCity, count, facts, posting};
use economy::business_number::check_digit;
use economy::facts::{Facts, Giver, GivingFacts};
use economy::{Class, chart};
use store::Readers;
use testkit::Place;

const PEOPLE: usize = 130;
const GIVEN: i64 = 2_950_000;
const SHOPS: u64 = 89;

fn ask(city: &mut TestCity, role: Role, wish: OnGiving) -> Facts {
    facts(city.ask(role, Command::OnGiving(wish)))
}

#[test]
fn the_city_s_story_of_giving() {
    for place in testkit::engines().into_iter().map(Place::fresh) {
        let mut city = TestCity::new(place);
        let shops: Vec<MerchantId> = (0..SHOPS).map(|number| shop(&mut city, number)).collect();
        city.vote("cashback-2021", 100_000_000);
        let people = gave_by_the_22nd(&mut city, &shops);
        applied_by_the_23rd(&mut city, &shops);
        give_from_april(&mut city, &people, &shops);
        let (giver, gift) = people[17];
        let spent = the_chest_spends(&mut city);
        follows(&mut city, giver, gift, spent);
        count(&city.target, &city.pen.shared().read().books);
    }
}

fn shop(city: &mut TestCity, number: u64) -> MerchantId {
    let nine = format!("{}", 400_000_000 + number);
    let digits: Vec<u32> = nine.chars().filter_map(|c| c.to_digit(10)).collect();
    let wish = NewMerchant {
        name: format!("가게 {number}"),
        business_number: format!("{nine}{}", check_digit(&digits.try_into().unwrap())),
        trade: "bakery".into(),
        district: "4511153000".into(),
        sales: None,
        owner: None,
    };
    match facts(city.ask(Role::System, Command::Join(wish))) {
        Facts::Shop { merchant, .. } => {
            city.account(Payee::Shop(merchant));
            merchant
        }
        other => panic!("{other:?}"),
    }
}

/// Everyone buys for 300,000 and gives of the cashback; 130 gifts of 22,692 or 22,693 won.
fn gave_by_the_22nd(city: &mut TestCity, shops: &[MerchantId]) -> Vec<(PersonId, PostingNo)> {
    city.clock.set(city.zone.instant(date(2021, 2, 23), 9, 30));
    let cards = city.people(PEOPLE, 300_000);
    let mut left = GIVEN;
    let mut people = Vec::new();
    for (at, (person, card)) in cards.into_iter().enumerate() {
        let merchant = shops[at % shops.len()];
        let pay = Command::Pay { card: CardRef::Id(card), merchant, amount: 300_000, pin: None, order: None };
        posting(&city.ask(Role::Citizen(person), pay));
        let amount = left / i64::try_from(PEOPLE - at).unwrap();
        left -= amount;
        let wish = OnGiving::Once { person, amount, purpose: 1, named: at % 2 == 0 };
        people.push((person, posting(&city.ask(Role::Citizen(person), Command::OnGiving(wish)))));
    }
    let shared = city.pen.shared();
    let view = shared.read();
    let given = view.town.directory.giving.given();
    assert_eq!((given.givers(), given.won()), ((PEOPLE, 0), (GIVEN, 0)));
    assert_eq!(view.books.balance_of(&chart::gifts(1).key), GIVEN);
    people
}

fn applied_by_the_23rd(city: &mut TestCity, shops: &[MerchantId]) {
    for merchant in shops.iter().copied() {
        ask(city, Role::Merchant(merchant), OnGiving::Apply { merchant, rate: None, purpose: 0 });
    }
    let applied = |city: &TestCity, state| {
        city.pen.shared().read().town.directory.giving.angels().filter(|angel| angel.state == state).count()
    };
    assert_eq!(applied(city, AngelState::Applied), 89);
    for merchant in shops.iter().copied() {
        ask(city, Role::Officer, OnGiving::Check { merchant, fit: true, note: String::new() });
        ask(city, Role::Officer, OnGiving::Plaque { merchant });
    }
    assert_eq!(applied(city, AngelState::Plaque), 89);
}

fn give_from_april(city: &mut TestCity, people: &[(PersonId, PostingNo)], shops: &[MerchantId]) {
    city.on(2021, 3, 31);
    city.ask(Role::System, Command::Settle { from: 0, at_most: 256 }).unwrap();
    let by_shops = |city: &TestCity| city.pen.shared().read().town.directory.giving.given().won().1;
    assert_eq!(by_shops(city), 0);
    city.on(2021, 4, 1);
    for ((person, _), merchant) in people.iter().zip(shops) {
        city.top_up(*person, 12_350);
        let view = city.pen.shared();
        let card = view.read().town.directory.cards().iter().find(|card| card.person == *person).unwrap().id;
        city.pay((*person, card), *merchant, 12_350).unwrap();
    }
    city.ask(Role::System, Command::Settle { from: 0, at_most: 256 }).unwrap();
    // 1 % of 12,350, rounded down, of each of the 89.
    assert_eq!(by_shops(city), 89 * 123);
    ask(city, Role::System, OnGiving::Pass);
    let shared = city.pen.shared();
    let view = shared.read();
    assert_eq!(view.books.balance_of(&chart::scheme(Class::ChestBank).key), GIVEN + 89 * 123);
}

fn the_chest_spends(city: &mut TestCity) -> PostingNo {
    let wish = NewSpending {
        purpose: 1,
        amount: 1_000_000,
        payee: "평화사회복지관".into(),
        what: "사회복지관 연수사업".into(),
        document_name: "세금계산서.pdf".into(),
        document: b"%PDF-1.4".to_vec(),
        outcome: None,
    };
    let spent = posting(&city.ask(Role::System, Command::OnGiving(OnGiving::Spend(wish))));
    let outcome = "사회복지사 24명이 이틀 동안 배웠어요.".into();
    ask(city, Role::System, OnGiving::Tell { spending: spent, outcome });
    spent
}

fn follows(city: &mut TestCity, person: PersonId, gift: PostingNo, spent: PostingNo) {
    let giver = Giver::Person(person);
    let wish = OnGiving::Receipt { giver, gifts: vec![gift] };
    let Facts::Giving(GivingFacts::Receipt { serial, amount, .. }) = ask(city, Role::Citizen(person), wish)
    else {
        panic!()
    };
    let shared = city.pen.shared();
    let (trail, giving) = {
        let view = shared.read();
        (trail(&view.town, &view.books, giver), view.town.directory.giving.clone())
    };
    Readers::open(&city.target, 1)
        .unwrap()
        .read(|snapshot| {
            // With the word it is found, with another it is not.
            let known = receipt(snapshot, &serial)?.unwrap();
            assert!(receipt_by(snapshot, &serial, "00000000")?.is_none());
            let found = receipt_by(snapshot, &serial, &known.word)?.unwrap();
            assert_eq!((found.amount, found.gifts, found.copies), (amount, 1, 1));
            let gifts = gifts_on(snapshot, &serial)?;
            assert_eq!(gifts, gifts_since(snapshot, &trail, date(2021, 1, 1))?);
            let all = spendings(snapshot)?;
            let followed = became(gifts.iter().map(|gift| &gift.part), &giving, &all);
            // The 18th gift lies within the first million won: all of it is in that spending.
            assert_eq!((all[0].no, followed.parts, followed.waiting), (spent, vec![(0, amount)], 0));
            assert_eq!(all[0].outcome.as_deref(), Some("사회복지사 24명이 이틀 동안 배웠어요."));
            Ok(())
        })
        .unwrap();
}
