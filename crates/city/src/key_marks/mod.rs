//! Which keys of the secrets file this city was served with. A mark says nothing about its key and is the same for the same
//! key, so that another one is noticed at the start and not by the first card whose right PIN is called wrong.

use ::store::Error;
use base::Actor;
use pen::{Failure, Request, Stop};

use crate::memory::CityTurn;
use crate::open::City;
use crate::{Command, Reply};

pub(crate) mod store;

use store::{KEEP, kept};

/// The names of keys that are not those this city was served with. Keys it never saw are none of them.
pub fn others<'n>(city: &City, keys: &[(&'n str, String)]) -> Result<Vec<&'n str>, Error> {
    let kept = city.readers.read(kept)?;
    let other = |(name, mark): &&(&str, String)| kept.iter().any(|(known, was)| known == name && was != mark);
    Ok(keys.iter().filter(other).map(|(name, _)| *name).collect())
}

/// Keeps the marks of the keys this city is served with, where they are new.
pub fn keep(city: &City, keys: &[(&str, String)]) -> Result<(), Failure> {
    let broken = |error: Error| Failure::Broken(error.to_string());
    let kept = city.readers.read(kept).map_err(broken)?;
    let is_kept = |name: &str, mark: &str| kept.iter().any(|(known, was)| known == name && was == mark);
    let marks: Vec<(String, String)> = keys
        .iter()
        .filter(|(name, mark)| !is_kept(name, mark))
        .map(|(name, mark)| ((*name).to_owned(), mark.clone()))
        .collect();
    if marks.is_empty() {
        return Ok(());
    }
    let command = Command::KeepMarks { marks };
    let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    city.ask_waiting(request, command).map(drop)
}

/// Carries it out.
pub(crate) fn carry_out(turn: &mut CityTurn<'_>, marks: &[(String, String)]) -> Result<Reply, Stop> {
    for (name, mark) in marks {
        turn.write(KEEP, vec![name.as_str().into(), mark.as_str().into(), turn.now.into()]);
    }
    let count = u32::try_from(marks.len()).unwrap_or(u32::MAX);
    let facts = economy::Facts::Keys { action: "marks".into(), count };
    Ok(crate::use_cases::note(turn, "keep-marks", facts))
}
