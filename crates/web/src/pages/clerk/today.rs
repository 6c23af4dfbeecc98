//! 오늘 할 일: what waits at a window, whom to see first, and why.

use std::collections::{BTreeMap, BTreeSet};

use base::{Actor, PersonId};
use city::read::people::{Register, masked};
use city::window::{self, Draft, Handover};
use city::{CityView, Matter};
use people::draft::Stage;
use store::Error;

use super::alike;
use super::window::Sight;
use crate::frame::Visit;
use crate::look::{ClerkTask, TaskAct};

/// As many of a kind as are listed.
const MOST: u32 = 20;

/// What waits, as it is read in one snapshot. Whom the clerk may not see is not among it.
#[derive(Default)]
pub(super) struct Waiting {
    /// It was looked for at all.
    pub read: bool,
    handed: Vec<Handover>,
    given: Vec<Handover>,
    locked: Vec<PersonId>,
    untold: Vec<PersonId>,
    drafts: Vec<Draft>,
    glasses: Vec<PersonId>,
    /// Pairs of records that may be of one person, where they are this clerk's to answer.
    pairs: usize,
    /// Linked records that say two things, likewise.
    differing: usize,
    names: BTreeMap<PersonId, String>,
}

/// Reads it. `locked` and `untold` are of the clerk's area.
pub(super) fn read(
    register: &mut Register<'_, '_>,
    sight: &Sight,
    locked: &BTreeSet<PersonId>,
    untold: &[PersonId],
) -> Result<Waiting, Error> {
    let actor: Actor = sight.actor;
    let mut found = Waiting { read: true, ..Waiting::default() };
    let vault = register.vault();
    if let Some(me) = actor.account {
        found.handed = window::to(register.snapshot(), vault, me, MOST)?;
        found.given = window::by(register.snapshot(), vault, me, MOST)?;
    }
    found.drafts = window::drafts(register.snapshot(), vault, (&actor, &sight.pack), MOST)?;
    let by = city::looks::who(actor);
    found.glasses = city::looks::open_glasses_by(register.snapshot(), &by, MOST)?;
    if alike::answers(&actor, &sight.pack) {
        found.pairs = city::alike::waiting(register.snapshot(), alike::LISTED)?.len();
        found.differing = city::alike::differing(register.snapshot(), alike::LISTED)?.len();
    }
    found.locked = locked.iter().copied().collect();
    found.untold = untold.to_vec();
    let of = |handovers: &[Handover]| -> Vec<PersonId> {
        let person = |one: &Handover| match one.what {
            Matter::Person(person) => Some(person),
            Matter::Draft(_) => None,
        };
        handovers.iter().filter_map(person).collect()
    };
    let kinds = [
        ("unlock", found.locked.clone()),
        ("untold", found.untold.clone()),
        ("glass", found.glasses.clone()),
        ("handover", of(&found.handed)),
        ("handover", of(&found.given)),
    ];
    for (task, people) in kinds {
        for person in people {
            let Some(known) = register.naming(person)? else { continue };
            register.for_task(person, task);
            if sight.lets(register, &known)? {
                register.shown_as(person, "window.tasks");
                found.names.insert(person, masked(&known.name));
            }
        }
    }
    Ok(found)
}

fn act(visit: &Visit, one: &Handover, what: &str, label: &str) -> Option<TaskAct> {
    Some(TaskAct {
        action: format!("/clerk/handovers/{}/{what}", one.id),
        label: visit.t.say(label).to_string(),
        request_key: visit.app.request_key(),
    })
}

impl Waiting {
    /// What the list names a matter by; `None` where it is of somebody this clerk may not see any more.
    fn named(&self, visit: &Visit, what: Matter) -> Option<String> {
        match what {
            Matter::Draft(_) => Some(visit.t.say("today-offered-draft").to_string()),
            Matter::Person(person) => self.names.get(&person).cloned(),
        }
    }

    fn handed(&self, visit: &Visit) -> Vec<ClerkTask> {
        let t = visit.t;
        let line = |one: &Handover| {
            let (what, label, key) = match one.handing.stage() {
                Stage::Taken => ("end", "handover-end-do", "today-taken"),
                Stage::Offered | Stage::Ended => ("accept", "handover-accept-do", "today-offered"),
            };
            let href = match one.what {
                Matter::Person(person) => format!("/clerk?find={person}"),
                Matter::Draft(_) => String::new(),
            };
            Some(ClerkTask {
                name: self.named(visit, one.what)?,
                what: t.say(key).text("why", &one.why).to_string(),
                href,
                act: act(visit, one, what, label),
            })
        };
        self.handed.iter().filter_map(line).collect()
    }

    /// Of persons: the first of each kind stands first.
    fn of_people(
        &self,
        people: &[PersonId],
        what: &str,
        href: impl Fn(PersonId) -> String,
    ) -> Vec<ClerkTask> {
        let named = |person: &PersonId| Some((*person, self.names.get(person)?.clone()));
        let lines = people.iter().filter_map(named);
        lines
            .map(|(person, name)| ClerkTask { name, what: what.to_owned(), href: href(person), act: None })
            .collect()
    }

    fn drafts(&self, visit: &Visit, town: &CityView) -> Vec<ClerkTask> {
        let t = visit.t;
        let line = |draft: &Draft| {
            let until = town.zone.date(window::kept_until(draft.changed, &town.pack));
            let name = draft.typed.name.trim();
            ClerkTask {
                name: match name {
                    "" => t.say("today-draft-nameless").to_string(),
                    name => masked(name),
                },
                what: t.say("today-draft").day("until", until).to_string(),
                href: format!("/clerk?draft={}", draft.id),
                act: None,
            }
        };
        self.drafts.iter().map(line).collect()
    }

    /// The list: colleagues wait first, then people who can't pay, then who has to be told, then who was begun with.
    pub(super) fn tasks(&self, visit: &Visit, town: &CityView) -> Vec<ClerkTask> {
        let say = |key: &str| visit.t.say(key).to_string();
        let person = |person| format!("/clerk?find={person}");
        let mut all = self.handed(visit);
        all.extend(self.of_people(&self.locked, &say("clerk-locked-what"), person));
        all.extend(self.of_people(&self.untold, &say("today-untold"), |_| "/clerk/notices".to_owned()));
        all.extend(self.drafts(visit, town));
        all.extend((self.pairs > 0).then(|| ClerkTask {
            name: say("pairs-task"),
            what: visit.t.say("pairs-task-what").count("count", self.pairs).to_string(),
            href: alike::PAGE.to_owned(),
            act: None,
        }));
        all.extend((self.differing > 0).then(|| ClerkTask {
            name: say("differ-task"),
            what: visit.t.say("differ-task-what").count("count", self.differing).to_string(),
            href: alike::PAGE.to_owned(),
            act: None,
        }));
        all.extend(self.of_people(&self.glasses, &say("today-glass"), person));
        all
    }

    /// What this clerk handed over, and where it is.
    pub(super) fn given(&self, visit: &Visit) -> Vec<ClerkTask> {
        let t = visit.t;
        let line = |one: &Handover| {
            let (key, back) = match one.handing.stage() {
                Stage::Offered => ("handover-offered", act(visit, one, "end", "handover-back-do")),
                Stage::Taken | Stage::Ended => ("handover-taken", None),
            };
            let href = String::new();
            Some(ClerkTask {
                name: self.named(visit, one.what)?,
                what: t.say(key).to_string(),
                href,
                act: back,
            })
        };
        self.given.iter().filter_map(line).collect()
    }
}
