//! What is written is read back, on both engines, at every size of group.

mod common;

use base::{EntryNo, PostingNo};
use common::{COUNT_POSTINGS, COUNT_SHOPS, Count, SHOPS, batch, count, group, open, shop, target};
use ledger::AccountNo;
use store::{CommitError, Error, Migration, Readers, Value, Write, Writer, sql};
use testkit::{Place, on_each_engine};

store::row! {
    #[derive(Debug, PartialEq)]
    struct Shop { id: String, name: String, area: Option<i64>, photo: Option<Vec<u8>>, rank: u64 }
}

#[test]
fn the_journal_comes_back_as_it_was() {
    on_each_engine(|place| {
        let mut writer = open(place);
        let mut written = Vec::new();
        // Single rows, some of many, and COPY.
        for (sequence, (from, size)) in (1..).zip([(1, 1), (2, 45), (47, 5_000)]) {
            let batch = batch(from, size);
            writer.commit(&group(sequence, u64::MAX, from, from + size - 1), &batch).unwrap();
            written.push(batch);
        }
        assert_eq!(writer.last_group().unwrap(), Some(group(3, u64::MAX, 47, 5_046)));
        let readers = Readers::open(&target(place), 2).unwrap();
        readers
            .read(|snapshot| {
                let mut postings = written.iter().flat_map(|batch| &batch.postings);
                let mut entries = written.iter().flat_map(|batch| &batch.entries);
                let mut requests = written.iter().flat_map(|batch| &batch.requests);
                let mut accounts = written.iter().flat_map(|batch| &batch.accounts);
                snapshot.for_each_posting(PostingNo(1), None, &mut |posting, own| {
                    assert_eq!(Some(&posting), postings.next());
                    assert_eq!(own.len(), 3);
                    own.iter().for_each(|entry| assert_eq!(Some(entry), entries.next()));
                    Ok(())
                })?;
                snapshot.for_each_account(AccountNo(0), &mut |row| {
                    assert_eq!(Some(&row), accounts.next());
                    Ok(())
                })?;
                snapshot.for_each_request(0, &mut |row| {
                    assert_eq!(Some(&row), requests.next());
                    Ok(())
                })?;
                assert!(postings.next().is_none() && entries.next().is_none());
                assert!(accounts.next().is_none() && requests.next().is_none());
                let mut seen = Vec::new();
                snapshot.for_each_posting(PostingNo(46), Some(PostingNo(48)), &mut |posting, own| {
                    seen.push((posting.no.0, own.len()));
                    Ok(())
                })?;
                assert_eq!(seen, [(46, 3), (47, 3), (48, 3)]);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn a_callbacks_own_error_comes_through_and_stray_entries_are_told() {
    on_each_engine(|place| {
        let mut writer = open(place);
        let mut rows = batch(1, 2);
        let mut stray = rows.entries[5];
        stray.no = EntryNo(9);
        rows.entries.push(stray);
        writer.commit(&group(1, 1, 1, 2), &rows).unwrap();
        let readers = Readers::open(&target(place), 1).unwrap();
        let stopped = readers.read(|snapshot| {
            snapshot.for_each_posting(PostingNo(1), None, &mut |_, _| Err(Error::other("enough")))
        });
        assert!(matches!(stopped, Err(Error::Other(e)) if e.to_string() == "enough"));
        let stray =
            readers.read(|snapshot| snapshot.for_each_posting(PostingNo(1), None, &mut |_, _| Ok(())));
        assert!(matches!(stray, Err(Error::Shape(_))), "{stray:?}");
    });
}

#[test]
fn domain_rows_keep_nulls_bytes_bits_and_korean() {
    on_each_engine(|place| {
        let mut writer = open(place);
        let photo = vec![0u8, 255, 39];
        let rows = [
            ("b", "한옥마을 '전주' \u{1f437}", Some(-5), Some(photo.clone()), u64::MAX >> 1),
            ("a", "", None, None, 1),
            ("ㄱ", "x", Some(i64::MAX), Some(Vec::new()), 2),
        ];
        let mut batch = batch(1, 1);
        for (id, name, area, photo, rank) in rows.clone() {
            let params = vec![id.into(), name.into(), area.into(), photo.into(), rank.into()];
            batch.writes.push(Write { sql: common::INSERT_SHOP, params });
        }
        writer.commit(&group(1, 1, 1, 1), &batch).unwrap();
        const ALL: store::Sql = sql("SELECT id, name, area, photo, rank FROM shops ORDER BY id");
        let found: Vec<Shop> =
            Readers::open(&target(place), 1).unwrap().read(|snapshot| snapshot.query(ALL, &[])).unwrap();
        let mut wanted: Vec<Shop> = rows
            .into_iter()
            .map(|(id, name, area, photo, rank)| Shop { id: id.into(), name: name.into(), area, photo, rank })
            .collect();
        // Byte order, whatever the database's collation.
        wanted.sort_by(|a, b| a.id.as_bytes().cmp(b.id.as_bytes()));
        assert_eq!(found, wanted);
        const BY: store::Sql = sql("SELECT COUNT(*) AS n FROM shops WHERE area = $2 OR id = $1");
        let n: Vec<Count> = writer.query(BY, &["a".into(), (-5i64).into()]).unwrap();
        assert_eq!(n, [Count { n: 2 }]);
        let n: Vec<Count> = writer.query(BY, &["a".into(), Value::Null]).unwrap();
        assert_eq!(n, [Count { n: 1 }]);
    });
}

#[test]
fn wrong_columns_and_wrong_counts_are_told() {
    on_each_engine(|place| {
        let mut writer = open(place);
        let swapped = writer.query::<Shop>(sql("SELECT name, id, area, photo, rank FROM shops"), &[]);
        assert!(matches!(swapped, Err(Error::Shape(_))));
        let fewer = writer.query::<Count>(sql("SELECT COUNT(*) AS n FROM shops WHERE id = $1"), &[]);
        assert!(matches!(fewer, Err(Error::Shape(_))));
        let more = writer.query::<Count>(COUNT_SHOPS, &[Value::Int(1)]);
        assert!(matches!(more, Err(Error::Shape(_))));
    });
}

#[test]
fn a_group_reads_its_own_rows_and_a_rollback_leaves_nothing() {
    on_each_engine(|place| {
        let mut writer = open(place);
        let readers = Readers::open(&target(place), 1).unwrap();
        let outside = || readers.read(|s| s.query::<Count>(COUNT_POSTINGS, &[])).unwrap()[0].n;
        for size in [2, 5_000] {
            let mut first = batch(1, size);
            first.writes.push(shop("a", 1));
            writer.append(&first).unwrap();
            assert_eq!((count(&mut writer, COUNT_POSTINGS), outside()), (size as i64, 0));
            assert_eq!(count(&mut writer, COUNT_SHOPS), 1);
            writer.rollback();
            assert_eq!((count(&mut writer, COUNT_POSTINGS), count(&mut writer, COUNT_SHOPS)), (0, 0));
        }
        writer.append(&batch(1, 2)).unwrap();
        writer.append(&batch(3, 2)).unwrap();
        let mut last = batch(5, 1);
        last.writes.push(shop("b", 1));
        writer.commit(&group(1, 9, 1, 5), &last).unwrap();
        assert_eq!((outside(), count(&mut writer, COUNT_SHOPS)), (5, 1));
        assert_eq!(writer.last_group().unwrap(), Some(group(1, 9, 1, 5)));
    });
}

#[test]
fn a_definite_failure_leaves_nothing_and_the_next_group_works() {
    on_each_engine(|place| {
        let mut writer = open(place);
        let wrong_type = Write { sql: common::INSERT_SHOP, params: vec![Value::Int(1); 5] };
        let wrong_count = Write { sql: common::INSERT_SHOP, params: vec![] };
        let no_sql = Write { sql: sql("INSERT INTO nowhere VALUES (1)"), params: vec![] };
        for size in [1, 5_000] {
            // STRICT tables take a number for a TEXT column (they convert it), so SQLite breaks on the CHECK only.
            for bad in [shop("a", 0), wrong_count.clone(), no_sql.clone(), wrong_type.clone()] {
                if bad.params.first() == Some(&Value::Int(1)) && matches!(place, Place::Sqlite { .. }) {
                    continue;
                }
                for begun in [false, true] {
                    if begun {
                        writer.append(&batch(1, 1)).unwrap();
                    }
                    let mut rows = if begun { batch(2, size) } else { batch(1, size) };
                    rows.writes = vec![shop("good", 1), bad.clone(), shop("later", 2)];
                    let outcome = writer.commit(&group(1, 1, 1, size), &rows);
                    assert!(matches!(outcome, Err(CommitError::Definite(_))), "{outcome:?}");
                    assert_eq!((count(&mut writer, COUNT_POSTINGS), count(&mut writer, COUNT_SHOPS)), (0, 0));
                    assert_eq!(writer.last_group().unwrap(), None);
                    let mut rows = batch(1, size);
                    rows.writes = vec![bad.clone()];
                    assert!(writer.append(&rows).is_err());
                    assert_eq!(count(&mut writer, COUNT_POSTINGS), 0);
                }
            }
        }
        writer.commit(&group(1, 1, 1, 1), &batch(1, 1)).unwrap();
    });
}

#[test]
fn migrations_are_applied_once_and_never_change() {
    on_each_engine(|place| {
        let target = target(place);
        let second =
            Migration { name: "test-second", sql: "ALTER TABLE shops ADD COLUMN note TEXT; -- why\n" };
        drop(open(place));
        drop(Writer::open(&target, &[SHOPS, second]).unwrap());
        drop(Writer::open(&target, &[SHOPS, second]).unwrap());
        let changed = Migration { name: "test-second", sql: "ALTER TABLE shops ADD COLUMN other TEXT;" };
        let broken = Migration { name: "test-third", sql: "CREATE TABLE t (a BIGINT); CREATE NONSENSE;" };
        for bad in [vec![SHOPS, changed], vec![SHOPS], vec![second, SHOPS], vec![SHOPS, second, broken]] {
            let outcome = Writer::open(&target, &bad);
            assert!(matches!(outcome, Err(Error::Migration { .. })), "{:?}", outcome.err());
        }
        // The broken one left nothing of its first half.
        let whole = Migration { name: "test-third", sql: "CREATE TABLE t (a BIGINT PRIMARY KEY);" };
        drop(Writer::open(&target, &[SHOPS, second, whole]).unwrap());
    });
}

#[test]
fn readers_cannot_write_and_see_one_state() {
    on_each_engine(|place| {
        let mut writer = open(place);
        let readers = Readers::open(&target(place), 2).unwrap();
        let refused = readers
            .read(|snapshot| snapshot.query::<Count>(sql("DELETE FROM shops RETURNING rank AS n"), &[]));
        assert!(refused.is_err());
        readers
            .read(|snapshot| {
                let before: Vec<Count> = snapshot.query(COUNT_POSTINGS, &[])?;
                writer.commit(&group(1, 1, 1, 2), &batch(1, 2)).unwrap();
                let after: Vec<Count> = snapshot.query(COUNT_POSTINGS, &[])?;
                assert_eq!((before, after), (vec![Count { n: 0 }], vec![Count { n: 0 }]));
                let other = readers.read(|s| s.query::<Count>(COUNT_POSTINGS, &[]))?;
                assert_eq!(other, [Count { n: 2 }]);
                Ok(())
            })
            .unwrap();
        // A connection that was lost in a panic is replaced.
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            readers.read(|_| -> Result<(), Error> { panic!("in a reader") })
        }));
        assert!(panicked.is_err());
        assert_eq!(readers.read(|s| s.query::<Count>(COUNT_POSTINGS, &[])).unwrap(), [Count { n: 2 }]);
        // Without a writer too (an auditor looks at a stopped city).
        drop((writer, readers));
        let readers = Readers::open(&target(place), 1).unwrap();
        for _ in 0..3 {
            assert_eq!(readers.read(|s| s.query::<Count>(COUNT_POSTINGS, &[])).unwrap(), [Count { n: 2 }]);
        }
    });
}

/// What nobody else on the machine may read: the database, and what SQLite puts beside it. One that is there keeps its rights.
#[cfg(unix)]
#[test]
fn a_new_database_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = testkit::TempDir::new();
    let path = folder.path().join("city.sqlite");
    let rights = |name: &str| {
        let found = std::fs::metadata(folder.path().join(name)).unwrap();
        found.permissions().mode() & 0o777
    };
    let writer = Writer::open(&store::Target::Sqlite(path.clone()), &[SHOPS]).unwrap();
    for name in ["city.sqlite", "city.sqlite-wal", "city.sqlite-shm"] {
        assert_eq!(rights(name), 0o600, "{name}");
    }
    let copy = folder.path().join("copy.sqlite");
    store::backup(&store::Target::Sqlite(path.clone()), &copy, &mut |_, _| ()).unwrap();
    assert_eq!(rights("copy.sqlite"), 0o600);
    drop(writer);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    drop(Writer::open(&store::Target::Sqlite(path), &[SHOPS]).unwrap());
    assert_eq!(rights("city.sqlite"), 0o640, "the house's own choice");
}
