//! Good prepayment, decided again: claims bought, advanced, given, ended; and where the claims stood that paid.

use base::{EntryNo, Month, PersonId, PostingNo};
use economy::decide::{
    self, ClaimStands, Decision, EndCase, HeldClaim, PassCase, PrepayCase, ToAdvance, Wisher, newest_expiry,
    usable,
};
use economy::facts::{Advanced, ClaimGift, ClaimLeg, Ended, MovingFacts, PrepayFacts, Prepayment, Why};
use economy::holder::MerchantState;
use economy::{Class, Facts, chart};
use ledger::{Account, EntryRow};
use rules::Purpose;

use super::{Broken, Moment, Ruled};
use crate::use_cases::earning;

/// A claim's last movement.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moved {
    entry: EntryNo,
    /// It ended with it.
    ended: bool,
}

/// What a pack doesn't tell of a shop whose claims paid: whether it had closed, which ends its claims, be they used up, and
/// whether it was one again by then. What was recorded has to be what the rules give for one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShopWas {
    Open,
    Closed,
    Back,
}

impl ShopWas {
    const ALL: [ShopWas; 3] = [ShopWas::Open, ShopWas::Closed, ShopWas::Back];
}

impl Ruled {
    /// Keeps what claims were bought by, and how they moved last.
    pub(super) fn keep_claims(&mut self, facts: &Facts, entries: &[EntryRow], accounts: &[Account]) {
        if let Facts::Prepay(PrepayFacts::Bought(bought)) | Facts::Moving(MovingFacts::Claim(bought)) = facts
        {
            self.bought.insert(bought.claim, bought.clone());
        }
        let ended = match facts {
            Facts::Prepay(PrepayFacts::Ended(ended)) => Some(ended.claim),
            _ => None,
        };
        for entry in entries {
            for no in [entry.debit, entry.credit] {
                let account = accounts.get(no.0 as usize);
                let prepaid = |one: &&Account| Class::numbered(one.key.class) == Some(Class::Prepaid);
                let Some(claim) = account.filter(prepaid).map(|one| one.key.sub) else { continue };
                let moved = self.claims_moved.entry(claim).or_default();
                if entry.no >= moved.entry {
                    *moved = Moved { entry: entry.no, ended: ended == Some(claim) };
                }
            }
        }
    }
}

