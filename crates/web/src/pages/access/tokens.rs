//! API tokens: `/desk/access/tokens` for all of the city's, `/shop/tokens` for those of a shop's own tills. A secret is
//! shown once, as the answer to the form that made it.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Client, MerchantId, Refusal, Role};
use city::{CityView, Command, NewToken, tokens};
use economy::business_number;
use people::Grant;
use rules::{Kind, Reach, RoleRule};
use serde::Deserialize;

use super::gives_access;
use super::words::{role_line, rule};
use crate::frame::Visit;
use crate::look::{Alert, Choice, Field, FieldError, FreshToken, GiveForm, TokenLine, TokensPage};
use crate::pages::wallet::expired;

/// As many tokens as are listed.
const LISTED: usize = 100;
/// As long as an old secret works on, when it doesn't end at once.
const A_DAY: i64 = 86_400;

/// Whose tokens a page is about.
#[derive(Clone, Copy)]
enum Scope {
    /// All of the city's.
    City,
    /// Those of a shop's tills.
    Tills(MerchantId),
}

impl Scope {
    fn of(visit: &Visit, at_shop: bool) -> Option<Scope> {
        match visit.role {
            Some(Role::Merchant(shop)) if at_shop => Some(Scope::Tills(shop)),
            _ if !at_shop && gives_access(visit) => Some(Scope::City),
            _ => None,
        }
    }

    fn base(self) -> &'static str {
        match self {
            Scope::City => "/desk/access/tokens",
            Scope::Tills(_) => "/shop/tokens",
        }
    }

    fn holds(self, town: &CityView, grant: &Grant) -> bool {
        match self {
            Scope::City => true,
            Scope::Tills(shop) => {
                rule(&town.pack, &grant.role).is_some_and(|rule| rule.kind == Kind::Till)
                    && grant.subject.as_deref().and_then(|text| text.parse().ok()) == Some(shop)
            }
        }
    }

    /// A citizen's wallet is opened by its holder: nobody else gets a key to it.
    fn offers(self, rule: &RoleRule) -> bool {
        match self {
            Scope::City => rule.kind != Kind::Citizen,
            Scope::Tills(_) => rule.kind == Kind::Till,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    name: String,
    role: String,
    district: String,
    shop: String,
    old: String,
}

/// What a form left behind.
#[derive(Default)]
struct Sent {
    status: StatusCode,
    alert: Option<Alert>,
    errors: Vec<FieldError>,
    fresh: Option<FreshToken>,
    typed: Option<(Field, Field, Post)>,
}

pub(super) async fn at_desk(visit: Visit) -> Response {
    show(visit, false)
}

pub(super) async fn at_shop(visit: Visit) -> Response {
    show(visit, true)
}

fn show(visit: Visit, at_shop: bool) -> Response {
    let Some(scope) = Scope::of(&visit, at_shop) else { return visit.at_the_door() };
    let alert = visit.did(&[("ended", "done-token-ended")]);
    page(visit, scope, Sent { alert, ..Sent::default() })
}

/// `4f2a…` as it is shown and posted.
fn number(client: Client) -> String {
    format!("{:016x}", client.0)
}

/// What a token is for; nothing where it doesn't open.
pub(super) fn called(town: &CityView, token: &tokens::Token) -> String {
    token.called(&town.vault).unwrap_or_default()
}

fn page(visit: Visit, scope: Scope, sent: Sent) -> Response {
    let t = visit.t;
    let mut frame = visit.page();
    frame.alert = sent.alert;
    let (now, status) = (visit.app.now(), sent.status);
    let view = visit.app.city.shared.read();
    let town = &view.town;
    let line = |(token, grant): (&tokens::Token, &Grant)| {
        let role = role_line(town, grant, t, None, String::new());
        let moment = |at| t.moment(&town.zone.civil(at));
        TokenLine {
            id: number(token.client),
            name: called(town, token),
            role: role.name,
            reach: role.reach,
            since: moment(token.since),
            last: visit.app.last_use(token.client).map(moment),
            ends: token.ended.map(moment),
            standing: role.standing,
        }
    };
    let held = |token: &tokens::Token| town.doors.grant(token.grant).filter(|grant| scope.holds(town, grant));
    let all = town.doors.tokens(now).into_iter().rev();
    let mut mine: Vec<_> = all.filter_map(|token| Some((token, held(token)?))).collect();
    let more = mine.len().saturating_sub(LISTED);
    mine.truncate(LISTED);
    let lines: Vec<TokenLine> = mine.into_iter().map(line).collect();
    let open = sent.typed.is_some();
    let (name, shop, form) = sent.typed.unwrap_or_default();
    let choice = |value: &str, name: &str, chosen: &str| Choice {
        value: value.to_owned(),
        name: name.to_owned(),
        chosen: value == chosen,
    };
    let roles = town.pack.roles.iter().filter(|rule| scope.offers(rule));
    let districts = town.pack.city.districts.iter();
    let give = GiveForm {
        request_key: visit.app.request_key(),
        roles: roles.map(|rule| choice(&rule.id, rule.name.in_lang(t.lang), &form.role)).collect(),
        districts: districts.map(|d| choice(&d.code, d.name.in_lang(t.lang), &form.district)).collect(),
        shop,
        open,
        ..GiveForm::default()
    };
    let page = TokensPage {
        t,
        page: frame,
        errors: sent.errors,
        base: scope.base(),
        whole_city: matches!(scope, Scope::City),
        fresh: sent.fresh,
        tokens: lines,
        more,
        named: name,
        give,
    };
    drop(view);
    visit.show_as(status, &page)
}

/// 256 random bits.
fn secret(visit: &Visit) -> String {
    let app = &visit.app;
    format!("ogl_{}{}", app.request_key(), app.request_key())
}

pub(super) async fn grant_at_desk(visit: Visit, Form(form): Form<Post>) -> Response {
    grant(visit, false, form).await
}

pub(super) async fn grant_at_shop(visit: Visit, Form(form): Form<Post>) -> Response {
    grant(visit, true, form).await
}

/// The token that a form asks for; `Err` names the fields that are wrong.
fn wished(visit: &Visit, scope: Scope, form: &Post, hash: [u8; 32]) -> Result<NewToken, Vec<FieldError>> {
    let view = visit.app.city.shared.read();
    let town = &view.town;
    let mut errors = Vec::new();
    let mut wrong = |field: &'static str, key: &str| {
        errors.push(FieldError { field, error: visit.t.say(key).to_string() })
    };
    let name = form.name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.contains('\0') {
        wrong("name", "field-token-name");
    }
    let (role, subject) = match scope {
        Scope::Tills(shop) => {
            let till = town.pack.roles.iter().find(|rule| scope.offers(rule));
            (till.map(|rule| rule.id.clone()).unwrap_or_default(), Some(shop.to_string()))
        }
        Scope::City => {
            let number = business_number::parse(form.shop.trim());
            let shop = number.and_then(|number| town.directory.shop_numbered(&number));
            if shop.is_none() && !form.shop.trim().is_empty() {
                wrong("shop", "field-shop-unknown");
            }
            (form.role.clone(), shop.map(|shop| shop.id.to_string()))
        }
    };
    let of_district = rule(&town.pack, &role).is_some_and(|rule| rule.reach == Reach::District);
    let district = of_district.then(|| form.district.clone()).filter(|code| !code.is_empty());
    if errors.is_empty() {
        Ok(NewToken { hash, role, subject, district, name: name.to_owned() })
    } else {
        Err(errors)
    }
}

