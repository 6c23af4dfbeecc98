//! Wire types: what goes over the line. Amounts are whole won, instants RFC 3339, ids typed text.

use base::{Instant, Month, PostingNo, Refusal};
use city::{CardRef, Reply};
use economy::facts::{
    Cashback, ClaimLeg, CouponFacts, GivingFacts, OrganisationFacts, Payment, PrepayFacts, PurseLeg, Refund,
};
use economy::holder::parse_card_number;
use economy::{Cut, Facts};
use pen::Recorded;
use rules::Pack;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::explain;
use crate::look::Tongue;

/// How much cashback there was, and why not more.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CashbackOut {
    /// Won granted.
    reward: i64,
    /// Won that could earn. For the holder only.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<i64>,
    /// Won that did earn. For the holder only.
    #[serde(skip_serializing_if = "Option::is_none")]
    earned: Option<i64>,
    /// Basis points.
    rate: i64,
    /// The campaign's id; empty when there was none.
    campaign: String,
    /// `full`, or what made it less: `no-campaign`, `nothing-earns`, `large-shop`, `month-limit`, `year-limit`,
    /// `city-limit`, `budget`. A shop isn't told of what lies with the holder: `nothing-earns` and the person's limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<Cut2>,
    /// Won of this month's limit left; absent without a limit. For the holder only.
    #[serde(skip_serializing_if = "Option::is_none")]
    month_left: Option<i64>,
}

/// See [`CashbackOut::cut`].
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Cut2 {
    Full,
    NoCampaign,
    NothingEarns,
    LargeShop,
    MonthLimit,
    YearLimit,
    CityLimit,
    Budget,
}

impl From<Cut> for Cut2 {
    fn from(cut: Cut) -> Cut2 {
        match cut {
            Cut::Full => Cut2::Full,
            Cut::NoCampaign => Cut2::NoCampaign,
            Cut::NothingEarns => Cut2::NothingEarns,
            Cut::LargeShop => Cut2::LargeShop,
            Cut::MonthLimit => Cut2::MonthLimit,
            Cut::YearLimit => Cut2::YearLimit,
            Cut::CityLimit => Cut2::CityLimit,
            Cut::Budget => Cut2::Budget,
        }
    }
}

impl From<&Cashback> for CashbackOut {
    fn from(cashback: &Cashback) -> CashbackOut {
        CashbackOut {
            reward: cashback.reward,
            base: Some(cashback.base),
            earned: Some(cashback.earned),
            rate: cashback.rate,
            campaign: cashback.campaign.clone(),
            cut: Some(cashback.cut.into()),
            month_left: cashback.left,
        }
    }
}

/// A payment, or a reservation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PaymentOut {
    /// Its posting.
    pub id: String,
    /// When.
    pub at: String,
    /// The card.
    card: String,
    /// The shop.
    merchant: String,
    /// Won.
    amount: i64,
    /// What it earned.
    cashback: CashbackOut,
    /// Which prepayments and purses paid, in the order they were used. For the holder only.
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_from: Option<Vec<PurseLegOut>>,
    /// Why there was so much cashback, or none: sentences in the language asked for. A shop's are about its customer:
    /// what was granted, and what a coupon or a sale paid; nothing of the holder's own limits and purses.
    explanation: Vec<String>,
    /// Won the holder can spend after it. For the holder only.
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<i64>,
    /// The same by purpose. For the holder only.
    #[serde(skip_serializing_if = "Option::is_none")]
    balances: Option<Vec<HeldOut>>,
    /// The shop's order code.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    /// What a sale takes off, of a reservation once it is taken; absent without one. The holder pays so much less, the city
    /// pays it to the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<DiscountOut>,
}

/// A sale's part of a payment.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DiscountOut {
    /// The sale's id.
    sale: String,
    /// Basis points.
    rate: i64,
    /// Won off the amount.
    amount: i64,
    /// Won the holder pays.
    to_pay: i64,
}

impl DiscountOut {
    /// Of a payment, if a sale took something off.
    pub(super) fn of(payment: &Payment) -> Option<DiscountOut> {
        let discount = payment.discount.as_ref().filter(|one| one.amount > 0)?;
        Some(DiscountOut {
            sale: discount.sale.clone(),
            rate: discount.rate,
            amount: discount.amount,
            to_pay: payment.amount - discount.amount,
        })
    }
}

/// A purse's or a prepayment's part of a payment.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PurseLegOut {
    /// The purpose's id in the pack: `cash`, `reward`, …; absent where it is a prepayment.
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    /// The last day its money could be spent on; absent where it is a prepayment.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    /// The prepayment's number; absent where it is a purse.
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<u32>,
    /// Won.
    amount: i64,
}

