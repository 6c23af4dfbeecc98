//! `GET /api/openapi.json`: the API's own description, made from the handlers.

use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use super::{
    authorisations, books, cards, gifts, merchants, payments, people, postings, records, refunds, rehearsals,
    top_ups, town, wallet, withdrawals,
};

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Ongoeul", description = "A city's local-currency card. Amounts are whole won, instants RFC 3339; every call that changes something carries an Idempotency-Key."),
    modifiers(&Bearer),
    security(("token" = [])),
    paths(
        payments::create, payments::show, refunds::create, authorisations::create, authorisations::capture,
        authorisations::void, top_ups::create, gifts::create, withdrawals::create, wallet::show, people::create,
        cards::issue, cards::freeze, cards::unfreeze, cards::replace, cards::close, cards::set_pin,
        records::facts::list, records::facts::create, records::facts::strike, records::consents::list,
        records::consents::create, records::consents::withdraw, records::helpers::list, records::helpers::create,
        records::helpers::revoke, records::links::list, records::links::create, records::links::remove,
        merchants::create, merchants::show, merchants::close, town::show, postings::show, books::show,
        rehearsals::create
    )
)]
struct Document;

pub(super) async fn document() -> Response {
    axum::Json(Document::openapi()).into_response()
}
