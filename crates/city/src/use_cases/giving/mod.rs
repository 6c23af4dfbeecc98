//! Gifts: given always or once, by people and by shops; passed on, spent, and receipts for them.

mod angels;
mod chest;
mod once;
mod receipts;

use std::sync::Arc;

use base::Refusal;
use economy::Facts;
use economy::facts::GivingFacts;
use pen::Stop;
use rules::Pack;

use super::note;
use crate::memory::{CityMemory, CityTurn};
use crate::{OnGiving, Reply};

pub(super) fn on_giving(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &OnGiving,
) -> Result<Reply, Stop> {
    match command {
        OnGiving::Stand { person, share, purpose, named } => {
            once::stand(city, turn, *person, (*share, *purpose, *named))
        }
        OnGiving::Once { person, amount, purpose, named } => {
            once::once(city, turn, *person, (*amount, *purpose, *named))
        }
        OnGiving::Apply { merchant, rate, purpose } => angels::apply(city, turn, *merchant, *rate, *purpose),
        OnGiving::Check { merchant, fit, note } => angels::check(city, turn, *merchant, *fit, note),
        OnGiving::Plaque { merchant } => angels::plaque(city, turn, *merchant),
        OnGiving::Change { merchant, rate, purpose } => {
            angels::change(city, turn, *merchant, *rate, *purpose)
        }
        OnGiving::Stop { merchant } => angels::stop(city, turn, *merchant),
        OnGiving::Pass => chest::pass(city, turn),
        OnGiving::OpenPurpose { ko, en } => chest::open_purpose(city, turn, ko, en),
        OnGiving::Spend(wish) => chest::spend(city, turn, wish),
        OnGiving::Tell { spending, outcome } => chest::tell(city, turn, *spending, outcome),
        OnGiving::Receipt { giver, gifts } => receipts::give(city, turn, *giver, gifts),
        OnGiving::Print { serial } => receipts::print(city, turn, serial),
    }
}

/// The rules of giving; refused in a city without any.
fn rules_of(pack: &Arc<Pack>) -> Result<&rules::Giving, Refusal> {
    pack.giving.as_ref().ok_or_else(|| Refusal::new("giving.none"))
}

fn known_purpose(city: &CityMemory, rules: &rules::Giving, purpose: u16) -> Result<(), Refusal> {
    if city.directory.giving.knows(purpose, rules) {
        Ok(())
    } else {
        Err(Refusal::new("giving.purpose-unknown"))
    }
}

fn noted(turn: &mut CityTurn<'_>, facts: GivingFacts) -> Reply {
    note(turn, "giving", Facts::Giving(facts))
}

/// A text that has to be there, without what surrounds it; refused with this code.
fn written(text: &str, most: usize, code: &'static str) -> Result<String, Refusal> {
    let text = text.trim();
    let odd = |c: char| base::is_unseen(c) && c != '\n';
    if text.is_empty() || text.chars().count() > most || text.chars().any(odd) {
        return Err(Refusal::new(code).with("most", base::Arg::Count(i64::try_from(most).unwrap_or(0))));
    }
    Ok(text.to_owned())
}
