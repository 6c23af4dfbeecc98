//! Gifts in words.

use base::Won;
use city::CityView;
use city::giving::{Angel, Spending};
use city::read::giving::{Became, PurposeSums, names, purposes};
use economy::facts::GiftKind;
use economy::{Merchant, business_number};
use pen::View;

use crate::look::{GiftMonth, GiftPurposeShown, GiftSpent, PurposeChoice, Tongue};

/// Who collects.
pub(super) fn collector(view: &CityView, t: Tongue) -> String {
    view.pack.giving.as_ref().map(|rules| rules.collector.name.in_lang(t.lang).to_owned()).unwrap_or_default()
}

pub(super) fn kind(t: Tongue, kind: GiftKind) -> String {
    t.say(format!("gift-kind-{}", kind.code())).to_string()
}

pub(in crate::pages) fn purpose(view: &CityView, t: Tongue, number: u16) -> String {
    let known = names(view).into_iter().find(|(known, _)| *known == number);
    known.map(|(_, name)| name.in_lang(t.lang).to_owned()).unwrap_or_default()
}

pub(super) fn choices(view: &CityView, t: Tongue, chosen: u16) -> Vec<PurposeChoice> {
    let choice = |(number, name): (u16, rules::Name)| PurposeChoice {
        number,
        name: name.in_lang(t.lang).to_owned(),
        chosen: number == chosen,
    };
    names(view).into_iter().map(choice).collect()
}

pub(super) fn spent(view: &CityView, spending: &Spending, part: Option<i64>) -> GiftSpent {
    let hash: String = spending.document_hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    GiftSpent {
        id: spending.no.to_string(),
        at: view.zone.civil(spending.at),
        what: spending.what.clone(),
        payee: spending.payee.clone(),
        amount: Won(part.unwrap_or(spending.amount)),
        whole: part.map(|_| Won(spending.amount)),
        document: spending.document.clone(),
        fingerprint: hash,
        outcome: spending.outcome.clone(),
    }
}

/// All purposes, each with what was spent on it.
pub(super) fn shown(view: &View<CityView>, t: Tongue, spendings: &[Spending]) -> Vec<GiftPurposeShown> {
    let one = |sums: PurposeSums| GiftPurposeShown {
        number: sums.number,
        name: sums.name.in_lang(t.lang).to_owned(),
        given: Won(sums.given),
        spent: Won(sums.spent),
        left: Won(sums.left()),
        held: Won(sums.held),
        spendings: spendings
            .iter()
            .rev()
            .filter(|spending| spending.purpose == sums.number)
            .map(|spending| spent(&view.town, spending, None))
            .collect(),
    };
    purposes(&view.town, &view.books).into_iter().map(one).collect()
}

/// What came in, the newest month first.
pub(super) fn months(view: &CityView, t: Tongue) -> Vec<GiftMonth> {
    let all = view.directory.giving.given().months();
    let mut months: Vec<GiftMonth> = all
        .map(|(month, of, gifts)| GiftMonth {
            month: t.month(&month),
            kind: kind(t, of),
            gifts: gifts.gifts,
            givers: gifts.givers(),
            won: Won(gifts.left()),
        })
        .collect();
    months.reverse();
    months
}

/// What became of a gift, in a sentence.
pub(super) fn became(t: Tongue, became: &Became, spendings: &[Spending]) -> String {
    let known = became.parts.iter().filter_map(|(at, won)| Some((spendings.get(*at)?, *won)));
    let mut said: Vec<String> = known
        .map(|(spending, won)| {
            t.say("became-part").text("what", &spending.what).won("amount", Won(won)).to_string()
        })
        .collect();
    if became.waiting > 0 {
        said.push(t.say("became-waiting").won("amount", Won(became.waiting)).to_string());
    }
    said.join(" ")
}

/// Trade and neighbourhood.
pub(super) fn about(view: &CityView, t: Tongue, shop: &Merchant) -> String {
    let city = &view.pack.city;
    let trade = city.trades.get(usize::from(shop.trade)).map(|trade| trade.name.in_lang(t.lang));
    let district =
        city.districts.get(usize::from(shop.district)).map(|district| district.name.in_lang(t.lang));
    [trade, district].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

pub(super) fn about_numbered(view: &CityView, t: Tongue, shop: &Merchant) -> String {
    format!("{} · {}", business_number::show(&shop.business_number), about(view, t, shop))
}

pub(super) fn rate(t: Tongue, angel: &Angel) -> String {
    t.percent(angel.rate)
}
