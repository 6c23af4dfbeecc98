//! The follower: reads the journal behind the commit, and puts into the outbox what follows from it: notices to people and
//! shops, and events for shops' programs.
//!
//! It may lag, stop and start again: its place and the messages are kept together ([`outbox`]), and what a record makes
//! depends on the record and the pack alone. It never asks the pen for anything.

mod crowd;
mod tell;

use base::{Instant, MerchantId, PersonId, PostingNo};
use economy::Facts;
use outbox::{Crowd, Cursor, NewMessage};
use people::notice::Told;
use rules::Channel;
use serde::{Deserialize, Serialize};

use crate::hooks::{self, Hook};
use crate::open::City;

pub use crowd::{cause, tell_crowd};
pub(crate) use tell::store::STATEMENTS;

/// The follower's name in the outbox.
pub const NAME: &str = "city";
/// The channel of what goes to shops' programs.
pub const HOOK: &str = "hook";
/// The end of a lane of what can't wait till the morning: it doesn't wait behind what can.
const URGENT: &str = "/urgent";
/// Postings read at once.
const CHUNK: u64 = 4_096;

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum To {
    /// A person.
    Person(PersonId),
    /// A shop.
    Shop(MerchantId),
}

impl To {
    /// As the outbox keeps it.
    pub fn code(self) -> String {
        match self {
            To::Person(id) => id.to_string(),
            To::Shop(id) => id.to_string(),
        }
    }

    /// From there.
    pub fn coded(code: &str) -> Option<To> {
        let person = code.parse().map(To::Person);
        person.ok().or_else(|| code.parse().map(To::Shop).ok())
    }
}

/// A notice as the outbox keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What is told.
    pub told: Told,
    /// The ways that are tried after this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<String>,
    /// Days to answer from delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

impl Notice {
    /// From the outbox.
    pub fn read(body: &str) -> Option<Notice> {
        serde_json::from_str(body).ok()
    }

    fn write(&self) -> String {
        // Plain data: this can't fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The message that is tried when this one can't reach them; `None` when there is no other way.
    pub fn instead(&self, dead: &NewMessage, now: Instant) -> Option<NewMessage> {
        let (way, then) = self.then.split_first()?;
        let stem = dead.key.rsplit_once('/').map_or(dead.key.as_str(), |(stem, _)| stem);
        let notice = Notice { then: then.to_vec(), ..self.clone() };
        let urgent = if dead.lane.ends_with(URGENT) { URGENT } else { "" };
        Some(NewMessage {
            key: format!("{stem}/{way}"),
            lane: format!("{way}/{}{urgent}", dead.to),
            channel: way.clone(),
            body: notice.write(),
            next: now,
            ..dead.clone()
        })
    }
}

/// What a follower could not do.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// Read the journal.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Keep what follows from it.
    #[error(transparent)]
    Outbox(#[from] outbox::Error),
}

/// A record of the journal.
struct Record {
    /// Its number's name, of which keys are made.
    stem: String,
    at: Instant,
    /// When it is told: then or later.
    from: Instant,
    facts: Facts,
    posting: Option<PostingNo>,
}

impl Record {
    fn posting(no: PostingNo, at: Instant, facts: Facts) -> Record {
        Record { stem: format!("p{}", no.0), at, from: at, facts, posting: Some(no) }
    }
}

/// What was read in one snapshot.
#[derive(Default)]
struct Stretch {
    records: Vec<Record>,
    upto: Cursor,
    hooks: Vec<Hook>,
    more: bool,
}

/// The journal's end, as a follower counts it.
pub(crate) fn end(snapshot: &mut store::Snapshot<'_>) -> Result<Cursor, store::Error> {
    let at: Option<tell::store::EndRow> = snapshot.one(tell::store::JOURNAL_END, &[])?;
    Ok(at.map_or(Cursor::default(), |row| Cursor { posting: row.posting.0, request: row.request }))
}

/// Goes on from where it stood, for one stretch; true when there is more.
pub fn follow(city: &City) -> Result<bool, Lost> {
    let from = city.outbox.cursor(NAME)?.unwrap_or_default();
    let stretch = city.readers.read(|snapshot| read(snapshot, from))?;
    if stretch.upto == from {
        return Ok(false);
    }
    let (messages, crowds) = {
        let view = city.shared.read();
        let records = stretch.records.iter();
        let messages = records.flat_map(|record| tell::messages(record, &stretch.hooks, &view.town));
        let crowds = stretch.records.iter().filter_map(|record| crowd::of(record, &view.town.pack));
        (messages.collect::<Vec<_>>(), crowds.collect::<Vec<Crowd>>())
    };
    city.outbox.append_with(NAME, stretch.upto, &messages, &crowds)?;
    Ok(stretch.more)
}

fn read(snapshot: &mut store::Snapshot<'_>, from: Cursor) -> Result<Stretch, store::Error> {
    let mut stretch = Stretch { upto: from, ..Stretch::default() };
    let Stretch { records, upto, .. } = &mut stretch;
    let last = PostingNo(from.posting.saturating_add(CHUNK));
    snapshot.for_each_posting(PostingNo(from.posting + 1), Some(last), &mut |row, _| {
        upto.posting = row.no.0;
        // What an older program can't read is nothing it could tell of.
        if let Ok(facts) = Facts::read(&row.facts) {
            records.push(Record::posting(row.no, row.at, facts));
        }
        Ok(())
    })?;
    let more = upto.posting == last.0;
    snapshot.for_each_request(from.request + 1, &mut |row| {
        upto.request = row.no;
        if let Ok(facts) = Facts::read(&row.facts) {
            let (stem, at) = (format!("q{}", row.no), row.at);
            records.push(Record { stem, at, from: at, facts, posting: None });
        }
        Ok(())
    })?;
    if !stretch.records.is_empty() {
        // In the order things happened, whichever table holds them: each has an instant of its own.
        stretch.records.sort_by_key(|record| record.at);
        stretch.hooks = hooks::all(snapshot)?;
    }
    stretch.more = more;
    Ok(stretch)
}

/// The ways besides a person's own page, in the pack's order.
fn ways(channels: &[Channel]) -> Vec<String> {
    channels.iter().map(|channel| channel.code().to_owned()).collect()
}
