//! May two records be of one person? A score that explains itself; a human decides, and [`crate::link`] keeps the answer.
//!
//! Points are given for what agrees and taken for what contradicts; what is unknown on either side counts nothing. With
//! the usual [`Weights`]:
//!
//! - name and birth day together are [`Verdict::Likely`];
//! - one slip in the name, one in the birth day, or another phone leaves [`Verdict::Possible`] as long as two of the
//!   three still agree; so does a changed name;
//! - one agreement alone is [`Verdict::Different`]: a city has many people of one name, and a family has one phone.
//!
//! Twins with names a letter apart and their parents' phone stay `Possible`: only a human can tell them.

use base::Date;
use serde::{Deserialize, Serialize};

use crate::{District, Name, Phone};

/// What is compared of a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Traits {
    /// The name in its normal form.
    pub name: Option<Name>,
    /// The birth date.
    pub birth: Option<Date>,
    /// Every phone known.
    pub phones: Vec<Phone>,
    /// The neighbourhood.
    pub district: Option<District>,
}

/// A part that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The name.
    Name,
    /// The birth date.
    Birth,
    /// The phone.
    Phone,
    /// The neighbourhood.
    District,
}

/// How far a part agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// Alike.
    Same,
    /// One slip apart: a jamo, a digit, two neighbours or day and month swapped.
    Near,
    /// Both are known and contradict.
    Differs,
    /// One side or both don't know it.
    Unknown,
}

/// What the points come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Not worth a question.
    Different,
    /// Worth a look.
    Possible,
    /// Ask before a second record is made.
    Likely,
}

/// Points of one part, by how it agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    /// Alike.
    pub same: i32,
    /// One slip apart; a phone and a neighbourhood never are.
    pub near: i32,
    /// Contradicting.
    pub differs: i32,
}

/// How much each part counts, and from where a verdict begins. The city's to change, in its pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// A name is common, and may be changed by a court: a contradiction weighs little beside birth and phone.
    pub name: Points,
    /// One in thirty thousand or so shares it.
    pub birth: Points,
    /// Families share one; people change theirs.
    pub phone: Points,
    /// Breaks ties.
    pub district: Points,
    /// Points from which two records are possibly of one person.
    pub possible: i32,
    /// Points from which they likely are.
    pub likely: i32,
}

impl Weights {
    /// What holds while a city says nothing else; the table test below is made for these.
    pub const USUAL: Weights = Weights {
        name: Points { same: 40, near: 15, differs: -15 },
        birth: Points { same: 40, near: 20, differs: -15 },
        phone: Points { same: 20, near: 0, differs: -5 },
        district: Points { same: 4, near: 0, differs: 0 },
        possible: 45,
        likely: 80,
    };

    /// Weights a city wrote have to make sense: agreeing never counts less than half agreeing, nor that less than
    /// nothing known, nor contradicting more; and `likely` lies above `possible`.
    pub fn check(&self) -> Result<(), Unsound> {
        for (part, points) in [
            (Part::Name, self.name),
            (Part::Birth, self.birth),
            (Part::Phone, self.phone),
            (Part::District, self.district),
        ] {
            let Points { same, near, differs } = points;
            if !(same >= near && near >= 0 && 0 >= differs && same <= 1_000 && differs >= -1_000) {
                return Err(Unsound::Points(part));
            }
        }
        if self.possible > 0 && self.likely > self.possible { Ok(()) } else { Err(Unsound::Bounds) }
    }

    fn of(&self, part: Part) -> Points {
        match part {
            Part::Name => self.name,
            Part::Birth => self.birth,
            Part::Phone => self.phone,
            Part::District => self.district,
        }
    }
}

/// Weights that can't be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// Points that reward contradicting.
    #[error("{0:?}: write same >= near >= 0 >= differs, each within 1,000")]
    Points(Part),
    /// Bounds in the wrong order.
    #[error("write likely > possible > 0")]
    Bounds,
}

/// How far a part agrees, and what it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// Which part.
    pub part: Part,
    /// How far it agrees.
    pub agreement: Agreement,
    /// What that counts.
    pub points: i32,
}

/// The score of two records, with what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// The sum.
    pub points: i32,
    /// What it comes to.
    pub verdict: Verdict,
    /// Name, birth, phone, neighbourhood.
    pub parts: [Compared; 4],
}

