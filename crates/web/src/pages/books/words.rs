//! The journal in plain words: kinds, accounts, units, reasons.

use base::{Lang, PostingNo};
use city::CityView;
use economy::chart::{budget_sub, helper_period, purse_of};
use economy::{Class, Unit};
use ledger::{Account, AccountNo, Owner, UnitNo};
use pen::View;

use crate::look::{Tongue, texts};

/// `1,024`.
pub(super) fn numbered(t: Tongue, no: PostingNo) -> String {
    t.number(super::count(no.0))
}

/// The kind of a posting. A kind this program doesn't know is shown as it is written.
pub(super) fn kind(t: Tongue, kind: &str) -> String {
    let key = format!("deed-{kind}");
    if texts().has(t.lang, &key) { t.say(key).to_string() } else { kind.to_owned() }
}

/// The text key of a class; its `.what` is its meaning.
pub(super) fn class_key(class: Class) -> String {
    format!("class-{}", class.code().replace('.', "-"))
}

/// An amount with its unit: won are money, the others are not and say so.
pub(super) fn amount(t: Tongue, unit: Unit, amount: i64) -> String {
    match unit {
        Unit::Won => t.won(amount),
        Unit::Budget => t.say("unit-budget").won("amount", amount).to_string(),
        Unit::Base => t.say("unit-base").won("amount", amount).to_string(),
    }
}

pub(super) fn unit(no: UnitNo) -> Unit {
    match no.0 {
        1 => Unit::Budget,
        2 => Unit::Base,
        _ => Unit::Won,
    }
}

/// An account: its class, what tells it from the others of its class, and whose it is by id.
pub(super) fn account(t: Tongue, view: &View<CityView>, no: AccountNo) -> String {
    let Some(account) = view.books.account(no) else { return format!("? {}", no.0) };
    let Some(class) = Class::numbered(account.key.class) else { return format!("? {}", account.key.class.0) };
    let mut parts = vec![t.say(class_key(class)).to_string()];
    parts.extend(detail(t, view, class, account));
    match account.key.owner {
        Owner::None => {}
        owner => parts.push(owner.to_string()),
    }
    parts.join(" · ")
}

fn detail(t: Tongue, view: &View<CityView>, class: Class, account: &Account) -> Option<String> {
    let sub = account.key.sub;
    match class {
        Class::Purse => {
            let (purpose, expires) = purse_of(sub);
            Some(
                t.say("purse-of")
                    .text("purpose", self::purpose(t.lang, view, purpose))
                    .month("month", &expires)
                    .to_string(),
            )
        }
        Class::BudgetLeft
        | Class::BudgetReserved
        | Class::BudgetGranted
        | Class::BudgetVoted
        | Class::CityClaim => {
            let budget = view.town.pack.budgets.iter().find(|budget| budget_sub(&budget.id) == sub)?;
            Some(budget.name.in_lang(t.lang).to_owned())
        }
        Class::Prepaid => Some(t.say("fact-claim-no").text("claim", sub).to_string()),
        Class::ShopAdvance => {
            let (claim, held) = economy::chart::advance_of(sub);
            let key = if held { "fact-claim-held" } else { "fact-claim-no" };
            Some(t.say(key).text("claim", claim).to_string())
        }
        Class::GiftCollected | Class::ChestPurpose => {
            Some(gift_purpose(t.lang, view, u16::try_from(sub).unwrap_or(u16::MAX)))
        }
        Class::Meter => {
            let (meter, period) = (sub >> 24, sub & 0x00ff_ffff);
            // Months are counted from year 0, years as they are.
            let period = if matches!(meter, 2 | 6 | 17 | 19) {
                t.say("meter-period-year").text("year", period).to_string()
            } else if meter == economy::Meter::HelperMonth as u32 {
                t.month(&helper_period(period).1)
            } else {
                t.month(&base::Month(period))
            };
            Some(t.say(format!("meter-{meter}")).text("period", period).to_string())
        }
        _ => None,
    }
}

/// The name of a purpose, by its number.
pub(super) fn purpose(lang: Lang, view: &View<CityView>, number: u8) -> String {
    let purpose = view.town.pack.purpose_numbered(number);
    purpose.map_or_else(|| format!("? {number}"), |purpose| purpose.name.in_lang(lang).to_owned())
}

/// What a gift is for, by its number.
pub(super) fn gift_purpose(lang: Lang, view: &View<CityView>, number: u16) -> String {
    let names = city::read::giving::names(&view.town);
    let known = names.iter().find(|(known, _)| *known == number);
    known.map_or_else(|| format!("? {number}"), |(_, name)| name.in_lang(lang).to_owned())
}

