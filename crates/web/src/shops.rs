//! Looking for shops: by a part of the name, by trade, by neighbourhood, by whether they give.

use base::MerchantId;
use city::CityView;
use economy::Merchant;

use crate::app::App;

/// As many shops as are looked at while the view is held.
const STRETCH: usize = 1_000;

/// What is looked for; what is absent doesn't matter.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// A part of the name on the sign, in small letters.
    pub name: Option<String>,
    /// Position of the trade in the pack.
    pub trade: Option<u8>,
    /// Position of the neighbourhood in the pack.
    pub district: Option<u8>,
    /// Shops with a plaque as giving shops only.
    pub gives: bool,
    /// Shops that take the card only.
    pub takes_card: bool,
}

/// Whether the card can be used at a shop: it is open, and its trade is not left out.
pub(crate) fn takes_card(town: &CityView, shop: &Merchant) -> bool {
    let trade = town.pack.city.trades.get(usize::from(shop.trade));
    trade.is_some_and(|trade| !trade.is_excluded()) && shop.state == economy::MerchantState::Open
}

impl Wanted {
    fn is(&self, town: &CityView, shop: &Merchant) -> bool {
        self.trade.is_none_or(|trade| shop.trade == trade)
            && self.district.is_none_or(|district| shop.district == district)
            && self.name.as_deref().is_none_or(|name| shop.name.to_lowercase().contains(name))
            && (!self.gives || town.directory.giving.is_angel(shop.id))
            && (!self.takes_card || takes_card(town, shop))
    }

    /// As many as are asked for, in order of joining, from a position on, each as `made`; and the one that is next.
    pub async fn found<T>(
        &self,
        app: &App,
        mut from: usize,
        limit: usize,
        made: impl Fn(&CityView, &Merchant) -> T,
    ) -> (Vec<T>, Option<MerchantId>) {
        let mut items = Vec::new();
        loop {
            // Shops are added at the end and never taken out: between two stretches nothing is missed, and nobody who
            // writes waits for a whole search.
            {
                let view = app.city.shared.read();
                let shops = view.town.directory.shops().get(from..).unwrap_or_default();
                for shop in shops.iter().take(STRETCH).filter(|shop| self.is(&view.town, shop)) {
                    if items.len() == limit {
                        return (items, Some(shop.id));
                    }
                    items.push(made(&view.town, shop));
                }
                if shops.len() <= STRETCH {
                    return (items, None);
                }
            }
            from += STRETCH;
            tokio::task::yield_now().await;
        }
    }
}
