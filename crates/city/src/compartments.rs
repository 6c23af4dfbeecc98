//! The sealed compartments of a city: which there are, who may come in, and how they are opened.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use base::{Actor, Entropy, Role};
use compartment::{RECORDS, Room};
use rules::{CompartmentRule, Pack};
use vault::Masters;

use crate::Directory;
use crate::may::desk_rule;

/// The folder of them, in a city's folder.
pub const FOLDER: &str = "compartments";

/// Those that are open, by their ids in the pack.
pub(crate) type Rooms = BTreeMap<String, Arc<Room>>;

/// What somebody is in a compartment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Keeps its records.
    Staff,
    /// Sees who looked at them, and no record.
    Reviewer,
}

/// The compartment somebody may come into, and as what. It is found by who they are alone: nobody's address, and nothing
/// in any compartment, is looked at for it.
pub fn enters<'p>(
    actor: &Actor,
    pack: &'p Pack,
    directory: &Directory,
) -> Option<(&'p CompartmentRule, Part)> {
    let Role::Organisation(speaks_for) = actor.role else { return None };
    // Nobody comes in by being the first of their kind: the very role has to have been given.
    actor.duty?;
    let role = desk_rule(actor, pack, directory)?;
    let part = |rule: &CompartmentRule| match () {
        () if rule.opens == role.id => Some(Part::Staff),
        () if rule.reviews == role.id => Some(Part::Reviewer),
        () => None,
    };
    let (rule, part) = pack.compartments.iter().find_map(|rule| Some((rule, part(rule)?)))?;
    let own = directory.organisations.known_as(&rule.organisation)?;
    (own.id == speaks_for).then_some((rule, part))
}

/// The keys of compartments, and what goes with opening them.
pub struct Keyring {
    /// By compartment: its master keys, the one in use first.
    pub masters: BTreeMap<String, Masters>,
    /// Those that stay shut although they were open before: somebody said so.
    pub shut: BTreeSet<String>,
    /// Where each gets its randomness from.
    pub entropy: Box<dyn FnMut() -> Result<Box<dyn Entropy>, String>>,
}

/// Why the compartments don't open. It says nothing about what is in them.
#[derive(Debug, thiserror::Error)]
pub enum CantOpenCompartments {
    /// It was open before, and its key is gone.
    #[error(
        "the secrets file has no key for the compartment {0:?}, which was made with one: without it nothing in there can \
         be opened again. Put the key back, or start without that compartment: shut_compartments = [{0:?}]"
    )]
    Lost(String),
    /// It doesn't open with its key.
    #[error("the compartment {id:?} doesn't open: {why}")]
    Room {
        /// Which.
        id: String,
        /// Why not.
        why: compartment::Error,
    },
    /// One that should stay shut is none.
    #[error("shut_compartments: there is no compartment {0:?}")]
    Unknown(String),
    /// The system has no randomness.
    #[error("{0}")]
    Entropy(String),
}

/// Opens all that have a key. One without a key that was never open stays shut: the city's life doesn't depend on it. One
/// that was open, and whose key is missing or wrong, is refused.
pub(crate) fn open(folder: &Path, pack: &Pack, keyring: Keyring) -> Result<Rooms, CantOpenCompartments> {
    let Keyring { masters, shut, mut entropy } = keyring;
    let known = |id: &&String| pack.compartments.iter().any(|rule| rule.id == **id);
    if let Some(id) = shut.iter().find(|id| !known(id)) {
        return Err(CantOpenCompartments::Unknown(id.clone()));
    }
    let mut rooms = Rooms::new();
    for CompartmentRule { id, .. } in &pack.compartments {
        if shut.contains(id) {
            tracing::warn!(compartment = id, "stays shut, as the configuration says");
            continue;
        }
        let place = folder.join(id);
        let Some(masters) = masters.get(id) else {
            if is_made(&place) {
                return Err(CantOpenCompartments::Lost(id.clone()));
            }
            tracing::warn!(compartment = id, "has no key, and stays shut: ongoeul keys make adds one");
            continue;
        };
        let entropy = entropy().map_err(CantOpenCompartments::Entropy)?;
        let room = Room::open(&place, id, masters, entropy);
        let room = room.map_err(|why| CantOpenCompartments::Room { id: id.clone(), why })?;
        rooms.insert(id.clone(), Arc::new(room));
    }
    Ok(rooms)
}

/// Whether a compartment was opened before, in its folder.
pub fn is_made(place: &Path) -> bool {
    place.join(RECORDS).exists()
}
