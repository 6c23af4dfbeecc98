//! What a stranger, another site or a thief of cookies tries: every form, every page, every cookie.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base::{Actor, GrantId};
use city::{Command, tokens};
use common::{Answer, Browser, Town};
use testkit::Engine;

/// Every route with what each role gets there: [`roles.rs`] makes sure that none is missing.
const TABLE: &str = include_str!("roles.tsv");

fn rows() -> impl Iterator<Item = (&'static str, &'static str, Vec<&'static str>)> {
    TABLE.lines().filter(|line| line.starts_with("GET ") || line.starts_with("POST ")).map(|line| {
        let mut cells = line.split('\t').map(str::trim).filter(|cell| !cell.is_empty());
        let (method, path) = cells.next().unwrap().split_once(' ').unwrap();
        (method, path, cells.map(|cell| cell.trim_end_matches('+')).collect())
    })
}

/// Roles of the table that are a persona of the town's.
const PERSONAS: [(usize, &str); 6] =
    [(1, "citizen"), (3, "merchant"), (5, "till"), (6, "clerk"), (7, "officer"), (8, "auditor")];

/// Who gets somewhere on a route.
fn able(path: &str, cells: &[&str]) -> &'static str {
    if path.starts_with("/desk/access") {
        return "access";
    }
    if path.starts_with("/chest") {
        return "chest";
    }
    if path.starts_with("/organisation") {
        return "association";
    }
    let gets_there = |at: usize| matches!(cells[at], "ok" | "404" | "422");
    PERSONAS.iter().find(|(at, _)| gets_there(*at)).map_or("citizen", |(_, name)| name)
}

async fn come_in<'a>(town: &'a Town, who: &str) -> Browser<'a> {
    if !["access", "chest", "association"].contains(&who) {
        return town.browser(who).await;
    }
    let mut browser = nobody(town);
    browser.get("/enter").await;
    browser.post("/sign-in", &[("token", &*format!("token-{who}")), ("next", "/")]).await;
    browser
}

/// No browser sends cookies there on its own account: what is shown is a token.
fn is_for_programs(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics")
        || path.starts_with("/api/")
        || path.starts_with("/oauth/")
}

fn nobody(town: &Town) -> Browser<'_> {
    Browser { town, cookies: Vec::new(), csrf: String::new() }
}

/// A path with something that exists in its place.
fn filled(town: &Town, path: &str) -> String {
    let id = if path.contains("/cards/{") { town.card.to_string() } else { town.citizen.to_string() };
    let path = path.replace("{id}", &id).replace("{no}", "1").replace("{name}", "app.css");
    path.replace("{code}", "x").replace("{claim}", "1").replace("{product}", "1")
}

