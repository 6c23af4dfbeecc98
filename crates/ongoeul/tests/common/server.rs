//! The server as a process of its own, and the other commands.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use testkit::Guarded;
use testkit::process::Signal;

/// A start of a small city in a debug build, on a machine that does other things too.
const START: Duration = Duration::from_secs(30);
/// A killed process's sessions hold PostgreSQL's leader lock until the server there has noticed.
pub const LOCK: Duration = Duration::from_secs(10);

/// A running `ongoeul serve`.
pub struct Server {
    process: Guarded,
    out: PathBuf,
    err: PathBuf,
    pub address: SocketAddr,
    /// Postings read at start.
    pub read: u64,
}

impl Server {
    /// Starts it and waits until it serves. An earlier one was killed perhaps: its lock may need a moment.
    pub fn start(config: &Path) -> Server {
        Server::start_with(config, &[])
    }

    /// The same with more arguments.
    pub fn start_with(config: &Path, arguments: &[&str]) -> Server {
        let begun = Instant::now();
        loop {
            match Server::try_with(config, arguments) {
                Ok(server) => return server,
                Err(why) if why.contains("another writer is alive") && begun.elapsed() < LOCK => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                Err(why) => panic!("the server does not start: {why}"),
            }
        }
    }

    /// Starts it; what it said if it ended instead of serving.
    pub fn try_start(config: &Path) -> Result<Server, String> {
        Server::try_with(config, &[])
    }

    fn try_with(config: &Path, arguments: &[&str]) -> Result<Server, String> {
        let (out, err) = (config.with_extension("out"), config.with_extension("err"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_ongoeul"));
        command
            .arg("serve")
            .arg("--config")
            .arg(config)
            .args(arguments)
            .stdin(Stdio::null())
            .env_remove("RUST_LOG");
        command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
        let mut process = Guarded::spawn(command);
        let begun = Instant::now();
        loop {
            let ended = process.ended();
            let said = read(&out);
            if let Some((read, address)) = greeting(&said) {
                return Ok(Server { process, out, err, address, read });
            }
            if let Some(status) = ended {
                assert!(!status.success(), "it ended well without serving: {said}");
                return Err(read(&err));
            }
            assert!(begun.elapsed() < START, "the server says nothing: {said}{}", read(&err));
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn kill9(mut self) {
        self.process.kill9();
    }

    /// The word to stop in good order.
    pub fn tell_to_stop(&mut self) {
        self.process.signal(Signal::Term);
    }

    /// Stops it in good order; what it wrote to its log.
    pub fn stop(mut self) -> String {
        let status = self.process.stop(START);
        assert!(status.success(), "{status}: {}", self.log());
        self.log()
    }

    /// Waits until it ends by itself.
    pub fn ends_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        self.process.wait(limit)
    }

    pub fn has_ended(&mut self) -> bool {
        self.process.ended().is_some()
    }

    pub fn log(&self) -> String {
        read(&self.err)
    }
}

/// What it prints once it serves: how many postings it read, and where it listens.
fn greeting(said: &str) -> Option<(u64, SocketAddr)> {
    let read = said.split(" accounts, ").nth(1)?.split(' ').next()?.parse().ok()?;
    let line = said.lines().find_map(|line| line.strip_prefix("serving "))?;
    Some((read, line.split(' ').next()?.parse().ok()?))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Runs another command to its end.
pub fn ongoeul(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ongoeul"))
        .args(arguments)
        .stdin(Stdio::null())
        .env_remove("RUST_LOG")
        .output()
        .unwrap()
}

/// What a command said that failed, as it must.
pub fn refusal(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "it did not fail: {said}");
    assert!(output.status.code().is_some(), "it crashed: {said}");
    said
}

/// What a command that went well says.
pub fn said(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// Asks for words in a text.
pub fn has(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word:?} is not in: {text}");
    }
}
