//! A mail relay on this machine: it speaks SMTP as far as a client needs it, keeps what it was given, and refuses what it is
//! told to.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A message as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Whom its envelope says it is from.
    pub from: String,
    /// Whom its envelope names.
    pub to: Vec<String>,
    /// Head and body as they came over the wire, dots unstuffed.
    pub text: String,
}

impl Letter {
    /// The values of a header, folded lines as one.
    pub fn header(&self, name: &str) -> Vec<String> {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        let of = |line: &str| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then(|| value.to_owned())
        };
        head.split("\r\n").filter_map(of).collect()
    }

    /// What stands after the head.
    pub fn body(&self) -> &str {
        self.text.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }
}

#[derive(Debug, Default)]
struct Kept {
    letters: Mutex<Vec<Letter>>,
    answers: Mutex<VecDeque<u16>>,
    /// What was said, line by line.
    said: Mutex<Vec<String>>,
}

/// A relay. It listens as long as the test's process runs.
#[derive(Debug)]
pub struct MailRelay {
    address: SocketAddr,
    kept: Arc<Kept>,
}

impl MailRelay {
    /// One that offers no TLS. With `login`, it takes mail from who shows these alone (`AUTH PLAIN`).
    pub fn start(login: Option<(&str, &str)>) -> MailRelay {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::new(Kept::default());
        let for_thread = Arc::clone(&kept);
        let login = login.map(|(user, password)| format!("\0{user}\0{password}"));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, login) = (Arc::clone(&for_thread), login.clone());
                // A client that goes away in the middle is no matter of ours.
                thread::spawn(move || drop(serve(stream, &kept, login.as_deref())));
            }
        });
        MailRelay { address, kept }
    }

    /// `127.0.0.1:port`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The next receivers are answered so, one after another; then 250.
    pub fn answer(&self, codes: &[u16]) {
        self.kept.answers.lock().unwrap().extend(codes);
    }

    /// What arrived, the oldest first; it is asked for once.
    pub fn letters(&self) -> Vec<Letter> {
        std::mem::take(&mut *self.kept.letters.lock().unwrap())
    }

    /// All lines clients said.
    pub fn said(&self) -> Vec<String> {
        self.kept.said.lock().unwrap().clone()
    }
}

/// The six bits of a letter of base64; `None` for what is none.
fn six(byte: u8) -> Option<u32> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    LETTERS.iter().position(|letter| *letter == byte).map(|at| at as u32)
}

/// What base64 stands for; what is no letter of it is passed over.
pub fn base64(text: &str) -> Vec<u8> {
    let letters: Vec<u32> = text.bytes().filter_map(six).collect();
    let mut bytes = Vec::new();
    for four in letters.chunks(4) {
        let bits = four.iter().fold(0, |bits, six| bits << 6 | six) << (6 * (4 - four.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..four.len()]);
    }
    bytes
}

fn serve(mut stream: TcpStream, kept: &Kept, login: Option<&str>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    stream.write_all(b"220 relay.test ESMTP\r\n")?;
    let (mut from, mut to, mut known) = (String::new(), Vec::new(), login.is_none());
    while let Some(line) = lines.next().transpose()? {
        kept.said.lock().unwrap().push(line.clone());
        let word = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let path =
            line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(path, _)| path.to_owned());
        let answer = match word.as_str() {
            "EHLO" if login.is_some() => "250-relay.test\r\n250 AUTH PLAIN".to_owned(),
            "EHLO" | "HELO" => "250 relay.test".to_owned(),
            "AUTH" => {
                let shown = base64(line.rsplit(' ').next().unwrap_or_default());
                known = login.is_some_and(|login| login.as_bytes() == shown);
                if known { "235 2.7.0 welcome".to_owned() } else { "535 5.7.8 who are you".to_owned() }
            }
            "MAIL" if !known => "530 5.7.0 who are you".to_owned(),
            "MAIL" => {
                (from, to) = (path.unwrap_or_default(), Vec::new());
                "250 2.1.0 ok".to_owned()
            }
            "RCPT" => {
                let path = path.unwrap_or_default();
                let code = kept.answers.lock().unwrap().pop_front().unwrap_or(250);
                // As relays do, it repeats whom it speaks of.
                let answer = format!("{code} {}.1.1 <{path}>: so it is", code / 100);
                if code == 250 {
                    to.push(path);
                }
                answer
            }
            "DATA" if to.is_empty() => "503 5.5.1 to whom".to_owned(),
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                let mut text = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    text.push_str("\r\n");
                }
                let letter = Letter { from: from.clone(), to: std::mem::take(&mut to), text };
                kept.letters.lock().unwrap().push(letter);
                "250 2.0.0 taken".to_owned()
            }
            "RSET" | "NOOP" => "250 ok".to_owned(),
            "QUIT" => {
                stream.write_all(b"221 bye\r\n")?;
                return Ok(());
            }
            _ => "502 5.5.2 unknown".to_owned(),
        };
        stream.write_all(answer.as_bytes())?;
        stream.write_all(b"\r\n")?;
    }
    Ok(())
}
