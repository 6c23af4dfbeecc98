//! The load generator: so many keep-alive connections, each asking again as soon as it is answered (or at its pace).

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::client::Connection;
use crate::bench::report::{millis, percentile};

/// Where the plan is.
#[derive(Debug, clap::Args)]
pub struct LoadArgs {
    /// Written by the bench.
    #[arg(long)]
    plan: PathBuf,
}

/// What to ask, how often.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Plan {
    pub address: SocketAddr,
    pub path: String,
    /// Makes request keys of each run their own.
    pub run: String,
    pub connections: usize,
    pub seconds: u64,
    /// Requests a second over all connections; as many as are answered when absent.
    pub rate: Option<f64>,
    pub tokens: Vec<String>,
    pub cards: Vec<String>,
}

/// What was heard.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Heard {
    /// Successes.
    pub answered: u64,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Microseconds of each success, where they come at a pace: of several stretches they are counted together.
    pub times_us: Vec<u32>,
    /// Anything else.
    pub failed: u64,
    pub first_failure: String,
}

pub fn run(args: &LoadArgs) -> Result<(), Box<dyn Error>> {
    let plan: Plan = serde_json::from_slice(&std::fs::read(&args.plan)?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let heard = runtime.block_on(drive(plan))?;
    println!("{}", serde_json::to_string(&heard)?);
    Ok(())
}

async fn drive(plan: Plan) -> Result<Heard, Box<dyn Error>> {
    let mut tasks = Vec::new();
    let mut connections = Vec::new();
    for _ in 0..plan.connections {
        connections.push(Connection::open(plan.address).await?);
    }
    let begin = Instant::now();
    for (index, connection) in connections.into_iter().enumerate() {
        tasks.push(tokio::spawn(ask(plan.clone(), index, connection, begin)));
    }
    let mut times = Vec::new();
    let mut heard = Heard::default();
    for task in tasks {
        let one = task.await??;
        times.extend(one.times);
        heard.failed += one.failed;
        if heard.first_failure.is_empty() {
            heard.first_failure = one.first_failure;
        }
    }
    let passed = begin.elapsed();
    times.sort_unstable();
    heard.answered = times.len() as u64;
    heard.per_second = times.len() as f64 / passed.as_secs_f64();
    heard.p50_ms = millis(percentile(&times, 50));
    heard.p99_ms = millis(percentile(&times, 99));
    if plan.rate.is_some() {
        heard.times_us =
            times.iter().map(|time| u32::try_from(time.as_micros()).unwrap_or(u32::MAX)).collect();
    }
    Ok(heard)
}

#[derive(Default)]
struct One {
    times: Vec<Duration>,
    failed: u64,
    first_failure: String,
}

async fn ask(
    plan: Plan,
    index: usize,
    mut connection: Connection,
    begin: Instant,
) -> Result<One, std::io::Error> {
    let end = begin + Duration::from_secs(plan.seconds);
    let token = &plan.tokens[index % plan.tokens.len()];
    let pace = plan.rate.map(|rate| Duration::from_secs_f64(plan.connections as f64 / rate.max(1.0)));
    // Connections at a pace don't all begin at once.
    let mut due =
        begin + pace.map_or(Duration::ZERO, |pace| pace.mul_f64(index as f64 / plan.connections as f64));
    let mut one = One::default();
    let mut number = 0usize;
    loop {
        if let Some(pace) = pace {
            tokio::time::sleep_until(due.into()).await;
            due += pace;
        }
        let now = Instant::now();
        if now >= end {
            return Ok(one);
        }
        let card = &plan.cards[(index + number * plan.connections) % plan.cards.len()];
        let amount = 1_000 + (number % 50) * 10;
        let body = format!("{{\"card\":\"{card}\",\"amount\":{amount}}}");
        let key = format!("{}-{index}-{number}", plan.run);
        let answer = connection.post(&plan.path, token, &key, &body).await?;
        if answer.is_success() {
            one.times.push(now.elapsed());
        } else {
            one.failed += 1;
            if one.first_failure.is_empty() {
                one.first_failure = answer.text();
            }
        }
        number += 1;
    }
}
