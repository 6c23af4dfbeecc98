//! Coupons, sale days, and what is let out fairly.

use askama::Template;
use base::{Date, Won};
use jiff::civil::DateTime;

use super::clerk::Choice;
use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A coupon of one's own.
#[derive(Debug, Clone)]
pub struct MyCoupon {
    /// Its name.
    pub name: String,
    /// Left in it.
    pub left: Won,
    /// Given.
    pub given: Won,
    /// The last day.
    pub until: Date,
    /// That day is over.
    pub over: bool,
    /// Where it buys: a sentence.
    pub place: String,
    /// The providers it is for, where only named ones are.
    pub providers: Vec<String>,
}

/// What a signed-in person can do about a release: `POST` there with `csrf`, `request_key`, `release`.
#[derive(Debug, Clone)]
pub struct ReleaseDo {
    /// Where the form goes.
    pub action: &'static str,
    /// Key.
    pub request_key: String,
    /// On the button.
    pub label: String,
}

/// Something that is let out.
#[derive(Debug, Clone)]
pub struct ReleaseCard {
    /// The release's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `받을 수 있어요`, `곧 열려요`…: the chip's class and text.
    pub chip: (&'static str, String),
    /// What each gets, of which coupon.
    pub what: String,
    /// What is left, and when the next opens: sentences.
    pub lines: Vec<String>,
    /// Left of what was let out by now, of 1,000; none for a draw.
    pub left: Option<i64>,
    /// What the visitor can do.
    pub can: Option<ReleaseDo>,
    /// Where a draw can be checked.
    pub check: Option<String>,
    /// The notice it rests on, where there is one.
    pub source: Option<String>,
}

/// A sale.
#[derive(Debug, Clone)]
pub struct SaleCard {
    /// Its name.
    pub name: String,
    /// The chip's class and text.
    pub chip: (&'static str, String),
    /// Its days.
    pub days: String,
    /// How much is taken off.
    pub what: String,
    /// What is left of its budget, in a sentence and of 1,000; none while nothing is voted for it.
    pub budget: Option<(String, i64)>,
    /// What this visitor was given by it: a sentence.
    pub mine: Option<String>,
    /// How it gives stamps, how many it has given, how one's own card stands: sentences.
    pub stamps: Vec<String>,
    /// One's own card: each place, and whether there is a stamp on it.
    pub card: Vec<bool>,
    /// Shops that take part, by name and neighbourhood.
    pub shops: Vec<(String, String)>,
    /// So many more.
    pub more: usize,
    /// The notice it rests on, where there is one.
    pub source: Option<String>,
}

/// `GET /coupons`: what is let out, for everyone.
#[derive(Template)]
#[template(path = "coupons/open.html")]
pub struct CouponsOpenPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Sales of today, then those ahead.
    pub sales: Vec<SaleCard>,
    /// Releases.
    pub releases: Vec<ReleaseCard>,
}

/// `GET /wallet/coupons`: a citizen's own. Forms: `POST /wallet/coupons/claim` and `/wallet/coupons/ask`.
#[derive(Template)]
#[template(path = "coupons/mine.html")]
pub struct MyCouponsPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Won in all of them.
    pub total: Won,
    /// Those that pay, then those that are over.
    pub coupons: Vec<MyCoupon>,
    /// The sale of today.
    pub sales: Vec<SaleCard>,
    /// Releases.
    pub releases: Vec<ReleaseCard>,
}

/// What came out of a draw.
#[derive(Debug, Clone)]
pub struct DrawShown {
    /// The seed, in hex.
    pub seed: String,
    /// What was mixed in.
    pub beacon: String,
    /// Tickets.
    pub tickets: u32,
    /// Tickets that could not win any more.
    pub out: String,
    /// The winning tickets.
    pub winners: String,
    /// How many.
    pub count: usize,
    /// When.
    pub at: DateTime,
}

