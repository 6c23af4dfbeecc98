//! What follows from looks: questions and answers, broken glasses and their reviews, inspections, downloads.

use base::{DownloadId, GlassId, Instant, PersonId, QuestionId, Refusal};
use economy::Facts;
use pen::Stop;
use people::break_glass::{self, Finding, Opening, Viewer};
use people::second::second;
use people::{Glass, Links, Reason};

use super::proposals::hand;
use super::{keys, known_person, note};
use crate::Reply;
use crate::looks::store::{
    ANSWER_QUESTION, GLASS, GlassRow, INSERT_DOWNLOAD, INSERT_GLASS, INSERT_INSPECTION, INSERT_QUESTION,
    INSPECTION, InspectionRow, QUESTION, QUESTION_ABOUT, QuestionRow, REVIEW_GLASS,
};
use crate::looks::{self, ANSWER, DOWNLOADED, JUSTIFIED, NOTE, UNJUSTIFIED, WHY, words};
use crate::memory::{CityMemory, CityTurn};

fn facts(action: &str, id: impl ToString, person: Option<PersonId>, count: u64) -> Facts {
    Facts::Looks { action: action.into(), id: id.to_string(), person, count }
}

fn viewer(turn: &CityTurn<'_>) -> Viewer {
    Viewer { account: looks::who(turn.request.actor), person: None }
}

pub(super) fn ask(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    look: u64,
    question: &str,
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let question = words(question)?;
    let asked: Vec<QuestionRow> = turn.query(QUESTION_ABOUT, &[person.into(), look.into()])?;
    if !asked.is_empty() {
        return Err(Refusal::new("question.asked").into());
    }
    let id = QuestionId::new(turn.entropy);
    let sealed = looks::QUESTION.seal(&city.keys.vault, id, &question, turn.entropy).map_err(keys::locked)?;
    let row = vec![id.into(), person.into(), look.into(), turn.now.into(), sealed.into()];
    turn.write(INSERT_QUESTION, row);
    Ok(note(turn, "ask-look", facts("ask", id, Some(person), look)))
}

pub(super) fn answer(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    id: QuestionId,
    (answer, looked): (&str, Option<&str>),
) -> Result<Reply, Stop> {
    let answer = words(answer)?;
    let found: Vec<QuestionRow> = turn.query(QUESTION, &[id.into()])?;
    let question = found.first().ok_or_else(|| Refusal::new("question.unknown"))?;
    if question.answered.is_some() {
        return Err(Refusal::new("question.answered").into());
    }
    if let Some(looked) = looked {
        by_whom_else(city, turn, looked, question.person, "question.own")?;
    }
    let sealed = ANSWER.seal(&city.keys.vault, id, &answer, turn.entropy).map_err(keys::locked)?;
    let by = viewer(turn).account;
    turn.write(ANSWER_QUESTION, vec![id.into(), turn.now.into(), by.into(), sealed.into()]);
    Ok(note(turn, "answer-look", facts("answer", id, Some(question.person), question.look)))
}

pub(super) fn open_glass(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    why: &str,
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let (glass, notice) = Glass::open(viewer(turn), person, turn.now, why)?;
    let Opening { by, at, why, .. } = glass.opening();
    let id = GlassId::new(turn.entropy);
    let sealed = WHY.seal(&city.keys.vault, id, why.as_str(), turn.entropy).map_err(keys::locked)?;
    let role = turn.request.actor.role.name();
    // The row is the notice as well: their own page shows it from this moment on.
    let row: Vec<::store::Value> = vec![
        id.into(),
        notice.to.into(),
        by.account.clone().into(),
        role.into(),
        (*at).into(),
        sealed.into(),
    ];
    turn.write(INSERT_GLASS, row);
    Ok(note(turn, "open-glass", facts("open-glass", id, Some(person), 0)))
}

