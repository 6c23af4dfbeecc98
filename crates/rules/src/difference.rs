//! Where two packs differ, by file and key: for whoever says yes to the later one.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

/// A place where they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The file, by its path in the pack.
    pub file: String,
    /// The key in it, such as `campaign[pig-2021-04].person_month`; empty where the whole file can't be read.
    pub key: String,
    /// What stood there; `None` where nothing did.
    pub was: Option<String>,
    /// What stands there; `None` where nothing does.
    pub now: Option<String>,
}

/// What tells an entry of a list from the others, the first that it has.
const NAMES: [&str; 5] = ["id", "kind", "code", "operation", "from"];

/// Where two packs' files differ, in order of file and key. Comments and the order of entries are no difference.
pub fn differences(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<Difference> {
    let files: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut all = Vec::new();
    for file in files {
        if old.get(file) == new.get(file) {
            continue;
        }
        let keys =
            |files: &BTreeMap<String, String>| files.get(file).map(|text| flat(text)).unwrap_or_default();
        let (was, now) = (keys(old), keys(new));
        let both: BTreeSet<&String> = was.keys().chain(now.keys()).collect();
        for key in both.into_iter().filter(|key| was.get(*key) != now.get(*key)) {
            all.push(Difference {
                file: file.clone(),
                key: key.clone(),
                was: was.get(key).cloned(),
                now: now.get(key).cloned(),
            });
        }
    }
    all
}

/// A file's values by their keys.
fn flat(text: &str) -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    match toml::from_str::<Table>(text) {
        Ok(table) => walk(&table, "", &mut keys),
        // No pack in force has such a file; one that is proposed is refused before it is shown.
        Err(_) => {
            keys.insert(String::new(), text.to_owned());
        }
    }
    keys
}

fn walk(table: &Table, path: &str, keys: &mut BTreeMap<String, String>) {
    for (name, value) in table {
        let here = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        put(value, &here, keys);
    }
}

fn put(value: &Value, here: &str, keys: &mut BTreeMap<String, String>) {
    match value {
        Value::Table(table) => walk(table, here, keys),
        Value::Array(entries) if entries.iter().any(Value::is_table) => {
            let mut seen: BTreeMap<String, usize> = BTreeMap::new();
            for (at, entry) in entries.iter().enumerate() {
                let name = named(entry).unwrap_or_else(|| (at + 1).to_string());
                let times = seen.entry(name.clone()).or_default();
                *times += 1;
                let again = if *times > 1 { format!(" {times}") } else { String::new() };
                put(entry, &format!("{here}[{name}{again}]"), keys);
            }
        }
        other => {
            keys.insert(here.to_owned(), shown(other));
        }
    }
}

fn named(entry: &Value) -> Option<String> {
    let table = entry.as_table()?;
    NAMES.iter().find_map(|name| table.get(*name)).map(shown)
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(yes) => yes.to_string(),
        Value::Datetime(at) => at.to_string(),
        Value::Array(entries) => entries.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Table(table) => table.values().map(shown).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(text: &str) -> BTreeMap<String, String> {
        BTreeMap::from([
            ("notices.toml".to_owned(), text.to_owned()),
            ("same.toml".to_owned(), "a = 1".to_owned()),
        ])
    }

    #[test]
    fn by_file_and_key_in_whatever_order_entries_stand() {
        let old = pack(
            "[quiet]\nfrom = 21\n[[notice]]\nkind = \"a\"\nways = [\"sms\"]\n[[notice]]\nkind = \"b\"\nways = []\n",
        );
        let new = pack(
            "# said anew\n[quiet]\nfrom = 22\n[[notice]]\nkind = \"b\"\nways = []\nurgent = true\n\
             [[notice]]\nkind = \"a\"\nways = [\"sms\", \"email\"]\nname = { ko = \"가\" }\n",
        );
        let lines: Vec<String> = differences(&old, &new)
            .into_iter()
            .map(|one| {
                let of = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
                format!("{} {}: {} > {}", one.file, one.key, of(one.was), of(one.now))
            })
            .collect();
        assert_eq!(
            lines,
            [
                "notices.toml notice[a].name.ko: - > 가",
                "notices.toml notice[a].ways: sms > sms, email",
                "notices.toml notice[b].urgent: - > true",
                "notices.toml quiet.from: 21 > 22",
            ]
        );
        assert!(differences(&old, &old).is_empty());
        let gone: Vec<Option<String>> =
            differences(&old, &BTreeMap::new()).into_iter().map(|one| one.now).collect();
        assert!(gone.len() == 6 && gone.iter().all(Option::is_none), "{gone:?}");
    }

    #[test]
    fn entries_of_one_name_are_told_apart() {
        let of = |text: &str| BTreeMap::from([("a.toml".to_owned(), text.to_owned())]);
        let twice = of("[[rules]]\nfrom = 2021-01-01\nx = 1\n[[rules]]\nfrom = 2021-01-01\nx = 2\n");
        let other = of("[[rules]]\nfrom = 2021-01-01\nx = 1\n[[rules]]\nfrom = 2021-01-01\nx = 3\n");
        let found = differences(&twice, &other);
        assert_eq!((found.len(), found[0].key.as_str()), (1, "rules[2021-01-01 2].x"));
    }
}
