//! What leaves the house: the outbox's messages, sent when they are due. Every way has an outlet; a way without one, or
//! without anything to reach someone by, is passed over for the next. What no way reaches waits for a window.
//!
//! Nothing here stands in anybody's way: a receiver that is slow or away holds up its own lane only.

mod hook;
mod mail;
mod net;
mod outlet;
pub(crate) mod words;

use std::sync::Arc;
use std::time::Duration;

use city::follow::{self, HOOK};
use futures_util::StreamExt;
use futures_util::stream;
use outbox::{Message, Outcome};
use rules::Channel;

pub(crate) use self::hook::shown_secret;
pub use self::mail::{Mailer, Relay};
pub(crate) use self::net::may_ask;
pub use self::outlet::{Outlet, Outlets};
use crate::App;

/// As many messages as are on their way at once.
const AT_ONCE: usize = 16;
/// As many as are taken in one round.
const ROUND: usize = 256;
/// Fewer than so many that are due leave room for a crowd.
const CALM: usize = 64;
/// Seconds until each next try. After the last, a message is given up: more than three days.
const WAITS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// What a try came to, in the receiver's or the network's words.
struct Tried {
    said: String,
    went: Went,
}

enum Went {
    Well,
    /// It may go well another time.
    Badly,
    /// It never will.
    Never,
}

impl Tried {
    fn never(said: impl Into<String>) -> Tried {
        Tried { said: said.into(), went: Went::Never }
    }

    fn badly(said: impl Into<String>) -> Tried {
        Tried { said: said.into(), went: Went::Badly }
    }
}

/// Follows the journal, and sends what is due, again and again.
pub async fn outward(app: Arc<App>, every: Duration) {
    loop {
        if let Err(error) = round(&app).await {
            tracing::warn!(%error, "the outbox rests for a while");
        }
        tokio::time::sleep(every).await;
    }
}

/// One round: what follows from the journal, and what is due now. Gives how many were tried.
pub async fn round(app: &Arc<App>) -> Result<usize, follow::Lost> {
    let city = Arc::clone(app);
    let due = tokio::task::spawn_blocking(move || {
        while follow::follow(&city.city)? {}
        // Each command has a microsecond of its own: the last may lie a little after a clock that stands.
        let now = city.now().max(city.city.shared.read().at);
        let due = city.city.outbox.due(now, ROUND)?;
        // Many who are to be told of one thing come in when little else waits, so that nothing waits behind them.
        if due.len() < CALM {
            // Whatever is wrong with it, the others are sent.
            if let Err(error) = follow::tell_crowd(&city.city, now) {
                tracing::warn!(%error, "those who were given a coupon are told later");
            }
        }
        Ok::<_, follow::Lost>(due)
    });
    let due = due.await.map_err(store::Error::other)??;
    let tried = due.len();
    let mut sent = stream::iter(due).map(|message| one(app, message)).buffer_unordered(AT_ONCE);
    while sent.next().await.is_some() {}
    Ok(tried)
}

/// Sends one message and keeps what came of it.
async fn one(app: &Arc<App>, message: Message) {
    let tried = match message.new.channel.as_str() {
        HOOK => hook::send(app, &message).await,
        // It stands on their own page from this moment on.
        code if code == Channel::App.code() => Tried { said: String::new(), went: Went::Well },
        code => match Channel::coded(code) {
            Some(channel) => outlet::send(app, channel, &message).await,
            None => Tried::never("no such way"),
        },
    };
    let now = app.now();
    let outcome = outcome(&message, &tried, now);
    let (outbox, no) = (Arc::clone(&app.city.outbox), message.no);
    let kept = tokio::task::spawn_blocking(move || outbox.tried(no, now, &tried.said, &outcome)).await;
    // Not kept: it is sent again under the same key, and whoever receives it twice can tell.
    if !matches!(kept, Ok(Ok(()))) {
        tracing::warn!(no, "what came of a message could not be kept");
    }
}

fn outcome(message: &Message, tried: &Tried, now: base::Instant) -> Outcome {
    let instead = || {
        let notice = follow::Notice::read(&message.new.body)?;
        notice.instead(&message.new, now).map(Box::new)
    };
    match tried.went {
        Went::Well => Outcome::Delivered,
        Went::Never => Outcome::Dead(instead()),
        Went::Badly => match WAITS.get(message.tries as usize) {
            Some(wait) => Outcome::Again(now.plus_seconds(*wait)),
            None => Outcome::Dead(instead()),
        },
    }
}
