//! Consent to the use of personal data: for one purpose each, dated, withdrawable, on paper as well as online.
//!
//! Sensitive data (health, disability) is asked for separately (Personal Information Protection Act §23): it is a purpose
//! of its own in the pack, never part of another. For a child under 14 the guardian consents (§22-2); from 14 on nobody
//! but the person, or a guardian whom a court appointed.

use base::{Arg, Date, PersonId, Refusal};
use serde::{Deserialize, Serialize};

use crate::Period;

/// The age from which somebody consents for themselves (Personal Information Protection Act §22-2).
pub const OWN_AGE: i16 = 14;

/// The law behind [`OWN_AGE`], as a refusal cites it.
const CHILDREN: &str = "개인정보 보호법 제22조의2";

/// What data is used for, by the pack's word for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Purpose(pub String);

/// How it was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Way {
    /// Signed on paper.
    Paper {
        /// Where the sheet is kept, or the name of its scan.
        kept: String,
    },
    /// Said at a window, to this clerk.
    Window {
        /// Who heard it.
        clerk: PersonId,
    },
    /// On the person's own page.
    Online,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Giver {
    /// The person.
    Own,
    /// A parent, for a child under 14.
    Parent(PersonId),
    /// A guardian whom a court appointed, for somebody of any age.
    Appointed(PersonId),
}

/// How old somebody is, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Their birth date is.
    Born(Date),
    /// It isn't, but whoever heard them saw that they are no child.
    SeenGrown,
    /// Nothing is.
    Unknown,
}

/// A consent as it is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Whose data.
    pub person: PersonId,
    /// For what.
    pub purpose: Purpose,
    /// From the day it was given to the last day it was given for.
    pub holds: Period,
    /// How.
    pub way: Way,
    /// By whom.
    pub by: Giver,
}

/// A withdrawal. From its day on the consent holds no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// The day.
    pub on: Date,
    /// How.
    pub way: Way,
}

/// A consent, withdrawn or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// As it was given.
    pub given: Given,
    /// Set when it was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Withdrawn>,
}

impl Consent {
    /// A consent that can be kept. Refused when its day has not come (`consent.future`), when somebody would consent for
    /// themselves as a guardian (`consent.guardian-self`), for a child under 14 without a guardian
    /// (`consent.guardian-needed`), when it isn't known whether it is one (`consent.age-unknown`), and when a parent
    /// speaks for somebody who is 14 or older (`consent.own-needed`).
    pub fn give(given: Given, age: Age, today: Date) -> Result<Consent, Refusal> {
        let on = given.holds.from();
        if on > today {
            return Err(Refusal::new("consent.future").with("day", Arg::Date(on)));
        }
        if matches!(given.by, Giver::Parent(who) | Giver::Appointed(who) if who == given.person) {
            return Err(Refusal::new("consent.guardian-self").because(CHILDREN));
        }
        let grown = match age {
            Age::Born(birth) => Some(turns(birth, OWN_AGE) <= on),
            Age::SeenGrown => Some(true),
            Age::Unknown => None,
        };
        match (given.by, grown, age) {
            (Giver::Appointed(_), ..) | (Giver::Own, Some(true), _) | (Giver::Parent(_), Some(false), _) => {
                Ok(Consent { given, withdrawn: None })
            }
            (Giver::Own, Some(false), Age::Born(birth)) => Err(Refusal::new("consent.guardian-needed")
                .with("day", Arg::Date(turns(birth, OWN_AGE)))
                .because(CHILDREN)),
            (Giver::Parent(_), Some(true), _) => Err(Refusal::new("consent.own-needed").because(CHILDREN)),
            _ => Err(Refusal::new("consent.age-unknown").because(CHILDREN)),
        }
    }

    /// Whether it holds on this day.
    pub fn holds(&self, on: Date) -> bool {
        self.given.holds.contains(on) && self.withdrawn.as_ref().is_none_or(|withdrawn| on < withdrawn.on)
    }
}

/// Whether there is consent for this purpose on this day. `consents` are those of one person, over all their records.
pub fn holds(consents: &[Consent], purpose: &Purpose, on: Date) -> bool {
    consents.iter().any(|consent| consent.given.purpose == *purpose && consent.holds(on))
}

/// The same as a condition: refused (`consent.needed`) without it.
pub fn needed(consents: &[Consent], purpose: &Purpose, on: Date) -> Result<(), Refusal> {
    if holds(consents, purpose, on) {
        return Ok(());
    }
    Err(Refusal::new("consent.needed")
        .with("purpose", Arg::Text(purpose.0.clone()))
        .because("개인정보 보호법 제15조"))
}

/// Withdraws what was given for this purpose: every consent that holds, since a person who says no means all of them. The
/// consents as they have to be kept now. Refused (`consent.none`) when none holds.
pub fn withdraw(
    consents: &[Consent],
    purpose: &Purpose,
    on: Date,
    way: &Way,
) -> Result<Vec<Consent>, Refusal> {
    let withdrawn: Vec<Consent> = consents
        .iter()
        .filter(|consent| consent.given.purpose == *purpose && consent.holds(on))
        .map(|consent| Consent { withdrawn: Some(Withdrawn { on, way: way.clone() }), ..consent.clone() })
        .collect();
    if withdrawn.is_empty() { Err(Refusal::new("consent.none")) } else { Ok(withdrawn) }
}

