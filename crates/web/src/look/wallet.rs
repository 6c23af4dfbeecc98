//! A citizen's pages.

use askama::Template;
use base::{Date, Month, Won};
use jiff::civil::DateTime;

use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// One purse.
#[derive(Debug, Clone)]
pub struct Purse {
    /// Its name: `내 돈`, `캐시백`.
    pub name: String,
    /// What is in it.
    pub balance: Won,
    /// What it may buy, as a sentence.
    pub buys: String,
    /// The first day on which something in it expires, and how much.
    pub expires: Option<(Date, Won)>,
}

/// A card on the wallet.
#[derive(Debug, Clone)]
pub struct CardInHand {
    /// Its id, in forms.
    pub id: String,
    /// The number printed on it, masked.
    pub number: String,
    /// `플라스틱`, `휴대전화`.
    pub kind: String,
    /// Valid until the end of this month.
    pub until: Month,
    /// Frozen by its holder.
    pub frozen: bool,
    /// Reported lost: waits for reissue, can't be unfrozen.
    pub lost: bool,
}

/// What is left of this month's cashback limit.
#[derive(Debug, Clone)]
pub struct LimitLeft {
    /// Rate, in basis points.
    pub rate: i64,
    /// The month's limit.
    pub limit: Won,
    /// Used of it.
    pub used: Won,
    /// From when it is new again.
    pub renews: Date,
}

impl LimitLeft {
    /// How much may still be spent with cashback.
    pub fn left(&self) -> Won {
        Won(self.limit.0.saturating_sub(self.used.0).max(0))
    }

    /// Used, of 1,000.
    pub fn thousandths(&self) -> i64 {
        if self.limit.0 <= 0 {
            0
        } else {
            self.used.0.clamp(0, self.limit.0).saturating_mul(1_000) / self.limit.0
        }
    }
}

/// `POST /wallet/pay` — `shop` (a shop's code or the text of its QR), `amount`, `pin` (only asked above the pack's
/// sum, when [`PayForm::asks_pin`]), `card`, `csrf`, `request_key`. Then 303 to `/wallet/paid/{id}`.
#[derive(Debug, Clone, Default)]
pub struct PayForm {
    /// The request key made for this showing of the form.
    pub request_key: String,
    /// The shop's code.
    pub shop: Field,
    /// The shop's name, once the code is known (a scanned dynamic code brings both name and amount).
    pub shop_name: Option<String>,
    /// The amount.
    pub amount: Field,
    /// Ask for the PIN.
    pub asks_pin: bool,
    /// The PIN's error.
    pub pin: Field,
}

/// `POST /wallet/gift` — `to` (phone number or card number), `amount`, `csrf`, `request_key`.
#[derive(Debug, Clone, Default)]
pub struct GiftForm {
    /// Key.
    pub request_key: String,
    /// To whom.
    pub to: Field,
    /// How much.
    pub amount: Field,
}

/// `POST /wallet/withdraw` — `csrf`, `request_key`: the whole residual balance.
#[derive(Debug, Clone)]
pub struct WithdrawForm {
    /// Key.
    pub request_key: String,
    /// What can be withdrawn now; `None` while too little was used.
    pub amount: Option<Won>,
    /// What must still be spent first.
    pub still_to_spend: Won,
    /// The share that must be used, in basis points (6000).
    pub share: i64,
}

/// A line of the history.
#[derive(Debug, Clone)]
pub struct HistoryEntry {
    /// `/wallet/receipts/{id}`.
    pub href: String,
    /// What it was: the shop's name, `충전`, `선물`.
    pub title: String,
    /// When.
    pub at: DateTime,
    /// Plus in, minus out.
    pub amount: Won,
    /// Why there was, or wasn't, cashback: a sentence.
    pub note: Option<String>,
    /// Cashback credited by it.
    pub cashback: Won,
    /// Given back, wholly or in part: a sentence.
    pub returned: Option<String>,
}

/// `GET /wallet`. Forms: [`PayForm`], [`GiftForm`], [`WithdrawForm`];
/// `POST /wallet/top-up` — `amount`, `csrf`, `request_key`;
/// `POST /wallet/cards/{id}/freeze`, `…/unfreeze` — `csrf`.
#[derive(Template)]
#[template(path = "wallet.html")]
pub struct WalletPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Everything that can be spent.
    pub total: Won,
    /// By purse.
    pub purses: Vec<Purse>,
    /// The limit; `None` when no campaign runs.
    pub limit: Option<LimitLeft>,
    /// Errors of the form that was sent, for the list at the top.
    pub errors: Vec<FieldError>,
    /// Pay.
    pub pay: PayForm,
    /// Top-up: key and field.
    pub top_up_key: String,
    /// Top-up amount.
    pub top_up: Field,
    /// How much may still be topped up under the holding limit.
    pub top_up_room: Won,
    /// The bank account it comes from, masked.
    pub bank: String,
    /// Gift; `None` where the pack forbids it.
    pub gift: Option<GiftForm>,
    /// Withdraw.
    pub withdraw: WithdrawForm,
    /// The latest five.
    pub latest: Vec<HistoryEntry>,
    /// The cards.
    pub cards: Vec<CardInHand>,
}

/// `GET /wallet/large`: the large-print home. Links to `/wallet#pay`, `/wallet/history` and the phone.
#[derive(Template)]
#[template(path = "wallet_large.html")]
pub struct WalletLargePage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Everything that can be spent.
    pub total: Won,
    /// The number on the card, grouped by four, to show or read out at the shop.
    pub card_number: String,
    /// The card's QR (from [`super::qr_svg`]), which the shop scans.
    pub card_qr: Option<String>,
    /// The last payment, as a sentence.
    pub last: Option<String>,
}

/// `GET /wallet/history?before=…`.
#[derive(Template)]
#[template(path = "history.html")]
pub struct HistoryPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Latest first.
    pub entries: Vec<HistoryEntry>,
    /// Link to older ones.
    pub older: Option<String>,
    /// Cashback this month.
    pub cashback_this_month: Won,
    /// Spent this month.
    pub spent_this_month: Won,
}
