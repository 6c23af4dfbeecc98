//! Files in words, alike for who applied and who decides.

use base::date_of_day;
use city::CityView;
use city::joining::{File, Said};
use economy::business_number;
use economy::decide::joining::{FileState, appeal_until, may_appeal, missing};

use crate::frame::Visit;
use crate::look::{Choice, Field, MembershipFile, MembershipLine, Tongue};

/// How far a file has come, in a word, with its chip.
pub(super) fn state(t: Tongue, file: &File, lacks: bool) -> (String, &'static str) {
    let key = match (file.state, file.cancels, lacks) {
        (FileState::Filed, _, true) => "lacks",
        (FileState::Upheld, true, _) => "reopened",
        (FileState::Dismissed, true, _) => "stays-cancelled",
        (state, ..) => state.code(),
    };
    let chip = match file.state {
        FileState::Accepted | FileState::Upheld => "on",
        FileState::Filed | FileState::Appealed => "soon",
        FileState::Refused | FileState::Withdrawn | FileState::Cancelled | FileState::Dismissed => "off",
    };
    (t.say(format!("join-state-{key}")).to_string(), chip)
}

/// A file as it is shown to who applied, and to the desk.
pub(super) fn shown(visit: &Visit, town: &CityView, file: &File, said: Said) -> MembershipFile {
    let (t, pack) = (visit.t, &town.pack);
    let rules = &pack.settlement.joining;
    let lacks = if file.state == FileState::Filed { missing(rules, &file.papers) } else { Vec::new() };
    let trade = pack.city.trades.get(usize::from(file.trade)).map(|trade| trade.name.in_lang(t.lang));
    let district = pack.city.districts.get(usize::from(file.district));
    let district = district.map(|district| district.name.in_lang(t.lang));
    let decided = file.decided.map(|at| town.zone.day_number(at));
    let today = town.zone.day_number(visit.app.now());
    let appeal = decided.filter(|day| may_appeal(today, file.state, *day, rules).is_ok());
    let ground = file.ground.as_deref().and_then(|id| rules.ground(id));
    MembershipFile {
        id: file.id.to_string(),
        name: file.name.clone(),
        number: business_number::show(&file.business_number),
        about: [trade, district].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        state: state(t, file, !lacks.is_empty()),
        next: next(t, town, file, !lacks.is_empty()),
        missing: lacks.into_iter().map(|at| rules.papers[at].name.in_lang(t.lang).to_owned()).collect(),
        ground: ground
            .map(|ground| (ground.name.in_lang(t.lang).to_owned(), ground.source.in_lang(t.lang).to_owned())),
        why: said.why,
        appeal: said.appeal,
        answer: said.answer,
        may_withdraw: file.state == FileState::Filed,
        appeal_until: appeal.map(|day| date_of_day(appeal_until(rules, day))),
        request_key: visit.app.request_key(),
        text: Field::default(),
    }
}

/// What is next, in a sentence.
fn next(t: Tongue, town: &CityView, file: &File, lacks: bool) -> String {
    let due = file.due(&town.pack.settlement.joining, &town.zone).map(date_of_day);
    let said = match (file.state, due) {
        (FileState::Filed, _) if lacks => t.say("join-next-lacks"),
        (FileState::Filed, Some(due)) => t.say("join-next-filed").day("due", due),
        (FileState::Filed, None) => t.say("join-next-lacks"),
        (FileState::Appealed, Some(due)) => t.say("join-next-appealed").day("due", due),
        (FileState::Appealed, None) => t.say("join-state-appealed"),
        (FileState::Accepted | FileState::Upheld, _) => {
            t.say("join-next-accepted").text("card", town.pack.city.card_name.in_lang(t.lang))
        }
        (FileState::Refused, _) => t.say("join-next-refused"),
        (FileState::Withdrawn, _) => t.say("join-next-withdrawn"),
        (FileState::Cancelled, _) => t.say("join-next-cancelled"),
        (FileState::Dismissed, _) => t.say("join-next-dismissed"),
    };
    let said = said.to_string();
    match file.barred_until.filter(|_| file.state != FileState::Upheld) {
        Some(until) => {
            let barred = t.say("join-next-barred").text("until", t.full_day(date_of_day(until)));
            format!("{said} {barred}")
        }
        None => said,
    }
}

/// A line of the desk.
pub(super) fn line(visit: &Visit, town: &CityView, file: &File, today: i32) -> MembershipLine {
    let rules = &town.pack.settlement.joining;
    let due = file.due(rules, &town.zone);
    let lacks = file.state == FileState::Filed && !missing(rules, &file.papers).is_empty();
    let at = file.answered.or(file.appealed).or(file.decided).unwrap_or(file.filed);
    MembershipLine {
        href: format!("/desk/joining/{}", file.id),
        name: file.name.clone(),
        number: business_number::show(&file.business_number),
        state: state(visit.t, file, lacks),
        at: town.zone.civil(at),
        due: due.map(date_of_day),
        overdue: due.is_some_and(|due| due < today),
    }
}

/// The pack's grounds, to choose from.
pub(super) fn grounds(t: Tongue, town: &CityView, chosen: &str) -> Vec<Choice> {
    let grounds = town.pack.settlement.joining.grounds.iter();
    grounds
        .map(|ground| Choice {
            value: ground.id.clone(),
            name: ground.name.in_lang(t.lang).to_owned(),
            chosen: ground.id == chosen,
        })
        .collect()
}
