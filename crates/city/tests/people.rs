//! What is known about people, what they agree to, who helps them: through the pen, on both engines.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{CardId, Date, MerchantId, PersonId, RecordId, Role, Won, date};
use city::read::people::Register;
use city::{CardRef, Command, NewCard, NewPerson, OnPeople, Reply};
use common::{TestCity, facts, posting, refusal, state};
use economy::{CardKind, Facts};
use pen::Failure;
use people::consent::{Giver, Way};
use people::delegation::{Act, Grants, PayLimits, Tie};
use people::fact::{Backing, Datum, Kind, Source, backed_on, valid_on};
use people::matching::Verdict;
use people::notice::About;
use people::{File, Naming};
use store::Readers;
use testkit::{Place, on_each_engine};

fn file(city: &TestCity, person: PersonId) -> (File, Vec<PersonId>) {
    let readers = Readers::open(&city.target, 1).unwrap();
    let shared = city.pen.shared();
    let vault = std::sync::Arc::clone(&shared.read().town.vault);
    readers
        .read(|snapshot| {
            let mut register = Register::new(snapshot, &vault);
            let file = register.file(person)?;
            Ok((file, register.seen().iter().map(|seen| seen.person).collect()))
        })
        .unwrap()
}

fn ask(city: &mut TestCity, role: Role, command: OnPeople) -> Result<Reply, Failure> {
    city.ask(role, Command::OnPeople(command))
}

fn record(reply: Result<Reply, Failure>) -> RecordId {
    match facts(reply) {
        Facts::Record { record, .. } => record,
        other => panic!("{other:?}"),
    }
}

fn fact(person: PersonId, datum: Datum, source: Source) -> OnPeople {
    OnPeople::RecordFact { person, datum, source, from: None, until: None }
}

fn consent(person: PersonId, by: Giver) -> OnPeople {
    let purpose = "care".into();
    OnPeople::GiveConsent { person, purpose, from: None, until: None, paper: None, by, seen_grown: false }
}

fn born(city: &mut TestCity, name: &str, birth_day: Option<i32>) -> PersonId {
    let wish = NewPerson { name: name.into(), phone: None, birth_day, district: None, card: None };
    match facts(city.ask(Role::System, Command::Enrol(wish))) {
        Facts::Person { person, .. } => person,
        other => panic!("{other:?}"),
    }
}

fn day(date: Date) -> Option<i32> {
    Some(base::day_of_date(date))
}

#[test]
fn the_newest_fact_counts_and_a_struck_one_stays() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (me, _) = city.person();
        let certificate = || Source::Document { what: "가족관계증명서".into() };
        record(ask(&mut city, Role::Clerk, fact(me, Datum::HouseholdSize(2), certificate())));
        let wrong =
            record(ask(&mut city, Role::Citizen(me), fact(me, Datum::HouseholdSize(5), Source::Declared)));
        // One key stands for one wish here too, and its answer is given again.
        let alone = |is| Command::OnPeople(fact(me, Datum::LivesAlone(is), Source::Declared));
        let first = record(city.ask_as(Role::Citizen(me), "once", alone(true)));
        assert_eq!(record(city.ask_as(Role::Citizen(me), "once", alone(true))), first);
        assert_eq!(refusal(city.ask_as(Role::Citizen(me), "once", alone(false))), "key.reused");
        let today = date(2021, 2, 23);
        let known = |city: &TestCity| file(city, me).0.known();
        let reading = known(&city);
        let counts = valid_on(&reading, &Kind::HouseholdSize, today).unwrap();
        assert_eq!(counts.fact.datum, Datum::HouseholdSize(5));
        assert_eq!(counts.against.map(|fact| &fact.datum), Some(&Datum::HouseholdSize(2)));
        assert_eq!(
            backed_on(&reading, &Kind::HouseholdSize, today, Backing::Document).unwrap().fact.datum,
            Datum::HouseholdSize(2)
        );
        let strike = |why: &str, fact| OnPeople::StrikeFact { person: me, fact, why: why.into() };
        for (role, command, code) in [
            (Role::Clerk, strike("확인", wrong), "reason.short"),
            (Role::Clerk, strike("다른 분의 기록이었어요", RecordId(1)), "fact.unknown"),
            (Role::Citizen(me), strike("다른 분의 기록이었어요", wrong), "role.needed"),
            (Role::Citizen(me), fact(me, Datum::LivesAlone(true), certificate()), "fact.own-word"),
            (Role::Clerk, fact(me, Datum::HouseholdSize(0), certificate()), "fact.value"),
            (
                Role::Clerk,
                fact(me, Datum::HouseholdSize(3), Source::Document { what: " ".into() }),
                "fact.source",
            ),
            (Role::Clerk, fact(PersonId(3), Datum::HouseholdSize(3), Source::Observed), "person.unknown"),
            (
                Role::Citizen(PersonId(3)),
                fact(me, Datum::HouseholdSize(3), Source::Declared),
                "person.unknown",
            ),
            (Role::Officer, fact(me, Datum::HouseholdSize(3), Source::Observed), "role.needed"),
        ] {
            assert_eq!(refusal(ask(&mut city, role, command.clone())), code, "{command:?}");
        }
        assert_eq!(known(&city), reading, "what is refused is not kept");
        record(ask(&mut city, Role::Clerk, strike("다른 분의 기록이었어요", wrong)));
        assert_eq!(
            refusal(ask(&mut city, Role::Clerk, strike("다른 분의 기록이었어요", wrong))),
            "fact.struck"
        );
        let after = known(&city);
        assert_eq!(
            valid_on(&after, &Kind::HouseholdSize, today).unwrap().fact.datum,
            Datum::HouseholdSize(2)
        );
        assert!(after.len() == 3 && after[1].struck.is_some());
        let (_, seen) = file(&city, me);
        assert_eq!(seen, [me], "whose record was read is noted");
    });
}