/// What all purses of one purpose hold.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HeldOut {
    /// The purpose's id in the pack: `cash`, `reward`, …
    purpose: String,
    /// Won.
    balance: i64,
}

/// A payment, a reservation or its capture, as it stands in the journal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paid<'a> {
    pub no: PostingNo,
    pub at: Instant,
    pub payment: &'a Payment,
    /// Whether it is only reserved yet.
    pub reserved: bool,
}

impl PaymentOut {
    /// What a till may learn: nothing of the holder's purses and limits.
    pub(super) fn for_shop(pack: &Pack, t: Tongue, paid: Paid<'_>) -> PaymentOut {
        let cashback = &paid.payment.cashback;
        let personal = cashback.cut.is_personal();
        let explanation = explain::to_shop(pack, t, paid.payment, paid.reserved);
        let cashback = CashbackOut {
            base: None,
            earned: None,
            cut: (!personal).then(|| cashback.cut.into()),
            month_left: None,
            ..cashback.into()
        };
        PaymentOut {
            cashback,
            paid_from: None,
            explanation,
            balance: None,
            balances: None,
            id: paid.no.to_string(),
            at: paid.at.rfc3339(),
            card: paid.payment.card.to_string(),
            merchant: paid.payment.merchant.to_string(),
            amount: paid.payment.amount,
            order: paid.payment.order.clone(),
            discount: DiscountOut::of(paid.payment),
        }
    }

    /// All of it.
    pub(super) fn for_holder(pack: &Pack, t: Tongue, paid: Paid<'_>) -> PaymentOut {
        let payment = paid.payment;
        let named = |number: u8| pack.purpose_numbered(number).map(|p| p.id.clone()).unwrap_or_default();
        let leg = |leg: &PurseLeg| PurseLegOut {
            purpose: Some(named(leg.0)),
            expires: Some(last_day(pack, leg).to_string()),
            claim: None,
            amount: leg.2,
        };
        let prepaid = |(claim, amount, _): &ClaimLeg| PurseLegOut {
            purpose: None,
            expires: None,
            claim: Some(*claim),
            amount: *amount,
        };
        let paid_from = payment.prepaid.iter().map(prepaid).chain(payment.legs.iter().map(leg));
        let held = |held: &(u8, i64)| HeldOut { purpose: named(held.0), balance: held.1 };
        // Payments of before balances were kept by purpose don't say how they divide.
        let known = payment.balance == payment.after.iter().map(|held| held.1).sum::<i64>();
        PaymentOut {
            cashback: (&payment.cashback).into(),
            paid_from: Some(paid_from.collect()),
            explanation: explained(pack, t, paid),
            balance: Some(payment.balance),
            balances: known.then(|| payment.after.iter().map(held).collect()),
            id: paid.no.to_string(),
            at: paid.at.rfc3339(),
            card: payment.card.to_string(),
            merchant: payment.merchant.to_string(),
            amount: payment.amount,
            order: payment.order.clone(),
            discount: DiscountOut::of(payment),
        }
    }
}

/// The last day on which a purse's money can be spent.
fn last_day(pack: &Pack, leg: &PurseLeg) -> base::Date {
    let month = Month(leg.1);
    pack.purpose_numbered(leg.0).map_or(month.last_day(), |purpose| purpose.last_day(month))
}

fn explained(pack: &Pack, t: Tongue, paid: Paid<'_>) -> Vec<String> {
    if paid.reserved {
        explain::reserved(pack, t, paid.payment)
    } else {
        explain::cashback(pack, t, paid.payment)
    }
}

/// A refund.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RefundOut {
    /// Its posting.
    id: String,
    /// When.
    at: String,
    /// The payment taken back.
    payment: String,
    /// Won taken back now.
    amount: i64,
    /// Won of the payment taken back in all.
    refunded: i64,
    /// Cashback taken back.
    reward: i64,
    /// The part of it that came out of the refund, because the cashback was spent already.
    reward_from_refund: i64,
}

impl RefundOut {
    pub(super) fn new(no: PostingNo, at: Instant, refund: &Refund) -> RefundOut {
        RefundOut {
            id: no.to_string(),
            at: at.rfc3339(),
            payment: PostingNo(refund.payment).to_string(),
            amount: refund.amount,
            refunded: refund.before + refund.amount,
            reward: refund.reward,
            reward_from_refund: refund.reward_from_refund,
        }
    }
}

