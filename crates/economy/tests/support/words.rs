//! Accounts, amounts and circumstances in words.
//!
//! An account is its class's code, with what tells it apart behind it: `holder.purse/cash`,
//! `holder.purse/care/2021-12` (expiring at another month's end than money of today), `holder.purse/cash@min` (not
//! Jo's), `shop.payable@mart` (not the bakery's), `meter/spend-month`, `meter/spend-month/2021-05`, `hold/1`,
//! `budget.left/cashback-2021`.

use base::{MerchantId, Month, PersonId, PostingNo, Refusal, Won};
use economy::decide::{Decision, PinState, newest_expiry};
use economy::{CardState, Class, MerchantState, Meter, chart};
use ledger::{Account, Owner};
use rules::{Campaign, CardRules, Counts, Grant, GrantAt, Rate};

use super::{JO, MIN, SHOPS, Town};

const METERS: [(Meter, &str); 11] = [
    (Meter::SpendMonth, "spend-month"),
    (Meter::SpendYear, "spend-year"),
    (Meter::CityMonth, "city-month"),
    (Meter::ChargeMonth, "charge-month"),
    (Meter::TopUpMonth, "top-up-month"),
    (Meter::TopUpYear, "top-up-year"),
    (Meter::CityTopUpMonth, "city-top-up-month"),
    (Meter::HelperMonth, "helper-month"),
    (Meter::FeeSupportYear, "fee-year"),
    (Meter::GiftCover, "gift-cover"),
    (Meter::Disposed, "disposed-year"),
];

/// `12,300` or `-5`.
pub fn won(text: &str) -> i64 {
    text.replace(',', "").parse().unwrap_or_else(|_| panic!("{text:?} is no amount"))
}

/// `2026-06`.
pub fn month(text: &str) -> Month {
    let (year, month) = text.split_once('-').unwrap_or_else(|| panic!("{text:?} is no month"));
    Month(year.parse::<u32>().unwrap() * 12 + month.parse::<u32>().unwrap() - 1)
}

fn month_name(month: Month) -> String {
    format!("{:04}-{:02}", month.year(), month.month())
}

/// A person by name.
pub fn person(name: &str) -> PersonId {
    match name {
        "" | "jo" => JO,
        "min" => MIN,
        _ => panic!("nobody is called {name:?}"),
    }
}

/// A shop by name.
pub fn shop(name: &str) -> MerchantId {
    let name = if name.is_empty() { "bakery" } else { name };
    let index = SHOPS.iter().position(|(known, ..)| *known == name);
    MerchantId(index.unwrap_or_else(|| panic!("no shop is called {name:?}")) as u64 + 1)
}

/// A refusal in a line: its code, and its particulars where there are any.
pub fn refusal(refusal: &Refusal) -> String {
    let args = refusal.args.iter().map(|(name, arg)| match arg {
        base::Arg::Won(amount) => format!(" {name}={amount}"),
        base::Arg::Count(count) => format!(" {name}={count}"),
        base::Arg::Date(day) => format!(" {name}={day}"),
        base::Arg::Text(text) => format!(" {name}={text}"),
    });
    format!("{}{}", refusal.code, args.collect::<String>())
}

