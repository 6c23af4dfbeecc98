//! The pure part of a rehearsal: what the journal recorded, decided once more with [`economy::decide::grant`].
//!
//! Three walks over the same deeds. The first moves meters and budgets by what was recorded, which gives how they
//! stood when the window began. The second decides each payment again under the rules as they were, on meters that
//! follow the record: every reward must come out as it was recorded, and each that doesn't is a difference. The third
//! decides under the draft, on meters of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{MerchantId, Month, PersonId, PostingNo, Won};
use economy::decide::{ShopSize, grant};
use economy::{Class, Meter, chart};
use hashbrown::{HashMap, HashSet};
use ledger::{Key, part};
use rules::{Counts, GrantAt, Pack, Rate};

use crate::today::Today;
use crate::use_cases::earning;

/// What a payment was recorded to earn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Granted {
    /// Won that could earn by what they were paid with.
    pub base: i64,
    /// Won that did earn.
    pub earned: i64,
    /// Won granted.
    pub reward: i64,
    /// The campaign's and the budget's place in [`Case::names`].
    pub campaign: u16,
    /// See `campaign`.
    pub budget: u16,
    /// The month it was metered in.
    pub month: u32,
    /// The budget did not hold more.
    pub by_budget: bool,
}

/// Something in the journal that moves cashback, a meter or a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Paid at once.
    Pay(Sale),
    /// Reserved: the authorisation fixes rate and limits.
    Authorise(Sale),
    /// Taken, whole or in part.
    Capture {
        /// The authorisation.
        of: PostingNo,
        /// Won.
        amount: i64,
        /// Cashback recorded.
        reward: i64,
        /// Won recorded to have earned.
        earned: i64,
        /// Won of it that a sale took off.
        discount: i64,
    },
    /// Let go.
    Release {
        /// The authorisation.
        of: PostingNo,
    },
    /// Taken back, whole or in part.
    Refund {
        /// The payment.
        of: PostingNo,
        /// Won now.
        amount: i64,
        /// Won before.
        before: i64,
        /// Cashback recorded to have been taken back.
        reward: i64,
    },
    /// Authority voted, or granted when money was put on.
    Stock {
        /// The budget's place in [`Case::names`].
        budget: u16,
        /// Won more (or less, below zero).
        change: i64,
    },
}

/// A payment, paid or reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    /// Who pays.
    pub person: PersonId,
    /// At which shop.
    pub shop: MerchantId,
    /// Won.
    pub amount: i64,
    /// Won of it that claims paid: they earn nothing.
    pub prepaid: i64,
    /// Won of it that a sale took off: nobody paid them.
    pub discount: i64,
    /// What it earned.
    pub granted: Granted,
}

/// An act with its place in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    /// Its posting.
    pub no: PostingNo,
    /// The city's day.
    pub day: i32,
    /// The pack in force.
    pub pack: u32,
    /// What it was.
    pub act: Act,
}

/// Another rule to try. What is `None` stays as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Draft {
    /// The rate at payment.
    pub rate: Option<Rate>,
    /// A person's monthly limit, where the campaign's limits count spending.
    pub person_month: Option<Won>,
}

impl Draft {
    /// The pack with the draft in every campaign.
    pub fn applied(&self, pack: &Pack) -> Pack {
        let mut pack = pack.clone();
        for campaign in &mut pack.campaigns {
            if let Some(rate) = self.rate {
                for grant in campaign.grants.iter_mut().filter(|g| g.at == GrantAt::Payment) {
                    grant.rate = rate;
                }
            }
            if let Some(limit) = self.person_month.filter(|_| campaign.counts == Counts::Spend) {
                campaign.person_month = Some(limit);
            }
        }
        pack
    }
}

/// All that a rehearsal is decided on.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// The packs of the window, by number.
    pub packs: BTreeMap<u32, Arc<Pack>>,
    /// Ids of campaigns and budgets.
    pub names: Vec<String>,
    /// Yearly sales of shops, where known.
    pub sales: HashMap<MerchantId, Won>,
    /// Payments and authorisations from before the window that the window refers to.
    pub earlier: Vec<Deed>,
    /// The window, in order.
    pub deeds: Vec<Deed>,
    /// Meters and budgets after the last deed.
    pub end: HashMap<Key, i64>,
    /// The window's first day.
    pub from: i32,
}

