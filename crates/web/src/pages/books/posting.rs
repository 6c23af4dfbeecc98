//! `GET /books/postings/{no}`: one posting with all its legs, and what it was decided on.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use base::{Date, PostingNo, Role, Source, date_of_day};
use city::CityView;
use city::disposal::or_unknown;
use city::read::find::{self, Found, PackKept};
use economy::facts::{CouponFacts, GivingFacts, MovingFacts, PayoutFacts, PrepayFacts};
use economy::{Class, Facts, Unit};
use ledger::{EntryRow, PostingRow};
use pen::View;

use super::pairs::Pairs;
use super::words;
use crate::frame::Visit;
use crate::look::{PostingLeg, PostingPage, Tongue};
use crate::prepaid;
use crate::problem::Rejected;

/// What is read of one posting.
struct Record {
    row: PostingRow,
    entries: Vec<EntryRow>,
    facts: Facts,
    pack: Option<PackKept>,
    earlier: Option<Found>,
    later: Vec<Found>,
}

pub(super) async fn show(visit: Visit, Path(no): Path<String>) -> Response {
    if visit.role != Some(Role::Auditor) {
        return visit.at_the_door();
    }
    // The number as it stands in the journal, or the id that receipts carry.
    let Some(no) = no.parse().ok().or_else(|| no.parse().ok().map(PostingNo)) else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), "/books");
    };
    let continued = {
        let view = visit.app.city.shared.read();
        let open = &view.town.open;
        (open.taken.contains_key(&no), open.holds.contains_key(&no))
    };
    match visit.app.read(move |snapshot| read(snapshot, no, continued)).await {
        Ok(Some(record)) => {
            let looked = visit.app.look_at(visit.looks("books.posting", "audit"), record.facts.people());
            if let Err(away) = looked.await {
                return visit.refuse(away, "/books");
            }
            let page = page(&visit, &record);
            visit.show(&page)
        }
        Ok(None) => {
            let disposed = visit.app.city.shared.read().town.open.disposed;
            visit.refuse(or_unknown(disposed, no, "posting.unknown"), "/books")
        }
        Err(error) => visit.refuse(error, "/books"),
    }
}

/// `taken`: something of it was taken back; `held`: it is a reservation that is still open. The journal has no index
/// of what followed, so it is only walked where something did.
fn read(
    snapshot: &mut store::Snapshot<'_>,
    no: PostingNo,
    (taken, held): (bool, bool),
) -> Result<Option<Record>, store::Error> {
    let Some((row, entries)) = snapshot.posting(no)? else { return Ok(None) };
    let facts = Facts::read(&row.facts).map_err(store::Error::other)?;
    let earlier = match row.reverses {
        Some(of) => find::at(snapshot, of)?,
        None => None,
    };
    let ended = matches!(facts, Facts::Authorise(_)) && !held;
    let later = if taken || ended { find::reversed_by(snapshot, no)? } else { Vec::new() };
    let pack = find::pack_kept(snapshot, row.pack)?;
    Ok(Some(Record { row, entries, facts, pack, earlier, later }))
}

fn page(visit: &Visit, record: &Record) -> PostingPage {
    let t = visit.t;
    let row = &record.row;
    let page = visit.page();
    let at = visit.moment(row.at);
    let since = record.pack.as_ref().map(|pack| visit.moment(pack.since).date());
    let view = visit.app.city.shared.read();
    let legs = record.entries.iter().map(|entry| leg(t, &view, entry, &record.row.kind)).collect();
    let link = |key: &str, found: &Found| {
        let text = t
            .say(key)
            .text("number", words::numbered(t, found.no))
            .text("kind", words::kind(t, &found.kind))
            .won("amount", found.amount);
        (text.to_string(), href(found.no))
    };
    let mut related: Vec<(String, String)> = Vec::new();
    related.extend(record.earlier.iter().map(|found| link("posting-earlier", found)));
    related.extend(record.later.iter().map(|found| link("posting-later", found)));
    let mut facts = Pairs { t, view: &view, list: Vec::new() };
    facts.add_all(&record.facts);
    PostingPage {
        t,
        page,
        number: words::numbered(t, row.no),
        id: row.no.to_string(),
        kind: words::kind(t, &row.kind),
        summary: summary(t, &record.facts, row.amount),
        at,
        business_date: date_of_day(row.day),
        actor: actor(t, row, &record.facts),
        client: client(t, row, &record.facts),
        rule: match (&record.pack, since) {
            (Some(pack), Some(since)) => t
                .say("posting-rule-of")
                .text("no", row.pack)
                .text("hash", pack.hash.iter().take(4).map(|b| format!("{b:02x}")).collect::<String>())
                .day("day", since)
                .to_string(),
            _ => row.pack.to_string(),
        },
        source: source(&view, record)
            .map_or_else(|| t.say("none").to_string(), |source| source.in_lang(t.lang).to_owned()),
        request_key: row.request_key.clone(),
        related,
        legs,
        facts: facts.list,
        before: row.no.0.checked_sub(1).filter(|no| *no > 0).map(|no| href(PostingNo(no))),
        after: (row.no < view.books.last_posting()).then(|| href(PostingNo(row.no.0 + 1))),
    }
}

