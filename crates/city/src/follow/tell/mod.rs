//! What follows from one record: who is told what, by which way and when; and what shops' programs hear. Pure.

mod circle;
pub(crate) mod store;

use base::{Instant, MerchantId, PersonId, PostingNo, Zone};
use economy::Facts;
use economy::facts::{JoiningFacts, Payment, PayoutFacts, Refund, TillsFacts};
use outbox::NewMessage;
use people::notice::Told;
use rules::{Channel, Kind, NoticeRules};
use serde_json::{Value, json};

pub(super) use self::circle::is_told;
use super::{HOOK, Notice, Record, To, URGENT, ways};
use crate::CityView;
use crate::hooks::Hook;

/// The first instant from which someone may be disturbed.
pub(super) fn awake(at: Instant, zone: &Zone, rules: &NoticeRules) -> Instant {
    let hour = |at| i8::try_from(zone.hour(at)).unwrap_or(0);
    let Some((_, until)) = rules.quiet.filter(|_| rules.is_quiet(hour(at))) else { return at };
    let today = zone.instant(zone.date(at), until, 0);
    if today > at { today } else { zone.instant(zone.date(at.plus_seconds(86_400)), until, 0) }
}

/// All messages of a record.
pub(super) fn messages(record: &Record, hooks: &[Hook], town: &CityView) -> Vec<NewMessage> {
    let mut messages = Vec::new();
    for (index, (to, told)) in told(&record.facts, town).into_iter().enumerate() {
        notice(record, index, to, &told, town, &mut messages);
    }
    if let Some((shop, kind, data)) = event(&record.facts, record.posting) {
        for hook in hooks.iter().filter(|hook| hook.merchant == shop && hook.hears(record.at)) {
            messages.push(NewMessage {
                key: format!("{}/{}", record.stem, hook.id),
                lane: format!("{HOOK}/{}", hook.id),
                channel: HOOK.into(),
                to: shop.to_string(),
                kind: kind.into(),
                body: json!({ "type": kind, "timestamp": record.at.rfc3339(), "data": data }).to_string(),
                at: record.at,
                next: record.at,
            });
        }
    }
    messages
}

/// On their own page at once; and by the first of the pack's ways, when they may be disturbed.
pub(super) fn notice(
    record: &Record,
    index: usize,
    to: To,
    told: &Told,
    town: &CityView,
    into: &mut Vec<NewMessage>,
) {
    let rules = &town.pack.notices;
    let rule = rules.of(told.kind());
    let days = rule.and_then(|rule| rule.days);
    let receiver = to.code();
    let urgent = rule.is_some_and(|rule| rule.urgent);
    let mut put = |way: &str, then: Vec<String>, next| {
        into.push(NewMessage {
            key: format!("{}/{index}/{way}", record.stem),
            lane: format!("{way}/{receiver}{}", if urgent { URGENT } else { "" }),
            channel: way.to_owned(),
            to: receiver.clone(),
            kind: told.kind().into(),
            body: Notice { told: told.clone(), then, days }.write(),
            at: record.at,
            next,
        });
    };
    put(Channel::App.code(), Vec::new(), record.from);
    if let Some(rule) = rule
        && let Some((way, then)) = ways(&rule.ways).split_first()
    {
        let next = if rule.urgent { record.from } else { awake(record.from, &town.zone, rules) };
        put(way, then.to_vec(), next);
    }
}

