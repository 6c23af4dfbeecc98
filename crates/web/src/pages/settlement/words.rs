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

/// What a payout is made of, without what is nothing.
pub(super) fn sums(t: Tongue, earned: &Earned, settled: &Settlement) -> Vec<SumLine> {
    let gift = settled.gift.as_ref().map_or(0, |gift| gift.amount);
    [
        ("payout-sold", earned.sold),
        ("payout-refunded", -earned.refunded),
        ("payout-gift", -gift),
        ("payout-support", settled.support),
        ("payout-returned", settled.returned),
        ("payout-netted", -settled.netted),
    ]
    .into_iter()
    .filter(|(_, amount)| *amount != 0)
    .map(|(key, amount)| SumLine { what: t.say(key).to_string(), amount: Won(amount) })
    .collect()
}

/// Down to the payment.
pub(super) fn parts(visit: &Visit, earned: &Earned) -> Vec<PartLine> {
    let part = |part: &Part| PartLine {
        href: matches!(part.kind.as_str(), "pay" | "capture").then(|| format!("/shop/receipts/{}", part.no)),
        at: visit.moment(part.at),
        what: visit
            .t
            .say(if part.change < 0 { "payout-part-refund" } else { "payout-part-sale" })
            .to_string(),
        amount: Won(part.change),
    };
    earned.parts.iter().flatten().map(part).collect()
}
