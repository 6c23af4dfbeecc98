//! A small city, opened once in this process before the server has it: people with money on their cards, shops,
//! tokens, and a configuration.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;

use base::{
    Actor, CardId, Client, Entropy, Instant, MerchantId, PersonId, Role, Seeded, SystemClock, SystemEntropy,
    Won,
};
use city::clock::HandClock;
use city::open::{CantOpen, City, Opening};
use city::pack::{Kept, read_folder};
use city::{Command, NewCard, NewMerchant, NewPerson, Reply, tokens};
use economy::{CardKind, Facts};
use pen::{Options, Request};
use store::Target;
use testkit::{Database, Engine, TempDir, wait_for};

use super::server::{LOCK, ongoeul};

/// Won on each card at the beginning.
pub const FUNDED: i64 = 1_000_000;
/// Citizens; under load each pays over a connection of its own.
pub const CITIZENS: usize = 6;

pub struct Citizen {
    pub person: String,
    pub card: String,
    pub token: String,
}

pub struct Shop {
    pub id: String,
    /// A till's token.
    pub token: String,
}

pub struct Town {
    pub dir: TempDir,
    pub config: PathBuf,
    pub target: Target,
    pub citizens: Vec<Citizen>,
    pub shops: Vec<Shop>,
    pub clerk: String,
    pub auditor: String,
    pub officer: String,
    /// The first shop's owner.
    pub owner: String,
    /// On PostgreSQL.
    pub database: Option<Database>,
}

pub fn pack_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju")
}

impl Town {
    /// Makes the city on an engine.
    pub fn on(engine: Engine) -> Town {
        Town::in_database((engine == Engine::Postgres).then(|| testkit::postgres().database()))
    }

    /// Makes the city in a database of PostgreSQL, or on SQLite.
    pub fn in_database(database: Option<Database>) -> Town {
        let dir = TempDir::new();
        let target = target(database.as_ref(), &dir);
        Town::founded((dir, target), database)
    }

    /// Makes a city that began at an instant, and in which this has happened since.
    pub fn with_past(engine: Engine, begin: Instant, past: impl FnOnce(&City, &HandClock)) -> Town {
        let database = (engine == Engine::Postgres).then(|| testkit::postgres().database());
        let dir = TempDir::new();
        let target = target(database.as_ref(), &dir);
        let clock = Arc::new(HandClock::at(begin));
        let city = open_by(clock.clone(), &target, dir.path(), &dir.path().join("access.sqlite")).unwrap();
        past(&city, &clock);
        city.close().unwrap();
        Town::founded((dir, target), database)
    }

    /// People and shops of today, with their tokens.
    fn founded((dir, target): (TempDir, Target), database: Option<Database>) -> Town {
        let config = dir.path().join("ongoeul.toml");
        let city = alone(&target, dir.path(), &dir.path().join("access.sqlite"));
        let mut founder = Founder { city: &city, entropy: Seeded::new(7) };
        founder.ask(Command::Vote { budget: "cashback-2024".into(), amount: 1_000_000_000 });
        let citizens = (0..CITIZENS).map(|_| founder.citizen()).collect();
        let shops: Vec<Shop> = ["123-45-67891", "220-81-62517"].map(|number| founder.shop(number)).into();
        let clerk = founder.token("clerk", None);
        let auditor = founder.token("auditor", None);
        let officer = founder.token("officer", None);
        let owner = founder.token("merchant", Some(shops[0].id.clone()));
        city.close().unwrap();
        let town = Town { dir, config, target, citizens, shops, clerk, auditor, officer, owner, database };
        town.write_secrets("ab");
        town.configure(town.url());
        town
    }

    /// Opens it in this process, once the one before is gone for the database too. As on another machine: that one has
    /// an access ledger of its own.
    pub fn open(&self) -> City {
        alone(&self.target, self.dir.path(), &self.dir.path().join("elsewhere.sqlite"))
    }

    /// Something small that another writer commits.
    pub fn vote(&self, city: &City) {
        Founder { city, entropy: Seeded::new(8) }
            .ask(Command::Vote { budget: "cashback-2024".into(), amount: 1_000 });
    }

    /// The database's address; `None` on SQLite.
    pub fn url(&self) -> Option<&str> {
        self.database.as_ref().map(Database::url)
    }

    /// Writes the configuration; the server may take another way to its database than we do.
    pub fn configure(&self, database: Option<&str>) {
        fs::write(&self.config, self.configuration(database, "127.0.0.1:0", &pack_folder())).unwrap();
    }

    pub fn configuration(&self, database: Option<&str>, listen: &str, pack: &Path) -> String {
        let database = database.map(|url| format!("database = \"{url}\"\n")).unwrap_or_default();
        format!(
            "listen = \"{listen}\"\npublic_url = \"http://test\"\ndata = \"{}\"\npack = \"{}\"\nsecrets = \"{}\"\n{database}",
            self.dir.path().display(),
            pack.display(),
            self.secrets().display(),
        )
    }

