//! Live numbers by server-sent events: a message at most twice a second, made of what is durable.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::{Role, Won};
use city::{Event, Happened, What};
use futures_util::Stream;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant as Tick;

use crate::App;
use crate::auth::{SharedApp, Standing};
use crate::frame::Visit;
use crate::limits::Seat;
use crate::look::{Tongue, spoken_payment};
use crate::pages;
use crate::pages::shop::voice;
use crate::problem::Rejected;
use crate::watch::LiveConnection;

/// Messages are gathered for this long.
const PACE: Duration = Duration::from_millis(500);
/// So many payments of one moment are said aloud.
const SPOKEN: usize = 3;

pub(crate) fn routes() -> Router<SharedApp> {
    Router::new().route("/live", get(town)).route("/shop/live", get(shop))
}

/// The town: today's sums and tiles.
async fn town(State(app): State<SharedApp>, visit: Visit) -> Response {
    let source = match follow(&visit, None) {
        Ok(source) => source,
        Err(full) => return full,
    };
    let stream =
        gathered(
            app.clone(),
            source,
            move |app, _| async move { Some(pages::town::numbers(&app).to_string()) },
        );
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

/// A shop: each payment, said aloud, and the owner's totals.
async fn shop(State(app): State<SharedApp>, visit: Visit) -> Response {
    let (shop, totals) = match visit.role {
        Some(Role::Merchant(shop)) => (shop, true),
        Some(Role::Till(shop)) => (shop, false),
        // A stream leads nowhere.
        _ => return StatusCode::UNAUTHORIZED.into_response(),
    };
    let standing = visit.standing();
    let position = app.city.shared.read().town.directory.shop(shop).map(|(at, _)| at);
    let source = match follow(&visit, standing) {
        Ok(source) => source,
        Err(full) => return full,
    };
    let t = visit.t;
    let stream = gathered(app.clone(), source, move |app, happened| {
        let here: Vec<Happened> = happened.into_iter().filter(|h| h.shop == position).collect();
        async move {
            if here.is_empty() {
                return None;
            }
            let mut message = json!({});
            if let Some(paid) = heard(&app, t, &here) {
                message["paid"] = paid;
            }
            if totals {
                message["numbers"] = pages::shop::numbers(&app, shop).await.unwrap_or_else(|| json!({}));
            }
            Some(message.to_string())
        }
    });
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

/// What the shop hears: its payments of the moment, each with its sum.
fn heard(app: &App, t: Tongue, happened: &[Happened]) -> Option<Value> {
    let paid: Vec<&Happened> = happened.iter().filter(|h| h.what == What::Paid).collect();
    let last = paid.last()?;
    let at = app.city.shared.read().town.zone.civil(last.at);
    let spoken: Vec<String> =
        paid.iter().rev().take(SPOKEN).rev().map(|h| spoken_payment(t.lang, Won(h.amount))).collect();
    Some(json!({
        "text": spoken.join(". "),
        "lang": voice(t),
        "line": t.say("heard-paid").text("at", t.clock(&at)).won("amount", Won(last.amount)).to_string(),
        "id": last.posting.to_string(),
    }))
}

struct Source {
    /// Whose stream it is; nobody's for what everybody may hear.
    standing: Option<Standing>,
    feed: tokio::sync::broadcast::Receiver<std::sync::Arc<Vec<Event>>>,
    closing: tokio::sync::watch::Receiver<bool>,
    /// Given back when the stream is dropped.
    _seat: Seat,
    _counted: LiveConnection,
}

/// A place among the live pages. `Err` when there is none: then the page stands still until it is opened again.
fn follow(visit: &Visit, standing: Option<Standing>) -> Result<Source, Response> {
    let app = &visit.app;
    let Some(seat) = app.limits.sit(visit.known.caller, visit.role.is_some()) else {
        let full = Rejected::new(StatusCode::TOO_MANY_REQUESTS, "live.many");
        return Err(full.answer(visit.t.lang, visit.t.today));
    };
    Ok(Source {
        standing,
        feed: app.city.feed.subscribe(),
        closing: app.closing.subscribe(),
        _seat: seat,
        _counted: app.watch.live(),
    })
}

/// Gathers what happens for a while, then makes one message of it; ends when the server does, or when whoever listens may
/// not any more. That is asked before each message: a till that was ended hears no sale after it.
fn gathered<F, M>(
    app: SharedApp,
    source: Source,
    message: F,
) -> impl Stream<Item = Result<Message, Infallible>> + Send
where
    F: Fn(SharedApp, Vec<Happened>) -> M + Send + 'static,
    M: Future<Output = Option<String>> + Send,
{
    stream::unfold((app, source, message), |(app, mut source, message)| async move {
        loop {
            let happened = gather(&mut source).await?;
            if source.standing.is_some_and(|standing| !standing.lasts(&app)) {
                return None;
            }
            if let Some(text) = message(app.clone(), happened).await {
                return Some((Ok(Message::default().data(text)), (app, source, message)));
            }
        }
    })
}

/// What happened until the pace is over, from the first thing on. `None` when the server closes.
async fn gather(source: &mut Source) -> Option<Vec<Happened>> {
    let mut gathered = Vec::new();
    let mut until: Option<Tick> = None;
    loop {
        let deadline = until.unwrap_or_else(|| Tick::now() + Duration::from_secs(3_600));
        tokio::select! {
            _ = source.closing.changed() => return None,
            () = tokio::time::sleep_until(deadline), if until.is_some() => return Some(gathered),
            events = source.feed.recv() => match events {
                Ok(events) => {
                    gathered.extend(events.iter().filter_map(|event| match event {
                        Event::Happened(happened) => Some(*happened),
                        _ => None,
                    }));
                    until.get_or_insert_with(|| Tick::now() + PACE);
                }
                // A slow reader has missed some: the numbers it gets next are whole all the same.
                Err(RecvError::Lagged(_)) => {
                    until.get_or_insert_with(|| Tick::now() + PACE);
                }
                Err(RecvError::Closed) => return None,
            },
        }
    }
}
