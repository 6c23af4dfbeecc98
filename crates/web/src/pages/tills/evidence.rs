//! A case with its evidence, as pages show it: read again from the journal each time.

use std::collections::BTreeMap;

use base::{CaseId, PersonId, Won, date_of_day};
use city::Finding;
use city::exchange::{Case, Deed, Evidence, What, case, evidence, known};
use city::follow::{Notice, To};
use outbox::Which;
use people::notice::Told;
use rules::{FraudRule, Pattern};

use super::outbox;
use crate::frame::Visit;
use crate::look::{CaseLine, CaseShown, DeedLine, Flow, flow_graph};
use crate::problem::Rejected;

/// As many postings as a page lists.
const SHOWN: usize = 200;

pub(super) fn finding_key(finding: Finding) -> &'static str {
    match finding {
        Finding::Explained => "finding-explained",
        Finding::Inspect => "finding-inspect",
    }
}

fn shop_name(visit: &Visit, case: &Case) -> String {
    let view = visit.app.city.shared.read();
    view.town.directory.shop(case.merchant).map(|(_, shop)| shop.name.clone()).unwrap_or_default()
}

/// A rule's name today; a rule that is no more is called by its id.
fn sign(visit: &Visit, rule: &str) -> String {
    let view = visit.app.city.shared.read();
    let found = view.town.pack.fraud.iter().find(|one| one.id == rule);
    found.map_or_else(|| rule.to_owned(), |rule| rule.name.in_lang(visit.t.lang).to_owned())
}

pub(super) fn line(visit: &Visit, case: &Case, base: &str) -> CaseLine {
    CaseLine {
        href: format!("{base}/{}", case.id),
        sign: sign(visit, &case.rule),
        shop: shop_name(visit, case),
        points: case.points,
        opened: visit.moment(case.opened),
        answered: case.answer.is_some(),
        finding: case.closing.as_ref().map(|closing| finding_key(closing.finding)),
    }
}

/// A case and its evidence, with whose movements it shows.
pub(super) async fn read(visit: &Visit, id: CaseId) -> Result<Option<(Case, Evidence)>, Rejected> {
    let vault = visit.app.city.vault();
    let Some(found) = visit.app.read(move |snapshot| case(snapshot, &vault, id)).await? else {
        return Ok(None);
    };
    let shop = known(&visit.app.city.shared.read().town, found.merchant);
    let asked = found.clone();
    let evidence = visit.app.read(move |snapshot| evidence(snapshot, &asked, shop)).await?;
    Ok(evidence.map(|evidence| (found, evidence)))
}

/// Until when the shop is asked to answer: so many days from the delivery of the notice.
async fn answer_by(visit: &Visit, case: &Case) -> Result<Option<jiff::civil::DateTime>, Rejected> {
    let (to, id) = (To::Shop(case.merchant).code(), case.id);
    let messages = outbox(visit, move |kept| kept.list(&Which::To(&to, "app"), 1_000)).await?;
    Ok(messages.iter().find_map(|message| {
        let notice = Notice::read(&message.new.body)?;
        let days = notice.days.filter(|_| notice.told == Told::CaseOpened { case: id })?;
        Some(visit.moment(message.done?.plus_seconds(i64::from(days) * 86_400)))
    }))
}

/// Holders as letters: who they are doesn't matter to see the pattern, and the register is for those who inspect.
struct Holders {
    letters: BTreeMap<PersonId, String>,
    owner: Option<PersonId>,
}

impl Holders {
    fn of(visit: &Visit, evidence: &Evidence, owner: Option<PersonId>) -> Holders {
        let people = evidence.people();
        let others = people.into_iter().filter(|person| Some(*person) != owner);
        let named = |no| visit.t.say("case-holder").count("no", no).to_string();
        let letters = others.enumerate().map(|(at, person)| (person, named(at + 1))).collect();
        Holders { letters, owner }
    }

    fn name(&self, visit: &Visit, person: PersonId) -> String {
        if Some(person) == self.owner {
            return visit.t.say("case-owner").to_string();
        }
        let known = self.letters.get(&person).cloned();
        known.unwrap_or_else(|| visit.t.say("case-other").to_string())
    }
}

fn ends(visit: &Visit, holders: &Holders, deed: &Deed, shop: &str) -> (&'static str, String, String) {
    match deed.what {
        What::Paid { person, .. } => ("deed-paid", holders.name(visit, person), shop.to_owned()),
        What::Refunded { .. } => ("deed-refunded", shop.to_owned(), String::new()),
        What::ToppedUp { person } => {
            ("deed-topped-up", visit.t.say("case-bank").to_string(), holders.name(visit, person))
        }
        What::Gave { from, to } => ("deed-gave", holders.name(visit, from), holders.name(visit, to)),
    }
}

