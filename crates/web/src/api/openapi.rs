//! `GET /api/openapi.json`: the API's own description, made from the handlers.

use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use super::{
    authorizations, books, campaigns, cards, entries, gifts, merchants, payments, people, postings, refunds,
    rehearsals, sales, today, wallet,
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
        payments::create, payments::show, refunds::create, authorizations::create, authorizations::capture,
        authorizations::void, gifts::create, wallet::show, people::create, cards::issue, cards::list, cards::show,
        entries::list, cards::top_up, cards::withdraw, cards::freeze, cards::unfreeze, cards::reissue, cards::close,
        cards::set_pin, merchants::search, merchants::create, merchants::show, sales::show, merchants::close,
        campaigns::list, today::show, postings::show, books::show, rehearsals::create
    )
)]
struct Document;

pub(super) async fn document() -> Response {
    axum::Json(Document::openapi()).into_response()
}
