//! Nobody is their own second person, by whichever hand: not through access that one gave the other, not through a key from a
//! desk, not under another record; and nobody does for themself at a counter what they do for others.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{AccountId, Actor, GlassId, MerchantId, PersonId, Role};
use city::{Command, NewGrant, NewToken, OnPeople, OnProposals, Reply};
use common::{TestCity, facts, posting, refusal};
use economy::Facts;
use pen::{Failure, Request};
use people::fact::{Datum, Source};
use testkit::Place;

struct Hall {
    city: TestCity,
    keys: u64,
}

fn each(test: impl Fn(Hall)) {
    for engine in testkit::engines() {
        test(Hall { city: TestCity::new(Place::fresh(engine)), keys: 0 });
    }
}

impl Hall {
    fn staff(&mut self, person: Option<PersonId>, role: &str, subject: Option<MerchantId>) -> Actor {
        let opened = self.city.ask(Role::System, Command::OpenAccount { person });
        let Facts::Account { account, .. } = facts(opened) else { panic!() };
        let (role, subject) = (role.to_owned(), subject.map(|shop| shop.to_string()));
        let wish = NewGrant { account, role, subject, district: None, from: 0, until: None };
        facts(self.city.ask(Role::System, Command::GiveRole(wish)));
        self.actor(account)
    }

    fn actor(&self, account: AccountId) -> Actor {
        let shared = self.city.pen.shared();
        let view = shared.read();
        view.town.doors.roles_of(account, 20_000, &view.town.pack).first().unwrap().1
    }

    fn ask(&mut self, actor: Actor, command: Command) -> Result<Reply, Failure> {
        self.keys += 1;
        let key = format!("hall-{}", self.keys);
        let request = Request { actor, key, input_hash: command.input_hash() };
        self.city.ask_all(vec![(request, command)]).pop().unwrap()
    }

    /// Whom a token lets in.
    fn bearer(&self, hash: [u8; 32]) -> Option<Actor> {
        let (shared, now) = (self.city.pen.shared(), self.city.now());
        let view = shared.read();
        view.town.doors.bearer(&hash, now, view.town.zone.day_number(now), &view.town.pack)
    }

    /// A token, and the number it is changed by.
    fn token(&mut self, by: Actor, role: &str, subject: Option<MerchantId>, mark: u8) -> ([u8; 32], u64) {
        let (hash, subject) = ([mark; 32], subject.map(|shop| shop.to_string()));
        let wish = NewToken { hash, role: role.into(), subject, district: None, name: "열쇠".into() };
        facts(self.ask(by, Command::Grant(wish)));
        (hash, u64::from_le_bytes([mark; 8]))
    }

    fn linked(&mut self, one: PersonId, other: PersonId) {
        let why = "주민등록증을 나란히 보았어요".into();
        facts(self.city.ask(Role::Clerk, Command::OnPeople(OnPeople::Link { one, other, why })));
    }
}

fn confirm(proposed: Result<Reply, Failure>) -> Command {
    let Facts::Proposal(proposal) = facts(proposed) else { panic!() };
    Command::OnProposals(OnProposals::Confirm { proposal: proposal.proposal })
}

/// An owner and the till whose key they made are one hand, whichever proposes; the city's card officer is another.
#[test]
fn a_till_is_no_second_person_for_who_made_its_key() {
    each(|mut hall| {
        let (who, shop) = (hall.city.person(), hall.city.shop("124-81-00998", "restaurant"));
        hall.city.top_up(who.0, 1_900_000);
        let paid = posting(&hall.city.pay(who, shop, 900_000));
        let owner = hall.staff(None, "merchant", Some(shop));
        let (hash, _) = hall.token(owner, "till", Some(shop), 7);
        let till = hall.bearer(hash).unwrap();
        let refund = Command::Refund { payment: paid, amount: None };
        let yes = confirm(hall.ask(till, refund));
        assert_eq!(refusal(hall.ask(owner, yes.clone())), "second.made");
        let officer = hall.staff(None, "card-officer", None);
        facts(hall.ask(officer, yes));
    });
}

