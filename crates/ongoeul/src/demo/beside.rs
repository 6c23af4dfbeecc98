//! What goes on beside the visitors: townsfolk paying, jumps of the clock, and the city's own machinery with a bank and a
//! city hall that are simulated.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use base::{Clock, Instant};
use city::build::{Leap, Life, Pace, Personas, Through, Traffic};
use city::chores::Keeper;
use city::clock::CityClock;
use tokio::task::JoinHandle;
use web::App;

use super::folder::Folder;
use crate::house;

/// Townsfolk act this often.
const BEAT: Duration = Duration::from_millis(200);
/// The machinery looks at the clock this often: it may run fast.
const LOOK: Duration = Duration::from_millis(500);

/// The town as the demo runs it.
pub struct Town {
    pub personas: Personas,
    pub seed: u64,
    /// How often townsfolk pay.
    pub pace: Pace,
    pub clock: Arc<CityClock>,
    /// Where pages want jumps, and read how lively it is.
    pub life: Arc<Life>,
    pub folder: Folder,
}

/// Starts all of it. It ends with the server.
pub fn start(app: &Arc<App>, town: Town, keeper: Keeper) -> Vec<JoinHandle<()>> {
    let keeper = Arc::new(Mutex::new(keeper));
    vec![
        tokio::spawn(house::keep(Arc::clone(app), Arc::clone(&keeper), LOOK)),
        tokio::spawn(house::give(Arc::clone(app))),
        tokio::spawn(web::outward(Arc::clone(app), house::SEND)),
        tokio::spawn(house::keep_token_uses(Arc::clone(app))),
        tokio::spawn(live(Arc::clone(app), keeper, town)),
    ]
}

/// A jump under way ends when nobody waits for it any more: the server stops, and goes on with it at its next start.
struct StopsWithUs(Arc<Life>);

impl Drop for StopsWithUs {
    fn drop(&mut self) {
        self.0.stop();
    }
}

async fn live(app: Arc<App>, keeper: Arc<Mutex<Keeper>>, town: Town) {
    let mut traffic = (town.pace != Pace::PerSecond(0)).then(|| {
        let view = app.city.shared.read();
        Arc::new(Mutex::new(Traffic::new(town.seed ^ 0x7ea5, town.pace, &view.town, &town.personas)))
    });
    let _held = StopsWithUs(Arc::clone(&town.life));
    let mut last = Stopwatch::now();
    let mut before = town.clock.now();
    loop {
        if let Some(leap) = town.life.leaping() {
            jump(&app, &keeper, &town, traffic.clone(), leap).await;
            (last, before) = (Stopwatch::now(), town.clock.now());
        }
        if let Some(traffic) = &mut traffic {
            let passed = last.elapsed();
            last = Stopwatch::now();
            let now = town.clock.now();
            townsfolk(&app, traffic, &town, now, if now == before { Duration::ZERO } else { passed });
            before = now;
        }
        tokio::time::sleep(BEAT).await;
    }
}

/// The days between: their end is kept in the folder until they are over.
async fn jump(
    app: &Arc<App>,
    keeper: &Arc<Mutex<Keeper>>,
    town: &Town,
    traffic: Option<Arc<Mutex<Traffic>>>,
    leap: Leap,
) {
    if let Err(error) = town.folder.keep_jump(Some(leap.to)) {
        tracing::warn!(%error, "a server that ends now doesn't go on with this jump");
    }
    let (app, keeper) = (Arc::clone(app), Arc::clone(keeper));
    let (clock, life) = (Arc::clone(&town.clock), Arc::clone(&town.life));
    let lived = tokio::task::spawn_blocking(move || {
        let through = Through { city: &app.city, clock: &clock, keeper: &keeper, life: &life };
        match traffic {
            Some(traffic) => {
                through.live(leap.to, Some(&mut *traffic.lock().unwrap_or_else(PoisonError::into_inner)))
            }
            None => through.live(leap.to, None),
        }
    });
    match lived.await {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => tracing::error!(?failure, "a jump of the clock broke off"),
        Err(error) => tracing::error!(%error, "a jump of the clock broke off"),
    }
    if let Err(error) = town.folder.keep_jump(None) {
        tracing::warn!(%error, "the next start will jump again");
    }
    town.life.arrived();
}

/// While the city's clock stands, so does the town.
fn townsfolk(app: &App, traffic: &Mutex<Traffic>, town: &Town, now: Instant, passed: Duration) {
    let micros = i64::try_from(passed.as_micros()).unwrap_or(i64::MAX);
    let speed = town.clock.speed();
    let asked = {
        let mut traffic = traffic.lock().unwrap_or_else(PoisonError::into_inner);
        let view = app.city.shared.read();
        town.life.say(traffic.now(now, speed, &view.town));
        traffic.next(now, micros, speed, &view)
    };
    for (request, command) in asked {
        // Nobody waits for the answer: a refusal now and then is part of life.
        if app.city.commands.send(request, command).is_err() {
            break;
        }
    }
}