/// What someone spent, and what it earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// Won paid, less what was taken back.
    pub spent: i64,
    /// Cashback as recorded, less what was taken back.
    pub now: i64,
    /// Cashback under the draft.
    pub draft: i64,
}

/// A reward that the rules as they were do not give again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// The posting.
    pub no: PostingNo,
    /// Won it recorded.
    pub recorded: i64,
    /// Won that deciding again gives.
    pub again: i64,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Payments in the window.
    pub payments: i64,
    /// All of them together.
    pub all: Sum,
    /// By person.
    pub people: HashMap<PersonId, Sum>,
    /// By shop.
    pub shops: HashMap<MerchantId, Sum>,
    /// A budget did cut some reward in the window, so that it cuts the draft's too.
    pub budget_bound: bool,
    /// Rewards that don't come out as recorded.
    pub differences: u64,
    /// The first of them.
    pub first: Option<Difference>,
}

/// Decides everything once more.
pub fn replay(case: Case, draft: &Draft) -> Outcome {
    let wanted: HashSet<PostingNo> = case.deeds.iter().filter_map(|deed| deed.act.of()).collect();
    let budget_bound = case.deeds.iter().any(|deed| match deed.act {
        Act::Pay(sale) | Act::Authorise(sale) => sale.granted.by_budget,
        _ => false,
    });
    let mut counting = Walk::new(&case, &case.packs, &wanted, Mode::Recorded { check: false });
    counting.run(&mut Outcome::default());
    let moved = counting.state;

    let mut start = case.end.clone();
    for (key, change) in moved {
        *start.entry(key).or_default() -= change;
    }
    let mut outcome = Outcome { budget_bound, ..Outcome::default() };
    let mut checking = Walk::new(&case, &case.packs, &wanted, Mode::Recorded { check: true });
    checking.state.clone_from(&start);
    checking.run(&mut outcome);
    drop(checking);

    let drafted = case.packs.iter().map(|(no, pack)| (*no, Arc::new(draft.applied(pack)))).collect();
    let mut trying = Walk::new(&case, &drafted, &wanted, Mode::Draft { bound: budget_bound });
    trying.state = start;
    trying.run(&mut outcome);
    outcome
}

impl Act {
    /// The earlier posting it speaks of.
    pub fn of(&self) -> Option<PostingNo> {
        match self {
            Act::Capture { of, .. } | Act::Release { of } | Act::Refund { of, .. } => Some(*of),
            Act::Pay(_) | Act::Authorise(_) | Act::Stock { .. } => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Everything as it was recorded; `check` decides each again beside it.
    Recorded { check: bool },
    /// Under the draft; `bound` by the budget or not.
    Draft { bound: bool },
}

struct Walk<'a> {
    case: &'a Case,
    packs: &'a BTreeMap<u32, Arc<Pack>>,
    wanted: &'a HashSet<PostingNo>,
    mode: Mode,
    state: HashMap<Key, i64>,
    kept: HashMap<PostingNo, Sale>,
    today: Option<(u32, Today)>,
}

impl<'a> Walk<'a> {
    fn new(
        case: &'a Case,
        packs: &'a BTreeMap<u32, Arc<Pack>>,
        wanted: &'a HashSet<PostingNo>,
        mode: Mode,
    ) -> Walk<'a> {
        // What was decided before the window stands, under the draft too.
        let kept = case
            .earlier
            .iter()
            .filter_map(|deed| match deed.act {
                Act::Pay(sale) | Act::Authorise(sale) => Some((deed.no, sale)),
                _ => None,
            })
            .collect();
        Walk { case, packs, wanted, mode, state: HashMap::new(), kept, today: None }
    }

    fn run(&mut self, outcome: &mut Outcome) {
        for deed in &self.case.deeds {
            self.step(deed, outcome);
        }
    }

