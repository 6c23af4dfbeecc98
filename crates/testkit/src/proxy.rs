//! A proxy between a client and PostgreSQL that cuts the connection around a COMMIT.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// When the connection is cut. In every case the client sees a broken connection and no answer to its COMMIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The COMMIT reaches the server, which carries it out: the transaction *is* there.
    AfterCommit,
    /// The COMMIT never reaches the server: the transaction is *not* there.
    BeforeCommit,
    /// The client is cut off at once, the COMMIT reaches the server only this much later: a client that looks in
    /// the meantime must not conclude that it never landed.
    CommitArrivesLate(Duration),
}

/// A TCP proxy in front of PostgreSQL which understands just enough of the protocol to find a COMMIT.
///
/// Found are: a simple query with the word COMMIT, and the execution of a prepared statement with that word (not
/// its preparation). `READ COMMITTED` is another word.
#[derive(Debug)]
pub struct CutProxy {
    url: String,
    shared: Arc<Shared>,
    address: SocketAddr,
}

#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    armed: Mutex<Option<Cut>>,
    cuts: AtomicUsize,
    refusing: AtomicBool,
    closed: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl CutProxy {
    /// A proxy in front of the server of `url` (`postgres://user@host:port/database`).
    pub fn to(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").expect("a URL");
        let (authority, path) = rest.split_once('/').expect("a URL with a database");
        let (user, host) = authority.rsplit_once('@').expect("a URL with a user");
        let server = host.to_socket_addrs().expect("host:port").next().expect("an address");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            server,
            armed: Mutex::new(None),
            cuts: AtomicUsize::new(0),
            refusing: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            open: Mutex::new(Vec::new()),
        });
        let for_thread = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, &for_thread));
        Self { url: format!("{scheme}://{user}@{address}/{path}"), shared, address }
    }

    /// The URL to connect to instead.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Cuts at the next COMMIT of any connection, once.
    pub fn arm(&self, cut: Cut) {
        *self.shared.armed.lock().unwrap() = Some(cut);
    }

    /// How many times a COMMIT was cut.
    pub fn cuts(&self) -> usize {
        self.shared.cuts.load(Ordering::SeqCst)
    }

    /// Cuts every open connection now.
    pub fn cut_all(&self) {
        for stream in self.shared.open.lock().unwrap().drain(..) {
            close(&stream, Shutdown::Both);
        }
    }

    /// Whether new connections are closed at once, as by a server that is down.
    pub fn refuse(&self, refusing: bool) {
        self.shared.refusing.store(refusing, Ordering::SeqCst);
    }
}

impl Drop for CutProxy {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        self.cut_all();
        // Wakes the accepting thread, which then ends and closes its port. A proxy that is gone is no failure.
        drop(TcpStream::connect(self.address));
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        let Ok(client) = client else { continue };
        if shared.closed.load(Ordering::SeqCst) {
            return;
        }
        if shared.refusing.load(Ordering::SeqCst) {
            continue;
        }
        let Ok(server) = TcpStream::connect(shared.server) else { continue };
        // Latency matters more than packets: a load test runs through here.
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        shared.open.lock().unwrap().extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
        let muted = Arc::new(AtomicBool::new(false));
        let back = (server.try_clone().unwrap(), client.try_clone().unwrap(), Arc::clone(&muted));
        thread::spawn(move || {
            let (mut server, client, muted) = back;
            answers(&mut server, &client, &muted);
            close(&client, Shutdown::Both);
        });
        let shared = Arc::downgrade(shared);
        thread::spawn(move || {
            let mut line = Line { client, server, muted, shared, prepared: Vec::new() };
            // A connection that breaks is what this is for.
            if let Err(_broken) = line.requests() {
                close(&line.client, Shutdown::Both);
            }
            close(&line.server, Shutdown::Write);
        });
    }
}

/// Passes the server's answers on; once muted it goes on reading, so that closing the socket does not reset the
/// connection and take an unread COMMIT with it.
fn answers(server: &mut TcpStream, mut client: &TcpStream, muted: &AtomicBool) {
    let mut buffer = [0; 64 * 1024];
    loop {
        match server.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) => {
                if !muted.load(Ordering::SeqCst) && client.write_all(&buffer[..count]).is_err() {
                    return;
                }
            }
        }
    }
}

fn close(stream: &TcpStream, how: Shutdown) {
    if let Err(_already_closed) = stream.shutdown(how) {}
}

/// One connection, seen from the client's side.
struct Line {
    client: TcpStream,
    server: TcpStream,
    muted: Arc<AtomicBool>,
    shared: std::sync::Weak<Shared>,
    /// Names of prepared statements that commit.
    prepared: Vec<Vec<u8>>,
}

