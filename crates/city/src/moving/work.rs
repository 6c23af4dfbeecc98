//! The cut-over, part by part: whoever breaks off goes on where the city says it stands.

use pen::Failure;

use super::rehearse::Plan;
use super::{Memory, hex};
use crate::{Command, OnMoving, Reply};

/// Why a cut-over is not carried out, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum CantMoveIn {
    /// Another one was begun, or done.
    #[error("this city has moved in already, or begun to, with the report {0}")]
    Other(String),
    /// It is done.
    #[error("this city has moved in already, with this report")]
    Done,
    /// The rehearsal found what stops it.
    #[error("the files are not as the old system's operator states: rehearse again, and mend what it names")]
    NotClean,
    /// The city says no.
    #[error("the city refuses it: {}", said(.0))]
    Refused(base::Refusal),
    /// Nobody knows what became of the last part: asked again, it goes on where the city stands.
    #[error("it broke off ({0}); the same command goes on where it stands")]
    BrokenOff(String),
}

/// A refusal in a line, for a command line.
fn said(refusal: &base::Refusal) -> String {
    let args = refusal.args.iter().map(|(name, arg)| match arg {
        base::Arg::Won(won) => format!(", {name} {won} won"),
        base::Arg::Count(count) => format!(", {name} {count}"),
        base::Arg::Date(day) => format!(", {name} {day}"),
        base::Arg::Text(text) => format!(", {name} {text}"),
    });
    format!("{}{}", refusal.code, args.collect::<String>())
}

impl From<Failure> for CantMoveIn {
    fn from(failure: Failure) -> CantMoveIn {
        match failure {
            Failure::Refused(refusal) => CantMoveIn::Refused(refusal),
            other => CantMoveIn::BrokenOff(format!("{other:?}")),
        }
    }
}

/// Carries out what was rehearsed, from where `moving` says the city stands. `ask` is given a request's key with each
/// command: what was done under it is not done again.
///
/// # Errors
/// See [`CantMoveIn`].
pub fn cut_over(
    plan: Plan,
    moving: &Memory,
    ask: &mut dyn FnMut(String, Command) -> Result<Reply, Failure>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<(), CantMoveIn> {
    if !plan.is_clean() {
        return Err(CantMoveIn::NotClean);
    }
    let report = plan.report;
    let key = |what: &str| format!("move-in/{}/{what}", hex(&report[..16]));
    let parts = plan.parts.len();
    let from = match moving {
        Some(one) if one.report != report => return Err(CantMoveIn::Other(one.report_hex())),
        Some(one) if !one.is_under_way() => return Err(CantMoveIn::Done),
        Some(one) => one.next as usize,
        None => {
            let count = u32::try_from(parts).unwrap_or(u32::MAX);
            let begin = OnMoving::Begin { report, control: plan.control, parts: count, needs: plan.needs };
            ask(key("begin"), Command::OnMoving(begin))?;
            0
        }
    };
    for (part, moved) in plan.parts.into_iter().enumerate().skip(from) {
        let no = u32::try_from(part).unwrap_or(u32::MAX);
        let command = Command::OnMoving(OnMoving::Part { report, part: no, moved });
        ask(key(&part.to_string()), command)?;
        progress(part + 1, parts);
    }
    ask(key("end"), Command::OnMoving(OnMoving::End { report }))?;
    Ok(())
}
