//! Joining as a shop, where shops apply: applications and cancellations in memory, each a file that stays.
//!
//! A file is changed by the pen only, and all of it goes through [`Joining::put`], on its thread and in the readers' copy
//! alike. What an officer or a shop said about it stands sealed in its row.

pub(crate) mod store;

use std::collections::BTreeMap;

use ::store::{Error, Snapshot};
use base::{ApplicationId, Instant, MerchantId, PersonId, Won, Zone};
use economy::decide::joining::{self, Applicant, FileState};
use rules::Joining as Rules;
use vault::Vault;

use self::store::{ANSWER, APPEAL, SAID, SaidRow, WHY};
use crate::Event;
use crate::memory::{CityMemory, CityTurn, Undo};

/// An application, or the cancellation of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its id.
    pub id: ApplicationId,
    /// It began as the cancellation of a registration, not as an application.
    pub cancels: bool,
    /// Who applied, or whose shop it is.
    pub person: Option<PersonId>,
    /// The shop, once it is one.
    pub merchant: Option<MerchantId>,
    /// The shop's name.
    pub name: String,
    /// Ten digits.
    pub business_number: String,
    /// Position of its trade in the pack.
    pub trade: u8,
    /// Position of its neighbourhood in the pack.
    pub district: u8,
    /// Yearly sales, if said.
    pub sales: Option<Won>,
    /// When it was filed: applied for, or cancelled.
    pub filed: Instant,
    /// Papers the city has seen, by their ids in the pack.
    pub papers: Vec<String>,
    /// When the last of them was seen: the time to decide in runs from then.
    pub complete: Option<Instant>,
    /// How far it has come.
    pub state: FileState,
    /// When it was decided.
    pub decided: Option<Instant>,
    /// By whom: an opaque id.
    pub decided_by: Option<String>,
    /// On which ground of the pack, when it was against the shop.
    pub ground: Option<String>,
    /// The last day the shop is barred on.
    pub barred_until: Option<i32>,
    /// When it was appealed against.
    pub appealed: Option<Instant>,
    /// When the appeal was decided.
    pub answered: Option<Instant>,
    /// By whom.
    pub answered_by: Option<String>,
}

impl File {
    /// The last day to decide on, as the city counts days: of an application once all papers are in, of an appeal from the
    /// day it came.
    pub fn due(&self, rules: &Rules, zone: &Zone) -> Option<i32> {
        let from = match self.state {
            FileState::Filed => self.complete,
            FileState::Appealed => self.appealed,
            _ => None,
        };
        from.map(|at| joining::due(rules, zone.day_number(at)))
    }
}

/// What was said about a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// Why it was turned down or cancelled, in the officer's words.
    pub why: Option<String>,
    /// What the shop says against it.
    pub appeal: Option<String>,
    /// What came of that, in the second officer's words.
    pub answer: Option<String>,
}

/// What was said about a file; nothing of one that isn't there.
pub fn said(snapshot: &mut Snapshot<'_>, vault: &Vault, id: ApplicationId) -> Result<Said, Error> {
    let Some(row) = snapshot.one::<SaidRow>(SAID, &[id.into()])? else { return Ok(Said::default()) };
    Ok(Said {
        why: row.why.map(|text| WHY.open(vault, id, text)).transpose()?,
        appeal: row.appeal.map(|text| APPEAL.open(vault, id, text)).transpose()?,
        answer: row.answer.map(|text| ANSWER.open(vault, id, text)).transpose()?,
    })
}

/// All files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Joining {
    files: BTreeMap<ApplicationId, File>,
}

impl Joining {
    /// A file.
    pub fn get(&self, id: ApplicationId) -> Option<&File> {
        self.files.get(&id)
    }

    /// All files, in order of their ids.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.files.values()
    }

    /// What waits for the city: what is overdue and due soonest first, then what lacks papers, the oldest first.
    pub fn queue(&self, rules: &Rules, zone: &Zone) -> Vec<&File> {
        let mut waiting: Vec<&File> = self.files().filter(|file| file.state.waits()).collect();
        waiting.sort_by_key(|file| {
            let due = file.due(rules, zone);
            (due.is_none(), due, file.filed, file.id)
        });
        waiting
    }

    /// What stands under a business number that may be in the way of joining with it.
    pub fn applicant<'a>(
        &'a self,
        number: &str,
        shop: Option<&'a str>,
        rules: &'a Rules,
        but: Option<ApplicationId>,
    ) -> Applicant<'a> {
        let theirs = || self.files().filter(|file| file.business_number == number && Some(file.id) != but);
        let barred = theirs()
            .filter(|file| file.state != FileState::Upheld)
            .filter_map(|file| Some((file.barred_until?, rules.ground(file.ground.as_deref()?)?)))
            .max_by_key(|(until, _)| *until);
        Applicant { shop, waits: theirs().any(|file| file.state.waits()), barred }
    }

    /// Takes a file in, or its change; gives what it was before.
    pub(crate) fn put(&mut self, file: File) -> Option<File> {
        self.files.insert(file.id, file)
    }

    /// Takes one back that was new.
    pub(crate) fn drop(&mut self, id: ApplicationId) {
        self.files.remove(&id);
    }
}

impl CityMemory {
    /// A file is new or has changed.
    pub(crate) fn put_file(&mut self, turn: &mut CityTurn<'_>, file: File) {
        let id = file.id;
        turn.tell(Event::Joining(Box::new(file.clone())));
        let undo = match self.directory.joining.put(file) {
            Some(before) => Undo::FileWas(Box::new(before)),
            None => Undo::FileAdded(id),
        };
        self.undo(undo);
    }
}
