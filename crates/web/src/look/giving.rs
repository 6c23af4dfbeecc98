//! Gifts: the public page, what a won became, the giver's own page, giving shops, the city's queue, the collector's desk.

use askama::Template;
use base::Won;
use jiff::civil::DateTime;

use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A spending, with what it became.
#[derive(Debug, Clone)]
pub struct GiftSpent {
    /// Its posting.
    pub id: String,
    /// When.
    pub at: DateTime,
    /// For what.
    pub what: String,
    /// Who was paid.
    pub payee: String,
    /// Won: of the whole spending, or the part a gift became of it.
    pub amount: Won,
    /// The whole spending, where `amount` is a part.
    pub whole: Option<Won>,
    /// The document that shows it: its name, and the beginning of its fingerprint.
    pub document: String,
    /// See `document`.
    pub fingerprint: String,
    /// What it became.
    pub outcome: Option<String>,
}

/// A purpose, with what was given for it.
#[derive(Debug, Clone)]
pub struct GiftPurposeShown {
    /// Its number.
    pub number: u16,
    /// Its name.
    pub name: String,
    /// Given for it.
    pub given: Won,
    /// Spent of that.
    pub spent: Won,
    /// Not spent yet.
    pub left: Won,
    /// What the collector holds of that; the rest is on its way.
    pub held: Won,
    /// What was spent on it, the newest first.
    pub spendings: Vec<GiftSpent>,
}

impl GiftPurposeShown {
    /// What is left and the collector doesn't hold yet.
    pub fn coming(&self) -> Won {
        Won(self.left.0 - self.held.0)
    }

    /// Spent of what was given, in thousandths.
    pub fn thousandths(&self) -> i64 {
        if self.given.0 > 0 { (self.spent.0 * 1_000 / self.given.0).clamp(0, 1_000) } else { 0 }
    }
}

/// What came in in a month, by kind.
#[derive(Debug, Clone)]
pub struct GiftMonth {
    /// The month's name.
    pub month: String,
    /// The kind's name.
    pub kind: String,
    /// How many gifts.
    pub gifts: i64,
    /// From how many.
    pub givers: usize,
    /// Won that stayed.
    pub won: Won,
}

/// A giving shop, by name.
#[derive(Debug, Clone)]
pub struct GivingShopLine {
    /// Its name.
    pub name: String,
    /// Its public page.
    pub href: String,
    /// What it gives.
    pub rate: String,
}

/// `GET /giving`: all gifts, for anyone. The form is `GET /giving/follow` — `serial`, `word`.
#[derive(Template)]
#[template(path = "giving/public.html")]
pub struct GivingPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Who collects.
    pub collector: String,
    /// Given and kept.
    pub total: Won,
    /// By so many people.
    pub people: usize,
    /// And so many shops.
    pub shops: usize,
    /// Spent.
    pub spent: Won,
    /// Not spent yet.
    pub left: Won,
    /// Shops that have applied, and those with a plaque.
    pub applied: usize,
    /// Purposes.
    pub purposes: Vec<GiftPurposeShown>,
    /// Months, the newest first.
    pub months: Vec<GiftMonth>,
    /// Shops with a plaque.
    pub angels: Vec<GivingShopLine>,
    /// What was looked for and not found.
    pub serial: Field,
}

/// `GET /giving/follow`: nothing asked for yet.
#[derive(Template)]
#[template(path = "giving/follow_begin.html")]
pub struct FollowBeginPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The receipt's number, empty.
    pub serial: Field,
}

/// `GET /giving/follow?serial=…&word=…`: what the gifts on a receipt became. Names nobody.
#[derive(Template)]
#[template(path = "giving/follow.html")]
pub struct FollowPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The receipt's number.
    pub serial: String,
    /// When it was given.
    pub issued: DateTime,
    /// By whom.
    pub collector: String,
    /// Gifts on it.
    pub gifts: i64,
    /// Won on it.
    pub amount: Won,
    /// What they became part of.
    pub parts: Vec<GiftSpent>,
    /// Won not spent yet.
    pub waiting: Won,
    /// Won that came back since.
    pub back: Won,
    /// Stretches of the row: `지역 공동 목적 1번째 원부터 600번째 원까지`.
    pub rows: Vec<String>,
}

/// What a gift can be for.
#[derive(Debug, Clone)]
pub struct PurposeChoice {
    /// Its number.
    pub number: u16,
    /// Its name.
    pub name: String,
    /// It is chosen.
    pub chosen: bool,
}

/// A giver's gift.
#[derive(Debug, Clone)]
pub struct OwnGift {
    /// Its posting.
    pub id: String,
    /// When.
    pub at: DateTime,
    /// How.
    pub kind: String,
    /// What for.
    pub purpose: String,
    /// Won given.
    pub amount: Won,
    /// Won of it that came back.
    pub back: Won,
    /// What became of it, in a sentence.
    pub became: String,
    /// The receipt it stands on, and where.
    pub receipt: Option<(String, String)>,
    /// Key of asking for one.
    pub request_key: String,
}

