//! The queue before the pen: bounded, drained at the end, and honest when the pen is gone.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use std::sync::{Arc, Mutex};

use base::{Clock, Instant};
use common::{Deed, Memory, Small, code, request};
use pen::{Busy, Failure, Options};
use testkit::{Engine, engines};

/// A clock that can be held: whoever asks for the time waits.
struct Held(Arc<Mutex<i64>>);

impl Clock for Held {
    fn now(&self) -> Instant {
        Instant(*self.0.lock().unwrap())
    }
}

#[test]
fn a_full_queue_says_so_and_what_was_taken_is_carried_out() {
    for engine in engines() {
        let town = Small::new(engine);
        let (target, folder, place) = (town.target.clone(), town.folder, town.place);
        drop((town.pen, town.checkpoints));
        let time = Arc::new(Mutex::new(common::DAY));
        let started = pen::start(
            Memory::default(),
            pen::Setup {
                target: &target,
                migrations: &[common::THINGS],
                checkpoints: folder.path(),
                clock: Arc::new(Held(Arc::clone(&time))),
                entropy: Box::new(base::Seeded::new(1)),
                nonces: Box::new(base::Seeded::new(2)),
                options: Options::default(),
                accept_clock: true,
                use_checkpoint: false,
            },
        )
        .unwrap();
        let options = Options { group: 2, queue: 4, ..Options::default() };
        let (commands, running) = started.pen.spawn(options).unwrap();
        let shared = running.shared();
        let held = time.lock().unwrap();
        // The pen stands still over the first group; four more have room, then it is full.
        let mut answers = Vec::new();
        let mut full = 0;
        for number in 0..50 {
            let deed = Deed::Put("p", 1);
            match commands.send(request(&format!("k{number}"), &deed), deed) {
                Ok(answer) => answers.push((number, answer)),
                Err(busy) => {
                    assert_eq!(busy, Busy::Full);
                    full += 1;
                }
            }
        }
        assert!((4..=6).contains(&answers.len()) && full == 50 - answers.len(), "{}", answers.len());
        assert!(commands.waiting() <= 4);
        drop(held);
        // Letting go of the handle ends the pen, after everything that was taken.
        drop(commands);
        let pen = running.join().unwrap();
        for (number, answer) in &mut answers {
            assert_eq!(code(&answer.try_recv().unwrap()), "done", "{number}");
        }
        assert_eq!(shared.read().town.len(), answers.len());
        drop((pen, place));
    }
}

#[test]
fn a_fenced_pen_leaves_nobody_waiting() {
    let mut town = Small::new(Engine::Sqlite);
    town.one("first", Deed::Put("p", 1)).unwrap();
    let lock = format!("{}.lock", town.target.path().unwrap().display());
    let Small { pen, clock, target, folder, .. } = town;
    let (commands, running) = pen.spawn(Options { group: 1, ..Options::default() }).unwrap();
    std::fs::remove_file(lock).unwrap();
    let mut heir = common::setup(&target, &folder, &clock, 5).unwrap();
    let deed = Deed::Put("heir", 1);
    heir.pen.run(vec![pen::Envelope { request: request("heir", &deed), command: deed, reply: None }]);
    let sent: Vec<_> = (0..100)
        .filter_map(|number| {
            let deed = Deed::Put("late", 1);
            commands.send(request(&format!("late-{number}"), &deed), deed).ok()
        })
        .collect();
    // Each hears that nobody knows, or that the line is dead: which a caller reads in the same way.
    for answer in sent {
        assert!(matches!(answer.blocking_recv(), Ok(Err(Failure::Unknown)) | Err(_)));
    }
    testkit::wait_until("the end", std::time::Duration::from_secs(5), || running.is_finished());
    let deed = Deed::Put("later", 1);
    assert_eq!(commands.send(request("later", &deed), deed).err(), Some(Busy::Stopped));
    assert_eq!(heir.pen.shared().read().town.len(), 2);
}
