//! Two writers, broken connections, and databases that would lose a commit.

mod common;

use std::time::Duration;

use common::{COUNT_POSTINGS, batch, count, group, open, target};
use store::{CommitError, Error, Fate, Readers, Target, Writer, backup, spawn_wal_checkpointer, sql};
use testkit::{Cluster, Cut, CutProxy, Engine, Place, engines, on_each_engine};

#[test]
fn one_leader_at_a_time() {
    on_each_engine(|place| {
        let first = open(place);
        assert!(matches!(Writer::open(&target(place), &[common::SHOPS]), Err(Error::LeaderAlive)));
        drop(first);
        drop(open(place));
        // A refused migration keeps nobody out.
        assert!(matches!(Writer::open(&target(place), &[]), Err(Error::Migration { .. })));
        drop(open(place));
    });
}

#[test]
fn a_taken_sequence_fences() {
    on_each_engine(|place| {
        let mut writer = open(place);
        writer.commit(&group(1, 1, 1, 10), &batch(1, 10)).unwrap();
        for size in [10, 5_000] {
            // The same postings too, as a zombie would write them.
            for begun in [false, true] {
                if begun {
                    writer.append(&batch(11, 3)).unwrap();
                }
                let from = if begun { 14 } else { 1 };
                let outcome = writer.commit(&group(1, 2, from, from + size - 1), &batch(from, size));
                assert!(matches!(outcome, Err(CommitError::Fenced)), "{outcome:?}");
                assert_eq!(count(&mut writer, COUNT_POSTINGS), 10);
            }
        }
    });
}

#[test]
fn resolve_tells_what_is_there() {
    on_each_engine(|place| {
        let mut writer = open(place);
        writer.commit(&group(1, 1, 1, 2), &batch(1, 2)).unwrap();
        assert_eq!(writer.resolve(&group(1, 1, 1, 2)).unwrap(), Fate::Committed);
        assert_eq!(writer.resolve(&group(1, 2, 1, 2)).unwrap(), Fate::Fenced);
        assert_eq!(writer.resolve(&group(2, 5, 3, 4)).unwrap(), Fate::Lost);
        assert_eq!(writer.resolve(&group(2, 5, 3, 4)).unwrap(), Fate::Lost);
        let last = writer.last_group().unwrap().unwrap();
        assert_eq!((last.sequence, last.first_posting, last.last_posting), (2, 3, 2));
        writer.commit(&group(3, 6, 3, 4), &batch(3, 2)).unwrap();
    });
}

fn databases() -> Vec<testkit::Database> {
    if engines().contains(&Engine::Postgres) { vec![testkit::postgres().database()] } else { vec![] }
}

#[test]
fn a_cut_commit_is_unknown_until_resolved() {
    for database in databases() {
        let proxy = CutProxy::to(database.url());
        let mut writer = Writer::open(&Target::Postgres(proxy.url().to_owned()), &[common::SHOPS]).unwrap();
        let soon = Cut::CommitArrivesLate(Duration::from_millis(300));
        let late = Cut::CommitArrivesLate(Duration::from_secs(3));
        let mut sequence = 0;
        let mut next = 1;
        let mut cuts = 0;
        for cut in [Cut::AfterCommit, Cut::BeforeCommit, soon, late] {
            // One statement that commits by itself, a flight with COMMIT behind it, and COPY.
            for (size, begun, written) in
                [(2, false, false), (2, false, true), (2, true, false), (4_000, false, false)]
            {
                // Its waiting is long, and what it shows doesn't depend on the shape.
                if cut == late && size == 2 && !written {
                    continue;
                }
                sequence += 1;
                let mut rows = batch(next, size);
                if begun {
                    writer.append(&rows).unwrap();
                    rows.clear();
                }
                if written {
                    rows.writes.push(common::shop(&format!("s{sequence}"), 1));
                }
                let group = group(sequence, 100 + sequence, next, next + size - 1);
                // The first commit of a session prepares; the proxy must see the statement's carrying out.
                proxy.arm(cut);
                cuts += 1;
                let outcome = writer.commit(&group, &rows);
                assert!(matches!(outcome, Err(CommitError::Unknown(_))), "{cut:?} {size}: {outcome:?}");
                testkit::wait_until("the cut", Duration::from_secs(5), || proxy.cuts() == cuts);
                let fate = writer.resolve(&group).unwrap();
                // A session that lives on past the grace is ended by the server, and what arrives later is lost.
                let landed = cut == Cut::AfterCommit || cut == soon;
                assert_eq!(fate, if landed { Fate::Committed } else { Fate::Lost }, "{cut:?} {size}");
                if landed {
                    next += size;
                }
                if cut == late {
                    std::thread::sleep(Duration::from_millis(2_500));
                }
                assert_eq!(count(&mut writer, COUNT_POSTINGS), next as i64 - 1, "{cut:?} {size}");
            }
        }
    }
}