impl Line {
    fn requests(&mut self) -> io::Result<()> {
        self.greeting()?;
        let mut head = [0; 5];
        loop {
            self.client.read_exact(&mut head)?;
            let length = body_length(&head[1..])?;
            // Only these carry or name statement text; the rest (copied rows above all) streams through.
            if !matches!(head[0], b'Q' | b'P' | b'B') {
                self.server.write_all(&head)?;
                self.pass(length)?;
                continue;
            }
            let mut message = head.to_vec();
            self.read_body(&mut message, length)?;
            match self.commits(message[0], &message[5..]).then(|| self.take_cut()).flatten() {
                None => self.server.write_all(&message)?,
                Some(cut) => {
                    // A bound statement is carried out by the messages up to the Sync: they belong to the COMMIT.
                    while !matches!(head[0], b'Q' | b'S' | b'H') {
                        self.client.read_exact(&mut head)?;
                        message.extend(head);
                        self.read_body(&mut message, body_length(&head[1..])?)?;
                    }
                    return self.cut(cut, &message);
                }
            }
        }
    }

    fn read_body(&mut self, message: &mut Vec<u8>, length: usize) -> io::Result<()> {
        let start = message.len();
        message.resize(start + length, 0);
        self.client.read_exact(&mut message[start..])
    }

    /// The untyped messages a connection starts with: requests for encryption (which may repeat), then the startup.
    fn greeting(&mut self) -> io::Result<()> {
        const SSL: i32 = 80_877_103;
        const GSS: i32 = 80_877_104;
        loop {
            let mut head = [0; 8];
            self.client.read_exact(&mut head)?;
            let length = body_length(&head[..4])?;
            self.server.write_all(&head)?;
            self.pass(length.saturating_sub(4))?;
            let code = i32::from_be_bytes([head[4], head[5], head[6], head[7]]);
            if code != SSL && code != GSS {
                return Ok(());
            }
        }
    }

    fn pass(&mut self, length: usize) -> io::Result<()> {
        let copied = io::copy(&mut (&mut self.client).take(length as u64), &mut self.server)?;
        if copied == length as u64 { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Whether forwarding this message makes the server commit.
    fn commits(&mut self, kind: u8, body: &[u8]) -> bool {
        let mut strings = body.split(|byte| *byte == 0);
        let first = strings.next().unwrap_or_default();
        let second = strings.next().unwrap_or_default();
        match kind {
            b'Q' => has_commit(first),
            b'P' => {
                self.prepared.retain(|name| name != first);
                if has_commit(second) {
                    self.prepared.push(first.to_vec());
                }
                false
            }
            _ => self.prepared.iter().any(|name| name == second),
        }
    }

    fn take_cut(&self) -> Option<Cut> {
        self.shared.upgrade()?.armed.lock().unwrap().take()
    }

    fn cut(&mut self, cut: Cut, message: &[u8]) -> io::Result<()> {
        // Muted before the COMMIT goes out: its answer cannot slip through.
        self.muted.store(true, Ordering::SeqCst);
        close(&self.client, Shutdown::Both);
        if let Some(shared) = self.shared.upgrade() {
            shared.cuts.fetch_add(1, Ordering::SeqCst);
        }
        match cut {
            Cut::AfterCommit => self.server.write_all(message),
            Cut::BeforeCommit => Ok(()),
            Cut::CommitArrivesLate(delay) => {
                thread::sleep(delay);
                self.server.write_all(message)
            }
        }
    }
}

fn body_length(bytes: &[u8]) -> io::Result<usize> {
    let length = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    length.checked_sub(4).map(|length| length as usize).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Whether the word COMMIT stands in a statement's text.
fn has_commit(text: &[u8]) -> bool {
    let part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    text.windows(6).enumerate().any(|(at, window)| {
        window.eq_ignore_ascii_case(b"commit")
            && !part(at.checked_sub(1).and_then(|before| text.get(before)))
            && !part(text.get(at + 6))
    })
}

#[cfg(test)]
mod tests {
    use super::has_commit;

    #[test]
    fn only_the_word_commits() {
        for text in ["COMMIT", "commit;", "INSERT INTO x VALUES (1); COMMIT", "COMMIT AND CHAIN"] {
            assert!(has_commit(text.as_bytes()), "{text}");
        }
        for text in ["BEGIN ISOLATION LEVEL READ COMMITTED", "SELECT commit_at", "", "ROLLBACK"] {
            assert!(!has_commit(text.as_bytes()), "{text}");
        }
    }
}
