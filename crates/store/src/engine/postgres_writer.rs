//! The pen's session on PostgreSQL.

use std::time::Duration;

use ledger::GroupRow;
use tokio_postgres::error::SqlState;

use super::copy;
use super::flight::{Flight, Rows};
use super::postgres::{Driver, Flown, Session};
use crate::journal::{GROUP_AT, INSERT_GROUP};
use crate::migrate::{self, Applied, Migration};
use crate::writer::{fate, group_values, takeover};
use crate::{Batch, CommitError, Error, Fate, FromRow, Sql, Value, sql};

/// From so many postings and entries on COPY is faster than one statement with arrays.
/// Measured: twice as fast at 8,192 postings of one entry, alike at 512 of five.
const COPY_FROM: usize = 2_500;
/// After our own session broke, how long the server may take to notice by itself (and to finish a commit that is
/// still on its way) before it is told to end that session; then how long until we give up.
const LOCK_GRACE: u32 = 50;
const LOCK_TRIES: u32 = 500;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The session's own settings. The keepalives make the server notice within a quarter of a minute that this
/// machine is gone, and let go of the leader lock.
const SET_UP: &str = "SET client_min_messages = warning; SET jit = off; SET statement_timeout = 0; \
    SET idle_in_transaction_session_timeout = 0; SET default_transaction_isolation = 'read committed'; \
    SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3;";

/// 'Ongoeul' as a number; advisory locks are per database.
const TRY_LOCK: Sql = sql("SELECT pg_try_advisory_lock(22407890155402604) AS taken");
/// At the end of a session: the server may take a moment to notice the end by itself, and a successor should not
/// have to wait for that.
const LET_GO: &str = "ROLLBACK; SELECT pg_advisory_unlock_all()";
const LET_GO_LIMIT: Duration = Duration::from_secs(2);
const SETTINGS: Sql = sql(
    "SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes, \
     current_setting('synchronous_commit') AS synchronous_commit",
);
const SELF: Sql =
    sql("SELECT CAST(pid AS BIGINT) AS pid, CAST(backend_start AS TEXT) AS started FROM pg_stat_activity \
     WHERE pid = pg_backend_pid()");
/// Is our own earlier session still there?
const LIVES: Sql = sql("SELECT true AS taken FROM pg_stat_activity \
     WHERE CAST(pid AS BIGINT) = $1 AND CAST(backend_start AS TEXT) = $2");
/// Ends our own earlier session, and no other that may have got its process number since.
const END_EARLIER: Sql = sql("SELECT pg_terminate_backend(pid) AS taken FROM pg_stat_activity \
     WHERE CAST(pid AS BIGINT) = $1 AND CAST(backend_start AS TEXT) = $2");

crate::row! { struct Taken { taken: bool } }
crate::row! { struct Settings { fsync: String, full_page_writes: String, synchronous_commit: String } }
crate::row! { struct Identity { pid: i64, started: String } }

pub(crate) struct PostgresWriter {
    url: String,
    session: Session,
    /// The session that took the lock last: it is ended when we come back after a broken connection.
    identity: Identity,
    begun: bool,
    driver: Driver,
}

impl PostgresWriter {
    pub(crate) fn prepare(&mut self, sql: Sql) -> Result<(), Error> {
        self.driver.wait(self.session.prepare(sql.text()))?;
        Ok(())
    }

    pub(crate) fn begun(&self) -> bool {
        self.begun
    }

    pub(crate) fn open(url: &str, extra: &[Migration]) -> Result<PostgresWriter, Error> {
        let driver = Driver::new()?;
        let (session, identity) = driver.wait(async {
            let mut session = Session::connect(url, SET_UP).await?;
            check_settings(&mut session).await?;
            if !try_lock(&mut session).await? {
                return Err(Error::LeaderAlive);
            }
            let identity = identify(&mut session).await?;
            if let Err(e) = migrate_all(&mut session, extra).await {
                // Best effort: the session ends in any case, and with it the lock.
                session.client.batch_execute(LET_GO).await.ok();
                return Err(e);
            }
            Ok((session, identity))
        })?;
        Ok(PostgresWriter { url: url.to_owned(), session, identity, begun: false, driver })
    }

    /// Connects again if the connection broke.
    fn ensure(&mut self) -> Result<(), Error> {
        // Nobody drives the connection between groups: an end that came meanwhile is heard now, not by a commit
        // whose fate would then be unknown.
        self.driver.listen()?;
        if self.session.client.is_closed() { self.reconnect() } else { Ok(()) }
    }

