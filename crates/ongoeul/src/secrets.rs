//! The secrets file: the keys that stand outside the database, and outside its backups.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use base::{Entropy, SystemEntropy};
use city::key_marks;
use city::open::City;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vault::{MasterKey, Masters};

use crate::house::{Failed, hex, key};

/// How to get one.
const HOW: &str = "make one with: ongoeul keys make --config FILE";

/// The file. Every key is 64 hex digits.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretsFile {
    /// Signs cookies, forms and shop codes.
    signing: Option<String>,
    /// Seals PINs.
    pins: Option<String>,
    /// Wrap the keys that personal data is sealed with: the one in use first.
    #[serde(default)]
    masters: Vec<String>,
    /// Signs the log, salts its leaves, blinds the float: losing it ends the log, not the journal.
    seal: Option<String>,
    /// Wrap the data keys of sealed compartments, by their ids in the pack: of each the one in use first.
    #[serde(default)]
    compartments: BTreeMap<String, Vec<String>>,
    /// What shows other houses that we are us, by their ids in the configuration.
    #[serde(default)]
    oidc: BTreeMap<String, String>,
    /// What shows the gateways of notices that we are us, by their ways in the configuration.
    #[serde(default)]
    notices: BTreeMap<String, String>,
}

/// The keys a server works with.
#[derive(Clone)]
pub struct Keys {
    pub signing: [u8; 32],
    pub pins: [u8; 32],
    pub masters: Masters,
    pub seal: [u8; 32],
    pub compartments: BTreeMap<String, Masters>,
    pub oidc: BTreeMap<String, String>,
    pub notices: BTreeMap<String, String>,
}

fn fresh(entropy: &mut dyn Entropy) -> String {
    hex(&(0..4).flat_map(|_| entropy.next_u64().to_be_bytes()).collect::<Vec<_>>())
}

impl SecretsFile {
    /// New keys throughout.
    pub fn fresh() -> Result<SecretsFile, Failed> {
        let mut entropy = SystemEntropy::new()?;
        let mut one = || fresh(&mut entropy);
        Ok(SecretsFile {
            signing: Some(one()),
            pins: Some(one()),
            masters: vec![one()],
            seal: Some(one()),
            compartments: BTreeMap::new(),
            oidc: BTreeMap::new(),
            notices: BTreeMap::new(),
        })
    }

    /// Adds what a file from before the seal lacks; true when it did. What there is stays: nothing else can be made anew
    /// without losing what it opens.
    pub fn complete(&mut self) -> Result<bool, Failed> {
        if self.seal.is_some() {
            return Ok(false);
        }
        self.seal = Some(fresh(&mut SystemEntropy::new()?));
        Ok(true)
    }

    /// Adds a master key for a sealed compartment that has none; true when it did.
    pub fn add_compartment(&mut self, id: &str) -> Result<bool, Failed> {
        if self.compartments.contains_key(id) {
            return Ok(false);
        }
        self.compartments.insert(id.to_owned(), vec![fresh(&mut SystemEntropy::new()?)]);
        Ok(true)
    }

    /// A new master key, of the city or of a compartment, in use from the next start on. The older ones stay until nothing
    /// is wrapped under them.
    pub fn rotate(&mut self, compartment: Option<&str>) -> Result<(), Failed> {
        let keys = match compartment {
            None => &mut self.masters,
            Some(id) => self.compartments.get_mut(id).ok_or_else(|| {
                format!(
                    "the secrets file has no key for a compartment {id:?}: make one with: ongoeul keys make"
                )
            })?,
        };
        keys.insert(0, fresh(&mut SystemEntropy::new()?));
        Ok(())
    }

    /// Keeps only the master keys of these marks.
    pub fn keep(&mut self, keep: impl Fn(&str) -> bool) {
        retain(&mut self.masters, keep);
    }

    /// The same, of a compartment.
    pub fn keep_in(&mut self, compartment: &str, keep: impl Fn(&str) -> bool) {
        if let Some(keys) = self.compartments.get_mut(compartment) {
            retain(keys, keep);
        }
    }

    /// Reads the file.
    pub fn open(path: &Path) -> Result<SecretsFile, Failed> {
        let text = fs::read_to_string(path).map_err(|error| {
            format!("the secrets file {} can't be read ({error}); {HOW} (secrets.unreadable)", path.display())
        })?;
        closed(path)?;
        // The parser's message would quote the line: a secret must not reach a log.
        toml::from_str(&text).map_err(|_| {
            let shown = path.display();
            format!(
                "the secrets file {shown} is not as it should be: it has signing, pins, masters, seal, [compartments], [oidc] and [notices]; {HOW} (secrets.form)"
            )
            .into()
        })
    }

