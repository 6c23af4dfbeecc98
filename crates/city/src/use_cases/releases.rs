//! Letting an incentive out fairly: in parts, first come first served; or by lot among those who asked.

use std::collections::HashMap;
use std::sync::Arc;

use base::{Arg, Instant, PersonId, Refusal};
use economy::decide::{self, draw};
use economy::facts::CouponFacts;
use economy::{Facts, Meter, chart};
use pen::Stop;
use rules::{How, Moment, Release};
use sha2::{Digest, Sha256};

use super::coupons::{known_coupon, standing};
use super::jobs::{keep_new, new_job};
use super::refund::recorded;
use super::{known_person, note};
use crate::Reply;
use crate::coupons::store::{DRAWN, INSERT_DRAW, INSERT_TICKET};
use crate::coupons::{Change, Draw, Drawn, Job, instant};
use crate::memory::{CityMemory, CityTurn};
use crate::read::coupons as read;

/// The longest text that can be mixed in.
const LONGEST_BEACON: usize = 200;

fn known<'a>(pack: &'a rules::Pack, id: &str) -> Result<&'a Release, Refusal> {
    pack.coupons.release(id).ok_or_else(|| Refusal::new("release.unknown"))
}

fn at(refusal: Refusal, moment: Moment) -> Refusal {
    let time = format!("{:02}:{:02}", moment.hour, moment.minute);
    refusal.with("day", Arg::Date(moment.day)).with("time", Arg::Text(time))
}

/// Takes a part of what is let out just now. Refusals, in order: `release.by-lot`, `release.elsewhere`,
/// `release.had`, `release.not-open`, `release.gone` (with the next opening) or `release.over`, and those of giving.
pub(super) fn claim(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    id: &str,
    person: PersonId,
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let pack = Arc::clone(&city.pack);
    let release = known(&pack, id)?;
    if let How::Cards { sale, .. } = &release.how {
        return of_cards(city, turn, (&*pack, release, sale.as_str()), person);
    }
    let How::Tranches { opens, count, by_district } = &release.how else {
        return Err(Refusal::new("release.by-lot").into());
    };
    let lives = city.directory.holder(person).and_then(|holder| holder.person.district);
    let district = lives.filter(|_| *by_district);
    if *by_district && district.is_none() {
        return Err(Refusal::new("release.elsewhere").because(release.source.clone()).into());
    }
    let balance = |account: ledger::Account| turn.books().balance_of(&account.key);
    if balance(chart::meter(Meter::Claim, person, u32::from(release.number))) > 0 {
        return Err(Refusal::new("release.had").because(release.source.clone()).into());
    }
    let (opened, next) = openings(city, opens, turn.now);
    let upto = count.saturating_mul(opened).saturating_mul(release.each.0);
    let left = upto - balance(chart::release_meter(release.number, district));
    if left < release.each.0 {
        let refusal = match (next, opened) {
            (Some(next), 0) => at(Refusal::new("release.not-open"), next),
            (Some(next), _) => at(Refusal::new("release.gone"), next),
            (None, _) => Refusal::new("release.over"),
        };
        return Err(refusal.because(release.source.clone()).into());
    }
    let coupon = known_coupon(&pack, &release.coupon)?;
    let standing = standing(city, turn, coupon, person);
    let each = release.each.0;
    let part = decide::Part { number: release.number, district, upto, each, own: each };
    let decision = decide::claim(coupon, (id, part), person, &standing)?;
    city.post(turn, decision)
}

/// Turns in a full card of stamps; a card counts once. Refusals: `stamps.not-full`, and those of giving.
fn of_cards(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (pack, release, sale): (&rules::Pack, &Release, &str),
    person: PersonId,
) -> Result<Reply, Stop> {
    let stamps = read::stamps(pack, sale, |account| turn.books().balance_of(&account.key), person);
    let each = release.each.0.max(1);
    let had = turn.books().balance_of(&chart::meter(Meter::Claim, person, u32::from(release.number)).key);
    // Of a card whose stamps were taken back a part may be missing still.
    let turned_in = (had + each - 1) / each;
    if stamps.cards() <= turned_in {
        let have = (stamps.have - turned_in * stamps.full).max(0);
        return Err(Refusal::new("stamps.not-full")
            .with("have", Arg::Count(have))
            .with("full", Arg::Count(stamps.full))
            .because(release.source.clone())
            .into());
    }
    let coupon = known_coupon(pack, &release.coupon)?;
    let standing = standing(city, turn, coupon, person);
    let own = each.saturating_mul(stamps.cards());
    let part = decide::Part { number: release.number, district: None, upto: i64::MAX, each, own };
    let decision = decide::claim(coupon, (&release.id, part), person, &standing)?;
    city.post(turn, decision)
}

