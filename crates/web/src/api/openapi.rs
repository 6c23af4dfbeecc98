//! `GET /api/openapi.json`: the API's own description, made from the handlers.

use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};

use super::{
    authorizations, bank_answers, books, campaigns, cards, codes, coupons, entries, float, float_proof,
    gifts, giving, merchants, organisations, payments, payouts, people, postings, prepay, proposals, quotes,
    receipts, records, refunds, rehearsals, releases, sales, shop_applications, today, wallet,
};

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// What any call may answer with besides success, and what the parameters are that many calls share.
struct Shared;

const PROBLEMS: [(u16, &str, Kind); 10] = [
    (400, "Not of the form that was asked for: body, key or query.", Kind::Known),
    (401, "Nobody is known behind the token, or there is none.", Kind::Known),
    (403, "This role may not.", Kind::Known),
    (404, "Nothing is there, or nothing of the caller's.", Kind::Known),
    (409, "The key was used for another wish.", Kind::Changing),
    (413, "The body is too large.", Kind::Changing),
    (415, "The body is not said to be JSON.", Kind::Changing),
    (422, "Refused; the code says what for.", Kind::Known),
    (429, "Too much at once; `Retry-After` says how long to wait.", Kind::Any),
    (
        503,
        "Busy, or the database is away; `Retry-After` says how long to wait. Ask again with the same key.",
        Kind::Known,
    ),
];

/// Which calls a problem concerns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Any,
    /// Those that need a token.
    Known,
    /// Those that are posted.
    Changing,
}

const PARAMETERS: [(&str, &str); 5] = [
    ("card", "`crd_…`, or the 16 printed digits."),
    ("id", "As an answer gave it."),
    ("serial", "The number on the receipt, such as `2021-000001`."),
    ("claim", "The prepayment's number, as the list gives it."),
    (
        "Idempotency-Key",
        "Yours, one for each wish, 255 characters at most; the same key gives the same answer for 7 days.",
    ),
];

impl utoipa::Modify for Shared {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for path in document.paths.paths.values_mut() {
            let PathItem { get, post, .. } = path;
            for (operation, changing) in [(get, false), (post, true)] {
                if let Some(operation) = operation {
                    complete(operation, changing);
                }
            }
        }
    }
}

fn complete(operation: &mut Operation, changing: bool) {
    let public = operation.security.is_some();
    let concerned = |kind| match kind {
        Kind::Any => true,
        Kind::Known => !public,
        Kind::Changing => changing,
    };
    for (status, meaning, _) in PROBLEMS.iter().filter(|(.., kind)| concerned(*kind)) {
        let problem = Content::new(Some(Ref::from_schema_name("Problem")));
        let response =
            ResponseBuilder::new().description(*meaning).content("application/problem+json", problem);
        operation.responses.responses.insert(status.to_string(), response.build().into());
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.description.is_none()
        {
            let known = PARAMETERS.iter().find(|(name, _)| *name == parameter.name);
            parameter.description = known.map(|(_, meaning)| (*meaning).to_owned());
        }
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Ongoeul", description = "A city's local-currency card. Amounts are whole won, instants RFC 3339; every call that changes something carries an Idempotency-Key."),
    modifiers(&Bearer, &Shared),
    components(schemas(crate::problem::Problem)),
    security(("token" = [])),
    paths(
        payments::create, payments::show, refunds::create, authorizations::create, authorizations::capture,
        authorizations::void, quotes::create, coupons::list, coupons::create, coupons::job,
        releases::list, releases::claim, releases::ask, gifts::create, giving::show, giving::follow, giving::standing, giving::stand,
        giving::stop, giving::once, giving::receipts, wallet::show, people::create, cards::issue, cards::list, cards::show,
        entries::list, cards::top_up, cards::withdraw, cards::freeze, cards::unfreeze, cards::reissue, cards::close,
        cards::set_pin, merchants::search, merchants::create, merchants::show, codes::create, sales::show, merchants::close,
        payouts::of_shop, payouts::of_person, payouts::send, payouts::list, bank_answers::create,
        shop_applications::list, shop_applications::create, shop_applications::paper, shop_applications::decide,
        shop_applications::appeal, shop_applications::cancel,
        organisations::list, organisations::create, organisations::show, organisations::close, organisations::members,
        organisations::join, organisations::leave, organisations::register, organisations::business,
        organisations::transfer,
        campaigns::list, today::show, postings::show, books::show, receipts::show, float::show,
        float_proof::show, rehearsals::create,
        proposals::list, proposals::show, proposals::confirm, proposals::refuse, proposals::withdraw,
        prepay::claims::list, prepay::claims::buy, prepay::claims::give, prepay::claims::give_back,
        prepay::offers::set, prepay::board::show,
        records::facts::list, records::facts::create, records::facts::strike, records::consents::list,
        records::consents::create, records::consents::withdraw, records::helpers::list, records::helpers::create,
        records::households::show, records::households::form, records::households::join,
        records::households::change, records::households::leave,
        records::helpers::revoke, records::links::list, records::links::create, records::links::remove,
        records::papers::list, records::papers::create, records::papers::open, records::papers::strike
    )
)]
struct Document;

pub(super) async fn document() -> Response {
    axum::Json(description()).into_response()
}

/// The same, for the page that tells it to people.
pub(crate) fn description() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
