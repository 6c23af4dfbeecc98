//! What is known about a person: from whom, since when, and for how long.
//!
//! **Which one counts.** The newest valid one, whatever its source: households grow and people move before a register
//! hears of it, and a clerk who just typed what they were told expects to see it. But a better source is never overridden
//! silently: when the best-sourced valid fact says something else, the [`Reading`] carries it along as `against`, and a
//! clerk settles it by recording a better source. Where money depends on it, a programme asks for facts that are
//! [`backed_on`] a document or register, and what was merely said doesn't count there.
//!
//! Older facts stay. One that was never true (typed into the wrong record) is struck, and stays too.

use base::{Arg, Date, Instant, PersonId, Refusal, Won};
use serde::{Deserialize, Serialize};

use crate::{Period, Reason};

/// More people under one roof are an institution.
const LARGEST_HOUSEHOLD: u16 = 30;
/// The oldest birth year that can be meant.
const OLDEST: i16 = 1900;

/// Severity of a disability, as the Act has it since July 2019. Of the six grades before, 1 to 3 became severe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disability {
    /// 심한 장애.
    Severe,
    /// 심하지 않은 장애.
    NotSevere,
    /// Registered once, not now.
    None,
}

impl Disability {
    /// From a grade on an older document, 1 to 6.
    pub fn of_grade(grade: u8) -> Option<Disability> {
        match grade {
            1..=3 => Some(Disability::Severe),
            4..=6 => Some(Disability::NotSevere),
            _ => None,
        }
    }
}

/// The value of a kind that a city names itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A count.
    Count(i64),
    /// Money.
    Won(Won),
    /// A day.
    Date(Date),
    /// A word from a list in the pack.
    Word(String),
}

/// What a fact says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Datum {
    /// Born on.
    BirthDate(Date),
    /// Resident of the city since.
    ResidenceSince(Date),
    /// People in the household, with the person.
    HouseholdSize(u16),
    /// Lives alone.
    LivesAlone(bool),
    /// The household's income is at most this percentage of the standard median income (기준 중위소득).
    IncomeBand(u16),
    /// The household's assets.
    Assets(Won),
    /// Receives basic livelihood security (기초생활수급).
    BasicLivelihood(bool),
    /// A registered disability.
    Disability(Disability),
    /// Grade of long-term care insurance: 1 to 5, 6 for cognitive support.
    CareGrade(u8),
    /// Another kind, named in the pack.
    Other {
        /// Its name there, such as `tax-arrears`.
        kind: String,
        /// Its value.
        value: Value,
    },
}

/// The kind of a fact, without its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// [`Datum::BirthDate`].
    BirthDate,
    /// [`Datum::ResidenceSince`].
    ResidenceSince,
    /// [`Datum::HouseholdSize`].
    HouseholdSize,
    /// [`Datum::LivesAlone`].
    LivesAlone,
    /// [`Datum::IncomeBand`].
    IncomeBand,
    /// [`Datum::Assets`].
    Assets,
    /// [`Datum::BasicLivelihood`].
    BasicLivelihood,
    /// [`Datum::Disability`].
    Disability,
    /// [`Datum::CareGrade`].
    CareGrade,
    /// [`Datum::Other`], by its name.
    Other(String),
}

impl Datum {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Datum::BirthDate(_) => Kind::BirthDate,
            Datum::ResidenceSince(_) => Kind::ResidenceSince,
            Datum::HouseholdSize(_) => Kind::HouseholdSize,
            Datum::LivesAlone(_) => Kind::LivesAlone,
            Datum::IncomeBand(_) => Kind::IncomeBand,
            Datum::Assets(_) => Kind::Assets,
            Datum::BasicLivelihood(_) => Kind::BasicLivelihood,
            Datum::Disability(_) => Kind::Disability,
            Datum::CareGrade(_) => Kind::CareGrade,
            Datum::Other { kind, .. } => Kind::Other(kind.clone()),
        }
    }

    /// Whether it can be true of anybody, said on this day.
    fn can_be(&self, on: Date) -> bool {
        match self {
            Datum::BirthDate(day) | Datum::ResidenceSince(day) => *day <= on && day.year() >= OLDEST,
            Datum::HouseholdSize(size) => (1..=LARGEST_HOUSEHOLD).contains(size),
            Datum::IncomeBand(percent) => (1..=1_000).contains(percent),
            Datum::Assets(won) => won.0 >= 0,
            Datum::CareGrade(grade) => (1..=6).contains(grade),
            Datum::LivesAlone(_) | Datum::BasicLivelihood(_) | Datum::Disability(_) => true,
            Datum::Other { kind, .. } => {
                !kind.is_empty()
                    && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            }
        }
    }
}

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Source {
    /// The person, or a helper, said so.
    Declared,
    /// A clerk saw it.
    Observed,
    /// A document was shown.
    Document {
        /// Which, such as a certificate's name and number.
        what: String,
    },
    /// A public register says so.
    Register {
        /// Which.
        name: String,
    },
}

