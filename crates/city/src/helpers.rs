//! Who helps whom, in memory: a payment by a helper is decided on it.

use std::collections::BTreeMap;

use base::{Date, PersonId, RecordId};
use people::Delegation;

/// A delegation with its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Help {
    /// Its document.
    pub record: RecordId,
    /// What it allows.
    pub delegation: Delegation,
}

impl Help {
    /// Whether it is, or will be, in force on this day or later: neither revoked nor over.
    pub fn is_alive(&self, today: Date) -> bool {
        self.delegation.revoked.is_none_or(|revoked| revoked.on > today)
            && self.delegation.period.until().is_none_or(|until| today <= until)
    }
}

/// All delegations, by whom they help. None is ever taken out: its place is that of its meter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Helpers {
    of: BTreeMap<PersonId, Vec<Help>>,
}

impl Helpers {
    /// From those that are kept.
    pub fn new(kept: BTreeMap<PersonId, Vec<(RecordId, Delegation)>>) -> Helpers {
        let help = |(record, delegation)| Help { record, delegation };
        Helpers {
            of: kept.into_iter().map(|(who, all)| (who, all.into_iter().map(help).collect())).collect(),
        }
    }

    /// Those a person ever gave, each at its place.
    pub fn of(&self, person: PersonId) -> &[Help] {
        self.of.get(&person).map_or(&[], Vec::as_slice)
    }

    /// Whether somebody helps a person, or did.
    pub fn knows(&self, person: PersonId, helper: PersonId) -> bool {
        self.of(person).iter().any(|help| help.delegation.helper == helper)
    }

    /// The delegation a helper acts under today, with its place: the one that is alive, else the last there was.
    pub fn between(&self, person: PersonId, helper: PersonId, today: Date) -> Option<(usize, &Help)> {
        let theirs =
            || self.of(person).iter().enumerate().filter(|(_, help)| help.delegation.helper == helper);
        theirs().rfind(|(_, help)| help.is_alive(today)).or_else(|| theirs().next_back())
    }

    /// A delegation by its document, with its place.
    pub fn find(&self, person: PersonId, record: RecordId) -> Option<(usize, &Help)> {
        self.of(person).iter().enumerate().find(|(_, help)| help.record == record)
    }

    /// Those under which somebody helps others, each at its place.
    pub fn by(&self, helper: PersonId) -> impl Iterator<Item = (usize, &Help)> {
        self.of
            .values()
            .flat_map(|all| all.iter().enumerate())
            .filter(move |(_, help)| help.delegation.helper == helper)
    }

    /// Puts a delegation at its place: one more, or one that has changed. Gives what stood there.
    pub fn put(&mut self, place: usize, help: Help) -> Option<Help> {
        let all = self.of.entry(help.delegation.person).or_default();
        match all.get_mut(place) {
            Some(slot) => Some(std::mem::replace(slot, help)),
            None => {
                all.push(help);
                None
            }
        }
    }

    /// Takes back a person's last.
    pub fn drop(&mut self, person: PersonId) {
        if let Some(all) = self.of.get_mut(&person) {
            all.pop();
            if all.is_empty() {
                self.of.remove(&person);
            }
        }
    }
}
