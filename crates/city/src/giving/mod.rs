//! Gifts in memory: who gives always, which shops give, what was given by whom and when, and which won of it are spent.
//!
//! A payment looks up its holder's standing gift here, without SQL. All changes go through [`Giving::apply`], on the pen's
//! thread and in the readers' copy alike; what it gives takes the change back.

mod angel;
pub(crate) mod store;
mod tally;

use std::collections::BTreeMap;

use base::{MerchantId, Month, PersonId};
use economy::Facts;
use economy::decide::{ShopGift, Standing};
use economy::facts::{Draw, GiftBack, GiftKind, GiftPart, Giver, GivingFacts};
use economy::gifts::Row;

pub use angel::{Angel, AngelState};
pub use store::{Issue, Line, Receipt, Spending, SpendingDocument};
pub use tally::{Given, MonthOfGifts};

/// A share of all cashback that a person gives until they stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandingGift {
    /// Basis points.
    pub share: i64,
    /// What it is for, by number.
    pub purpose: u16,
    /// Whether the giver's name may be told.
    pub named: bool,
}

/// A purpose that the collector opened itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its number, from [`rules::Giving::OPENED_FROM`] on.
    pub number: u16,
    /// Its name in Korean.
    pub ko: String,
    /// Its name in English.
    pub en: String,
}

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A standing gift was set, or ended.
    Standing(PersonId, Option<StandingGift>),
    /// A giving shop is new or has changed.
    Angel(Angel),
    /// A purpose was opened.
    Opened(Opened),
    /// Something was given.
    Gave(Giver, GiftKind, GiftPart, Month),
    /// Something given came back.
    Back(Giver, GiftBack),
    /// Something was spent.
    Spent(Vec<Draw>),
    /// So many receipts were given in a year by now.
    Receipts(i16, u32),
}

impl Change {
    /// What a posting changes.
    pub(crate) fn of(facts: &Facts, day: i32) -> Option<Change> {
        if let Some((giver, kind, gift)) = facts.gift() {
            return Some(Change::Gave(giver, kind, gift, Month::of(base::date_of_day(day))));
        }
        match facts {
            Facts::Refund(refund) => {
                refund.gift.clone().map(|back| Change::Back(Giver::Person(refund.person), back))
            }
            Facts::Giving(GivingFacts::Spend(spent)) => Some(Change::Spent(spent.draws.clone())),
            _ => None,
        }
    }
}

/// How a change is taken back.
pub(crate) enum Was {
    Standing(PersonId, Option<StandingGift>),
    Angel(MerchantId, Option<Angel>),
    NotOpened,
    NotGiven(Giver, GiftKind, GiftPart, Month),
    NotBack(Giver, GiftBack),
    NotSpent(Vec<(Draw, i64)>),
    Receipts(i16, Option<u32>),
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Giving {
    standing: BTreeMap<PersonId, StandingGift>,
    angels: BTreeMap<MerchantId, Angel>,
    opened: Vec<Opened>,
    rows: BTreeMap<u16, Row>,
    given: Given,
    receipts: BTreeMap<i16, u32>,
}

/// The part of it that is read from the journal, for a checkpoint to keep.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Saved {
    rows: BTreeMap<u16, Row>,
    given: tally::Saved,
}

impl Giving {
    /// A person's standing gift.
    pub fn standing(&self, person: PersonId) -> Option<&StandingGift> {
        self.standing.get(&person)
    }

    /// How many people give always.
    pub fn standing_gifts(&self) -> usize {
        self.standing.len()
    }

    /// The same, as a payment's decision sees it.
    pub(crate) fn stands(&self, person: PersonId) -> Option<Standing> {
        let StandingGift { share, purpose, named } = *self.standing.get(&person)?;
        Some(Standing { share, purpose, named, given: self.rows.get(&purpose).map_or(0, |row| row.given) })
    }

    /// A purpose's row of won.
    pub fn row(&self, purpose: u16) -> Row {
        self.rows.get(&purpose).cloned().unwrap_or_default()
    }

    /// All rows, by purpose.
    pub fn rows(&self) -> impl Iterator<Item = (u16, &Row)> {
        self.rows.iter().map(|(purpose, row)| (*purpose, row))
    }

    /// What a shop gives of its payouts, if its plaque is up.
    pub(crate) fn shop_gift(&self, merchant: MerchantId) -> Option<ShopGift> {
        let angel = self.angels.get(&merchant).filter(|angel| angel.state == AngelState::Plaque)?;
        let given = self.rows.get(&angel.purpose).map_or(0, |row| row.given);
        Some(ShopGift { rate: angel.rate, purpose: angel.purpose, given })
    }