/// Something that was done.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DoneOut {
    /// Its record: a posting's id, or `req_` and a number.
    pub id: String,
    /// When.
    pub at: String,
    /// Won, where money moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// Cashback granted with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cashback: Option<CashbackOut>,
    /// Won the holder can spend after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<i64>,
    /// The person concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The document that was kept, struck out, withdrawn or revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The card concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
    /// The shop concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant: Option<String>,
    /// The organisation concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// The business concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business: Option<String>,
}

impl DoneOut {
    /// From a reply that is done; `None` for the city's own batches.
    pub(super) fn new(reply: &Reply) -> Option<DoneOut> {
        let Reply::Done { recorded, at, facts } = reply else { return None };
        let id = match recorded {
            Recorded::Posting(no) => no.to_string(),
            Recorded::Request(no) => format!("req_{no}"),
        };
        let mut done = DoneOut {
            id,
            at: at.rfc3339(),
            amount: None,
            cashback: None,
            balance: None,
            person: None,
            record: None,
            card: None,
            merchant: None,
            organisation: None,
            business: None,
        };
        match facts {
            Facts::TopUp(top_up) => {
                done.amount = Some(top_up.amount);
                done.cashback = Some((&top_up.cashback).into());
                done.balance = Some(top_up.balance);
                done.person = Some(top_up.person.to_string());
            }
            Facts::Gift(gift) => {
                done.amount = Some(gift.amount);
                done.balance = Some(gift.balance);
            }
            Facts::Prepay(facts) => {
                if let PrepayFacts::Bought(bought) = facts {
                    done.cashback = Some((&bought.cashback).into());
                    done.balance = Some(bought.balance);
                }
                done.amount = (facts.amount() > 0).then(|| facts.amount());
                done.merchant = facts.shop().map(|shop| shop.to_string());
            }
            Facts::Giving(GivingFacts::Once(once)) => {
                done.amount = Some(once.gift.amount);
                done.balance = Some(once.balance);
            }
            Facts::Withdraw(withdrawal) => done.amount = Some(withdrawal.amount),
            Facts::Coupons(CouponFacts::Given { person, amount, .. }) => {
                done.amount = Some(*amount);
                done.person = Some(person.to_string());
            }
            Facts::Coupons(CouponFacts::Ask { person, .. }) => done.person = Some(person.to_string()),
            Facts::Release(release) => {
                done.amount = Some(release.amount + release.discount);
                done.merchant = Some(release.merchant.to_string());
            }
            Facts::Card { card, person, .. } => {
                done.card = Some(card.to_string());
                done.person = Some(person.to_string());
            }
            Facts::Shop { merchant, .. } => done.merchant = Some(merchant.to_string()),
            Facts::Record { person, record, .. } => {
                done.person = Some(person.to_string());
                done.record = Some(record.to_string());
            }
            Facts::Organisation(OrganisationFacts::Organisation { organisation, .. }) => {
                done.organisation = Some(organisation.to_string());
            }
            Facts::Organisation(OrganisationFacts::Business { business, .. }) => {
                done.business = Some(business.to_string());
            }
            Facts::Person { person, .. } => done.person = Some(person.to_string()),
            _ => {}
        }
        Some(done)
    }
}

/// Won as they come over the line. What is no whole number is kept as such, so that the answer can name it; what is
/// beyond all bounds stays the largest or least number, and is refused with the range.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount(Option<i64>);

impl Amount {
    /// The won, if it is a whole number.
    pub(super) fn whole(self) -> Result<i64, Refusal> {
        self.0.ok_or_else(|| Refusal::new("amount.form"))
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        deserializer.deserialize_any(AmountIn)
    }
}

struct AmountIn;

impl Visitor<'_> for AmountIn {
    type Value = Amount;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("whole won")
    }

    fn visit_i64<E>(self, won: i64) -> Result<Amount, E> {
        Ok(Amount(Some(won)))
    }

    fn visit_u64<E>(self, won: u64) -> Result<Amount, E> {
        Ok(Amount(Some(i64::try_from(won).unwrap_or(i64::MAX))))
    }

    fn visit_f64<E>(self, won: f64) -> Result<Amount, E> {
        // 2^63: digits beyond it are read as a float.
        const BEYOND: f64 = 9_223_372_036_854_775_808.0;
        Ok(Amount(match won {
            won if won >= BEYOND => Some(i64::MAX),
            won if won <= -BEYOND => Some(i64::MIN),
            _ => None,
        }))
    }

    fn visit_str<E>(self, _: &str) -> Result<Amount, E> {
        Ok(Amount(None))
    }
}

/// A card as callers name it: `crd_…`, or its 16 printed digits.
pub(super) fn card_ref(text: &str) -> Option<CardRef> {
    if let Ok(id) = text.parse() {
        return Some(CardRef::Id(id));
    }
    parse_card_number(text).map(CardRef::Number)
}
