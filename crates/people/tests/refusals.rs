//! Every refusal of this crate has its three texts in both languages.

#![expect(clippy::unwrap_used, reason = "helpers of a test stop at the first surprise, as tests do")]

use std::collections::BTreeSet;
use std::path::Path;

/// The codes in the crate's sources, tests left out: every dotted word in quotes that a refusal may be made of.
fn codes() -> BTreeSet<String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut codes = BTreeSet::new();
    let mut folders = vec![sources];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() { folders.push(entry) } else { files.push(entry) }
        }
    }
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        let own = text.split("#[cfg(test)]").next().unwrap();
        // Between quotes is every second piece.
        for piece in own
            .lines()
            .filter(|line| !line.trim().starts_with("//"))
            .flat_map(|l| l.split('"').skip(1).step_by(2))
        {
            let word =
                |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            if piece.split_once('.').is_some_and(|(of, what)| word(of) && word(what)) {
                codes.insert(piece.to_owned());
            }
        }
    }
    codes
}

#[test]
fn every_refusal_has_its_texts() {
    let codes = codes();
    for sure in ["reason.short", "household.in-another", "delegation.month-limit", "glass.review-own"] {
        assert!(
            codes.contains(sure),
            "{sure} is not found any more: is this test still reading the sources?"
        );
    }
    for language in ["ko", "en"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../web/texts/{language}"));
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let texts: String = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
        for code in &codes {
            let key = format!("refusal-{} = ", code.replace('.', "-"));
            let lines: Vec<&str> = texts.lines().skip_while(|line| !line.starts_with(&key)).take(3).collect();
            let whole = matches!(lines[..], [_, why, remedy]
                if why.starts_with("    .why = ") && remedy.starts_with("    .remedy = "));
            assert!(whole, "{language}: {code} has no text, why or remedy");
        }
    }
}
