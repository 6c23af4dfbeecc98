//! Child processes that never outlive the test, however the test ends.

use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use std::os::unix::process::CommandExt;

/// A child process in a process group of its own, with a watcher that ends it when this process dies.
///
/// The watcher is a shell that reads from a pipe only this process holds open: when this process ends, even by
/// `kill -9`, the read ends too. Statics are never dropped and drop guards do not run on a kill, so this is what
/// keeps servers from being left behind.
#[derive(Debug)]
pub struct Guarded {
    child: Child,
    watcher: Child,
    gentle: Signal,
}

/// How a child is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// `SIGTERM`: end in good order.
    Term,
    /// `SIGINT`: PostgreSQL's fast shutdown.
    Int,
    /// `SIGQUIT`: PostgreSQL's immediate shutdown, which leaves a recovery to the next start.
    Quit,
    /// `SIGKILL`.
    Kill,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::Term => "TERM",
            Self::Int => "INT",
            Self::Quit => "QUIT",
            Self::Kill => "KILL",
        }
    }
}

/// Runs when this process dies. `$1` signal, `$2` process id, `$3` folder to delete or empty. The group is killed
/// last, so that what did not listen to the signal goes too.
const WATCHER: &str = r#"
trap '' INT TERM HUP
read -r _
kill -s "$1" -- "$2" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  kill -0 "$2" 2>/dev/null || break
  sleep 0.2
done
kill -s KILL -- -"$2" 2>/dev/null
if [ -n "$3" ]; then rm -rf "$3"; fi
"#;

impl Guarded {
    /// Starts `command`; it ends with this value or with this process, whichever goes first.
    pub fn spawn(command: Command) -> Self {
        Self::spawn_with(command, Signal::Term, None)
    }

    /// As [`Self::spawn`], with the signal that ends it, and a folder the watcher deletes if this process dies.
    pub fn spawn_with(mut command: Command, gentle: Signal, folder: Option<PathBuf>) -> Self {
        let program = command.get_program().to_owned();
        let child = command
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", program.to_string_lossy()));
        let watcher = Command::new("sh")
            .args(["-c", WATCHER, "watcher", gentle.name(), &child.id().to_string()])
            .arg(folder.unwrap_or_default())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell can be started");
        Self { child, watcher, gentle }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The child itself, for its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Sends a signal to the child alone.
    pub fn signal(&mut self, signal: Signal) {
        if self.ended().is_none() {
            send(signal, &self.child.id().to_string());
        }
    }

    /// `kill -9` to the child and its whole group, and waits until it is gone.
    pub fn kill9(&mut self) -> ExitStatus {
        if self.ended().is_none() {
            send(Signal::Kill, &format!("-{}", self.child.id()));
        }
        self.child.wait().unwrap()
    }

    /// The exit status, if the child has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Asks the child to end and waits; panics when it is still there after `limit`.
    pub fn stop(&mut self, limit: Duration) -> ExitStatus {
        self.signal(self.gentle);
        self.wait(limit).unwrap_or_else(|| panic!("process {} did not end within {limit:?}", self.id()))
    }

    /// Waits for the child to end by itself; `None` when it is still there after `limit`.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            if start.elapsed() >= limit {
                return None;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.signal(self.gentle);
        if self.wait(Duration::from_secs(10)).is_none() {
            self.kill9();
        }
        // The watcher ignores the gentle signals; it has nothing left to do.
        if let Err(error) = self.watcher.kill().and_then(|()| self.watcher.wait().map(drop)) {
            eprintln!("cannot end the watcher: {error}");
        }
    }
}

/// Sends a signal to a process, or to a group when `target` starts with a minus sign. A target that is gone is fine.
pub(crate) fn send(signal: Signal, target: &str) {
    Command::new("sh")
        .args(["-c", "kill -s \"$1\" -- \"$2\"", "kill", signal.name(), target])
        .stderr(Stdio::null())
        .status()
        .expect("a shell can be started");
}
