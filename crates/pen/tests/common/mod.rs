//! A town as small as can be: things with an amount each, and every way a command can go wrong.
#![expect(clippy::unwrap_used, reason = "test support: a failure here is a failed test")]
#![allow(dead_code, reason = "each test file uses its own part of it")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base::{Actor, Client, Clock, Instant, PostingNo, Role, Seeded};
use ledger::{Account, AccountNo, ClassNo, EntryRow, Key, Leg, Owner, PostingRow, Side, UnitNo};
use pen::{
    Envelope, Failure, Intent, Load, Options, Outcome, Pen, Recorded, Request, Setup, Started, Stop, Town,
    Turn, start,
};
use store::{Migration, Readers, Sql, Target, sql};
use testkit::{Engine, Place, TempDir};

pub const THINGS: Migration = Migration {
    name: "things-1",
    sql: "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT NOT NULL, amount BIGINT NOT NULL, CHECK (amount > 0));",
};
const INSERT: Sql = sql("INSERT INTO things (id, name, amount) VALUES ($1, $2, $3)");
const COUNT: Sql = sql("SELECT COUNT(*) AS n FROM things");
const ALL: Sql = sql("SELECT id, name, amount FROM things ORDER BY id");
/// The column is not there on either engine.
const WRONG: Sql = sql("SELECT missing AS n FROM things");

