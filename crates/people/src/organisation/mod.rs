//! Organisations: who works where, and which firms an association has. Belonging isn't inherited: the firms of an
//! association are its members, their staff are not.

pub mod store;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use base::{Arg, BadId, BusinessId, Date, Lang, OrganisationId, PersonId, Refusal};
use serde::{Deserialize, Serialize};

use crate::{District, Period};

/// What an organisation is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Kind {
    /// A department of the city.
    Department,
    /// The window of a neighbourhood.
    Window {
        /// Which.
        district: District,
    },
    /// An agency that works for or with the city: a welfare centre, a bank, a foundation.
    Agency,
    /// The Community Chest: it collects gifts and issues receipts.
    CommunityChest,
    /// An association, with member firms.
    Association,
}

impl Kind {
    /// The word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Kind::Department => "department",
            Kind::Window { .. } => "window",
            Kind::Agency => "agency",
            Kind::CommunityChest => "community-chest",
            Kind::Association => "association",
        }
    }

    /// From the word, and the neighbourhood of a window.
    pub fn coded(code: &str, district: Option<String>) -> Option<Kind> {
        match (code, district) {
            ("department", None) => Some(Kind::Department),
            ("window", Some(district)) => Some(Kind::Window { district: District(district) }),
            ("agency", None) => Some(Kind::Agency),
            ("community-chest", None) => Some(Kind::CommunityChest),
            ("association", None) => Some(Kind::Association),
            _ => None,
        }
    }

    /// Everybody has staff; only an association has members that are firms or organisations.
    fn takes(&self, member: Member) -> bool {
        matches!((self, member), (Kind::Association, _) | (_, Member::Person(_)))
    }
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Opaque.
    pub id: OrganisationId,
    /// What it is.
    #[serde(flatten)]
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its name for readers of English, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub english: Option<String>,
    /// What the pack knows it by, if the city began with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_as: Option<String>,
    /// From when to when it is one.
    pub period: Period,
}

impl Organisation {
    /// Its name in a language, as far as it has one there.
    pub fn named(&self, lang: Lang) -> &str {
        match (lang, &self.english) {
            (Lang::En, Some(english)) => english,
            _ => &self.name,
        }
    }
}

/// Who can belong to an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Member {
    /// A person, as staff.
    Person(PersonId),
    /// A firm.
    Business(BusinessId),
    /// Another organisation.
    Organisation(OrganisationId),
}

/// As the member's own id: its first letters say what they are.
impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Member::Person(id) => id.fmt(f),
            Member::Business(id) => id.fmt(f),
            Member::Organisation(id) => id.fmt(f),
        }
    }
}

impl FromStr for Member {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Member, BadId> {
        let business = || text.parse().map(Member::Business);
        let organisation = || text.parse().map(Member::Organisation);
        text.parse().map(Member::Person).or_else(|_| business()).or_else(|_| organisation())
    }
}

/// Somebody's time in an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Which organisation.
    pub organisation: OrganisationId,
    /// Who.
    pub member: Member,
    /// From when to when.
    pub period: Period,
}

/// Somebody joins. Refused when the organisation is not there on that day (`organisation.closed`), when it doesn't take
/// such members (`organisation.member-kind`), when they belong to it on that day or later (`organisation.member-already`),
/// or when it belongs to them (`organisation.circle`).
pub fn join(
    organisation: &Organisation,
    memberships: &[Membership],
    member: Member,
    from: Date,
) -> Result<Membership, Refusal> {
    if !organisation.period.contains(from) {
        return Err(Refusal::new("organisation.closed").with("day", Arg::Date(from)));
    }
    if !organisation.kind.takes(member) || member == Member::Organisation(organisation.id) {
        return Err(Refusal::new("organisation.member-kind"));
    }
    if let Member::Organisation(inner) = member
        && is_within(memberships, organisation.id, inner, from)
    {
        return Err(Refusal::new("organisation.circle"));
    }
    // An organisation that is to close takes its members with it.
    let period = Period::new(from, organisation.period.until())?;
    let theirs = |m: &&Membership| m.organisation == organisation.id && m.member == member;
    match memberships.iter().filter(theirs).find(|m| m.period.overlaps(period)) {
        Some(m) => Err(Refusal::new("organisation.member-already").with("day", Arg::Date(m.period.from()))),
        None => Ok(Membership { organisation: organisation.id, member, period }),
    }
}

