//! Moving in, carried out: begun, part by part in order, ended when the books are what was stated.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{Arg, CardId, MerchantId, Month, PersonId, Refusal, Won, date_of_day};
use economy::decide::{
    OpeningClaim, OpeningPurse, newest_expiry, open_bank, open_claim, open_payables, open_purses,
};
use economy::facts::MovingFacts;
use economy::store::{INSERT_CARD, card_values, district};
use economy::{Card, Class, Facts, Merchant, Person, chart};
use pen::Stop;
use people::Naming;
use people::store::{INSERT_PERSON, person_values};
use rules::{Pack, Purpose};

use super::{keys, note, payouts, shops};
use crate::memory::{CityMemory, CityTurn};
use crate::moving::store::{INSERT_MOVE, UPDATE_MOVE, change, values};
use crate::moving::totals::{add_claims, of_books};
use crate::moving::{Move, Totals, hex};
use crate::on_moving::{Moved, MovedAccount, MovedClaim, MovedPerson, MovedPurse, MovedShop};
use crate::payouts::account::BankAccount;
use crate::{NewMerchant, OnMoving, Payee, Reply};

/// No part is larger: payments don't wait for it, and a posting's entries are counted in 16 bits.
const AT_ONCE: usize = 1_024;

pub(super) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &OnMoving,
) -> Result<Reply, Stop> {
    match command {
        OnMoving::Begin { report, control, parts, needs } => {
            begin(city, turn, (*report, control, *parts), needs)
        }
        OnMoving::Part { report, part: no, moved } => part(city, turn, (*report, *no), moved),
        OnMoving::End { report } => end(city, turn, *report),
    }
}

fn begin(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (report, control, parts): ([u8; 32], &Totals, u32),
    needs: &[(String, i64)],
) -> Result<Reply, Stop> {
    if city.open.moving.is_some() {
        return Err(Refusal::new("moving.again").into());
    }
    if !is_empty(city, turn) {
        return Err(Refusal::new("moving.not-empty").into());
    }
    for (budget, won) in needs {
        let left = turn.books().balance_of(&chart::budget(Class::BudgetLeft, budget).key);
        if left < *won {
            return Err(Refusal::new("moving.budget")
                .with("budget", Arg::Text(budget.clone()))
                .with("needed", Arg::Won(Won(*won)))
                .with("left", Arg::Won(Won(left)))
                .into());
        }
    }
    let books = Totals::default();
    let one = Move { report, control: control.clone(), parts, next: 0, begun: turn.now, ended: None, books };
    turn.write(INSERT_MOVE, values(&one));
    city.put_moving(turn, one);
    let facts = MovingFacts::Began { report: hex(&report), parts };
    Ok(note(turn, "move-in", Facts::Moving(facts)))
}

/// Nobody is in it, no shop, and no money. What was voted, and who may come in, is of the new city.
fn is_empty(city: &CityMemory, turn: &CityTurn<'_>) -> bool {
    let money = |(_, account, state): (_, &ledger::Account, ledger::State)| {
        let won = Class::numbered(account.key.class).map(Class::unit) == Some(economy::Unit::Won);
        won && state.balance != 0
    };
    city.directory.holders().is_empty()
        && city.directory.shops().is_empty()
        && !turn.books().iter().any(money)
}

/// The one under way, if it is of this rehearsal.
fn under_way(city: &CityMemory, report: [u8; 32]) -> Result<Arc<Move>, Refusal> {
    let moving = city.open.moving.as_ref().filter(|one| one.is_under_way() && one.report == report);
    moving.cloned().ok_or_else(|| Refusal::new("moving.none"))
}

fn part(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (report, no): ([u8; 32], u32),
    moved: &Moved,
) -> Result<Reply, Stop> {
    let moving = under_way(city, report)?;
    let is_next = moving.next == no && no < moving.parts;
    if !is_next || moved.rows() > AT_ONCE {
        return Err(Refusal::new("moving.part").with("next", Arg::Count(i64::from(moving.next))).into());
    }
    let pack = Arc::clone(&city.pack);
    match moved {
        Moved::People(rows) => people(city, turn, no, rows)?,
        Moved::Shops(rows) => joined(city, turn, no, rows)?,
        Moved::Purses(rows) => purses(city, turn, &pack, (no, rows))?,
        Moved::Claims(rows) => claims(city, turn, &pack, (no, rows))?,
    }
    let after = Move { next: no + 1, ..(*moving).clone() };
    turn.write(UPDATE_MOVE, change(&after));
    let next = (after.next < after.parts).then_some(after.next);
    city.put_moving(turn, after);
    Ok(Reply::Batch { done: u32::try_from(moved.rows()).unwrap_or(u32::MAX), next })
}

