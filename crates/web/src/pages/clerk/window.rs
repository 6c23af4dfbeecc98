//! `GET /clerk?find=…`: who stands at the window.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use base::{Actor, CardId, Instant, PersonId, PostingNo, Refusal, Won, date_of_day};
use city::read::people::{Known, Register, Sought, cards_of, masked};
use city::read::receipt;
use city::{CardRef, CityView, Matter};
use economy::holder::{CardState, show_card_number};
use economy::store::Issued;
use economy::{Facts, phone};
use ledger::Books;
use rules::Pack;
use serde::Deserialize;

use super::forms::NO_CARD;
use super::{drafts, handing, is_clerk, sees, stamps, today};
use crate::frame::Visit;
use crate::look::{
    Alert, CardAtWindow, Choice, ClerkPage, ClosedPerson, EnrolForm, Field, FieldError, FoundPerson,
    PersonAtWindow, Tongue,
};
use crate::pages::tills::notices;
use crate::pages::wallet::home::{in_hand, own_cards};
use crate::pages::wallet::wallet_now;

/// As many locked cards as are listed.
const TASKS: usize = 20;
/// What a post has done, where no more is to be said of it.
const DONE: [(&str, &str); 6] = [
    ("stamps", "done-stamps"),
    ("draft-kept", "done-draft-kept"),
    ("draft-dropped", "done-draft-dropped"),
    ("handed", "done-handed"),
    ("accepted", "done-accepted"),
    ("ended", "done-ended"),
];

/// What a form left behind: it is shown again as it was typed.
#[derive(Default)]
pub(super) struct Sent {
    pub find: String,
    pub enrol: Option<EnrolForm>,
    pub top_up: Option<(String, Field)>,
    pub pin: Option<(CardId, String)>,
    pub why: Option<(String, Field)>,
    pub errors: Vec<FieldError>,
    pub alert: Option<Alert>,
    /// A card just handed out: its whole number is shown.
    pub new_card: Option<CardId>,
    pub status: StatusCode,
}

/// What is read in one snapshot.
struct Rows {
    found: Vec<Known>,
    /// Found, and not this clerk's to see.
    closed: Vec<Known>,
    /// Of the one who was found, if it is one.
    cards: Vec<Issued>,
    waiting: today::Waiting,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    find: Option<String>,
    done: Option<String>,
    card: Option<String>,
    draft: Option<String>,
}

pub(super) async fn window(visit: Visit, Query(asked): Query<Asked>) -> Response {
    if !is_clerk(&visit) {
        return visit.at_the_door();
    }
    let mut sent = Sent { find: asked.find.unwrap_or_default(), ..Sent::default() };
    if let Some(no) = asked.done.and_then(|text| text.parse::<PostingNo>().ok()) {
        sent.alert = topped_up(&visit, no).await;
    }
    let card = asked.card.and_then(|text| text.parse::<CardId>().ok());
    if let Some(card) = card.filter(|card| holder_of(&visit, *card).is_some()) {
        let (key, hands_out) = match visit.did_what() {
            Some("replaced") => ("done-replaced", true),
            Some("issued") => ("done-issued", true),
            Some("enrolled") => ("done-enrolled", true),
            Some("unlocked") => ("done-unlocked", false),
            _ => ("done-pin", false),
        };
        sent.new_card = hands_out.then_some(card);
        let name = match key {
            "done-enrolled" => holder_name(&visit, card).await,
            _ => String::new(),
        };
        sent.alert = Some(Alert::done(visit.t.say(key).text("name", name).to_string()));
    }
    if sent.alert.is_none() {
        sent.alert = match visit.did_what() {
            Some("enrolled") => taken_in(&visit, &sent.find).await,
            _ => visit.did(&DONE),
        };
    }
    if let Some(draft) = asked.draft {
        let found = match draft.parse() {
            Ok(id) => drafts::find(&visit, id).await,
            Err(_) => Ok(None),
        };
        match found {
            Ok(Some(found)) => sent.enrol = Some(drafts::form_of(&visit, found)),
            Ok(None) => return visit.refuse(Refusal::new("draft.unknown"), "/clerk"),
            Err(rejected) => return visit.refuse(rejected, "/clerk"),
        }
    }
    show(visit, sent).await
}