    /// Writes the file for its owner only; an earlier one is replaced whole.
    pub fn write(&self, path: &Path) -> Result<(), Failed> {
        let quoted: Vec<String> = self.masters.iter().map(|key| format!("\"{key}\"")).collect();
        let line = |name: &str, key: &Option<String>| {
            key.as_ref().map(|key| format!("{name} = \"{key}\"\n")).unwrap_or_default()
        };
        // A JSON string is a TOML one too.
        let table = |name: &str, table: &BTreeMap<String, String>| {
            let lines = table.iter().map(|(id, secret)| format!("{} = {}\n", json!(id), json!(secret)));
            let lines: String = lines.collect();
            if lines.is_empty() { lines } else { format!("\n[{name}]\n{lines}") }
        };
        let lines = self.compartments.iter().map(|(id, keys)| format!("{id} = {}\n", json!(keys)));
        let lines: String = lines.collect();
        let compartments = if lines.is_empty() { lines } else { format!("\n[compartments]\n{lines}") };
        let oidc = compartments + &table("oidc", &self.oidc) + &table("notices", &self.notices);
        let text = format!(
            "{}{}masters = [{}]\n{}{oidc}",
            line("signing", &self.signing),
            line("pins", &self.pins),
            quoted.join(", "),
            line("seal", &self.seal)
        );
        let beside = path.with_extension("new");
        write_private(&beside, text.as_bytes())?;
        fs::rename(&beside, path)?;
        Ok(())
    }

    /// What is there and is no key: cut off, perhaps.
    fn malformed(&self) -> String {
        let one = |name: &'static str, text: Option<&String>| {
            text.filter(|text| key(text).is_none()).map(|text| format!("{name} has {}", text.trim().len()))
        };
        let single = [("signing", &self.signing), ("pins", &self.pins), ("seal", &self.seal)];
        let single = single.into_iter().filter_map(|(name, text)| one(name, text.as_ref()));
        let masters = self.masters.iter().chain(self.compartments.values().flatten());
        let masters = masters.filter_map(|text| one("a master key", Some(text)));
        let all: Vec<String> = single.chain(masters).collect();
        if all.is_empty() { String::new() } else { format!(": {}", all.join(", ")) }
    }

    /// The keys, or all that is missing at once.
    pub fn keys(&self, path: &Path) -> Result<Keys, Failed> {
        let signing = self.signing.as_deref().and_then(key);
        let pins = self.pins.as_deref().and_then(key);
        let masters = all_of(&self.masters);
        let compartments = self.compartments.iter().map(|(id, keys)| Some((id.clone(), all_of(keys)?)));
        let compartments: Option<BTreeMap<String, Masters>> = compartments.collect();
        let seal = self.seal.as_deref().and_then(key);
        let missing: Vec<&str> = [
            ("signing", signing.is_none()),
            ("pins", pins.is_none()),
            ("masters", masters.is_none()),
            ("seal", seal.is_none()),
            ("compartments", compartments.is_none()),
        ]
        .iter()
        .filter(|(_, missing)| *missing)
        .map(|(name, _)| *name)
        .collect();
        match (signing, pins, masters, seal, compartments) {
            (Some(signing), Some(pins), Some(masters), Some(seal), Some(compartments)) => {
                let (oidc, notices) = (self.oidc.clone(), self.notices.clone());
                Ok(Keys { signing, pins, masters, seal, compartments, oidc, notices })
            }
            // A city from before its journal was sealed: nothing else has to be made.
            (Some(_), Some(_), Some(_), None, Some(_)) if self.seal.is_none() => Err(format!(
                "the secrets file {} lacks: seal (64 hex digits): the key that signs the log of the journal, new since \
                 this city was made; add it, and nothing else, with: ongoeul keys make --config FILE (secrets.missing)",
                path.display()
            )
            .into()),
            _ => Err(format!(
                "the secrets file {} lacks: {} (64 hex digits each){}; {HOW} (secrets.missing)",
                path.display(),
                missing.join(", "),
                self.malformed()
            )
            .into()),
        }
    }
}

