//! `/shops`: where the card can be used, for anybody; giving shops carry their mark.

use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use base::MerchantId;
use serde::Deserialize;

use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::{Choice, ShopFound, ShopsPage};
use crate::shops::Wanted;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new().route("/shops", get(show))
}

/// As many as are shown at once.
const AT_ONCE: usize = 30;
/// No longer name is looked for.
const LONGEST: usize = 40;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    name: String,
    trade: String,
    district: String,
    gives: String,
    from: String,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    let name: String = asked.name.trim().chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    let (wanted, from, trades, districts) = {
        let view = visit.app.city.shared.read();
        let pack = &view.town.pack.city;
        let lang = visit.t.lang;
        let choice = |value: &str, name: &rules::Name, chosen: &str| Choice {
            value: value.to_owned(),
            name: name.in_lang(lang).to_owned(),
            chosen: value == chosen,
        };
        let wanted = Wanted {
            name: Some(name.to_lowercase()).filter(|name| !name.is_empty()),
            // What is no trade or neighbourhood of ours was not chosen from the list: it is let go.
            trade: economy::store::trade(pack, &asked.trade),
            district: economy::store::district(pack, &asked.district),
            gives: !asked.gives.is_empty(),
            takes_card: true,
        };
        let from = asked.from.parse::<MerchantId>().ok();
        let from = from.and_then(|id| view.town.directory.shop(id)).map_or(0, |(at, _)| at as usize);
        let trades = pack.trades.iter().filter(|trade| !trade.is_excluded());
        let trades = trades.map(|trade| choice(&trade.id, &trade.name, &asked.trade)).collect();
        let districts = pack.districts.iter().map(|one| choice(&one.code, &one.name, &asked.district));
        (wanted, from, trades, districts.collect())
    };
    let t = visit.t;
    let (shops, next) = wanted
        .found(&visit.app, from, AT_ONCE, |town, shop| {
            let pack = &town.pack.city;
            let trade = pack.trades.get(usize::from(shop.trade)).map(|one| one.name.in_lang(t.lang));
            let place = pack.districts.get(usize::from(shop.district)).map(|one| one.name.in_lang(t.lang));
            let about: Vec<&str> = trade.into_iter().chain(place).collect();
            ShopFound {
                name: shop.name.clone(),
                about: about.join(" · "),
                angel: town.directory.giving.is_angel(shop.id).then(|| format!("/angels/{}", shop.id)),
            }
        })
        .await;
    let page = ShopsPage {
        t,
        page: visit.page(),
        asked: wanted.name.is_some() || wanted.trade.is_some() || wanted.district.is_some() || wanted.gives,
        gives: wanted.gives,
        name,
        trades,
        districts,
        shops,
        next: next.map(|id| id.to_string()),
    };
    visit.show(&page)
}
