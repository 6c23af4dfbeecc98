//! `ongoeul bench ledger`: how many durable postings of one entry the pen writes in a second.
//!
//! Everything a posting of the city goes through is on: the command with its request key and the hash of its input,
//! keys looked up and remembered, purses found by their holder, funds checked, facts and both balances written, the
//! reply built, the group synced to disk, the readers' view published, checkpoints on their own thread. Left out
//! are HTTP and the rules of the card: that is `bench payments`. The wishes are made before the clock runs.

mod town;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::{Actor, Client, Entropy, PersonId, PostingNo, Role, Seeded, SystemClock, SystemEntropy};
use ledger::{AccountNo, Recount};
use pen::{Envelope, Failure, Options, Outcome, Pen, Request, Setup, Started};
use store::{Readers, Target, spawn_wal_checkpointer};
use tokio::sync::oneshot;

use self::town::{Command, Reply, TransferTown};
use super::cluster::Cluster;
use super::report::{Engine, Folder, Report, engine_version, millis, per_second, percentile, seconds};

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Into which engine.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// How many transfers.
    #[arg(long, default_value_t = 2_000_000)]
    transfers: u64,
    /// How many share a commit.
    #[arg(long, default_value_t = 8_189)]
    batch: usize,
    /// Between how many purses.
    #[arg(long, default_value_t = 10_000)]
    accounts: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// The database is made in a fresh folder in here, and removed afterwards.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// An empty database of a running server; without it a throw-away cluster is started.
    #[arg(long)]
    postgres: Option<String>,
}

/// What each purse begins with, in won.
const FUNDS: i64 = 1_000_000;
/// Transfers are of 1 to this many won.
const MOST: u64 = 1_000;
/// Wishes are made (off the clock) in portions of this many.
const PORTION: u64 = 2_000_000;
/// So many keys are sent again at the end.
const REPEATS: u64 = 100;
/// Programs that send the wishes.
const CLIENTS: u64 = 64;

type Wish = (Request, Command);

/// A wish that is sent again at the end, and the answer it had.
struct Sample {
    wish: Wish,
    answer: oneshot::Receiver<Outcome<Reply>>,
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    if args.batch == 0 || args.accounts < 2 || args.transfers == 0 {
        return Err("at least one transfer, two accounts, and one transfer a batch".into());
    }
    let parent = args.dir.clone().unwrap_or_else(|| match args.engine {
        Engine::Sqlite => PathBuf::from("."),
        // The server's user must be able to enter it.
        Engine::Postgres => std::env::temp_dir(),
    });
    let folder = Folder::fresh(&parent)?;
    let mut report = Report::of_machine(folder.path())?;
    let cluster = match (args.engine, &args.postgres) {
        (Engine::Postgres, None) => Some(Cluster::start(&parent)?),
        _ => None,
    };
    let target = match (args.engine, &args.postgres, &cluster) {
        (Engine::Sqlite, _, _) => Target::Sqlite(folder.path().join("city.sqlite")),
        (_, Some(url), _) => Target::Postgres(url.clone()),
        (_, None, Some(cluster)) => Target::Postgres(cluster.url().to_owned()),
        (_, None, None) => return Err("no PostgreSQL".into()),
    };
    let mut bench = Bench::open(args, &target, folder.path())?;
    report.tell("engine", engine_version(&target)?);
    if cluster.is_some() {
        report.tell("engine_settings", Cluster::settings());
    }
    report.tell("runs", "in process, through the pen; checkpoints on");
    report.tell(
        "row",
        "posting: 14 columns with key, input hash and facts; entry: 9 columns with both balances after",
    );
    bench.fund()?;
    bench.transfer()?;
    bench.tell(&mut report);
    bench.check(&target, &mut report)?;
    report.print(args.json);
    Ok(())
}

struct Bench<'a> {
    args: &'a Args,
    pen: Pen<TransferTown>,
    checkpointer: pen::Checkpointer,
    wal: store::WalKeeper,
    random: Seeded,
    batches: Vec<Duration>,
    samples: Vec<Sample>,
}

