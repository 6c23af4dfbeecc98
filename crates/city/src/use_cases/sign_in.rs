//! Signing in and out. Who someone is was shown to the server already, but for the code of a counter: that is tried
//! here, where it can be used only once.

use base::{AccountId, GrantId, Instant, PersonId, Refusal};
use economy::Facts;
use pen::Stop;
use people::account::store::{END_SESSION, INSERT_SESSION, PUT_CODE, code_values, session_values};
use people::{Code, Grant, How, Session};
use rules::Kind;

use super::{accounts, known_person, note};
use crate::memory::{CityMemory, CityTurn};
use crate::{Door, Reply, doors};

pub(super) fn sign_in(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    grant: GrantId,
    (hash, until, how): ([u8; 32], Instant, How),
) -> Result<Reply, Stop> {
    let known = city.doors.grant(grant).filter(|one| one.holds_on(turn.day));
    let known = known.ok_or_else(|| Refusal::new("role.unknown"))?;
    let account = city.doors.account(known.account).filter(|one| one.ended.is_none());
    let account = account.ok_or_else(|| Refusal::new("account.unknown"))?.id;
    // A role that the pack knows no more lets nobody in.
    doors::actor(known, &city.pack).ok_or_else(|| Refusal::new("role.unknown"))?;
    if doors::is_strong(known, &city.pack) && !how.is_strong() {
        let code = if how == How::WeakVouched { "vouch.renew" } else { "role.second-factor" };
        return Err(Refusal::new(code).into());
    }
    let session = Session { hash, account, grant, how, since: turn.now, until, ended: None };
    Ok(signed_in(city, turn, session))
}

fn signed_in(city: &mut CityMemory, turn: &mut CityTurn<'_>, session: Session) -> Reply {
    turn.write(INSERT_SESSION, session_values(&session));
    city.put_door(turn, Door::Session(session));
    let (account, number) = (session.account, session.number());
    note(turn, "sign-in", Facts::Session { account, number, action: "in".into() })
}

/// An earlier code is worth nothing any more.
pub(super) fn issue_code(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    hash: [u8; 16],
    until: Instant,
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    put_code(city, turn, Code { person, hash, until, wrong: 0, used: false });
    Ok(note(turn, "issue-code", Facts::Person { person, action: "issue-code".into() }))
}

fn put_code(city: &mut CityMemory, turn: &mut CityTurn<'_>, code: Code) {
    turn.write(PUT_CODE, code_values(&code));
    city.put_door(turn, Door::Code(code));
}

/// A wrong code is remembered, and after a few the code is worth nothing: a stranger can spoil a code, but lock nobody
/// out, since the counter gives another.
pub(super) fn by_code(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    hash: [u8; 16],
    (session, until): ([u8; 32], Instant),
) -> Result<Reply, Stop> {
    let Some(code) = city.doors.code(person, turn.now).copied() else { return Ok(Reply::WrongCode) };
    if code.hash != hash {
        put_code(city, turn, Code { wrong: code.wrong.saturating_add(1), ..code });
        turn.forget_key();
        return Ok(Reply::WrongCode);
    }
    put_code(city, turn, Code { used: true, ..code });
    let account = match city.doors.account_of(person) {
        Some(account) => account.id,
        None => accounts::opened(city, turn, Some(person)),
    };
    let grant = own_grant(city, turn, account, person)?;
    let session =
        Session { hash: session, account, grant, how: How::Code, since: turn.now, until, ended: None };
    Ok(signed_in(city, turn, session))
}

/// The account's role as a citizen; given now if it has none.
fn own_grant(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    account: AccountId,
    person: PersonId,
) -> Result<GrantId, Stop> {
    let citizen = city.pack.roles.iter().find(|role| role.kind == Kind::Citizen).map(|role| role.id.clone());
    let role = citizen.ok_or_else(|| Refusal::new("role.unknown"))?;
    let subject = person.to_string();
    let held = city.doors.grants_of(account).find(|one| {
        one.holds_on(turn.day) && one.role == role && one.subject.as_deref() == Some(subject.as_str())
    });
    if let Some(grant) = held {
        return Ok(grant.id);
    }
    let id = accounts::fresh(city, turn);
    let grant = Grant {
        id,
        account,
        role,
        subject: Some(subject),
        district: None,
        from: turn.day,
        until: None,
        given_by: None,
        confirmed: true,
        ended: None,
    };
    accounts::given(city, turn, grant);
    Ok(id)
}

pub(super) fn end(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    account: AccountId,
    number: u64,
) -> Result<Reply, Stop> {
    let mine = city.doors.sessions_of(account, turn.now).into_iter().find(|one| one.number() == number);
    let session = mine.ok_or_else(|| Refusal::new("session.unknown"))?;
    turn.write(END_SESSION, vec![session.hash.into(), turn.now.into()]);
    city.put_door(turn, Door::Session(Session { ended: Some(turn.now), ..session }));
    Ok(note(turn, "end-session", Facts::Session { account, number, action: "out".into() }))
}
