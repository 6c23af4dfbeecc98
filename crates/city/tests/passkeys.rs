//! Passkeys: whose they are, that a copy is found out, and that staff come in by nothing less.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::sync::atomic::{AtomicU64, Ordering};

use base::{AccountId, Actor, Area, Client, GrantId, Instant, Role};
use city::{Command, NewGrant, NewPasskey, Reply};
use common::{TestCity, facts, refusal};
use economy::Facts;
use pen::Request;
use people::{How, Passkey};
use testkit::{Place, on_each_engine};

/// Another number each time: request keys and sessions are made of it.
fn next() -> u64 {
    static MADE: AtomicU64 = AtomicU64::new(1);
    MADE.fetch_add(1, Ordering::Relaxed)
}

fn account(city: &mut TestCity) -> AccountId {
    match facts(city.ask(Role::System, Command::OpenAccount { person: None })) {
        Facts::Account { account, .. } => account,
        other => panic!("{other:?}"),
    }
}

fn given(city: &mut TestCity, account: AccountId, role: &str) -> GrantId {
    let wish = NewGrant { account, role: role.into(), subject: None, district: None, from: 0, until: None };
    match facts(city.ask(Role::System, Command::GiveRole(wish))) {
        Facts::Role { grant, .. } => grant,
        other => panic!("{other:?}"),
    }
}

fn add(city: &mut TestCity, account: AccountId, no: u8, how: How) -> Result<Reply, pen::Failure> {
    let (name, credential) = (format!("전화기 {no}"), "{}".to_owned());
    let passkey = NewPasskey { account, hash: [no; 32], name, credential, how };
    city.ask(Role::System, Command::AddPasskey(passkey))
}

fn used(city: &mut TestCity, no: u8, counter: u32) -> Result<Reply, pen::Failure> {
    city.ask(Role::System, Command::UsePasskey { passkey: [no; 32], counter, credential: "{}".into() })
}

fn sign_in(city: &mut TestCity, grant: GrantId, how: How) -> Result<Reply, pen::Failure> {
    let session = next().to_be_bytes().repeat(4).try_into().unwrap();
    city.ask(Role::System, Command::SignIn { grant, session, until: Instant(i64::MAX), how })
}

fn number(no: u8) -> u64 {
    u64::from_be_bytes([no; 8])
}

/// As the account itself, signed in somehow.
fn as_account(city: &mut TestCity, account: AccountId, command: Command) -> Result<Reply, pen::Failure> {
    let actor = Actor {
        role: Role::Auditor,
        duty: None,
        area: Area::City,
        client: Client(account.0),
        account: Some(account),
    };
    let request = Request { actor, key: format!("k{}", next()), input_hash: command.input_hash() };
    city.ask_all(vec![(request, command)]).pop().unwrap()
}

fn names(city: &TestCity, account: AccountId) -> Vec<String> {
    let shared = city.pen.shared();
    let view = shared.read();
    let all: Vec<&Passkey> = view.town.doors.passkeys_of(account).collect();
    all.iter().map(|one| one.called(&view.town.vault).unwrap()).collect()
}

