//! Shops: taken in, closed.

use base::{Arg, MerchantId, PersonId, Refusal, Won};
use economy::Facts;
use economy::business_number;
use economy::decide::LARGEST;
use economy::facts::Prepayment;
use economy::holder::{Merchant, MerchantState};
use economy::store::{INSERT_MERCHANT, UPDATE_MERCHANT, district, merchant_values, trade};
use pen::Stop;
use people::BusinessNumber;

use super::{handing_over, known_person, note, organisations, prepay};
use crate::joining::File;
use crate::joining::store::REJOIN;
use crate::memory::{CityMemory, CityTurn};
use crate::prepay::Claim;
use crate::{NewMerchant, Reply, fresh};

/// A shop that wants to join, understood.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub name: String,
    /// Ten digits with a right check digit.
    pub number: String,
    pub trade: u8,
    pub district: u8,
    pub sales: Option<Won>,
    pub owner: Option<PersonId>,
}

impl Wanted {
    /// As an application says.
    pub(super) fn of(file: &File) -> Wanted {
        Wanted {
            name: file.name.clone(),
            number: file.business_number.clone(),
            trade: file.trade,
            district: file.district,
            sales: file.sales,
            owner: file.person,
        }
    }

    /// As the list of shops says.
    pub(super) fn listed(shop: &economy::Merchant) -> Wanted {
        Wanted {
            name: shop.name.clone(),
            number: shop.business_number.clone(),
            trade: shop.trade,
            district: shop.district,
            sales: shop.sales,
            owner: shop.owner,
        }
    }
}

/// What a wish says, if it can be a shop at all.
pub(super) fn wanted(city: &CityMemory, wish: &NewMerchant) -> Result<Wanted, Refusal> {
    let name = wish.name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(base::is_unseen) {
        return Err(Refusal::new("shop.name"));
    }
    let number =
        business_number::parse(&wish.business_number).ok_or_else(|| Refusal::new("business-number.wrong"))?;
    let pack = &city.pack.city;
    let trade = trade(pack, &wish.trade).ok_or_else(|| Refusal::new("trade.unknown"))?;
    let district = district(pack, &wish.district).ok_or_else(|| Refusal::new("district.unknown"))?;
    if let Some(sales) = wish.sales
        && !(0..=LARGEST).contains(&sales.0)
    {
        return Err(Refusal::new("shop.sales").with("most", Arg::Won(Won(LARGEST))));
    }
    Ok(Wanted { name: name.to_owned(), number, trade, district, sales: wish.sales, owner: wish.owner })
}

pub(super) fn join(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    wish: &NewMerchant,
) -> Result<Reply, Stop> {
    let wanted = wanted(city, wish)?;
    if let Some(known) = city.directory.shop_numbered(&wanted.number) {
        return Err(Refusal::new("shop.known").with("shop", Arg::Text(known.name.clone())).into());
    }
    if let Some(owner) = wish.owner {
        known_person(city, owner)?;
    }
    let today = city.today(turn.day);
    let rules = CityMemory::card_rules(&city.pack, &today)?;
    if rules.asks_to_apply(&wish.trade) {
        return Err(Refusal::new("application.first").because(rules.source.clone()).into());
    }
    let id = take_in(city, turn, wanted);
    Ok(note(turn, "shop", Facts::Shop { merchant: id, action: "join".into() }))
}

/// The shop is one: a new one, or one that left and comes back under its number, and is what it says now.
pub(super) fn take_in(city: &mut CityMemory, turn: &mut CityTurn<'_>, wanted: Wanted) -> MerchantId {
    let before = city.directory.shop_numbered(&wanted.number).map(|shop| shop.id);
    let id = before.unwrap_or_else(|| fresh::merchant(&city.directory, turn.entropy));
    put_in(city, turn, wanted, (id, before.is_some()));
    id
}

/// The same under an id, and whether that is of one that comes back.
pub(super) fn put_in(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    wanted: Wanted,
    (id, comes_back): (MerchantId, bool),
) {
    let Wanted { name, number, trade, district, sales, owner } = wanted;
    let state = MerchantState::Open;
    let merchant = Merchant { id, name, business_number: number, trade, district, sales, owner, state };
    // A shop is one of a business; its number says which.
    if let Some(number) = BusinessNumber::of(&merchant.business_number) {
        let trade = city.pack.city.trades.get(usize::from(trade)).map(|trade| trade.id.clone());
        organisations::registered(
            city,
            turn,
            number,
            (merchant.name.clone(), trade.unwrap_or_default(), owner),
        );
    }
    if comes_back {
        let same = city.directory.shop(id).is_some_and(|(_, before)| before.owner == owner);
        let known = city.directory.organisations.business_numbered(&merchant.business_number).cloned();
        if let Some(known) = known.filter(|_| !same) {
            handing_over::business(city, turn, known, owner);
        }
    }
    let pack = &city.pack.city;
    let mut values = merchant_values(&merchant, pack, turn.now);
    if comes_back {
        // Neither its number nor when it first joined changes.
        values.remove(8);
        values.remove(2);
        turn.write(REJOIN, values);
    } else {
        turn.write(INSERT_MERCHANT, values);
    }
    city.put_shop(turn, merchant);
}

/// Who has a claim on a shop that is about to close. Read before anything is written.
pub(super) fn closing(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    id: MerchantId,
) -> Result<Vec<(Claim, Prepayment)>, Stop> {
    let (_, shop) = city.directory.shop(id).ok_or_else(|| Refusal::new("shop.unknown"))?;
    if shop.state == MerchantState::Closed {
        return Err(super::pay::named("shop.closed", &shop.name).into());
    }
    prepay::of_closing(city, turn, id)
}

/// Its codes are dead from now on, and so are its tills' keys.
pub(super) fn shut(city: &mut CityMemory, turn: &mut CityTurn<'_>, id: MerchantId) {
    let Some((_, shop)) = city.directory.shop(id) else { return };
    let closed = Merchant { state: MerchantState::Closed, ..shop.clone() };
    turn.write(UPDATE_MERCHANT, vec![id.into(), closed.state.code().into()]);
    city.put_shop(turn, closed);
    handing_over::tills(city, turn, id);
}

pub(super) fn close(city: &mut CityMemory, turn: &mut CityTurn<'_>, id: MerchantId) -> Result<Reply, Stop> {
    let claims = closing(city, turn, id)?;
    shut(city, turn, id);
    // The key stands with this answer: what holders get back comes after it.
    let reply = note(turn, "shop", Facts::Shop { merchant: id, action: "close".into() });
    prepay::close_out(city, turn, &claims)?;
    Ok(reply)
}
