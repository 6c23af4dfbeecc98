//! The few words of the WebDriver protocol the tests need: JSON over HTTP/1.1 to a driver on this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

/// A refusal of the driver: its error code (`no such element`, …) and message.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) error: String,
    pub(crate) message: String,
}

/// A session of a driver listening on `port`.
#[derive(Debug)]
pub(crate) struct Session {
    port: u16,
    path: String,
}

impl Session {
    pub(crate) fn open(port: u16, capabilities: &Value) -> Self {
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let opened = call(port, "POST", "/session", &body)
            .unwrap_or_else(|refused| panic!("the browser does not start: {}", refused.message));
        let id = opened["sessionId"].as_str().expect("a session id").to_owned();
        Self { port, path: format!("/session/{id}") }
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value, Refused> {
        call(self.port, "GET", &format!("{}{path}", self.path), &Value::Null)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, Refused> {
        call(self.port, "POST", &format!("{}{path}", self.path), body)
    }

    pub(crate) fn delete(&self, path: &str) -> Result<Value, Refused> {
        call(self.port, "DELETE", &format!("{}{path}", self.path), &Value::Null)
    }

    pub(crate) fn close(&self) -> Result<Value, Refused> {
        call(self.port, "DELETE", &self.path, &Value::Null)
    }
}

/// Whether a driver listens on `port` and takes a new session.
pub(crate) fn is_ready(port: u16) -> bool {
    call(port, "GET", "/status", &Value::Null).is_ok_and(|status| status["ready"] == true)
}

fn call(port: u16, method: &str, path: &str, body: &Value) -> Result<Value, Refused> {
    let (ok, answer) = exchange(port, method, path, body).map_err(|error| Refused {
        error: "no answer".to_owned(),
        message: format!("{method} {path}: the driver does not answer: {error}"),
    })?;
    let value = &answer["value"];
    if ok {
        return Ok(value.clone());
    }
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    Err(Refused { error: text("error"), message: text("message") })
}

/// One request on a connection of its own; answers whether it succeeded, and the body.
fn exchange(port: u16, method: &str, path: &str, body: &Value) -> std::io::Result<(bool, Value)> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(120)))?;
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    (&stream).write_all(request.as_bytes())?;
    let mut reader = BufReader::new(&stream);
    let mut status = String::new();
    reader.read_line(&mut status)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(std::io::Error::other)?;
        }
    }
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes)?;
    let answer = serde_json::from_slice(&bytes).map_err(std::io::Error::other)?;
    Ok((status.split(' ').nth(1) == Some("200"), answer))
}
