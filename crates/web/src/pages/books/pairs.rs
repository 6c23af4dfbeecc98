//! What a posting was decided on, as names and values.

use base::{Month, PostingNo, Won, date_of_day};
use city::CityView;
use economy::facts::{
    Cashback, ClaimLeg, CouponFacts, GiftPart, GivingFacts, Payment, PayoutFacts, PrepayFacts, PurseLeg,
};
use economy::{Cut, Facts};
use pen::View;

use super::words;
use crate::look::Tongue;

/// Names and values, collected.
pub(super) struct Pairs<'a> {
    pub t: Tongue,
    pub view: &'a View<CityView>,
    pub list: Vec<(String, String)>,
}

impl Pairs<'_> {
    pub fn add(&mut self, key: &str, value: impl ToString) {
        let value = value.to_string();
        if !value.is_empty() {
            self.list.push((self.t.say(key).to_string(), value));
        }
    }

    pub fn won(&mut self, key: &str, amount: i64) {
        self.add(key, self.t.won(amount));
    }

    pub fn posting(&mut self, key: &str, no: u64) {
        self.add(key, words::numbered(self.t, PostingNo(no)));
    }

    pub fn add_all(&mut self, facts: &Facts) {
        match facts {
            Facts::Pay(payment) | Facts::Authorise(payment) => self.payment(payment),
            Facts::Capture { authorisation, payment } => {
                self.posting("fact-authorisation", *authorisation);
                self.payment(payment);
            }
            Facts::Release(release) => {
                self.posting("fact-authorisation", release.authorisation);
                self.add("fact-person", release.person);
                self.add("fact-shop", release.merchant);
                self.won("fact-amount", release.amount);
                if release.discount > 0 {
                    self.won("fact-discount", release.discount);
                }
            }
            Facts::TopUp(top_up) => {
                self.add("fact-person", top_up.person);
                self.won("fact-amount", top_up.amount);
                self.cashback(&top_up.cashback);
                self.won("fact-cash", top_up.cash);
                self.won("fact-balance", top_up.balance);
            }
            Facts::Refund(refund) => {
                self.posting("fact-payment", refund.payment);
                self.add("fact-person", refund.person);
                self.add("fact-shop", refund.merchant);
                self.won("fact-amount", refund.amount);
                self.won("fact-before", refund.before);
                self.claims(&refund.prepaid);
                self.legs("fact-back-to", &refund.legs);
                self.won("fact-reward-back", refund.reward);
                self.won("fact-from-refund", refund.reward_from_refund);
                self.won("fact-shop-due", refund.shop_due);
                if refund.discount > 0 {
                    self.won("fact-discount-back", refund.discount);
                }
                if let Some(gift) = &refund.gift {
                    self.won("fact-gift-back", gift.back);
                    self.won("fact-gift-owed", gift.owed);
                    self.won("fact-gift-borne", gift.borne);
                    self.won("fact-gift-above", gift.above);
                }
                if let Some(prize) = &refund.prize {
                    self.won("fact-prize-back", prize.amount);
                    self.won("fact-prize-spent", prize.from_refund);
                }
                self.won("fact-balance", refund.balance);
            }
            Facts::Gift(gift) => {
                self.add("fact-from", gift.from);
                self.add("fact-to", gift.to);
                self.won("fact-amount", gift.amount);
                self.won("fact-balance", gift.balance);
            }
            Facts::Withdraw(withdrawal) => {
                self.add("fact-person", withdrawal.person);
                self.won("fact-amount", withdrawal.amount);
                self.won("fact-measure", withdrawal.measure);
            }
            Facts::Settle(settlement) => {
                self.add("fact-shop", settlement.merchant);
                self.won("fact-amount", settlement.amount);
                self.won("fact-netted", settlement.netted);
                self.won("fact-returned", settlement.returned);
                self.won("fact-support", settlement.support);
                if let Some(gift) = &settlement.gift {
                    self.gift(gift);
                }
            }
            Facts::Giving(GivingFacts::Once(once)) => {
                self.add("fact-person", once.person);
                self.legs("fact-paid-from", &once.legs);
                self.gift(&once.gift);
                self.won("fact-balance", once.balance);
            }
            Facts::Giving(GivingFacts::Pass(passed)) => {
                for (purpose, amount) in &passed.purposes {
                    let said = self
                        .t
                        .say("fact-of-purpose")
                        .text("purpose", words::gift_purpose(self.t.lang, self.view, *purpose));
                    self.add("fact-gift", said.won("amount", *amount));
                }
                self.won("fact-gift-owed", passed.netted);
                self.won("fact-gift-sent", passed.sent);
            }
            Facts::Giving(GivingFacts::Spend(spent)) => {
                self.add("fact-gift-purpose", words::gift_purpose(self.t.lang, self.view, spent.purpose));
                self.won("fact-amount", spent.amount);
                for draw in &spent.draws {
                    self.row(draw.purpose, draw.from, draw.until);
                }
            }
            Facts::Confirm { amount, payouts, answer } => {
                self.won("fact-amount", *amount);
                for no in payouts {
                    self.add("fact-payout", PostingNo(*no));
                }
                self.add("fact-answer", answer);
            }
            Facts::Payouts(PayoutFacts::Failed { payout, merchant, person, amount, code, .. }) => {
                self.add("fact-payout", PostingNo(*payout));
                merchant.iter().for_each(|shop| self.add("fact-shop", shop));
                person.iter().for_each(|person| self.add("fact-person", person));
                self.won("fact-amount", *amount);
                self.add("fact-code", code);
            }
            Facts::Treasury { amount } => self.won("fact-amount", *amount),
            Facts::Vote { budget, amount } => {
                self.budget(budget);
                self.won("fact-amount", *amount);
            }
            Facts::Disposed(gone) => {
                self.add("fact-disposed-until", &gone.until);
                self.posting("fact-disposed-last", gone.last);
                self.add("fact-disposed-closing", &gone.closing);
                self.add("fact-disposed-memory", &gone.memory);
            }
            Facts::Coupons(facts) => self.coupons(facts),
            Facts::Expire { person, amount } => {
                self.add("fact-person", person);
                self.won("fact-amount", *amount);
            }
            Facts::Prepay(facts) => self.prepay(facts),
            // Commands without a posting: they have no page here.
            Facts::Card { .. }
            | Facts::Shop { .. }
            | Facts::Person { .. }
            | Facts::Record { .. }
            | Facts::Token { .. }
            | Facts::Account { .. }
            | Facts::Role { .. }
            | Facts::Session { .. }
            | Facts::Passkey { .. }
            | Facts::Vouched { .. }
            | Facts::Giving(_)
            | Facts::Looks { .. }
            | Facts::Window { .. }
            | Facts::Organisation(_)
            | Facts::Keys { .. }
            | Facts::Tills(_)
            | Facts::Mail { .. }
            | Facts::Joining(_)
            | Facts::Proposal(_)
            | Facts::Moving(_)
            | Facts::Batch { .. }
            | Facts::Payouts(_)
            | Facts::Pack { .. } => {}
        }
    }

    fn payment(&mut self, payment: &Payment) {
        self.add("fact-card", payment.card);
        self.add("fact-person", payment.person);
        if let Some(helper) = payment.helper {
            self.add("fact-helper", helper.person);
        }
        self.add("fact-shop", payment.merchant);
        self.won("fact-amount", payment.amount);
        self.claims(&payment.prepaid);
        self.legs("fact-paid-from", &payment.legs);
        if let Some(eligible) = payment.eligible {
            self.won("fact-eligible", eligible);
        }
        if let Some(discount) = &payment.discount {
            self.add("fact-sale", &discount.sale);
            self.won("fact-discount", discount.amount);
        }
        self.cashback(&payment.cashback);
        if let Some(gift) = &payment.gift {
            self.gift(gift);
        }
        self.won("fact-balance", payment.balance);
        if let Some(order) = &payment.order {
            self.add("fact-order", order);
        }
    }

    fn coupons(&mut self, facts: &CouponFacts) {
        match facts {
            CouponFacts::Given { coupon, person, amount, release } => {
                self.add("fact-coupon", coupon);
                self.add("fact-person", person);
                self.won("fact-amount", *amount);
                if let Some(release) = release {
                    self.add("fact-release", release);
                }
            }
            CouponFacts::Part { job, coupon, people, amount, skipped, .. } => {
                self.add("fact-coupon", coupon);
                self.add("fact-job", job);
                self.add("fact-people", people);
                self.won("fact-amount", *amount);
                self.add("fact-skipped", skipped.len());
            }
            CouponFacts::Back { coupon, person, amount } => {
                self.add("fact-coupon", coupon);
                self.add("fact-person", person);
                self.won("fact-amount", *amount);
            }
            // Commands without a posting: they have no page here.
            CouponFacts::Job { .. }
            | CouponFacts::Shop { .. }
            | CouponFacts::Ask { .. }
            | CouponFacts::Commit { .. }
            | CouponFacts::Draw { .. } => {}
        }
    }

    fn claims(&mut self, legs: &[ClaimLeg]) {
        let shown = |(claim, amount, _): &ClaimLeg| {
            let said = self.t.say("fact-claim-part").text("claim", claim);
            said.won("amount", Won(*amount)).to_string()
        };
        let list: Vec<String> = legs.iter().map(shown).collect();
        self.add("fact-claims", list.join(", "));
    }

    fn prepay(&mut self, facts: &PrepayFacts) {
        match facts {
            PrepayFacts::Bought(bought) => {
                self.add("fact-claim", bought.claim);
                self.add("fact-person", bought.person);
                self.add("fact-shop", bought.merchant);
                self.won("fact-amount", bought.amount);
                self.legs("fact-paid-from", &bought.legs);
                self.cashback(&bought.cashback);
                self.add("fact-use-by", self.t.full_day(date_of_day(bought.use_by)));
                self.won("fact-balance", bought.balance);
            }
            PrepayFacts::Advanced(advanced) => {
                self.add("fact-shop", advanced.merchant);
                self.won("fact-amount", advanced.amount);
                self.budget(&advanced.guarantee);
                self.add(
                    "fact-claims",
                    self.t.number(i64::try_from(advanced.claims.len()).unwrap_or(i64::MAX)),
                );
            }
            PrepayFacts::Given(given) => {
                self.add("fact-claim", given.claim);
                self.add("fact-from", given.from);
                self.add("fact-to", given.to);
                self.add("fact-shop", given.merchant);
                self.won("fact-amount", given.amount);
            }
            PrepayFacts::Ended(ended) => {
                self.add("fact-claim", ended.claim);
                self.posting("fact-prepayment", ended.prepayment);
                self.add("fact-person", ended.person);
                self.add("fact-shop", ended.merchant);
                self.won("fact-amount", ended.amount);
                self.legs("fact-back-to", &ended.legs);
                self.won("fact-reward-back", ended.reward);
                self.won("fact-from-shop", ended.from_shop);
                self.won("fact-from-guarantee", ended.from_guarantee);
                self.budget(&ended.guarantee);
            }
            PrepayFacts::Offer { .. } | PrepayFacts::Pledge { .. } => {}
        }
    }

    fn cashback(&mut self, cashback: &Cashback) {
        self.add("fact-cut", self.t.say(cut_key(cashback.cut)));
        if cashback.campaign.is_empty() {
            return;
        }
        let pack = &self.view.town.pack;
        let name = pack.campaign(&cashback.campaign).map(|c| c.name.in_lang(self.t.lang).to_owned());
        self.add("fact-campaign", name.unwrap_or_else(|| cashback.campaign.clone()));
        self.budget(&cashback.budget);
        self.add("fact-rate", self.t.percent(cashback.rate));
        self.won("fact-base", cashback.base);
        self.won("fact-earned", cashback.earned);
        self.won("fact-reward", cashback.reward);
        if let Some(left) = cashback.left {
            self.won("fact-left", left);
        }
        if cashback.reward > 0 {
            self.add("fact-expires", self.t.full_day(Month(cashback.expires).last_day()));
        }
    }

    /// A gift, and which won of its purpose's row it is.
    fn gift(&mut self, gift: &GiftPart) {
        self.won("fact-gift", gift.amount);
        self.add("fact-gift-share", self.t.percent(gift.share));
        self.row(gift.purpose, gift.from, gift.until());
    }

    fn row(&mut self, purpose: u16, from: i64, until: i64) {
        let name = words::gift_purpose(self.t.lang, self.view, purpose);
        let said = self.t.say("fact-gift-won").text("purpose", name);
        let said = said.text("from", self.t.number(from + 1)).text("until", self.t.number(until));
        self.add("fact-gift-row", said);
    }

    fn budget(&mut self, id: &str) {
        let name = self.view.town.pack.budget(id).map(|budget| budget.name.in_lang(self.t.lang).to_owned());
        self.add("fact-budget", name.unwrap_or_else(|| id.to_owned()));
    }

    fn legs(&mut self, key: &str, legs: &[PurseLeg]) {
        let shown = |(purpose, _, amount): &PurseLeg| {
            format!("{} {}", words::purpose(self.t.lang, self.view, *purpose), self.t.won(*amount))
        };
        let list: Vec<String> = legs.iter().map(shown).collect();
        self.add(key, list.join(", "));
    }
}

fn cut_key(cut: Cut) -> String {
    format!("cut-{}", cut.code())
}
