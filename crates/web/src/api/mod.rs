//! The API under `/api/v1`: one endpoint a file. Each parses, authenticates, asks the city, and answers.

mod authorizations;
mod bank_answers;
mod books;
mod call;
mod campaigns;
mod cards;
mod codes;
mod coupons;
mod entries;
mod float;
mod float_proof;
mod gifts;
mod giving;
mod merchants;
mod noop;
mod oauth;
mod openapi;
mod organisations;
mod payments;
mod payouts;
mod people;
mod postings;
mod prepay;
mod proposals;
mod quotes;
mod receipts;
mod records;
mod refunds;
mod rehearsals;
mod releases;
mod sales;
mod shop_applications;
mod today;
mod wallet;
mod wire;

use axum::Router;
use axum::routing::{get, post};

pub(crate) use call::language;
pub(crate) use openapi::description;

use crate::auth::SharedApp;

/// All routes of the API. `measuring` adds the endpoint that only parses.
pub(crate) fn routes(measuring: bool) -> Router<SharedApp> {
    let router = Router::new()
        .route("/api/openapi.json", get(openapi::document))
        .route("/oauth/token", post(oauth::token))
        .route("/api/v1/payments", post(payments::create))
        .route("/api/v1/payments/{id}", get(payments::show))
        .route("/api/v1/payments/{id}/refunds", post(refunds::create))
        .route("/api/v1/authorizations", post(authorizations::create))
        .route("/api/v1/authorizations/{id}/capture", post(authorizations::capture))
        .route("/api/v1/authorizations/{id}/void", post(authorizations::void))
        .route("/api/v1/quotes", post(quotes::create))
        .route("/api/v1/coupons", get(coupons::list).post(coupons::create))
        .route("/api/v1/coupon-jobs/{id}", get(coupons::job))
        .route("/api/v1/releases", get(releases::list))
        .route("/api/v1/releases/{id}/claims", post(releases::claim))
        .route("/api/v1/releases/{id}/tickets", post(releases::ask))
        .route("/api/v1/gifts", post(gifts::create))
        .route("/api/v1/giving", get(giving::show))
        .route("/api/v1/giving/standing", get(giving::standing).post(giving::stand))
        .route("/api/v1/giving/standing/stop", post(giving::stop))
        .route("/api/v1/giving/gifts", post(giving::once))
        .route("/api/v1/giving/receipts", get(giving::receipts))
        .route("/api/v1/giving/receipts/{serial}/became", get(giving::follow))
        .route("/api/v1/prepayments", get(prepay::claims::list).post(prepay::claims::buy))
        .route("/api/v1/prepayments/board", get(prepay::board::show))
        .route("/api/v1/prepayments/{claim}/gift", post(prepay::claims::give))
        .route("/api/v1/prepayments/{claim}/return", post(prepay::claims::give_back))
        .route("/api/v1/merchants/{id}/prepayment-offer", post(prepay::offers::set))
        .route("/api/v1/wallet", get(wallet::show))
        .route("/api/v1/organisations", get(organisations::list).post(organisations::create))
        .route("/api/v1/organisations/{id}", get(organisations::show))
        .route("/api/v1/organisations/{id}/close", post(organisations::close))
        .route("/api/v1/organisations/{id}/members", get(organisations::members).post(organisations::join))
        .route("/api/v1/organisations/{id}/members/leave", post(organisations::leave))
        .route("/api/v1/businesses", post(organisations::register))
        .route("/api/v1/businesses/{id}", get(organisations::business))
        .route("/api/v1/businesses/{id}/owner", post(organisations::transfer))
        .route("/api/v1/people", post(people::create))
        .route("/api/v1/cards", get(cards::list).post(cards::issue))
        .route("/api/v1/cards/{card}", get(cards::show))
        .route("/api/v1/cards/{card}/entries", get(entries::list))
        .route("/api/v1/cards/{card}/top-ups", post(cards::top_up))
        .route("/api/v1/cards/{card}/withdrawals", post(cards::withdraw))
        .route("/api/v1/people/{id}/facts", get(records::facts::list).post(records::facts::create))
        .route("/api/v1/people/{id}/facts/{fact}/strike", post(records::facts::strike))
        .route("/api/v1/people/{id}/consents", get(records::consents::list).post(records::consents::create))
        .route("/api/v1/people/{id}/consents/withdraw", post(records::consents::withdraw))
        .route("/api/v1/people/{id}/helpers", get(records::helpers::list).post(records::helpers::create))
        .route("/api/v1/people/{id}/helpers/{help}/revoke", post(records::helpers::revoke))
        .route(
            "/api/v1/people/{id}/household",
            get(records::households::show).post(records::households::form),
        )
        .route("/api/v1/people/{id}/household/join", post(records::households::join))
        .route("/api/v1/people/{id}/household/relation", post(records::households::change))
        .route("/api/v1/people/{id}/household/leave", post(records::households::leave))
        .route("/api/v1/people/{id}/links", get(records::links::list).post(records::links::create))
        .route("/api/v1/people/{id}/links/{other}/unlink", post(records::links::remove))
        .route("/api/v1/people/{id}/papers", get(records::papers::list).post(records::papers::create))
        .route("/api/v1/people/{id}/papers/{paper}/open", post(records::papers::open))
        .route("/api/v1/people/{id}/papers/{paper}/strike", post(records::papers::strike))
        .route("/api/v1/cards/{card}/freeze", post(cards::freeze))
        .route("/api/v1/cards/{card}/unfreeze", post(cards::unfreeze))
        .route("/api/v1/cards/{card}/reissue", post(cards::reissue))
        .route("/api/v1/cards/{card}/close", post(cards::close))
        .route("/api/v1/cards/{card}/pin", post(cards::set_pin))
        .route("/api/v1/merchants", get(merchants::search).post(merchants::create))
        .route("/api/v1/merchants/{id}", get(merchants::show))
        .route("/api/v1/merchants/{id}/codes", post(codes::create))
        .route("/api/v1/merchants/{id}/sales", get(sales::show))
        .route("/api/v1/merchants/{id}/close", post(merchants::close))
        .route("/api/v1/merchants/{id}/payout-account", post(payouts::of_shop))
        .route("/api/v1/merchants/{id}/payouts", get(payouts::list))
        .route("/api/v1/people/{id}/payout-account", post(payouts::of_person))
        .route("/api/v1/payout-files", post(payouts::send))
        .route("/api/v1/bank-answers", post(bank_answers::create))
        .route("/api/v1/shop-applications", get(shop_applications::list).post(shop_applications::create))
        .route("/api/v1/shop-applications/{id}/papers", post(shop_applications::paper))
        .route("/api/v1/shop-applications/{id}/decision", post(shop_applications::decide))
        .route("/api/v1/shop-applications/{id}/appeal", post(shop_applications::appeal))
        .route("/api/v1/merchants/{id}/cancellation", post(shop_applications::cancel))
        .route("/api/v1/proposals", get(proposals::list))
        .route("/api/v1/proposals/{id}", get(proposals::show))
        .route("/api/v1/proposals/{id}/confirm", post(proposals::confirm))
        .route("/api/v1/proposals/{id}/refuse", post(proposals::refuse))
        .route("/api/v1/proposals/{id}/withdraw", post(proposals::withdraw))
        .route("/api/v1/campaigns", get(campaigns::list))
        .route("/api/v1/city/today", get(today::show))
        .route("/api/v1/postings/{id}", get(postings::show))
        .route("/api/v1/books", get(books::show))
        .route("/api/v1/receipts/{id}", get(receipts::show))
        .route("/api/v1/float", get(float::show))
        .route("/api/v1/float/proof", get(float_proof::show))
        .route("/api/v1/rehearsals", post(rehearsals::create));
    let router = router.method_not_allowed_fallback(call::wrong_method);
    if measuring { router.route("/api/v1/noop", post(noop::noop)) } else { router }
}
