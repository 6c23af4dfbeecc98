//! What stands in the code as `word.word` is said to people in every language: a refusal's code by three texts (what, why,
//! what would change it), a look at a record, a class of accounts by one each.

use std::collections::{BTreeMap, BTreeSet};

use super::File;

/// Texts a dotted word may have, before the word with its dot made a hyphen. A refusal has two more lines.
const NAMED: [&str; 2] = ["look-what-", "class-"];
/// Ends of files' names.
const FILES: [&str; 14] = [
    "css", "csv", "db", "html", "js", "json", "jsonl", "note", "pdf", "sqlite", "svg", "toml", "tree", "xlsx",
];
/// Dotted words that programs read and nobody is shown: events of webhooks, reasons of `/readyz`, parts of a receipt's leaf
/// (`facts.…`), a file before it has its name.
const UNSAID: [&str; 8] = [
    "authorization.made",
    "authorization.released",
    "payment.made",
    "payment.refunded",
    "pen.stopped",
    "queue.full",
    "snapshot.failed",
    "books.new",
];
const UNSAID_PARTS: &str = "facts.";
/// Folders without words to people: the operators' command line, and what is shown in tests of pages.
const ELSEWHERE: [&str; 3] = ["crates/ongoeul/", "crates/testkit/", "/look/samples/"];

/// Dotted words without their texts.
pub fn check(files: &[File]) -> Vec<String> {
    let mut texts: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.path.starts_with("crates/web/texts/")) {
        let Some(language) = file.path.split('/').nth(3) else { continue };
        texts.entry(language).or_default().extend(super::texts::keys(&file.text));
    }
    let mut found = Vec::new();
    for file in files.iter().filter(|file| is_told(file)) {
        for (at, word) in words(&file.text) {
            for (language, known) in &texts {
                if let Some(what) = missing(word, known) {
                    found.push(file.finding(at, &format!("{word:?} has no {what} in {language}")));
                }
            }
        }
    }
    found
}

fn is_told(file: &File) -> bool {
    file.is_rust()
        && file.path.starts_with("crates/")
        && file.path.contains("/src/")
        && !ELSEWHERE.iter().any(|place| file.path.contains(place))
}

/// What a word lacks in a language.
fn missing(word: &str, known: &BTreeSet<String>) -> Option<&'static str> {
    let dashed = word.replace('.', "-");
    if NAMED.iter().any(|start| known.contains(&format!("{start}{dashed}"))) {
        return None;
    }
    let key = format!("refusal-{dashed}");
    let parts = [(String::new(), "text"), (".why".to_owned(), "why"), (".remedy".to_owned(), "remedy")];
    parts.into_iter().find(|(part, _)| !known.contains(&format!("{key}{part}"))).map(|(_, what)| what)
}

/// The dotted words in quotes, with where they stand; comments and the file's own tests left out.
fn words(text: &str) -> Vec<(usize, &str)> {
    let own = text.split("#[cfg(test)]").next().unwrap_or(text);
    let mut words = Vec::new();
    let mut start = 0;
    for line in own.split_inclusive('\n') {
        if !line.trim_start().starts_with("//") {
            // Between quotes is every second piece.
            words.extend(
                line.split('"').skip(1).step_by(2).filter(|word| is_code(word)).map(|word| (start, word)),
            );
        }
        start += line.len();
    }
    words
}

fn is_code(piece: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_lowercase() || c == b'-');
    piece.split_once('.').is_some_and(|(of, what)| word(of) && word(what) && !FILES.contains(&what))
        && !UNSAID.contains(&piece)
        && !piece.starts_with(UNSAID_PARTS)
}

#[cfg(test)]
mod tests {
    use super::{File, check};

    const KO: &str = "refusal-card-frozen = 멈춘 카드예요\n    .why = 까닭\n    .remedy = 길\nlook-what-desk-glass = 봤어요\n";

    fn checked(code: &str, en: &str) -> Vec<String> {
        check(&[
            File::new("crates/web/texts/ko/house.ftl", KO),
            File::new("crates/web/texts/en/house.ftl", en),
            File::new("crates/economy/src/decide/pay.rs", code),
        ])
    }

    #[test]
    fn a_code_has_its_three_texts() {
        let good = "fn f() { no(\"card.frozen\"); look(\"desk.glass\"); file(\"city.toml\"); tell(\"payment.made\") }\n";
        assert_eq!(checked(good, KO), [""; 0]);
        assert_eq!(checked("// \"card.lost\"\n#[cfg(test)]\nmod tests { \"card.lost\" }\n", KO), [""; 0]);
        let lost = checked("fn f() {\n    no(\"card.lost\")\n}\n", KO);
        assert_eq!(lost.len(), 2, "{lost:?}");
        assert_eq!(lost[0], "crates/economy/src/decide/pay.rs:2: \"card.lost\" has no text in en");
        let without = KO.replace("    .remedy = 길\n", "");
        assert_eq!(
            checked(good, &without),
            ["crates/economy/src/decide/pay.rs:1: \"card.frozen\" has no remedy in en"]
        );
    }
}