/// A receipt that was given.
#[derive(Debug, Clone)]
pub struct OwnReceipt {
    /// Its number.
    pub serial: String,
    /// When.
    pub issued: DateTime,
    /// Gifts on it.
    pub gifts: i64,
    /// Won on it.
    pub amount: Won,
    /// How often it was printed.
    pub copies: i64,
}

/// A year whose gifts stand on no receipt yet.
#[derive(Debug, Clone)]
pub struct YearWithout {
    /// `2021`.
    pub year: i16,
    /// How many gifts.
    pub gifts: usize,
    /// Won.
    pub amount: Won,
    /// Key of asking for one receipt.
    pub request_key: String,
}

/// A giver's gifts and receipts. `POST {base}/receipts` — `gift` or `year`, `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct GiftsAndReceipts {
    /// `/wallet/giving` or `/shop/giving`.
    pub base: &'static str,
    /// The newest first.
    pub gifts: Vec<OwnGift>,
    /// Won in all.
    pub total: Won,
    /// Years to ask a receipt for.
    pub years: Vec<YearWithout>,
    /// The newest first.
    pub receipts: Vec<OwnReceipt>,
}

/// `GET /wallet/giving`. `POST /wallet/giving/standing` — `share` (percent), `purpose`, `named`; `POST
/// /wallet/giving/once` — `amount`, `purpose`, `named`; all with `csrf`, `request_key`.
#[derive(Template)]
#[template(path = "giving/mine.html")]
pub struct OwnGivingPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// Who collects.
    pub collector: String,
    /// The share that is given now, in basis points; `None`: nothing is.
    pub share: Option<i64>,
    /// Cashback that can be given.
    pub cashback: Won,
    /// The share as typed.
    pub share_field: Field,
    /// The amount as typed.
    pub amount: Field,
    /// What it may be for.
    pub purposes: Vec<PurposeChoice>,
    /// The name may be told.
    pub named: bool,
    /// Key of the standing gift.
    pub standing_key: String,
    /// Key of stopping.
    pub stop_key: String,
    /// Key of one gift.
    pub once_key: String,
    /// Gifts and receipts.
    pub list: GiftsAndReceipts,
}

/// A gift as a line of a receipt.
#[derive(Debug, Clone)]
pub struct ReceiptGift {
    /// The form's code.
    pub code: String,
    /// How.
    pub kind: String,
    /// What for.
    pub purpose: String,
    /// When.
    pub at: DateTime,
    /// Won.
    pub amount: Won,
    /// Its file from the sealed log, for who gave it.
    pub proof: Option<String>,
}

/// `GET /giving/receipts/{serial}`, for its giver and the collector. `POST …/print` — `csrf`, `request_key`.
#[derive(Template)]
#[template(path = "giving/receipt.html")]
pub struct GiftReceiptPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Its number.
    pub serial: String,
    /// The how-manieth print: 1 is the original.
    pub copy: i64,
    /// The giver's name.
    pub giver: String,
    /// A shop's business number; empty for people: theirs is not asked for.
    pub business_number: String,
    /// The giver's address, as far as it is kept.
    pub address: String,
    /// Who collects: name, address, legal basis, and the provision that is certified.
    pub collector: String,
    /// See `collector`.
    pub collector_address: String,
    /// See `collector`.
    pub basis: String,
    /// See `collector`.
    pub tax: String,
    /// The collector's business number, if it is kept.
    pub collector_number: String,
    /// Gifts on it.
    pub gifts: Vec<ReceiptGift>,
    /// Won on it.
    pub amount: Won,
    /// Won that came back since.
    pub back: Won,
    /// When it was given.
    pub issued: DateTime,
    /// Where it can be followed.
    pub follow_url: String,
    /// That address as a QR.
    pub follow_qr: Option<String>,
    /// Key of a print.
    pub request_key: String,
    /// Where "back" leads.
    pub back_href: String,
}

impl GiftReceiptPage {
    /// Whether there is a file for any of its gifts.
    pub fn is_proved(&self) -> bool {
        self.gifts.iter().any(|gift| gift.proof.is_some())
    }
}

/// `GET /shop/giving`. `POST /shop/giving/apply`, `…/change` — `rate` (percent), `purpose`; `…/stop`; all with `csrf`,
/// `request_key`.
#[derive(Template)]
#[template(path = "giving/shop.html")]
pub struct ShopGivingPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// Who collects.
    pub collector: String,
    /// How far it is: a state's code, or empty.
    pub state: &'static str,
    /// Why it was turned down.
    pub note: Option<String>,
    /// The share as typed, in percent.
    pub rate: Field,
    /// What it may be for.
    pub purposes: Vec<PurposeChoice>,
    /// The day giving begins.
    pub from: base::Date,
    /// The plaque's page, once there is one.
    pub plaque: Option<String>,
    /// Key of applying or changing.
    pub request_key: String,
    /// Key of stopping.
    pub stop_key: String,
    /// Gifts and receipts.
    pub list: GiftsAndReceipts,
}

