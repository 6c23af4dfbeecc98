//! The page, with what a form left behind.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use axum::response::Response;
use base::{Month, PersonId, PostingNo, Won};
use city::Help;
use city::read::households::{Together, together};
use city::read::people::{Known, Register, masked};
use economy::{Facts, chart};
use people::delegation::Act;
use people::fact::{Kind, valid_on};
use people::household::Size;
use people::notice::About;
use people::{Fact, File, Kept, Notice};

use super::{Subject, household, papers, words};
use crate::frame::Visit;
use crate::look::{
    Alert, Choice, ConsentForm, ConsentLine, FactForm, FactLine, Field, FieldError, HelpForm, HelperLine,
    HelpingLine, LinkForm, LinkLine, RecordsPage, SeenWallet, ToldLine,
};
use crate::pages::clerk::about;

/// As many of what helpers did as are shown.
const TOLD: usize = 20;

/// What a form left behind: it is shown again as it was typed.
#[derive(Default)]
pub(super) struct Sent {
    pub alert: Option<Alert>,
    pub errors: Vec<FieldError>,
    pub status: StatusCode,
    /// What a helper asked to see, of whom.
    pub seen: Option<(PersonId, SeenWallet)>,
    /// Which form, and what stood in it.
    pub form: Option<(Which, super::forms::Post)>,
}

/// The forms whose fields are kept when they are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Fact,
    Consent,
    Help,
    Link,
    Pay,
    Paper,
    HouseBegin,
    HouseJoin,
    HouseAdd,
    HouseChange,
    HouseLeave,
}

/// What the person was told, with the posting it was about.
type Told = Kept<(Notice, Option<PostingNo>)>;

/// What is read in one snapshot.
pub(super) struct Rows {
    own: Option<Known>,
    pub file: File,
    names: BTreeMap<PersonId, Known>,
    told: Vec<(Told, Option<Facts>)>,
    household: (Option<Together>, Option<Size>),
}

pub(super) async fn show(visit: Visit, subject: Subject, sent: Sent) -> Response {
    let helping: Vec<(usize, Help)> = if subject.at_window {
        Vec::new()
    } else {
        let view = visit.app.city.shared.read();
        let own = view.town.directory.helpers.by(subject.person);
        own.filter(|(_, help)| help.is_alive(visit.t.today)).map(|(place, help)| (place, *help)).collect()
    };
    let helped: Vec<PersonId> = helping.iter().map(|(_, help)| help.delegation.person).collect();
    let looker = if subject.at_window {
        visit.looks("window.records", "service")
    } else {
        visit.looks("me.helped", "help")
    };
    let (sees, today) = (subject.sight(&visit), visit.t.today);
    let read = visit.app.register(looker, move |register| {
        // Whoever lives there may know with whom: the names are masked. Their own records are all their own.
        let mut rows = rows(register, subject.person, &helped, &sees)?;
        rows.household = together(register, (subject.person, &rows.file), today, &sees, &sees)?;
        let what = if subject.at_window { "window.household" } else { "me.household" };
        let others = rows.household.0.iter().flat_map(|together| &together.others);
        for known in others.filter_map(|member| member.known.as_ref()) {
            register.shown_as(known.id, what);
        }
        Ok(rows)
    });
    let read = read.await;
    let rows = match read {
        Ok(rows) => rows,
        Err(error) => return visit.refuse(error, "/"),
    };
    let status = sent.status;
    let page = page(&visit, subject, &rows, &helping, sent);
    visit.show_as(status, &page)
}

