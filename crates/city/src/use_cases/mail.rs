//! Mail addresses: given, confirmed by a code that was read there, removed.

use base::{Instant, MerchantId, PersonId, Refusal};
use economy::Facts;
use pen::Stop;

use super::{keys, known_person, note};
use crate::follow::To;
use crate::mail::store::{MAILBOX, MailRow, PUT_MAILBOX};
use crate::mail::{ASKS, Mailbox, is_offered, open};
use crate::memory::{CityMemory, CityTurn};
use crate::{OnMail, Reply};

pub(super) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &OnMail,
) -> Result<Reply, Stop> {
    let to = command.to();
    match to {
        To::Person(person) => known_person(city, person)?,
        To::Shop(shop) => {
            city.directory.shop(shop).ok_or_else(|| Refusal::new("shop.unknown"))?;
        }
    }
    let rows: Vec<MailRow> = turn.query(MAILBOX, &[to.code().into()])?;
    let row = rows.into_iter().next();
    match command {
        OnMail::Ask { address, .. } => ask(city, turn, (to, row), address),
        OnMail::Confirm { code, .. } => confirm(city, turn, (to, row), code),
        OnMail::Remove { .. } => remove(city, turn, (to, row)),
    }
}

fn done(turn: &mut CityTurn<'_>, to: To, action: &str) -> Reply {
    let (person, merchant): (Option<PersonId>, Option<MerchantId>) = match to {
        To::Person(person) => (Some(person), None),
        To::Shop(shop) => (None, Some(shop)),
    };
    note(turn, "mail", Facts::Mail { person, merchant, action: action.into() })
}

/// How it stands from now on, and what is counted beside it.
struct Kept {
    asked: Option<Instant>,
    misses: i64,
    asks: i64,
    asks_on: i64,
}

fn put(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    (to, mailbox): (To, &Mailbox),
    Kept { asked, misses, asks, asks_on }: Kept,
) -> Result<(), Stop> {
    let sealed = mailbox.seal(&city.keys.vault, to, turn.entropy).map_err(keys::locked)?;
    let values =
        vec![to.code().into(), sealed.into(), asked.into(), misses.into(), asks.into(), asks_on.into()];
    turn.write(PUT_MAILBOX, values);
    Ok(())
}

/// A code for an address. What was confirmed before stays in use until the new one is.
fn ask(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    (to, row): (To, Option<MailRow>),
    address: &str,
) -> Result<Reply, Stop> {
    if !is_offered(&city.pack) {
        return Err(Refusal::new("mail.not-offered").into());
    }
    let address = base::mail::parse(address).ok_or_else(|| Refusal::new("mail.address"))?;
    let today = i64::from(turn.day);
    let asks = row.as_ref().filter(|row| row.asks_on == today).map_or(0, |row| row.asks);
    if asks >= ASKS {
        return Err(Refusal::new("mail.many").into());
    }
    let vault = &city.keys.vault;
    let before = row.map(|row| open(vault, &row, turn.now)).transpose()?.unwrap_or_default();
    let code = format!("{:06}", turn.entropy.below(1_000_000));
    let mailbox = Mailbox { pending: Some((address, code)), ..before };
    let kept = Kept { asked: Some(turn.now), misses: 0, asks: asks + 1, asks_on: today };
    put(city, turn, (to, &mailbox), kept)?;
    Ok(done(turn, to, "ask"))
}

/// A wrong code is remembered, and after a few the code is worth nothing.
fn confirm(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    (to, row): (To, Option<MailRow>),
    typed: &str,
) -> Result<Reply, Stop> {
    let row = row.ok_or_else(|| Refusal::new("mail.nothing"))?;
    let mailbox = open(&city.keys.vault, &row, turn.now)?;
    let Some((address, code)) = &mailbox.pending else {
        return Err(Refusal::new("mail.nothing").into());
    };
    let MailRow { asked, misses, asks, asks_on, .. } = row;
    let typed: String = typed.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if typed != *code {
        put(city, turn, (to, &mailbox), Kept { asked, misses: misses + 1, asks, asks_on })?;
        turn.forget_key();
        return Ok(Reply::WrongCode);
    }
    let confirmed = Mailbox { address: Some((address.clone(), turn.now)), pending: None };
    put(city, turn, (to, &confirmed), Kept { asked: None, misses: 0, asks, asks_on })?;
    Ok(done(turn, to, "confirm"))
}

/// How often was asked today stays: giving and removing in turn sends no more codes than giving.
fn remove(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    (to, row): (To, Option<MailRow>),
) -> Result<Reply, Stop> {
    let row = row.ok_or_else(|| Refusal::new("mail.nothing"))?;
    if open(&city.keys.vault, &row, turn.now)? == Mailbox::default() {
        return Err(Refusal::new("mail.nothing").into());
    }
    let kept = Kept { asked: None, misses: 0, asks: row.asks, asks_on: row.asks_on };
    put(city, turn, (to, &Mailbox::default()), kept)?;
    Ok(done(turn, to, "remove"))
}
