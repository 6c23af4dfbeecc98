//! `/shop/poster`: the shop's fixed code, to print. A shop that takes no cards any more has none, and what it has printed
//! before leads to a refusal.

use axum::response::Response;

use super::code::shown_code;
use super::counter::code_of;
use super::{HOME, shop_of};
use crate::frame::Visit;
use crate::look::{ShopPosterPage, qr_svg};

pub(super) async fn show(visit: Visit) -> Response {
    let Some(shop) = shop_of(&visit) else { return visit.at_the_door() };
    let shown = match shown_code(&visit.app, shop, None) {
        Ok(shown) => shown,
        Err(refusal) => return visit.refuse(refusal, HOME),
    };
    let name = {
        let view = visit.app.city.shared.read();
        view.town.directory.shop(shop).map(|(_, shop)| shop.name.clone()).unwrap_or_default()
    };
    let page = ShopPosterPage {
        t: visit.t,
        page: visit.page(),
        shop: name,
        qr: qr_svg(&shown.url).unwrap_or_default(),
        emv: qr_svg(&shown.emv).unwrap_or_default(),
        payload: shown.emv,
        shop_code: code_of(&visit, shop),
    };
    visit.show(&page)
}
