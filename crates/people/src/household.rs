//! Households: who lives together, and since when. A person belongs to one at a time, or to none.

use base::{Arg, Date, HouseholdId, Instant, PersonId, Refusal, date_of_day, day_of_date};
use serde::{Deserialize, Serialize};

use crate::fact::{Backing, Datum, Fact, Kind, Struck, backed_on, valid_on};
use crate::{Period, Reason};

/// More people under one roof are an institution.
pub const LARGEST: usize = 30;

/// How a member stands to the head of the household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The head (세대주).
    Head,
    /// Husband or wife, married or not.
    Partner,
    /// Daughter or son, of the head or of the partner.
    Child,
    /// Mother or father of either.
    Parent,
    /// Other kin.
    Kin,
    /// Lives there without being kin (동거인).
    Housemate,
}

/// Somebody's time in a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Which household.
    pub household: HouseholdId,
    /// Who.
    pub person: PersonId,
    /// As what.
    pub relation: Relation,
    /// From when to when.
    pub period: Period,
}

/// The day somebody's time in a household ended, and who wrote that down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The last day.
    pub last: Date,
    /// Who wrote it down.
    pub by: PersonId,
}

/// Somebody's time in a household as it was written down, as a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Came {
    /// As it was written down.
    pub membership: Membership,
    /// Who wrote it down.
    pub by: PersonId,
}

/// The same, with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// As it was written down.
    pub came: Came,
    /// Set when they moved out, or are something else to the head from then on.
    pub left: Option<Left>,
    /// Set when it was never true.
    pub struck: Option<Struck>,
}

impl Stay {
    /// The time it stands for; `None` when it was never true.
    pub fn membership(&self) -> Option<Membership> {
        let membership = self.came.membership;
        let ended = self.left.map_or(Ok(membership.period), |left| membership.period.ending(left.last));
        ended.ok().filter(|_| self.struck.is_none()).map(|period| Membership { period, ..membership })
    }

    /// Strikes it out. Refused (`fact.struck`) when it was already.
    pub fn strike(&self, at: Instant, by: PersonId, why: Reason) -> Result<Struck, Refusal> {
        if self.struck.is_some() { Err(Refusal::new("fact.struck")) } else { Ok(Struck { at, by, why }) }
    }
}

/// Refused (`household.future`) for a day that hasn't come: what is written down is who lives together, not who will.
pub fn has_come(day: Date, today: Date) -> Result<(), Refusal> {
    if day > today { Err(Refusal::new("household.future").with("day", Arg::Date(day))) } else { Ok(()) }
}

/// Whether somebody more can be this to the head. `others` are the household's memberships, without those of the one it is
/// about. Refused when another is the head then (`household.head-already`), and when there are 30 of them
/// (`household.full`).
pub fn has_room(others: &[Membership], relation: Relation, from: Date) -> Result<(), Refusal> {
    let period = Period::since(from);
    let there = || others.iter().filter(|other| other.period.overlaps(period));
    if relation == Relation::Head
        && let Some(head) = there().find(|other| other.relation == Relation::Head)
    {
        return Err(Refusal::new("household.head-already").with("day", Arg::Date(head.period.from())));
    }
    if there().count() >= LARGEST {
        let most = i64::try_from(LARGEST).unwrap_or(i64::MAX);
        return Err(Refusal::new("household.full").with("most", Arg::Count(most)));
    }
    Ok(())
}

/// Somebody is something else to the head from a day on: the membership as it ends the day before, and the new one. Refused
/// when they are no member then (`household.not-member`), and on the day it began (`household.relation-day`): then it was
/// written down wrongly, and is struck out.
pub fn become_another(
    memberships: &[Membership],
    household: HouseholdId,
    person: PersonId,
    relation: Relation,
    from: Date,
) -> Result<(Membership, Membership), Refusal> {
    let began = |m: &&Membership| m.household == household && m.person == person && m.period.from() == from;
    if memberships.iter().any(|m| began(&m)) {
        return Err(Refusal::new("household.relation-day").with("day", Arg::Date(from)));
    }
    let goes_on = memberships.iter().any(|m| m.household == household && m.period.contains(from));
    if !goes_on {
        return Err(Refusal::new("household.not-member").with("day", Arg::Date(from)));
    }
    let ended = leave(memberships, household, person, date_of_day(day_of_date(from) - 1))?;
    let others: Vec<Membership> =
        memberships.iter().filter(|m| m.period.from() != ended.period.from()).copied().collect();
    let begun = join(&others, household, person, relation, from)?;
    Ok((ended, begun))
}