    /// A new session with the leader lock, in the place of the old one.
    fn reconnect(&mut self) -> Result<(), Error> {
        self.begun = false;
        let Self { driver, url, identity, .. } = self;
        let (session, identity) = driver.wait(async {
            let mut session = Session::connect(url, SET_UP).await?;
            check_settings(&mut session).await?;
            relock(&mut session, identity).await?;
            let identity = identify(&mut session).await?;
            Ok((session, identity))
        })?;
        self.session = session;
        self.identity = identity;
        Ok(())
    }

    pub(crate) fn append(&mut self, batch: &Batch) -> Result<(), Error> {
        let outcome = self.append_steps(batch);
        if outcome.is_err() {
            self.rollback();
        }
        outcome
    }

    fn append_steps(&mut self, batch: &Batch) -> Result<(), Error> {
        self.ensure_unless_begun()?;
        let begin = !self.begun;
        self.begun = true;
        let Self { driver, session, .. } = self;
        let flight =
            Flight { begin, group: None, rows: Rows::of(batch), writes: &batch.writes, commit: false };
        driver.wait(async {
            if is_bulk(batch) {
                bulk(session, begin, None, batch).await?;
                Flight { begin: false, rows: Rows::NONE, ..flight }.go(session).await?.checked()
            } else {
                flight.go(session).await?.checked()
            }
        })
    }

    fn ensure_unless_begun(&mut self) -> Result<(), Error> {
        if self.begun { Ok(()) } else { self.ensure() }
    }

    pub(crate) fn query<R: FromRow>(&mut self, sql: Sql, params: &[Value]) -> Result<Vec<R>, Error> {
        self.ensure_unless_begun()?;
        self.driver.wait(self.session.query(sql, params))
    }

    pub(crate) fn commit(&mut self, group: &GroupRow, batch: &Batch) -> Result<(), CommitError> {
        let outcome = self.ensure_unless_begun().map_err(CommitError::Definite).and_then(|()| {
            let begun = self.begun;
            self.begun = true;
            let Self { driver, session, .. } = self;
            let work = async { Ok(commit_steps(session, begun, group, batch).await) };
            driver.wait(work).map_err(CommitError::Definite)?
        });
        match &outcome {
            Ok(()) | Err(CommitError::Unknown(_)) => self.begun = false,
            Err(_) => self.rollback(),
        }
        outcome
    }

    pub(crate) fn rollback(&mut self) {
        if self.begun {
            // If this fails the session is broken, and the server has rolled back or will.
            self.driver.wait(async { Ok(self.session.client.batch_execute("ROLLBACK").await?) }).ok();
            self.begun = false;
        }
    }

    pub(crate) fn resolve(&mut self, group: &GroupRow) -> Result<Fate, Error> {
        // Even if the old session seems alive: what it answers from now on can't be told from what it answers
        // to the lost commit.
        self.reconnect()?;
        let Self { driver, session, .. } = self;
        driver.wait(async {
            match session.execute(INSERT_GROUP, &group_values(&takeover(group))).await {
                Ok(()) => Ok(Fate::Lost),
                Err(e) if is_doubled(&e) => {
                    let found = session.query::<GroupRow>(GROUP_AT, &[group.sequence.into()]).await?;
                    Ok(fate(group, found.first()))
                }
                Err(e) => Err(e),
            }
        })
    }
}

impl Drop for PostgresWriter {
    fn drop(&mut self) {
        // Best effort: the session ends in any case, and with it the lock.
        self.driver.try_wait(LET_GO_LIMIT, async { self.session.client.batch_execute(LET_GO).await.ok() });
    }
}

/// Many rows?
fn is_bulk(batch: &Batch) -> bool {
    batch.postings.len() + batch.entries.len() > COPY_FROM
}

/// Everything of a big batch but its writes, inside a transaction.
async fn bulk(
    session: &mut Session,
    begin: bool,
    group: Option<&GroupRow>,
    batch: &Batch,
) -> Result<(), Error> {
    let rows = Rows { postings: &[], entries: &[], ..Rows::of(batch) };
    Flight { begin, group, rows, writes: &[], commit: false }.go(session).await?.checked()?;
    copy::copy(session, &batch.postings, &batch.entries).await
}

async fn commit_steps(
    session: &mut Session,
    begun: bool,
    group: &GroupRow,
    batch: &Batch,
) -> Result<(), CommitError> {
    let (begin, group) = (!begun, Some(group));
    let writes = &batch.writes[..];
    let flight = if is_bulk(batch) {
        // No COMMIT was sent before this is through: whatever breaks here, nothing stays.
        bulk(session, begin, group, batch).await.map_err(definite)?;
        Flight { begin: false, group: None, rows: Rows::NONE, writes, commit: true }
    } else {
        Flight { begin, group, rows: Rows::of(batch), writes, commit: true }
    };
    judge(flight.go(session).await.map_err(CommitError::Definite)?)
}

