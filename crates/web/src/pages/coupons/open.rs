//! `GET /coupons`: what is let out, for everyone. `GET /coupons/draws/{id}`: a draw that anyone can do again.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use base::{Instant, Role};
use city::coupons::Drawn;
use rules::How;

use super::cards::For;
use crate::frame::Visit;
use crate::look::{CouponsOpenPage, DrawPage, DrawShown};
use crate::problem::Rejected;

/// So that nobody has to believe us: what computes the winners, in a language that many can run.
const RECIPE: &str = "\
from hashlib import sha256
seed, beacon = bytes.fromhex(SEED), BEACON.encode()
assert sha256(seed).hexdigest() == COMMITMENT
score = lambda no: sha256(seed + beacon + b'\\0' + no.to_bytes(4, 'big')).digest()
inside = [no for no in range(1, TICKETS + 1) if no not in OUT]
print(sorted(sorted(inside, key=score)[:WINNERS]))";

pub(super) async fn show(visit: Visit) -> Response {
    let frame = visit.page();
    let page = {
        let view = visit.app.city.shared.read();
        let cards = For { app: &visit.app, view: &view.town, books: &view.books, t: visit.t, person: None };
        let mut releases = cards.releases();
        if matches!(visit.role, Some(Role::Citizen(_)) | None) {
            // The button stands with what is one's own.
            for release in releases.iter_mut().filter(|one| one.chip.0 == "on") {
                release.check.get_or_insert_with(|| "/wallet/coupons".to_owned());
            }
        }
        CouponsOpenPage { t: visit.t, page: frame, sales: cards.sales(), releases }
    };
    visit.show(&page)
}

pub(super) async fn draw(visit: Visit, Path(id): Path<String>) -> Response {
    let frame = visit.page();
    let page = {
        let view = visit.app.city.shared.read();
        let town = &view.town;
        let release = town.pack.coupons.release(&id);
        release.and_then(|release| {
            let How::Draw { from, until, winners, beacon, .. } = &release.how else { return None };
            let cards = For { app: &visit.app, view: town, books: &view.books, t: visit.t, person: None };
            let draw = town.coupons.draw(&id);
            Some(DrawPage {
                t: visit.t,
                page: frame,
                name: release.name.in_lang(visit.t.lang).to_owned(),
                lines: cards.lot_lines(release, (*from, *until), *winners),
                commitment: draw.map(|one| (one.commitment.clone(), town.zone.civil(one.committed))),
                beacon: beacon.as_ref().map(|name| name.in_lang(visit.t.lang).to_owned()),
                drawn: draw.and_then(|one| one.drawn.as_ref()).map(|drawn| shown(drawn, &town.zone)),
                recipe: RECIPE,
            })
        })
    };
    match page {
        Some(page) => visit.show(&page),
        None => visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "release.unknown"), "/coupons"),
    }
}

fn shown(drawn: &Drawn, zone: &base::Zone) -> DrawShown {
    let list = |numbers: &[u32]| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    DrawShown {
        seed: drawn.seed.clone(),
        beacon: drawn.beacon.clone(),
        tickets: drawn.tickets,
        out: list(&drawn.out),
        winners: list(&drawn.winners),
        count: drawn.winners.len(),
        at: zone.civil(Instant(drawn.at)),
    }
}
