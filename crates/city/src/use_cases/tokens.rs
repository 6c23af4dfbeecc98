//! API tokens: granted, given another secret, ended. Only hashes come here.

use base::{Client, GrantId, Instant, MerchantId, Refusal, Role};
use economy::Facts;
use pen::Stop;
use rules::{Kind, Reach, RoleRule};
use vault::Sealed;

use super::keys::locked;
use super::{accounts, note};
use crate::memory::{CityMemory, CityTurn};
use crate::store::{END_TOKEN, INSERT_TOKEN, SEAL_TOKEN, UNSEALED_TOKENS};
use crate::tokens::{Token, UnsealedRow, sealed_name};
use crate::{Door, NewGrant, NewToken, Reply};

/// As long as an old secret may work beside the new one.
const OVERLAP_SECONDS: i64 = 86_400;
/// As long as what a token is for may be.
const LONGEST_NAME: usize = 60;

/// A token is granted: an account with the role it speaks in, and the token that leads to it.
pub(super) fn grant(city: &mut CityMemory, turn: &mut CityTurn<'_>, wish: &NewToken) -> Result<Reply, Stop> {
    if wish.name.trim().is_empty()
        || wish.name.chars().count() > LONGEST_NAME
        || wish.name.chars().any(base::is_unseen)
    {
        return Err(Refusal::new("token.name").into());
    }
    let rule = role_for(city, wish);
    let rule = rule.ok_or_else(|| Refusal::new("role.unknown"))?;
    let person = match (rule.kind, &wish.subject) {
        // A wallet is opened by its holder: nobody makes themself another's key.
        (Kind::Citizen, _) if turn.request.actor.role != Role::System => {
            return Err(Refusal::new("role.subject").into());
        }
        (Kind::Citizen, Some(text)) => {
            let person = text.parse().map_err(|_| Refusal::new("role.unknown"))?;
            super::known_person(city, person)?;
            Some(person)
        }
        _ => None,
    };
    let account = match person.and_then(|person| city.doors.account_of(person)) {
        Some(account) => account.id,
        None => accounts::opened(city, turn, person),
    };
    let new = NewGrant {
        account,
        role: rule.id.clone(),
        subject: wish.subject.clone().filter(|_| person.is_none()),
        district: wish.district.clone(),
        from: turn.day,
        until: None,
    };
    // The token is the answer, so it is what the request's key leads to: noted first.
    let client = numbered(&wish.hash);
    let reply = noted(turn, "grant-token", rule.id, client);
    // Whoever makes a key sees it and can be whom it is for: a till's is its owner's to make, and from a desk a second
    // person says yes before it opens anything.
    let waits = is_from_desk(turn);
    let given = accounts::give_as(city, turn, &new, waits)?;
    let Reply::Done { facts: Facts::Role { grant, .. }, .. } = given else {
        return Err(Stop::Broken("a role that was given answers as one".into()));
    };
    let name = sealed_name(&city.keys.vault, &wish.hash, &wish.name, turn.entropy).map_err(locked)?;
    put(city, turn, Token { hash: wish.hash, client, grant, name, since: turn.now, ended: None });
    Ok(reply)
}

/// What the journal keeps of a token: its number and its role, not what it is for.
fn noted(turn: &mut CityTurn<'_>, kind: &'static str, role: String, client: Client) -> Reply {
    note(turn, kind, Facts::Token { role, number: Some(client.0), name: String::new() })
}

/// A token's number: of its first secret, and kept by those that follow.
fn numbered(hash: &[u8; 32]) -> Client {
    let mut word = [0u8; 8];
    word.copy_from_slice(&hash[..8]);
    Client(u64::from_le_bytes(word))
}

/// Seals what tokens are for, where an earlier version left it in the open.
pub(super) fn seal_names(city: &mut CityMemory, turn: &mut CityTurn<'_>) -> Result<Reply, Stop> {
    let rows: Vec<UnsealedRow> = turn.query(UNSEALED_TOKENS, &[])?;
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    for UnsealedRow { hash, unsealed } in rows {
        let known =
            <[u8; 32]>::try_from(hash.as_slice()).ok().and_then(|hash| city.doors.token(&hash)).cloned();
        // Of one that is worth nothing any more nobody asks what it was for.
        let lasting = known.filter(|token| token.lasts(turn.now));
        let name = match &lasting {
            Some(_) => sealed_name(&city.keys.vault, &hash, &unsealed, turn.entropy).map_err(locked)?,
            None => Sealed(Vec::new()),
        };
        turn.write(SEAL_TOKEN, vec![hash.into(), name.0.clone().into()]);
        if let Some(token) = lasting {
            city.put_door(turn, Door::Token(Token { name, ..token }));
        }
    }
    Ok(note(turn, "seal-tokens", Facts::Keys { action: "tokens".into(), count }))
}