/// The measures of a rule, as they stand in its pack.
fn measures(rule: &FraudRule) -> Vec<(String, String)> {
    let pair = |name: &str, value: String| (name.to_owned(), value);
    let mut all = vec![pair("pattern", rule.pattern.code().to_owned()), pair("days", rule.days.to_string())];
    match &rule.pattern {
        Pattern::RoundTrip { count, amount, share } | Pattern::FewPayers { count, amount, share } => {
            all.push(pair("count", count.to_string()));
            all.push(pair("amount", amount.0.to_string()));
            all.push(pair("share", share.to_string()));
        }
        Pattern::QuickRedemption { count, amount, share, minutes } => {
            all.push(pair("count", count.to_string()));
            all.push(pair("amount", amount.0.to_string()));
            all.push(pair("share", share.to_string()));
            all.push(pair("minutes", minutes.to_string()));
        }
        Pattern::AboveBand { share, amount } => {
            all.push(pair("share", share.to_string()));
            all.push(pair("amount", amount.0.to_string()));
        }
        Pattern::RepeatedHigh { count, amount } => {
            all.push(pair("count", count.to_string()));
            all.push(pair("amount", amount.0.to_string()));
        }
        Pattern::RestrictedTrade { count } => all.push(pair("count", count.to_string())),
    }
    all
}

/// `whole`: with what holders did elsewhere (put on, were given), which is none of the shop's business.
pub(super) async fn shown(
    visit: &Visit,
    case: &Case,
    evidence: &Evidence,
    whole: bool,
) -> Result<CaseShown, Rejected> {
    let answer_by = answer_by(visit, case).await?;
    let t = visit.t;
    let shop = shop_name(visit, case);
    let owner = known(&visit.app.city.shared.read().town, case.merchant).owner;
    let holders = Holders::of(visit, evidence, owner);
    let mut sums: BTreeMap<(String, String), (i64, usize)> = BTreeMap::new();
    let mut deeds = Vec::new();
    let seen = |deed: &&Deed| whole || matches!(deed.what, What::Paid { .. });
    let all_deeds = evidence.deeds.iter().filter(seen).count();
    for deed in evidence.deeds.iter().filter(seen) {
        let (what, from, to) = ends(visit, &holders, deed, &shop);
        let sum = sums.entry((from.clone(), to.clone())).or_default();
        *sum = (sum.0.saturating_add(deed.amount), sum.1 + 1);
        if deeds.len() < SHOWN {
            let (id, at) = (deed.no.to_string(), visit.moment(deed.at));
            deeds.push(DeedLine { id, at, what, from, to, amount: Won(deed.amount) });
        }
    }
    let mut flows: Vec<Flow> = sums
        .into_iter()
        .map(|((from, to), (amount, count))| Flow { from, to, amount: Won(amount), count })
        .collect();
    flows.sort_by_key(|flow| std::cmp::Reverse(flow.amount.0));
    let (first, last) = case.postings;
    let mut query = measures(&evidence.rule);
    query.insert(0, ("rule".to_owned(), case.rule.clone()));
    query.push(("pack".to_owned(), case.pack.to_string()));
    query.push(("postings".to_owned(), format!("{first} – {last}")));
    query.push(("merchant".to_owned(), case.merchant.to_string()));
    let day = |day| t.day(date_of_day(day));
    let same_again = evidence.again.as_ref().is_some_and(|hit| hit.points == case.points);
    Ok(CaseShown {
        id: case.id.to_string(),
        sign: evidence.rule.name.in_lang(t.lang).to_owned(),
        shop,
        opened: visit.moment(case.opened),
        window: format!("{} – {}", day(case.days.0), day(case.days.1)),
        points: case.points,
        same_again,
        count: evidence.again.as_ref().map_or(0, |hit| hit.count),
        sum: Won(evidence.again.as_ref().map_or(0, |hit| hit.sum)),
        query,
        source: evidence.rule.source.in_lang(t.lang).to_owned(),
        deeds,
        all_deeds,
        graph: flow_graph(&t.say("case-flows").to_string(), &flows),
        flows,
        answer: case.answer.as_ref().map(|(at, text)| (visit.moment(*at), text.clone())),
        closing: case
            .closing
            .as_ref()
            .map(|closing| (visit.moment(closing.at), finding_key(closing.finding), closing.note.clone())),
        answer_by,
    })
}
