//! `ongoeul serve`: the server in earnest. No personas, the real clock, and no start without its secrets. The city's
//! own machinery runs beside it; the bank and the city hall speak for themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::{SystemClock, SystemEntropy};
use city::chores::Keeper;
use city::compartments;
use city::open::{CantOpen, City, Opening};
use city::pack::{Kept, read_folder};
use city::sealing::FOLDER;
use pen::Options;
use serde::Deserialize;
use store::Target;
use web::{App, LimitRules, Limits, Mailer, Mode, Outlet, Outlets, Relay, Secrets, VouchingHouse};

use crate::house::{self, Failed};
use crate::pack;
use crate::reseal;
use crate::secrets::{self, Keys};

/// The machinery looks at the clock this often.
const LOOK: Duration = Duration::from_secs(5);

/// Which city.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The configuration file.
    #[arg(long)]
    config: PathBuf,
    /// Start although the clock stands before the last posting.
    #[arg(long)]
    accept_clock: bool,
    /// Start with another signing key than before: it was changed on purpose.
    #[arg(long)]
    accept_signing: bool,
}

/// The configuration file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen, such as `127.0.0.1:8080`.
    listen: SocketAddr,
    /// Where operators ask for `/metrics`, `/healthz` and `/readyz`, such as `127.0.0.1:9100`; nowhere if it is left
    /// out. Whoever reaches it reads the numbers without signing in.
    #[serde(default)]
    metrics_listen: Option<SocketAddr>,
    /// The address people use, such as `https://card.example.kr`.
    public_url: String,
    /// The folder of checkpoints and of the access ledger, and of the database when it is SQLite.
    pub data: PathBuf,
    /// `sqlite` (the default), or a PostgreSQL address.
    #[serde(default)]
    database: Option<String>,
    /// The city pack's folder: read once, when the city is new.
    pub pack: PathBuf,
    /// What the log of the journal is called; by default the public address without its scheme, and `/log`. Read once,
    /// when the log is new.
    #[serde(default)]
    seal_origin: Option<String>,
    /// The file with the keys. It stands outside the database, and outside its backups.
    pub secrets: PathBuf,
    /// Sealed compartments that stay shut although they were open before: for a start without their key.
    #[serde(default)]
    pub shut_compartments: BTreeSet<String>,
    /// How much a caller may ask; what is left out stays as it is.
    #[serde(default)]
    limits: LimitRules,
    /// Other houses that vouch for people.
    #[serde(default)]
    oidc: Vec<OidcConfig>,
    /// Where notices go, by way: `kakao`, `sms`, `email`, `letter`. A way that is left out is passed over for the next.
    #[serde(default)]
    notices: BTreeMap<String, NoticeConfig>,
    /// What shops' programs hear.
    #[serde(default)]
    webhooks: WebhookConfig,
}

/// Where one way leads: a JSON post to whatever takes it (the gateway of a telephone company or of a messenger, the mail
/// room's), and for mail a relay that speaks SMTP too. Its token, or the relay's password, stands in the secrets file, under
/// `[notices]` by the way's name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticeConfig {
    /// Where to post to; for mail also `smtps://relay.example.kr`, or `smtp://relay.example.kr:587` (TLS is asked for).
    url: String,
    /// For a relay: who the mail is from, `이름 <no-reply@example.kr>`.
    #[serde(default)]
    from: Option<String>,
    /// For a relay: whom it knows us as.
    #[serde(default)]
    user: Option<String>,
}

impl NoticeConfig {
    fn outlet(self, secret: Option<String>, private: bool) -> Result<Outlet, String> {
        let NoticeConfig { url, from, user } = self;
        if let (None, None) = (&from, &user) {
            return Ok(Outlet::Post { url, token: secret });
        }
        let from = from.ok_or("notices: a relay needs `from`")?;
        let relay = Relay { url, from, user, password: secret };
        Ok(Outlet::Mail(Box::new(Mailer::new(&relay, private)?)))
    }
}

/// What shops' programs hear.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookConfig {
    /// Plain `http`, and addresses of this machine and of private networks, may be asked: by shops' addresses and by
    /// notices. Leave it off unless every shop may reach into this network.
    #[serde(default)]
    private: bool,
}

fn outlets(
    config: BTreeMap<String, NoticeConfig>,
    webhooks: &WebhookConfig,
    mut secrets: BTreeMap<String, String>,
) -> Result<Outlets, String> {
    let mut outlets = Outlets::new(webhooks.private);
    for (way, notice) in config {
        outlets.set(&way, notice.outlet(secrets.remove(&way), webhooks.private)?)?;
    }
    match secrets.keys().next() {
        Some(way) => {
            Err(format!("the secrets file has a token for {way:?}, and there is no [notices.{way}]"))
        }
        None => Ok(outlets),
    }
}

