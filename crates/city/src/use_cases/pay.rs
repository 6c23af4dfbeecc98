//! A payment, at a shop's till or from the holder's phone.

use std::sync::Arc;

use base::{Arg, CardId, MerchantId, Month, PersonId, Refusal, Role};
use economy::chart;
use economy::decide::{self, CouponsHere, Earning, Limits, PayCase, PinState, Room, Tried};
use economy::holder::{Card, CardState, Shop};
use economy::{Class, Meter, pin};
use pen::{Recorded, Stop};
use people::Document;
use rules::{Counts, Pack, PinRules, Purpose, Used};

use super::helpers;
use super::records::keep;
use crate::memory::{CityMemory, CityTurn};
use crate::pins::{Change, Place, until};
use crate::today::Today;
use crate::{CardRef, Reply};

/// What is wished.
pub(super) struct Wish<'a> {
    pub card: CardRef,
    pub merchant: MerchantId,
    pub amount: i64,
    pub pin: &'a Option<String>,
    pub order: &'a Option<String>,
    /// Set when a helper pays.
    pub helper: Option<decide::Helper>,
    /// Won of it that coupons for certain goods may buy, where the till says so.
    pub eligible: Option<i64>,
}

pub(super) fn pay(city: &mut CityMemory, turn: &mut CityTurn<'_>, wish: Wish<'_>) -> Result<Reply, Stop> {
    let helped = helpers::paying(city, turn, wish.card, wish.amount)?;
    let blind = helped.as_ref().is_some_and(|helped| !helped.sees);
    let (helper, notice) = helped.map(|helped| (helped.helper, helped.notice)).unzip();
    let decided = prepared(city, turn, &Wish { helper, ..wish }, |_, case| decide::pay(case));
    let reply = decided.map_err(|stop| match stop {
        // How much there is, is not for a helper who may only pay.
        Stop::Refused(refusal) if blind && refusal.code.starts_with("purse.short") => {
            Refusal::new("delegation.short").into()
        }
        other => other,
    })?;
    if let (Some(notice), Reply::Done { recorded: Recorded::Posting(no), .. }) = (notice, &reply) {
        keep(city, turn, notice.to, &Document::Notice { notice, posting: Some(*no) })?;
    }
    Ok(reply)
}

/// Finds everything a payment is decided on, decides, and posts. A wrong PIN ends here, and is remembered.
pub(super) fn prepared(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    wish: &Wish<'_>,
    decision: impl FnOnce(&CityTurn<'_>, &PayCase<'_>) -> Result<decide::Decision, Refusal>,
) -> Result<Reply, Stop> {
    let pack = Arc::clone(&city.pack);
    let today = city.today(turn.day);
    let rules = CityMemory::card_rules(&pack, &today)?;
    let found = city.directory.card(wish.card).copied();
    let place = (found.map_or(wish.card, |card| CardRef::Id(card.id)), wish.merchant);
    let pin = match check_pin(city, turn, (found.as_ref(), place), wish.pin, &rules.pin)? {
        Ok(pin) => pin,
        Err(wrong) => return Ok(wrong),
    };
    let (_, merchant) = city.directory.shop(wish.merchant).ok_or_else(|| Refusal::new("shop.unknown"))?;
    let trade = pack
        .city
        .trades
        .get(usize::from(merchant.trade))
        .ok_or_else(|| Stop::Broken("a shop of an unknown trade".into()))?;
    let shop = Shop { merchant, trade };
    let Some(card) = found else {
        decide::without_card(wish.amount, &shop, pin, rules)?;
        return Err(Refusal::new("card.unknown").into());
    };
    let purses = city.purses(&pack, turn, card.person);
    let earning = earning_at_payment(&pack, &today, turn, card.person);
    if wish.eligible.is_some_and(|part| part < 0 || part > wish.amount) {
        return Err(Refusal::new("coupon.eligible").into());
    }
    let balance = |key: &ledger::Key| turn.books().balance_of(key);
    let here = city.coupons.here(&pack, &today, merchant, card.person, balance);
    let claims = city.claims_at(&pack, turn, (card.person, merchant.id));
    let case = PayCase {
        claims: &claims,
        amount: wish.amount,
        card: &card,
        pin,
        shop,
        purses: &purses,
        reward: CityMemory::purpose(&pack, Purpose::REWARD)?,
        rules,
        earning,
        date: today.date,
        order: wish.order.clone(),
        helper: wish.helper,
        coupons: CouponsHere { eligible: wish.eligible, ..here },
        gift: city.directory.giving.stands(card.person),
        unasked: city.unasked.of(turn.day, (card.id, merchant.id)),
        heard_short: city.pins.at(place).is_some_and(|tried| tried.asks(&rules.pin, turn.now)),
    };
    let by = turn.request.actor.role;
    let decided = match decision(turn, &case) {
        // What a card holds is not for who only has its number: a shop hears it where its holder just typed the PIN.
        Err(refusal) if matches!(by, Role::Merchant(_) | Role::Till(_)) && pin != PinState::Right => {
            return blind(city, turn, at_a_till(refusal, &case), (place, &rules.pin));
        }
        decided => decided?,
    };
    // Only who knows the PIN, or is signed in as the holder, begins anew: a payment that asks for none proves nothing.
    if pin != PinState::Missing {
        if card.wrong > 0 {
            remember_wrong(city, turn, Card { wrong: 0, ..card });
        }
        city.uncount_pins(turn, card.id, wish.merchant);
    }
    city.post(turn, decided)
}

