//! Who offers prepayment, and what organisations pledge for their employees.

use base::{Arg, Entropy, MerchantId, PersonId, Refusal, Won};
use economy::Facts;
use economy::decide::LARGEST;
use economy::facts::PrepayFacts;
use economy::holder::MerchantState;
use pen::Stop;
use people::organisation::Kind;

use crate::memory::{CityMemory, CityTurn};
use crate::prepay::read::Pledged;
use crate::prepay::store::{
    DELETE_JOINED, END_OFFER, PLEDGE_CODED, PLEDGES, PUT_JOINED, PUT_OFFER, PUT_PLEDGE,
};
use crate::use_cases::{known_person, note};
use crate::{NewPledge, Reply};

/// Letters of a code: none that are taken for another.
const LETTERS: &[u8] = b"ACDEFGHJKLMNPQRTUVWXY3479";
/// As many make one too many to guess in vain at.
const LENGTH: usize = 8;

pub(super) fn offer(city: &CityMemory, turn: &mut CityTurn<'_>, merchant: MerchantId) -> Result<Reply, Stop> {
    let (_, shop) = city.directory.shop(merchant).ok_or_else(|| Refusal::new("shop.unknown"))?;
    let named = |code| Refusal::new(code).with("shop", Arg::Text(shop.name.clone()));
    if shop.state == MerchantState::Closed {
        return Err(named("shop.closed").into());
    }
    let excluded =
        city.pack.city.trades.get(usize::from(shop.trade)).is_none_or(|trade| trade.exclusion.is_some());
    if excluded {
        return Err(named("prepay.not-offered").into());
    }
    turn.write(PUT_OFFER, vec![merchant.into(), turn.now.into()]);
    Ok(offered(turn, merchant, "open"))
}

pub(super) fn stop(city: &CityMemory, turn: &mut CityTurn<'_>, merchant: MerchantId) -> Result<Reply, Stop> {
    city.directory.shop(merchant).ok_or_else(|| Refusal::new("shop.unknown"))?;
    turn.write(END_OFFER, vec![merchant.into(), turn.now.into()]);
    Ok(offered(turn, merchant, "stop"))
}

fn offered(turn: &mut CityTurn<'_>, merchant: MerchantId, action: &str) -> Reply {
    note(turn, "prepay-offer", Facts::Prepay(PrepayFacts::Offer { merchant, action: action.into() }))
}

pub(super) fn pledge(city: &CityMemory, turn: &mut CityTurn<'_>, wish: &NewPledge) -> Result<Reply, Stop> {
    let association = city.directory.organisations.get(wish.organisation);
    let association = association.ok_or_else(|| Refusal::new("organisation.unknown"))?;
    if association.kind != Kind::Association || association.period.until().is_some() {
        return Err(Refusal::new("pledge.association").into());
    }
    if wish.people == 0 || !(1..=LARGEST).contains(&wish.amount) {
        return Err(Refusal::new("amount.range")
            .with("least", Arg::Won(Won(1)))
            .with("most", Arg::Won(Won(LARGEST)))
            .into());
    }
    let pledges: Vec<Pledged> = turn.query(PLEDGES, &[])?;
    let known = pledges.iter().find(|pledge| pledge.organisation == wish.organisation);
    let code = match known {
        Some(pledge) => pledge.code.clone(),
        None => fresh_code(&pledges, turn.entropy),
    };
    let values =
        vec![wish.organisation.into(), wish.people.into(), wish.amount.into(), code.into(), turn.now.into()];
    turn.write(PUT_PLEDGE, values);
    Ok(noted(turn, wish.organisation.to_string(), None, "pledge"))
}

fn fresh_code(pledges: &[Pledged], entropy: &mut dyn Entropy) -> String {
    loop {
        let letter = |_| {
            let at = usize::try_from(entropy.below(LETTERS.len() as u64)).unwrap_or(0);
            char::from(LETTERS[at])
        };
        let code: String = (0..LENGTH).map(letter).collect();
        if pledges.iter().all(|pledge| pledge.code != code) {
            return code;
        }
    }
}

pub(super) fn join(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    code: &str,
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let code: String =
        code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    let found: Vec<Pledged> = turn.query(PLEDGE_CODED, &[code.into()])?;
    let pledge = found.first().ok_or_else(|| Refusal::new("pledge.code"))?;
    turn.write(PUT_JOINED, vec![person.into(), pledge.organisation.into(), turn.now.into()]);
    Ok(noted(turn, pledge.organisation.to_string(), Some(person), "join"))
}

pub(super) fn leave(turn: &mut CityTurn<'_>, person: PersonId) -> Result<Reply, Stop> {
    turn.write(DELETE_JOINED, vec![person.into()]);
    Ok(noted(turn, String::new(), Some(person), "leave"))
}

pub(super) fn noted(turn: &mut CityTurn<'_>, id: String, person: Option<PersonId>, action: &str) -> Reply {
    note(turn, "prepay-pledge", Facts::Prepay(PrepayFacts::Pledge { id, person, action: action.into() }))
}