    fn step(&mut self, deed: &Deed, outcome: &mut Outcome) {
        match deed.act {
            Act::Pay(sale) => {
                let granted = self.granted(deed, &sale, outcome);
                self.grant(deed, &sale, &granted);
                self.count(outcome, &sale, sale.amount, granted.reward);
                if self.mode_is_recorded() {
                    outcome.payments += 1;
                }
                self.keep(deed.no, Sale { granted, ..sale });
            }
            Act::Authorise(sale) => {
                let granted = self.granted(deed, &sale, outcome);
                self.grant(deed, &sale, &granted);
                self.keep(deed.no, Sale { granted, ..sale });
            }
            Act::Capture { of, amount, reward, earned, discount } => {
                self.capture(deed, of, ((amount, discount), reward, earned), outcome);
            }
            Act::Release { of } => {
                if let Some(whole) = self.kept.get(&of).copied() {
                    self.stock(whole.granted.budget, whole.granted.reward);
                    self.meters_back(deed, &whole, whole.granted.earned);
                }
            }
            Act::Refund { of, amount, before, reward } => {
                let Some(paid) = self.kept.get(&of).copied() else { return };
                let share = |leg| part(leg, paid.amount, before, amount).unwrap_or(0);
                let again = share(paid.granted.reward);
                let reward = self.settled(deed, reward, again, outcome);
                self.stock(paid.granted.budget, reward);
                self.meters_back(deed, &paid, share(paid.granted.earned));
                self.count(outcome, &paid, -amount, -reward);
            }
            Act::Stock { budget, change } => self.stock(budget, change),
        }
    }

    fn capture(
        &mut self,
        deed: &Deed,
        of: PostingNo,
        recorded: ((i64, i64), i64, i64),
        outcome: &mut Outcome,
    ) {
        let Some(whole) = self.kept.get(&of).copied() else { return };
        let ((amount, discount), reward, earned) = recorded;
        // Claims come first and earn nothing: what is earned is a share of what purses pay.
        let (whole_price, price) = (whole.amount - whole.discount, amount - discount);
        let prepaid = whole.prepaid.min(price);
        let share = |leg| part(leg, whole_price - whole.prepaid, 0, price - prepaid).unwrap_or(0);
        let reward = self.settled(deed, reward, share(whole.granted.reward), outcome);
        let earned = match self.mode {
            Mode::Recorded { .. } => earned,
            Mode::Draft { .. } if reward > 0 => share(whole.granted.earned),
            Mode::Draft { .. } => 0,
        };
        self.stock(whole.granted.budget, whole.granted.reward - reward);
        self.meters_back(deed, &whole, whole.granted.earned - earned);
        self.count(outcome, &whole, amount, reward);
        if self.mode_is_recorded() {
            outcome.payments += 1;
        }
        self.keep(
            deed.no,
            Sale { amount, prepaid, discount, granted: Granted { earned, reward, ..whole.granted }, ..whole },
        );
    }

    fn mode_is_recorded(&self) -> bool {
        matches!(self.mode, Mode::Recorded { .. })
    }

    /// As recorded, or as the draft decides.
    fn granted(&mut self, deed: &Deed, sale: &Sale, outcome: &mut Outcome) -> Granted {
        let recorded = sale.granted;
        if self.mode == (Mode::Recorded { check: false }) {
            return recorded;
        }
        let (earned, reward) = self.decided(deed, sale);
        match self.mode {
            Mode::Draft { .. } => Granted { earned, reward, ..recorded },
            Mode::Recorded { .. } => {
                if (earned, reward) != (recorded.earned, recorded.reward) {
                    outcome.differs(deed.no, recorded.reward, reward);
                }
                recorded
            }
        }
    }

    /// A share that follows from an earlier decision: recorded, or drafted.
    fn settled(&self, deed: &Deed, recorded: i64, again: i64, outcome: &mut Outcome) -> i64 {
        match self.mode {
            Mode::Draft { .. } => again,
            Mode::Recorded { check } => {
                if check && recorded != again {
                    outcome.differs(deed.no, recorded, again);
                }
                recorded
            }
        }
    }

    fn decided(&mut self, deed: &Deed, sale: &Sale) -> (i64, i64) {
        let Some((pack, today)) = self.rules(deed) else { return (0, 0) };
        let mut earning = earning(pack, &today, sale.person, |key| self.state.get(key).copied().unwrap_or(0));
        if let (Some(earning), Mode::Draft { bound: false }) = (&mut earning, self.mode) {
            earning.budget_left = i64::MAX;
        }
        let size = ShopSize::of(self.case.sales.get(&sale.shop).copied(), earning.as_ref());
        let cashback = grant(sale.granted.base, size, earning.as_ref(), 0);
        (cashback.earned, cashback.reward)
    }

