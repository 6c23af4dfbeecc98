//! Who is who: people, cards and shops in memory, by id and by number, so that a payment needs no SQL.

use std::collections::HashMap;
use std::hash::BuildHasher;

use base::{CardId, MerchantId, Month, PersonId};
use economy::{Card, Class, Merchant, Person, chart};
use hashbrown::{DefaultHashBuilder, HashTable};
use ledger::{AccountNo, Key, Owner};

use crate::joining::Joining;
use crate::{CardRef, Giving, Helpers, Organisations};

/// A person and their purses.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The person.
    pub person: Person,
    /// Their purses: the account's sub (purpose and expiry month) and number.
    pub purses: Vec<(u32, AccountNo)>,
}

impl Holder {
    /// Purses as purpose number, expiry month and account.
    pub fn purses(&self) -> impl Iterator<Item = (u8, Month, AccountNo)> + '_ {
        self.purses.iter().map(|(sub, account)| {
            let (purpose, expires) = chart::purse_of(*sub);
            (purpose, expires, *account)
        })
    }
}

/// Positions by a 64-bit key that is stored in the item itself.
#[derive(Debug, Clone, Default)]
struct Index {
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Index {
    fn insert(&mut self, key: u64, position: u32, key_at: impl Fn(u32) -> u64) {
        let hasher = &self.hasher;
        self.table.insert_unique(hasher.hash_one(key), position, |p| hasher.hash_one(key_at(*p)));
    }

    fn find(&self, key: u64, key_at: impl Fn(u32) -> u64) -> Option<u32> {
        self.table.find(self.hasher.hash_one(key), |p| key_at(*p) == key).copied()
    }

    fn remove(&mut self, key: u64, position: u32) {
        if let Ok(entry) = self.table.find_entry(self.hasher.hash_one(key), |p| *p == position) {
            entry.remove();
        }
    }
}

/// Everyone and every shop.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    holders: Vec<Holder>,
    by_person: Index,
    cards: Vec<Card>,
    by_card: Index,
    by_number: Index,
    merchants: Vec<Merchant>,
    by_merchant: Index,
    by_business: HashMap<String, u32>,
    /// Claims on shops that somebody holds or has held: few people have any.
    claims: HashMap<PersonId, Vec<AccountNo>>,
    /// Who helps whom.
    pub helpers: Helpers,
    /// Organisations, who belongs to them, and businesses.
    pub organisations: Organisations,
    /// Who gives, and what was given.
    pub giving: Giving,
    /// Who applies to join as a shop, and whose registration was cancelled.
    pub joining: Joining,
}