/// Compares two records. The order of the two doesn't matter.
pub fn score(a: &Traits, b: &Traits, weights: &Weights) -> Score {
    let parts = [
        (Part::Name, both(a.name.as_ref(), b.name.as_ref(), names)),
        (Part::Birth, both(a.birth, b.birth, births)),
        (Part::Phone, phones(&a.phones, &b.phones)),
        (Part::District, both(a.district.as_ref(), b.district.as_ref(), alike)),
    ]
    .map(|(part, agreement)| {
        let Points { same, near, differs } = weights.of(part);
        let points = match agreement {
            Agreement::Same => same,
            Agreement::Near => near,
            Agreement::Differs => differs,
            Agreement::Unknown => 0,
        };
        Compared { part, agreement, points }
    });
    let points = parts.iter().map(|part| part.points).sum();
    let verdict = match points {
        _ if points >= weights.likely => Verdict::Likely,
        _ if points >= weights.possible => Verdict::Possible,
        _ => Verdict::Different,
    };
    Score { points, verdict, parts }
}

fn both<T>(a: Option<T>, b: Option<T>, compare: impl Fn(T, T) -> Agreement) -> Agreement {
    a.zip(b).map_or(Agreement::Unknown, |(a, b)| compare(a, b))
}

fn alike<T: PartialEq>(a: T, b: T) -> Agreement {
    if a == b { Agreement::Same } else { Agreement::Differs }
}

fn names(a: &Name, b: &Name) -> Agreement {
    match a.slips(b) {
        0 => Agreement::Same,
        1 => Agreement::Near,
        _ => Agreement::Differs,
    }
}

fn births(a: Date, b: Date) -> Agreement {
    let digits = |date: Date| format!("{:04}{:02}{:02}", date.year(), date.month(), date.day());
    let turned = (a.year(), a.month(), a.day()) == (b.year(), b.day(), b.month());
    match strsim::osa_distance(&digits(a), &digits(b)) {
        0 => Agreement::Same,
        1 => Agreement::Near,
        _ if turned => Agreement::Near,
        _ => Agreement::Differs,
    }
}

/// One phone in common is enough: people keep an old one for years.
fn phones(a: &[Phone], b: &[Phone]) -> Agreement {
    match () {
        () if a.is_empty() || b.is_empty() => Agreement::Unknown,
        () if a.iter().any(|phone| b.contains(phone)) => Agreement::Same,
        () => Agreement::Differs,
    }
}

#[cfg(test)]
mod tests {
    use super::Agreement::{Differs, Near, Same, Unknown};
    use super::Verdict::{Different, Likely, Possible};
    use super::*;
    use proptest::prelude::*;

    /// `name, birth, phone, district`; a missing part is unknown.
    fn record(text: &str) -> Traits {
        let mut parts = text.split(',').map(str::trim);
        let mut part = || parts.next().filter(|part| !part.is_empty());
        Traits {
            name: part().and_then(Name::of),
            birth: part().map(|birth| birth.parse().unwrap()),
            phones: part()
                .map(|phones| phones.split(' ').filter_map(Phone::of).collect())
                .unwrap_or_default(),
            district: part().map(|code| District(code.into())),
        }
    }

    const SOONJA: &str = "김순자, 1953-04-12, 010-2345-6789, 17";