/// Why a leg is there, as a text key: what moves from the credited to the debited class tells it.
pub(super) fn reason(debit: Class, credit: Class) -> &'static str {
    use Class::{
        BankTrust, BudgetGranted, BudgetLeft, BudgetReserved, BudgetVoted, ChestBank, ChestPurpose,
        CityClaim, Expired, GiftCollected, GiftDue, Hold, Meter, MeterTotal, PayoutSent, Prepaid, Purse,
        ShopAdvance, ShopDue, ShopPayable, ShopReturned, TreasuryDue,
    };
    match (debit, credit) {
        (Purse, ShopPayable) => "move-paid",
        (TreasuryDue, Purse) => "move-reward",
        (BudgetGranted, BudgetLeft) => "move-budget-used",
        (Meter, MeterTotal) => "move-limit-used",
        (MeterTotal, Meter) => "move-limit-back",
        (BankTrust, Purse) => "move-top-up",
        (ShopPayable | ShopDue, Purse) => "move-back",
        (Purse, TreasuryDue) => "move-reward-back",
        (BudgetLeft, BudgetGranted | BudgetReserved) => "move-budget-back",
        (Purse, Hold) => "move-held",
        (Hold, ShopPayable) => "move-taken",
        (Hold, Purse) => "move-let-go",
        (BudgetReserved, BudgetLeft) => "move-budget-held",
        (BudgetGranted, BudgetReserved) => "move-budget-taken",
        (Purse, Purse) => "move-gift",
        (Purse, BankTrust | PayoutSent) => "move-withdrawn",
        (ShopPayable | ShopReturned, PayoutSent) => "move-sent",
        (ShopPayable | ShopReturned, ShopDue) => "move-netted",
        (TreasuryDue, PayoutSent) => "move-support",
        (PayoutSent | BankTrust, ShopReturned) => "move-returned",
        (PayoutSent, Purse) => "move-withdrawal-back",
        (PayoutSent, BankTrust) => "move-arrived",
        (BankTrust, TreasuryDue) => "move-treasury",
        (BudgetLeft, BudgetVoted) => "move-voted",
        (Purse, Expired) => "move-expired",
        (Purse, Prepaid) => "move-prepaid",
        (Prepaid, ShopPayable) => "move-claim-used",
        (Prepaid, Prepaid) => "move-claim-given",
        (Prepaid, Hold) => "move-claim-reserved",
        (Hold, Prepaid) => "move-claim-let-go",
        (ShopAdvance, ShopAdvance) => "move-advance-waits",
        (Prepaid, Purse) => "move-claim-back",
        (ShopPayable | ShopDue, Prepaid) => "move-claim-filled",
        (ShopAdvance, ShopPayable) => "move-advanced",
        (ShopPayable | ShopDue, ShopAdvance) => "move-advance-released",
        (TreasuryDue, ShopAdvance) => "move-guaranteed",
        (CityClaim, BudgetReserved) => "move-city-claim",
        (Purse | ShopPayable, GiftCollected) => "move-given",
        (GiftCollected | GiftDue, Purse) => "move-gift-back",
        (GiftCollected, PayoutSent) => "move-gift-passed",
        (GiftCollected, GiftDue) => "move-gift-netted",
        (ChestBank, ChestPurpose) => "move-chest-received",
        (ChestPurpose, ChestBank) => "move-chest-spent",
        _ => "move-other",
    }
}

/// All text keys that are put together here, for the test that looks for each in both languages.
#[cfg(test)]
pub(super) fn keys() -> Vec<String> {
    let mut keys: Vec<String> = Class::ALL.iter().map(|class| class_key(*class)).collect();
    keys.extend(Class::ALL.iter().map(|class| format!("{}.what", class_key(*class))));
    keys.extend((1..=8).chain([17, 18, 19]).map(|meter| format!("meter-{meter}")));
    for debit in Class::ALL {
        keys.extend(Class::ALL.iter().map(|credit| reason(*debit, *credit).to_owned()));
    }
    keys
}

#[cfg(test)]
mod tests {
    use base::Lang;

    #[test]
    fn every_word_is_there_in_both_languages() {
        for lang in [Lang::Ko, Lang::En] {
            for key in super::keys() {
                assert!(crate::look::texts().has(lang, &key), "{key}");
            }
        }
    }
}
