//! `GET` and `POST /shop/sales`: the sales a shop's owner may join.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use base::{MerchantId, Role};
use city::{Command, OnCoupons};
use serde::Deserialize;

use super::cards::For;
use crate::frame::Visit;
use crate::look::{Alert, SaleToJoin, ShopSalesPage};
use crate::pages::wallet::expired;

const HERE: &str = "/shop/sales";

fn owner(visit: &Visit) -> Option<MerchantId> {
    match visit.role {
        Some(Role::Merchant(shop)) => Some(shop),
        _ => None,
    }
}

pub(super) async fn show(visit: Visit) -> Response {
    match owner(&visit) {
        Some(shop) => page(visit, shop, StatusCode::OK, None),
        None => visit.at_the_door(),
    }
}

fn page(visit: Visit, id: MerchantId, status: StatusCode, alert: Option<Alert>) -> Response {
    let mut frame = visit.page();
    frame.alert = alert;
    let page = {
        let view = visit.app.city.shared.read();
        let (town, t) = (&view.town, visit.t);
        let cards = For { app: &visit.app, view: town, books: &view.books, t, person: None };
        let shop = town.directory.shop(id).map(|(_, shop)| shop);
        let trade = shop.and_then(|shop| town.pack.city.trades.get(usize::from(shop.trade)));
        let sales = town.pack.coupons.sales.iter().filter(|sale| sale.until >= t.today);
        let sales = sales.map(|sale| SaleToJoin {
            id: sale.id.clone(),
            sale: cards.sale(sale),
            joined: town.coupons.takes_part(id, &sale.id),
            may: trade.is_some_and(|trade| sale.admits(&trade.id, shop.and_then(|shop| shop.sales))),
        });
        let sales = sales.collect();
        ShopSalesPage { t, page: frame, sales, request_key: visit.app.request_key() }
    };
    visit.show_as(status, &page)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    sale: String,
    on: String,
}

pub(super) async fn join(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(merchant) = owner(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HERE);
    }
    let on = form.on == "yes";
    let wish = OnCoupons::Join { sale: form.sale, merchant, on };
    match visit.ask(&form.request_key, Command::OnCoupons(wish)).await {
        Ok(_) => {
            let said = visit.t.say(if on { "done-joined" } else { "done-left" }).to_string();
            page(visit, merchant, StatusCode::OK, Some(Alert::done(said)))
        }
        Err(rejected) => {
            let (alert, status) = (visit.alert(&rejected), rejected.status);
            page(visit, merchant, status, Some(alert))
        }
    }
}
