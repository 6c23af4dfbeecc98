//! Two records of one person: linked on a human's yes, unlinked again when that was wrong, never merged.
//!
//! Records stay what they are; who is who is read from dated events. Links form a forest: what is one person already is
//! not linked again, so taking one link back always parts exactly what it joined.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use base::{Instant, PersonId, Refusal};
use serde::{Deserialize, Serialize};

use crate::Reason;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// The two are of one person.
    Linked,
    /// They are not, after all.
    Unlinked,
}

/// A link made or taken back, with who did it and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkEvent {
    /// What was done.
    pub deed: Deed,
    /// One record: the one with the lower id.
    pub one: PersonId,
    /// The other.
    pub other: PersonId,
    /// When.
    pub at: Instant,
    /// Who decided it.
    pub by: PersonId,
    /// Why.
    pub why: Reason,
}

/// Which records are of one person, after some events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links {
    beside: BTreeMap<PersonId, BTreeSet<PersonId>>,
}

impl Links {
    /// After these events, in the order they happened. For a reading of the past, leave out the later ones.
    pub fn after<'a>(events: impl IntoIterator<Item = &'a LinkEvent>) -> Links {
        let mut links = Links::default();
        for event in events {
            links.apply(event);
        }
        links
    }

    /// One event more.
    pub fn apply(&mut self, event: &LinkEvent) {
        for (here, there) in [(event.one, event.other), (event.other, event.one)] {
            match event.deed {
                Deed::Linked => {
                    self.beside.entry(here).or_default().insert(there);
                }
                Deed::Unlinked => {
                    let left = self.beside.get_mut(&here).is_some_and(|beside| {
                        beside.remove(&there);
                        beside.is_empty()
                    });
                    if left {
                        self.beside.remove(&here);
                    }
                }
            }
        }
    }

    /// All records of the person this one is of; at least itself.
    pub fn same_person(&self, id: PersonId) -> BTreeSet<PersonId> {
        let mut found = BTreeSet::from([id]);
        let mut next = vec![id];
        while let Some(here) = next.pop() {
            next.extend(self.beside(here).filter(|there| found.insert(*there)));
        }
        found
    }

    /// Whether the two are of one person.
    pub fn are_same(&self, a: PersonId, b: PersonId) -> bool {
        self.same_person(a).contains(&b)
    }

    /// The links between two records of one person, from the one to the other: which of them to take back is for a
    /// human to say. `None` when they are not of one person.
    pub fn chain(&self, from: PersonId, to: PersonId) -> Option<Vec<PersonId>> {
        let mut came_from = BTreeMap::from([(to, to)]);
        let mut next = VecDeque::from([to]);
        while let Some(here) = next.pop_front() {
            for there in self.beside(here) {
                if let std::collections::btree_map::Entry::Vacant(new) = came_from.entry(there) {
                    new.insert(here);
                    next.push_back(there);
                }
            }
        }
        came_from.contains_key(&from).then(|| {
            let step = |here: &PersonId| came_from.get(here).copied().filter(|_| *here != to);
            std::iter::successors(Some(from), step).collect()
        })
    }

    /// Whether the two are linked with each other, and not by way of others.
    pub fn are_beside(&self, a: PersonId, b: PersonId) -> bool {
        self.beside(a).any(|beside| beside == b)
    }

    fn beside(&self, id: PersonId) -> impl Iterator<Item = PersonId> {
        self.beside.get(&id).into_iter().flatten().copied()
    }

    /// Links two records. Refused for one and the same (`link.self`), for records of who decides (`link.own`), and for
    /// those that are one person already (`link.already`).
    pub fn link(
        &self,
        a: PersonId,
        b: PersonId,
        at: Instant,
        by: PersonId,
        why: Reason,
    ) -> Result<LinkEvent, Refusal> {
        self.others_business(a, b, by)?;
        if self.are_same(a, b) {
            return Err(Refusal::new("link.already"));
        }
        Ok(event(Deed::Linked, a, b, at, by, why))
    }

    /// Takes a link back. Refused for one and the same (`link.self`), for records of who decides (`link.own`), for
    /// records that are not one person (`link.none`) and for those that are one by way of others (`link.indirect`: see
    /// [`Links::chain`]).
    pub fn unlink(
        &self,
        a: PersonId,
        b: PersonId,
        at: Instant,
        by: PersonId,
        why: Reason,
    ) -> Result<LinkEvent, Refusal> {
        self.others_business(a, b, by)?;
        match () {
            () if self.are_beside(a, b) => Ok(event(Deed::Unlinked, a, b, at, by, why)),
            () if self.are_same(a, b) => Err(Refusal::new("link.indirect")),
            () => Err(Refusal::new("link.none")),
        }
    }

    fn others_business(&self, a: PersonId, b: PersonId, by: PersonId) -> Result<(), Refusal> {
        if a == b {
            return Err(Refusal::new("link.self"));
        }
        let own = self.same_person(by);
        if own.contains(&a) || own.contains(&b) {
            return Err(Refusal::new("link.own"));
        }
        Ok(())
    }
}

fn event(deed: Deed, a: PersonId, b: PersonId, at: Instant, by: PersonId, why: Reason) -> LinkEvent {
    LinkEvent { deed, one: a.min(b), other: a.max(b), at, by, why }
}

