//! Organisations: there from the first day, joined and left with dates, spoken for by whom a role was given to; a firm of
//! several associations is counted once.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{Actor, BusinessId, Client, Date, OrganisationId, PersonId, Role, date};
use city::doors;
use city::{Command, NewBusiness, NewGrant, NewOrganisation, OnOrganisations, Organisations, Reply};
use common::{TestCity, facts, refusal};
use economy::Facts;
use economy::business_number::check_digit;
use economy::facts::OrganisationFacts;
use pen::{Failure, Request};
use people::District;
use people::organisation::{Kind, Member};
use testkit::{Place, on_each_engine};

fn register(city: &TestCity) -> Organisations {
    city.pen.shared().read().town.directory.organisations.clone()
}

fn known(city: &TestCity, word: &str) -> OrganisationId {
    register(city).known_as(word).unwrap().id
}

fn on(command: OnOrganisations) -> Command {
    Command::OnOrganisations(command)
}

fn join(organisation: OrganisationId, member: Member, from: Option<Date>) -> Command {
    on(OnOrganisations::Join { organisation, member, from })
}

fn leave(organisation: OrganisationId, member: Member, last: Option<Date>) -> Command {
    on(OnOrganisations::Leave { organisation, member, last })
}

/// Another right number for each.
fn number(nth: u32) -> String {
    let nine = 401_000_000 + nth;
    let digits: Vec<u32> = format!("{nine}").chars().map(|c| c.to_digit(10).unwrap()).collect();
    format!("{nine}{}", check_digit(&digits.try_into().unwrap()))
}

fn firm(nth: u32, owner: Option<PersonId>) -> Command {
    let name = format!("기린 산업 {nth}");
    on(OnOrganisations::Register(NewBusiness { number: number(nth), name, trade: "bakery".into(), owner }))
}

fn business(reply: Result<Reply, Failure>) -> BusinessId {
    match facts(reply) {
        Facts::Organisation(OrganisationFacts::Business { business, .. }) => business,
        other => panic!("{other:?}"),
    }
}

fn organisation(reply: Result<Reply, Failure>) -> OrganisationId {
    match facts(reply) {
        Facts::Organisation(OrganisationFacts::Organisation { organisation, .. }) => organisation,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_city_begins_with_its_organisations() {
    on_each_engine(|place| {
        let city = TestCity::new(Place::fresh(place.engine()));
        let all = register(&city);
        let count = |kind: &str| all.all().filter(|one| one.kind.code() == kind).count();
        assert_eq!((count("window"), count("community-chest"), count("association")), (35, 1, 7));
        let here = Kind::Window { district: District("4511153000".into()) };
        let window = all.all().find(|one| one.kind == here).unwrap();
        assert!(window.name.ends_with("주민센터 창구"), "{}", window.name);
        let federation = known(&city, "sme-federation");
        assert_eq!(all.of(federation).count(), 5, "the five councils that are named");
        // Another pack, or the same again, founds nothing twice; a restart reads the same.
        let before = format!("{:?}", all);
        let mut city = city.again(7);
        assert_eq!(
            format!("{:?}", register(&city).all().collect::<Vec<_>>()),
            format!("{:?}", all.all().collect::<Vec<_>>())
        );
        let kept = common::pack();
        let mut files = kept.files;
        files.get_mut("organisations.toml").unwrap().push_str(
            "\n[[organisation]]\nid = \"sixth-council\"\nkind = \"association\"\nname = { ko = \"여섯째 협의회\", en = \"Sixth council\" }\n\
             part_of = [\"sme-federation\"]\nsource = \"notice\"\n",
        );
        facts(city.ask(Role::System, Command::Activate { files, people: 1, population: 1 }));
        assert_eq!(register(&city).all().count(), all.all().count() + 1, "{before}");
        assert_eq!(register(&city).of(federation).count(), 6);
    });
}

#[test]
fn three_hundred_firms_are_three_hundred() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let federation = known(&city, "sme-federation");
        let councils = ["industrial-park-council", "women-entrepreneurs-council", "buy-local-council"];
        let councils = councils.map(|word| known(&city, word));
        let firms: Vec<BusinessId> =
            (0..30).map(|n| business(city.ask(Role::Officer, firm(n, None)))).collect();
        // Thirty firms: all in the federation through councils or by themselves, some in two councils.
        for (n, firm) in firms.iter().enumerate() {
            let member = Member::Business(*firm);
            if n < 18 {
                facts(city.ask(Role::Officer, join(councils[n % 3], member, None)));
            }
            if n < 6 {
                facts(city.ask(Role::Officer, join(councils[(n + 1) % 3], member, None)));
            }
            if n >= 12 {
                facts(city.ask(Role::Officer, join(federation, member, None)));
            }
        }
        let today = date(2021, 2, 23);
        assert_eq!(register(&city).firms(federation, today).len(), 30);
        assert_eq!(register(&city).firms(councils[0], today).len(), 8);
        assert_eq!(register(&city).firms(federation, date(2021, 2, 22)).len(), 0);
        // One that leaves is a member on its last day; one in two associations stays through the other.
        facts(city.ask(Role::Officer, leave(councils[2], Member::Business(firms[17]), None)));
        facts(city.ask(Role::Officer, leave(federation, Member::Business(firms[29]), None)));
        let all = register(&city.again(9));
        assert_eq!(all.firms(federation, today).len(), 30);
        assert_eq!(all.firms(federation, date(2021, 2, 24)).len(), 29);
        let theirs: Vec<_> = all.with(Member::Business(firms[17])).map(|one| one.organisation).collect();
        assert_eq!(theirs.len(), 2);
    });
}

