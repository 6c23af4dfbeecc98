//! The legs of a posting in plain words, for the person it concerns.

use base::{PersonId, Won};
use city::CityView;
use economy::{Class, Facts, Meter, Unit, chart};
use ledger::{Account, AccountNo, Books, EntryRow, Owner};
use rules::Purpose;

use super::history::shop_name;
use crate::explain;
use crate::look::{Leg, Tongue};

/// All a leg's words are made of.
pub(super) struct Reading<'a> {
    pub view: &'a CityView,
    pub books: &'a Books,
    pub t: Tongue,
    pub me: PersonId,
    pub facts: &'a Facts,
}

fn is_of(account: &Account, meter: Meter) -> bool {
    account.key.class.0 == Class::Meter as u8 && account.key.sub >> 24 == meter as u32
}

impl Reading<'_> {
    /// One leg: money goes from the debited to the credited account; authority and limits are counted the other way.
    pub(super) fn leg(&self, entry: &EntryRow) -> Option<Leg> {
        let (debit, credit) = (self.end(entry.debit)?, self.end(entry.credit)?);
        // A stamp is no sum: the receipt says it in words.
        if debit.0.unit() == Unit::Base && [debit.1, credit.1].iter().any(|end| is_of(end, Meter::Stamp)) {
            return None;
        }
        let (from, to) = if debit.0.unit() == Unit::Won { (debit, credit) } else { (credit, debit) };
        Some(Leg {
            from: self.place(&from, &to),
            to: self.place(&to, &from),
            amount: Won(entry.amount),
            why: self.why(&debit, &credit),
        })
    }

    fn end(&self, no: AccountNo) -> Option<(Class, Account)> {
        let account = *self.books.account(no)?;
        Some((Class::numbered(account.key.class)?, account))
    }

    fn say(&self, key: &str) -> String {
        self.t.say(key).to_string()
    }

    fn place(&self, end: &(Class, Account), other: &(Class, Account)) -> String {
        let (class, account) = end;
        let shop = |key| match account.key.owner {
            Owner::Merchant(shop) => self.t.say(key).text("shop", shop_name(self.view, shop)).to_string(),
            _ => String::new(),
        };
        match class {
            Class::BankTrust => self.say("leg-bank"),
            Class::TreasuryDue => self.say("leg-city"),
            Class::ShopDue | Class::ShopReturned => shop("leg-shop-due"),
            Class::ShopPayable => shop("leg-shop"),
            Class::ShopAdvance => shop("leg-advance"),
            Class::CityClaim => shop("leg-city-claim"),
            Class::Prepaid if account.key.owner == Owner::Person(self.me) => self.say("leg-prepaid"),
            Class::Prepaid => self.say("leg-prepaid-other"),
            Class::Purse => self.purse(account),
            Class::GiftCollected => self.say("leg-gifts"),
            Class::GiftDue | Class::ChestBank => self.say("leg-chest"),
            Class::ChestPurpose => self.say("leg-chest-purpose"),
            Class::Hold => self.say("leg-hold"),
            Class::PayoutSent => self.say("leg-sent"),
            Class::Expired => self.say("leg-expired"),
            Class::BudgetLeft | Class::BudgetVoted => self.budget("leg-budget-left", account),
            Class::BudgetReserved => self.budget("leg-budget-reserved", account),
            Class::BudgetGranted => self.budget("leg-budget-granted", account),
            Class::Meter => self.meter("leg-meter-used", account),
            Class::MeterTotal => self.meter("leg-meter-left", &other.1),
        }
    }

    fn purse(&self, account: &Account) -> String {
        if account.key.owner != Owner::Person(self.me) {
            let received = matches!(self.facts, Facts::Gift(gift) if gift.to == self.me);
            return self.say(if received { "leg-purse-giver" } else { "leg-purse-receiver" });
        }
        let (purpose, _) = chart::purse_of(account.key.sub);
        let purpose = self.view.pack.purpose_numbered(purpose);
        purpose.map(|p| p.name.in_lang(self.t.lang).to_owned()).unwrap_or_default()
    }

    fn budget(&self, key: &'static str, account: &Account) -> String {
        let budgets = &self.view.pack.budgets;
        let budget = budgets.iter().find(|budget| chart::budget_sub(&budget.id) == account.key.sub);
        let name = budget.map(|budget| budget.name.in_lang(self.t.lang)).unwrap_or_default();
        self.t.say(key).text("budget", name).to_string()
    }

    fn meter(&self, key: &'static str, account: &Account) -> String {
        let period = self.say(match account.key.sub >> 24 {
            13 => "meter-coupon",
            14 => "meter-sale",
            15 | 16 => "meter-release",
            _ if account.key.owner == Owner::None => "meter-city",
            2 | 6 => "meter-year",
            20 => "meter-cover",
            _ => "meter-month",
        });
        self.t.say(key).text("meter", period).to_string()
    }

    fn is_cash(&self, account: &Account) -> bool {
        let (number, _) = chart::purse_of(account.key.sub);
        self.view.pack.purpose(Purpose::CASH).is_some_and(|purpose| purpose.number == number)
    }

    fn why(&self, debit: &(Class, Account), credit: &(Class, Account)) -> String {
        let key = match (debit.0, credit.0) {
            (Class::TreasuryDue, Class::Purse) if matches!(self.facts, Facts::Refund(_)) => "why-gift-borne",
            (Class::TreasuryDue, Class::Purse) => return self.rewarded(),
            (Class::TreasuryDue, Class::ShopPayable) => "why-discount",
            (Class::ShopPayable | Class::ShopDue, Class::TreasuryDue) => "why-discount-back",
            (Class::Purse, Class::GiftCollected) => "why-donated",
            (Class::GiftCollected | Class::GiftDue, Class::Purse) => "why-gift-back",
            (Class::ChestPurpose, Class::ChestBank) => "why-gift-owed",
            (Class::Purse, Class::ShopPayable) if self.is_cash(&debit.1) => "why-paid",
            (Class::Purse, Class::ShopPayable) => "why-paid-first",
            (Class::PayoutSent | Class::BankTrust, Class::Purse)
                if matches!(self.facts, Facts::Payouts(_)) =>
            {
                "why-withdrawal-back"
            }
            (Class::BankTrust, Class::Purse) => "why-topped-up",
            (Class::Purse, Class::Purse) => "why-given",
            (Class::Purse, Class::PayoutSent) => "why-withdrawn",
            (Class::ShopPayable | Class::ShopDue, Class::Purse) => "why-returned",
            (Class::Purse, Class::TreasuryDue) if matches!(self.facts, Facts::Coupons(_)) => {
                "why-coupon-back"
            }
            (Class::Purse, Class::TreasuryDue) => "why-reward-taken",
            (Class::Purse, Class::Prepaid) => "why-prepaid",
            (Class::Prepaid, Class::ShopPayable) => "why-claim-used",
            (Class::Prepaid, Class::Prepaid) => "why-claim-given",
            (Class::Prepaid, Class::Hold) => "why-claim-reserved",
            (Class::Hold, Class::Prepaid) => "why-claim-let-go",
            (Class::ShopAdvance, Class::ShopAdvance) => "why-advance-waits",
            (Class::Prepaid, Class::Purse) => "why-claim-back",
            (Class::ShopPayable | Class::ShopDue, Class::Prepaid) => "why-claim-filled",
            (Class::ShopPayable | Class::ShopDue | Class::TreasuryDue, Class::ShopAdvance) => {
                "why-advance-released"
            }
            (Class::ShopAdvance, _) => "why-advanced",
            (Class::CityClaim, _) => "why-city-claim",
            (Class::Purse, Class::Hold) => "why-reserved",
            (Class::Hold, Class::Purse) => "why-released",
            (Class::Hold, _) => "why-captured",
            (_, Class::Expired) => "why-expired",
            (Class::BudgetLeft, _) => "why-budget-back",
            (Class::BudgetGranted | Class::BudgetReserved, _) => "why-budget",
            (Class::Meter, _) if is_of(&debit.1, Meter::GiftCover) => "why-cover",
            (Class::Meter, _) => "why-meter",
            (Class::MeterTotal, _) => "why-meter-back",
            _ => return String::new(),
        };
        self.say(key)
    }

    fn rewarded(&self) -> String {
        match self.facts.payment() {
            Some(payment) => explain::reason(&self.view.pack, self.t, payment),
            None if matches!(self.facts, Facts::Coupons(_)) => self.say("why-coupon"),
            None => self.say("why-rewarded"),
        }
    }
}
