//! The throw-away clusters and the cutting proxy, for real.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::time::Duration;

use testkit::{Cluster, Cut, CutProxy, Database, wait_until};
use tokio_postgres::{Client, NoTls};

const LIMIT: Duration = Duration::from_secs(20);

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    // Ends with an error when cut: the client reports it.
    tokio::spawn(connection);
    client
}

fn rows(database: &Database) -> String {
    database.psql("SELECT string_agg(v::text, ',' ORDER BY v) FROM x")
}

#[tokio::test]
async fn a_cut_around_commit_leaves_what_it_says() {
    if testkit::embedded_only() {
        return;
    }
    let database = testkit::postgres().database();
    database.psql("CREATE TABLE x (v INT)");
    let proxy = CutProxy::to(database.url());

    let late = Cut::CommitArrivesLate(Duration::from_millis(700));
    for (value, cut, at_once, in_the_end) in
        [(1, Cut::AfterCommit, None, true), (2, Cut::BeforeCommit, None, false), (3, late, Some(false), true)]
    {
        let client = connect(proxy.url()).await;
        client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED").await.unwrap();
        client.execute("INSERT INTO x VALUES ($1)", &[&value]).await.unwrap();
        proxy.arm(cut);
        let answer = client.batch_execute("COMMIT").await;
        assert!(answer.is_err(), "{cut:?}: the client must not hear of the COMMIT");
        let there = || rows(&database).split(',').any(|v| v == value.to_string());
        if let Some(expected) = at_once {
            assert_eq!(there(), expected, "{cut:?} at once");
        }
        if in_the_end {
            wait_until("the commit", LIMIT, there);
        } else {
            std::thread::sleep(Duration::from_millis(300));
            assert!(!there(), "{cut:?}: nothing must land");
        }
    }
    assert_eq!(proxy.cuts(), 3);

    // A prepared COMMIT is found when it is executed, not when it is prepared.
    for (value, cut, lands) in [(4, Cut::AfterCommit, true), (5, Cut::BeforeCommit, false)] {
        let client = connect(proxy.url()).await;
        proxy.arm(cut);
        let commit = client.prepare("COMMIT").await.unwrap();
        client.batch_execute("BEGIN").await.unwrap();
        client.execute("INSERT INTO x VALUES ($1)", &[&value]).await.unwrap();
        assert!(client.execute(&commit, &[]).await.is_err());
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(rows(&database).contains(&value.to_string()), lands, "{cut:?}");
    }

    let client = connect(proxy.url()).await;
    proxy.cut_all();
    assert!(client.batch_execute("SELECT 1").await.is_err());
    proxy.refuse(true);
    assert!(tokio_postgres::connect(proxy.url(), NoTls).await.is_err());
    proxy.refuse(false);
    connect(proxy.url()).await.batch_execute("SELECT 1").await.unwrap();
}

#[test]
fn a_killed_cluster_comes_back_with_what_was_committed() {
    if testkit::embedded_only() {
        return;
    }
    let mut cluster = Cluster::start();
    let database = cluster.database();
    database.psql("CREATE TABLE x (v INT)");
    for round in 1..=3 {
        database.psql(&format!("INSERT INTO x VALUES ({round})"));
        match round {
            1 => cluster.kill9(),
            2 => cluster.stop_immediate(),
            _ => cluster.stop_fast(),
        }
        cluster.restart();
        assert_eq!(database.psql("SELECT count(*) FROM x"), round.to_string());
    }
    assert_eq!(database.psql("SHOW fsync"), "on");
    drop(database);
}

#[test]
fn databases_are_apart_and_go_away() {
    if testkit::embedded_only() {
        return;
    }
    let cluster = testkit::postgres();
    let one = cluster.database();
    let two = cluster.database();
    one.psql("CREATE TABLE only_here (v INT)");
    assert_eq!(two.psql("SELECT to_regclass('only_here') IS NULL"), "t");
    let name = one.name().to_owned();
    drop(one);
    assert_eq!(two.psql(&format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'")), "0");
}
