//! A small town to decide in: real rules, real books, and one line of text for each thing that happens.
//!
//! After every posting the town checks what must always hold; see [`Town::check`].

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]
#![allow(dead_code, reason = "each test file uses its own part of the town")]

mod deeds;
mod moving;
mod prepaid;
pub mod words;

use std::collections::BTreeMap;
use std::path::Path;

use base::{CardId, Date, MerchantId, Month, PersonId, PostingNo, Won, date};
use economy::decide::{Decision, PinState, Standing};
use economy::facts::GivingFacts;
use economy::gifts::Row;
use economy::{Card, CardKind, CardState, Class, Facts, Merchant, MerchantState, Unit, chart};
use ledger::{Account, Books, Guard, Leg, Owner, State};
use rules::Pack;

/// The person everything happens to, unless a line names another.
pub const JO: PersonId = PersonId(1);
/// Somebody else.
pub const MIN: PersonId = PersonId(2);

/// Shops by their names in a line: (name, trade, yearly sales).
const SHOPS: [(&str, &str, Option<i64>); 5] = [
    ("bakery", "bakery", None),
    ("bookshop", "stationery", Some(90_000_000)),
    ("mart", "supermarket", Some(3_000_000_001)),
    ("carers", "care-service", None),
    ("bar", "nightlife", None),
];

/// The town.
#[derive(Clone)]
pub struct Town {
    /// Its rules.
    pub pack: Pack,
    /// Today.
    pub day: Date,
    /// Its books.
    pub books: Books,
    /// What was decided and posted: posting n stands at n − 1.
    pub done: Vec<Decision>,
    /// Jo's card.
    pub card: Card,
    /// Whether Jo gave the PIN.
    pub pin: PinState,
    /// Won paid with it before today, at the shop it is shown at, without the PIN.
    pub unasked: i64,
    pub heard_short: bool,
    /// The shops, in the order of [`SHOPS`].
    pub shops: Vec<Merchant>,
    /// Own money just after the last top-up, where the town didn't see that top-up.
    pub measure: i64,
    /// Whether the city has named the carers for the care coupon.
    pub named: bool,
    /// Whether the shops take part in the sale of the day.
    pub joined: bool,
    /// The shop gave a stamp today.
    pub stamped: bool,
    /// Won of it that have left since without being spent, where the town didn't see them go.
    pub unspent: i64,
    /// The day claims were bought.
    pub bought_on: i32,
    /// Shops that offer prepayment.
    pub offers: std::collections::BTreeSet<MerchantId>,
    /// Jo's standing gift: basis points, and what for.
    pub standing: Option<(i64, u16)>,
    /// Giving shops: basis points.
    pub angels: BTreeMap<MerchantId, i64>,
    /// The rows of won given, by purpose.
    pub rows: BTreeMap<u16, Row>,
}

fn files(folder: &Path, root: &Path, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, root, found);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            found.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The pack as it stands in the repository.
pub fn jeonju() -> Pack {
    jeonju_with(&[])
}

/// The same with some of its files replaced.
pub fn jeonju_with(replaced: &[(&str, &str)]) -> Pack {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju");
    let mut found = BTreeMap::new();
    files(&root, &root, &mut found);
    for (name, text) in replaced {
        found.insert((*name).to_owned(), (*text).to_owned());
    }
    Pack::parse(&found)
        .unwrap_or_else(|errors| panic!("{}", errors.iter().map(|e| format!("{e}\n")).collect::<String>()))
}

