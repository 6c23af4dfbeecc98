//! Moving in, in a line: `move-in purse cash 50,000`, `move-in claim 170,000 advanced 100,000`.

use economy::decide::{
    Decision, OpeningClaim, OpeningPurse, open_bank, open_claim, open_payables, open_purses,
};
use rules::Purpose;

use super::words::{shop, won};
use super::{JO, MIN, Town};

impl Town {
    pub(super) fn move_in(&self, words: &[&str]) -> Decision {
        match words {
            // Jo's own money and cashback, and Min's own money.
            ["purses", own, reward, of_min] => {
                let one = |person, purpose: &str, amount| OpeningPurse {
                    person,
                    purpose: self.purpose(purpose).number,
                    expires: self.newest(),
                    amount: won(amount),
                    coupon: None,
                };
                open_purses(2, &[one(JO, "cash", own), one(JO, "reward", reward), one(MIN, "cash", of_min)])
            }
            ["coupon", id, amount] => {
                let coupon = self.pack.coupons.coupon(id).unwrap();
                open_purses(
                    2,
                    &[OpeningPurse {
                        person: JO,
                        purpose: coupon.purpose,
                        expires: coupon.cohort(),
                        amount: won(amount),
                        coupon: Some(coupon),
                    }],
                )
            }
            ["payable", amount, name] => open_payables(1, 2, &[(shop(name), won(amount))]),
            ["claim", amount, "advanced", advanced] => open_claim(&OpeningClaim {
                claim: 1,
                person: JO,
                merchant: shop(""),
                amount: won(amount),
                advanced: won(advanced),
                use_by: self.pack.prepayments[0].use_by,
                programme: &self.pack.prepayments[0],
                cash: self.purpose(Purpose::CASH),
                expires: self.newest(),
                month: self.month(),
            }),
            ["bank", bank, treasury] => {
                let opened = open_bank("0f".repeat(32), won(bank), won(treasury));
                opened.unwrap_or_else(|| panic!("nothing is on its way"))
            }
            _ => panic!("{words:?} is no moving-in"),
        }
    }
}