impl<'a> Bench<'a> {
    fn open(args: &'a Args, target: &Target, folder: &Path) -> Result<Bench<'a>, Box<dyn Error>> {
        let options = Options { group: args.batch, ..Options::default() };
        let setup = Setup {
            target,
            migrations: &[],
            checkpoints: &folder.join("checkpoints"),
            clock: Arc::new(SystemClock),
            entropy: Box::new(SystemEntropy::new()?),
            nonces: Box::new(SystemEntropy::new()?),
            options,
            accept_clock: false,
            use_checkpoint: true,
        };
        let Started { pen, checkpoints, report } = pen::start(TransferTown::new()?, setup)?;
        if report.accounts > 0 {
            return Err("the database is not empty: name a fresh one".into());
        }
        let wal = spawn_wal_checkpointer(target)?;
        let checkpointer = checkpoints.spawn::<TransferTown>(pen.shared(), options.checkpoint_every)?;
        let random = Seeded::new(1);
        Ok(Bench { args, pen, checkpointer, wal, random, batches: Vec::new(), samples: Vec::new() })
    }

    /// Opens all purses, off the clock.
    fn fund(&mut self) -> Result<(), Box<dyn Error>> {
        let mut group = Vec::new();
        for index in 0..self.args.accounts {
            let command = Command::Fund(person(index), FUNDS);
            let request = self.request(&command);
            group.push(Envelope { request, command, reply: None });
        }
        self.pen.run(group);
        let opened = self.pen.shared().read().books.accounts() as u64;
        if opened == self.args.accounts + 1 { Ok(()) } else { Err("the purses could not be opened".into()) }
    }

    fn transfer(&mut self) -> Result<(), Box<dyn Error>> {
        let mut left = self.args.transfers;
        while left > 0 {
            let portion = left.min(PORTION);
            let mut groups = self.portion(portion);
            // Taken from the end, first made first.
            groups.reverse();
            while let Some(group) = groups.pop() {
                let start = Instant::now();
                self.pen.run(group);
                self.batches.push(start.elapsed());
                if self.pen.stopped() {
                    return Err("the pen has stopped".into());
                }
            }
            left -= portion;
        }
        Ok(())
    }

    /// Makes wishes, grouped as they will be sent.
    fn portion(&mut self, transfers: u64) -> Vec<Vec<Envelope<TransferTown>>> {
        let sample_every = (self.args.transfers / REPEATS).max(1);
        let mut groups = Vec::new();
        let mut group = Vec::with_capacity(self.args.batch);
        for index in 0..transfers {
            let (from, to) = self.pair();
            let amount = 1 + self.random.below(MOST).cast_signed();
            let command = Command::Transfer { from, to, amount };
            let request = self.request(&command);
            let reply = index.is_multiple_of(sample_every).then(|| {
                let (reply, answer) = oneshot::channel();
                self.samples.push(Sample { wish: (request.clone(), command), answer });
                reply
            });
            group.push(Envelope { request, command, reply });
            if group.len() == self.args.batch {
                groups.push(std::mem::replace(&mut group, Vec::with_capacity(self.args.batch)));
            }
        }
        if !group.is_empty() {
            groups.push(group);
        }
        groups
    }

    fn pair(&mut self) -> (PersonId, PersonId) {
        let from = self.random.below(self.args.accounts);
        let step = 1 + self.random.below(self.args.accounts - 1);
        (person(from), person((from + step) % self.args.accounts))
    }

    /// A key as programs draw them, and a hash as the edge makes it.
    fn request(&mut self, command: &Command) -> Request {
        let client = Client(1 + self.random.below(CLIENTS));
        let key = format!("req-{:016x}", self.random.next_u64());
        Request { actor: Actor::new(Role::System, client), key, input_hash: hash(command) }
    }

    fn tell(&mut self, report: &mut Report) {
        let total: Duration = self.batches.iter().sum();
        self.batches.sort_unstable();
        report.tell("transfers", self.args.transfers);
        report.tell("accounts", self.args.accounts);
        report.tell("batch", self.args.batch);
        report.tell("seconds", seconds(total));
        report.tell("transfers_per_second", per_second(self.args.transfers, total));
        report.tell("batch_p50_ms", millis(percentile(&self.batches, 50)));
        report.tell("batch_p99_ms", millis(percentile(&self.batches, 99)));
        report.tell("batch_max_ms", millis(percentile(&self.batches, 100)));
    }

    /// Trusts nothing of what was measured: counts the journal again, and sends keys again.
    fn check(mut self, target: &Target, report: &mut Report) -> Result<(), Box<dyn Error>> {
        let wanted = self.args.transfers + self.args.accounts;
        self.recount(target, wanted)?;
        report.tell("recounted", format!("{wanted} postings and entries; all balances agree"));
        let repeated = self.repeat()?;
        self.recount(target, wanted)?;
        report.tell("repeated_keys", format!("{repeated} sent again, answered alike, nothing written"));
        let Bench { pen, checkpointer, wal, .. } = self;
        checkpointer.stop();
        drop(pen);
        wal.stop()?;
        Ok(())
    }

    fn recount(&self, target: &Target, wanted: u64) -> Result<(), Box<dyn Error>> {
        let readers = Readers::open(target, 1)?;
        let shared = self.pen.shared();
        let mut postings = 0;
        let mut entries = 0;
        readers.read(|snapshot| {
            let mut accounts = Vec::new();
            snapshot.for_each_account(AccountNo(0), &mut |row| {
                accounts.push(row.account);
                Ok(())
            })?;
            let mut recount = Recount::new(accounts);
            snapshot.for_each_posting(PostingNo(1), None, &mut |posting, its| {
                postings += 1;
                entries += its.len() as u64;
                recount.posting(&posting, its).map_err(store::Error::other)
            })?;
            recount.compare(&shared.read().books).map_err(store::Error::other)
        })?;
        if postings == wanted && entries == wanted {
            Ok(())
        } else {
            Err(format!("{wanted} were asked for; the journal has {postings} postings, {entries} entries")
                .into())
        }
    }

    /// Sends the samples' keys once more: each must have its first answer; and with another amount: refused.
    fn repeat(&mut self) -> Result<usize, Box<dyn Error>> {
        let mut samples = std::mem::take(&mut self.samples);
        samples.truncate(REPEATS as usize);
        let count = samples.len();
        for Sample { wish: (request, command), mut answer } in samples {
            let first = answer.try_recv()?;
            if first.is_err() {
                return Err(format!("a transfer was refused: {first:?}").into());
            }
            if self.ask(request.clone(), command)? != first {
                return Err("a repeated key was answered differently".into());
            }
            let other = Request { input_hash: [0; 16], ..request };
            match self.ask(other, command)? {
                Err(Failure::Refused(refusal)) if refusal.code == "key.reused" => {}
                odd => return Err(format!("another wish under a used key was answered {odd:?}").into()),
            }
        }
        Ok(count)
    }

    fn ask(&mut self, request: Request, command: Command) -> Result<Outcome<Reply>, Box<dyn Error>> {
        let (reply, mut answer) = oneshot::channel();
        self.pen.run(vec![Envelope { request, command, reply: Some(reply) }]);
        Ok(answer.try_recv()?)
    }
}

/// Purses belong to persons with ids as random as the city's.
fn person(index: u64) -> PersonId {
    PersonId(mix(index))
}

/// Sixteen bytes that depend on all of the command; the edge takes them from a SHA-256, which is not the pen's work.
fn hash(command: &Command) -> [u8; 16] {
    let (first, second) = match *command {
        Command::Fund(person, amount) => (person.0, amount.cast_unsigned()),
        Command::Transfer { from, to, amount } => (from.0 ^ amount.cast_unsigned(), to.0),
    };
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&mix(first).to_le_bytes());
    bytes[8..].copy_from_slice(&mix(second ^ mix(first)).to_le_bytes());
    bytes
}

/// The finisher of SplitMix64: a bijection that looks random.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
