//! What is kept about a person as documents: one sealed row each, appended and never changed.
//!
//! A fact that is struck, a consent that is withdrawn, a delegation that is revoked is a further document that names the
//! first. [`File`] puts them together.

use std::collections::{BTreeMap, BTreeSet};

use base::{Entropy, Instant, PersonId, PostingNo, RecordId};
use serde::{Deserialize, Serialize};
use vault::{Locked, Place, Sealed, Vault};

use crate::consent::{Given, Withdrawn};
use crate::delegation::Revoked;
use crate::fact::Struck;
use crate::household::{Came, Left, Membership, Stay};
use crate::naming::{GENERAL, Unreadable};
use crate::paper::{Paper, Sheet};
use crate::{Consent, Delegation, Fact, LinkEvent, Links, Notice};

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Document {
    /// Something known about them.
    Fact(Fact),
    /// A fact, or a time in a household, was never true, or a sheet was the wrong one.
    Strike {
        /// Which.
        of: RecordId,
        /// By whom, and why.
        struck: Struck,
    },
    /// They consented.
    Consent(Given),
    /// They don't any more.
    Withdrawal {
        /// Which consent.
        of: RecordId,
        /// Since when, and how they said it.
        withdrawn: Withdrawn,
    },
    /// They let somebody help.
    Delegation(Delegation),
    /// They don't any more.
    Revocation {
        /// Which delegation.
        of: RecordId,
        /// Since when, and who said so.
        revoked: Revoked,
    },
    /// They live with others.
    Household(Came),
    /// They don't any more, or are something else to them.
    Left {
        /// Which stay.
        of: RecordId,
        /// Since when, and who wrote it down.
        left: Left,
    },
    /// A sheet they signed was scanned in; the scan stands apart.
    Paper(Paper),
    /// A link to another record; it is kept with both.
    Link(LinkEvent),
    /// What they are told.
    Notice {
        /// What.
        notice: Notice,
        /// The posting it is about, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        posting: Option<PostingNo>,
    },
}

impl Document {
    /// The word for its kind, readable in the database.
    pub fn kind(&self) -> &'static str {
        match self {
            Document::Fact(_) => "fact",
            Document::Strike { .. } => "strike",
            Document::Consent(_) => "consent",
            Document::Withdrawal { .. } => "withdrawal",
            Document::Delegation(_) => "delegation",
            Document::Revocation { .. } => "revocation",
            Document::Household(_) => "household",
            Document::Left { .. } => "left",
            Document::Paper(_) => "paper",
            Document::Link(_) => "link",
            Document::Notice { .. } => "notice",
        }
    }

    /// Seals it for a row. The row's id, person and kind are bound into the seal: moved to another, it doesn't open.
    pub fn seal(
        &self,
        vault: &Vault,
        id: RecordId,
        person: PersonId,
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, Locked> {
        let text = serde_json::to_vec(self).unwrap_or_default();
        vault.seal(GENERAL, place(&record(id, person), self.kind()), &text, entropy)
    }

    /// Opens a row's.
    pub fn open(
        vault: &Vault,
        id: RecordId,
        person: PersonId,
        kind: &str,
        sealed: &Sealed,
    ) -> Result<Document, Unreadable> {
        let text = vault
            .open(place(&record(id, person), kind), sealed)
            .map_err(|why| Unreadable::Sealed { person, why })?;
        serde_json::from_slice(&text).map_err(|error| Unreadable::Form { person, why: error.to_string() })
    }
}

fn record(id: RecordId, person: PersonId) -> String {
    format!("{id} {person}")
}

fn place<'a>(record: &'a str, kind: &'a str) -> Place<'a> {
    Place { table: "person_records", record, field: kind }
}

/// Seals a scan for its row, bound to the document it belongs to and to the person.
pub fn seal_scan(
    vault: &Vault,
    (id, person): (RecordId, PersonId),
    scan: &[u8],
    entropy: &mut dyn Entropy,
) -> Result<Sealed, Locked> {
    vault.seal(GENERAL, scan_place(&record(id, person)), scan, entropy)
}

/// Opens a scan.
pub fn open_scan(
    vault: &Vault,
    (id, person): (RecordId, PersonId),
    sealed: Vec<u8>,
) -> Result<Vec<u8>, Unreadable> {
    let opened = vault.open(scan_place(&record(id, person)), &Sealed(sealed));
    opened.map(|scan| scan.to_vec()).map_err(|why| Unreadable::Sealed { person, why })
}

