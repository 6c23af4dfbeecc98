//! Another rate or limit, tried on the last 30 days of the real journal.
//!
//! What is done, exactly:
//! - the window is today and the 29 days before it, by the city's days; every payment, authorisation, capture, release
//!   and refund in it is read from the journal with the facts it was decided on;
//! - meters and budgets at the window's beginning are those of the books now, less what the window moved;
//! - everything is decided again under the rules as they were, which must give each recorded reward to the won
//!   ([`Rehearsal::differences`] says how many did not), and under the draft, on meters of its own;
//! - people spend the same amounts with the same money: what a payment could earn by is taken as recorded;
//! - the budget cuts the draft's rewards only if it cut recorded ones in the window;
//! - a refund takes back its share of what the payment earned, under the draft of what it would have earned. What was
//!   decided before the window stands.

pub(crate) mod journal;
mod replay;

pub(crate) use journal::first_of_day;

use std::sync::Arc;

use base::{Date, MerchantId, Month, PostingNo, Won, date_of_day, day_of_date};
use economy::{Class, Meter};
use hashbrown::HashMap;
use ledger::Key;
use pen::Shared;
use rules::{Counts, GrantAt, Pack};
use store::{Error, Readers};

pub use replay::{Act, Case, Deed, Difference, Draft, Granted, Outcome, Sale, Sum, replay};

use super::town::{BudgetState, budget_state, gone_on, payment_budget};
use crate::CityView;

/// Days in the window, today included.
pub const DAYS: i32 = 30;

/// The bands people are told apart by, each by the most won its people spent in the window; the last is open.
pub const BANDS: [i64; 3] = [50_000, 100_000, 300_000];

/// One band, trade or neighbourhood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Group {
    /// How many people (of a trade: shops).
    pub count: i64,
    /// Cashback as it was.
    pub now: i64,
    /// Under the draft.
    pub draft: i64,
}

/// A rule as it stands on the window's last day, or in the draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Basis points at payment.
    pub rate: i64,
    /// A person's monthly limit.
    pub person_month: Option<Won>,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal {
    /// The window's first day.
    pub from: Date,
    /// Its last: today.
    pub until: Date,
    /// The journal's last posting that it saw.
    pub through: PostingNo,
    /// Payments decided again.
    pub payments: i64,
    /// The rule today.
    pub now: Terms,
    /// The rule tried.
    pub draft: Terms,
    /// Days in the window on which another campaign began: `cost_now` is then of several rules.
    pub changes: Vec<Date>,
    /// What it cost.
    pub cost_now: i64,
    /// What the draft would have cost.
    pub cost_draft: i64,
    /// The day the budget of today runs out, at the pace of the last two weeks.
    pub ends_now: Option<Date>,
    /// The same, with the pace changed as the cost is.
    pub ends_draft: Option<Date>,
    /// The budget cut rewards in the window, so it cuts the draft's too.
    pub budget_bound: bool,
    /// People who would get more, less, and the same.
    pub people: (i64, i64, i64),
    /// By what people spent: [`BANDS`] and what is above.
    pub bands: [Group; BANDS.len() + 1],
    /// By the shop's trade (position in the pack).
    pub trades: Vec<(u8, Group)>,
    /// By where people live (position in the pack); `None` for who lives elsewhere.
    pub places: Vec<(Option<u8>, Group)>,
    /// Rewards that the rules as they were did not give again: 0, or something is wrong.
    pub differences: u64,
    /// The first of them.
    pub first: Option<Difference>,
}

/// What is taken from the readers' view, under one lock.
struct Standing {
    last: PostingNo,
    pack: Arc<Pack>,
    balances: Vec<(Key, i64)>,
    sales: Vec<(MerchantId, Won)>,
    budget: Option<BudgetState>,
}