/// Who is told what of a record.
fn told(facts: &Facts, town: &CityView) -> Vec<(To, Told)> {
    let person = |person, told| vec![(To::Person(person), told)];
    let shop = |merchant, told| vec![(To::Shop(merchant), told)];
    match facts {
        Facts::Pay(payment) | Facts::Capture { payment, .. } => of_payment(payment),
        Facts::Refund(refund) => {
            person(refund.person, Told::Refunded { merchant: refund.merchant, amount: refund.amount })
        }
        Facts::Giving(facts) => circle::giving(facts),
        Facts::Prepay(facts) => circle::prepaid(facts),
        Facts::Coupons(facts) => circle::coupon(facts, &town.pack),
        Facts::Withdraw(withdrawal) => {
            person(withdrawal.person, Told::Withdrawn { amount: withdrawal.amount })
        }
        Facts::Settle(settlement) if settlement.amount > 0 => {
            shop(settlement.merchant, Told::PaidOut { amount: settlement.amount })
        }
        Facts::Card { person: whose, action, .. } => match action.as_str() {
            "replace" => person(*whose, Told::CardLost),
            "freeze" => person(*whose, Told::CardFrozen),
            "pin" => person(*whose, Told::PinSet),
            "issue" => person(*whose, Told::CardIssued),
            _ => Vec::new(),
        },
        // Whoever did it at a counter may not be whom it is for: so the holder hears of it by a way of their own.
        Facts::Person { person: whose, action } if action == "issue-code" => person(*whose, Told::CodeIssued),
        Facts::Payouts(PayoutFacts::Account { merchant, person, .. }) => {
            let to = person.map(To::Person).or(merchant.map(To::Shop));
            to.map(|to| (to, Told::AccountSet)).into_iter().collect()
        }
        Facts::Gift(gift) => vec![
            (To::Person(gift.from), Told::MoneySent { amount: gift.amount }),
            (To::Person(gift.to), Told::MoneyReceived { amount: gift.amount }),
        ],
        Facts::Record { person: whose, action, .. } => match action.as_str() {
            "help" => person(*whose, Told::HelpGiven),
            "revoke" => person(*whose, Told::HelpEnded),
            "see" => person(*whose, Told::HelperSaw),
            "household-in" | "household-as" | "household-out" | "household-strike" => {
                person(*whose, Told::HouseholdChanged)
            }
            _ => Vec::new(),
        },
        Facts::Looks { action, person: Some(whose), .. } => match action.as_str() {
            "open-glass" => person(*whose, Told::GlassOpened),
            "answer" => person(*whose, Told::LookAnswered),
            _ => Vec::new(),
        },
        Facts::Role { account, role, action, .. } => {
            let own = |rule: &rules::RoleRule| matches!(rule.kind, Kind::Citizen);
            let is_own = town.pack.roles.iter().any(|rule| rule.id == *role && own(rule));
            let whose = town.doors.account(*account).and_then(|account| account.person).filter(|_| !is_own);
            match (whose, action.as_str()) {
                (Some(whose), "give") => person(whose, Told::RoleGiven { role: role.clone() }),
                (Some(whose), "end") => person(whose, Told::RoleEnded { role: role.clone() }),
                _ => Vec::new(),
            }
        }
        Facts::Shop { merchant, action } if action == "close" => shop(*merchant, Told::ShopClosed),
        Facts::Mail { person, merchant, action } => of_mail(*person, *merchant, action),
        Facts::Joining(facts) => of_joining(facts),
        Facts::Tills(TillsFacts::Case { merchant, case, action, .. }) => match action.as_str() {
            "open" => shop(*merchant, Told::CaseOpened { case: *case }),
            "close" => shop(*merchant, Told::CaseClosed { case: *case }),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Whose address it is; by other ways too, so that nobody's notices are led away unseen.
fn of_mail(person: Option<PersonId>, merchant: Option<MerchantId>, action: &str) -> Vec<(To, Told)> {
    let told = match action {
        "ask" => Told::MailCode,
        "confirm" => Told::MailKept,
        _ => Told::MailGone,
    };
    let to = person.map(To::Person).or(merchant.map(To::Shop));
    to.map(|to| (to, told)).into_iter().collect()
}

/// Who applied hears it, and the shop, where a registration ends.
fn of_joining(facts: &JoiningFacts) -> Vec<(To, Told)> {
    let told = match facts.action.as_str() {
        "apply" => Told::JoinFiled,
        "accept" => Told::JoinAccepted,
        "refuse" => Told::JoinRefused,
        "cancel" => Told::JoinCancelled,
        "uphold" | "dismiss" => Told::JoinAnswered,
        _ => return Vec::new(),
    };
    match (facts.person, facts.merchant) {
        (_, Some(merchant)) if told == Told::JoinCancelled => vec![(To::Shop(merchant), told)],
        (Some(person), _) => vec![(To::Person(person), told)],
        (None, Some(merchant)) => vec![(To::Shop(merchant), told)],
        (None, None) => Vec::new(),
    }
}

fn of_payment(payment: &Payment) -> Vec<(To, Told)> {
    let mut told = Vec::new();
    if let Some(helper) = payment.helper {
        let (merchant, amount) = (payment.merchant, payment.amount);
        told.push((To::Person(payment.person), Told::HelperPaid { helper: helper.person, merchant, amount }));
    }
    // The payment that used up the last of it; later ones earn nothing and say so themselves.
    if payment.cashback.earned > 0 && payment.cashback.left == Some(0) {
        told.push((To::Person(payment.person), Told::LimitReached));
    }
    told
}

/// What a shop's programs hear of a record: the shop, the event's type, its data. Opaque ids only, and nothing about who
/// paid.
fn event(facts: &Facts, posting: Option<PostingNo>) -> Option<(MerchantId, &'static str, Value)> {
    let id = posting.map(|no| no.to_string()).unwrap_or_default();
    let money = |payment: &Payment| json!({ "id": id, "merchant": payment.merchant, "amount": payment.amount, "order": payment.order });
    Some(match facts {
        Facts::Pay(payment) => (payment.merchant, "payment.made", money(payment)),
        Facts::Capture { authorisation, payment } => {
            let mut data = money(payment);
            data["authorization"] = json!(PostingNo(*authorisation).to_string());
            (payment.merchant, "payment.made", data)
        }
        Facts::Authorise(payment) => (payment.merchant, "authorization.made", money(payment)),
        Facts::Release(release) => {
            let authorization = PostingNo(release.authorisation).to_string();
            // As it was reserved for the shop.
            let (shop, amount, expired) =
                (release.merchant, release.amount + release.discount, release.expired);
            let data = json!({ "id": id, "merchant": shop, "authorization": authorization, "amount": amount,
                "expired": expired });
            (shop, "authorization.released", data)
        }
        Facts::Refund(Refund { payment, merchant, amount, before, .. }) => {
            let payment = PostingNo(*payment).to_string();
            let data = json!({ "id": id, "merchant": merchant, "payment": payment, "amount": amount,
                "refunded": before + amount });
            (*merchant, "payment.refunded", data)
        }
        Facts::Settle(settlement) => {
            let (shop, amount, netted) = (settlement.merchant, settlement.amount, settlement.netted);
            let data = json!({ "id": id, "merchant": shop, "amount": amount, "netted": netted });
            (shop, "payout.sent", data)
        }
        Facts::Shop { merchant, action } if action == "close" => {
            (*merchant, "shop.closed", json!({ "merchant": merchant }))
        }
        Facts::Joining(JoiningFacts { merchant: Some(merchant), action, .. }) if action == "cancel" => {
            (*merchant, "shop.closed", json!({ "merchant": merchant }))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_disturbed_at_night() {
        let Some(zone) = Zone::named("Asia/Seoul") else { panic!("no zone") };
        let rules = NoticeRules { quiet: Some((21, 8)), kinds: Vec::new(), keep: None };
        let at = |day, hour, minute| zone.instant(base::date(2021, 2, day), hour, minute);
        for (from, until) in [
            (at(23, 8, 0), at(23, 8, 0)),
            (at(23, 20, 59), at(23, 20, 59)),
            (at(23, 21, 0), at(24, 8, 0)),
            (at(23, 23, 59), at(24, 8, 0)),
            (at(24, 0, 0), at(24, 8, 0)),
            (at(24, 7, 59), at(24, 8, 0)),
        ] {
            assert_eq!(awake(from, &zone, &rules), until, "{}", from.rfc3339());
        }
        assert_eq!(awake(at(23, 23, 0), &zone, &NoticeRules::default()), at(23, 23, 0));
    }
}
