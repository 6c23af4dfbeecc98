//! Joining by application, on both engines: filed, papers seen, decided in time, refused, appealed against, cancelled, and
//! come back after the bar.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{ApplicationId, Arg, MerchantId, PersonId, Role, Won, date};
use city::joining::said;
use city::{Command, NewMerchant, OnShops, Reply};
use common::{TestCity, facts};
use economy::decide::joining::FileState;
use economy::{Facts, MerchantState};
use pen::Failure;
use store::Readers;
use testkit::Place;

const NUMBER: &str = "124-81-00998";

fn shop(number: &str, trade: &str) -> NewMerchant {
    NewMerchant {
        name: "한옥 찻집".into(),
        business_number: number.into(),
        trade: trade.into(),
        district: "4511153000".into(),
        sales: Some(Won(80_000_000)),
        owner: None,
    }
}

/// A city whose pack asks shops to apply from this day on.
fn asking(place: Place) -> TestCity {
    let mut city = TestCity::new(place);
    let mut files = common::pack().files;
    let card = files.get_mut("card.toml").unwrap();
    *card = card.replace("membership = \"automatic\"", "membership = \"applied\"");
    facts(city.ask(Role::System, Command::Activate { files, people: 1, population: 1 }));
    city
}

fn ask(city: &mut TestCity, role: Role, command: OnShops) -> Result<Reply, Failure> {
    city.ask(role, Command::OnShops(command))
}

