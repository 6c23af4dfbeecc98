//! What the collector does: it is passed what was given, opens purposes, spends on them, and tells what it became.

use std::sync::Arc;

use base::{PostingNo, Refusal, Role};
use economy::decide::{SpendCase, pass as decide_pass, spend as decide_spend};
use economy::facts::GivingFacts;
use economy::{Class, Facts, chart};
use pen::{Recorded, Stop};
use sha2::{Digest, Sha256};

use super::{known_purpose, noted, rules_of, written};
use crate::giving::store::{CountRow, HAS_SPENDING, INSERT_PURPOSE, INSERT_SPENDING, TELL_OUTCOME};
use crate::giving::{Change, Opened};
use crate::memory::{CityMemory, CityTurn};
use crate::on_giving::NewSpending;
use crate::use_cases::payouts;
use crate::{Payee, Reply};

/// The largest document: a scanned page or two.
const LARGEST_DOCUMENT: usize = 2 * 1024 * 1024;
/// So many purposes can be opened.
const MOST_PURPOSES: usize = 1_000;

pub(super) fn pass(city: &mut CityMemory, turn: &mut CityTurn<'_>) -> Result<Reply, Stop> {
    let balance = |account: ledger::Account| turn.books().balance_of(&account.key);
    let collected: Vec<(u16, i64)> =
        city.directory.giving.rows().map(|(purpose, _)| (purpose, balance(chart::gifts(purpose)))).collect();
    let due = balance(chart::scheme(Class::GiftDue));
    let decided = match decide_pass(&collected, due) {
        // The month's own round was made, and there was nothing to pass on.
        Err(nothing) if nothing.code == "giving.nothing" && turn.request.actor.role == Role::System => {
            turn.note("giving", Facts::Batch { done: 0, next: None }.write());
            return Ok(Reply::Batch { done: 0, next: None });
        }
        decided => decided?,
    };
    let sent = match &decided.facts {
        Facts::Giving(GivingFacts::Pass(passed)) => passed.sent,
        _ => 0,
    };
    let account = if sent > 0 { Some(payouts::collector(city, turn)?) } else { None };
    let reply = city.post(turn, decided)?;
    if let (Some(account), Reply::Done { recorded: Recorded::Posting(no), .. }) = (account, &reply) {
        payouts::begin(city, turn, *no, Payee::Collector, (account, sent));
    }
    Ok(reply)
}

pub(super) fn open_purpose(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    ko: &str,
    en: &str,
) -> Result<Reply, Stop> {
    let pack = Arc::clone(&city.pack);
    let rules = rules_of(&pack)?;
    let (ko, en) = (written(ko, 60, "giving.purpose-name")?, written(en, 60, "giving.purpose-name")?);
    let opened = city.directory.giving.opened();
    let same = |one: &str, other: &str| one == ko || other == en;
    if opened.iter().any(|known| same(&known.ko, &known.en))
        || rules.purposes.iter().any(|known| same(&known.name.ko, &known.name.en))
    {
        return Err(Refusal::new("giving.purpose-known").into());
    }
    if opened.len() >= MOST_PURPOSES {
        return Err(Refusal::new("giving.purpose-many").into());
    }
    let number = rules::Giving::OPENED_FROM + u16::try_from(opened.len()).unwrap_or(u16::MAX);
    let values = vec![number.into(), ko.clone().into(), en.clone().into(), turn.now.into()];
    turn.write(INSERT_PURPOSE, values);
    city.change_giving(turn, Change::Opened(Opened { number, ko, en }));
    Ok(noted(turn, GivingFacts::Purpose { purpose: number }))
}

pub(super) fn spend(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    wish: &NewSpending,
) -> Result<Reply, Stop> {
    let pack = Arc::clone(&city.pack);
    known_purpose(city, rules_of(&pack)?, wish.purpose)?;
    let payee = written(&wish.payee, 60, "giving.payee")?;
    let what = written(&wish.what, 200, "giving.what")?;
    let name = written(&wish.document_name, 120, "giving.document")?;
    if wish.document.is_empty() || wish.document.len() > LARGEST_DOCUMENT {
        return Err(Refusal::new("giving.document-size").into());
    }
    let outcome = wish.outcome.as_deref().map(|text| written(text, 300, "giving.outcome")).transpose()?;
    let held = |purpose| turn.books().balance_of(&chart::chest_purpose(purpose).key);
    let general = rules::Giving::GENERAL;
    let rows = (city.directory.giving.row(wish.purpose), city.directory.giving.row(general));
    let decided = decide_spend(&SpendCase {
        purpose: wish.purpose,
        amount: wish.amount,
        own: (&rows.0, held(wish.purpose)),
        general: (&rows.1, held(general)),
    })?;
    let Facts::Giving(GivingFacts::Spend(spent)) = &decided.facts else {
        return Err(Stop::Broken("a spending without draws".into()));
    };
    let draws = serde_json::to_string(&spent.draws).map_err(|error| Stop::Broken(error.to_string()))?;
    let reply = city.post(turn, decided)?;
    let Reply::Done { recorded: Recorded::Posting(no), .. } = &reply else { return Ok(reply) };
    let told = outcome.is_some().then_some(turn.now);
    let values = vec![
        (*no).into(),
        turn.now.into(),
        wish.purpose.into(),
        wish.amount.into(),
        draws.into(),
        payee.into(),
        what.into(),
        name.into(),
        Sha256::digest(&wish.document).to_vec().into(),
        wish.document.clone().into(),
        outcome.into(),
        told.into(),
    ];
    turn.write(INSERT_SPENDING, values);
    Ok(reply)
}

pub(super) fn tell(
    _: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    spending: PostingNo,
    outcome: &str,
) -> Result<Reply, Stop> {
    let outcome = written(outcome, 300, "giving.outcome")?;
    let known: Vec<CountRow> = turn.query(HAS_SPENDING, &[spending.into()])?;
    if known.first().is_none_or(|row| row.count == 0) {
        return Err(Refusal::new("giving.spending-unknown").into());
    }
    turn.write(TELL_OUTCOME, vec![spending.into(), outcome.into(), turn.now.into()]);
    Ok(noted(turn, GivingFacts::Outcome { spending }))
}