/// What a flight that ends in a commit came to. COMMIT of a spoiled transaction answers ROLLBACK and no error, so
/// every answer counts, the server's own refusals first.
fn judge(flown: Flown) -> Result<(), CommitError> {
    let all_sent = flown.all_sent;
    let mut lost = None;
    for error in flown.answers.into_iter().filter_map(Result::err).map(Error::from) {
        if !error.is_lost() {
            return Err(definite(error));
        }
        lost = lost.or(Some(error));
    }
    match lost {
        None => Ok(()),
        Some(error) if all_sent => Err(CommitError::Unknown(error)),
        Some(error) => Err(CommitError::Definite(error)),
    }
}

/// A refusal before COMMIT: by the fence, or by anything else.
fn definite(error: Error) -> CommitError {
    let fence = |e: &tokio_postgres::Error| e.as_db_error().is_some_and(|db| db.table() == Some("groups"));
    match &error {
        Error::Postgres(e) if is_doubled(&error) && fence(e) => CommitError::Fenced,
        _ => CommitError::Definite(error),
    }
}

fn is_doubled(error: &Error) -> bool {
    matches!(error, Error::Postgres(e) if e.code() == Some(&SqlState::UNIQUE_VIOLATION))
}

async fn check_settings(session: &mut Session) -> Result<(), Error> {
    let found = session.query::<Settings>(SETTINGS, &[]).await?.pop();
    let found = found.ok_or_else(|| Error::shape("no settings"))?;
    let must = [
        ("fsync", found.fsync, &["on"][..]),
        ("full_page_writes", found.full_page_writes, &["on"]),
        // remote_apply waits for even more than "on".
        ("synchronous_commit", found.synchronous_commit, &["on", "remote_apply"]),
    ];
    for (name, value, good) in must {
        if !good.contains(&value.as_str()) {
            return Err(Error::Unsafe(format!(
                "PostgreSQL runs with {name} = {value}, it must be {}",
                good[0]
            )));
        }
    }
    Ok(())
}

async fn try_lock(session: &mut Session) -> Result<bool, Error> {
    Ok(session.query::<Taken>(TRY_LOCK, &[]).await?.first().is_some_and(|row| row.taken))
}

/// Takes the lock again after our own session broke. Who holds the lock knows that the old session is over, and
/// with it everything that was on its way.
async fn relock(session: &mut Session, earlier: &Identity) -> Result<(), Error> {
    for attempt in 0..LOCK_TRIES {
        // Asked before the lock: a session that is gone by then can't be the one that holds it.
        let values = [earlier.pid.into(), earlier.started.as_str().into()];
        let earlier_lives = !session.query::<Taken>(LIVES, &values).await?.is_empty();
        if try_lock(session).await? {
            return Ok(());
        }
        if !earlier_lives {
            return Err(Error::LeaderAlive);
        }
        if attempt == LOCK_GRACE {
            session.query::<Taken>(END_EARLIER, &values).await?;
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    Err(Error::LeaderAlive)
}

async fn identify(session: &mut Session) -> Result<Identity, Error> {
    session
        .query::<Identity>(SELF, &[])
        .await?
        .pop()
        .ok_or_else(|| Error::shape("the session doesn't see itself"))
}

async fn migrate_all(session: &mut Session, extra: &[Migration]) -> Result<(), Error> {
    session.client.batch_execute("BEGIN").await?;
    apply(session, &migrate::TABLE).await?;
    let applied: Vec<Applied> = session.query(migrate::APPLIED, &[]).await?;
    let (place, rest) = migrate::pending(&applied, extra)?;
    for (place, migration) in (place..).zip(rest) {
        apply(session, &migration).await?;
        let record = [place.into(), migration.name.into(), migration.hash().into()];
        session.execute(migrate::RECORD, &record).await?;
    }
    session.client.batch_execute("COMMIT").await?;
    Ok(())
}

async fn apply(session: &Session, migration: &Migration) -> Result<(), Error> {
    for statement in migrate::translate_postgres(migration.sql) {
        session.client.batch_execute(&statement).await.map_err(|e| Error::Migration {
            name: migration.name.to_owned(),
            why: Error::from(e).to_string(),
        })?;
    }
    Ok(())
}
