//! The texts say the same things in every language.

use std::collections::{BTreeMap, BTreeSet};

use super::File;

/// Texts of one place: the keys of each language.
type Languages = BTreeMap<String, BTreeSet<String>>;

/// What one language says and another does not, and what is said twice.
pub fn check(files: &[File]) -> Vec<String> {
    let mut places: BTreeMap<&str, Languages> = BTreeMap::new();
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".ftl")) {
        // `…/texts/ko.ftl` or `…/texts/ko/pages.ftl`: either way the language comes first.
        let Some((place, rest)) = file.path.split_once("/texts/") else { continue };
        let language = rest.split('/').next().unwrap_or(rest).trim_end_matches(".ftl");
        let known = places.entry(place).or_default().entry(language.to_owned()).or_default();
        for key in keys(&file.text) {
            if known.contains(&key) {
                found.push(format!("{}: {key} is there twice", file.path));
            }
            known.insert(key);
        }
    }
    for (place, languages) in &places {
        if languages.len() < 2 {
            found.push(format!("{place}/texts: only one language"));
        }
        let all: BTreeSet<&String> = languages.values().flatten().collect();
        for (language, known) in languages {
            let missing = all.iter().filter(|key| !known.contains(**key));
            found.extend(missing.map(|key| format!("{place}/texts: {key} is missing in {language}")));
        }
    }
    found
}

/// The messages, terms and attributes of a text file; an attribute as `message.attribute`.
pub(super) fn keys(text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut message = String::new();
    for line in text.lines() {
        let Some((head, _)) = line.split_once('=') else { continue };
        let (inner, head) = (line.starts_with(' '), head.trim());
        let (dotted, name) = (head.starts_with('.'), head.strip_prefix('.').unwrap_or(head));
        let word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if name.is_empty() || !word {
            continue;
        }
        if inner && dotted {
            keys.push(format!("{message}.{name}"));
        } else if !inner && !dotted {
            name.clone_into(&mut message);
            keys.push(message.clone());
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::{File, check, keys};

    #[test]
    fn keys_are_read() {
        let text = "# note = none\npaid = 결제 { $sum }\n    = 더\n    .title = 제목\n-city = 도시\nlong =\n    a = b\n";
        assert_eq!(keys(text), ["paid", "paid.title", "-city", "long"]);
    }

    #[test]
    fn languages_agree() {
        let file = File::new;
        let same = [file("crates/web/texts/ko.ftl", "a = 가\n"), file("crates/web/texts/en.ftl", "a = A\n")];
        assert_eq!(check(&same), [""; 0]);
        let folders = [
            file("cities/x/texts/ko/one.ftl", "a = 가\n"),
            file("cities/x/texts/ko/two.ftl", "b = 나\n"),
            file("cities/x/texts/en/all.ftl", "a = A\n"),
        ];
        assert_eq!(check(&folders), ["cities/x/texts: b is missing in en"]);
        let twice =
            [file("crates/web/texts/ko.ftl", "a = 가\na = 나\n"), file("crates/web/texts/en.ftl", "a = A\n")];
        assert_eq!(check(&twice), ["crates/web/texts/ko.ftl: a is there twice"]);
        assert_eq!(check(&[file("crates/web/texts/ko.ftl", "a = 가\n")]).len(), 1);
    }
}