/// A house that vouches for people (OpenID Connect). What shows it that we are us stands in the secrets file, under
/// `[oidc]` by this id. There, this server is known as `{public_url}/sign-in/back`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OidcConfig {
    /// In addresses and in the database: `a-z`, `0-9`, hyphens. Never give it to another house.
    id: String,
    /// On buttons.
    name: String,
    /// Its address, as it writes it itself.
    issuer: String,
    /// What it calls us.
    client_id: String,
    /// What is asked for besides `openid`: nothing is needed.
    #[serde(default)]
    scopes: Vec<String>,
    /// The words of `acr` or `amr` by which it says that it asked for a second factor. Without any, its word is never
    /// enough for staff.
    #[serde(default)]
    second_factor: Vec<String>,
}

fn houses(
    config: Vec<OidcConfig>,
    mut secrets: BTreeMap<String, String>,
) -> Result<Vec<VouchingHouse>, String> {
    let houses = config
        .into_iter()
        .map(|one| VouchingHouse {
            client_secret: secrets.remove(&one.id),
            id: one.id,
            name: one.name,
            issuer: one.issuer,
            client_id: one.client_id,
            scopes: one.scopes,
            second_factor: one.second_factor,
        })
        .collect();
    match secrets.keys().next() {
        Some(id) => Err(format!("the secrets file has a secret for {id:?}, and no [[oidc]] has this id")),
        None => Ok(houses),
    }
}

/// The configuration, its database, and its keys.
pub fn configured(path: &Path) -> Result<(Config, Target, Keys), Failed> {
    let (config, target) = addressed(path)?;
    let keys = secrets::read(&config.secrets)?;
    Ok((config, target, keys))
}

/// The configuration and its database.
pub fn addressed(path: &Path) -> Result<(Config, Target), Failed> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("the configuration {} can't be read: {error}", path.display()))?;
    let config: Config = toml::from_str(&text).map_err(|error| {
        // Not the parser's whole text: it quotes the line, and a database's address may hold a password.
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        format!("{}:{line}: {}", path.display(), error.message())
    })?;
    // Checkpoints and the access ledger stand in it on both engines.
    secrets::make_folder(&config.data)?;
    let target = match config.database.as_deref() {
        None | Some("sqlite") => Target::Sqlite(config.data.join("city.sqlite")),
        Some(url) => Target::Postgres(url.to_owned()),
    };
    Ok((config, target))
}

pub fn origin(config: &Config) -> String {
    match &config.seal_origin {
        Some(origin) => origin.clone(),
        None => {
            let address =
                config.public_url.split_once("://").map_or(config.public_url.as_str(), |(_, rest)| rest);
            format!("{}/log", address.trim_end_matches('/'))
        }
    }
}

/// Opens a city for one task of a command line, without serving it. `LeaderAlive`: a server has it.
pub fn open_alone(config: &Config, target: Target, keys: Keys) -> Result<City, CantOpen> {
    let entropy = || SystemEntropy::new().map_err(std::io::Error::other);
    City::open(Opening {
        target,
        checkpoints: config.data.join("checkpoints"),
        access: config.data.join(house::ACCESS),
        pack: Kept { files: read_folder(&config.pack)?, scale: (1, 1) },
        pin_key: keys.pins,
        masters: keys.masters,
        clock: Arc::new(SystemClock),
        entropy: Box::new(entropy()?),
        nonces: Box::new(entropy()?),
        options: Options::default(),
        accept_clock: false,
        use_checkpoint: true,
    })
}