fn scan_place(record: &str) -> Place<'_> {
    Place { table: "scans", record, field: "scan" }
}

/// A document, or what became of it, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<T> {
    /// Its first row.
    pub id: RecordId,
    /// The record it is kept with.
    pub person: PersonId,
    /// When it came.
    pub at: Instant,
    /// It.
    pub what: T,
}

impl<T> Kept<T> {
    fn with<U>(&self, what: U) -> Kept<U> {
        Kept { id: self.id, person: self.person, at: self.at, what }
    }
}

/// All that is kept about a person, put together; each list in the order it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// All records of the person.
    pub records: BTreeSet<PersonId>,
    /// Facts, struck ones too.
    pub facts: Vec<Kept<Fact>>,
    /// Consents, withdrawn ones too.
    pub consents: Vec<Kept<Consent>>,
    /// Delegations, revoked ones too.
    pub helpers: Vec<Kept<Delegation>>,
    /// Times in households, ended and struck ones too.
    pub households: Vec<Kept<Stay>>,
    /// Sheets that were scanned in, struck ones too.
    pub papers: Vec<Kept<Sheet>>,
    /// Links made and taken back.
    pub links: Vec<LinkEvent>,
    /// What they were told, with the posting it was about.
    pub notices: Vec<Kept<(Notice, Option<PostingNo>)>>,
}

impl File {
    /// From documents in the order they came.
    pub fn of(documents: impl IntoIterator<Item = Kept<Document>>) -> File {
        let mut file = File::default();
        for kept in documents {
            file.add(kept);
        }
        file
    }

    /// Of a person, over all their records: `read` gives what is kept with one of them.
    pub fn gather<E>(
        person: PersonId,
        mut read: impl FnMut(PersonId) -> Result<Vec<Kept<Document>>, E>,
    ) -> Result<File, E> {
        let mut records = BTreeSet::from([person]);
        let mut documents = Vec::new();
        let mut next = vec![person];
        while let Some(here) = next.pop() {
            let kept = read(here)?;
            let links = Links::after(kept.iter().filter_map(|kept| match &kept.what {
                Document::Link(event) => Some(event),
                _ => None,
            }));
            next.extend(links.same_person(here).into_iter().filter(|there| records.insert(*there)));
            documents.extend(kept);
        }
        documents.sort_by_key(|kept| (kept.at, kept.id));
        Ok(File { records, ..File::of(documents) })
    }

    /// The part of it that was written down with some of the records: for somebody who may see those alone. Of the others
    /// nothing is left, not even that they are of this person.
    pub fn within(self, seen: &BTreeSet<PersonId>) -> File {
        fn of<T>(mut list: Vec<Kept<T>>, seen: &BTreeSet<PersonId>) -> Vec<Kept<T>> {
            list.retain(|kept| seen.contains(&kept.person));
            list
        }
        let mut links = self.links;
        links.retain(|event| seen.contains(&event.one) && seen.contains(&event.other));
        File {
            records: self.records.intersection(seen).copied().collect(),
            facts: of(self.facts, seen),
            consents: of(self.consents, seen),
            helpers: of(self.helpers, seen),
            households: of(self.households, seen),
            papers: of(self.papers, seen),
            links,
            notices: of(self.notices, seen),
        }
    }

    /// Which records are of one person, as far as this file knows.
    pub fn linked(&self) -> Links {
        Links::after(&self.links)
    }

    fn add(&mut self, kept: Kept<Document>) {
        match &kept.what {
            Document::Fact(fact) => self.facts.push(kept.with(fact.clone())),
            Document::Strike { of, struck } => {
                change(&mut self.facts, *of, |fact| fact.struck = Some(struck.clone()));
                change(&mut self.households, *of, |stay| stay.struck = Some(struck.clone()));
                change(&mut self.papers, *of, |sheet| sheet.struck = Some(struck.clone()));
            }
            Document::Consent(given) => {
                self.consents.push(kept.with(Consent { given: given.clone(), withdrawn: None }));
            }
            Document::Withdrawal { of, withdrawn } => {
                change(&mut self.consents, *of, |consent| consent.withdrawn = Some(withdrawn.clone()));
            }
            Document::Delegation(delegation) => self.helpers.push(kept.with(*delegation)),
            Document::Revocation { of, revoked } => {
                change(&mut self.helpers, *of, |delegation| delegation.revoked = Some(*revoked));
            }
            Document::Household(came) => {
                self.households.push(kept.with(Stay { came: came.clone(), left: None, struck: None }));
            }
            Document::Left { of, left } => {
                change(&mut self.households, *of, |stay| stay.left = Some(*left));
            }
            Document::Paper(paper) => {
                self.papers.push(kept.with(Sheet { paper: paper.clone(), struck: None }));
            }
            // Kept with both records: read together, they are one.
            Document::Link(event) if self.links.contains(event) => {}
            Document::Link(event) => self.links.push(event.clone()),
            Document::Notice { notice, posting } => self.notices.push(kept.with((notice.clone(), *posting))),
        }
    }

