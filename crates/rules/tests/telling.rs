//! `notices.toml` and `fraud.toml`: what they mean, and what is refused at which line.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::path::Path;

use base::Won;
use rules::{Channel, Pack, Pattern};

fn jeonju() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju");
    let mut files = BTreeMap::new();
    for folder in ["", "campaigns"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn a_pack_says_how_people_are_told() {
    let pack = Pack::parse(&jeonju()).unwrap();
    let quiet: Vec<i8> = (0..24).filter(|hour| pack.notices.is_quiet(*hour)).collect();
    assert_eq!(quiet, [0, 1, 2, 3, 4, 5, 6, 7, 21, 22, 23]);
    let lost = pack.notices.of("card-lost").unwrap();
    assert_eq!(
        (lost.ways.as_slice(), lost.urgent),
        (&[Channel::Kakao, Channel::Sms, Channel::Email, Channel::Letter][..], true)
    );
    assert_eq!(pack.notices.of("case-opened").unwrap().days, Some(7));
    let round = &pack.fraud[0];
    let Pattern::RoundTrip { count: 2, amount: Won(200_000), share } = round.pattern else { panic!() };
    assert_eq!((share.to_string(), round.days), ("80%".to_owned(), 30));
    let mut bare = jeonju();
    bare.remove("notices.toml");
    bare.remove("fraud.toml");
    let bare = Pack::parse(&bare).unwrap();
    assert!(bare.fraud.is_empty() && bare.notices.kinds.is_empty() && !bare.notices.is_quiet(23));
}

#[test]
fn faults_are_named_at_their_line() {
    let rule = "[[rule]]\nid = \"a\"\nname = { ko = \"가\", en = \"A\" }\nfrom = 2021-01-01\n\
        pattern = \"repeated-high\"\ndays = 14\npoints = 40\ncount = 4\namount = 300_000\nsource = \"setting: x\"\n";
    let notice = "[[notice]]\nkind = \"a\"\nways = [\"sms\"]\nsource = \"setting: x\"\n";
    let cases: &[(&str, String, usize, &str)] = &[
        ("fraud.toml", rule.replace("count = 4\n", ""), 5, "needs count"),
        ("fraud.toml", rule.replace("count = 4", "count = 0"), 8, "out of range"),
        ("fraud.toml", rule.replace("count = 4", "count = 4\nminutes = 3"), 9, "has no minutes"),
        ("fraud.toml", rule.replace("repeated-high", "guesswork"), 5, "unknown variant"),
        ("fraud.toml", rule.replace("300_000", "-1"), 9, "negative"),
        ("fraud.toml", rule.replace("source = \"setting: x\"\n", ""), 1, "no source"),
        ("fraud.toml", format!("{rule}{rule}"), 12, "twice"),
        ("notices.toml", notice.replace("\"sms\"", "\"pigeon\""), 3, "unknown variant"),
        ("notices.toml", notice.replace("\"sms\"", "\"sms\", \"sms\""), 3, "twice"),
        ("notices.toml", notice.replace("\"sms\"", "\"app\""), 3, "own page"),
        (
            "notices.toml",
            format!("[quiet]\nfrom = 24\nuntil = 8\nsource = \"x\"\n{notice}"),
            2,
            "out of range",
        ),
        ("notices.toml", notice.replace("ways", "days = 0\nways"), 3, "out of range"),
    ];
    for (file, text, line, what) in cases {
        let mut files = jeonju();
        files.insert((*file).to_owned(), text.clone());
        let faults = Pack::parse(&files).unwrap_err();
        assert!(
            faults
                .iter()
                .any(|fault| fault.file == *file && fault.line == *line && fault.what.contains(what)),
            "{what}: {faults:?}"
        );
    }
}
