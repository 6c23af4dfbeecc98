//! Households: who lives together, and since when. A person belongs to one at a time, or to none.

use base::{Arg, Date, HouseholdId, PersonId, Refusal};
use serde::{Deserialize, Serialize};

use crate::Period;
use crate::person::Home;

/// A household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Household {
    /// Opaque.
    pub id: HouseholdId,
    /// Where it lives.
    pub home: Home,
}

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
}
