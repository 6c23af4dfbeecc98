//! How those who look stand to those they look at, for the monthly inspection: neighbours, and of one family name.
//!
//! An account that is a person's has their record: its neighbourhood, its household, its name. What is opened for this
//! stays here; only yes or no comes out, and the pack that is made of it names nobody. So it is no look.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use ::store::Error;
use base::{AccountId, PersonId};
use people::store::members;

use crate::Directory;
use crate::open::City;
use crate::read::people::Register;

/// Who looked, and at whom.
pub type Pair = (AccountId, PersonId);

/// What is known about pairs of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ties {
    neighbours: HashSet<Pair>,
    namesakes: HashSet<Pair>,
}

/// Who looks, as a person.
struct Looker {
    records: BTreeSet<PersonId>,
    /// Everyone who was ever of a household with them, themselves too.
    household: BTreeSet<PersonId>,
    families: BTreeSet<String>,
}

impl Ties {
    /// Of all these pairs, as far as the accounts are of persons here.
    pub fn of(city: &City, pairs: &[Pair]) -> Result<Ties, Error> {
        let (vault, persons) = {
            let view = city.shared.read();
            let person = |account: &AccountId| Some((*account, view.town.doors.account(*account)?.person?));
            let accounts: BTreeSet<AccountId> = pairs.iter().map(|(account, _)| *account).collect();
            let persons: BTreeMap<AccountId, PersonId> = accounts.iter().filter_map(person).collect();
            (city.vault(), persons)
        };
        if persons.is_empty() {
            return Ok(Ties::default());
        }
        city.readers.read(|snapshot| {
            let mut register = Register::new(snapshot, &vault);
            let mut lookers = HashMap::new();
            for (account, person) in &persons {
                lookers.insert(*account, Looker::read(&mut register, *person)?);
            }
            let mut families: HashMap<PersonId, Option<String>> = HashMap::new();
            let mut ties = Ties::default();
            for pair @ (account, whom) in pairs {
                let Some(looker) = lookers.get(account) else { continue };
                if looker.household.contains(whom)
                    || is_near(&city.shared.read().town.directory, looker, *whom)
                {
                    ties.neighbours.insert(*pair);
                }
                let family = match families.get(whom) {
                    Some(known) => known.clone(),
                    None => {
                        let family = register.family(*whom)?;
                        families.insert(*whom, family.clone());
                        family
                    }
                };
                if family.is_some_and(|family| looker.families.contains(&family)) {
                    ties.namesakes.insert(*pair);
                }
            }
            Ok(ties)
        })
    }

    /// Whether the one looked at lives in the neighbourhood of who looked, or was of one household with them.
    pub fn are_neighbours(&self, pair: &Pair) -> bool {
        self.neighbours.contains(pair)
    }

    /// Whether the two share a family name.
    pub fn share_a_name(&self, pair: &Pair) -> bool {
        self.namesakes.contains(pair)
    }
}

impl Looker {
    fn read(register: &mut Register<'_, '_>, person: PersonId) -> Result<Looker, Error> {
        let (records, stays) = register.stays(person)?;
        let mut household = records.clone();
        for stay in stays {
            household.extend(members(register.snapshot(), stay.household)?.iter().map(|row| row.person));
        }
        let mut families = BTreeSet::new();
        for record in &records {
            families.extend(register.family(*record)?);
        }
        Ok(Looker { records, household, families })
    }
}

fn is_near(directory: &Directory, looker: &Looker, whom: PersonId) -> bool {
    let district = |person| directory.holder(person).and_then(|holder| holder.person.district);
    let theirs = district(whom);
    theirs.is_some() && looker.records.iter().any(|record| district(*record) == theirs)
}