fn standing(town: &Town) -> (u64, u64, usize) {
    let view = town.app.city.shared.read();
    (view.books.last_posting().0, view.requests, view.town.directory.cards().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_site_posts_in_anyones_name() {
    let town = Town::new(Engine::Sqlite);
    town.grant_duty("access", "access-officer").await;
    let mut forms = 0;
    // A stranger's own token, as another site could get one.
    let stranger = {
        let mut stranger = nobody(&town);
        stranger.get("/enter").await;
        stranger.csrf
    };
    for (_, path, cells) in rows().filter(|(method, path, _)| *method == "POST" && !is_for_programs(path)) {
        forms += 1;
        let mut browser = come_in(&town, able(path, &cells)).await;
        let own = browser.csrf.clone();
        let before = standing(&town);
        for csrf in ["", "x", &stranger] {
            browser.csrf = csrf.to_owned();
            let fields = [
                ("request_key", "k"),
                ("persona", "citizen"),
                ("token", "token-citizen"),
                ("number", "1"),
                ("code", "12345678"),
                ("action", "pause"),
                ("amount", "1000"),
                ("card", &*town.card.to_string()),
                ("payment", "pst_0000000000001"),
                ("shop", "123-45-67891"),
                ("to", "010-2345-6789"),
                ("rate", "8"),
                ("limit", "1000"),
                ("next", "/"),
                ("name", "박"),
            ];
            let answer = browser.post(&filled(&town, path), &fields).await;
            if path == "/verify" {
                // Nothing to refuse: it counts a file again, for anyone, and writes nothing in anyone's name.
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            } else {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {csrf:?}: {}", answer.body);
                // A script that asks for a challenge reads the status.
                let said = path.ends_with("/challenge") || answer.body.contains("form.expired");
                assert!(said, "{path}: {}", answer.body);
            }
            assert_eq!(standing(&town), before, "{path}: nothing is written");
        }
        assert_ne!(own, stranger);
    }
    assert!(forms > 25, "{forms}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_can_be_framed_or_scripted() {
    let town = Town::new(Engine::Sqlite);
    town.grant_duty("access", "access-officer").await;
    let mut pages = 0;
    for (_, path, cells) in rows().filter(|(method, path, _)| *method == "GET" && !is_for_programs(path)) {
        // Streams go on for ever, and are no pages.
        if path.ends_with("/live") {
            continue;
        }
        let mut browser = come_in(&town, able(path, &cells)).await;
        for path in [filled(&town, path), format!("{}/nothing-here", filled(&town, path))] {
            let answer = browser.get(&path).await;
            is_closed(&path, &answer);
            pages += 1;
        }
    }
    assert!(pages > 40, "{pages}");
}

fn is_closed(path: &str, answer: &Answer) {
    let head = |name| answer.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
    let policy = head(header::CONTENT_SECURITY_POLICY);
    for part in [
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ] {
        assert!(policy.contains(part), "{path}: {part} is missing: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{path}: {policy}");
    assert_eq!(head(header::X_FRAME_OPTIONS), "DENY", "{path}");
    assert_eq!(head(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
    assert_eq!(head(header::REFERRER_POLICY), "same-origin", "{path}");
    if head(header::CONTENT_TYPE).starts_with("text/html") {
        assert_eq!(head(header::CACHE_CONTROL), "no-store", "{path}");
        let html = &answer.body;
        assert!(!html.contains(" style=") && !html.contains("<style"), "{path}");
        assert!(!html.contains(" onclick=") && !html.contains("javascript:"), "{path}");
        let scripts = html.matches("<script").count();
        assert_eq!(scripts, html.matches("<script src=\"/assets/").count(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_for_this_server_alone() {
    for (url, secure) in [("https://card.example", true), ("http://127.0.0.1:8080", false)] {
        let town = Town::with(Engine::Sqlite, move |app| app.public_url = url.into());
        let mut browser = nobody(&town);
        let mut set = Vec::new();
        let mut keep = |answer: Answer| {
            set.extend(answer.headers.get_all(header::SET_COOKIE).iter().cloned());
        };
        keep(browser.get("/enter").await);
        keep(browser.post("/enter", &[("persona", "citizen")]).await);
        keep(browser.post("/tour", &[("action", "start")]).await);
        keep(browser.get("/look?lang=en&back=/").await);
        keep(browser.get("/look?large=1&back=/").await);
        keep(browser.post("/leave", &[]).await);
        assert!(set.len() >= 6, "{set:?}");
        for cookie in set {
            let flags: Vec<&str> = cookie.to_str().unwrap().split("; ").skip(1).collect();
            for flag in ["Path=/", "HttpOnly", "SameSite=Lax"] {
                assert!(flags.contains(&flag), "{cookie:?}: {flag}");
            }
            assert_eq!(flags.contains(&"Secure"), secure, "{cookie:?}");
            assert!(!flags.iter().any(|flag| flag.starts_with("Domain")), "{cookie:?}");
        }
    }
}

/// What a request says its host is decides nothing: links that leave the house come from the configuration.
#[tokio::test(flavor = "multi_thread")]
async fn a_host_header_leads_nobody_away() {
    let town = Town::with(Engine::Sqlite, |app| app.public_url = "https://card.example".into());
    let mut shop = town.browser("merchant").await;
    shop.get("/shop").await;
    let made = shop.post("/shop/qr", &[("amount", "12000")]).await;
    let code = made.headers[header::LOCATION].to_str().unwrap().to_owned();
    let cookies = |browser: &Browser<'_>| {
        browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    };
    for path in ["/", "/enter", "/sign-in", "/wallet", "/pay?c=x", "/nothing", "/shop", &code] {
        let request = Request::builder()
            .uri(path)
            .header(header::HOST, "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("forwarded", "host=evil.example")
            .header(header::COOKIE, cookies(&shop));
        let answer = town.send(request.body(Body::empty()).unwrap()).await;
        assert!(!answer.body.contains("evil.example"), "{path}");
        for (name, value) in &answer.headers {
            assert!(!value.to_str().unwrap_or_default().contains("evil"), "{path}: {name}");
        }
    }
    let page = shop.get(&code).await;
    let drawn =
        web::look::qr_svg(&format!("https://card.example/pay?c={}", code.trim_start_matches("/shop/qr/")));
    assert!(page.body.contains(&drawn.unwrap()), "the code leads to the city's own address");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_led_to_another_site() {
    let town = Town::with(Engine::Sqlite, |app| app.mode = web::Mode::Real);
    for bad in
        ["//evil.example", "https://evil.example", "/%5Cevil.example", "/\\evil.example", "javascript:x"]
    {
        let in_query = bad.replace('\\', "%5C");
        let mut me = nobody(&town);
        let look = me.get(&format!("/look?lang=ko&back={in_query}")).await;
        me.get("/sign-in").await;
        let came = me.post("/sign-in", &[("token", "token-citizen"), ("next", bad)]).await;
        for answer in [look, came] {
            let to = answer.headers[header::LOCATION].to_str().unwrap();
            assert!(to.starts_with('/') && !to.starts_with("//") && !to.contains('\\'), "{bad}: {to}");
        }
    }
}

fn session(browser: &Browser<'_>) -> String {
    browser.cookies.iter().find(|(name, _)| name == "session").unwrap().1.clone()
}

fn holding<'a>(town: &'a Town, cookie: &str) -> Browser<'a> {
    Browser { town, cookies: vec![("session".into(), cookie.to_owned())], csrf: String::new() }
}

/// A mark that a host beside the city's puts into somebody's browser, and the token that goes with it, post nothing in their
/// name; nor does a form that was opened before they came in, but for those at the door.
#[tokio::test(flavor = "multi_thread")]
async fn a_planted_mark_is_worth_nothing() {
    let town = Town::new(Engine::Sqlite);
    let mut thief = nobody(&town);
    thief.get("/enter").await;
    let mark = thief.cookies.iter().find(|(name, _)| name == "visit").unwrap().clone();
    let outside = thief.csrf.clone();
    thief.post("/enter", &[("persona", "clerk")]).await;
    thief.get("/").await;
    let inside = thief.csrf.clone();
    assert_ne!(outside, inside, "a token is its session's");
    let mut victim = town.browser("citizen").await;
    victim.cookies.retain(|(name, _)| name != "visit");
    victim.cookies.push(mark);
    let top_up = [("request_key", "planted"), ("amount", "1000")];
    let before = standing(&town);
    for token in [&outside, &inside] {
        victim.csrf = token.clone();
        let answer = victim.post("/wallet/top-up", &top_up).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
        assert!(answer.body.contains("form.expired"), "{}", answer.body);
        assert_eq!(standing(&town), before);
    }
    victim.get("/wallet").await;
    assert_eq!(victim.post("/wallet/top-up", &top_up).await.status, StatusCode::SEE_OTHER);

    let mut two_windows = nobody(&town);
    two_windows.get("/enter").await;
    let opened_before = two_windows.csrf.clone();
    two_windows.post("/enter", &[("persona", "citizen")]).await;
    two_windows.csrf = opened_before.clone();
    let late = two_windows.post("/wallet/top-up", &top_up).await;
    assert_eq!(late.status, StatusCode::FORBIDDEN, "{}", late.body);
    two_windows.csrf = opened_before;
    let again = two_windows.post("/enter", &[("persona", "clerk")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
}

/// Whoever plants a cookie in another's browser does not come in with them.
#[tokio::test(flavor = "multi_thread")]
async fn a_planted_session_is_worth_nothing() {
    let town = Town::new(Engine::Sqlite);
    let planted = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let mut victim = holding(&town, planted);
    victim.get("/enter").await;
    victim.post("/enter", &[("persona", "citizen")]).await;
    let fresh = session(&victim);
    assert_ne!(fresh, planted, "who comes in gets a session of their own");
    assert_eq!(victim.get("/wallet").await.status, StatusCode::OK);
    assert_eq!(holding(&town, planted).get("/wallet").await.status, StatusCode::SEE_OTHER);
    // Coming in again is another session, too: an earlier cookie is not lifted to a new role.
    victim.get("/enter").await;
    victim.post("/enter", &[("persona", "clerk")]).await;
    assert_ne!(session(&victim), fresh);
    assert_eq!(holding(&town, &fresh).get("/clerk").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_signed_out_cookie_opens_nothing() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut me = town.browser("citizen").await;
        let mut thief = holding(&town, &session(&me));
        assert_eq!(thief.get("/wallet").await.status, StatusCode::OK, "a copy is as good as the cookie");
        me.post("/leave", &[]).await;
        for path in ["/wallet", "/wallet/history", "/account"] {
            assert_eq!(thief.get(path).await.status, StatusCode::SEE_OTHER, "{path}");
        }
    }
}

async fn end_role(town: &Town, grant: GrantId) {
    let command = Command::EndRole { grant };
    let request = pen::Request { actor: Actor::SYSTEM, key: "end".into(), input_hash: command.input_hash() };
    town.app.city.ask(request, command).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_ends_is_out_at_the_next_click() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut clerk = nobody(&town);
        clerk.get("/enter").await;
        clerk.post("/sign-in", &[("token", "token-clerk"), ("next", "/")]).await;
        let page = clerk.get(&format!("/clerk?find={}", town.citizen)).await;
        assert_eq!(page.status, StatusCode::OK);
        let before = standing(&town);
        let grant = {
            let view = town.app.city.shared.read();
            view.town.doors.grant_of_token(&tokens::hash("token-clerk")).unwrap()
        };
        end_role(&town, grant).await;
        let replace = format!("/clerk/cards/{}/replace", town.card);
        let answer = clerk.post(&replace, &[("request_key", "k")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert_eq!(clerk.get("/clerk").await.status, StatusCode::SEE_OTHER);
        let path = format!("/api/v1/cards/{}", town.card);
        let called = town.call("clerk", Method::GET, &path, None, "").await;
        assert_eq!(called.status, StatusCode::UNAUTHORIZED, "the token ends with it");
        assert_eq!((standing(&town).0, standing(&town).2), (before.0, before.2));
    }
}
