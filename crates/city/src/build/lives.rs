//! What is known of the people of the town beside their names: where they live and with whom, what papers and registers
//! say of some, what they agreed to, who helps whom. All of it through the commands everybody's records come by.

use std::collections::HashMap;

use base::{Actor, Date, Entropy, PersonId, Role, Seeded, Won, date_of_day, day_of_date};
use people::consent::Giver;
use people::delegation::{Grants, PayLimits, Tie};
use people::fact::{Datum, Disability, Source};
use people::household::Relation;
use rules::{TOWN_SHARES, TownLiving};

use super::draw::chance;
use super::folk::Folk;
use super::found::{Drawn, as_role};
use super::homes::Home;
use crate::{Command, Known, OnMany, OnPeople, Together};

/// A part of a list is full from so many lines on; a home's all come into one.
const PART: usize = 512;
/// From this age on a window writes down who lives alone.
const ALONE: i32 = 65;
/// From this age on long-term care is given for being old.
const CARED: i32 = 65;
/// From this age on somebody of the family may help.
const HELPED: i32 = 70;
/// Who helps is of this age.
const HELPERS: std::ops::Range<i32> = 25..66;

/// Somebody, as far as their records need it.
#[derive(Debug, Clone, Copy)]
struct Soul {
    age: i32,
    birth_day: i32,
    family: usize,
    plastic: bool,
    relation: Relation,
}

/// People who live together: where the first stands, how many follow, who is too young for a card, and since which day.
#[derive(Debug, Clone, Copy)]
struct Roof {
    first: usize,
    members: usize,
    too_young: u8,
    since: i32,
}

/// Everybody's, in the order of coming.
#[derive(Default)]
pub(super) struct Lives {
    souls: Vec<Soul>,
    roofs: Vec<Roof>,
}

/// A command that is due, and as whom.
pub(super) type Due = (Actor, Command);

impl Lives {
    /// A home more, one for so many days before `today`; nobody lives there before they were born.
    pub(super) fn add(&mut self, home: &Home<'_>, (today, days): (i32, i32)) {
        let born = home.members.iter().map(|(one, _)| one.birth_day).max().unwrap_or(today);
        let roof = Roof {
            first: self.souls.len(),
            members: home.members.len(),
            too_young: home.too_young,
            since: (today - days).max(born),
        };
        self.roofs.push(roof);
        self.souls.extend(home.members.iter().map(|(one, relation)| {
            let Drawn { age, birth_day, family, plastic, .. } = *one;
            Soul { age, birth_day, family, plastic, relation: *relation }
        }));
    }

    /// How many homes there are.
    pub(super) fn homes(&self) -> u64 {
        self.roofs.len() as u64
    }

    /// What lists say of everybody: part by part, each with how many homes are done by then.
    pub(super) fn lists<'a>(
        &'a self,
        folk: &'a Folk,
        living: &'a TownLiving,
        (today, seed): (Date, u64),
    ) -> impl Iterator<Item = (Due, u64)> + 'a {
        let mut writer = Writer { folk, living, today, entropy: Seeded::new(seed ^ 0x6c69_7665_7300_0001) };
        let (mut facts, mut together, mut people) = (Vec::new(), Vec::new(), 0);
        let due = |command| (as_role(Role::System), Command::OnMany(command));
        let mut done = 0;
        self.roofs.iter().flat_map(move |roof| {
            done += 1;
            let mut parts = Vec::new();
            writer.roof(self, roof, &mut facts, &mut together);
            people += roof.members;
            let last = done == self.roofs.len() as u64;
            // Nothing may be known of the last homes.
            if facts.len() >= PART || (last && !facts.is_empty()) {
                parts.push((due(OnMany::Facts(std::mem::take(&mut facts))), done));
            }
            if people >= PART || last {
                people = 0;
            }
            if people == 0 && !together.is_empty() {
                parts.push((due(OnMany::Households(std::mem::take(&mut together))), done));
            }
            parts
        })
    }

    /// What some agreed to, and whom some let help: their own commands, one by one.
    pub(super) fn own<'a>(
        &'a self,
        folk: &'a Folk,
        living: &'a TownLiving,
        seed: u64,
    ) -> impl Iterator<Item = Due> + 'a {
        let mut entropy = Seeded::new(seed ^ 0x6f77_6e00_0000_0001);
        // Who of a family could help is somebody met before.
        let mut kin: HashMap<usize, usize> = HashMap::new();
        self.roofs.iter().flat_map(move |roof| {
            let mut due = Vec::new();
            for (at, soul) in self.under(roof) {
                for consent in &living.consents {
                    // They were that old before the history began, too.
                    let old = i64::from(soul.age) > i64::from(consent.from_age);
                    if old && share(&mut entropy, consent.share) {
                        due.extend(agrees(folk, at, soul, &consent.purpose));
                    }
                }
                if soul.age >= HELPED && share(&mut entropy, living.helped) {
                    let young = |(_, one): &(usize, &Soul)| HELPERS.contains(&one.age);
                    let here = self.under(roof).find(young).map(|(at, _)| at);
                    let helper = here.or_else(|| kin.get(&soul.family).copied());
                    due.extend(helper.and_then(|helper| helps(folk, (at, soul), helper, &mut entropy)));
                }
            }
            let grown = self.under(roof).filter(|(_, one)| HELPERS.contains(&one.age));
            kin.extend(grown.map(|(at, one)| (one.family, at)));
            due
        })
    }

    fn under(&self, roof: &Roof) -> impl Iterator<Item = (usize, &Soul)> {
        let last = roof.first + roof.members;
        self.souls
            .get(roof.first..last)
            .unwrap_or(&[])
            .iter()
            .enumerate()
            .map(|(n, soul)| (roof.first + n, soul))
    }
}

