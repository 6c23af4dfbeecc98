//! `GET /api/v1/campaigns`: the card's campaigns by their dates, with today's state of what they spend. Public.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base::{Date, Lang};
use economy::{Class, chart};
use rules::{Campaign, Counts, GrantAt, Pack};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::language;
use crate::auth::SharedApp;

/// What a campaign grants.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GrantOut {
    /// `payment` or `charge`.
    at: &'static str,
    /// Basis points.
    rate: i64,
    /// The budget it comes out of.
    budget: String,
    /// Won that budget still holds.
    budget_left: i64,
}

/// A campaign, on its days.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CampaignOut {
    id: String,
    name: String,
    /// First day.
    from: String,
    /// Last day; absent while no end is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// True on the city's today.
    current: bool,
    /// What the limits count: `spend` or `top-ups`.
    counts: &'static str,
    /// A person's limit for a month in won; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    person_month: Option<i64>,
    /// With what was left of the month before, the limit is no more than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    carry_over_to: Option<i64>,
    /// A person's limit for a year in won; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    person_year: Option<i64>,
    /// The whole city's limit for a month in won; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    city_month: Option<i64>,
    /// Shops with yearly sales above this give nothing; absent without such a bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    sales_over: Option<i64>,
    /// What it grants, and when.
    grants: Vec<GrantOut>,
    /// The purposes whose spending earns, by their ids in the pack.
    earns: Vec<String>,
    /// The notice or report it rests on.
    source: String,
}

/// All campaigns.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CampaignsOut {
    /// By their first day.
    items: Vec<CampaignOut>,
}

/// The card's campaigns by their dates.
#[utoipa::path(get, path = "/api/v1/campaigns", tag = "city", security(()), responses((status = 200, body = CampaignsOut)))]
pub(super) async fn list(State(app): State<SharedApp>, headers: axum::http::HeaderMap) -> Response {
    let (lang, today) = (language(&headers), app.today());
    let view = app.city.shared.read();
    let left = |budget: &str| view.books.balance_of(&chart::budget(Class::BudgetLeft, budget).key);
    let pack = &view.town.pack;
    let items = pack.campaigns.iter().map(|one| campaign(pack, one, lang, today, &left)).collect();
    axum::Json(CampaignsOut { items }).into_response()
}

fn campaign(
    pack: &Pack,
    campaign: &Campaign,
    lang: Lang,
    today: Date,
    left: &dyn Fn(&str) -> i64,
) -> CampaignOut {
    CampaignOut {
        id: campaign.id.clone(),
        name: campaign.name.in_lang(lang).to_owned(),
        from: campaign.from.to_string(),
        until: campaign.until.map(|date| date.to_string()),
        current: pack.campaign_on(today).is_some_and(|current| current.id == campaign.id),
        counts: match campaign.counts {
            Counts::Spend => "spend",
            Counts::TopUps => "top-ups",
        },
        person_month: campaign.person_month.map(|won| won.0),
        carry_over_to: campaign.carry_over.map(|carry| carry.max.0),
        person_year: campaign.person_year.map(|won| won.0),
        city_month: campaign.city_month.map(|won| won.0),
        sales_over: campaign.sales_over.map(|won| won.0),
        grants: campaign
            .grants
            .iter()
            .map(|grant| GrantOut {
                at: if grant.at == GrantAt::Payment { "payment" } else { "charge" },
                rate: grant.rate.basis_points(),
                budget: grant.budget.clone(),
                budget_left: left(&grant.budget),
            })
            .collect(),
        earns: campaign.earns.clone(),
        source: campaign.source.in_lang(lang).to_owned(),
    }
}