impl Town {
    /// The real city on a day, nobody having anything.
    pub fn new(pack: Pack, day: Date) -> Town {
        let trade = |id: &str| pack.city.trades.iter().position(|t| t.id == id).unwrap();
        let shops = SHOPS
            .iter()
            .enumerate()
            .map(|(index, (name, trade_id, sales))| Merchant {
                id: MerchantId(index as u64 + 1),
                name: (*name).to_owned(),
                business_number: format!("{index:010}"),
                trade: u8::try_from(trade(trade_id)).unwrap(),
                district: 0,
                sales: sales.map(Won),
                owner: None,
                state: MerchantState::Open,
            })
            .collect();
        let card = Card {
            id: CardId(1),
            person: JO,
            number: 9_410_123_456_789_012,
            kind: CardKind::Plastic,
            state: CardState::Active,
            pin: None,
            wrong: 0,
        };
        Town {
            pack,
            day,
            books: Books::new(),
            done: Vec::new(),
            card,
            pin: PinState::Right,
            unasked: 0,
            heard_short: false,
            shops,
            measure: 0,
            named: true,
            joined: false,
            stamped: false,
            unspent: 0,
            bought_on: base::day_of_date(day),
            offers: std::collections::BTreeSet::new(),
            standing: None,
            angels: BTreeMap::new(),
            rows: BTreeMap::new(),
        }
    }

    /// A purpose's row of won.
    pub fn row(&self, purpose: u16) -> Row {
        self.rows.get(&purpose).cloned().unwrap_or_default()
    }

    /// Jo's standing gift, as a payment's decision sees it.
    pub fn stands(&self) -> Option<Standing> {
        let (share, purpose) = self.standing?;
        Some(Standing { share, purpose, named: false, given: self.row(purpose).given })
    }

    /// Keeps the rows of won.
    fn follow_gifts(&mut self, facts: &Facts) {
        if let Some((_, _, gift)) = facts.gift() {
            let row = self.rows.entry(gift.purpose).or_default();
            assert_eq!(row.given, gift.from);
            row.given = gift.until();
        }
        match facts {
            Facts::Refund(refund) => {
                if let Some(gift) = &refund.gift {
                    self.rows.entry(gift.purpose).or_default().strike(gift.until, gift.back);
                }
            }
            Facts::Giving(GivingFacts::Spend(spent)) => {
                for draw in &spent.draws {
                    let row = self.rows.entry(draw.purpose).or_default();
                    (row.front, row.spent) = (draw.until, row.spent + draw.amount);
                }
            }
            _ => {}
        }
    }

    /// Takes a decided posting into the books, which must have nothing against it, and checks what always holds.
    pub fn post(&mut self, decision: Decision) -> PostingNo {
        let legs: Vec<Leg> = decision
            .moves
            .iter()
            .map(|m| Leg {
                debit: self.books.open(m.debit),
                credit: self.books.open(m.credit),
                amount: m.amount,
            })
            .collect();
        let guards: Vec<Guard> = decision
            .guards
            .iter()
            .map(|(account, max)| Guard { account: self.books.open(*account), max: *max })
            .collect();
        let no = self.books.post(&legs, &guards, &mut Vec::new()).unwrap_or_else(|fault| {
            panic!("the books refuse {decision:#?}\n{fault}\n{}", self.balances().join("\n"))
        });
        assert_eq!(Facts::read(&decision.facts.write()).as_ref(), Ok(&decision.facts));
        self.follow_gifts(&decision.facts);
        self.done.push(decision);
        self.check();
        no
    }

    /// What is always true: both sides of the float are equal, a budget is what was voted, every meter has its
    /// other side, and nothing with a floor is below it.
    pub fn check(&self) {
        let (backing, owed) = chart::float_sides();
        let sum = |classes: &[Class]| classes.iter().map(|class| self.sum(*class)).sum::<i64>();
        let shown = || self.balances().join("\n");
        assert_eq!(sum(backing), sum(owed), "the float:\n{}", shown());
        let (backing, owed) = chart::chest_sides();
        assert_eq!(sum(backing), sum(owed), "the collector's books:\n{}", shown());
        for (purpose, row) in &self.rows {
            let there = self.balance(&chart::gifts(*purpose)) + self.balance(&chart::chest_purpose(*purpose));
            assert_eq!(row.left(), there, "what is left of gifts:\n{}", shown());
        }
        assert_eq!(self.sum(Class::Meter), self.sum(Class::MeterTotal), "the meters:\n{}", shown());
        for budget in &self.pack.budgets {
            let of = |class| self.balance(&chart::budget(class, &budget.id));
            let claims = self.books.iter().filter(|(_, a, _)| {
                a.key.class.0 == Class::CityClaim as u8 && a.key.sub == chart::budget_sub(&budget.id)
            });
            let split = of(Class::BudgetLeft)
                + of(Class::BudgetReserved)
                + of(Class::BudgetGranted)
                + claims.map(|(_, _, state)| state.balance).sum::<i64>();
            assert_eq!(split, of(Class::BudgetVoted), "{}:\n{}", budget.id, shown());
        }
        for (_, account, state) in self.books.iter() {
            assert!(!account.floor || state.balance >= 0, "{}:\n{}", self.name(account), shown());
        }
    }

