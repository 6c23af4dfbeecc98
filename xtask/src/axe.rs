//! axe-core, the accessibility engine of the browser tests: fetched by name with npm, checked against a pinned
//! hash, kept under `target/` and never in the repository.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha512};
use testkit::browser::AXE_VERSION;

use crate::Failure;

/// SHA-512 of the package of [`AXE_VERSION`] as npm serves it.
const PINNED: &str = "1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734\
    f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5";

/// The engine's script, if it was fetched before or is named in `ONGOEUL_TEST_AXE`.
pub fn find(root: &Path) -> Option<PathBuf> {
    let named = std::env::var_os("ONGOEUL_TEST_AXE").map(PathBuf::from);
    Some(named.unwrap_or_else(|| script(root))).filter(|file| file.is_file())
}

/// The engine's script, fetched if need be.
pub fn find_or_fetch(root: &Path) -> Result<PathBuf, Failure> {
    if let Some(file) = find(root) {
        return Ok(file);
    }
    let package = format!("axe-core@{AXE_VERSION}");
    println!("    fetching {package}");
    let tools = folder(root);
    std::fs::create_dir_all(&tools).map_err(|error| format!("{}: {error}", tools.display()))?;
    run(Command::new("npm").args(["pack", "--silent", &package]).current_dir(&tools)).map_err(|why| {
        format!(
            "npm cannot fetch {package}: {why}\nThe browser tests need it once, with a network. Or unpack it \
             elsewhere and name its axe.min.js in ONGOEUL_TEST_AXE."
        )
    })?;
    let archive = tools.join(format!("axe-core-{AXE_VERSION}.tgz"));
    let bytes = std::fs::read(&archive).map_err(|error| format!("{}: {error}", archive.display()))?;
    let hash = hex(&Sha512::digest(&bytes));
    if hash != PINNED {
        return Err(format!("{} is not the {package} we pinned:\n  {hash}\n  {PINNED}", archive.display()));
    }
    // Unpacked beside its place and moved there whole: a run that is cut short leaves no half file.
    let unpacked = tools.join("axe-core.new");
    std::fs::create_dir_all(&unpacked).map_err(|error| format!("{}: {error}", unpacked.display()))?;
    let mut unpack = Command::new("tar");
    unpack.arg("-xzf").arg(&archive).arg("-C").arg(&unpacked);
    run(unpack.args(["--strip-components=1", "package/axe.min.js", "package/LICENSE"]))
        .map_err(|why| format!("{} cannot be unpacked: {why}", archive.display()))?;
    let place = tools.join(format!("axe-core-{AXE_VERSION}"));
    std::fs::rename(&unpacked, &place).map_err(|error| format!("{}: {error}", place.display()))?;
    Ok(script(root))
}

fn folder(root: &Path) -> PathBuf {
    root.join("target/tools")
}

fn script(root: &Path) -> PathBuf {
    folder(root).join(format!("axe-core-{AXE_VERSION}/axe.min.js"))
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let why = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(why.trim().to_owned()) }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
