//! `/prepaid`: the public board, pledged against paid.

use axum::extract::Query;
use axum::response::Response;
use base::{Lang, Won};
use city::CityView;
use city::prepay::read::{self, Board, Line};
use serde::Deserialize;

use super::{offers, on_sale, thousandths};
use crate::frame::Visit;
use crate::look::{PledgeLine, PrepaidBoardPage};

/// Which shops of the list.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    name: String,
    from: String,
}

/// Letters of a name that is looked for.
const LONGEST: usize = 40;

pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    let name: String = asked.name.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    let from = asked.from.parse().unwrap_or(0);
    let read = visit.app.read(move |snapshot| Ok((read::board(snapshot)?, read::offering(snapshot)?)));
    let (board, shops) = match read.await {
        Ok(read) => read,
        Err(error) => return visit.refuse(error, "/"),
    };
    let frame = visit.page();
    let (sale, offers, board, pledges) = {
        let view = visit.app.city.shared.read();
        let board = board.within(&view.town.directory.organisations, visit.t.today);
        let pledges = lines(&view.town, visit.t.lang, &board, false);
        let offers = offers(&view.town, visit.t.lang, &shops, (&name, from));
        (on_sale(&view.town, &visit), offers, board, pledges)
    };
    let (firms, people, amount) = board.pledged();
    let page = PrepaidBoardPage {
        t: visit.t,
        page: frame,
        on_sale: sale,
        people: board.all.people,
        sum: Won(board.all.sum),
        pledges,
        pledged: (firms, people, Won(amount)),
        orders: (board.orders.count, Won(board.orders.sum), Won(board.orders.paid_sum)),
        offers,
        name,
    };
    visit.show(&page)
}

/// Each whole, its parts below it. Codes are for the desk.
pub(super) fn lines(view: &CityView, lang: Lang, board: &Board, with_codes: bool) -> Vec<PledgeLine> {
    let name = |id| view.directory.organisations.get(id).map(|one| one.named(lang).to_owned());
    let line = |line: &Line, part: bool| PledgeLine {
        name: name(line.pledge.organisation).unwrap_or_default(),
        part,
        firms: i64::try_from(line.firms).unwrap_or(i64::MAX),
        people: (i64::from(line.pledge.people), line.people),
        amount: (Won(line.pledge.amount), Won(line.paid)),
        thousandths: thousandths(line.paid, line.pledge.amount),
        code: if with_codes { line.pledge.code.clone() } else { String::new() },
    };
    let mut all = Vec::new();
    for whole in &board.lines {
        all.push(line(whole, false));
        all.extend(whole.parts.iter().map(|part| line(part, true)));
    }
    all
}
