//! Shops: taken in, closed.

use base::{Arg, MerchantId, Refusal, Won};
use economy::Facts;
use economy::business_number;
use economy::decide::LARGEST;
use economy::holder::{Merchant, MerchantState};
use economy::store::{INSERT_MERCHANT, UPDATE_MERCHANT, district, merchant_values, trade};
use pen::Stop;
use people::BusinessNumber;

use super::{known_person, note, organisations, prepay};
use crate::memory::{CityMemory, CityTurn};
use crate::{NewMerchant, Reply, fresh};

pub(super) fn join(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    wish: &NewMerchant,
) -> Result<Reply, Stop> {
    let name = wish.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Refusal::new("shop.name").into());
    }
    let number =
        business_number::parse(&wish.business_number).ok_or_else(|| Refusal::new("business-number.wrong"))?;
    if let Some(known) = city.directory.shop_numbered(&number) {
        return Err(Refusal::new("shop.known").with("shop", Arg::Text(known.name.clone())).into());
    }
    let pack = &city.pack.city;
    let trade = trade(pack, &wish.trade).ok_or_else(|| Refusal::new("trade.unknown"))?;
    let district = district(pack, &wish.district).ok_or_else(|| Refusal::new("district.unknown"))?;
    if let Some(sales) = wish.sales
        && !(0..=LARGEST).contains(&sales.0)
    {
        return Err(Refusal::new("shop.sales").with("most", Arg::Won(Won(LARGEST))).into());
    }
    if let Some(owner) = wish.owner {
        known_person(city, owner)?;
    }
    let merchant = Merchant {
        id: fresh::merchant(&city.directory, turn.entropy),
        name: name.to_owned(),
        business_number: number,
        trade,
        district,
        sales: wish.sales,
        owner: wish.owner,
        state: MerchantState::Open,
    };
    let id = merchant.id;
    // A shop is one of a business; its number says which.
    if let Some(number) = BusinessNumber::of(&merchant.business_number) {
        organisations::registered(
            city,
            turn,
            number,
            (merchant.name.clone(), wish.trade.clone(), wish.owner),
        );
    }
    let pack = &city.pack.city;
    turn.write(INSERT_MERCHANT, merchant_values(&merchant, pack, turn.now));
    city.put_shop(turn, merchant);
    Ok(note(turn, "shop", Facts::Shop { merchant: id, action: "join".into() }))
}

pub(super) fn close(city: &mut CityMemory, turn: &mut CityTurn<'_>, id: MerchantId) -> Result<Reply, Stop> {
    let (_, shop) = city.directory.shop(id).ok_or_else(|| Refusal::new("shop.unknown"))?;
    if shop.state == MerchantState::Closed {
        return Err(super::pay::named("shop.closed", &shop.name).into());
    }
    let claims = prepay::of_closing(city, turn, id)?;
    let closed = Merchant { state: MerchantState::Closed, ..shop.clone() };
    turn.write(UPDATE_MERCHANT, vec![id.into(), closed.state.code().into()]);
    city.put_shop(turn, closed);
    // The key stands with this answer: what holders get back comes after it.
    let reply = note(turn, "shop", Facts::Shop { merchant: id, action: "close".into() });
    prepay::close_out(city, turn, &claims)?;
    Ok(reply)
}
