//! The monthly inspection of looks at personal records (safety notice §8): the unusual ones first, each with its reasons.
//!
//! A look may carry several [`Sign`]s; their points add up, and the look with most comes first. A sign accuses nobody. It
//! says where a question costs least and helps most.
//!
//! | sign | points | when |
//! |---|---|---|
//! | own neighbour | 3 | the person lives in the clerk's own neighbourhood |
//! | many in a row | 3 | one clerk looked at 20 or more different people without a pause longer than a minute |
//! | at night | 2 | from 22 to 6 o'clock |
//! | no open task | 1 | the clerk had nothing to do for this person; windows serve whoever comes, so alone it is not listed |
//! | same surname | 1 | they share a family name; one in five is called Kim, so alone it is not listed |
//!
//! A look is listed from 2 points on.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use base::{Instant, PersonId, Zone};
use serde::{Deserialize, Serialize};

use crate::Purpose;

/// A look at a personal record, as the access ledger has it, with what is known about the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Who looked: an account's opaque id.
    pub by: String,
    /// When.
    pub at: Instant,
    /// At whom.
    pub whom: PersonId,
    /// For what.
    pub purpose: Purpose,
    /// Whether who looked had an open task for this person.
    pub has_task: bool,
    /// Whether the two live in one neighbourhood.
    pub same_district: bool,
    /// Whether the two share a family name.
    pub same_surname: bool,
}

/// What is unusual about a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// There was nothing to do for this person.
    NoOpenTask,
    /// The person is a neighbour of who looked.
    OwnNeighbour,
    /// One of many looks without a pause.
    ManyInARow {
        /// At how many different people.
        people: usize,
    },
    /// At night, in the city's time.
    AtNight {
        /// The hour, 0 to 23.
        hour: u8,
    },
    /// The two share a family name.
    SameSurname,
}

/// What is taken for unusual, and how much it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// The hour from which it is night.
    pub night_from: u8,
    /// The hour at which it is day again.
    pub night_until: u8,
    /// Looks at how many different people are many in a row.
    pub row_people: usize,
    /// The longest pause, in seconds, that doesn't end a row.
    pub row_pause: u32,
    /// Points from which a look is listed.
    pub list_from: u32,
    /// Points of [`Sign::NoOpenTask`].
    pub no_open_task: u32,
    /// Points of [`Sign::OwnNeighbour`].
    pub own_neighbour: u32,
    /// Points of [`Sign::ManyInARow`].
    pub many_in_a_row: u32,
    /// Points of [`Sign::AtNight`].
    pub at_night: u32,
    /// Points of [`Sign::SameSurname`].
    pub same_surname: u32,
}

impl Thresholds {
    /// What holds: nobody is served in a minute, so a clerk at a window pauses longer between two people. No authority
    /// publishes figures.
    pub const USUAL: Thresholds = Thresholds {
        night_from: 22,
        night_until: 6,
        row_people: 20,
        row_pause: 60,
        list_from: 2,
        no_open_task: 1,
        own_neighbour: 3,
        many_in_a_row: 3,
        at_night: 2,
        same_surname: 1,
    };

    fn is_night(&self, hour: u8) -> bool {
        if self.night_from <= self.night_until {
            (self.night_from..self.night_until).contains(&hour)
        } else {
            hour >= self.night_from || hour < self.night_until
        }
    }

    fn points(&self, sign: Sign) -> u32 {
        match sign {
            Sign::NoOpenTask => self.no_open_task,
            Sign::OwnNeighbour => self.own_neighbour,
            Sign::ManyInARow { .. } => self.many_in_a_row,
            Sign::AtNight { .. } => self.at_night,
            Sign::SameSurname => self.same_surname,
        }
    }
}

/// An unusual look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusual<'a> {
    /// The look.
    pub look: &'a Look,
    /// Its place among the looks that were given.
    pub index: usize,
    /// Its signs' points.
    pub points: u32,
    /// Why it is listed, what counts most first.
    pub signs: Vec<Sign>,
}

/// The unusual looks of a month, most unusual first; of equal ones the earlier first.
pub fn inspect<'a>(looks: &'a [Look], thresholds: &Thresholds, zone: &Zone) -> Vec<Unusual<'a>> {
    let rows = rows(looks, thresholds);
    let mut found: Vec<Unusual<'a>> = looks
        .iter()
        .zip(rows)
        .enumerate()
        .map(|(index, (look, row))| {
            let hour = zone.hour(look.at);
            let mut signs: Vec<Sign> = [
                (!look.has_task).then_some(Sign::NoOpenTask),
                look.same_district.then_some(Sign::OwnNeighbour),
                (row > 0).then_some(Sign::ManyInARow { people: row }),
                thresholds.is_night(hour).then_some(Sign::AtNight { hour }),
                look.same_surname.then_some(Sign::SameSurname),
            ]
            .into_iter()
            .flatten()
            .collect();
            signs.sort_by_key(|sign| (Reverse(thresholds.points(*sign)), *sign));
            let points = signs.iter().map(|sign| thresholds.points(*sign)).sum();
            Unusual { look, index, points, signs }
        })
        .filter(|unusual| unusual.points >= thresholds.list_from.max(1))
        .collect();
    found.sort_by_key(|unusual| {
        let Look { at, whom, .. } = *unusual.look;
        (Reverse(unusual.points), at, unusual.look.by.clone(), whom)
    });
    found
}