#[test]
fn consent_is_given_withdrawn_and_for_a_child_a_guardian_gives_it() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (me, _) = city.person();
        let child = born(&mut city, "김하나", day(date(2010, 5, 1)));
        let stranger = born(&mut city, "박모름", None);
        let today = date(2021, 2, 23);
        for (role, command, code) in [
            (Role::Citizen(me), consent(me, Giver::Parent(child)), "role.needed"),
            (Role::Clerk, consent(me, Giver::Parent(child)), "consent.own-needed"),
            (Role::Clerk, consent(child, Giver::Own), "consent.guardian-needed"),
            (Role::Citizen(child), consent(child, Giver::Own), "consent.guardian-needed"),
            (Role::Clerk, consent(child, Giver::Parent(child)), "consent.guardian-self"),
            (Role::Clerk, consent(child, Giver::Parent(PersonId(4))), "person.unknown"),
            (Role::Clerk, consent(stranger, Giver::Own), "consent.age-unknown"),
            (
                Role::Clerk,
                OnPeople::WithdrawConsent { person: me, purpose: "care".into(), paper: None },
                "consent.none",
            ),
        ] {
            assert_eq!(refusal(ask(&mut city, role, command.clone())), code, "{command:?}");
        }
        let unknown = match consent(me, Giver::Own) {
            OnPeople::GiveConsent { person, from, until, paper, by, seen_grown, .. } => {
                OnPeople::GiveConsent {
                    person,
                    purpose: "no-such".into(),
                    from,
                    until,
                    paper,
                    by,
                    seen_grown,
                }
            }
            other => other,
        };
        assert_eq!(refusal(ask(&mut city, Role::Clerk, unknown)), "consent.unknown");
        // A parent gives it for the child, on paper.
        let on_paper = OnPeople::GiveConsent {
            person: child,
            purpose: "care".into(),
            from: Some(date(2021, 2, 20)),
            until: None,
            paper: Some("풍남동 2021-17".into()),
            by: Giver::Parent(me),
            seen_grown: false,
        };
        record(ask(&mut city, Role::Clerk, on_paper));
        let given = file(&city, child).0.consents.remove(0).what;
        assert_eq!(given.given.way, Way::Paper { kept: "풍남동 2021-17".into() });
        assert!(given.holds(today) && given.holds(date(2021, 2, 20)) && !given.holds(date(2021, 2, 19)));
        // A birth date that is known by a fact later counts as well as one told at intake.
        record(ask(
            &mut city,
            Role::Clerk,
            fact(stranger, Datum::BirthDate(date(1980, 1, 1)), Source::Observed),
        ));
        record(ask(&mut city, Role::Clerk, consent(stranger, Giver::Own)));
        // Given online twice, withdrawn once: no means all of them.
        for _ in 0..2 {
            record(ask(&mut city, Role::Citizen(me), consent(me, Giver::Own)));
        }
        assert_eq!(file(&city, me).0.consents[0].what.given.way, Way::Online);
        let no = OnPeople::WithdrawConsent { person: me, purpose: "care".into(), paper: None };
        record(ask(&mut city, Role::Citizen(me), no));
        let left = file(&city, me).0.consents;
        assert!(left.len() == 2 && left.iter().all(|consent| !consent.what.holds(today)));
    });
}