fn code(reply: Result<Reply, Failure>) -> &'static str {
    match reply {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

fn of(reply: Result<Reply, Failure>) -> (ApplicationId, Option<MerchantId>) {
    match facts(reply) {
        Facts::Joining(facts) => (facts.application, facts.merchant),
        other => panic!("{other:?}"),
    }
}

fn file(city: &TestCity, id: ApplicationId) -> city::joining::File {
    city.pen.shared().read().town.directory.joining.get(id).unwrap().clone()
}

fn apply(city: &mut TestCity, person: PersonId, number: &str) -> Result<Reply, Failure> {
    ask(city, Role::Citizen(person), OnShops::Apply { person, shop: shop(number, "cafe") })
}

/// Filed, both papers seen, accepted.
fn accepted(city: &mut TestCity, person: PersonId, number: &str) -> (ApplicationId, MerchantId) {
    let (application, _) = of(apply(city, person, number));
    for paper in ["registration", "account"] {
        let seen = OnShops::Seen { application, paper: paper.into() };
        of(ask(city, Role::Officer, seen));
    }
    let (_, merchant) = of(ask(city, Role::Officer, OnShops::Accept { application }));
    (application, merchant.unwrap())
}

fn refuse(application: ApplicationId) -> OnShops {
    OnShops::Refuse { application, ground: "large".into(), why: "중견기업의 직영점이에요".into() }
}

fn cancel(merchant: MerchantId) -> OnShops {
    OnShops::Cancel { merchant, ground: "false".into(), why: "빌린 이름으로 등록했어요".into() }
}

#[test]
fn a_shop_applies_and_is_taken_in() {
    for engine in testkit::engines() {
        let mut city = asking(Place::fresh(engine));
        let who = city.person();
        assert_eq!(code(city.ask(Role::Officer, Command::Join(shop(NUMBER, "cafe")))), "application.first");
        // What can be no shop, or may not be one, is said at once, and nothing is filed.
        for (number, trade, expected) in [
            ("124-81-00997", "cafe", "business-number.wrong"),
            (NUMBER, "tea", "trade.unknown"),
            (NUMBER, "gambling", "application.trade"),
        ] {
            let wish = OnShops::Apply { person: who.0, shop: shop(number, trade) };
            assert_eq!(code(ask(&mut city, Role::Citizen(who.0), wish)), expected);
        }
        let (application, none) = of(apply(&mut city, who.0, NUMBER));
        assert_eq!(none, None);
        assert_eq!(code(apply(&mut city, who.0, NUMBER)), "application.waits");
        // Nothing is decided before the papers are there; the seven days run from the last of them.
        assert_eq!(
            code(ask(&mut city, Role::Officer, OnShops::Accept { application })),
            "application.papers"
        );
        let seen = |paper: &str| OnShops::Seen { application, paper: paper.into() };
        assert_eq!(code(ask(&mut city, Role::Officer, seen("diploma"))), "application.paper");
        of(ask(&mut city, Role::Officer, seen("registration")));
        let rules = city.pen.shared().read().town.pack.settlement.joining.clone();
        assert_eq!(file(&city, application).due(&rules, &city.zone), None);
        city.on(2021, 2, 26);
        of(ask(&mut city, Role::Officer, seen("account")));
        let due = file(&city, application).due(&rules, &city.zone).map(base::date_of_day);
        assert_eq!(due, Some(date(2021, 3, 5)));
        // Who isn't concerned may nothing.
        let other = city.person();
        for (role, wish) in [
            (Role::Citizen(who.0), OnShops::Accept { application }),
            (Role::Clerk, OnShops::Accept { application }),
            (Role::Citizen(other.0), OnShops::Apply { person: who.0, shop: shop(NUMBER, "cafe") }),
            (Role::Citizen(other.0), OnShops::Withdraw { application }),
        ] {
            let said = code(ask(&mut city, role, wish));
            assert!(["role.needed", "application.unknown"].contains(&said), "{said}");
        }
        let (_, merchant) = of(ask(&mut city, Role::Officer, OnShops::Accept { application }));
        let merchant = merchant.unwrap();
        assert_eq!(
            code(ask(&mut city, Role::Officer, OnShops::Accept { application })),
            "application.decided"
        );
        assert_eq!(code(apply(&mut city, who.0, NUMBER)), "shop.known");
        // It takes the card, is its owner's, and stands there after a start as before it.
        city.top_up(other.0, 50_000);
        city.pay(other, merchant, 10_000).unwrap();
        assert_eq!(city.pen.shared().read().town.directory.shop(merchant).unwrap().1.owner, Some(who.0));
        let before = city.pen.shared().read().town.directory.joining.clone();
        let city = city.again(7);
        assert_eq!(city.pen.shared().read().town.directory.joining, before);
    }
}

#[test]
fn a_refusal_is_appealed_against_and_another_officer_decides() {
    for engine in testkit::engines() {
        let mut city = asking(Place::fresh(engine));
        let who = city.person();
        let (application, _) = of(apply(&mut city, who.0, NUMBER));
        let appeal = OnShops::Appeal { application, text: "가맹본부와 따로 운영해요".into() };
        assert_eq!(code(ask(&mut city, Role::Citizen(who.0), appeal.clone())), "application.not-decided");
        let no_ground =
            OnShops::Refuse { application, ground: "mood".into(), why: "오늘은 안 되겠어요".into() };
        assert_eq!(code(ask(&mut city, Role::Officer, no_ground)), "application.ground");
        of(ask(&mut city, Role::Officer, refuse(application)));
        of(ask(&mut city, Role::Citizen(who.0), appeal));
        let answer = OnShops::Answer {
            application, right: true, why: "계약서를 보니 따로 운영해요".into()
        };
        assert_eq!(code(ask(&mut city, Role::Officer, answer.clone())), "application.same-officer");
        let by_another = Command::OnShops(answer);
        let mut request = common::request(Role::Officer, "other", &by_another);
        request.actor.client = base::Client(77);
        let (_, merchant) = of(city.ask_all(vec![(request, by_another)]).pop().unwrap());
        assert!(merchant.is_some());
        assert_eq!(file(&city, application).state, FileState::Upheld);
        // What was said stands sealed, and is read again.
        let readers = Readers::open(&city.target, 1).unwrap();
        let vault = city.pen.shared().read().town.vault.clone();
        let told = readers.read(|snapshot| said(snapshot, &vault, application)).unwrap();
        assert_eq!(told.why.as_deref(), Some("중견기업의 직영점이에요"));
        assert_eq!(told.appeal.as_deref(), Some("가맹본부와 따로 운영해요"));
        assert_eq!(told.answer.as_deref(), Some("계약서를 보니 따로 운영해요"));
        // Too late is too late.
        let (application, _) = of(apply(&mut city, who.0, "220-81-62517"));
        of(ask(&mut city, Role::Officer, refuse(application)));
        city.on(2021, 3, 26);
        let late = OnShops::Appeal { application, text: "늦었어요".into() };
        assert_eq!(code(ask(&mut city, Role::Citizen(who.0), late)), "application.appeal-late");
    }
}

#[test]
fn a_cancelled_shop_is_shut_at_once_and_barred() {
    for engine in testkit::engines() {
        let mut city = asking(Place::fresh(engine));
        let who = city.person();
        let (_, merchant) = accepted(&mut city, who.0, NUMBER);
        let buyer = city.person();
        city.top_up(buyer.0, 50_000);
        assert_eq!(code(ask(&mut city, Role::Merchant(merchant), cancel(merchant))), "role.needed");
        let (application, _) = of(ask(&mut city, Role::Officer, cancel(merchant)));
        assert_eq!(code(city.pay(buyer, merchant, 1_000)), "shop.closed");
        assert_eq!(code(ask(&mut city, Role::Officer, cancel(merchant))), "shop.closed");
        // A year it can't come back, and is told until when and why.
        let Err(Failure::Refused(refusal)) = apply(&mut city, who.0, NUMBER) else { panic!() };
        assert_eq!(refusal.code, "application.barred");
        assert!(refusal.args.contains(&("until", Arg::Date(date(2022, 2, 23)))), "{refusal:?}");
        assert!(refusal.source.is_some());
        // The shop itself may say something against it; who is right is open again at once.
        let text = "제 이름으로 등록했어요".to_owned();
        let stranger = OnShops::Appeal { application, text: text.clone() };
        assert_eq!(code(ask(&mut city, Role::Merchant(MerchantId(1)), stranger)), "application.unknown");
        of(ask(&mut city, Role::Merchant(merchant), OnShops::Appeal { application, text }));
        let answer =
            Command::OnShops(OnShops::Answer {
                application, right: false, why: "서류가 달랐어요".into()
            });
        let mut request = common::request(Role::Officer, "other", &answer);
        request.actor.client = base::Client(77);
        of(city.ask_all(vec![(request, answer)]).pop().unwrap());
        assert_eq!(code(apply(&mut city, who.0, NUMBER)), "application.barred", "dismissed: the bar stays");
        // After the bar it applies anew, and is the same shop under its number.
        city.on(2022, 2, 24);
        let (_, again) = accepted(&mut city, who.0, NUMBER);
        assert_eq!(again, merchant);
        let state = city.pen.shared().read().town.directory.shop(merchant).unwrap().1.state;
        assert_eq!(state, MerchantState::Open);
        let city = city.again(8);
        assert_eq!(city.pen.shared().read().town.directory.shop(merchant).unwrap().1.state, state);
    }
}

/// In an automatic city nobody has to ask, unless the pack names the trade.
#[test]
fn where_nobody_needs_to_apply() {
    for engine in testkit::engines() {
        let mut city = TestCity::new(Place::fresh(engine));
        let who = city.person();
        assert_eq!(code(apply(&mut city, who.0, NUMBER)), "application.needless");
        facts(city.ask(Role::Officer, Command::Join(shop(NUMBER, "cafe"))));
        let mut files = common::pack().files;
        let card = files.get_mut("card.toml").unwrap();
        *card = card.replace(
            "membership = \"automatic\"",
            "membership = \"automatic\"\nby_application = [\"care-service\"]",
        );
        facts(city.ask(Role::System, Command::Activate { files, people: 1, population: 1 }));
        let carers = shop("220-81-62517", "care-service");
        assert_eq!(code(city.ask(Role::Officer, Command::Join(carers.clone()))), "application.first");
        of(ask(&mut city, Role::Citizen(who.0), OnShops::Apply { person: who.0, shop: carers }));
        facts(city.ask(Role::Officer, Command::Join(shop("104-81-36565", "cafe"))));
    }
}
