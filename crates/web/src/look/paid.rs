//! What one payment became.

use askama::Template;
use base::{Date, Won};
use jiff::civil::DateTime;

use super::kit::Alert;
use super::page::{Page, TourStep};
use super::texts::{RefusalText, Tongue};

/// `GET /wallet/paid/{id}`: shown at the counter, full screen. The clock runs and a band moves, so that a picture of
/// it can be told from the thing.
#[derive(Template)]
#[template(path = "paid.html")]
pub struct PaidPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The shop's name.
    pub shop: String,
    /// The amount.
    pub amount: Won,
    /// A short number both sides see.
    pub order: String,
    /// When it was paid.
    pub at: DateTime,
    /// The city's now, milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// City seconds in a real second (1 in earnest).
    pub clock_rate: u32,
    /// Minutes east of UTC.
    pub offset_minutes: i32,
    /// Cashback credited.
    pub cashback: Won,
    /// Why, or why not: sentences.
    pub explanation: Vec<String>,
    /// What can be spent now.
    pub balance: Won,
    /// Where the receipt is.
    pub receipt: String,
}

/// One leg of a posting, in plain words.
#[derive(Debug, Clone)]
pub struct Leg {
    /// `내 돈에서`, `캐시백 예산에서`.
    pub from: String,
    /// `풍남분식이 받을 돈으로`.
    pub to: String,
    /// How much.
    pub amount: Won,
    /// Why: a sentence.
    pub why: String,
}

/// `GET /wallet/receipts/{id}` and `GET /shop/receipts/{id}`: one posting with all its legs; printable. Lines whose
/// text is empty are left out: a top-up has no shop and no card.
#[derive(Template)]
#[template(path = "receipt.html")]
pub struct ReceiptPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The payment's id.
    pub id: String,
    /// The short order number.
    pub order: String,
    /// When.
    pub at: DateTime,
    /// The shop, or what it was: `충전`.
    pub shop: String,
    /// Its business number.
    pub business_number: String,
    /// The payer, masked.
    pub payer: String,
    /// The card's number, masked.
    pub card_number: String,
    /// Paid.
    pub amount: Won,
    /// Given back since.
    pub refunded: Won,
    /// Cashback.
    pub cashback: Won,
    /// When the shop gets its money.
    pub settles: Option<Date>,
    /// All legs.
    pub legs: Vec<Leg>,
    /// The rule, its version and source: sentences.
    pub rules: Vec<String>,
    /// Address under which strangers can check it; empty when there is none.
    pub verify_url: String,
    /// That address as a QR.
    pub verify_qr: Option<String>,
    /// Where the file that proves it is had; empty where there is none.
    pub file: String,
    /// Where "back" leads.
    pub back: String,
}

/// `GET /p/{id}-{seal}`: what a stranger who was handed a receipt may know of it. Names nobody.
#[derive(Template)]
#[template(path = "checked.html")]
pub struct CheckedPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The payment's id.
    pub id: String,
    /// When.
    pub at: DateTime,
    /// The shop.
    pub shop: String,
    /// Its business number.
    pub business_number: String,
    /// Paid.
    pub amount: Won,
    /// Given back since.
    pub refunded: Won,
}

/// Too much was asked: a page without a frame, which costs nothing to make.
#[derive(Template)]
#[template(path = "busy.html")]
pub struct BusyPage {
    /// Language and today.
    pub t: Tongue,
    /// What, why, what next.
    pub text: RefusalText,
    /// The number to call.
    pub phone: String,
    /// Where to ask again; nothing where that would be another thing than what was asked.
    pub again: Option<String>,
}

/// Any refusal or failure that has a page of its own: 4xx and 5xx. The city's refusals come with
/// [`Alert::refused`].
#[derive(Template)]
#[template(path = "refused.html")]
pub struct RefusedPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The heading: `결제하지 못했어요`.
    pub title: String,
    /// What, why, what next.
    pub refusal: Alert,
    /// The request's id, for the phone call.
    pub request_id: String,
    /// Where the button leads.
    pub back: String,
}