/// Whoever gives two accounts to nobody's record can use both. Two people's records, or two givers, are two.
#[test]
fn one_giver_does_not_make_two_people_of_nobodys_accounts() {
    each(|mut hall| {
        let (who, shop) = (hall.city.person(), hall.city.shop("124-81-00998", "restaurant"));
        hall.city.top_up(who.0, 1_900_000);
        let paid = posting(&hall.city.pay(who, shop, 900_000));
        let access: Vec<Actor> = (0..3).map(|_| hall.staff(None, "access-officer", None)).collect();
        let given = |hall: &mut Hall, by: usize, person: Option<PersonId>| {
            let opened = hall.ask(access[by], Command::OpenAccount { person });
            let Facts::Account { account, .. } = facts(opened) else { panic!() };
            let role = "card-officer".to_owned();
            let wish = NewGrant { account, role, subject: None, district: None, from: 0, until: None };
            let Facts::Role { grant, .. } = facts(hall.ask(access[by], Command::GiveRole(wish))) else {
                panic!()
            };
            facts(hall.ask(access[2], Command::ConfirmRole { grant }));
            hall.actor(account)
        };
        let (one, other) = (given(&mut hall, 0, None), given(&mut hall, 0, None));
        let elsewhere = given(&mut hall, 1, None);
        let (someone, another) = (hall.city.person().0, hall.city.person().0);
        let (known, too) = (given(&mut hall, 0, Some(someone)), given(&mut hall, 0, Some(another)));
        let refund = Command::Refund { payment: paid, amount: None };
        let yes = confirm(hall.ask(one, refund.clone()));
        for same in [other, known] {
            assert_eq!(refusal(hall.ask(same, yes.clone())), "second.nobodys");
        }
        let Command::OnProposals(OnProposals::Confirm { proposal }) = yes else { panic!() };
        facts(hall.ask(one, Command::OnProposals(OnProposals::Withdraw { proposal })));
        // Of two people whose records are known it doesn't matter who gave them their roles.
        let yes = confirm(hall.ask(known, refund));
        assert_eq!(refusal(hall.ask(one, yes.clone())), "second.nobodys");
        facts(hall.ask(too, yes));
        let paid = posting(&hall.city.pay(who, shop, 900_000));
        let yes = confirm(hall.ask(one, Command::Refund { payment: paid, amount: None }));
        facts(hall.ask(elsewhere, yes));
    });
}

/// The same where roles are confirmed: an officer for access whom one made is no second one for what that one gives, while both
/// are nobody's; whoever gave the giver their role is.
#[test]
fn who_gives_roles_does_not_confirm_them_by_an_account_they_gave() {
    each(|mut hall| {
        let (first, second) =
            (hall.staff(None, "access-officer", None), hall.staff(None, "access-officer", None));
        let given = |hall: &mut Hall, by: Actor, role: &str| {
            let Facts::Account { account, .. } = facts(hall.ask(by, Command::OpenAccount { person: None }))
            else {
                panic!()
            };
            let role = role.to_owned();
            let wish = NewGrant { account, role, subject: None, district: None, from: 0, until: None };
            let Facts::Role { grant, .. } = facts(hall.ask(by, Command::GiveRole(wish))) else { panic!() };
            (account, Command::ConfirmRole { grant })
        };
        let (account, yes) = given(&mut hall, first, "access-officer");
        facts(hall.ask(second, yes));
        let made = hall.actor(account);
        let (_, yes) = given(&mut hall, first, "card-officer");
        assert_eq!(refusal(hall.ask(made, yes.clone())), "second.nobodys");
        facts(hall.ask(second, yes));
        let (other, yes) = given(&mut hall, made, "card-officer");
        facts(hall.ask(first, yes));
        // Nor are two officers two people whom one gave their roles, and an account that that one made.
        let (one, yes) = given(&mut hall, first, "card-officer");
        facts(hall.ask(second, yes));
        let (who, shop) = (hall.city.person(), hall.city.shop("124-81-00998", "restaurant"));
        hall.city.top_up(who.0, 1_900_000);
        let paid = posting(&hall.city.pay(who, shop, 900_000));
        let (one, other) = (hall.actor(one), hall.actor(other));
        let yes = confirm(hall.ask(one, Command::Refund { payment: paid, amount: None }));
        assert_eq!(refusal(hall.ask(other, yes)), "second.nobodys");
    });
}

/// A key that an access officer makes opens nothing before another one's yes, and nobody there makes a secret anew.
#[test]
fn keys_from_a_desk_wait_and_stay_their_holders() {
    each(|mut hall| {
        let shop = hall.city.shop("124-81-00998", "restaurant");
        let access = hall.staff(None, "access-officer", None);
        let other = hall.staff(None, "access-officer", None);
        for (mark, role, subject) in [
            (1, "merchant", Some(shop)),
            (2, "auditor", None),
            (3, "card-officer", None),
            (4, "till", Some(shop)),
        ] {
            let (hash, client) = hall.token(access, role, subject, mark);
            assert!(hall.bearer(hash).is_none(), "{role}");
            let grant = hall.city.pen.shared().read().town.doors.grant_of_token(&hash).unwrap();
            let yes = Command::ConfirmRole { grant };
            assert_eq!(refusal(hall.ask(access, yes.clone())), "role.second-person", "{role}");
            facts(hall.ask(other, yes));
            assert!(hall.bearer(hash).is_some(), "{role}");
            let until = hall.city.now();
            let anew = Command::RotateToken { client, hash: [mark + 50; 32], until };
            assert_eq!(refusal(hall.ask(access, anew)), "token.guarded", "{role}");
        }
        // A till's is its owner's to make anew.
        let (hash, client) = hall.token(access, "till", Some(shop), 5);
        let grant = hall.city.pen.shared().read().town.doors.grant_of_token(&hash).unwrap();
        facts(hall.ask(other, Command::ConfirmRole { grant }));
        let anew = Command::RotateToken { client, hash: [55; 32], until: hall.city.now() };
        assert_eq!(refusal(hall.ask(access, anew.clone())), "token.guarded");
        let owner = hall.staff(None, "merchant", Some(shop));
        facts(hall.ask(owner, anew));
    });
}

