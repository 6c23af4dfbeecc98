//! `/desk/payouts/lines`: what was found about lines of the bank that fitted no payout, by whom, and when.

use axum::response::Response;
use base::{PersonId, Won, date_of_day};
use city::payouts::end_to_end;
use city::payouts::store::LineRow;
use city::read::bank_lines::{DAYS, Lines, settled};

use crate::frame::Visit;
use crate::look::{BankLine, DeskLinesPage, SettledLine};
use crate::looks::Unseen;

const BACK: &str = "/desk/payouts";

pub(super) async fn show(visit: Visit) -> Response {
    if !visit.is_officer_for("resolve-line") {
        return visit.at_the_door();
    }
    let now = visit.app.now();
    let read = visit.app.read(move |snapshot| settled(snapshot, now)).await;
    let Lines { lines, people, all } = match read {
        Ok(lines) => lines,
        Err(error) => return visit.refuse(error, BACK),
    };
    if let Err(away) = looked_at(&visit, people).await {
        return visit.refuse(away, BACK);
    }
    let page = DeskLinesPage {
        t: visit.t,
        page: visit.page(),
        weeks: DAYS / 7,
        lines: lines.iter().filter_map(|row| settled_line(&visit, row)).collect(),
        all,
    };
    visit.show(&page)
}

/// Whose payouts lines are about is looked at with them: who is on the other side stands there.
pub(super) async fn looked_at(visit: &Visit, people: Vec<PersonId>) -> Result<(), Unseen> {
    visit.app.look_at(visit.looks("payouts.line", "payout"), people).await
}

/// What stands in a line.
pub(super) fn of_the_bank(visit: &Visit, row: &LineRow) -> BankLine {
    let t = visit.t;
    let said = row.said(&visit.app.city.vault()).unwrap_or_default();
    let told = [said.party, said.text, said.reference, said.end_to_end, said.code];
    BankLine {
        day: row.day.and_then(|day| i32::try_from(day).ok()).map(date_of_day),
        what: t.say(format!("bank-line-{}", row.kind)).to_string(),
        why: t.say(format!("bank-puzzle-{}", row.puzzle)).to_string(),
        amount: Won(row.amount),
        said: told.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

fn settled_line(visit: &Visit, row: &LineRow) -> Option<SettledLine> {
    let t = visit.t;
    let me = visit.actor().map(city::looks::who);
    let by = match &row.done_by {
        None => t.say("bank-settled-by-unknown").to_string(),
        by if *by == me => t.say("bank-settled-by-me").to_string(),
        Some(by) => t.say("bank-settled-by-other").text("who", by).to_string(),
    };
    Some(SettledLine {
        of: of_the_bank(visit, row),
        note: row.found(&visit.app.city.vault())?,
        payout: row.done_payout.map(end_to_end).unwrap_or_default(),
        by,
        at: visit.moment(row.done?),
    })
}
