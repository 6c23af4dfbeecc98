//! Who is told of gifts, receipts, prepayments and coupons. A gift that is a share of a payment's cashback is told with that
//! payment, on its own screen.

use economy::facts::{CouponFacts, Giver, GivingFacts, PrepayFacts};
use people::notice::Told;
use rules::Pack;

use super::To;

pub(super) fn giving(facts: &GivingFacts) -> Vec<(To, Told)> {
    match facts {
        GivingFacts::Once(once) => vec![(To::Person(once.person), Told::Gave { amount: once.gift.amount })],
        GivingFacts::Stand { person, share: 0, .. } => vec![(To::Person(*person), Told::GivesNoMore)],
        GivingFacts::Stand { person, .. } => vec![(To::Person(*person), Told::GivesAlways)],
        GivingFacts::Receipt { serial, giver, amount, action, .. } if action == "issue" => {
            let to = match giver {
                Giver::Person(person) => To::Person(*person),
                Giver::Shop(shop) => To::Shop(*shop),
            };
            vec![(to, Told::GiftReceipt { serial: serial.clone(), amount: *amount })]
        }
        GivingFacts::Angel { merchant, action, .. } if action == "plaque" => {
            vec![(To::Shop(*merchant), Told::PlaqueGiven)]
        }
        _ => Vec::new(),
    }
}

pub(super) fn prepaid(facts: &PrepayFacts) -> Vec<(To, Told)> {
    match facts {
        PrepayFacts::Given(given) => {
            let told = Told::ClaimReceived { merchant: given.merchant, amount: given.amount };
            vec![(To::Person(given.to), told)]
        }
        PrepayFacts::Ended(ended) => {
            let told = Told::ClaimBack { merchant: ended.merchant, amount: ended.amount };
            vec![(To::Person(ended.person), told)]
        }
        _ => Vec::new(),
    }
}

/// Those who were given one by a job are a crowd: they are told afterwards.
pub(super) fn coupon(facts: &CouponFacts, pack: &Pack) -> Vec<(To, Told)> {
    match facts {
        CouponFacts::Given { coupon, person, amount, .. } if is_told(pack, coupon) => {
            vec![(To::Person(*person), Told::CouponGiven { amount: *amount })]
        }
        _ => Vec::new(),
    }
}

/// Whether the pack says that whoever is given a coupon is told.
pub(in super::super) fn is_told(pack: &Pack, coupon: &str) -> bool {
    pack.coupons.coupon(coupon).is_none_or(|coupon| coupon.tell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{MerchantId, PersonId};
    use economy::facts::ClaimGift;

    #[test]
    fn who_is_told_of_gifts() {
        let me = PersonId(7);
        let stand = |share| giving(&GivingFacts::Stand { person: me, share, purpose: 0, named: false });
        assert_eq!(stand(0), [(To::Person(me), Told::GivesNoMore)]);
        assert_eq!(stand(5_000), [(To::Person(me), Told::GivesAlways)]);
        let receipt = |action: &str, giver| {
            let serial = "2021-000001".to_owned();
            giving(&GivingFacts::Receipt { serial, giver, amount: 600, action: action.into(), copies: 1 })
        };
        let told = Told::GiftReceipt { serial: "2021-000001".into(), amount: 600 };
        assert_eq!(receipt("issue", Giver::Person(me)), [(To::Person(me), told.clone())]);
        assert_eq!(receipt("issue", Giver::Shop(MerchantId(3))), [(To::Shop(MerchantId(3)), told)]);
        assert!(receipt("print", Giver::Person(me)).is_empty(), "a print is theirs to know");
        let angel = |action: &str| {
            giving(&GivingFacts::Angel { merchant: MerchantId(3), action: action.into(), rate: 100 })
        };
        assert_eq!(angel("plaque"), [(To::Shop(MerchantId(3)), Told::PlaqueGiven)]);
        assert!(angel("apply").is_empty());
    }

    #[test]
    fn who_is_told_of_claims_and_coupons() {
        let (from, to, merchant) = (PersonId(7), PersonId(8), MerchantId(3));
        let given = ClaimGift { claim: 1, merchant, from, to, amount: 50_000 };
        let told = Told::ClaimReceived { merchant, amount: 50_000 };
        assert_eq!(prepaid(&PrepayFacts::Given(given)), [(To::Person(to), told)]);
        assert!(prepaid(&PrepayFacts::Offer { merchant, action: "open".into() }).is_empty());
    }
}
