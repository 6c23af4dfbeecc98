//! `GET /metrics`: the numbers of the edge, the pen and the process, in the text that a Prometheus reads (OpenMetrics).

use std::fmt;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use city::sealing::Lag;
use pen::Spreading;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::encoding::{DescriptorEncoder, EncodeCounterValue, EncodeGaugeValue, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use crate::app::App;
use crate::auth::SharedApp;

const TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(super) async fn metrics(State(app): State<SharedApp>) -> Response {
    match written(&app) {
        Ok(text) => {
            ([(header::CONTENT_TYPE, TYPE), (header::CACHE_CONTROL, "no-store")], text).into_response()
        }
        Err(fmt::Error) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn written(app: &App) -> Result<String, fmt::Error> {
    let mut text = String::new();
    encode_registry(&mut text, &app.watch.registry)?;
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Numbers::of(app)));
    encode_registry(&mut text, &registry)?;
    encode_eof(&mut text)?;
    Ok(text)
}

/// What is asked for when somebody looks, not kept.
#[derive(Debug)]
struct Numbers {
    queue: u64,
    writing: bool,
    sizes: Spreading,
    commits: Spreading,
    refusals: Vec<(&'static str, u64)>,
    postings: u64,
    entries: u64,
    checkpoint: Option<f64>,
    seal: Option<Lag>,
    resident: Option<u64>,
}

impl Numbers {
    fn of(app: &App) -> Numbers {
        let city = &app.city;
        let (postings, entries) = {
            let view = city.shared.read();
            (view.books.last_posting().0, view.books.last_entry().0)
        };
        Numbers {
            queue: city.commands.waiting() as u64,
            writing: city.is_writing(),
            sizes: city.tally.sizes.now(),
            commits: city.tally.commits.now(),
            refusals: city.tally.refusals().into_iter().collect(),
            postings,
            entries,
            seal: city.sealing().map(|sealing| sealing.lag(base::PostingNo(postings))),
            checkpoint: city.checkpoint_age().map(|age| age.as_secs_f64()),
            resident: resident(),
        }
    }
}

/// Bytes of memory this process has; only Linux tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1_024)
}

impl Collector for Numbers {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let e = &mut encoder;
        gauge(e, "ongoeul_pen_queue_length", "Commands waiting for the pen", &self.queue)?;
        gauge(e, "ongoeul_pen_writing", "1 while the city writes", &u64::from(self.writing))?;
        count(e, "ongoeul_pen_commands", "Commands the pen has taken", &self.sizes.sum)?;
        count(e, "ongoeul_pen_groups", "Groups of commands the pen has carried out", &self.sizes.count)?;
        spread(e, "ongoeul_pen_group_size", "Commands in a group", &self.sizes, 1.0)?;
        spread(e, "ongoeul_pen_commit_seconds", "Time a group's commit took", &self.commits, 1e6)?;
        let mut refusals = e.encode_descriptor(
            "ongoeul_pen_refusals",
            "Commands refused, by code",
            None,
            MetricType::Counter,
        )?;
        for (code, number) in &self.refusals {
            let label = [("code", *code)];
            refusals.encode_family(&label)?.encode_counter::<NoLabelSet, _, f64>(number, None)?;
        }
        count(e, "ongoeul_journal_postings", "Postings in the journal", &self.postings)?;
        count(e, "ongoeul_journal_entries", "Entries in the journal", &self.entries)?;
        if let Some(age) = self.checkpoint {
            gauge(e, "ongoeul_checkpoint_age_seconds", "Since the last checkpoint was written", &age)?;
        }
        if let Some(lag) = self.seal {
            count(e, "ongoeul_seal_postings", "Postings sealed in the log", &lag.sealed)?;
            gauge(e, "ongoeul_seal_lag_postings", "Postings that aren't sealed yet", &lag.postings)?;
            let behind = lag.behind.as_secs_f64();
            gauge(
                e,
                "ongoeul_seal_lag_seconds",
                "For how long postings have been waiting for their seal",
                &behind,
            )?;
            gauge(e, "ongoeul_seal_failing", "1 while postings can't be sealed", &u64::from(lag.failing))?;
        }
        if let Some(bytes) = self.resident {
            gauge(e, "process_resident_memory_bytes", "Memory this process has", &bytes)?;
        }
        let build = [("version", env!("CARGO_PKG_VERSION"))];
        let mut info =
            e.encode_descriptor("ongoeul_build_info", "The version that runs", None, MetricType::Gauge)?;
        info.encode_family(&build)?.encode_gauge(&1_u64)
    }
}

fn gauge(
    e: &mut DescriptorEncoder<'_>,
    name: &str,
    what: &str,
    value: &impl EncodeGaugeValue,
) -> fmt::Result {
    e.encode_descriptor(name, what, None, MetricType::Gauge)?.encode_gauge(value)
}

fn count(
    e: &mut DescriptorEncoder<'_>,
    name: &str,
    what: &str,
    value: &impl EncodeCounterValue,
) -> fmt::Result {
    let mut metric = e.encode_descriptor(name, what, None, MetricType::Counter)?;
    metric.encode_counter::<NoLabelSet, _, f64>(value, None)
}

/// `unit` is how many of the spread's numbers make one of what is told.
fn spread(
    e: &mut DescriptorEncoder<'_>,
    name: &str,
    what: &str,
    spread: &Spreading,
    unit: f64,
) -> fmt::Result {
    let scaled = |number: u64| if number == u64::MAX { f64::INFINITY } else { number as f64 / unit };
    let ranges: Vec<(f64, u64)> = spread.ranges.iter().map(|(end, n)| (scaled(*end), *n)).collect();
    let mut metric = e.encode_descriptor(name, what, None, MetricType::Histogram)?;
    metric.encode_histogram::<NoLabelSet>(spread.sum as f64 / unit, spread.count, &ranges, None)
}
