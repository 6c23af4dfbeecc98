//! The writer's connection.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use base::Instant;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, params};

use super::{TABLES, VERSION, WHO, WHOM, columns, connect, entry, head, latest_upto, one_head, start};
use crate::chain::Chain;
use crate::latest::Latest;
use crate::{Disposal, Error, Hash, Head, Look, LookNo};

const INSERT: &str = concat!(
    "INSERT INTO looks (",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
);
const INSERT_LATEST: &str = "INSERT INTO latest (kind, id, no) VALUES (?1, ?2, ?3)
    ON CONFLICT (kind, id) DO UPDATE SET no = excluded.no";

/// The one connection that writes.
pub(crate) struct Writer {
    connection: Connection,
    chain: Chain,
    latest: Latest,
    /// Held as long as this writer lives, and let go of after the connection.
    _lock: Lock,
}

/// What is left to do after a part of a disposal.
pub(crate) enum Chunk {
    /// There may be more; so much is done.
    More(Disposal),
    /// That was all; what was done in the whole.
    Last(Option<Disposal>),
}

impl Writer {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path, vfs: Option<&str>) -> Result<Writer, Error> {
        let lock = lock(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let connection = connect(path, vfs, flags)?;
        set_up(&connection, path)?;
        let chain = Chain::from(head(&connection)?);
        let mut writer = Writer { connection, chain, latest: Latest::default(), _lock: lock };
        writer.check_end()?;
        writer.load_latest()?;
        Ok(writer)
    }

    /// Where the chain stands.
    pub(crate) fn head(&self) -> Head {
        self.chain.head()
    }

    /// Entries that were cut off are missed at once when their group's head is still there.
    fn check_end(&self) -> Result<(), Error> {
        let last = one_head(&self.connection, "SELECT no, hash FROM heads ORDER BY no DESC LIMIT 1")?;
        let last = match last {
            Some(last) => last,
            None => start(&self.connection)?,
        };
        if last == self.chain.head() {
            Ok(())
        } else {
            Err(Error::Damaged(format!("its entries end at {}, its groups at {}", self.head().no, last.no)))
        }
    }