/// What lets somebody act for a shop or for a counter's people is not one officer's to give.
#[test]
fn a_role_over_others_money_waits_for_a_second_person() {
    each(|mut hall| {
        let shop = hall.city.shop("124-81-00998", "restaurant").to_string();
        let access = hall.staff(None, "access-officer", None);
        let other = hall.staff(None, "access-officer", None);
        for (role, subject, district) in [
            ("merchant", Some(shop.clone()), None),
            ("clerk", None, Some("4511151000")),
            ("city-counter", None, None),
            ("till", Some(shop.clone()), None),
            ("auditor", None, None),
        ] {
            let opened = facts(hall.ask(access, Command::OpenAccount { person: None }));
            let Facts::Account { account, .. } = opened else { panic!() };
            let wish = NewGrant {
                account,
                role: role.into(),
                subject,
                district: district.map(Into::into),
                from: 0,
                until: None,
            };
            let Facts::Role { grant, .. } = facts(hall.ask(access, Command::GiveRole(wish))) else {
                panic!()
            };
            let holds = |hall: &Hall| {
                let shared = hall.city.pen.shared();
                let view = shared.read();
                view.town.doors.grant(grant).is_some_and(|one| one.confirmed)
            };
            assert!(!holds(&hall), "{role}");
            facts(hall.ask(other, Command::ConfirmRole { grant }));
            assert!(holds(&hall), "{role}");
        }
    });
}

#[test]
fn a_broken_glass_is_reviewed_by_another_person() {
    each(|mut hall| {
        let (me, twin, whom) = (hall.city.person().0, hall.city.person().0, hall.city.person().0);
        hall.linked(me, twin);
        let clerk = hall.staff(Some(me), "city-counter", None);
        let alias = hall.staff(Some(twin), "card-officer", None);
        let seen = hall.staff(Some(whom), "card-officer", None);
        let another = hall.staff(None, "card-officer", None);
        let why = "실종 신고가 들어와 주소를 확인해요".to_owned();
        let opened = facts(hall.ask(clerk, Command::OpenGlass { person: whom, why: why.clone() }));
        let Facts::Looks { id, .. } = opened else { panic!() };
        let glass: GlassId = id.parse().ok().unwrap();
        let review = Command::ReviewGlass { glass, justified: true, note: why };
        for own in [alias, seen] {
            assert_eq!(refusal(hall.ask(own, review.clone())), "glass.review-own");
        }
        facts(hall.ask(another, review));
        // Nor does who looked answer for it.
        let asked = Command::AskLook { person: whom, look: 7, question: "왜 봤나요?".into() };
        let Facts::Looks { id, .. } = facts(hall.city.ask(Role::Citizen(whom), asked)) else { panic!() };
        let looked = clerk.account.map(|account| account.to_string());
        let question = id.parse().ok().unwrap();
        let answer = Command::AnswerLook { question, answer: "서류를 확인했어요".into(), looked };
        for own in [alias, seen] {
            assert_eq!(refusal(hall.ask(own, answer.clone())), "question.own");
        }
        facts(hall.ask(another, answer));
    });
}

#[test]
fn nobody_works_on_their_own_records() {
    each(|mut hall| {
        let (me, twin, other) = (hall.city.person().0, hall.city.person().0, hall.city.person().0);
        hall.linked(me, twin);
        let clerk = hall.staff(Some(me), "city-counter", None);
        let colleague = hall.staff(None, "city-counter", None);
        let why = "잘못 이은 기록이라 나눠요".to_owned();
        for command in [
            OnPeople::Unlink { one: me, other: twin, why: why.clone() },
            OnPeople::Link { one: twin, other, why: why.clone() },
        ] {
            assert_eq!(refusal(hall.ask(clerk, Command::OnPeople(command))), "link.own");
        }
        let fact = |person| {
            let (datum, source) = (Datum::IncomeBand(30), Source::Register { name: "행복이음".into() });
            Command::OnPeople(OnPeople::RecordFact { person, datum, source, from: None, until: None })
        };
        let top_up = |person| Command::TopUp { person, amount: 50_000 };
        let code = |person| {
            let until = base::Instant(i64::MAX);
            Command::IssueCode { person, hash: [1; 16], until }
        };
        for own in [me, twin] {
            for command in [fact(own), top_up(own), code(own)] {
                assert_eq!(refusal(hall.ask(clerk, command)), "record.own");
            }
        }
        for command in [fact(me), top_up(me), code(me)] {
            facts(hall.ask(colleague, command));
        }
        facts(hall.ask(clerk, fact(other)));
        // What is one's own is one's own as a citizen.
        facts(hall.city.ask(Role::Citizen(me), top_up(me)));
        facts(hall.ask(colleague, Command::OnPeople(OnPeople::Unlink { one: me, other: twin, why })));
    });
}
