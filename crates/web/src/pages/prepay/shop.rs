//! `/shop/prepaid`: a shop offers it, sees what came in, takes one back; and buys from other firms.

use axum::extract::{Form, Path};
use axum::response::Response;
use base::{MerchantId, Role, Won, date_of_day};
use city::prepay::read::{self, OfShop, Order, Product, Sum};
use city::{CityView, Command, OnPrepay};
use economy::decide::LARGEST;
use serde::Deserialize;

use super::{Sent, expired, on_sale, won_error};
use crate::frame::Visit;
use crate::look::{CameInLine, OrderLine, ProductLine, ShopPrepaidPage};
use crate::pages::wallet::typed;

const HOME: &str = "/shop/prepaid";
/// Lines of each list.
const SHOWN: u32 = 100;
const DONE: [(&str, &str); 6] = [
    ("open", "shop-prepaid-did-open"),
    ("stop", "shop-prepaid-did-stop"),
    ("returned", "shop-prepaid-did-return"),
    ("listed", "firms-did-list"),
    ("unlisted", "firms-did-unlist"),
    ("ordered", "firms-did-order"),
];

/// Every form of the page; each has some of these.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    action: String,
    name: String,
    price: String,
    quantity: String,
}

/// What is read in one snapshot.
struct Rows {
    offers: bool,
    sum: Sum,
    lines: Vec<OfShop>,
    products: Vec<Product>,
    orders: Vec<Order>,
}

fn owner(visit: &Visit) -> Option<MerchantId> {
    match visit.role {
        Some(Role::Merchant(shop)) => Some(shop),
        _ => None,
    }
}

pub(super) async fn show(visit: Visit) -> Response {
    let Some(shop) = owner(&visit) else { return visit.at_the_door() };
    let sent = Sent { alert: visit.did(&DONE), ..Sent::default() };
    page(visit, shop, sent).await
}

async fn page(visit: Visit, me: MerchantId, mut sent: Sent) -> Response {
    let read = visit.app.read(move |snapshot| {
        let (sum, lines) = read::came_in(snapshot, me, SHOWN)?;
        let products = read::products(snapshot, SHOWN)?;
        let orders = read::orders_of(snapshot, me, SHOWN)?;
        Ok(Rows { offers: read::offers(snapshot, me)?, sum, lines, products, orders })
    });
    let rows = match read.await {
        Ok(rows) => rows,
        Err(error) => return visit.refuse(error, "/shop"),
    };
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let page = {
        let view = visit.app.city.shared.read();
        let (open, left, advanced) = read::of_shop(&view.town.claims, &view.books, me);
        let name = |shop: MerchantId| shop_name(&view.town, shop);
        ShopPrepaidPage {
            t: visit.t,
            page: frame,
            offers: rows.offers,
            on_sale: on_sale(&view.town, &visit),
            offer_key: visit.app.request_key(),
            open,
            left: Won(left),
            advanced: Won(advanced),
            coming: Won(read::to_advance(&view.town, &view.books, me, visit.t.today)),
            count: rows.sum.count,
            sum: Won(rows.sum.sum),
            back: Won(rows.sum.back),
            lines: rows
                .lines
                .iter()
                .map(|line| came_in(&visit, line, read::has_any(&view.town, &view.books, line.claim)))
                .collect(),
            products: rows
                .products
                .iter()
                .map(|product| ProductLine {
                    no: product.no,
                    name: product.name.clone(),
                    firm: name(product.merchant),
                    price: Won(product.price),
                    own: product.merchant == me,
                    request_key: visit.app.request_key(),
                })
                .collect(),
            orders: rows.orders.iter().map(|order| ordered(&visit, me, order, name)).collect(),
            list_key: sent.key(&visit, "list"),
            named: sent.field("name"),
            price: sent.field("price"),
            errors: std::mem::take(&mut sent.errors),
        }
    };
    visit.show_as(sent.status, &page)
}

fn shop_name(view: &CityView, shop: MerchantId) -> String {
    view.directory.shop(shop).map(|(_, shop)| shop.name.clone()).unwrap_or_default()
}

/// `filled`: there is something left in it. A row says open until its claim ends; used up it is by the books.
fn came_in(visit: &Visit, line: &OfShop, filled: bool) -> CameInLine {
    let state = match line.state.as_str() {
        "returned" => "claim-returned",
        "expired" => "claim-expired",
        "closed" => "claim-closed",
        _ if filled => "claim-open",
        _ => "claim-used",
    };
    CameInLine {
        no: line.claim,
        day: date_of_day(line.bought),
        amount: Won(line.amount),
        state: visit.t.say(state).to_string(),
        back: Won(line.back),
        return_key: if filled { visit.app.request_key() } else { String::new() },
    }
}

fn ordered(visit: &Visit, me: MerchantId, order: &Order, name: impl Fn(MerchantId) -> String) -> OrderLine {
    let bought = order.buyer == me;
    let what = visit.t.say("firms-what-ordered").text("name", &order.name).count("quantity", order.quantity);
    OrderLine {
        no: order.no,
        what: what.to_string(),
        firm: name(if bought { order.merchant } else { order.buyer }),
        bought,
        amount: Won(order.amount),
        paid: order.paid.is_some(),
    }
}

async fn asked(visit: Visit, form: Post, command: OnPrepay, (did, keeps): (&str, &'static str)) -> Response {
    let Some(me) = owner(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HOME);
    }
    match visit.ask(&form.request_key, Command::OnPrepay(command)).await {
        Ok(_) => visit.go(&format!("{HOME}?did={did}")),
        Err(rejected) => {
            let mut sent = Sent::default();
            sent.keep("name", &form.name);
            sent.keep("price", &form.price);
            sent.refused(&visit, &rejected, keeps, form.request_key);
            page(visit, me, sent).await
        }
    }
}

pub(super) async fn offer(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(merchant) = owner(&visit) else { return visit.at_the_door() };
    if form.action == "stop" {
        asked(visit, form, OnPrepay::StopOffer { merchant }, ("stop", "offer")).await
    } else {
        asked(visit, form, OnPrepay::Offer { merchant }, ("open", "offer")).await
    }
}

pub(super) async fn take_back(visit: Visit, Path(claim): Path<u32>, Form(form): Form<Post>) -> Response {
    asked(visit, form, OnPrepay::Return { claim }, ("returned", "return")).await
}

pub(super) async fn list(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(merchant) = owner(&visit) else { return visit.at_the_door() };
    let Some(price) = typed::amount(&form.price) else {
        if !visit.form_holds(&form.csrf) {
            return visit.refuse(expired(), HOME);
        }
        let mut sent = Sent::default();
        sent.keep("name", &form.name);
        let error = won_error(&visit, LARGEST);
        sent.wrong("price", &form.price, error);
        return page(visit, merchant, sent).await;
    };
    let name = form.name.clone();
    asked(visit, form, OnPrepay::List { merchant, name, price }, ("listed", "list")).await
}

pub(super) async fn unlist(visit: Visit, Path(product): Path<u32>, Form(form): Form<Post>) -> Response {
    asked(visit, form, OnPrepay::Unlist { product }, ("unlisted", "unlist")).await
}

pub(super) async fn order(visit: Visit, Path(product): Path<u32>, Form(form): Form<Post>) -> Response {
    let Some(buyer) = owner(&visit) else { return visit.at_the_door() };
    let quantity = form.quantity.trim().parse().unwrap_or(0);
    asked(visit, form, OnPrepay::Order { buyer, product, quantity }, ("ordered", "order")).await
}
