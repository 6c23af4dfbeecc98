//! Where linked records of one person say two things that can't both be: found by the machinery, mended by a human.
//!
//! A window decides on the records it sees, and on nothing else; so what it writes down may go against a record out of its
//! sight. It must not learn of that, and the city must.

use std::collections::BTreeSet;

use base::{Date, PersonId};

use crate::consent::{Giver, OWN_AGE, turns};
use crate::fact::Datum;
use crate::link::Deed;
use crate::{File, Links};

/// What two records say that can't both be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// The person lives in two households at once.
    Home,
    /// A consent was given as by somebody of another age than the other record says.
    Age,
    /// The person's helper is the person.
    Helper,
    /// The records are linked in a circle: taking this link back doesn't part them.
    Link,
}

impl About {
    /// The word for it in the database.
    pub fn code(self) -> &'static str {
        match self {
            About::Home => "home",
            About::Age => "age",
            About::Helper => "helper",
            About::Link => "link",
        }
    }

    /// From the word.
    pub fn coded(code: &str) -> Option<About> {
        [About::Home, About::Age, About::Helper, About::Link].into_iter().find(|one| one.code() == code)
    }
}

/// Two records that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Difference {
    /// The one with the lower id.
    pub one: PersonId,
    /// The other.
    pub other: PersonId,
    /// In what.
    pub about: About,
}

impl Difference {
    /// Between two records, whichever is named first.
    pub fn between(a: PersonId, b: PersonId, about: About) -> Difference {
        Difference { one: a.min(b), other: a.max(b), about }
    }
}

/// All differences within a person's file, over all their records, on a day. `births` are the birth dates that the records
/// were taken in with; facts say others.
pub fn differences(file: &File, births: &[(PersonId, Date)], on: Date) -> BTreeSet<Difference> {
    let mut all = BTreeSet::new();
    homes(file, &mut all);
    ages(file, births, on, &mut all);
    let alive = |kept: &&crate::Kept<crate::Delegation>| {
        let Some(revoked) = kept.what.revoked else { return kept.what.period.contains(on) };
        kept.what.period.contains(on) && on < revoked.on
    };
    for kept in file.helpers.iter().filter(alive).filter(|kept| file.records.contains(&kept.what.helper)) {
        all.insert(Difference::between(kept.person, kept.what.helper, About::Helper));
    }
    all.extend(circle(file));
    all
}

fn homes(file: &File, all: &mut BTreeSet<Difference>) {
    let stays: Vec<_> =
        file.households.iter().filter_map(|kept| Some((kept.person, kept.what.membership()?))).collect();
    for (at, (one, here)) in stays.iter().enumerate() {
        for (other, there) in &stays[at + 1..] {
            let apart = here.household != there.household && here.period.overlaps(there.period);
            if apart && one != other {
                all.insert(Difference::between(*one, *other, About::Home));
            }
        }
    }
}

fn ages(file: &File, births: &[(PersonId, Date)], on: Date, all: &mut BTreeSet<Difference>) {
    let said = file.facts.iter().filter_map(|kept| match kept.what.datum {
        Datum::BirthDate(birth) if kept.what.struck.is_none() => Some((kept.person, birth)),
        _ => None,
    });
    let births: Vec<(PersonId, Date)> = said.chain(births.iter().copied()).collect();
    for kept in file.consents.iter().filter(|kept| kept.what.holds(on)) {
        let given = &kept.what.given;
        for (person, birth) in births.iter().filter(|(person, _)| *person != kept.person) {
            let is_grown = turns(*birth, OWN_AGE) <= given.holds.from();
            let fits = match given.by {
                Giver::Own => is_grown,
                Giver::Parent(_) => !is_grown,
                Giver::Appointed(_) => true,
            };
            if !fits {
                all.insert(Difference::between(kept.person, *person, About::Age));
            }
        }
    }
}

/// The newest link of a circle, if there is one.
fn circle(file: &File) -> Option<Difference> {
    let linked = file.linked();
    let made = file.links.iter().filter(|event| event.deed == Deed::Linked);
    let mut made: Vec<_> = made.filter(|event| linked.are_beside(event.one, event.other)).collect();
    made.sort_by_key(|event| std::cmp::Reverse(event.at));
    let closes = made.into_iter().find(|made| {
        let without = file.links.iter().filter(|event| (event.one, event.other) != (made.one, made.other));
        Links::after(without).are_same(made.one, made.other)
    });
    closes.map(|made| Difference::between(made.one, made.other, About::Link))
}

