//! Control totals: counts and won by class, as the old system's operator states them, as the files add up to, and as the
//! books hold.

use std::collections::BTreeMap;

use economy::{Class, chart};
use ledger::{Books, Owner};
use rules::Pack;
use serde::{Deserialize, Serialize};

use crate::Directory;

/// How many, and how much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// How many; 0 for what is not counted.
    pub count: i64,
    /// Won; 0 for what is only counted.
    pub won: i64,
}

/// The lines, by name: `people`, `cards`, `shops`, `accounts`, `purses/{purpose}`, `prepaid/{business number}`, `advanced`, `payable`,
/// `treasury`, `bank`. A line that is all zero is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Totals(pub BTreeMap<String, Total>);

/// A line on which two totals differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differs {
    /// Which.
    pub line: String,
    /// As stated.
    pub stated: Total,
    /// As found.
    pub found: Total,
}

impl Totals {
    /// Adds to a line.
    pub fn add(&mut self, line: &str, count: i64, won: i64) {
        if count == 0 && won == 0 {
            return;
        }
        let total = self.0.entry(line.to_owned()).or_default();
        total.count += count;
        total.won += won;
    }

    /// A line; zero where there is none.
    pub fn line(&self, name: &str) -> Total {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// Won of all lines that begin so.
    pub fn won_of(&self, start: &str) -> i64 {
        self.0.iter().filter(|(line, _)| line.starts_with(start)).map(|(_, total)| total.won).sum()
    }

    /// What the old card owed: purses, prepayments, and shops.
    pub fn owed(&self) -> i64 {
        self.won_of("purses/") + self.won_of("prepaid/") + self.line("payable").won
    }

    /// What stands behind that: the bank, what the city owes, what shops were paid in advance.
    pub fn backing(&self) -> i64 {
        ["bank", "treasury", "advanced"].iter().map(|line| self.line(line).won).sum()
    }

    /// Every line on which what is found is not what is stated, in order of name.
    pub fn differences(&self, found: &Totals) -> Vec<Differs> {
        let mut lines: Vec<&String> = self.0.keys().chain(found.0.keys()).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
            .into_iter()
            .map(|line| Differs { line: line.clone(), stated: self.line(line), found: found.line(line) })
            .filter(|differs| differs.stated != differs.found)
            .collect()
    }
}

/// What the books hold. `treasury` of what stands in the bank is yet to be put on the city's account: the last posting
/// does that.
pub(crate) fn of_books(books: &Books, directory: &Directory, pack: &Pack, treasury: i64) -> Totals {
    let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    let mut totals = Totals::default();
    totals.add("people", count(directory.holders().len()), 0);
    totals.add("cards", count(directory.cards().len()), 0);
    totals.add("shops", count(directory.shops().len()), 0);
    // Claims by shop: an account of a claim names its holder, so the advance's and the register of claims say which.
    for (_, account, state) in books.iter().filter(|(_, _, state)| state.balance != 0) {
        let won = state.balance;
        match Class::numbered(account.key.class) {
            Some(Class::BankTrust) => totals.add("bank", 0, won - treasury),
            Some(Class::TreasuryDue) => totals.add("treasury", 0, won),
            Some(Class::Purse) => {
                let purpose = pack.purpose_numbered(chart::purse_of(account.key.sub).0);
                let id = purpose.map_or("?", |purpose| purpose.id.as_str());
                totals.add(&format!("purses/{id}"), 1, won);
            }
            Some(Class::ShopPayable) => totals.add("payable", 1, won),
            Some(Class::ShopAdvance) => totals.add("advanced", 1, won),
            // Told by shop below; nothing else moves money while a city moves in.
            Some(Class::Prepaid | Class::BudgetLeft | Class::BudgetReserved | Class::BudgetGranted) => {}
            Some(Class::BudgetVoted | Class::Meter | Class::MeterTotal) => {}
            _ => totals.add("other", 1, won),
        }
    }
    totals.add("treasury", 0, treasury);
    totals
}

/// Adds what open claims hold, by their shops' business numbers.
pub(crate) fn add_claims(
    totals: &mut Totals,
    books: &Books,
    directory: &Directory,
    claims: &crate::prepay::Claims,
) {
    for claim in claims.all() {
        let held = books.balance_of(&chart::prepaid(claim.holder, claim.no).key);
        let number = directory.shop(claim.merchant).map(|(_, shop)| shop.business_number.as_str());
        totals.add(&format!("prepaid/{}", number.unwrap_or("?")), 1, held);
    }
    let on_claims: i64 = claims.all().map(|c| books.balance_of(&chart::prepaid(c.holder, c.no).key)).sum();
    let all: i64 = books
        .iter()
        .filter(|(_, account, _)| account.key.class.0 == Class::Prepaid as u8)
        .filter(|(_, account, _)| matches!(account.key.owner, Owner::Person(_)))
        .map(|(_, _, state)| state.balance)
        .sum();
    totals.add("other", i64::from(all != on_claims), all - on_claims);
}