#[test]
fn what_is_refused() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (person, _) = city.person();
        let (federation, council) = (known(&city, "sme-federation"), known(&city, "buy-local-council"));
        let chest = known(&city, "chest");
        let one = business(city.ask(Role::Officer, firm(1, Some(person))));
        let one = Member::Business(one);
        facts(city.ask(Role::Officer, join(council, one, None)));
        let new = |kind, name: &str| {
            on(OnOrganisations::Found(NewOrganisation { kind, name: name.into(), english: None, from: None }))
        };
        let window = Kind::Window { district: District("4511153000".into()) };
        let none = Kind::Window { district: District("9999999999".into()) };
        for (role, command, code) in [
            (Role::Officer, join(council, one, None), "organisation.member-already"),
            (Role::Officer, join(council, Member::Organisation(federation), None), "organisation.circle"),
            (Role::Officer, join(chest, one, None), "organisation.member-kind"),
            (Role::Officer, join(council, Member::Business(BusinessId(1)), None), "business.unknown"),
            (Role::Officer, join(council, Member::Person(PersonId(1)), None), "person.unknown"),
            (Role::Officer, join(OrganisationId(1), one, None), "organisation.unknown"),
            (Role::Officer, leave(federation, one, None), "organisation.not-member"),
            (
                Role::Officer,
                join(chest, Member::Person(person), Some(date(2021, 2, 1))),
                "organisation.closed",
            ),
            (Role::Officer, new(Kind::CommunityChest, "또 하나"), "organisation.already"),
            (Role::Officer, new(window, "창구"), "organisation.already"),
            (Role::Officer, new(none, "창구"), "district.unknown"),
            (Role::Officer, new(Kind::Agency, " "), "organisation.name"),
            (Role::Officer, firm(1, None), "business.known"),
            (Role::Clerk, join(council, one, None), "role.needed"),
            (Role::Auditor, new(Kind::Agency, "복지관"), "role.needed"),
            (Role::Citizen(person), firm(2, Some(person)), "role.needed"),
            // Whoever speaks for an association knows its firms, not its staff, and nobody else's firms.
            (Role::Organisation(council), join(federation, one, None), "organisation.unknown"),
            (
                Role::Organisation(council),
                join(council, Member::Person(person), None),
                "organisation.unknown",
            ),
            (Role::Organisation(council), firm(3, Some(person)), "organisation.unknown"),
            (Role::Organisation(council), new(Kind::Agency, "복지관"), "role.needed"),
            (Role::Organisation(chest), join(chest, one, None), "role.needed"),
            (Role::Organisation(OrganisationId(1)), leave(council, one, None), "role.needed"),
        ] {
            assert_eq!(refusal(city.ask(role, command.clone())), code, "{role:?} {command:?}");
        }
        facts(city.ask(Role::Organisation(council), leave(council, one, None)));
        facts(city.ask(Role::Officer, join(chest, Member::Person(person), None)));
        let agency = organisation(city.ask(Role::Officer, new(Kind::Agency, "복지관")));
        assert!(register(&city).get(agency).is_some());
    });
}

