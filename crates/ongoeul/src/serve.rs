//! `ongoeul serve`: the server in earnest. No personas, the real clock, and no start without its secrets. The city's
//! own machinery runs beside it; the bank and the city hall speak for themselves.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base::{SystemClock, SystemEntropy};
use city::chores::Keeper;
use city::open::{City, Opening};
use city::pack::{Kept, read_folder};
use pen::Options;
use serde::Deserialize;
use store::Target;
use web::{App, LimitRules, Limits, Mode, Secrets};

use crate::house::{self, Failed};
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
    data: PathBuf,
    /// `sqlite` (the default), or a PostgreSQL address.
    #[serde(default)]
    database: Option<String>,
    /// The city pack's folder: read once, when the city is new.
    pack: PathBuf,
    /// The file with the keys. It stands outside the database, and outside its backups.
    pub secrets: PathBuf,
    /// How much a caller may ask; what is left out stays as it is.
    #[serde(default)]
    limits: LimitRules,
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
    std::fs::create_dir_all(&config.data)?;
    let target = match config.database.as_deref() {
        None | Some("sqlite") => Target::Sqlite(config.data.join("city.sqlite")),
        Some(url) => Target::Postgres(url.to_owned()),
    };
    Ok((config, target))
}

/// The pack's folder, the checkpoints', and the access ledger's file.
pub fn folders(config: &Config) -> (PathBuf, PathBuf, PathBuf) {
    (config.pack.clone(), config.data.join("checkpoints"), config.data.join(house::ACCESS))
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
        masters: keys.masters,
        clock: Arc::new(SystemClock),
        entropy: Box::new(SystemEntropy::new()?),
        nonces: Box::new(SystemEntropy::new()?),
        options: Options::default(),
        accept_clock: args.accept_clock,
        use_checkpoint: true,
    })?;
    let report = city.report;
    let secrets = Secrets { signing: keys.signing };
    let mut app =
        App::new(city, Mode::Real, secrets, config.public_url.clone(), Box::new(SystemEntropy::new()?))?;
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
        let mut beside = vec![tokio::spawn(house::keep(Arc::clone(&app), keeper, LOOK))];
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
