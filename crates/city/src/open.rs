//! Opening a city: its pack, its memory, its pen, its readers; and closing it again.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use access::AccessLedger;
use base::{Actor, Clock, Entropy, Zone};
use outbox::Outbox;
use pen::{
    Busy, Checkpointer, Failure, Handle, Options, Report, Request, Running, Setup, Shared, Stop, Tally,
    checkpoint_file, start,
};
use store::{Readers, Target, WalKeeper, Writer, spawn_wal_checkpointer};
use tokio::sync::broadcast;
use vault::{DataKey, Locked, Masters, Vault};

use crate::compartments::{self, CantOpenCompartments, Keyring, Rooms};
use crate::memory::Keys;
use crate::pack::{self, Kept};
use crate::reseal::index;
use crate::sealing::{CantSeal, Follower, Sealing};
use crate::store::migrations;
use crate::{CityMemory, CityView, Command, Event, Reply, follow, tokens};

/// What opening takes.
pub struct Opening {
    /// Where the data is.
    pub target: Target,
    /// The folder of checkpoints.
    pub checkpoints: PathBuf,
    /// The access ledger's file: of its own on both engines.
    pub access: PathBuf,
    /// The pack of a new city; one that exists has its own.
    pub pack: Kept,
    /// The key PINs are sealed with.
    pub pin_key: [u8; 32],
    /// The keys that wrap data keys, the one in use first.
    pub masters: Masters,
    /// Where "now" comes from.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids.
    pub entropy: Box<dyn Entropy>,
    /// Randomness for the fence.
    pub nonces: Box<dyn Entropy>,
    /// How the pen works.
    pub options: Options,
    /// Start although the clock stands before the last posting.
    pub accept_clock: bool,
    /// Use the last checkpoint.
    pub use_checkpoint: bool,
}

/// A city at work. Let go of without [`City::close`], it ends in order all the same, but for the last checkpoint.
pub struct City {
    /// Where commands go.
    pub commands: Handle<CityMemory>,
    /// What readers see.
    pub shared: Shared<CityView>,
    /// Read-only snapshots of the database.
    pub readers: Readers,
    /// What happens, after it is durable.
    pub feed: broadcast::Sender<Arc<Vec<Event>>>,
    /// The city's clock.
    pub clock: Arc<dyn Clock>,
    /// Where looks at personal records are kept.
    pub access: access::Handle,
    /// What leaves the house: notices, and what shops' programs hear.
    pub outbox: Arc<outbox::Outbox>,
    /// Where the last uses of API tokens are kept: a file beside the access ledger's.
    pub token_uses: PathBuf,
    /// What starting took.
    pub report: Report,
    /// What the pen counts of its work.
    pub tally: Arc<Tally>,
    folder: PathBuf,
    target: Target,
    sealing: OnceLock<Arc<Sealing>>,
    follower: Mutex<Option<Follower>>,
    compartments: OnceLock<Rooms>,
    /// Last, so that all who ask and read are gone before it.
    ending: Ending,
}

/// The threads of a city. Dropped, it waits for them: whoever lets go of a city may do with its files as they like.
struct Ending(Option<Threads>);

struct Threads {
    looks: access::Joiner,
    running: Running<CityMemory>,
    checkpointer: Checkpointer,
    wal: Option<WalKeeper>,
}

