//! Each person's and each account's last entry, in memory: what the next entry is linked to.

use std::collections::{HashMap, HashSet};

use base::PersonId;

use crate::{Look, LookNo};

/// The lists hold one number for everyone who ever looked or was looked at.
#[derive(Default)]
pub(crate) struct Latest {
    people: HashMap<PersonId, LookNo>,
    accounts: HashMap<String, LookNo>,
    /// What stood there before the group that is under way.
    undo: Vec<Before>,
    /// Whose last entry the file's list doesn't have yet.
    changed: (HashSet<PersonId>, HashSet<String>),
}

struct Before {
    whom: PersonId,
    who: String,
    whom_before: LookNo,
    who_before: LookNo,
}

impl Latest {
    /// Notes a look at its place; gives the last places of the same person and of the same account before.
    pub(crate) fn note(&mut self, look: &Look, no: LookNo) -> (LookNo, LookNo) {
        let whom_before = self.people.insert(look.whom, no).unwrap_or_default();
        let who_before = match self.accounts.get_mut(&look.who) {
            Some(last) => std::mem::replace(last, no),
            None => self.accounts.insert(look.who.clone(), no).unwrap_or_default(),
        };
        self.undo.push(Before { whom: look.whom, who: look.who.clone(), whom_before, who_before });
        (whom_before, who_before)
    }

    /// The group is kept.
    pub(crate) fn settle(&mut self) {
        for Before { whom, who, .. } in self.undo.drain(..) {
            self.changed.0.insert(whom);
            if !self.changed.1.contains(&who) {
                self.changed.1.insert(who);
            }
        }
    }

    /// The group is not kept.
    pub(crate) fn take_back(&mut self) {
        for Before { whom, who, whom_before, who_before } in self.undo.drain(..).rev() {
            put_back(&mut self.people, whom, whom_before);
            put_back(&mut self.accounts, who, who_before);
        }
    }

    /// At start: what the file's list says.
    pub(crate) fn restore_person(&mut self, whom: PersonId, no: LookNo) {
        self.people.insert(whom, no);
    }

    /// At start: what the file's list says.
    pub(crate) fn restore_account(&mut self, who: String, no: LookNo) {
        self.accounts.insert(who, no);
    }

    /// What the file's list lacks, sorted, so that its pages are written in order.
    pub(crate) fn changed_people(&self) -> Vec<(PersonId, LookNo)> {
        let last = |id| self.people.get(id).map(|no| (*id, *no));
        let mut people: Vec<_> = self.changed.0.iter().filter_map(last).collect();
        people.sort_unstable();
        people
    }

    /// As [`Latest::changed_people`].
    pub(crate) fn changed_accounts(&self) -> Vec<(&str, LookNo)> {
        let last = |id: &'_ String| self.accounts.get_key_value(id).map(|(id, no)| (id.as_str(), *no));
        let mut accounts: Vec<_> = self.changed.1.iter().filter_map(last).collect();
        accounts.sort_unstable();
        accounts
    }

    /// The file's list has it all.
    pub(crate) fn saved(&mut self) {
        self.changed.0.clear();
        self.changed.1.clear();
    }

    /// Entries up to here are disposed of, and with them who was in no later one.
    pub(crate) fn forget(&mut self, upto: LookNo) {
        self.people.retain(|_, no| *no > upto);
        self.accounts.retain(|_, no| *no > upto);
    }
}

fn put_back<K: Eq + std::hash::Hash>(map: &mut HashMap<K, LookNo>, key: K, before: LookNo) {
    if before == LookNo::default() {
        map.remove(&key);
    } else {
        map.insert(key, before);
    }
}
