//! What every handler shares.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use base::{Actor, Client, Entropy, Instant, PersonId, Role, SystemClock};
use calendar::Holidays;
use city::clock::CityClock;
use city::open::City;
use city::tokens::{self, Token};
use store::Snapshot;
use tokio::sync::watch;

use crate::codes::Withdrawn;
use crate::limits::{Limits, Rules};
use crate::pages::books::Check;
use crate::pages::shop::unpaid::Refused;
use crate::rehearsals::Rehearsals;

/// Keys that stand outside the database.
#[derive(Clone)]
pub struct Secrets {
    /// Signs cookies, form tokens and shop codes.
    pub signing: [u8; 32],
}

/// Someone to be with one click, in the demo only.
#[derive(Debug, Clone)]
pub struct DemoPersona {
    /// `citizen`, `merchant`, …: the form's value, and the key in `tokens.json`.
    pub key: String,
    /// The name to show.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// What a demo has besides.
pub struct Demo {
    /// The clock that can be stopped and moved.
    pub clock: Arc<CityClock>,
    /// Who can be entered as.
    pub personas: Vec<DemoPersona>,
}

/// In earnest, or for trying.
pub enum Mode {
    /// Real people, the real clock.
    Real,
    /// Personas, a clock to play with, a mark on every page.
    Demo(Demo),
}

/// The web floor's shared state.
pub struct App {
    /// The city.
    pub city: City,
    /// In earnest, or for trying.
    pub mode: Mode,
    /// Keys.
    pub secrets: Secrets,
    /// Public address, such as `http://127.0.0.1:8080`: it stands in QR codes, and decides whether cookies are secure.
    pub public_url: String,
    /// Business days.
    pub holidays: Holidays,
    /// True adds the endpoint that only parses, for measuring.
    pub measuring: bool,
    /// How much a caller may ask.
    pub limits: Limits,
    /// Whom a window may see: [`city::may::sees`].
    pub sees: fn(Actor, Option<&str>) -> bool,
    pub(crate) check: Mutex<Check>,
    pub(crate) rehearsals: Rehearsals,
    pub(crate) withdrawn: Withdrawn,
    /// The city's now when this server started.
    pub(crate) started: Instant,
    pub(crate) refused: Refused,
    pub(crate) closing: watch::Sender<bool>,
    tokens: RwLock<HashMap<[u8; 32], Actor>>,
    entropy: Mutex<Box<dyn Entropy>>,
}

impl App {
    /// Puts a city behind the web.
    pub fn new(
        city: City,
        mode: Mode,
        secrets: Secrets,
        public_url: String,
        entropy: Box<dyn Entropy>,
    ) -> Result<App, store::Error> {
        let pack = Arc::clone(&city.shared.read().town.pack);
        let (closing, _) = watch::channel(false);
        let started = city.clock.now();
        let app = App {
            city,
            mode,
            secrets,
            public_url,
            holidays: Holidays::new(pack.city.holidays()),
            measuring: false,
            limits: Limits::new(Rules::default(), Arc::new(SystemClock)),
            check: Mutex::new(Check::Never),
            rehearsals: Rehearsals::default(),
            sees: city::may::sees,
            withdrawn: Withdrawn::default(),
            started,
            refused: Refused::default(),
            closing,
            tokens: RwLock::new(HashMap::new()),
            entropy: Mutex::new(entropy),
        };
        app.load_tokens()?;
        Ok(app)
    }

    /// Reads all granted tokens.
    pub fn load_tokens(&self) -> Result<(), store::Error> {
        let all: Vec<Token> = self.city.readers.read(tokens::all)?;
        let map = all.into_iter().map(|t| (t.hash, Actor { role: t.role, client: t.client })).collect();
        *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = map;
        Ok(())
    }

    /// Who a token speaks for.
    pub(crate) fn actor_of(&self, token: &str) -> Option<Actor> {
        let hash = tokens::hash(token);
        self.tokens.read().unwrap_or_else(PoisonError::into_inner).get(&hash).copied()
    }

    /// 64 random bits.
    pub(crate) fn random(&self) -> u64 {
        self.entropy.lock().unwrap_or_else(PoisonError::into_inner).next_u64()
    }

    /// A fresh request key for a form.
    pub(crate) fn request_key(&self) -> String {
        format!("{:016x}{:016x}", self.random(), self.random())
    }

    /// The city's now.
    pub(crate) fn now(&self) -> Instant {
        self.city.clock.now()
    }

    /// Reads in one snapshot, off the async threads.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Snapshot<'_>) -> Result<T, store::Error> + Send + 'static,
    ) -> Result<T, store::Error> {
        let app = Arc::clone(self);
        tokio::task::spawn_blocking(move || app.city.readers.read(work)).await.map_err(store::Error::other)?
    }

    /// The client of a page's visitor: request keys are scoped to the person or shop, not to the browser, so that a
    /// key shown on one device can't be used twice from two.
    pub(crate) fn client_of(role: Role) -> Client {
        match role {
            Role::Citizen(PersonId(id)) => Client(id),
            Role::Merchant(shop) | Role::Till(shop) => Client(shop.0),
            Role::Clerk => Client(1),
            Role::Officer => Client(2),
            Role::Auditor => Client(3),
            Role::System => Client(0),
        }
    }

    /// Tells live streams to end, so that the server can.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }
}
