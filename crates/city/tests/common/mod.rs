//! A small city for tests: real pack, real engines, a clock moved by hand.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

#[expect(dead_code, reason = "the rest is what the tests of the program read")]
pub mod everything;

use std::path::Path;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use base::{Actor, CardId, Client, Instant, MerchantId, PersonId, PostingNo, Role, Seeded, Zone, date};
use city::clock::HandClock;
use city::open::{CantOpen, City, Opening, prepare};
use city::pack::{Kept, read_folder};
use city::verify::{Counted, recount};
use city::{
    CardRef, CityMemory, CityView, Command, NewCard, NewMerchant, NewPerson, NewSpending, OnGiving,
    OnPayouts, Payee, Reply,
};
use economy::{CardKind, Class, Facts};
use pen::{Checkpoints, Envelope, Failure, Options, Pen, Recorded, Report, Request, Shared, Started};
use store::{Readers, Target};
use testkit::{Engine, Place, TempDir, wait_for};

pub struct TestCity {
    pub pen: Pen<CityMemory>,
    pub clock: Arc<HandClock>,
    pub target: Target,
    pub place: Place,
    pub folder: TempDir,
    pub zone: Zone,
    pub report: Report,
    pub checkpoints: Option<Checkpoints>,
    keys: u64,
}

/// Wraps the data keys of tests.
pub fn masters() -> vault::Masters {
    vault::Masters::new([vault::MasterKey::new([7; 32])]).unwrap()
}

pub fn pack() -> Kept {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju");
    Kept { files: read_folder(&folder).unwrap(), scale: (1, 1) }
}

pub fn target(place: &Place) -> Target {
    match place.engine() {
        Engine::Sqlite => Target::Sqlite(place.location().into()),
        Engine::Postgres => Target::Postgres(place.location().to_string()),
    }
}

pub fn opening(target: Target, folder: &Path, clock: Arc<dyn base::Clock>, seed: u64) -> Opening {
    Opening {
        target,
        checkpoints: folder.join("checkpoints"),
        access: folder.join("access.sqlite"),
        pack: pack(),
        pin_key: [7; 32],
        masters: masters(),
        clock,
        entropy: Box::new(Seeded::new(seed)),
        nonces: Box::new(Seeded::new(seed ^ 0xffff)),
        options: Options::default(),
        accept_clock: true,
        use_checkpoint: true,
    }
}

impl TestCity {
    /// Opens a new city at 2021-02-23 09:00.
    pub fn new(place: Place) -> TestCity {
        TestCity::through(target(&place), place)
    }

    /// The same, by another way to the place.
    pub fn through(target: Target, place: Place) -> TestCity {
        TestCity::under(target, place, pack())
    }

    /// The same, under other rules.
    pub fn under(target: Target, place: Place, pack: Kept) -> TestCity {
        let zone = Zone::named("Asia/Seoul").unwrap();
        let clock = Arc::new(HandClock::at(zone.instant(date(2021, 2, 23), 9, 0)));
        let folder = TempDir::new();
        let wish = Opening { pack, ..opening(target.clone(), folder.path(), clock.clone(), 1) };
        let Started { pen, checkpoints, report } = prepare(wish).unwrap();
        let checkpoints = Some(checkpoints);
        TestCity { pen, clock, target, place, folder, zone, report, checkpoints, keys: 0 }
    }

    pub fn on(&mut self, year: i16, month: i8, day: i8) {
        self.clock.set(self.zone.instant(date(year, month, day), 12, 0));
    }

    pub fn now(&self) -> Instant {
        base::Clock::now(self.clock.as_ref())
    }

    pub fn ask_all(&mut self, group: Vec<(Request, Command)>) -> Vec<Result<Reply, Failure>> {
        let mut answers = Vec::new();
        let group = group
            .into_iter()
            .map(|(request, command)| {
                let (reply, answer) = tokio::sync::oneshot::channel();
                answers.push(answer);
                Envelope { request, command, reply: Some(reply) }
            })
            .collect();
        self.pen.run(group);
        answers.into_iter().map(|mut answer| answer.try_recv().unwrap()).collect()
    }

    pub fn ask_as(&mut self, role: Role, key: &str, command: Command) -> Result<Reply, Failure> {
        let request = request(role, key, &command);
        self.ask_all(vec![(request, command)]).pop().unwrap()
    }

