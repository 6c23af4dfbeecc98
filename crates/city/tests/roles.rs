//! Who may: roles are the pack's, given for a time, bound to an area, and taken back; whoever loses one is out at once.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::collections::BTreeSet;

use base::{AccountId, Actor, Area, Client, GrantId, Instant, PersonId, Role, day_of_date};
use city::may::{OPERATIONS, SYSTEM, may};
use city::{CardRef, Command, NewGrant, NewPerson, NewToken, Reply};
use common::{TestCity, facts, pack, refusal};
use economy::Facts;
use pen::Request;
use people::How;
use testkit::{Place, on_each_engine};

/// An operation that no role can do is a mistake, and so is one that both a role and only the machinery may.
#[test]
fn every_operation_is_somebodys() {
    let pack = pack().parse().unwrap();
    let operations: BTreeSet<&str> = OPERATIONS.iter().copied().collect();
    assert_eq!(operations.len(), OPERATIONS.len(), "two operations of one name");
    let listed = pack.roles.iter().flat_map(|role| role.operations.iter().map(String::as_str));
    let listed: BTreeSet<&str> = listed.chain(SYSTEM.iter().copied()).collect();
    assert_eq!(operations, listed);
}

#[test]
fn a_pack_with_an_unknown_operation_is_refused() {
    let mut kept = pack();
    let roles = kept.files["roles.toml"].replacen("\"enrol\", ", "\"enroll\", ", 1);
    kept.files.insert("roles.toml".into(), roles);
    let why = kept.parse().unwrap_err();
    assert_eq!(why.len(), 1);
    assert!(why[0].what.contains("no operation \"enroll\""), "{}", why[0]);
    let roles = pack().files["roles.toml"].replace("\"enrol\", ", "\"enrol\", \"activate\", ");
    kept.files.insert("roles.toml".into(), roles);
    assert!(kept.parse().unwrap_err()[0].what.contains("machinery"));
}

fn account(city: &mut TestCity, person: Option<PersonId>) -> AccountId {
    match facts(city.ask(Role::System, Command::OpenAccount { person })) {
        Facts::Account { account, .. } => account,
        other => panic!("{other:?}"),
    }
}

fn wish(account: AccountId, role: &str, district: Option<&str>, days: (i32, Option<i32>)) -> Command {
    Command::GiveRole(NewGrant {
        account,
        role: role.into(),
        subject: None,
        district: district.map(str::to_owned),
        from: days.0,
        until: days.1,
    })
}

fn grant(reply: Facts) -> GrantId {
    match reply {
        Facts::Role { grant, .. } => grant,
        other => panic!("{other:?}"),
    }
}

/// Asks as the account behind a session, the way the web does.
fn as_session(city: &mut TestCity, session: u8, command: Command) -> Result<Reply, pen::Failure> {
    let actor = actor(city, session).unwrap_or(Actor::new(Role::Auditor, Client(0)));
    static ASKED: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let key = format!("s-{}", ASKED.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let request = Request { actor, key, input_hash: command.input_hash() };
    city.ask_all(vec![(request, command)]).pop().unwrap()
}

fn actor(city: &TestCity, session: u8) -> Option<Actor> {
    let shared = city.pen.shared();
    let view = shared.read();
    let now = city.now();
    view.town.doors.actor(&[session; 32], now, view.town.zone.day_number(now), &view.town.pack)
}

fn sign_in(city: &mut TestCity, grant: GrantId, session: u8) -> Result<Reply, pen::Failure> {
    let until = Instant(i64::MAX);
    city.ask(Role::System, Command::SignIn { grant, session: [session; 32], until, how: How::Passkey })
}

fn districts(city: &TestCity) -> (String, String) {
    let shared = city.pen.shared();
    let view = shared.read();
    let codes = &view.town.pack.city.districts;
    (codes[0].code.clone(), codes[1].code.clone())
}

#[test]
fn a_role_is_given_for_a_week_and_ends() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (here, _) = districts(&city);
        let clerk = account(&mut city, None);
        let today = day_of_date(base::date(2021, 2, 23));
        let week = wish(clerk, "clerk", Some(&here), (today, Some(today + 6)));
        let given = grant(facts(city.ask(Role::System, week)));
        sign_in(&mut city, given, 1).unwrap();
        assert_eq!(actor(&city, 1).unwrap().area, Area::District(0));
        city.on(2021, 3, 1);
        assert!(actor(&city, 1).is_some());
        city.on(2021, 3, 2);
        assert!(actor(&city, 1).is_none(), "the week is over");
        assert_eq!(refusal(sign_in(&mut city, given, 2)), "role.unknown");
        // After a restart as well.
        let city = city.again(7);
        assert!(actor(&city, 1).is_none());
    });
}

