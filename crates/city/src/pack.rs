//! The city's pack: read from a folder once, kept in the database by its hash, and read from there ever after, so
//! that editing a file can't rewrite what was decided under it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use base::{AccountId, Actor, Instant, ProposalId, Zone, day_of_date};
use economy::Facts;
use pen::{Failure, Request};
use rules::{Difference, Pack, PackError, Step, differences, scaled, successor};
use store::{Error, Snapshot, row};

use crate::may::holds;
use crate::open::City;
use crate::proposals::store::{PROPOSED, ProposedRow};
use crate::store::{NEWEST_PACK, PACK_NUMBERED};
use crate::{BringPack, Command, Reply};

/// All files of a pack's folder, by their path within it.
pub fn read_folder(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    collect(folder, "", &mut files)?;
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else {
            // The system's own words don't say which file.
            let text = std::fs::read_to_string(entry.path())
                .map_err(|error| io::Error::new(error.kind(), format!("{path}: {error}")))?;
            files.insert(path, text);
        }
    }
    Ok(())
}

/// A pack as it is kept: its files, and how much the city is scaled down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its files.
    pub files: BTreeMap<String, String>,
    /// People in this city, and in the real one.
    pub scale: (i64, i64),
}

impl Kept {
    /// Parses it, scaled.
    pub fn parse(&self) -> Result<Pack, Vec<PackError>> {
        let pack = Pack::parse(&self.files)?;
        let faults = crate::may::faults(&pack);
        if !faults.is_empty() {
            return Err(faults);
        }
        let (people, population) = self.scale;
        if people >= population {
            return Ok(pack);
        }
        Ok(scaled(&pack, people.max(1), population).unwrap_or(pack))
    }
}

/// Why a pack doesn't come into force.
#[derive(Debug, thiserror::Error)]
pub enum CantFollow {
    /// It is not good in itself.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Bad(Vec<PackError>),
    /// It would rewrite what was decided.
    #[error("{}", .0.join("\n"))]
    Rewrites(Vec<String>),
    /// The rules in force ask for a second person, and nobody is named who brings it.
    #[error("these rules ask for two people: name the account of whoever brings the pack with --by")]
    Second,
    /// Whoever is named has no role that may.
    #[error("{0} has no role that may bring rules (bring-pack)")]
    Nobody(AccountId),
    /// One waits already.
    #[error("another pack waits for a second person's yes: let it be confirmed, refused or withdrawn first")]
    Waits,
    /// The city has no pack to follow.
    #[error("this city is new: its first pack comes into force with its first start")]
    New,
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
    /// The city didn't carry it out.
    #[error("it was not brought into force: {0}")]
    Failed(String),
}

/// What a pack would change in this city on this instant's day, and the pack as it would be kept: with the city's own scale.
/// Nothing is written.
pub fn next(
    snapshot: &mut Snapshot<'_>,
    files: BTreeMap<String, String>,
    now: Instant,
) -> Result<(Step, Kept), CantFollow> {
    let Some((_, _, kept)) = newest(snapshot)? else { return Err(CantFollow::New) };
    let next = Kept { files, scale: kept.scale };
    let (old, new) = (kept.parse().map_err(CantFollow::Bad)?, next.parse().map_err(CantFollow::Bad)?);
    let zone = Zone::named(&old.city.zone).ok_or_else(|| CantFollow::Failed("unknown time zone".into()))?;
    let step = successor(&old, &new, zone.date(now));
    if step.faults.is_empty() { Ok((step, next)) } else { Err(CantFollow::Rewrites(step.faults)) }
}

/// What became of a pack that was brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brought {
    /// It is in force; a step without changes was in force before.
    InForce(Step),
    /// It waits for a second person's yes.
    Waits(Step, ProposalId),
}

