//! `/prepaid`: the public board, pledged against paid.

use axum::response::Response;
use base::Won;
use city::prepay::read::{self, Board, Line};

use super::{SHOWN, offers, on_sale, thousandths};
use crate::frame::Visit;
use crate::look::{PledgeLine, PrepaidBoardPage};

pub(super) async fn show(visit: Visit) -> Response {
    let read = visit.app.read(move |snapshot| Ok((read::board(snapshot)?, read::offering(snapshot, SHOWN)?)));
    let (board, shops) = match read.await {
        Ok(read) => read,
        Err(error) => return visit.refuse(error, "/"),
    };
    let frame = visit.page();
    let (sale, offers) = {
        let view = visit.app.city.shared.read();
        (on_sale(&view.town, &visit), offers(&view.town, visit.t.lang, &shops))
    };
    let (firms, people, amount) = board.pledged();
    let page = PrepaidBoardPage {
        t: visit.t,
        page: frame,
        on_sale: sale,
        people: board.all.people,
        sum: Won(board.all.sum),
        pledges: lines(&board, false),
        pledged: (firms, people, Won(amount)),
        orders: (board.orders.count, Won(board.orders.sum), Won(board.orders.paid_sum)),
        offers,
    };
    visit.show(&page)
}

/// Each whole, its parts below it. Codes are for the desk.
pub(super) fn lines(board: &Board, with_codes: bool) -> Vec<PledgeLine> {
    let line = |line: &Line, part: bool| PledgeLine {
        name: line.pledge.name.clone(),
        part,
        firms: i64::from(line.pledge.firms),
        people: (i64::from(line.pledge.people), line.people),
        amount: (Won(line.pledge.amount), Won(line.paid)),
        thousandths: thousandths(line.paid, line.pledge.amount),
        code: if with_codes { line.pledge.code.clone() } else { String::new() },
        id: line.pledge.organisation.to_string(),
    };
    let mut all = Vec::new();
    for whole in &board.lines {
        all.push(line(whole, false));
        all.extend(whole.parts.iter().map(|part| line(part, true)));
    }
    all
}
