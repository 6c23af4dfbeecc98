//! Who lives with whom in the town. Ages come as the pack weighs them; people who fit together wait in a small pool until a
//! home takes them, so that nobody's age is bent to a household.

use std::collections::VecDeque;

use base::{Entropy, Seeded};
use people::household::Relation;
use rules::{TOWN_SHARES, TownLiving};

use super::draw::{Weights, chance};
use super::folk::PERSONAS;
use super::found::{Drawn, Registrar};

/// From this age on people have a home of their own.
const GROWN: i32 = 19;
/// Heads of this age have children too young for a card.
const PARENTS: std::ops::RangeInclusive<i32> = 28..=48;
/// How many wait for a home.
const POOL: usize = 64;
/// Somebody young who has seen so many homes pass is taken in by the next.
const PATIENCE: u64 = 40;

/// Somebody who waits, and how many homes there were before.
struct Waiting<'a> {
    drawn: Drawn<'a>,
    since: u64,
}

/// People who live together: the first is the head.
pub(super) struct Home<'a> {
    pub members: Vec<(Drawn<'a>, Relation)>,
    /// Children who live there too, without a card and a record.
    pub too_young: u8,
}

/// Makes homes of people.
pub(super) struct Homes<'a> {
    registrar: &'a Registrar<'a>,
    sizes: Weights,
    too_young: u64,
    entropy: Seeded,
    pool: VecDeque<Waiting<'a>>,
    people: u32,
    drawn: u32,
    made: u64,
}