    pub fn secrets(&self) -> PathBuf {
        self.dir.path().join("secrets.toml")
    }

    /// Both keys, made of two hex digits.
    pub fn write_secrets(&self, byte: &str) {
        let key = byte.repeat(32);
        fs::write(
            self.secrets(),
            format!("signing = \"{key}\"\npins = \"{key}\"\nmasters = [\"{key}\"]\nseal = \"{key}\"\n"),
        )
        .unwrap();
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(self.secrets(), fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// The arguments that name this city to `verify`.
    pub fn verify_arguments(&self) -> Vec<String> {
        let mut arguments =
            vec!["verify".to_owned(), "--dir".to_owned(), self.dir.path().display().to_string()];
        if let Some(url) = self.url() {
            arguments.extend(["--postgres".to_owned(), url.to_owned()]);
        }
        arguments
    }
}

fn target(database: Option<&Database>, dir: &TempDir) -> Target {
    match database {
        Some(database) => Target::Postgres(database.url().to_owned()),
        None => Target::Sqlite(dir.path().join("city.sqlite")),
    }
}

/// Opens it now, once the one before is gone for the database too.
fn alone(target: &Target, dir: &Path, access: &Path) -> City {
    wait_for("the leader lock", LOCK, || match open_by(Arc::new(SystemClock), target, dir, access) {
        Err(CantOpen::Store(store::Error::LeaderAlive)) => None,
        opened => Some(opened.unwrap()),
    })
}

fn open_by(
    clock: Arc<dyn base::Clock>,
    target: &Target,
    dir: &Path,
    access: &Path,
) -> Result<City, CantOpen> {
    City::open(Opening {
        target: target.clone(),
        checkpoints: dir.join("checkpoints"),
        access: access.to_owned(),
        pack: Kept { files: read_folder(&pack_folder()).unwrap(), scale: (1, 1) },
        pin_key: [0xab; 32],
        masters: vault::Masters::new([vault::MasterKey::new([0xab; 32])]).unwrap(),
        clock,
        entropy: Box::new(SystemEntropy::new().unwrap()),
        nonces: Box::new(SystemEntropy::new().unwrap()),
        options: Options::default(),
        accept_clock: false,
        use_checkpoint: true,
    })
}

struct Founder<'a> {
    city: &'a City,
    entropy: Seeded,
}

impl Founder<'_> {
    fn ask(&mut self, command: Command) -> Facts {
        let actor = Actor::new(Role::System, Client(0));
        let request = Request { actor, key: String::new(), input_hash: command.input_hash() };
        match self.city.ask_waiting(request, command).unwrap() {
            Reply::Done { facts, .. } => facts,
            other => panic!("{other:?}"),
        }
    }

    fn citizen(&mut self) -> Citizen {
        let card = Some(NewCard { kind: CardKind::Phone });
        let wish = NewPerson { name: "이영희".into(), phone: None, birth_day: None, district: None, card };
        let (person, card): (PersonId, CardId) = match self.ask(Command::Enrol(wish)) {
            Facts::Card { card, person, .. } => (person, card),
            other => panic!("{other:?}"),
        };
        self.ask(Command::TopUp { person, amount: FUNDED });
        let token = self.token("citizen", Some(person.to_string()));
        Citizen { person: person.to_string(), card: card.to_string(), token }
    }

    fn shop(&mut self, number: &str) -> Shop {
        let wish = NewMerchant {
            name: "남부시장 반찬".into(),
            business_number: number.into(),
            trade: "market-food".into(),
            district: "4511153000".into(),
            sales: Some(Won(80_000_000)),
            owner: None,
        };
        let id: MerchantId = match self.ask(Command::Join(wish)) {
            Facts::Shop { merchant, .. } => merchant,
            other => panic!("{other:?}"),
        };
        Shop { token: self.token("till", Some(id.to_string())), id: id.to_string() }
    }

    fn token(&mut self, role: &str, subject: Option<String>) -> String {
        let token = format!("ogl_{:016x}{:016x}", self.entropy.next_u64(), self.entropy.next_u64());
        let hash = tokens::hash(&token);
        self.ask(Command::Grant(city::NewToken {
            hash,
            role: role.into(),
            subject,
            district: None,
            name: "test".into(),
        }));
        token
    }
}

/// Runs `ongoeul keys` on a town's configuration.
pub fn keys(town: &Town, arguments: &[&str]) -> Output {
    let all = [&["keys"], arguments, &["--config", town.config.to_str().unwrap()]].concat();
    ongoeul(&all)
}