store::row! { struct Count { n: i64 } }
store::row! { #[derive(Debug)] struct Thing { id: i64, name: String, amount: i64 } }

/// A command does everything a command can do (accounts, posting, note, row, event, memory), then ends as it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    Put(&'static str, i64),
    /// A posting and nothing else: no row of a domain table.
    Bare(i64),
    /// One posting over this many accounts, from one on; each gets as much.
    Wide(u32, u32, i64),
    /// Without a posting.
    Note(&'static str),
    /// Reads what is there before it does the rest, so that the group so far goes to the database.
    Look(&'static str),
    /// Gives the first answer's posting, from the journal.
    Find(PostingNo),
    Refuse,
    Break,
    Panic,
    /// Violates a CHECK, which shows when the group is written.
    Poison,
    /// Reads what can't be read.
    BadRead,
    /// The same, and goes on as if nothing had been.
    Swallow,
    /// The same, and panics over it.
    PanicOverRead,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub recorded: Recorded,
    pub at: Instant,
    pub facts: String,
}

#[derive(Debug, Default)]
pub struct Memory {
    pub things: BTreeMap<u64, String>,
    undo: Vec<u64>,
}

pub type Seen = BTreeMap<u64, String>;

impl Memory {
    fn everything(&mut self, turn: &mut Turn<'_, u64>, name: &str, amount: i64) -> Result<Answer, Stop> {
        let id = turn.entropy.next_u64() >> 1;
        let left = turn.open(account(1, Side::Debit, 0));
        let right = turn.open(account(2, Side::Credit, u32::try_from(name.len()).unwrap()));
        let legs = [Leg { debit: left, credit: right, amount: amount.max(1) }];
        let facts = format!("{name} {id}");
        let no = turn.post(Intent {
            kind: "put",
            amount,
            reverses: None,
            legs: &legs,
            guards: &[],
            facts: facts.clone(),
        })?;
        turn.note("beside", facts.clone());
        self.keep(turn, id, name, amount);
        Ok(Answer { recorded: Recorded::Posting(no), at: turn.now, facts })
    }

    fn keep(&mut self, turn: &mut Turn<'_, u64>, id: u64, name: &str, amount: i64) {
        turn.write(INSERT, vec![id.into(), name.into(), amount.into()]);
        self.things.insert(id, name.to_owned());
        self.undo.push(id);
        turn.tell(id);
    }
}

fn bare(turn: &mut Turn<'_, u64>, amount: i64) -> Result<Answer, Stop> {
    let left = turn.open(account(1, Side::Debit, 1));
    let right = turn.open(account(2, Side::Credit, 0));
    let facts = format!("bare {}", turn.entropy.next_u64());
    let legs = [Leg { debit: left, credit: right, amount }];
    let intent =
        Intent { kind: "bare", amount, reverses: None, legs: &legs, guards: &[], facts: facts.clone() };
    Ok(Answer { recorded: Recorded::Posting(turn.post(intent)?), at: turn.now, facts })
}

fn wide(turn: &mut Turn<'_, u64>, from: u32, count: u32, amount: i64) -> Result<Answer, Stop> {
    let left = turn.open(account(1, Side::Debit, 2));
    let legs: Vec<Leg> = (from..from + count)
        .map(|sub| Leg { debit: left, credit: turn.open(account(3, Side::Credit, sub)), amount })
        .collect();
    let facts = format!("wide {from} {count}");
    let intent =
        Intent { kind: "wide", amount, reverses: None, legs: &legs, guards: &[], facts: facts.clone() };
    Ok(Answer { recorded: Recorded::Posting(turn.post(intent)?), at: turn.now, facts })
}

pub fn account(class: u8, side: Side, sub: u32) -> Account {
    let key = Key { class: ClassNo(class), owner: Owner::None, sub };
    Account { key, unit: UnitNo(0), side, floor: true }
}

impl Town for Memory {
    type Command = Deed;
    type Reply = Answer;
    type Event = u64;
    type View = Seen;

    fn carry_out(&mut self, turn: &mut Turn<'_, u64>, deed: &Deed) -> Result<Answer, Stop> {
        match deed {
            Deed::Bare(amount) => bare(turn, *amount),
            Deed::Wide(from, count, amount) => wide(turn, *from, *count, *amount),
            Deed::Put(name, amount) => self.everything(turn, name, *amount),
            Deed::Note(name) => {
                let id = turn.entropy.next_u64() >> 1;
                let recorded = turn.note("note", format!("{name} {id}"));
                self.keep(turn, id, name, 1);
                Ok(Answer { recorded, at: turn.now, facts: format!("{name} {id}") })
            }
            Deed::Look(name) => {
                let there = turn.query::<Count>(COUNT, &[])?[0].n;
                // What the database shows is what the commands before this one left in memory.
                assert_eq!(there, i64::try_from(self.things.len()).unwrap());
                self.everything(turn, name, there + 1)
            }
            Deed::Find(no) => {
                let (row, entries) = turn.posting(*no)?.ok_or_else(|| base::Refusal::new("none"))?;
                assert_eq!(entries.len(), usize::from(row.entries));
                assert_eq!(turn.entry(row.first_entry)?, entries.first().copied());
                self.everything(turn, &row.facts, 7)
            }
            Deed::Refuse => {
                self.everything(turn, "refused", 1)?;
                Err(base::Refusal::new("no").into())
            }
            Deed::Break => {
                self.everything(turn, "broken", 1)?;
                Err(Stop::Broken("as asked".into()))
            }
            Deed::Panic => {
                self.everything(turn, "panicked", 1)?;
                panic!("as asked")
            }
            Deed::Poison => self.everything(turn, "poison", -1),
            Deed::BadRead => {
                turn.query::<Count>(WRONG, &[])?;
                self.everything(turn, "unreachable", 1)
            }
            Deed::Swallow => {
                assert!(turn.query::<Count>(WRONG, &[]).is_err());
                self.everything(turn, "swallowed", 1)
            }
            Deed::PanicOverRead => {
                let read = turn.query::<Count>(WRONG, &[]);
                panic!("{:?}", read.map(|rows| rows.len()))
            }
        }
    }

    fn again(&self, recorded: Recorded, at: Instant, facts: &str) -> Result<Answer, Stop> {
        Ok(Answer { recorded, at, facts: facts.to_owned() })
    }

    fn mark(&self) -> usize {
        self.undo.len()
    }

    fn rewind(&mut self, mark: usize) {
        for id in self.undo.drain(mark..) {
            self.things.remove(&id);
        }
    }

    fn settle(&mut self, view: &mut Seen, events: &[u64]) {
        self.undo.clear();
        for id in events {
            view.insert(*id, self.things[id].clone());
        }
    }

    fn view(&self) -> Seen {
        self.things.clone()
    }

    fn load(&mut self, load: Load<'_, '_>) -> Result<(), Stop> {
        for thing in load.snapshot.query::<Thing>(ALL, &[])? {
            self.things.insert(thing.id.cast_unsigned(), thing.name);
        }
        Ok(())
    }

    fn absorb_account(&mut self, _: AccountNo, _: &Account) {}

    fn absorb(&mut self, _: &PostingRow, _: &[EntryRow]) -> Result<(), Stop> {
        Ok(())
    }

    fn save(view: &Seen) -> Vec<u8> {
        format!("{}", view.len()).into_bytes()
    }

    fn day(&self, at: Instant) -> i32 {
        i32::try_from(at.0.div_euclid(86_400_000_000)).unwrap()
    }

    fn pack(&self) -> u32 {
        1
    }
}

#[derive(Debug, Default)]
pub struct Hand(pub AtomicI64);

impl Hand {
    pub fn set(&self, at: i64) {
        self.0.store(at, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

pub const DAY: i64 = 86_400_000_000;

/// A town at work in a place of its own.
pub struct Small {
    pub pen: Pen<Memory>,
    pub checkpoints: pen::Checkpoints,
    pub report: pen::Report,
    pub clock: Arc<Hand>,
    pub target: Target,
    pub folder: TempDir,
    pub place: Place,
}

pub fn target(place: &Place) -> Target {
    match place.engine() {
        Engine::Sqlite => Target::Sqlite(PathBuf::from(place.location())),
        Engine::Postgres => Target::Postgres(place.location()),
    }
}

pub fn setup(
    target: &Target,
    folder: &TempDir,
    clock: &Arc<Hand>,
    seed: u64,
) -> Result<Started<Memory>, Stop> {
    start(
        Memory::default(),
        Setup {
            target,
            migrations: &[THINGS],
            checkpoints: &folder.path().join("checkpoints"),
            clock: Arc::clone(clock) as Arc<dyn Clock>,
            entropy: Box::new(Seeded::new(seed)),
            nonces: Box::new(Seeded::new(seed ^ 0xf00d)),
            // Rows go ahead of their group's commit much sooner than in earnest.
            options: Options { ahead: 5, ..Options::default() },
            accept_clock: false,
            use_checkpoint: true,
        },
    )
}

impl Small {
    pub fn new(engine: Engine) -> Small {
        Small::at(Place::fresh(engine))
    }

    pub fn at(place: Place) -> Small {
        let target = target(&place);
        Small::through(target, place)
    }

    pub fn through(target: Target, place: Place) -> Small {
        let clock = Arc::new(Hand::default());
        clock.set(20_000 * DAY);
        let folder = TempDir::new();
        let started = setup(&target, &folder, &clock, 1).unwrap();
        let Started { pen, checkpoints, report } = started;
        Small { pen, checkpoints, report, clock, target, folder, place }
    }

    /// Ends it and starts it again.
    pub fn again(self, seed: u64) -> Small {
        let Small { pen, checkpoints, clock, target, folder, place, .. } = self;
        drop((pen, checkpoints));
        // PostgreSQL may need a moment to let go of the earlier one's lock.
        let started =
            testkit::wait_for("the leader lock", std::time::Duration::from_secs(10), || {
                match setup(&target, &folder, &clock, seed) {
                    Err(Stop::Store(store::Error::LeaderAlive)) => None,
                    started => Some(started.unwrap()),
                }
            });
        let Started { pen, checkpoints, report } = started;
        Small { pen, checkpoints, report, clock, target, folder, place }
    }

    /// One group of deeds, each with its key.
    pub fn ask(&mut self, group: &[(String, Deed)]) -> Vec<Outcome<Answer>> {
        let mut answers = Vec::new();
        let envelopes = group.iter().map(|(key, deed)| {
            let (reply, answer) = tokio::sync::oneshot::channel();
            answers.push(answer);
            Envelope { request: request(key, deed), command: deed.clone(), reply: Some(reply) }
        });
        let envelopes = envelopes.collect();
        self.pen.run(envelopes);
        answers.into_iter().map(|mut answer| answer.try_recv().unwrap()).collect()
    }

    pub fn one(&mut self, key: &str, deed: Deed) -> Outcome<Answer> {
        self.ask(&[(key.to_owned(), deed)]).pop().unwrap()
    }

    pub fn readers(&self) -> Readers {
        Readers::open(&self.target, 1).unwrap()
    }

    /// All rows but those of `groups`, as text.
    pub fn rows(&self) -> Vec<String> {
        let mut rows = Vec::new();
        self.readers()
            .read(|snapshot| {
                snapshot.for_each_account(AccountNo(0), &mut |row| {
                    rows.push(format!("{row:?}"));
                    Ok(())
                })?;
                snapshot.for_each_posting(PostingNo(1), None, &mut |row, entries| {
                    rows.push(format!("{row:?} {entries:?}"));
                    Ok(())
                })?;
                snapshot.for_each_request(1, &mut |row| {
                    rows.push(format!("{row:?}"));
                    Ok(())
                })?;
                rows.extend(snapshot.query::<Thing>(ALL, &[])?.iter().map(|row| format!("{row:?}")));
                Ok(())
            })
            .unwrap();
        rows
    }

    /// Everything readers see in memory.
    pub fn seen(&self) -> (u64, String, Seen) {
        let shared = self.pen.shared();
        let view = shared.read();
        let books: Vec<_> = view.books.iter().collect();
        (view.requests, format!("{:?} {:?} {books:?}", view.books.last_posting(), view.at), view.town.clone())
    }
}

pub fn request(key: &str, deed: &Deed) -> Request {
    let mut input_hash = [0; 16];
    for (at, byte) in format!("{deed:?}").bytes().enumerate() {
        input_hash[at % 16] ^= byte.rotate_left(u32::try_from(at % 7).unwrap());
    }
    Request { actor: Actor::new(Role::System, Client(3)), key: key.to_owned(), input_hash }
}

pub fn code<R: std::fmt::Debug>(outcome: &Outcome<R>) -> &'static str {
    match outcome {
        Ok(_) => "done",
        Err(Failure::Refused(refusal)) => refusal.code,
        Err(Failure::Broken(_)) => "broken",
        Err(Failure::Unreachable) => "unreachable",
        Err(Failure::Unknown) => "unknown",
    }
}
