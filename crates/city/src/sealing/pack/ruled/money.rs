//! What people pay, at once or reserved, and what comes back of it.

use base::PostingNo;
use economy::decide::{
    self, Bears, ClaimStands, CouponsHere, Decision, GiftStands, Held, Helper, OpenClaim, PayCase, PinState,
    Prize, RefundCase, SaleHere, StampsHere, Standing, total,
};
use economy::facts::{GiftPart, Payment, Refund, Release, Stamp};
use economy::holder::{Card, CardKind, CardState};
use economy::{Class, Facts, Meter, chart};
use ledger::part;
use rules::Purpose;

use super::claims::ShopWas;
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

    /// The sale of the day, at a shop that took part in it.
    fn sale(&self, payment: &Payment) -> Result<SaleHere<'_>, Broken> {
        let at = self.today.sale.ok_or(Broken::Is("a discount or a stamp on a day without a sale"))?;
        let sale = &self.pack.coupons.sales[at];
        let merchant = self.shop(payment.merchant)?;
        if !sale.admits(&self.with_trade(&merchant)?.trade.id, merchant.sales) {
            return Err(Broken::Is("a discount or a stamp at a shop the sale does not admit"));
        }
        let given = chart::meter(Meter::Sale, payment.person, u32::from(sale.number));
        let budget_left = self.of(chart::budget(Class::BudgetLeft, &sale.budget));
        let stamps = self.stamps(sale.number, payment);
        Ok(SaleHere { sale, budget_left, given: self.of(given), stamps })
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
        let sale = payment.discount.as_ref().map(|_| self.sale(payment)).transpose()?;
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
            heard_short: false,
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

    /// What was reserved.
    fn whole(&self, no: PostingNo) -> Result<&Payment, Broken> {
        match self.earlier(no)? {
            Facts::Authorise(whole) => Ok(whole),
            _ => Err(Broken::Is("it takes what was not reserved")),
        }
    }

    /// What is decided of an authorisation, with what became of it if it was taken.
    fn held(
        &self,
        no: PostingNo,
        (taken, shop): (Option<&Payment>, ShopWas),
        then: impl FnOnce(&Held<'_>) -> Result<Decision, Broken>,
    ) -> Result<Decision, Broken> {
        let whole = self.whole(no)?;
        let purses = self.purses(whole.person);
        let claims = self.reserved(&whole.prepaid, shop)?;
        let stamped = taken.filter(|payment| payment.stamp.is_some());
        let sale = stamped.map(|payment| self.sale(payment)).transpose()?;
        then(&Held {
            no,
            payment: whole,
            left: self.of(chart::hold(no)),
            campaign: self.pack.campaign(&whole.cashback.campaign),
            reward: self.purpose(Purpose::REWARD)?,
            purses: &purses,
            gift: standing(taken.and_then(|payment| payment.gift.as_ref())),
            claims: &claims,
            payable: self.of(chart::payable(whole.merchant)),
            sale,
            date: self.today.date,
        })
    }

    pub(super) fn capture(
        &self,
        no: PostingNo,
        payment: &Payment,
        facts: &Facts,
    ) -> Result<Decision, Broken> {
        self.either(&self.whole(no)?.prepaid, facts, |shop| {
            self.held(no, (Some(payment), shop), |held| Ok(decide::capture(held, Some(payment.amount))?))
        })
    }

    pub(super) fn release(&self, release: &Release, facts: &Facts) -> Result<Decision, Broken> {
        let no = PostingNo(release.authorisation);
        self.either(&self.whole(no)?.prepaid, facts, |shop| {
            self.held(no, (None, shop), |held| Ok(decide::release(held, release.expired)?))
        })
    }

    pub(super) fn refund(&self, refund: &Refund, recorded: &Facts) -> Result<Decision, Broken> {
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
        self.either(&payment.prepaid, recorded, |shop| {
            let claims = self.claims_stand(&payment.prepaid, shop)?;
            self.taken_back((no, payment), refund, (&claims, gift))
        })
    }

    fn taken_back(
        &self,
        (no, payment): (PostingNo, &Payment),
        refund: &Refund,
        (claims, gift): (&[ClaimStands<'_>], Option<GiftStands<'_>>),
    ) -> Result<Decision, Broken> {
        let reward = self.purpose(Purpose::REWARD)?;
        let purse = chart::purse(payment.person, reward.number, base::Month(payment.cashback.expires));
        Ok(decide::refund(&RefundCase {
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
            claims,
            gift,
            prize: self.prize(payment, refund)?,
            date: self.today.date,
        })?)
    }

    /// How what full cards of a payment's stamps gave stood. How much of it had run out unspent stands in postings of others: what
    /// came out of the refund is believed, as far as it is no more than what was given and is not in the purse.
    fn prize(&self, payment: &Payment, refund: &Refund) -> Result<Option<Prize<'_>>, Broken> {
        let Some(stamp) = payment.stamp.as_ref().filter(|stamp| stamp.given) else { return Ok(None) };
        let Some((release, coupon)) = self.pack.coupons.prize(&stamp.sale) else { return Ok(None) };
        let (person, cohort) = (payment.person, coupon.cohort());
        let left = self.of(chart::purse(person, coupon.purpose, cohort));
        let gone = self.of(chart::coupon_meter(person, coupon.purpose, cohort)) - left;
        let into_it = |leg: &&economy::facts::PurseLeg| leg.0 == coupon.purpose && leg.1 == cohort.0;
        let unspent: i64 = refund.legs.iter().filter(into_it).map(|leg| leg.2).sum();
        let told = refund.prize.as_ref().map_or(0, |prize| prize.from_refund) + unspent;
        if self.today.date > coupon.until && told > gone.max(unspent) {
            return Err(Broken::Is("more of a card's prize comes out of a refund than was spent of it"));
        }
        Ok(Some(Prize {
            release,
            coupon,
            stamps: self.of(chart::stamps_meter(stamp.number, Some(person))),
            had: self.of(chart::meter(Meter::Claim, person, u32::from(release.number))),
            left,
            spent: if self.today.date > coupon.until { told } else { gone.max(0) },
        }))
    }

    /// How a gift stood when its payment was taken back. How much of it was spent its purpose's row knows; where the pack doesn't
    /// say how that stood, what came back is believed, as far as it is no more than its share.
    fn gift_stands<'b>(
        &'b self,
        payment: &Payment,
        gift: &GiftPart,
        refund: &Refund,
        back: Option<&economy::facts::GiftBack>,
    ) -> Result<GiftStands<'b>, Broken> {
        let share = part(gift.amount, payment.amount, refund.before, refund.amount).unwrap_or(0);
        let known = self.ruled.rows.row(gift.purpose).map(|row| row.unspent(gift.from, gift.until()));
        let told = back.map_or((0, gift.until()), |back| (back.back, back.until));
        // Where nothing comes back, where that would have ended says nothing; and a row that goes on from an earlier period
        // doesn't know it.
        let (unspent, until) = match known {
            Some((0, _)) => (0, told.1),
            known => known.unwrap_or(told),
        };
        if told.0 > share || until > gift.until() || back.is_some_and(|back| back.purpose != gift.purpose) {
            return Err(Broken::Is("more of a gift comes back than its share"));
        }
        let whose = (payment.person, self.today.date);
        Ok(GiftStands {
            unspent,
            until,
            collected: self.of(chart::gifts(gift.purpose)),
            receipted: back.is_some_and(|back| back.receipted),
            bears: self
                .pack
                .giving
                .as_ref()
                .map(|rules| Bears::under(rules, whose, |account| self.of(account))),
        })
    }
}