#[test]
fn a_leavers_sessions_die() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (here, _) = districts(&city);
        let clerk = account(&mut city, None);
        let given = grant(facts(city.ask(Role::System, wish(clerk, "clerk", Some(&here), (0, None)))));
        sign_in(&mut city, given, 1).unwrap();
        sign_in(&mut city, given, 2).unwrap();
        let number = city.pen.shared().read().town.doors.session(&[1; 32]).unwrap().number();
        // One's own sign-in can be ended by oneself, another's not.
        let stranger = account(&mut city, None);
        let other = grant(facts(city.ask(Role::System, wish(stranger, "clerk", Some(&here), (0, None)))));
        sign_in(&mut city, other, 3).unwrap();
        let end = Command::EndSession { account: clerk, number };
        assert_eq!(refusal(as_session(&mut city, 3, end.clone())), "role.needed");
        as_session(&mut city, 2, end).unwrap();
        assert!(actor(&city, 1).is_none() && actor(&city, 2).is_some());
        facts(city.ask(Role::System, Command::EndAccount { account: clerk }));
        assert!(actor(&city, 2).is_none());
        assert_eq!(refusal(sign_in(&mut city, given, 4)), "account.unknown");
        let city = city.again(8);
        assert!(actor(&city, 2).is_none());
    });
}

#[test]
fn nobody_makes_themself_an_officer() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let accounts: Vec<AccountId> = (0..3).map(|_| account(&mut city, None)).collect();
        for (session, account) in (1..).zip(&accounts[..2]) {
            // The first two are the city's own doing.
            let given =
                grant(facts(city.ask(Role::System, wish(*account, "access-officer", None, (0, None)))));
            sign_in(&mut city, given, session).unwrap();
        }
        let officer = |account| wish(account, "card-officer", None, (0, None));
        assert_eq!(refusal(as_session(&mut city, 1, officer(accounts[0]))), "role.own");
        let given = grant(facts(as_session(&mut city, 1, officer(accounts[2]))));
        assert_eq!(refusal(sign_in(&mut city, given, 9)), "role.unknown");
        let yes = || Command::ConfirmRole { grant: given };
        assert_eq!(refusal(as_session(&mut city, 1, yes())), "role.second-person");
        facts(as_session(&mut city, 2, yes()));
        sign_in(&mut city, given, 9).unwrap();
        assert_eq!(refusal(as_session(&mut city, 2, yes())), "role.confirmed");
        // A card officer gives no roles.
        assert_eq!(refusal(as_session(&mut city, 9, officer(accounts[1]))), "role.needed");
        facts(as_session(&mut city, 1, Command::EndRole { grant: given }));
        assert!(actor(&city, 9).is_none());
    });
}

#[test]
fn a_counter_reaches_its_own_neighbourhood() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (here, there) = districts(&city);
        let mut live = |code: &str| {
            let card = Some(city::NewCard { kind: economy::CardKind::Plastic });
            let wish = NewPerson {
                name: "김영수".into(),
                phone: None,
                birth_day: None,
                district: Some(code.to_owned()),
                card,
            };
            match facts(city.ask(Role::System, Command::Enrol(wish))) {
                Facts::Card { card, person, .. } => (person, card),
                other => panic!("{other:?}"),
            }
        };
        let (neighbour, near) = live(&here);
        let (stranger, far) = live(&there);
        let clerk = account(&mut city, None);
        let given = grant(facts(city.ask(Role::System, wish(clerk, "clerk", Some(&here), (0, None)))));
        sign_in(&mut city, given, 1).unwrap();
        let top_up = |person| Command::TopUp { person, amount: 10_000 };
        facts(as_session(&mut city, 1, top_up(neighbour)));
        assert_eq!(refusal(as_session(&mut city, 1, top_up(stranger))), "person.unknown");
        let freeze = |card| Command::Freeze { card: CardRef::Id(card) };
        facts(as_session(&mut city, 1, freeze(near)));
        assert_eq!(refusal(as_session(&mut city, 1, freeze(far))), "card.unknown");
    });
}

