//! Who people are, for the pages of those who may see it. Names stand sealed in SQL, never in the books.

use base::PersonId;
use economy::holder::parse_card_number;
use economy::phone;
use economy::store::Issued;
use people::Naming;
use people::naming::{name_index, phone_index};
use people::store::{self as rows, PersonRow};
use store::{Error, Snapshot};
use vault::{Sealed, Vault};

use crate::{CardRef, Directory};

/// As many as one search shows.
const MOST: usize = 50;

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
            Sought::Person(id) => rows::person(snapshot, *id)?.into_iter().for_each(&mut each),
            Sought::Name(name) => rows::named(snapshot, name_index(vault, name).map_err(sealed)?, &mut each)?,
            Sought::Phone(phone) => {
                rows::phoned(snapshot, phone_index(vault, phone).map_err(sealed)?, &mut each)?;
            }
        }
        let mut found = rows.into_iter().map(|row| register.open(row)).collect::<Result<Vec<_>, _>>()?;
        found.sort_by_key(|known| (known.birth_day, known.id));
        Ok(found)
    }
}

/// The register of persons, opened by someone. It is the only way to what names people, and it notes whose record
/// was read.
pub struct Register<'s, 'a> {
    snapshot: &'s mut Snapshot<'a>,
    vault: &'s Vault,
    seen: Vec<PersonId>,
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

    /// Whose records were read.
    pub fn seen(&self) -> &[PersonId] {
        &self.seen
    }

    /// What names one person.
    pub fn naming(&mut self, person: PersonId) -> Result<Option<Known>, Error> {
        rows::person(self.snapshot, person)?.map(|row| self.open(row)).transpose()
    }

    fn open(&mut self, row: PersonRow) -> Result<Known, Error> {
        let naming = Naming::open(self.vault, row.id, &Sealed(row.naming)).map_err(sealed)?;
        let Naming { name, phone, birth_day } = naming;
        self.seen.push(row.id);
        Ok(Known { id: row.id, name, phone, birth_day, district: row.district })
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