/// Somebody was taken in without a card.
async fn taken_in(visit: &Visit, find: &str) -> Option<Alert> {
    let person = find.parse::<PersonId>().ok().filter(|person| sees(visit, *person))?;
    let read = visit
        .app
        .register(visit.looks("window.person", "service"), move |register| register.naming(person))
        .await;
    let name = read.ok().flatten().map(|naming| naming.name)?;
    Some(Alert::done(visit.t.say("done-enrolled-no-card").text("name", name).to_string()))
}

/// Whose a card is, if they are within reach.
fn holder_of(visit: &Visit, card: CardId) -> Option<PersonId> {
    let person = visit.app.city.shared.read().town.directory.card(CardRef::Id(card)).map(|card| card.person);
    person.filter(|person| sees(visit, *person))
}

async fn holder_name(visit: &Visit, card: CardId) -> String {
    let Some(person) = holder_of(visit, card) else { return String::new() };
    let read = visit
        .app
        .register(visit.looks("window.person", "service"), move |register| register.naming(person))
        .await;
    read.ok().flatten().map(|naming| naming.name).unwrap_or_default()
}

async fn topped_up(visit: &Visit, no: PostingNo) -> Option<Alert> {
    let found = visit.app.read(move |snapshot| receipt::receipt(snapshot, no)).await.ok()??;
    let Facts::TopUp(top_up) = &found.facts else { return None };
    sees(visit, top_up.person).then_some(())?;
    visit.app.look_at(visit.looks("window.receipt", "service"), vec![top_up.person]).await.ok()?;
    let said = visit.t.say("done-window-top-up");
    Some(Alert::done(said.won("amount", Won(top_up.amount)).won("balance", Won(top_up.balance)).to_string()))
}

/// The window, with what a form left behind.
pub(super) async fn show(visit: Visit, sent: Sent) -> Response {
    let looked = !sent.find.trim().is_empty();
    let (sought, locked) = {
        let view = visit.app.city.shared.read();
        let directory = &view.town.directory;
        let reaches =
            |person| visit.visitor.is_some_and(|actor| city::may::sees_person(&actor, person, directory));
        let locked = directory.cards().iter().filter(|card| card.state == CardState::Locked);
        let locked = locked.filter(|card| reaches(card.person));
        let locked: BTreeSet<PersonId> = locked.take(TASKS).map(|card| card.person).collect();
        (Sought::read(&sent.find, directory), locked)
    };
    let looks = visit.looks("window.search", "service");
    let pack = Arc::clone(&visit.app.city.shared.read().town.pack);
    let sight = Sight { actor: visit.actor().unwrap_or(Actor::SYSTEM), sees: visit.app.sees, pack };
    let untold = match notices::waiting(&visit, TASKS).await {
        Ok(untold) => untold,
        Err(rejected) => return visit.refuse(rejected, "/clerk"),
    };
    let read =
        visit.app.register(looks, move |register| rows(register, sought, (&locked, &untold), &sight)).await;
    let rows = match read {
        Ok(rows) => rows,
        Err(error) => return visit.refuse(error, "/clerk"),
    };
    let status = sent.status;
    let page = page(&visit, rows, looked, sent);
    visit.show_as(status, &page)
}

/// Whom this clerk may see.
pub(super) struct Sight {
    pub actor: Actor,
    sees: fn(&Actor, Option<u8>) -> bool,
    pub pack: Arc<Pack>,
}

impl Sight {
    /// Whether a neighbourhood is of their area: who is searched for by name or telephone is looked for there only.
    fn reaches(&self, district: Option<&str>) -> bool {
        let at = district.and_then(|code| economy::store::district(&self.pack.city, code));
        (self.sees)(&self.actor, at)
    }

