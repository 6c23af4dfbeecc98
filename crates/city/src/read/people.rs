//! Who people are, for the pages of those who may see it. Names stand sealed in SQL, never in the books.

use std::collections::BTreeSet;

use base::{Date, Instant, PersonId, RecordId, date_of_day, day_of_date};
use economy::holder::parse_card_number;
use economy::phone;
use economy::store::Issued;
use people::household::Membership;
use people::matching::{Score, Traits, Verdict, Weights, score};
use people::naming::{birth_indexes, name_indexes, phone_indexes};
use people::store::{self as rows, PersonRow};
use people::{District, File, Name, Naming, Phone, record};
use store::{Error, Snapshot};
use vault::{Sealed, Vault};

use crate::follow::To;
use crate::mail::Mailbox;
use crate::{CardRef, Directory};

/// As many as one search shows.
const MOST: usize = 50;
/// As many possibly the same as are shown at an intake.
const SHOWN: usize = 5;

/// A person with what names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Opaque.
    pub id: PersonId,
    /// As they write it.
    pub name: String,
    /// A telephone, if they have one.
    pub phone: Option<String>,
    /// Days since 1970-01-01, if told.
    pub birth_day: Option<i32>,
    /// The code of their neighbourhood.
    pub district: Option<String>,
}

/// Whom a clerk looks for, or a giver means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    /// One person: by id, or by the number of one of their cards.
    Person(PersonId),
    /// Everyone with this telephone.
    Phone(String),
    /// Everyone of exactly this name.
    Name(String),
    /// Everyone born on this day (days since 1970-01-01); of exactly this name, if there is one.
    Born(i32, Option<String>),
}

impl Sought {
    /// From what was typed. `None` for what can be nobody: an empty text, or the number of no card.
    pub fn read(text: &str, directory: &Directory) -> Option<Sought> {
        let text = text.trim();
        if text.is_empty() || text.contains('\0') || text.chars().count() > 100 {
            return None;
        }
        if let Ok(id) = text.parse() {
            return Some(Sought::Person(id));
        }
        if let Some(number) = parse_card_number(text) {
            return directory.card(CardRef::Number(number)).map(|card| Sought::Person(card.person));
        }
        if let Some(form) = phone::parse(text) {
            return Some(Sought::Phone(form));
        }
        if let Some((name, day)) = birth_day(text) {
            return Some(Sought::Born(day, name));
        }
        Some(Sought::Name(text.to_owned()))
    }

    /// Everyone who is meant and within sight, by the code of their neighbourhood: 50 at most, the oldest first. Who
    /// is out of sight is not opened, and takes nobody's place in the list.
    pub fn find(
        &self,
        register: &mut Register<'_, '_>,
        sees: impl Fn(Option<&str>) -> bool,
    ) -> Result<Vec<Known>, Error> {
        let Register { snapshot, vault, .. } = register;
        let mut rows: Vec<PersonRow> = Vec::new();
        let mut each = |row: PersonRow| {
            if rows.len() < MOST && sees(row.district.as_deref()) {
                rows.push(row);
            }
        };
        match self {
            Sought::Person(id) => rows.extend(rows::person(snapshot, *id)?),
            Sought::Name(name) => {
                rows::named(snapshot, &name_indexes(vault, name).map_err(sealed)?, &mut each)?;
            }
            Sought::Phone(phone) => {
                rows::phoned(snapshot, &phone_indexes(vault, phone).map_err(sealed)?, &mut each)?;
            }
            Sought::Born(day, None) => {
                rows::born(snapshot, &birth_indexes(vault, *day).map_err(sealed)?, &mut each)?;
            }
            Sought::Born(day, Some(name)) => {
                let birth = birth_indexes(vault, *day).map_err(sealed)?;
                let name = name_indexes(vault, name).map_err(sealed)?;
                rows::named_born(snapshot, (&name, &birth), &mut each)?;
            }
        }
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            found.extend(register.open(row)?);
        }
        found.sort_by_key(|known| (known.birth_day, known.id));
        Ok(found)
    }
}

