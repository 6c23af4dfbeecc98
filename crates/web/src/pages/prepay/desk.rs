//! `/desk/prepaid`: the guarantee, the city's claims on closed shops, and pledges with their codes.

use axum::extract::{Form, Query};
use axum::response::Response;
use base::{OrganisationId, Role, Won};
use city::prepay::read;
use city::{Command, NewPledge, OnPrepay};
use economy::decide::LARGEST;
use economy::{Class, business_number, chart};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::board::lines;
use super::{Sent, did, expired, thousandths, won_error};
use crate::frame::Visit;
use crate::look::{BorneLine, DeskPrepaidPage};
use crate::pages::wallet::typed;

const HOME: &str = "/desk/prepaid";

#[derive(Deserialize)]
pub(super) struct Asked {
    did: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    name: String,
    part_of: String,
    firms: String,
    people: String,
    amount: String,
}

/// Whether this visitor is one of the card's desk.
fn may(visit: &Visit) -> bool {
    let view = visit.app.city.shared.read();
    visit.role == Some(Role::Officer)
        && visit.visitor.is_some_and(|actor| city::may::holds(&actor, "pledge", &view.town.pack))
}

pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    if !may(&visit) {
        return visit.at_the_door();
    }
    let alert = did(&visit, asked.did.as_deref(), &[("pledged", "desk-prepaid-did-pledge")]);
    page(visit, Sent { alert, ..Sent::default() }, String::new()).await
}

async fn page(visit: Visit, mut sent: Sent, part_of: String) -> Response {
    let read = visit.app.read(|snapshot| Ok((read::board(snapshot)?, read::borne(snapshot)?)));
    let (board, borne) = match read.await {
        Ok(read) => read,
        Err(error) => return visit.refuse(error, "/desk"),
    };
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let page = {
        let view = visit.app.city.shared.read();
        let (books, town) = (&view.books, &view.town);
        // Every guarantee together: a city that begins another programme still owes for the last one.
        let mut guarantees: Vec<&str> = town.pack.prepayments.iter().map(|p| p.guarantee.as_str()).collect();
        guarantees.sort_unstable();
        guarantees.dedup();
        let sum = |class| -> i64 {
            guarantees.iter().map(|id| books.balance_of(&chart::budget(class, id).key)).sum()
        };
        let [voted, free, reserved] = [Class::BudgetVoted, Class::BudgetLeft, Class::BudgetReserved].map(sum);
        let claimed = voted - free - reserved;
        let open =
            town.claims.all().map(|claim| books.balance_of(&chart::prepaid(claim.holder, claim.no).key));
        DeskPrepaidPage {
            t: visit.t,
            page: frame,
            voted: Won(voted),
            reserved: Won(reserved),
            claimed: Won(claimed),
            free: Won(free),
            thousandths: thousandths(reserved + claimed, voted),
            open: Won(open.sum()),
            borne: borne
                .iter()
                .map(|line| {
                    let shop = town.directory.shop(line.merchant).map(|(_, shop)| shop);
                    BorneLine {
                        shop: shop.map(|shop| shop.name.clone()).unwrap_or_default(),
                        number: shop.map(|s| business_number::show(&s.business_number)).unwrap_or_default(),
                        count: line.count,
                        sum: Won(line.sum),
                        borne: Won(line.borne),
                    }
                })
                .collect(),
            pledges: lines(&board, true),
            request_key: sent.key(&visit, "pledge"),
            named: sent.field("name"),
            firms: sent.field("firms"),
            people: sent.field("people"),
            amount: sent.field("amount"),
            part_of,
            errors: std::mem::take(&mut sent.errors),
        }
    };
    visit.show_as(sent.status, &page)
}

/// An organisation's id, from the wish that named it first.
fn organisation(key: &str) -> OrganisationId {
    let hash = Sha256::digest(format!("pledge/{key}"));
    OrganisationId(hash.iter().take(8).fold(0, |bits, byte| (bits << 8) | u64::from(*byte)))
}

fn number(text: &str, least: u32) -> Option<u32> {
    let text: String = text.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    text.parse().ok().filter(|number| (least..=1_000_000).contains(number))
}

pub(super) async fn pledge(visit: Visit, Form(form): Form<Post>) -> Response {
    if !may(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HOME);
    }
    let mut sent = Sent::default();
    for (name, value) in
        [("name", &form.name), ("firms", &form.firms), ("people", &form.people), ("amount", &form.amount)]
    {
        sent.keep(name, value);
    }
    let (firms, people) = (number(&form.firms, 0), number(&form.people, 1));
    if firms.is_none() {
        sent.wrong("firms", &form.firms, visit.t.say("field-whole-number").to_string());
    }
    if people.is_none() {
        sent.wrong("people", &form.people, visit.t.say("field-whole-number").to_string());
    }
    let amount = typed::amount(&form.amount);
    if amount.is_none() {
        sent.wrong("amount", &form.amount, won_error(&visit, LARGEST));
    }
    if let (Some(firms), Some(people), Some(amount)) = (firms, people, amount) {
        let part_of = form.part_of.parse().ok();
        // Asked again with the same key it is the same organisation.
        let organisation = organisation(&form.request_key);
        let wish = NewPledge { organisation, name: form.name.clone(), part_of, firms, people, amount };
        match visit.ask(&form.request_key, Command::OnPrepay(OnPrepay::Pledge(wish))).await {
            Ok(_) => return visit.go(&format!("{HOME}?did=pledged")),
            Err(rejected) => {
                sent.refused(&visit, &rejected, "pledge", form.request_key);
                if rejected.refusal.code == "pledge.name" {
                    let (short, status) = (visit.alert(&rejected).what, sent.status);
                    sent.wrong("name", &form.name, short);
                    sent.status = status;
                }
            }
        }
    }
    page(visit, sent, form.part_of).await
}
