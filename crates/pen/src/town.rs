//! What the floor above supplies: the memory decisions are made against.

use base::{Actor, EntryNo, Instant, PostingNo, Refusal};
use ledger::{Account, AccountNo, EntryRow, Fault, PostingRow, State};
use store::Snapshot;

use crate::{Recorded, Turn};

/// A command's envelope data: who sends it, under which key, and what exactly was sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who.
    pub actor: Actor,
    /// Idempotency key, scoped to the actor's client. Empty: not remembered (the city's own sweeps).
    pub key: String,
    /// First 16 bytes of the SHA-256 of the input, so that one key can't stand for two wishes.
    pub input_hash: [u8; 16],
}

/// Why a command was not carried out, from within a turn.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The city says no.
    #[error("refused: {}", .0.code)]
    Refused(Refusal),
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A posting broke an invariant of the ledger that the decision should have respected.
    #[error("the ledger refused a decided posting: {0}")]
    Fault(#[from] Fault),
    /// A mistake in the code or the data.
    #[error("{0}")]
    Broken(String),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal)
    }
}

/// What a caller hears instead of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The city says no; nothing was written.
    Refused(Refusal),
    /// Something broke; nothing was written.
    Broken(String),
    /// There is no way to the storage just now; nothing was written.
    Unreachable,
    /// Nobody knows yet whether it was written: ask again with the same key.
    Unknown,
}

/// What a town's memory is rebuilt from at start: a checkpoint's bytes, then the database.
pub struct Load<'a, 'b> {
    /// What [`Town::save`] wrote into the last checkpoint, if there is one.
    pub saved: Option<&'a [u8]>,
    /// A snapshot of the database.
    pub snapshot: &'a mut Snapshot<'b>,
}

/// What stands in place of a journal's beginning that was disposed of: a start without a checkpoint goes on from it.
#[derive(Debug, Clone)]
pub struct Base {
    /// The last posting that was.
    pub last: PostingNo,
    /// The last entry.
    pub entry: EntryNo,
    /// The last posting's instant.
    pub at: Instant,
    /// The last command without a posting that was.
    pub requests: u64,
    /// What accounts stood at, by their numbers.
    pub states: Vec<State>,
    /// What [`Town::save`] gave then.
    pub saved: Vec<u8>,
}

/// The memory of a city, as the pen uses it.
pub trait Town: Send + 'static {
    /// What can be asked of it.
    type Command: Send + 'static;
    /// What it answers.
    type Reply: Send + 'static;
    /// What happened, for readers and followers.
    type Event: Clone + Send + Sync + 'static;
    /// What readers see.
    type View: Send + Sync + 'static;

    /// Decides one command and stages its postings and writes. On `Err` the pen takes everything back.
    fn carry_out(
        &mut self,
        turn: &mut Turn<'_, Self::Event>,
        command: &Self::Command,
    ) -> Result<Self::Reply, Stop>;

    /// What is kept of a command's input, from its hash. Where an input could be guessed, and the guess tried on its hash
    /// (a birth date has few values), a town mixes a secret in. The same input must give the same as long as keys are
    /// remembered.
    fn conceal(&self, _command: &Self::Command, input_hash: [u8; 16]) -> [u8; 16] {
        input_hash
    }

    /// Whether a command is the one that this was kept of, under the same key: `concealed` is what [`Town::conceal`] makes of
    /// it now. A town that changed its secret knows what was kept under the one before, too.
    fn is_same_input(&self, _command: &Self::Command, kept: [u8; 16], concealed: [u8; 16]) -> bool {
        kept == concealed
    }

    /// The first answer again, from what was recorded of it.
    fn again(&self, recorded: Recorded, at: Instant, facts: &str) -> Result<Self::Reply, Stop>;

    /// The length of the memory's undo log now.
    fn mark(&self) -> usize;

    /// Takes back all changes of the memory since the mark.
    fn rewind(&mut self, mark: usize);

    /// The group is durable: forget the undo log and bring the readers' view up to date.
    fn settle(&mut self, view: &mut Self::View, events: &[Self::Event]);

    /// The readers' view at start.
    fn view(&self) -> Self::View;

    /// Rebuilds the memory at start, up to the checkpoint.
    fn load(&mut self, load: Load<'_, '_>) -> Result<(), Stop>;

    /// Takes in one account at start, after [`Town::load`].
    fn absorb_account(&mut self, no: AccountNo, account: &Account);

    /// Takes in one posting of the journal's tail at start.
    fn absorb(&mut self, posting: &PostingRow, entries: &[EntryRow]) -> Result<(), Stop>;

    /// The part of the view that a checkpoint keeps. Called under the readers' lock: quick, or it stalls publishing.
    fn save(view: &Self::View) -> Vec<u8>;

    /// Whether this program can read what [`Town::save`] wrote, perhaps another version's. If not, the checkpoint is
    /// left aside and the journal is read whole.
    fn knows(_saved: &[u8]) -> bool {
        true
    }

    /// The last posting that was disposed of; 0 while the journal begins with its first.
    fn disposed(&self, _snapshot: &mut Snapshot<'_>) -> Result<PostingNo, store::Error> {
        Ok(PostingNo(0))
    }

    /// What stands in place of the postings that were disposed of.
    fn base(&self, _snapshot: &mut Snapshot<'_>) -> Result<Option<Base>, Stop> {
        Ok(None)
    }

    /// Days since 1970-01-01 of an instant in the city's zone.
    fn day(&self, at: Instant) -> i32;

    /// The number of the pack in force.
    fn pack(&self) -> u32;
}