/// Somebody leaves after this last day; the membership as it has to be kept now. Refused (`organisation.not-member`) when
/// they didn't belong to it on that day.
pub fn leave(
    memberships: &[Membership],
    organisation: OrganisationId,
    member: Member,
    last: Date,
) -> Result<Membership, Refusal> {
    let membership = memberships
        .iter()
        .find(|m| m.organisation == organisation && m.member == member && m.period.contains(last))
        .ok_or_else(|| Refusal::new("organisation.not-member").with("day", Arg::Date(last)))?;
    Ok(Membership { period: membership.period.ending(last)?, ..*membership })
}

/// Whether an organisation belongs to another on this day or later, itself or through others.
fn is_within(memberships: &[Membership], inner: OrganisationId, outer: OrganisationId, from: Date) -> bool {
    let mut seen = BTreeSet::from([inner]);
    let mut next = vec![inner];
    while let Some(here) = next.pop() {
        if here == outer {
            return true;
        }
        let above = memberships.iter().filter(|m| {
            m.member == Member::Organisation(here) && m.period.until().is_none_or(|until| from <= until)
        });
        next.extend(above.map(|m| m.organisation).filter(|one| seen.insert(*one)));
    }
    false
}

/// The firms of an association on a day: its own and those of associations within it. A firm that belongs to several of
/// them is one.
pub fn firms_on(memberships: &[Membership], organisation: OrganisationId, on: Date) -> BTreeSet<BusinessId> {
    let mut seen = BTreeSet::from([organisation]);
    let mut next = vec![organisation];
    let mut firms = BTreeSet::new();
    while let Some(here) = next.pop() {
        for member in members_on(memberships, here, on) {
            match member {
                Member::Business(firm) => {
                    firms.insert(firm);
                }
                Member::Organisation(one) if seen.insert(one) => next.push(one),
                Member::Organisation(_) | Member::Person(_) => {}
            }
        }
    }
    firms
}

/// Who belongs to the organisation on this day.
pub fn members_on(
    memberships: &[Membership],
    organisation: OrganisationId,
    on: Date,
) -> impl Iterator<Item = Member> {
    memberships
        .iter()
        .filter(move |m| m.organisation == organisation && m.period.contains(on))
        .map(|m| m.member)
}