#[test]
fn passkeys_come_are_used_and_go() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (me, other) = (account(&mut city), account(&mut city));
        add(&mut city, me, 1, How::Code).unwrap();
        add(&mut city, me, 2, How::Code).unwrap();
        assert_eq!(refusal(add(&mut city, other, 1, How::Code)), "passkey.known");
        assert_eq!(refusal(used(&mut city, 3, 6)), "passkey.unknown");
        used(&mut city, 1, 6).unwrap();
        assert_eq!(refusal(used(&mut city, 1, 6)), "passkey.copied");
        // What was counted is there after a restart, and names open.
        let mut city = city.again(11);
        assert_eq!(names(&city, me), ["전화기 1", "전화기 2"]);
        assert_eq!(refusal(used(&mut city, 1, 6)), "passkey.copied");
        used(&mut city, 1, 7).unwrap();
        // One's own are one's own.
        let remove = Command::RemovePasskey { account: me, number: number(1) };
        assert_eq!(refusal(as_account(&mut city, other, remove.clone())), "role.needed");
        as_account(&mut city, me, remove.clone()).unwrap();
        assert_eq!(refusal(as_account(&mut city, me, remove)), "passkey.unknown");
        assert_eq!(refusal(used(&mut city, 1, 8)), "passkey.unknown");
        let mut city = city.again(12);
        assert_eq!(names(&city, me), ["전화기 2"]);
        for no in 10..19 {
            add(&mut city, me, no, How::Code).unwrap();
        }
        assert_eq!(refusal(add(&mut city, me, 20, How::Code)), "passkey.many");
        // Whoever has left comes in by none of them.
        facts(city.ask(Role::System, Command::EndAccount { account: me }));
        assert_eq!(refusal(used(&mut city, 2, 9)), "account.unknown");
    });
}

/// A passkey made by less than two factors doesn't grow with the roles of its account.
#[test]
fn a_passkey_made_by_less_stays_weak() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let me = account(&mut city);
        let strong = |city: &TestCity| -> Vec<bool> {
            let shared = city.pen.shared();
            let view = shared.read();
            view.town.doors.passkeys_of(me).map(|one| one.strong).collect()
        };
        add(&mut city, me, 1, How::Code).unwrap();
        let desk = given(&mut city, me, "city-counter");
        assert_eq!(refusal(sign_in(&mut city, desk, How::WeakPasskey)), "role.second-factor");
        assert_eq!(refusal(add(&mut city, me, 2, How::WeakPasskey)), "passkey.weak");
        // The token makes the first that counts, and only that.
        add(&mut city, me, 2, How::Token).unwrap();
        assert_eq!(refusal(add(&mut city, me, 3, How::Token)), "passkey.weak");
        let mut city = city.again(13);
        assert_eq!(strong(&city), [false, true]);
        // The weak one may go, the last that counts may not.
        let remove = |no| Command::RemovePasskey { account: me, number: number(no) };
        assert_eq!(refusal(as_account(&mut city, me, remove(2))), "passkey.last");
        as_account(&mut city, me, remove(1)).unwrap();
        assert_eq!(refusal(as_account(&mut city, me, remove(2))), "passkey.last");
    });
}

#[test]
fn staff_come_in_by_two_factors() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let clerk = account(&mut city);
        let desk = given(&mut city, clerk, "city-counter");
        for weak in [How::Token, How::Code, How::Vouched] {
            assert_eq!(refusal(sign_in(&mut city, desk, weak)), "role.second-factor", "{weak:?}");
        }
        for strong in [How::Passkey, How::VouchedTwice] {
            sign_in(&mut city, desk, strong).unwrap();
        }
        // Nobody climbs: a passkey for staff is added by who came in by two factors, the first one by the token.
        for weak in [How::Code, How::Vouched] {
            assert_eq!(refusal(add(&mut city, clerk, 1, weak)), "passkey.weak", "{weak:?}");
        }
        add(&mut city, clerk, 1, How::Token).unwrap();
        assert_eq!(refusal(add(&mut city, clerk, 2, How::Token)), "passkey.weak");
        // The last one stays, or the token would open the desk again.
        let remove = |no| Command::RemovePasskey { account: clerk, number: number(no) };
        assert_eq!(refusal(as_account(&mut city, clerk, remove(1))), "passkey.last");
        add(&mut city, clerk, 2, How::Passkey).unwrap();
        as_account(&mut city, clerk, remove(1)).unwrap();
        assert_eq!(refusal(as_account(&mut city, clerk, remove(2))), "passkey.last");
        // A lost device: whoever gives roles takes it off.
        facts(city.ask(Role::System, remove(2)));
        add(&mut city, clerk, 3, How::Token).unwrap();
    });
}

fn called(no: u8) -> String {
    people::vouched::said("https://house.example", &no.to_string())
}