/// Why a city doesn't open.
#[derive(Debug, thiserror::Error)]
pub enum CantOpen {
    /// The pack is not good.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Pack(Vec<rules::PackError>),
    /// Its time zone is unknown.
    #[error("the pack names an unknown time zone {0:?}")]
    Zone(String),
    /// Storage or journal.
    #[error(transparent)]
    Stop(#[from] Stop),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Its keys don't open it.
    #[error(
        "the city's personal data can't be opened: {0}; put back the secrets file (masters), or the database, that belong together (secrets.masters)"
    )]
    Locked(#[from] Locked),
    /// A key that finds people is gone, and nothing else tells it: every search would find nobody.
    #[error(
        "the city's people can't be found: data key {no}, which makes their indexes, is not in the database; put back a \
         backup of the database that has it (secrets.index)"
    )]
    LostIndex {
        /// Its number.
        no: u32,
    },
    /// The access ledger.
    #[error(transparent)]
    Access(#[from] access::Error),
    /// The outbox.
    #[error(transparent)]
    Outbox(#[from] outbox::Error),
    /// A file or thread.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// The outbox's file, beside the access ledger's.
pub const OUTBOX: &str = "outbox.sqlite";
/// The file of tokens' last uses, likewise.
pub const TOKEN_USES: &str = "token_uses";
/// How many readers' connections a city keeps.
const READERS: usize = 4;

/// A city that is decided by hand: tests and scripts run its pen themselves.
pub fn prepare(mut opening: Opening) -> Result<pen::Started<CityMemory>, CantOpen> {
    let migrations = migrations();
    // A first opening makes the tables; then the pack that is kept (if one is) decides.
    drop(Writer::open(&opening.target, &migrations)?);
    let (kept, keys, marks, unsealed) = Readers::open(&opening.target, 1)?.read(|snapshot| {
        let marks = index::marked(snapshot)?;
        let unsealed = tokens::are_unsealed(snapshot)?;
        Ok((pack::newest(snapshot)?, people::store::data_keys(snapshot)?, marks, unsealed))
    })?;
    let vault = Vault::unlock(&opening.masters, &keys)?;
    let first =
        if keys.is_empty() { first_keys(&opening.masters, &mut *opening.nonces)? } else { Vec::new() };
    if !keys.is_empty() {
        if let Some(no) = index::lost(&marks, &vault) {
            return Err(CantOpen::LostIndex { no });
        }
        vault.holds(&people::keys::FIRST)?;
    }
    // From before the numbers of index keys were kept.
    let unmarked = !keys.is_empty() && marks.is_empty();
    let mark = index::mark(&vault);
    let behind = people::keys::behind(&keys, &opening.masters).next().is_some();
    let (pack_no, kept) = match kept {
        Some((no, _, kept)) => (no, kept),
        None => (0, opening.pack),
    };
    let pack = kept.parse().map_err(CantOpen::Pack)?;
    let zone = Zone::named(&pack.city.zone).ok_or_else(|| CantOpen::Zone(pack.city.zone.clone()))?;
    let dropped = Vec::new();
    let keys = Keys { pins: opening.pin_key, masters: opening.masters, vault: Arc::new(vault), dropped };
    let memory = CityMemory::new(Arc::new(pack), pack_no, zone, keys);
    let mut started = start(
        memory,
        Setup {
            target: &opening.target,
            migrations: &migrations,
            checkpoints: &opening.checkpoints,
            clock: opening.clock,
            entropy: opening.entropy,
            nonces: opening.nonces,
            options: opening.options,
            accept_clock: opening.accept_clock,
            use_checkpoint: opening.use_checkpoint,
        },
    )?;
    let mut commands: Vec<Command> = first.into_iter().map(|key| Command::AddKey { key }).collect();
    commands.extend(behind.then_some(Command::RewrapKeys));
    commands.extend(unmarked.then(|| Command::KeepMarks { marks: vec![mark] }));
    commands.extend(unsealed.then_some(Command::SealTokens));
    if pack_no == 0 {
        let (people, population) = kept.scale;
        commands.push(Command::Activate { files: kept.files, people, population });
    }
    for command in commands {
        let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
        started.pen.run(vec![pen::Envelope { request, command, reply: None }]);
    }
    Ok(started)
}

/// A new city's data keys.
fn first_keys(masters: &Masters, entropy: &mut dyn Entropy) -> Result<Vec<DataKey>, Locked> {
    (1..)
        .zip(people::keys::FIRST)
        .map(|(no, (compartment, used_for))| DataKey::fresh(no, compartment, used_for, masters, entropy))
        .collect()
}

impl City {
    /// Opens a city and sets it to work.
    pub fn open(opening: Opening) -> Result<City, CantOpen> {
        let target = opening.target.clone();
        let clock = Arc::clone(&opening.clock);
        let options = opening.options;
        let folder = opening.checkpoints.clone();
        let access = opening.access.clone();
        let started = prepare(opening)?;
        // Behind the city's own lock: two servers of one city never come to quarrel about this file.
        let outbox = access.with_file_name(OUTBOX);
        // As the city's own: who looked at whom, and what is still to be told.
        store::make_private(&access);
        store::make_private(&outbox);
        let outbox = Outbox::open(&outbox)?;
        let token_uses = access.with_file_name(TOKEN_USES);
        let (access, looks) = AccessLedger::open(&access, access::Options::default())?;
        let report = started.report;
        let feed = started.pen.feed();
        let shared = started.pen.shared();
        let tally = started.pen.tally();
        let wal = target.path().is_some().then(|| spawn_wal_checkpointer(&target)).transpose()?;
        let checkpointer =
            started.checkpoints.spawn::<CityMemory>(shared.clone(), options.checkpoint_every)?;
        let (commands, running) = started.pen.spawn(options)?;
        let readers = Readers::open(&target, READERS)?;
        // What happened before there was an outbox is told to nobody.
        outbox.begin(follow::NAME, readers.read(follow::end)?)?;
        let city = City {
            outbox: Arc::new(outbox),
            commands,
            shared,
            readers,
            feed,
            clock,
            access,
            token_uses,
            report,
            tally,
            folder,
            target,
            sealing: OnceLock::new(),
            follower: Mutex::new(None),
            compartments: OnceLock::new(),
            ending: Ending(Some(Threads { looks, running, checkpointer, wal })),
        };
        Ok(city)
    }

    /// Seals the journal from now on, in a folder of its own. What is there already is sealed first, behind the city's
    /// back; a log that is ahead of the journal, or of another one, is refused.
    pub fn seal(&self, folder: &Path, secret: seal::Secret, origin: &str) -> Result<(), CantSeal> {
        // A connection of its own: sealing never waits for pages, nor they for it.
        let readers = Readers::open(&self.target, 1)?;
        let sealing = Arc::new(Sealing::open(folder, secret, origin, readers)?);
        if self.sealing.set(Arc::clone(&sealing)).is_err() {
            return Ok(());
        }
        let follower = Follower::spawn(sealing, self.shared.clone())?;
        *self.follower.lock().unwrap_or_else(PoisonError::into_inner) = Some(follower);
        Ok(())
    }

    /// Its seal, where it has one.
    pub fn sealing(&self) -> Option<&Arc<Sealing>> {
        self.sealing.get()
    }

    /// Opens the sealed compartments that its pack names, each in a folder of its own within `folder`. Those without a key
    /// stay shut; see [`compartments::open`] for what is refused.
    pub fn open_compartments(&self, folder: &Path, keyring: Keyring) -> Result<(), CantOpenCompartments> {
        let pack = Arc::clone(&self.shared.read().town.pack);
        let opened = compartments::open(folder, &pack, keyring)?;
        // A second time, another process or this one has them open: that was refused.
        self.compartments.set(opened).ok();
        Ok(())
    }

    /// A sealed compartment, if it is open.
    pub fn compartment(&self, id: &str) -> Option<Arc<compartment::Room>> {
        self.compartments.get()?.get(id).cloned()
    }

    /// All sealed compartments that are open.
    pub fn open_rooms(&self) -> Vec<Arc<compartment::Room>> {
        self.compartments.get().into_iter().flat_map(|rooms| rooms.values().cloned()).collect()
    }

    /// Asks for something and waits until it is durable, or refused.
    pub async fn ask(&self, request: Request, command: Command) -> Result<Result<Reply, Failure>, Busy> {
        let answer = self.commands.send(request, command)?;
        // A dropped sender means the pen stopped in between: nobody knows.
        Ok(answer.await.unwrap_or(Err(Failure::Unknown)))
    }

    /// The same, for threads of their own.
    pub fn ask_waiting(&self, request: Request, command: Command) -> Result<Reply, Failure> {
        match self.commands.send_waiting(request, command) {
            Ok(answer) => answer.blocking_recv().unwrap_or(Err(Failure::Unknown)),
            Err(_) => Err(Failure::Unknown),
        }
    }

    /// Opens what names people, as of now.
    pub fn vault(&self) -> Arc<Vault> {
        Arc::clone(&self.shared.read().town.vault)
    }

    /// True while looks at personal records are kept; without that none is shown.
    pub fn is_keeping_looks(&self) -> bool {
        self.ending.0.as_ref().is_some_and(|threads| !threads.looks.is_finished())
    }

    /// True while the pen writes.
    pub fn is_writing(&self) -> bool {
        self.ending.0.as_ref().is_some_and(|threads| !threads.running.is_finished())
    }

    /// How old the last checkpoint is by the machine's clock; `None` without one. A start reads what came since.
    pub fn checkpoint_age(&self) -> Option<Duration> {
        let written =
            std::fs::metadata(checkpoint_file(&self.folder)).and_then(|file| file.modified()).ok()?;
        // A clock that was set back makes no checkpoint of the future.
        Some(written.elapsed().unwrap_or_default())
    }

    /// Carries out what waits, writes a last checkpoint, and closes. Every other holder of a [`Handle`] must have let
    /// go of it.
    pub fn close(self) -> Result<(), CantOpen> {
        let City { commands, readers, access, follower, sealing, mut ending, .. } = self;
        drop(commands);
        drop(readers);
        drop(access);
        let Some(Threads { looks, running, checkpointer, wal }) = ending.0.take() else { return Ok(()) };
        let pen = running.join().map_err(Stop::Broken)?;
        drop(follower);
        // Its reader would keep SQLite's last checkpoint from emptying the WAL.
        drop(sealing);
        checkpointer.stop();
        drop(pen);
        if let Some(wal) = wal {
            wal.stop()?;
        }
        looks.join()?;
        Ok(())
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let Some(threads) = self.0.take() else { return };
        // On a thread of its own: the last to hold a city may be a task, which must not wait for a database.
        let ended = std::thread::Builder::new().name("ending".to_owned()).spawn(|| threads.leave());
        if ended.map(|thread| thread.join().is_err()).unwrap_or(true) {
            tracing::warn!("a city did not end in order; all that was answered is kept");
        }
    }
}

impl Threads {
    /// Waits for those that nobody holds any more. No last checkpoint: another writer may have the city by now.
    fn leave(self) {
        let Threads { looks, running, checkpointer, wal } = self;
        let pen = if running.is_held() { None } else { running.join().ok() };
        checkpointer.leave();
        drop(pen);
        drop(wal);
        if !looks.is_held()
            && let Err(error) = looks.join()
        {
            tracing::warn!(%error, "the access ledger did not end in order");
        }
    }
}
