//! Tests that run: where a crate's test files are modules of one binary, a file named nowhere would be compiled by
//! nobody, and its tests would pass by never being asked.

use super::File;

/// Test files that neither `tests/all.rs` nor the crate's manifest names.
pub fn check(files: &[File]) -> Vec<String> {
    let text = |path: &str| files.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    let never_run = |file: &File| -> Option<String> {
        let (krate, rest) = file.path.split_once("/tests/")?;
        let (all, manifest) =
            (text(&format!("{krate}/tests/all.rs"))?, text(&format!("{krate}/Cargo.toml"))?);
        let name = rest.strip_suffix("/main.rs").or_else(|| rest.strip_suffix(".rs"))?;
        if name.contains('/') || manifest.contains(&format!("name = \"{name}\"")) {
            return None;
        }
        let is_named = all.lines().any(|line| line == format!("mod {name};"));
        (!is_named).then(|| file.finding(0, "no test binary has it: name it in `tests/all.rs`"))
    };
    files.iter().filter_map(never_run).collect()
}

#[cfg(test)]
mod tests {
    use super::{File, check};

    #[test]
    fn a_test_file_that_nothing_names_is_found() {
        let files = [
            File::new("crates/city/Cargo.toml", "[[test]]\nname = \"all\"\n[[test]]\nname = \"api\"\n"),
            File::new("crates/city/tests/all.rs", "mod common;\nmod pay;\n"),
            File::new("crates/city/tests/pay.rs", ""),
            File::new("crates/city/tests/common/mod.rs", ""),
            File::new("crates/city/tests/api/main.rs", ""),
            File::new("crates/city/tests/gone.rs", "\n"),
            File::new("crates/city/tests/walks/main.rs", "\n"),
            // Cargo finds these by itself.
            File::new("crates/pen/Cargo.toml", ""),
            File::new("crates/pen/tests/fence.rs", ""),
        ];
        let found = check(&files);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("crates/city/tests/gone.rs:1:"), "{found:?}");
        assert!(found[1].starts_with("crates/city/tests/walks/main.rs:1:"), "{found:?}");
    }
}