/// A login linked by less than two factors doesn't grow with the roles of its account, until a strong sign-in links it anew.
#[test]
fn a_login_linked_by_less_stays_weak() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (me, other) = (account(&mut city), account(&mut city));
        let link =
            |account, no, how| Command::LinkVouched { account, said: called(no), house: "house".into(), how };
        let worth = |city: &TestCity, no: u8| {
            let shared = city.pen.shared();
            let view = shared.read();
            view.town
                .doors
                .vouched(&people::vouched::indexes(&view.town.vault, &called(no)).unwrap()[0])
                .map(|one| (one.worth(How::Vouched), one.worth(How::VouchedTwice)))
        };
        facts(city.ask(Role::System, link(me, 1, How::Code)));
        let desk = given(&mut city, me, "city-counter");
        let mut city = city.again(15);
        assert_eq!(worth(&city, 1), Some((How::Vouched, How::WeakVouched)));
        assert_eq!(refusal(sign_in(&mut city, desk, How::WeakVouched)), "vouch.renew");
        // Coming in by it, it can't be renewed, and no passkey made.
        assert_eq!(refusal(add(&mut city, me, 1, How::WeakVouched)), "passkey.weak");
        assert_eq!(refusal(city.ask(Role::System, link(me, 1, How::WeakVouched))), "vouch.known");
        assert_eq!(refusal(city.ask(Role::System, link(me, 2, How::WeakVouched))), "vouch.linked");
        assert_eq!(refusal(city.ask(Role::System, link(other, 1, How::Passkey))), "vouch.known");
        // A strong sign-in puts another in its place; that one stays.
        facts(city.ask(Role::System, link(me, 2, How::Passkey)));
        let mut city = city.again(16);
        assert_eq!(worth(&city, 1), None);
        assert_eq!(worth(&city, 2), Some((How::Vouched, How::VouchedTwice)));
        assert_eq!(refusal(city.ask(Role::System, link(me, 3, How::Passkey))), "vouch.linked");
        // Or makes the same one count.
        facts(city.ask(Role::System, link(other, 4, How::Code)));
        facts(city.ask(Role::System, link(other, 4, How::VouchedTwice)));
        let city = city.again(17);
        assert_eq!(worth(&city, 4), Some((How::Vouched, How::VouchedTwice)));
    });
}

#[test]
fn another_houses_word_counts_for_one_account() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let (me, other) = (account(&mut city), account(&mut city));
        let said = |no: u8| people::vouched::said("https://house.example", &no.to_string());
        let link =
            |account, no, how| Command::LinkVouched { account, said: said(no), house: "house".into(), how };
        facts(city.ask(Role::System, link(me, 1, How::Code)));
        assert_eq!(refusal(city.ask(Role::System, link(other, 1, How::Code))), "vouch.known");
        assert_eq!(refusal(city.ask(Role::System, link(me, 2, How::Code))), "vouch.linked");
        let mut city = city.again(13);
        let whose = |city: &TestCity| {
            let shared = city.pen.shared();
            let view = shared.read();
            let index = people::vouched::indexes(&view.town.vault, &said(1)).unwrap()[0];
            view.town.doors.vouched(&index).map(|one| one.account)
        };
        assert_eq!(whose(&city), Some(me));
        let unlink = Command::UnlinkVouched { account: me, house: "house".into() };
        assert_eq!(refusal(as_account(&mut city, other, unlink.clone())), "role.needed");
        as_account(&mut city, me, unlink.clone()).unwrap();
        assert_eq!(refusal(as_account(&mut city, me, unlink)), "vouch.unknown");
        // Then it may count for another; staff link from a strong sign-in only.
        given(&mut city, other, "city-counter");
        assert_eq!(refusal(city.ask(Role::System, link(other, 1, How::Vouched))), "vouch.weak");
        facts(city.ask(Role::System, link(other, 1, How::Passkey)));
        let city = city.again(14);
        assert_eq!(whose(&city), Some(other));
    });
}
