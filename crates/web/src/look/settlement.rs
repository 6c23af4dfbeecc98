//! Settlement: a shop's payouts, and the desk that sends them.

use askama::Template;
use base::{Date, Month, Won};
use jiff::civil::DateTime;

use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// Where payouts go.
#[derive(Debug, Clone, Default)]
pub struct AccountForm {
    /// Key.
    pub request_key: String,
    /// Banks to choose from: code, name.
    pub banks: Vec<(String, String)>,
    /// The chosen bank's code.
    pub bank: Field,
    /// The account's number.
    pub number: Field,
    /// Whose name it is in.
    pub holder: Field,
}

/// The account that is in use, or was.
#[derive(Debug, Clone)]
pub struct AccountHeld {
    /// The bank's name.
    pub bank: String,
    /// The number's last digits.
    pub number: String,
    /// Whose name it is in.
    pub holder: String,
    /// Since when.
    pub since: DateTime,
    /// The bank's reason, when it found fault with it.
    pub fault: Option<String>,
}

/// A line of sums: what, how much; below zero what is taken off.
#[derive(Debug, Clone)]
pub struct SumLine {
    /// What.
    pub what: String,
    /// Won.
    pub amount: Won,
}

/// A payment or a refund that a payout is made of.
#[derive(Debug, Clone)]
pub struct PartLine {
    /// `/shop/receipts/{id}`, where there is one.
    pub href: Option<String>,
    /// When.
    pub at: DateTime,
    /// What it was.
    pub what: String,
    /// Won; below zero what was given back.
    pub amount: Won,
}

/// A payout.
#[derive(Debug, Clone)]
pub struct PayoutLine {
    /// `/shop/payouts/{id}`.
    pub href: String,
    /// When it was settled.
    pub at: DateTime,
    /// Won.
    pub amount: Won,
    /// How it stands, in words.
    pub state: String,
    /// `waiting`, `sent`, `paid`, `failed`.
    pub code: String,
}

/// `GET /shop/payouts`. Form: `POST /shop/payouts/account` — `bank`, `number`, `holder`, `csrf`, `request_key`.
#[derive(Template)]
#[template(path = "shop_payouts.html")]
pub struct ShopPayoutsPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// The next business day that pays out.
    pub pay_day: Date,
    /// What is paid then, if nothing more is sold.
    pub pay_amount: Won,
    /// What that is made of.
    pub sums: Vec<SumLine>,
    /// Down to the payment.
    pub parts: Vec<PartLine>,
    /// There are more than a page shows.
    pub many: bool,
    /// Where payouts go.
    pub account: Option<AccountHeld>,
    /// To change it.
    pub form: AccountForm,
    /// Newest first.
    pub payouts: Vec<PayoutLine>,
}

/// `GET /shop/payouts/{id}`.
#[derive(Template)]
#[template(path = "shop_payout.html")]
pub struct ShopPayoutPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The payout.
    pub payout: PayoutLine,
    /// What it is made of.
    pub sums: Vec<SumLine>,
    /// Down to the payment.
    pub parts: Vec<PartLine>,
    /// There are more than a page shows.
    pub many: bool,
}

/// A payout file.
#[derive(Debug, Clone)]
pub struct FileLine {
    /// Its number.
    pub no: u64,
    /// What the bank knows it by.
    pub name: String,
    /// When it was made.
    pub at: DateTime,
    /// How many payouts.
    pub count: i64,
    /// Won in all.
    pub amount: Won,
    /// How they stand, in words.
    pub states: Vec<String>,
    /// Key of its download.
    pub request_key: String,
}

/// The files of a month.
#[derive(Debug)]
pub struct FileMonth<'a> {
    /// Which.
    pub month: Month,
    /// Its files.
    pub files: &'a [FileLine],
}

impl FileMonth<'_> {
    /// Won in all of them.
    pub fn amount(&self) -> Won {
        Won(self.files.iter().map(|file| file.amount.0).fold(0, i64::saturating_add))
    }
}

/// An answer of the bank.
#[derive(Debug, Clone)]
pub struct AnswerLine {
    /// The bank's id of it.
    pub message: String,
    /// `camt.053`, `pain.002`.
    pub kind: String,
    /// When it was taken in.
    pub at: DateTime,
    /// What became of it, in words.
    pub said: String,
}

