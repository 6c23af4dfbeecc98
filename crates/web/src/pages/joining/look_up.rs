//! `/join`: a business number says whether the shop takes the card already, and what is next.

use axum::extract::Query;
use axum::response::Response;
use base::Role;
use economy::{MerchantState, business_number};
use serde::Deserialize;

use crate::app::Mode;
use crate::frame::Visit;
use crate::look::{Field, FieldError, JoinLookUpPage, NumberFound};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    number: String,
}

pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    let typed: String = asked.number.chars().take(20).collect();
    let number = business_number::parse(&typed);
    let mut page = JoinLookUpPage {
        t: visit.t,
        page: visit.page(),
        errors: Vec::new(),
        number: Field::of(typed.clone()),
        found: number.as_deref().map(|number| found(&visit, number)),
        tries: tries(&visit),
    };
    if number.is_none() && !typed.trim().is_empty() {
        let error = visit.t.say("refusal-business-number-wrong").to_string();
        page.errors = vec![FieldError { field: "number", error: error.clone() }];
        page.number = Field::wrong(typed, error);
    }
    visit.show(&page)
}

/// A number that is nobody's: its check digit is right.
const NOBODYS: &str = "999-99-99997";

/// Whoever looks around in a demo has no business number.
fn tries(visit: &Visit) -> Option<[String; 2]> {
    let Mode::Demo(demo) = &visit.app.mode else { return None };
    let shop = demo.personas.iter().find_map(|persona| match persona.role {
        Role::Merchant(shop) => Some(shop),
        _ => None,
    })?;
    let view = visit.app.city.shared.read();
    let (_, shop) = view.town.directory.shop(shop)?;
    Some([business_number::show(&shop.business_number), NOBODYS.to_owned()])
}

/// That a shop takes the card is public: it is on its door.
fn found(visit: &Visit, number: &str) -> NumberFound {
    let t = visit.t;
    let view = visit.app.city.shared.read();
    let pack = &view.town.pack;
    let card = pack.city.card_name.in_lang(t.lang).to_owned();
    let open = view.town.directory.shop_numbered(number).filter(|shop| shop.state == MerchantState::Open);
    if let Some(shop) = open {
        return NumberFound {
            what: t.say("join-already").text("card", card).to_string(),
            next: t.say("join-already-next").text("shop", shop.name.clone()).to_string(),
            link: Some(("/shop/payouts", t.say("join-pay-in").to_string())),
        };
    }
    let asks = pack.card_on(t.today).is_some_and(|rules| {
        rules.membership == rules::Membership::Applied || !rules.by_application.is_empty()
    });
    if asks {
        return NumberFound {
            what: t.say("join-not-yet").text("card", card).to_string(),
            next: t.say("join-not-yet-next").to_string(),
            link: Some(("/join/mine", t.say("join-apply").to_string())),
        };
    }
    NumberFound {
        what: t.say("join-needless").to_string(),
        next: t.say("join-needless-next").text("card", card).to_string(),
        link: Some(("/", t.say("join-home").to_string())),
    }
}
