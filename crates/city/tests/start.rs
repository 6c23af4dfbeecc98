//! However a city starts (from a checkpoint and the journal's tail, or from the journal alone), it is the same city.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;
use crate::life;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base::{Clock, Role};
use city::open::prepare;
use city::{CardRef, CityMemory, Command, Reply};
use common::{TestCity, facts, opening, request, state};
use life::{Asked, Life};
use pen::{Failure, Started};
use sha2::{Digest, Sha256};
use store::Readers;

/// Lives on for so many commands, twenty minutes each; what was asked and answered.
fn live_on(city: &mut TestCity, life: &mut Life, count: usize) -> Vec<(Asked, Result<Reply, Failure>)> {
    (0..count)
        .map(|_| {
            city.clock.set(city.now().plus_seconds(1_200));
            let asked = life.next();
            let answer = city.ask_all(vec![asked.clone()]).pop().unwrap();
            life.learn(&asked, &answer);
            (asked, answer)
        })
        .collect()
}

/// All keys of the last days are known: the same answers, and nothing new.
fn all_known(city: &mut TestCity, heard: &[(Asked, Result<Reply, Failure>)]) {
    let before = state(&city.pen.shared());
    let mut known = 0;
    for (asked, answer) in heard {
        let batch = ["sweep", "expire"].contains(&asked.1.operation());
        if let (Ok(Reply::Done { .. } | Reply::Batch { .. }), false) = (answer, batch) {
            assert_eq!(city.ask_all(vec![asked.clone()]).pop().unwrap(), *answer, "{asked:?}");
            known += 1;
        }
    }
    assert!(known > 100, "{known}");
    assert_eq!(state(&city.pen.shared()), before);
}

#[test]
fn checkpoint_and_tail_journal_alone_and_live_are_one() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        let mut life = Life::new(8);
        live_on(&mut city, &mut life, 500);
        let mut heard = live_on(&mut city, &mut life, 150);
        let folder = city.folder.path().join("checkpoints");
        // A checkpoint in the middle: from a start of its own, which replays the journal.
        city = city.again(2);
        let checkpoints = city.checkpoints.as_mut().unwrap();
        checkpoints.write::<CityMemory>(&city.pen.shared()).unwrap();
        heard.extend(live_on(&mut city, &mut life, 150));
        let live = state(&city.pen.shared());
        let books = city.pen.shared().read().books.clone();

        let mut city = city.again(3);
        assert!(city.report.from_checkpoint && city.report.replayed > 50);
        assert_eq!(state(&city.pen.shared()), live);
        all_known(&mut city, &heard);

        fs::remove_dir_all(&folder).unwrap();
        let mut city = city.again(4);
        assert!(!city.report.from_checkpoint);
        assert_eq!(state(&city.pen.shared()), live);
        all_known(&mut city, &heard);
        common::count(&city.target, &books);

        // A last checkpoint, and nothing to replay; and life goes on.
        let checkpoints = city.checkpoints.as_mut().unwrap();
        checkpoints.write::<CityMemory>(&city.pen.shared()).unwrap();
        let mut city = city.again(5);
        assert_eq!((city.report.from_checkpoint, city.report.replayed), (true, 0));
        assert_eq!(state(&city.pen.shared()), live);
        all_known(&mut city, &heard);
        live_on(&mut city, &mut life, 50);
        common::count(&city.target, &city.pen.shared().read().books);
    }
}

/// A checkpoint whose part of the city is another version's says nothing: the journal is read whole, and the next
/// checkpoint is of this version again.
#[test]
fn a_checkpoint_of_another_version_is_left_aside() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        let mut life = Life::new(11);
        live_on(&mut city, &mut life, 150);
        city.checkpoints.as_mut().unwrap().write::<CityMemory>(&city.pen.shared()).unwrap();
        let live = state(&city.pen.shared());
        let file = city.folder.path().join("checkpoints").join("books");
        for other in [&b"city 2\n"[..], b"{\"stats"] {
            let good = fs::read(&file).unwrap();
            let at = good.windows(7).position(|bytes| bytes == b"city 4\n").unwrap();
            let mut bytes = good.clone();
            bytes[at..at + 7].copy_from_slice(other);
            // Whole in itself: only the version is another.
            let body = bytes.len() - 32;
            let digest = Sha256::digest(&bytes[..body]);
            bytes[body..].copy_from_slice(&digest);
            fs::write(&file, bytes).unwrap();
            city = city.again(2);
            assert!(!city.report.from_checkpoint && city.report.replayed > 50);
            assert_eq!(state(&city.pen.shared()), live);
            fs::write(&file, good).unwrap();
            city = city.again(3);
            assert!(city.report.from_checkpoint);
            assert_eq!(state(&city.pen.shared()), live);
        }
        city.checkpoints.as_mut().unwrap().write::<CityMemory>(&city.pen.shared()).unwrap();
        let mut city = city.again(4);
        assert_eq!((city.report.from_checkpoint, city.report.replayed), (true, 0));
        common::count(&city.target, &city.pen.shared().read().books);
        live_on(&mut city, &mut life, 20);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// Checkpoints are taken one after the other while the pen writes as fast as it can: each of them, with the tail
