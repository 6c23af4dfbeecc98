//! `/desk/joining/{id}`: one application or appeal, and what the officer decides.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{ApplicationId, date_of_day};
use city::joining::{File, said};
use city::{Command, OnShops};
use economy::decide::joining::FileState;

use super::desk::{PAGE, is_theirs};
use super::form::{Post, Sent};
use super::{expired, unknown, words};
use crate::frame::Visit;
use crate::look::{DeskJoiningFilePage, DeskTask, PaperLine};

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    if !is_theirs(&visit) {
        return visit.at_the_door();
    }
    one(visit, &id, Sent::default()).await
}

fn found(visit: &Visit, id: &str) -> Option<File> {
    let id = id.parse::<ApplicationId>().ok()?;
    visit.app.city.shared.read().town.directory.joining.get(id).cloned()
}

async fn one(visit: Visit, id: &str, sent: Sent) -> Response {
    let Some(file) = found(&visit, id) else { return visit.refuse(unknown(), PAGE) };
    // Who applied is named: a look.
    let (looks, person, (vault, no)) =
        (visit.looks("desk.joining", "joining"), file.person, (visit.app.city.vault(), file.id));
    let read = visit.app.register(looks, move |register| {
        let name = match person {
            Some(person) => register.naming(person)?.map(|known| known.name),
            None => None,
        };
        Ok(name.unwrap_or_default())
    });
    let applicant = match read.await {
        Ok(applicant) => applicant,
        Err(unseen) => return visit.refuse(unseen, PAGE),
    };
    let told = match visit.app.read(move |snapshot| said(snapshot, &vault, no)).await {
        Ok(told) => told,
        Err(error) => return visit.refuse(error, PAGE),
    };
    let mut frame = visit.page();
    frame.alert.clone_from(&sent.alert);
    let page = {
        let view = visit.app.city.shared.read();
        let town = &view.town;
        let rules = &town.pack.settlement.joining;
        let due = file.due(rules, &town.zone);
        let today = town.zone.day_number(visit.app.now());
        let papers = rules.papers.iter().map(|paper| PaperLine {
            id: paper.id.clone(),
            name: paper.name.in_lang(visit.t.lang).to_owned(),
            seen: file.papers.contains(&paper.id),
            request_key: visit.app.request_key(),
        });
        DeskJoiningFilePage {
            t: visit.t,
            page: frame,
            errors: sent.errors(),
            file: words::shown(&visit, town, &file, told),
            applicant,
            papers: papers.collect(),
            due: due.map(date_of_day),
            overdue: due.is_some_and(|due| due < today),
            task: match file.state {
                FileState::Filed => DeskTask::Decide,
                FileState::Appealed => DeskTask::Answer,
                _ => DeskTask::Nothing,
            },
            grounds: words::grounds(visit.t, town, &sent.typed.ground),
            request_key: visit.app.request_key(),
            why: sent.field("why", &sent.typed.why),
        }
    };
    visit.show_as(sent.status, &page)
}

pub(super) async fn decide(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    if !is_theirs(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), PAGE);
    }
    let Ok(application) = id.parse::<ApplicationId>() else { return visit.refuse(unknown(), PAGE) };
    let (ground, why) = (form.ground.clone(), form.why.clone());
    let command = match form.action.as_str() {
        "paper" => OnShops::Seen { application, paper: form.paper.clone() },
        "accept" => OnShops::Accept { application },
        "refuse" => OnShops::Refuse { application, ground, why },
        "uphold" => OnShops::Answer { application, right: true, why },
        "dismiss" => OnShops::Answer { application, right: false, why },
        _ => return visit.refuse(unknown(), PAGE),
    };
    match visit.ask(&form.request_key, Command::OnShops(command)).await {
        Ok(_) => visit.go(&format!("{PAGE}/{application}")),
        Err(rejected) if rejected.status == StatusCode::NOT_FOUND => visit.refuse(rejected, PAGE),
        Err(rejected) => {
            let field = match rejected.refusal.code {
                "application.ground" => "ground",
                code if code.starts_with("reason") => "why",
                _ => "",
            };
            let alert = Some(visit.alert(&rejected));
            one(visit, &id, Sent { status: rejected.status, typed: form, field, alert }).await
        }
    }
}