    /// A person of their area, or one whose glass they broke.
    pub(super) fn lets(&self, register: &mut Register<'_, '_>, known: &Known) -> Result<bool, store::Error> {
        if self.reaches(known.district.as_deref()) {
            return Ok(true);
        }
        let by = city::looks::who(self.actor);
        let lets = city::looks::glass_lets(register.snapshot(), &by, known.id)?;
        if lets {
            register.by_glass(known.id);
        } else {
            register.shown_as(known.id, "window.closed");
        }
        Ok(lets)
    }
}

fn sought_none(found: &[Known], closed: &[Known]) -> bool {
    found.is_empty() && closed.is_empty()
}

fn rows(
    register: &mut Register<'_, '_>,
    sought: Option<Sought>,
    (locked, untold): (&BTreeSet<PersonId>, &[PersonId]),
    sight: &Sight,
) -> Result<Rows, store::Error> {
    let all = match sought {
        Some(sought) => sought.find(register, |code| sight.reaches(code))?,
        None => Vec::new(),
    };
    let (mut found, mut closed) = (Vec::new(), Vec::new());
    for known in all {
        if locked.contains(&known.id) {
            register.for_task(known.id, "unlock");
        }
        if sight.lets(register, &known)? { &mut found } else { &mut closed }.push(known);
    }
    let cards = match found.as_slice() {
        [one] if closed.is_empty() => {
            register.shown_as(one.id, "window.person");
            cards_of(register.snapshot(), one.id)?
        }
        _ => Vec::new(),
    };
    // The list stands on the page that nobody was looked for on.
    let waiting = match sought_none(&found, &closed) {
        true => today::read(register, sight, locked, untold)?,
        false => today::Waiting::default(),
    };
    Ok(Rows { found, closed, cards, waiting })
}

fn page(visit: &Visit, rows: Rows, looked: bool, mut sent: Sent) -> ClerkPage {
    let (t, app) = (visit.t, &*visit.app);
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let one = (rows.found.len() == 1 && rows.closed.is_empty()).then(|| rows.found.first()).flatten();
    let room = one.and_then(|one| wallet_now(app, one.id)).map_or((0, 0), |now| (now.total, now.room));
    let now = app.now();
    let view = app.city.shared.read();
    let town = &view.town;
    let closed = closed(visit, town, &rows.closed, sent.why.take());
    let person = one.map(|one| at_window(visit, (town, &view.books), one, &rows.cards, room, &mut sent));
    let new_number = sent.new_card.and_then(|id| {
        let mine = rows.cards.iter().find(|issued| issued.id == id)?;
        // An old link must not show a whole number again.
        let today = town.zone.date(mine.issued) == town.zone.date(now);
        let card = town.directory.card(CardRef::Id(id)).filter(|card| card.state == CardState::Active)?;
        today.then(|| show_card_number(card.number))
    });
    ClerkPage {
        t,
        page: frame,
        tasks: rows.waiting.tasks(visit, town),
        given: rows.waiting.given(visit),
        listed: rows.waiting.read,
        errors: sent.errors,
        // What the address says of a person already found is no name to type.
        find: Field::of(if one.is_some() { String::new() } else { sent.find }),
        closed,
        found: (looked && one.is_none() && (rows.closed.is_empty() || !rows.found.is_empty())).then(|| {
            rows.found
                .iter()
                .map(|naming| FoundPerson {
                    href: format!("/clerk?find={}", naming.id),
                    name: naming.name.clone(),
                    about: about(town, t, naming, phone::masked),
                })
                .collect()
        }),
        person,
        new_number,
        enrol: sent.enrol.unwrap_or_else(|| enrol_form(visit, town, app.request_key(), ("", "plastic"))),
    }
}

