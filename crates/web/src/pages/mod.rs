//! The pages, one role a file: each handler fills a view model of `look` and shows it.

pub(crate) mod access;
mod api_docs;
pub(crate) mod books;
mod by_code;
mod clerk;
pub(crate) mod compartments;
pub(crate) mod coupons;
pub(crate) mod demo;
mod desk;
mod door;
pub(crate) mod giving;
mod hats;
mod joining;
mod looks;
mod moving;
mod organisations;
mod passkeys;
mod prepay;
pub(crate) mod records;
pub(crate) mod seal;
mod settlement;
pub(crate) mod shop;
mod shops;
mod switches;
mod tills;
pub(crate) mod tour;
pub(crate) mod town;
mod vouched;
pub(crate) mod waiting;
mod wallet;
pub(crate) mod whose;

use axum::Router;

use crate::auth::SharedApp;

/// All routes of pages.
pub(crate) fn routes() -> Router<SharedApp> {
    Router::new()
        .merge(api_docs::routes())
        .merge(town::routes())
        .merge(access::routes())
        .merge(door::routes())
        .merge(hats::routes())
        .merge(passkeys::routes())
        .merge(vouched::routes())
        .merge(by_code::routes())
        .merge(switches::routes())
        .merge(demo::routes())
        .merge(tour::routes())
        .merge(wallet::routes())
        .merge(shop::routes())
        .merge(desk::routes())
        .merge(coupons::routes())
        .merge(books::routes())
        .merge(clerk::routes())
        .merge(records::routes())
        .merge(looks::routes())
        .merge(giving::routes())
        .merge(organisations::routes())
        .merge(settlement::routes())
        .merge(seal::routes())
        .merge(tills::routes())
        .merge(joining::routes())
        .merge(shops::routes())
        .merge(prepay::routes())
        .merge(waiting::routes())
        .merge(moving::routes())
}

/// Pages that take files.
pub(crate) fn uploads() -> Router<SharedApp> {
    settlement::uploads()
}
