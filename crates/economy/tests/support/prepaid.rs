//! Claims in a line: `prepay 200,000`, `pass 1 to min`. They are numbered as they are bought.

use base::{MerchantId, Month, PersonId, PostingNo, Refusal, day_of_date};
use economy::decide::{
    ClaimStands, Decision, EndCase, OpenClaim, PassCase, PrepayCase, ToAdvance, Wisher, advance, give_back,
    give_claim, prepay,
};
use economy::facts::{PrepayFacts, Prepayment};
use economy::holder::Shop;
use economy::{Class, Facts, chart};
use rules::{GrantAt, Purpose};

use super::{JO, Town};

impl Town {
    fn claim_facts(&self) -> impl Iterator<Item = (PostingNo, &PrepayFacts)> {
        (1..).zip(&self.done).filter_map(|(no, done)| match &done.facts {
            Facts::Prepay(facts) => Some((PostingNo(no), facts)),
            _ => None,
        })
    }

    fn bought(&self, claim: u32) -> (PostingNo, &Prepayment) {
        let found = self.claim_facts().find_map(|(no, facts)| match facts {
            PrepayFacts::Bought(bought) if bought.claim == claim => Some((no, bought)),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("no claim {claim} was bought"))
    }

    fn claim_holder(&self, claim: u32) -> PersonId {
        let given = self.claim_facts().filter_map(|(_, facts)| match facts {
            PrepayFacts::Given(given) if given.claim == claim => Some(given.to),
            _ => None,
        });
        given.last().unwrap_or(self.bought(claim).1.person)
    }

    fn has_ended(&self, claim: u32) -> bool {
        self.claim_facts()
            .any(|(_, facts)| matches!(facts, PrepayFacts::Ended(ended) if ended.claim == claim))
    }

    fn claim_numbers(&self) -> Vec<u32> {
        self.claim_facts()
            .filter_map(|(_, facts)| match facts {
                PrepayFacts::Bought(bought) => Some(bought.claim),
                _ => None,
            })
            .collect()
    }

    /// Jo's open claims on a shop, in the order they are used.
    pub fn open_claims(&self, merchant: MerchantId) -> Vec<(OpenClaim<'_>, i32)> {
        let today = day_of_date(self.day);
        let mut open: Vec<(OpenClaim<'_>, i32)> = self
            .claim_numbers()
            .into_iter()
            .filter(|no| self.claim_holder(*no) == JO && !self.has_ended(*no))
            .filter_map(|no| {
                let (_, bought) = self.bought(no);
                let balance = self.balance(&chart::prepaid(JO, no));
                let guarantee = &self.pack.prepayment(&bought.programme).unwrap().guarantee;
                let advanced = self.balance(&chart::advance(merchant, no));
                (bought.merchant == merchant && balance > 0 && bought.use_by >= today)
                    .then_some((OpenClaim { no, balance, advanced, guarantee }, bought.use_by))
            })
            .collect();
        open.sort_by_key(|(claim, use_by)| (*use_by, claim.no));
        open
    }

    /// Where a claim that paid stands.
    pub fn claim_stands(&self, claim: u32) -> ClaimStands<'_> {
        let (_, bought) = self.bought(claim);
        let guarantee = &self.pack.prepayment(&bought.programme).unwrap().guarantee;
        if self.has_ended(claim) {
            let campaign = self.pack.campaign(&bought.cashback.campaign);
            return ClaimStands::Ended { bought, campaign, expires: self.newest() };
        }
        let guarantee_left = self.balance(&chart::budget(Class::BudgetLeft, guarantee));
        ClaimStands::Open { holder: self.claim_holder(claim), guarantee, guarantee_left }
    }

    fn was_advanced(&self, no: u32) -> bool {
        self.claim_facts().any(|(_, facts)| match facts {
            PrepayFacts::Advanced(advanced) => advanced.claims.iter().any(|(claim, _)| *claim == no),
            _ => false,
        })
    }

    /// Whether nothing is left to advance.
    pub fn advanced_all(&self) -> bool {
        let open = self.claim_numbers().into_iter().filter(|no| !self.has_ended(*no));
        let held = |no: &u32| self.balance(&chart::prepaid(self.claim_holder(*no), *no)) > 0;
        open.filter(held).all(|no| self.was_advanced(no))
    }

    pub(super) fn prepay(&self, amount: i64, merchant: MerchantId) -> Result<Decision, Refusal> {
        let merchant = self.shops.iter().find(|shop| shop.id == merchant).unwrap();
        let trade = &self.pack.city.trades[usize::from(merchant.trade)];
        prepay(&PrepayCase {
            amount,
            person: JO,
            shop: Shop { merchant, trade },
            offered: self.offers.contains(&merchant.id),
            programme: self.pack.prepayment_on(self.day),
            claim: u32::try_from(self.claim_numbers().len()).unwrap() + 1,
            purses: &self.purses(JO),
            cash: self.purpose(Purpose::CASH),
            reward: self.purpose(Purpose::REWARD),
            rules: self.rules(),
            earning: self.earning(GrantAt::Payment),
            date: self.day,
            organisation: None,
        })
    }

    pub(super) fn advance(&self, merchant: MerchantId) -> Decision {
        let open = self.claim_numbers().into_iter().filter(|no| {
            self.bought(*no).1.merchant == merchant && !self.has_ended(*no) && !self.was_advanced(*no)
        });
        let claims: Vec<ToAdvance> = open
            .map(|claim| ToAdvance {
                claim,
                balance: self.balance(&chart::prepaid(self.claim_holder(claim), claim)),
            })
            .collect();
        let programme = &self.pack.prepayments[0];
        let left = self.balance(&chart::budget(Class::BudgetLeft, &programme.guarantee));
        advance(merchant, programme, &claims, left).unwrap()
    }

    pub(super) fn pass(&self, claim: &str, to: PersonId) -> Result<Decision, Refusal> {
        let claim = claim.parse().unwrap();
        let from = self.claim_holder(claim);
        let id = self.bought(claim).1.merchant;
        let merchant = self.shops.iter().find(|shop| shop.id == id).unwrap();
        give_claim(&PassCase {
            claim,
            balance: self.balance(&chart::prepaid(from, claim)),
            merchant,
            from,
            to,
        })
    }

    pub(super) fn give_back(&self, claim: &str, by_shop: bool) -> Result<Decision, Refusal> {
        let bought_on = self.bought_on;
        self.ended(claim, |case| {
            let holder = Wisher::Holder { bought_on, unused: case.balance };
            give_back(case, if by_shop { Wisher::Shop } else { holder })
        })
    }

    pub(super) fn ended(
        &self,
        claim: &str,
        decide: impl FnOnce(&EndCase<'_>) -> Result<Decision, Refusal>,
    ) -> Result<Decision, Refusal> {
        let claim = claim.parse().unwrap();
        let (no, bought) = self.bought(claim);
        let holder = self.claim_holder(claim);
        let reward = self.purpose(Purpose::REWARD);
        decide(&EndCase {
            no,
            bought,
            programme: self.pack.prepayment(&bought.programme).unwrap(),
            holder,
            balance: self.balance(&chart::prepaid(holder, claim)),
            advanced: self.balance(&chart::advance(bought.merchant, claim)),
            payable: self.balance(&chart::payable(bought.merchant)),
            reward_left: self.balance(&chart::purse(holder, reward.number, Month(bought.cashback.expires))),
            reward,
            campaign: self.pack.campaign(&bought.cashback.campaign),
            date: self.day,
        })
    }
}