/// A day that stands at the end, `1943-05-01`, `1943.5.1` or `19430501`, and the name before it.
fn birth_day(text: &str) -> Option<(Option<String>, i32)> {
    let (name, day) = match text.rsplit_once(char::is_whitespace) {
        Some((name, day)) => (Some(name.trim().to_owned()), day),
        None => (None, text),
    };
    let day = day.trim_end_matches('.');
    let parts: Vec<&str> = day.split(['-', '.', '/']).collect();
    let (year, month, day) = match parts.as_slice() {
        [whole] if whole.len() == 8 && whole.is_ascii() => (&whole[..4], &whole[4..6], &whole[6..]),
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        _ => return None,
    };
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    (date.year() >= 1900).then(|| (name, day_of_date(date)))
}

/// Whose record was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Whose.
    pub person: PersonId,
    /// As what it is shown: a stable code; `None` for what the reading page usually shows.
    pub what: Option<&'static str>,
    /// The open task it was read for.
    pub task: Option<&'static str>,
    /// It was read through a broken glass.
    pub by_glass: bool,
}

impl Seen {
    /// A person's record, as the reading page usually shows it.
    pub fn of(person: PersonId) -> Seen {
        Seen { person, what: None, task: None, by_glass: false }
    }
}

/// The register of persons, opened by someone. It is the only way to what names people, and it notes whose record
/// was read.
pub struct Register<'s, 'a> {
    snapshot: &'s mut Snapshot<'a>,
    vault: &'s Vault,
    seen: Vec<Seen>,
}

impl<'s, 'a> Register<'s, 'a> {
    /// Opens the register on a snapshot.
    pub fn new(snapshot: &'s mut Snapshot<'a>, vault: &'s Vault) -> Register<'s, 'a> {
        Register { snapshot, vault, seen: Vec::new() }
    }