/// How many parts have opened by now, and when the next does.
fn openings(city: &CityMemory, opens: &[Moment], now: Instant) -> (i64, Option<Moment>) {
    let opened = opens.iter().take_while(|moment| instant(&city.zone, **moment) <= now).count();
    (i64::try_from(opened).unwrap_or(i64::MAX), opens.get(opened).copied())
}

/// Asks for a ticket. Refusals, in order: `release.first-come`, `draw.not-bound`, `draw.not-open`, `draw.closed`,
/// `draw.asked`, `draw.not-yet-yours`, `draw.card-not-full`.
pub(super) fn ask(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    id: &str,
    person: PersonId,
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let pack = Arc::clone(&city.pack);
    let release = known(&pack, id)?;
    let How::Draw { from, until, .. } = &release.how else {
        return Err(Refusal::new("release.first-come").into());
    };
    if city.coupons.draw(id).is_none() {
        return Err(Refusal::new("draw.not-bound").into());
    }
    if turn.now < instant(&city.zone, *from) {
        return Err(at(Refusal::new("draw.not-open"), *from).into());
    }
    if turn.now >= instant(&city.zone, *until) {
        return Err(at(Refusal::new("draw.closed"), *until).into());
    }
    if let Some(ticket) = city.coupons.ticket(id, person) {
        return Err(Refusal::new("draw.asked").with("ticket", Arg::Count(i64::from(ticket))).into());
    }
    if let Some((sale, wanted, given)) = short_of(&pack, release, turn, (person, 0)) {
        return Err(Refusal::new("draw.not-yet-yours")
            .with("sale", Arg::Text(sale.name.ko.clone()))
            .with("sale_en", Arg::Text(sale.name.en.clone()))
            .with("wanted", Arg::Won(wanted))
            .with("given", Arg::Won(base::Won(given)))
            .because(release.source.clone())
            .into());
    }
    if let Some(stamps) = card_short(&pack, release, turn, person) {
        return Err(Refusal::new("draw.card-not-full")
            .with("have", Arg::Count(stamps.have))
            .with("full", Arg::Count(stamps.full))
            .because(release.source.clone())
            .into());
    }
    let ticket = u32::try_from(city.coupons.tickets(id).len()).unwrap_or(u32::MAX).saturating_add(1);
    turn.write(INSERT_TICKET, vec![id.into(), ticket.into(), person.into(), turn.now.into()]);
    city.put_coupons(turn, Change::Ticket(id.to_owned(), person));
    Ok(note(turn, "draw", Facts::Coupons(CouponFacts::Ask { release: id.into(), person, ticket })))
}

/// What a sale keeps for people by reservations that nobody took yet, where the draw is for those whom it gave so much: it has
/// not given that. Whoever asks for a ticket meanwhile is asked once more at the draw.
fn only_kept(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    pack: &rules::Pack,
    release: &Release,
) -> Result<HashMap<PersonId, i64>, Stop> {
    let mut kept = HashMap::new();
    let How::Draw { after: Some((sale, _)), .. } = &release.how else { return Ok(kept) };
    let Some(sale) = pack.coupons.sale(sale) else { return Ok(kept) };
    for no in city.open.holds.keys() {
        let Facts::Authorise(payment) = recorded(turn, *no, "hold.unknown")? else { continue };
        if let Some(discount) = payment.discount.as_ref().filter(|one| one.number == sale.number) {
            *kept.entry(payment.person).or_default() += discount.amount;
        }
    }
    Ok(kept)
}

/// Where the draw is for those whom a sale gave so much, and it gave this person less: the sale, and both amounts. What is
/// only kept for them isn't given.
fn short_of<'a>(
    pack: &'a rules::Pack,
    release: &Release,
    turn: &CityTurn<'_>,
    (person, kept): (PersonId, i64),
) -> Option<(&'a rules::Sale, base::Won, i64)> {
    let How::Draw { after: Some((sale, wanted)), .. } = &release.how else { return None };
    let sale = pack.coupons.sale(sale)?;
    let meter = chart::meter(Meter::Sale, person, u32::from(sale.number));
    let given = turn.books().balance_of(&meter.key) - kept;
    (given < wanted.0).then_some((sale, *wanted, given))
}

/// Where the draw is for full cards of stamps, and this person has none.
fn card_short(
    pack: &rules::Pack,
    release: &Release,
    turn: &CityTurn<'_>,
    person: PersonId,
) -> Option<read::Stamps> {
    let How::Draw { stamped: Some(sale), .. } = &release.how else { return None };
    let stamps = read::stamps(pack, sale, |account| turn.books().balance_of(&account.key), person);
    (stamps.cards() == 0).then_some(stamps)
}