fn share(entropy: &mut Seeded, share: u32) -> bool {
    chance(entropy, u64::from(share), u64::from(TOWN_SHARES))
}

fn person(folk: &Folk, at: usize) -> Option<PersonId> {
    folk.body(u32::try_from(at).ok()?).map(|body| body.id)
}

/// On the phone they say so themselves; who has plastic says so at a window.
fn speaks(person: PersonId, soul: &Soul) -> Actor {
    as_role(if soul.plastic { Role::Clerk } else { Role::Citizen(person) })
}

fn agrees(folk: &Folk, at: usize, soul: &Soul, purpose: &str) -> Option<Due> {
    let person = person(folk, at)?;
    let command = OnPeople::GiveConsent {
        person,
        purpose: purpose.to_owned(),
        from: None,
        until: None,
        paper: None,
        by: Giver::Own,
        seen_grown: false,
    };
    Some((speaks(person, soul), Command::OnPeople(command)))
}

fn helps(folk: &Folk, (at, soul): (usize, &Soul), helper: usize, entropy: &mut Seeded) -> Option<Due> {
    let pays = chance(entropy, 1, 2);
    let (person, helper) = (person(folk, at)?, person(folk, helper)?);
    let limits = PayLimits { per_payment: Won(50_000), per_month: Won(200_000) };
    let grants = Grants { see: true, apply: true, pay: pays.then_some(limits) };
    let command = OnPeople::GiveHelp { person, helper, tie: Tie::Family, grants, until: None };
    Some((speaks(person, soul), Command::OnPeople(command)))
}

/// Writes down what lists say.
struct Writer<'a> {
    folk: &'a Folk,
    living: &'a TownLiving,
    today: Date,
    entropy: Seeded,
}

impl Writer<'_> {
    fn roof(&mut self, lives: &Lives, roof: &Roof, facts: &mut Vec<Known>, together: &mut Vec<Together>) {
        // A window wrote down who lives there when one of them came for a card; phones don't ask.
        let is_known = lives.under(roof).any(|(_, soul)| soul.plastic);
        let since = date_of_day(roof.since);
        let mut members = Vec::with_capacity(roof.members);
        for (at, soul) in lives.under(roof) {
            let Some(person) = person(self.folk, at) else { continue };
            members.push((person, soul.relation));
            let mut say = |(datum, source, until)| {
                facts.push(Known { person, datum, source, from: None, until });
            };
            if soul.plastic {
                let paper = Source::Document { what: self.living.residence_paper.clone() };
                say((Datum::ResidenceSince(since), paper, None));
                let paper = Source::Document { what: self.living.birth_paper.clone() };
                say((Datum::BirthDate(date_of_day(soul.birth_day)), paper, None));
            }
            if is_known && roof.too_young > 0 {
                let size = roof.members + usize::from(roof.too_young);
                let paper = Source::Document { what: self.living.residence_paper.clone() };
                say((Datum::HouseholdSize(u16::try_from(size).unwrap_or(1)), paper, None));
            }
            if roof.members == 1 && soul.plastic && soul.age >= ALONE {
                say((Datum::LivesAlone(true), Source::Observed, None));
            }
            self.registered(soul).into_iter().for_each(say);
        }
        if is_known {
            together.push(Together { members, from: since });
        }
    }

    /// What a register says of some.
    fn registered(&mut self, soul: &Soul) -> Vec<(Datum, Source, Option<Date>)> {
        let TownLiving { basic_livelihood, disability_major, disability_minor, care_grade, .. } =
            *self.living;
        let mut found = Vec::new();
        let mut say = |datum, until| {
            let name = self.living.register.clone();
            found.push((datum, Source::Register { name }, until));
        };
        if share(&mut self.entropy, basic_livelihood) {
            say(Datum::BasicLivelihood(true), None);
        }
        let drawn = u32::try_from(self.entropy.below(u64::from(TOWN_SHARES))).unwrap_or(TOWN_SHARES);
        if drawn < disability_major {
            say(Datum::Disability(Disability::Severe), None);
        } else if drawn < disability_major + disability_minor {
            say(Datum::Disability(Disability::NotSevere), None);
        }
        if soul.age >= CARED && share(&mut self.entropy, care_grade) {
            // Two years from when it was found, at the least (Long-Term Care Insurance Act, Decree §8); grade 4 is the usual one.
            let grade = [2, 3, 3, 4, 4, 4, 4, 5][usize::try_from(self.entropy.below(8)).unwrap_or(3)];
            say(Datum::CareGrade(grade), Some(date_of_day(day_of_date(self.today) + 730)));
        }
        found
    }
}