    pub fn ask(&mut self, role: Role, command: Command) -> Result<Reply, Failure> {
        self.keys += 1;
        let key = format!("test-{}", self.keys);
        self.ask_as(role, &key, command)
    }

    /// Many people at once, each with a card and so much on it.
    pub fn people(&mut self, count: usize, won: i64) -> Vec<(PersonId, CardId)> {
        let wish = |number| {
            let card = Some(NewCard { kind: CardKind::Phone });
            let wish =
                NewPerson { name: "이영희".into(), phone: None, birth_day: None, district: None, card };
            let command = Command::Enrol(wish);
            (request(Role::System, &format!("enrol-{number}"), &command), command)
        };
        let enrolled = self.ask_all((0..count).map(wish).collect());
        let people: Vec<_> = enrolled
            .into_iter()
            .map(|reply| match facts(reply) {
                Facts::Card { card, person, .. } => (person, card),
                other => panic!("{other:?}"),
            })
            .collect();
        let top_up = |who: &(PersonId, CardId)| {
            let command = Command::TopUp { person: who.0, amount: won };
            (request(Role::Citizen(who.0), &format!("top-up-{}", who.0), &command), command)
        };
        let topped_up = self.ask_all(people.iter().map(top_up).collect());
        assert!(topped_up.iter().all(Result::is_ok), "{:?}", topped_up.first());
        people
    }

    /// All that lies on the accounts of a class.
    pub fn sum(&self, class: Class) -> i64 {
        let shared = self.pen.shared();
        let view = shared.read();
        let all = view.books.iter().filter(|(_, account, _)| account.key.class.0 == class as u8);
        all.map(|(_, _, state)| state.balance).sum()
    }

    pub fn person(&mut self) -> (PersonId, CardId) {
        let wish = NewPerson {
            name: "김순자".into(),
            phone: None,
            birth_day: Some(-9_800),
            district: Some("4511153000".into()),
            card: Some(NewCard { kind: CardKind::Plastic }),
        };
        match facts(self.ask(Role::System, Command::Enrol(wish))) {
            Facts::Card { card, person, .. } => (person, card),
            other => panic!("{other:?}"),
        }
    }

    pub fn shop(&mut self, number: &str, trade: &str) -> MerchantId {
        let wish = NewMerchant {
            name: "남부시장 반찬".into(),
            business_number: number.into(),
            trade: trade.into(),
            district: "4511153000".into(),
            sales: Some(base::Won(80_000_000)),
            owner: None,
        };
        match facts(self.ask(Role::System, Command::Join(wish))) {
            Facts::Shop { merchant, .. } => {
                self.account(Payee::Shop(merchant));
                merchant
            }
            other => panic!("{other:?}"),
        }
    }

    /// Says where a shop's or a person's payouts go.
    pub fn account(&mut self, payee: Payee) {
        let command = Command::OnPayouts(OnPayouts::SetAccount {
            payee,
            bank: "037".into(),
            number: "1013-01-0000001".into(),
            holder: "남부시장 반찬".into(),
            seen: true,
        });
        facts(self.ask(Role::Officer, command));
    }

    pub fn vote(&mut self, budget: &str, amount: i64) {
        facts(self.ask(Role::Officer, Command::Vote { budget: budget.into(), amount }));
    }

    pub fn top_up(&mut self, person: PersonId, amount: i64) -> Facts {
        facts(self.ask(Role::Citizen(person), Command::TopUp { person, amount }))
    }

    pub fn pay(
        &mut self,
        who: (PersonId, CardId),
        merchant: MerchantId,
        amount: i64,
    ) -> Result<Reply, Failure> {
        let card = CardRef::Id(who.1);
        self.ask(Role::Citizen(who.0), Command::Pay { card, merchant, amount, pin: None, order: None })
    }
}

/// The same city with its pen on a thread of its own, for callers from everywhere at once.
pub struct Live {
    pub city: City,
    pub clock: Arc<HandClock>,
    pub target: Target,
    pub place: Place,
    pub folder: TempDir,
}

impl TestCity {
    /// Ends this one and opens it as in earnest.
    pub fn live(self) -> Live {
        let TestCity { pen, clock, target, place, folder, .. } = self;
        drop(pen);
        let city = City::open(opening(target.clone(), folder.path(), clock.clone(), 2)).unwrap();
        Live { city, clock, target, place, folder }
    }

