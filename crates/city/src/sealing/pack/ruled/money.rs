//! What people do with their money: payments, reservations, refunds, prepayments.

use base::{PersonId, PostingNo};
use economy::decide::{
    self, CouponsHere, Decision, EndCase, GiftStands, Held, Helper, OpenClaim, PayCase, PinState, PrepayCase,
    RefundCase, SaleHere, StampsHere, Standing, ToAdvance, Wisher, total,
};
use economy::facts::{GiftPart, Payment, PrepayFacts, Refund, Release, Stamp, Why};
use economy::holder::{Card, CardKind, CardState};
use economy::{Class, Facts, Meter, chart};
use ledger::part;
use rules::Purpose;

use super::{Broken, Moment};
use crate::use_cases::earning;

fn standing(gift: Option<&GiftPart>) -> Option<Standing> {
    let gift = gift?;
    let (share, purpose, named, given) = (gift.share, gift.purpose, gift.named, gift.from);
    Some(Standing { share, purpose, named, given })
}

impl Moment<'_> {
    pub(super) fn pay(&self, payment: &Payment) -> Result<Decision, Broken> {
        self.paying(payment, |case| Ok(decide::pay(case)?))
    }

    pub(super) fn authorise(&self, payment: &Payment) -> Result<Decision, Broken> {
        self.paying(payment, |case| Ok(decide::authorise(case, self.posting.no)?))
    }

    /// A card of stamps as it stood. Which shops gave one that day is in no posting: a payment that was large enough and
    /// got none is believed.
    fn stamps(&self, sale: u8, payment: &Payment) -> StampsHere {
        let today = |stamp: &Stamp| !stamp.given && payment.amount >= stamp.least;
        StampsHere {
            have: self.of(chart::stamps_meter(sale, Some(payment.person))),
            today: payment.stamp.as_ref().is_some_and(today),
        }
    }

    /// Everything a payment is decided on, as it stood.
    fn paying(
        &self,
        payment: &Payment,
        decision: impl FnOnce(&PayCase<'_>) -> Result<Decision, Broken>,
    ) -> Result<Decision, Broken> {
        let person = payment.person;
        let card = Card {
            id: payment.card,
            person,
            number: 0,
            kind: CardKind::Plastic,
            state: CardState::Active,
            pin: None,
            wrong: 0,
        };
        let merchant = self.shop(payment.merchant)?;
        let purses = self.purses(person);
        let named: Vec<u8> = self.pack.purposes.iter().filter(|p| p.named).map(|p| p.number).collect();
        let named: Vec<u8> =
            named.into_iter().filter(|no| payment.legs.iter().any(|leg| leg.0 == *no)).collect();
        let sale = match &payment.discount {
            Some(_) => {
                let at = self.today.sale.ok_or(Broken::Is("a discount on a day without a sale"))?;
                let sale = &self.pack.coupons.sales[at];
                let given = chart::meter(Meter::Sale, person, u32::from(sale.number));
                let budget = chart::budget(Class::BudgetLeft, &sale.budget);
                let trade = &self.with_trade(&merchant)?.trade.id;
                if !sale.admits(trade, merchant.sales) {
                    return Err(Broken::Is("a discount at a shop the sale does not admit"));
                }
                let (budget_left, given) = (self.of(budget), self.of(given));
                let stamps = self.stamps(sale.number, payment);
                Some(SaleHere { sale, budget_left, given, stamps })
            }
            None => None,
        };
        let claims: Vec<OpenClaim<'_>> = payment
            .prepaid
            .iter()
            .map(|(no, ..)| OpenClaim {
                no: *no,
                balance: self.of(chart::prepaid(person, *no)),
                advanced: self.of(chart::advance(merchant.id, *no)),
                guarantee: self.guarantee(),
            })
            .collect();
        decision(&PayCase {
            amount: payment.amount,
            card: &card,
            pin: if payment.pin { PinState::Right } else { PinState::SignedIn },
            shop: self.with_trade(&merchant)?,
            purses: &purses,
            reward: self.purpose(Purpose::REWARD)?,
            rules: self.card_rules()?,
            earning: earning(self.pack, &self.today, person, |key| self.balance(key)),
            date: self.today.date,
            order: payment.order.clone(),
            helper: payment.helper.map(|part| Helper { part, per_month: i64::MAX }),
            coupons: CouponsHere { named: &named, eligible: payment.eligible, sale },
            claims: &claims,
            gift: standing(payment.gift.as_ref()),
            unasked: 0,
        })
    }

    /// The guarantee whose budget this posting moves; where it moves none, none is needed.
    fn guarantee(&self) -> &str {
        let moved = |sub: u32| {
            let reserved = |no: ledger::AccountNo| {
                self.accounts.get(no.0 as usize).is_some_and(|account| {
                    account.key.sub == sub
                        && Class::numbered(account.key.class) == Some(Class::BudgetReserved)
                })
            };
            self.entries.iter().any(|entry| reserved(entry.debit) || reserved(entry.credit))
        };
        let mut known = self.pack.prepayments.iter().map(|programme| programme.guarantee.as_str());
        known.find(|id| moved(chart::budget_sub(id))).unwrap_or_default()
    }

    /// What is decided of an authorisation; `None` where claims are in it: those legs are counted, not decided.
    fn held(
        &self,
        no: PostingNo,
        gift: Option<&GiftPart>,
        then: impl FnOnce(&Held<'_>) -> Result<Decision, Broken>,
    ) -> Result<Option<Decision>, Broken> {
        let Facts::Authorise(whole) = self.earlier(no)? else {
            return Err(Broken::Is("it takes what was not reserved"));
        };
        if !whole.prepaid.is_empty() {
            return Ok(None);
        }
        let purses = self.purses(whole.person);
        then(&Held {
            no,
            payment: whole,
            left: self.of(chart::hold(no)),
            campaign: self.pack.campaign(&whole.cashback.campaign),
            reward: self.purpose(Purpose::REWARD)?,
            purses: &purses,
            gift: standing(gift),
            claims: &[],
            payable: self.of(chart::payable(whole.merchant)),
            date: self.today.date,
        })
        .map(Some)
    }

    pub(super) fn capture(&self, no: PostingNo, payment: &Payment) -> Result<Option<Decision>, Broken> {
        self.held(no, payment.gift.as_ref(), |held| Ok(decide::capture(held, Some(payment.amount))?))
    }

    pub(super) fn release(&self, release: &Release) -> Result<Option<Decision>, Broken> {
        let no = PostingNo(release.authorisation);
        self.held(no, None, |held| Ok(decide::release(held, release.expired)?))
    }

    /// A refund; `None` where claims paid a part: those legs are counted, not decided.
    pub(super) fn refund(&self, refund: &Refund) -> Result<Option<Decision>, Broken> {
        let no = PostingNo(refund.payment);
        let facts = self.earlier(no)?;
        let payment = facts.payment().ok_or(Broken::Is("it takes back what is no payment"))?;
        let known = self.ruled.taken.get(&no).copied();
        if known.is_some_and(|taken| taken != refund.before) {
            return Err(Broken::Is("more or less was taken back before than it says"));
        }
        let gift = match (payment.gift, &refund.gift) {
            (Some(gift), back) => Some(self.gift_stands(payment, &gift, refund, back.as_ref())?),
            (None, None) => None,
            (None, Some(_)) => return Err(Broken::Is("a gift comes back that was never given")),
        };
        if !payment.prepaid.is_empty() {
            return Ok(None);
        }
        let reward = self.purpose(Purpose::REWARD)?;
        let purse = chart::purse(payment.person, reward.number, base::Month(payment.cashback.expires));
        let decision = decide::refund(&RefundCase {
            no,
            payment,
            before: refund.before,
            amount: Some(refund.amount),
            merchant: refund.merchant,
            payable: self.of(chart::payable(refund.merchant)),
            reward_left: self.of(purse),
            reward,
            balance: total(&self.purses(payment.person), self.month()),
            campaign: self.pack.campaign(&payment.cashback.campaign),
            claims: &[],
            gift,
            date: self.today.date,
        })?;
        Ok(Some(decision))
    }

    /// How a gift stood when its payment was taken back. How much of it was spent only the collector's row knows: what
    /// came back is believed, as far as it is no more than its share.
    fn gift_stands<'b>(
        &'b self,
        payment: &Payment,
        gift: &GiftPart,
        refund: &Refund,
        back: Option<&economy::facts::GiftBack>,
    ) -> Result<GiftStands<'b>, Broken> {
        let share = part(gift.amount, payment.amount, refund.before, refund.amount).unwrap_or(0);
        let (unspent, until) = back.map_or((0, gift.until()), |back| (back.back, back.until));
        if unspent > share || until > gift.until() || back.is_some_and(|back| back.purpose != gift.purpose) {
            return Err(Broken::Is("more of a gift comes back than its share"));
        }
        let bears = self.pack.giving.as_ref().map(|rules| rules.bears.as_str());
        Ok(GiftStands {
            unspent,
            until,
            collected: self.of(chart::gifts(gift.purpose)),
            bears: bears.map(|id| (id, self.of(chart::budget(Class::BudgetLeft, id)))),
        })
    }

    pub(super) fn prepay(&self, facts: &PrepayFacts) -> Result<Option<Decision>, Broken> {
        Ok(match facts {
            PrepayFacts::Bought(bought) => {
                let merchant = self.shop(bought.merchant)?;
                let purses = self.purses(bought.person);
                let programme = self.pack.prepayment(&bought.programme);
                Some(decide::prepay(&PrepayCase {
                    amount: bought.amount,
                    person: bought.person,
                    shop: self.with_trade(&merchant)?,
                    offered: true,
                    programme: programme.filter(|programme| programme.sells_on(self.today.date)),
                    claim: bought.claim,
                    purses: &purses,
                    cash: self.purpose(Purpose::CASH)?,
                    reward: self.purpose(Purpose::REWARD)?,
                    rules: self.card_rules()?,
                    earning: earning(self.pack, &self.today, bought.person, |key| self.balance(key)),
                    date: self.today.date,
                    organisation: bought.organisation.clone(),
                })?)
            }
            PrepayFacts::Advanced(advanced) => {
                let claims: Option<Vec<ToAdvance>> = advanced
                    .claims
                    .iter()
                    .map(|(claim, _)| Some(ToAdvance { claim: *claim, balance: self.claim(*claim)?.1 }))
                    .collect();
                let claims = claims.ok_or(Broken::Is("an advance of a claim nobody holds"))?;
                let left = self.of(chart::budget(Class::BudgetLeft, &advanced.guarantee));
                let of = self.pack.prepayments.iter().filter(|one| one.guarantee == advanced.guarantee);
                let decided = of.filter_map(|one| decide::advance(advanced.merchant, one, &claims, left));
                let mut decided: Vec<Decision> = decided.collect();
                let same = decided.iter().position(|one| one.amount == advanced.amount).unwrap_or(0);
                if decided.is_empty() {
                    return Err(Broken::Is("an advance that the rules give nobody"));
                }
                Some(decided.swap_remove(same))
            }
            PrepayFacts::Ended(ended) => {
                let no = PostingNo(ended.prepayment);
                let bought = match self.earlier(no)? {
                    Facts::Prepay(PrepayFacts::Bought(bought)) => bought,
                    // Bought in the system before this one: its legs are counted, not decided.
                    Facts::Moving(_) => return Ok(None),
                    _ => return Err(Broken::Is("it ends a claim that was never bought")),
                };
                let reward = self.purpose(Purpose::REWARD)?;
                let purse = chart::purse(bought.person, reward.number, base::Month(bought.cashback.expires));
                let programme = self.pack.prepayment(&bought.programme);
                let holder: PersonId = ended.person;
                let case = EndCase {
                    no,
                    bought,
                    programme: programme.ok_or(Broken::Is("a prepayment the rules don't know"))?,
                    holder,
                    balance: self.of(chart::prepaid(holder, bought.claim)),
                    advanced: self.of(chart::advance(bought.merchant, bought.claim)),
                    payable: self.of(chart::payable(bought.merchant)),
                    reward_left: self.of(purse),
                    reward,
                    campaign: self.pack.campaign(&bought.cashback.campaign),
                    date: self.today.date,
                };
                Some(match ended.why {
                    Why::Returned => decide::give_back(&case, Wisher::Shop)?,
                    Why::Expired => decide::run_out(&case)?,
                    Why::Closed => decide::close_out(&case)?,
                })
            }
            _ => None,
        })
    }
}
