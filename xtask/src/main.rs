//! Developer tasks. `cargo xtask test` is the one test command: it sets itself up, and never skips in silence.

mod axe;
mod schema;
mod steps;
mod tidy;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test [--embedded-only] [--rounds N]
    Everything: format, tidy, clippy, and the tests of all crates on both engines and in a real browser.
    --embedded-only  leave PostgreSQL out
    --rounds N       rounds of each crash test (default 20)
cargo xtask tidy
    The workspace's own rules alone: floors, sizes, tests that run, texts, traces.
cargo xtask setup [--embedded-only]
    Only find, or install, what the tests need: PostgreSQL's binaries, Chromium, a Korean font, axe-core.";

/// A failure to show a person.
pub type Failure = String;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match Choice::parse(&arguments) {
        Ok(Choice::Test { embedded_only, rounds }) => steps::test(&root(), embedded_only, rounds),
        Ok(Choice::Tidy) => steps::tidy(&root()),
        Ok(Choice::Setup { embedded_only }) => steps::setup(&root(), embedded_only).map(drop),
        Err(wrong) => Err(format!("{wrong}\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}

/// What a person asked for.
#[derive(Debug, PartialEq, Eq)]
enum Choice {
    Test { embedded_only: bool, rounds: Option<u32> },
    Tidy,
    Setup { embedded_only: bool },
}

impl Choice {
    fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let Some((task, options)) = arguments.split_first() else { return Err("No task named.".to_owned()) };
        let (mut embedded_only, mut rounds) = (false, None);
        let mut options = options.iter();
        while let Some(option) = options.next() {
            match (task.as_str(), option.as_str()) {
                ("test" | "setup", "--embedded-only") => embedded_only = true,
                ("test", "--rounds") => {
                    let number =
                        options.next().and_then(|text| text.parse().ok()).filter(|rounds| *rounds > 0);
                    rounds = Some(number.ok_or("--rounds wants a number from 1 up.")?);
                }
                _ => return Err(format!("`{task}` does not know `{option}`.")),
            }
        }
        match task.as_str() {
            "test" => Ok(Self::Test { embedded_only, rounds }),
            "tidy" => Ok(Self::Tidy),
            "setup" => Ok(Self::Setup { embedded_only }),
            _ => Err(format!("There is no task `{task}`.")),
        }
    }
}

/// The workspace's root folder.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

#[cfg(test)]
mod tests {
    use super::Choice;

    fn parse(line: &str) -> Result<Choice, String> {
        Choice::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn the_command_line_is_read() {
        assert_eq!(parse("test"), Ok(Choice::Test { embedded_only: false, rounds: None }));
        let all = Choice::Test { embedded_only: true, rounds: Some(100) };
        assert_eq!(parse("test --rounds 100 --embedded-only"), Ok(all));
        assert_eq!(parse("tidy"), Ok(Choice::Tidy));
        for wrong in ["", "tests", "test --no-browser", "test --rounds", "test --rounds 0", "tidy --rounds 3"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
