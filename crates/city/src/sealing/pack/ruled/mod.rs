//! Deciding a pack's postings again: each with the rules of its day, on the books as they stood just before it.
//!
//! Decided again, to the leg: payments, reservations, captures and what is let go of (with standing gifts, coupons, sales
//! and the claims that paid), refunds, top-ups with their limits and what they earn, money given to another, withdrawals,
//! purses past their date, prepayments, claims given, advanced and ended, gifts once, gifts passed on and spent (which went
//! first), coupons given and taken back, settlements, what a bank's answer moved, votes, and the city's transfers.
//!
//! What a pack can't know is taken as recorded: whether a card was frozen or a shop had closed, whether a coupon's purpose
//! names the shop, and who set a standing gift; where the pack doesn't say how a row of gifts stood, also how much of a gift
//! was spent when its payment came back. What can't be decided again at all is counted, with the reason.

mod city;
mod claims;
mod money;
mod own;

pub(crate) use city::payouts_named;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use base::{EntryNo, MerchantId, Month, PersonId, PostingNo, Refusal, Won, Zone};
use economy::decide::{self, Decision, Purse};
use economy::facts::{GiftPart, PayoutFacts, Prepayment};
use economy::holder::{MerchantState, Shop};
use economy::{Class, Facts, Merchant, chart};
use ledger::{Account, AccountNo, EntryRow, Key, Owner, PostingRow, State};
use rules::{CardRules, Giving, Pack, Purpose};

use super::lines::{PackLine, ShopLine};
use super::read::{NotAudited, lines};
use super::rows::Rows;
use super::{PACKS, SHOPS};
use crate::pack::Kept;
use crate::since::Seen;
use crate::today::Today;

/// A payout of the journal.
#[derive(Debug, Clone)]
pub(super) struct Payout {
    /// Won sent.
    pub amount: i64,
    /// The shop, if it was one's.
    pub shop: Option<MerchantId>,
    /// The person, if it was one's, with the purses it was taken from.
    pub person: Option<(PersonId, Vec<(Account, i64)>)>,
}

/// What a bank's answer is recorded to have said.
#[derive(Debug, Clone)]
pub(super) enum Told {
    /// These were carried out, by the answer of this hash.
    Paid { payouts: Vec<PostingNo>, answer: String },
    /// This one was not, or came back.
    Failed { payout: PostingNo, paid: bool, code: String },
}