    /// The facts alone, for deciding.
    pub fn known(&self) -> Vec<Fact> {
        self.facts.iter().map(|kept| kept.what.clone()).collect()
    }

    /// Times in households as of one person, whichever of their records they were written down with.
    pub fn memberships(&self, person: PersonId) -> Vec<Membership> {
        let own = |kept: &Kept<Stay>| Some(Membership { person, ..kept.what.membership()? });
        self.households.iter().filter_map(own).collect()
    }

    /// The consents alone, for deciding.
    pub fn agreed(&self) -> Vec<Consent> {
        self.consents.iter().map(|kept| kept.what.clone()).collect()
    }
}

fn change<T>(list: &mut [Kept<T>], of: RecordId, change: impl FnOnce(&mut T)) {
    if let Some(kept) = list.iter_mut().find(|kept| kept.id == of) {
        change(&mut kept.what);
    }
}

/// All delegations there are, by whom they help, from documents in the order they came: the n-th of a person is their
/// n-th here, for good.
pub fn delegations(documents: Vec<Kept<Document>>) -> BTreeMap<PersonId, Vec<(RecordId, Delegation)>> {
    let mut all: BTreeMap<PersonId, Vec<(RecordId, Delegation)>> = BTreeMap::new();
    for kept in File::of(documents).helpers {
        all.entry(kept.person).or_default().push((kept.id, kept.what));
    }
    all
}

#[cfg(test)]
mod tests {
    use base::{Seeded, Won, date};
    use vault::{DataKey, MasterKey, Masters, Use};

    use super::*;
    use crate::delegation::{Grants, PayLimits, Tie};
    use crate::fact::{Datum, Source};
    use crate::{Period, Reason};

    fn vault() -> Vault {
        let masters = Masters::new([MasterKey::new([7; 32])]).unwrap();
        let key = DataKey::fresh(1, GENERAL, Use::Seal, &masters, &mut Seeded::new(1)).unwrap();
        Vault::unlock(&masters, &[key]).unwrap()
    }

    fn fact() -> Fact {
        Fact {
            about: PersonId(1),
            datum: Datum::LivesAlone(true),
            source: Source::Declared,
            holds: Period::since(date(2021, 2, 23)),
            at: Instant(5),
            by: PersonId(9),
            struck: None,
        }
    }

    fn struck() -> Struck {
        Struck {
            at: Instant(7), by: PersonId(9), why: Reason::given("다른 분 이야기였어요").unwrap()
        }
    }

    fn kept(id: u64, what: Document) -> Kept<Document> {
        Kept { id: RecordId(id), person: PersonId(1), at: Instant(id as i64), what }
    }

    fn delegation() -> Delegation {
        let pay = Some(PayLimits { per_payment: Won(20_000), per_month: Won(50_000) });
        let grants = Grants { see: true, apply: false, pay };
        Delegation::give(PersonId(1), PersonId(2), Tie::Family, grants, Period::since(date(2021, 2, 23)))
            .unwrap()
    }

    #[test]
    fn a_document_opens_at_its_own_place_only() {
        let vault = vault();
        let (id, person) = (RecordId(3), PersonId(1));
        let document = Document::Fact(fact());
        let sealed = document.seal(&vault, id, person, &mut Seeded::new(2)).unwrap();
        let open = |id, person, kind| Document::open(&vault, id, person, kind, &sealed);
        assert_eq!(open(id, person, "fact"), Ok(document));
        for (id, person, kind) in
            [(RecordId(4), person, "fact"), (id, PersonId(2), "fact"), (id, person, "consent")]
        {
            assert!(matches!(open(id, person, kind), Err(Unreadable::Sealed { .. })), "{id} {person} {kind}");
        }
    }

