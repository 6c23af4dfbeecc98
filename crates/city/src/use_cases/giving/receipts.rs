//! Receipts: one for each gift or one for many of a year, no gift on two; every print is kept in the issue log.

use base::{Entropy, PostingNo, Refusal, Role};
use economy::Facts;
use economy::facts::{GiftPart, Giver, GivingFacts};
use ledger::part;
use pen::Stop;

use super::noted;
use crate::Reply;
use crate::giving::Change;
use crate::giving::store::{
    COUNT_COPY, INSERT_ISSUE, INSERT_LINE, INSERT_RECEIPT, LINE_OF, Line, RECEIPT, Receipt,
};
use crate::memory::{CityMemory, CityTurn};

/// So many gifts stand on one receipt.
const MOST_GIFTS: usize = 500;
/// Letters of the word on a receipt: Crockford's, which survive being read out.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

pub(super) fn give(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    giver: Giver,
    gifts: &[PostingNo],
) -> Result<Reply, Stop> {
    if gifts.is_empty() || gifts.len() > MOST_GIFTS || gifts.windows(2).any(|two| two[0] >= two[1]) {
        return Err(Refusal::new("giving.receipt-gifts").into());
    }
    let mut amount = 0;
    let mut years = Vec::new();
    for no in gifts {
        let unknown = || Refusal::new("giving.gift-unknown");
        let (row, _) = turn.posting(*no)?.ok_or_else(unknown)?;
        let facts = Facts::read(&row.facts).map_err(|error| Stop::Broken(error.to_string()))?;
        // Another giver's looks just like none.
        let (_, _, gift) = facts.gift().filter(|(by, ..)| *by == giver).ok_or_else(unknown)?;
        let lines: Vec<Line> = turn.query(LINE_OF, &[(*no).into()])?;
        if !lines.is_empty() {
            return Err(Refusal::new("giving.receipted").into());
        }
        amount += kept(city, *no, &facts, &gift);
        years.push(base::date_of_day(row.day).year());
    }
    let year = years[0];
    if years.iter().any(|other| *other != year) {
        return Err(Refusal::new("giving.receipt-years").into());
    }
    if amount <= 0 {
        return Err(Refusal::new("giving.receipt-nothing").into());
    }
    let number = city.directory.giving.receipts(year) + 1;
    let serial = format!("{year}-{number:06}");
    let word = word(turn.entropy);
    let count = i64::try_from(gifts.len()).unwrap_or(i64::MAX);
    turn.write(
        INSERT_RECEIPT,
        vec![
            serial.clone().into(),
            giver.to_string().into(),
            i64::from(year).into(),
            count.into(),
            amount.into(),
            word.into(),
            turn.now.into(),
            1i64.into(),
        ],
    );
    for no in gifts {
        turn.write(INSERT_LINE, vec![(*no).into(), serial.clone().into()]);
    }
    log(turn, &serial, 1);
    city.change_giving(turn, Change::Receipts(year, number));
    Ok(noted(turn, GivingFacts::Receipt { serial, giver, amount, action: "issue".into(), copies: 1 }))
}

/// What is left of a gift that its giver bore: not what came back to them, nor, of what was spent, the share of a payment that
/// was taken back, which the city bears.
fn kept(city: &CityMemory, no: PostingNo, facts: &Facts, gift: &GiftPart) -> i64 {
    let standing = city.directory.giving.row(gift.purpose).standing(gift.from, gift.until());
    let taken = city.open.taken.get(&no).copied().unwrap_or(0);
    let shares = facts.payment().and_then(|payment| part(gift.amount, payment.amount, 0, taken));
    standing.min(gift.amount - shares.unwrap_or(0))
}

pub(super) fn print(_: &mut CityMemory, turn: &mut CityTurn<'_>, serial: &str) -> Result<Reply, Stop> {
    let unknown = || Refusal::new("giving.receipt-unknown");
    let found: Vec<Receipt> = turn.query(RECEIPT, &[serial.into()])?;
    let receipt = found.into_iter().next().ok_or_else(unknown)?;
    let giver = receipt.giver().ok_or_else(unknown)?;
    let own = match turn.request.actor.role {
        Role::Citizen(me) => giver == Giver::Person(me),
        Role::Merchant(me) => giver == Giver::Shop(me),
        _ => true,
    };
    if !own {
        return Err(unknown().into());
    }
    let copy = receipt.copies + 1;
    turn.write(COUNT_COPY, vec![serial.into(), copy.into()]);
    log(turn, serial, copy);
    let (serial, amount) = (receipt.serial, receipt.amount);
    let copies = u32::try_from(copy).unwrap_or(u32::MAX);
    Ok(noted(turn, GivingFacts::Receipt { serial, giver, amount, action: "print".into(), copies }))
}

fn log(turn: &mut CityTurn<'_>, serial: &str, copy: i64) {
    let actor = turn.request.actor;
    let (role, client) = (actor.role.name(), actor.client.0);
    turn.write(INSERT_ISSUE, vec![serial.into(), copy.into(), turn.now.into(), role.into(), client.into()]);
}

/// 40 bits that a stranger can't guess, so that a number alone opens nothing.
fn word(entropy: &mut dyn Entropy) -> String {
    let bits = entropy.next_u64();
    (0..8).map(|place| char::from(LETTERS[((bits >> (place * 5)) & 31) as usize])).collect()
}
