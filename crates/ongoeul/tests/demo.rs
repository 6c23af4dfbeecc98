//! The demo as visitors start it: a jump goes on after a stop in the middle, every persona has a token, and a folder that
//! lacks something is told what.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::http::{Ask, Line};
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