    /// Ends it and starts it again; another seed for the ids to come.
    pub fn again(self, seed: u64) -> TestCity {
        let TestCity { pen, clock, target, place, folder, zone, keys, .. } = self;
        drop(pen);
        TestCity { keys, ..TestCity::back(target, place, folder, clock, zone, seed) }
    }

    /// Opens what an earlier city left.
    pub fn back(
        target: Target,
        place: Place,
        folder: TempDir,
        clock: Arc<HandClock>,
        zone: Zone,
        seed: u64,
    ) -> TestCity {
        // PostgreSQL may need a moment to let go of the earlier one's lock.
        let started = wait_for("the leader lock", Duration::from_secs(10), || {
            match prepare(opening(target.clone(), folder.path(), clock.clone(), seed)) {
                Err(CantOpen::Store(store::Error::LeaderAlive)) => None,
                prepared => Some(prepared.unwrap()),
            }
        });
        let Started { pen, checkpoints, report } = started;
        let checkpoints = Some(checkpoints);
        TestCity { pen, clock, target, place, folder, zone, report, checkpoints, keys: 0 }
    }
}

impl Live {
    /// Sends all of these at once, each from a thread of its own; answers in the order of the wishes.
    pub fn at_once(&self, wishes: Vec<(Request, Command)>) -> Vec<Result<Reply, Failure>> {
        let start = Barrier::new(wishes.len());
        std::thread::scope(|scope| {
            let threads: Vec<_> = wishes
                .into_iter()
                .map(|(request, command)| {
                    scope.spawn(|| {
                        start.wait();
                        self.city.ask_waiting(request, command)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    /// Closes it, counts everything again from the journal, and compares with what readers saw last.
    pub fn close(self) -> Counted {
        let Live { city, target, place, folder, .. } = self;
        let shared = city.shared.clone();
        city.close().unwrap();
        let counted = count(&target, &shared.read().books);
        drop((place, folder));
        counted
    }
}

/// What readers see in memory.
pub fn state(shared: &Shared<CityView>) -> String {
    let view = shared.read();
    let books: Vec<_> = view.books.iter().collect();
    let town = &view.town;
    let mut taken: Vec<_> = town.open.taken.iter().collect();
    taken.sort_unstable();
    format!(
        "{} {:?} {books:?} {:?} {taken:?} {:?} {:?} {:?} {:?} {:?} {:?} {} {:?} {:?}",
        view.requests,
        view.at,
        town.stats,
        town.open.holds,
        town.directory.holders(),
        town.directory.cards(),
        town.directory.shops(),
        town.directory.helpers,
        town.claims.all().collect::<Vec<_>>(),
        town.claims.next(),
        town.directory.giving,
        town.unasked.all(),
    )
}

/// Counts the journal again; it must agree with these books.
pub fn count(target: &Target, books: &ledger::Books) -> Counted {
    let readers = Readers::open(target, 1).unwrap();
    readers.read(|snapshot| Ok(recount(snapshot, Some(books), &mut |_| ()).unwrap())).unwrap()
}

pub fn request(role: Role, key: &str, command: &Command) -> Request {
    Request { actor: Actor::new(role, Client(1)), key: key.into(), input_hash: command.input_hash() }
}

pub fn facts(reply: Result<Reply, Failure>) -> Facts {
    match reply.unwrap() {
        Reply::Done { facts, .. } => facts,
        other => panic!("{other:?}"),
    }
}

pub fn posting(reply: &Result<Reply, Failure>) -> PostingNo {
    match reply {
        Ok(Reply::Done { recorded: Recorded::Posting(no), .. }) => *no,
        other => panic!("{other:?}"),
    }
}

pub fn refusal(reply: Result<Reply, Failure>) -> &'static str {
    match reply {
        Err(Failure::Refused(refusal)) | Ok(Reply::Counted(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

/// What the Community Chest spends of a purpose, with its document.
pub fn spending(purpose: u16, amount: i64) -> OnGiving {
    OnGiving::Spend(NewSpending {
        purpose,
        amount,
        payee: "평화사회복지관".into(),
        what: "교재 인쇄".into(),
        document_name: "세금계산서.pdf".into(),
        document: b"%PDF".to_vec(),
        outcome: None,
    })
}
