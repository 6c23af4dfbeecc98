//! `ongoeul move-in`: templates, a rehearsal that writes nothing, a cut-over that asks for its report, killed in the middle
//! and gone on with.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use common::server::{Server, ongoeul};
use common::town::pack_folder;
use economy::holder::card_number;
use testkit::{Database, Engine, TempDir, wait_for};

/// Enough for several parts.
const PEOPLE: u64 = 4_000;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

struct Empty {
    dir: TempDir,
    /// On PostgreSQL; held as long as the city.
    _database: Option<Database>,
}

impl Empty {
    fn on(engine: Engine) -> Empty {
        let dir = TempDir::new();
        let database = (engine == Engine::Postgres).then(|| testkit::postgres().database());
        let at = database.as_ref().map(|one| format!("database = \"{}\"\n", one.url())).unwrap_or_default();
        let config = format!(
            "listen = \"127.0.0.1:0\"\npublic_url = \"http://test\"\ndata = \"{0}\"\npack = \"{1}\"\n\
             secrets = \"{0}/secrets.toml\"\n{at}",
            dir.path().display(),
            pack_folder().display(),
        );
        fs::write(dir.path().join("ongoeul.toml"), config).unwrap();
        let empty = Empty { dir, _database: database };
        let made = ongoeul(&["keys", "make", "--config", &empty.config()]);
        assert!(made.status.success(), "{}", said(&made));
        empty
    }

    fn config(&self) -> String {
        self.dir.path().join("ongoeul.toml").display().to_string()
    }

    fn old(&self) -> String {
        self.dir.path().join("old").display().to_string()
    }

    fn run(&self, more: &[&str]) -> Output {
        let (config, old) = (self.config(), self.old());
        ongoeul(&[&["move-in", "--config", &config, "--from", &old], more].concat())
    }

    /// The report's hash that a clean rehearsal prints.
    fn rehearsed(&self) -> String {
        let output = self.run(&[]);
        assert!(output.status.success(), "{}", said(&output));
        let text = said(&output);
        text.lines().find_map(|line| line.strip_prefix("report ")).unwrap().to_owned()
    }
}

/// People with a card and 1,000 won each; one shop.
fn export(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let mut people = String::from("holder,name\n");
    let mut cards = String::from("holder,card\n");
    let mut purses = String::from("holder,purpose,won\n");
    for at in 0..PEOPLE {
        writeln!(people, "H{at},김순자").unwrap();
        writeln!(cards, "H{at},{:016}", card_number(941_200_000_000_000 + at)).unwrap();
        writeln!(purses, "H{at},cash,1000").unwrap();
    }
    let shops = "business_number,name,trade,district\n123-45-67891,남부시장 반찬,bakery,4511153000\n";
    let sum = PEOPLE * 1_000;
    let control = format!(
        "line,count,won\npeople,{PEOPLE},\ncards,{PEOPLE},\nshops,1,\npurses/cash,{PEOPLE},{sum}\nbank,,{sum}\n"
    );
    let files = [("people", people), ("cards", cards), ("purses", purses), ("control", control)];
    for (name, text) in files.iter().map(|(name, text)| (*name, text.as_str())).chain([("shops", shops)]) {
        fs::write(folder.join(name).with_extension("csv"), text).unwrap();
    }
}

#[test]
fn killed_in_the_middle_it_goes_on() {
    for engine in testkit::engines() {
        let city = Empty::on(engine);
        export(Path::new(&city.old()));
        let report = city.rehearsed();
        assert!(!city.dir.path().join("city.sqlite").exists(), "a rehearsal makes nothing");

        // Other files than those that were rehearsed are no cut-over, and nothing is made.
        let wrong = city.run(&["--cut-over", &"0f".repeat(32)]);
        assert!(!wrong.status.success() && said(&wrong).contains("rehearse again"), "{}", said(&wrong));
        assert!(!city.dir.path().join("city.sqlite").exists());

        let mut process = Command::new(env!("CARGO_BIN_EXE_ongoeul"))
            .args(["move-in", "--config", &city.config(), "--from", &city.old(), "--cut-over", &report])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = lines.find(|line| line.as_ref().unwrap().starts_with("part ")).unwrap().unwrap();
        assert!(first.starts_with("part 1 of "), "{first}");
        process.kill().unwrap();
        process.wait().unwrap();

        // Who serves it now serves a city where nobody can pay; then it is gone on with, to its end.
        Server::start(Path::new(&city.config())).stop();
        let done = wait_for("the leader lock", Duration::from_secs(20), || {
            let output = city.run(&["--cut-over", &report]);
            let alive = said(&output).contains("another writer is alive");
            (!alive).then_some(output)
        });
        let text = said(&done);
        assert!(done.status.success(), "{text}");
        assert!(text.contains("going on at part"), "{text}");
        assert!(text.contains("no difference: the cut-over is done, people can pay"), "{text}");
        let again = city.run(&["--cut-over", &report]);
        assert!(!again.status.success() && said(&again).contains("moved in already"), "{}", said(&again));
        Server::start(Path::new(&city.config())).stop();
    }
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_made() {
    let city = Empty::on(Engine::Sqlite);
    let old = city.old();
    let template = ongoeul(&["move-in", "--template", &old]);
    assert!(template.status.success(), "{}", said(&template));
    let heads = fs::read_to_string(Path::new(&old).join("purses.csv")).unwrap();
    assert_eq!(heads.trim_start_matches('\u{feff}').trim(), "holder,purpose,expires,won");
    let over = ongoeul(&["move-in", "--template", &old]);
    assert!(!over.status.success() && said(&over).contains("nothing is written over"));
    let help = said(&ongoeul(&["move-in", "--help"]));
    for words in ["holder or 회원번호", "bank + treasury + advanced", "EUC-KR"] {
        assert!(help.contains(words), "{words}: {help}");
    }
    // The templates alone: nothing is stated.
    let output = city.run(&[]);
    assert!(
        !output.status.success() && said(&output).contains("the line bank is missing"),
        "{}",
        said(&output)
    );

    export(Path::new(&old));
    let path = |name: &str| Path::new(&old).join(name).with_extension("csv");
    let control = fs::read_to_string(path("control")).unwrap();
    fs::write(path("control"), control.replace("4000000", "4000001")).unwrap();
    let output = city.run(&[]);
    assert!(!output.status.success());
    let text = said(&output);
    assert!(text.contains("difference in") && text.contains(": -1 won, 0 in number"), "{text}");
    fs::write(path("control"), control).unwrap();

    let cards = fs::read_to_string(path("cards")).unwrap();
    fs::write(path("cards"), cards.replacen("H7,", "H7777,", 1)).unwrap();
    let text = said(&city.run(&[]));
    assert!(text.contains("cards, line 9: nobody in people has the number \"H7777\"; add them"), "{text}");

    // Larger than any city's: not even read.
    fs::File::create(path("people")).unwrap().set_len(300 << 20).unwrap();
    let text = said(&city.run(&[]));
    assert!(text.contains("people.csv: larger than"), "{text}");
    assert!(!city.dir.path().join("city.sqlite").exists());
}