/// What the number of people in a household was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Its members, written down one by one.
    Members,
    /// The fact about it.
    Fact,
}

/// How many live together, and what that was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many.
    pub people: u16,
    /// From what.
    pub basis: Basis,
    /// What the other one says, when it says something else.
    pub against: Option<u16>,
}

/// How many live together on a day: by the members (how many, and the day one last came or went) and by the facts about
/// the person. Members count, for they say who; a document or register from a later day than their last change counts more,
/// for it knows of somebody they don't.
pub fn size(members: Option<(u16, Date)>, facts: &[Fact], on: Date) -> Option<Size> {
    let said = |fact: &Fact| match fact.datum {
        Datum::HouseholdSize(size) => Some(size),
        _ => None,
    };
    let newest = valid_on(facts, &Kind::HouseholdSize, on).map(|reading| reading.fact);
    let backed = backed_on(facts, &Kind::HouseholdSize, on, Backing::Document).map(|reading| reading.fact);
    match members {
        None => Some(Size { people: newest.and_then(said)?, basis: Basis::Fact, against: None }),
        Some((people, changed)) => {
            let later = backed.filter(|fact| fact.holds.from() > changed).and_then(said);
            let (people, basis, other) = match later {
                Some(later) => (later, Basis::Fact, Some(people)),
                None => (people, Basis::Members, newest.and_then(said)),
            };
            Some(Size { people, basis, against: other.filter(|other| *other != people) })
        }
    }
}

/// Somebody moves in. `memberships` are the person's. Refused when they are or will be a member of this household
/// (`household.member-already`) or of another (`household.in-another`).
pub fn join(
    memberships: &[Membership],
    household: HouseholdId,
    person: PersonId,
    relation: Relation,
    from: Date,
) -> Result<Membership, Refusal> {
    let period = Period::since(from);
    match memberships.iter().find(|m| m.person == person && m.period.overlaps(period)) {
        Some(m) => {
            let here = m.household == household;
            let code = if here { "household.member-already" } else { "household.in-another" };
            Err(Refusal::new(code).with("day", Arg::Date(m.period.from())))
        }
        None => Ok(Membership { household, person, relation, period }),
    }
}

/// Somebody moves out after this last day; the membership as it has to be kept now. Refused (`household.not-member`) when
/// they were no member on that day.
pub fn leave(
    memberships: &[Membership],
    household: HouseholdId,
    person: PersonId,
    last: Date,
) -> Result<Membership, Refusal> {
    let membership = memberships
        .iter()
        .find(|m| m.household == household && m.person == person && m.period.contains(last))
        .ok_or_else(|| Refusal::new("household.not-member").with("day", Arg::Date(last)))?;
    Ok(Membership { period: membership.period.ending(last)?, ..*membership })
}

/// A household is written down whole: `members` are who they are, as what to the head, and what times in households each
/// has already; the first is its head. Refused as if they moved in one after the other, and (`household.none`) without
/// anybody, or when the first is something else than its head.
pub fn together(
    household: HouseholdId,
    members: &[(PersonId, Relation, &[Membership])],
    from: Date,
) -> Result<Vec<Membership>, Refusal> {
    if !matches!(members, [(_, Relation::Head, _), ..]) {
        return Err(Refusal::new("household.none"));
    }
    let mut there = Vec::with_capacity(members.len());
    for (person, relation, theirs) in members {
        let membership = join(theirs, household, *person, *relation, from)?;
        if there.iter().any(|one: &Membership| one.person == *person) {
            return Err(Refusal::new("household.member-already").with("day", Arg::Date(from)));
        }
        has_room(&there, *relation, from)?;
        there.push(membership);
    }
    Ok(there)
}

/// Who belongs to the household on this day.
pub fn members_on(
    memberships: &[Membership],
    household: HouseholdId,
    on: Date,
) -> impl Iterator<Item = &Membership> {
    memberships.iter().filter(move |m| m.household == household && m.period.contains(on))
}