/// `GET /coupons/draws/{id}`: a draw that anyone can do again.
#[derive(Template)]
#[template(path = "coupons/draw.html")]
pub struct DrawPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Its name.
    pub name: String,
    /// What is in it, until when, and who may ask: sentences.
    pub lines: Vec<String>,
    /// SHA-256 of the seed; none before the city is bound.
    pub commitment: Option<(String, DateTime)>,
    /// What is mixed in.
    pub beacon: Option<String>,
    /// What came out.
    pub drawn: Option<DrawShown>,
    /// How anyone computes the winners.
    pub recipe: &'static str,
}

/// A coupon of the pack on the desk.
#[derive(Debug, Clone)]
pub struct CouponLine {
    /// Its name.
    pub name: String,
    /// Its days.
    pub days: String,
    /// What one person gets.
    pub most: Won,
    /// Voted, and left.
    pub budget: (Won, Won),
    /// Left, of 1,000.
    pub left: i64,
    /// The notice it rests on.
    pub source: String,
}

/// A job, in a list and on its page.
#[derive(Debug, Clone)]
pub struct JobLine {
    /// Its number.
    pub no: u64,
    /// The coupon's name.
    pub coupon: String,
    /// For whom: a sentence.
    pub to: String,
    /// The chip's class and text.
    pub chip: (&'static str, String),
    /// Places done, and all.
    pub done: (u32, u32),
    /// How many got it.
    pub people: u32,
    /// Won.
    pub amount: Won,
    /// How many could not.
    pub skipped: u32,
    /// When it began.
    pub begun: DateTime,
    /// Won that wait for a second person's yes.
    pub waits: Option<Won>,
    /// Nobody said yes to it.
    pub dropped: bool,
    /// It goes on by itself.
    pub running: bool,
    /// It can be let go on.
    pub stopped: bool,
    /// Why it stopped.
    pub why: Option<String>,
    /// How many have not had their turn, where it stopped.
    pub left: u32,
}

impl JobLine {
    /// Done, of 1,000.
    pub fn thousandths(&self) -> i64 {
        let (done, all) = self.done;
        if all == 0 { 1_000 } else { i64::from(done.min(all)) * 1_000 / i64::from(all) }
    }
}

/// A shop named for a purpose.
#[derive(Debug, Clone)]
pub struct ProviderLine {
    /// Its id.
    pub id: String,
    /// Its name and neighbourhood.
    pub name: String,
}

/// The providers of a purpose that is spent at named ones only. `POST /desk/coupons/providers` — `purpose`, `shop`
/// (business number or id), `on`.
#[derive(Debug, Clone)]
pub struct Providers {
    /// The purpose's id.
    pub purpose: String,
    /// Its name.
    pub name: String,
    /// The shops.
    pub shops: Vec<ProviderLine>,
}

/// A draw that waits for the officer. `POST /desk/coupons/draws/{id}` — `beacon`.
#[derive(Debug, Clone)]
pub struct DrawToMake {
    /// The release's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is to be looked up, if anything.
    pub beacon: Option<String>,
    /// Tickets.
    pub tickets: usize,
}

/// What stood in the desk's forms.
#[derive(Debug, Clone, Default)]
pub struct CouponForms {
    /// Key of the form that was sent, or a fresh one.
    pub request_key: String,
    /// To one: the card's number or the person's id.
    pub person: Field,
    /// To one: how much.
    pub amount: Field,
    /// To everyone: how much each.
    pub each: Field,
    /// The file.
    pub file: Field,
    /// A provider.
    pub shop: Field,
    /// A draw's beacon.
    pub beacon: Field,
    /// The form that was sent: it stays open.
    pub open: &'static str,
}

/// `GET /desk/coupons`. Forms: `POST /desk/coupons/give` (`coupon`, `person`, `amount`), `/desk/coupons/import` (a file
/// `file`, `coupon`), `/desk/coupons/everyone` (`coupon`, `district`, `each`), providers, draws.
#[derive(Template)]
#[template(path = "coupons/desk.html")]
pub struct CouponDeskPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The coupons of the pack.
    pub coupons: Vec<CouponLine>,
    /// Those that can be given today.
    pub choices: Vec<Choice>,
    /// Neighbourhoods.
    pub districts: Vec<Choice>,
    /// Jobs, newest first.
    pub jobs: Vec<JobLine>,
    /// Named providers.
    pub providers: Vec<Providers>,
    /// Draws to make.
    pub draws: Vec<DrawToMake>,
    /// Sales.
    pub sales: Vec<SaleCard>,
    /// Forms.
    pub forms: CouponForms,
    /// Their errors.
    pub errors: Vec<FieldError>,
}