impl ShopGivingPage {
    /// It can apply.
    pub fn may_apply(&self) -> bool {
        matches!(self.state, "" | "stopped" | "turned-down")
    }
}

/// `GET /angels/{id}`: a giving shop, for anyone; and `GET /angels/{id}/plaque`, to print.
#[derive(Template, Clone)]
#[template(path = "giving/angel.html")]
pub struct AngelPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The shop.
    pub shop: String,
    /// Its trade and neighbourhood.
    pub about: String,
    /// What it gives.
    pub rate: String,
    /// What for.
    pub purpose: String,
    /// The plaque's number.
    pub plaque: u32,
    /// Since when.
    pub since: DateTime,
    /// It gives no more.
    pub stopped: bool,
    /// Given so far.
    pub given: Won,
    /// In so many payouts.
    pub gifts: i64,
    /// Who collects.
    pub collector: String,
    /// Its public page.
    pub url: String,
    /// Where the plaque is.
    pub plaque_href: String,
}

/// The plaque, on A4.
#[derive(Template)]
#[template(path = "giving/plaque.html")]
pub struct PlaquePage {
    /// The same as on the public page.
    pub angel: AngelPage,
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The public page's address as a QR.
    pub qr: Option<String>,
}

/// A shop in the queue.
#[derive(Debug, Clone)]
pub struct AngelInQueue {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its business number, trade and neighbourhood.
    pub about: String,
    /// What it would give.
    pub rate: String,
    /// When it applied.
    pub applied: DateTime,
    /// Key of deciding.
    pub request_key: String,
}

/// `GET /desk/giving`. `POST /desk/giving/{id}` — `do` (`fit`, `unfit`, `plaque`), `note`; `POST /desk/giving/several` — ids;
/// `POST /desk/giving/pass`; all
/// with `csrf`, `request_key`.
#[derive(Template)]
#[template(path = "giving/desk.html")]
pub struct DeskGivingPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// To check, the oldest first; of so many in all.
    pub applied: Vec<AngelInQueue>,
    /// See `applied`.
    pub all_applied: usize,
    /// All of them are ticked.
    pub ticked: bool,
    /// Checked, without a plaque yet.
    pub checked: Vec<AngelInQueue>,
    /// How many have one.
    pub plaques: usize,
    /// Collected, not passed on.
    pub collected: Won,
    /// Who is passed it.
    pub collector: String,
    /// Key of passing on.
    pub pass_key: String,
    /// Key of checking several at once.
    pub several_key: String,
}

/// A line of the issue log.
#[derive(Debug, Clone)]
pub struct IssueLine {
    /// The receipt.
    pub serial: String,
    /// The how-manieth print.
    pub copy: i64,
    /// When.
    pub at: DateTime,
    /// Who asked.
    pub role: String,
}

/// `GET /chest`. `POST /chest/purposes` — `ko`, `en`; `POST /chest/spendings` (multipart) — `purpose`, `amount`, `payee`,
/// `what`, `document`, `outcome`; `POST /chest/spendings/{id}` — `outcome`; `POST /chest/summary` — `year`, `form` (`xlsx`,
/// `csv`), `why`: a file; all with `csrf`, `request_key`.
#[derive(Template)]
#[template(path = "giving/chest.html")]
pub struct ChestPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// Who this is.
    pub collector: String,
    /// What it can spend.
    pub held: Won,
    /// What is on its way.
    pub collected: Won,
    /// What it owes back.
    pub due: Won,
    /// Given in all, spent in all.
    pub total: Won,
    /// See `total`.
    pub spent: Won,
    /// Purposes.
    pub purposes: Vec<GiftPurposeShown>,
    /// Months, the newest first.
    pub months: Vec<GiftMonth>,
    /// The fields of a spending as typed: amount, payee, what, outcome.
    pub amount: Field,
    /// See `amount`.
    pub payee: Field,
    /// See `amount`.
    pub what: Field,
    /// See `amount`.
    pub outcome: Field,
    /// Keys: of a spending, a purpose, an outcome, a file.
    pub keys: [String; 4],
    /// The issue log, the newest first.
    pub issues: Vec<IssueLine>,
    /// The year a summary is for.
    pub year: i16,
}

impl ChestPage {
    /// Not spent yet: what it holds and what is on its way, together.
    pub fn left(&self) -> Won {
        Won(self.total.0 - self.spent.0)
    }
}