/// What is wrong with a posting.
#[derive(Debug)]
pub(super) enum Broken {
    /// Said in words.
    Is(&'static str),
    /// The rules refuse it.
    Refused(&'static str),
    /// A leg is another: from which class to which, won recorded, won by the rules.
    Leg(&'static str, &'static str, i64, i64),
    /// The pack doesn't have what it would be decided on: nothing is said of the posting.
    Unknown(&'static str),
}

/// Postings that were not decided again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// Of which kind.
    pub kind: String,
    /// Why not.
    pub why: &'static str,
    /// How many.
    pub count: u64,
}

impl From<Refusal> for Broken {
    fn from(refusal: Refusal) -> Broken {
        Broken::Refused(refusal.code)
    }
}

impl Broken {
    /// Of a posting that is of a kind without legs.
    const MOVES_NOTHING: Broken = Broken::Is("a posting of a kind that moves nothing");

    pub fn at(self, no: PostingNo) -> NotAudited {
        match self {
            Broken::Is(what) | Broken::Unknown(what) => NotAudited::Posting(no, what),
            Broken::Refused(code) => NotAudited::Refused { no, code },
            Broken::Leg(from, to, recorded, again) => NotAudited::Leg { no, from, to, recorded, again },
        }
    }
}

/// The rules of a pack, and what has to be known of the journal to decide by them.
pub(super) struct Ruled {
    pub packs: BTreeMap<u32, Arc<Pack>>,
    shops: HashMap<MerchantId, ShopLine>,
    zones: HashMap<u32, Zone>,
    accounts: HashMap<Key, u32>,
    purses: HashMap<PersonId, Vec<(Account, u32)>>,
    claims: HashMap<u32, Vec<(PersonId, u32)>>,
    /// Won given to each purpose by now. Of a purpose that a later period has not met yet it isn't known.
    given: BTreeMap<u16, i64>,
    /// Which won of each purpose were spent, and which came back.
    rows: Rows,
    /// The journal begins with this period.
    whole: bool,
    /// Postings that later ones continue or reverse.
    wanted: HashSet<PostingNo>,
    /// Accounts of own money of those who withdraw and of claims they held, and how they moved.
    own: HashSet<AccountNo>,
    moved: HashMap<EntryNo, Seen>,
    /// What claims were bought by, and how each moved last.
    bought: HashMap<u32, Prepayment>,
    claims_moved: HashMap<u32, claims::Moved>,
    facts: HashMap<PostingNo, Facts>,
    taken: HashMap<PostingNo, i64>,
    pub payouts: HashMap<PostingNo, Payout>,
    pub told: Vec<(PostingNo, Told)>,
    today: Option<(u32, Today)>,
    /// How many were decided again.
    pub decided: u64,
    /// How many were not, by kind and reason.
    undecided: BTreeMap<(String, &'static str), u64>,
}

/// The rules of packs, by their numbers.
fn packs(folder: &Path) -> Result<BTreeMap<u32, Arc<Pack>>, NotAudited> {
    let mut packs = BTreeMap::new();
    lines(folder, PACKS, &mut |line: PackLine| {
        let no = line.no;
        let kept = Kept { files: line.files, scale: (line.people, line.population) };
        let pack = kept.parse().map_err(|_| NotAudited::Pack(no))?;
        if seal::hex(&pack.hash) != line.hash {
            return Err(NotAudited::Pack(no));
        }
        packs.insert(no, Arc::new(pack));
        Ok(())
    })?;
    Ok(packs)
}

impl Ruled {
    pub fn new(
        folder: &Path,
        accounts: &[Account],
        (wanted, withdraw): (HashSet<PostingNo>, &HashSet<PersonId>),
        whole: bool,
    ) -> Result<Ruled, NotAudited> {
        let packs = packs(folder)?;
        let mut zones = HashMap::new();
        for (no, pack) in &packs {
            zones.insert(*no, Zone::named(&pack.city.zone).ok_or(NotAudited::Pack(*no))?);
        }
        let mut shops = HashMap::new();
        lines(folder, SHOPS, &mut |line: ShopLine| {
            shops.extend(line.id.parse().ok().map(|shop| (shop, line)));
            Ok(())
        })?;
        let mut ruled = Ruled {
            packs,
            shops,
            zones,
            accounts: HashMap::with_capacity(accounts.len()),
            purses: HashMap::new(),
            claims: HashMap::new(),
            given: BTreeMap::new(),
            rows: Rows::new(whole),
            whole,
            wanted,
            own: HashSet::new(),
            moved: HashMap::new(),
            bought: HashMap::new(),
            claims_moved: HashMap::new(),
            facts: HashMap::new(),
            taken: HashMap::new(),
            payouts: HashMap::new(),
            told: Vec::new(),
            today: None,
            decided: 0,
            undecided: BTreeMap::new(),
        };
        let cash: Vec<u8> = ruled
            .packs
            .values()
            .filter_map(|pack| pack.purpose(Purpose::CASH))
            .map(|one| one.number)
            .collect();
        for (no, account) in (0..).zip(accounts) {
            ruled.accounts.insert(account.key, no);
            match (Class::numbered(account.key.class), account.key.owner) {
                (Some(Class::Purse), Owner::Person(person)) => {
                    ruled.purses.entry(person).or_default().push((*account, no));
                    if withdraw.contains(&person) && cash.contains(&chart::purse_of(account.key.sub).0) {
                        ruled.own.insert(AccountNo(no));
                    }
                }
                (Some(Class::Prepaid), Owner::Person(person)) => {
                    ruled.claims.entry(account.key.sub).or_default().push((person, no));
                }
                _ => {}
            }
        }
        // Whose claims they were, too: what is used of them counts for who bought them.
        let of_those =
            |held: &&Vec<(PersonId, u32)>| held.iter().any(|(person, _)| withdraw.contains(person));
        let claims = ruled.claims.values().filter(of_those).flatten();
        ruled.own.extend(claims.map(|(_, no)| AccountNo(*no)));
        Ok(ruled)
    }

    /// What was not decided again.
    pub fn undecided(&self) -> Vec<Undecided> {
        let all = self.undecided.iter();
        all.map(|((kind, why), count)| Undecided { kind: kind.clone(), why, count: *count }).collect()
    }

    /// What shops say they sell in a year.
    pub fn sales(&self) -> hashbrown::HashMap<MerchantId, Won> {
        self.shops.iter().filter_map(|(shop, line)| Some((*shop, Won(line.sales?)))).collect()
    }

    /// A posting that was proved to be sealed before the period began.
    pub fn earlier(&mut self, posting: &PostingRow, entries: &[EntryRow], accounts: &[Account]) {
        let Ok(facts) = Facts::read(&posting.facts) else { return };
        self.keep_payout(posting.no, &facts, entries, accounts);
        self.keep_own(posting, entries);
        self.keep_claims(&facts, entries, accounts);
        self.rows.earlier(&facts);
        self.facts.insert(posting.no, facts);
    }

    /// All that was before the period is known: it begins, and accounts stand so.
    pub fn begin(&mut self, accounts: &[Account], states: &[State]) {
        let gifts = |account: &&Account| Class::numbered(account.key.class) == Some(Class::GiftCollected);
        let purposes = accounts.iter().filter(gifts).filter_map(|one| u16::try_from(one.key.sub).ok());
        let state = |account: Account| {
            let no = self.accounts.get(&account.key)?;
            states.get(*no as usize).copied().filter(|state| state.last != EntryNo(0))
        };
        let left = |purpose| {
            let given = state(chart::gifts(purpose))?;
            Some(given.balance + state(chart::chest_purpose(purpose)).map_or(0, |state| state.balance))
        };
        self.rows.begin(purposes.chain([Giving::GENERAL]), left);
    }

    /// Decides a posting again, on what accounts stood at before it.
    pub fn posting(
        &mut self,
        posting: &PostingRow,
        entries: &[EntryRow],
        accounts: &[Account],
        states: &[State],
    ) -> Result<(), Broken> {
        let facts = Facts::read(&posting.facts).map_err(|_| Broken::Is("its facts can't be read"))?;
        let pack = self.packs.get(&posting.pack).cloned().ok_or(Broken::Is("its rules are missing"))?;
        let today = match self.today {
            Some((no, today)) if no == posting.pack && today.day == posting.day => today,
            _ => Today::of(&pack, posting.day),
        };
        self.today = Some((posting.pack, today));
        self.gifts(&facts, entries, accounts, &pack)?;
        let moment = Moment { ruled: self, pack: &pack, today, states, posting, entries, accounts };
        match moment.again(&facts).and_then(|decision| moment.same(&decision, &facts)) {
            Ok(()) => self.decided += 1,
            Err(Broken::Unknown(why)) => {
                *self.undecided.entry((posting.kind.clone().into_owned(), why)).or_default() += 1;
            }
            Err(broken) => return Err(broken),
        }
        if let Facts::Refund(refund) = &facts {
            self.taken.insert(PostingNo(refund.payment), refund.before + refund.amount);
        }
        match &facts {
            Facts::Confirm { payouts, answer, .. } => {
                let payouts = payouts.iter().copied().map(PostingNo).collect();
                self.told.push((posting.no, Told::Paid { payouts, answer: answer.clone() }));
            }
            Facts::Payouts(PayoutFacts::Failed { payout, paid, code, .. }) => {
                let told = Told::Failed { payout: PostingNo(*payout), paid: *paid, code: code.clone() };
                self.told.push((posting.no, told));
            }
            _ => {}
        }
        self.keep_payout(posting.no, &facts, entries, accounts);
        self.keep_own(posting, entries);
        self.keep_claims(&facts, entries, accounts);
        self.rows.take(&facts);
        if self.wanted.contains(&posting.no) {
            self.facts.insert(posting.no, facts);
        }
        Ok(())
    }

    fn keep_payout(&mut self, no: PostingNo, facts: &Facts, entries: &[EntryRow], accounts: &[Account]) {
        let sent = chart::scheme(Class::PayoutSent).key;
        let account = |no: ledger::AccountNo| accounts.get(no.0 as usize);
        let legs = entries.iter().filter(|entry| account(entry.credit).is_some_and(|one| one.key == sent));
        let legs: Vec<(Account, i64)> =
            legs.filter_map(|entry| Some((*account(entry.debit)?, entry.amount))).collect();
        let amount = legs.iter().map(|leg| leg.1).sum();
        let (shop, person) = match facts {
            Facts::Settle(settled) => (Some(settled.merchant), None),
            Facts::Withdraw(withdrawal) => (None, Some((withdrawal.person, legs))),
            _ => (None, None),
        };
        if amount > 0 {
            self.payouts.insert(no, Payout { amount, shop, person });
        }
    }

    /// What is given stands in its purpose's row without a gap, and nothing is given that the facts don't say.
    fn gifts(
        &mut self,
        facts: &Facts,
        entries: &[EntryRow],
        accounts: &[Account],
        pack: &Pack,
    ) -> Result<(), Broken> {
        let gift: Option<GiftPart> = facts.gift().map(|(.., gift)| gift);
        let mut moved: BTreeMap<u32, i64> = BTreeMap::new();
        for entry in entries {
            let to = accounts.get(entry.credit.0 as usize).ok_or(Broken::Is("an account nobody knows"))?;
            if Class::numbered(to.key.class) == Some(Class::GiftCollected) {
                *moved.entry(to.key.sub).or_default() += entry.amount;
            }
        }
        let told: BTreeMap<u32, i64> =
            gift.iter().map(|gift| (u32::from(gift.purpose), gift.amount)).collect();
        if moved != told {
            return Err(Broken::Is("what it gave is not what its gift leg moved"));
        }
        let Some(gift) = gift else { return Ok(()) };
        let rules = pack.giving.as_ref().ok_or(Broken::Is("a gift where the rules know none"))?;
        let known =
            gift.purpose >= Giving::OPENED_FROM || rules.purposes.iter().any(|p| p.number == gift.purpose);
        if !known {
            return Err(Broken::Is("a gift for a purpose nobody knows"));
        }
        let before = match self.given.get(&gift.purpose) {
            Some(given) => *given,
            None if self.whole => 0,
            None => gift.from,
        };
        if before != gift.from {
            return Err(Broken::Is("its gift does not stand where the row of its purpose ended"));
        }
        self.given.insert(gift.purpose, gift.until());
        Ok(())
    }
}

/// A posting about to be decided again.
struct Moment<'a> {
    ruled: &'a Ruled,
    pack: &'a Pack,
    today: Today,
    states: &'a [State],
    posting: &'a PostingRow,
    entries: &'a [EntryRow],
    accounts: &'a [Account],
}

impl<'a> Moment<'a> {
    fn balance(&self, key: &Key) -> i64 {
        let no = self.ruled.accounts.get(key);
        no.and_then(|no| self.states.get(*no as usize)).map_or(0, |state| state.balance)
    }

    fn of(&self, account: Account) -> i64 {
        self.balance(&account.key)
    }

    fn purpose(&self, id: &str) -> Result<&'a Purpose, Broken> {
        self.pack.purpose(id).ok_or(Broken::Is("the rules have no purse of this purpose"))
    }

    fn card_rules(&self) -> Result<&'a CardRules, Broken> {
        self.today.card.map(|at| &self.pack.card[at]).ok_or(Broken::Is("the rules have no card that day"))
    }