/// Brings a pack to a city at work, if it may follow the one in force: it comes into force, or waits for a second person where
/// the rules ask for one. `by` is the account of whoever brings it. The same again changes nothing. Blocks.
pub fn bring(
    city: &City,
    files: BTreeMap<String, String>,
    by: Option<AccountId>,
) -> Result<Brought, CantFollow> {
    let now = city.clock.now();
    // What can't follow is the answer of a read that went well.
    let read = city.readers.read(|snapshot| Ok(next(snapshot, files, now)))?;
    let (step, Kept { files, .. }) = read?;
    if step.changes.is_empty() {
        return Ok(Brought::InForce(step));
    }
    let actor = match by {
        None => Actor::SYSTEM,
        Some(account) => who(city, account, now).ok_or(CantFollow::Nobody(account))?,
    };
    let command = Command::BringPack(BringPack::Files(files));
    let request = Request { actor, key: String::new(), input_hash: command.input_hash() };
    match city.ask_waiting(request, command) {
        Ok(Reply::Done { facts: Facts::Proposal(facts), .. }) => Ok(Brought::Waits(step, facts.proposal)),
        Ok(_) => Ok(Brought::InForce(step)),
        Err(Failure::Refused(refusal)) if refusal.code == "pack.second" => Err(CantFollow::Second),
        Err(Failure::Refused(refusal)) if refusal.code == "proposal.known" => Err(CantFollow::Waits),
        Err(failure) => Err(CantFollow::Failed(format!("{failure:?}"))),
    }
}

/// Somebody in the role that may bring rules.
fn who(city: &City, account: AccountId, now: Instant) -> Option<Actor> {
    let view = city.shared.read();
    let town = &view.town;
    let today = day_of_date(town.zone.date(now));
    let roles = town.doors.roles_of(account, today, &town.pack);
    roles.into_iter().map(|(_, actor)| actor).find(|actor| holds(actor, "bring-pack", &town.pack))
}

/// The first 16 bytes of a pack's hash.
pub(crate) fn mark(hash: &[u8; 32]) -> [u8; 16] {
    let mut mark = [0; 16];
    mark.copy_from_slice(&hash[..16]);
    mark
}

/// Where a pack that waits differs from the one in force, by file and key.
pub fn would_change(snapshot: &mut Snapshot<'_>, no: u32) -> Result<Vec<Difference>, Error> {
    let Some(row) = snapshot.one::<ProposedRow>(PROPOSED, &[no.into()])? else { return Ok(Vec::new()) };
    let shape = |error: serde_json::Error| Error::Shape(format!("proposed pack: {error}"));
    let new: BTreeMap<String, String> = serde_json::from_str(&row.files).map_err(shape)?;
    let old = newest(snapshot)?.map(|(_, _, kept)| kept.files).unwrap_or_default();
    Ok(differences(&old, &new))
}

row! {
    struct PackRow {
        no: i64,
        hash: Vec<u8>,
        files: String,
        people: i64,
        population: i64,
    }
}

/// The pack in force, with its number and hash.
pub fn newest(snapshot: &mut Snapshot<'_>) -> Result<Option<(u32, Vec<u8>, Kept)>, Error> {
    let Some(row) = snapshot.one::<PackRow>(NEWEST_PACK, &[])? else { return Ok(None) };
    let files = serde_json::from_str(&row.files).map_err(|e| Error::Shape(format!("kept pack: {e}")))?;
    let no = u32::try_from(row.no).map_err(|e| Error::Shape(e.to_string()))?;
    Ok(Some((no, row.hash, Kept { files, scale: (row.people, row.population) })))
}

/// A pack by its number, as it was parsed when it came into force.
pub fn numbered(snapshot: &mut Snapshot<'_>, no: u32) -> Result<Option<Pack>, Error> {
    let Some(row) = snapshot.one::<PackRow>(PACK_NUMBERED, &[no.into()])? else { return Ok(None) };
    let files = serde_json::from_str(&row.files).map_err(|e| Error::Shape(format!("kept pack: {e}")))?;
    let kept = Kept { files, scale: (row.people, row.population) };
    // An operation that a later program doesn't know is no fault of the rules.
    Pack::parse(&kept.files)
        .map(Some)
        .map_err(|faults| Error::Shape(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))
}
