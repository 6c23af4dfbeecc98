//! What the tests of every crate share: throw-away databases on both engines, a proxy that cuts connections at
//! the worst moment, a mail relay that refuses when told to, child processes that never outlive the test, and a real browser.
//!
//! Only ever a dev-dependency. Nothing here returns an error: where something is missing the test fails, and the
//! message says which command mends it. A test is never skipped in silence.
//!
//! Environment (all set by `cargo xtask test`, all optional when a test is run by hand):
//!
//! | variable | meaning |
//! |---|---|
//! | `ONGOEUL_TEST_POSTGRES` | URL of an admin database of a running cluster; without it each test process starts its own |
//! | `ONGOEUL_PG_BINDIR` | folder of `initdb`, `postgres` and `psql`; without it the usual places are searched |
//! | `ONGOEUL_EMBEDDED_ONLY` | `1`: [`engines`] names SQLite only |
//! | `ONGOEUL_CRASH_ROUNDS` | how many times a crash test kills its server, see [`crash_rounds`] |
//! | `ONGOEUL_TEST_CHROMIUM`, `ONGOEUL_TEST_CHROMEDRIVER` | the browser and its driver |
//! | `ONGOEUL_TEST_AXE` | path of `axe.min.js` |

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "test support: a failure here is a failed test")]

pub mod browser;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod smtp;
mod temp;
mod wait;
mod webdriver;

pub use browser::Browser;
pub use postgres::{Cluster, Database, dump, postgres};
pub use process::Guarded;
pub use proxy::{Cut, CutProxy};
pub use smtp::{Letter, MailRelay};
pub use temp::TempDir;
pub use wait::{free_port, wait_for, wait_until};

use std::path::PathBuf;

/// The SQL engines the city runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The default engine, in the same process.
    Sqlite,
    /// The production engine.
    Postgres,
}

/// The engines this run tests: both, or SQLite alone where a person chose `--embedded-only`.
pub fn engines() -> Vec<Engine> {
    if embedded_only() { vec![Engine::Sqlite] } else { vec![Engine::Sqlite, Engine::Postgres] }
}

/// Whether a person chose to leave PostgreSQL out of this run.
pub fn embedded_only() -> bool {
    std::env::var("ONGOEUL_EMBEDDED_ONLY").is_ok_and(|value| value == "1")
}

/// How many rounds a crash test runs on each engine: `ONGOEUL_CRASH_ROUNDS`, else 20.
pub fn crash_rounds() -> usize {
    match std::env::var("ONGOEUL_CRASH_ROUNDS") {
        Ok(text) => text.parse().expect("ONGOEUL_CRASH_ROUNDS is a number"),
        Err(_) => 20,
    }
}

/// A fresh, empty place for one test's city; gone when dropped.
#[derive(Debug)]
pub enum Place {
    /// A folder, and the path of a file in it that does not exist yet.
    Sqlite {
        /// Holds the database file and what SQLite lays beside it.
        dir: TempDir,
        /// Where the database file is to be.
        file: PathBuf,
    },
    /// An empty database.
    Postgres(Database),
}

impl Place {
    /// A fresh place on `engine`.
    pub fn fresh(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let dir = TempDir::new();
                let file = dir.path().join("city.sqlite");
                Self::Sqlite { dir, file }
            }
            Engine::Postgres => Self::Postgres(postgres().database()),
        }
    }

    /// The engine of this place.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Where it is: a file path on SQLite, a `postgres://` URL on PostgreSQL.
    pub fn location(&self) -> String {
        match self {
            Self::Sqlite { file, .. } => file.to_str().unwrap().to_owned(),
            Self::Postgres(database) => database.url().to_owned(),
        }
    }
}

/// Calls `test` once for each engine of this run with a fresh place, naming the engine when it panics.
pub fn on_each_engine(test: impl Fn(&Place)) {
    for engine in engines() {
        let place = Place::fresh(engine);
        let run = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| test(&place)));
        if let Err(panic) = run {
            eprintln!("the test failed on {engine:?}");
            std::panic::resume_unwind(panic);
        }
    }
}
