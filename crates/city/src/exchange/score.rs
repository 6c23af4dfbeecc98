//! The patterns, looked for in a window of deeds. Pure: the same deeds under the same rule give the same hits, in the same
//! order.

use std::collections::{BTreeMap, BTreeSet};

use base::{Instant, MerchantId, PersonId, PostingNo};
use rules::{FraudRule, Pattern, Rate};

/// What happened, as far as the patterns care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Paid at a shop.
    Paid {
        /// Who.
        person: PersonId,
        /// Where.
        shop: MerchantId,
    },
    /// A payment of the window was taken back, whole or in part.
    Refunded {
        /// Its posting.
        payment: PostingNo,
    },
    /// Put on.
    ToppedUp {
        /// Whose.
        person: PersonId,
    },
    /// Given to another person.
    Gave {
        /// From whom.
        from: PersonId,
        /// To whom.
        to: PersonId,
    },
}

/// A posting of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    /// Its number.
    pub no: PostingNo,
    /// When.
    pub at: Instant,
    /// What.
    pub what: What,
    /// Won.
    pub amount: i64,
}

/// What the patterns know of a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shop {
    /// Its owner, if a holder of this city's card.
    pub owner: Option<PersonId>,
    /// Yearly sales in won, if known.
    pub sales: Option<i64>,
    /// Whether the card leaves its trade out.
    pub excluded: bool,
}

/// A sign that showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// At which shop.
    pub shop: MerchantId,
    /// How much it weighs: the rule's points, times how far the measure is passed, three times at most.
    pub points: u32,
    /// How many (payments or holders, as the pattern counts).
    pub count: u64,
    /// Won that it is about.
    pub sum: i64,
    /// The holders in it.
    pub people: BTreeSet<PersonId>,
    /// The postings in it.
    pub postings: BTreeSet<PostingNo>,
}

/// A payment, less what was taken back of it.
#[derive(Debug, Clone, Copy)]
struct Sale {
    no: PostingNo,
    at: Instant,
    person: PersonId,
    amount: i64,
}

/// A window of deeds, sorted by shop and by person.
#[derive(Debug)]
pub struct Window<'a> {
    sales: BTreeMap<MerchantId, Vec<Sale>>,
    /// Gifts, by who gave to whom: each shop asks for each of its payers.
    gifts: BTreeMap<(PersonId, PersonId), Vec<&'a Deed>>,
    /// What each put on their card.
    put_on: BTreeMap<PersonId, Vec<&'a Deed>>,
}

impl Window<'_> {
    /// Sorts deeds that stand in the journal's order.
    pub fn of(deeds: &[Deed]) -> Window<'_> {
        let mut back: BTreeMap<PostingNo, i64> = BTreeMap::new();
        for deed in deeds {
            if let What::Refunded { payment } = deed.what {
                *back.entry(payment).or_default() += deed.amount;
            }
        }
        let mut sales: BTreeMap<MerchantId, Vec<Sale>> = BTreeMap::new();
        for Deed { no, at, what, amount } in deeds.iter().copied() {
            let amount = amount.saturating_sub(back.get(&no).copied().unwrap_or(0));
            if let What::Paid { person, shop } = what
                && amount > 0
            {
                sales.entry(shop).or_default().push(Sale { no, at, person, amount });
            }
        }
        let mut gifts: BTreeMap<_, Vec<&Deed>> = BTreeMap::new();
        let mut put_on: BTreeMap<_, Vec<&Deed>> = BTreeMap::new();
        for deed in deeds {
            match deed.what {
                What::Gave { from, to } => gifts.entry((from, to)).or_default().push(deed),
                What::ToppedUp { person } => put_on.entry(person).or_default().push(deed),
                _ => {}
            }
        }
        Window { sales, gifts, put_on }
    }
}

fn sum(sales: &[Sale]) -> i64 {
    sales.iter().fold(0, |sum, sale| sum.saturating_add(sale.amount))
}

/// Whether a part is at least a share of a whole.
fn reaches(part: i64, share: Rate, whole: i64) -> bool {
    i128::from(part) * 10_000 >= i128::from(whole) * i128::from(share.basis_points())
}

/// The points, by how many times the measure is passed.
fn weigh(points: u32, measure: i64, least: i64) -> u32 {
    let times = (i128::from(measure) * i128::from(points)) / i128::from(least.max(1));
    u32::try_from(times.clamp(i128::from(points), i128::from(points) * 3)).unwrap_or(points)
}

fn by_person(sales: &[Sale]) -> BTreeMap<PersonId, Vec<Sale>> {
    let mut all: BTreeMap<PersonId, Vec<Sale>> = BTreeMap::new();
    for sale in sales {
        all.entry(sale.person).or_default().push(*sale);
    }
    all
}

fn hit(shop: MerchantId, points: u32, count: usize, sales: &[Sale]) -> Hit {
    Hit {
        shop,
        points,
        count: count as u64,
        sum: sum(sales),
        people: sales.iter().map(|sale| sale.person).collect(),
        postings: sales.iter().map(|sale| sale.no).collect(),
    }
}

