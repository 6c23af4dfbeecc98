//! Commands that go wrong in the middle of a group leave nothing behind, and nobody else notices.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use base::{Entropy, PostingNo, Seeded};
use common::{Deed, Small, code};
use testkit::engines;

const BAD: [Deed; 7] =
    [Deed::Refuse, Deed::Break, Deed::Panic, Deed::Poison, Deed::BadRead, Deed::Swallow, Deed::PanicOverRead];

fn good(dice: &mut Seeded) -> Deed {
    match dice.below(5) {
        0 => Deed::Put("rice", 3),
        1 => Deed::Put("tea", 1 << 40),
        2 => Deed::Note("word"),
        3 => Deed::Look("seen"),
        _ => Deed::Find(PostingNo(1 + dice.below(20))),
    }
}

/// A script with something bad at every turn, and for each deed whether it is bad.
fn script(seed: u64) -> Vec<(String, Deed)> {
    let mut dice = Seeded::new(seed);
    let mut script = vec![("first".to_owned(), Deed::Put("first", 1))];
    for number in 0..150 {
        let deed = if dice.below(3) == 0 {
            BAD[usize::try_from(dice.below(7)).unwrap()].clone()
        } else {
            good(&mut dice)
        };
        // Now and then a key comes twice.
        let key = if dice.below(6) == 0 { dice.below(number + 1) } else { number };
        script.push((format!("key-{key}"), deed));
    }
    script
}

#[test]
fn bad_commands_leave_nothing_whatever_the_group() {
    for seed in [1, 2] {
        let script = script(seed);
        let mut first = None;
        for engine in engines() {
            for size in [1, 7, script.len()] {
                let mut town = Small::new(engine);
                let shared = town.pen.shared();
                let mut events = town.pen.feed().subscribe();
                let mut answers = Vec::new();
                for group in script.chunks(size) {
                    answers.extend(town.ask(group));
                }
                assert!(!town.pen.stopped());
                for ((_, deed), answer) in script.iter().zip(&answers) {
                    let is_bad = BAD.contains(deed);
                    assert!(!is_bad || answer.is_err(), "{deed:?} {answer:?}");
                }
                let mut told = Vec::new();
                while let Ok(group) = events.try_recv() {
                    told.extend(group.iter().copied());
                }
                let seen = town.seen();
                let rows = town.rows();
                // Each event was told once, and only of what is there.
                assert_eq!(told.len(), seen.2.len());
                assert!(told.iter().all(|id| seen.2.contains_key(id)));
                assert!(rows.iter().all(|row| {
                    ["refused", "broken", "panicked", "poison", "swallowed"]
                        .iter()
                        .all(|bad| !row.contains(&format!("{bad} ")))
                }));
                let codes: Vec<_> = answers.iter().map(code).collect();
                let outcome = (codes, answers.into_iter().map(Result::ok).collect::<Vec<_>>(), rows, seen);
                // The storage's own counting of groups is no part of this.
                drop(shared);
                match &first {
                    None => first = Some(outcome),
                    Some(first) => assert_eq!(*first, outcome, "{engine:?} {size} {seed}"),
                }
            }
        }
    }
}

#[test]
fn a_refusal_leaves_no_trace() {
    for engine in engines() {
        let mut town = Small::new(engine);
        town.one("a", Deed::Put("a", 5)).unwrap();
        let before = (town.seen(), town.rows(), town.pen.shared().read().sequence);
        for (number, bad) in BAD.iter().enumerate() {
            // Its account, "refused" (7 letters), isn't there yet.
            let answer = town.one(&format!("bad-{number}"), bad.clone());
            assert!(answer.is_err(), "{bad:?}");
            assert_eq!((town.seen(), town.rows(), town.pen.shared().read().sequence), before, "{bad:?}");
            // It isn't remembered either: the key is free for another wish, which goes through.
        }
        for number in 0..BAD.len() {
            assert_eq!(code(&town.one(&format!("bad-{number}"), Deed::Note("after"))), "done");
        }
    }
}

#[test]
fn a_poisoned_group_of_thousands_costs_few_commits() {
    for engine in engines() {
        let mut town = Small::new(engine);
        let mut group: Vec<_> =
            (0..1_000).map(|number| (format!("k{number}"), Deed::Put("fine", 1))).collect();
        group[613].1 = Deed::Poison;
        let answers = town.ask(&group);
        assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1);
        assert_eq!(code(&answers[613]), "broken");
        let groups = town.pen.shared().read().sequence;
        assert!(groups <= 11, "{groups} groups for one culprit");
    }
}
