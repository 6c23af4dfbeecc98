//! The steps of the one test command, each with a heading and its time; the first that fails ends the run.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Failure;
use crate::tools::{self, Tools};

/// Everything.
pub fn test(root: &Path, embedded_only: bool, rounds: Option<u32>) -> Result<(), Failure> {
    let start = Instant::now();
    step("Format", || run(cargo(root).args(["fmt", "--all", "--check"]), "Run `cargo fmt --all`."))?;
    tidy(root)?;
    step("Clippy", || {
        let arguments = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        run(cargo(root).args(arguments), "Clippy found something: see above.")
    })?;
    let tools = setup(root, embedded_only)?;
    let counts = step("Tests", || run_tests(root, embedded_only, rounds, &tools))?;
    println!("\nAll steps passed in {}.", minutes(start));
    if embedded_only {
        println!("SQLite only, by choice (--embedded-only): nothing was tested on PostgreSQL.");
    }
    println!("{counts}");
    Ok(())
}

/// The workspace's own rules.
pub fn tidy(root: &Path) -> Result<(), Failure> {
    step("Tidy", || {
        let found = crate::tidy::check(root)?;
        if found.is_empty() {
            return Ok(());
        }
        Err(format!("{}\n{} to tidy up.", found.join("\n"), found.len()))
    })
}

/// Finds or installs what the tests need.
pub fn setup(root: &Path, embedded_only: bool) -> Result<Tools, Failure> {
    step("Tools", || tools::find_or_install(root, embedded_only))
}

fn step<T>(name: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let start = Instant::now();
    println!("\n==> {name}");
    match work() {
        Ok(done) => {
            println!("    {name}: passed in {}", minutes(start));
            Ok(done)
        }
        Err(failure) => Err(format!("==> {name}: FAILED after {}\n{failure}", minutes(start))),
    }
}

fn minutes(start: Instant) -> String {
    let seconds = start.elapsed().as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} min {:.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}

fn cargo(root: &Path) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root).stdin(Stdio::null());
    command
}

fn run(command: &mut Command, advice: &str) -> Result<(), Failure> {
    let status = command.status().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(advice.to_owned()) }
}

/// How the tests of all binaries went.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
    failures: Vec<String>,
}

impl Counts {
    /// Reads one line of a test binary's output.
    fn read(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            self.failures.push(name.to_owned());
        }
        let Some(result) = line.strip_prefix("test result: ") else { return };
        for part in result.split([';', '.']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(what)) =
                (words.next().and_then(|word| word.parse::<u64>().ok()), words.next())
            else {
                continue;
            };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 { write!(f, ", {} skipped", self.ignored) } else { Ok(()) }
    }
}

fn run_tests(
    root: &Path,
    embedded_only: bool,
    rounds: Option<u32>,
    tools: &Tools,
) -> Result<Counts, Failure> {
    let cluster = (!embedded_only).then(testkit::Cluster::start);
    let mut command = cargo(root);
    command.args(["test", "--workspace", "--no-fail-fast"]).stdout(Stdio::piped());
    command.env_remove("ONGOEUL_TEST_POSTGRES").env_remove("ONGOEUL_EMBEDDED_ONLY");
    command.env("ONGOEUL_TEST_CHROMIUM", &tools.chromium);
    command.env("ONGOEUL_TEST_CHROMEDRIVER", &tools.chromedriver);
    command.env("ONGOEUL_TEST_AXE", &tools.axe);
    command.env("ONGOEUL_TEST_SCHEMATHESIS", &tools.schemathesis);
    match &cluster {
        Some(cluster) => command.env("ONGOEUL_TEST_POSTGRES", cluster.url()),
        None => command.env("ONGOEUL_EMBEDDED_ONLY", "1"),
    };
    if let Some(bin) = &tools.postgres {
        command.env("ONGOEUL_PG_BINDIR", bin);
    }
    if let Some(rounds) = rounds {
        command.env("ONGOEUL_CRASH_ROUNDS", rounds.to_string());
    }
    let mut child = command.spawn().map_err(|error| format!("cargo cannot be started: {error}"))?;
    let mut counts = Counts::default();
    if let Some(output) = child.stdout.take() {
        relay(output, &mut counts).map_err(|error| format!("the tests' output cannot be read: {error}"))?;
    }
    let status = child.wait().map_err(|error| format!("cargo cannot be waited for: {error}"))?;
    if status.success() {
        return Ok(counts);
    }
    let names = counts.failures.iter().map(|name| format!("  {name}\n")).collect::<String>();
    let what =
        if names.is_empty() { "The tests did not build, or one ended early: see above.\n" } else { "" };
    Err(format!("{what}{names}{counts}"))
}

/// Shows the tests' output as it comes and counts the results in it.
fn relay(output: impl Read, counts: &mut Counts) -> std::io::Result<()> {
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let mut screen = std::io::stdout().lock();
        screen.write_all(&line)?;
        screen.flush()?;
        counts.read(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn results_of_all_binaries_are_summed() {
        let mut counts = Counts::default();
        for line in [
            "running 3 tests",
            "test one ... ok",
            "test two::deep ... FAILED",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s",
            "test result: ok. 40 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 1.00s",
        ] {
            counts.read(line);
        }
        assert_eq!(counts.to_string(), "42 passed, 1 failed, 2 skipped");
        assert_eq!(counts.failures, ["two::deep"]);
        assert_eq!(Counts { passed: 7, ..Counts::default() }.to_string(), "7 passed, 0 failed");
    }
}