    /// What else is read in the same snapshot.
    pub fn snapshot(&mut self) -> &mut Snapshot<'a> {
        self.snapshot
    }

    /// Opens what is sealed.
    pub fn vault(&self) -> &'s Vault {
        self.vault
    }

    /// Whose records were read, each once.
    pub fn seen(self) -> Vec<Seen> {
        self.seen
    }

    /// Notes a record that was read elsewhere: in the journal, say.
    pub fn note(&mut self, person: PersonId) {
        self.seen_of(person);
    }

    /// As what a person's record is shown, where that is not what the page usually shows.
    pub fn shown_as(&mut self, person: PersonId, what: &'static str) {
        self.seen_of(person).what = Some(what);
    }

    /// The open task a person's record is read for.
    pub fn for_task(&mut self, person: PersonId, task: &'static str) {
        self.seen_of(person).task = Some(task);
    }

    /// A person's record is read through a broken glass.
    pub fn by_glass(&mut self, person: PersonId) {
        self.seen_of(person).by_glass = true;
    }

    fn seen_of(&mut self, person: PersonId) -> &mut Seen {
        let at = match self.seen.iter().position(|seen| seen.person == person) {
            Some(at) => at,
            None => {
                self.seen.push(Seen::of(person));
                self.seen.len() - 1
            }
        };
        &mut self.seen[at]
    }

    /// What names one person.
    pub fn naming(&mut self, person: PersonId) -> Result<Option<Known>, Error> {
        rows::person(self.snapshot, person)?.map_or(Ok(None), |row| self.open(row))
    }

    /// What names one person, if their neighbourhood is within sight; who isn't is not opened.
    pub fn naming_within(
        &mut self,
        person: PersonId,
        sees: impl Fn(Option<&str>) -> bool,
    ) -> Result<Option<Known>, Error> {
        let row = rows::person(self.snapshot, person)?.filter(|row| sees(row.district.as_deref()));
        row.map_or(Ok(None), |row| self.open(row))
    }

    /// All records of one person, and their times in households. Nothing of it is shown without a name, and naming them
    /// is noted: this alone is not.
    pub(crate) fn stays(&mut self, person: PersonId) -> Result<(BTreeSet<PersonId>, Vec<Membership>), Error> {
        let file = self.gather(person)?;
        let stays = file.memberships(person);
        Ok((file.records, stays))
    }

    /// The same, as far as somebody sees: records out of their sight are left out.
    pub(crate) fn stays_within(
        &mut self,
        person: PersonId,
        sees: impl Fn(Option<&str>) -> bool,
    ) -> Result<(BTreeSet<PersonId>, Vec<Membership>), Error> {
        let file = self.gather_within(person, sees)?;
        let stays = file.memberships(person);
        Ok((file.records, stays))
    }

    fn gather(&mut self, person: PersonId) -> Result<File, Error> {
        File::gather(person, |one| {
            let kept = rows::records(self.snapshot, one)?;
            kept.into_iter()
                .map(|row| row.open(self.vault).map_err(sealed))
                .collect::<Result<Vec<_>, Error>>()
        })
    }

    /// The scan of a signed sheet; `None` when it is gone, or was of nobody.
    pub fn scan(&mut self, paper: RecordId) -> Result<Option<Vec<u8>>, Error> {
        let Some(row) = rows::scan(self.snapshot, paper)? else { return Ok(None) };
        self.seen_of(row.person);
        record::open_scan(self.vault, (row.id, row.person), row.sealed).map(Some).map_err(sealed)
    }

    /// Where a person's notices go by mail.
    pub fn mailbox(&mut self, person: PersonId, now: Instant) -> Result<Mailbox, Error> {
        self.seen_of(person);
        crate::mail::read(self.snapshot, self.vault, To::Person(person), now)
    }

    /// The family name on a record, for telling whether two share one: it goes no further, and is no look.
    pub(crate) fn family(&mut self, person: PersonId) -> Result<Option<String>, Error> {
        let Some(row) = rows::person(self.snapshot, person)? else { return Ok(None) };
        let naming = Naming::open(self.vault, row.id, &Sealed(row.naming)).map_err(sealed)?;
        Ok(Name::of(&naming.name).and_then(|name| name.family().map(str::to_owned)))
    }

    /// All that is kept about one person, over all their records.
    pub fn file(&mut self, person: PersonId) -> Result<File, Error> {
        let file = self.gather(person)?;
        for one in &file.records {
            self.seen_of(*one);
        }
        Ok(file)
    }

    /// The same, as far as somebody sees: what was written down with a linked record out of their sight is left out, and
    /// so is that there is such a record. That they may see the person they ask for is known.
    pub fn file_within(
        &mut self,
        person: PersonId,
        sees: impl Fn(Option<&str>) -> bool,
    ) -> Result<File, Error> {
        let file = self.gather_within(person, sees)?;
        for one in &file.records {
            self.seen_of(*one);
        }
        Ok(file)
    }

    /// What is out of sight isn't read either: whom it is linked with further on, only it says.
    fn gather_within(
        &mut self,
        person: PersonId,
        sees: impl Fn(Option<&str>) -> bool,
    ) -> Result<File, Error> {
        let mut seen = BTreeSet::from([person]);
        let file = File::gather(person, |one| {
            if !self.is_within(one, &mut seen, &sees)? {
                return Ok(Vec::new());
            }
            let kept = rows::records(self.snapshot, one)?;
            kept.into_iter()
                .map(|row| row.open(self.vault).map_err(sealed))
                .collect::<Result<Vec<_>, Error>>()
        })?;
        // Those that were linked once are told of, too.
        let ends: BTreeSet<PersonId> = file.links.iter().flat_map(|event| [event.one, event.other]).collect();
        for one in ends {
            self.is_within(one, &mut seen, &sees)?;
        }
        Ok(file.within(&seen))
    }

    /// Whether somebody is among those that are seen; who is found to be joins them.
    fn is_within(
        &mut self,
        one: PersonId,
        seen: &mut BTreeSet<PersonId>,
        sees: impl Fn(Option<&str>) -> bool,
    ) -> Result<bool, Error> {
        if !seen.contains(&one) {
            let row = rows::person(self.snapshot, one)?;
            seen.extend(row.filter(|row| sees(row.district.as_deref())).map(|row| row.id));
        }
        Ok(seen.contains(&one))
    }

    /// Who is possibly the same person as somebody who is to be taken in, the likeliest first: looked for by name, by
    /// telephone and by birth day, so that one of them mistyped hides nobody. Who is out of sight stays unknown.
    pub fn alike(
        &mut self,
        new: &Naming,
        district: Option<&str>,
        sees: impl Fn(Option<&str>) -> bool,
    ) -> Result<Vec<(Known, Score)>, Error> {
        let found = self.candidates(new, sees)?;
        let wanted = traits(new, district);
        let mut alike = Vec::new();
        for row in found {
            let Some(known) = self.open(row)? else { continue };
            let theirs =
                Naming { name: known.name.clone(), phone: known.phone.clone(), birth_day: known.birth_day };
            let score = score(&wanted, &traits(&theirs, known.district.as_deref()), &Weights::USUAL);
            if score.verdict > Verdict::Different {
                alike.push((known, score));
            }
        }
        alike.sort_by_key(|(known, score)| (std::cmp::Reverse(score.points), known.id));
        alike.truncate(SHOWN);
        Ok(alike)
    }

    /// Everyone within sight of this name, with this telephone, or born on this day.
    fn candidates(
        &mut self,
        new: &Naming,
        sees: impl Fn(Option<&str>) -> bool,
    ) -> Result<Vec<PersonRow>, Error> {
        let mut found: Vec<PersonRow> = Vec::new();
        let mut each = |row: PersonRow| {
            if found.len() < 3 * MOST && sees(row.district.as_deref()) {
                found.push(row);
            }
        };
        rows::named(self.snapshot, &name_indexes(self.vault, &new.name).map_err(sealed)?, &mut each)?;
        if let Some(phone) = &new.phone {
            rows::phoned(self.snapshot, &phone_indexes(self.vault, phone).map_err(sealed)?, &mut each)?;
        }
        if let Some(day) = new.birth_day {
            rows::born(self.snapshot, &birth_indexes(self.vault, day).map_err(sealed)?, &mut each)?;
        }
        found.sort_by_key(|row| row.id);
        found.dedup_by_key(|row| row.id);
        Ok(found)
    }

    /// Which records may be of the same person as one, the likeliest first, among those that a window doesn't see. Nobody
    /// looks here: the machinery compares, and only which ones comes out.
    pub(crate) fn alike_elsewhere(
        &mut self,
        person: PersonId,
        window_sees: impl Fn(Option<&str>) -> bool,
    ) -> Result<Vec<PersonId>, Error> {
        let Some(row) = rows::person(self.snapshot, person)? else { return Ok(Vec::new()) };
        let own = Naming::open(self.vault, row.id, &Sealed(row.naming)).map_err(sealed)?;
        if own.is_gone() {
            return Ok(Vec::new());
        }
        let wanted = traits(&own, row.district.as_deref());
        let known = self.gather(person)?.records;
        let mut alike = Vec::new();
        for row in self.candidates(&own, |code| !window_sees(code))? {
            let theirs = Naming::open(self.vault, row.id, &Sealed(row.naming)).map_err(sealed)?;
            let score = score(&wanted, &traits(&theirs, row.district.as_deref()), &Weights::USUAL);
            if !theirs.is_gone() && score.verdict > Verdict::Different && !known.contains(&row.id) {
                alike.push((std::cmp::Reverse(score.points), row.id));
            }
        }
        alike.sort_unstable();
        alike.truncate(SHOWN);
        Ok(alike.into_iter().map(|(_, id)| id).collect())
    }

    /// All that is kept of somebody, over all their records, and the birth days these were taken in with. Nobody looks here:
    /// the machinery weighs them, and only whether two differ comes out.
    pub(crate) fn weighed(&mut self, person: PersonId) -> Result<(File, Vec<(PersonId, Date)>), Error> {
        let file = self.gather(person)?;
        let mut births = Vec::new();
        for one in &file.records {
            let Some(row) = rows::person(self.snapshot, *one)? else { continue };
            let naming = Naming::open(self.vault, row.id, &Sealed(row.naming)).map_err(sealed)?;
            births.extend(naming.birth_day.map(|day| (*one, date_of_day(day))));
        }
        Ok((file, births))
    }

    /// How far two records agree, for whoever may see both.
    pub fn compare(one: &Known, other: &Known) -> Score {
        let of = |known: &Known| {
            let Known { name, phone, birth_day, .. } = known.clone();
            traits(&Naming { name, phone, birth_day }, known.district.as_deref())
        };
        score(&of(one), &of(other), &Weights::USUAL)
    }

    /// Who they are; `None` when their names were let go.
    fn open(&mut self, row: PersonRow) -> Result<Option<Known>, Error> {
        let naming = Naming::open(self.vault, row.id, &Sealed(row.naming)).map_err(sealed)?;
        if naming.is_gone() {
            return Ok(None);
        }
        let Naming { name, phone, birth_day } = naming;
        self.seen_of(row.id);
        Ok(Some(Known { id: row.id, name, phone, birth_day, district: row.district }))
    }
}

