//! What the city's own administration does: packs come into force.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Arg, Refusal, date_of_day};
use economy::Facts;
use pen::Stop;
use rules::{Confirmed, Pack, successor};

use super::{note, organisations, proposals};
use crate::Reply;
use crate::memory::{CityMemory, CityTurn};
use crate::pack::{Kept, mark};
use crate::proposals::Wish;
use crate::proposals::store::{INSERT_PROPOSED, LAST_PROPOSED, PROPOSED, ProposedNo, ProposedRow};

pub(super) fn activate(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    files: &BTreeMap<String, String>,
    scale: (i64, i64),
) -> Result<Reply, Stop> {
    let kept = Kept { files: files.clone(), scale };
    let parsed = parsed(&kept)?;
    put_in(city, turn, kept, parsed)
}

fn parsed(kept: &Kept) -> Result<Pack, Refusal> {
    kept.parse().map_err(|errors| {
        Refusal::new("pack.bad")
            .with("errors", Arg::Text(errors.iter().map(|error| format!("{error} ")).collect()))
    })
}

/// In how many places a later pack changes the rules, if it may follow those in force today.
fn follows(city: &CityMemory, turn: &CityTurn<'_>, new: &Pack) -> Result<usize, Refusal> {
    let step = successor(&city.pack, new, date_of_day(turn.day));
    if !step.faults.is_empty() {
        return Err(Refusal::new("pack.rewrites").with("errors", Arg::Text(step.faults.join(" "))));
    }
    if step.changes.is_empty() {
        return Err(Refusal::new("pack.same"));
    }
    Ok(step.changes.len())
}

/// A later pack comes into force, or waits for a second person's yes.
pub(super) fn bring(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    files: &BTreeMap<String, String>,
) -> Result<Reply, Stop> {
    let kept = Kept { files: files.clone(), scale: city.pack.scale };
    let new = parsed(&kept)?;
    let changes = i64::try_from(follows(city, turn, &new)?).unwrap_or(i64::MAX);
    let Some(second) = proposals::asked(city, turn, Confirmed::BringPack, changes) else {
        let date = date_of_day(turn.day);
        // Whoever brings it by the machine itself has to say who they are, where a second person is asked for.
        if city.pack.four_eyes_on(date, Confirmed::BringPack, changes).is_some() {
            return Err(Refusal::new("pack.second").into());
        }
        return put_in(city, turn, kept, new);
    };
    let last: Vec<ProposedNo> = turn.query(LAST_PROPOSED, &[])?;
    let no = last.first().map_or(0, |row| row.no) + 1;
    let text = serde_json::to_string(&kept.files).map_err(|error| Stop::Broken(error.to_string()))?;
    turn.write(INSERT_PROPOSED, vec![no.into(), new.hash.to_vec().into(), text.into()]);
    proposals::keep(city, turn, second, Wish::BringPack { no, mark: mark(&new.hash) }, 0)
}

/// A second person said yes: it comes into force, if it may still follow.
pub(super) fn take(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    no: u32,
    marked: [u8; 16],
) -> Result<Reply, Stop> {
    let rows: Vec<ProposedRow> = turn.query(PROPOSED, &[no.into()])?;
    let row = rows.into_iter().next().ok_or_else(|| Stop::Broken(format!("pack {no} was never brought")))?;
    let files = serde_json::from_str(&row.files).map_err(|error| Stop::Broken(error.to_string()))?;
    let kept = Kept { files, scale: city.pack.scale };
    let new = parsed(&kept)?;
    if mark(&new.hash) != marked {
        return Err(Stop::Broken(format!("pack {no}: what is kept is not what was proposed")));
    }
    follows(city, turn, &new)?;
    put_in(city, turn, kept, new)
}

fn put_in(city: &mut CityMemory, turn: &mut CityTurn<'_>, kept: Kept, parsed: Pack) -> Result<Reply, Stop> {
    let scale = kept.scale;
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
    let pack = Arc::new(parsed);
    city.use_pack(Arc::clone(&pack), no);
    organisations::begin(city, turn, &pack)?;
    Ok(note(turn, "pack", Facts::Pack { hash }))
}
