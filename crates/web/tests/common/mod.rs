//! A small demo city behind its web floor, asked in process: no port, no client library.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod asked;
pub mod described;
pub mod since;
pub mod table;
mod visitor;

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use base::{Actor, CardId, MerchantId, PersonId, Role, Seeded, Zone, date};
use city::clock::{CityClock, HandClock};
use city::compartments::Keyring;
use city::open::{City, Opening};
use city::pack::{Kept, read_folder};
use city::{CardRef, Command, NewCard, NewMerchant, NewPerson, Reply, tokens};
use economy::{CardKind, Facts};
use pen::Options;
use store::Target;
use testkit::{Engine, Place, TempDir};
use tower::ServiceExt;
use web::{App, Demo, DemoPersona, Mode, Secrets};

pub use visitor::Browser;

/// A city with one citizen (100,000 won on a plastic card, PIN 1234), one shop, and a token a role.
pub struct Town {
    pub app: Arc<App>,
    pub router: Router,
    pub clock: Arc<CityClock>,
    pub citizen: PersonId,
    pub card: CardId,
    pub card_number: u64,
    pub shop: MerchantId,
    pub other_shop: MerchantId,
    last: Last,
    pub place: Place,
    folder: TempDir,
}

/// Holds on to the app until nobody else does, then lets the city end, and only then its place and folder go: a
/// rehearsal, say, holds it a moment longer than its answer takes.
pub struct Last(Option<Arc<App>>);

impl Drop for Last {
    fn drop(&mut self) {
        let Some(app) = self.0.take() else { return };
        // What hangs is found by the test that made it hang, not by every test that follows.
        for _ in 0..5_000 {
            if Arc::strong_count(&app) == 1 {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        if !std::thread::panicking() {
            panic!("somebody holds on to the city");
        }
    }
}

/// A town that listens on a port of this machine, for real browsers; it stops when it is dropped.
pub struct Served {
    pub town: Town,
    /// Such as `http://127.0.0.1:41234`: also what its codes lead to.
    pub url: String,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    server: Option<std::thread::JoinHandle<()>>,
}

impl Served {
    pub fn start(engine: Engine) -> Served {
        Served::with(engine, |_| {})
    }

    /// In earnest, at a name that browsers make passkeys for.
    pub fn in_earnest(engine: Engine) -> Served {
        Served::at(engine, "localhost", |app| app.mode = Mode::Real)
    }

    /// The same, with its web floor set otherwise.
    pub fn with(engine: Engine, set: impl FnOnce(&mut App)) -> Served {
        Served::at(engine, "127.0.0.1", set)
    }

    /// The same, at a name.
    pub fn at(engine: Engine, host: &str, set: impl FnOnce(&mut App)) -> Served {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{host}:{}", listener.local_addr().unwrap().port());
        let town = Town::build(Place::fresh(engine), url.clone(), &["other"], set);
        let app = Arc::clone(&town.app);
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let server = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let stopped = async move { stopped.await.unwrap_or_default() };
                web::serve(app, listener, stopped).await.unwrap();
            });
        });
        Served { town, url, stop: Some(stop), server: Some(server) }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Dropping the sender is the sign to stop.
        drop(self.stop.take());
        if let Some(server) = self.server.take() {
            server.join().unwrap_or_default();
        }
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The code of a problem.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap().to_owned()
    }

    /// All a problem tells, but for the request's own number.
    pub fn told(&self) -> serde_json::Value {
        let mut told = self.json();
        told.as_object_mut().unwrap().remove("instance").unwrap();
        told
    }
}

pub fn ask(city: &City, role: Role, key: &str, command: Command) -> Reply {
    let actor = Actor::new(role, base::Client(9));
    let request = pen::Request { actor, key: key.into(), input_hash: command.input_hash() };
    city.ask_waiting(request, command).unwrap()
}

/// The token `token-{name}` for a role, in a neighbourhood where it reaches only one.
fn granted(name: &str, role: Role, district: Option<&str>) -> Command {
    let subject = match role {
        Role::Citizen(id) => Some(id.to_string()),
        Role::Merchant(id) | Role::Till(id) => Some(id.to_string()),
        Role::Organisation(id) => Some(id.to_string()),
        _ => None,
    };
    let hash = tokens::hash(&format!("token-{name}"));
    Command::Grant(city::NewToken {
        hash,
        role: role.name().into(),
        subject,
        district: district.map(str::to_owned),
        name: name.into(),
    })
}

