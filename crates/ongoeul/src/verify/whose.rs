//! Which city's seal is verified, and with which key.

use std::path::{Path, PathBuf};

use seal::{Secret, VerifierKey};
use store::Target;

use crate::house::{ACCESS, Failed};
use crate::{secrets, serve};

/// A city.
#[derive(Debug, clap::Args)]
pub struct Whose {
    /// The configuration file of a city in earnest.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The folder of a demo.
    #[arg(long, default_value = "ongoeul-demo", conflicts_with = "config")]
    dir: PathBuf,
}

/// What is needed of it.
pub struct City {
    pub target: Target,
    pub secret: Secret,
    /// Its log's folder.
    pub folder: PathBuf,
    /// Its access ledger.
    pub access: PathBuf,
    /// What its vault is locked with.
    pub masters: vault::Masters,
}

impl Whose {
    /// The configuration file, of a city in earnest.
    pub fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    pub fn city(&self) -> Result<City, Failed> {
        let (target, data, keys) = match &self.config {
            Some(path) => {
                let (config, target, keys) = serve::configured(path)?;
                (target, config.data, keys)
            }
            None => {
                let file = self.dir.join("city.sqlite");
                if !file.exists() {
                    return Err(format!("there is no city in {}", self.dir.display()).into());
                }
                let target = Target::Sqlite(file);
                (target, self.dir.clone(), secrets::read(&self.dir.join("secrets.toml"))?)
            }
        };
        if target.path().is_some_and(|path| !path.exists()) {
            return Err(format!("there is no city in {}", data.display()).into());
        }
        let folder = data.join(city::sealing::FOLDER);
        if !folder.join("origin").exists() {
            return Err(format!("nothing is sealed in {} yet: start the city once", folder.display()).into());
        }
        let access = data.join(ACCESS);
        Ok(City { target, secret: Secret::new(keys.seal), folder, access, masters: keys.masters })
    }
}

/// A key from an argument: the key itself, or a file with it.
pub fn key(text: &str) -> Result<VerifierKey, Failed> {
    let text = match std::fs::read_to_string(text) {
        Ok(file) => file,
        Err(_) => text.to_owned(),
    };
    Ok(VerifierKey::parse(&text)?)
}

/// A file somebody brings: never a large one.
pub fn brought(path: &Path) -> Result<String, Failed> {
    const LARGEST: u64 = 1 << 20;
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let length = std::fs::metadata(path).map_err(|error| named(&error))?.len();
    if length > LARGEST {
        return Err(named(&"too large for what it should be").into());
    }
    Ok(std::fs::read_to_string(path).map_err(|error| named(&error))?)
}
