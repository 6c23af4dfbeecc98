//! Schemathesis, which tries an API against its own description: installed from PyPI into a virtual environment under
//! `target/`, at versions that `xtask/schemathesis.txt` names one by one.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use crate::Failure;

/// The versions of it and of all it needs.
const VERSIONS: &str = include_str!("../schemathesis.txt");

/// The program, if it was installed before at these versions or is named in `ONGOEUL_TEST_SCHEMATHESIS`.
pub fn find(root: &Path) -> Option<PathBuf> {
    let named = std::env::var_os("ONGOEUL_TEST_SCHEMATHESIS").map(PathBuf::from);
    Some(named.unwrap_or_else(|| program(&folder(root)))).filter(|file| file.is_file())
}

/// The program, installed if need be.
pub fn find_or_install(root: &Path) -> Result<PathBuf, Failure> {
    if let Some(file) = find(root) {
        return Ok(file);
    }
    println!("    installing Schemathesis");
    // Made beside its place and moved there whole would break it: environments know where they stand. So it counts only
    // once the mark of its versions is there.
    let unfinished = folder(root).with_extension("unfinished");
    let place = folder(root);
    if place.exists() {
        std::fs::remove_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
    }
    std::fs::create_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
    std::fs::write(&unfinished, "").map_err(|error| format!("{}: {error}", unfinished.display()))?;
    run(Command::new("python3").args(["-m", "venv"]).arg(&place))?;
    let list = root.join("xtask/schemathesis.txt");
    let mut install = Command::new(place.join("bin/python"));
    run(install
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r"])
        .arg(list))?;
    std::fs::remove_file(&unfinished).map_err(|error| format!("{}: {error}", unfinished.display()))?;
    find(root).ok_or_else(|| "Schemathesis was installed and is not there.".into())
}

/// Whether Python can make a virtual environment here.
pub fn python_is_here() -> bool {
    let mut command = Command::new("python3");
    command.args(["-c", "import venv, ensurepip"]).stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn folder(root: &Path) -> PathBuf {
    let mark: String = Sha256::digest(VERSIONS).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    root.join(format!("target/tools/schemathesis-{mark}"))
}

fn program(folder: &Path) -> PathBuf {
    if folder.with_extension("unfinished").exists() {
        PathBuf::new()
    } else {
        folder.join("bin/schemathesis")
    }
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("python3: {error}"))?;
    let why = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("Schemathesis cannot be installed (it needs a network once): {}", why.trim()))
    }
}