/// behind it, is the whole city.
#[test]
fn any_checkpoint_taken_under_load_is_good() {
    for place in testkit::engines().into_iter().map(testkit::Place::fresh) {
        let mut city = TestCity::new(place);
        let shop = city.shop("123-45-67891", "market-food");
        city.vote("cashback-2021", 1_000_000);
        let people = city.people(40, 90_000);
        let TestCity { pen, clock, target, place, folder, .. } = city;
        drop(pen);
        let Started { pen, mut checkpoints, .. } =
            prepare(opening(target.clone(), folder.path(), clock.clone(), 8)).unwrap();
        let shared = pen.shared();
        let (commands, running) = pen.spawn(pen::Options { group: 16, ..pen::Options::default() }).unwrap();
        let done = AtomicBool::new(false);
        let taken = std::thread::scope(|scope| {
            let checkpointing = scope.spawn(|| {
                let mut taken = 0;
                while !done.load(Ordering::SeqCst) {
                    checkpoints.write::<CityMemory>(&shared).unwrap();
                    copy(
                        &folder.path().join("checkpoints"),
                        &folder.path().join(format!("taken-{taken}/checkpoints")),
                    );
                    taken += 1;
                }
                taken
            });
            let mut paying = Vec::new();
            for part in 0..4 {
                let (commands, people) = (commands.clone(), &people);
                paying.push(scope.spawn(move || {
                    for round in 0..120 {
                        let (person, card) = people[(round * 4 + part) % people.len()];
                        let amount = 100 + i64::try_from(round).unwrap();
                        let card = CardRef::Id(card);
                        let pay = Command::Pay { card, merchant: shop, amount, pin: None, order: None };
                        let request = request(Role::Citizen(person), &format!("{part}-{round}"), &pay);
                        facts(commands.send_waiting(request, pay).unwrap().blocking_recv().unwrap());
                    }
                }));
            }
            for thread in paying {
                thread.join().unwrap();
            }
            done.store(true, Ordering::SeqCst);
            checkpointing.join().unwrap()
        });
        drop(commands);
        drop(running.join().unwrap());
        let live = state(&shared);
        assert!(taken > 3, "{taken}");
        let mut tails = 0;
        // The first and the last, and some between.
        for number in (0..taken).step_by((taken / 12).max(1)) {
            let taken = folder.path().join(format!("taken-{number}"));
            let readers = Readers::open(&target, 1).unwrap();
            assert!(city::verify::checkpoint(&readers, &taken.join("checkpoints")).unwrap().is_some());
            drop(readers);
            let clock = Arc::clone(&clock) as Arc<dyn Clock>;
            let mut again = prepare(opening(target.clone(), &taken, clock, 100 + number as u64)).unwrap();
            assert!(again.report.from_checkpoint, "{number}");
            assert_eq!(state(&again.pen.shared()), live, "{number}");
            tails += u32::from(again.report.replayed > 0);
            // Every key is known, from the key files or the tail.
            for (part, round) in [(0, 0), (1, 50), (2, 119), (3, 119)] {
                let (person, _) = people[(round * 4 + part) % people.len()];
                let other = Command::TopUp { person, amount: 1_000 };
                let request = request(Role::Citizen(person), &format!("{part}-{round}"), &other);
                let (reply, mut answer) = tokio::sync::oneshot::channel();
                again.pen.run(vec![pen::Envelope { request, command: other, reply: Some(reply) }]);
                assert_eq!(
                    common::refusal(answer.try_recv().unwrap()),
                    "key.reused",
                    "{number}: {part}-{round}"
                );
            }
        }
        assert!(tails > 1, "no checkpoint was taken in the middle");
        drop(place);
    }
}
