//! A city on a disk that misbehaves: what was answered is kept, and nothing is half done.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;
#[path = "../../store/tests/faulty_vfs/mod.rs"]
mod faulty_vfs;
use crate::life;

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command as Process;
use std::sync::Arc;

use base::{Entropy, Role, Seeded, Zone, date};
use city::clock::HandClock;
use city::open::prepare;
use city::{CardRef, Command, Reply};
use common::{TestCity, count, opening, posting, refusal, request, state};
use faulty_vfs::{Disk, Which};
use life::{Asked, Life};
use pen::Failure;
use store::Target;
use testkit::{Engine, Place, TempDir};

fn on(disk: &Disk) -> TestCity {
    let place = Place::fresh(Engine::Sqlite);
    TestCity::through(disk.target(Path::new(&place.location())), place)
}

/// So many more commands in groups of one to eight; everything that was answered.
fn live_on(city: &mut TestCity, life: &mut Life, dice: &mut Seeded, groups: u64) -> Vec<Answered> {
    let mut heard = Vec::new();
    for _ in 0..groups {
        city.clock.set(city.now().plus_seconds(600));
        let group: Vec<Asked> = (0..1 + dice.below(8)).map(|_| life.next()).collect();
        let answers = city.ask_all(group.clone());
        for (asked, answer) in group.into_iter().zip(answers) {
            life.learn(&asked, &answer);
            heard.push((asked, answer));
        }
    }
    heard
}

type Answered = (Asked, Result<Reply, Failure>);

#[test]
fn what_was_answered_survives_the_power() {
    for seed in 0..6 {
        let disk = Disk::mount();
        let mut city = on(&disk);
        let mut life = Life::new(seed);
        let mut dice = Seeded::new(seed);
        for round in 0..4 {
            let groups = 10 + dice.below(20);
            let heard = live_on(&mut city, &mut life, &mut dice, groups);
            let live = state(&city.pen.shared());
            if dice.below(2) == 0 {
                let checkpoints = city.checkpoints.as_mut().unwrap();
                checkpoints.write::<city::CityMemory>(&city.pen.shared()).unwrap();
            }
            // The power goes; nothing that closing would write reaches the disk either.
            disk.power_off();
            city = {
                let TestCity { pen, clock, target, place, folder, zone, .. } = city;
                drop(pen);
                disk.power_on((dice.below(3) > 0).then(|| dice.next_u64()));
                TestCity::back(target, place, folder, clock, zone, 1_000 * (seed + 1) + round)
            };
            let found = state(&city.pen.shared());
            // The last command may have left nothing but its instant.
            assert_eq!(without_instant(&found), without_instant(&live), "seed {seed} round {round}");
            count(&city.target, &city.pen.shared().read().books);
            for (asked, answer) in heard {
                let batch = ["sweep", "expire"].contains(&asked.1.operation());
                if let (Ok(Reply::Done { .. } | Reply::Batch { .. }), false) = (&answer, batch) {
                    assert_eq!(city.ask_all(vec![asked]).pop().unwrap(), answer);
                }
            }
        }
    }
}

fn without_instant(state: &str) -> String {
    let (requests, rest) = state.split_once(' ').unwrap();
    format!("{requests} {}", rest.split_once(' ').unwrap().1)
}

#[test]
fn a_full_disk_is_told_and_passes() {
    let disk = Disk::mount();
    let mut city = on(&disk);
    let mut life = Life::new(9);
    let mut dice = Seeded::new(9);
    let mut broken = Vec::new();
    live_on(&mut city, &mut life, &mut dice, 20);
    for _ in 0..25 {
        disk.room(Some(dice.below(60_000)));
        let heard = live_on(&mut city, &mut life, &mut dice, 2);
        disk.room(None);
        assert!(!city.pen.stopped());
        broken.extend(heard.into_iter().filter(|(_, answer)| matches!(answer, Err(Failure::Broken(_)))));
        count(&city.target, &city.pen.shared().read().books);
        live_on(&mut city, &mut life, &mut dice, 1);
    }
    assert!(broken.len() > 10, "{}", broken.len());
    // What is broken was not carried out: its key is free, and asking again gives a real answer.
    for (asked, _) in broken {
        assert!(!matches!(
            city.ask_all(vec![asked]).pop().unwrap(),
            Err(Failure::Broken(_) | Failure::Unknown)
        ));
    }
    let live = state(&city.pen.shared());
    let city = city.again(4);
    assert_eq!(without_instant(&state(&city.pen.shared())), without_instant(&live));
}

/// A sync fails under a payment: the process ends at once (a child here), and what it had answered is there.
#[test]
fn a_failed_sync_ends_the_process() {
    const CHILD: &str = "ONGOEUL_TEST_CITY_CHILD";
    let pay = |who: (base::PersonId, base::CardId), shop| Command::Pay {
        card: CardRef::Id(who.1),
        merchant: shop,
        amount: 300,
        pin: None,
        order: None,
    };
    if let Some(folder) = std::env::var_os(CHILD) {
        let disk = Disk::mount();
        let dir = TempDir::new();
        let place = Place::Sqlite { file: Path::new(&folder).join("city.sqlite"), dir };
        let mut city = TestCity::through(disk.target(Path::new(&place.location())), place);
        let who = city.person();
        let shop = city.shop("123-45-67891", "market-food");
        city.top_up(who.0, 100_000);
        for number in 0..10 {
            if number == 7 {
                disk.fail_next_sync(Which::Wal);
            }
            let pay = pay(who, shop);
            let no = posting(&city.ask_as(Role::Citizen(who.0), &format!("pay-{number}"), pay));
            println!("told {} pay-{number}", no.0);
        }
        return;
    }
    let folder = TempDir::new();
    let output = Process::new(std::env::current_exe().unwrap())
        .args(["power::a_failed_sync_ends_the_process", "--exact", "--nocapture"])
        .env(CHILD, folder.path())
        // What a process that is cut off leaves goes with our own folder.
        .env("TMPDIR", folder.path())
        .output()
        .unwrap();
    const SIGABRT: i32 = 6;
    assert_eq!(output.status.signal(), Some(SIGABRT), "{}", String::from_utf8_lossy(&output.stderr));
    let told: BTreeMap<u64, String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.strip_prefix("told ")?.split_once(' '))
        .map(|(no, key)| (no.parse().unwrap(), key.to_owned()))
        .collect();
    assert_eq!(told.len(), 7);
    let zone = Zone::named("Asia/Seoul").unwrap();
    let clock = Arc::new(HandClock::at(zone.instant(date(2021, 2, 23), 10, 0)));
    let target = Target::Sqlite(folder.path().join("city.sqlite"));
    let mut again = prepare(opening(target.clone(), folder.path(), clock, 2)).unwrap();
    let shared = again.pen.shared();
    count(&target, &shared.read().books);
    let last = shared.read().books.last_posting().0;
    assert!(told.keys().all(|no| *no <= last) && last <= told.keys().max().unwrap() + 1);
    // Each told key is known: another wish under it is refused.
    let person = shared.read().town.directory.holders()[0].person.id;
    for key in told.values() {
        let other = Command::TopUp { person, amount: 5_000 };
        let request = request(Role::Citizen(person), key, &other);
        let (reply, mut answer) = tokio::sync::oneshot::channel();
        again.pen.run(vec![pen::Envelope { request, command: other, reply: Some(reply) }]);
        assert_eq!(refusal(answer.try_recv().unwrap()), "key.reused", "{key}");
    }
}