/// A line of the bank's.
#[derive(Debug, Clone)]
pub struct BankLine {
    /// On which day.
    pub day: Option<Date>,
    /// What it says, in words.
    pub what: String,
    /// Why somebody has to look at it, in words.
    pub why: String,
    /// Won.
    pub amount: Won,
    /// Who is on the other side, and what they wrote.
    pub said: String,
}

/// A line to look at. Form: `POST /desk/payouts/lines/{id}` — `payout` (empty: none), `note`, `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct OpenLine {
    /// Its id.
    pub id: String,
    /// What stands in it.
    pub of: BankLine,
    /// The payout it names.
    pub payout: String,
    /// Key.
    pub request_key: String,
    /// What is typed.
    pub note: Field,
}

/// A line that somebody has settled.
#[derive(Debug, Clone)]
pub struct SettledLine {
    /// What stood in it.
    pub of: BankLine,
    /// What they found.
    pub note: String,
    /// The payout it turned out to be; empty: none.
    pub payout: String,
    /// Who, in words.
    pub by: String,
    /// When.
    pub at: DateTime,
}

/// `GET /desk/payouts/lines`.
#[derive(Template)]
#[template(path = "desk_lines.html")]
pub struct DeskLinesPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// For so many weeks.
    pub weeks: i64,
    /// The newest first.
    pub lines: Vec<SettledLine>,
    /// How many in all.
    pub all: u64,
}

/// A payout that failed.
#[derive(Debug, Clone)]
pub struct FailedLine {
    /// What the bank knows it by.
    pub name: String,
    /// Whose.
    pub payee: String,
    /// Won.
    pub amount: Won,
    /// The bank's reason.
    pub code: String,
}

/// A shop without an account that has something coming.
#[derive(Debug, Clone)]
pub struct WithoutAccount {
    /// Its name.
    pub name: String,
    /// Its business number.
    pub number: String,
    /// What it is owed.
    pub amount: Won,
}

/// `GET /desk/payouts`. Forms: `POST /desk/payouts/send` — `csrf`, `request_key`;
/// `POST /desk/payouts/answers` — a file, `csrf` (multipart);
/// `POST /desk/payouts/files/{no}/download` — `form` (xml, csv, xlsx), `why`, `csrf`, `request_key`;
/// [`OpenLine`]; `POST /desk/payouts/accounts` — `shop` (business number), `bank`, `number`, `holder`, `csrf`,
/// `request_key`.
#[derive(Template)]
#[template(path = "desk_payouts.html")]
pub struct DeskPayoutsPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// How many payouts wait, and won.
    pub waiting: (u64, Won),
    /// How many are with the bank, and won.
    pub sent: (u64, Won),
    /// A file is proposed, and waits for a second person.
    pub proposed: bool,
    /// Key of sending.
    pub send_key: String,
    /// Lines to look at.
    pub lines: Vec<OpenLine>,
    /// How many were settled in the last weeks.
    pub settled: u64,
    /// Files.
    pub files: Vec<FileLine>,
    /// Answers.
    pub answers: Vec<AnswerLine>,
    /// Payouts that failed.
    pub failed: Vec<FailedLine>,
    /// Shops that can't be paid, the first of them.
    pub without: Vec<WithoutAccount>,
    /// How many in all.
    pub without_all: usize,
    /// To say where a shop's payouts go.
    pub form: AccountForm,
    /// Which shop.
    pub shop: Field,
}

impl DeskPayoutsPage {
    /// The files by months, as they stand: the newest first.
    pub fn file_months(&self) -> Vec<FileMonth<'_>> {
        let months = self.files.chunk_by(|a, b| Month::of(a.at.date()) == Month::of(b.at.date()));
        months
            .filter_map(|files| Some(FileMonth { month: Month::of(files.first()?.at.date()), files }))
            .collect()
    }

    /// The answers likewise.
    pub fn answer_months(&self) -> Vec<(Month, &[AnswerLine])> {
        let months = self.answers.chunk_by(|a, b| Month::of(a.at.date()) == Month::of(b.at.date()));
        months.filter_map(|answers| Some((Month::of(answers.first()?.at.date()), answers))).collect()
    }
}
