//! What demo and serve share: the runtime, the server's life, and the end of it.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base::{Entropy, SystemEntropy};
use city::chores::Keeper;
use city::compartments::Keyring;
use city::coupons::jobs;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use vault::Masters;
use web::App;

/// The access ledger's file in a city's folder.
pub const ACCESS: &str = "access.sqlite";

/// Boxed, because a command line only prints it.
pub type Failed = Box<dyn Error>;

/// What the sealed compartments are opened with.
pub fn keyring(masters: BTreeMap<String, Masters>, shut: BTreeSet<String>) -> Keyring {
    let entropy = || -> Result<Box<dyn Entropy>, String> { Ok(Box::new(SystemEntropy::new()?)) };
    Keyring { masters, shut, entropy: Box::new(entropy) }
}

/// The runtime the web floor runs on.
pub fn runtime() -> Result<Runtime, Failed> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// After the word to stop, a request that is under way may take so long; a peer that never ends its own is left.
const GRACE: Duration = Duration::from_secs(10);
/// What was cut off may take so long to let go of the city.
const LET_GO: Duration = Duration::from_secs(5);
/// How often is asked whether the city still writes.
const LOOK: Duration = Duration::from_millis(100);

/// Serves until Ctrl-C or SIGTERM, or until the city stops writing, which is an error. `beside` runs as long as the
/// server does (townsfolk, chores); it is told to stop first. Then comes [`close`].
pub async fn run(app: &Arc<App>, door: Door, beside: Vec<JoinHandle<()>>) -> Result<(), Failed> {
    let (told, mut heard) = tokio::sync::watch::channel(false);
    let pen = Arc::clone(app);
    let stop = async move {
        tokio::select! {
            () = door.words.heard() => {}
            () = stopped_writing(&pen) => {}
        }
        told.send_replace(true);
    };
    let too_long = async {
        // Its sender goes after it has sent.
        heard.wait_for(|told| *told).await.map(drop).ok();
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = web::serve(Arc::clone(app), door.listener, stop) => served?,
        () = too_long => tracing::warn!("a connection held on: it is cut off"),
    }
    for task in beside {
        task.abort();
        // An aborted task says so; there is nothing to do about it.
        task.await.ok();
    }
    if app.city.is_writing() { Ok(()) } else { Err(STOPPED.into()) }
}

/// Lets the city's machinery look at the clock every so often. What breaks is tried again, after a while.
pub async fn keep(app: Arc<App>, keeper: Arc<Mutex<Keeper>>, every: Duration) {
    let mut told = false;
    loop {
        if !app.city.is_keeping_looks() && !told {
            told = true;
            tracing::error!(
                "the access ledger has ended (its disk failed?): no personal record is shown until the server is started anew"
            );
        }
        let (city, looking) = (Arc::clone(&app), Arc::clone(&keeper));
        let looked = tokio::task::spawn_blocking(move || {
            looking.lock().unwrap_or_else(PoisonError::into_inner).look(&city.city)
        });
        let broken = match looked.await {
            Ok(done) => done.broken,
            Err(error) => {
                tracing::error!(%error, "the city's machinery stopped; what it does is left to the next start");
                return;
            }
        };
        if let Some(failure) = &broken {
            tracing::warn!(?failure, "a chore of the city broke: it is tried again");
        }
        tokio::time::sleep(if broken.is_some() { every.max(AGAIN) } else { every }).await;
    }
}

/// What leaves the house is looked for this often.
pub const SEND: Duration = Duration::from_millis(500);

