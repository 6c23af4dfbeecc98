//! Throw-away PostgreSQL clusters, made with PostgreSQL's own binaries, with a real fsync.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::process::{Guarded, Signal, send};
use crate::{TempDir, free_port};

const START_LIMIT: Duration = Duration::from_secs(60);

/// The cluster all tests of this process share: the one `ONGOEUL_TEST_POSTGRES` names, else one started here on
/// first use and ended with the process.
pub fn postgres() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(|| {
        assert!(!crate::embedded_only(), "this run is --embedded-only: ask testkit::engines() first");
        match std::env::var("ONGOEUL_TEST_POSTGRES") {
            Ok(url) => Cluster { url, own: None },
            Err(_) => Cluster::start(),
        }
    })
}

/// A PostgreSQL cluster.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    own: Option<Own>,
}

/// What there is of a cluster that this process started.
#[derive(Debug)]
struct Own {
    dir: TempDir,
    port: u16,
    bin: PathBuf,
    server: Option<Guarded>,
}

impl Cluster {
    /// Makes a cluster in a fresh folder and starts it, for the caller alone: it may be killed and restarted.
    pub fn start() -> Self {
        let bin = bindir().unwrap_or_else(|| panic!("{MISSING}"));
        let dir = TempDir::new();
        if let Some((uid, gid)) = server_user() {
            chown(dir.path(), Some(uid), Some(gid)).unwrap();
        }
        initdb(&bin, dir.path());
        let mut cluster = Self { url: String::new(), own: Some(Own { dir, port: 0, bin, server: None }) };
        cluster.restart();
        cluster
    }