/// What a shop hears that has no PIN. That the card holds too little says something too: so often it is told, and counted.
fn blind(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    told: Refusal,
    (place, rules): (Place, &PinRules),
) -> Result<Reply, Stop> {
    if !told.code.starts_with("till.short") {
        return Err(told.into());
    }
    city.count_short(turn, place, rules);
    turn.forget_key();
    Ok(Reply::Counted(told))
}

/// The same refusal, without what is on the card: that it doesn't suffice. A coupon's part is told where it is the part that
/// the till itself said the coupon may buy; less than that would be all that the coupon holds.
fn at_a_till(refusal: Refusal, case: &PayCase<'_>) -> Refusal {
    let eligible = case.coupons.eligible.map(|won| Arg::Won(base::Won(won)));
    let part = refusal.args.iter().find(|(name, _)| *name == "part").map(|(_, part)| part);
    match refusal.code {
        "purse.short-part" if part.is_some() && part == eligible.as_ref() => {
            let told = |name: &str| matches!(name, "coupon" | "coupon_en" | "part" | "rest");
            let args = refusal.args.into_iter().filter(|(name, _)| told(name)).collect();
            Refusal { code: "till.short-part", args, ..refusal }
        }
        "purse.short" | "purse.short-part" => Refusal { code: "till.short", args: Vec::new(), ..refusal },
        _ => refusal,
    }
}

/// A signed-in holder needs no PIN. A card shown at a till does, above the pack's sum (the decision says so).
/// `Err(reply)` inside: the PIN was wrong, that is staged, and the caller hears it. A number that is no card's, a card without
/// a PIN and one that is locked are a wrong PIN like any other, whatever was typed: a till has no other way to know them apart.
fn check_pin(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (card, place): (Option<&Card>, Place),
    given: &Option<String>,
    rules: &PinRules,
) -> Result<Result<PinState, Reply>, Stop> {
    if matches!(turn.request.actor.role, Role::Citizen(_) | Role::System) {
        return Ok(Ok(PinState::SignedIn));
    }
    let before = city.pins.at(place);
    if let Some(pause) = before.and_then(|tried| tried.pauses(rules, turn.now)) {
        return Err(until(Refusal::new("pin.paused"), &city.zone, pause).into());
    }
    let Some(given) = given else { return Ok(Ok(PinState::Missing)) };
    let sealed = card.and_then(|card| card.pin);
    // The same work where there is nothing to compare with.
    let id = card.map_or(CardId(0), |card| card.id);
    let fits = pin::matches(&city.keys.pins, id, given, &sealed.unwrap_or_default());
    let open =
        card.is_some_and(|card| card.state != CardState::Locked && !decide::is_used_up(card.wrong, rules));
    if fits && open && sealed.is_some() {
        return Ok(Ok(PinState::Right));
    }
    Ok(Err(wrong(city, turn, (card, place), before, rules)))
}