fn rows(
    register: &mut Register<'_, '_>,
    person: PersonId,
    helped: &[PersonId],
    sees: impl Fn(Option<&str>) -> bool,
) -> Result<Rows, store::Error> {
    let own = register.naming(person)?;
    let file = register.file_within(person, sees)?;
    let mut others: BTreeSet<PersonId> = file.helpers.iter().map(|kept| kept.what.helper).collect();
    others.extend(helped.iter().chain(&file.records));
    let mut names = BTreeMap::new();
    for other in others.into_iter().filter(|other| *other != person) {
        names.extend(register.naming(other)?.map(|known| (other, known)));
    }
    let mut told = Vec::new();
    for kept in file.notices.iter().rev().take(TOLD) {
        let facts = match kept.what.1 {
            Some(no) => register.snapshot().posting_alone(no)?,
            None => None,
        };
        told.push((kept.clone(), facts.and_then(|row| Facts::read(&row.facts).ok())));
    }
    Ok(Rows { own, file, names, told, household: (None, None) })
}

impl Rows {
    pub(super) fn name(&self, person: PersonId) -> String {
        self.names.get(&person).map(|known| known.name.clone()).unwrap_or_default()
    }

    /// A helper's name. Masked for who chose them: a telephone number must not be a way to learn whose it is.
    fn helper(&self, helper: PersonId, subject: Subject) -> String {
        let name = self.name(helper);
        if subject.at_window { name } else { masked(&name) }
    }
}

fn page(
    visit: &Visit,
    subject: Subject,
    rows: &Rows,
    helping: &[(usize, Help)],
    mut sent: Sent,
) -> RecordsPage {
    let papers = papers::shown(visit, subject, rows, &sent);
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let (facts, past) = facts(visit, &rows.file);
    let helper = |kept: &Kept<people::Delegation>| {
        let help = Help { record: kept.id, delegation: kept.what };
        line(visit, &help, rows.helper(kept.what.helper, subject))
    };
    let (alive, over): (Vec<_>, Vec<_>) =
        rows.file.helpers.iter().rev().map(helper).partition(|line| line.alive);
    let own = rows.own.as_ref().map(|own| own.name.clone()).unwrap_or_default();
    RecordsPage {
        t: visit.t,
        page: frame,
        base: subject.base(),
        whose: subject.at_window.then_some(own),
        back: format!("/clerk?find={}", subject.person),
        facts,
        past,
        household: household::shown(
            visit,
            subject,
            &rows.file,
            (rows.household.0.as_ref(), rows.household.1),
            &sent,
        ),
        papers,
        consents: consents(visit, &rows.file),
        helpers: alive,
        past_helpers: over,
        told: rows
            .told
            .iter()
            .map(|(kept, facts)| told(visit, subject, rows, kept, facts.as_ref()))
            .collect(),
        helping: helping.iter().map(|(place, help)| being_helped(visit, rows, *place, help, &sent)).collect(),
        links: links(visit, subject, rows),
        fact_form: fact_form(visit, &sent),
        consent_form: consent_form(visit, &sent),
        help_form: help_form(visit, &sent),
        link_form: link_form(visit, &sent),
        errors: sent.errors,
    }
}

fn facts(visit: &Visit, file: &File) -> (Vec<FactLine>, Vec<FactLine>) {
    let t = visit.t;
    let line = |kept: &Kept<Fact>, against: Option<&Fact>| FactLine {
        id: kept.id.to_string(),
        name: words::kind(t, &kept.what.datum.kind()),
        value: words::value(t, &kept.what.datum),
        source: words::origin(t, &kept.what),
        against: against.map(|fact| words::against(t, fact)),
        struck: kept.what.struck.as_ref().map(|struck| struck.why.to_string()),
        request_key: visit.app.request_key(),
    };
    let known = file.known();
    let kinds: BTreeSet<Kind> = known.iter().map(|fact| fact.datum.kind()).collect();
    let readings: Vec<_> = kinds.iter().filter_map(|kind| valid_on(&known, kind, t.today)).collect();
    let counts = |index: usize| readings.iter().find(|reading| std::ptr::eq(reading.fact, &known[index]));
    let (mut now, mut past) = (Vec::new(), Vec::new());
    for (index, kept) in file.facts.iter().enumerate() {
        match counts(index) {
            Some(reading) => now.push(line(kept, reading.against)),
            None => past.push(line(kept, None)),
        }
    }
    past.reverse();
    (now, past)
}