impl Town {
    /// The account a text names.
    pub fn account(&self, text: &str) -> Account {
        let (path, party) = text.split_once('@').unwrap_or((text, ""));
        let mut parts = path.split('/');
        let code = parts.next().unwrap_or_default();
        let class = Class::ALL.iter().find(|class| class.code() == code);
        let class = *class.unwrap_or_else(|| panic!("{text:?}: no class {code:?}"));
        let detail = parts.next().unwrap_or_default();
        let period = parts.next();
        match class {
            Class::Purse => {
                let purpose = self.pack.purpose(detail).unwrap_or_else(|| panic!("{text:?}: no purpose"));
                let expires = period.map_or_else(|| self.newest(), month);
                chart::purse(person(party), purpose.number, expires)
            }
            Class::ShopPayable => chart::payable(shop(party)),
            Class::ShopDue => chart::shop_due(shop(party)),
            Class::Prepaid => chart::prepaid(person(party), detail.parse().unwrap()),
            Class::ShopAdvance if period == Some("held") => {
                chart::advance_held(shop(party), detail.parse().unwrap())
            }
            Class::ShopAdvance => chart::advance(shop(party), detail.parse().unwrap()),
            Class::CityClaim => chart::city_claim(shop(party), detail),
            Class::ShopReturned => chart::shop_returned(shop(party)),
            Class::GiftCollected => chart::gifts(detail.parse().unwrap_or(0)),
            Class::ChestPurpose => chart::chest_purpose(detail.parse().unwrap_or(0)),
            Class::Hold => chart::hold(PostingNo(detail.parse().unwrap())),
            Class::BudgetLeft | Class::BudgetReserved | Class::BudgetGranted | Class::BudgetVoted => {
                assert!(self.pack.budget(detail).is_some(), "{text:?}: no budget");
                chart::budget(class, detail)
            }
            // Meters of coupons are told apart by what they are of: `meter/coupon/care/2021-12`, `meter/sale/1`.
            Class::Meter if detail == "coupon" => {
                let purpose = self.pack.purpose(period.unwrap()).unwrap().number;
                chart::coupon_meter(person(party), purpose, month(parts.next().unwrap()))
            }
            // `meter/stamp/2`, and of all people `meter/stamps/2`.
            Class::Meter if ["stamp", "stamps"].contains(&detail) => {
                let own = (detail == "stamp").then(|| person(party));
                chart::stamps_meter(period.unwrap().parse().unwrap(), own)
            }
            Class::Meter if ["sale", "claim"].contains(&detail) => {
                let meter = if detail == "sale" { Meter::Sale } else { Meter::Claim };
                chart::meter(meter, person(party), period.unwrap().parse().unwrap())
            }
            Class::Meter if detail == "release" => {
                chart::release_meter(period.unwrap().parse().unwrap(), None)
            }
            Class::Meter => {
                let known = METERS.iter().find(|(_, name)| *name == detail);
                let (meter, name) = known.unwrap_or_else(|| panic!("{text:?}: no meter"));
                let period = match (period, name.ends_with("year")) {
                    (None, true) => u32::from(self.month().year().unsigned_abs()),
                    (None, false) => self.month().0,
                    (Some(year), true) => year.parse().unwrap(),
                    (Some(text), false) => month(text).0,
                };
                if name.starts_with("fee") {
                    chart::shop_meter(*meter, shop(party), period)
                } else if name.starts_with("city") {
                    chart::city_meter(*meter, period)
                } else {
                    chart::meter(*meter, person(party), period)
                }
            }
            _ => chart::scheme(class),
        }
    }