#[test]
fn a_code_from_a_counter_opens_once() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (person, _) = city.person();
        let until = city.now().plus_seconds(600);
        let give = |hash| Command::IssueCode { person, hash, until };
        let open = |hash: u8, session| Command::SignInByCode {
            person,
            hash: [hash; 16],
            session: [session; 32],
            until: Instant(i64::MAX),
        };
        let by = |city: &mut TestCity, hash, session| city.ask(Role::System, open(hash, session)).unwrap();
        assert_eq!(by(&mut city, 5, 1), Reply::WrongCode, "no code was given");
        facts(city.ask(Role::System, give([5; 16])));
        assert_eq!(by(&mut city, 6, 1), Reply::WrongCode);
        assert!(matches!(by(&mut city, 5, 1), Reply::Done { .. }));
        assert_eq!(actor(&city, 1).unwrap().role, Role::Citizen(person));
        assert_eq!(by(&mut city, 5, 2), Reply::WrongCode, "it opens once");
        // After five wrong tries a code is worth nothing, and the counter gives another.
        facts(city.ask(Role::System, give([7; 16])));
        for _ in 0..people::account::TRIES {
            assert_eq!(by(&mut city, 6, 3), Reply::WrongCode);
        }
        assert_eq!(by(&mut city, 7, 3), Reply::WrongCode);
        facts(city.ask(Role::System, give([8; 16])));
        assert!(matches!(by(&mut city, 8, 3), Reply::Done { .. }));
        // And its time is short.
        facts(city.ask(Role::System, give([9; 16])));
        city.on(2021, 2, 24);
        assert_eq!(by(&mut city, 9, 4), Reply::WrongCode);
    });
}

/// A token's secret is changed under one number; what ended stays so after a restart.
#[test]
fn a_token_that_was_changed_or_ended_stays_so() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let bearer = |city: &TestCity, hash: u8| {
            let shared = city.pen.shared();
            let view = shared.read();
            let now = city.now();
            view.town.doors.bearer(&[hash; 32], now, view.town.zone.day_number(now), &view.town.pack)
        };
        let grant = |hash: u8, name: &str| {
            Command::Grant(NewToken {
                hash: [hash; 32],
                role: "auditor".into(),
                subject: None,
                district: None,
                name: name.into(),
            })
        };
        facts(city.ask(Role::System, grant(1, "one")));
        facts(city.ask(Role::System, grant(5, "two")));
        let client = |city: &TestCity, hash| bearer(city, hash).unwrap().client.0;
        let (one, two) = (client(&city, 1), client(&city, 5));
        // Never longer than a day, whatever was asked.
        let until = Instant(i64::MAX);
        facts(city.ask(Role::System, Command::RotateToken { client: one, hash: [2; 32], until }));
        assert_eq!(client(&city, 2), one, "the number stays");
        assert!(bearer(&city, 1).is_some());
        facts(city.ask(Role::System, Command::EndToken { client: two }));
        assert_eq!(refusal(city.ask(Role::System, Command::EndToken { client: two })), "token.unknown");
        let mut city = city.again(9);
        assert!(bearer(&city, 1).is_some() && bearer(&city, 2).is_some() && bearer(&city, 5).is_none());
        city.on(2021, 2, 25);
        assert!(bearer(&city, 1).is_none() && bearer(&city, 2).is_some());
        let now = city.now();
        facts(city.ask(Role::System, Command::RotateToken { client: one, hash: [3; 32], until: now }));
        assert!(bearer(&city, 2).is_none() && bearer(&city, 3).is_some());
        assert_eq!(refusal(city.ask(Role::System, grant(7, " "))), "token.name");
    });
}

/// What no role allows is refused, and the refusal names those that would.
#[test]
fn a_refusal_names_the_roles() {
    let pack = pack().parse().unwrap();
    let directory = city::Directory::default();
    let auditor = Actor::new(Role::Auditor, Client(1));
    let why = may(&auditor, &Command::OnPayouts(city::OnPayouts::Send { upto: None }), &pack, &directory)
        .unwrap_err();
    assert_eq!(why.code, "role.needed");
    assert_eq!(why.args[0].1, base::Arg::Text("card-officer".into()));
    // A role of another kind than the actor's is none.
    let posing = Actor { duty: Some(0), ..auditor };
    assert!(
        may(&posing, &Command::OnPayouts(city::OnPayouts::Send { upto: None }), &pack, &directory).is_err()
    );
}