fn href(no: PostingNo) -> String {
    format!("/books/postings/{}", no.0)
}

fn leg(t: Tongue, view: &View<CityView>, entry: &EntryRow, deed: &str) -> PostingLeg {
    let kind = |no| {
        let account = view.books.account(no);
        (
            account.and_then(|a| Class::numbered(a.key.class)),
            account.map_or(Unit::Won, |a| words::unit(a.unit)),
        )
    };
    let ((debit, unit), (credit, _)) = (kind(entry.debit), kind(entry.credit));
    let why = match (debit, credit) {
        (Some(Class::BankTrust | Class::ShopAdvance), Some(_)) if deed == "move-in" => "move-moved-in",
        (Some(debit), Some(credit)) => words::reason(debit, credit),
        _ => "move-other",
    };
    let shown = |amount| words::amount(t, unit, amount);
    PostingLeg {
        debit: words::account(t, view, entry.debit),
        credit: words::account(t, view, entry.credit),
        amount: shown(entry.amount),
        debit_after: shown(entry.debit_after),
        credit_after: shown(entry.credit_after),
        why: t.say(why).to_string(),
    }
}

/// The same of moving in.
fn moved_in(t: Tongue, facts: &MovingFacts, amount: i64) -> String {
    match facts {
        MovingFacts::Purses { purses, .. } => t.say("summary-move-in-purses").count("count", *purses),
        MovingFacts::Shops { shops, .. } => t.say("summary-move-in-shops").count("count", *shops),
        MovingFacts::Claim(_) => t.say("summary-move-in-claim").won("amount", amount),
        MovingFacts::Ended { .. } => t.say("summary-move-in-end"),
        MovingFacts::Began { .. } | MovingFacts::People { .. } | MovingFacts::Claims { .. } => {
            return String::new();
        }
    }
    .to_string()
}

/// The same of coupons.
fn coupons(t: Tongue, facts: &CouponFacts, amount: i64) -> String {
    let key = match facts {
        CouponFacts::Given { release: Some(_), .. } => "summary-claim",
        CouponFacts::Part { people, .. } => {
            return t.say("summary-coupons").won("amount", amount).count("people", *people).to_string();
        }
        CouponFacts::Back { .. } => "summary-coupon-back",
        _ => "summary-coupon",
    };
    t.say(key).won("amount", amount).to_string()
}

