//! What waits for a second person's yes.

use askama::Template;
use base::Won;
use jiff::civil::DateTime;

use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A place in which a pack that waits changes the rules.
#[derive(Debug, Clone)]
pub struct RuleChange {
    /// The file and the key.
    pub place: String,
    /// What stood there; empty where nothing did.
    pub was: String,
    /// What would stand there; empty where nothing would.
    pub now: String,
}

/// A coupon for many that waits.
#[derive(Debug, Clone, Copy)]
pub struct CouponsWait {
    /// How many get it.
    pub people: u32,
    /// Won the budget has for it, before and after.
    pub budget: (Won, Won),
}

impl CouponsWait {
    /// Won the budget has too little.
    pub fn short(&self) -> Option<Won> {
        (self.budget.1 < Won(0)).then(|| Won(self.budget.1.0.saturating_abs()))
    }
}

/// Something that waits.
#[derive(Debug, Clone)]
pub struct WaitingLine {
    /// Its id, in forms.
    pub id: String,
    /// What is proposed: `결제 pst_… 환불`.
    pub what: String,
    /// Where more of it is to be seen; empty where nowhere.
    pub more_at: String,
    /// Won; none where it is about no sum.
    pub amount: Option<Won>,
    /// Whom a coupon is for, and what becomes of its budget.
    pub coupons: Option<CouponsWait>,
    /// What a pack changes.
    pub changes: Vec<RuleChange>,
    /// So many more places.
    pub more: usize,
    /// In which role, and through which account, it was proposed.
    pub who: String,
    /// When.
    pub since: DateTime,
    /// As long as it can be confirmed.
    pub until: DateTime,
    /// The rule it rests on; empty where none holds any more.
    pub source: String,
    /// Whether whoever reads this may say yes or no.
    pub can_decide: bool,
    /// Whether they proposed it.
    pub own: bool,
    /// Makes a repeated post the same request.
    pub request_key: String,
    /// Why not, as it was typed.
    pub why: Field,
}

impl WaitingLine {
    /// The sum in words; empty where it is about none.
    pub fn sum(&self, t: Tongue) -> String {
        self.amount.map(|amount| t.won(amount)).unwrap_or_default()
    }

    /// The id of its field: the one that was sent is the one its error leads to.
    pub fn field(&self) -> String {
        if self.why.error.is_some() { "why".to_owned() } else { format!("why-{}", self.id) }
    }
}

/// Something that one proposed oneself and that has ended.
#[derive(Debug, Clone)]
pub struct EndedLine {
    /// Its id, in forms.
    pub id: String,
    /// In which role, and through which account, it was answered; empty where nobody did.
    pub who: String,
    /// Makes a repeated post the same request.
    pub request_key: String,
    /// What was proposed.
    pub what: String,
    /// Won; none where it is about no sum.
    pub amount: Option<Won>,
    /// When it was proposed.
    pub since: DateTime,
    /// What became of it.
    pub became: String,
    /// Why it was refused; empty else.
    pub said: String,
}

impl EndedLine {
    /// The sum in words; empty where it is about none.
    pub fn sum(&self, t: Tongue) -> String {
        self.amount.map(|amount| t.won(amount)).unwrap_or_default()
    }
}

/// `GET /waiting`. `POST /waiting/{id}/confirm`, `…/refuse` — `why`, `…/withdraw`, `…/heard`: all with `csrf`,
/// `request_key`.
#[derive(Template)]
#[template(path = "waiting.html")]
pub struct WaitingPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// What waits, the oldest first.
    pub waiting: Vec<WaitingLine>,
    /// How many of those the reader may decide about.
    pub mine: usize,
    /// Roles that wait at the access desk, for who confirms them.
    pub roles: usize,
    /// What the reader proposed and others have answered, or nobody in time, and the reader hasn't said that they read it.
    pub news: Vec<EndedLine>,
    /// What else the reader proposed and what became of it, the newest first.
    pub ended: Vec<EndedLine>,
}
