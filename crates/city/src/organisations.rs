//! Organisations, who belongs to them, and registered businesses, in memory: who speaks for one is asked at every request.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::{BusinessId, Date, OrganisationId};
use people::organisation::{Member, Membership, firms_on};
use people::{Business, Organisation};

/// One thing of the register, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// An organisation.
    Organisation(Organisation),
    /// Somebody's time in one.
    Membership(Membership),
    /// A business.
    Business(Business),
}

/// Where a membership stands: begun on a day, it is the same whenever it ends.
type Place = (OrganisationId, Member, Date);

/// What stood in its place before: for taking a change back.
#[derive(Debug, Clone)]
pub(crate) enum WasRegistered {
    Organisation(OrganisationId, Option<Organisation>),
    Membership(Place, Option<Membership>),
    Business(BusinessId, Option<Business>),
}

/// The register of organisations and businesses.
#[derive(Debug, Clone, Default)]
pub struct Organisations {
    all: BTreeMap<OrganisationId, Organisation>,
    known_as: HashMap<String, OrganisationId>,
    memberships: BTreeMap<Place, Membership>,
    of_member: BTreeSet<(Member, OrganisationId, Date)>,
    businesses: HashMap<BusinessId, Business>,
    by_number: HashMap<String, BusinessId>,
}

fn place(membership: &Membership) -> Place {
    (membership.organisation, membership.member, membership.period.from())
}

impl Organisations {
    /// An organisation.
    pub fn get(&self, id: OrganisationId) -> Option<&Organisation> {
        self.all.get(&id)
    }

    /// An organisation by the pack's word for it.
    pub fn known_as(&self, word: &str) -> Option<&Organisation> {
        self.known_as.get(word).and_then(|id| self.all.get(id))
    }

    /// All organisations, in the order of their ids.
    pub fn all(&self) -> impl Iterator<Item = &Organisation> {
        self.all.values()
    }

    /// All times anybody spent in an organisation, in the order of the members' ids.
    pub fn of(&self, id: OrganisationId) -> impl Iterator<Item = &Membership> {
        let from_here = self.memberships.range((id, Member::Person(base::PersonId(0)), Date::MIN)..);
        from_here.map(|(_, membership)| membership).take_while(move |one| one.organisation == id)
    }

    /// All organisations somebody belongs or belonged to.
    pub fn with(&self, member: Member) -> impl Iterator<Item = &Membership> {
        let from_here = self.of_member.range((member, OrganisationId(0), Date::MIN)..);
        let theirs = from_here.take_while(move |(one, ..)| *one == member);
        theirs
            .filter_map(|(member, organisation, from)| self.memberships.get(&(*organisation, *member, *from)))
    }

    /// The organisation and every association above and below it, with all their memberships: what a decision about
    /// joining it, or a count of its firms, has to know.
    pub fn around(&self, id: OrganisationId) -> Vec<Membership> {
        let mut found: Vec<Membership> = Vec::new();
        let mut seen = BTreeSet::from([id]);
        let mut next = vec![id];
        while let Some(here) = next.pop() {
            found.extend(self.of(here));
            let below = self.of(here).filter_map(|one| match one.member {
                Member::Organisation(inner) => Some(inner),
                _ => None,
            });
            let above = self.with(Member::Organisation(here)).map(|one| one.organisation);
            next.extend(below.chain(above).filter(|one| seen.insert(*one)));
        }
        found
    }

    /// The firms of an association on a day, those of associations within it too: each once.
    pub fn firms(&self, id: OrganisationId, on: Date) -> BTreeSet<BusinessId> {
        firms_on(&self.around(id), id, on)
    }

    /// A business.
    pub fn business(&self, id: BusinessId) -> Option<&Business> {
        self.businesses.get(&id)
    }

    /// A business by its number in normal form.
    pub fn business_numbered(&self, number: &str) -> Option<&Business> {
        self.by_number.get(number).and_then(|id| self.businesses.get(id))
    }

    /// Takes in something new, or its change; gives what stood in its place.
    pub(crate) fn put(&mut self, one: Registered) -> WasRegistered {
        match one {
            Registered::Organisation(one) => {
                if let Some(word) = &one.known_as {
                    self.known_as.insert(word.clone(), one.id);
                }
                WasRegistered::Organisation(one.id, self.all.insert(one.id, one))
            }
            Registered::Membership(one) => {
                let at = place(&one);
                self.of_member.insert((at.1, at.0, at.2));
                WasRegistered::Membership(at, self.memberships.insert(at, one))
            }
            Registered::Business(one) => {
                self.by_number.insert(one.number.as_str().to_owned(), one.id);
                WasRegistered::Business(one.id, self.businesses.insert(one.id, one))
            }
        }
    }

    /// Takes a change back.
    pub(crate) fn take_back(&mut self, was: WasRegistered) {
        match was {
            WasRegistered::Organisation(id, Some(one)) => {
                self.all.insert(id, one);
            }
            WasRegistered::Organisation(id, None) => {
                if let Some(word) = self.all.remove(&id).and_then(|one| one.known_as) {
                    self.known_as.remove(&word);
                }
            }
            WasRegistered::Membership(at, Some(one)) => {
                self.memberships.insert(at, one);
            }
            WasRegistered::Membership(at, None) => {
                self.of_member.remove(&(at.1, at.0, at.2));
                self.memberships.remove(&at);
            }
            WasRegistered::Business(id, Some(one)) => {
                self.businesses.insert(id, one);
            }
            WasRegistered::Business(id, None) => {
                if let Some(one) = self.businesses.remove(&id) {
                    self.by_number.remove(one.number.as_str());
                }
            }
        }
    }
}
