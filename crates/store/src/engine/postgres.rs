//! PostgreSQL: a session, blocking, on a small runtime of its own.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, Config, NoTls, Statement};

use crate::row::check_columns;
use crate::{Error, FromRow, RowReader, Sql, Value};

/// A connection with its prepared statements.
pub(crate) struct Session {
    pub(crate) client: Client,
    statements: HashMap<&'static str, Statement>,
}

/// The runtime that drives a connection while somebody waits for it.
pub(crate) struct Driver(Option<Runtime>);

impl Driver {
    pub(crate) fn new() -> Result<Driver, Error> {
        Ok(Driver(Some(Builder::new_current_thread().enable_io().enable_time().build()?)))
    }

    /// Waits for work that may not finish, in a place that must: gives up after a while, and does not even try on
    /// a thread where waiting is forbidden (in async code).
    pub(crate) fn try_wait(&self, limit: Duration, work: impl Future) {
        if let Some(runtime) = &self.0
            && tokio::runtime::Handle::try_current().is_err()
        {
            runtime.block_on(async { tokio::time::timeout(limit, work).await.ok() });
        }
    }

    pub(crate) fn wait<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        match &self.0 {
            Some(runtime) => runtime.block_on(work),
            None => Err(Error::shape("the session has ended")),
        }
    }
}

impl Driver {
    /// Lets the connection take in what has arrived, without waiting for more.
    pub(crate) fn listen(&self) -> Result<(), Error> {
        self.wait(async {
            // One turn hears of the socket, one lets the connection read it, one lets the client know.
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            Ok(())
        })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A plain drop waits for the runtime's threads, and panics where waiting is forbidden (in async code).
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Session {
    /// Connects; to be called on the runtime that will drive the session.
    pub(crate) async fn connect(url: &str, set_up: &str) -> Result<Session, Error> {
        let mut config: Config = url.parse()?;
        // A server that is gone without a word is noticed within a quarter of a minute, not after hours.
        config.connect_timeout(Duration::from_secs(10)).tcp_user_timeout(Duration::from_secs(15));
        config.keepalives_idle(Duration::from_secs(5)).keepalives_interval(Duration::from_secs(3));
        config.keepalives_retries(3);
        let (client, connection) = config.connect(NoTls).await?;
        // When the connection breaks, every later call on the client says so.
        tokio::spawn(async move { connection.await.ok() });
        client.batch_execute(set_up).await?;
        Ok(Session { client, statements: HashMap::new() })
    }

    pub(crate) async fn prepare(&mut self, text: &'static str) -> Result<Statement, Error> {
        if let Some(statement) = self.statements.get(text) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(text).await?;
        self.statements.insert(text, statement.clone());
        Ok(statement)
    }

    pub(crate) async fn execute(&mut self, sql: Sql, params: &[Value]) -> Result<(), Error> {
        let statement = self.prepare(sql.text()).await?;
        self.client.execute_raw(&statement, counted(&statement, sql, params)?).await?;
        Ok(())
    }

    pub(crate) async fn query<R: FromRow>(&mut self, sql: Sql, params: &[Value]) -> Result<Vec<R>, Error> {
        let statement = self.prepare(sql.text()).await?;
        check_columns::<R>(&mut statement.columns().iter().map(tokio_postgres::Column::name))?;
        let references: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> =
            counted(&statement, sql, params)?.map(|v| v as _).collect();
        let rows = self.client.query(&statement, &references).await?;
        rows.iter().map(|row| R::from_row(&mut RowReader::postgres(row))).collect()
    }
}

/// The driver panics on a wrong number of parameters.
pub(crate) fn counted<'a>(
    statement: &Statement,
    sql: Sql,
    params: &'a [Value],
) -> Result<std::slice::Iter<'a, Value>, Error> {
    let wanted = statement.params().len();
    if wanted == params.len() {
        Ok(params.iter())
    } else {
        Err(Error::shape(format!("{} values for {wanted} parameters: {}", params.len(), sql.text())))
    }
}

/// One statement of a flight.
pub(crate) type Step<'a> = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + 'a>>;

/// What came of a flight.
pub(crate) struct Flown {
    /// The answers, in order; the first error of a step that could not even be sent is the last one.
    pub(crate) answers: Vec<Result<(), tokio_postgres::Error>>,
    /// False when a step could not be sent (a value that can't be encoded): then none behind it was either.
    pub(crate) all_sent: bool,
}

/// Sends all steps one behind the other without waiting between them, then collects their answers. A step is
/// sent when it is first polled, so one round of polling in order fixes the order on the wire. A step that fails
/// before it is sent stops the round: a COMMIT must never go out behind a hole.
pub(crate) async fn fly(mut steps: Vec<Step<'_>>) -> Flown {
    let mut early = Vec::with_capacity(steps.len());
    let mut all_sent = true;
    std::future::poll_fn(|context| {
        for step in &mut steps {
            match step.as_mut().poll(context) {
                Poll::Pending => early.push(None),
                Poll::Ready(Ok(())) => early.push(Some(Ok(()))),
                Poll::Ready(Err(e)) => {
                    early.push(Some(Err(e)));
                    all_sent = false;
                    break;
                }
            }
        }
        Poll::Ready(())
    })
    .await;
    let mut answers = Vec::with_capacity(early.len());
    for (step, answer) in steps.into_iter().zip(early) {
        answers.push(match answer {
            Some(answer) => answer,
            None => step.await,
        });
    }
    Flown { answers, all_sent }
}

impl Flown {
    /// For flights that commit nothing: the first error.
    pub(crate) fn checked(self) -> Result<(), Error> {
        self.answers.into_iter().collect::<Result<(), _>>().map_err(Error::from)
    }
}