/// Looks for a rule's pattern; the hits stand in the order of the shops' ids.
pub fn hits(rule: &FraudRule, window: &Window<'_>, shop: &dyn Fn(MerchantId) -> Shop) -> Vec<Hit> {
    let each = window.sales.iter();
    each.filter_map(|(id, sales)| one_shop(rule, window, *id, sales, shop(*id))).collect()
}

fn one_shop(
    rule: &FraudRule,
    window: &Window<'_>,
    id: MerchantId,
    sales: &[Sale],
    shop: Shop,
) -> Option<Hit> {
    let points = rule.points;
    match rule.pattern {
        Pattern::RoundTrip { count, amount, share } => {
            round_trip(window, (id, shop.owner?), sales, (count, amount.0, share), points)
        }
        Pattern::QuickRedemption { count, amount, share, minutes } => {
            let within = i64::from(minutes) * 60_000_000;
            quick(window, id, sales, (count, amount.0, share, within), points)
        }
        Pattern::AboveBand { share, amount } => {
            // A year's sales, for the days of the window.
            let usual = i128::from(shop.sales?) * i128::from(rule.days) / 365;
            let usual = i64::try_from(usual).unwrap_or(i64::MAX);
            let taken = sum(sales);
            let band = i64::try_from(i128::from(usual) * i128::from(share.basis_points()) / 10_000)
                .unwrap_or(i64::MAX);
            (taken >= amount.0 && taken > band)
                .then(|| hit(id, weigh(points, taken, band), sales.len(), sales))
        }
        Pattern::RepeatedHigh { count, amount } => {
            let all = by_person(sales).into_values().filter_map(|mine| {
                let high: Vec<Sale> = mine.into_iter().filter(|sale| sale.amount >= amount.0).collect();
                (high.len() >= count as usize).then_some(high)
            });
            let all: Vec<Sale> = all.flatten().collect();
            let most = by_person(&all).values().map(Vec::len).max()?;
            Some(hit(id, weigh(points, most as i64, i64::from(count)), all.len(), &all))
        }
        Pattern::FewPayers { count, share, amount } => {
            let mut payers: Vec<(i64, Vec<Sale>)> =
                by_person(sales).into_values().map(|mine| (sum(&mine), mine)).collect();
            // The largest first; ties in the order of ids, which the map has brought.
            payers.sort_by_key(|(paid, _)| std::cmp::Reverse(*paid));
            let theirs: Vec<Sale> =
                payers.into_iter().take(count as usize).flat_map(|(_, mine)| mine).collect();
            let whole = sum(sales);
            (whole >= amount.0 && reaches(sum(&theirs), share, whole))
                .then(|| hit(id, weigh(points, whole, amount.0), by_person(&theirs).len(), &theirs))
        }
        Pattern::RestrictedTrade { count } => (shop.excluded && sales.len() >= count as usize)
            .then(|| hit(id, weigh(points, sales.len() as i64, i64::from(count)), sales.len(), sales)),
    }
}

/// Holders who paid the shop and got it back from its owner.
fn round_trip(
    window: &Window<'_>,
    (id, owner): (MerchantId, PersonId),
    sales: &[Sale],
    (count, amount, share): (u32, i64, Rate),
    points: u32,
) -> Option<Hit> {
    let mut all = Vec::new();
    let mut back = BTreeSet::new();
    for (person, mine) in by_person(sales) {
        let paid = sum(&mine);
        let gifts = window.gifts.get(&(owner, person)).map(Vec::as_slice).unwrap_or_default();
        let given = gifts.iter().fold(0_i64, |sum, gift| sum.saturating_add(gift.amount));
        if mine.len() >= count as usize && paid >= amount && reaches(given, share, paid) {
            back.extend(gifts.iter().map(|gift| gift.no));
            all.extend(mine);
        }
    }
    if all.is_empty() {
        return None;
    }
    let mut hit = hit(id, weigh(points, sum(&all), amount), all.len(), &all);
    hit.postings.extend(back);
    hit.people.insert(owner);
    Some(hit)
}

/// Holders who put money on and spent it at the shop at once.
fn quick(
    window: &Window<'_>,
    id: MerchantId,
    sales: &[Sale],
    (count, amount, share, within): (u32, i64, Rate, i64),
    points: u32,
) -> Option<Hit> {
    let mut all = Vec::new();
    let mut put_on = BTreeSet::new();
    for (person, mine) in by_person(sales) {
        let theirs = window.put_on.get(&person).into_iter().flatten();
        for deed in theirs.filter(|deed| deed.amount >= amount) {
            let within = |sale: &&Sale| sale.at >= deed.at && sale.at.0.saturating_sub(deed.at.0) <= within;
            let at_once: Vec<Sale> = mine.iter().filter(within).copied().collect();
            if !at_once.is_empty() && reaches(sum(&at_once), share, deed.amount) {
                put_on.insert(deed.no);
                all.extend(at_once);
            }
        }
    }
    all.sort_by_key(|sale: &Sale| sale.no);
    all.dedup_by_key(|sale| sale.no);
    let holders = by_person(&all).len();
    if holders < count as usize {
        return None;
    }
    let mut hit = hit(id, weigh(points, holders as i64, i64::from(count)), holders, &all);
    hit.postings.extend(put_on);
    Some(hit)
}

#[cfg(test)]
#[path = "score_tests.rs"]
mod tests;