/// Goes on with what is given to many: in parts, with payments between them. It looks for more every so often.
pub async fn give(app: Arc<App>) {
    loop {
        let city = Arc::clone(&app);
        let worked = tokio::task::spawn_blocking(move || jobs::work(&city.city, SLICE)).await;
        let pause = match worked {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => LOOK * 5,
            Ok(Err(failure)) => {
                tracing::warn!(?failure, "what is given to many broke off: it is tried again");
                AGAIN
            }
            Err(error) => {
                tracing::error!(%error, "what is given to many stopped; the rest is left to the next start");
                return;
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Tokens' last uses are kept this often: what a server that is killed forgets.
const USES: Duration = Duration::from_secs(60);

/// Keeps when each API token was used last.
pub async fn keep_token_uses(app: Arc<App>) {
    loop {
        tokio::time::sleep(USES).await;
        let app = Arc::clone(&app);
        match tokio::task::spawn_blocking(move || app.keep_token_uses()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "tokens' last uses are not kept"),
            Err(error) => tracing::error!(%error, "tokens' last uses are not kept"),
        }
    }
}

/// So long one look at what is given to many takes at most: then it sees whether the server stops.
const SLICE: Duration = Duration::from_millis(500);
/// How long a chore that broke waits.
const AGAIN: Duration = Duration::from_secs(10);

/// Said when the pen has ended under us; what ended it stands in the log.
const STOPPED: &str = "the city has stopped writing, so the server ends: another server has taken over, or the \
    database could not be reached (the log says which). Everything that was answered is kept; what was not answered \
    can be asked again, with the same key, once a server runs";

async fn stopped_writing(app: &App) {
    while app.city.is_writing() {
        tokio::time::sleep(LOOK).await;
    }
}

/// Ends everything that still serves; if [`run`] ended well, carries out what waits and writes a last checkpoint. If
/// not, another writer may have the city by now: its files are left alone.
pub fn close(runtime: Runtime, app: Arc<App>, served: Result<(), Failed>) -> Result<(), Failed> {
    runtime.shutdown_timeout(LET_GO);
    served?;
    match Arc::try_unwrap(app) {
        Ok(app) => {
            if let Err(error) = app.keep_token_uses() {
                tracing::warn!(%error, "tokens' last uses are not kept");
            }
            app.city.close()?;
        }
        // Everything acknowledged is durable; only the last checkpoint is missing: the next start reads a longer tail.
        Err(_) => tracing::warn!("a request held on: closing without a last checkpoint"),
    }
    Ok(())
}

/// Where the server listens, and the words that end it. They are heeded from here on: who is told to stop in the very
/// moment it says that it serves still ends in good order.
pub struct Door {
    listener: TcpListener,
    words: Words,
}

impl Door {
    /// Where it really listens: the configured port may be 0.
    pub fn address(&self) -> Result<SocketAddr, Failed> {
        Ok(self.listener.local_addr()?)
    }
}

#[cfg(unix)]
struct Words {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Words {
    fn heed() -> std::io::Result<Words> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Words { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn heard(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Words;

#[cfg(not(unix))]
impl Words {
    fn heed() -> std::io::Result<Words> {
        Ok(Words)
    }

    async fn heard(self) {
        tokio::signal::ctrl_c().await.ok();
    }
}

/// Binds, or says what is in the way.
pub async fn listen(address: SocketAddr) -> Result<Door, Failed> {
    let listener = bind(address).await?;
    Ok(Door { listener, words: Words::heed()? })
}

/// Serves what operators ask, on an address of its own.
pub async fn operators(app: &Arc<App>, address: SocketAddr) -> Result<JoinHandle<()>, Failed> {
    let listener = bind(address).await?;
    println!("numbers for operators on {}", listener.local_addr()?);
    let app = Arc::clone(app);
    Ok(tokio::spawn(async move {
        if let Err(error) = web::serve_operators(app, listener).await {
            tracing::error!(%error, "operators are not served any more");
        }
    }))
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failed> {
    Ok(TcpListener::bind(address).await.map_err(|error| {
        format!("can't listen on {address}: {error}; is another server running? choose another port")
    })?)
}

/// 64 hex digits as a key.
pub fn key(hex: &str) -> Option<[u8; 32]> {
    let hex = hex.trim();
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    let mut key = [0u8; 32];
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(key)
}

/// A key as 64 hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_64_hex_digits() {
        let key_bytes = [0xab; 32];
        assert_eq!(key(&hex(&key_bytes)), Some(key_bytes));
        for bad in ["", "ab", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(key(bad), None);
        }
    }
}
