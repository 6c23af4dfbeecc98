//! Settlement in plain words.

use base::Won;
use city::read::payouts::{Earned, Part};
use economy::facts::Settlement;

use crate::frame::Visit;
use crate::look::{PartLine, SumLine, Tongue};

/// The banks to choose from.
pub(super) fn banks(visit: &Visit) -> Vec<(String, String)> {
    let view = visit.app.city.shared.read();
    let banks = view.town.pack.settlement.banks.iter();
    banks.map(|bank| (bank.code.clone(), bank.name.in_lang(visit.t.lang).to_owned())).collect()
}

/// A bank's name by its code.
pub(super) fn bank(visit: &Visit, code: &str) -> String {
    let view = visit.app.city.shared.read();
    let bank = view.town.pack.settlement.bank(code);
    bank.map_or_else(|| code.to_owned(), |bank| bank.name.in_lang(visit.t.lang).to_owned())
}

/// How a payout stands.
pub(super) fn state(t: Tongue, code: &str) -> String {
    t.say(format!("payout-state-{code}")).to_string()
}

/// What a payout is made of, without what is nothing: sales, less gift and refunds, and prepayments, `coming` ones among
/// them.
pub(super) fn sums(t: Tongue, earned: &Earned, coming: i64, settled: &Settlement) -> Vec<SumLine> {
    let gift = settled.gift.as_ref().map_or(0, |gift| gift.amount);
    [
        ("payout-sold", earned.sold),
        ("payout-gift", -gift),
        ("payout-refunded", -earned.refunded),
        ("payout-prepaid", earned.prepaid + coming),
        ("payout-support", settled.support),
        ("payout-returned", settled.returned),
        ("payout-netted", -settled.netted),
    ]
    .into_iter()
    .filter(|(_, amount)| *amount != 0)
    .map(|(key, amount)| SumLine { what: t.say(key).to_string(), amount: Won(amount) })
    .collect()
}

fn part_key(part: &Part) -> &'static str {
    match (part.kind.as_str(), part.change < 0) {
        ("advance" | "refund", false) => "payout-part-prepaid",
        ("pay" | "capture", true) => "payout-part-used",
        ("return-claim" | "expire-claim" | "close-claim", true) => "payout-part-prepaid-back",
        (_, true) => "payout-part-refund",
        (_, false) => "payout-part-sale",
    }
}

/// Down to the payment. What its purses brought one by one is one line: from which of them a customer paid is theirs to
/// know.
pub(super) fn parts(visit: &Visit, earned: &Earned) -> Vec<PartLine> {
    let mut grouped: Vec<Part> = Vec::new();
    for part in earned.parts.iter().flatten() {
        // All of one posting stand together in the account's chain.
        let mut same = grouped.iter().rev().take_while(|one| one.no == part.no);
        match same.position(|one| part_key(one) == part_key(part)) {
            Some(back) => {
                let at = grouped.len() - 1 - back;
                grouped[at].change += part.change;
            }
            None => grouped.push(part.clone()),
        }
    }
    let part = |part: &Part| PartLine {
        href: matches!(part.kind.as_str(), "pay" | "capture").then(|| format!("/shop/receipts/{}", part.no)),
        at: visit.moment(part.at),
        what: visit.t.say(part_key(part)).to_string(),
        amount: Won(part.change),
    };
    grouped.iter().map(part).collect()
}
