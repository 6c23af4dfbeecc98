//! One's own records: whoever works for the city is somebody there too, and a colleague does for them what they do for others.

use base::{PersonId, Refusal, Role};
use pen::Stop;

use super::proposals::hand;
use crate::memory::{CityMemory, CityTurn};
use crate::{Command, OnPayouts, OnPeople, Payee};

/// Refuses what somebody at a desk asks for about themself, under any of their records. Refusals: `link.own`, `record.own`.
pub(super) fn others_business(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    command: &Command,
) -> Result<(), Stop> {
    if !matches!(turn.request.actor.role, Role::Clerk | Role::Officer) {
        return Ok(());
    }
    let about = about(command);
    if about == [None, None] {
        return Ok(());
    }
    let me = turn.request.actor.account;
    let mine = hand(city, turn, me)?.persons;
    if about.iter().flatten().any(|person| mine.contains(person)) {
        let links = matches!(command, Command::OnPeople(OnPeople::Link { .. } | OnPeople::Unlink { .. }));
        return Err(Refusal::new(if links { "link.own" } else { "record.own" }).into());
    }
    Ok(())
}

/// Whom a command at a desk is about, where that mustn't be whoever asks.
fn about(command: &Command) -> [Option<PersonId>; 2] {
    match command {
        Command::OnPeople(command) => command.people(),
        Command::OnHouseholds(command) => command.people(),
        Command::TopUp { person, .. }
        | Command::IssueCode { person, .. }
        | Command::OnPayouts(OnPayouts::SetAccount { payee: Payee::Person(person), .. }) => {
            [Some(*person), None]
        }
        _ => [None, None],
    }
}