/// A citizen with a card and 100,000, her daughter, and a shop.
fn household(city: &mut TestCity) -> ((PersonId, CardId), PersonId, MerchantId) {
    let mother = city.person();
    let daughter = born(city, "김영희", day(date(1970, 3, 3)));
    let shop = city.shop("123-45-67891", "market-food");
    city.vote("cashback-2021", 1_000_000);
    city.top_up(mother.0, 100_000);
    (mother, daughter, shop)
}

fn help(person: PersonId, helper: PersonId, limits: (i64, i64)) -> OnPeople {
    let pay = Some(PayLimits { per_payment: Won(limits.0), per_month: Won(limits.1) });
    let grants = Grants { see: true, apply: false, pay };
    OnPeople::GiveHelp { person, helper, tie: Tie::Family, grants, until: None }
}

#[test]
fn a_helper_pays_up_to_the_sum_and_the_person_is_told() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (mother, daughter, shop) = household(&mut city);
        let theirs = |who: PersonId| (who, mother.1);
        assert_eq!(refusal(city.pay(theirs(daughter), shop, 1_000)), "card.unknown");
        let given =
            record(ask(&mut city, Role::Citizen(mother.0), help(mother.0, daughter, (20_000, 30_000))));
        assert_eq!(
            refusal(ask(&mut city, Role::Citizen(mother.0), help(mother.0, daughter, (1, 1)))),
            "delegation.already"
        );
        let paid = city.pay(theirs(daughter), shop, 20_000);
        let no = posting(&paid);
        assert_eq!(refusal(city.pay(theirs(daughter), shop, 20_001)), "delegation.payment-limit");
        assert_eq!(refusal(city.pay(theirs(daughter), shop, 10_001)), "delegation.month-limit");
        assert_eq!(refusal(city.pay(theirs(PersonId(5)), shop, 1_000)), "card.unknown");
        // A refund gives it back, up to what was refunded.
        facts(city.ask(Role::Merchant(shop), Command::Refund { payment: no, amount: Some(5_000) }));
        facts(city.pay(theirs(daughter), shop, 15_000));
        assert_eq!(refusal(city.pay(theirs(daughter), shop, 1)), "delegation.month-limit");
        // The person is told of each, with the posting it is about.
        let told: Vec<_> = file(&city, mother.0).0.notices.into_iter().map(|kept| kept.what).collect();
        assert_eq!(told.len(), 2);
        let act = Act::Pay { amount: Won(20_000) };
        let about = About::Helped { helper: daughter, act, on: date(2021, 2, 23) };
        assert_eq!((told[0].0.about.clone(), told[0].1), (about, Some(no)));
        // Another month, other room; after a start the delegation is still known.
        let mut city = city.again(7);
        city.on(2021, 3, 1);
        facts(city.pay(theirs(daughter), shop, 20_000));
        // Never withdrawals, gifts, further delegation, or anything else with her card.
        let card = CardRef::Id(mother.1);
        let me = Role::Citizen(daughter);
        for command in [
            Command::Withdraw { person: mother.0 },
            Command::Gift { from: mother.0, to: card, amount: 1_000 },
            Command::OnPeople(help(mother.0, PersonId(9), (1, 1))),
            Command::Authorise { card, merchant: shop, amount: 1_000, pin: None },
            Command::Freeze { card },
            Command::SetPin { card, pin: "1234".into() },
            Command::CloseCard { card },
        ] {
            let code = refusal(city.ask(me, command.clone()));
            assert!(["person.unknown", "card.unknown"].contains(&code), "{command:?}: {code}");
        }
        // Revoked, it allows nothing from that moment; the helper may do so too, a stranger may not.
        let revoke = OnPeople::RevokeHelp { person: mother.0, help: given };
        assert_eq!(refusal(ask(&mut city, Role::Citizen(PersonId(5)), revoke.clone())), "person.unknown");
        record(ask(&mut city, me, revoke.clone()));
        assert_eq!(refusal(ask(&mut city, Role::Citizen(mother.0), revoke)), "delegation.revoked");
        assert_eq!(refusal(city.pay(theirs(daughter), shop, 1_000)), "delegation.revoked");
        // Given again, it counts anew, at a place of its own.
        record(ask(&mut city, Role::Clerk, help(mother.0, daughter, (20_000, 20_000))));
        facts(city.pay(theirs(daughter), shop, 20_000));
        // What stands in memory is what a start reads from the tables.
        let before = state(&city.pen.shared());
        let city = city.again(8);
        assert_eq!(state(&city.pen.shared()), before);
        common::count(&city.target, &city.pen.shared().read().books);
    });
}

