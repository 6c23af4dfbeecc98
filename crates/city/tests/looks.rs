//! What follows from looks: questions, broken glasses, inspections, downloads, and what the law lets go.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use access::{Look, Readers};
use base::{Client, Instant, Month, PersonId, Role, date};
use city::chores::Keeper;
use city::looks::inspection::{self, inspect_city};
use city::looks::{self, Glass, Question};
use city::read::people::{Register, Sought};
use city::{CardRef, Command, NewPerson, OnHouseholds, Reply};
use common::{Live, TestCity, facts};
use economy::Facts;
use pen::Failure;
use people::household::Relation;
use people::inspection::Sign;
use testkit::{Engine, Place, on_each_engine};

const GOOD: &str = "실종 신고가 들어와 주소를 확인해요";

fn id<T: std::str::FromStr>(reply: Result<Reply, Failure>) -> T {
    match facts(reply) {
        Facts::Looks { id, .. } => id.parse().ok().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn code(reply: Result<Reply, Failure>) -> &'static str {
    match reply {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

fn read<T>(city: &TestCity, work: impl FnOnce(&mut Register<'_, '_>) -> Result<T, store::Error>) -> T {
    let vault = city.pen.shared().read().town.vault.clone();
    let readers = store::Readers::open(&city.target, 1).unwrap();
    readers.read(|snapshot| work(&mut Register::new(snapshot, &vault))).unwrap()
}

fn dump(place: &Place) -> Vec<u8> {
    match place.engine() {
        Engine::Sqlite => {
            let file = std::path::PathBuf::from(place.location());
            let mut bytes = std::fs::read(&file).unwrap();
            bytes.extend(std::fs::read(file.with_extension("sqlite-wal")).unwrap_or_default());
            bytes
        }
        Engine::Postgres => testkit::dump(&place.location()),
    }
}

#[test]
fn a_question_is_asked_once_and_answered_once() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (me, other) = (city.person().0, city.person().0);
        let ask = |look, text: &str| Command::AskLook { person: me, look, question: text.into() };
        for (role, text, expected) in [
            (Role::Citizen(other), "왜 봤나요?", "person.unknown"),
            (Role::Clerk, "왜 봤나요?", "role.needed"),
            (Role::Citizen(me), "  ", "question.form"),
            (Role::Citizen(me), &"가".repeat(501), "question.form"),
            (Role::Citizen(me), "왜\u{0}?", "question.form"),
        ] {
            assert_eq!(code(city.ask(role, ask(7, text))), expected, "{text}");
        }
        let question = id(city.ask(Role::Citizen(me), ask(7, " 왜 봤나요? ")));
        assert_eq!(code(city.ask(Role::Citizen(me), ask(7, "왜 봤나요?"))), "question.asked");
        let open = read(&city, |register| looks::open_questions(register, 10));
        let asked: Vec<_> = open.iter().map(|q| (q.id, q.person, q.look.0, q.text.as_str())).collect();
        assert_eq!(asked, [(question, me, 7, "왜 봤나요?")]);

        let answer = |text: &str| Command::AnswerLook { question, answer: text.into(), looked: None };
        assert_eq!(code(city.ask(Role::Clerk, answer("네"))), "role.needed");
        assert_eq!(code(city.ask(Role::Officer, answer(""))), "question.form");
        facts(city.ask(Role::Officer, answer("카드를 다시 만들어 드리느라 봤어요.")));
        assert_eq!(code(city.ask(Role::Officer, answer("또"))), "question.answered");
        assert_eq!(read(&city, |register| looks::open_questions(register, 10)), []);
        let mine: Vec<Question> = read(&city, |register| looks::questions_of(register, me, 10));
        assert_eq!(mine[0].answer.as_ref().unwrap().1, "카드를 다시 만들어 드리느라 봤어요.");
        assert_eq!(read(&city, |register| looks::questions_of(register, other, 10)), []);
        let bytes = dump(&city.place);
        for text in ["왜 봤나요", "만들어 드리느라"] {
            let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!holds(text) && !holds(&hex), "{text} stands in the database");
        }
    });
}