/// A line that can't be done.
#[derive(Debug, Clone)]
pub struct BadRow {
    /// Its number in the file.
    pub line: usize,
    /// Who stands there.
    pub who: String,
    /// What is wrong: a sentence.
    pub wrong: String,
}

/// The dry run of a file: nothing is done yet. `POST /desk/coupons/import/begin` — `ticket`, `csrf`, `request_key`.
#[derive(Template)]
#[template(path = "coupons/checked.html")]
pub struct ImportCheckedPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The file's name.
    pub file: String,
    /// The coupon's name.
    pub coupon: String,
    /// Lines in the file.
    pub lines: usize,
    /// Lines that can be done.
    pub good: usize,
    /// Won, all together.
    pub sum: Won,
    /// What the budget holds, and what it would hold after.
    pub budget: (Won, Won),
    /// The budget holds enough.
    pub covered: bool,
    /// What can't be done.
    pub bad: Vec<BadRow>,
    /// So many more of those.
    pub more: usize,
    /// The job that was made of this very file.
    pub known: Option<u64>,
    /// Up to how much one person is enough, where a second one has to confirm this.
    pub second: Option<Won>,
    /// Names the checked file.
    pub ticket: String,
    /// Key.
    pub request_key: String,
}

/// What giving to everyone comes to: nothing is done yet. `POST /desk/coupons/everyone` once more, with `sum`.
#[derive(Template)]
#[template(path = "coupons/everyone.html")]
pub struct EveryoneCheckedPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The coupon's name.
    pub coupon: String,
    /// The neighbourhood, or the whole city.
    pub place: String,
    /// Won for each.
    pub each: Won,
    /// How many would be given it.
    pub people: u32,
    /// How many have all that one person gets.
    pub full: u32,
    /// Won, all together.
    pub sum: Won,
    /// What the budget holds, and what it would hold after.
    pub budget: (Won, Won),
    /// The budget holds enough.
    pub covered: bool,
    /// The job that was made of the same wish.
    pub known: Option<u64>,
    /// Up to how much one person is enough, where a second one has to confirm this.
    pub second: Option<Won>,
    /// The coupon's id and the neighbourhood's code, as they were sent.
    pub wish: (String, String),
    /// Key.
    pub request_key: String,
}

/// `GET /desk/coupons/jobs/{no}`: refreshes itself while the job runs. Forms: `POST …/stop`, `…/go-on`.
#[derive(Template)]
#[template(path = "coupons/job.html")]
pub struct JobPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The job.
    pub job: JobLine,
    /// Who could not get it: the first ones, with the reason.
    pub skipped: Vec<BadRow>,
    /// Of a list that waits for a second person: whom it is for, and how much each; the first ones.
    pub listed: Vec<(String, Won)>,
    /// So many more of those.
    pub more: usize,
    /// How many were given it and are still to be told.
    pub untold: u64,
    /// Key.
    pub request_key: String,
}

/// A sale a shop may join. `POST /shop/sales` — `sale`, `on` (`yes` or `no`).
#[derive(Debug, Clone)]
pub struct SaleToJoin {
    /// The sale's id.
    pub id: String,
    /// The sale.
    pub sale: SaleCard,
    /// The shop takes part.
    pub joined: bool,
    /// It may.
    pub may: bool,
}

/// `GET /shop/sales`.
#[derive(Template)]
#[template(path = "coupons/shop.html")]
pub struct ShopSalesPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Sales of today and ahead.
    pub sales: Vec<SaleToJoin>,
    /// Key.
    pub request_key: String,
}
