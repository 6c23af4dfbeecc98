//! What every handler shares.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use base::{Actor, Client, Entropy, GrantId, Instant, PersonId, Role, SystemClock};
use city::build::Life;
use city::clock::CityClock;
use city::open::City;
use city::{Command, NewGrant, Reply};
use economy::Facts;
use rules::{Reach, RoleRule};
use store::Snapshot;
use tokio::sync::watch;

use crate::auth;
use crate::codes::Withdrawn;
use crate::limits::{Limits, Rules};
use crate::pages::books::Check;
use crate::pages::coupons::Imports;
use crate::pages::shop::unpaid::Refused;
use crate::rehearsals::Rehearsals;
use crate::send::Outlets;
use crate::uses::TokenUses;
use crate::vouched::{House, VouchingHouse};
use crate::watch::Watch;
use crate::ways::Ways;

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
    /// The neighbourhood their role reaches, where it reaches only one.
    pub district: Option<String>,
    /// The role's id in the pack, where it isn't the first of its kind.
    pub duty: Option<String>,
}

/// What a demo has besides.
pub struct Demo {
    /// The clock that can be stopped and moved.
    pub clock: Arc<CityClock>,
    /// What the town is at; a jump of the clock is wanted here, and carried out by whoever runs the demo.
    pub life: Arc<Life>,
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
    /// True adds the endpoint that only parses, for measuring.
    pub measuring: bool,
    /// How much a caller may ask.
    pub limits: Limits,
    /// The ways by which people and shops' programs are told of things.
    pub outlets: Outlets,
    /// Whom a window may see: [`city::may::sees`].
    pub sees: fn(&Actor, Option<u8>) -> bool,
    pub(crate) check: Mutex<Check>,
    pub(crate) rehearsals: Rehearsals,
    pub(crate) withdrawn: Withdrawn,
    /// The city's now when this server started.
    pub(crate) started: Instant,
    /// What people have begun on their way in.
    pub(crate) ways: Ways,
    /// The role that each persona of a demo was given, by their keys.
    pub(crate) personas: Vec<(String, GrantId)>,
    /// When each token was used last.
    token_uses: TokenUses,
    pub(crate) refused: Refused,
    /// Lists of people that were checked and not begun yet.
    pub(crate) imports: Imports,
    pub(crate) closing: watch::Sender<bool>,
    pub(crate) watch: Arc<Watch>,
    entropy: Mutex<Box<dyn Entropy>>,
}

impl App {
    /// Puts a city behind the web.
    pub fn new(
        city: City,
        mode: Mode,
        secrets: Secrets,
        public_url: String,
        mut entropy: Box<dyn Entropy>,
    ) -> Result<App, store::Error> {
        let pack = Arc::clone(&city.shared.read().town.pack);
        let (closing, _) = watch::channel(false);
        let started = city.clock.now();
        let personas = match &mode {
            Mode::Real => Vec::new(),
            Mode::Demo(demo) => persona_grants(&city, &demo.personas)?,
        };
        let ways = Ways::at(&public_url, &pack.city.card_name.ko);
        // A demo lets everybody in without.
        if matches!(mode, Mode::Real) && !ways.passkeys.are_here() {
            tracing::warn!(public_url, "no passkeys here: they need https and a name (or localhost)");
        }
        let token_uses = TokenUses::open(&city.token_uses);
        let app = App {
            city,
            mode,
            secrets,
            public_url,
            measuring: false,
            limits: Limits::new(Rules::default(), Arc::new(SystemClock)),
            check: Mutex::new(Check::Never),
            rehearsals: Rehearsals::default(),
            outlets: Outlets::default(),
            sees: city::may::sees,
            withdrawn: Withdrawn::default(),
            started,
            ways,
            personas,
            token_uses,
            refused: Refused::default(),
            imports: Imports::default(),
            closing,
            watch: Arc::new(Watch::new([entropy.next_u64(), entropy.next_u64()])),
            entropy: Mutex::new(entropy),
        };
        Ok(app)
    }

    /// The houses that vouch for people here. Nothing is asked of them before somebody goes there.
    pub fn vouched_by(&mut self, houses: Vec<VouchingHouse>) -> Result<(), String> {
        let all = houses.into_iter().map(|house| House::new(house, &self.public_url));
        self.ways.houses = all.collect::<Result<Vec<_>, _>>()?;
        let mut ids: Vec<&str> = self.ways.houses.iter().map(|house| house.config.id.as_str()).collect();
        ids.sort_unstable();
        match ids.windows(2).find(|two| two[0] == two[1]) {
            Some(two) => Err(format!("oidc: two houses are called {:?}", two[0])),
            None => Ok(()),
        }
    }