    #[test]
    fn verdicts() {
        for (other, agreements, points, verdict) in [
            (SOONJA, [Same, Same, Same, Same], 104, Likely),
            ("김 순자(金順子), 1953-04-12", [Same, Same, Unknown, Unknown], 80, Likely),
            // Moved away with another phone: the name and the day carry it, but ask with less weight.
            ("김순자, 1953-04-12, 010-1111-2222, 3", [Same, Same, Differs, Differs], 75, Possible),
            // A slip in the name.
            ("김숙자, 1953-04-12, 010-2345-6789", [Near, Same, Same, Unknown], 75, Possible),
            ("김숙자, 1953-04-12, , 17", [Near, Same, Unknown, Same], 59, Possible),
            ("김숙자, 1953-04-12, 010-1111-2222", [Near, Same, Differs, Unknown], 50, Possible),
            // Day and month swapped; two digits swapped; one digit wrong.
            ("김순자, 1953-12-04, 010-2345-6789", [Same, Near, Same, Unknown], 80, Likely),
            ("김순자, 1953-12-04", [Same, Near, Unknown, Unknown], 60, Possible),
            ("김순자, 1953-04-21, 010-1111-2222", [Same, Near, Differs, Unknown], 55, Possible),
            ("김순자, 1954-04-12", [Same, Near, Unknown, Unknown], 60, Possible),
            // Another birthday altogether, but the same name and phone: a lunar birthday, perhaps.
            ("김순자, 1953-05-24, 010-2345-6789", [Same, Differs, Same, Unknown], 45, Possible),
            // A changed name.
            ("김서연, 1953-04-12, 010-2345-6789", [Differs, Same, Same, Unknown], 45, Possible),
            // An old phone beside the new one.
            ("김순자, , 010-9999-9999 010-2345-6789", [Same, Unknown, Same, Unknown], 60, Possible),
            // One agreement alone.
            ("김순자", [Same, Unknown, Unknown, Unknown], 40, Different),
            ("김순자, , , 17", [Same, Unknown, Unknown, Same], 44, Different),
            ("김순자, 1987-10-30", [Same, Differs, Unknown, Unknown], 25, Different),
            ("박철수, 1953-04-12", [Differs, Same, Unknown, Unknown], 25, Different),
            ("박철수, 1951-01-03, 010-2345-6789, 17", [Differs, Differs, Same, Same], -6, Different),
            // Nothing to compare.
            ("", [Unknown, Unknown, Unknown, Unknown], 0, Different),
        ] {
            let found = score(&record(SOONJA), &record(other), &Weights::USUAL);
            assert_eq!(found.parts.map(|part| part.agreement), agreements, "{other}");
            assert_eq!((found.points, found.verdict), (points, verdict), "{other}");
            assert_eq!(found.points, found.parts.iter().map(|part| part.points).sum::<i32>());
        }
    }

    #[test]
    fn twins_are_for_a_human() {
        let [one, other] = ["이민수, 2011-03-02, 010-5555-1234, 8", "이민주, 2011-03-02, 010-5555-1234, 8"];
        assert_eq!(score(&record(one), &record(other), &Weights::USUAL).verdict, Possible);
    }

    #[test]
    fn weights_make_sense() {
        assert_eq!(Weights::USUAL.check(), Ok(()));
        let mut turned = Weights::USUAL;
        turned.phone.differs = 1;
        assert_eq!(turned.check(), Err(Unsound::Points(Part::Phone)));
        turned = Weights::USUAL;
        turned.name.near = 41;
        assert_eq!(turned.check(), Err(Unsound::Points(Part::Name)));
        turned = Weights { likely: 45, ..Weights::USUAL };
        assert_eq!(turned.check(), Err(Unsound::Bounds));
    }

    fn traits() -> impl Strategy<Value = Traits> {
        let name = prop::option::of("[김박이][순숙민][자수주]");
        let birth = prop::option::of((1950_i16..1953, 1_i8..13, 1_i8..29));
        let phones = prop::collection::vec(0..3_u8, 0..3);
        (name, birth, phones, prop::option::of("[12]")).prop_map(|(name, birth, phones, district)| Traits {
            name: name.as_deref().and_then(Name::of),
            birth: birth.map(|(year, month, day)| base::date(year, month, day)),
            phones: phones.iter().filter_map(|n| Phone::of(&format!("010-2345-678{n}"))).collect(),
            district: district.map(District),
        })
    }

    fn weights() -> impl Strategy<Value = Weights> {
        let points = || {
            (0..50_i32, 0..50_i32, 0..50_i32).prop_map(|(more, near, less)| Points {
                same: near + more,
                near,
                differs: -less,
            })
        };
        (points(), points(), points(), points(), 1..50_i32, 1..50_i32).prop_map(
            |(name, birth, phone, district, possible, more)| Weights {
                name,
                birth,
                phone,
                district,
                possible,
                likely: possible + more,
            },
        )
    }

    proptest! {
        #[test]
        fn the_order_does_not_matter(a in traits(), b in traits(), weights in weights()) {
            prop_assert_eq!(weights.check(), Ok(()));
            prop_assert_eq!(score(&a, &b, &weights), score(&b, &a, &weights));
        }

        #[test]
        fn nothing_scores_higher_than_the_same(a in traits(), b in traits(), weights in weights()) {
            let same = score(&a, &a, &weights);
            let found = score(&a, &b, &weights);
            prop_assert!(same.points >= found.points && same.verdict >= found.verdict);
        }
    }
}