    /// The shortest text that names an account.
    pub fn name(&self, account: &Account) -> String {
        let key = account.key;
        let class = Class::numbered(key.class).unwrap();
        let party = match key.owner {
            Owner::Person(id) if id == MIN => "@min".to_owned(),
            Owner::Merchant(id) if id.0 > 1 => format!("@{}", SHOPS[id.0 as usize - 1].0),
            _ => String::new(),
        };
        let detail = match class {
            Class::Purse => {
                let (number, expires) = chart::purse_of(key.sub);
                let purpose = &self.pack.purpose_numbered(number).unwrap().id;
                let month = if expires == self.newest() {
                    String::new()
                } else {
                    format!("/{}", month_name(expires))
                };
                format!("/{purpose}{month}")
            }
            // Money for the general purpose needs no more words.
            Class::GiftCollected | Class::ChestPurpose if key.sub > 0 => format!("/{}", key.sub),
            Class::Hold => match key.owner {
                Owner::Posting(no) => format!("/{}", no.0),
                _ => panic!("a hold without a posting"),
            },
            Class::Prepaid => format!("/{}", key.sub),
            Class::ShopAdvance => {
                let (claim, held) = chart::advance_of(key.sub);
                format!("/{claim}{}", if held { "/held" } else { "" })
            }
            Class::BudgetLeft
            | Class::BudgetReserved
            | Class::BudgetGranted
            | Class::BudgetVoted
            | Class::CityClaim => {
                let budget = self.pack.budgets.iter().find(|b| chart::budget_sub(&b.id) == key.sub);
                format!("/{}", budget.unwrap().id)
            }
            Class::Meter if key.sub >> 24 == Meter::Coupon as u32 => {
                let (purpose, ends) = chart::helper_period(key.sub & 0x00ff_ffff);
                let purpose = self.pack.purpose_numbered(u8::try_from(purpose).unwrap()).unwrap();
                format!("/coupon/{}/{}", purpose.id, month_name(ends))
            }
            Class::Meter if key.sub >> 24 == Meter::Sale as u32 => format!("/sale/{}", key.sub & 0xff),
            Class::Meter if key.sub >> 24 == Meter::Stamp as u32 => match key.owner {
                Owner::None => format!("/stamps/{}", key.sub & 0xff),
                _ => format!("/stamp/{}", key.sub & 0xff),
            },
            Class::Meter if key.sub >> 24 == Meter::Claim as u32 => format!("/claim/{}", key.sub & 0xff),
            Class::Meter if key.sub >> 24 == Meter::Release as u32 => {
                format!("/release/{}", (key.sub >> 8) & 0xff)
            }
            Class::Meter => {
                let (number, period) = chart::purse_of(key.sub);
                let name = METERS.iter().find(|(meter, _)| *meter as u8 == number).unwrap().1;
                let now = self.month();
                match name.ends_with("year") {
                    true if period.0 == u32::from(now.year().unsigned_abs()) => format!("/{name}"),
                    true => format!("/{name}/{}", period.0),
                    false if period == now => format!("/{name}"),
                    false => format!("/{name}/{}", month_name(period)),
                }
            }
            _ => String::new(),
        };
        format!("{}{detail}{party}", class.code())
    }

    /// The legs of a decision as text.
    pub fn legs(&self, decision: &Decision) -> Vec<String> {
        let leg = |m: &economy::decide::Move| {
            let amount = Won(m.amount);
            format!("D {} {amount} C {} {amount}", self.name(&m.debit), self.name(&m.credit))
        };
        decision.moves.iter().map(leg).collect()
    }

    /// All balances that are not zero as text, in order of text, but for the two kinds of account that only mirror
    /// others: what was voted, and the meters' other side.
    pub fn balances(&self) -> Vec<String> {
        let mirror = |a: &Account| {
            matches!(Class::numbered(a.key.class), Some(Class::BudgetVoted | Class::MeterTotal))
        };
        let all = self.books.iter().filter(|(_, a, state)| state.balance != 0 && !mirror(a));
        let mut all: Vec<String> =
            all.map(|(_, a, state)| format!("{} {}", self.name(a), Won(state.balance))).collect();
        all.sort();
        all
    }

    /// The month at whose end money of today expires.
    pub fn newest(&self) -> Month {
        newest_expiry(self.month(), self.rules().validity_years)
    }

    /// The card's rules today.
    pub fn rules(&self) -> &CardRules {
        self.pack.card_on(self.day).unwrap()
    }

    /// Circumstances, parted by `;`, the bank holding what they need.
    pub fn given(&mut self, text: &str) {
        text.split(';').map(str::trim).filter(|item| !item.is_empty()).for_each(|item| self.give(item));
        self.fund();
        self.check();
    }

    /// One circumstance: a balance (`holder.purse/cash 50,000`, shorter `cash 50,000`), or a change of the rules, the
    /// card or the shop.
    pub fn give(&mut self, item: &str) {
        let words: Vec<&str> = item.split_whitespace().collect();
        let head = words[0].split(['/', '@']).next().unwrap_or_default();
        if Class::ALL.iter().any(|class| class.code() == head) {
            self.set(self.account(words[0]), won(words[1]));
        } else if self.pack.purpose(head).is_some() {
            self.set(self.account(&format!("holder.purse/{}", words[0])), won(words[1]));
        } else {
            self.arrange(&words);
        }
    }

