//! The readers' copy of the memory, kept up by what happened.

use std::sync::Arc;

use base::{MerchantId, PersonId};
use economy::Class;
use economy::chart::{self, purse_of};
use ledger::{Account, Owner};

use crate::{CityView, Event};

impl CityView {
    pub(crate) fn follow(&mut self, event: &Event) {
        match event {
            Event::Person(person) => self.directory.add_person(person.clone()),
            Event::Card(card) => {
                self.directory.put_card(*card);
            }
            Event::Shop(shop) => {
                self.directory.put_shop((**shop).clone());
            }
            Event::Account(key, account) => {
                self.directory.note(key, *account);
            }
            Event::Taken(payment, taken) => {
                self.open.taken.insert(*payment, *taken);
            }
            Event::Held(no, at) => {
                self.open.holds.insert(*no, *at);
            }
            Event::HoldEnded(no) => {
                self.open.holds.remove(no);
            }
            Event::Door(door) => {
                self.doors.put((**door).clone());
            }
            Event::Help(place, help) => {
                self.directory.helpers.put(*place, *help);
            }
            Event::Registered(one) => {
                self.directory.organisations.put((**one).clone());
            }
            Event::Coupons(change) => drop(self.coupons.apply(change)),
            Event::Claim(claim) => {
                self.claims.put((**claim).clone());
            }
            Event::ClaimEnded(no) => {
                self.claims.remove(*no);
            }
            Event::Payouts(change) => {
                self.payouts.apply(*change);
            }
            Event::Joining(file) => {
                self.directory.joining.put((**file).clone());
            }
            Event::Disposed(disposed) => self.open.disposed = Some(*disposed),
            Event::Moving(one) => self.open.moving.clone_from(one),
            Event::Proposal(change) => drop(self.open.proposals.apply(**change)),
            Event::Giving(change) => drop(self.directory.giving.apply(change)),
            Event::Vault(vault) => self.vault = Arc::clone(vault),
            Event::Unasked(change) => {
                self.unasked.apply(*change);
            }
            Event::Happened(happened) => self.stats.count(happened, &self.directory),
        }
    }

    /// Whose purse an account is, with its purpose and expiry.
    pub fn purse(&self, account: &Account) -> Option<(PersonId, u8, base::Month)> {
        match account.key.owner {
            Owner::Person(person) if account.key.class.0 == Class::Purse as u8 => {
                let (purpose, expires) = purse_of(account.key.sub);
                Some((person, purpose, expires))
            }
            _ => None,
        }
    }

    /// Won a shop has earned, or was sent and came back, and not yet been paid.
    pub fn payable(&self, books: &ledger::Books, merchant: MerchantId) -> i64 {
        let accounts = [chart::payable(merchant), chart::shop_returned(merchant)];
        accounts.iter().map(|account| books.balance_of(&account.key)).sum()
    }
}