/// A role for one association is good there only; when it closes, whoever spoke for it is out, and its members have left.
#[test]
fn who_speaks_for_an_association() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (council, chest) = (known(&city, "buy-local-council"), known(&city, "chest"));
        let Facts::Account { account, .. } =
            facts(city.ask(Role::System, Command::OpenAccount { person: None }))
        else {
            panic!()
        };
        let give = |role: &str, subject: Option<String>| {
            let (role, district) = (role.to_owned(), None);
            Command::GiveRole(NewGrant { account, role, subject, district, from: 0, until: None })
        };
        for (role, subject, code) in [
            ("association", None, "role.subject"),
            ("association", Some("org_0000000000001".to_owned()), "organisation.unknown"),
            ("association", Some(chest.to_string()), "organisation.unknown"),
            ("chest", Some(council.to_string()), "organisation.unknown"),
        ] {
            assert_eq!(
                refusal(city.ask(Role::System, give(role, subject.clone()))),
                code,
                "{role} {subject:?}"
            );
        }
        let Facts::Role { grant, .. } =
            facts(city.ask(Role::System, give("association", Some(council.to_string()))))
        else {
            panic!()
        };
        let actor = |city: &TestCity| -> Option<Actor> {
            let shared = city.pen.shared();
            let view = shared.read();
            let held = view.town.doors.grant(grant).filter(|one| one.holds_on(20_000))?;
            doors::actor(held, &view.town.pack)
        };
        let speaks = actor(&city).unwrap();
        assert_eq!(speaks.role, Role::Organisation(council));
        let ask = |city: &mut TestCity, key: &str, command: Command| {
            let request = Request { actor: speaks, key: key.to_owned(), input_hash: command.input_hash() };
            city.ask_all(vec![(request, command)]).pop().unwrap()
        };
        let one = business(ask(&mut city, "a", firm(1, None)));
        facts(ask(&mut city, "b", join(council, Member::Business(one), None)));
        // Under a role of another kind it is nobody.
        let posing = Actor { role: Role::Organisation(chest), ..speaks };
        let command = leave(chest, Member::Business(one), None);
        let request = Request { actor: posing, key: "c".into(), input_hash: command.input_hash() };
        assert_eq!(refusal(city.ask_all(vec![(request, command)]).pop().unwrap()), "role.needed");

        facts(city.ask(Role::Officer, on(OnOrganisations::Close { organisation: council })));
        let again = on(OnOrganisations::Close { organisation: council });
        assert_eq!(refusal(city.ask(Role::Officer, again)), "organisation.ended");
        assert!(actor(&city).is_none());
        let command = leave(council, Member::Business(one), None);
        assert_eq!(refusal(ask(&mut city, "d", command)), "role.needed");
        let city = city.again(3);
        let all = register(&city);
        assert_eq!(all.firms(known(&city, "sme-federation"), date(2021, 2, 24)).len(), 0);
        assert!(actor(&city).is_none());
        let giving = all.get(council).unwrap();
        assert_eq!(giving.period.until(), Some(date(2021, 2, 23)));
    });
}

/// A shop is one of a business, and a business that is known already stays it.
#[test]
fn a_shop_has_its_business() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (person, _) = city.person();
        city.shop("123-45-67891", "bakery");
        let shops = register(&city);
        let here = shops.business_numbered("1234567891").unwrap();
        assert_eq!((here.owner, here.trade.as_str()), (None, "bakery"));
        let transfer = |owner| on(OnOrganisations::Transfer { business: here.id, owner });
        facts(city.ask(Role::Officer, transfer(Some(person))));
        assert_eq!(refusal(city.ask(Role::Officer, transfer(Some(person)))), "business.owner-already");
        assert_eq!(refusal(city.ask(Role::Officer, transfer(Some(PersonId(1))))), "person.unknown");
        let first = business(city.ask(Role::Officer, firm(5, None)));
        city.shop(&number(5), "bakery");
        let all = register(&city.again(5));
        assert_eq!(all.business(here.id).unwrap().owner, Some(person));
        assert_eq!(all.business_numbered(&number(5)).unwrap().id, first);
    });
}

/// What a group took back is as if it had never been.
#[test]
fn a_refused_group_leaves_no_trace() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let council = known(&city, "buy-local-council");
        let one = Member::Business(business(city.ask(Role::Officer, firm(1, None))));
        let before = format!("{:?}", register(&city).of(council).collect::<Vec<_>>());
        let wishes = [join(council, one, None), join(council, one, None), leave(council, one, None)];
        let group = wishes.into_iter().enumerate().map(|(n, command)| {
            let actor = Actor::new(Role::Officer, Client(2));
            (Request { actor, key: format!("g-{n}"), input_hash: command.input_hash() }, command)
        });
        let answers = city.ask_all(group.collect());
        assert!(answers[0].is_ok() && answers[1].is_err() && answers[2].is_ok(), "{answers:?}");
        let one_day: Vec<_> = register(&city).of(council).map(|one| one.period).collect();
        assert_eq!(one_day.len(), 1, "{before}");
        assert_eq!(one_day[0].until(), Some(date(2021, 2, 23)));
    });
}
