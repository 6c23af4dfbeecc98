//! What can happen in a line: `pay 50,000 at mart`, `refund 20,000 of 1`.
//!
//! Each line is decided on what the books say, the way a use case of the city gathers it.

use base::{MerchantId, Month, PersonId, PostingNo, Refusal};
use economy::decide::{
    Back, Bears, ClaimStands, CouponStanding, CouponsHere, Decision, Earning, GiftCase, GiftStands, Held,
    HeldClaim, Helper, Limits, OnceCase, OpenClaim, PayCase, Purse, RefundCase, Room, SaleHere, SettleCase,
    ShopGift, SinceTopUp, SpendCase, StampsHere, Support, TopUpCase, WithdrawCase, authorise, capture, claim,
    close_out, confirm, dispose, expire, fail, gift, give, give_many, give_once, pass, pay, refund, release,
    run_out, settle, spend, take_back, top_up, treasury, vote, withdraw,
};
use economy::facts::{CouponFacts, Disposed, HelperPart};
use economy::holder::Shop;
use economy::{Class, Facts, MerchantState, Meter, chart};
use ledger::Owner;
use rules::{Campaign, Counts, GrantAt, Purpose, Used};

use super::words::{month, person, shop, won};
use super::{JO, Town};

/// What is kept of a year whose postings go.
fn disposed(year: &str, count: i64) -> Disposed {
    let (closing, memory) = ("0f".repeat(32), "f0".repeat(32));
    Disposed { until: format!("{year}-12-31"), last: count.unsigned_abs(), count, closing, memory }
}

impl Town {
    /// Decides a line and, unless it is refused, posts it.
    pub fn act(&mut self, line: &str) -> Result<Decision, Refusal> {
        let decision = self.decide(line)?;
        self.post(decision.clone());
        Ok(decision)
    }

    /// Carries out a line that can't be refused: a deed, or a circumstance such as `on 2021-07-01`.
    pub fn must(&mut self, line: &str) {
        if ["on ", "standing ", "angel ", "closed "].iter().any(|word| line.starts_with(word)) {
            self.give(line);
        } else if let Err(refusal) = self.act(line) {
            panic!("{line}: {refusal:?}");
        }
    }