    /// The role a persona of the demo was given.
    pub(crate) fn persona_grant(&self, key: &str) -> Option<GrantId> {
        self.personas.iter().find(|(known, _)| known == key).map(|(_, grant)| *grant)
    }

    /// Who a token speaks for, while the role given with it holds.
    pub(crate) fn actor_of(&self, token: &str) -> Option<Actor> {
        self.actor_of_hash(&auth::hash_behind(self, token)?)
    }

    /// The same, by the token's hash.
    pub(crate) fn actor_of_hash(&self, hash: &[u8; 32]) -> Option<Actor> {
        let now = self.now();
        let view = self.city.shared.read();
        let actor = view.town.doors.bearer(hash, now, view.town.zone.day_number(now), &view.town.pack)?;
        drop(view);
        self.token_uses.note(actor.client, now);
        Some(actor)
    }

    /// Keeps what is known of it across starts. Blocks.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn keep_token_uses(&self) -> std::io::Result<()> {
        let now = self.now();
        let lasting: HashSet<Client> = {
            let view = self.city.shared.read();
            view.town.doors.tokens(now).iter().map(|token| token.client).collect()
        };
        self.token_uses.keep(|client| lasting.contains(&client))
    }

    /// When a token was used last, as far as is known.
    pub(crate) fn last_use(&self, client: Client) -> Option<Instant> {
        self.token_uses.last(client)
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
            Role::Organisation(id) => Client(id.0),
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

/// Personas are accounts of the city like everyone's: opened and given their role once.
fn persona_grants(city: &City, personas: &[DemoPersona]) -> Result<Vec<(String, GrantId)>, store::Error> {
    let mut all: Vec<(String, GrantId)> = Vec::new();
    for persona in personas {
        let grant = persona_grant(city, persona, &all)?;
        all.push((persona.key.clone(), grant));
    }
    Ok(all)
}

/// The role that a persona comes in under: that of their own token, where they have one, else one that is nobody's yet. Two
/// personas of one role are two accounts.
fn persona_grant(
    city: &City,
    persona: &DemoPersona,
    others: &[(String, GrantId)],
) -> Result<GrantId, store::Error> {
    let (person, subject) = match persona.role {
        Role::Citizen(person) => (Some(person), None),
        Role::Merchant(shop) | Role::Till(shop) => (None, Some(shop.to_string())),
        Role::Organisation(id) => (None, Some(id.to_string())),
        _ => (None, None),
    };
    let (role, known, account) = {
        let view = city.shared.read();
        let reaches_one = |rule: &&RoleRule| (rule.reach == Reach::District) == persona.district.is_some();
        let mut rules = view.town.pack.roles.iter().filter(reaches_one);
        let role = rules.find(|rule| match &persona.duty {
            Some(duty) => rule.id == *duty,
            None => rule.kind.code() == persona.role.name(),
        });
        let role = role.map(|rule| rule.id.clone());
        let role = role.ok_or_else(|| store::Error::Shape(format!("no role for {}", persona.key)))?;
        let subject = subject.clone().or_else(|| person.map(|person| person.to_string()));
        let doors = &view.town.doors;
        let fits = |one: &&people::Grant| {
            one.role == role
                && one.subject == subject
                && one.district == persona.district
                && one.ended.is_none()
                && one.given_by.is_none()
                && others.iter().all(|(_, taken)| *taken != one.id)
        };
        let vault = &view.town.vault;
        let is_theirs = |one: &city::tokens::Token| one.called(vault).is_ok_and(|name| name == persona.key);
        let mut tokens = doors.tokens(city.clock.now()).into_iter();
        let own = tokens.find(|token| is_theirs(token)).and_then(|token| doors.grant(token.grant));
        let known = own.filter(fits).or_else(|| doors.grants().find(fits));
        let account = person.and_then(|person| view.town.doors.account_of(person)).map(|account| account.id);
        (role, known.map(|grant| grant.id), account)
    };
    if let Some(grant) = known {
        return Ok(grant);
    }
    let account = match account {
        Some(account) => account,
        None => match ask(city, Command::OpenAccount { person })? {
            Facts::Account { account, .. } => account,
            other => return Err(store::Error::Shape(format!("{other:?} is no account"))),
        },
    };
    let district = persona.district.clone();
    match ask(city, Command::GiveRole(NewGrant { account, role, subject, district, from: 0, until: None }))? {
        Facts::Role { grant, .. } => Ok(grant),
        other => Err(store::Error::Shape(format!("{other:?} is no role"))),
    }
}

fn ask(city: &City, command: Command) -> Result<Facts, store::Error> {
    let request = pen::Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    match city.ask_waiting(request, command) {
        Ok(Reply::Done { facts, .. }) => Ok(facts),
        other => Err(store::Error::Shape(format!("a persona can't come in: {other:?}"))),
    }
}
