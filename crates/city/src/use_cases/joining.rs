//! Joining as a shop by application: filed, papers seen, decided, cancelled, appealed against.

use std::sync::Arc;

use base::{ApplicationId, MerchantId, PersonId, Refusal};
use economy::Facts;
use economy::decide::joining::{FileState, barred_until, may_appeal, may_join, missing};
use economy::facts::JoiningFacts;
use economy::holder::MerchantState;
use pen::Stop;
use people::Reason;

use super::shops::{self, Wanted};
use super::{keys, known_person, note};
use crate::joining::File;
use crate::joining::store::{ANSWER, APPEAL, PUT, SAY_ANSWER, SAY_APPEAL, SAY_WHY, WHY, values};
use crate::memory::{CityMemory, CityTurn};
use crate::{NewMerchant, OnShops, Reply, looks};

pub(super) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &OnShops,
) -> Result<Reply, Stop> {
    match command {
        OnShops::Apply { person, shop } => apply(city, turn, *person, shop),
        OnShops::Seen { application, paper } => seen(city, turn, *application, paper),
        OnShops::Accept { application } => accept(city, turn, *application),
        OnShops::Refuse { application, ground, why } => refuse(city, turn, *application, (ground, why)),
        OnShops::Withdraw { application } => {
            let file = found(city, *application, FileState::Filed)?;
            let file = File { state: FileState::Withdrawn, ..file };
            Ok(put(city, turn, file, "withdraw"))
        }
        OnShops::Cancel { merchant, ground, why } => cancel(city, turn, *merchant, (ground, why)),
        OnShops::Appeal { application, text } => appeal(city, turn, *application, text),
        OnShops::Answer { application, right, why } => answer(city, turn, *application, (*right, why)),
    }
}

fn put(city: &mut CityMemory, turn: &mut CityTurn<'_>, file: File, action: &str) -> Reply {
    turn.write(PUT, values(&file, &city.pack.city));
    let facts = JoiningFacts {
        application: file.id,
        person: file.person,
        merchant: file.merchant,
        action: action.to_owned(),
        ground: file.ground.clone(),
    };
    city.put_file(turn, file);
    note(turn, "joining", Facts::Joining(facts))
}

fn found(city: &CityMemory, id: ApplicationId, state: FileState) -> Result<File, Refusal> {
    let file = city.directory.joining.get(id).ok_or_else(|| Refusal::new("application.unknown"))?;
    if file.state == state {
        return Ok(file.clone());
    }
    let waits = state == FileState::Filed;
    Err(Refusal::new(if waits { "application.decided" } else { "application.no-appeal" }))
}

/// What stands in the way of a shop's joining today.
fn check(
    city: &CityMemory,
    turn: &CityTurn<'_>,
    wanted: &Wanted,
    but: Option<ApplicationId>,
) -> Result<(), Refusal> {
    let known = city.directory.shop_numbered(&wanted.number).filter(|shop| shop.state == MerchantState::Open);
    let shop = known.map(|shop| shop.name.as_str());
    let applicant =
        city.directory.joining.applicant(&wanted.number, shop, &city.pack.settlement.joining, but);
    let trade = city.pack.city.trades.get(usize::from(wanted.trade));
    let trade = trade.ok_or_else(|| Refusal::new("trade.unknown"))?;
    may_join(turn.day, trade, &applicant)
}

fn apply(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    shop: &NewMerchant,
) -> Result<Reply, Stop> {
    let wanted = shops::wanted(city, &NewMerchant { owner: Some(person), ..shop.clone() })?;
    known_person(city, person)?;
    check(city, turn, &wanted, None)?;
    let today = city.today(turn.day);
    if !CityMemory::card_rules(&city.pack, &today)?.asks_to_apply(&shop.trade) {
        return Err(Refusal::new("application.needless").into());
    }
    let nothing_missing = missing(&city.pack.settlement.joining, &[]).is_empty();
    let file = File { complete: nothing_missing.then_some(turn.now), ..begun(turn, wanted) };
    Ok(put(city, turn, file, "apply"))
}

/// A file about a shop from now on: nothing was seen and nothing is decided.
fn begun(turn: &mut CityTurn<'_>, shop: Wanted) -> File {
    File {
        id: ApplicationId::new(turn.entropy),
        cancels: false,
        person: shop.owner,
        merchant: None,
        name: shop.name,
        business_number: shop.number,
        trade: shop.trade,
        district: shop.district,
        sales: shop.sales,
        filed: turn.now,
        papers: Vec::new(),
        complete: None,
        state: FileState::Filed,
        decided: None,
        decided_by: None,
        ground: None,
        barred_until: None,
        appealed: None,
        answered: None,
        answered_by: None,
    }
}

/// Seen twice is seen.
fn seen(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    id: ApplicationId,
    paper: &str,
) -> Result<Reply, Stop> {
    let mut file = found(city, id, FileState::Filed)?;
    let pack = Arc::clone(&city.pack);
    let rules = &pack.settlement.joining;
    if !rules.papers.iter().any(|known| known.id == paper) {
        return Err(Refusal::new("application.paper").into());
    }
    if !file.papers.iter().any(|known| known == paper) {
        file.papers.push(paper.to_owned());
    }
    if file.complete.is_none() && missing(rules, &file.papers).is_empty() {
        file.complete = Some(turn.now);
    }
    Ok(put(city, turn, file, "paper"))
}

