//! Good prepayment: a citizen's claims, a shop's, the desk's guarantee and pledges, and the public board.

mod board;
mod desk;
mod orders;
mod own;
mod shop;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use base::{Lang, Won};
use city::CityView;
use rules::GrantAt;

use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::{Alert, Field, FieldError, OfferLine, Offers, OnSale};
use crate::problem::Rejected;

/// So many shops stand on a page of the list.
const SHOWN: usize = 60;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/prepaid", get(board::show))
        .route("/wallet/prepaid", get(own::show).post(own::buy))
        .route("/wallet/prepaid/join", post(own::join))
        .route("/wallet/prepaid/{claim}/gift", post(own::give))
        .route("/wallet/prepaid/{claim}/return", post(own::give_back))
        .route("/wallet/orders/{no}/pay", post(orders::pay))
        .route("/shop/prepaid", get(shop::show))
        .route("/shop/prepaid/offer", post(shop::offer))
        .route("/shop/prepaid/{claim}/return", post(shop::take_back))
        .route("/shop/products", post(shop::list))
        .route("/shop/products/{no}/unlist", post(shop::unlist))
        .route("/shop/products/{no}/order", post(shop::order))
        .route("/desk/prepaid", get(desk::show))
        .route("/desk/prepaid/pledges", post(desk::pledge))
}

/// What can be bought today.
fn on_sale(view: &CityView, visit: &Visit) -> Option<OnSale> {
    let (pack, t) = (&view.pack, visit.t);
    let programme = pack.prepayment_on(t.today)?;
    let rate =
        pack.grants_on(t.today, GrantAt::Payment).first().map_or(0, |(grant, _)| grant.rate.basis_points());
    Some(OnSale {
        name: programme.name.in_lang(t.lang).to_owned(),
        least: programme.least,
        most: programme.most,
        until: programme.until,
        use_by: programme.use_by,
        rate,
        days: programme.returns.days,
        share: programme.returns.after_use.basis_points(),
        source: programme.source.in_lang(t.lang).to_owned(),
    })
}

/// A page of the open shops among these whose name holds a word, by name.
fn offers(view: &CityView, lang: Lang, shops: &[base::MerchantId], (word, from): (&str, usize)) -> Offers {
    let word = word.trim().to_lowercase();
    let open = shops.iter().filter_map(|id| view.directory.shop(*id)).map(|(_, shop)| shop);
    let mut open: Vec<_> = open.filter(|shop| shop.state == economy::MerchantState::Open).collect();
    let all = open.len();
    open.retain(|shop| shop.name.to_lowercase().contains(&word));
    open.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    let line = |shop: &&economy::Merchant| {
        let place = view.pack.city.districts.get(usize::from(shop.district));
        OfferLine {
            id: economy::business_number::show(&shop.business_number),
            name: shop.name.clone(),
            place: place.map(|place| place.name.in_lang(lang).to_owned()).unwrap_or_default(),
        }
    };
    let lines = open.iter().skip(from).take(SHOWN).map(line).collect();
    let next = Some(from.saturating_add(SHOWN)).filter(|next| *next < open.len());
    Offers { all, lines, next }
}

/// What a form left behind: it is shown again as it was typed.
#[derive(Default)]
struct Sent {
    alert: Option<Alert>,
    errors: Vec<FieldError>,
    status: StatusCode,
    /// Which form's key is kept, and which.
    key: Option<(&'static str, String)>,
    /// Fields by name.
    fields: Vec<(&'static str, Field)>,
}

impl Sent {
    fn field(&self, name: &str) -> Field {
        self.fields
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, field)| field.clone())
            .unwrap_or_default()
    }

    /// The key a form keeps, or a new one.
    fn key(&self, visit: &Visit, form: &str) -> String {
        match &self.key {
            Some((known, key)) if *known == form => key.clone(),
            _ => visit.app.request_key(),
        }
    }

    fn keep(&mut self, name: &'static str, value: &str) {
        self.fields.push((name, Field::of(value)));
    }

    /// A field that can't be read: beside it, and in the list above.
    fn wrong(&mut self, name: &'static str, value: &str, error: String) {
        self.errors.push(FieldError { field: name, error: error.clone() });
        self.fields.retain(|(known, _)| *known != name);
        self.fields.push((name, Field::wrong(value, error)));
        self.status = StatusCode::UNPROCESSABLE_ENTITY;
    }

    /// The city said no. The same wish keeps its key, unless the key stands for something else already.
    fn refused(&mut self, visit: &Visit, rejected: &Rejected, form: &'static str, key: String) {
        self.status = rejected.status;
        self.alert = Some(visit.alert(rejected));
        if !["key.reused", "key.missing"].contains(&rejected.refusal.code) {
            self.key = Some((form, key));
        }
    }
}

/// A form that was not this visitor's, or is too old.
fn expired() -> Rejected {
    Rejected::new(StatusCode::FORBIDDEN, "form.expired")
}

/// A part of a whole in thousandths.
fn thousandths(part: i64, whole: i64) -> u32 {
    let share = base::share_floor(part.max(0), 1_000, whole.max(1)).unwrap_or(0);
    u32::try_from(share.clamp(0, 1_000)).unwrap_or(0)
}

fn won_error(visit: &Visit, most: i64) -> String {
    visit.t.say("field-amount").won("most", Won(most.max(1))).to_string()
}
