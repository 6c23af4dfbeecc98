//! Nothing in the repository names a machine it was on, or a host a package came from: it must work anywhere.

use super::File;

/// Parted so that this file does not name them itself.
const FOREIGN: [&str; 8] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("registry.npm", "js.org"),
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("deb.debian", ".org"),
    concat!("pypi", ".org"),
    concat!("python", "hosted.org"),
];

/// Where every entry of `Cargo.lock` comes from; cargo writes it, and translates it where a mirror is set.
const PUBLIC: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What is wrong with one file.
pub fn check(file: &File) -> Vec<String> {
    let mut found: Vec<String> = FOREIGN
        .iter()
        .flat_map(|name| file.text.match_indices(name))
        .map(|(at, name)| file.finding(at, &format!("names a machine or a host: {name}")))
        .collect();
    if file.path == "Cargo.lock" {
        let sources = file.text.lines().filter_map(|line| line.strip_prefix("source = "));
        let others = sources.filter(|source| source.trim_matches('"') != PUBLIC);
        found.extend(others.map(|source| format!("Cargo.lock: a dependency comes from {source}")));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{File, PUBLIC, check};

    #[test]
    fn traces_are_found() {
        for text in [
            concat!("cd /ro", "ot/x"),
            concat!("\"/wo", "rk/main\""),
            concat!("https://registry.npm", "js.org"),
        ] {
            assert_eq!(check(&File::new("README.md", text)).len(), 1, "{text}");
        }
        assert_eq!(check(&File::new("README.md", "/works/12 and /roots")).len(), 0);
        assert_eq!(check(&File::new("Cargo.lock", &format!("source = \"{PUBLIC}\"\n"))).len(), 0);
        assert_eq!(
            check(&File::new("Cargo.lock", "source = \"registry+https://mirror.example\"\n")).len(),
            1
        );
    }
}