impl<'a> Moment<'a> {
    /// What a claim was bought by.
    fn bought_by(&self, claim: u32) -> Result<&'a Prepayment, Broken> {
        self.ruled.bought.get(&claim).ok_or(Broken::Unknown("what a claim was bought by is not in the pack"))
    }

    /// Whether a claim could be filled up again.
    fn is_open(&self, claim: u32, shop: ShopWas) -> Result<bool, Broken> {
        let own = self.ruled.claims.get(&claim).map_or(&[][..], Vec::as_slice);
        let last = own.iter().filter_map(|(_, no)| Some(self.states.get(*no as usize)?.last)).max();
        let known = self.ruled.claims_moved.get(&claim).copied().unwrap_or_default();
        if last != Some(known.entry) {
            return Err(Broken::Unknown("how a claim stood that paid is not in the pack"));
        }
        let use_by = self.bought_by(claim)?.use_by;
        let open = shop == ShopWas::Open && usable(use_by, MerchantState::Open, self.today.day);
        Ok(open && !known.ended)
    }

    /// Where the claims of a payment stood.
    pub(super) fn claims_stand(
        &self,
        prepaid: &[ClaimLeg],
        shop: ShopWas,
    ) -> Result<Vec<ClaimStands<'a>>, Broken> {
        let mut all = Vec::with_capacity(prepaid.len());
        for (claim, ..) in prepaid {
            let bought = self.bought_by(*claim)?;
            all.push(if self.is_open(*claim, shop)? {
                let guarantee = self.guarantee_of(&bought.programme)?;
                let left = chart::budget(Class::BudgetLeft, guarantee);
                let holder = self.holder(*claim).ok_or(Broken::Is("a claim nobody holds"))?;
                ClaimStands::Open { holder, guarantee, guarantee_left: self.of(left) }
            } else {
                ClaimStands::Ended {
                    bought,
                    campaign: self.pack.campaign(&bought.cashback.campaign),
                    expires: newest_expiry(self.month(), self.card_rules()?.validity_years),
                }
            });
        }
        Ok(all)
    }

    /// The same of claims that are reserved of.
    pub(super) fn reserved(&self, prepaid: &[ClaimLeg], shop: ShopWas) -> Result<Vec<HeldClaim<'a>>, Broken> {
        let stands = self.claims_stand(prepaid, shop)?;
        let mut all = Vec::with_capacity(stands.len());
        for ((claim, ..), stands) in prepaid.iter().zip(stands) {
            let guarantee = self.guarantee_of(&self.bought_by(*claim)?.programme)?;
            all.push(HeldClaim { stands, guarantee, closed: shop == ShopWas::Closed });
        }
        Ok(all)
    }

    fn guarantee_of(&self, programme: &str) -> Result<&'a str, Broken> {
        Ok(self.programme(programme)?.guarantee.as_str())
    }

    fn programme(&self, id: &str) -> Result<&'a rules::Prepayment, Broken> {
        self.pack.prepayment(id).ok_or(Broken::Is("a prepayment the rules don't know"))
    }

    /// Who holds a claim: in whose account there is money of it, or moved last.
    fn holder(&self, claim: u32) -> Option<PersonId> {
        let own = self.ruled.claims.get(&claim)?.iter();
        let stood = own.filter_map(|(person, no)| Some((*person, self.states.get(*no as usize)?)));
        stood.max_by_key(|(_, state)| (state.balance > 0, state.last)).map(|(person, _)| person)
    }

    /// What is decided, by what the pack doesn't tell of the shop: as was recorded, if any is; else as if it is open.
    pub(super) fn either(
        &self,
        prepaid: &[ClaimLeg],
        facts: &Facts,
        decision: impl Fn(ShopWas) -> Result<Decision, Broken>,
    ) -> Result<Decision, Broken> {
        if prepaid.is_empty() {
            return decision(ShopWas::Open);
        }
        let recorded = |shop| match decision(shop) {
            Ok(decided) => self.same(&decided, facts).is_ok().then_some(Ok(decided)),
            // No other answer has what this one misses.
            Err(unknown @ Broken::Unknown(_)) => Some(Err(unknown)),
            Err(_) => None,
        };
        ShopWas::ALL.into_iter().find_map(recorded).unwrap_or_else(|| decision(ShopWas::Open))
    }

    pub(super) fn prepay(&self, facts: &PrepayFacts) -> Result<Decision, Broken> {
        match facts {
            PrepayFacts::Bought(bought) => self.bought(bought),
            PrepayFacts::Advanced(advanced) => self.advanced(advanced),
            PrepayFacts::Given(given) => self.given(given),
            PrepayFacts::Ended(ended) => self.ended(ended),
            PrepayFacts::Offer { .. } | PrepayFacts::Pledge { .. } => Err(Broken::MOVES_NOTHING),
        }
    }

    fn bought(&self, bought: &Prepayment) -> Result<Decision, Broken> {
        let merchant = self.shop(bought.merchant)?;
        let programme = self.pack.prepayment(&bought.programme);
        Ok(decide::prepay(&PrepayCase {
            amount: bought.amount,
            person: bought.person,
            shop: self.with_trade(&merchant)?,
            offered: true,
            programme: programme.filter(|programme| programme.sells_on(self.today.date)),
            claim: bought.claim,
            purses: &self.purses(bought.person),
            cash: self.purpose(Purpose::CASH)?,
            reward: self.purpose(Purpose::REWARD)?,
            rules: self.card_rules()?,
            earning: earning(self.pack, &self.today, bought.person, |key| self.balance(key)),
            date: self.today.date,
            organisation: bought.organisation.clone(),
        })?)
    }

    fn advanced(&self, advanced: &Advanced) -> Result<Decision, Broken> {
        let to_advance =
            |(claim, _): &(u32, i64)| Some(ToAdvance { claim: *claim, balance: self.claim(*claim)?.1 });
        let claims: Option<Vec<ToAdvance>> = advanced.claims.iter().map(to_advance).collect();
        let claims = claims.ok_or(Broken::Is("an advance of a claim nobody holds"))?;
        let left = self.of(chart::budget(Class::BudgetLeft, &advanced.guarantee));
        let of = self.pack.prepayments.iter().filter(|one| one.guarantee == advanced.guarantee);
        let decided = of.filter_map(|one| decide::advance(advanced.merchant, one, &claims, left));
        let mut decided: Vec<Decision> = decided.collect();
        let same = decided.iter().position(|one| one.amount == advanced.amount).unwrap_or(0);
        if decided.is_empty() {
            return Err(Broken::Is("an advance that the rules give nobody"));
        }
        Ok(decided.swap_remove(same))
    }

    /// Whose shop it is, a pack doesn't know: that it is not the receiver's own is taken as recorded.
    fn given(&self, given: &ClaimGift) -> Result<Decision, Broken> {
        let bought = self.bought_by(given.claim)?;
        if bought.merchant != given.merchant || self.today.day > bought.use_by {
            return Err(Broken::Is("a claim is given that is another shop's, or past its last day"));
        }
        let merchant = self.shop(given.merchant)?;
        let balance = self.of(chart::prepaid(given.from, given.claim));
        let (claim, from, to) = (given.claim, given.from, given.to);
        Ok(decide::give_claim(&PassCase { claim, balance, merchant: &merchant, from, to })?)
    }

    fn ended(&self, ended: &Ended) -> Result<Decision, Broken> {
        let no = PostingNo(ended.prepayment);
        let (Facts::Prepay(PrepayFacts::Bought(bought)) | Facts::Moving(MovingFacts::Claim(bought))) =
            self.earlier(no)?
        else {
            return Err(Broken::Is("it ends a claim that was never bought"));
        };
        let reward = self.purpose(Purpose::REWARD)?;
        let purse = chart::purse(bought.person, reward.number, Month(bought.cashback.expires));
        let holder = ended.person;
        let case = EndCase {
            no,
            bought,
            programme: self.programme(&bought.programme)?,
            holder,
            balance: self.of(chart::prepaid(holder, bought.claim)),
            advanced: self.of(chart::advance(bought.merchant, bought.claim)),
            payable: self.of(chart::payable(bought.merchant)),
            reward_left: self.of(purse),
            reward,
            campaign: self.pack.campaign(&bought.cashback.campaign),
            date: self.today.date,
        };
        Ok(match ended.why {
            Why::Returned => decide::give_back(&case, Wisher::Shop)?,
            Why::Expired => decide::run_out(&case)?,
            Why::Closed => decide::close_out(&case)?,
        })
    }
}
