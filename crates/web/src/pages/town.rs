//! `GET /`: the public town at work.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use base::{Date, Lang, Won};
use city::read::town::{budget_state, city_limit, payment_budget, rests_until};
use city::{CityView, Day};
use rules::GrantAt;
use serde_json::{Value, json};

use crate::app::{App, Mode};
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::{Bar, BarChart, Budget, Tile, TileMap, Tongue, TownPage, TradeShare, level};

pub(super) fn routes() -> Router<SharedApp> {
    Router::new().route("/", get(town))
}

/// As many trades as fit without a scroll.
const TRADES: usize = 6;

async fn town(visit: Visit) -> Response {
    let page = {
        let now = visit.app.now();
        let view = visit.app.city.shared.read();
        let city = &view.town;
        let today = city.zone.date(now);
        let hour = city.zone.hour(now);
        let day = city.stats.day(city.zone.day_number(now));
        let t = visit.t;
        let rests = rests_until(city_limit(city, &view.books, today), today);
        let budget = payment_budget(city, today).map(|budget| {
            let state = budget_state(city, &view.books, budget, today);
            Budget {
                total: Won(state.total),
                used: Won(state.used),
                runs_out: state.runs_out,
                until: state.until,
                rests: state.daily <= 0 || rests.is_some(),
                unvoted: state.total <= 0,
            }
        });
        let campaign = city.pack.campaign_on(today);
        let rate =
            city.pack.grants_on(today, GrantAt::Payment).first().map_or(0, |(g, _)| g.rate.basis_points());
        let demo = matches!(visit.app.mode, Mode::Demo(_));
        let door = |path: &str| if demo { "/enter".to_owned() } else { format!("/sign-in?next={path}") };
        TownFill {
            today_sum: Won(day.paid.sum),
            today_count: day.paid.count,
            hour_count: day.hours[usize::from(hour)].count,
            map: TileMap { tiles: tiles(city, &day, t.lang) },
            gifts: gifts(city),
            budget: budget.unwrap_or_else(|| Budget::none(today)),
            rests_until: rests,
            rate,
            person_limit: campaign.and_then(|c| c.person_month).unwrap_or(Won::ZERO),
            by_hour: hours(&day, hour, t),
            trades: trades(city, &day, t.lang),
            offers_tour: demo,
            doors: [door("/wallet"), door("/shop"), door("/desk")],
        }
    };
    let [door_citizen, door_shop, door_city] = page.doors;
    let page = TownPage {
        t: visit.t,
        page: visit.page(),
        today_sum: page.today_sum,
        today_count: page.today_count,
        hour_count: page.hour_count,
        map: page.map,
        gifts: page.gifts,
        budget: page.budget,
        rests_until: page.rests_until,
        rate: page.rate,
        person_limit: page.person_limit,
        by_hour: page.by_hour,
        trades: page.trades,
        offers_tour: page.offers_tour,
        door_citizen,
        door_shop,
        door_city,
    };
    visit.show(&page)
}

/// What is read under one lock.
struct TownFill {
    today_sum: Won,
    today_count: i64,
    hour_count: i64,
    map: TileMap,
    gifts: (Won, usize),
    budget: Budget,
    rests_until: Option<Date>,
    rate: i64,
    person_limit: Won,
    by_hour: BarChart,
    trades: Vec<TradeShare>,
    offers_tour: bool,
    doors: [String; 3],
}

/// Won given and kept, and how many shops give or have applied to.
fn gifts(city: &CityView) -> (Won, usize) {
    use city::giving::AngelState::{Applied, Checked, Plaque};
    let giving = &city.directory.giving;
    let (people, shops) = giving.given().won();
    let angels = giving.angels().filter(|angel| matches!(angel.state, Applied | Checked | Plaque)).count();
    (Won(people + shops), angels)
}

fn tiles(city: &CityView, day: &Day, lang: Lang) -> Vec<Tile> {
    let mut giving = vec![0; city.pack.city.districts.len()];
    let angels =
        city.directory.giving.angels().filter(|angel| angel.state == city::giving::AngelState::Plaque);
    for angel in angels {
        let shop = city.directory.shop(angel.merchant).map(|(_, shop)| usize::from(shop.district));
        if let Some(count) = shop.and_then(|place| giving.get_mut(place)) {
            *count += 1;
        }
    }
    city.pack
        .city
        .districts
        .iter()
        .enumerate()
        .map(|(index, district)| {
            let name = district.name.in_lang(lang).to_owned();
            let short = match lang {
                Lang::Ko => name.strip_suffix('동').unwrap_or(&name).to_owned(),
                Lang::En => name.strip_suffix("-dong").unwrap_or(&name).to_owned(),
            };
            Tile {
                code: district.code.clone(),
                name,
                short,
                col: u16::from(district.tile.0),
                row: u16::from(district.tile.1),
                value: day.districts.get(index).map_or(0, |t| t.count),
                gives: giving.get(index).copied().unwrap_or(0),
            }
        })
        .collect()
}

pub(crate) fn hours(day: &Day, now: u8, t: Tongue) -> BarChart {
    let busiest =
        day.hours.iter().enumerate().max_by_key(|(_, tally)| tally.sum).filter(|(_, tally)| tally.sum > 0);
    let sentence = match busiest {
        Some((hour, _)) => t.say("town-by-hour-top").count("hour", hour).to_string(),
        None => String::new(),
    };
    let marked = busiest.map_or(usize::from(now), |(hour, _)| hour);
    BarChart {
        sentence,
        label_heading: t.say("town-hour").to_string(),
        value_heading: t.say("town-sum").to_string(),
        bars: day
            .hours
            .iter()
            .enumerate()
            .map(|(hour, tally)| Bar {
                label: t.say("hour-label").count("hour", hour).to_string(),
                value: tally.sum,
                marked: hour == marked,
            })
            .collect(),
        in_won: true,
    }
}

fn trades(city: &CityView, day: &Day, lang: Lang) -> Vec<TradeShare> {
    let mut trades: Vec<(String, i64)> = city
        .pack
        .city
        .trades
        .iter()
        .zip(&day.trades)
        .filter(|(_, tally)| tally.sum > 0)
        .map(|(trade, tally)| (trade.name.in_lang(lang).to_owned(), tally.sum))
        .collect();
    trades.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    trades.truncate(TRADES);
    let most = trades.first().map_or(1, |(_, sum)| *sum).max(1);
    trades
        .into_iter()
        .map(|(name, sum)| TradeShare {
            name,
            sum: Won(sum),
            thousandths: u32::try_from(sum.saturating_mul(1_000) / most).unwrap_or(0),
        })
        .collect()
}

/// The live numbers of the town.
pub(crate) fn numbers(app: &App) -> Value {
    let now = app.now();
    let view = app.city.shared.read();
    let city = &view.town;
    let day = city.stats.day(city.zone.day_number(now));
    let most = day.districts.iter().map(|t| t.count).max().unwrap_or(0).max(1);
    let tiles: serde_json::Map<String, Value> = city
        .pack
        .city
        .districts
        .iter()
        .enumerate()
        .map(|(index, district)| {
            let count = day.districts.get(index).map_or(0, |t| t.count);
            (district.code.clone(), json!([count, level(count, most)]))
        })
        .collect();
    json!({
        "numbers": {
            "today_sum": day.paid.sum,
            "today_count": day.paid.count,
            "hour_count": day.hours[usize::from(city.zone.hour(now))].count,
        },
        "tiles": tiles,
    })
}