#[test]
fn a_glass_is_open_until_somebody_else_reviews_it() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (me, _) = city.person();
        let open = |why: &str| Command::OpenGlass { person: me, why: why.into() };
        assert_eq!(code(city.ask(Role::Officer, open(GOOD))), "role.needed");
        assert_eq!(code(city.ask(Role::Clerk, open("확인"))), "reason.short");
        let nobody = Command::OpenGlass { person: PersonId(1), why: GOOD.into() };
        assert_eq!(code(city.ask(Role::Clerk, nobody)), "person.unknown");
        let glass = id(city.ask(Role::Clerk, open(GOOD)));
        let by = looks::who(base::Actor::new(Role::Clerk, Client(9)));
        let of_me =
            |city: &TestCity| -> Vec<Glass> { read(city, |register| looks::glasses_of(register, me, 10)) };
        let told = of_me(&city).remove(0);
        assert_eq!(
            (told.id, told.role.as_str(), told.why.as_str(), told.review),
            (glass, "clerk", GOOD, None)
        );
        let lets =
            |city: &TestCity, by: &str| read(city, |register| looks::glass_lets(register.snapshot(), by, me));
        assert!(lets(&city, &told.by) && !lets(&city, "clerk/999"), "{by}");

        let review = |note: &str| Command::ReviewGlass { glass, justified: true, note: note.into() };
        assert_eq!(code(city.ask(Role::Clerk, review(GOOD))), "role.needed");
        assert_eq!(code(city.ask(Role::Officer, review("확인"))), "reason.short");
        facts(city.ask(Role::Officer, review("경찰 공문과 맞춰 보았어요")));
        assert_eq!(code(city.ask(Role::Officer, review(GOOD))), "glass.reviewed");
        let review = of_me(&city).remove(0).review.unwrap();
        assert_eq!((review.justified, review.note.as_str()), (true, "경찰 공문과 맞춰 보았어요"));
        assert!(!lets(&city, &told.by), "it lets nobody look any more");
        assert_eq!(read(&city, |register| looks::open_glasses(register, 10)), []);
    });
}

/// A system's own account reviews nothing that it opened.
#[test]
fn nobody_reviews_their_own() {
    let mut city = TestCity::new(Place::fresh(Engine::Sqlite));
    let (me, _) = city.person();
    let glass = id(city.ask(Role::System, Command::OpenGlass { person: me, why: GOOD.into() }));
    let review = Command::ReviewGlass { glass, justified: true, note: GOOD.into() };
    assert_eq!(code(city.ask(Role::System, review)), "glass.review-own");
}

fn look(at: Instant, who: &str, whom: PersonId, task: Option<&str>) -> Look {
    Look {
        at,
        who: who.into(),
        role: "clerk".into(),
        whom,
        what: "window.person".into(),
        purpose: "service".into(),
        from: "10.0.0.1".into(),
        reason: None,
        task: task.map(str::to_owned),
    }
}

#[test]
fn a_month_is_inspected_by_itself() {
    on_each_engine(|place| {
        let city = TestCity::new(Place::fresh(place.engine()));
        let zone = city.zone.clone();
        let Live { city, clock, folder, target, place } = city.live();
        let day = |day, hour, minute| zone.instant(date(2021, 2, day), hour, minute);
        let mut all = vec![
            look(day(23, 10, 0), "clerk/1", PersonId(1), None),
            look(day(23, 23, 0), "clerk/1", PersonId(2), Some("unlock")),
            look(day(24, 23, 0), "clerk/1", PersonId(3), None),
        ];
        // Twenty in a row, each within the minute.
        all.extend((0..20).map(|n| {
            look(
                day(25, 11, 0).plus_seconds(i64::from(n) * 30),
                "clerk/2",
                PersonId(100 + n as u64),
                Some("unlock"),
            )
        }));
        all.push(look(zone.instant(date(2021, 3, 1), 0, 0), "clerk/3", PersonId(5), None));
        all.push(Look {
            role: "citizen".into(),
            purpose: "gift".into(),
            ..look(day(25, 3, 0), "citizen/7", PersonId(1), None)
        });
        // Machinery writes to people at its own hours.
        all.push(Look {
            role: Role::System.name().into(),
            purpose: "notice".into(),
            ..look(day(25, 4, 0), "system/0", PersonId(1), None)
        });
        city.access.record(all).unwrap().wait().unwrap();

        let found = inspect_city(&city, Month::of(date(2021, 2, 1))).unwrap();
        assert_eq!((found.looks, found.people), (25, 23));
        let order: Vec<_> = found.unusual.iter().map(|u| (u.points, u.entry.look.whom.0)).collect();
        assert_eq!(order[0], (3, 3), "at night and for no task");
        assert_eq!(order[1..21], (100..120).map(|n| (3, n)).collect::<Vec<_>>());
        assert_eq!(order[21..], [(2, 2)], "at night; by day without a task is usual at a window");
        let counts: Vec<_> = found.by_purpose.into_iter().map(|((role, why), n)| (role, why, n)).collect();
        let expected = [("citizen", "gift", 1), ("clerk", "service", 23), ("system", "notice", 1)];
        assert_eq!(counts, expected.map(|(role, why, n)| (role.to_owned(), why.to_owned(), n)));

        let made = |city: &city::open::City| city.readers.read(|s| inspection::made(s, 10)).unwrap();
        let mut keeper = Keeper::in_earnest(&city);
        assert_eq!(keeper.look(&city).broken, None);
        assert_eq!(made(&city), [], "the month is not over");
        clock.set(zone.instant(date(2021, 3, 1), 0, 1));
        assert_eq!(keeper.look(&city).broken, None);
        assert_eq!(keeper.look(&city).broken, None);
        let kept = made(&city);
        let numbers: Vec<_> = kept.iter().map(|m| (inspection::named(m.month), m.looks, m.unusual)).collect();
        assert_eq!(numbers, [("2021-02".to_owned(), 25, 22)]);
        assert_eq!(city.access.readers().compare(&[kept[0].head]).unwrap(), 1);
        // Who was away for months makes up for all of them, once.
        clock.set(zone.instant(date(2021, 5, 2), 9, 0));
        let mut keeper = Keeper::in_earnest(&city);
        assert_eq!(keeper.look(&city).broken, None);
        let months: Vec<_> = made(&city).iter().map(|m| inspection::named(m.month)).collect();
        assert_eq!(months, ["2021-04", "2021-03", "2021-02"]);
        assert!(city.is_keeping_looks());
        city.close().unwrap();
        drop((folder, target, place));
    });
}