/// Stages what one more wrong PIN comes to.
fn wrong(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (card, place): (Option<&Card>, Place),
    before: Option<Tried>,
    rules: &PinRules,
) -> Reply {
    city.let_go_of_pins(turn);
    let one = decide::wrong_pin(card.map_or(0, |card| card.wrong), before, rules, turn.now);
    // What is no card's counts for no card.
    let counted = if card.is_some() { one.tried.counted } else { 0 };
    city.change_pins(turn, Change { place, tried: Some(Tried { counted, ..one.tried }) });
    match card.filter(|card| card.wrong != one.card) {
        Some(card) => {
            let locks = one.locks && matches!(card.state, CardState::Active | CardState::Frozen);
            let state = if locks { CardState::Locked } else { card.state };
            remember_wrong(city, turn, Card { wrong: one.card, state, ..*card });
        }
        // The same work where nothing changes, or there is no card: how long it takes tells a till nothing.
        None => {
            let same = card.copied().unwrap_or(Card::NOBODYS);
            turn.write(economy::store::UPDATE_CARD, economy::store::card_change(&same));
        }
    }
    turn.forget_key();
    Reply::WrongPin { left: one.left, until: one.tried.until }
}

fn remember_wrong(city: &mut CityMemory, turn: &mut CityTurn<'_>, card: Card) {
    turn.write(economy::store::UPDATE_CARD, economy::store::card_change(&card));
    city.put_card(turn, card);
}

/// What can be earned by paying today.
pub(super) fn earning_at_payment<'a>(
    pack: &'a Pack,
    today: &Today,
    turn: &CityTurn<'_>,
    person: PersonId,
) -> Option<Earning<'a>> {
    earning(pack, today, person, |key| turn.books().balance_of(key))
}

/// What can be earned by paying on a day, with meters and budget as `balance` knows them: the books now, or a
/// rehearsal's.
pub(crate) fn earning<'a>(
    pack: &'a Pack,
    today: &Today,
    person: PersonId,
    balance: impl Fn(&ledger::Key) -> i64,
) -> Option<Earning<'a>> {
    let campaign = &pack.campaigns[today.campaign?];
    let (grant, budget) = today.payment?;
    let metered = campaign.counts == Counts::Spend;
    let used = |account: ledger::Account| balance(&account.key);
    let limits = if metered {
        let month = today.month;
        let last = today.last_month.map(|last| Used {
            used: base::Won(used(chart::meter(Meter::SpendMonth, person, month.before().0))),
            ..last
        });
        Limits {
            month: Room {
                limit: campaign.person_limit(last).map(|w| w.0),
                used: used(chart::meter(Meter::SpendMonth, person, month.0)),
            },
            year: room(campaign.person_year, || used(chart::meter(Meter::SpendYear, person, year(month)))),
            city: room(campaign.city_month, || used(chart::city_meter(Meter::CityMonth, month.0))),
        }
    } else {
        Limits::default()
    };
    let budget = &pack.budgets[budget];
    Some(Earning {
        campaign,
        grant: &campaign.grants[grant],
        budget,
        budget_left: used(chart::budget(Class::BudgetLeft, &budget.id)),
        limits,
        metered,
    })
}

fn room(limit: Option<base::Won>, used: impl FnOnce() -> i64) -> Room {
    limit.map_or(Room::default(), |limit| Room { limit: Some(limit.0), used: used() })
}

fn year(month: Month) -> u32 {
    u32::from(month.year().unsigned_abs())
}

/// A shop for a refusal's text.
pub(super) fn named(code: &'static str, name: &str) -> Refusal {
    Refusal::new(code).with("shop", Arg::Text(name.to_owned()))
}
