//! Where and when people pay: every shop that takes the card, by trade, with the hours of its trade.

use base::{Entropy, MerchantId, PersonId, Seeded};
use economy::{Merchant, MerchantState};
use rules::Pack;

use super::draw::{Prices, Weights};

/// How much more often than by its size the personas' shop is visited, so that its pages have something to show.
const FAVOURITE: u64 = 12;

/// A shop to pay at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stall {
    pub id: MerchantId,
    pub owner: Option<PersonId>,
    pub district: u8,
}

/// A trade's shops, prices and hours.
struct Line {
    stalls: Vec<Stall>,
    popularity: Weights,
    prices: Prices,
}

/// All of them.
pub(super) struct Market {
    lines: Vec<Line>,
    /// Weights of the trades by day of the week and hour.
    slots: Vec<Weights>,
}

impl Market {
    pub(super) fn new(pack: &Pack, shops: &[Merchant], favourite: Option<MerchantId>) -> Market {
        let mut lines = Vec::new();
        let mut hours = Vec::new();
        for town in &pack.town.trades {
            let open: Vec<&Merchant> = shops.iter().filter(|shop| takes(pack, shop, &town.trade)).collect();
            let weight = |shop: &&Merchant| {
                let size =
                    shop.sales.map_or(100, |sales| (sales.0 / 1_000_000).max(1)).unsigned_abs().isqrt();
                if Some(shop.id) == favourite { size * FAVOURITE } else { size }
            };
            lines.push(Line {
                popularity: Weights::new(open.iter().map(weight)),
                stalls: open
                    .iter()
                    .map(|shop| Stall { id: shop.id, owner: shop.owner, district: shop.district })
                    .collect(),
                prices: Prices::new(&town.ticket),
            });
            hours.push((u64::from(town.visits) * open.len() as u64, pack.town.profile(&town.hours)));
        }
        let slot = |day: usize, hour: usize| {
            Weights::new(hours.iter().map(|(visits, profile)| {
                profile.map_or(0, |p| {
                    // Visits are a day's: the hours share them.
                    let all = p.hours.iter().map(|w| u64::from(*w)).sum::<u64>().max(1);
                    visits * u64::from(p.days[day]) * u64::from(p.hours[hour]) * 1_000 / all
                })
            }))
        };
        let slots = (0..7 * 24).map(|i| slot(i / 24, i % 24)).collect();
        Market { lines, slots }
    }

    fn slot(&self, weekday: usize, hour: usize) -> Option<&Weights> {
        self.slots.get(weekday * 24 + hour)
    }

    /// How much is paid in an hour of a weekday (Monday is 0), relative to others.
    pub(super) fn weight(&self, weekday: usize, hour: usize) -> u64 {
        self.slot(weekday, hour).map_or(0, Weights::total)
    }

    /// The same for the mean hour of a week.
    pub(super) fn mean(&self) -> u64 {
        self.slots.iter().map(Weights::total).sum::<u64>() / 168
    }

    /// A shop, and what is paid there; `None` when nobody pays at this hour.
    pub(super) fn draw(&self, weekday: usize, hour: usize, entropy: &mut Seeded) -> Option<(Stall, i64)> {
        let line = &self.lines[self.slot(weekday, hour)?.draw(entropy)?];
        let stall = line.stalls[line.popularity.draw(entropy)?];
        Some((stall, line.prices.draw(entropy)))
    }

    /// A shop of the pack's first trade, other than this one, and what is paid there.
    pub(super) fn draw_first(&self, not: MerchantId, entropy: &mut Seeded) -> Option<(Stall, i64)> {
        let line = self.lines.first()?;
        let others: Vec<&Stall> = line.stalls.iter().filter(|stall| stall.id != not).collect();
        let at = usize::try_from(entropy.below(others.len() as u64)).ok()?;
        others.get(at).map(|stall| (**stall, line.prices.draw(entropy)))
    }

    /// What is paid at the pack's first trade.
    pub(super) fn first_price(&self, entropy: &mut Seeded) -> i64 {
        self.lines.first().map_or(1_000, |line| line.prices.draw(entropy))
    }
}

fn takes(pack: &Pack, shop: &Merchant, trade: &str) -> bool {
    let own = pack.city.trades.get(usize::from(shop.trade));
    shop.state == MerchantState::Open && own.is_some_and(|own| own.id == trade && !own.is_excluded())
}