/// A desk of one of the organisations the city began with.
fn spoken_for(city: &City, word: &str) -> Role {
    Role::Organisation(city.shared.read().town.directory.organisations.known_as(word).unwrap().id)
}

fn facts(reply: Reply) -> Facts {
    match reply {
        Reply::Done { facts, .. } => facts,
        other => panic!("{other:?}"),
    }
}

/// Wraps the data keys of tests.
pub fn masters() -> vault::Masters {
    vault::Masters::new([vault::MasterKey::new([7; 32])]).unwrap()
}

/// What a town can be built without, besides personas: the keys of its sealed compartments.
const COMPARTMENTS: &str = "compartments";

/// The key of the pack's sealed compartment.
fn keyring() -> Keyring {
    let own = vault::Masters::new([vault::MasterKey::new([9; 32])]).unwrap();
    Keyring {
        masters: [("victim-support".to_owned(), own)].into(),
        shut: Default::default(),
        entropy: Box::new(|| Ok(Box::new(Seeded::new(5)))),
    }
}

impl Town {
    /// On an engine, at 2021-02-23 09:00. Built on a thread of its own: commands are waited for there.
    pub fn new(engine: Engine) -> Town {
        Town::with(engine, |_| {})
    }

    /// The same, with its web floor set otherwise.
    pub fn with(engine: Engine, set: impl FnOnce(&mut App) + Send + 'static) -> Town {
        Town::at(Place::fresh(engine), set)
    }

    /// The same, whose sealed compartments have no key.
    pub fn without_keys(engine: Engine) -> Town {
        let url = "http://127.0.0.1:8080".into();
        let build = move || Town::build(Place::fresh(engine), url, &[COMPARTMENTS], |_| {});
        std::thread::spawn(build).join().unwrap()
    }

    /// The same, in a database of the caller's.
    pub fn at(place: Place, set: impl FnOnce(&mut App) + Send + 'static) -> Town {
        std::thread::spawn(move || Town::build(place, "http://127.0.0.1:8080".into(), &[], set))
            .join()
            .unwrap()
    }

    fn build(place: Place, public_url: String, without: &[&str], set: impl FnOnce(&mut App)) -> Town {
        let engine = place.engine();
        let folder = TempDir::new();
        let target = match engine {
            Engine::Sqlite => Target::Sqlite(place.location().into()),
            Engine::Postgres => Target::Postgres(place.location().to_string()),
        };
        let zone = Zone::named("Asia/Seoul").unwrap();
        let start = zone.instant(date(2021, 2, 23), 9, 0);
        let clock = Arc::new(CityClock::new(Arc::new(HandClock::at(start)), start));
        let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju");
        let city = City::open(Opening {
            target,
            checkpoints: folder.path().join("checkpoints"),
            access: folder.path().join("access.sqlite"),
            pack: Kept { files: read_folder(&pack).unwrap(), scale: (20_000, 650_000) },
            pin_key: [7; 32],
            masters: masters(),
            clock: clock.clone(),
            entropy: Box::new(Seeded::new(1)),
            nonces: Box::new(Seeded::new(2)),
            options: Options::default(),
            accept_clock: false,
            use_checkpoint: true,
        })
        .unwrap();
        city.seal(&folder.path().join("seal"), seal::Secret::new([7; 32]), "card.example.kr/log").unwrap();
        if !without.contains(&COMPARTMENTS) {
            city.open_compartments(&folder.path().join("compartments"), keyring()).unwrap();
        }
        let system = |key: &str, command| facts(ask(&city, Role::System, key, command));
        let person = NewPerson {
            name: "김순자".into(),
            phone: Some("010-2345-6789".into()),
            birth_day: Some(-9_800),
            district: Some("4511153000".into()),
            card: Some(NewCard { kind: CardKind::Plastic }),
        };
        let Facts::Card { card, person: citizen, .. } = system("p", Command::Enrol(person)) else { panic!() };
        let join = |name: &str, number: &str| {
            Command::Join(NewMerchant {
                name: name.into(),
                business_number: number.into(),
                trade: "market-food".into(),
                district: "4511153000".into(),
                sales: Some(base::Won(80_000_000)),
                owner: None,
            })
        };
        let Facts::Shop { merchant: shop, .. } = system("s1", join("남부시장 반찬", "123-45-67891"))
        else {
            panic!()
        };
        let Facts::Shop { merchant: other_shop, .. } = system("s2", join("한옥 찻집", "220-81-62517"))
        else {
            panic!()
        };
        for (key, payee) in [
            ("pa1", city::Payee::Person(citizen)),
            ("pa2", city::Payee::Shop(shop)),
            ("pa3", city::Payee::Shop(other_shop)),
        ] {
            let (bank, number) = ("037".into(), "1013-01-0000001".into());
            let holder = "김순자".into();
            let account = city::OnPayouts::SetAccount { payee, bank, number, holder, seen: true };
            system(key, Command::OnPayouts(account));
        }
        system("v", Command::Vote { budget: "cashback-2021".into(), amount: 10_000_000 });
        system("t", Command::TopUp { person: citizen, amount: 100_000 });
        system("pin", Command::SetPin { card: CardRef::Id(card), pin: "1234".into() });
        // The night's statement: the citizen's money is in it.
        city.sealing().unwrap().state(&city.shared, date(2021, 2, 23), city.clock.now()).unwrap();
        let roles = [
            ("citizen", Role::Citizen(citizen)),
            ("merchant", Role::Merchant(shop)),
            ("till", Role::Till(shop)),
            ("other", Role::Merchant(other_shop)),
            ("clerk", Role::Clerk),
            ("officer", Role::Officer),
            ("auditor", Role::Auditor),
            ("chest", spoken_for(&city, "chest")),
            ("association", spoken_for(&city, "sme-federation")),
        ];
        for (name, role) in roles {
            system(&format!("token-{name}"), granted(name, role, None));
        }
        let personas = roles
            .iter()
            .filter(|(key, _)| !without.contains(key))
            .map(|(key, role)| {
                let name = if *key == "citizen" { "김순자" } else { *key };
                let duty = matches!(role, Role::Organisation(_)).then(|| (*key).to_owned());
                DemoPersona { key: (*key).into(), name: name.into(), role: *role, district: None, duty }
            })
            .collect();
        let card_number = city.shared.read().town.directory.card(CardRef::Id(card)).unwrap().number;
        let mode = Mode::Demo(Demo { clock: clock.clone(), life: Arc::default(), personas });
        let secrets = Secrets { signing: [3; 32] };
        let mut app = App::new(city, mode, secrets, public_url, Box::new(Seeded::new(3))).unwrap();
        set(&mut app);
        let app = Arc::new(app);
        let router = web::router(Arc::clone(&app));
        let last = Last(Some(Arc::clone(&app)));
        Town { app, router, clock, citizen, card, card_number, shop, other_shop, last, place, folder }
    }

