//! The demo's folder: database, checkpoints, keys, who the personas are, and their tokens.

use std::fs;
use std::path::{Path, PathBuf};

use base::{Actor, Entropy, Instant, Role};
use city::build::Personas;
use city::open::{CantOpen, City};
use city::pack::Kept;
use city::{Command, NewToken, tokens};
use pen::Request;
use serde::{Deserialize, Serialize};
use web::DemoPersona;

use super::token;
use crate::house::{ACCESS, Failed};
use crate::secrets::{self, Keys, SecretsFile, write_private};

/// Marks a folder as a demo's, so that `--fresh` never drops anything else.
const MARK: &str = "ongoeul-demo.json";
const SECRETS: &str = "secrets.toml";
const TOKENS: &str = "tokens.json";
/// The instant a jump of the clock goes to, while it is under way, in microseconds.
const JUMP: &str = "jump";

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
        crate::secrets::make_folder(&self.0)?;
        if !self.database().exists() {
            return Ok(());
        }
        // A town's keys are made before it is built, and the mark once it is.
        Err(self.lacking().unwrap_or_else(|| {
            format!(
                "{} holds a town that was not finished: run again with --fresh; if it was brought here from a backup, copy \
                 {MARK} here too, from the folder it was backed up of",
                self.0.display()
            )
            .into()
        }))
    }

    /// Where the clock was jumping to when the server ended.
    pub fn jump(&self) -> Result<Option<Instant>, Failed> {
        match fs::read_to_string(self.0.join(JUMP)) {
            Ok(text) => Ok(text.trim().parse().ok().map(Instant)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps where the clock jumps to, until it is there.
    pub fn keep_jump(&self, to: Option<Instant>) -> std::io::Result<()> {
        let path = self.0.join(JUMP);
        match to {
            Some(to) => fs::write(path, to.0.to_string()),
            None => fs::remove_file(path),
        }
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

    /// What a town that was brought here from a backup needs besides its database.
    fn lacking(&self) -> Option<Failed> {
        let missing: Vec<&str> =
            [MARK, SECRETS].into_iter().filter(|name| !self.0.join(name).exists()).collect();
        (self.database().exists() && missing.contains(&SECRETS)).then(|| {
            format!(
                "{dir} holds a city, but not {missing}: copy {them} here from the folder it was backed up of (a demo's keys \
                 and who is who in it stand beside its database), and start again; --fresh would drop the city that is here",
                dir = self.0.display(),
                missing = missing.join(" and "),
                them = if missing.len() > 1 { "them" } else { "it" },
            )
            .into()
        })
    }

    /// A town that exists has its pack in its database; this one is only asked of a new one.
    pub fn kept(&self) -> Result<Kept, Failed> {
        Ok(Kept { files: Default::default(), scale: (1, 1) })
    }

    /// The keys, made at the first asking: the demo's own, worth nothing elsewhere.
    pub fn secrets(&self, compartments: &[String]) -> Result<Keys, Failed> {
        let path = self.0.join(SECRETS);
        if let Some(lacking) = self.lacking() {
            return Err(lacking);
        }
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

    /// `tokens.json`: one for each persona, granted when there is none yet, and left as it is after that.
    pub fn tokens(
        &self,
        city: &City,
        personas: &[DemoPersona],
        entropy: &mut dyn Entropy,
    ) -> Result<PathBuf, Failed> {
        let path = self.0.join(TOKENS);
        let mut file: serde_json::Map<String, serde_json::Value> = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => serde_json::Map::new(),
            Err(error) => return Err(error.into()),
        };
        let mut new = false;
        for persona in personas {
            let (text, name) = (token(entropy), persona.key.clone());
            if file.contains_key(&name) {
                continue;
            }
            let hash = tokens::hash(&text);
            let (role, subject) = (persona.role.name(), subject(persona.role));
            let role = persona.duty.as_deref().unwrap_or(role).to_owned();
            let command =
                Command::Grant(NewToken { hash, role, subject, district: None, name: name.clone() });
            let request =
                Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
            city.ask_waiting(request, command).map_err(|failure| format!("no token: {failure:?}"))?;
            file.insert(name, text.into());
            new = true;
        }
        if !new {
            return Ok(path);
        }
        write_private(&path, &serde_json::to_vec_pretty(&file)?)?;
        Ok(path)
    }
}

/// Whose things a token speaks for.
fn subject(role: Role) -> Option<String> {
    match role {
        Role::Citizen(person) => Some(person.to_string()),
        Role::Merchant(shop) | Role::Till(shop) => Some(shop.to_string()),
        Role::Organisation(id) => Some(id.to_string()),
        Role::Clerk | Role::Officer | Role::Auditor | Role::System => None,
    }
}
