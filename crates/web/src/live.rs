//! Live numbers by server-sent events: a message at most twice a second, made of what is durable.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::{Lang, Role};
use city::{Event, Happened, What};
use futures_util::Stream;
use futures_util::stream;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant as Tick;

use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::spoken_payment;
use crate::pages;

/// Messages are gathered for this long.
const PACE: Duration = Duration::from_millis(500);

pub(crate) fn routes() -> Router<SharedApp> {
    Router::new().route("/live", get(town)).route("/shop/live", get(shop))
}

/// The town: today's sums and tiles.
async fn town(State(app): State<SharedApp>) -> Response {
    let source = follow(&app);
    let stream = gathered(app.clone(), source, move |app, _| Some(pages::town::numbers(app).to_string()));
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

/// A shop: each payment, said aloud, and the owner's totals.
async fn shop(State(app): State<SharedApp>, visit: Visit) -> Response {
    let (shop, totals) = match visit.role {
        Some(Role::Merchant(shop)) => (shop, true),
        Some(Role::Till(shop)) => (shop, false),
        _ => return visit.to_the_door(),
    };
    let position = app.city.shared.read().town.directory.shop(shop).map(|(at, _)| at);
    let source = follow(&app);
    let t = visit.t;
    let stream = gathered(app.clone(), source, move |app, happened| {
        let paid = happened.iter().rev().find(|h| h.shop == position && h.what == What::Paid)?;
        let mut message = json!({ "paid": {
            "text": spoken_payment(t.lang, base::Won(paid.amount)),
            "lang": if t.lang == Lang::Ko { "ko-KR" } else { "en-US" },
            "line": t.say("shop-paid-line").won("amount", base::Won(paid.amount)).to_string(),
            "href": format!("/shop?done={}", paid.posting),
            "id": paid.posting.to_string(),
        }});
        if totals {
            message["numbers"] = pages::shop::numbers(app, shop);
        }
        Some(message.to_string())
    });
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

struct Source {
    feed: tokio::sync::broadcast::Receiver<std::sync::Arc<Vec<Event>>>,
    closing: tokio::sync::watch::Receiver<bool>,
}

fn follow(app: &SharedApp) -> Source {
    Source { feed: app.city.feed.subscribe(), closing: app.closing.subscribe() }
}

/// Gathers what happens for a while, then makes one message of it; ends when the server does.
fn gathered(
    app: SharedApp,
    source: Source,
    message: impl Fn(&SharedApp, &[Happened]) -> Option<String> + Send + 'static,
) -> impl Stream<Item = Result<Message, Infallible>> + Send {
    stream::unfold((app, source, message), |(app, mut source, message)| async move {
        loop {
            let happened = gather(&mut source).await?;
            if let Some(text) = message(&app, &happened) {
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