/// How good a source is, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backing {
    /// Said.
    Declared,
    /// Seen.
    Observed,
    /// Shown on paper.
    Document,
    /// Kept by an authority.
    Register,
}

impl Source {
    /// How good it is.
    pub fn backing(&self) -> Backing {
        match self {
            Source::Declared => Backing::Declared,
            Source::Observed => Backing::Observed,
            Source::Document { .. } => Backing::Document,
            Source::Register { .. } => Backing::Register,
        }
    }
}

/// A fact that was never true: who struck it out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Struck {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: PersonId,
    /// Why.
    pub why: Reason,
}

/// One thing known about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Whom it is about.
    pub about: PersonId,
    /// What it says.
    pub datum: Datum,
    /// Where it comes from.
    pub source: Source,
    /// From the day it was said, seen or certified to the last day it can be relied on.
    pub holds: Period,
    /// When it was recorded.
    pub at: Instant,
    /// Who recorded it: a clerk, a helper, the person.
    pub by: PersonId,
    /// Set when it was struck out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub struck: Option<Struck>,
}

impl Fact {
    /// A fact as it comes in, fit to be kept. Refused when its day has not come (`fact.future`) or its value can't be
    /// true of anybody (`fact.value`).
    pub fn record(self, today: Date) -> Result<Fact, Refusal> {
        if self.holds.from() > today {
            return Err(Refusal::new("fact.future").with("day", Arg::Date(self.holds.from())));
        }
        if !self.datum.can_be(self.holds.from()) {
            return Err(Refusal::new("fact.value"));
        }
        Ok(self)
    }

    /// Strikes it out. Refused (`fact.struck`) when it was already.
    pub fn strike(mut self, at: Instant, by: PersonId, why: Reason) -> Result<Fact, Refusal> {
        if self.struck.is_some() {
            return Err(Refusal::new("fact.struck"));
        }
        self.struck = Some(Struck { at, by, why });
        Ok(self)
    }
}

/// What is known of one kind on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading<'a> {
    /// The newest valid fact: it counts.
    pub fact: &'a Fact,
    /// A better source that says something else, to be shown beside it until it is settled.
    pub against: Option<&'a Fact>,
}

/// What is known of this kind on this day. `facts` are all those of one person, over all their records.
///
/// The newest is the one said, seen or certified last; of one day, the one recorded last.
pub fn valid_on<'a>(facts: &'a [Fact], kind: &Kind, on: Date) -> Option<Reading<'a>> {
    backed_on(facts, kind, on, Backing::Declared)
}