    /// The balance of an account, opened or not.
    pub fn balance(&self, account: &Account) -> i64 {
        self.books.balance_of(&account.key)
    }

    /// The balance of all accounts of a class.
    pub fn sum(&self, class: Class) -> i64 {
        self.books
            .iter()
            .filter(|(_, a, _)| a.key.class.0 == class as u8)
            .map(|(_, _, state)| state.balance)
            .sum()
    }

    /// Won in all of a person's purses.
    pub fn held(&self, person: PersonId) -> i64 {
        let own = |a: &Account| a.key.class.0 == Class::Purse as u8 && a.key.owner == Owner::Person(person);
        self.books.iter().filter(|(_, a, _)| own(a)).map(|(_, _, state)| state.balance).sum()
    }

    /// The same by purpose number, of all that have something in them.
    pub fn held_by_purpose(&self, person: PersonId) -> Vec<(u8, i64)> {
        let mut held = BTreeMap::new();
        for (_, account, state) in self.books.iter() {
            if account.key.class.0 == Class::Purse as u8 && account.key.owner == Owner::Person(person) {
                *held.entry(chart::purse_of(account.key.sub).0).or_insert(0) += state.balance;
            }
        }
        held.into_iter().filter(|(_, amount)| *amount != 0).collect()
    }

    /// Sets a balance nothing has touched yet, and the account on its other side where it has one of its own.
    pub fn set(&mut self, account: Account, amount: i64) {
        let no = self.books.open(account);
        self.books.restore(no, State { balance: amount, ..State::default() });
        let other = match Class::numbered(account.key.class) {
            Some(Class::Meter) => chart::scheme(Class::MeterTotal),
            Some(Class::BudgetLeft | Class::BudgetReserved | Class::BudgetGranted) => {
                let voted = chart::scheme(Class::BudgetVoted);
                Account { key: ledger::Key { sub: account.key.sub, ..voted.key }, ..voted }
            }
            _ => return,
        };
        let same = |a: &Account| a.side != other.side && a.unit == other.unit;
        let sub = |a: &Account| account.unit.0 == Unit::Base as u8 || a.key.sub == other.key.sub;
        let sum = self.books.iter().filter(|(_, a, _)| same(a) && sub(a)).map(|(_, _, s)| s.balance).sum();
        let no = self.books.open(other);
        self.books.restore(no, State { balance: sum, ..State::default() });
    }

    /// Lets the bank hold what the rest of the books say it must.
    pub fn fund(&mut self) {
        let (backing, owed) = chart::float_sides();
        let owed: i64 = owed.iter().map(|class| self.sum(*class)).sum();
        let other: i64 = backing[1..].iter().map(|class| self.sum(*class)).sum();
        self.set(chart::scheme(Class::BankTrust), owed - other);
    }

    /// This month.
    pub fn month(&self) -> Month {
        Month::of(self.day)
    }
}

/// A day in a line: `2021-06-15`.
pub fn day(text: &str) -> Date {
    let parts: Vec<i16> = text.split('-').map(|part| part.parse().unwrap()).collect();
    date(parts[0], i8::try_from(parts[1]).unwrap(), i8::try_from(parts[2]).unwrap())
}

/// The rows of a table: columns parted by `|`, empty lines and `#` lines let go.
pub fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('|').map(str::trim).collect())
}
