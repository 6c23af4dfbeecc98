//! Signs of illegal exchange: found, answered by the shop, looked into by an officer. Nothing here touches the shop.

use base::{CaseId, Refusal, Role};
use economy::Facts;
use economy::facts::TillsFacts;
use pen::Stop;
use people::Reason;

use super::{keys, note};
use crate::exchange::store::{
    ANSWER, ANSWER_CASE, CASE, CASES_ABOUT, CLOSE_CASE, CaseRow, INSERT_CASE, NOTE,
};
use crate::looks;
use crate::memory::{CityMemory, CityTurn};
use crate::{Finding, Reply, Sign};

fn facts(row: &CaseRow, action: &str) -> Facts {
    let (merchant, case, rule) = (row.merchant, row.id, row.rule.clone());
    Facts::Tills(TillsFacts::Case { merchant, case, action: action.into(), rule })
}

/// One at a time of a rule at a shop; the same days are not brought up twice.
pub(super) fn open(city: &CityMemory, turn: &mut CityTurn<'_>, sign: &Sign) -> Result<Reply, Stop> {
    let Sign { rule, merchant, from, until, first, last, points } = sign;
    city.directory.shop(*merchant).ok_or_else(|| Refusal::new("shop.unknown"))?;
    let known: Vec<CaseRow> = turn.query(CASES_ABOUT, &[(*merchant).into(), rule.as_str().into()])?;
    if known.iter().any(|case| case.closed.is_none() || case.until_day >= *from) {
        return Err(Refusal::new("case.known").into());
    }
    let id = CaseId::new(turn.entropy);
    let values = vec![
        id.into(),
        (*merchant).into(),
        rule.as_str().into(),
        city.pack_no.into(),
        (*from).into(),
        (*until).into(),
        (*first).into(),
        (*last).into(),
        (*points).into(),
        turn.now.into(),
    ];
    turn.write(INSERT_CASE, values);
    let (merchant, rule) = (*merchant, rule.clone());
    let facts = TillsFacts::Case { merchant, case: id, action: "open".into(), rule };
    Ok(note(turn, "case", Facts::Tills(facts)))
}

fn found(turn: &mut CityTurn<'_>, id: CaseId) -> Result<CaseRow, Stop> {
    let row = turn.query::<CaseRow>(CASE, &[id.into()])?.into_iter().next();
    let role = turn.request.actor.role;
    // Another shop's case looks just like one that doesn't exist.
    let seen = row.filter(|row| !matches!(role, Role::Merchant(me) if me != row.merchant));
    let row = seen.ok_or_else(|| Refusal::new("case.unknown"))?;
    if row.closed.is_some() { Err(Refusal::new("case.closed").into()) } else { Ok(row) }
}

/// The shop may say it anew until it is closed: the last word counts.
pub(super) fn answer(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    id: CaseId,
    text: &str,
) -> Result<Reply, Stop> {
    let row = found(turn, id)?;
    let text = looks::words(text)?;
    let sealed = ANSWER.seal(&city.keys.vault, id, &text, turn.entropy).map_err(keys::locked)?;
    turn.write(ANSWER_CASE, vec![id.into(), turn.now.into(), sealed.into()]);
    Ok(note(turn, "case", facts(&row, "answer")))
}

pub(super) fn close(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    id: CaseId,
    finding: Finding,
    said: &str,
) -> Result<Reply, Stop> {
    let row = found(turn, id)?;
    let said = Reason::given(said)?;
    let sealed = NOTE.seal(&city.keys.vault, id, said.as_str(), turn.entropy).map_err(keys::locked)?;
    let by = looks::who(turn.request.actor);
    turn.write(CLOSE_CASE, vec![id.into(), turn.now.into(), by.into(), finding.code().into(), sealed.into()]);
    Ok(note(turn, "case", facts(&row, "close")))
}