/// The same, of facts with at least this backing alone.
pub fn backed_on<'a>(facts: &'a [Fact], kind: &Kind, on: Date, least: Backing) -> Option<Reading<'a>> {
    let valid = || {
        facts.iter().filter(|fact| {
            fact.struck.is_none()
                && fact.holds.contains(on)
                && fact.source.backing() >= least
                && fact.datum.kind() == *kind
        })
    };
    let age = |fact: &Fact| (fact.holds.from(), fact.at);
    let fact = valid().max_by_key(|fact| age(fact))?;
    let best = valid().max_by_key(|fact| (fact.source.backing(), age(fact)))?;
    Some(Reading { fact, against: (best.datum != fact.datum).then_some(best) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    /// `declared 3 from 05-01 until 05-31`: a household size, in 2021; struck with a trailing `x`.
    fn fact(text: &str, at: i64) -> Fact {
        let words: Vec<&str> = text.split(' ').collect();
        let day = |word: &str| format!("2021-{word}").parse::<Date>().unwrap();
        let after = |name: &str| words.iter().position(|word| *word == name).map(|at| day(words[at + 1]));
        let source = match words[0] {
            "declared" => Source::Declared,
            "observed" => Source::Observed,
            "document" => Source::Document { what: "등본".into() },
            _ => Source::Register { name: "주민등록".into() },
        };
        let fact = Fact {
            about: PersonId(1),
            datum: Datum::HouseholdSize(words[1].parse().unwrap()),
            source,
            holds: Period::new(after("from").unwrap(), after("until")).unwrap(),
            at: Instant(at),
            by: PersonId(2),
            struck: None,
        };
        let struck =
            |fact: Fact| fact.strike(Instant(99), PersonId(2), Reason::given("다른 분의 것이에요").unwrap());
        if words.contains(&"x") { struck(fact).unwrap() } else { fact }
    }

    fn facts(story: &[&str]) -> Vec<Fact> {
        story.iter().enumerate().map(|(at, text)| fact(text, at as i64)).collect()
    }

    fn size(fact: &Fact) -> u16 {
        match fact.datum {
            Datum::HouseholdSize(size) => size,
            _ => 0,
        }
    }

    #[test]
    fn the_newest_valid_one_counts() {
        let may20 = date(2021, 5, 20);
        for (story, counts, against) in [
            (&[][..], None, None),
            (&["declared 3 from 05-01"], Some(3), None),
            (&["declared 3 from 05-21"], None, None),
            (&["declared 3 from 05-01 until 05-20"], Some(3), None),
            (&["declared 3 from 05-01 until 05-19"], None, None),
            // The newer one, in whichever order they were recorded.
            (&["declared 3 from 05-01", "declared 4 from 05-10"], Some(4), None),
            (&["declared 4 from 05-10", "declared 3 from 05-01"], Some(4), None),
            (&["declared 3 from 05-10", "declared 4 from 05-10"], Some(4), None),
            // When the newer one has run out, the older one counts again.
            (&["declared 3 from 05-01", "declared 4 from 05-10 until 05-12"], Some(3), None),
            // A better source overrides silently; a weaker one doesn't.
            (&["declared 3 from 05-01", "register 4 from 05-10"], Some(4), None),
            (&["register 3 from 05-01", "declared 4 from 05-10"], Some(4), Some(3)),
            (&["register 3 from 05-01", "declared 3 from 05-10"], Some(3), None),
            (&["register 3 from 05-01 until 05-15", "declared 4 from 05-10"], Some(4), None),
            // A better source's own older word is no objection.
            (&["register 3 from 05-01", "register 4 from 05-05", "declared 4 from 05-10"], Some(4), None),
            (&["register 3 from 05-01", "document 5 from 05-05", "declared 4 from 05-10"], Some(4), Some(3)),
            // What was never true neither counts nor objects.
            (&["register 3 from 05-01 x", "declared 4 from 05-10"], Some(4), None),
            (&["register 3 from 05-01", "declared 4 from 05-10 x"], Some(3), None),
        ] {
            let facts = facts(story);
            let reading = valid_on(&facts, &Kind::HouseholdSize, may20);
            assert_eq!(reading.map(|r| size(r.fact)), counts, "{story:?}");
            assert_eq!(reading.and_then(|r| r.against).map(size), against, "{story:?}");
            assert_eq!(valid_on(&facts, &Kind::BirthDate, may20), None);
        }
    }

    #[test]
    fn money_may_ask_for_proof() {
        let facts = facts(&["document 3 from 05-01", "observed 5 from 05-05", "declared 4 from 05-10"]);
        let on = date(2021, 5, 20);
        for (least, counts) in [
            (Backing::Declared, Some(4)),
            (Backing::Observed, Some(5)),
            (Backing::Document, Some(3)),
            (Backing::Register, None),
        ] {
            let reading = backed_on(&facts, &Kind::HouseholdSize, on, least);
            assert_eq!(reading.map(|r| size(r.fact)), counts, "{least:?}");
        }
    }

    #[test]
    fn what_can_not_be_is_refused() {
        let may1 = date(2021, 5, 1);
        let other = |kind: &str| Datum::Other { kind: kind.into(), value: Value::Flag(true) };
        for (datum, good) in [
            (Datum::BirthDate(may1), true),
            (Datum::BirthDate(date(2021, 5, 2)), false),
            (Datum::BirthDate(date(1899, 12, 31)), false),
            (Datum::ResidenceSince(date(2021, 5, 2)), false),
            (Datum::HouseholdSize(0), false),
            (Datum::HouseholdSize(31), false),
            (Datum::IncomeBand(0), false),
            (Datum::Assets(Won(-1)), false),
            (Datum::CareGrade(6), true),
            (Datum::CareGrade(7), false),
            (Datum::LivesAlone(true), true),
            (Datum::Disability(Disability::None), true),
            (other("tax-arrears"), true),
            (other("Tax"), false),
            (other(""), false),
        ] {
            let fact = Fact { datum: datum.clone(), ..fact("declared 3 from 05-01", 0) };
            let code = fact.record(may1).err().map(|no| no.code);
            assert_eq!(code, (!good).then_some("fact.value"), "{datum:?}");
        }
        let early = fact("declared 3 from 05-02", 0).record(may1);
        assert_eq!(early.map_err(|no| no.code), Err("fact.future"));
        let twice = fact("declared 3 from 05-01 x", 0).strike(
            Instant(1),
            PersonId(2),
            Reason::given("한 번 더 지워요").unwrap(),
        );
        assert_eq!(twice.map_err(|no| no.code), Err("fact.struck"));
        assert_eq!(Disability::of_grade(3), Some(Disability::Severe));
        assert_eq!(Disability::of_grade(4), Some(Disability::NotSevere));
        assert_eq!(Disability::of_grade(7), None);
    }

    #[test]
    fn facts_are_kept_as_documents() {
        let fact = fact("document 3 from 05-01 until 05-31 x", 0);
        let text = serde_json::to_string(&fact).unwrap();
        assert!(text.contains(r#""datum":{"household-size":3}"#), "{text}");
        assert_eq!(serde_json::from_str::<Fact>(&text).unwrap(), fact);
    }
}