    fn arrange(&mut self, words: &[&str]) {
        let rest = words[1..].iter().map(|word| (*word).to_owned());
        match words {
            ["on", day] => self.day = super::day(day),
            ["measure", amount] => self.measure = won(amount),
            ["given-away", amount] => self.unspent += won(amount),
            ["was-given", amount] => self.unspent -= won(amount),
            ["unasked", amount] => self.unasked = won(amount),
            ["heard-short"] => self.heard_short = true,
            ["pin", "missing"] => self.pin = PinState::Missing,
            ["pin", "signed-in"] => self.pin = PinState::SignedIn,
            ["card", state] => self.card.state = CardState::coded(state).unwrap(),
            ["offers", name] => {
                self.offers.insert(shop(name));
            }
            ["advance", rate] => {
                self.pack.prepayments.iter_mut().for_each(|p| p.advance = rate.parse().unwrap());
            }
            ["closed", name] => self.merchant_mut(name).state = MerchantState::Closed,
            ["own", name] => self.merchant_mut(name).owner = Some(JO),
            ["sales", name, amount] => self.merchant_mut(name).sales = Some(Won(won(amount))),
            ["holding", amount] => self.rules_mut().holding_limit = Won(won(amount)),
            ["unnamed"] => self.named = false,
            ["joined"] => self.joined = true,
            ["stamped"] => self.stamped = true,
            ["standing", "none"] => self.standing = None,
            ["standing", rate] => self.standing = Some((rate.parse::<Rate>().unwrap().basis_points(), 0)),
            ["standing", rate, "for", purpose] => {
                let share = rate.parse::<Rate>().unwrap().basis_points();
                self.standing = Some((share, purpose.parse().unwrap()));
            }
            ["angel", name, rate] => {
                let rate = rate.parse::<Rate>().unwrap().basis_points();
                self.angels.insert(shop(name), rate);
            }
            ["no-gifts"] => self.rules_mut().gift_allowed = false,
            ["gift-limit", amount] => self.rules_mut().gift_limit = Won(won(amount)),
            ["no-campaign"] => self.pack.campaigns.clear(),
            ["month", "unlimited"] => self.campaign_mut().person_month = None,
            ["month", amount] => self.campaign_mut().person_month = Some(Won(won(amount))),
            ["year", amount] => self.campaign_mut().person_year = Some(Won(won(amount))),
            ["city", amount] => self.campaign_mut().city_month = Some(Won(won(amount))),
            ["rate", rate] => {
                self.campaign_mut().grants.iter_mut().for_each(|g| g.rate = rate.parse().unwrap())
            }
            ["sales-over", amount] => self.campaign_mut().sales_over = Some(Won(won(amount))),
            ["counts", "top-ups"] => self.campaign_mut().counts = Counts::TopUps,
            ["charge", rate, budget] => {
                let grant =
                    Grant { at: GrantAt::Charge, rate: rate.parse().unwrap(), budget: (*budget).to_owned() };
                self.campaign_mut().grants.push(grant);
            }
            ["earns", ..] => self.campaign_mut().earns = rest.collect(),
            _ => panic!("{words:?} says nothing"),
        }
    }

    fn merchant_mut(&mut self, name: &str) -> &mut economy::Merchant {
        let id = shop(name);
        self.shops.iter_mut().find(|s| s.id == id).unwrap()
    }

    fn rules_mut(&mut self) -> &mut CardRules {
        let day = self.day;
        self.pack.card.iter_mut().find(|c| c.holds_on(day)).unwrap()
    }

    fn campaign_mut(&mut self) -> &mut Campaign {
        let day = self.day;
        self.pack.campaigns.iter_mut().find(|c| c.holds_on(day)).unwrap()
    }
}