    /// The same city behind another web floor, as after a restart.
    pub fn started_anew(self) -> Town {
        let Town {
            app,
            router,
            clock,
            citizen,
            card,
            card_number,
            shop,
            other_shop,
            mut last,
            place,
            folder,
        } = self;
        drop(router);
        drop(last.0.take());
        let again = std::thread::spawn(move || {
            let Ok(App { city, mode, secrets, public_url, .. }) = Arc::try_unwrap(app) else {
                panic!("somebody holds on to the app")
            };
            App::new(city, mode, secrets, public_url, Box::new(Seeded::new(4))).unwrap()
        });
        let app = Arc::new(again.join().unwrap());
        let router = web::router(Arc::clone(&app));
        let last = Last(Some(Arc::clone(&app)));
        Town { app, router, clock, citizen, card, card_number, shop, other_shop, last, place, folder }
    }

    /// The folder of the sealed compartments.
    pub fn compartments(&self) -> std::path::PathBuf {
        self.folder.path().join("compartments")
    }

    /// Somebody with a role of the pack's for one of the organisations the city began with: their cookie, signed in.
    pub async fn at_desk(&self, name: &str, duty: &str, organisation: &str) -> String {
        let Role::Organisation(id) = spoken_for(&self.app.city, organisation) else {
            panic!("{organisation}")
        };
        let hash = tokens::hash(&format!("token-{name}"));
        let (role, subject) = (duty.to_owned(), Some(id.to_string()));
        let wish = city::NewToken { hash, role, subject, district: None, name: name.to_owned() };
        self.grant_by(name, Command::Grant(wish)).await;
        self.signed_in(name).await
    }

    /// The access ledger's file.
    pub fn access(&self) -> std::path::PathBuf {
        self.folder.path().join("access.sqlite")
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = self.sent(request).await;
        // Whatever a test asks the API for is held to the API's own description as well.
        if path.starts_with("/api/v1/") {
            let document = self.document().await;
            let status = answer.status.as_u16();
            let faults = described::faults(document, method.as_str(), &path, status, &answer.body);
            assert!(
                faults.is_empty(),
                "{method} {path} {status} isn't as described:\n{faults}{}",
                answer.body
            );
        }
        answer
    }