/// All records of the person this one is of, after these events.
pub fn same_person(events: &[LinkEvent], id: PersonId) -> BTreeSet<PersonId> {
    Links::after(events).same_person(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CLERK: PersonId = PersonId(100);

    fn why() -> Reason {
        Reason::given("주민등록표를 함께 보았어요").unwrap()
    }

    fn ids(numbers: &[u64]) -> Vec<PersonId> {
        numbers.iter().copied().map(PersonId).collect()
    }

    /// `1+2` links, `1-2` unlinks; gives the links or the first refusal's code.
    fn told(story: &str) -> Result<Links, &'static str> {
        let mut links = Links::default();
        for (at, word) in story.split_whitespace().enumerate() {
            let joins = word.contains('+');
            let (a, b) = word.split_once(['+', '-']).unwrap();
            let (a, b) = (PersonId(a.parse().unwrap()), PersonId(b.parse().unwrap()));
            let at = Instant(at as i64);
            let done =
                if joins { links.link(a, b, at, CLERK, why()) } else { links.unlink(a, b, at, CLERK, why()) };
            links.apply(&done.map_err(|no| no.code)?);
        }
        Ok(links)
    }

    #[test]
    fn who_is_who() {
        for (story, id, same) in [
            ("", 1, [1].as_slice()),
            ("1+2", 2, &[1, 2]),
            ("1+2 2+3", 1, &[1, 2, 3]),
            ("1+2 3+4", 3, &[3, 4]),
            ("1+2 3+4 2+3", 4, &[1, 2, 3, 4]),
            ("1+2 2+3 1-2", 1, &[1]),
            ("1+2 2+3 1-2", 2, &[2, 3]),
            ("1+2 2-1 2+1", 1, &[1, 2]),
        ] {
            let links = told(story).unwrap();
            assert_eq!(links.same_person(PersonId(id)).into_iter().collect::<Vec<_>>(), ids(same), "{story}");
        }
    }

    #[test]
    fn each_refusal() {
        for (story, code) in [
            ("1+1", "link.self"),
            ("1-1", "link.self"),
            ("1+100", "link.own"),
            ("1+2 100-2", "link.own"),
            ("1+2 2+1", "link.already"),
            ("1+2 2+3 3+1", "link.already"),
            ("1-2", "link.none"),
            ("1+2 1-2 1-2", "link.none"),
            ("1+2 2+3 1-3", "link.indirect"),
        ] {
            assert_eq!(told(story), Err(code), "{story}");
        }
    }

    #[test]
    fn the_chain_says_where_to_part() {
        let links = told("1+2 2+3 3+4 2+5").unwrap();
        assert_eq!(links.chain(PersonId(1), PersonId(4)), Some(ids(&[1, 2, 3, 4])));
        assert_eq!(links.chain(PersonId(4), PersonId(5)), Some(ids(&[4, 3, 2, 5])));
        assert_eq!(links.chain(PersonId(1), PersonId(1)), Some(ids(&[1])));
        assert_eq!(links.chain(PersonId(1), PersonId(9)), None);
    }

    #[test]
    fn events_are_kept_and_read_as_of_then() {
        let linked = event(Deed::Linked, PersonId(2), PersonId(1), Instant(5), CLERK, why());
        let unlinked = LinkEvent { deed: Deed::Unlinked, at: Instant(9), ..linked.clone() };
        let kept = serde_json::to_string(&[linked, unlinked]).unwrap();
        let events: Vec<LinkEvent> = serde_json::from_str(&kept).unwrap();
        assert_eq!(same_person(&events[..1], PersonId(1)).len(), 2);
        assert_eq!(same_person(&events, PersonId(1)).len(), 1);
    }

    fn steps() -> impl Strategy<Value = Vec<(bool, u64, u64)>> {
        prop::collection::vec((prop::bool::weighted(0.7), 0..8_u64, 0..8_u64), 0..40)
    }

    fn step(links: &Links, (joins, a, b): (bool, u64, u64)) -> Option<LinkEvent> {
        let (a, b) = (PersonId(a), PersonId(b));
        let done = if joins { Links::link } else { Links::unlink };
        done(links, a, b, Instant(0), CLERK, why()).ok()
    }

    proptest! {
        #[test]
        fn being_one_person_is_an_equivalence(steps in steps()) {
            let mut links = Links::default();
            for one in steps {
                if let Some(event) = step(&links, one) {
                    links.apply(&event);
                }
            }
            for id in (0..8).map(PersonId) {
                let same = links.same_person(id);
                prop_assert!(same.contains(&id));
                for other in &same {
                    prop_assert_eq!(&links.same_person(*other), &same);
                }
            }
        }

        #[test]
        fn unlinking_restores_exactly(steps in steps(), last in (0..8_u64, 0..8_u64)) {
            let mut links = Links::default();
            for one in steps {
                if let Some(event) = step(&links, one) {
                    links.apply(&event);
                }
            }
            let before = links.clone();
            if let Some(linked) = step(&links, (true, last.0, last.1)) {
                links.apply(&linked);
                prop_assert!(links.are_same(linked.one, linked.other));
                let unlinked = step(&links, (false, last.0, last.1));
                prop_assert!(unlinked.is_some());
                links.apply(&unlinked.unwrap());
                prop_assert_eq!(links, before);
            }
        }

        /// What is joined later stays joined when an earlier link is taken back, and the two sides always part.
        #[test]
        fn unlinking_always_parts(steps in steps()) {
            let mut links = Links::default();
            for one in steps {
                if let Some(event) = step(&links, one) {
                    let others = links.same_person(event.one);
                    links.apply(&event);
                    prop_assert_eq!(links.are_same(event.one, event.other), event.deed == Deed::Linked);
                    if event.deed == Deed::Unlinked {
                        let sides = (links.same_person(event.one), links.same_person(event.other));
                        prop_assert_eq!(sides.0.union(&sides.1).copied().collect::<BTreeSet<_>>(), others);
                    }
                }
            }
        }
    }
}
