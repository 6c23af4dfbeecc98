//! What the city does with its money: coupons, gifts that come in and go on, settlements, a bank's answers.

use base::PostingNo;
use economy::decide::{
    self, Back, CouponStanding, Decision, OnceCase, Part, SettleCase, ShopGift, SpendCase, Support,
    give_many, may_give,
};
use economy::facts::{CouponFacts, GivingFacts, Settlement};
use economy::{Class, Facts, Meter, chart};
use ledger::Owner;
use rules::{Coupon, Giving, How};

use super::{Broken, Moment};
use crate::coupons::instant;
use crate::read::coupons::stamps;

impl Moment<'_> {
    fn coupon(&self, id: &str) -> Result<&Coupon, Broken> {
        self.pack.coupons.coupon(id).ok_or(Broken::Is("a coupon the rules don't know"))
    }

    fn stands(&self, coupon: &Coupon, person: base::PersonId) -> CouponStanding {
        CouponStanding {
            given: self.of(chart::coupon_meter(person, coupon.purpose, coupon.cohort())),
            budget_left: self.of(chart::budget(Class::BudgetLeft, &coupon.budget)),
            date: self.today.date,
        }
    }

    pub(super) fn coupons(&self, facts: &CouponFacts) -> Result<Decision, Broken> {
        Ok(match facts {
            CouponFacts::Given { coupon, person, amount, release: None } => {
                let coupon = self.coupon(coupon)?;
                decide::give(coupon, *person, *amount, &self.stands(coupon, *person))?
            }
            CouponFacts::Given { coupon, person, release: Some(release), .. } => {
                let coupon = self.coupon(coupon)?;
                let part = self.part(release, *person)?;
                decide::claim(coupon, (release, part), *person, &self.stands(coupon, *person))?
            }
            CouponFacts::Part { coupon, .. } => self.given_to_many(self.coupon(coupon)?, facts)?,
            CouponFacts::Back { coupon, person, amount } => {
                let coupon = self.coupon(coupon)?;
                let purse = chart::purse(*person, coupon.purpose, coupon.cohort());
                if self.today.date <= coupon.until {
                    return Err(Broken::Is("a coupon is taken back before its last day is over"));
                }
                if self.of(purse) != *amount {
                    return Err(Broken::Is("another sum is taken back than is left of the coupon"));
                }
                decide::take_back(coupon, *person, coupon.cohort(), *amount)
            }
            _ => return Err(Broken::MOVES_NOTHING),
        })
    }

    /// The part of a release that was open at that moment.
    fn part(&self, id: &str, person: base::PersonId) -> Result<Part, Broken> {
        let release = self.pack.coupons.release(id).ok_or(Broken::Is("a release the rules don't know"))?;
        if let How::Cards { sale, .. } = &release.how {
            return self.part_of_cards(release, sale, person);
        }
        let How::Tranches { opens, count, .. } = &release.how else {
            return Err(Broken::Is("a part of what is let out by lot"));
        };
        let zone = self.ruled.zones.get(&self.posting.pack).ok_or(Broken::Is("its rules are missing"))?;
        let opened = opens.iter().take_while(|moment| instant(zone, **moment) <= self.posting.at).count();
        let upto = count.saturating_mul(i64::try_from(opened).unwrap_or(i64::MAX));
        let of_release = |account: &ledger::Account| {
            let meter = account.key.sub >> 24 == Meter::Release as u32;
            let city = account.key.owner == Owner::None;
            (meter && city && Class::numbered(account.key.class) == Some(Class::Meter))
                .then_some(account.key.sub)
        };
        let moved =
            self.entries.iter().find_map(|entry| of_release(self.accounts.get(entry.debit.0 as usize)?));
        let moved = moved.ok_or(Broken::Is("a part of a release that its meter doesn't count"))?;
        let district = Some((moved & 0xff) as u8).filter(|district| *district != u8::MAX);
        let had = self.of(chart::meter(Meter::Claim, person, u32::from(release.number)));
        if had > 0 {
            return Err(Broken::Is("a second part of a release for one person"));
        }
        let each = release.each.0;
        Ok(Part { number: release.number, district, upto: upto.saturating_mul(each), each, own: each })
    }

    /// What full cards of stamps gave a right to at that moment.
    fn part_of_cards(
        &self,
        release: &rules::Release,
        sale: &str,
        person: base::PersonId,
    ) -> Result<Part, Broken> {
        let stamps = stamps(self.pack, sale, |account| self.of(account), person);
        let had = self.of(chart::meter(Meter::Claim, person, u32::from(release.number)));
        let each = release.each.0;
        let own = each.saturating_mul(stamps.cards());
        if had + each > own {
            return Err(Broken::Is("a card of stamps is turned in that isn't full"));
        }
        Ok(Part { number: release.number, district: None, upto: i64::MAX, each, own })
    }

    /// A part of a job: to whom and how much stands in its legs; each has to be one who may get it.
    fn given_to_many(&self, coupon: &Coupon, facts: &CouponFacts) -> Result<Decision, Broken> {
        let treasury = chart::scheme(Class::TreasuryDue).key;
        let mut people = Vec::new();
        let mut left = self.of(chart::budget(Class::BudgetLeft, &coupon.budget));
        for entry in self.entries {
            let key = |no: ledger::AccountNo| self.accounts.get(no.0 as usize).map(|account| account.key);
            let (Some(debit), Some(credit)) = (key(entry.debit), key(entry.credit)) else { continue };
            let (Owner::Person(person), true) = (credit.owner, debit == treasury) else { continue };
            let stands = CouponStanding { budget_left: left, ..self.stands(coupon, person) };
            may_give(coupon, entry.amount, &stands)?;
            left -= entry.amount;
            people.push((person, entry.amount));
        }
        Ok(give_many(coupon, &people, facts.clone()))
    }

    pub(super) fn giving(&self, facts: &GivingFacts) -> Result<Decision, Broken> {
        let rules = self.pack.giving.as_ref().ok_or(Broken::Is("a gift where the rules know none"))?;
        Ok(match facts {
            GivingFacts::Once(once) => {
                let purses = self.purses(once.person);
                decide::give_once(&OnceCase {
                    amount: once.gift.amount,
                    person: once.person,
                    purses: &purses,
                    purpose: once.gift.purpose,
                    named: once.gift.named,
                    given: once.gift.from,
                    rules,
                    date: self.today.date,
                })?
            }
            GivingFacts::Pass(passed) => {
                let known = passed.purposes.iter().map(|(purpose, _)| *purpose);
                let collected: Vec<(u16, i64)> =
                    known.map(|purpose| (purpose, self.of(chart::gifts(purpose)))).collect();
                decide::pass(&collected, self.of(chart::scheme(Class::GiftDue)))?
            }
            GivingFacts::Spend(spent) => {
                // Of what was given for a purpose only it may live, or what was given for all.
                let other = |of: u16| of != spent.purpose && of != Giving::GENERAL;
                if spent.draws.iter().any(|draw| other(draw.purpose)) {
                    return Err(Broken::Is("a gift is spent on another purpose than its own"));
                }
                let row = |purpose| self.ruled.rows.row(purpose);
                let (Some(own), Some(general)) = (row(spent.purpose), row(Giving::GENERAL)) else {
                    return Err(Broken::Unknown("how a purpose's row of gifts stood is not in the pack"));
                };
                decide::spend(&SpendCase {
                    purpose: spent.purpose,
                    amount: spent.amount,
                    own: (&own, self.of(chart::chest_purpose(spent.purpose))),
                    general: (&general, self.of(chart::chest_purpose(Giving::GENERAL))),
                })?
            }
            _ => return Err(Broken::MOVES_NOTHING),
        })
    }

    pub(super) fn settle(&self, settled: &Settlement) -> Result<Decision, Broken> {
        let merchant = self.shop(settled.merchant)?;
        let gift = match settled.gift {
            None => None,
            Some(gift) => {
                let rules =
                    self.pack.giving.as_ref().ok_or(Broken::Is("a gift where the rules know none"))?;
                let most = rules.shop_rate_most.basis_points();
                if !rules.shops_give(self.today.date) || gift.share > most {
                    return Err(Broken::Is("a shop gives before shops give, or more than it may"));
                }
                Some(ShopGift { rate: gift.share, purpose: gift.purpose, given: gift.from })
            }
        };
        let date = self.today.date;
        let support = self.pack.settlement.support_on(date).and_then(|rule| {
            let trade = self.pack.city.trades.get(usize::from(merchant.trade))?;
            let small = merchant.sales.is_some_and(|sales| sales <= rule.sales_up_to);
            let year = u32::from(date.year().unsigned_abs());
            (small && !rule.barred.contains(&trade.id)).then(|| Support {
                rule,
                had: self.of(chart::shop_meter(Meter::FeeSupportYear, merchant.id, year)),
                budget_left: self.of(chart::budget(Class::BudgetLeft, &rule.budget)),
                date,
            })
        });
        Ok(decide::settle(&SettleCase {
            merchant: merchant.id,
            payable: self.of(chart::payable(merchant.id)),
            returned: self.of(chart::shop_returned(merchant.id)),
            due: self.of(chart::shop_due(merchant.id)),
            support,
            gift,
        })?)
    }

    pub(super) fn confirm(&self, amount: i64, payouts: &[u64], answer: &str) -> Result<Decision, Broken> {
        let payouts: Vec<PostingNo> = payouts.iter().copied().map(PostingNo).collect();
        let known: Option<i64> =
            payouts.iter().map(|no| self.ruled.payouts.get(no).map(|payout| payout.amount)).sum();
        if known != Some(amount) {
            return Err(Broken::Is("the payouts it confirms are not of this sum"));
        }
        Ok(decide::confirm(&payouts, amount, answer))
    }

    pub(super) fn failed(&self, no: PostingNo, paid: bool, code: &str) -> Result<Decision, Broken> {
        let payout = self.ruled.payouts.get(&no).ok_or(Broken::Is("what failed was never paid out"))?;
        let back = match (payout.shop, &payout.person) {
            (Some(shop), _) => Back::Shop(shop),
            (None, Some((person, purses))) => Back::Purses(*person, purses),
            (None, None) => return Err(Broken::Is("what the collector is passed does not fail")),
        };
        Ok(decide::fail(no, payout.amount, back, paid, code))
    }
}

/// Whether facts speak of a payout of the journal.
pub(crate) fn payouts_named(facts: &Facts) -> Vec<PostingNo> {
    match facts {
        Facts::Confirm { payouts, .. } => payouts.iter().copied().map(PostingNo).collect(),
        Facts::Payouts(economy::facts::PayoutFacts::Failed { payout, .. }) => vec![PostingNo(*payout)],
        _ => Vec::new(),
    }
}
