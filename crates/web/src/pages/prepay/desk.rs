//! `/desk/prepaid`: the guarantee, the city's claims on closed shops, and pledges with their codes.

use axum::extract::Form;
use axum::response::Response;
use base::{OrganisationId, Won};
use city::prepay::read;
use city::{Command, NewPledge, OnPrepay};
use economy::decide::LARGEST;
use economy::{Class, business_number, chart};
use people::organisation::Kind;
use serde::Deserialize;

use super::board::lines;
use super::{Sent, expired, thousandths, won_error};
use crate::frame::Visit;
use crate::look::{BorneLine, DeskPrepaidPage};
use crate::pages::wallet::typed;

const HOME: &str = "/desk/prepaid";

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    organisation: String,
    people: String,
    amount: String,
}

/// Whether this visitor is one of the card's desk.
fn may(visit: &Visit) -> bool {
    visit.is_officer_for("pledge")
}

pub(super) async fn show(visit: Visit) -> Response {
    if !may(&visit) {
        return visit.at_the_door();
    }
    let alert = visit.did(&[("pledged", "desk-prepaid-did-pledge")]);
    page(visit, Sent { alert, ..Sent::default() }).await
}

async fn page(visit: Visit, mut sent: Sent) -> Response {
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
        let associations = town
            .directory
            .organisations
            .all()
            .filter(|one| one.kind == Kind::Association && one.period.until().is_none());
        let associations =
            associations.map(|one| (one.id.to_string(), one.named(visit.t.lang).to_owned())).collect();
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
            pledges: lines(
                town,
                visit.t.lang,
                &board.within(&town.directory.organisations, visit.t.today),
                true,
            ),
            associations,
            request_key: sent.key(&visit, "pledge"),
            organisation: sent.field("organisation"),
            people: sent.field("people"),
            amount: sent.field("amount"),
            errors: std::mem::take(&mut sent.errors),
        }
    };
    visit.show_as(sent.status, &page)
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
        [("organisation", &form.organisation), ("people", &form.people), ("amount", &form.amount)]
    {
        sent.keep(name, value);
    }
    let organisation = form.organisation.parse::<OrganisationId>().ok();
    if organisation.is_none() {
        sent.wrong(
            "organisation",
            &form.organisation,
            visit.t.say("refusal-organisation-unknown").to_string(),
        );
    }
    let people = number(&form.people, 1);
    if people.is_none() {
        sent.wrong("people", &form.people, visit.t.say("field-whole-number").to_string());
    }
    let amount = typed::amount(&form.amount);
    if amount.is_none() {
        sent.wrong("amount", &form.amount, won_error(&visit, LARGEST));
    }
    if let (Some(organisation), Some(people), Some(amount)) = (organisation, people, amount) {
        let wish = NewPledge { organisation, people, amount };
        match visit.ask(&form.request_key, Command::OnPrepay(OnPrepay::Pledge(wish))).await {
            Ok(_) => return visit.go(&format!("{HOME}?did=pledged")),
            Err(rejected) => {
                sent.refused(&visit, &rejected, "pledge", form.request_key);
                if matches!(rejected.refusal.code, "pledge.association" | "organisation.unknown") {
                    let (short, status) = (visit.alert(&rejected).what, sent.status);
                    sent.wrong("organisation", &form.organisation, short);
                    sent.status = status;
                }
            }
        }
    }
    page(visit, sent).await
}