/// What happened, in a sentence.
fn summary(t: Tongue, facts: &Facts, amount: i64) -> String {
    let said = |key: &str| t.say(key).won("amount", amount);
    match facts {
        Facts::Pay(payment) | Facts::Capture { payment, .. } => {
            said("summary-pay").won("reward", payment.cashback.reward).to_string()
        }
        Facts::Authorise(_) => said("summary-authorise").to_string(),
        Facts::Release(release) if release.expired => said("summary-expired-hold").to_string(),
        Facts::Release(_) => said("summary-void").to_string(),
        Facts::TopUp(top_up) if top_up.cashback.reward > 0 => {
            said("summary-top-up-reward").won("reward", top_up.cashback.reward).to_string()
        }
        Facts::TopUp(_) => said("summary-top-up").to_string(),
        Facts::Refund(refund) => said("summary-refund").won("reward", refund.reward).to_string(),
        Facts::Gift(_) => said("summary-gift").to_string(),
        Facts::Withdraw(_) => said("summary-withdraw").to_string(),
        Facts::Settle(_) => said("summary-settle").to_string(),
        Facts::Giving(GivingFacts::Once(_)) => said("summary-give").to_string(),
        Facts::Giving(GivingFacts::Pass(_)) => said("summary-pass-gifts").to_string(),
        Facts::Giving(GivingFacts::Spend(_)) => said("summary-spend-gifts").to_string(),
        Facts::Confirm { payouts, .. } => {
            said("summary-confirm").count("count", super::count(payouts.len() as u64)).to_string()
        }
        Facts::Payouts(PayoutFacts::Failed { code, .. }) => {
            said("summary-payout-failed").text("code", code).to_string()
        }
        Facts::Treasury { .. } => said("summary-treasury").to_string(),
        Facts::Vote { .. } => said("summary-vote").to_string(),
        Facts::Disposed(gone) => {
            let said = t.say("summary-dispose").count("count", gone.count);
            match gone.until.parse::<Date>() {
                Ok(until) => said.day("until", until).to_string(),
                Err(_) => said.text("until", &gone.until).to_string(),
            }
        }
        Facts::Coupons(facts) => coupons(t, facts, amount),
        Facts::Expire { .. } => said("summary-expire").to_string(),
        Facts::Prepay(facts) => prepaid::summary(t, facts, amount),
        Facts::Moving(facts) => moved_in(t, facts, amount),
        Facts::Card { .. }
        | Facts::Shop { .. }
        | Facts::Person { .. }
        | Facts::Record { .. }
        | Facts::Token { .. }
        | Facts::Account { .. }
        | Facts::Role { .. }
        | Facts::Session { .. }
        | Facts::Passkey { .. }
        | Facts::Vouched { .. }
        | Facts::Giving(_)
        | Facts::Looks { .. }
        | Facts::Window { .. }
        | Facts::Organisation(_)
        | Facts::Keys { .. }
        | Facts::Tills(_)
        | Facts::Mail { .. }
        | Facts::Joining(_)
        | Facts::Proposal(_)
        | Facts::Batch { .. }
        | Facts::Payouts(_)
        | Facts::Pack { .. } => String::new(),
    }
}

/// The role, with the person's or the shop's id where the facts tell whose it was.
fn actor(t: Tongue, row: &PostingRow, facts: &Facts) -> String {
    let role = t.say(format!("role-{}", row.role));
    match subject(row, facts) {
        Some(id) => format!("{role} {id}"),
        None => role.to_string(),
    }
}

fn subject(row: &PostingRow, facts: &Facts) -> Option<String> {
    let (person, shop) = match facts {
        Facts::Pay(p) | Facts::Authorise(p) | Facts::Capture { payment: p, .. } => {
            (p.person, Some(p.merchant))
        }
        Facts::Refund(refund) => (refund.person, Some(refund.merchant)),
        Facts::Release(release) => (release.person, Some(release.merchant)),
        Facts::TopUp(top_up) => (top_up.person, None),
        Facts::Gift(gift) => (gift.from, None),
        Facts::Withdraw(withdrawal) => (withdrawal.person, None),
        Facts::Prepay(facts) => (*facts.people().first()?, facts.shop()),
        Facts::Giving(GivingFacts::Once(once)) => (once.person, None),
        _ => return None,
    };
    match &*row.role {
        "citizen" => Some(person.to_string()),
        "merchant" | "till" => shop.map(|shop| shop.to_string()),
        _ => None,
    }
}

/// The program that spoke: the city's own machinery, this site's pages, or a token's holder.
fn client(t: Tongue, row: &PostingRow, facts: &Facts) -> String {
    let of_pages = |id: &str| {
        let person = id.parse::<base::PersonId>().is_ok_and(|p| p.0 == row.client);
        person || id.parse::<base::MerchantId>().is_ok_and(|m| m.0 == row.client)
    };
    match row.client {
        0 => t.say("client-city").to_string(),
        1..=3 => t.say("client-pages").to_string(),
        _ if subject(row, facts).is_some_and(|id| of_pages(&id)) => t.say("client-pages").to_string(),
        client => t.say("client-token").text("id", format!("{client:016x}")).to_string(),
    }
}

/// The notice or rule it rests on.
fn source(view: &View<CityView>, record: &Record) -> Option<Source> {
    let pack = &view.town.pack;
    let cashback = match &record.facts {
        Facts::Pay(p) | Facts::Authorise(p) | Facts::Capture { payment: p, .. } => Some(&p.cashback),
        Facts::TopUp(top_up) => Some(&top_up.cashback),
        Facts::Prepay(PrepayFacts::Bought(bought)) => Some(&bought.cashback),
        Facts::Vote { budget, .. } => return pack.budget(budget).map(|budget| budget.source.clone()),
        _ => None,
    };
    let campaign = cashback.and_then(|cashback| pack.campaign(&cashback.campaign));
    let card = || pack.card_on(date_of_day(record.row.day)).map(|rules| rules.source.clone());
    campaign.map(|campaign| campaign.source.clone()).or_else(card)
}