#[test]
fn neighbours_and_namesakes_are_signs_and_nobody_is_named() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let mut enrol = |name: &str, district: &str| {
            let wish = NewPerson {
                name: name.into(),
                phone: None,
                birth_day: None,
                district: Some(district.into()),
                card: None,
            };
            match facts(city.ask(Role::System, Command::Enrol(wish))) {
                Facts::Person { person, .. } => person,
                other => panic!("{other:?}"),
            }
        };
        let (here, there) = ("4511153000", "4511160500");
        let clerk = enrol("김순자", here);
        let [neighbour, namesake, both, stranger, housemate] =
            [("박하나", here), ("김둘", there), ("김셋", here), ("이넷", there), ("최다섯", there)]
                .map(|(name, district)| enrol(name, district));
        let account = match facts(city.ask(Role::System, Command::OpenAccount { person: Some(clerk) })) {
            Facts::Account { account, .. } => account,
            other => panic!("{other:?}"),
        };
        let mut house = |command| facts(city.ask(Role::Clerk, Command::OnHouseholds(command)));
        house(OnHouseholds::Form { person: clerk, from: None });
        house(OnHouseholds::Join { person: housemate, with: clerk, relation: Relation::Kin, from: None });
        let zone = city.zone.clone();
        let Live { city, folder, target, place, .. } = city.live();
        let at =
            |n: u64| zone.instant(date(2021, 2, 23), 10, 0).plus_seconds(600 * i64::try_from(n).unwrap());
        let who = account.to_string();
        let all = [clerk, neighbour, namesake, both, stranger, housemate];
        let looks = all.iter().zip(0..).map(|(whom, n)| look(at(n), &who, *whom, Some("unlock")));
        // Of a till that is nobody's account, nothing is known.
        let looks = looks.chain([look(at(9), "clerk/7", both, Some("unlock"))]);
        city.access.record(looks.collect()).unwrap().wait().unwrap();
        let found = inspect_city(&city, Month::of(date(2021, 2, 1))).unwrap();
        let signs = |whom| {
            let listed =
                found.unusual.iter().filter(|one| one.entry.look.whom == whom && one.entry.look.who == who);
            listed.flat_map(|one| one.signs.clone()).collect::<Vec<_>>()
        };
        let (near, name) = (Sign::OwnNeighbour, Sign::SameSurname);
        assert_eq!(signs(clerk), [near, name], "their own record too");
        assert_eq!((signs(neighbour), signs(both)), (vec![near], vec![near, name]));
        assert_eq!((signs(namesake), signs(stranger)), (vec![], vec![]), "one in five is called Kim");
        assert_eq!(signs(housemate), [near], "of one household");
        assert_eq!(found.unusual.len(), 4);
        let shown = format!("{found:?}");
        assert!(["김", "박", "최"].iter().all(|name| !shown.contains(name)), "{shown}");
        // Telling that is no look at anybody.
        assert_eq!(city.access.readers().of_person(both, None, 100).unwrap().len(), 2);
        city.close().unwrap();
        drop((folder, target, place));
    });
}

