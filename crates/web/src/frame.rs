//! The frame around every page: who is here, in which language, with which switches; and answers as pages.

use std::sync::Arc;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use base::{AccountId, Actor, Date, Instant, Lang, Role};
use city::{Command, Reply};
use jiff::civil::DateTime;
use people::How;

use crate::app::{App, Mode};
use crate::auth::{self, Forms, SharedApp};
use crate::gate::{self, Known};
use crate::look::{
    Alert, Appearance, DemoBar, NavGroup, NavItem, Page, RefusedPage, Theme, Tongue, Visitor, in_query, texts,
};
use crate::looks::Looker;
use crate::problem::Rejected;
use crate::{cookie, pages, watch};

/// Seconds after which a page that could not be made may be asked for again.
const SOON: &str = "1";

/// Links of a menu: text key and address.
type Links = &'static [(&'static str, &'static str)];

/// What stands in the menu under a word of its own: what a role comes to less often.
fn grouped(role: Role, gives_access: bool) -> &'static [(&'static str, Links)] {
    match role {
        Role::Citizen(_) => &[
            (
                "nav-group-deals",
                &[
                    ("nav-prepaid", "/wallet/prepaid"),
                    ("nav-giving", "/wallet/giving"),
                    ("nav-coupons", "/wallet/coupons"),
                ],
            ),
            (
                "nav-group-mine",
                &[("nav-me", "/me"), ("nav-looks", "/me/looks"), ("nav-large", "/wallet/large")],
            ),
        ],
        Role::Merchant(_) => &[
            (
                "nav-group-deals",
                &[
                    ("nav-shop-prepaid", "/shop/prepaid"),
                    ("nav-giving", "/shop/giving"),
                    ("nav-sales", "/shop/sales"),
                ],
            ),
            (
                "nav-group-tools",
                &[("nav-tokens", "/shop/tokens"), ("nav-hooks", "/shop/hooks"), ("nav-cases", "/shop/cases")],
            ),
        ],
        Role::Officer if !gives_access => &[
            (
                "nav-group-deals",
                &[
                    ("nav-desk-giving", "/desk/giving"),
                    ("nav-desk-coupons", "/desk/coupons"),
                    ("nav-desk-prepaid", "/desk/prepaid"),
                ],
            ),
            ("nav-group-shops", &[("nav-joining", "/desk/joining"), ("nav-exchange", "/desk/exchange")]),
            (
                "nav-group-records",
                &[
                    ("nav-desk-looks", "/desk/looks"),
                    ("nav-inspection", "/desk/inspection"),
                    ("nav-organisations", "/desk/organisations"),
                ],
            ),
        ],
        _ => &[],
    }
}

/// A page's request: everything the frame is made of.
pub(crate) struct Visit {
    pub app: Arc<App>,
    /// Who is signed in.
    pub visitor: Option<Actor>,
    pub role: Option<Role>,
    /// The session or the address, as the limits count them.
    pub known: Known,
    pub t: Tongue,
    pub path: String,
    /// Where they stand on the tour, if they are on it.
    pub tour: Option<pages::tour::Standing>,
    /// Looked at, not posted: it can be asked for again after coming in.
    is_get: bool,
    csrf: String,
    /// This browser's mark.
    pub mark: String,
    look: Appearance,
    set_cookies: Vec<HeaderValue>,
    headers: HeaderMap,
}

/// The language a page is wanted in: what was chosen, else what the browser prefers.
pub(crate) fn language(headers: &HeaderMap) -> Lang {
    match cookie::read(headers, "lang") {
        Some("en") => Lang::En,
        Some("ko") => Lang::Ko,
        _ => crate::api::language(headers),
    }
}

impl FromRequestParts<SharedApp> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Visit, Self::Rejection> {
        let known = Known::of(parts);
        let mark = auth::visit(app, &parts.headers);
        let lang = language(&parts.headers);
        let today = app.today();
        let set = |name, value| cookie::read(&parts.headers, name) == Some(value);
        let theme = match cookie::read(&parts.headers, "theme") {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        };
        Ok(Visit {
            role: known.visitor.map(|visitor| visitor.role),
            visitor: known.visitor,
            known,
            t: Tongue { lang, today },
            tour: pages::tour::standing(app, &parts.headers).await,
            path: parts.uri.path_and_query().map_or("/".into(), |p| p.as_str().to_owned()),
            is_get: parts.method == Method::GET,
            csrf: auth::form_token(app, &mark.id, auth::session_of(&parts.headers, known.visitor)),
            look: Appearance { large: set("large", "1"), contrast: set("contrast", "1"), theme },
            set_cookies: auth::keep_visit(app, &mark).into_iter().collect(),
            mark: mark.id,
            headers: parts.headers.clone(),
            app: Arc::clone(app),
        })
    }
}

