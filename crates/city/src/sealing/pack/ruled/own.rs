//! What people do with their own money besides paying: put on, given to another, withdrawn.

use base::{EntryNo, PersonId};
use economy::decide::{self, Decision, GiftCase, TopUpCase, WithdrawCase, total};
use economy::facts::{Gift, TopUp, Withdrawal};
use economy::{Class, chart};
use ledger::{Account, AccountNo, EntryRow, Owner, PostingRow, State};
use rules::Purpose;

use super::{Broken, Moment, Ruled};
use crate::since::{Look, Seen, since_last_top_up};
use crate::use_cases::{earning_at_charge, is_over, limits_of_top_ups};

impl Ruled {
    /// Keeps what a withdrawal is measured by: movements of own money of those who withdraw, of claims they held, and of what
    /// is reserved of either.
    pub(super) fn keep_own(&mut self, posting: &PostingRow, entries: &[EntryRow]) {
        for entry in entries {
            if [entry.debit, entry.credit].iter().any(|no| self.own.contains(no)) {
                self.moved.insert(entry.no, Seen::of(*entry, posting));
                if posting.kind == "authorise" {
                    self.own.insert(entry.credit);
                }
            }
        }
    }
}

impl Look for &Moment<'_> {
    type Error = Broken;

    fn entry(&mut self, no: EntryNo) -> Result<Option<Seen>, Broken> {
        Ok(self.ruled.moved.get(&no).cloned())
    }

    fn account(&mut self, no: AccountNo) -> Option<(Account, State)> {
        let at = no.0 as usize;
        Some((*self.accounts.get(at)?, *self.states.get(at)?))
    }
}

impl Moment<'_> {
    pub(super) fn top_up(&self, facts: &TopUp) -> Result<Decision, Broken> {
        let person = facts.person;
        let of = |account: ledger::Account| self.of(account);
        Ok(decide::top_up(&TopUpCase {
            amount: facts.amount,
            person,
            purses: &self.purses(person),
            cash: self.purpose(Purpose::CASH)?,
            reward: self.purpose(Purpose::REWARD)?,
            rules: self.card_rules()?,
            earning: earning_at_charge(self.pack, &self.today, person, of),
            limits: limits_of_top_ups(self.pack, &self.today, person, of),
            date: self.today.date,
        })?)
    }

    pub(super) fn gift(&self, facts: &Gift) -> Result<Decision, Broken> {
        Ok(decide::gift(&GiftCase {
            amount: facts.amount,
            from: facts.from,
            purses: &self.purses(facts.from),
            to: facts.to,
            to_holds: total(&self.purses(facts.to), self.month()),
            cash: self.purpose(Purpose::CASH)?,
            rules: self.card_rules()?,
            date: self.today.date,
        })?)
    }

    /// A purse past its date: which one stands in its leg.
    pub(super) fn expire(&self, person: PersonId, amount: i64) -> Result<Decision, Broken> {
        let emptied = self.entries.iter().find_map(|entry| self.accounts.get(entry.debit.0 as usize));
        let purse = emptied.filter(|account| {
            account.key.owner == Owner::Person(person)
                && Class::numbered(account.key.class) == Some(Class::Purse)
        });
        let purse = purse.ok_or(Broken::Is("a purse is emptied that is not that person's"))?;
        let (purpose, expires) = chart::purse_of(purse.key.sub);
        let of_a_coupon = self.pack.coupons.of_purse(purpose, expires).is_some();
        if of_a_coupon || !is_over(self.pack, (purpose, expires), self.today.date) {
            return Err(Broken::Is("a purse is emptied that is not past its date"));
        }
        if self.of(*purse) != amount {
            return Err(Broken::Is("another sum is taken out of a purse than was left in it"));
        }
        Ok(decide::expire(person, purpose, expires, amount))
    }

    pub(super) fn withdraw(&self, facts: &Withdrawal) -> Result<Decision, Broken> {
        let cash = self.purpose(Purpose::CASH)?;
        let own = self.ruled.purses.get(&facts.person).map_or(&[][..], Vec::as_slice);
        let of_cash = own.iter().filter(|(account, _)| chart::purse_of(account.key.sub).0 == cash.number);
        let chains: Vec<_> = of_cash
            .filter_map(|(_, no)| Some((AccountNo(*no), self.states.get(*no as usize)?.last)))
            .collect();
        let found = since_last_top_up(facts.person, &chains, &mut &*self)?;
        if found.is_cut || !found.unknown.is_empty() {
            return Err(Broken::Unknown("what it was measured by is not in the pack"));
        }
        Ok(decide::withdraw(&WithdrawCase {
            person: facts.person,
            purses: &self.purses(facts.person),
            cash,
            since: found.since,
            rules: self.card_rules()?,
            date: self.today.date,
        })?)
    }
}