    /// The URL of the admin database, without a password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// An empty database of its own for one test; dropped with the value.
    pub fn database(&self) -> Database {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("t_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        // A killed run may have left one of the same process id.
        psql(&self.url, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        psql(&self.url, &format!("CREATE DATABASE {name}"));
        let (server, _) = self.url.rsplit_once('/').expect("the URL names a database");
        Database { url: format!("{server}/{name}"), admin: self.url.clone(), name }
    }

    /// `kill -9` to the server and to all its processes at once; [`Self::restart`] then has to recover.
    pub fn kill9(&mut self) {
        let own = self.own();
        let mut server = own.server.take().expect("the cluster is running");
        let backends = children(server.id());
        // The postmaster first, so that it cannot start new processes or restart the others.
        server.kill9();
        for backend in backends {
            send(Signal::Kill, &backend.to_string());
        }
    }

    /// PostgreSQL's immediate shutdown: connections are cut, nothing is written out, the next start recovers.
    pub fn stop_immediate(&mut self) {
        self.stop(Signal::Quit);
    }

    /// PostgreSQL's fast shutdown: connections are cut, everything is written out.
    pub fn stop_fast(&mut self) {
        self.stop(Signal::Int);
    }

    fn stop(&mut self, signal: Signal) {
        let mut server = self.own().server.take().expect("the cluster is running");
        server.signal(signal);
        server.wait(START_LIMIT).expect("PostgreSQL ends when told to");
    }

    /// Starts a cluster that was killed or stopped, on the port it had, and waits until it answers.
    pub fn restart(&mut self) {
        let first = self.url.is_empty();
        let own = self.own();
        assert!(own.server.is_none(), "the cluster is running");
        let start = Instant::now();
        loop {
            if own.port == 0 {
                own.port = free_port();
            }
            let url = format!("postgres://ongoeul@127.0.0.1:{}/postgres", own.port);
            let mut server = own.launch();
            if own.answers(&mut server, &url) {
                own.server = Some(server);
                self.url = url;
                return;
            }
            // Processes of a killed server may hold its memory for a moment; another program may hold the port.
            assert!(start.elapsed() < START_LIMIT, "PostgreSQL does not start:\n{}", own.log_tail());
            if first {
                own.port = 0;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn own(&mut self) -> &mut Own {
        self.own
            .as_mut()
            .expect("only a cluster from Cluster::start() may be stopped: the shared one is not yours")
    }
}

impl Own {
    fn launch(&self) -> Guarded {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.dir.path().join("log")).unwrap();
        let mut command = Command::new(self.bin.join("postgres"));
        command.arg("-D").arg(self.dir.path().join("data")).args(["-c", &format!("port={}", self.port)]);
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        as_server_user(&mut command, self.dir.path());
        Guarded::spawn_with(command, Signal::Quit, Some(self.dir.path().to_owned()))
    }

    /// Waits until the server answers at `url` (true) or has ended (false).
    fn answers(&self, server: &mut Guarded, url: &str) -> bool {
        let start = Instant::now();
        while server.ended().is_none() {
            let asked = Command::new(self.bin.join("psql"))
                .args(["-X", "-q", "-At", "-d", url, "-c", "SELECT 1"])
                .stdin(Stdio::null())
                .stderr(Stdio::null())
                .output()
                .unwrap();
            // Another server may hold that port: it is ours only when our own process is still there.
            if asked.status.success() && server.ended().is_none() {
                return true;
            }
            assert!(start.elapsed() < START_LIMIT, "PostgreSQL does not answer:\n{}", self.log_tail());
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    fn log_tail(&self) -> String {
        let log = fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

/// An empty database for one test; dropped with the value.
#[derive(Debug)]
pub struct Database {
    url: String,
    admin: String,
    name: String,
}

impl Database {
    /// `postgres://user@127.0.0.1:port/name`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs SQL through PostgreSQL's own client and returns its bare output: columns parted by `|`, a row a line.
    pub fn psql(&self, sql: &str) -> String {
        psql(&self.url, sql)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Best effort: the test may have stopped the server, and the cluster is thrown away anyway.
        if let Err(error) =
            try_psql(&self.admin, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name))
        {
            eprintln!("database {} is left: {}", self.name, error.trim());
        }
    }
}

fn psql(url: &str, sql: &str) -> String {
    try_psql(url, sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// Everything a database holds, as `pg_dump` writes it.
pub fn dump(url: &str) -> Vec<u8> {
    let program = bindir().map_or_else(|| PathBuf::from("pg_dump"), |bin| bin.join("pg_dump"));
    let output = Command::new(&program)
        .arg("--dbname")
        .arg(url)
        .stdin(Stdio::null())
        .output()
        .expect("pg_dump can be started");
    assert!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn try_psql(url: &str, sql: &str) -> Result<String, String> {
    let program = bindir().map_or_else(|| PathBuf::from("psql"), |bin| bin.join("psql"));
    let output = Command::new(program)
        .args(["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql])
        .stdin(Stdio::null())
        .output()
        .expect("psql can be started");
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

const MISSING: &str = "PostgreSQL's binaries (initdb, postgres, psql) are not here. Run `cargo xtask setup`, or \
    install them (Debian: apt-get install postgresql), or name their folder in ONGOEUL_PG_BINDIR, or test SQLite \
    alone with ONGOEUL_EMBEDDED_ONLY=1";

/// The folder that holds `initdb`, `postgres` and `psql`, if there is one.
pub fn bindir() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("ONGOEUL_PG_BINDIR") {
        let named = PathBuf::from(named);
        assert!(
            complete(&named),
            "ONGOEUL_PG_BINDIR={}: initdb, postgres or psql is missing",
            named.display()
        );
        return Some(named);
    }
    let mut places = Vec::new();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").stderr(Stdio::null()).output() {
        places.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_unstable();
    places.extend(versions.into_iter().rev().map(|(_, path)| path));
    places.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    places.into_iter().find(|place| complete(place))
}

fn complete(bin: &Path) -> bool {
    ["initdb", "postgres", "psql"].iter().all(|name| bin.join(name).is_file())
}

/// PostgreSQL refuses root: where we are root, its processes run as `postgres` or `nobody`.
fn server_user() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").map_or(1, |me| me.uid()) != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("/etc/passwd can be read");
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2);
        Some((ids.next()?.parse().ok()?, ids.next()?.parse().ok()?))
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("there is a user postgres or nobody"))
}

fn as_server_user(command: &mut Command, dir: &Path) {
    command.current_dir(dir).env("TZ", "UTC").env_remove("PGDATA");
    if let Some((uid, gid)) = server_user() {
        command.gid(gid).uid(uid);
    }
}

fn initdb(bin: &Path, dir: &Path) {
    let data = dir.join("data");
    let mut command = Command::new(bin.join("initdb"));
    command.args(["--username=ongoeul", "--auth=trust", "--locale=C.UTF-8", "--encoding=UTF8"]);
    command.arg("--no-instructions").arg("-D").arg(&data).stdin(Stdio::null());
    as_server_user(&mut command, dir);
    let output = command.output().unwrap_or_else(|error| {
        panic!("initdb does not start in {} (may its user enter that folder?): {error}", dir.display())
    });
    assert!(
        output.status.success(),
        "initdb failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let mut settings = String::new();
    // fsync stays on: what is tested is what survives.
    for (key, value) in [
        ("listen_addresses", "'127.0.0.1'"),
        ("unix_socket_directories", "''"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("max_connections", "200"),
        ("shared_buffers", "'128MB'"),
        ("timezone", "'UTC'"),
        ("log_timezone", "'UTC'"),
        ("jit", "off"),
    ] {
        writeln!(settings, "{key} = {value}").unwrap();
    }
    let file = data.join("postgresql.auto.conf");
    let before = fs::read_to_string(&file).unwrap_or_default();
    fs::write(file, before + &settings).unwrap();
}

/// The processes `parent` started itself, as the kernel names them; empty where it does not say.
fn children(parent: u32) -> Vec<u32> {
    fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"))
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|id| id.parse().ok())
        .collect()
}