fn position(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Directory {
    /// A person.
    pub fn holder(&self, id: PersonId) -> Option<&Holder> {
        self.person_at(id).map(|p| &self.holders[p as usize])
    }

    pub(crate) fn person_at(&self, id: PersonId) -> Option<u32> {
        self.by_person.find(id.0, |p| self.holders[p as usize].person.id.0)
    }

    /// All persons, in order of enrolment.
    pub fn holders(&self) -> &[Holder] {
        &self.holders
    }

    /// Takes in a person who is not in it yet.
    pub fn add_person(&mut self, person: Person) {
        let at = position(self.holders.len());
        let key = person.id.0;
        self.holders.push(Holder { person, purses: Vec::new() });
        let Directory { by_person, holders, .. } = self;
        by_person.insert(key, at, |p| holders[p as usize].person.id.0);
    }

    /// Takes back the last person.
    pub fn drop_person(&mut self) {
        if let Some(last) = self.holders.last() {
            let key = last.person.id.0;
            self.by_person.remove(key, position(self.holders.len() - 1));
            self.holders.pop();
        }
    }

    /// Notes a new account, where it is a person's purse or claim on a shop: whether it is one. Twice is once.
    pub fn note(&mut self, key: &Key, account: AccountNo) -> bool {
        let Owner::Person(person) = key.owner else { return false };
        match Class::numbered(key.class) {
            Some(Class::Purse) => {
                if let Some(at) = self.person_at(person) {
                    let purses = &mut self.holders[at as usize].purses;
                    if purses.iter().all(|(known, _)| *known != key.sub) {
                        purses.push((key.sub, account));
                    }
                }
                true
            }
            Some(Class::Prepaid) => {
                let claims = self.claims.entry(person).or_default();
                // Numbers ascend, and what was noted last is what may be noted twice.
                if claims.last().is_none_or(|last| *last < account) {
                    claims.push(account);
                }
                true
            }
            _ => false,
        }
    }

    /// Takes back what was noted last of this person and class.
    pub fn drop_noted(&mut self, key: &Key) {
        let Owner::Person(person) = key.owner else { return };
        if key.class.0 == Class::Prepaid as u8 {
            if let Some(claims) = self.claims.get_mut(&person) {
                claims.pop();
            }
        } else if let Some(at) = self.person_at(person) {
            self.holders[at as usize].purses.pop();
        }
    }

    /// The accounts of all claims that somebody holds or has held, in order of opening.
    pub fn claims(&self, person: PersonId) -> &[AccountNo] {
        self.claims.get(&person).map_or(&[], Vec::as_slice)
    }

    /// A card.
    pub fn card(&self, card: CardRef) -> Option<&Card> {
        self.card_at(card).map(|p| &self.cards[p as usize])
    }

    fn card_at(&self, card: CardRef) -> Option<u32> {
        match card {
            CardRef::Id(id) => self.by_card.find(id.0, |p| self.cards[p as usize].id.0),
            CardRef::Number(number) => self.by_number.find(number, |p| self.cards[p as usize].number),
        }
    }

    /// All cards, in order of issue.
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// Takes in a card, or its change; gives what it was before.
    pub fn put_card(&mut self, card: Card) -> Option<Card> {
        if let Some(at) = self.card_at(CardRef::Id(card.id)) {
            return Some(std::mem::replace(&mut self.cards[at as usize], card));
        }
        let at = position(self.cards.len());
        self.cards.push(card);
        let Directory { by_card, by_number, cards, .. } = self;
        by_card.insert(card.id.0, at, |p| cards[p as usize].id.0);
        by_number.insert(card.number, at, |p| cards[p as usize].number);
        None
    }

    /// Takes back the last card.
    pub fn drop_card(&mut self) {
        if let Some(last) = self.cards.last().copied() {
            let at = position(self.cards.len() - 1);
            self.by_card.remove(last.id.0, at);
            self.by_number.remove(last.number, at);
            self.cards.pop();
        }
    }

    /// A shop and its position.
    pub fn shop(&self, id: MerchantId) -> Option<(u32, &Merchant)> {
        let at = self.by_merchant.find(id.0, |p| self.merchants[p as usize].id.0)?;
        Some((at, &self.merchants[at as usize]))
    }

    /// A shop by its business number in normal form.
    pub fn shop_numbered(&self, business_number: &str) -> Option<&Merchant> {
        self.by_business.get(business_number).map(|p| &self.merchants[*p as usize])
    }

    /// All shops, in order of joining.
    pub fn shops(&self) -> &[Merchant] {
        &self.merchants
    }

    /// Takes in a shop, or its change; gives what it was before.
    pub fn put_shop(&mut self, merchant: Merchant) -> Option<Merchant> {
        if let Some((at, _)) = self.shop(merchant.id) {
            return Some(std::mem::replace(&mut self.merchants[at as usize], merchant));
        }
        let at = position(self.merchants.len());
        let key = merchant.id.0;
        self.by_business.insert(merchant.business_number.clone(), at);
        self.merchants.push(merchant);
        let Directory { by_merchant, merchants, .. } = self;
        by_merchant.insert(key, at, |p| merchants[p as usize].id.0);
        None
    }

    /// Takes back the last shop.
    pub fn drop_shop(&mut self) {
        if let Some(last) = self.merchants.last() {
            let key = last.id.0;
            self.by_business.remove(&last.business_number);
            self.by_merchant.remove(key, position(self.merchants.len() - 1));
            self.merchants.pop();
        }
    }

    /// True when no card has this id yet.
    pub fn card_is_free(&self, id: CardId, number: u64) -> bool {
        self.card(CardRef::Id(id)).is_none() && self.card(CardRef::Number(number)).is_none()
    }
}