fn traits(naming: &Naming, district: Option<&str>) -> Traits {
    Traits {
        name: Name::of(&naming.name),
        birth: naming.birth_day.map(date_of_day),
        phones: naming.phone.as_deref().and_then(Phone::of).into_iter().collect(),
        district: district.map(|code| District(code.to_owned())),
    }
}

fn sealed(why: impl std::fmt::Display) -> Error {
    Error::Shape(why.to_string())
}

/// All cards a person was ever issued, the newest first.
pub fn cards_of(snapshot: &mut Snapshot<'_>, person: PersonId) -> Result<Vec<Issued>, Error> {
    economy::store::cards_of(snapshot, person)
}

/// A name where a stranger could look: `김*자`, `남**우`, `Kim Y*`.
pub fn masked(name: &str) -> String {
    if let Some((first, rest)) = name.trim().split_once(' ') {
        let initials: Vec<String> =
            rest.split_whitespace().filter_map(|word| word.chars().next()).map(|c| format!("{c}*")).collect();
        return format!("{first} {}", initials.join(" "));
    }
    let letters: Vec<char> = name.trim().chars().collect();
    match letters.as_slice() {
        [] => String::new(),
        [_] => "*".to_owned(),
        [first, _] => format!("{first}*"),
        [first, middle @ .., last] => format!("{first}{}{last}", "*".repeat(middle.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked() {
        for (name, shown) in [
            ("김순자", "김*자"),
            ("남궁순우", "남**우"),
            ("김순", "김*"),
            ("김", "*"),
            ("Kim Young-suk", "Kim Y*"),
            ("", ""),
        ] {
            assert_eq!(masked(name), shown);
        }
    }

    #[test]
    fn what_was_typed_says_who_is_meant() {
        let nobody = Directory::default();
        let name = |text: &str| Some(Sought::Name(text.to_owned()));
        assert_eq!(Sought::read(" 김순자 ", &nobody), name("김순자"));
        let form = "010-2345-6789".to_owned();
        assert_eq!(Sought::read("01023456789", &nobody), Some(Sought::Phone(form)));
        assert_eq!(Sought::read(&PersonId(7).to_string(), &nobody), Some(Sought::Person(PersonId(7))));
        let day = day_of_date(base::date(1943, 5, 1));
        for (text, name) in [
            ("1943-05-01", None),
            (" 1943.5.1. ", None),
            ("19430501", None),
            ("김순자 1943-05-01", Some("김순자")),
            ("Kim Soon-ja 1943/5/1", Some("Kim Soon-ja")),
        ] {
            let born = Some(Sought::Born(day, name.map(str::to_owned)));
            assert_eq!(Sought::read(text, &nobody), born, "{text}");
        }
        for text in ["1943", "1943-13-01", "43-05-01", "김순자 2", "가나다라마바사아"] {
            assert_eq!(Sought::read(text, &nobody), name(text), "{text}");
        }
        for text in ["", "  ", "a\0b", "9410 1234 5678 9012"] {
            let number = parse_card_number(text).is_some();
            assert_eq!(
                Sought::read(text, &nobody).is_none(),
                number || text != "9410 1234 5678 9012",
                "{text:?}"
            );
        }
    }
}
