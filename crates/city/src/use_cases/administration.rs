//! What the city's own administration does: packs come into force, tokens are granted.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Client, Refusal};
use economy::Facts;
use pen::Stop;
use rules::{Kind, Reach, RoleRule};

use super::{accounts, note};
use crate::memory::{CityMemory, CityTurn};
use crate::pack::Kept;
use crate::tokens::Token;
use crate::{Door, NewGrant, NewToken, Reply};

pub(super) fn activate(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    files: &BTreeMap<String, String>,
    scale: (i64, i64),
) -> Result<Reply, Stop> {
    let kept = Kept { files: files.clone(), scale };
    let parsed = kept.parse().map_err(|errors| {
        Refusal::new("pack.bad")
            .with("errors", base::Arg::Text(errors.iter().map(ToString::to_string).collect()))
    })?;
    let text = serde_json::to_string(&kept.files).map_err(|error| Stop::Broken(error.to_string()))?;
    let no = city.pack_no + 1;
    let hash = parsed.hash_hex();
    let values = vec![
        no.into(),
        parsed.hash.to_vec().into(),
        text.into(),
        scale.0.into(),
        scale.1.into(),
        turn.now.into(),
    ];
    turn.write(crate::store::INSERT_PACK, values);
    city.use_pack(Arc::new(parsed), no);
    Ok(note(turn, "pack", Facts::Pack { hash }))
}

/// A token is granted: an account with the role it speaks in, and the token that leads to it.
pub(super) fn grant(city: &mut CityMemory, turn: &mut CityTurn<'_>, wish: &NewToken) -> Result<Reply, Stop> {
    let rule = role_for(city, &wish.role, wish.district.is_some());
    let rule = rule.ok_or_else(|| Refusal::new("role.unknown"))?;
    let person = match (rule.kind, &wish.subject) {
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
    let reply = note(turn, "grant-token", Facts::Token { role: rule.id, name: wish.name.clone() });
    let given = accounts::give(city, turn, &new)?;
    let Reply::Done { facts: Facts::Role { grant, .. }, .. } = given else {
        return Err(Stop::Broken("a role that was given answers as one".into()));
    };
    let mut word = [0u8; 8];
    word.copy_from_slice(&wish.hash[..8]);
    let client = Client(u64::from_le_bytes(word));
    turn.write(
        crate::store::INSERT_TOKEN,
        vec![wish.hash.into(), client.0.into(), grant.into(), wish.name.clone().into(), turn.now.into()],
    );
    city.put_door(turn, Door::Token(Token { hash: wish.hash, client, grant, name: wish.name.clone() }));
    Ok(reply)
}

/// The role of this id; else the first of this kind. One that reaches a neighbourhood only is meant where one is named.
fn role_for(city: &CityMemory, name: &str, district: bool) -> Option<RoleRule> {
    let fits = |rule: &&RoleRule| (rule.reach == Reach::District) == district;
    let exact = city.pack.roles.iter().filter(fits).find(|rule| rule.id == name);
    exact.or_else(|| city.pack.roles.iter().filter(fits).find(|rule| rule.kind.code() == name)).cloned()
}
