//! A throw-away PostgreSQL cluster for a bench, made with PostgreSQL's own binaries.
//!
//! Durability is PostgreSQL's default (fsync, full page writes, synchronous commit); what is set differently only
//! sizes its memory and its log, and is printed with the figures.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// What differs from PostgreSQL's defaults and may change a figure.
const SIZES: &[(&str, &str)] = &[
    ("shared_buffers", "1GB"),
    ("max_wal_size", "8GB"),
    ("min_wal_size", "2GB"),
    ("wal_buffers", "64MB"),
    ("wal_writer_delay", "10ms"),
];
/// Where it listens, and nothing that changes a figure.
const PLACE: &[(&str, &str)] =
    &[("listen_addresses", "127.0.0.1"), ("unix_socket_directories", ""), ("timezone", "UTC")];
/// Uses up 64 segments of the write-ahead log (1 GB) and makes them free again: a server that has run for a while
/// writes into used segments, a new one would make each of them during the measurement.
const WARM_UP: &str = "DO $$ BEGIN FOR i IN 1..64 LOOP PERFORM pg_logical_emit_message(false, '', ''); \
    PERFORM pg_switch_wal(); END LOOP; END $$";
const START_LIMIT: Duration = Duration::from_secs(60);

const MISSING: &str = "PostgreSQL's binaries (initdb, postgres, psql) are not here: install them (Debian: apt-get \
    install postgresql), or name their folder in ONGOEUL_PG_BINDIR, or name a running server with --postgres URL";

/// Ends the server and deletes its folder when this process goes, however it goes: the shell reads from a pipe
/// that only this process holds open. `$1` process id, `$2` folder.
const WATCHER: &str = r#"
trap '' INT TERM HUP
read -r _
kill -s QUIT -- "$1" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  kill -0 "$1" 2>/dev/null || break
  sleep 0.2
done
kill -s KILL -- -"$1" 2>/dev/null
rm -rf "$2"
"#;

/// A cluster of this process's own; it goes with the value.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    server: Child,
    watcher: Child,
}

impl Cluster {
    /// Makes a cluster in a fresh folder inside `parent` and starts it.
    pub fn start(parent: &Path) -> Result<Cluster, Box<dyn Error>> {
        let bin = bindir().ok_or(MISSING)?;
        let folder = parent.canonicalize()?.join(format!("ongoeul-bench-pg-{}", std::process::id()));
        fs::create_dir(&folder)?;
        let started = server_user().and_then(|user| launch(&bin, &folder, user));
        if started.is_err() {
            fs::remove_dir_all(&folder)?;
        }
        started
    }

    /// The URL of its one database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What was set, for people to read.
    pub fn settings() -> String {
        let words: Vec<String> = SIZES.iter().map(|(key, value)| format!("{key}={value}")).collect();
        format!("{}, the rest PostgreSQL's defaults; 1 GB of log segments made beforehand", words.join(" "))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let ended = self.server.wait().map(drop).and_then(|()| self.watcher.wait().map(drop));
        if let Err(error) = ended {
            eprintln!("the bench's PostgreSQL may be left behind: {error}");
        }
    }
}

fn launch(bin: &Path, folder: &Path, user: Option<(u32, u32)>) -> Result<Cluster, Box<dyn Error>> {
    if let Some((uid, gid)) = user {
        chown(folder, Some(uid), Some(gid))?;
    }
    initdb(bin, folder, user)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let log = fs::File::create(folder.join("log"))?;
    let mut command = Command::new(bin.join("postgres"));
    command.arg("-D").arg(folder.join("data")).args(["-c", &format!("port={port}")]);
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
    as_user(&mut command, folder, user);
    let server = command.spawn()?;
    let watcher = Command::new("sh")
        .args(["-c", WATCHER, "watcher", &server.id().to_string()])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    let url = format!("postgres://ongoeul@127.0.0.1:{port}/postgres");
    let mut cluster = Cluster { url, server, watcher };
    cluster.wait_until_it_answers(bin, folder)?;
    for sql in [WARM_UP, "CHECKPOINT"] {
        let done = cluster.psql(bin, sql)?;
        if !done.status.success() {
            return Err(format!("psql: {}", String::from_utf8_lossy(&done.stderr)).into());
        }
    }
    Ok(cluster)
}

impl Cluster {
    fn psql(&self, bin: &Path, sql: &str) -> std::io::Result<Output> {
        let mut command = Command::new(bin.join("psql"));
        command.args(["-X", "-q", "-At", "-d", &self.url, "-c", sql]).stdin(Stdio::null()).output()
    }

    fn wait_until_it_answers(&mut self, bin: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
        let start = Instant::now();
        while self.server.try_wait()?.is_none() && start.elapsed() < START_LIMIT {
            if self.psql(bin, "SELECT 1")?.status.success() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        Err(format!("PostgreSQL does not start:\n{log}").into())
    }
}

fn initdb(bin: &Path, folder: &Path, user: Option<(u32, u32)>) -> Result<(), Box<dyn Error>> {
    let data = folder.join("data");
    let mut command = Command::new(bin.join("initdb"));
    command.args(["--username=ongoeul", "--auth=trust", "--locale=C.UTF-8", "--encoding=UTF8"]);
    command.arg("--no-instructions").arg("-D").arg(&data).stdin(Stdio::null());
    as_user(&mut command, folder, user);
    let output = command.output().map_err(|error| {
        format!("initdb does not start in {} (may its user enter that folder?): {error}", folder.display())
    })?;
    if !output.status.success() {
        return Err(format!("initdb failed:\n{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let file = data.join("postgresql.auto.conf");
    let mut settings = fs::read_to_string(&file).unwrap_or_default();
    for (key, value) in SIZES.iter().chain(PLACE) {
        writeln!(settings, "{key} = '{value}'")?;
    }
    fs::write(file, settings)?;
    Ok(())
}

fn as_user(command: &mut Command, folder: &Path, user: Option<(u32, u32)>) {
    command.current_dir(folder).env("TZ", "UTC").env_remove("PGDATA");
    if let Some((uid, gid)) = user {
        command.gid(gid).uid(uid);
    }
}

/// PostgreSQL refuses root: where we are root, its processes run as `postgres` or `nobody`.
fn server_user() -> Result<Option<(u32, u32)>, Box<dyn Error>> {
    if fs::metadata("/proc/self").map_or(1, |me| me.uid()) != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2);
        Some((ids.next()?.parse().ok()?, ids.next()?.parse().ok()?))
    };
    let user = find("postgres").or_else(|| find("nobody"));
    user.map(Some).ok_or_else(|| "there is no user postgres or nobody to run PostgreSQL as".into())
}

/// The folder that holds `initdb`, `postgres` and `psql`, if there is one.
fn bindir() -> Option<PathBuf> {
    let mut places: Vec<PathBuf> =
        std::env::var_os("ONGOEUL_PG_BINDIR").map(PathBuf::from).into_iter().collect();
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
    places.into_iter().find(|bin| ["initdb", "postgres", "psql"].iter().all(|name| bin.join(name).is_file()))
}