#[test]
fn who_cannot_help() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (mother, daughter, shop) = household(&mut city);
        let twin = born(&mut city, "김순자", day(date(1943, 3, 3)));
        let link =
            OnPeople::Link { one: mother.0, other: twin, why: "신분증을 보고 확인했어요".into() };
        record(ask(&mut city, Role::Clerk, link));
        let own = Role::Citizen(mother.0);
        for (command, code) in [
            (help(mother.0, mother.0, (1, 1)), "delegation.self"),
            (help(mother.0, twin, (1, 1)), "delegation.self"),
            (help(mother.0, PersonId(3), (1, 1)), "person.unknown"),
            (help(mother.0, daughter, (0, 1)), "delegation.limits"),
            (help(mother.0, daughter, (2, 1)), "delegation.limits"),
            (help(daughter, mother.0, (1, 1)), "person.unknown"),
        ] {
            assert_eq!(refusal(ask(&mut city, own, command.clone())), code, "{command:?}");
        }
        // To see is not to pay; and the person is told of each look.
        let grants = Grants { see: true, apply: false, pay: None };
        let until = Some(date(2021, 2, 28));
        let see = OnPeople::GiveHelp { person: mother.0, helper: daughter, tie: Tie::Carer, grants, until };
        record(ask(&mut city, own, see));
        assert_eq!(refusal(city.pay((daughter, mother.1), shop, 1_000)), "delegation.not-given");
        let look = OnPeople::See { person: mother.0 };
        record(ask(&mut city, Role::Citizen(daughter), look.clone()));
        let told = file(&city, mother.0).0.notices;
        assert!(
            matches!(told[0].what.0.about, About::Helped { helper, act: Act::See, .. } if helper == daughter)
        );
        assert_eq!(refusal(ask(&mut city, Role::Citizen(twin), look.clone())), "person.unknown");
        assert_eq!(refusal(ask(&mut city, own, look.clone())), "person.unknown");
        assert_eq!(refusal(ask(&mut city, Role::Clerk, look.clone())), "role.needed");
        city.on(2021, 3, 1);
        assert_eq!(refusal(city.pay((daughter, mother.1), shop, 1_000)), "delegation.ended");
        assert_eq!(refusal(ask(&mut city, Role::Citizen(daughter), look)), "delegation.ended");
        assert_eq!(file(&city, mother.0).0.notices.len(), 1);
        // What is over doesn't stand in the way of the next.
        record(ask(&mut city, own, help(mother.0, daughter, (1_000, 1_000))));
        facts(city.pay((daughter, mother.1), shop, 1_000));
        // Who may only pay doesn't learn from a refusal how much there is.
        let (aunt, son) = (city.person().1, born(&mut city, "이철수", day(date(1975, 3, 3))));
        let aunt = (city.pen.shared().read().town.directory.card(CardRef::Id(aunt)).unwrap().person, aunt);
        for (sees, code) in [(false, "delegation.short"), (true, "purse.short")] {
            let pay = Some(PayLimits { per_payment: Won(5_000), per_month: Won(5_000) });
            let grants = Grants { see: sees, apply: false, pay };
            let give =
                OnPeople::GiveHelp { person: aunt.0, helper: son, tie: Tie::Family, grants, until: None };
            let help = record(ask(&mut city, Role::Citizen(aunt.0), give));
            assert_eq!(refusal(city.pay((son, aunt.1), shop, 1_000)), code);
            record(ask(&mut city, Role::Citizen(son), OnPeople::RevokeHelp { person: aunt.0, help }));
        }
    });
}

