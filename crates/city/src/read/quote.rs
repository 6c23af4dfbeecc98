//! What a payment would be, were it made now: the same decision, and nothing is posted.

use base::{MerchantId, PersonId, Refusal, day_of_date};
use economy::decide::{CouponsHere, PayCase, PinState, pay};
use economy::facts::{Facts, Payment};
use economy::holder::{Card, CardState, Shop};
use ledger::Books;
use rules::{Purpose, Sale};

use crate::today::Today;
use crate::use_cases::earning;
use crate::{CardRef, CityView};

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// With which card.
    pub card: CardRef,
    /// Where.
    pub merchant: MerchantId,
    /// How much.
    pub amount: i64,
    /// Won of it that coupons for certain goods may buy, where the till says so.
    pub eligible: Option<i64>,
    /// Whether whoever asks may know what is on the card. Else it is taken to hold enough: a shop learns what a sale takes
    /// off, and nothing by asking again and again.
    pub is_holder: bool,
}

/// The payment as it would be now; whoever asks may pay without a PIN or will have given it by then.
pub fn quote(view: &CityView, books: &Books, wish: &Wish, date: base::Date) -> Result<Payment, Refusal> {
    let pack = &view.pack;
    let today = Today::of(pack, day_of_date(date));
    let rules = today.card.map(|at| &pack.card[at]).ok_or_else(|| Refusal::new("card.unknown"))?;
    let card = card_asked_about(view, wish)?;
    let (_, merchant) = view.directory.shop(wish.merchant).ok_or_else(|| Refusal::new("shop.unknown"))?;
    let trade = pack.city.trades.get(usize::from(merchant.trade));
    let trade = trade.ok_or_else(|| Refusal::new("trade.unknown"))?;
    let reward = pack.purpose(Purpose::REWARD).ok_or_else(|| Refusal::new("coupon.unknown"))?;
    let holder = view.directory.holder(card.person).filter(|_| wish.is_holder);
    let mut purses: Vec<_> = holder
        .into_iter()
        .flat_map(|holder| holder.purses())
        .filter_map(|(purpose, expires, account)| {
            let balance = books.balance(account);
            let purpose = pack.purpose_numbered(purpose)?;
            (balance > 0 && purpose.pays_on(expires, date)).then_some(economy::decide::Purse {
                purpose,
                expires,
                balance,
            })
        })
        .collect();
    if !wish.is_holder {
        let purpose = pack.purpose(Purpose::CASH).ok_or_else(|| Refusal::new("coupon.unknown"))?;
        purses.push(economy::decide::Purse { purpose, expires: base::Month::of(date), balance: wish.amount });
    }
    let balance = |key: &ledger::Key| books.balance_of(key);
    if wish.eligible.is_some_and(|part| part < 0 || part > wish.amount) {
        return Err(Refusal::new("coupon.eligible"));
    }
    let here = view.coupons.here(pack, &today, merchant, card.person, balance);
    let mut claims = view.claims.open_at(pack, day_of_date(date), (card.person, merchant.id), balance);
    if !wish.is_holder {
        claims.clear();
    }
    let decision = pay(&PayCase {
        claims: &claims,
        amount: wish.amount,
        card: &card,
        pin: PinState::SignedIn,
        shop: Shop { merchant, trade },
        purses: &purses,
        reward,
        rules,
        earning: earning(pack, &today, card.person, balance),
        date,
        order: None,
        helper: None,
        coupons: CouponsHere { eligible: wish.eligible, ..here },
        gift: view.directory.giving.stands(card.person),
        unasked: 0,
        heard_short: false,
    })?;
    match decision.facts {
        Facts::Pay(payment) => Ok(payment),
        _ => Err(Refusal::new("payment.unknown")),
    }
}

/// The holder's card as it stands. A shop doesn't learn by asking which numbers are cards, nor which of them are blocked: to it
/// all are cards that pay.
fn card_asked_about(view: &CityView, wish: &Wish) -> Result<Card, Refusal> {
    let known = view.directory.card(wish.card).copied();
    match wish.is_holder {
        true => known.ok_or_else(|| Refusal::new("card.unknown")),
        false => Ok(Card { state: CardState::Active, ..known.unwrap_or(Card::NOBODYS) }),
    }
}

/// The sale a shop takes part in today, and what one person may still be given by it.
pub fn sale_here<'a>(
    view: &'a CityView,
    books: &Books,
    shop: MerchantId,
    person: PersonId,
    date: base::Date,
) -> Option<(&'a Sale, i64)> {
    let sale = view.pack.coupons.sale_on(date).filter(|sale| view.coupons.takes_part(shop, &sale.id))?;
    let room = sale.person_most.0 - super::coupons::given_by_sale(books, sale, person);
    let held = super::coupons::budget(books, &sale.budget).left;
    Some((sale, room.min(held).max(0)))
}
