//! A citizen's pages.

use askama::Template;
use base::{Date, Month, Won};
use jiff::civil::DateTime;

use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::settlement::AccountForm;
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

/// Where a card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardStanding {
    /// It pays.
    Active,
    /// Its holder has stopped it for now.
    Frozen,
    /// Too many wrong PINs: a window unlocks it.
    Locked,
    /// Reported lost: never again.
    Lost,
    /// Replaced or given back.
    Closed,
}

impl CardStanding {
    /// The text key of its chip.
    pub fn key(self) -> &'static str {
        match self {
            CardStanding::Active => "card-active",
            CardStanding::Frozen => "card-frozen",
            CardStanding::Locked => "card-locked",
            CardStanding::Lost => "card-lost",
            CardStanding::Closed => "card-closed",
        }
    }
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
    /// Where it stands.
    pub standing: CardStanding,
    /// Key of its forms.
    pub request_key: String,
}

impl CardInHand {
    /// It pays.
    pub fn is_active(&self) -> bool {
        self.standing == CardStanding::Active
    }

    /// Its holder stopped it, and can let it pay again.
    pub fn is_frozen(&self) -> bool {
        self.standing == CardStanding::Frozen
    }

    /// Only a window can let it pay again.
    pub fn is_locked(&self) -> bool {
        self.standing == CardStanding::Locked
    }

    /// It can still come back to life.
    pub fn is_alive(&self) -> bool {
        !matches!(self.standing, CardStanding::Lost | CardStanding::Closed)
    }
}

/// What is left of this month's cashback limit.
#[derive(Debug, Clone)]
pub struct LimitLeft {
    /// The month's limit, with what was carried over.
    pub limit: Won,
    /// The part of it carried over from last month.
    pub carried: Won,
    /// Used of it.
    pub used: Won,
    /// From when it is new again.
    pub renews: Date,
}

impl LimitLeft {
    /// Used, of 1,000.
    pub fn thousandths(&self) -> i64 {
        if self.limit.0 <= 0 {
            0
        } else {
            self.used.0.clamp(0, self.limit.0).saturating_mul(1_000) / self.limit.0
        }
    }
}

/// A code that names shop and amount: scanned at the till, paid with one tap.
#[derive(Debug, Clone)]
pub struct ScannedCode {
    /// The signed code.
    pub code: String,
    /// The shop's name.
    pub shop: String,
    /// How much.
    pub amount: Won,
    /// The short order number, which both sides see.
    pub order: String,
    /// What a sale takes off, in a sentence, and what is to pay.
    pub sale: Option<(String, Won)>,
}

/// `POST /wallet/pay` — `shop` (a business number, a shop's id, a code or the address in its QR), `amount` (not asked
/// when the code has one), `csrf`, `request_key`. Then 303 to `/wallet/paid/{id}`. A signed-in holder needs no PIN.
#[derive(Debug, Clone, Default)]
pub struct PayForm {
    /// The request key made for this showing of the form.
    pub request_key: String,
    /// The code that was scanned: then nothing is left to type.
    pub scanned: Option<ScannedCode>,
    /// The shop's code.
    pub shop: Field,
    /// The shop's name, once its code is known.
    pub shop_name: Option<String>,
    /// The sale that shop takes part in today: a sentence.
    pub sale: Option<String>,
    /// The amount.
    pub amount: Field,
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

/// `POST /wallet/withdraw` — `csrf`, `request_key`, and `bank`, `number`, `holder` where the account isn't known or is to
/// be another: the whole residual balance.
#[derive(Debug, Clone)]
pub struct WithdrawForm {
    /// Key.
    pub request_key: String,
    /// What can be withdrawn now; `None` while too little was used. Zero when there is nothing of one's own.
    pub amount: Option<Won>,
    /// What must still be spent first.
    pub still_to_spend: Won,
    /// The share that must be used, in basis points (6000).
    pub share: i64,
    /// Whether their account is known: else it is asked for.
    pub known: bool,
    /// Their account: `bank`, `number`, `holder`.
    pub form: AccountForm,
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
    /// What of it was money that had been prepaid, which the amount does not count: a sentence.
    pub prepaid: Option<String>,
    /// Given back, wholly or in part: a sentence.
    pub returned: Option<String>,
}

/// `GET /wallet`. Forms: [`PayForm`], [`GiftForm`], [`WithdrawForm`];
/// `POST /wallet/top-up` — `amount`, `csrf`, `request_key`;
/// `POST /wallet/cards/{id}/freeze`, `…/unfreeze` — `csrf`, `request_key`.
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
    /// What paying earns now: a sentence.
    pub earning: String,
    /// The limit; `None` when there is none, or no campaign runs.
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
    /// Gift; `None` where the pack forbids it.
    pub gift: Option<GiftForm>,
    /// Withdraw.
    pub withdraw: WithdrawForm,
    /// The latest five.
    pub latest: Vec<HistoryEntry>,
    /// The cards that are not lost or closed.
    pub cards: Vec<CardInHand>,
    /// The last card form was sent: the cards stand open.
    pub shows_cards: bool,
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
    /// The number on the card, grouped by four, to show or read out at the shop. `None` without a card that pays.
    pub card_number: Option<String>,
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
    /// The last day of what was disposed of, where the list ends at it.
    pub disposed: Option<Date>,
    /// Cashback this month.
    pub cashback_this_month: Won,
    /// Spent this month.
    pub spent_this_month: Won,
    /// Whether some of it was reserved or prepaid: it counts on that day, and not again when it is used.
    pub ahead_this_month: bool,
}