fn consents(visit: &Visit, file: &File) -> Vec<ConsentLine> {
    let t = visit.t;
    let view = visit.app.city.shared.read();
    let purposes = &view.town.pack.city.consents;
    purposes
        .iter()
        .map(|purpose| {
            let given = || file.consents.iter().filter(|kept| kept.what.given.purpose.0 == purpose.id);
            let holding = given().rfind(|kept| kept.what.holds(t.today));
            ConsentLine {
                id: purpose.id.clone(),
                name: purpose.name.in_lang(t.lang).to_owned(),
                what: purpose.what.in_lang(t.lang).to_owned(),
                source: purpose.source.in_lang(t.lang).to_owned(),
                holds: holding.is_some(),
                since: holding.or_else(|| given().next_back()).map(|kept| words::since(t, &kept.what)),
                request_key: visit.app.request_key(),
            }
        })
        .collect()
}

fn line(visit: &Visit, help: &Help, name: String) -> HelperLine {
    HelperLine {
        id: help.record.to_string(),
        person: help.delegation.person.to_string(),
        name,
        about: words::tie(visit.t, &help.delegation),
        may: words::may(visit.t, &help.delegation),
        alive: help.is_alive(visit.t.today),
        request_key: visit.app.request_key(),
    }
}

/// A delegation as its helper sees it, with what is left of the month.
fn being_helped(visit: &Visit, rows: &Rows, place: usize, help: &Help, sent: &Sent) -> HelpingLine {
    let t = visit.t;
    let person = help.delegation.person;
    let left = help.delegation.grants.pay.map(|pay| {
        let view = visit.app.city.shared.read();
        let place = u16::try_from(place).unwrap_or(u16::MAX);
        let meter = chart::helper_meter(person, place, Month::of(t.today));
        let left = (pay.per_month.0 - view.books.balance_of(&meter.key)).max(0);
        t.say("helping-left").won("left", Won(left)).won("limit", pay.per_payment).to_string()
    });
    let post =
        sent.form.as_ref().filter(|(which, post)| *which == Which::Pay && post.person == person.to_string());
    let field = |error: &str, value: &str| field(sent, error, value);
    HelpingLine {
        line: line(visit, help, rows.name(person)),
        sees: help.delegation.grants.see,
        seen: sent.seen.as_ref().filter(|(whom, _)| *whom == person).map(|(_, seen)| seen.clone()),
        look_key: visit.app.request_key(),
        left,
        pay_key: visit.app.request_key(),
        shop: post.map(|(_, post)| field("shop", &post.shop)).unwrap_or_default(),
        amount: post.map(|(_, post)| field("amount", &post.amount)).unwrap_or_default(),
    }
}

fn told(visit: &Visit, subject: Subject, rows: &Rows, kept: &Told, facts: Option<&Facts>) -> ToldLine {
    let t = visit.t;
    let (notice, posting) = &kept.what;
    let what = match &notice.about {
        About::Helped { helper, act: Act::Pay { amount }, .. } => {
            let shop = facts.and_then(Facts::payment).map(|payment| payment.merchant);
            let view = visit.app.city.shared.read();
            let shop =
                shop.and_then(|shop| view.town.directory.shop(shop)).map(|(_, shop)| shop.name.clone());
            let said = t.say("told-paid").text("name", rows.helper(*helper, subject)).won("amount", *amount);
            said.text("shop", shop.unwrap_or_default()).to_string()
        }
        About::Helped { helper, act: Act::See, .. } => {
            t.say("told-saw").text("name", rows.helper(*helper, subject)).to_string()
        }
        About::Helped { helper, .. } => {
            t.say("told-helped").text("name", rows.helper(*helper, subject)).to_string()
        }
        About::GlassOpened { why, .. } => t.say("told-looked").text("why", why).to_string(),
    };
    let own = !subject.at_window && notice.to == subject.person;
    ToldLine {
        what,
        when: t.moment(&visit.moment(kept.at)),
        href: posting.filter(|_| own).map(|no| format!("/wallet/receipts/{no}")),
    }
}

