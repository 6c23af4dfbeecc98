//! Firms buy each other's products: listed, pledged to be bought, and counted once paid.

use base::{Arg, MerchantId, Refusal, Role, Won};
use economy::decide::LARGEST;
use economy::holder::MerchantState;
use pen::{Recorded, Stop};

use super::offers::noted;
use crate::memory::{CityMemory, CityTurn};
use crate::prepay::read::{Order, Product};
use crate::prepay::store::{
    END_PRODUCT, INSERT_ORDER, INSERT_PRODUCT, LAST_ORDER, LAST_PRODUCT, No, ORDER, PAY_ORDER, PRODUCT,
};
use crate::use_cases::pay;
use crate::{CardRef, Reply};

/// The longest name of a product.
const LONGEST: usize = 60;
/// No more of one product at once.
const MOST: u32 = 10_000;

fn next(turn: &mut CityTurn<'_>, last: store::Sql) -> Result<i64, Stop> {
    let found: Vec<No> = turn.query(last, &[])?;
    Ok(found.first().map_or(1, |row| row.no + 1))
}

fn open_shop(city: &CityMemory, merchant: MerchantId) -> Result<(), Refusal> {
    let (_, shop) = city.directory.shop(merchant).ok_or_else(|| Refusal::new("shop.unknown"))?;
    if shop.state == MerchantState::Closed {
        return Err(Refusal::new("shop.closed").with("shop", Arg::Text(shop.name.clone())));
    }
    Ok(())
}

pub(super) fn list(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    merchant: MerchantId,
    (name, price): (&str, i64),
) -> Result<Reply, Stop> {
    open_shop(city, merchant)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST || name.chars().any(base::is_unseen) {
        return Err(Refusal::new("product.name").into());
    }
    price_range(price)?;
    let no = next(turn, LAST_PRODUCT)?;
    let values = vec![no.into(), merchant.into(), name.to_owned().into(), price.into(), turn.now.into()];
    turn.write(INSERT_PRODUCT, values);
    Ok(noted(turn, no.to_string(), None, "list"))
}

fn price_range(price: i64) -> Result<(), Refusal> {
    if (1..=LARGEST).contains(&price) {
        return Ok(());
    }
    Err(Refusal::new("amount.range").with("least", Arg::Won(Won(1))).with("most", Arg::Won(Won(LARGEST))))
}

fn product(turn: &mut CityTurn<'_>, no: u32) -> Result<Product, Stop> {
    let found: Vec<Product> = turn.query(PRODUCT, &[i64::from(no).into()])?;
    found.into_iter().next().ok_or_else(|| Refusal::new("product.unknown").into())
}

pub(super) fn unlist(turn: &mut CityTurn<'_>, no: u32) -> Result<Reply, Stop> {
    let product = product(turn, no)?;
    if let Role::Merchant(me) = turn.request.actor.role
        && me != product.merchant
    {
        return Err(Refusal::new("product.unknown").into());
    }
    turn.write(END_PRODUCT, vec![i64::from(no).into(), turn.now.into()]);
    Ok(noted(turn, no.to_string(), None, "unlist"))
}

pub(super) fn order(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    buyer: MerchantId,
    (no, quantity): (u32, u32),
) -> Result<Reply, Stop> {
    open_shop(city, buyer)?;
    let product = product(turn, no)?;
    open_shop(city, product.merchant)?;
    if product.merchant == buyer {
        return Err(Refusal::new("product.own").into());
    }
    let amount = product.price.checked_mul(i64::from(quantity)).unwrap_or(i64::MAX);
    if !(1..=MOST).contains(&quantity) {
        return Err(Refusal::new("product.quantity").with("most", Arg::Count(i64::from(MOST))).into());
    }
    price_range(amount)?;
    let order = next(turn, LAST_ORDER)?;
    let values = vec![
        order.into(),
        i64::from(no).into(),
        buyer.into(),
        quantity.into(),
        amount.into(),
        turn.now.into(),
    ];
    turn.write(INSERT_ORDER, values);
    Ok(noted(turn, order.to_string(), None, "order"))
}

/// The owner of the firm that ordered pays with their own card: a payment like any other, with the order on it.
pub(super) fn pay(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    no: u32,
    card: CardRef,
) -> Result<Reply, Stop> {
    let found: Vec<Order> = turn.query(ORDER, &[i64::from(no).into()])?;
    let unknown = || Refusal::new("order.unknown");
    let order = found.into_iter().next().ok_or_else(unknown)?;
    let owner = city.directory.shop(order.buyer).and_then(|(_, shop)| shop.owner);
    let payer = city.directory.card(card).ok_or_else(|| Refusal::new("card.unknown"))?.person;
    if owner != Some(payer) {
        return Err(unknown().into());
    }
    if order.paid.is_some() {
        return Err(Refusal::new("order.paid").into());
    }
    let text = Some(format!("firm-order-{no}"));
    let wish = pay::Wish {
        card,
        merchant: order.merchant,
        amount: order.amount,
        pin: &None,
        order: &text,
        helper: None,
        eligible: None,
    };
    let reply = pay::pay(city, turn, wish)?;
    if let Reply::Done { recorded: Recorded::Posting(posting), .. } = &reply {
        turn.write(PAY_ORDER, vec![i64::from(no).into(), (*posting).into()]);
    }
    Ok(reply)
}