pub fn run(args: &Args) -> Result<(), Failed> {
    let (config, target, keys) = configured(&args.config)?;
    let files = read_folder(&config.pack)
        .map_err(|error| format!("the city pack {} can't be read: {error}", config.pack.display()))?;
    let runtime = house::runtime()?;
    let city = City::open(Opening {
        target,
        checkpoints: config.data.join("checkpoints"),
        access: config.data.join(house::ACCESS),
        pack: Kept { files, scale: (1, 1) },
        pin_key: keys.pins,
        masters: keys.masters.clone(),
        clock: Arc::new(SystemClock),
        entropy: Box::new(SystemEntropy::new()?),
        nonces: Box::new(SystemEntropy::new()?),
        options: Options::default(),
        accept_clock: args.accept_clock,
        use_checkpoint: true,
    })?;
    if let Err(error) = keys.check(&city, args.accept_signing) {
        city.close()?;
        return Err(error);
    }
    if let Err(error) = city.seal(&config.data.join(FOLDER), seal::Secret::new(keys.seal), &origin(&config)) {
        city.close()?;
        return Err(error.into());
    }
    let keyring = house::keyring(keys.compartments, config.shut_compartments);
    if let Err(error) = city.open_compartments(&config.data.join(compartments::FOLDER), keyring) {
        city.close()?;
        return Err(error.into());
    }
    let report = city.report;
    let secrets = Secrets { signing: keys.signing };
    let mut app =
        App::new(city, Mode::Real, secrets, config.public_url.clone(), Box::new(SystemEntropy::new()?))?;
    app.vouched_by(houses(config.oidc, keys.oidc)?)?;
    app.outlets = outlets(config.notices, &config.webhooks, keys.notices)?;
    app.limits = Limits::new(config.limits, Arc::new(SystemClock));
    let app = Arc::new(app);
    let served = runtime.block_on(async {
        let door = house::listen(config.listen).await?;
        println!("{} accounts, {} postings read at start", report.accounts, report.replayed);
        let operators = match config.metrics_listen {
            Some(address) => Some(house::operators(&app, address).await?),
            None => None,
        };
        println!("serving {} for {}", door.address()?, config.public_url);
        let keeper = Keeper::in_earnest(&app.city);
        let mut beside = vec![
            tokio::spawn(house::keep(Arc::clone(&app), Arc::new(Mutex::new(keeper)), LOOK)),
            tokio::spawn(house::give(Arc::clone(&app))),
        ];
        beside.push(tokio::spawn(web::outward(Arc::clone(&app), house::SEND)));
        beside.push(tokio::spawn(house::keep_token_uses(Arc::clone(&app))));
        beside.push(tokio::spawn(pack::take(Arc::clone(&app), config.data.clone())));
        beside.push(tokio::spawn(reseal::watch(
            Arc::clone(&app),
            config.data.clone(),
            config.secrets.clone(),
        )));
        beside.extend(operators);
        house::run(&app, door, beside).await
    });
    house::close(runtime, app, served)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUSE: &str = "listen = \"127.0.0.1:0\"\npublic_url = \"http://x\"\ndata = \"d\"\npack = \"p\"\n\
        secrets = \"s\"\n";

    fn limits(text: &str) -> Result<LimitRules, toml::de::Error> {
        toml::from_str::<Config>(&format!("{HOUSE}{text}")).map(|config| config.limits)
    }

    #[test]
    fn houses_have_secrets_and_secrets_have_houses() {
        let house = "[[oidc]]\nid = \"city\"\nname = \"시청\"\nissuer = \"https://id.example.kr\"\nclient_id = \"c\"\n";
        let read = |text: &str| toml::from_str::<Config>(&format!("{HOUSE}{text}")).map(|config| config.oidc);
        assert!(read("").unwrap().is_empty());
        assert!(read(&format!("{house}client_secret = \"s\"\n")).is_err(), "secrets stand elsewhere");
        let secret = |id: &str| BTreeMap::from([(id.to_owned(), "s".to_owned())]);
        let all = houses(read(house).unwrap(), secret("city")).unwrap();
        assert_eq!((all[0].id.as_str(), all[0].client_secret.as_deref()), ("city", Some("s")));
        assert_eq!(houses(read(house).unwrap(), BTreeMap::new()).unwrap()[0].client_secret, None);
        assert!(houses(read(house).unwrap(), secret("town")).unwrap_err().contains("town"));
    }

    #[test]
    fn notices_go_where_the_configuration_says() {
        let read = |text: &str| toml::from_str::<Config>(&format!("{HOUSE}{text}"));
        let made = |text: &str, token: Option<&str>| {
            let config = read(text).unwrap();
            let secrets = token.map(|way| (way.to_owned(), "t".to_owned())).into_iter().collect();
            outlets(config.notices, &config.webhooks, secrets).map(drop)
        };
        let sms = "[notices.sms]\nurl = \"https://relay.example.kr/sms\"\n";
        assert_eq!(made("", None), Ok(()));
        assert_eq!(made(sms, Some("sms")), Ok(()));
        assert!(made(sms, Some("kakao")).unwrap_err().contains("kakao"), "a token for nothing");
        assert!(made(&sms.replace("notices.sms", "notices.app"), None).unwrap_err().contains("no way"));
        let home = sms.replace("https://relay.example.kr", "http://127.0.0.1:9");
        assert!(made(&home, None).unwrap_err().contains("private networks"));
        assert_eq!(made(&format!("{home}[webhooks]\nprivate = true\n"), None), Ok(()));
        assert!(read(&format!("{sms}token = \"t\"\n")).is_err(), "tokens stand elsewhere");
        let relay =
            "[notices.email]\nurl = \"smtps://relay.example.kr\"\nfrom = \"온고을 <no-reply@example.kr>\"\n";
        assert_eq!(made(relay, None), Ok(()));
        assert_eq!(made(&format!("{relay}user = \"city\"\n"), Some("email")), Ok(()));
        assert!(made(relay, Some("email")).unwrap_err().contains("no user"));
        assert!(
            made(&relay.replace("notices.email", "notices.sms"), None).unwrap_err().contains("only mail")
        );
        let bare = relay.replace("from = \"온고을 <no-reply@example.kr>\"\n", "");
        assert!(made(&bare, None).unwrap_err().contains("https"), "a relay needs a sender");
    }

    #[test]
    fn limits_are_configured_or_left_alone() {
        assert_eq!(limits("").unwrap(), LimitRules::default());
        let set =
            limits("[limits]\ncaller = { per_minute = 60, burst = 5 }\nproxies = [\"10.0.0.1\"]").unwrap();
        assert_eq!((set.caller.per_minute.get(), set.caller.burst.get()), (60, 5));
        assert_eq!((set.address, set.proxies.len()), (LimitRules::default().address, 1));
        for wrong in ["caller = { per_minute = 0, burst = 5 }", "caller = 7", "callers = 7", "live = -1"] {
            assert!(limits(&format!("[limits]\n{wrong}")).is_err(), "{wrong}");
        }
    }
}
