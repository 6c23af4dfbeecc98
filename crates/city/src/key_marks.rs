//! Which keys of the secrets file this city was served with. A mark says nothing about its key and is the same for the same
//! key, so that another one is noticed at the start and not by the first card whose right PIN is called wrong.

use ::store::{Error, Migration, Sql, row, sql};
use base::Actor;
use pen::{Failure, Request, Stop};

use crate::memory::CityTurn;
use crate::open::City;
use crate::{Command, Reply};

/// The table.
pub(crate) const KEY_MARKS: Migration = Migration {
    name: "key-marks-1",
    sql: "
CREATE TABLE key_marks (
    name TEXT PRIMARY KEY,
    mark TEXT NOT NULL,
    since BIGINT NOT NULL
);
",
};

const MARKS: Sql = sql("SELECT name, mark FROM key_marks ORDER BY name");
const KEEP: Sql = sql("INSERT INTO key_marks (name, mark, since) VALUES ($1, $2, $3) \
     ON CONFLICT (name) DO UPDATE SET mark = excluded.mark, since = excluded.since");

pub(crate) const STATEMENTS: &[Sql] = &[MARKS, KEEP];

row! {
    struct MarkRow {
        name: String,
        mark: String,
    }
}

/// The names of keys that are not those this city was served with. Keys it never saw are none of them.
pub fn others<'n>(city: &City, keys: &[(&'n str, String)]) -> Result<Vec<&'n str>, Error> {
    let kept: Vec<MarkRow> = city.readers.read(|snapshot| snapshot.query(MARKS, &[]))?;
    let other =
        |(name, mark): &&(&str, String)| kept.iter().any(|row| row.name == *name && row.mark != *mark);
    Ok(keys.iter().filter(other).map(|(name, _)| *name).collect())
}

/// Keeps the marks of the keys this city is served with, where they are new.
pub fn keep(city: &City, keys: &[(&str, String)]) -> Result<(), Failure> {
    let broken = |error: Error| Failure::Broken(error.to_string());
    let kept: Vec<MarkRow> = city.readers.read(|snapshot| snapshot.query(MARKS, &[])).map_err(broken)?;
    let is_kept = |name: &str, mark: &str| kept.iter().any(|row| row.name == name && row.mark == mark);
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