    /// A person's purses with something in them, as a decision sees them.
    fn purses(&self, person: PersonId) -> Vec<Purse<'a>> {
        let own = self.ruled.purses.get(&person).map_or(&[][..], Vec::as_slice);
        own.iter()
            .filter_map(|(account, no)| {
                let balance = self.states.get(*no as usize)?.balance;
                let (number, expires) = chart::purse_of(account.key.sub);
                let purpose = self.pack.purpose_numbered(number)?;
                let pays = purpose.ends.is_empty() || purpose.pays_on(expires, self.today.date);
                (balance > 0 && pays).then_some(Purse { purpose, expires, balance })
            })
            .collect()
    }

    /// A shop as a decision sees it; what only its own desk knows stays open.
    fn shop(&self, id: MerchantId) -> Result<Merchant, Broken> {
        let line = self.ruled.shops.get(&id).ok_or(Broken::Is("a shop nobody knows"))?;
        let trade = economy::store::trade(&self.pack.city, &line.trade);
        Ok(Merchant {
            id,
            name: String::new(),
            business_number: String::new(),
            trade: trade.ok_or(Broken::Is("a shop of a trade the rules don't know"))?,
            district: 0,
            sales: line.sales.map(Won),
            owner: None,
            state: MerchantState::Open,
        })
    }

    fn with_trade<'b>(&'b self, merchant: &'b Merchant) -> Result<Shop<'b>, Broken> {
        let trade = self.pack.city.trades.get(usize::from(merchant.trade));
        Ok(Shop { merchant, trade: trade.ok_or(Broken::Is("a shop of a trade the rules don't know"))? })
    }

    /// The facts of an earlier posting that this one continues or reverses.
    fn earlier(&self, no: PostingNo) -> Result<&'a Facts, Broken> {
        self.ruled.facts.get(&no).ok_or(Broken::Is("what it refers to is missing"))
    }

    /// Who holds a claim, and what is in it.
    fn claim(&self, no: u32) -> Option<(PersonId, i64)> {
        let held = self.ruled.claims.get(&no)?.iter();
        let held = held.filter_map(|(person, at)| Some((*person, self.states.get(*at as usize)?.balance)));
        held.max_by_key(|(_, balance)| *balance)
    }

    /// The decision of this posting's kind.
    fn again(&self, facts: &Facts) -> Result<Decision, Broken> {
        match facts {
            Facts::Pay(payment) => self.pay(payment),
            Facts::Authorise(payment) => self.authorise(payment),
            Facts::Capture { authorisation, payment } => {
                self.capture(PostingNo(*authorisation), payment, facts)
            }
            Facts::Release(release) => self.release(release, facts),
            Facts::Refund(refund) => self.refund(refund, facts),
            Facts::TopUp(top_up) => self.top_up(top_up),
            Facts::Gift(gift) => self.gift(gift),
            Facts::Withdraw(withdrawal) => self.withdraw(withdrawal),
            Facts::Expire { person, amount } => self.expire(*person, *amount),
            Facts::Prepay(facts) => self.prepay(facts),
            Facts::Settle(settled) => self.settle(settled),
            Facts::Coupons(facts) => self.coupons(facts),
            Facts::Giving(facts) => self.giving(facts),
            Facts::Disposed(disposed) => Ok(decide::dispose(disposed.clone())),
            Facts::Confirm { amount, payouts, answer } => self.confirm(*amount, payouts, answer),
            Facts::Payouts(PayoutFacts::Failed { payout, paid, code, .. }) => {
                self.failed(PostingNo(*payout), *paid, code)
            }
            Facts::Treasury { amount } => {
                Ok(decide::transfer(*amount, self.of(chart::scheme(Class::TreasuryDue)))?)
            }
            Facts::Vote { budget, amount } => {
                let known = self.pack.budget(budget);
                let known = known.ok_or(Broken::Is("authority for a budget the rules don't know"))?;
                Ok(decide::vote(&known.id, *amount))
            }
            Facts::Moving(_) => Err(Broken::Unknown("what the older system owed is not in a pack")),
            _ => Err(Broken::MOVES_NOTHING),
        }
    }

    /// The posting is what was decided: kind, sum, facts, and every leg; and no guard is overrun.
    fn same(&self, decision: &Decision, facts: &Facts) -> Result<(), Broken> {
        if decision.kind != self.posting.kind {
            return Err(Broken::Is("it is of another kind than its facts"));
        }
        let mut legs: HashMap<(Key, Key), (i64, i64)> = HashMap::new();
        // In the posting's own order, so that what is named is the first leg that is wrong.
        let mut order = Vec::with_capacity(self.entries.len());
        for entry in self.entries {
            let key = |no: ledger::AccountNo| self.accounts.get(no.0 as usize).map(|account| account.key);
            let both =
                key(entry.debit).zip(key(entry.credit)).ok_or(Broken::Is("an account nobody knows"))?;
            legs.entry(both).or_default().0 += entry.amount;
            order.push(both);
        }
        for one in &decision.moves {
            let both = (one.debit.key, one.credit.key);
            legs.entry(both).or_default().1 += one.amount;
            order.push(both);
        }
        let class = |key: &Key| Class::numbered(key.class).map_or("?", Class::code);
        for (debit, credit) in &order {
            let (recorded, again) = legs.get(&(*debit, *credit)).copied().unwrap_or_default();
            if recorded != again {
                return Err(Broken::Leg(class(debit), class(credit), recorded, again));
            }
        }
        if decision.amount != self.posting.amount || decision.reverses != self.posting.reverses {
            return Err(Broken::Is("its sum, or what it reverses, is not what the rules give"));
        }
        if decision.facts != *facts {
            return Err(Broken::Is("its facts are not what the rules give"));
        }
        for (account, most) in &decision.guards {
            let up: i64 =
                decision.moves.iter().filter(|m| m.debit.key == account.key).map(|m| m.amount).sum();
            if self.balance(&account.key) + up > *most {
                return Err(Broken::Is("it goes beyond a limit of the rules"));
            }
        }
        Ok(())
    }

    fn month(&self) -> Month {
        self.today.month
    }
}
