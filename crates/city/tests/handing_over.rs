//! A shop that changes hands, and one that shuts: whose keys open it no more, where its money doesn't go, and that what it
//! reserved is taken no more.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{GrantId, Instant, MerchantId, PersonId, Role};
use city::read::payouts::account_of;
use city::{
    CardRef, Command, HookSecret, NewGrant, NewMerchant, NewToken, OnOrganisations, OnShops, OnTills, Payee,
    hooks,
};
use common::{TestCity, facts, posting, refusal};
use economy::Facts;
use people::How;
use store::Readers;
use testkit::{Place, on_each_engine};

const NUMBER: &str = "1234567891";

fn shop_of(city: &mut TestCity, owner: PersonId) -> MerchantId {
    let wish = NewMerchant {
        name: "남부시장 반찬".into(),
        business_number: NUMBER.into(),
        trade: "bakery".into(),
        district: "4511153000".into(),
        sales: None,
        owner: Some(owner),
    };
    let Facts::Shop { merchant, .. } = facts(city.ask(Role::System, Command::Join(wish))) else { panic!() };
    city.account(Payee::Shop(merchant));
    merchant
}

/// A person's role at a shop, and a session of theirs under it.
fn keeper(city: &mut TestCity, person: PersonId, shop: MerchantId, session: u8) -> GrantId {
    let opened = facts(city.ask(Role::System, Command::OpenAccount { person: Some(person) }));
    let Facts::Account { account, .. } = opened else { panic!() };
    let (role, subject) = ("merchant".to_owned(), Some(shop.to_string()));
    let wish = NewGrant { account, role, subject, district: None, from: 0, until: None };
    let given = facts(city.ask(Role::System, Command::GiveRole(wish)));
    let Facts::Role { grant, .. } = given else { panic!() };
    let until = Instant(i64::MAX);
    let come_in = Command::SignIn { grant, session: [session; 32], until, how: How::Passkey };
    city.ask(Role::System, come_in).unwrap();
    grant
}

/// A key for a program: of a till, or of all that is the shop's.
fn key(city: &mut TestCity, role: &str, shop: MerchantId, hash: u8) {
    let (role, subject) = (role.to_owned(), Some(shop.to_string()));
    let wish = NewToken { hash: [hash; 32], role, subject, district: None, name: "열쇠".into() };
    facts(city.ask(Role::System, Command::Grant(wish)));
}

/// Which of these sessions still open the shop.
fn inside(city: &TestCity, sessions: &[u8]) -> Vec<u8> {
    let (now, shared) = (city.now(), city.pen.shared());
    let view = shared.read();
    let (doors, today) = (&view.town.doors, view.town.zone.day_number(now));
    let opens = |one: &u8| doors.actor(&[*one; 32], now, today, &view.town.pack).is_some();
    sessions.iter().copied().filter(opens).collect()
}

/// Which of these tokens do, or are still listed.
fn opening(city: &TestCity, tokens: &[u8]) -> Vec<u8> {
    // The pen's instants run ahead of a clock that stands.
    let (now, shared) = (city.now().plus_seconds(1), city.pen.shared());
    let view = shared.read();
    let (doors, today) = (&view.town.doors, view.town.zone.day_number(now));
    let opens = |one: &u8| doors.bearer(&[*one; 32], now, today, &view.town.pack).is_some();
    let listed = |one: &u8| doors.tokens(now).iter().any(|token| token.hash == [*one; 32]);
    tokens.iter().copied().filter(|one| opens(one) || listed(one)).collect()
}

fn business(city: &TestCity) -> base::BusinessId {
    let shared = city.pen.shared();
    let view = shared.read();
    view.town.directory.organisations.business_numbered(NUMBER).unwrap().id
}

fn owner(city: &TestCity, shop: MerchantId) -> Option<PersonId> {
    city.pen.shared().read().town.directory.shop(shop).unwrap().1.owner
}

fn is_paid_out(city: &TestCity, shop: MerchantId) -> bool {
    let readers = Readers::open(&city.target, 1).unwrap();
    readers.read(|snapshot| account_of(snapshot, Payee::Shop(shop))).unwrap().is_some()
}

