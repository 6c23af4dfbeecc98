//! Rules for Rust sources: their size, their excuses, where SQL may stand, and that code knows no city.

use super::File;

/// A file longer than this hides something.
const LONGEST: usize = 600;

/// Names of the first city: what it decides is in its pack.
const CITY: [&str; 3] = ["jeonju", "전주", "돼지"];

/// What is wrong with one file.
pub fn check(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    let ours = file.path.starts_with("crates/") || file.path.starts_with("xtask/");
    if ours && file.is_rust() {
        let lines = file.text.lines().count();
        if lines > LONGEST {
            found.push(format!("{}: {lines} lines: split it, {LONGEST} is the limit", file.path));
        }
        found.extend(excuses(file));
        found.extend(sql(file));
    }
    found.extend(city(file));
    found
}

/// `#[allow]` without a reason.
fn excuses(file: &File) -> Vec<String> {
    let attributes = ["#[allow(", "#![allow("];
    let starts = attributes.iter().flat_map(|attribute| file.text.match_indices(attribute));
    starts
        .filter(|(at, _)| !in_string_or_comment(&file.text, *at))
        .filter(|(at, _)| {
            let rest = &file.text[*at..];
            let attribute = rest.find(")]").map_or(rest, |end| &rest[..end]);
            !attribute.split(|c: char| !c.is_alphanumeric()).any(|word| word == "reason")
        })
        .map(|(at, _)| file.finding(at, "an allow without a reason: say why, or use expect"))
        .collect()
}

/// SQL outside the places made for it. Tests may look into a database as they like.
fn sql(file: &File) -> Vec<String> {
    let made_for_it = file.path.starts_with("crates/store/")
        || file.path.starts_with("crates/pen/")
        || file.path.ends_with("/store.rs")
        || file.lies_in("store")
        || file.lies_in("tests");
    if made_for_it || !file.path.starts_with("crates/") {
        return Vec::new();
    }
    ["sql(\"", "sql(r\"", "sql(r#", "sql!("]
        .iter()
        .flat_map(|call| file.text.match_indices(call))
        .filter(|(at, _)| !in_string_or_comment(&file.text, *at))
        .map(|(at, _)| {
            file.finding(at, "SQL stands only in store.rs, a folder store/, or the store and pen crates")
        })
        .collect()
}

/// Names of the city in code, templates and texts. A path to its pack is none of the code's knowledge.
fn city(file: &File) -> Vec<String> {
    let kind =
        [".rs", ".html", ".txt", ".svg", ".ftl", ".js", ".css"].iter().any(|end| file.path.ends_with(end));
    if !file.path.starts_with("crates/") || !kind || file.lies_in("tests") {
        return Vec::new();
    }
    let lower = file.text.to_ascii_lowercase();
    let names = CITY.iter().flat_map(|name| lower.match_indices(name));
    names
        .filter(|(at, _)| !(file.path.starts_with("crates/ongoeul/") && lower[..*at].ends_with("cities/")))
        .map(|(at, name)| file.finding(at, &format!("names the city ({name}): this belongs into its pack")))
        .collect()
}

/// Whether the text before `at` on its line opens a comment or a string.
fn in_string_or_comment(text: &str, at: usize) -> bool {
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    line.contains("//") || line.matches('"').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::{File, check};

    fn found(path: &str, text: &str) -> usize {
        check(&File::new(path, text)).len()
    }

    #[test]
    fn files_stay_short() {
        assert_eq!(found("crates/base/src/lib.rs", &"\n".repeat(600)), 0);
        assert_eq!(found("crates/base/src/lib.rs", &"\n".repeat(601)), 1);
        assert_eq!(found("cities/some/list.toml", &"\n".repeat(6000)), 0);
    }

    #[test]
    fn excuses_have_a_reason() {
        let path = "crates/base/src/lib.rs";
        assert_eq!(found(path, "#[allow(dead_code)]\nfn f() {}\n"), 1);
        assert_eq!(found(path, "#![allow(\n    dead_code,\n)]\n"), 1);
        assert_eq!(found(path, "#[allow(dead_code, reason = \"later\")]\n"), 0);
        assert_eq!(found(path, "#[allow(\n    dead_code,\n    reason = \"later\"\n)]\n"), 0);
        assert_eq!(found(path, "// no #[allow(dead_code)]\nlet s = \"#[allow(x)]\";\n"), 0);
    }

    #[test]
    fn sql_has_its_places() {
        let text = "db.sql(\"SELECT 1\");\n";
        for place in [
            "crates/store/src/a.rs",
            "crates/pen/src/b.rs",
            "crates/economy/src/store.rs",
            "crates/economy/src/store/cards.rs",
            "crates/city/tests/x.rs",
        ] {
            assert_eq!(found(place, text), 0, "{place}");
        }
        for place in ["crates/economy/src/lib.rs", "crates/web/src/restore.rs", "crates/city/src/stores/x.rs"]
        {
            assert_eq!(found(place, text), 1, "{place}");
        }
    }

    #[test]
    fn code_knows_no_city() {
        for text in ["\"Jeonju\"", "\"전주시\"", "\"돼지카드\"", "// as in JEONJU"] {
            assert_eq!(found("crates/city/src/lib.rs", text), 1, "{text}");
            assert_eq!(found("crates/city/tests/story.rs", text), 0, "{text}");
            assert_eq!(found("cities/jeonju/city.toml", text), 0, "{text}");
        }
        assert_eq!(found("crates/ongoeul/src/demo.rs", "\"cities/jeonju\""), 0);
        assert_eq!(found("crates/city/src/pack.rs", "\"cities/jeonju\""), 1);
        assert_eq!(found("crates/web/templates/town.html", "전주"), 1);
    }
}
