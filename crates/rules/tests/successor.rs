//! Which packs may follow the first city's on 23 February 2021.

#![expect(clippy::unwrap_used, reason = "helpers of a test stop at the first surprise, as tests do")]

use std::collections::BTreeMap;
use std::path::Path;

use base::date;
use rules::{Pack, Step, scaled, successor};

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

fn files() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju");
    let mut files = BTreeMap::new();
    collect(&root, &root, &mut files);
    files
}

/// The pack with these words in place of those.
fn with(edits: &[(&str, &str, &str)]) -> Pack {
    let mut files = files();
    for (file, from, to) in edits {
        let text = files.get_mut(*file).unwrap();
        assert!(text.contains(from), "{file} has no {from:?}");
        *text = text.replacen(from, to, 1);
    }
    Pack::parse(&files).unwrap_or_else(|errors| {
        panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

fn step(edits: &[(&str, &str, &str)]) -> Step {
    successor(&with(&[]), &with(edits), date(2021, 2, 23))
}

const CAMPAIGNS: &str = "campaigns/pig-card.toml";

#[test]
fn the_same_again_changes_nothing() {
    assert_eq!(step(&[]), Step::default());
    // Words that nobody reads are no change.
    assert_eq!(step(&[(CAMPAIGNS, "# until is the last day.", "# The last day is until.")]), Step::default());
}

#[test]
fn what_only_a_demo_reads_is_a_change_too() {
    let moved = step(&[("town.toml", "[\"김\", 215]", "[\"김\", 214]")]);
    assert_eq!((moved.faults, moved.changes), (vec![], vec!["town.toml is changed, from now on".to_owned()]));
}

#[test]
fn what_is_ahead_may_change_and_what_holds_may_end() {
    let (from, to) = ("from = 2021-04-01\nuntil = 2021-05-31", "from = 2021-04-02\nuntil = 2021-05-31");
    let moved = step(&[(CAMPAIGNS, from, to), (CAMPAIGNS, "until = 2021-03-31", "until = 2021-04-01")]);
    assert_eq!(moved.faults, [""; 0]);
    assert_eq!(
        moved.changes,
        [
            "campaign pig-2021-03 (from 2021-03-01), which is ahead, is changed",
            "campaign pig-2021-04 (from 2021-04-01), which is ahead, is changed",
        ]
    );
    // The campaign of today ends a week earlier, and another one begins after it.
    let new = "[[campaign]]\nid = \"pig-2021-02b\"\nfrom = 2021-02-24\nuntil = 2021-02-28\nperson_month = 400_000\n\
               counts = \"spend\"\ngrants = [{ at = \"payment\", rate = \"8%\", budget = \"cashback-2021\" }]\n\
               name = { ko = \"8%\", en = \"8%\" }\nsource = \"notice\"\n\n[[campaign]]\nid = \"pig-2021-03\"";
    let ended = step(&[
        (CAMPAIGNS, "until = 2021-02-28", "until = 2021-02-23"),
        (CAMPAIGNS, "[[campaign]]\nid = \"pig-2021-03\"", new),
    ]);
    assert_eq!(ended.faults, [""; 0]);
    assert_eq!(
        ended.changes,
        [
            "campaign pig-2021-01 (from 2021-01-01) holds until 2021-02-23",
            "campaign pig-2021-02b (from 2021-02-24) is new",
        ]
    );
    // Without dates: from now on.
    let payout = step(&[("city.toml", "payout_hour = 9", "payout_hour = 10")]);
    assert_eq!(payout.changes, ["city.toml is changed, from now on"]);
}

#[test]
fn nothing_that_was_decided_by_is_rewritten() {
    for (file, from, to, says) in [
        (
            CAMPAIGNS,
            "person_month = 500_000",
            "person_month = 600_000",
            "pig-2020-11 (from 2020-11-02) holds already",
        ),
        (
            CAMPAIGNS,
            "until = 2021-02-28",
            "until = 2021-02-22",
            "pig-2021-01 (from 2021-01-01) would end in the past",
        ),
        (
            "card.toml",
            "pin_above = 50_000",
            "pin_above = 30_000",
            "rules 2020-11-02 (from 2020-11-02) holds already",
        ),
        ("city.toml", "zone = \"Asia/Seoul\"", "zone = \"Asia/Tokyo\"", "the time zone stays Asia/Seoul"),
    ] {
        let step = step(&[(file, from, to)]);
        assert_eq!(step.faults.len(), 1, "{to}: {:?}", step.faults);
        assert!(step.faults[0].contains(says), "{:?}", step.faults);
    }
    // Ids that something may hold, and backdating.
    let renamed = step(&[(CAMPAIGNS, "id = \"pig-2021-01\"", "id = \"pig-2021-one\"")]);
    assert_eq!(renamed.faults.len(), 2, "{:?}", renamed.faults);
    assert!(renamed.faults[0].contains("pig-2021-01 (from 2021-01-01) is gone"), "{:?}", renamed.faults);
    assert!(
        renamed.faults[1].contains("pig-2021-one (from 2021-01-01) would be backdated"),
        "{:?}",
        renamed.faults
    );
}

#[test]
fn places_are_kept() {
    let (old, mut new) = (with(&[]), with(&[]));
    new.city.districts.swap(0, 1);
    new.purposes.pop();
    new.roles.retain(|role| role.id != old.roles[0].id);
    let faults = successor(&old, &new, date(2021, 2, 23)).faults;
    assert_eq!(faults.len(), 3, "{faults:?}");
    for (fault, says) in faults.iter().zip(["neighbourhood", "purpose", "role"]) {
        assert!(fault.contains(says), "{faults:?}");
    }
    // A reduced city is measured in its own scale.
    let (old, new) = (scaled(&old, 1, 32).unwrap(), scaled(&with(&[]), 1, 32).unwrap());
    assert_eq!(successor(&old, &new, date(2021, 2, 23)), Step::default());
}
