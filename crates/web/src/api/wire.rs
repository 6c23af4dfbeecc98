//! Wire types: what goes over the line. Amounts are whole won, instants RFC 3339, ids typed text.

use base::{Instant, PostingNo};
use city::{CardRef, Reply};
use economy::facts::{Cashback, Payment, Refund};
use economy::holder::parse_card_number;
use economy::{Cut, Facts};
use pen::Recorded;
use serde::Serialize;
use utoipa::ToSchema;

/// How much cashback there was, and why not more.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CashbackOut {
    /// Won granted.
    reward: i64,
    /// Won that could earn.
    base: i64,
    /// Won that did earn.
    earned: i64,
    /// Basis points.
    rate: i64,
    /// The campaign's id; empty when there was none.
    campaign: String,
    /// `full`, or what made it less: `no-campaign`, `nothing-earns`, `large-shop`, `month-limit`, `year-limit`,
    /// `city-limit`, `budget`.
    cut: Cut2,
    /// Won of this month's limit left; absent without a limit.
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
            base: cashback.base,
            earned: cashback.earned,
            rate: cashback.rate,
            campaign: cashback.campaign.clone(),
            cut: cashback.cut.into(),
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
    /// Won the holder can spend after it. For the holder only.
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<i64>,
    /// The shop's order code.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
}

impl PaymentOut {
    /// `for_holder` says whether the holder's balance may be told: a till must not learn it.
    pub(super) fn new(no: PostingNo, at: Instant, payment: &Payment, for_holder: bool) -> PaymentOut {
        PaymentOut {
            id: no.to_string(),
            at: at.rfc3339(),
            card: payment.card.to_string(),
            merchant: payment.merchant.to_string(),
            amount: payment.amount,
            cashback: (&payment.cashback).into(),
            balance: for_holder.then_some(payment.balance),
            order: payment.order.clone(),
        }
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
            Facts::Withdraw(withdrawal) => done.amount = Some(withdrawal.amount),
            Facts::Release(release) => {
                done.amount = Some(release.amount);
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
            Facts::Person { person, .. } => done.person = Some(person.to_string()),
            _ => {}
        }
        Some(done)
    }
}

/// A card as callers name it: `crd_…`, or its 16 printed digits.
pub(super) fn card_ref(text: &str) -> Option<CardRef> {
    if let Ok(id) = text.parse() {
        return Some(CardRef::Id(id));
    }
    parse_card_number(text).map(CardRef::Number)
}