/// For each look: at how many different people its clerk looked in the row it lies in; 0 when that is not many.
fn rows(looks: &[Look], thresholds: &Thresholds) -> Vec<usize> {
    let mut of: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, look) in looks.iter().enumerate() {
        of.entry(&look.by).or_default().push(index);
    }
    let pause = i64::from(thresholds.row_pause);
    let mut rows = vec![0; looks.len()];
    for mut of_one in of.into_values() {
        of_one.sort_by_key(|index| looks[*index].at);
        for row in of_one.chunk_by(|one, next| looks[*next].at <= looks[*one].at.plus_seconds(pause)) {
            let people = row.iter().map(|index| looks[*index].whom).collect::<BTreeSet<_>>().len();
            // One person looked at again and again is no row, whatever a city writes.
            if people >= thresholds.row_people.max(2) {
                row.iter().for_each(|index| rows[*index] = people);
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    fn seoul() -> Zone {
        Zone::named("Asia/Seoul").unwrap()
    }

    /// A look by clerk 1 at 3 May 2021; `task`, `neighbour` and `name` say what is known about the two.
    fn look(hour: i8, minute: i8, known: &str) -> Look {
        Look {
            by: "acc_1".into(),
            at: seoul().instant(date(2021, 5, 3), hour, minute),
            whom: PersonId(100),
            purpose: Purpose("care".into()),
            has_task: known.contains("task"),
            same_district: known.contains("neighbour"),
            same_surname: known.contains("name"),
        }
    }

    #[test]
    fn signs_and_points() {
        use Sign::{AtNight, NoOpenTask, OwnNeighbour, SameSurname};
        for (hour, known, points, signs) in [
            (10, "task", 0, vec![]),
            // One in five is called Kim.
            (10, "task name", 0, vec![]),
            // Windows serve whoever comes.
            (10, "", 0, vec![]),
            (10, "name", 2, vec![NoOpenTask, SameSurname]),
            (10, "task neighbour", 3, vec![OwnNeighbour]),
            (10, "task neighbour name", 4, vec![OwnNeighbour, SameSurname]),
            (21, "task", 0, vec![]),
            (22, "task", 2, vec![AtNight { hour: 22 }]),
            (0, "task", 2, vec![AtNight { hour: 0 }]),
            (5, "task name", 3, vec![AtNight { hour: 5 }, SameSurname]),
            (6, "task", 0, vec![]),
            (3, "neighbour name", 7, vec![OwnNeighbour, AtNight { hour: 3 }, NoOpenTask, SameSurname]),
        ] {
            let looks = [look(hour, 0, known)];
            let found = inspect(&looks, &Thresholds::USUAL, &seoul());
            let shown: Vec<_> = found.iter().map(|u| (u.points, u.signs.clone())).collect();
            let expected: Vec<_> = (points > 0).then_some((points, signs)).into_iter().collect();
            assert_eq!(shown, expected, "{hour} {known}");
        }
    }

    #[test]
    fn the_most_unusual_come_first() {
        let looks = [
            look(10, 0, "task"),
            look(12, 0, ""),
            look(23, 30, "neighbour"),
            look(11, 0, "task neighbour"),
            look(10, 30, "name"),
        ];
        let found = inspect(&looks, &Thresholds::USUAL, &seoul());
        let order: Vec<_> = found.iter().map(|u| looks.iter().position(|l| l == u.look).unwrap()).collect();
        assert_eq!(order, [2, 3, 4]);
    }

    /// `count` looks at `people` different people, `pause` seconds apart; gives how many were marked, and with what.
    fn marked(count: u64, people: u64, pause: i64) -> (usize, Option<Sign>) {
        let mut looks: Vec<Look> = (0..count)
            .map(|n| {
                let mut look = look(10, 0, "task");
                look.at = look.at.plus_seconds(n as i64 * pause);
                look.whom = PersonId(100 + n % people);
                look
            })
            .collect();
        // A colleague's look in between changes nothing, nor does the order they are handed in.
        looks.push(Look { by: "acc_2".into(), ..look(10, 1, "task") });
        looks.reverse();
        let found = inspect(&looks, &Thresholds::USUAL, &seoul());
        assert!(found.iter().all(|u| u.look.by == "acc_1" && u.points == 3));
        (found.len(), found.first().map(|u| u.signs[0]))
    }

    #[test]
    fn many_in_a_row() {
        let row = |people| Some(Sign::ManyInARow { people });
        for (count, people, pause, expected) in [
            (19, 19, 5, (0, None)),
            (20, 20, 5, (20, row(20))),
            (20, 20, 60, (20, row(20))),
            (20, 20, 61, (0, None)),
            // The same few people again and again are work.
            (200, 19, 5, (0, None)),
            (50, 25, 5, (50, row(25))),
        ] {
            assert_eq!(marked(count, people, pause), expected, "{count} {people} {pause}");
        }
    }

    #[test]
    fn a_city_may_change_them() {
        let text = serde_json::to_string(&Thresholds::USUAL).unwrap();
        assert_eq!(serde_json::from_str::<Thresholds>(&text).unwrap(), Thresholds::USUAL);
        let strict = Thresholds { list_from: 1, night_from: 0, night_until: 5, ..Thresholds::USUAL };
        for (hour, known, listed) in
            [(10, "task name", true), (23, "task", false), (0, "task", true), (5, "task", false)]
        {
            assert_eq!(
                inspect(&[look(hour, 0, known)], &strict, &seoul()).len(),
                usize::from(listed),
                "{hour}"
            );
        }
        let all = Thresholds { list_from: 0, ..Thresholds::USUAL };
        assert!(
            inspect(&[look(10, 0, "task")], &all, &seoul()).is_empty(),
            "a look without a sign is never listed"
        );
    }
}
