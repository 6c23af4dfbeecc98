//! The monthly inspection of looks (safety notice §8): the unusual ones first, each with its reasons, and the numbers of
//! all of them. It is read anew from the access ledger each time; what a month's numbers were on the first of the next
//! one, and where the chain stood, is a row of the city.

use std::collections::{BTreeMap, BTreeSet};

use ::store::{Error, Snapshot};
use access::{Entry, Hash, Head, LookNo, Readers};
use base::{AccountId, Instant, Month, PersonId, Role, Zone};
use people::Purpose;
use people::inspection::{self, Look, Sign, Thresholds};

use super::store::{INSPECTION, INSPECTIONS, InspectionRow};
use super::ties::{Pair, Ties};
use crate::open::City;

/// Entries read in one state of the ledger.
const AT_ONCE: usize = 4_096;

/// An unusual look, with its signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusual {
    /// The look.
    pub entry: Entry,
    /// Its signs' points.
    pub points: u32,
    /// Why it is listed, what counts most first.
    pub signs: Vec<Sign>,
}

/// A month's looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Which month.
    pub month: Month,
    /// How many looks.
    pub looks: u64,
    /// At how many people.
    pub people: u64,
    /// How many of each role and purpose.
    pub by_purpose: BTreeMap<(String, String), u64>,
    /// The most unusual first.
    pub unusual: Vec<Unusual>,
}

/// A month's numbers as they were kept on the first of the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Which month.
    pub month: Month,
    /// When it was made.
    pub made: Instant,
    /// How many looks.
    pub looks: u64,
    /// At how many people.
    pub people: u64,
    /// How many of them unusual.
    pub unusual: u64,
    /// Where the chain stood: verified up to here.
    pub head: Head,
}

/// The signs of a city's month.
pub fn inspect_city(city: &City, month: Month) -> Result<Inspection, access::Error> {
    let zone = city.shared.read().town.zone.clone();
    let ties =
        |pairs: &[Pair]| Ties::of(city, pairs).map_err(|why| access::Error::Io(std::io::Error::other(why)));
    inspect(&city.access.readers(), month, &zone, ties)
}

/// The first instant of a month, and that of the next one.
pub fn bounds(month: Month, zone: &Zone) -> (Instant, Instant) {
    (zone.instant(month.first_day(), 0, 0), zone.instant(month.plus(1).first_day(), 0, 0))
}

/// `2021-02`.
pub fn named(month: Month) -> String {
    format!("{:04}-{:02}", month.year(), month.month())
}

/// A month as it is typed: `2021-02`.
pub fn month(text: &str) -> Option<Month> {
    let (year, month) = text.split_once('-')?;
    let good = |part: &str, digits| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
    let (year, month) = (good(year, 4).then_some(year)?, good(month, 2).then_some(month)?);
    let date = base::Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
    (date.year() >= 2_000).then(|| Month::of(date))
}

/// Reads a month. What citizens see of each other (the masked name of who they give to) is counted, and is no clerk's
/// look to inspect; nor is what the machinery reads to write to people, many in a row and at any hour. `ties` tells how accounts stand to those they looked at; where the register isn't at hand, those signs
/// don't show.
pub fn inspect(
    readers: &Readers,
    month: Month,
    zone: &Zone,
    ties: impl FnOnce(&[Pair]) -> Result<Ties, access::Error>,
) -> Result<Inspection, access::Error> {
    let entries = all(readers, month, zone)?;
    let mut by_purpose: BTreeMap<(String, String), u64> = BTreeMap::new();
    for Entry { look, .. } in &entries {
        *by_purpose.entry((look.role.clone(), look.purpose.clone())).or_default() += 1;
    }
    let people: BTreeSet<PersonId> = entries.iter().map(|entry| entry.look.whom).collect();
    let staff: Vec<&Entry> = entries.iter().filter(|entry| is_staff(&entry.look)).collect();
    let pair = |entry: &Entry| Some((entry.look.who.parse::<AccountId>().ok()?, entry.look.whom));
    let pairs: BTreeSet<Pair> = staff.iter().filter_map(|entry| pair(entry)).collect();
    let ties = ties(&pairs.into_iter().collect::<Vec<_>>())?;
    let looks: Vec<Look> = staff
        .iter()
        .map(|entry| {
            let (look, pair) = (&entry.look, pair(entry));
            Look {
                by: look.who.clone(),
                at: look.at,
                whom: look.whom,
                purpose: Purpose(look.purpose.clone()),
                has_task: look.task.is_some() || look.reason.is_some(),
                same_district: pair.is_some_and(|pair| ties.are_neighbours(&pair)),
                same_surname: pair.is_some_and(|pair| ties.share_a_name(&pair)),
            }
        })
        .collect();
    let unusual = inspection::inspect(&looks, &Thresholds::USUAL, zone)
        .into_iter()
        .map(|found| Unusual { entry: staff[found.index].clone(), points: found.points, signs: found.signs })
        .collect();
    Ok(Inspection { month, looks: entries.len() as u64, people: people.len() as u64, by_purpose, unusual })
}

fn is_staff(look: &access::Look) -> bool {
    look.role != "citizen" && look.role != Role::System.name()
}

fn all(readers: &Readers, month: Month, zone: &Zone) -> Result<Vec<Entry>, access::Error> {
    let (from, until) = bounds(month, zone);
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map(|last| (last.look.at, last.no));
        let more = readers.between(from, until, after, AT_ONCE)?;
        let ended = more.len() < AT_ONCE;
        entries.extend(more);
        if ended {
            return Ok(entries);
        }
    }
}

impl From<InspectionRow> for Made {
    fn from(row: InspectionRow) -> Made {
        Made {
            month: Month(row.month),
            made: row.made,
            looks: row.looks,
            people: row.people,
            unusual: row.unusual,
            head: Head { no: LookNo(row.upto), hash: Hash(row.head) },
        }
    }
}

/// The inspections that were made, the newest first.
pub fn made(snapshot: &mut Snapshot<'_>, most: u32) -> Result<Vec<Made>, Error> {
    let rows: Vec<InspectionRow> = snapshot.query(INSPECTIONS, &[most.into()])?;
    Ok(rows.into_iter().map(Made::from).collect())
}

/// A month's, if it was made.
pub fn made_of(snapshot: &mut Snapshot<'_>, month: Month) -> Result<Option<Made>, Error> {
    let row: Option<InspectionRow> = snapshot.one(INSPECTION, &[month.0.into()])?;
    Ok(row.map(Made::from))
}