fn accept(city: &mut CityMemory, turn: &mut CityTurn<'_>, id: ApplicationId) -> Result<Reply, Stop> {
    let file = found(city, id, FileState::Filed)?;
    if !missing(&city.pack.settlement.joining, &file.papers).is_empty() {
        return Err(Refusal::new("application.papers").into());
    }
    let file = decided(file, turn, FileState::Accepted, None);
    taken_in(city, turn, file, "accept")
}

/// The shop is a member from now on: a new one, or one that left and comes back under its number.
fn taken_in(city: &mut CityMemory, turn: &mut CityTurn<'_>, file: File, action: &str) -> Result<Reply, Stop> {
    let mut wanted = Wanted::of(&file);
    check(city, turn, &wanted, Some(file.id))?;
    // What was cancelled comes back to whose it is by now.
    if let Some(known) = city.directory.shop_numbered(&wanted.number).filter(|_| file.cancels) {
        wanted.owner = known.owner;
    }
    let merchant = shops::take_in(city, turn, wanted);
    Ok(put(city, turn, File { merchant: Some(merchant), ..file }, action))
}

fn decided(file: File, turn: &CityTurn<'_>, state: FileState, ground: Option<String>) -> File {
    let by = looks::who(turn.request.actor);
    File { state, ground, decided: Some(turn.now), decided_by: Some(by), ..file }
}

/// The officer's words, sealed, and the ground, known.
fn against(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    id: ApplicationId,
    (ground, why): (&str, &str),
) -> Result<rules::Ground, Stop> {
    let rules = &city.pack.settlement.joining;
    let ground = rules.ground(ground).ok_or_else(|| Refusal::new("application.ground"))?.clone();
    let why = Reason::given(why)?;
    let sealed = WHY.seal(&city.keys.vault, id, why.as_str(), turn.entropy).map_err(keys::locked)?;
    turn.write(SAY_WHY, vec![id.into(), sealed.into()]);
    Ok(ground)
}

fn refuse(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    id: ApplicationId,
    on: (&str, &str),
) -> Result<Reply, Stop> {
    let file = found(city, id, FileState::Filed)?;
    let ground = against(city, turn, id, on)?;
    let file = decided(file, turn, FileState::Refused, Some(ground.id));
    Ok(put(city, turn, file, "refuse"))
}

fn cancel(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    merchant: MerchantId,
    on: (&str, &str),
) -> Result<Reply, Stop> {
    let (_, shop) = city.directory.shop(merchant).ok_or_else(|| Refusal::new("shop.unknown"))?;
    let begun = begun(turn, Wanted::listed(shop));
    let file = File { cancels: true, merchant: Some(merchant), state: FileState::Cancelled, ..begun };
    let id = file.id;
    // What is owed to holders is read before anything is written.
    let claims = shops::closing(city, turn, merchant)?;
    let mut file = decided(file, turn, FileState::Cancelled, None);
    turn.write(PUT, values(&file, &city.pack.city));
    let ground = against(city, turn, id, on)?;
    file.barred_until = barred_until(&ground, turn.day);
    file.ground = Some(ground.id);
    shops::shut(city, turn, merchant);
    // The key stands with this answer: what holders get back comes after it.
    let reply = put(city, turn, file, "cancel");
    super::prepay::close_out(city, turn, &claims)?;
    Ok(reply)
}

fn appeal(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    id: ApplicationId,
    text: &str,
) -> Result<Reply, Stop> {
    let file = city.directory.joining.get(id).ok_or_else(|| Refusal::new("application.unknown"))?.clone();
    let day = file.decided.map_or(turn.day, |at| city.zone.day_number(at));
    may_appeal(turn.day, file.state, day, &city.pack.settlement.joining)?;
    let text = looks::words(text)?;
    let sealed = APPEAL.seal(&city.keys.vault, id, &text, turn.entropy).map_err(keys::locked)?;
    turn.write(SAY_APPEAL, vec![id.into(), sealed.into()]);
    let file = File { state: FileState::Appealed, appealed: Some(turn.now), ..file };
    Ok(put(city, turn, file, "appeal"))
}

/// Who decided doesn't decide again.
fn answer(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    id: ApplicationId,
    (right, why): (bool, &str),
) -> Result<Reply, Stop> {
    let file = found(city, id, FileState::Appealed)?;
    let by = looks::who(turn.request.actor);
    if file.decided_by.as_deref() == Some(by.as_str()) {
        return Err(Refusal::new("application.same-officer").into());
    }
    let why = Reason::given(why)?;
    let state = if right { FileState::Upheld } else { FileState::Dismissed };
    let file = File { state, answered: Some(turn.now), answered_by: Some(by), ..file };
    if right {
        check(city, turn, &Wanted::of(&file), Some(id))?;
    }
    let sealed = ANSWER.seal(&city.keys.vault, id, why.as_str(), turn.entropy).map_err(keys::locked)?;
    turn.write(SAY_ANSWER, vec![id.into(), sealed.into()]);
    if right { taken_in(city, turn, file, "uphold") } else { Ok(put(city, turn, file, "dismiss")) }
}