/// Those who are not this clerk's to see: masked, with a way to break the glass.
fn closed(
    visit: &Visit,
    town: &CityView,
    people: &[Known],
    sent: Option<(String, Field)>,
) -> Vec<ClosedPerson> {
    let shown = |known: &Known| {
        let district = known.district.as_deref().and_then(|code| town.pack.city.district(code));
        let typed = sent.as_ref().filter(|(id, _)| *id == known.id.to_string());
        ClosedPerson {
            id: known.id.to_string(),
            name: masked(&known.name),
            about: match district {
                Some(district) => district.name.in_lang(visit.t.lang).to_owned(),
                None => visit.t.say("clerk-elsewhere").to_string(),
            },
            request_key: visit.app.request_key(),
            why: typed.map(|(_, why)| why.clone()).unwrap_or_default(),
        }
    };
    people.iter().map(shown).collect()
}

/// Born, neighbourhood, telephone: what tells people of one name apart.
pub(in crate::pages) fn about(
    town: &CityView,
    t: Tongue,
    naming: &Known,
    phone: impl Fn(&str) -> String,
) -> String {
    let born = naming.birth_day.map(date_of_day);
    let district = naming.district.as_deref().and_then(|code| town.pack.city.district(code));
    let parts = [
        born.map(|date| t.say("clerk-born").text("year", date.year()).to_string()),
        Some(match district {
            Some(district) => district.name.in_lang(t.lang).to_owned(),
            None => t.say("clerk-elsewhere").to_string(),
        }),
        naming.phone.as_deref().map(phone),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn at_window(
    visit: &Visit,
    (town, books): (&CityView, &Books),
    naming: &Known,
    issued: &[Issued],
    (balance, room): (i64, i64),
    sent: &mut Sent,
) -> PersonAtWindow {
    let (t, app) = (visit.t, &*visit.app);
    let (top_up_key, top_up) = sent.top_up.take().unwrap_or_else(|| (app.request_key(), Field::default()));
    let pin = sent.pin.take();
    let cards = own_cards(&town.directory, issued);
    PersonAtWindow {
        id: naming.id.to_string(),
        name: naming.name.clone(),
        about: about(town, t, naming, str::to_owned),
        balance: Won(balance),
        cards: cards
            .iter()
            .map(|(card, at): &(_, Instant)| CardAtWindow {
                card: in_hand(town, t, card, *at, app.request_key()),
                has_pin: card.pin.is_some(),
                pin: match &pin {
                    Some((id, error)) if *id == card.id => Field::wrong("", error.clone()),
                    _ => Field::default(),
                },
            })
            .collect(),
        top_up_key,
        top_up,
        top_up_room: Won(room),
        card_key: app.request_key(),
        code_key: app.request_key(),
        stamps: stamps::at_window(visit, (town, books), naming.id),
        hand: handing::form(visit, town, Matter::Person(naming.id)),
    }
}

/// An enrolment with these choices made.
pub(super) fn enrol_form(
    visit: &Visit,
    town: &CityView,
    request_key: String,
    (district, kind): (&str, &str),
) -> EnrolForm {
    let t = visit.t;
    let sees = visit.visitor.map(|actor| city::may::sight(actor, &town.pack));
    let reached = |code: &str| sees.as_ref().is_some_and(|sees| sees(Some(code)));
    let here = town.pack.city.districts.iter().filter(|d| reached(&d.code));
    let mut districts: Vec<Choice> = here
        .map(|d| Choice {
            value: d.code.clone(),
            name: d.name.in_lang(t.lang).to_owned(),
            chosen: d.code == district,
        })
        .collect();
    districts.sort_by(|a, b| a.name.cmp(&b.name));
    let kinds = [("plastic", "card-plastic"), ("phone", "card-phone"), (NO_CARD, "enrol-no-card")]
        .map(|(value, key)| Choice {
            value: value.to_owned(),
            name: t.say(key).to_string(),
            chosen: value == kind,
        })
        .into();
    EnrolForm { request_key, districts, kinds, ..EnrolForm::default() }
}
