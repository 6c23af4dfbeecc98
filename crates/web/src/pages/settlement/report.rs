//! The half-yearly report of what was issued and how it was used (Local Gift Certificates Act, art. 14), as a table.

use axum::extract::Query;
use axum::response::Response;
use base::{Date, Month, Refusal, date_of_day, day_of_date};
use city::{Day, Tally};
use economy::{Class, MerchantState, Unit};
use serde::Deserialize;
use sheets::{Cell, Sheet};

use super::files::sent;
use crate::frame::Visit;

#[derive(Deserialize)]
pub(super) struct Asked {
    half: Option<String>,
}

/// The first day of a half year, as `2021-1`; without one, of the last that is over.
fn half(text: Option<&str>, today: Date) -> Option<Month> {
    let Some(text) = text else {
        let this = Month::of(today).0 / 6;
        return Some(Month(this.saturating_sub(1) * 6));
    };
    let (year, half) = text.split_once('-')?;
    let year: u32 = year.parse().ok().filter(|year| (2_000..2_200).contains(year))?;
    let half: u32 = half.parse().ok().filter(|half| (1..=2).contains(half))?;
    Some(Month(year * 12 + (half - 1) * 6))
}

pub(super) async fn report(visit: Visit, Query(asked): Query<Asked>) -> Response {
    const BACK: &str = "/desk/payouts";
    if !visit.looks_into() {
        return visit.at_the_door();
    }
    let today = visit.t.today;
    let Some(first) = half(asked.half.as_deref(), today).filter(|first| *first <= Month::of(today)) else {
        return visit.refuse(Refusal::new("report.half"), BACK);
    };
    let sheets = tables(&visit, first);
    match sheets::xlsx(&sheets, visit.app.now().0.div_euclid(1_000_000)) {
        Ok(bytes) => {
            let name =
                format!("issue-report-{}-{}.xlsx", first.year(), if first.month() == 1 { 1 } else { 2 });
            sent(bytes, &name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        }
        Err(error) => {
            tracing::error!(%error, "a table can't be written");
            visit.refuse(Refusal::new("failed"), BACK)
        }
    }
}

/// By month; by trade; by neighbourhood; what is outstanding now.
fn tables(visit: &Visit, first: Month) -> Vec<Sheet> {
    let t = visit.t;
    let view = visit.app.city.shared.read();
    let (town, books) = (&view.town, &view.books);
    let say = |key: &str| t.say(key).to_string();
    let heads = |keys: &[&str]| keys.iter().map(|key| say(key)).collect::<Vec<_>>();
    let days = |from: Date, to: Date| {
        town.stats.days.range(day_of_date(from)..=day_of_date(to)).map(|(_, day)| day).collect::<Vec<_>>()
    };
    let row = |name: String, days: &[&Day]| -> Vec<Cell> {
        let sum = |of: fn(&Day) -> Tally| {
            days.iter()
                .map(|day| of(day))
                .fold((0, 0), |(count, won), one| (count + one.count, won + one.sum))
        };
        let [up, paid, back] = [sum(|day| day.topped_up), sum(|day| day.paid), sum(|day| day.refunded)];
        let reward: i64 = days.iter().map(|day| day.reward).sum();
        let numbers = [up.0, up.1, reward, up.1 + reward, paid.0, paid.1, back.0, back.1];
        std::iter::once(Cell::from(name)).chain(numbers.map(Cell::from)).collect()
    };
    let months: Vec<Month> = (0..6).map(|n| first.plus(n)).collect();
    let whole = days(first.first_day(), first.plus(5).last_day());
    let mut by_month: Vec<Vec<Cell>> =
        months.iter().map(|month| row(t.month(month), &days(month.first_day(), month.last_day()))).collect();
    by_month.push(row(say("report-all"), &whole));
    let used = |name: String, of: &dyn Fn(&Day) -> Tally| -> Vec<Cell> {
        let (count, won) = whole
            .iter()
            .map(|day| of(day))
            .fold((0, 0), |(count, won), one| (count + one.count, won + one.sum));
        vec![name.into(), count.into(), won.into()]
    };
    let at = |list: &[Tally], index: usize| list.get(index).copied().unwrap_or_default();
    let trades = town.pack.city.trades.iter().enumerate();
    let by_trade = trades.map(|(at_trade, trade)| {
        used(trade.name.in_lang(t.lang).to_owned(), &|day: &Day| at(&day.trades, at_trade))
    });
    let districts = town.pack.city.districts.iter().enumerate();
    let by_district = districts.map(|(at_district, district)| {
        let name = district.name.in_lang(t.lang).replace('\u{ad}', "");
        used(name, &|day: &Day| at(&day.districts, at_district))
    });
    let mut sums = std::collections::BTreeMap::new();
    for (_, account, state) in books.iter() {
        if let Some(class) = Class::numbered(account.key.class).filter(|class| class.unit() == Unit::Won) {
            *sums.entry(class).or_insert(0i64) += state.balance;
        }
    }
    let open = town.directory.shops().iter().filter(|shop| shop.state == MerchantState::Open).count();
    let mut now: Vec<Vec<Cell>> = vec![
        vec![say("report-day").into(), date_of_day(day_of_date(t.today)).to_string().into()],
        vec![say("report-shops").into(), i64::try_from(open).unwrap_or(i64::MAX).into()],
    ];
    now.extend(sums.into_iter().map(|(class, won)| {
        vec![say(&format!("class-{}", class.code().replace('.', "-"))).into(), won.into()]
    }));
    let sheet =
        |name: &str, columns: Vec<String>, rows: Vec<Vec<Cell>>| Sheet { name: say(name), columns, rows };
    vec![
        sheet(
            "report-by-month",
            heads(&[
                "report-month",
                "report-top-ups",
                "report-topped-up",
                "report-reward",
                "report-issued",
                "report-payments",
                "report-paid",
                "report-refunds",
                "report-refunded",
            ]),
            by_month,
        ),
        sheet(
            "report-by-trade",
            heads(&["report-trade", "report-payments", "report-paid"]),
            by_trade.collect(),
        ),
        sheet(
            "report-by-district",
            heads(&["report-district", "report-payments", "report-paid"]),
            by_district.collect(),
        ),
        sheet("report-now", heads(&["report-what", "amount"]), now),
    ]
}

#[cfg(test)]
mod tests {
    use base::date;

    use super::*;

    #[test]
    fn halves_as_they_are_asked_for() {
        let today = date(2021, 8, 3);
        for (text, first) in [
            (None, Some((2021, 1))),
            (Some("2021-1"), Some((2021, 1))),
            (Some("2021-2"), Some((2021, 7))),
            (Some("2021-3"), None),
            (Some("2021"), None),
            (Some("99999-1"), None),
            (Some("x-1"), None),
        ] {
            assert_eq!(half(text, today).map(|m| (m.year(), m.month())), first, "{text:?}");
        }
        assert_eq!(half(None, date(2021, 2, 23)).map(|m| (m.year(), m.month())), Some((2020, 7)));
    }
}
