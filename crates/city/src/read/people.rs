//! Who people are, for the pages of those who may see it. Names stand in SQL only, never in the books.

use base::PersonId;
use economy::holder::parse_card_number;
use economy::phone;
use economy::store::{self as rows, Issued, Naming};
use store::{Error, Snapshot};

use crate::{CardRef, Directory};

/// Whom a clerk looks for, or a giver means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    /// One person: by id, or by the number of one of their cards.
    Person(PersonId),
    /// Everyone with this telephone, as typed and in the form it is kept in.
    Phone(String, String),
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
            return Some(Sought::Phone(text.to_owned(), form));
        }
        Some(Sought::Name(text.to_owned()))
    }

    /// Everyone who is meant, 50 at most.
    pub fn find(&self, snapshot: &mut Snapshot<'_>) -> Result<Vec<Naming>, Error> {
        match self {
            Sought::Person(id) => Ok(rows::naming(snapshot, *id)?.into_iter().collect()),
            Sought::Name(name) => rows::named(snapshot, name),
            Sought::Phone(typed, form) => {
                let mut found = rows::phoned(snapshot, form)?;
                if typed != form {
                    found.extend(rows::phoned(snapshot, typed)?);
                }
                Ok(found)
            }
        }
    }
}

/// What names one person.
pub fn naming(snapshot: &mut Snapshot<'_>, person: PersonId) -> Result<Option<Naming>, Error> {
    rows::naming(snapshot, person)
}

/// All cards a person was ever issued, the newest first.
pub fn cards_of(snapshot: &mut Snapshot<'_>, person: PersonId) -> Result<Vec<Issued>, Error> {
    rows::cards_of(snapshot, person)
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
        assert_eq!(Sought::read("01023456789", &nobody), Some(Sought::Phone("01023456789".to_owned(), form)));
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