/// The day somebody turns that many years old. Who was born on 29 February does so on 1 March of a common year (Civil Act
/// §160 ③: the period ends with the last day of the month).
pub fn turns(birth: Date, years: i16) -> Date {
    let year = birth.year().saturating_add(years);
    Date::new(year, birth.month(), birth.day()).or_else(|_| Date::new(year, 3, 1)).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    const TODAY: Date = date(2021, 5, 10);
    const CHILD: PersonId = PersonId(1);
    const MOTHER: PersonId = PersonId(2);

    fn given(purpose: &str, from: Date, until: Option<Date>) -> Given {
        Given {
            person: CHILD,
            purpose: Purpose(purpose.into()),
            holds: Period::new(from, until).unwrap(),
            way: Way::Paper { kept: "2021-17".into() },
            by: Giver::Own,
        }
    }

    #[test]
    fn who_may_consent() {
        let (yesterday, tomorrow) = (date(2021, 5, 9), date(2021, 5, 11));
        let turns_14 = |on: Date| Age::Born(date(on.year() - 14, on.month(), on.day()));
        for (by, age, on, code) in [
            (Giver::Own, turns_14(TODAY), TODAY, None),
            (Giver::Own, turns_14(tomorrow), TODAY, Some("consent.guardian-needed")),
            // What counts is the day it was signed, not the day it was typed in.
            (Giver::Own, turns_14(TODAY), yesterday, Some("consent.guardian-needed")),
            (Giver::Own, Age::SeenGrown, TODAY, None),
            (Giver::Own, Age::Unknown, TODAY, Some("consent.age-unknown")),
            (Giver::Parent(MOTHER), turns_14(tomorrow), TODAY, None),
            (Giver::Parent(MOTHER), turns_14(TODAY), TODAY, Some("consent.own-needed")),
            (Giver::Parent(MOTHER), Age::SeenGrown, TODAY, Some("consent.own-needed")),
            (Giver::Parent(MOTHER), Age::Unknown, TODAY, Some("consent.age-unknown")),
            (Giver::Parent(CHILD), turns_14(tomorrow), TODAY, Some("consent.guardian-self")),
            (Giver::Appointed(MOTHER), Age::Unknown, TODAY, None),
            (Giver::Appointed(MOTHER), turns_14(yesterday), TODAY, None),
            (Giver::Appointed(CHILD), Age::Unknown, TODAY, Some("consent.guardian-self")),
            (Giver::Own, Age::SeenGrown, tomorrow, Some("consent.future")),
        ] {
            let found = Consent::give(Given { by, ..given("care", on, None) }, age, TODAY);
            assert_eq!(found.err().map(|no| no.code), code, "{by:?} {age:?} {on}");
        }
        let no = Consent::give(given("care", TODAY, None), turns_14(tomorrow), TODAY).unwrap_err();
        assert_eq!(no.args, [("day", Arg::Date(tomorrow))]);
        assert!(no.source.is_some());
    }

    #[test]
    fn what_holds() {
        let on = |day: i8| date(2021, 5, day);
        let consent = |purpose, from, until: Option<i8>, withdrawn: Option<i8>| Consent {
            given: given(purpose, on(from), until.map(on)),
            withdrawn: withdrawn.map(|day| Withdrawn { on: on(day), way: Way::Online }),
        };
        for (consents, held) in [
            (vec![], false),
            (vec![consent("care", 10, None, None)], true),
            (vec![consent("care", 11, None, None)], false),
            (vec![consent("health", 10, None, None)], false),
            (vec![consent("care", 1, Some(10), None)], true),
            (vec![consent("care", 1, Some(9), None)], false),
            (vec![consent("care", 1, None, Some(11))], true),
            (vec![consent("care", 1, None, Some(10))], false),
            // Given again on the day it was withdrawn.
            (vec![consent("care", 1, None, Some(10)), consent("care", 10, None, None)], true),
        ] {
            let care = Purpose("care".into());
            assert_eq!(holds(&consents, &care, TODAY), held, "{consents:?}");
            let code = needed(&consents, &care, TODAY).err().map(|no| no.code);
            assert_eq!(code, (!held).then_some("consent.needed"));
            let withdrawn = withdraw(&consents, &care, TODAY, &Way::Online);
            match withdrawn {
                Ok(now) => assert!(held && !holds(&now, &care, TODAY)),
                Err(no) => assert!(!held && no.code == "consent.none"),
            }
        }
    }

    #[test]
    fn a_withdrawal_takes_all_of_one_purpose() {
        let consents: Vec<Consent> = ["care", "care", "health"]
            .map(|purpose| Consent { given: given(purpose, TODAY, None), withdrawn: None })
            .into();
        let window = Way::Window { clerk: PersonId(9) };
        let now = withdraw(&consents, &Purpose("care".into()), TODAY, &window).unwrap();
        assert_eq!(now.len(), 2);
        assert!(now.iter().all(|c| c.withdrawn == Some(Withdrawn { on: TODAY, way: window.clone() })));
        assert!(now.iter().all(|c| c.given == consents[0].given), "what was given stays as it was");
    }

    #[test]
    fn birthdays() {
        for (birth, turned) in [
            (date(2007, 5, 10), date(2021, 5, 10)),
            (date(2008, 2, 29), date(2022, 3, 1)),
            (date(2004, 12, 31), date(2018, 12, 31)),
        ] {
            assert_eq!(turns(birth, 14), turned);
        }
        assert_eq!(turns(date(2008, 2, 29), 16), date(2024, 2, 29));
    }

    #[test]
    fn kept_as_documents() {
        let consent = Consent {
            given: Given { by: Giver::Parent(MOTHER), ..given("care", TODAY, None) },
            withdrawn: Some(Withdrawn { on: TODAY, way: Way::Window { clerk: PersonId(9) } }),
        };
        let text = serde_json::to_string(&consent).unwrap();
        assert_eq!(serde_json::from_str::<Consent>(&text).unwrap(), consent);
    }
}
