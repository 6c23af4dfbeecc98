//! With whom somebody lives, for the pages of those who may see it.

use std::collections::BTreeSet;

use base::{Date, HouseholdId, PersonId, date_of_day, day_of_date};
use people::File;
use people::household::{Membership, Size, household_on, size};
use people::store as rows;
use store::Error;

use super::people::{Known, Register};

/// One who lives there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who, if they are within sight. Of others only that they are there is told.
    pub known: Option<Known>,
    /// As what, and since when.
    pub membership: Membership,
}

/// A household somebody is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    /// Opaque.
    pub id: HouseholdId,
    /// As what the person is there, and since when.
    pub own: Membership,
    /// The others, the earliest first.
    pub others: Vec<Member>,
    /// The day somebody last came or went.
    pub changed: Date,
}

impl Together {
    /// How many they are, each person once.
    pub fn people(&self) -> u16 {
        u16::try_from(self.others.len() + 1).unwrap_or(u16::MAX)
    }
}

/// With whom somebody lives on a day, and how many they are. Whoever is shown by name is noted as read. `names` says who may
/// be named, `reads` which records may be read for it: whether two records of others are of one person is for those alone
/// to know who see both.
pub fn together(
    register: &mut Register<'_, '_>,
    (person, file): (PersonId, &File),
    on: Date,
    names: impl Fn(Option<&str>) -> bool,
    reads: impl Fn(Option<&str>) -> bool,
) -> Result<(Option<Together>, Option<Size>), Error> {
    let Some(own) = household_on(&file.memberships(person), person, on).copied() else {
        return Ok((None, size(None, &file.known(), on)));
    };
    let mut seen: BTreeSet<PersonId> = file.records.clone();
    let (mut others, mut changed) = (Vec::new(), own.period.from());
    for row in rows::members(register.snapshot(), own.household)? {
        if seen.contains(&row.person) {
            continue;
        }
        let (records, stays) = register.stays_within(row.person, &reads)?;
        seen.extend(records);
        let here = || stays.iter().filter(|stay| stay.household == own.household);
        let moved = here().map(|stay| match stay.period.until() {
            Some(last) => date_of_day(day_of_date(last) + 1),
            None => stay.period.from(),
        });
        changed = moved.filter(|day| *day <= on).fold(changed, Date::max);
        if let Some(membership) = here().find(|stay| stay.period.contains(on)) {
            let known = register.naming_within(row.person, &names)?;
            others.push(Member { known, membership: *membership });
        }
    }
    others.sort_by_key(|member| (member.membership.period.from(), member.membership.person));
    let together = Together { id: own.household, own, others, changed };
    let size = size(Some((together.people(), changed)), &file.known(), on);
    Ok((Some(together), size))
}