/// As many ids as are needed, none of them taken, in ascending order: rows of one instant are read back by id, and so
/// everybody keeps the place they have in the file.
fn ids<Id: Ord + Copy>(count: usize, mut fresh: impl FnMut() -> Id, taken: impl Fn(Id) -> bool) -> Vec<Id> {
    let mut ids = BTreeSet::new();
    while ids.len() < count {
        let id = fresh();
        if !taken(id) {
            ids.insert(id);
        }
    }
    ids.into_iter().collect()
}

fn people(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    part: u32,
    rows: &[MovedPerson],
) -> Result<(), Stop> {
    let wrong = |code| Stop::from(Refusal::new(code));
    let all_cards = rows.iter().map(|row| row.cards.len()).sum();
    let persons = ids(rows.len(), || PersonId::new(turn.entropy), |id| city.directory.holder(id).is_some());
    let cards = ids(all_cards, || CardId::new(turn.entropy), |id| !city.directory.card_is_free(id, 0));
    let mut card_ids = cards.into_iter();
    for (row, id) in rows.iter().zip(persons) {
        let name = row.name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(wrong("person.name"));
        }
        let at = match &row.district {
            Some(code) => Some(district(&city.pack.city, code).ok_or_else(|| wrong("district.unknown"))?),
            None => None,
        };
        let naming = Naming { name: name.to_owned(), phone: row.phone.clone(), birth_day: row.birth_day };
        let sealed = naming.seal(&city.keys.vault, id, turn.entropy).map_err(keys::locked)?;
        turn.write(INSERT_PERSON, person_values(id, sealed, row.district.clone(), turn.now));
        city.add_person(turn, Person { id, district: at });
        for (one, card) in row.cards.iter().zip(card_ids.by_ref()) {
            if !city.directory.card_is_free(card, one.number) {
                return Err(wrong("moving.card-twice"));
            }
            let card = Card {
                id: card,
                person: id,
                number: one.number,
                kind: one.kind,
                state: one.state,
                pin: None,
                wrong: 0,
            };
            turn.write(INSERT_CARD, card_values(&card, turn.now));
            city.put_card(turn, card);
        }
    }
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let facts = MovingFacts::People { part, people: count(rows.len()), cards: count(all_cards) };
    note(turn, "move-in", Facts::Moving(facts));
    Ok(())
}

fn person(city: &CityMemory, place: u32) -> Result<PersonId, Refusal> {
    let holder = city.directory.holders().get(place as usize);
    holder.map(|holder| holder.person.id).ok_or_else(|| Refusal::new("person.unknown"))
}

fn joined(city: &mut CityMemory, turn: &mut CityTurn<'_>, part: u32, rows: &[MovedShop]) -> Result<(), Stop> {
    let fresh = ids(rows.len(), || MerchantId::new(turn.entropy), |id| city.directory.shop(id).is_some());
    let mut payables = Vec::new();
    for (row, id) in rows.iter().zip(fresh) {
        let owner = row.owner.map(|place| person(city, place)).transpose()?;
        let wish = NewMerchant {
            name: row.name.clone(),
            business_number: row.business_number.clone(),
            trade: row.trade.clone(),
            district: row.district.clone(),
            sales: row.sales,
            owner,
        };
        let wanted = shops::wanted(city, &wish)?;
        if let Some(known) = city.directory.shop_numbered(&wanted.number) {
            return Err(Refusal::new("shop.known").with("shop", Arg::Text(known.name.clone())).into());
        }
        shops::put_in(city, turn, wanted, (id, false));
        if let Some(MovedAccount { bank, number, holder }) = &row.account {
            let account = BankAccount::typed(&city.pack.settlement, bank, number, holder)?;
            payouts::keep_account(city, turn, Payee::Shop(id), &account)?;
        }
        if row.payable > 0 {
            payables.push((id, row.payable));
        }
    }
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    if payables.is_empty() {
        let facts = MovingFacts::Shops { part, shops: count, amount: 0 };
        note(turn, "move-in", Facts::Moving(facts));
    } else {
        city.post(turn, open_payables(part, count, &payables))?;
    }
    Ok(())
}

