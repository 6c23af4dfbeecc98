//! What leaves the house: messages that follow from the journal, and what became of each.
//!
//! Invariants:
//! - a follower's place in the journal and the messages that follow from what it read are one transaction: a record makes
//!   its messages once, whenever and however often a server stops;
//! - a message's key names the record it follows from: nothing is sent under two keys, and who receives one twice can tell;
//! - in a lane only the oldest message that waits is due: what is said to one receiver arrives in the order it happened;
//! - a crowd is noted with the follower's place, and its messages come in with its going: each is told once;
//! - a message ends delivered or dead, and what each try came to stays; what was delivered is let go of after its days, and
//!   how many there were stays.
//!
//! Bodies are opaque here, and hold ids and amounts: who somebody is, is read when it is sent, by the floor above.
//! In a file of its own on both engines: nobody but the pen writes the city's database.

mod store;

use base::Instant;

pub use store::Outbox;

/// Something broke in or around the file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite says no.
    #[error("outbox: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file is not what this program expects.
    #[error("the outbox is damaged: {0}")]
    Damaged(String),
    /// The follower stands where the journal has not come yet: the file is another journal's, or a backup's is older.
    #[error(
        "the outbox has followed the journal up to {0:?}, and this journal ends before: it belongs to another one"
    )]
    Ahead(Cursor),
}

/// How far a follower has read: the last posting, and the last command without one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// A posting's number.
    pub posting: u64,
    /// A request's number.
    pub request: u64,
}

impl Cursor {
    /// Whether both halves are not behind the other's.
    pub fn covers(&self, other: &Cursor) -> bool {
        self.posting >= other.posting && self.request >= other.request
    }
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Names what it follows from: a second one under it is left out.
    pub key: String,
    /// Its receiver's row: messages of a lane go one after another.
    pub lane: String,
    /// By which way: `app`, `sms`, `hook`…
    pub channel: String,
    /// To whom: an opaque id.
    pub to: String,
    /// What it tells of: a stable code.
    pub kind: String,
    /// Opaque to this crate.
    pub body: String,
    /// When what it tells of happened.
    pub at: Instant,
    /// Not before.
    pub next: Instant,
}

/// Many who are told of one posting. Their messages are not made at once, so that what concerns one person never waits
/// behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crowd {
    /// Of which: their messages are made of it.
    pub posting: u64,
    /// What gathered them: an opaque word, by which they are counted.
    pub cause: String,
    /// How many they are.
    pub people: u32,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is to be sent, or to be tried again.
    Waiting,
    /// It arrived.
    Delivered,
    /// It won't arrive by itself any more.
    Dead,
}

/// A message as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its number, in the order of coming in.
    pub no: i64,
    /// As it was put in.
    pub new: NewMessage,
    /// How often it was tried.
    pub tries: u32,
    /// What becomes of it.
    pub fate: Fate,
    /// What the last try came to, in a receiver's or the network's words; empty before the first.
    pub said: String,
    /// When it was delivered or given up.
    pub done: Option<Instant>,
}

/// What a try came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It arrived.
    Delivered,
    /// It is tried again then.
    Again(Instant),
    /// It is given up; another message may take its place (another way to the same receiver).
    Dead(Option<Box<NewMessage>>),
}

/// Which messages to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which<'a> {
    /// All of one way, or of all ways but one.
    Channel(&'a str),
    /// All but those of one way.
    NotChannel(&'a str),
    /// One lane's.
    Lane(&'a str),
    /// One lane's before a message.
    LaneBefore(&'a str, i64),
    /// What was told to one receiver by one way.
    To(&'a str, &'a str),
    /// What died, of all ways but one.
    DeadNotChannel(&'a str),
}