async fn grant(visit: Visit, at_shop: bool, form: Post) -> Response {
    let Some(scope) = Scope::of(&visit, at_shop) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), scope.base());
    }
    let secret = secret(&visit);
    let hash = tokens::hash(&secret);
    let mut sent = Sent { status: StatusCode::UNPROCESSABLE_ENTITY, ..Sent::default() };
    match wished(&visit, scope, &form, hash) {
        Ok(wish) => {
            let name = wish.name.clone();
            match visit.ask(&form.request_key, Command::Grant(wish)).await {
                Ok(_) => return fresh(visit, scope, name, secret),
                Err(rejected) => {
                    sent.alert = Some(visit.alert(&rejected));
                    sent.status = rejected.status;
                }
            }
        }
        Err(errors) => sent.errors = errors,
    }
    let field = |name: &str, value: &str| {
        let error = sent.errors.iter().find(|error| error.field == name).map(|error| error.error.clone());
        Field { value: value.chars().take(80).collect(), error }
    };
    sent.typed = Some((field("name", &form.name), field("shop", &form.shop), form));
    page(visit, scope, sent)
}

/// The page that shows a secret, this once.
fn fresh(visit: Visit, scope: Scope, name: String, secret: String) -> Response {
    let hash = tokens::hash(&secret);
    let id = {
        let view = visit.app.city.shared.read();
        let mut all = view.town.doors.tokens(visit.app.now()).into_iter();
        all.find(|token| token.hash == hash).map(|token| number(token.client)).unwrap_or_default()
    };
    let fresh = Some(FreshToken { id, name, secret });
    page(visit, scope, Sent { fresh, ..Sent::default() })
}

pub(super) async fn rotate_at_desk(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    rotate(visit, false, &id, form).await
}

pub(super) async fn rotate_at_shop(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    rotate(visit, true, &id, form).await
}

async fn rotate(visit: Visit, at_shop: bool, id: &str, form: Post) -> Response {
    let Some(scope) = Scope::of(&visit, at_shop) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), scope.base());
    }
    let Ok(client) = u64::from_str_radix(id, 16) else {
        return visit.refuse(Refusal::new("token.unknown"), scope.base());
    };
    let secret = secret(&visit);
    let now = visit.app.now();
    let until = if form.old == "day" { now.plus_seconds(A_DAY) } else { now };
    let command = Command::RotateToken { client, hash: tokens::hash(&secret), until };
    if let Err(rejected) = visit.ask(&visit.app.request_key(), command).await {
        return visit.refuse(rejected, scope.base());
    }
    let name = {
        let view = visit.app.city.shared.read();
        let all = view.town.doors.tokens(visit.app.now());
        all.iter().find(|token| token.client == Client(client)).map(|token| called(&view.town, token))
    };
    fresh(visit, scope, name.unwrap_or_default(), secret)
}

pub(super) async fn end_at_desk(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    end(visit, false, &id, form).await
}

pub(super) async fn end_at_shop(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    end(visit, true, &id, form).await
}

async fn end(visit: Visit, at_shop: bool, id: &str, form: Post) -> Response {
    let Some(scope) = Scope::of(&visit, at_shop) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), scope.base());
    }
    let Ok(client) = u64::from_str_radix(id, 16) else {
        return visit.refuse(Refusal::new("token.unknown"), scope.base());
    };
    match visit.ask(&visit.app.request_key(), Command::EndToken { client }).await {
        Ok(_) => visit.go(&format!("{}?did=ended", scope.base())),
        Err(rejected) => visit.refuse(rejected, scope.base()),
    }
}
