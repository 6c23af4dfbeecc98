//! Addresses of shops' programs: opened, given another secret, ended.

use base::{HookId, MerchantId, Refusal};
use economy::Facts;
use economy::facts::TillsFacts;
use pen::Stop;

use super::{keys, note};
use crate::hooks::store::{END_HOOK, HOOK, HOOKS_OF, HookRow, INSERT_HOOK, ROTATE_HOOK};
use crate::hooks::{BEFORE, MOST, OVERLAP_SECONDS, SECRET, address};
use crate::memory::{CityMemory, CityTurn};
use crate::{HookSecret, Reply};

fn facts(merchant: MerchantId, hook: HookId, action: &str) -> Facts {
    Facts::Tills(TillsFacts::Hook { merchant, hook, action: action.into() })
}

/// As it is kept and shown: by the Standard Webhooks specification, but for its first letters.
fn text(secret: &HookSecret) -> String {
    secret.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn open(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    merchant: MerchantId,
    url: &str,
    secret: &HookSecret,
) -> Result<Reply, Stop> {
    city.directory.shop(merchant).ok_or_else(|| Refusal::new("shop.unknown"))?;
    let url = address(url).ok_or_else(|| Refusal::new("hook.address"))?.to_owned();
    let mine: Vec<HookRow> = turn.query(HOOKS_OF, &[merchant.into()])?;
    let mut live = mine.iter().filter(|hook| hook.ended.is_none());
    if live.clone().count() >= MOST {
        return Err(Refusal::new("hook.many").into());
    }
    if live.any(|hook| hook.url == url) {
        return Err(Refusal::new("hook.known").into());
    }
    let id = HookId::new(turn.entropy);
    let sealed = SECRET.seal(&city.keys.vault, id, &text(secret), turn.entropy).map_err(keys::locked)?;
    turn.write(INSERT_HOOK, vec![id.into(), merchant.into(), url.into(), sealed.into(), turn.now.into()]);
    Ok(note(turn, "hook", facts(merchant, id, "open")))
}

/// A shop's own address that is not ended.
fn own(turn: &mut CityTurn<'_>, merchant: MerchantId, hook: HookId) -> Result<HookRow, Stop> {
    let found: Vec<HookRow> = turn.query(HOOK, &[hook.into()])?;
    let own = found.into_iter().next().filter(|row| row.merchant == merchant && row.ended.is_none());
    own.ok_or_else(|| Refusal::new("hook.unknown").into())
}

pub(super) fn rotate(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    merchant: MerchantId,
    hook: HookId,
    secret: &HookSecret,
) -> Result<Reply, Stop> {
    let row = own(turn, merchant, hook)?;
    let vault = &city.keys.vault;
    let old = SECRET.open(vault, hook, row.secret)?;
    let new = SECRET.seal(vault, hook, &text(secret), turn.entropy).map_err(keys::locked)?;
    let old = BEFORE.seal(vault, hook, &old, turn.entropy).map_err(keys::locked)?;
    let until = turn.now.plus_seconds(OVERLAP_SECONDS);
    turn.write(ROTATE_HOOK, vec![hook.into(), new.into(), old.into(), until.into()]);
    Ok(note(turn, "hook", facts(merchant, hook, "rotate")))
}

pub(super) fn end(turn: &mut CityTurn<'_>, merchant: MerchantId, hook: HookId) -> Result<Reply, Stop> {
    own(turn, merchant, hook)?;
    turn.write(END_HOOK, vec![hook.into(), turn.now.into()]);
    Ok(note(turn, "hook", facts(merchant, hook, "end")))
}