    fn load_latest(&mut self) -> Result<(), Error> {
        let mut statement = self.connection.prepare("SELECT kind, id, no FROM latest")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, no) = (row.get::<_, String>(1)?, LookNo(row.get::<_, i64>(2)?.cast_unsigned()));
            match row.get::<_, i64>(0)? {
                WHOM => match id.parse() {
                    Ok(whom) => self.latest.restore_person(whom, no),
                    Err(_) => return Err(Error::Damaged("latest: no person's id".to_owned())),
                },
                _ => self.latest.restore_account(id, no),
            }
        }
        const TAIL: &str = concat!("SELECT ", columns!(), " FROM looks WHERE no > ?1 ORDER BY no");
        let upto = latest_upto(&self.connection)?;
        let mut statement = self.connection.prepare(TAIL)?;
        let mut rows = statement.query([upto.0.cast_signed()])?;
        while let Some(row) = rows.next()? {
            match entry(row)? {
                (no, Some(entry)) => self.latest.note(&entry.look, no),
                (no, None) => return Err(Error::Damaged(format!("entry {no} is no look"))),
            };
            self.latest.settle();
        }
        Ok(())
    }

    /// Keeps looks as one group: durable when this returns, or not there at all.
    pub(crate) fn keep<'a>(&mut self, looks: impl Iterator<Item = &'a Look>) -> Result<(), Error> {
        let before = self.chain.head();
        let outcome = self.write(looks);
        match outcome {
            Ok(()) => self.latest.settle(),
            Err(_) => {
                self.chain = Chain::from(before);
                self.latest.take_back();
            }
        }
        outcome
    }

    fn write<'a>(&mut self, looks: impl Iterator<Item = &'a Look>) -> Result<(), Error> {
        let Writer { connection, chain, latest, .. } = self;
        transaction(connection, |connection| {
            let mut insert = connection.prepare_cached(INSERT)?;
            for look in looks {
                let (whom_before, who_before) = latest.note(look, chain.head().no.next());
                let Head { no, hash } = chain.add(look, whom_before, who_before);
                insert.execute(params![
                    no.0.cast_signed(),
                    look.at.0,
                    look.who,
                    look.role,
                    look.whom.to_string(),
                    look.what,
                    look.purpose,
                    look.from,
                    look.reason,
                    look.task,
                    whom_before.0.cast_signed(),
                    who_before.0.cast_signed(),
                    hash.0,
                ])?;
            }
            let Head { no, hash } = chain.head();
            let mut insert = connection.prepare_cached("INSERT INTO heads (no, hash) VALUES (?1, ?2)")?;
            insert.execute(params![no.0.cast_signed(), hash.0])?;
            Ok(())
        })
    }

    /// Brings `latest` up to date.
    pub(crate) fn save_latest(&mut self) -> Result<(), Error> {
        let upto = self.head().no.0.cast_signed();
        let (people, accounts) = (self.latest.changed_people(), self.latest.changed_accounts());
        transaction(&self.connection, |connection| {
            let mut insert = connection.prepare_cached(INSERT_LATEST)?;
            for (id, no) in people {
                insert.execute(params![WHOM, id.to_string(), no.0.cast_signed()])?;
            }
            for (id, no) in accounts {
                insert.execute(params![WHO, id, no.0.cast_signed()])?;
            }
            connection.prepare_cached("UPDATE latest_upto SET no = ?1")?.execute([upto])?;
            Ok(())
        })?;
        self.latest.saved();
        Ok(())
    }

    /// Moves what is in the WAL to the file. A reader that holds an old state is no error: there is a next time.
    pub(crate) fn checkpoint(&self, mode: &'static str) -> Result<(), Error> {
        let text = format!("PRAGMA wal_checkpoint({mode})");
        self.connection.prepare_cached(&text)?.query_row([], |_| Ok(()))?;
        Ok(())
    }

    /// Disposes of up to `most` of the oldest entries, as far as they are older than an instant. The parts of one
    /// disposal are handed from one call to the next.
    pub(crate) fn dispose(
        &mut self,
        before: Instant,
        at: Instant,
        most: usize,
        so_far: Option<Disposal>,
    ) -> Result<Chunk, Error> {
        let (last, all_old) = self.oldest(before, most)?;
        if let Some(last) = last {
            let first = match so_far {
                Some(part) => part.first,
                None => start(&self.connection)?.no.next(),
            };
            let disposal = Disposal { first, last, before, at };
            self.remove(disposal, so_far)?;
            if all_old {
                return Ok(Chunk::More(disposal));
            }
            return self.forget(disposal);
        }
        match so_far {
            Some(disposal) => self.forget(disposal),
            None => Ok(Chunk::Last(None)),
        }
    }

    /// The last of the oldest entries that are older than an instant, and whether there may be more.
    fn oldest(&self, before: Instant, most: usize) -> Result<(Option<Head>, bool), Error> {
        const TEXT: &str = "SELECT no, hash, at FROM looks ORDER BY no LIMIT ?1";
        let mut statement = self.connection.prepare_cached(TEXT)?;
        let mut rows = statement.query([i64::try_from(most).unwrap_or(i64::MAX)])?;
        let (mut last, mut old) = (None, 0);
        while let Some(row) = rows.next()? {
            if row.get::<_, i64>(2)? >= before.0 {
                break;
            }
            last = Some(Head { no: LookNo(row.get::<_, i64>(0)?.cast_unsigned()), hash: Hash(row.get(1)?) });
            old += 1;
        }
        Ok((last, old == most))
    }

    fn remove(&self, disposal: Disposal, part: Option<Disposal>) -> Result<(), Error> {
        const INSERT: &str =
            "INSERT INTO disposals (last, first, hash, before, at) VALUES (?1, ?2, ?3, ?4, ?5)";
        let last = disposal.last.no.0.cast_signed();
        transaction(&self.connection, |connection| {
            connection.prepare_cached("DELETE FROM looks WHERE no <= ?1")?.execute([last])?;
            connection.prepare_cached("DELETE FROM heads WHERE no <= ?1")?.execute([last])?;
            if let Some(part) = part {
                let part = part.last.no.0.cast_signed();
                connection.prepare_cached("DELETE FROM disposals WHERE last = ?1")?.execute([part])?;
            }
            let Disposal { first, last: Head { hash, .. }, before, at } = disposal;
            let mut insert = connection.prepare_cached(INSERT)?;
            insert.execute(params![last, first.0.cast_signed(), hash.0, before.0, at.0])?;
            Ok(())
        })
    }

    /// Who was in no entry that is left goes from the lists as well.
    fn forget(&mut self, disposal: Disposal) -> Result<Chunk, Error> {
        let upto = disposal.last.no;
        transaction(&self.connection, |connection| {
            connection
                .prepare_cached("DELETE FROM latest WHERE no <= ?1")?
                .execute([upto.0.cast_signed()])?;
            Ok(())
        })?;
        self.latest.forget(upto);
        Ok(Chunk::Last(Some(disposal)))
    }

    /// The disk failed: whoever closes the file now must not move anything from the WAL, which alone has it all.
    pub(crate) fn leave_the_wal(&self) {
        // When not even this can be said, there is nothing more to be done.
        self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).ok();
    }
}

fn set_up(connection: &Connection, path: &Path) -> Result<(), Error> {
    // Takes effect only while the file is empty.
    connection.pragma_update(None, "page_size", 8192)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(Error::Unsafe(format!("{}: its file system can't hold a WAL", path.display())));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
    if synchronous != 2 {
        return Err(Error::Unsafe("synchronous=FULL was not taken".to_owned()));
    }
    // SQLite's own would not tell of a disk that fails under it.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    // What is disposed of is overwritten.
    connection.pragma_update(None, "secure_delete", "ON")?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match version {
        VERSION => Ok(()),
        0 => transaction(connection, |connection| Ok(connection.execute_batch(TABLES)?)),
        other => Err(Error::Damaged(format!("its tables are of version {other}, not {VERSION}"))),
    }
}

fn transaction(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<(), Error>,
) -> Result<(), Error> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let outcome =
        work(connection).and_then(|()| Ok(connection.prepare_cached("COMMIT")?.execute([]).map(drop)?));
    // After some errors SQLite has rolled back by itself. If it can't, the next BEGIN says so.
    if outcome.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK").ok();
    }
    outcome
}

/// `<file>.lock`, locked by the operating system: a killed process lets go of it at once.
fn lock(path: &Path) -> Result<Lock, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(PathBuf::from(name))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(Error::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// A locked file. Closing it would not do: a child of this process that is just being started has the file too, and the
/// lock with it, until it becomes the other program.
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // It was locked; and where this failed, closing it does the same a little later.
        self.0.unlock().ok();
    }
}
