//! The floor plan: lower floors never import higher ones, siblings never import each other.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Failure;

/// Which floor each crate stands on.
const FLOORS: [&[&str]; 7] = [
    &["base", "rules", "calendar", "sheets", "bank"],
    &["ledger", "vault"],
    &["store", "pen", "access", "seal", "outbox"],
    &["people", "economy", "compartment"],
    &["city"],
    &["web"],
    &["ongoeul"],
];

/// Imports between crates of one floor that the plan allows.
const BESIDE: [(&str, &str); 4] =
    [("rules", "base"), ("calendar", "base"), ("bank", "base"), ("pen", "store")];

/// Test support: outside the floors, and never part of what runs.
const TEST_SUPPORT: &str = "testkit";

/// Developer tasks: outside the floors.
const TASKS: &str = "xtask";

/// A crate of the workspace with the crates of the workspace it depends on.
#[derive(Debug)]
pub struct Package {
    name: String,
    needs: Vec<Need>,
}

#[derive(Debug)]
struct Need {
    name: String,
    for_tests: bool,
}

/// Asks cargo, which reads the manifests, for the crates of the workspace.
pub fn packages(root: &Path) -> Result<Vec<Package>, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let said = serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata: {error}"))?;
    Ok(read(&said))
}

fn read(said: &Value) -> Vec<Package> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages = list(&said["packages"]);
    let package = |package: &Value| Package {
        name: text(&package["name"]),
        needs: list(&package["dependencies"])
            .iter()
            // A crate of ours is one that is taken from a folder.
            .filter(|need| need["path"].is_string())
            .map(|need| Need { name: text(&need["name"]), for_tests: need["kind"] == "dev" })
            .collect(),
    };
    packages.iter().map(package).collect()
}

/// What breaks the plan.
pub fn check(packages: &[Package]) -> Vec<String> {
    packages
        .iter()
        .flat_map(|package| package.needs.iter().filter_map(|need| wrong(package, need)))
        .chain(
            packages.iter().filter(|package| floor(&package.name).is_none() && !outside(&package.name)).map(
                |package| format!("{}: stands on no floor: add it to the floor plan in xtask", package.name),
            ),
        )
        .collect()
}

fn outside(name: &str) -> bool {
    name == TEST_SUPPORT || name == TASKS
}

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&name))
}

fn wrong(package: &Package, need: &Need) -> Option<String> {
    let (from, to) = (package.name.as_str(), need.name.as_str());
    if from == TASKS {
        return None;
    }
    if to == TEST_SUPPORT {
        return (!need.for_tests).then(|| format!("{from}: takes {to} as more than a dev-dependency"));
    }
    if from == TEST_SUPPORT {
        return Some(format!("{from}: imports {to}, which is tested with it"));
    }
    let (here, there) = (floor(from)?, floor(to)?);
    if there < here || BESIDE.contains(&(from, to)) {
        return None;
    }
    let how = if there == here { "beside it" } else { "above it" };
    Some(format!("{from} (floor {here}): imports {to} (floor {there}), {how}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{check, read};

    fn found(from: &str, to: &str, kind: Option<&str>) -> Vec<String> {
        let said = json!({ "packages": [
            { "name": from, "dependencies": [
                { "name": to, "kind": kind, "path": format!("crates/{to}") },
                { "name": "serde", "kind": null },
            ] },
        ] });
        check(&read(&said))
    }

    #[test]
    fn only_downwards() {
        for (from, to) in [
            ("ledger", "base"),
            ("rules", "base"),
            ("calendar", "base"),
            ("pen", "store"),
            ("access", "base"),
            ("seal", "ledger"),
            ("economy", "pen"),
            ("city", "economy"),
            ("ongoeul", "base"),
            ("xtask", "testkit"),
        ] {
            assert_eq!(found(from, to, None), [""; 0], "{from} -> {to}");
        }
        for (from, to) in [
            ("base", "rules"),
            ("rules", "calendar"),
            ("ledger", "store"),
            ("store", "pen"),
            ("access", "store"),
            ("seal", "store"),
            ("economy", "people"),
            ("economy", "city"),
            ("city", "web"),
            ("city", "testkit"),
            ("testkit", "store"),
        ] {
            assert_eq!(found(from, to, None).len(), 1, "{from} -> {to}");
        }
        assert_eq!(found("store", "pen", Some("dev")).len(), 1, "tests follow the plan too");
        assert_eq!(found("store", "testkit", Some("dev")), [""; 0]);
        assert_eq!(found("annex", "base", None).len(), 1, "a crate without a floor");
    }
}
