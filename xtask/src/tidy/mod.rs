//! The workspace's own rules, each of them a reason to trust a file without opening it.

mod codes;
mod floors;
mod run;
mod sources;
mod texts;
mod traces;

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Failure;

/// A file under version control, or about to be.
#[derive(Debug)]
pub struct File {
    /// From the workspace's root, with forward slashes.
    pub path: String,
    /// Its text; files that are not UTF-8 are left out.
    pub text: String,
}

impl File {
    #[cfg(test)]
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether one of the folders it lies in is called `name`.
    fn lies_in(&self, name: &str) -> bool {
        self.path.rsplit_once('/').is_some_and(|(folders, _)| folders.split('/').any(|folder| folder == name))
    }

    /// What is wrong with its line at byte `at`, as a line to print.
    fn finding(&self, at: usize, what: &str) -> String {
        let line = 1 + self.text[..at].matches('\n').count();
        format!("{}:{line}: {what}", self.path)
    }
}

/// Everything that is not tidy, a line each.
pub fn check(root: &Path) -> Result<Vec<String>, Failure> {
    let files = files(root)?;
    let mut found = floors::check(&floors::packages(root)?);
    found.extend(files.iter().flat_map(sources::check));
    found.extend(run::check(&files));
    found.extend(texts::check(&files));
    found.extend(codes::check(&files));
    found.extend(files.iter().flat_map(traces::check));
    Ok(found)
}

/// All files git tracks or would track.
fn files(root: &Path) -> Result<Vec<File>, Failure> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("git cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("git ls-files: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let listed = String::from_utf8_lossy(&output.stdout);
    let paths = listed.split('\0').filter(|path| !path.is_empty());
    // A file that was deleted but not yet from the index, and a picture, have no text to check.
    Ok(paths
        .filter_map(|path| {
            Some(File { path: path.to_owned(), text: std::fs::read_to_string(root.join(path)).ok()? })
        })
        .collect())
}
