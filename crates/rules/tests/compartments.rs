//! `compartments.toml`: what a pack may say, and what is refused with its line.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::path::Path;

use rules::Pack;

fn files() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju");
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let names = [
        "city.toml",
        "town.toml",
        "card.toml",
        "budgets.toml",
        "roles.toml",
        "organisations.toml",
        "compartments.toml",
        "campaigns/pig-card.toml",
    ];
    names.iter().map(|name| ((*name).to_owned(), read(name))).collect()
}

#[test]
fn a_compartment_is_an_organisations_room() {
    let pack = Pack::parse(&files()).unwrap();
    let one = &pack.compartments[0];
    assert_eq!(one.keep_years, Some(3));
    assert_eq!((one.id.as_str(), one.organisation.as_str()), ("victim-support", "victim-centre"));
    assert_ne!(one.opens, one.reviews);
    // Absent: there are none.
    let mut without = files();
    without.remove("compartments.toml");
    assert!(Pack::parse(&without).unwrap().compartments.is_empty());
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let sound = files();
    for (file, from, to, said) in [
        ("compartments.toml", "organisation = \"victim-centre\"", "organisation = \"hospital\"", "hospital"),
        ("compartments.toml", "opens = \"victim-counsellor\"", "opens = \"mayor\"", "mayor"),
        ("compartments.toml", "opens = \"victim-counsellor\"", "opens = \"victim-reviewer\"", "used twice"),
        (
            "compartments.toml",
            "opens = \"victim-counsellor\"",
            "opens = \"clerk\"",
            "not for an organisation",
        ),
        (
            "compartments.toml",
            "opens = \"victim-counsellor\"",
            "opens = \"chest\"",
            "not for an organisation",
        ),
        ("compartments.toml", "keep_years = 3", "keep_years = 0", "out of range"),
        ("compartments.toml", "id = \"victim-support\"", "id = \"Victim support\"", "not an id"),
        ("compartments.toml", "id = \"victim-support\"", "id = \"victim-support\"\nopen = true", "open"),
    ] {
        let mut files = sound.clone();
        assert!(files[file].contains(from), "{from}");
        files.insert(file.to_owned(), sound[file].replacen(from, to, 1));
        let errors = Pack::parse(&files).unwrap_err();
        let found = errors.iter().find(|e| e.file == file && e.what.contains(said));
        assert!(found.is_some_and(|e| e.line > 1 && !e.fix.is_empty()), "{to}: {errors:#?}");
    }
    // A role that one person gives, or that one factor lets in, opens nothing.
    for weak in ["four_eyes = true", "second_factor = true"] {
        let (head, role) = sound["roles.toml"].split_once("id = \"victim-counsellor\"").unwrap();
        let role = role.replacen(weak, "", 1);
        let mut files = sound.clone();
        files.insert("roles.toml".to_owned(), format!("{head}id = \"victim-counsellor\"{role}"));
        let errors = Pack::parse(&files).unwrap_err();
        assert!(errors.iter().any(|e| e.what.contains("too easily")), "{weak}: {errors:#?}");
    }
}