#[test]
fn a_download_has_its_reason() {
    let mut city = TestCity::new(Place::fresh(Engine::Sqlite));
    let wish = |why: &str| Command::Download { what: "inspection".into(), lines: 3, why: why.into() };
    let (anybody, _) = city.person();
    assert_eq!(code(city.ask(Role::Citizen(anybody), wish(GOOD))), "role.needed");
    assert_eq!(code(city.ask(Role::Auditor, wish("확인"))), "reason.short");
    facts(city.ask(Role::Auditor, wish(GOOD)));
    let listed = read(&city, |register| looks::downloads(register, 10));
    let shown: Vec<_> = listed.iter().map(|d| (d.role.as_str(), d.lines, d.why.as_str())).collect();
    assert_eq!(shown, [("auditor", 3, GOOD)]);
}

/// Who has nothing, no card and moved nothing for five years is named no more; what they paid stays.
#[test]
fn names_go_and_postings_stay() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (gone, stays) = (city.person(), city.person());
        let (rich, never) = (city.person(), city.person());
        let shop = city.shop("123-45-67891", "market-food");
        for who in [gone, stays, rich] {
            city.top_up(who.0, 10_000);
        }
        let (paid_gone, paid_stays) = (city.pay(gone, shop, 10_000), city.pay(stays, shop, 10_000));
        let _: (Facts, Facts) = (facts(paid_gone), facts(paid_stays));
        // Whatever cashback there was is spent too.
        let close = |card| Command::CloseCard { card: CardRef::Id(card) };
        facts(city.ask(Role::Citizen(gone.0), close(gone.1)));
        facts(city.ask(Role::Citizen(rich.0), close(rich.1)));
        facts(city.ask(Role::Citizen(never.0), close(never.1)));
        let let_go = |dry| Command::LetGo { from: 0, at_most: 256, dry };
        let count = |city: &mut TestCity, dry| match city.ask(Role::System, let_go(dry)) {
            Ok(Reply::Batch { done, next: None }) => done,
            other => panic!("{other:?}"),
        };
        assert_eq!(code(city.ask(Role::Officer, let_go(true))), "role.needed");
        city.on(2026, 2, 23);
        assert_eq!(count(&mut city, true), 0, "not on the very day");
        city.on(2026, 2, 24);
        let postings = city.pen.shared().read().books.last_posting();
        assert_eq!(count(&mut city, true), 2, "dry: the one who left, and the one who never came");
        let named = |city: &TestCity, person| read(city, |register| register.naming(person)).is_some();
        assert!(named(&city, gone.0), "dry changes nothing");
        assert_eq!(count(&mut city, false), 2);
        assert_eq!(count(&mut city, false), 0, "once");
        for (who, still) in [(gone, false), (never, false), (stays, true), (rich, true)] {
            assert_eq!(named(&city, who.0), still);
        }
        let found = read(&city, |register| Sought::Name("김순자".into()).find(register, |_| true));
        assert_eq!(found.len(), 2, "nobody finds them by their name");
        assert_eq!(city.pen.shared().read().books.last_posting(), postings, "postings stay as they are");
        let city = city.again(9);
        assert!(!named(&city, gone.0) && named(&city, stays.0));
    });
}

/// The ledger's own file, on either engine; nobody else's.
#[test]
fn the_ledger_is_opened_and_closed_with_the_city() {
    on_each_engine(|place| {
        let city = TestCity::new(Place::fresh(place.engine()));
        let Live { city, folder, place: _place, .. } = city.live();
        let file = folder.path().join("access.sqlite");
        city.access.record(vec![look(Instant(1), "clerk/1", PersonId(1), None)]).unwrap().wait().unwrap();
        city.close().unwrap();
        assert_eq!(Readers::open(&file).unwrap().verify(None).unwrap().to.no.0, 1);
        let (handle, joiner) = access::AccessLedger::open(&file, access::Options::default()).unwrap();
        drop(handle);
        joiner.join().unwrap();
    });
}