#[test]
fn two_records_are_linked_on_a_yes_and_parted_again() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (one, _) = city.person();
        let other = born(&mut city, "김순쟈", Some(-9_800));
        record(ask(&mut city, Role::Clerk, fact(other, Datum::LivesAlone(true), Source::Observed)));
        assert!(file(&city, one).0.facts.is_empty());
        let link = |why: &str| OnPeople::Link { one, other, why: why.into() };
        let unlink = |why: &str| OnPeople::Unlink { one: other, other: one, why: why.into() };
        let good = "신분증을 보고 확인했어요";
        for (role, command, code) in [
            (Role::Clerk, link("확인"), "reason.short"),
            (Role::Clerk, unlink(good), "link.none"),
            (Role::Clerk, OnPeople::Link { one, other: one, why: good.into() }, "link.self"),
            (Role::Clerk, OnPeople::Link { one, other: PersonId(3), why: good.into() }, "person.unknown"),
            (Role::Citizen(one), link(good), "role.needed"),
            (Role::System, link("확인"), "reason.short"),
        ] {
            assert_eq!(refusal(ask(&mut city, role, command.clone())), code, "{command:?}");
        }
        record(ask(&mut city, Role::Clerk, link(good)));
        assert_eq!(refusal(ask(&mut city, Role::Clerk, link(good))), "link.already");
        let (all, seen) = file(&city, one);
        assert_eq!((all.records.len(), all.facts.len(), seen.len()), (2, 1, 2));
        record(ask(&mut city, Role::Clerk, unlink("주민등록표를 보니 다른 분이었어요")));
        let parted = file(&city, one).0;
        assert_eq!((parted.records.len(), parted.facts.len(), parted.links.len()), (1, 0, 2));
    });
}

#[test]
fn who_may_be_the_same_is_found_however_it_was_written() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (one, _) = city.person();
        let readers = Readers::open(&city.target, 1).unwrap();
        let shared = city.pen.shared();
        let vault = std::sync::Arc::clone(&shared.read().town.vault);
        let alike = |name: &str, birth_day: Option<i32>| {
            let new = Naming { name: name.into(), phone: None, birth_day };
            readers
                .read(|snapshot| {
                    let mut register = Register::new(snapshot, &vault);
                    let found = register.alike(&new, Some("4511153000"), |_| true)?;
                    assert!(register.seen().len() >= found.len());
                    Ok(found)
                })
                .unwrap()
        };
        for (name, birth, verdict) in [
            ("김순자", Some(-9_800), Some(Verdict::Likely)),
            ("김 순자(金順子)", Some(-9_800), Some(Verdict::Likely)),
            // A slip in the name: found by the birth day.
            ("김순저", Some(-9_800), Some(Verdict::Possible)),
            ("박영수", Some(-9_800), None),
            ("김순자", Some(-3_000), None),
        ] {
            let found = alike(name, birth);
            assert_eq!(
                found.first().map(|(known, score)| (known.id, score.verdict)),
                verdict.map(|v| (one, v))
            );
            assert!(found.len() <= 1, "{name}");
        }
    });
}

/// So many cards work at a time, and so many are made on one's own request; a window makes more. Money is the person's, so
/// nobody needs many.
#[test]
fn a_person_has_so_many_cards() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (person, first) = city.person();
        let card = NewCard { kind: CardKind::Phone };
        let issue = || Command::IssueCard { person, card };
        let mine = Role::Citizen(person);
        let of = |reply: Result<Reply, Failure>| match facts(reply) {
            Facts::Card { card, .. } => CardRef::Id(card),
            other => panic!("{other:?}"),
        };
        let mut newest = CardRef::Id(first);
        for _ in 1..5 {
            newest = of(city.ask(mine, issue()));
        }
        for role in [mine, Role::Clerk] {
            assert_eq!(refusal(city.ask(role, issue())), "card.many", "{role:?}");
        }
        // A frozen card can come back; one that is closed can't.
        facts(city.ask(mine, Command::Freeze { card: newest }));
        assert_eq!(refusal(city.ask(mine, issue())), "card.many");
        for _ in 5..20 {
            facts(city.ask(mine, Command::CloseCard { card: newest }));
            newest = of(city.ask(mine, issue()));
        }
        city = city.again(7);
        facts(city.ask(mine, Command::CloseCard { card: newest }));
        assert_eq!(refusal(city.ask(mine, issue())), "card.many-made");
        let replace = Command::Replace { card: CardRef::Id(first) };
        of(city.ask(Role::Clerk, issue()));
        of(city.ask(Role::Clerk, replace));
        // Another's are their own.
        let (other, _) = city.person();
        of(city.ask(Role::Citizen(other), Command::IssueCard { person: other, card }));
    });
}