fn purses(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    pack: &Pack,
    (part, rows): (u32, &[MovedPurse]),
) -> Result<(), Stop> {
    let mut purses = Vec::with_capacity(rows.len());
    for row in rows {
        let purpose = pack.purpose_numbered(row.purpose).ok_or_else(|| Refusal::new("coupon.unknown"))?;
        let expires = Month(row.expires);
        let restricted = ![Purpose::CASH, Purpose::REWARD].contains(&purpose.id.as_str());
        let coupon = if restricted {
            let of = pack.coupons.coupons.iter().find(|c| c.purpose == row.purpose && c.cohort() == expires);
            Some(of.ok_or_else(|| Refusal::new("coupon.unknown"))?)
        } else {
            None
        };
        let person = person(city, row.person)?;
        purses.push(OpeningPurse { person, purpose: row.purpose, expires, amount: row.amount, coupon });
    }
    city.post(turn, open_purses(part, &purses)).map(drop)
}

fn claims(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    pack: &Pack,
    (part, rows): (u32, &[MovedClaim]),
) -> Result<(), Stop> {
    let today = city.today(turn.day);
    let years = CityMemory::card_rules(pack, &today)?.validity_years;
    // The part's own record carries the key; each claim has a posting of its own besides, by which it is found.
    let claims = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    note(turn, "move-in", Facts::Moving(MovingFacts::Claims { part, claims }));
    for row in rows {
        let shop = city.directory.shops().get(row.shop as usize);
        let merchant = shop.map(|shop| shop.id).ok_or_else(|| Refusal::new("shop.unknown"))?;
        let programme = crate::moving::rehearse::programme(pack, today.date)
            .ok_or_else(|| Refusal::new("prepay.closed"))?;
        let decision = open_claim(&OpeningClaim {
            claim: city.claims.next(),
            person: person(city, row.person)?,
            merchant,
            amount: row.amount,
            advanced: row.advanced.unwrap_or(0),
            use_by: date_of_day(row.use_by),
            programme,
            cash: CityMemory::purpose(pack, Purpose::CASH)?,
            expires: newest_expiry(today.month, years),
            month: today.month,
        });
        let no = city.claims.next();
        city.post(turn, decision)?;
        if row.advanced.is_some() {
            city.claim_was_advanced(turn, no);
        }
    }
    Ok(())
}

fn end(city: &mut CityMemory, turn: &mut CityTurn<'_>, report: [u8; 32]) -> Result<Reply, Stop> {
    let moving = under_way(city, report)?;
    if moving.next < moving.parts {
        return Err(Refusal::new("moving.part").with("next", Arg::Count(i64::from(moving.next))).into());
    }
    let treasury = moving.control.line("treasury").won;
    let mut books = of_books(turn.books(), &city.directory, &city.pack, treasury);
    add_claims(&mut books, turn.books(), &city.directory, &city.claims);
    let paid_out = |shop: &&Merchant| city.payouts.account(Payee::Shop(shop.id)).is_some();
    let accounts = city.directory.shops().iter().filter(paid_out).count();
    books.add("accounts", i64::try_from(accounts).unwrap_or(i64::MAX), 0);
    if let Some(first) = moving.control.differences(&books).first() {
        return Err(Refusal::new("moving.differs")
            .with("line", Arg::Text(first.line.clone()))
            .with("stated", Arg::Won(Won(first.stated.won)))
            .with("found", Arg::Won(Won(first.found.won)))
            .with("stated_count", Arg::Count(first.stated.count))
            .with("found_count", Arg::Count(first.found.count))
            .into());
    }
    let bank = books.line("bank").won;
    let after = Move { ended: Some(turn.now), books, ..(*moving).clone() };
    turn.write(UPDATE_MOVE, change(&after));
    city.put_moving(turn, after);
    match open_bank(hex(&report), bank, treasury) {
        Some(decision) => city.post(turn, decision),
        None => {
            let facts = MovingFacts::Ended { report: hex(&report), bank, treasury };
            Ok(note(turn, "move-in", Facts::Moving(facts)))
        }
    }
}
