//! Registered businesses: a number, an owner, a trade. Their shops are the economy's.

use std::fmt;

use base::{BusinessId, PersonId, business_number};
use serde::{Deserialize, Serialize};

/// A business registration number whose check digit is right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BusinessNumber(String);

impl BusinessNumber {
    /// From what was typed; `None` when it can't be one.
    pub fn of(text: &str) -> Option<BusinessNumber> {
        business_number::parse(text).map(BusinessNumber)
    }

    /// Its ten digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BusinessNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&business_number::show(&self.0))
    }
}

impl From<BusinessNumber> for String {
    fn from(number: BusinessNumber) -> String {
        number.0
    }
}

impl TryFrom<String> for BusinessNumber {
    type Error = &'static str;

    fn try_from(text: String) -> Result<BusinessNumber, Self::Error> {
        BusinessNumber::of(&text).ok_or("not a business number")
    }
}

/// A registered business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Business {
    /// Opaque.
    pub id: BusinessId,
    /// Its registration number.
    pub number: BusinessNumber,
    /// Its name, as registered.
    pub name: String,
    /// Its owner, where the city knows them as a person; a corporation has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
    /// Its trade, by the pack's word for it.
    pub trade: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_one_form() {
        let number: BusinessNumber = serde_json::from_str("\"123-45-67891\"").unwrap();
        assert_eq!((number.as_str(), number.to_string().as_str()), ("1234567891", "123-45-67891"));
        assert!(serde_json::from_str::<BusinessNumber>("\"123-45-67890\"").is_err());
    }
}