/// Where somebody belongs on this day.
pub fn organisations_on(
    memberships: &[Membership],
    member: Member,
    on: Date,
) -> impl Iterator<Item = OrganisationId> {
    memberships.iter().filter(move |m| m.member == member && m.period.contains(on)).map(|m| m.organisation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    const CLERK: Member = Member::Person(PersonId(7));
    const FIRM: Member = Member::Business(BusinessId(8));

    fn may(day: i8) -> Date {
        date(2021, 5, day)
    }

    fn organisation(id: u64, kind: Kind) -> Organisation {
        let period = Period::new(may(2), Some(may(30))).unwrap();
        Organisation {
            id: OrganisationId(id),
            kind,
            name: "기린 협회".into(),
            english: None,
            known_as: None,
            period,
        }
    }

    fn membership(id: u64, member: Member, from: i8, until: Option<i8>) -> Membership {
        let period = Period::new(may(from), until.map(may)).unwrap();
        Membership { organisation: OrganisationId(id), member, period }
    }

    #[test]
    fn joining() {
        let window = || Kind::Window { district: District("4511151000".into()) };
        let itself = Member::Organisation(OrganisationId(1));
        let other = Member::Organisation(OrganisationId(2));
        let kept = [
            membership(1, Member::Person(PersonId(1)), 3, None),
            membership(1, Member::Person(PersonId(2)), 3, Some(9)),
            membership(2, CLERK, 3, None),
        ];
        for (kind, member, from, code) in [
            (window(), CLERK, 10, None),
            (Kind::Department, CLERK, 10, None),
            (Kind::Agency, CLERK, 2, None),
            (Kind::CommunityChest, CLERK, 30, None),
            (Kind::Association, FIRM, 10, None),
            (Kind::Association, other, 10, None),
            (Kind::Association, itself, 10, Some("organisation.member-kind")),
            (window(), FIRM, 10, Some("organisation.member-kind")),
            (Kind::Agency, other, 10, Some("organisation.member-kind")),
            (window(), CLERK, 1, Some("organisation.closed")),
            (window(), CLERK, 31, Some("organisation.closed")),
            (window(), Member::Person(PersonId(1)), 10, Some("organisation.member-already")),
            (window(), Member::Person(PersonId(1)), 2, Some("organisation.member-already")),
            (window(), Member::Person(PersonId(2)), 9, Some("organisation.member-already")),
            (window(), Member::Person(PersonId(2)), 10, None),
        ] {
            let found = join(&organisation(1, kind.clone()), &kept, member, may(from));
            assert_eq!(found.as_ref().err().map(|no| no.code), code, "{kind:?} {member:?} {from}");
            assert!(found.is_err() || found.unwrap().period.until() == Some(may(30)));
        }
    }

    #[test]
    fn leaving_and_who_belongs() {
        let kept =
            [membership(1, CLERK, 3, None), membership(2, CLERK, 3, Some(9)), membership(1, FIRM, 5, None)];
        let one = OrganisationId(1);
        assert_eq!(leave(&kept, one, CLERK, may(9)).unwrap(), membership(1, CLERK, 3, Some(9)));
        for (id, member, last) in [(1, CLERK, 2), (2, CLERK, 10), (2, FIRM, 6)] {
            let no = leave(&kept, OrganisationId(id), member, may(last)).map_err(|no| no.code);
            assert_eq!(no, Err("organisation.not-member"));
        }
        for (day, members, places) in [(2, 0, 0), (3, 1, 2), (9, 2, 2), (10, 2, 1)] {
            assert_eq!(members_on(&kept, one, may(day)).count(), members, "{day}");
            assert_eq!(organisations_on(&kept, CLERK, may(day)).count(), places, "{day}");
        }
    }

    #[test]
    fn no_circles() {
        let inner = |outer: u64, inner: u64, until| {
            membership(outer, Member::Organisation(OrganisationId(inner)), 3, until)
        };
        let kept = [inner(1, 2, None), inner(2, 3, None), inner(4, 1, Some(9))];
        for (outer, member, from, code) in [
            (2, 1, 5, Some("organisation.circle")),
            (3, 1, 5, Some("organisation.circle")),
            (1, 3, 5, None),
            (3, 4, 5, Some("organisation.circle")),
            (3, 4, 10, None),
        ] {
            let organisation = organisation(outer, Kind::Association);
            let found = join(&organisation, &kept, Member::Organisation(OrganisationId(member)), may(from));
            assert_eq!(found.err().map(|no| no.code), code, "{member} in {outer} from {from}");
        }
    }

    #[test]
    fn a_firm_of_several_associations_is_one() {
        // Three hundred firms of a federation; 168 of them are in its five councils, 30 of those in two councils.
        let mut kept: Vec<Membership> =
            (0..132).map(|firm| membership(1, Member::Business(BusinessId(firm)), 3, None)).collect();
        for council in 2..=6 {
            kept.push(membership(1, Member::Organisation(OrganisationId(council)), 3, None));
        }
        for firm in 0..168 {
            let firm_id = Member::Business(BusinessId(132 + firm));
            kept.push(membership(2 + firm % 5, firm_id, 3, None));
            if firm < 30 {
                kept.push(membership(2 + (firm + 1) % 5, firm_id, 3, None));
            }
        }
        // One firm is a member of the federation itself as well, and one has left.
        kept.push(membership(1, Member::Business(BusinessId(140)), 3, None));
        kept.push(membership(1, Member::Business(BusinessId(999)), 3, Some(9)));
        assert_eq!(firms_on(&kept, OrganisationId(1), may(10)).len(), 300);
        assert_eq!(firms_on(&kept, OrganisationId(1), may(9)).len(), 301);
        let councils: usize = (2..=6).map(|id| firms_on(&kept, OrganisationId(id), may(10)).len()).sum();
        assert_eq!(councils, 198);
    }

    #[test]
    fn kept_as_documents() {
        let window = organisation(1, Kind::Window { district: District("4511151000".into()) });
        let text = serde_json::to_string(&(&window, membership(1, FIRM, 3, None))).unwrap();
        assert!(text.contains(r#""kind":"window""#), "{text}");
        let read: (Organisation, Membership) = serde_json::from_str(&text).unwrap();
        assert_eq!(read, (window, membership(1, FIRM, 3, None)));
    }
}
