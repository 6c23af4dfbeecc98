//! A person: what they are called, how to reach them, where they live. All of it but the name may be missing.

use std::fmt;

use base::{Instant, PersonId, Refusal, phone};
use serde::{Deserialize, Serialize};

use crate::Name;

/// A longer name is a mistake of the form.
const LONGEST: usize = 100;

/// A neighbourhood, by the ministry's code of ten digits; which there are stands in the pack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct District(pub String);

/// A telephone number of this country in its normal form, `010-2345-6789`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// From what was typed; `None` when it can't be one.
    pub fn of(text: &str) -> Option<Phone> {
        phone::parse(text).map(Phone)
    }

    /// For calling, showing and a blind index.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.0
    }
}

impl TryFrom<String> for Phone {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Phone, Self::Error> {
        Phone::of(&text).ok_or("not a telephone number")
    }
}

/// Where somebody lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Home {
    /// In a neighbourhood of this city.
    Here {
        /// Which.
        district: District,
        /// Street and number, if they were given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
    },
    /// In another place.
    Elsewhere {
        /// As it was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
    },
    /// Nowhere: a person without a home is a person of the neighbourhood they are met in.
    None {
        /// Where they are usually met, if anywhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        met_in: Option<District>,
    },
    /// Not asked, or not told.
    Unknown,
}

/// A person's record. What is dated and has a source (birth date, household size) is a [`crate::Fact`] about them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Opaque.
    pub id: PersonId,
    /// As it is written and spoken to them; an alias where a real name would be a danger.
    pub name: String,
    /// None for who has no phone; the first is the one to call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Phone>,
    /// None for who has no e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where they live.
    pub home: Home,
    /// When they were taken in.
    pub since: Instant,
}

impl Person {
    /// A person with a name and nothing else. Refused (`person.name`) without a letter, or over 100 characters.
    pub fn named(id: PersonId, name: &str, since: Instant) -> Result<Person, Refusal> {
        let name = name.trim();
        if Name::of(name).is_none() || name.chars().count() > LONGEST || name.chars().any(base::is_unseen) {
            return Err(Refusal::new("person.name"));
        }
        Ok(Person { id, name: name.to_owned(), phones: Vec::new(), email: None, home: Home::Unknown, since })
    }

    /// The neighbourhood whose window looks after them.
    pub fn district(&self) -> Option<&District> {
        match &self.home {
            Home::Here { district, .. } => Some(district),
            Home::None { met_in } => met_in.as_ref(),
            Home::Elsewhere { .. } | Home::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_enough() {
        let person = Person::named(PersonId(7), " 김순자 ", Instant(0)).unwrap();
        assert_eq!((person.name.as_str(), person.phones.len(), person.district()), ("김순자", 0, None));
        let text = serde_json::to_string(&person).unwrap();
        assert_eq!(serde_json::from_str::<Person>(&text).unwrap(), person);
        assert!(!text.contains("phones") && !text.contains("email"), "{text}");
        for wrong in ["", "  ", "12", "김\u{0}순자", &"김".repeat(101)] {
            assert_eq!(
                Person::named(PersonId(7), wrong, Instant(0)).map_err(|no| no.code),
                Err("person.name")
            );
        }
    }

    #[test]
    fn who_has_no_home_belongs_somewhere() {
        let mut person = Person::named(PersonId(7), "김순자", Instant(0)).unwrap();
        let station = District("4511300000".into());
        person.home = Home::None { met_in: Some(station.clone()) };
        assert_eq!(person.district(), Some(&station));
        person.home = Home::Elsewhere { address: None };
        assert_eq!(person.district(), None);
    }

    #[test]
    fn a_phone_is_read_in_one_form() {
        assert_eq!(serde_json::from_str::<Phone>("\"01023456789\"").unwrap().as_str(), "010-2345-6789");
        assert!(serde_json::from_str::<Phone>("\"119\"").is_err());
    }
}