    #[test]
    fn what_became_of_a_document_stands_with_it() {
        let revoked = Revoked { on: date(2021, 3, 1), by: PersonId(1) };
        let file = File::of([
            kept(1, Document::Fact(fact())),
            kept(2, Document::Fact(fact())),
            kept(3, Document::Delegation(delegation())),
            kept(4, Document::Strike { of: RecordId(1), struck: struck() }),
            kept(5, Document::Revocation { of: RecordId(3), revoked }),
        ]);
        let facts: Vec<bool> = file.facts.iter().map(|fact| fact.what.struck.is_some()).collect();
        assert_eq!(facts, [true, false]);
        assert_eq!(file.helpers[0].what.revoked, Some(revoked));
        assert_eq!(file.known().len(), 2);
    }

    #[test]
    fn a_file_is_cut_to_what_may_be_seen() {
        let of = |person, what| Kept { person: PersonId(person), ..kept(person, what) };
        let link = |one, other| LinkEvent {
            deed: crate::link::Deed::Linked,
            one: PersonId(one),
            other: PersonId(other),
            at: Instant(5),
            by: PersonId(9),
            why: Reason::given("신분증을 보고 확인했어요").unwrap(),
        };
        let file = File::of([
            of(1, Document::Fact(fact())),
            of(2, Document::Fact(fact())),
            of(1, Document::Link(link(1, 2))),
            of(1, Document::Link(link(1, 3))),
            of(3, Document::Delegation(delegation())),
        ]);
        let file = File { records: [1, 2, 3].map(PersonId).into(), ..file };
        assert_eq!(file.clone().within(&file.records), file, "who sees all of them sees all of it");
        let cut = file.within(&[1, 3].map(PersonId).into());
        assert_eq!(cut.records, [1, 3].map(PersonId).into());
        assert_eq!(cut.facts.iter().map(|kept| kept.person.0).collect::<Vec<_>>(), [1]);
        assert_eq!((cut.helpers.len(), cut.links), (1, vec![link(1, 3)]));
    }

    #[test]
    fn a_file_is_gathered_over_all_records_and_no_others() {
        let why = || Reason::given("신분증을 보고 확인했어요").unwrap();
        let event = |deed, one, other, at| LinkEvent {
            deed,
            one: PersonId(one),
            other: PersonId(other),
            at: Instant(at),
            by: PersonId(9),
            why: why(),
        };
        use crate::link::Deed::{Linked, Unlinked};
        // 1 – 2 – 3 are one; 4 was, and is not any more.
        let kept_with = |person: PersonId| -> Result<Vec<Kept<Document>>, ()> {
            let events = [
                event(Linked, 1, 2, 1),
                event(Linked, 2, 3, 2),
                event(Linked, 3, 4, 3),
                event(Unlinked, 3, 4, 4),
            ];
            let mut all: Vec<_> = events
                .into_iter()
                .filter(|event| event.one == person || event.other == person)
                .map(|event| Kept {
                    id: RecordId(event.at.0 as u64 * 10 + person.0),
                    person,
                    at: event.at,
                    what: Document::Link(event),
                })
                .collect();
            let fact = Fact { about: person, ..fact() };
            all.push(Kept { id: RecordId(100 + person.0), person, at: fact.at, what: Document::Fact(fact) });
            Ok(all)
        };
        let file = File::gather(PersonId(1), kept_with).unwrap();
        assert_eq!(file.records, BTreeSet::from([1, 2, 3].map(PersonId)));
        assert_eq!((file.facts.len(), file.links.len()), (3, 4));
        assert_eq!(file.linked().same_person(PersonId(3)), file.records);
        assert_eq!(File::gather(PersonId(4), kept_with).unwrap().records.len(), 1);
    }

    #[test]
    fn a_link_kept_with_both_is_one() {
        let why = Reason::given("신분증을 보고 확인했어요").unwrap();
        let event =
            crate::Links::default().link(PersonId(1), PersonId(2), Instant(5), PersonId(9), why).unwrap();
        let file = File::of([kept(1, Document::Link(event.clone())), kept(2, Document::Link(event))]);
        assert_eq!(file.links.len(), 1);
    }
}
