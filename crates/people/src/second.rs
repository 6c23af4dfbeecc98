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
    /// Who gave the account its roles; where that is an account of nobody's, who gave that one its own, too.
    pub given_by: BTreeSet<AccountId>,
}

/// Whether `other` is a second person beside `first`.
///
/// # Errors
/// `second.same`: it is the same account, or no account at all; `second.person`: another account of the same person;
/// `second.made`: access that the one of them gave the other; `second.nobodys`: access that a third gave both of them, where
/// one stands for no person's record. Whoever makes a key can use it themself, or give both to one, so that both may be one
/// hand, whichever of them proposes.
pub fn second(first: &Hand, other: &Hand) -> Result<(), Refusal> {
    two_accounts(first, other)?;
    let made = |giver: &Hand, of: &Hand| giver.account.is_some_and(|giver| of.given_by.contains(&giver));
    if made(first, other) || made(other, first) {
        return Err(Refusal::new("second.made"));
    }
    two_givers(first, other)
}

/// The same for a role that was given: whoever gave the giver their role may say yes to what they give, for a city has two who
/// do this, and the one began.
///
/// # Errors
/// Those of [`second`] but `second.made`.
pub fn second_to_give(giver: &Hand, other: &Hand) -> Result<(), Refusal> {
    two_accounts(giver, other)?;
    two_givers(giver, other)
}

/// Two accounts, and not known to be one person's.
fn two_accounts(first: &Hand, other: &Hand) -> Result<(), Refusal> {
    // The house itself has no eyes.
    let Some(account) = other.account else { return Err(Refusal::new("second.same")) };
    if first.account == Some(account) {
        return Err(Refusal::new("second.same"));
    }
    if !first.persons.is_disjoint(&other.persons) {
        return Err(Refusal::new("second.person"));
    }
    Ok(())
}

/// Two who stand for records of two people are two. Of others nobody knows it but who gave them their access: no one giver
/// answers for both.
fn two_givers(first: &Hand, other: &Hand) -> Result<(), Refusal> {
    let are_known = !first.persons.is_empty() && !other.persons.is_empty();
    if !are_known && !first.given_by.is_disjoint(&other.given_by) {
        return Err(Refusal::new("second.nobodys"));
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
            ("another account of nobody's", hand(Some(2), &[], &[8]), Ok(())),
            ("one that the house itself gave", hand(Some(2), &[], &[]), Ok(())),
            ("another account of somebody else's", hand(Some(2), &[12], &[9]), Ok(())),
            ("another of nobody's, by the same giver", hand(Some(2), &[], &[9]), Err("second.nobodys")),
            ("and by another giver too", hand(Some(2), &[], &[8, 9]), Err("second.nobodys")),
            ("the same account", hand(Some(1), &[], &[]), Err("second.same")),
            ("no account", hand(None, &[], &[]), Err("second.same")),
            ("a second account of that person", hand(Some(2), &[10], &[]), Err("second.person")),
            ("one of a linked record", hand(Some(2), &[11, 13], &[]), Err("second.person")),
            ("access they gave", hand(Some(2), &[], &[9, 1]), Err("second.made")),
            ("who gave the first one's access", hand(Some(9), &[], &[]), Err("second.made")),
            // The first reason is told.
            ("all at once", hand(Some(1), &[10], &[1]), Err("second.same")),
            ("person before access", hand(Some(2), &[10], &[1]), Err("second.person")),
            ("access before the giver", hand(Some(2), &[], &[1, 9]), Err("second.made")),
        ];
        for (case, other, expected) in cases {
            assert_eq!(second(&first, &other).map_err(|refusal| refusal.code), expected, "{case}");
        }
    }

    /// Whichever of them proposes: an account of nobody's is nobody's.
    #[test]
    fn one_giver_does_not_answer_for_two_of_nobodys() {
        let cases = [
            ("nobody's and nobody's, by one", (&[][..], &[9][..]), (&[][..], &[9][..]), false),
            ("nobody's and somebody's, by one", (&[], &[9]), (&[12], &[9]), false),
            ("somebody's and somebody else's, by one", (&[10], &[9]), (&[12], &[9]), true),
            ("nobody's and nobody's, by two", (&[], &[9]), (&[], &[8]), true),
            ("nobody's and nobody's, by the house", (&[], &[]), (&[], &[]), true),
            ("nobody's by one, nobody's by the house", (&[], &[9]), (&[], &[]), true),
        ];
        for (case, one, other, is_good) in cases {
            let (one, other) = (hand(Some(1), one.0, one.1), hand(Some(2), other.0, other.1));
            for (first, other) in [(&one, &other), (&other, &one)] {
                let expected = if is_good { Ok(()) } else { Err("second.nobodys") };
                for found in [second(first, other), second_to_give(first, other)] {
                    assert_eq!(found.map_err(|refusal| refusal.code), expected, "{case}");
                }
            }
        }
    }

    /// The one began, and gave the other their role.
    #[test]
    fn of_two_who_give_roles_the_first_confirms_what_the_second_gives() {
        let (began, follows) = (hand(Some(9), &[], &[]), hand(Some(1), &[], &[9]));
        assert_eq!(second_to_give(&follows, &began), Ok(()));
        assert_eq!(second(&follows, &began).map_err(|refusal| refusal.code), Err("second.made"));
        let own = hand(Some(2), &[], &[9]);
        assert_eq!(second_to_give(&follows, &own).map_err(|refusal| refusal.code), Err("second.nobodys"));
    }

    #[test]
    fn beside_the_house_anybody_is_a_second() {
        let house = Hand::default();
        assert_eq!(second(&house, &hand(Some(1), &[10], &[2])), Ok(()));
        assert!(second(&house, &house).is_err());
    }
}