/// Rehearses a draft. Blocking, and in a large city for seconds; `progress` hears postings read, and of how many.
pub fn rehearse(
    shared: &Shared<CityView>,
    readers: &Readers,
    today: Date,
    draft: &Draft,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Rehearsal, Error> {
    let until = day_of_date(today);
    let from = until - (DAYS - 1);
    let standing = standing(shared, date_of_day(from), today);
    let last = standing.last;
    let (journal, packs) = readers.read(|snapshot| {
        let first = journal::first_of_day(snapshot, from, last)?;
        let all = (last.0 + 1).saturating_sub(first.0);
        let journal = journal::read(snapshot, (first, last), &mut |done| progress(done, all))?;
        let packs = journal::packs(snapshot, &journal.deeds, &standing.pack)?;
        Ok((journal, packs))
    })?;
    let case = Case {
        packs,
        names: journal.names.list,
        sales: standing.sales.into_iter().collect(),
        earlier: journal.earlier,
        deeds: journal.deeds,
        end: standing.balances.into_iter().collect(),
        from,
    };
    let outcome = replay(case, draft);
    let (now, tried) = terms(&standing.pack, today, draft);
    let (ends_now, ends_draft) = ends(standing.budget.as_ref(), today, &outcome.all);
    let (trades, places) = (trades(shared, &outcome), places(shared, &outcome));
    Ok(Rehearsal {
        from: date_of_day(from),
        until: today,
        through: last,
        payments: outcome.payments,
        now,
        draft: tried,
        changes: changes(&standing.pack, date_of_day(from), today),
        cost_now: outcome.all.now,
        cost_draft: outcome.all.draft,
        ends_now,
        ends_draft,
        budget_bound: outcome.budget_bound,
        people: gainers(&outcome),
        bands: bands(&outcome),
        trades,
        places,
        differences: outcome.differences,
        first: outcome.first,
    })
}

fn standing(shared: &Shared<CityView>, from: Date, today: Date) -> Standing {
    let first_month = Month::of(from).before().0;
    let first_year = u32::from(from.year().unsigned_abs());
    let relevant = |key: &Key| {
        let period = key.sub & 0x00ff_ffff;
        match key.sub >> 24 {
            m if m == Meter::SpendMonth as u32 || m == Meter::CityMonth as u32 => period >= first_month,
            m if m == Meter::SpendYear as u32 => period >= first_year,
            _ => false,
        }
    };
    let view = shared.read();
    let balances = view
        .books
        .iter()
        .filter(|(_, account, _)| match Class::numbered(account.key.class) {
            Some(Class::BudgetLeft) => true,
            Some(Class::Meter) => relevant(&account.key),
            _ => false,
        })
        .map(|(_, account, state)| (account.key, state.balance))
        .collect();
    let shops = view.town.directory.shops();
    Standing {
        last: view.books.last_posting(),
        pack: Arc::clone(&view.town.pack),
        balances,
        sales: shops.iter().filter_map(|shop| Some((shop.id, shop.sales?))).collect(),
        budget: payment_budget(&view.town, today)
            .map(|budget| budget_state(&view.town, &view.books, budget, today)),
    }
}

fn terms(pack: &Pack, today: Date, draft: &Draft) -> (Terms, Terms) {
    let rate = pack.grants_on(today, GrantAt::Payment).first().map_or(0, |(g, _)| g.rate.basis_points());
    let campaign = pack.campaign_on(today);
    let now = Terms { rate, person_month: campaign.and_then(|c| c.person_month) };
    let spends = campaign.is_none_or(|c| c.counts == Counts::Spend);
    let tried = Terms {
        rate: draft.rate.map_or(now.rate, rules::Rate::basis_points),
        person_month: draft.person_month.filter(|_| spends).or(now.person_month),
    };
    (now, tried)
}

/// The days within the window on which another campaign took over.
fn changes(pack: &Pack, from: Date, until: Date) -> Vec<Date> {
    let mut days = Vec::new();
    let mut day = from;
    while let Some(next) = pack.next_change(day).filter(|next| *next <= until) {
        days.push(next);
        day = next;
    }
    days
}

fn ends(budget: Option<&BudgetState>, today: Date, all: &Sum) -> (Option<Date>, Option<Date>) {
    let Some(budget) = budget else { return (None, None) };
    let daily = if all.now > 0 {
        let scaled = i128::from(budget.daily) * i128::from(all.draft) / i128::from(all.now);
        i64::try_from(scaled).unwrap_or(i64::MAX)
    } else {
        all.draft / i64::from(DAYS)
    };
    (budget.runs_out, gone_on(budget.total - budget.used, daily, today, budget.until))
}

fn gainers(outcome: &Outcome) -> (i64, i64, i64) {
    outcome.people.values().fold((0, 0, 0), |(more, less, same), sum| match sum.draft.cmp(&sum.now) {
        std::cmp::Ordering::Greater => (more + 1, less, same),
        std::cmp::Ordering::Less => (more, less + 1, same),
        std::cmp::Ordering::Equal => (more, less, same + 1),
    })
}

impl Group {
    fn add(&mut self, sum: &Sum) {
        self.count += 1;
        self.now += sum.now;
        self.draft += sum.draft;
    }
}

fn bands(outcome: &Outcome) -> [Group; BANDS.len() + 1] {
    let mut bands = [Group::default(); BANDS.len() + 1];
    for sum in outcome.people.values() {
        let band = BANDS.iter().position(|most| sum.spent < *most).unwrap_or(BANDS.len());
        bands[band].add(sum);
    }
    bands
}

/// By the shop's trade; most cashback first.
fn trades(shared: &Shared<CityView>, outcome: &Outcome) -> Vec<(u8, Group)> {
    let mut trades: HashMap<u8, Group> = HashMap::new();
    let view = shared.read();
    for (shop, sum) in &outcome.shops {
        if let Some((_, shop)) = view.town.directory.shop(*shop) {
            trades.entry(shop.trade).or_default().add(sum);
        }
    }
    sorted(trades)
}

/// By the person's neighbourhood; most cashback first.
fn places(shared: &Shared<CityView>, outcome: &Outcome) -> Vec<(Option<u8>, Group)> {
    let mut places: HashMap<Option<u8>, Group> = HashMap::new();
    let people: Vec<_> = outcome.people.iter().collect();
    // The pen waits for readers of the view: never for all people of a large city at once.
    for some in people.chunks(10_000) {
        let view = shared.read();
        for (person, sum) in some {
            let place = view.town.directory.holder(**person).and_then(|holder| holder.person.district);
            places.entry(place).or_default().add(sum);
        }
    }
    sorted(places)
}

fn sorted<K: Ord + Copy>(groups: HashMap<K, Group>) -> Vec<(K, Group)> {
    let mut list: Vec<(K, Group)> = groups.into_iter().collect();
    list.sort_by(|(a, x), (b, y)| y.now.max(y.draft).cmp(&x.now.max(x.draft)).then_with(|| a.cmp(b)));
    list
}