/// The role of this id; else the first of this kind. One that reaches a neighbourhood only is meant where one is named,
/// and one for such an organisation where one speaks for it.
fn role_for(city: &CityMemory, wish: &NewToken) -> Option<RoleRule> {
    let (name, district) = (wish.role.as_str(), wish.district.is_some());
    let organisation = wish.subject.as_deref().and_then(|text| text.parse().ok());
    let organisation = organisation.and_then(|id| city.directory.organisations.get(id));
    let fits = |rule: &&RoleRule| {
        let of_kind =
            organisation.is_none_or(|one| rule.organisation.is_some_and(|k| k.code() == one.kind.code()));
        (rule.reach == Reach::District) == district && of_kind
    };
    let exact = city.pack.roles.iter().filter(fits).find(|rule| rule.id == name);
    exact.or_else(|| city.pack.roles.iter().filter(fits).find(|rule| rule.kind.code() == name)).cloned()
}

fn put(city: &mut CityMemory, turn: &mut CityTurn<'_>, token: Token) {
    let values = vec![
        token.hash.into(),
        token.client.0.into(),
        token.grant.into(),
        token.name.0.clone().into(),
        token.since.into(),
    ];
    turn.write(INSERT_TOKEN, values);
    city.put_door(turn, Door::Token(token));
}

/// The secrets of a token that last, the newest last: of whoever may change it, else of nobody.
fn secrets(
    city: &CityMemory,
    turn: &CityTurn<'_>,
    client: u64,
    is_anew: bool,
) -> Result<Vec<Token>, Refusal> {
    let all = city.doors.tokens(turn.now);
    let mine: Vec<Token> = all.into_iter().filter(|one| one.client == Client(client)).cloned().collect();
    let may = mine.last().is_some_and(|token| match turn.request.actor.role {
        Role::Merchant(shop) => is_till_of(city, token, shop),
        _ => true,
    });
    // A secret is its holder's: whoever made another one at a desk could be them.
    if may && is_anew && is_from_desk(turn) && !mine.is_empty() {
        return Err(Refusal::new("token.guarded"));
    }
    if may { Ok(mine) } else { Err(Refusal::new("token.unknown")) }
}

/// Whether somebody at a desk asks: no shop's owner, and not the city's own machinery.
fn is_from_desk(turn: &CityTurn<'_>) -> bool {
    !matches!(turn.request.actor.role, Role::Merchant(_) | Role::System)
}

fn is_till_of(city: &CityMemory, token: &Token, shop: MerchantId) -> bool {
    city.doors.grant(token.grant).is_some_and(|grant| {
        let rule = city.pack.roles.iter().find(|rule| rule.id == grant.role);
        rule.is_some_and(|rule| rule.kind == Kind::Till)
            && grant.subject.as_deref().and_then(|text| text.parse().ok()) == Some(shop)
    })
}

fn end_at(city: &mut CityMemory, turn: &mut CityTurn<'_>, token: Token, at: Instant) {
    let at = token.ended.map_or(at, |ended| ended.min(at));
    let name = if at > turn.now { token.name.clone() } else { Sealed(Vec::new()) };
    turn.write(END_TOKEN, vec![token.hash.into(), at.into(), name.0.clone().into()]);
    city.put_door(turn, Door::Token(Token { ended: Some(at), name, ..token }));
}

/// All that lead to a role end: it has ended itself.
pub(super) fn end_of(city: &mut CityMemory, turn: &mut CityTurn<'_>, grant: GrantId) {
    let all = city.doors.tokens(turn.now);
    let leading: Vec<Token> = all.into_iter().filter(|one| one.grant == grant).cloned().collect();
    for token in leading {
        end_at(city, turn, token, turn.now);
    }
}

/// Another secret under the same number, so that whoever asks again after the change asks for the same.
pub(super) fn rotate(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    client: u64,
    hash: [u8; 32],
    until: Instant,
) -> Result<Reply, Stop> {
    let old = secrets(city, turn, client, true)?;
    let Some(last) = old.last().cloned() else { return Err(Refusal::new("token.unknown").into()) };
    let until = until.max(turn.now).min(turn.now.plus_seconds(OVERLAP_SECONDS));
    // What it is for is sealed at its own secret's place.
    let vault = &city.keys.vault;
    let name = last.called(vault).map_err(|why| Stop::Broken(format!("a token's name: {why}")))?;
    let name = sealed_name(vault, &hash, &name, turn.entropy).map_err(locked)?;
    for token in old {
        end_at(city, turn, token, until);
    }
    let role = city.doors.grant(last.grant).map(|grant| grant.role.clone()).unwrap_or_default();
    let client = last.client;
    put(city, turn, Token { hash, name, since: turn.now, ended: None, ..last });
    Ok(noted(turn, "rotate-token", role, client))
}

/// The role that was given with it ends too: sign-ins under it are out at the next click.
pub(super) fn end(city: &mut CityMemory, turn: &mut CityTurn<'_>, client: u64) -> Result<Reply, Stop> {
    let old = secrets(city, turn, client, false)?;
    let Some(last) = old.last().cloned() else { return Err(Refusal::new("token.unknown").into()) };
    let grant = city.doors.grant(last.grant).cloned();
    let role = grant.as_ref().map(|grant| grant.role.clone()).unwrap_or_default();
    let reply = noted(turn, "end-token", role, last.client);
    for token in old {
        end_at(city, turn, token, turn.now);
    }
    if let Some(grant) = grant.filter(|grant| grant.ended.is_none()) {
        accounts::end_role(city, turn, grant.id)?;
    }
    Ok(reply)
}
