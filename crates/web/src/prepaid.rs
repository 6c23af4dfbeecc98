//! Good prepayment in words, where lists, receipts and the books speak of it.

use base::PersonId;
use city::CityView;
use economy::facts::{PrepayFacts, Why};
use rules::Pack;

use crate::look::Tongue;

fn shop_name(view: &CityView, facts: &PrepayFacts) -> String {
    let shop = facts.shop().and_then(|shop| view.directory.shop(shop));
    shop.map(|(_, shop)| shop.name.clone()).unwrap_or_default()
}

/// What a posting was, for the person it concerns.
pub(crate) fn title(view: &CityView, t: Tongue, me: PersonId, facts: &PrepayFacts) -> String {
    let key = match facts {
        PrepayFacts::Bought(_) => "history-prepaid",
        PrepayFacts::Given(given) if given.from == me => "history-claim-sent",
        PrepayFacts::Given(_) => "history-claim-received",
        PrepayFacts::Ended(ended) => match ended.why {
            Why::Returned => "history-claim-returned",
            Why::Expired => "history-claim-expired",
            Why::Closed => "history-claim-closed",
        },
        PrepayFacts::Advanced(_) | PrepayFacts::Offer { .. } | PrepayFacts::Pledge { .. } => "history-other",
    };
    t.say(key).text("shop", shop_name(view, facts)).to_string()
}

/// What happened, in a sentence.
pub(crate) fn summary(t: Tongue, facts: &PrepayFacts, amount: i64) -> String {
    let said = |key: &str| t.say(key).won("amount", amount);
    match facts {
        PrepayFacts::Bought(bought) => {
            said("summary-prepay").won("reward", bought.cashback.reward).to_string()
        }
        PrepayFacts::Advanced(_) => said("summary-advance").to_string(),
        PrepayFacts::Given(_) => said("summary-give-claim").to_string(),
        PrepayFacts::Ended(ended) => {
            let key = match ended.why {
                Why::Returned => "summary-claim-returned",
                Why::Expired => "summary-claim-expired",
                Why::Closed => "summary-claim-closed",
            };
            said(key).won("reward", ended.reward).to_string()
        }
        PrepayFacts::Offer { .. } | PrepayFacts::Pledge { .. } => String::new(),
    }
}

/// The programme's rule with what it rests on.
pub(crate) fn rule(pack: &Pack, t: Tongue, programme: &str) -> Vec<String> {
    let programme = pack.prepayment(programme);
    programme
        .map(|programme| {
            t.say("receipt-prepay-rule")
                .text("source", programme.source.in_lang(t.lang))
                .text("until", t.full_day(programme.use_by))
                .to_string()
        })
        .into_iter()
        .collect()
}
