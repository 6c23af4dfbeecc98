//! A client that knows just enough HTTP: one connection, kept alive, one request at a time.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Longer than the server's own limit for a request.
const PATIENCE: Duration = Duration::from_secs(45);

/// What came back, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: String,
    /// `name=value` of each that was set.
    pub cookies: Vec<String>,
}

impl Answer {
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The id of what was done.
    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap().to_owned()
    }
}

/// A request to the API.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub token: &'a str,
    pub key: Option<&'a str>,
    pub body: &'a str,
}

impl<'a> Ask<'a> {
    pub fn get(path: &'a str, token: &'a str) -> Ask<'a> {
        Ask { method: "GET", path, token, key: None, body: "" }
    }
}

/// One connection; opened when first needed, and again after it broke.
pub struct Line {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Line {
    pub fn to(address: SocketAddr) -> Line {
        Line { address, stream: None }
    }

    /// Asks and waits for the answer. After an error nobody knows what became of the request.
    pub fn ask(&mut self, ask: &Ask<'_>) -> io::Result<Answer> {
        let Ask { method, path, token, body, .. } = ask;
        let key = ask.key.map(|key| format!("Idempotency-Key: {key}\r\n")).unwrap_or_default();
        let length = body.len();
        self.send(&format!(
            "{method} {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\n{key}\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    }

    /// A page, with a session's cookie.
    pub fn page(&mut self, path: &str, session: &str) -> io::Result<Answer> {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: test\r\nCookie: session={session}\r\n\r\n"))
    }

    pub fn send(&mut self, text: &str) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                BufReader::new(stream)
            }
        };
        stream.get_mut().write_all(text.as_bytes())?;
        let (answer, stays) = read_answer(&mut stream)?;
        self.stream = stays.then_some(stream);
        Ok(answer)
    }
}

/// The answer, and whether the connection stays open.
fn read_answer(stream: &mut BufReader<TcpStream>) -> io::Result<(Answer, bool)> {
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(cut)?;
    let (mut length, mut stays, mut cookies) = (0, true, Vec::new());
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        if !line.ends_with('\n') {
            return Err(cut());
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().map_err(|_| cut())?,
            "connection" => stays = value.trim() != "close",
            "set-cookie" => cookies.extend(value.trim().split(';').next().map(str::to_owned)),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let body = String::from_utf8(body).map_err(|_| cut())?;
    Ok((Answer { status, body, cookies }, stays))
}
