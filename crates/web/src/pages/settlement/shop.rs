//! `/shop/payouts`: what comes next and what came, down to the payment; and where it goes.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{MerchantId, PostingNo, Role, Won};
use calendar::Holidays;
use city::Payee;
use city::payouts::store::PayoutRow;
use city::read::payouts::{self as read, Earned};
use city::read::shop::pay_day;
use economy::decide::settle;
use economy::facts::{Facts, Settlement};

use super::{Typed, empty_form, expired, unknown, words, wrong_form};
use crate::frame::Visit;
use crate::look::{AccountForm, AccountHeld, Alert, FieldError, PayoutLine, ShopPayoutPage, ShopPayoutsPage};

/// Payouts on the page: two months of them.
const SHOWN: u32 = 45;

/// What a form left behind.
#[derive(Default)]
struct Sent {
    form: Option<AccountForm>,
    errors: Vec<FieldError>,
    alert: Option<Alert>,
    status: StatusCode,
}

fn owner(visit: &Visit) -> Option<MerchantId> {
    match visit.role {
        Some(Role::Merchant(shop)) => Some(shop),
        _ => None,
    }
}

pub(super) async fn show(visit: Visit) -> Response {
    match owner(&visit) {
        Some(shop) => page(visit, shop, Sent::default()).await,
        None => visit.at_the_door(),
    }
}

/// What the next payout will be, as it will be decided: nothing where nothing is owed.
fn next(visit: &Visit, shop: MerchantId) -> Settlement {
    let view = visit.app.city.shared.read();
    let case = city::settle_case(&view.town, &view.books, shop, visit.t.today);
    match settle(&case).map(|decision| decision.facts) {
        Ok(Facts::Settle(settlement)) => settlement,
        _ => Settlement { merchant: shop, amount: 0, netted: 0, returned: 0, support: 0, gift: None },
    }
}

async fn page(visit: Visit, shop: MerchantId, mut sent: Sent) -> Response {
    let standing = read::standing(&visit.app.city.shared.read().books, shop);
    let found = visit.app.read(move |snapshot| {
        let payee = Payee::Shop(shop);
        let payouts = read::payouts_of(snapshot, payee, None, SHOWN)?;
        Ok((read::coming(snapshot, standing)?, read::account_of(snapshot, payee)?, payouts))
    });
    let (earned, account, payouts) = match found.await {
        Ok(found) => found,
        Err(error) => return visit.refuse(error, "/shop"),
    };
    let t = visit.t;
    let vault = visit.app.city.vault();
    let account = account.and_then(|row| {
        let opened = row.open(&vault)?;
        Some(AccountHeld {
            bank: words::bank(&visit, &opened.bank),
            number: opened.masked(),
            holder: opened.holder,
            since: visit.moment(row.since),
            fault: row.ended.and(row.why),
        })
    });
    let settlement = next(&visit, shop);
    let coming = {
        let view = visit.app.city.shared.read();
        city::prepay::read::to_advance(&view.town, &view.books, shop, visit.t.today)
    };
    let day = {
        let view = visit.app.city.shared.read();
        let hour = view.town.pack.city.payout_hour;
        pay_day(hour, &Holidays::new(view.town.pack.city.holidays()), &view.town.zone, visit.app.now())
    };
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let page = ShopPayoutsPage {
        t,
        page: frame,
        errors: std::mem::take(&mut sent.errors),
        pay_day: day,
        pay_amount: Won(settlement.amount),
        sums: words::sums(t, &earned, coming, &settlement),
        parts: words::parts(&visit, &earned),
        many: earned.parts.is_none(),
        account,
        form: sent.form.take().unwrap_or_else(|| empty_form(&visit)),
        payouts: payouts.iter().map(|row| line(&visit, row)).collect(),
    };
    visit.show_as(sent.status, &page)
}

fn line(visit: &Visit, row: &PayoutRow) -> PayoutLine {
    PayoutLine {
        href: format!("/shop/payouts/{}", row.posting),
        at: visit.moment(row.since),
        amount: Won(row.amount),
        state: words::state(visit.t, &row.state),
        code: row.state.clone(),
    }
}

pub(super) async fn one(visit: Visit, Path(id): Path<String>) -> Response {
    let Some(shop) = owner(&visit) else { return visit.at_the_door() };
    let Ok(no) = id.parse::<PostingNo>() else { return visit.refuse(unknown(), "/shop/payouts") };
    let standing = read::standing(&visit.app.city.shared.read().books, shop);
    let account = standing.map(|(account, _)| account);
    let found = visit.app.read(move |snapshot| read::opened(snapshot, shop, account, no)).await;
    let opened = match found {
        Ok(Some(opened)) => opened,
        Ok(None) => return visit.refuse(unknown(), "/shop/payouts"),
        Err(error) => return visit.refuse(error, "/shop/payouts"),
    };
    let earned: &Earned = &opened.earned;
    let page = ShopPayoutPage {
        t: visit.t,
        page: visit.page(),
        payout: line(&visit, &opened.row),
        sums: words::sums(visit.t, earned, 0, &opened.settlement),
        parts: words::parts(&visit, earned),
        many: earned.parts.is_none(),
    };
    visit.show(&page)
}

pub(super) async fn account(visit: Visit, Form(typed): Form<Typed>) -> Response {
    let Some(shop) = owner(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&typed.csrf) {
        return visit.refuse(expired(), "/shop/payouts");
    }
    match visit.ask(&typed.request_key, typed.command(Payee::Shop(shop), false)).await {
        Ok(_) => visit.go("/shop/payouts"),
        Err(rejected) => {
            let (form, errors, alert) = wrong_form(&visit, &typed, &rejected);
            let sent = Sent { form: Some(form), errors, alert: Some(alert), status: rejected.status };
            page(visit, shop, sent).await
        }
    }
}
