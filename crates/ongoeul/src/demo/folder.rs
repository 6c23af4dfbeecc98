//! The demo's folder: database, checkpoints, keys, who the personas are, and their tokens.

use std::fs;
use std::path::{Path, PathBuf};

use base::{Actor, Entropy};
use city::build::Personas;
use city::open::{CantOpen, City};
use city::pack::Kept;
use city::{Command, NewToken, tokens};
use pen::Request;
use serde::{Deserialize, Serialize};

use super::{OwnDesk, token};
use crate::house::{ACCESS, Failed};
use crate::secrets::{self, Keys, SecretsFile, write_private};

/// Marks a folder as a demo's, so that `--fresh` never drops anything else.
const MARK: &str = "ongoeul-demo.json";
const SECRETS: &str = "secrets.toml";
const TOKENS: &str = "tokens.json";

/// The folder.
pub struct Folder(PathBuf);

/// What is remembered of a built town.
#[derive(Debug, Serialize, Deserialize)]
pub struct Town {
    pub people: u32,
    pub seed: u64,
    pub personas: Personas,
}

/// How the personas are called.
pub struct Names {
    pub newcomer: String,
    pub citizen: String,
    pub shop: String,
    /// The citizen's neighbourhood: the counter's too.
    pub district: Option<String>,
}

impl Folder {
    pub fn of(path: &Path) -> Folder {
        Folder(path.to_path_buf())
    }

    pub fn database(&self) -> PathBuf {
        self.0.join("city.sqlite")
    }

    pub fn checkpoints(&self) -> PathBuf {
        self.0.join("checkpoints")
    }

    pub fn access(&self) -> PathBuf {
        self.0.join(ACCESS)
    }

    pub fn compartments(&self) -> PathBuf {
        self.0.join(city::compartments::FOLDER)
    }

    pub fn seal(&self) -> PathBuf {
        self.0.join(city::sealing::FOLDER)
    }

    /// Why the town in it doesn't open, and what to do: a demo's town is worth nothing, and quickly made anew.
    pub fn cant_open(&self, error: CantOpen) -> Failed {
        match error {
            CantOpen::Store(store::Error::Migration { .. }) | CantOpen::Pack(_) => format!(
                "the town in {} was made by another version of this program: run again with --fresh, which makes a \
                 new one in its place ({error})",
                self.0.display()
            )
            .into(),
            error => error.into(),
        }
    }

    /// Drops a demo's folder. Any other folder is left alone.
    pub fn clear(&self) -> Result<(), Failed> {
        let Ok(mut entries) = fs::read_dir(&self.0) else { return Ok(()) };
        let ours = self.0.join(MARK).exists() || self.0.join(SECRETS).exists();
        if entries.next().is_some() && !ours {
            return Err(
                format!("{} is not a demo's folder: --fresh drops nothing else", self.0.display()).into()
            );
        }
        fs::remove_dir_all(&self.0)?;
        Ok(())
    }

    pub fn make(&self) -> Result<(), Failed> {
        fs::create_dir_all(&self.0)?;
        if self.database().exists() {
            return Err(format!(
                "{} holds a town that was not finished: run again with --fresh",
                self.0.display()
            )
            .into());
        }
        Ok(())
    }

    /// The town in it, if one was finished.
    pub fn town(&self) -> Result<Option<Town>, Failed> {
        match fs::read(self.0.join(MARK)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub fn keep_town(&self, people: u32, seed: u64, personas: &Personas) -> Result<(), Failed> {
        let town = Town { people, seed, personas: personas.clone() };
        fs::write(self.0.join(MARK), serde_json::to_vec_pretty(&town)?)?;
        Ok(())
    }

    /// A town that exists has its pack in its database; this one is only asked of a new one.
    pub fn kept(&self) -> Result<Kept, Failed> {
        Ok(Kept { files: Default::default(), scale: (1, 1) })
    }

    /// The keys, made at the first asking: the demo's own, worth nothing elsewhere.
    pub fn secrets(&self, compartments: &[String]) -> Result<Keys, Failed> {
        let path = self.0.join(SECRETS);
        if !path.exists() {
            SecretsFile::fresh()?.write(&path)?;
        }
        // A town that was built before its journal was sealed.
        let mut file = SecretsFile::open(&path)?;
        let mut is_new = file.complete()?;
        for id in compartments {
            is_new |= file.add_compartment(id)?;
        }
        if is_new {
            file.write(&path)?;
        }
        secrets::read(&path)
    }

    /// What the personas are called: names stand in the database only.
    pub fn names(&self, city: &City, personas: &Personas) -> Result<Names, Failed> {
        let name = |person| {
            let vault = city.vault();
            city.readers.read(|snapshot| {
                let known = city::read::people::Register::new(snapshot, &vault).naming(person)?;
                Ok(known.map(|known| known.name).unwrap_or_default())
            })
        };
        let (shop, district) = {
            let view = city.shared.read();
            let directory = &view.town.directory;
            let shop = directory.shop(personas.shop).map(|(_, shop)| shop.name.clone()).unwrap_or_default();
            let lives = directory.holder(personas.citizen).and_then(|holder| holder.person.district);
            let district = lives.and_then(|at| view.town.pack.city.districts.get(usize::from(at)));
            (shop, district.map(|district| district.code.clone()))
        };
        Ok(Names { newcomer: name(personas.newcomer)?, citizen: name(personas.citizen)?, shop, district })
    }

    /// `tokens.json`: granted at the first start, and left as it is after that.
    pub fn tokens(
        &self,
        city: &City,
        personas: &Personas,
        desks: &[OwnDesk],
        entropy: &mut dyn Entropy,
    ) -> Result<PathBuf, Failed> {
        let path = self.0.join(TOKENS);
        if path.exists() {
            return Ok(path);
        }
        let mut file = serde_json::Map::new();
        let mut roles = vec![
            ("citizen", "citizen", Some(personas.citizen.to_string())),
            ("newcomer", "citizen", Some(personas.newcomer.to_string())),
            ("merchant", "merchant", Some(personas.shop.to_string())),
            ("till", "till", Some(personas.shop.to_string())),
            ("clerk", "clerk", None),
            ("officer", "officer", None),
            ("auditor", "auditor", None),
        ];
        for desk in desks {
            roles.push((desk.key, &desk.duty, Some(desk.organisation.to_string())));
        }
        for (name, role, subject) in roles {
            let text = token(entropy);
            let hash = tokens::hash(&text);
            let command = Command::Grant(NewToken {
                hash,
                role: role.into(),
                subject,
                district: None,
                name: name.into(),
            });
            let request =
                Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
            city.ask_waiting(request, command).map_err(|failure| format!("no token: {failure:?}"))?;
            file.insert(name.into(), text.into());
        }
        write_private(&path, &serde_json::to_vec_pretty(&file)?)?;
        Ok(path)
    }
}