    /// Decides a line on the books as they stand.
    pub fn decide(&self, line: &str) -> Result<Decision, Refusal> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["pay", amount] => self.pay_at(won(amount), "", pay),
            ["pay", amount, "at", name] => self.pay_at(won(amount), name, pay),
            ["pay", amount, "eligible", part, "at", name] => self.pay_at(won(amount), name, |case| {
                let coupons = CouponsHere { eligible: Some(won(part)), ..case.coupons };
                pay(&PayCase { coupons, ..case.clone() })
            }),
            ["coupon", id, amount] => {
                let coupon = self.pack.coupons.coupon(id).unwrap();
                give(coupon, JO, won(amount), &self.coupon_standing(id))
            }
            ["coupons", id, amount] => {
                let facts = CouponFacts::Part {
                    job: 1,
                    coupon: id.into(),
                    people: 2,
                    amount: 2 * won(amount),
                    skipped: Vec::new(),
                    next: 2,
                };
                let people = [(JO, won(amount)), (super::MIN, won(amount))];
                Ok(give_many(self.pack.coupons.coupon(id).unwrap(), &people, facts))
            }
            ["claim", id, upto] => {
                let release = self.pack.coupons.release(id).unwrap();
                let coupon = self.pack.coupons.coupon(&release.coupon).unwrap();
                let (number, each) = (release.number, release.each.0);
                let part = economy::decide::Part { number, district: None, upto: won(upto), each, own: each };
                claim(coupon, (id, part), JO, &self.coupon_standing(&coupon.id))
            }
            ["coupon-back", id, amount] => {
                let coupon = self.pack.coupons.coupon(id).unwrap();
                Ok(take_back(coupon, JO, coupon.cohort(), won(amount)))
            }
            // Min helps Jo, under a delegation of 100,000 a month.
            ["pay", amount, "by", helper] => self.pay_at(won(amount), "", |case| {
                let part = HelperPart { person: person(helper), place: 0 };
                pay(&PayCase { helper: Some(Helper { part, per_month: 100_000 }), ..case.clone() })
            }),
            ["authorise", amount] => self.pay_at(won(amount), "", |case| authorise(case, self.next())),
            ["authorise", amount, "at", name] => {
                self.pay_at(won(amount), name, |case| authorise(case, self.next()))
            }
            ["capture", "of", no] => self.held_by(no, |held| capture(held, None)),
            ["capture", amount, "of", no] => self.held_by(no, |held| capture(held, Some(won(amount)))),
            ["void", no] => self.held_by(no, |held| release(held, false)),
            ["expire-hold", no] => self.held_by(no, |held| release(held, true)),
            ["refund", "of", no] => self.refund(no, None, None),
            ["refund", amount, "of", no] => self.refund(no, Some(won(amount)), None),
            ["refund", amount, "of", no, "at", name] => self.refund(no, Some(won(amount)), Some(shop(name))),
            ["top-up", amount] => self.top_up(won(amount)),
            ["gift", amount, "to", name] => self.gift(won(amount), person(name)),
            ["prepay", amount] => self.prepay(won(amount), shop("")),
            ["prepay", amount, "at", name] => self.prepay(won(amount), shop(name)),
            ["advance"] => Ok(self.advance(shop(""))),
            ["pass", claim, "to", name] => self.pass(claim, person(name)),
            ["return", claim] => self.give_back(claim, false),
            ["take-back", claim] => self.give_back(claim, true),
            ["run-out", claim] => self.ended(claim, run_out),
            ["close-out", claim] => self.ended(claim, close_out),
            ["give", amount] => self.give_once(won(amount), 0),
            ["give", amount, "for", purpose] => self.give_once(won(amount), purpose.parse().unwrap()),
            ["pass"] => {
                let collected: Vec<(u16, i64)> =
                    self.rows.keys().map(|no| (*no, self.balance(&chart::gifts(*no)))).collect();
                pass(&collected, self.balance(&chart::scheme(Class::GiftDue)))
            }
            ["spend", amount, "on", purpose] => {
                let no: u16 = purpose.parse().unwrap();
                let held = |no| self.balance(&chart::chest_purpose(no));
                let (own, general) = (self.row(no), self.row(0));
                spend(&SpendCase {
                    purpose: no,
                    amount: won(amount),
                    own: (&own, held(no)),
                    general: (&general, held(0)),
                })
            }
            ["move-in", ..] => Ok(self.move_in(&words[1..])),
            ["withdraw"] => self.withdraw(),
            ["settle"] => self.settle(shop("")),
            ["settle", name] => self.settle(shop(name)),
            ["confirm", amount] => Ok(confirm(&[], won(amount), "")),
            ["fail", amount] => Ok(fail(PostingNo(1), won(amount), Back::Shop(shop("")), false, "AC04")),
            ["come-back", amount] => Ok(fail(PostingNo(1), won(amount), Back::Shop(shop("")), true, "AC04")),
            ["give-back", amount] => {
                let purse = [(self.account("holder.purse/cash"), won(amount))];
                Ok(fail(PostingNo(1), won(amount), Back::Purses(JO, &purse), false, "AC04"))
            }
            ["treasury", amount] => Ok(treasury(won(amount))),
            ["dispose", year, count] => Ok(dispose(disposed(year, won(count)))),
            ["vote", budget, amount] => Ok(vote(budget, won(amount))),
            ["expire", purpose, expires, amount] => {
                Ok(expire(JO, self.purpose(purpose).number, month(expires), won(amount)))
            }
            _ => panic!("{line:?} is nothing that happens"),
        }
    }

    /// The number the next posting will have.
    pub fn next(&self) -> PostingNo {
        PostingNo(self.books.last_posting().0 + 1)
    }

    /// A payment's facts, by the number of its posting.
    pub fn facts(&self, no: &str) -> (PostingNo, &Facts) {
        let no: u64 = no.parse().unwrap();
        (PostingNo(no), &self.done[no as usize - 1].facts)
    }

    /// Won of a payment taken back so far.
    pub fn taken_back(&self, no: PostingNo) -> i64 {
        let of = |decision: &Decision| match &decision.facts {
            Facts::Refund(refund) if refund.payment == no.0 => refund.amount,
            _ => 0,
        };
        self.done.iter().map(of).sum()
    }

    pub(super) fn purpose(&self, id: &str) -> &Purpose {
        self.pack.purpose(id).unwrap()
    }

    pub(super) fn purses(&self, person: PersonId) -> Vec<Purse<'_>> {
        let purses = self
            .books
            .iter()
            .filter(|(_, a, _)| a.key.class.0 == Class::Purse as u8 && a.key.owner == Owner::Person(person));
        purses
            .map(|(_, account, state)| {
                let (number, expires) = chart::purse_of(account.key.sub);
                Purse {
                    purpose: self.pack.purpose_numbered(number).unwrap(),
                    expires,
                    balance: state.balance,
                }
            })
            .collect()
    }

    fn coupon_standing(&self, id: &str) -> CouponStanding {
        let coupon = self.pack.coupons.coupon(id).unwrap();
        CouponStanding {
            given: self.balance(&chart::coupon_meter(JO, coupon.purpose, coupon.cohort())),
            budget_left: self.balance(&chart::budget(Class::BudgetLeft, &coupon.budget)),
            date: self.day,
        }
    }

    fn used(&self, meter: Meter, person: PersonId, period: u32) -> i64 {
        self.balance(&chart::meter(meter, person, period))
    }

    /// A person's limit this month, with what is carried over from the last.
    fn month_limit(&self, campaign: &Campaign) -> Option<i64> {
        let before = self.month().before();
        let previous = self.pack.campaign_on(before.last_day()).and_then(|c| {
            let used = base::Won(self.used(Meter::SpendMonth, JO, before.0));
            Some(Used { limit: c.person_limit(None)?, used })
        });
        campaign.person_limit(previous).map(|limit| limit.0)
    }

    /// The limits as they stand, each counted by its meter.
    fn limits(&self, campaign: &Campaign, month: Meter, year: Meter, city: Meter) -> Limits {
        let (now, this_year) = (self.month().0, u32::from(self.month().year().unsigned_abs()));
        Limits {
            month: Room { limit: self.month_limit(campaign), used: self.used(month, JO, now) },
            year: Room { limit: campaign.person_year.map(|w| w.0), used: self.used(year, JO, this_year) },
            city: Room {
                limit: campaign.city_month.map(|w| w.0),
                used: self.balance(&chart::city_meter(city, now)),
            },
        }
    }

    pub(super) fn earning(&self, at: GrantAt) -> Option<Earning<'_>> {
        let campaign = self.pack.campaign_on(self.day)?;
        let (grant, budget) = self.pack.grants_on(self.day, at).first().copied()?;
        let limits = match at {
            GrantAt::Payment => self.limits(campaign, Meter::SpendMonth, Meter::SpendYear, Meter::CityMonth),
            GrantAt::Charge => Limits {
                month: Room {
                    limit: self.month_limit(campaign),
                    used: self.used(Meter::ChargeMonth, JO, self.month().0),
                },
                ..Limits::default()
            },
        };
        let budget_left = self.balance(&chart::budget(Class::BudgetLeft, &budget.id));
        let metered = campaign.counts == Counts::Spend;
        Some(Earning { campaign, grant, budget, budget_left, limits, metered })
    }

    fn pay_at(
        &self,
        amount: i64,
        name: &str,
        decide: impl FnOnce(&PayCase<'_>) -> Result<Decision, Refusal>,
    ) -> Result<Decision, Refusal> {
        let id = shop(name);
        let merchant = self.shops.iter().find(|s| s.id == id).unwrap();
        let care = [self.purpose("care").number];
        let named: &[u8] = if name == "carers" && self.named { &care } else { &[] };
        let trade = &self.pack.city.trades[usize::from(merchant.trade)];
        let open = self.open_claims(id);
        let claims: Vec<OpenClaim<'_>> = open.iter().map(|(claim, _)| *claim).collect();
        decide(&PayCase {
            claims: &claims,
            amount,
            card: &self.card,
            pin: self.pin,
            shop: Shop { merchant, trade },
            purses: &self.purses(JO),
            reward: self.purpose(Purpose::REWARD),
            rules: self.rules(),
            earning: self.earning(GrantAt::Payment),
            date: self.day,
            order: None,
            helper: None,
            coupons: CouponsHere { named, eligible: None, sale: self.sale() },
            gift: self.stands(),
            unasked: self.unasked,
            heard_short: self.heard_short,
        })
    }

    /// The sale of the day, where the shop takes part in it.
    fn sale(&self) -> Option<SaleHere<'_>> {
        self.pack.coupons.sale_on(self.day).filter(|_| self.joined).map(|sale| SaleHere {
            sale,
            budget_left: self.balance(&chart::budget(Class::BudgetLeft, &sale.budget)),
            given: self.used(Meter::Sale, JO, u32::from(sale.number)),
            stamps: StampsHere {
                have: self.used(Meter::Stamp, JO, u32::from(sale.number)),
                today: self.stamped,
            },
        })
    }

    fn held_by(
        &self,
        no: &str,
        decide: impl FnOnce(&Held<'_>) -> Result<Decision, Refusal>,
    ) -> Result<Decision, Refusal> {
        let (no, Facts::Authorise(payment)) = self.facts(no) else {
            panic!("posting {no} is no authorisation")
        };
        let guarantee = self.pack.prepayments[0].guarantee.as_str();
        let state = self.shops.iter().find(|shop| shop.id == payment.merchant).unwrap().state;
        let claims: Vec<HeldClaim<'_>> = payment
            .prepaid
            .iter()
            .map(|(claim, ..)| HeldClaim {
                stands: self.claim_stands(*claim),
                guarantee,
                closed: state == MerchantState::Closed,
            })
            .collect();
        decide(&Held {
            claims: &claims,
            payable: self.balance(&chart::payable(payment.merchant)),
            no,
            payment,
            left: self.balance(&chart::hold(no)),
            campaign: self.pack.campaign(&payment.cashback.campaign),
            reward: self.purpose(Purpose::REWARD),
            purses: &self.purses(JO),
            gift: self.stands(),
            sale: self.sale(),
            date: self.day,
        })
    }

    fn give_once(&self, amount: i64, purpose: u16) -> Result<Decision, Refusal> {
        give_once(&OnceCase {
            amount,
            person: JO,
            purses: &self.purses(JO),
            purpose,
            named: true,
            given: self.row(purpose).given,
            rules: self.pack.giving.as_ref().unwrap(),
            date: self.day,
        })
    }

    fn refund(&self, no: &str, amount: Option<i64>, at: Option<MerchantId>) -> Result<Decision, Refusal> {
        let (no, facts) = self.facts(no);
        let payment = facts.payment().unwrap_or_else(|| panic!("posting {no} is no payment"));
        let reward = self.purpose(Purpose::REWARD);
        let cohort = Month(payment.cashback.expires);
        let claims: Vec<ClaimStands<'_>> =
            payment.prepaid.iter().map(|leg| self.claim_stands(leg.0)).collect();
        refund(&RefundCase {
            no,
            payment,
            before: self.taken_back(no),
            amount,
            merchant: at.unwrap_or(payment.merchant),
            payable: self.balance(&chart::payable(payment.merchant)),
            claims: &claims,
            reward_left: self.balance(&chart::purse(JO, reward.number, cohort)),
            reward,
            balance: self.held(JO),
            campaign: self.pack.campaign(&payment.cashback.campaign),
            gift: payment.gift.map(|gift| {
                let (unspent, until) = self.row(gift.purpose).unspent(gift.from, gift.until());
                GiftStands {
                    unspent,
                    until,
                    collected: self.balance(&chart::gifts(gift.purpose)),
                    receipted: false,
                    bears: Some(Bears::under(
                        self.pack.giving.as_ref().unwrap(),
                        (JO, self.day),
                        |account| self.balance(&account),
                    )),
                }
            }),
            prize: None,
            date: self.day,
        })
    }

    fn top_up(&self, amount: i64) -> Result<Decision, Refusal> {
        let limited = self.pack.campaign_on(self.day).filter(|c| c.counts == Counts::TopUps);
        top_up(&TopUpCase {
            amount,
            person: JO,
            purses: &self.purses(JO),
            cash: self.purpose(Purpose::CASH),
            reward: self.purpose(Purpose::REWARD),
            rules: self.rules(),
            earning: self.earning(GrantAt::Charge),
            limits: limited
                .map(|c| self.limits(c, Meter::TopUpMonth, Meter::TopUpYear, Meter::CityTopUpMonth)),
            date: self.day,
        })
    }

    fn gift(&self, amount: i64, to: PersonId) -> Result<Decision, Refusal> {
        gift(&GiftCase {
            amount,
            from: JO,
            purses: &self.purses(JO),
            to,
            to_holds: self.held(to),
            cash: self.purpose(Purpose::CASH),
            rules: self.rules(),
            date: self.day,
        })
    }

    fn withdraw(&self) -> Result<Decision, Refusal> {
        let mut since = SinceTopUp { measure: self.measure, unspent: self.unspent };
        for done in &self.done {
            match &done.facts {
                Facts::TopUp(top_up) => since = SinceTopUp { measure: top_up.cash, unspent: 0 },
                Facts::Expire { amount, .. } => since.count(done.kind, true, *amount),
                facts => {
                    let gave = matches!(facts, Facts::Gift(gift) if gift.from == JO);
                    since.count(done.kind, gave || matches!(facts, Facts::Withdraw(_)), done.amount)
                }
            }
        }
        withdraw(&WithdrawCase {
            person: JO,
            purses: &self.purses(JO),
            cash: self.purpose(Purpose::CASH),
            since,
            rules: self.rules(),
            date: self.day,
        })
    }

    /// What the city's use case finds: only small shops of a trade that isn't barred get any.
    fn support(&self, merchant: MerchantId) -> Option<Support<'_>> {
        let rule = self.pack.settlement.support_on(self.day)?;
        let shop = self.shops.iter().find(|shop| shop.id == merchant)?;
        shop.sales.filter(|sales| *sales <= rule.sales_up_to)?;
        let year = u32::from(self.day.year().unsigned_abs());
        Some(Support {
            rule,
            had: self.balance(&chart::shop_meter(economy::Meter::FeeSupportYear, merchant, year)),
            budget_left: self.balance(&chart::budget(economy::Class::BudgetLeft, &rule.budget)),
            date: self.day,
        })
    }

    fn settle(&self, merchant: MerchantId) -> Result<Decision, Refusal> {
        settle(&SettleCase {
            merchant,
            payable: self.balance(&chart::payable(merchant)),
            returned: self.balance(&chart::shop_returned(merchant)),
            due: self.balance(&chart::shop_due(merchant)),
            support: self.support(merchant),
            gift: self.angels.get(&merchant).map(|rate| ShopGift {
                rate: *rate,
                purpose: 0,
                given: self.row(0).given,
            }),
        })
    }
}
