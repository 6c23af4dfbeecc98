//! The public town at work.

use askama::Template;
use base::{Date, Won};

use super::chart::{BarChart, Budget, TileMap};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A trade's share of today.
#[derive(Debug, Clone)]
pub struct TradeShare {
    /// Its name in the reader's language.
    pub name: String,
    /// Today's sum.
    pub sum: Won,
    /// Of the largest trade, of 1,000: the length of its bar.
    pub thousandths: u32,
}

/// `GET /`. Public. Live by `GET /live` (server-sent events; the message is described in `assets/app.js`:
/// numbers `today_sum`, `today_count`, `hour_count`; tiles `code → [value, level]`; text `clock`).
/// Without scripts it refreshes every 10 seconds. "5분 둘러보기" posts `action=start` + `csrf` to `/tour`.
#[derive(Template)]
#[template(path = "town.html")]
pub struct TownPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Paid today.
    pub today_sum: Won,
    /// Payments today.
    pub today_count: i64,
    /// Payments since the hour began.
    pub hour_count: i64,
    /// Payments today by neighbourhood.
    pub map: TileMap,
    /// Won given and kept, and how many shops give or have applied to.
    pub gifts: (Won, usize),
    /// This period's cashback budget.
    pub budget: Budget,
    /// The day from which payments earn again, where the city's limit of the month is reached.
    pub rests_until: Option<Date>,
    /// The rate, in basis points.
    pub rate: i64,
    /// A person's monthly limit.
    pub person_limit: Won,
    /// Today's sum by hour.
    pub by_hour: BarChart,
    /// Today's trades, largest first, about six.
    pub trades: Vec<TradeShare>,
    /// Show the tour's button (demo).
    pub offers_tour: bool,
    /// Where 시민 leads (`/wallet`, or signing in).
    pub door_citizen: String,
    /// Where 가게 leads.
    pub door_shop: String,
    /// Where 시청 leads.
    pub door_city: String,
}