fn links(visit: &Visit, subject: Subject, rows: &Rows) -> Vec<LinkLine> {
    let links = rows.file.linked();
    let view = visit.app.city.shared.read();
    let others = rows.file.records.iter().filter(|record| **record != subject.person);
    others
        .filter_map(|record| {
            let known = rows.names.get(record)?;
            Some(LinkLine {
                id: record.to_string(),
                name: known.name.clone(),
                about: about(&view.town, visit.t, known, str::to_owned),
                href: if subject.at_window { format!("/clerk?find={record}") } else { String::new() },
                direct: links.chain(subject.person, *record).is_some_and(|chain| chain.len() == 2),
                request_key: visit.app.request_key(),
            })
        })
        .collect()
}

/// A field as it was typed, with what is wrong with it.
pub(super) fn field(sent: &Sent, name: &str, value: &str) -> Field {
    let error = sent.errors.iter().find(|error| error.field == name).map(|error| error.error.clone());
    Field { value: value.to_owned(), error }
}

pub(super) fn choices(visit: &Visit, values: &[&str], prefix: &str, chosen: &str) -> Vec<Choice> {
    values
        .iter()
        .map(|value| Choice {
            value: (*value).to_owned(),
            name: visit.t.say(format!("{prefix}{value}")).to_string(),
            chosen: *value == chosen,
        })
        .collect()
}

/// What stood in a form, if it is this one that was sent.
pub(super) fn left(sent: &Sent, which: Which) -> (super::forms::Post, bool) {
    match &sent.form {
        Some((form, post)) if *form == which => (post.clone(), true),
        _ => (super::forms::Post::default(), false),
    }
}

fn fact_form(visit: &Visit, sent: &Sent) -> FactForm {
    let (post, open) = left(sent, Which::Fact);
    FactForm {
        request_key: visit.app.request_key(),
        kinds: choices(visit, &words::KINDS, "known-", &post.kind),
        value: field(sent, "fact_value", &post.value),
        sources: choices(visit, &words::SOURCES, "known-by-", &post.source),
        source_text: field(sent, "fact_source_text", &post.source_text),
        from: field(sent, "fact_from", &post.from),
        open,
    }
}

fn consent_form(visit: &Visit, sent: &Sent) -> ConsentForm {
    let (post, open) = left(sent, Which::Consent);
    let view = visit.app.city.shared.read();
    let purposes = view.town.pack.city.consents.iter().map(|purpose| Choice {
        value: purpose.id.clone(),
        name: purpose.name.in_lang(visit.t.lang).to_owned(),
        chosen: purpose.id == post.purpose,
    });
    ConsentForm {
        request_key: visit.app.request_key(),
        purposes: purposes.collect(),
        paper: field(sent, "consent_paper", &post.paper),
        speakers: choices(visit, &["own", "parent", "appointed"], "consent-by-", &post.by),
        guardian: field(sent, "consent_guardian", &post.guardian),
        open,
    }
}

fn help_form(visit: &Visit, sent: &Sent) -> HelpForm {
    let (post, open) = left(sent, Which::Help);
    HelpForm {
        request_key: visit.app.request_key(),
        to: field(sent, "help_to", &post.to),
        ties: choices(visit, &["family", "carer", "guardian"], "helper-", &post.tie),
        see: post.see == "1",
        apply: post.apply == "1",
        per_payment: field(sent, "help_per_payment", &post.per_payment),
        per_month: field(sent, "help_per_month", &post.per_month),
        until: field(sent, "help_until", &post.until),
        open,
    }
}

fn link_form(visit: &Visit, sent: &Sent) -> LinkForm {
    let (post, open) = left(sent, Which::Link);
    LinkForm {
        request_key: visit.app.request_key(),
        other: field(sent, "link_other", &post.other),
        why: field(sent, "link_why", &post.why),
        open,
    }
}