/// Neither who looked (as rows and ledgers have them) nor who was looked at judges a look: with no account of theirs, nor one
/// that either gave the other. `own`: the code of the refusal.
fn by_whom_else(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    looked: &str,
    whom: PersonId,
    own: &'static str,
) -> Result<(), Stop> {
    let actor = turn.request.actor;
    if looks::who(actor) == looked {
        return Err(Refusal::new(own).into());
    }
    // Who comes with no account is known by their client alone.
    let Some(me) = actor.account else { return Ok(()) };
    let mine = hand(city, turn, Some(me))?;
    if mine.persons.contains(&whom) {
        return Err(Refusal::new(own).into());
    }
    if let Ok(looked) = looked.parse() {
        second(&hand(city, turn, Some(looked))?, &mine).map_err(|refusal| match refusal.code {
            "second.same" | "second.person" => Refusal::new(own),
            _ => refusal,
        })?;
    }
    Ok(())
}

pub(super) fn review_glass(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    id: GlassId,
    justified: bool,
    said: &str,
) -> Result<Reply, Stop> {
    let found: Vec<GlassRow> = turn.query(GLASS, &[id.into()])?;
    let row = found.into_iter().next().ok_or_else(|| Refusal::new("glass.unknown"))?;
    if row.reviewed.is_some() {
        return Err(Refusal::new("glass.reviewed").into());
    }
    by_whom_else(city, turn, &row.opened_by, row.person, "glass.review-own")?;
    let vault = &city.keys.vault;
    let why = WHY.open(vault, id, row.why)?;
    let opening = Opening {
        by: Viewer { account: row.opened_by, person: None },
        whom: row.person,
        at: row.opened,
        why: Reason::given(&why)?,
    };
    let finding = if justified { Finding::Justified } else { Finding::Unjustified };
    let glass = Glass::Open { opening }.review(viewer(turn), turn.now, finding, said, &Links::default())?;
    let Glass::Reviewed { review: break_glass::Review { by, at, note: said, .. }, .. } = glass else {
        return Err(Stop::Broken("a reviewed glass is open".into()));
    };
    let sealed = NOTE.seal(vault, id, said.as_str(), turn.entropy).map_err(keys::locked)?;
    let finding = if justified { JUSTIFIED } else { UNJUSTIFIED };
    turn.write(REVIEW_GLASS, vec![id.into(), at.into(), by.account.into(), finding.into(), sealed.into()]);
    Ok(note(turn, "review-glass", facts("review-glass", id, Some(row.person), 0)))
}

/// A month is inspected once; what the numbers were stays.
pub(super) fn inspect(
    turn: &mut CityTurn<'_>,
    month: u32,
    [looks, people, unusual, upto]: [u64; 4],
    head: [u8; 32],
) -> Result<Reply, Stop> {
    let made: Vec<InspectionRow> = turn.query(INSPECTION, &[month.into()])?;
    if !made.is_empty() {
        return Err(Refusal::new("inspection.made").into());
    }
    let row = vec![
        month.into(),
        turn.now.into(),
        looks.into(),
        people.into(),
        unusual.into(),
        upto.into(),
        head.into(),
    ];
    turn.write(INSERT_INSPECTION, row);
    let month = looks::inspection::named(base::Month(month));
    Ok(note(turn, "inspect", facts("inspect", month, None, looks)))
}

/// Old looks go: who asked for it, and how many it was.
pub(super) fn dispose(turn: &mut CityTurn<'_>, before: Instant, count: u64) -> Reply {
    note(turn, "dispose-looks", facts("dispose", before.rfc3339(), None, count))
}

pub(super) fn download(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    what: &str,
    lines: u64,
    why: &str,
) -> Result<Reply, Stop> {
    let why = Reason::given(why)?;
    let id = DownloadId::new(turn.entropy);
    let sealed = DOWNLOADED.seal(&city.keys.vault, id, why.as_str(), turn.entropy).map_err(keys::locked)?;
    let by = viewer(turn).account;
    let role = turn.request.actor.role.name();
    let row =
        vec![id.into(), turn.now.into(), by.into(), role.into(), what.into(), lines.into(), sealed.into()];
    turn.write(INSERT_DOWNLOAD, row);
    Ok(note(turn, "download", facts("download", id, None, lines)))
}
