//! Signed sheets: a scan is looked at, sealed and bound to what it proves; a wrong one goes again.

use base::{PersonId, RecordId, Refusal};
use pen::Stop;
use people::paper::{Media, Paper};
use people::store::{DROP_SCAN, INSERT_SCAN};
use people::{Document, File, Reason, record};

use super::known_person;
use super::records::{by, file, keep, kept};
use crate::memory::{CityMemory, CityTurn};
use crate::{OnPapers, Reply};

pub(super) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &OnPapers,
) -> Result<Reply, Stop> {
    known_person(city, command.person())?;
    match command {
        OnPapers::Keep { person, of, scan } => scanned(city, turn, (*person, *of), &scan.0),
        OnPapers::Drop { person, paper, why } => drop_scan(city, turn, (*person, *paper), why),
    }
}

fn scanned(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (person, of): (PersonId, Option<RecordId>),
    scan: &[u8],
) -> Result<Reply, Stop> {
    let media = Media::of(scan)?;
    let all = file(city, turn, person)?;
    if of.is_some_and(|of| !proves(&all, of)) {
        return Err(Refusal::new("paper.of-unknown").into());
    }
    let size = u32::try_from(scan.len()).unwrap_or(u32::MAX);
    let paper = Paper { of, media, size, by: by(turn.request.actor) };
    let id = keep(city, turn, person, &Document::Paper(paper))?;
    let sealed =
        record::seal_scan(&city.keys.vault, (id, person), scan, turn.entropy).map_err(super::keys::locked)?;
    turn.write(INSERT_SCAN, vec![id.into(), person.into(), sealed.0.into()]);
    Ok(kept(turn, person, id, "paper"))
}

/// Whether there is such a document of theirs that a signature can stand under.
fn proves(file: &File, of: RecordId) -> bool {
    file.consents.iter().any(|kept| kept.id == of)
        || file.helpers.iter().any(|kept| kept.id == of)
        || file.facts.iter().any(|kept| kept.id == of)
        || file.households.iter().any(|kept| kept.id == of)
}

fn drop_scan(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (person, paper): (PersonId, RecordId),
    why: &str,
) -> Result<Reply, Stop> {
    let why = Reason::given(why)?;
    let all = file(city, turn, person)?;
    let found =
        all.papers.iter().find(|kept| kept.id == paper).ok_or_else(|| Refusal::new("paper.unknown"))?;
    let struck = found.what.strike(turn.now, by(turn.request.actor), why)?;
    keep(city, turn, found.person, &Document::Strike { of: paper, struck })?;
    turn.write(DROP_SCAN, vec![paper.into()]);
    Ok(kept(turn, person, paper, "paper-strike"))
}