    /// A shop that gives, or asked to.
    pub fn angel(&self, merchant: MerchantId) -> Option<&Angel> {
        self.angels.get(&merchant)
    }

    /// Whether a shop's plaque is up.
    pub fn is_angel(&self, merchant: MerchantId) -> bool {
        self.angel(merchant).is_some_and(|angel| angel.state == AngelState::Plaque)
    }

    /// All of them, in order of their ids.
    pub fn angels(&self) -> impl Iterator<Item = &Angel> {
        self.angels.values()
    }

    /// The number the next plaque will have.
    pub(crate) fn next_plaque(&self) -> u32 {
        self.angels.values().filter_map(|angel| angel.plaque).max().unwrap_or(0) + 1
    }

    /// Purposes that the collector opened itself.
    pub fn opened(&self) -> &[Opened] {
        &self.opened
    }

    /// Whether there is a purpose of this number.
    pub(crate) fn knows(&self, purpose: u16, rules: &rules::Giving) -> bool {
        rules.purposes.iter().any(|known| known.number == purpose)
            || self.opened.iter().any(|known| known.number == purpose)
    }

    /// What was given, by month and by giver.
    pub fn given(&self) -> &Given {
        &self.given
    }

    /// How many receipts were given in a year.
    pub(crate) fn receipts(&self, year: i16) -> u32 {
        self.receipts.get(&year).copied().unwrap_or(0)
    }

    /// Takes in a change.
    pub(crate) fn apply(&mut self, change: &Change) -> Was {
        match change {
            Change::Standing(person, standing) => {
                let was = match standing {
                    Some(standing) => self.standing.insert(*person, *standing),
                    None => self.standing.remove(person),
                };
                Was::Standing(*person, was)
            }
            Change::Angel(angel) => {
                Was::Angel(angel.merchant, self.angels.insert(angel.merchant, angel.clone()))
            }
            Change::Opened(opened) => {
                self.opened.push(opened.clone());
                Was::NotOpened
            }
            Change::Gave(giver, kind, gift, month) => {
                self.rows.entry(gift.purpose).or_default().given = gift.until();
                self.given.gave(*giver, *kind, gift.amount, *month);
                Was::NotGiven(*giver, *kind, *gift, *month)
            }
            Change::Back(giver, back) => {
                self.rows.entry(back.purpose).or_default().strike(back.until, back.back);
                self.given.back(*giver, back.back, Month(back.month));
                Was::NotBack(*giver, back.clone())
            }
            Change::Spent(draws) => {
                let mut fronts = Vec::new();
                for draw in draws {
                    let row = self.rows.entry(draw.purpose).or_default();
                    fronts.push((*draw, row.front));
                    (row.front, row.spent) = (draw.until, row.spent + draw.amount);
                }
                Was::NotSpent(fronts)
            }
            Change::Receipts(year, count) => Was::Receipts(*year, self.receipts.insert(*year, *count)),
        }
    }

    /// Takes a change back: the last first.
    pub(crate) fn take_back(&mut self, was: Was) {
        match was {
            Was::Standing(person, Some(standing)) => drop(self.standing.insert(person, standing)),
            Was::Standing(person, None) => drop(self.standing.remove(&person)),
            Was::Angel(merchant, Some(angel)) => drop(self.angels.insert(merchant, angel)),
            Was::Angel(merchant, None) => drop(self.angels.remove(&merchant)),
            Was::NotOpened => drop(self.opened.pop()),
            Was::NotGiven(giver, kind, gift, month) => {
                self.rows.entry(gift.purpose).or_default().given = gift.from;
                self.given.not_gave(giver, kind, gift.amount, month);
            }
            Was::NotBack(giver, back) => {
                self.rows.entry(back.purpose).or_default().restore(back.until, back.back);
                self.given.back(giver, -back.back, Month(back.month));
            }
            Was::NotSpent(fronts) => {
                for (draw, front) in fronts.into_iter().rev() {
                    let row = self.rows.entry(draw.purpose).or_default();
                    (row.front, row.spent) = (front, row.spent - draw.amount);
                }
            }
            Was::Receipts(year, Some(count)) => drop(self.receipts.insert(year, count)),
            Was::Receipts(year, None) => drop(self.receipts.remove(&year)),
        }
    }

    /// For a checkpoint.
    pub(crate) fn save(&self) -> Saved {
        Saved { rows: self.rows.clone(), given: self.given.save() }
    }

    /// From a checkpoint.
    pub(crate) fn restore(&mut self, saved: Saved) {
        self.rows = saved.rows;
        self.given = Given::restored(saved.given);
    }
}
