//! What the tests need from the machine: found, or installed where we may, else named with the exact command.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Failure, axe, schema};

/// Where the tests' tools are.
#[derive(Debug)]
pub struct Tools {
    /// Folder of PostgreSQL's binaries; none when this run leaves PostgreSQL out.
    pub postgres: Option<PathBuf>,
    /// The browser.
    pub chromium: PathBuf,
    /// Its driver.
    pub chromedriver: PathBuf,
    /// The accessibility engine, a script.
    pub axe: PathBuf,
    /// Tries the API against its description.
    pub schemathesis: PathBuf,
}

/// Finds the tools; installs the missing ones when this is root on a Debian-like system.
pub fn find_or_install(root: &Path, embedded_only: bool) -> Result<Tools, Failure> {
    let missing = missing_packages(root, embedded_only);
    if !missing.is_empty() {
        install(&missing)?;
        let still = missing_packages(root, embedded_only);
        if !still.is_empty() {
            return Err(format!("Installed, but still not found: {}.", still.join(", ")));
        }
    }
    let tools = Tools {
        postgres: if embedded_only { None } else { testkit::postgres::bindir() },
        chromium: testkit::browser::chromium().ok_or("Chromium is not found.")?,
        chromedriver: testkit::browser::chromedriver().ok_or("Chromium's driver is not found.")?,
        axe: axe::find_or_fetch(root)?,
        schemathesis: schema::find_or_install(root)?,
    };
    if let Some(postgres) = &tools.postgres {
        println!("    PostgreSQL  {}", postgres.display());
    }
    println!("    Chromium    {}", tools.chromium.display());
    println!("    driver      {}", tools.chromedriver.display());
    println!("    axe-core    {}", tools.axe.display());
    println!("    API tester  {}", tools.schemathesis.display());
    Ok(tools)
}

/// Debian's names of what is not here.
fn missing_packages(root: &Path, embedded_only: bool) -> Vec<&'static str> {
    let mut missing = Vec::new();
    if !embedded_only && testkit::postgres::bindir().is_none() {
        missing.push("postgresql");
    }
    if testkit::browser::chromium().is_none() {
        missing.push("chromium");
    }
    if testkit::browser::chromedriver().is_none() {
        missing.push("chromium-driver");
    }
    if !has_korean_font() {
        missing.extend(["fonts-noto-cjk", "fontconfig"]);
    }
    if axe::find(root).is_none() && !answers("npm", &["--version"]) {
        missing.push("npm");
    }
    if schema::find(root).is_none() && !schema::python_is_here() {
        missing.extend(["python3", "python3-venv"]);
    }
    missing
}

/// Without one every Korean letter is the same box, and a picture or a width proves nothing.
fn has_korean_font() -> bool {
    let listed = Command::new("fc-list").arg(":lang=ko").stderr(Stdio::null()).output();
    listed.is_ok_and(|output| !output.stdout.is_empty())
}

fn install(packages: &[&str]) -> Result<(), Failure> {
    let command =
        format!("apt-get update && apt-get install -y --no-install-recommends {}", packages.join(" "));
    if !is_root() || !answers("apt-get", &["--version"]) {
        return Err(format!(
            "Missing: {}. This is not root on a Debian-like system, so install them yourself, there with:\n\n    \
             sudo sh -c '{command}'\n\nand run this again.",
            packages.join(", ")
        ));
    }
    println!("    installing {}", packages.join(", "));
    let status = Command::new("sh")
        .args(["-c", &command])
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("a shell cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("This failed, see above:\n\n    {command}")) }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Whether a program is here and runs.
fn answers(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