    async fn sent(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 4 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            // A file (a table of a desk) is no text.
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// What the API says of itself: the same in every town.
    async fn document(&self) -> &'static serde_json::Value {
        static DOCUMENT: std::sync::OnceLock<serde_json::Value> = std::sync::OnceLock::new();
        if let Some(known) = DOCUMENT.get() {
            return known;
        }
        let asked = self.sent(Request::get("/api/openapi.json").body(Body::empty()).unwrap()).await;
        DOCUMENT.get_or_init(|| asked.json())
    }

    /// An API call in a role (`citizen`, `merchant`, …), with a key when it changes something.
    pub async fn call(
        &self,
        role: &str,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: &str,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer token-{role}"))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Grants a token under a name: `call` takes the name for the role from then on.
    pub async fn grant(&self, name: &str, role: Role) {
        self.grant_in(name, role, None).await;
    }

    /// The same, for a role that reaches one neighbourhood.
    pub async fn grant_in(&self, name: &str, role: Role, district: Option<&str>) {
        self.grant_by(name, granted(name, role, district)).await;
    }

    /// The same, for a role by its id in the pack that acts on nobody in particular.
    pub async fn grant_duty(&self, name: &str, duty: &str) {
        let hash = tokens::hash(&format!("token-{name}"));
        let (role, name) = (duty.to_owned(), name.to_owned());
        let wish = city::NewToken { hash, role, subject: None, district: None, name: name.clone() };
        self.grant_by(&name, Command::Grant(wish)).await;
    }

    async fn grant_by(&self, name: &str, command: Command) {
        let actor = Actor::new(Role::System, base::Client(9));
        let request = pen::Request { actor, key: format!("token-{name}"), input_hash: command.input_hash() };
        self.app.city.ask(request, command).await.unwrap().unwrap();
    }

    /// The cookie of someone who is no persona, signed in.
    pub async fn session(&self, name: &str, role: Role) -> String {
        self.grant(name, role).await;
        self.signed_in(name).await
    }

    /// The cookie of whom a token was granted to, signed in.
    pub async fn signed_in(&self, name: &str) -> String {
        let (grant, until) = {
            let view = self.app.city.shared.read();
            let hash = tokens::hash(&format!("token-{name}"));
            (view.town.doors.grant_of_token(&hash).unwrap(), self.app.city.clock.now().plus_seconds(86_400))
        };
        let cookie = format!("cookie-of-{name}");
        let (session, how) = (tokens::hash(&cookie), people::How::Persona);
        let command = Command::SignIn { grant, session, until, how };
        let request = pen::Request {
            actor: Actor::SYSTEM,
            key: format!("in-{name}"),
            input_hash: command.input_hash(),
        };
        self.app.city.ask(request, command).await.unwrap().unwrap();
        cookie
    }

    /// The next morning of this day, 09:00; a day that is over is not gone back to.
    pub fn on(&self, year: i16, month: i8, day: i8) {
        let to = self.app.city.shared.read().town.zone.instant(date(year, month, day), 9, 0);
        assert!(self.clock.jump_to(to), "{year}-{month}-{day} is over");
    }

    /// A browser that has come in as a persona.
    pub async fn browser(&self, persona: &str) -> Browser<'_> {
        let mut browser = Browser { town: self, cookies: Vec::new(), csrf: String::new() };
        browser.get("/enter").await;
        let answer = browser.post("/enter", &[("persona", persona)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }
}

/// Someone with a role of the pack's, signed in.
pub async fn someone<'a>(town: &'a Town, name: &str, duty: &str) -> Browser<'a> {
    town.grant_duty(name, duty).await;
    let mut browser = Browser { town, cookies: Vec::new(), csrf: String::new() };
    browser.get("/enter").await;
    let token = format!("token-{name}");
    let came = browser.post("/sign-in", &[("token", &token), ("next", "/")]).await;
    assert_eq!(came.status, StatusCode::SEE_OTHER, "{}", came.body);
    browser
}

/// The value of a hidden or visible field on a page.
pub fn field(page: &str, name: &str) -> Option<String> {
    let at = page.find(&format!("name=\"{name}\""))?;
    let start = page[..at].rfind('<')?;
    let tag = &page[start..start + page[start..].find('>')?];
    Some(tag.split("value=\"").nth(1)?.split('"').next()?.to_owned())
}

/// Where someone is led who must come in first: to the door, and from there to what they looked for.
pub fn door(path: &str) -> String {
    format!("/enter?next={}", encode(path).replace("%2F", "/"))
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