#[cfg(test)]
mod tests {
    use base::{HouseholdId, Instant, RecordId, date};

    use super::*;
    use crate::consent::{Given, Way};
    use crate::delegation::{Grants, Tie};
    use crate::household::{Came, Relation, join};
    use crate::{Delegation, Document, Kept, LinkEvent, Period, Purpose, Reason};

    const TODAY: Date = date(2021, 5, 10);

    fn link(one: u64, other: u64) -> Document {
        let why = Reason::given("신분증을 보고 확인했어요").unwrap();
        let (one, other) = (PersonId(one), PersonId(other));
        let at = Instant(i64::try_from(one.0 * 10 + other.0).unwrap());
        Document::Link(LinkEvent { deed: Deed::Linked, one, other, at, by: PersonId(9), why })
    }

    fn lives(person: u64, household: u64, from: Date) -> Document {
        let membership = join(&[], HouseholdId(household), PersonId(person), Relation::Head, from).unwrap();
        Document::Household(Came { membership, by: PersonId(9) })
    }

    fn consents(person: u64, by: Giver) -> Document {
        let holds = Period::since(date(2021, 5, 1));
        let (way, purpose) = (Way::Online, Purpose("care".into()));
        Document::Consent(Given { person: PersonId(person), purpose, holds, way, by })
    }

    fn helped(person: u64, helper: u64) -> Document {
        let grants = Grants { see: true, apply: false, pay: None };
        let period = Period::since(date(2021, 5, 1));
        let (person, helper) = (PersonId(person), PersonId(helper));
        Document::Delegation(Delegation::give(person, helper, Tie::Family, grants, period).unwrap())
    }

    /// Documents of the records they name first, as one person's.
    fn file(documents: Vec<(u64, Document)>) -> File {
        let kept = (1..).zip(documents).map(|(no, (person, what))| Kept {
            id: RecordId(no),
            person: PersonId(person),
            at: Instant(i64::try_from(no).unwrap()),
            what,
        });
        File { records: [1, 2, 3].map(PersonId).into(), ..File::of(kept) }
    }

    #[test]
    fn what_two_records_say_can_t_both_be() {
        let day = date(2021, 1, 1);
        let child = [(PersonId(2), date(2012, 1, 1))];
        let grown = [(PersonId(2), date(1980, 1, 1))];
        use About::{Age, Helper, Home, Link};
        for (what, documents, births, found) in [
            ("nothing", vec![], &[][..], vec![]),
            ("one home", vec![(1, lives(1, 7, day)), (2, lives(2, 7, day))], &[], vec![]),
            ("two homes", vec![(1, lives(1, 7, day)), (2, lives(2, 8, day))], &[], vec![(1, 2, Home)]),
            ("one record's homes", vec![(1, lives(1, 7, day)), (1, lives(1, 8, day))], &[], vec![]),
            ("of age", vec![(1, consents(1, Giver::Own))], &grown, vec![]),
            ("a child's own", vec![(1, consents(1, Giver::Own))], &child, vec![(1, 2, Age)]),
            ("a child's parent", vec![(1, consents(1, Giver::Parent(PersonId(5))))], &child, vec![]),
            ("no child's", vec![(1, consents(1, Giver::Parent(PersonId(5))))], &grown, vec![(1, 2, Age)]),
            ("a guardian's", vec![(1, consents(1, Giver::Appointed(PersonId(5))))], &grown, vec![]),
            ("another helps", vec![(1, helped(1, 5))], &[], vec![]),
            ("they help themselves", vec![(1, helped(1, 3))], &[], vec![(1, 3, Helper)]),
            ("a chain", vec![(1, link(1, 2)), (2, link(2, 3))], &[], vec![]),
            ("a circle", vec![(1, link(1, 2)), (2, link(2, 3)), (1, link(1, 3))], &[], vec![(2, 3, Link)]),
        ] {
            let all = differences(&file(documents), births, TODAY);
            let expected: BTreeSet<Difference> = found
                .into_iter()
                .map(|(one, other, about)| Difference::between(PersonId(one), PersonId(other), about))
                .collect();
            assert_eq!(all, expected, "{what}");
        }
        for about in [Home, Age, Helper, Link] {
            assert_eq!(About::coded(about.code()), Some(about));
        }
    }
}
