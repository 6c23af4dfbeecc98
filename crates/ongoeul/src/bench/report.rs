//! What every bench says beside its figures: on which machine, on which disk; as text for people or as one JSON
//! object for programs.

use std::borrow::Cow;
use std::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use store::{Readers, Target};

/// Either SQL engine, as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Engine {
    /// Compiled in.
    Sqlite,
    /// A server.
    Postgres,
}

/// The figures of one bench, in the order they are told.
#[derive(Debug, Default)]
pub struct Report {
    lines: Vec<(Cow<'static, str>, Value)>,
}

impl Report {
    /// A report that begins with the machine, and with the disk under a folder.
    pub fn of_machine(folder: &Path) -> Result<Report, Box<dyn Error>> {
        let mut report = Report::default();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        report.tell("cores", cores);
        report.tell("cpu", cpu());
        report.tell("memory_mib", memory_field("/proc/meminfo", "MemTotal").unwrap_or(0) / 1024);
        report.tell("fsync_median_us", micros(fsync_median(folder)?));
        Ok(report)
    }

    /// Adds a figure.
    pub fn tell(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        self.lines.push((key.into(), value.into()));
    }

    /// Prints it all.
    pub fn print(self, json: bool) {
        if json {
            let object: Map<String, Value> =
                self.lines.into_iter().map(|(key, value)| (key.into_owned(), value)).collect();
            println!("{}", Value::Object(object));
            return;
        }
        let width = self.lines.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
        for (key, value) in self.lines {
            match value {
                Value::String(text) => println!("{key:width$}  {text}"),
                other => println!("{key:width$}  {other}"),
            }
        }
    }
}

/// A duration in whole microseconds.
pub fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// A duration in seconds, to the thousandth.
pub fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e3).round() / 1e3
}

/// A duration in milliseconds, to the hundredth.
pub fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e5).round() / 1e2
}

/// So many in such a time, by the second.
pub fn per_second(count: u64, time: Duration) -> u64 {
    (count as f64 / time.as_secs_f64().max(1e-9)).round() as u64
}

/// The value below which this share (0 to 100) of the sorted times lies.
pub fn percentile(sorted: &[Duration], share: usize) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last * share).div_ceil(100)).copied().unwrap_or_default()
}

/// The processor's name, as the system tells it.
fn cpu() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    name.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}

/// A field of `/proc` in KiB: `VmRSS` of `/proc/self/status`, `MemTotal` of `/proc/meminfo`.
pub fn memory_field(file: &str, field: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Half of the syncs of a freshly appended 8 KiB took longer than this.
fn fsync_median(folder: &Path) -> std::io::Result<Duration> {
    let path = folder.join("fsync");
    let mut file = File::create(&path)?;
    let page = [7u8; 8192];
    let mut times = Vec::with_capacity(101);
    for _ in 0..101 {
        file.write_all(&page)?;
        let start = Instant::now();
        file.sync_all()?;
        times.push(start.elapsed());
    }
    fs::remove_file(&path)?;
    times.sort_unstable();
    Ok(percentile(&times, 50))
}

/// The engine's name and version, as it says itself.
pub fn engine_version(target: &Target) -> Result<String, Box<dyn Error>> {
    let version = Readers::open(target, 1)?.read(|snapshot| snapshot.engine_version())?;
    let name = if target.path().is_some() { "SQLite" } else { "PostgreSQL" };
    Ok(format!("{name} {version}"))
}

/// A fresh folder for a bench's database; it goes when the bench ends.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes it inside another folder, and so on that folder's disk.
    pub fn fresh(parent: &Path) -> std::io::Result<Folder> {
        let path = parent.join(format!("ongoeul-bench-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Folder(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} is left: {error}", self.0.display());
        }
    }
}