    /// The rules of the deed's day.
    fn rules(&mut self, deed: &Deed) -> Option<(&'a Pack, Today)> {
        let pack: &'a Pack = self.packs.get(&deed.pack)?;
        let known = self.today.filter(|(no, today)| *no == deed.pack && today.day == deed.day);
        let today = match known {
            Some((_, today)) => today,
            None => {
                let mut today = Today::of(pack, deed.day);
                self.last_month_stands(deed, &mut today);
                self.today = Some((deed.pack, today));
                today
            }
        };
        Some((pack, today))
    }

    /// A month that ended before the window had the limit it had: the draft does not reach back.
    fn last_month_stands(&self, deed: &Deed, today: &mut Today) {
        let ended = base::day_of_date(today.month.before().last_day()) < self.case.from;
        if let (Some(last), true) = (&mut today.last_month, ended)
            && let Some(was) = self.case.packs.get(&deed.pack).and_then(|p| Today::of(p, deed.day).last_month)
        {
            last.limit = was.limit;
        }
    }

    fn grant(&mut self, deed: &Deed, sale: &Sale, granted: &Granted) {
        self.stock(granted.budget, -granted.reward);
        let Some((pack, today)) = self.rules(deed).filter(|_| granted.earned > 0) else { return };
        let Some(campaign) = today.campaign.map(|i| &pack.campaigns[i]).filter(|c| c.counts == Counts::Spend)
        else {
            return;
        };
        let [month, year, city] = meters(sale.person, today.month);
        self.shift(month, granted.earned);
        if campaign.person_year.is_some() {
            self.shift(year, granted.earned);
        }
        if campaign.city_month.is_some() {
            self.shift(city, granted.earned);
        }
    }

    /// Meters of closed periods stay, as in a refund.
    fn meters_back(&mut self, deed: &Deed, paid: &Sale, earned: i64) {
        let Some((pack, today)) = self.rules(deed).filter(|_| earned > 0) else { return };
        let name = self.case.names.get(usize::from(paid.granted.campaign));
        let campaign = name.and_then(|id| pack.campaign(id)).filter(|c| c.counts == Counts::Spend);
        let Some(campaign) = campaign else { return };
        let then = Month(paid.granted.month);
        let [month, year, city] = meters(paid.person, then);
        if then == today.month {
            self.shift(month, -earned);
        }
        if campaign.person_year.is_some() && then.year() == today.month.year() {
            self.shift(year, -earned);
        }
        if campaign.city_month.is_some() && then == today.month {
            self.shift(city, -earned);
        }
    }

    fn stock(&mut self, budget: u16, change: i64) {
        if change != 0
            && let Some(id) = self.case.names.get(usize::from(budget)).filter(|id| !id.is_empty())
        {
            self.shift(chart::budget(Class::BudgetLeft, id).key, change);
        }
    }

    fn shift(&mut self, key: Key, change: i64) {
        *self.state.entry(key).or_default() += change;
    }

    fn keep(&mut self, no: PostingNo, sale: Sale) {
        if self.wanted.contains(&no) {
            self.kept.insert(no, sale);
        }
    }

    fn count(&self, outcome: &mut Outcome, sale: &Sale, spent: i64, reward: i64) {
        let recorded = self.mode_is_recorded();
        let add = |sum: &mut Sum| {
            if recorded {
                sum.spent += spent;
                sum.now += reward;
            } else {
                sum.draft += reward;
            }
        };
        add(&mut outcome.all);
        add(outcome.people.entry(sale.person).or_default());
        add(outcome.shops.entry(sale.shop).or_default());
    }
}

impl Outcome {
    fn differs(&mut self, no: PostingNo, recorded: i64, again: i64) {
        self.differences += 1;
        self.first.get_or_insert(Difference { no, recorded, again });
    }
}

/// The three meters of spending: the person's month and year, the city's month.
fn meters(person: PersonId, month: Month) -> [Key; 3] {
    let year = u32::from(month.year().unsigned_abs());
    [
        chart::meter(Meter::SpendMonth, person, month.0).key,
        chart::meter(Meter::SpendYear, person, year).key,
        chart::city_meter(Meter::CityMonth, month.0).key,
    ]
}
