//! Whether somebody is a second person: four eyes are two people, not two accounts.

use std::collections::BTreeSet;

use base::{AccountId, PersonId, Refusal};

/// Who has a hand in something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hand {
    /// The account they act through; `None`: the house itself.
    pub account: Option<AccountId>,
    /// All records of the person whose account it is, linked ones too; empty where it is no person's of this city.
    pub persons: BTreeSet<PersonId>,
    /// Who gave the account its roles.
    pub given_by: BTreeSet<AccountId>,
}

/// Whether `other` is a second person beside `first`.
///
/// # Errors
/// `second.same`: it is the same account, or no account at all; `second.person`: another account of the same person;
/// `second.made`: access that the one of them gave the other. Whoever makes a key can use it themself, so that both may be one
/// hand, whichever of them proposes.
pub fn second(first: &Hand, other: &Hand) -> Result<(), Refusal> {
    // The house itself has no eyes.
    let Some(account) = other.account else { return Err(Refusal::new("second.same")) };
    if first.account == Some(account) {
        return Err(Refusal::new("second.same"));
    }
    if !first.persons.is_disjoint(&other.persons) {
        return Err(Refusal::new("second.person"));
    }
    let made = first.account.is_some_and(|first| other.given_by.contains(&first));
    if made || first.given_by.contains(&account) {
        return Err(Refusal::new("second.made"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hand(account: Option<u64>, persons: &[u64], given_by: &[u64]) -> Hand {
        Hand {
            account: account.map(AccountId),
            persons: persons.iter().copied().map(PersonId).collect(),
            given_by: given_by.iter().copied().map(AccountId).collect(),
        }
    }

    #[test]
    fn four_eyes_are_two_people() {
        let first = hand(Some(1), &[10, 11], &[9]);
        let cases = [
            ("another account of nobody's", hand(Some(2), &[], &[9]), Ok(())),
            ("another account of somebody else's", hand(Some(2), &[12], &[9]), Ok(())),
            ("the same account", hand(Some(1), &[], &[]), Err("second.same")),
            ("no account", hand(None, &[], &[]), Err("second.same")),
            ("a second account of that person", hand(Some(2), &[10], &[]), Err("second.person")),
            ("one of a linked record", hand(Some(2), &[11, 13], &[]), Err("second.person")),
            ("access they gave", hand(Some(2), &[], &[9, 1]), Err("second.made")),
            ("who gave the first one's access", hand(Some(9), &[], &[]), Err("second.made")),
            // The first reason is told.
            ("all at once", hand(Some(1), &[10], &[1]), Err("second.same")),
            ("person before access", hand(Some(2), &[10], &[1]), Err("second.person")),
        ];
        for (case, other, expected) in cases {
            assert_eq!(second(&first, &other).map_err(|refusal| refusal.code), expected, "{case}");
        }
    }

    #[test]
    fn beside_the_house_anybody_is_a_second() {
        let house = Hand::default();
        assert_eq!(second(&house, &hand(Some(1), &[10], &[2])), Ok(()));
        assert!(second(&house, &house).is_err());
    }
}