#[test]
fn a_connection_lost_before_commit_is_a_definite_failure_and_the_writer_comes_back() {
    for database in databases() {
        let proxy = CutProxy::to(database.url());
        let mut writer = Writer::open(&Target::Postgres(proxy.url().to_owned()), &[common::SHOPS]).unwrap();
        writer.append(&batch(1, 2)).unwrap();
        proxy.cut_all();
        assert!(writer.append(&batch(3, 2)).is_err());
        writer.rollback();
        proxy.refuse(true);
        let outcome = writer.commit(&group(1, 1, 1, 2), &batch(1, 2));
        assert!(matches!(outcome, Err(CommitError::Definite(_))), "{outcome:?}");
        proxy.refuse(false);
        writer.commit(&group(1, 1, 1, 2), &batch(1, 2)).unwrap();
        assert_eq!(count(&mut writer, COUNT_POSTINGS), 2);
    }
}

#[test]
fn a_zombie_is_fenced_by_the_new_leader() {
    for database in databases() {
        let target = Target::Postgres(database.url().to_owned());
        let mut zombie = Writer::open(&target, &[common::SHOPS]).unwrap();
        zombie.commit(&group(1, 1, 1, 1), &batch(1, 1)).unwrap();
        // The server ends its session; another takes over before the zombie looks.
        database.psql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        );
        let mut heir = testkit::wait_for("the lock", Duration::from_secs(5), || {
            Writer::open(&target, &[common::SHOPS]).ok()
        });
        heir.commit(&group(2, 2, 2, 2), &batch(2, 1)).unwrap();
        drop(heir);
        let outcome = zombie.commit(&group(2, 3, 2, 2), &batch(2, 1));
        // Its first try may still find the broken session; then it asks, and hears the same.
        match outcome {
            Err(CommitError::Fenced) => {}
            Err(CommitError::Unknown(_)) => {
                assert_eq!(zombie.resolve(&group(2, 3, 2, 2)).unwrap(), Fate::Fenced);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_postgres_that_could_lose_commits_is_refused() {
    if !engines().contains(&Engine::Postgres) {
        return;
    }
    let cluster = Cluster::start();
    let database = cluster.database();
    let target = Target::Postgres(database.url().to_owned());
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        database.psql(&format!("ALTER SYSTEM SET {setting} = off"));
        database.psql("SELECT pg_reload_conf()");
        testkit::wait_until(setting, Duration::from_secs(5), || {
            database.psql(&format!("SHOW {setting}")) == "off"
        });
        assert!(matches!(Writer::open(&target, &[]), Err(Error::Unsafe(_))), "{setting}");
        database.psql(&format!("ALTER SYSTEM RESET {setting}"));
        database.psql("SELECT pg_reload_conf()");
        testkit::wait_until(setting, Duration::from_secs(5), || {
            database.psql(&format!("SHOW {setting}")) == "on"
        });
    }
    assert!(Writer::open(&target, &[]).is_ok());
}

#[test]
fn a_running_city_is_backed_up() {
    let place = Place::fresh(Engine::Sqlite);
    let Place::Sqlite { dir, .. } = &place else { panic!("sqlite") };
    let mut writer = open(&place);
    let keeper = spawn_wal_checkpointer(&target(&place)).unwrap();
    writer.commit(&group(1, 1, 1, 5_000), &batch(1, 5_000)).unwrap();
    let copy = dir.path().join("copy.db");
    let mut next = 5_001;
    let mut sequence = 2;
    backup(&target(&place), &copy, &mut |_, _| {
        // The city goes on while it is copied.
        writer.commit(&group(sequence, 1, next, next), &batch(next, 1)).unwrap();
        next += 1;
        sequence += 1;
    })
    .unwrap();
    assert!(next > 5_001);
    let mut restored = Writer::open(&Target::Sqlite(copy), &[common::SHOPS]).unwrap();
    assert_eq!(count(&mut restored, COUNT_POSTINGS), 5_000);
    drop(writer);
    keeper.stop().unwrap();
    let wal = dir.path().join("city.sqlite-wal");
    assert_eq!(std::fs::metadata(wal).map_or(0, |m| m.len()), 0);
}

#[test]
fn a_memory_city_serves_readers_too_and_goes_away() {
    let target = Target::memory().unwrap();
    let mut writer = Writer::open(&target, &[common::SHOPS]).unwrap();
    writer.commit(&group(1, 1, 1, 2), &batch(1, 2)).unwrap();
    let readers = Readers::open(&target, 1).unwrap();
    let n = readers.read(|s| s.one::<common::Count>(COUNT_POSTINGS, &[])).unwrap();
    assert_eq!(n, Some(common::Count { n: 2 }));
    let path = target.path().unwrap().to_owned();
    drop((writer, readers, target));
    assert!(!path.exists());
}

#[test]
fn every_migration_text_is_translated() {
    let sqlite = store::translate_sqlite(store::JOURNAL.sql).join(";");
    assert!(!sqlite.contains("BIGINT") && !sqlite.contains("BYTEA"));
    assert_eq!(sqlite.matches("STRICT").count(), 5);
    assert_eq!(sql("SELECT 1").text(), "SELECT 1");
}
