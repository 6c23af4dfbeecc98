//! The officer's card desk.

use askama::Template;
use base::{Date, Won};

use super::chart::{Budget, Burn};
use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A campaign as it stood, stands or will stand from a date on.
#[derive(Debug, Clone)]
pub struct CampaignVersion {
    /// Its name.
    pub name: String,
    /// From this day.
    pub from: Date,
    /// Through this day, if it ends.
    pub until: Option<Date>,
    /// In basis points.
    pub rate: i64,
    /// A person's monthly limit.
    pub person_limit: Option<Won>,
    /// The city's monthly limit.
    pub city_limit: Option<Won>,
    /// `past`, `now` or `ahead`.
    pub state: &'static str,
    /// The notice it rests on.
    pub source: String,
}

/// `POST /desk/rehearsals` — `rate` (percent, such as `8` or `7.5`), `limit` (won), `csrf` → the result page.
#[derive(Debug, Clone, Default)]
pub struct RehearsalForm {
    /// The draft's rate in percent.
    pub rate: Field,
    /// The draft's monthly limit a person.
    pub limit: Field,
}

/// `GET /desk`.
#[derive(Template)]
#[template(path = "desk.html")]
pub struct DeskPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// This period's budget.
    pub budget: Budget,
    /// How it went and will go.
    pub burn: Burn,
    /// Cashback a day, over the last two weeks.
    pub daily: Won,
    /// The days that is taken from: fewer in a young budget.
    pub over: i32,
    /// The day from which payments earn again, where the city's limit of the month is reached.
    pub rests_until: Option<Date>,
    /// The city's monthly limit and what is used of it; `None` where there is none.
    pub city_cap: Option<Budget>,
    /// People who used up their limit this month.
    pub at_limit: i64,
    /// Of so many who earned something.
    pub payers: i64,
    /// The campaign of today and the next ones.
    pub campaigns: Vec<CampaignVersion>,
    /// Those further ahead, and those of the past, newest first.
    pub other_campaigns: Vec<CampaignVersion>,
    /// Rehearse.
    pub form: RehearsalForm,
    /// Its errors.
    pub errors: Vec<FieldError>,
}

/// Who gains and who loses: one band, trade or neighbourhood.
#[derive(Debug, Clone)]
pub struct Gain {
    /// Its name.
    pub name: String,
    /// How many people; of a trade, shops.
    pub count: i64,
    /// Cashback as it was.
    pub now: Won,
    /// Under the draft.
    pub draft: Won,
}

impl Gain {
    /// Draft minus now.
    pub fn change(&self) -> Won {
        Won(self.draft.0.saturating_sub(self.now.0))
    }
}

/// The answer to [`RehearsalForm`]: the last 30 days' real payments once more, under the draft.
#[derive(Template)]
#[template(path = "rehearsal.html")]
pub struct RehearsalPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Rehearsed from.
    pub from: Date,
    /// Through.
    pub until: Date,
    /// Payments replayed.
    pub payments: i64,
    /// Rate as it was, basis points.
    pub rate_now: i64,
    /// Draft rate.
    pub rate_draft: i64,
    /// Limit as it was, if there was one.
    pub limit_now: Option<Won>,
    /// Draft limit.
    pub limit_draft: Option<Won>,
    /// What it cost.
    pub cost_now: Won,
    /// What the draft would have cost.
    pub cost_draft: Won,
    /// The budget's end at this pace.
    pub ends_now: Option<Date>,
    /// Under the draft.
    pub ends_draft: Option<Date>,
    /// People who would get more, less, and the same.
    pub people: (i64, i64, i64),
    /// What to know when reading it: rules that changed meanwhile, a budget that was used up.
    pub notes: Vec<String>,
    /// Set when past payments don't come out as they were recorded: the first of them, in words.
    pub wrong: Option<String>,
    /// By how much people spend.
    pub bands: Vec<Gain>,
    /// By trade.
    pub trades: Vec<Gain>,
    /// By neighbourhood.
    pub places: Vec<Gain>,
    /// To try another.
    pub form: RehearsalForm,
}

impl RehearsalPage {
    /// Draft minus now.
    pub fn change(&self) -> Won {
        Won(self.cost_draft.0.saturating_sub(self.cost_now.0))
    }

    /// So many rows of a list, the first ones; the others are a tap away.
    const TOP: usize = 8;

    /// The first rows of a list.
    pub fn top<'a>(&self, list: &'a [Gain]) -> &'a [Gain] {
        &list[..list.len().min(Self::TOP)]
    }

    /// All others.
    pub fn rest<'a>(&self, list: &'a [Gain]) -> &'a [Gain] {
        &list[list.len().min(Self::TOP)..]
    }

    /// The size of the change.
    pub fn change_size(&self) -> Won {
        Won(self.change().0.saturating_abs())
    }

    /// Draft cost of 1,000 of the dearer one; both bars share the scale.
    pub fn thousandths(&self, cost: &Won) -> i64 {
        let most = self.cost_now.0.max(self.cost_draft.0).max(1);
        cost.0.max(0).saturating_mul(1_000) / most
    }
}

/// A rehearsal that takes longer than a page should: refreshes itself every 2 seconds until the result is there.
#[derive(Template)]
#[template(path = "rehearsal_running.html")]
pub struct RehearsalRunningPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Draft rate, basis points.
    pub rate: i64,
    /// Draft limit.
    pub limit: Won,
    /// Payments looked at.
    pub done: i64,
    /// Of so many.
    pub all: i64,
}

impl RehearsalRunningPage {
    /// Looked at, of 1,000.
    pub fn thousandths(&self) -> i64 {
        if self.all <= 0 { 0 } else { self.done.clamp(0, self.all).saturating_mul(1_000) / self.all }
    }
}
