//! The demo as visitors start it: a jump goes on after a stop in the middle, every persona has a token, and a folder that
//! lacks something is told what.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::http::{Answer, Ask, Line};
use common::server::{ongoeul, refusal};
use common::town::pack_folder;
use serde_json::Value;
use testkit::{Guarded, TempDir, wait_for};

/// Building a town of sixty, and a start, in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

struct Demo {
    process: Guarded,
    address: SocketAddr,
}

/// Starts a demo of sixty people in a folder, without townsfolk of its own, and waits for its first page.
fn start(dir: &Path) -> Demo {
    let door = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = door.local_addr().unwrap();
    drop(door);
    let mut command = Command::new(env!("CARGO_BIN_EXE_ongoeul"));
    command.arg("demo").arg("--dir").arg(dir).arg("--pack").arg(pack_folder());
    command.args(["--people", "60", "--port", &address.port().to_string()]);
    command.stdin(Stdio::null()).env_remove("RUST_LOG");
    command.stdout(File::create(dir.with_extension("out")).unwrap());
    command.stderr(File::create(dir.with_extension("err")).unwrap());
    let mut process = Guarded::spawn(command);
    wait_for("the first page", PATIENCE, || {
        let ended = process.ended();
        assert!(ended.is_none(), "{}", fs::read_to_string(dir.with_extension("err")).unwrap());
        Line::to(address).ask(&Ask::get("/api/v1/city/today", "")).ok().filter(|answer| answer.status == 200)
    });
    Demo { process, address }
}

impl Demo {
    /// The city's day, once it is one that is waited for. Nobody asks more often than they may.
    fn day(&self, what: &str, is: impl Fn(&str) -> bool) -> String {
        wait_for(what, PATIENCE, || {
            std::thread::sleep(Duration::from_millis(300));
            let answer = Line::to(self.address).ask(&Ask::get("/api/v1/city/today", "")).unwrap();
            let day = answer.is_good().then(|| answer.json()["date"].as_str().unwrap().to_owned());
            day.filter(|day| is(day))
        })
    }

    fn stop(mut self) {
        assert!(self.process.stop(PATIENCE).success());
    }
}

/// A visitor's browser.
struct Visitor {
    line: Line,
    cookies: Vec<String>,
    csrf: String,
}

impl Visitor {
    /// Comes in with one click.
    fn of(demo: &Demo, persona: &str) -> Visitor {
        let mut visitor = Visitor { line: Line::to(demo.address), cookies: Vec::new(), csrf: String::new() };
        visitor.get("/enter");
        assert_eq!(visitor.post("/enter", &[("persona", persona)]).status, 303, "{persona}");
        visitor
    }

    fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "")
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let all = [&[("csrf", csrf.as_str())], fields].concat();
        let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let body: Vec<String> =
            all.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        self.send("POST", path, &body.join("&"))
    }

    fn send(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let (cookies, length) = (self.cookies.join("; "), body.len());
        let answer = self.line.send(&format!(
            "{method} {path} HTTP/1.1\r\nHost: test\r\nCookie: {cookies}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        ));
        let answer = answer.unwrap();
        for cookie in &answer.cookies {
            let name = format!("{}=", cookie.split('=').next().unwrap());
            self.cookies.retain(|known| !known.starts_with(&name));
            self.cookies.push(cookie.clone());
        }
        if let Some(csrf) = after(&answer.body, "name=\"csrf\" value=\"") {
            self.csrf = csrf;
        }
        answer
    }
}

/// What stands behind some words, up to the end of its quotes.
fn after(page: &str, words: &str) -> Option<String> {
    Some(page.split_once(words)?.1.split('"').next()?.to_owned())
}

/// What a window hands over is taken on at the other counter, by two personas; and two card officers are two accounts.
#[test]
fn a_hand_over_is_tried_to_its_end() {
    const WHY: &str = "서류를 가지러 가셔서 시청에서 이어서 해 주세요";
    let folder = TempDir::new();
    let dir = folder.path().join("town");
    let demo = start(&dir);
    let mut clerk = Visitor::of(&demo, "clerk");
    clerk.get("/clerk");
    let draft =
        clerk.post("/clerk/intakes", &[("request_key", "k1"), ("name", "이복순"), ("quiet", "1")]).body;
    let page = clerk.get(&format!("/clerk?draft={draft}")).body;
    let offered: Vec<&str> = page.split("<option value=\"").filter(|part| part.starts_with("acc_")).collect();
    assert_eq!(offered.len(), 1, "the counter, and nobody that is no persona: {page}");
    let to = offered[0].split('"').next().unwrap();
    let fields = [("request_key", "k2"), ("what", &*draft), ("to", to), ("why", WHY)];
    assert_eq!(clerk.post("/clerk/handovers", &fields).status, 303);
    let mut counter = Visitor::of(&demo, "counter");
    let page = counter.get("/clerk").body;
    assert!(page.contains(WHY), "{page}");
    let accept = format!(
        "/clerk/handovers/{}/accept",
        after(&page, "/clerk/handovers/").unwrap().split('/').next().unwrap()
    );
    assert_eq!(counter.post(&accept, &[("request_key", "k3")]).status, 303);
    assert!(counter.get(&format!("/clerk?draft={draft}")).body.contains("이복순"));
    for officer in ["officer", "colleague"] {
        assert_eq!(Visitor::of(&demo, officer).get("/desk").status, 200);
    }
    demo.stop();
    let accounts = || -> Vec<String> {
        let city = rusqlite::Connection::open(dir.join("city.sqlite")).unwrap();
        let mut rows = city.prepare("SELECT DISTINCT account FROM sessions ORDER BY account").unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let came_in = accounts();
    assert_eq!(came_in.len(), 4, "{came_in:?}");
    // They are the same after a restart.
    let demo = start(&dir);
    for persona in ["counter", "colleague", "officer", "clerk"] {
        Visitor::of(&demo, persona);
    }
    demo.stop();
    assert_eq!(accounts(), came_in);
}

/// Its personas get their tokens in the same hour: that is no reason to take the payout for made.
#[test]
fn shops_are_paid_out_before_the_first_page() {
    let folder = TempDir::new();
    let dir = folder.path().join("town");
    start(&dir).stop();
    let first = base::Zone::named("Asia/Seoul").unwrap().instant(base::date(2021, 2, 23), 9, 0);
    let books = rusqlite::Connection::open(dir.join("city.sqlite")).unwrap();
    let paid = |sql: &str| books.query_row(sql, [first.0], |row| row.get::<_, i64>(0)).unwrap();
    let settled = "SELECT COUNT(*) FROM postings WHERE kind = 'settle' AND at >= ?1";
    assert!(paid(settled) > 0, "what was sold on the 22nd");
}

#[test]
fn a_jump_goes_on_after_a_stop_in_its_middle() {
    let folder = TempDir::new();
    let dir = folder.path().join("town");
    start(&dir).stop();
    // As if somebody had asked for 1 April: what a server keeps while it is on its way.
    let april = base::Zone::named("Asia/Seoul").unwrap().instant(base::date(2021, 4, 1), 9, 0);
    fs::write(dir.join("jump"), april.0.to_string()).unwrap();
    let demo = start(&dir);
    let middle = demo.day("some days", |day| day > "2021-02-24");
    demo.stop();
    let demo = start(&dir);
    assert!(demo.day("any day", |_| true) >= middle, "it goes on where it was");
    demo.day("1 April", |day| day == "2021-04-01");
    wait_for("the end of the jump", PATIENCE, || (!dir.join("jump").exists()).then_some(()));
    let said: Value = Line::to(demo.address).ask(&Ask::get("/demo/jump", "")).unwrap().json();
    assert_eq!((&said["over"], &said["done"]), (&Value::Bool(true), &Value::from(100)), "{said}");
    demo.stop();
    // Every persona has a token that is somebody's; one that is missing is granted at the next start.
    let read = || -> Value { serde_json::from_slice(&fs::read(dir.join("tokens.json")).unwrap()).unwrap() };
    let mut tokens = read();
    let names = "access association auditor chest citizen clerk colleague merchant newcomer officer till";
    let keys: Vec<&String> = tokens.as_object().unwrap().keys().collect();
    let mut sorted = keys.clone();
    sorted.sort();
    assert_eq!(sorted, names.split(' ').collect::<Vec<_>>());
    let kept = tokens["auditor"].clone();
    tokens.as_object_mut().unwrap().remove("colleague");
    fs::write(dir.join("tokens.json"), tokens.to_string()).unwrap();
    let demo = start(&dir);
    let again = read();
    assert_eq!(again["auditor"], kept, "those that are there stay");
    for name in ["colleague", "access", "auditor"] {
        let token = again[name].as_str().unwrap();
        let answer = Line::to(demo.address).ask(&Ask::get("/api/v1/campaigns", token)).unwrap();
        assert!(answer.is_good(), "{name}: {answer:?}");
    }
    demo.stop();
}

#[test]
fn a_folder_from_a_backup_is_told_what_it_lacks() {
    let folder = TempDir::new();
    let (dir, copy) = (folder.path().join("town"), folder.path().join("copy"));
    start(&dir).stop();
    let backup = folder.path().join("kept.sqlite");
    let output = ongoeul(&["backup", backup.to_str().unwrap(), "--dir", dir.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.contains("ongoeul-demo.json") && said.contains("secrets.toml"),
        "{said}"
    );
    fs::create_dir(&copy).unwrap();
    fs::copy(&backup, copy.join("city.sqlite")).unwrap();
    let demo = ["demo", "--build-only", "--people", "60", "--dir", copy.to_str().unwrap(), "--pack"];
    let pack = pack_folder();
    let refused = || refusal(&ongoeul(&[&demo[..], &[pack.to_str().unwrap()]].concat()));
    let no = refused();
    assert!(no.contains("not ongoeul-demo.json and secrets.toml: copy them here"), "{no}");
    fs::copy(dir.join("secrets.toml"), copy.join("secrets.toml")).unwrap();
    let no = refused();
    assert!(no.contains("copy ongoeul-demo.json here too"), "{no}");
    fs::copy(dir.join("ongoeul-demo.json"), copy.join("ongoeul-demo.json")).unwrap();
    start(&copy).stop();
    fs::remove_file(copy.join("secrets.toml")).unwrap();
    let no = refusal(&ongoeul(&["demo", "--dir", copy.to_str().unwrap()]));
    assert!(no.contains("not secrets.toml: copy it here"), "{no}");
}