#[test]
fn a_shop_goes_to_its_new_owner_and_the_old_keys_dont() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (old, new) = (city.person(), city.person());
        let shop = shop_of(&mut city, old.0);
        keeper(&mut city, old.0, shop, 1);
        key(&mut city, "merchant", shop, 11);
        key(&mut city, "till", shop, 12);
        // The new owner had a role there before, as its manager; another shop's keys are nobody's business.
        keeper(&mut city, new.0, shop, 2);
        let other = city.shop("124-81-00998", "bakery");
        key(&mut city, "till", other, 13);
        let hook = OnTills::OpenHook {
            merchant: shop,
            url: "https://pos.example.kr/old".into(),
            secret: HookSecret([3; 32]),
        };
        facts(city.ask(Role::Merchant(shop), Command::OnTills(hook)));
        city.top_up(old.0, 100_000);
        city.top_up(new.0, 100_000);
        assert_eq!(refusal(city.pay(old, shop, 1_000)), "shop.own");
        city.pay(new, shop, 10_000).unwrap();
        assert!(is_paid_out(&city, shop));

        let id = business(&city);
        let transfer = |owner| Command::OnOrganisations(OnOrganisations::Transfer { business: id, owner });
        facts(city.ask(Role::Officer, transfer(Some(new.0))));
        let stands = |city: &TestCity| {
            assert_eq!(owner(city, shop), Some(new.0));
            assert_eq!(inside(city, &[1, 2]), [2]);
            assert_eq!(opening(city, &[11, 12, 13]), [13]);
            assert!(!is_paid_out(city, shop), "whose it was is not the new owner's to see");
            let readers = Readers::open(&city.target, 1).unwrap();
            let told = readers.read(|snapshot| hooks::of(snapshot, shop)).unwrap();
            assert!(told.len() == 1 && told[0].ended.is_some(), "{told:?}");
        };
        stands(&city);
        assert_eq!(refusal(city.pay(new, shop, 1_000)), "shop.own");
        city.pay(old, shop, 2_000).unwrap();
        // Nothing is paid out until the new owner says where to.
        let payable = economy::chart::payable(shop);
        let owed = |city: &TestCity| city.pen.shared().read().books.balance_of(&payable.key);
        assert_eq!(owed(&city), 12_000);
        city.ask(Role::Officer, Command::Settle { from: 0, at_most: 100 }).unwrap();
        assert_eq!(owed(&city), 12_000);
        assert_eq!(refusal(city.ask(Role::Officer, transfer(Some(new.0)))), "business.owner-already");
        let mut city = city.again(7);
        stands(&city);
        city.account(Payee::Shop(shop));
        assert!(is_paid_out(&city, shop));
        city.on(2021, 2, 25);
        city.ask(Role::Officer, Command::Settle { from: 0, at_most: 100 }).unwrap();
        assert_eq!(owed(&city), 0);
    });
}

#[test]
fn what_a_shut_shop_reserved_is_not_taken() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (keeps, buyer) = (city.person(), city.person());
        let shop = shop_of(&mut city, keeps.0);
        keeper(&mut city, keeps.0, shop, 1);
        key(&mut city, "till", shop, 12);
        city.top_up(buyer.0, 200_000);
        let paid = posting(&city.pay(buyer, shop, 10_000));
        let hold = |city: &mut TestCity, amount| {
            let card = CardRef::Id(buyer.1);
            let command = Command::Authorise { card, merchant: shop, amount, pin: None };
            posting(&city.ask(Role::Citizen(buyer.0), command))
        };
        let (first, second) = (hold(&mut city, 50_000), hold(&mut city, 30_000));
        let (ground, why) = ("false".to_owned(), "빌린 이름으로 등록했어요".to_owned());
        let cancel = Command::OnShops(OnShops::Cancel { merchant: shop, ground, why });
        facts(city.ask(Role::Officer, cancel));
        assert_eq!(refusal(city.pay(buyer, shop, 1_000)), "shop.closed");
        for role in [Role::Till(shop), Role::Merchant(shop)] {
            let capture = Command::Capture { authorisation: first, amount: None };
            assert_eq!(refusal(city.ask(role, capture)), "shop.closed", "{role:?}");
        }
        // Its till is out. Its owner is not: they give back what was paid, and let go of what was reserved.
        assert_eq!((inside(&city, &[1]), opening(&city, &[12])), (vec![1], vec![]));
        let refund = Command::Refund { payment: paid, amount: None };
        facts(city.ask(Role::Merchant(shop), refund));
        facts(city.ask(Role::Merchant(shop), Command::Void { authorisation: first }));
        let again = Command::Capture { authorisation: first, amount: None };
        assert_eq!(refusal(city.ask(Role::Merchant(shop), again)), "hold.ended");
        // What nobody lets go of goes back when its days are over.
        city.on(2021, 3, 5);
        city.ask_as(Role::System, "", Command::Sweep { at_most: 10 }).unwrap();
        let late = Command::Void { authorisation: second };
        assert_eq!(refusal(city.ask(Role::Merchant(shop), late)), "hold.ended");
        let city = city.again(5);
        assert_eq!((inside(&city, &[1]), opening(&city, &[12])), (vec![1], vec![]));
        common::count(&city.target, &city.pen.shared().read().books);
    });
}