impl<'a> Homes<'a> {
    /// Of so many people. Where the pack says nothing of households, everybody is a home.
    pub(super) fn new(
        registrar: &'a Registrar<'a>,
        living: Option<&TownLiving>,
        people: u32,
        seed: u64,
    ) -> Homes<'a> {
        let sizes = living.map(|living| living.households.as_slice()).unwrap_or(&[1]);
        Homes {
            registrar,
            sizes: Weights::new(sizes.iter().map(|weight| u64::from(*weight))),
            too_young: living.map_or(0, |living| u64::from(living.too_young)),
            // A stream of its own: who lives together changes nothing of what is drawn besides.
            entropy: Seeded::new(seed ^ 0x686f_6d65_7300_0001),
            pool: VecDeque::with_capacity(POOL),
            people,
            drawn: 0,
            made: 0,
        }
    }

    /// The next home; `None` when everybody has one. `entropy` is what people are drawn from.
    pub(super) fn next(&mut self, entropy: &mut Seeded) -> Option<Home<'a>> {
        while self.pool.len() < POOL && self.drawn < self.people {
            let drawn = self.registrar.person(self.drawn, entropy)?;
            self.drawn += 1;
            if self.drawn <= PERSONAS {
                return Some(Home { members: vec![(drawn, Relation::Head)], too_young: 0 });
            }
            self.pool.push_back(Waiting { drawn, since: self.made });
        }
        self.made += 1;
        let (mut members, too_young) = self.together()?;
        self.long_waiting(&mut members);
        // One roof, one neighbourhood; children have the head's family name.
        if let [(head, _), others @ ..] = members.as_mut_slice() {
            for (one, relation) in others {
                one.district = head.district;
                if *relation == Relation::Child {
                    one.family = head.family;
                }
            }
        }
        Some(Home { members, too_young })
    }

    fn together(&mut self) -> Option<(Vec<(Drawn<'a>, Relation)>, u8)> {
        let size = self.sizes.draw(&mut self.entropy)? + 1;
        // Whoever is left when all are drawn has a home, however young.
        let first = self.take(|age| age >= GROWN).or_else(|| self.take(|_| true))?;
        let age = first.age;
        let mut too_young = 0;
        if PARENTS.contains(&age) {
            let children =
                (2..size).filter(|_| chance(&mut self.entropy, self.too_young, u64::from(TOWN_SHARES)));
            too_young = children.count();
        }
        let mut wanted = size - 1 - too_young;
        let mut members = Vec::with_capacity(size);
        // Who is young and lives with others lives with a parent, who is the head.
        let parent =
            (wanted > 0 && age < 34).then(|| self.take(|a| (age + 22..=age + 40).contains(&a))).flatten();
        if let Some(parent) = parent {
            members.extend([(parent, Relation::Head), (first, Relation::Child)]);
            (wanted, too_young) = (wanted - 1, 0);
        } else {
            members.push((first, Relation::Head));
        }
        self.fill(&mut members, wanted);
        Some((members, u8::try_from(too_young).unwrap_or(0)))
    }

    /// A partner, children, an old parent, or nobody, where nobody fits.
    fn fill(&mut self, members: &mut Vec<(Drawn<'a>, Relation)>, wanted: usize) {
        let Some(head) = members.first().map(|(head, _)| head.age) else { return };
        let mut partner = head >= 25 && chance(&mut self.entropy, 4, 5);
        for _ in 0..wanted {
            let found = if std::mem::take(&mut partner) {
                self.take(|age| age >= 25 && (age - head).abs() <= 7).map(|one| (one, Relation::Partner))
            } else {
                self.child_of(head).map(|one| (one, Relation::Child))
            };
            let found = found.or_else(|| {
                let old =
                    (head >= 40).then(|| self.take(|age| (head + 20..=head + 38).contains(&age))).flatten();
                old.map(|one| (one, Relation::Parent))
            });
            match found {
                Some(one) => members.push(one),
                None => return,
            }
        }
    }

    fn child_of(&mut self, head: i32) -> Option<Drawn<'a>> {
        let fits = move |age: i32| (head - 42..=head - 20).contains(&age);
        self.take(|age| age < GROWN && fits(age)).or_else(|| self.take(|age| age <= 33 && fits(age)))
    }

    fn long_waiting(&mut self, members: &mut Vec<(Drawn<'a>, Relation)>) {
        let made = self.made;
        let long = |one: &Waiting<'_>| one.drawn.age < GROWN && one.since + PATIENCE < made;
        while let Some(at) = self.pool.iter().position(long) {
            let Some((head, _)) = members.first().filter(|_| members.len() < 7) else { return };
            let years = head.age - self.pool[at].drawn.age;
            if years < 16 {
                return;
            }
            let relation = if years <= 45 { Relation::Child } else { Relation::Kin };
            members.extend(self.pool.remove(at).map(|one| (one.drawn, relation)));
        }
    }

    /// The one who waits longest of those of an age.
    fn take(&mut self, fits: impl Fn(i32) -> bool) -> Option<Drawn<'a>> {
        let at = self.pool.iter().position(|one| fits(one.drawn.age))?;
        self.pool.remove(at).map(|one| one.drawn)
    }

    /// How long a home has been one, in days: often a few years, seldom many.
    pub(super) fn days(&mut self) -> i32 {
        const MOST: u64 = 30 * 365;
        let (one, other) = (self.entropy.below(MOST), self.entropy.below(MOST));
        i32::try_from(30 + one.min(other)).unwrap_or(30)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    fn pack() -> rules::Pack {
        let cities = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities");
        let first = std::fs::read_dir(cities).unwrap().next().unwrap().unwrap();
        rules::Pack::parse(&crate::pack::read_folder(&first.path()).unwrap()).unwrap()
    }

    #[test]
    fn everybody_lives_somewhere_and_fits_there() {
        let pack = pack();
        let registrar = Registrar::new(&pack, date(2021, 2, 23));
        let living = pack.town.living.as_ref();
        let mut entropy = Seeded::new(3);
        let mut homes = Homes::new(&registrar, living, 20_000, 3);
        let (mut people, mut sizes, mut under_age) = (0, [0; 12], 0);
        while let Some(home) = homes.next(&mut entropy) {
            let (head, relation) = &home.members[0];
            assert_eq!(*relation, Relation::Head);
            for (one, relation) in &home.members[1..] {
                assert_eq!(one.district, head.district);
                let years = head.age - one.age;
                let fits = match relation {
                    Relation::Head | Relation::Housemate => false,
                    Relation::Partner => years.abs() <= 7 && one.age >= 25,
                    Relation::Child => (16..=45).contains(&years) && one.family == head.family,
                    Relation::Parent => (-38..=-20).contains(&years),
                    Relation::Kin => years >= 16,
                };
                assert!(fits, "{relation:?} of {} to {}", one.age, head.age);
            }
            under_age += usize::from(head.age < GROWN);
            people += home.members.len();
            sizes[home.members.len() + usize::from(home.too_young) - 1] += 1;
        }
        assert_eq!(people, 20_000);
        let all: usize = sizes.iter().sum();
        let share = |size: usize| sizes[size - 1] * 100 / all;
        assert!((30..45).contains(&share(1)) && (20..40).contains(&share(2)), "{sizes:?}");
        assert!(share(3) >= 10 && share(4) >= 8 && share(5) >= 1, "{sizes:?}");
        assert!(under_age <= 5, "{under_age} homes of children alone");
    }
}