impl Visit {
    /// The frame, as a page needs it.
    pub(crate) fn page(&self) -> Page {
        // Both look at the view themselves: taken twice by one thread, with the pen waiting in between, it would
        // never be let go of.
        let (demo, tour) = (self.demo_bar(), pages::tour::step(self));
        let view = self.app.city.shared.read();
        let pack = &view.town.pack;
        let lang = self.t.lang;
        let phone = phone(pack);
        let (people, population) = pack.scale;
        Page {
            city: pack.city.name.in_lang(lang).to_owned(),
            card: pack.city.card_name.in_lang(lang).to_owned(),
            phone,
            path: self.path.clone(),
            csrf: self.csrf.clone(),
            look: self.look,
            visitor: self.role.map(|role| self.shown_visitor(role, &view.town)),
            demo,
            scale: (people < population)
                .then(|| u32::try_from((population / people.max(1)).max(2)).unwrap_or(u32::MAX)),
            tour,
            alert: None,
            notice: None,
        }
    }

    fn shown_visitor(&self, role: Role, town: &city::CityView) -> Visitor {
        let directory = &town.directory;
        let gives_access =
            self.visitor.is_some_and(|actor| city::may::holds(&actor, "give-role", &town.pack));
        let name = match (&self.app.mode, role) {
            (_, Role::Merchant(shop) | Role::Till(shop)) => {
                directory.shop(shop).map(|(_, shop)| shop.name.clone()).unwrap_or_default()
            }
            (_, Role::Organisation(id)) => directory
                .organisations
                .get(id)
                .map(|one| one.named(self.t.lang).to_owned())
                .unwrap_or_default(),
            (Mode::Demo(demo), role) => {
                demo.personas.iter().find(|p| p.role == role).map(|p| p.name.clone()).unwrap_or_default()
            }
            (Mode::Real, _) => String::new(),
        };
        let (key, links): (_, Links) = match role {
            Role::Citizen(_) => (
                "role-citizen",
                &[("nav-wallet", "/wallet"), ("nav-history", "/wallet/history"), ("nav-notices", "/notices")],
            ),
            Role::Merchant(_) => (
                "role-merchant",
                &[
                    ("nav-shop", "/shop"),
                    ("nav-payouts", "/shop/payouts"),
                    ("nav-till", "/shop/till"),
                    ("nav-waiting", "/waiting"),
                    ("nav-notices", "/notices"),
                ],
            ),
            Role::Till(_) => ("role-till", &[("nav-till", "/shop/till"), ("nav-waiting", "/waiting")]),
            Role::Clerk => ("role-clerk", &[("nav-clerk", "/clerk"), ("nav-untold", "/clerk/notices")]),
            Role::Officer if gives_access => {
                ("role-officer", &[("nav-access", "/desk/access"), ("nav-tokens", "/desk/access/tokens")])
            }
            Role::Officer => (
                "role-officer",
                &[("nav-desk", "/desk"), ("nav-desk-payouts", "/desk/payouts"), ("nav-waiting", "/waiting")],
            ),
            Role::Organisation(id) if collects(town, id) => {
                ("role-organisation", &[("nav-chest", "/chest"), ("nav-organisation", "/organisation")])
            }
            Role::Organisation(_) => ("role-organisation", &[("nav-organisation", "/organisation")]),
            Role::Auditor | Role::System => {
                ("role-auditor", &[("nav-books", "/books"), ("nav-inspection", "/desk/inspection")])
            }
        };
        let here = self.path.split('?').next().unwrap_or("/");
        let news = pages::waiting::news(self, town);
        let items = |links: &[(&'static str, &str)]| -> Vec<NavItem> {
            let item = |(key, href): &(&'static str, &str)| NavItem {
                key,
                href: (*href).to_owned(),
                current: *href == here,
                news: if *href == pages::waiting::PAGE { news } else { 0 },
            };
            links.iter().map(item).collect()
        };
        let more = grouped(role, gives_access)
            .iter()
            .map(|(key, links)| NavGroup { key, items: items(links) })
            .collect();
        // Whoever works in a sealed compartment has that before them, and nothing else.
        let nav = match self.visitor.and_then(|actor| pages::compartments::Pass::of(&actor, town)) {
            Some(pass) => vec![pass.nav(here)],
            None => items(links),
        };
        let mut shown = Visitor { name, role: key, nav, more };
        // Only a city that took a card over has that to show.
        let may = self.visitor.is_some_and(|actor| crate::duty::looks_into(&actor, &town.pack));
        if town.open.moving.is_some() && may {
            let item = items(&[("nav-moving", "/desk/moving-in")]);
            match shown.more.last_mut() {
                Some(group) => group.items.extend(item),
                None => shown.nav.extend(item),
            }
        }
        shown
    }

    fn demo_bar(&self) -> Option<DemoBar> {
        let Mode::Demo(demo) = &self.app.mode else { return None };
        let now = self.app.now();
        let speed = demo.clock.speed();
        Some(DemoBar {
            now: self.moment(now),
            paused: speed == 0,
            speed: speed.max(1),
            speeds: vec![1, 60, 600],
            pace: demo.life.now().filter(|_| speed > 0),
            leap: demo.life.leaping().map(|leap| pages::demo::bar(&self.app, leap)),
            jumps: pages::demo::jumps(&self.app),
        })
    }

    /// An instant on the city's clock face.
    pub(crate) fn moment(&self, at: Instant) -> DateTime {
        let view = self.app.city.shared.read();
        view.town.zone.civil(at)
    }

    /// The sign-in this visit came with: whose, and its number.
    pub(crate) fn session(&self) -> Option<(AccountId, u64)> {
        let account = self.visitor?.account?;
        Some((account, auth::session_number(&self.app, &self.headers)?))
    }

    /// Whether this visitor may ask about one more telephone number.
    pub(crate) fn asks_about_phone(&self) -> Result<(), Rejected> {
        let account = self.visitor.and_then(|actor| actor.account);
        gate::ask_about_phone(&self.app, account, self.known.caller)
    }

    /// Who stands behind this visit, to be asked again while something long lasts.
    pub(crate) fn standing(&self) -> Option<auth::Standing> {
        auth::standing(&self.headers, self.role?)
    }

    /// The browser's mark and its address: what is begun here is kept for them.
    pub(crate) fn place(&self) -> (&str, u64) {
        (&self.mark, self.known.address)
    }

    /// How the visitor showed who they are.
    pub(crate) fn shown_by(&self) -> Option<How> {
        auth::session_how(&self.app, &self.headers)
    }

    /// Who acts, when a page asks the city for something.
    pub(crate) fn actor(&self) -> Option<Actor> {
        self.visitor
    }

    /// Who looks at personal records on this page. Nobody who isn't signed in comes as far as a record.
    pub(crate) fn looks(&self, what: &'static str, purpose: &'static str) -> Looker {
        let actor = self.actor().unwrap_or(Actor::SYSTEM);
        Looker::new(actor, self.known.from, what, purpose)
    }

    /// Whether a posted form's token is this visitor's.
    pub(crate) fn form_holds(&self, csrf: &str) -> bool {
        auth::form_token_holds(&self.app, &self.headers, (self.visitor, Forms::Inside), csrf)
    }

    /// The same of a form that somebody comes in by.
    pub(crate) fn door_form_holds(&self, csrf: &str) -> bool {
        auth::form_token_holds(&self.app, &self.headers, (self.visitor, Forms::Door), csrf)
    }

    /// A cookie the visitor came with.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        cookie::read(&self.headers, name)
    }

