//! New ids and numbers, none of them taken.

use base::{CardId, Entropy, MerchantId, PersonId};
use economy::holder::card_number;

use crate::Directory;

/// The first digits of every card number: an issuer's number of the "open to the issuer" range 9 (ISO/IEC 7812).
const ISSUER: u64 = 9_410;

pub(crate) fn person(directory: &Directory, entropy: &mut dyn Entropy) -> PersonId {
    loop {
        let id = PersonId::new(entropy);
        if directory.holder(id).is_none() {
            return id;
        }
    }
}

pub(crate) fn merchant(directory: &Directory, entropy: &mut dyn Entropy) -> MerchantId {
    loop {
        let id = MerchantId::new(entropy);
        if directory.shop(id).is_none() {
            return id;
        }
    }
}

/// A card's id and its printed number.
pub(crate) fn card(directory: &Directory, entropy: &mut dyn Entropy) -> (CardId, u64) {
    loop {
        let id = CardId::new(entropy);
        let number = card_number(ISSUER * 100_000_000_000 + entropy.below(100_000_000_000));
        if directory.card_is_free(id, number) {
            return (id, number);
        }
    }
}