/// The person's membership on this day, if any.
pub fn household_on(memberships: &[Membership], person: PersonId, on: Date) -> Option<&Membership> {
    memberships.iter().find(|m| m.person == person && m.period.contains(on))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    const HERE: HouseholdId = HouseholdId(1);
    const THERE: HouseholdId = HouseholdId(2);
    const WHO: PersonId = PersonId(7);

    fn may(day: i8) -> Date {
        date(2021, 5, day)
    }

    /// Plays `in 1 03` and `out 1 09` (household, day of May) on one person; the last refusal's code is kept.
    fn story(text: &str) -> (Vec<Membership>, Option<&'static str>) {
        let (mut kept, mut code) = (Vec::<Membership>::new(), None);
        for step in text.split(", ").filter(|step| !step.is_empty()) {
            let words: Vec<&str> = step.split(' ').collect();
            let household = HouseholdId(words[1].parse().unwrap());
            let day = may(words[2].parse().unwrap());
            if words[0] == "in" {
                match join(&kept, household, WHO, Relation::Head, day) {
                    Ok(membership) => kept.push(membership),
                    Err(no) => code = Some(no.code),
                }
            } else {
                match leave(&kept, household, WHO, day) {
                    Ok(ended) => {
                        let same = |m: &&mut Membership| m.period.from() == ended.period.from();
                        *kept.iter_mut().find(same).unwrap() = ended;
                    }
                    Err(no) => code = Some(no.code),
                }
            }
        }
        (kept, code)
    }

    #[test]
    fn one_household_at_a_time() {
        for (text, code, on_may_10) in [
            ("", None, None),
            ("in 1 03", None, Some(HERE)),
            ("in 1 11", None, None),
            ("in 1 03, out 1 09", None, None),
            ("in 1 03, out 1 10", None, Some(HERE)),
            ("in 1 03, out 1 09, in 2 10", None, Some(THERE)),
            ("in 1 03, out 1 09, in 1 10", None, Some(HERE)),
            ("in 1 03, in 1 05", Some("household.member-already"), Some(HERE)),
            ("in 1 03, in 2 05", Some("household.in-another"), Some(HERE)),
            ("in 1 03, out 1 09, in 2 09", Some("household.in-another"), None),
            // Nobody can be in two from a later day on, either.
            ("in 1 20, in 2 05", Some("household.in-another"), None),
            ("out 1 09", Some("household.not-member"), None),
            ("in 1 03, out 2 09", Some("household.not-member"), Some(HERE)),
            ("in 1 03, out 1 02", Some("household.not-member"), Some(HERE)),
            ("in 1 03, out 1 05, out 1 09", Some("household.not-member"), None),
        ] {
            let (kept, found) = story(text);
            assert_eq!(found, code, "{text}");
            assert_eq!(household_on(&kept, WHO, may(10)).map(|m| m.household), on_may_10, "{text}");
            assert_eq!(members_on(&kept, HERE, may(10)).count() == 1, on_may_10 == Some(HERE), "{text}");
        }
    }

    #[test]
    fn one_head_and_no_institution() {
        let other = |relation, from, until: Option<i8>| Membership {
            household: HERE,
            person: PersonId(8),
            relation,
            period: Period::new(may(from), until.map(may)).unwrap(),
        };
        let kin = vec![other(Relation::Kin, 1, None); LARGEST];
        for (others, relation, from, code) in [
            (vec![], Relation::Head, 3, None),
            (vec![other(Relation::Head, 1, None)], Relation::Head, 3, Some("household.head-already")),
            (vec![other(Relation::Head, 1, None)], Relation::Partner, 3, None),
            (vec![other(Relation::Head, 1, Some(2))], Relation::Head, 3, None),
            (vec![other(Relation::Head, 1, Some(3))], Relation::Head, 3, Some("household.head-already")),
            (kin[1..].to_vec(), Relation::Kin, 3, None),
            (kin, Relation::Kin, 3, Some("household.full")),
        ] {
            assert_eq!(
                has_room(&others, relation, may(from)).err().map(|no| no.code),
                code,
                "{relation:?} {from}"
            );
        }
        assert_eq!(has_come(may(4), may(3)).map_err(|no| no.code), Err("household.future"));
        assert_eq!(has_come(may(3), may(3)), Ok(()));
    }

    #[test]
    fn a_household_is_written_down_whole() {
        let elsewhere = [join(&[], THERE, PersonId(3), Relation::Head, may(1)).unwrap()];
        let (head, child, kin) = (Relation::Head, Relation::Child, Relation::Kin);
        let one = |person, relation| (PersonId(person), relation, &[][..]);
        let many: Vec<_> = (0..).take(LARGEST).map(|at| one(100 + at, kin)).collect();
        for (members, code) in [
            (vec![one(1, head)], None),
            (vec![one(1, head), one(2, child)], None),
            (vec![], Some("household.none")),
            (vec![one(2, child), one(1, head)], Some("household.none")),
            (vec![one(1, head), one(2, head)], Some("household.head-already")),
            (vec![one(1, head), one(1, child)], Some("household.member-already")),
            (vec![one(1, head), (PersonId(3), child, &elsewhere[..])], Some("household.in-another")),
            ([vec![one(1, head)], many].concat(), Some("household.full")),
        ] {
            let found = together(HERE, &members, may(3));
            assert_eq!(found.as_ref().err().map(|no| no.code), code, "{members:?}");
            if let Ok(there) = found {
                let expected: Vec<_> = members.iter().map(|(who, relation, _)| (*who, *relation)).collect();
                let found: Vec<_> = there.iter().map(|one| (one.person, one.relation)).collect();
                assert_eq!(found, expected);
                assert!(there.iter().all(|one| one.household == HERE && one.period == Period::since(may(3))));
            }
        }
    }

    #[test]
    fn somebody_becomes_the_head() {
        let child = join(&[], HERE, WHO, Relation::Child, may(3)).unwrap();
        for (household, day, code) in [
            (HERE, 3, Some("household.relation-day")),
            (HERE, 2, Some("household.not-member")),
            (THERE, 9, Some("household.not-member")),
            (HERE, 9, None),
        ] {
            let found = become_another(&[child], household, WHO, Relation::Head, may(day));
            assert_eq!(found.as_ref().err().map(|no| no.code), code, "{day}");
            if let Ok((ended, begun)) = found {
                assert_eq!((ended.relation, ended.period.until()), (Relation::Child, Some(may(8))));
                assert_eq!((begun.relation, begun.period), (Relation::Head, Period::since(may(9))));
            }
        }
    }

    #[test]
    fn how_many_live_together() {
        let fact = |size, backing: &str, day| Fact {
            about: WHO,
            datum: Datum::HouseholdSize(size),
            source: match backing {
                "document" => crate::fact::Source::Document { what: "등본".into() },
                _ => crate::fact::Source::Declared,
            },
            holds: Period::since(may(day)),
            at: Instant(i64::from(day)),
            by: PersonId(9),
            struck: None,
        };
        let members = |people| Some((people, may(5)));
        use Basis::{Fact as Said, Members};
        for (members, facts, found) in [
            (None, vec![], None),
            (None, vec![fact(2, "said", 3)], Some((2, Said, None))),
            (members(3), vec![], Some((3, Members, None))),
            (members(3), vec![fact(3, "said", 9)], Some((3, Members, None))),
            // What is only said later doesn't outweigh who is written down one by one; a paper does.
            (members(3), vec![fact(2, "said", 9)], Some((3, Members, Some(2)))),
            (members(3), vec![fact(2, "document", 9)], Some((2, Said, Some(3)))),
            (members(3), vec![fact(2, "document", 5)], Some((3, Members, Some(2)))),
            (members(3), vec![fact(4, "document", 9), fact(2, "said", 9)], Some((4, Said, Some(3)))),
        ] {
            let size = size(members, &facts, may(10)).map(|size| (size.people, size.basis, size.against));
            assert_eq!(size, found, "{facts:?}");
        }
    }

    #[test]
    fn a_stay_ends_or_was_never_true() {
        let came =
            Came { membership: join(&[], HERE, WHO, Relation::Head, may(3)).unwrap(), by: PersonId(9) };
        let stay = Stay { came, left: None, struck: None };
        assert_eq!(stay.membership().unwrap().period, Period::since(may(3)));
        let left = Stay { left: Some(Left { last: may(9), by: PersonId(9) }), ..stay.clone() };
        assert_eq!(left.membership().unwrap().period.until(), Some(may(9)));
        let why = || Reason::given("다른 집 이야기였어요").unwrap();
        let struck = stay.strike(Instant(5), PersonId(9), why()).unwrap();
        let struck = Stay { struck: Some(struck), ..stay };
        assert_eq!(struck.membership(), None);
        assert_eq!(struck.strike(Instant(6), PersonId(9), why()).map_err(|no| no.code), Err("fact.struck"));
    }
}
