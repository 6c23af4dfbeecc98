//! A shop's pages.

use askama::Template;
use base::{Date, Won};
use jiff::civil::DateTime;

use super::chart::BarChart;
use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A sale of the list.
#[derive(Debug, Clone)]
pub struct Sale {
    /// The payment's id.
    pub id: String,
    /// `/shop/receipts/{id}`.
    pub href: String,
    /// The short order number.
    pub order: String,
    /// When.
    pub at: DateTime,
    /// The customer, masked.
    pub payer: String,
    /// Paid.
    pub amount: Won,
    /// Given back since.
    pub refunded: Won,
}

impl Sale {
    /// What can still be given back.
    pub fn refundable(&self) -> Won {
        Won(self.amount.0.saturating_sub(self.refunded.0).max(0))
    }
}

/// Today's totals: the owner's eyes only.
#[derive(Debug, Clone)]
pub struct SalesSummary {
    /// Paid today, refunds taken off.
    pub sum: Won,
    /// Payments, without those wholly given back.
    pub count: i64,
    /// The same weekday last week, at this hour.
    pub week_before: Won,
}

/// `POST /shop/refunds` — `payment` (id or order number of today), `amount` (empty: all that is left), `csrf`,
/// `request_key`.
#[derive(Debug, Clone, Default)]
pub struct RefundForm {
    /// Key.
    pub request_key: String,
    /// Which payment.
    pub payment: Field,
    /// How much.
    pub amount: Field,
}

/// The payment that was just taken, or the last one: cancelled with one tap.
#[derive(Debug, Clone)]
pub struct ShopDone {
    /// Just taken, and the page is its answer. Otherwise it is the last one, and shown quietly.
    pub fresh: bool,
    /// What is spoken: [`super::spoken_payment`].
    pub spoken: String,
    /// Say it as the page opens; else it was said before, and only on demand.
    pub aloud: bool,
    /// The voice: `ko-KR`, `en-US`.
    pub voice: &'static str,
    /// The payment.
    pub sale: Sale,
    /// Its request key for the one-tap cancel.
    pub cancel_key: String,
}

/// `GET /shop`. Live by `GET /shop/live` (messages as in `assets/app.js`, with
/// `"paid": {"text": spoken, "lang": "ko-KR", "line": "14:05 12,000원 결제됐어요"}`, numbers `sales_sum`,
/// `sales_count`, `tomorrow`).
/// All forms carry `back`: this page, or the till.
/// Forms: `POST /shop/qr` — `amount`, `csrf`, `request_key` → 303 to `/shop/qr/{code}`;
/// `POST /shop/charge` — `amount`, `card` (number typed or scanned), `pin` (when asked), `csrf`, `request_key`
/// → 303 to `/shop?done={id}`; both buttons sit in one form, so `card` is empty when only Enter was pressed: then do as
/// `/shop/qr` does;
/// `GET {back}/result?request_key=K` → JSON `{"state":"paid|refused|unknown|none","href":"…"}` (see `till.js`);
/// `POST /shop/cancel` — `payment`, `csrf`, `request_key`; [`RefundForm`].
#[derive(Template)]
#[template(path = "shop.html")]
pub struct ShopPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The shop's code, which customers type.
    pub code: String,
    /// The next business day that pays out.
    pub pay_day: Date,
    /// What is paid then.
    pub pay_amount: Won,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// Key of the amount form.
    pub request_key: String,
    /// The amount.
    pub amount: Field,
    /// The customer's card number.
    pub card: Field,
    /// Ask for the PIN.
    pub asks_pin: bool,
    /// The PIN's error.
    pub pin: Field,
    /// Just taken, or the last one.
    pub done: Option<ShopDone>,
    /// Totals.
    pub today: SalesSummary,
    /// Today by hour.
    pub by_hour: BarChart,
    /// Latest first; not more than a page takes.
    pub sales: Vec<Sale>,
    /// How many there are in all.
    pub sales_all: usize,
    /// Refund.
    pub refund: RefundForm,
    /// Where the forms lead back to: `/shop`.
    pub back: &'static str,
}

/// `GET /shop/till`: for employees; no totals. Same forms as [`ShopPage`], and `/shop/live` without numbers.
#[derive(Template)]
#[template(path = "till.html")]
pub struct TillPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The shop's code.
    pub code: String,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// Key of the amount form.
    pub request_key: String,
    /// The amount.
    pub amount: Field,
    /// The customer's card number.
    pub card: Field,
    /// Ask for the PIN.
    pub asks_pin: bool,
    /// The PIN's error.
    pub pin: Field,
    /// Just taken, or the last one.
    pub done: Option<ShopDone>,
    /// Where the forms lead back to: `/shop/till`.
    pub back: &'static str,
}

/// `GET /shop/qr/{code}`: shown to the customer for three minutes. Live by `/shop/live`: at each payment the page asks
/// again, and is led to the payment once this very code is paid. Without scripts it refreshes every 3 seconds.
/// `POST /shop/qr/{code}/cancel` — `csrf`, `back`.
#[derive(Template)]
#[template(path = "shop_qr.html")]
pub struct ShopQrPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The shop's name.
    pub shop: String,
    /// The amount.
    pub amount: Won,
    /// The QR (from [`super::qr_svg`]).
    pub qr: String,
    /// The same for other wallets: an EMVCo payload as a QR.
    pub emv: String,
    /// The signed code, for the address of the cancel form.
    pub code: String,
    /// The shop's code, for who can't scan.
    pub shop_code: String,
    /// The short order number, which both sides see.
    pub order: String,
    /// Seconds it still lives, on a watch; 0 when it is over.
    pub seconds: u32,
    /// Key for "a new code".
    pub request_key: String,
    /// `/shop`, or `/shop/till`.
    pub back: &'static str,
}

impl ShopQrPage {
    /// `3:00`.
    pub fn left(&self) -> String {
        format!("{}:{:02}", self.seconds / 60, self.seconds % 60)
    }
}

/// `GET /shop/poster`: the fixed code of a shop, to print on A4 and put on the counter.
#[derive(Template)]
#[template(path = "shop_poster.html")]
pub struct ShopPosterPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The shop's name.
    pub shop: String,
    /// The QR of the address, for cameras (from [`super::qr_svg`]).
    pub qr: String,
    /// The QR for other wallets.
    pub emv: String,
    /// The same as text: what programs that print their own take.
    pub payload: String,
    /// The shop's code, for who can't scan.
    pub shop_code: String,
}