/// Keys that others may read are nobody's secret.
fn closed(path: &Path) -> Result<(), Failed> {
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path)?.permissions()) & 0o007 != 0 {
        let shown = path.display();
        return Err(format!(
            "the secrets file {shown} can be read by everyone on this machine; close it: chmod 600 {shown} (secrets.open)"
        )
        .into());
    }
    Ok(())
}

impl Keys {
    /// The marks of the keys that nothing in the database is wrapped under.
    fn marks(&self) -> [(&'static str, String); 2] {
        [("pins", MasterKey::new(self.pins).mark()), ("signing", MasterKey::new(self.signing).mark())]
    }

    /// Whether they are those this city was served with before; new ones are kept in mind. `accept_signing`: another
    /// signing key is meant.
    pub fn check(&self, city: &City, accept_signing: bool) -> Result<(), Failed> {
        let marks = self.marks();
        let others = key_marks::others(city, &marks)?;
        if others.contains(&"pins") {
            return Err("pins in the secrets file is not the key this city's PINs were sealed with: every right PIN would \
                be called wrong; put the file back that the city was served with (secrets.pins)"
                .into());
        }
        if others.contains(&"signing") && !accept_signing {
            return Err("signing in the secrets file is not the key this city was served with: codes and links that are \
                out would not hold any more; put the file back that it was served with, or, if the key was changed on \
                purpose, start once with --accept-signing (secrets.signing)"
                .into());
        }
        key_marks::keep(city, &marks)
            .map_err(|failure| format!("the keys' marks are not kept: {failure:?}").into())
    }
}

fn retain(keys: &mut Vec<String>, keep: impl Fn(&str) -> bool) {
    keys.retain(|text| key(text).is_some_and(|bytes| keep(&MasterKey::new(bytes).mark())));
}

/// Master keys from their texts, the one in use first; `None` when there is none, or one is no key.
fn all_of(keys: &[String]) -> Option<Masters> {
    let all: Option<Vec<MasterKey>> = keys.iter().map(|text| key(text).map(MasterKey::new)).collect();
    all.and_then(|all| Masters::new(all).ok())
}

/// Reads the keys, or says all that is missing at once.
pub fn read(path: &Path) -> Result<Keys, Failed> {
    SecretsFile::open(path)?.keys(path)
}

/// Makes the folder of a city's data, if there is none, for nobody but its owner: what is written there later needs no care
/// of its own.
pub fn make_folder(path: &Path) -> std::io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path)
}

/// Writes a file that only its owner may read.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failed> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(path)
        .map_err(|error| format!("{} can't be written ({error}): make its folder first", path.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_citys_folder_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let rights = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = testkit::TempDir::new();
        let data = folder.path().join("a/city");
        make_folder(&data).unwrap();
        assert_eq!(rights(&data), 0o700);
        write_private(&data.join("keys"), b"secret").unwrap();
        assert_eq!(rights(&data.join("keys")), 0o600);
        fs::set_permissions(&data, fs::Permissions::from_mode(0o750)).unwrap();
        make_folder(&data).unwrap();
        assert_eq!(rights(&data), 0o750, "one that is there keeps what the house chose");
    }

    #[test]
    fn other_houses_secrets_outlive_a_rotation() {
        let folder = testkit::TempDir::new();
        let path = folder.path().join("secrets.toml");
        let mut file = SecretsFile::fresh().unwrap();
        let secret = "quo\"te\\ and\nbreak".to_owned();
        file.oidc.insert("city-hall".into(), secret.clone());
        file.notices.insert("sms".into(), secret.clone());
        file.rotate(None).unwrap();
        assert!(file.add_compartment("shelter").unwrap() && !file.add_compartment("shelter").unwrap());
        file.rotate(Some("shelter")).unwrap();
        assert!(file.rotate(Some("elsewhere")).is_err());
        file.write(&path).unwrap();
        let again = SecretsFile::open(&path).unwrap();
        assert_eq!((again.masters.len(), again.compartments["shelter"].len()), (2, 2));
        assert_eq!(again.keys(&path).unwrap().compartments["shelter"].marks().count(), 2);
        assert_eq!(again.keys(&path).unwrap().oidc["city-hall"], secret);
        assert_eq!(again.keys(&path).unwrap().notices["sms"], secret);
        // Without any, the file is as it was.
        file.oidc.clear();
        file.notices.clear();
        file.write(&path).unwrap();
        assert!(!fs::read_to_string(&path).unwrap().contains("oidc"));
    }
}