/// Binds the city to a seed. It can be done once, and only before anyone may ask.
pub(super) fn commit(city: &mut CityMemory, turn: &mut CityTurn<'_>, id: &str) -> Result<Reply, Stop> {
    let pack = Arc::clone(&city.pack);
    let release = known(&pack, id)?;
    if !matches!(release.how, How::Draw { .. }) {
        return Err(Refusal::new("release.first-come").into());
    }
    if city.coupons.draw(id).is_some() {
        return Err(Refusal::new("draw.bound").into());
    }
    let mut seed = [0u8; 32];
    for part in seed.chunks_exact_mut(8) {
        part.copy_from_slice(&turn.entropy.next_u64().to_be_bytes());
    }
    let commitment = draw::commitment(&seed);
    let row = vec![id.into(), seed.into(), commitment.clone().into(), turn.now.into()];
    turn.write(INSERT_DRAW, row);
    let bound = Draw { seed, commitment: commitment.clone(), committed: turn.now, drawn: None };
    city.put_coupons(turn, Change::Draw(id.to_owned(), Some(Arc::new(bound))));
    Ok(note(turn, "draw", Facts::Coupons(CouponFacts::Commit { release: id.into(), commitment })))
}

/// Draws. Refusals, in order: `release.first-come`, `draw.not-bound`, `draw.done`, `draw.still-open`, `draw.beacon`.
pub(super) fn draw(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    id: &str,
    beacon: &str,
) -> Result<Reply, Stop> {
    let pack = Arc::clone(&city.pack);
    let release = known(&pack, id)?;
    let How::Draw { until, winners, beacon: named, .. } = &release.how else {
        return Err(Refusal::new("release.first-come").into());
    };
    let bound = city.coupons.draw(id).cloned().ok_or_else(|| Refusal::new("draw.not-bound"))?;
    if bound.drawn.is_some() {
        return Err(Refusal::new("draw.done").into());
    }
    if turn.now < instant(&city.zone, *until) {
        return Err(at(Refusal::new("draw.still-open"), *until).into());
    }
    let beacon = beacon.trim();
    if named.is_some() == beacon.is_empty() || beacon.len() > LONGEST_BEACON {
        return Err(Refusal::new("draw.beacon").into());
    }
    let people = city.coupons.tickets(id).to_vec();
    let kept = only_kept(city, turn, &pack, release)?;
    let all = (1u32..).zip(&people);
    let may = |person: PersonId| {
        let kept = kept.get(&person).copied().unwrap_or(0);
        city.directory.holder(person).is_some()
            && short_of(&pack, release, turn, (person, kept)).is_none()
            && card_short(&pack, release, turn, person).is_none()
    };
    let (inside, out): (Vec<_>, Vec<_>) = all.partition(|(_, person)| may(**person));
    let numbers = |list: Vec<(u32, &PersonId)>| list.into_iter().map(|(no, _)| no).collect::<Vec<u32>>();
    let (inside, out) = (numbers(inside), numbers(out));
    let won = draw::winners(&bound.seed, beacon, &inside, usize::try_from(*winners).unwrap_or(usize::MAX));
    let rows: Vec<(PersonId, i64)> =
        won.iter().map(|ticket| (people[*ticket as usize - 1], release.each.0)).collect();
    let job = match rows.len() {
        0 => None,
        count => {
            let coupon = known_coupon(&pack, &release.coupon)?;
            let hash = Sha256::digest(format!("draw/{id}").as_bytes()).into();
            let total = u32::try_from(count).unwrap_or(u32::MAX);
            let job = Job { rows: rows.into(), total, ..new_job(city, turn, coupon, hash) };
            Some(keep_new(city, turn, job)?)
        }
    };
    let tickets = u32::try_from(people.len()).unwrap_or(u32::MAX);
    let drawn = Drawn {
        seed: draw::hex(&bound.seed),
        beacon: beacon.to_owned(),
        tickets,
        out: out.clone(),
        winners: won.clone(),
        job,
        at: turn.now.0,
    };
    turn.write(DRAWN, vec![id.into(), serde_json::to_string(&drawn).unwrap_or_default().into()]);
    let facts = CouponFacts::Draw {
        release: id.into(),
        seed: drawn.seed.clone(),
        beacon: drawn.beacon.clone(),
        tickets,
        out,
        winners: won,
        job,
    };
    let after = Draw { drawn: Some(drawn), ..(*bound).clone() };
    city.put_coupons(turn, Change::Draw(id.to_owned(), Some(Arc::new(after))));
    Ok(note(turn, "draw", Facts::Coupons(facts)))
}