    /// Adds a cookie to the answer.
    pub(crate) fn set_cookie(&mut self, value: Option<HeaderValue>) {
        self.set_cookies.extend(value);
    }

    /// Asks the city for something in the visitor's name. `Err` is what to show.
    pub(crate) async fn ask(&self, key: &str, command: Command) -> Result<Reply, Rejected> {
        let actor = self.actor().ok_or_else(|| Rejected::new(StatusCode::UNAUTHORIZED, "token.missing"))?;
        self.ask_as(actor, key, command).await
    }

    /// The same through another client than the visitor's own: the key of a shop's code is scoped to the shop, so
    /// that two people can't both pay it.
    pub(crate) async fn ask_as(&self, actor: Actor, key: &str, command: Command) -> Result<Reply, Rejected> {
        let key = key.trim();
        if key.is_empty() || key.len() > 64 || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Rejected::new(StatusCode::BAD_REQUEST, "key.missing"));
        }
        let place = gate::place(&self.app, Some(actor.role), self.known.caller);
        let tried = gate::try_pin(&self.app, place, &command)?;
        let request = pen::Request { actor, key: key.to_owned(), input_hash: command.input_hash() };
        let answer = self.app.city.ask(request, command).await;
        if let Ok(Ok(Reply::WrongPin { left, until })) = answer {
            return Err(gate::wrong_pin(&self.app, left, until).into());
        }
        tried.give_back(&self.app);
        match answer {
            Ok(Ok(Reply::Counted(refusal))) => Err(refusal.into()),
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(failure)) => Err(failure.into()),
            Err(busy) => Err(busy.into()),
        }
    }

    /// A page.
    pub(crate) fn show(self, page: &impl Template) -> Response {
        self.show_as(StatusCode::OK, page)
    }

    /// A page with a status.
    pub(crate) fn show_as(self, status: StatusCode, page: &impl Template) -> Response {
        match page.render() {
            Ok(html) => {
                let mut response = (status, Html(html)).into_response();
                if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
                    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(SOON));
                }
                self.with_cookies(response)
            }
            Err(error) => {
                tracing::error!(%error, "a page can't be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }

    /// Somewhere else, after a post.
    pub(crate) fn go(self, to: &str) -> Response {
        self.with_cookies(Redirect::to(to).into_response())
    }

    fn with_cookies(self, mut response: Response) -> Response {
        for value in self.set_cookies {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }

    /// What, why, and what next, as an alert for a page.
    pub(crate) fn alert(&self, rejected: &Rejected) -> Alert {
        watch::refused(rejected.refusal.code);
        Alert::refused(texts().refusal(self.t.lang, self.t.today, &rejected.refusal))
    }

    /// A refusal as a page of its own.
    pub(crate) fn refuse(self, rejected: impl Into<Rejected>, back: &str) -> Response {
        let rejected = rejected.into();
        let alert = self.alert(&rejected);
        let page = RefusedPage {
            t: self.t,
            page: self.page(),
            title: alert.what.clone(),
            refusal: alert,
            request_id: watch::request_id().map(|id| id.to_string()).unwrap_or_default(),
            back: back.to_owned(),
        };
        let wait = rejected.retry_after();
        let mut response = self.show_as(rejected.status, &page);
        if let Some(header) = response.headers_mut().get_mut(header::RETRY_AFTER) {
            *header = HeaderValue::from(wait);
        }
        response
    }

    /// Nobody is signed in, or somebody else: to the door, and from there to what was looked for.
    pub(crate) fn at_the_door(self) -> Response {
        let door = match self.app.mode {
            Mode::Demo(_) => "/enter",
            Mode::Real => "/sign-in",
        };
        let (name, what) = match self.is_get {
            true => ("next", self.path.as_str()),
            // What was sent is lost. The door says so, and of which page: the rest of the address is nobody's to see.
            false => ("refused", pages::whose::page(&self.path)),
        };
        let to = format!("{door}?{name}={}", in_query(what));
        self.go(&to)
    }
}

/// Whether an organisation is the one that collects gifts.
pub(crate) fn collects(town: &city::CityView, id: base::OrganisationId) -> bool {
    let known = town.directory.organisations.get(id);
    known.is_some_and(|one| one.period.until().is_none() && one.kind.code() == "community-chest")
}

fn phone(pack: &rules::Pack) -> String {
    pack.city.phone("card").map(|p| p.number.clone()).unwrap_or_default()
}

impl App {
    /// Where people ask about the card.
    pub(crate) fn phone(&self) -> String {
        phone(&self.city.shared.read().town.pack)
    }

    /// The city's day.
    pub(crate) fn today(&self) -> Date {
        let view = self.city.shared.read();
        view.town.zone.date(self.now())
    }
}
