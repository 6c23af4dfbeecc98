//! What the pen counts of its own work.

mod common;

use std::collections::BTreeMap;

use common::{Deed, Small};
use testkit::engines;

#[test]
fn groups_commits_and_refusals_are_counted_once() {
    for engine in engines() {
        let mut town = Small::new(engine);
        town.one("first", Deed::Put("p", 1)).unwrap();
        let deeds = [("a", Deed::Put("p", 1)), ("b", Deed::Refuse), ("c", Deed::Poison), ("d", Deed::Refuse)];
        // The poison makes the group be carried out anew in halves: still each refusal counts once.
        let group: Vec<_> = deeds.into_iter().map(|(key, deed)| (key.to_owned(), deed)).collect();
        town.ask(&group);
        town.one("alone", Deed::Refuse).unwrap_err();
        let tally = town.pen.tally();
        let sizes = tally.sizes.now();
        assert_eq!((sizes.count, sizes.sum), (3, 6), "{engine:?}");
        let refused: BTreeMap<_, _> = tally.refusals();
        assert_eq!(refused.values().sum::<u64>(), 3, "{engine:?} {refused:?}");
        // A group of refusals alone writes nothing, so it asks the storage for nothing.
        assert!((2..=6).contains(&tally.commits.now().count), "{engine:?} {:?}", tally.commits.now());
    }
}
