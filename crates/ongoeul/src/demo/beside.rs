//! What goes on beside the visitors: townsfolk paying, and the city's own machinery with a bank and a city hall that
//! are simulated.

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use city::build::{Personas, Traffic};
use city::chores::Keeper;
use tokio::task::JoinHandle;
use web::App;

use crate::house;

/// Townsfolk act this often.
const BEAT: Duration = Duration::from_millis(200);
/// The machinery looks at the clock this often: it may run fast, and jump.
const LOOK: Duration = Duration::from_millis(500);

/// Starts both. They end with the server.
pub fn start(app: &Arc<App>, personas: &Personas, seed: u64, per_second: u32) -> Vec<JoinHandle<()>> {
    let keeper = Keeper::of_demo(&app.city);
    let mut tasks = vec![
        tokio::spawn(house::keep(Arc::clone(app), keeper, LOOK)),
        tokio::spawn(house::give(Arc::clone(app))),
    ];
    tasks.push(tokio::spawn(web::outward(Arc::clone(app), house::SEND)));
    tasks.push(tokio::spawn(house::keep_token_uses(Arc::clone(app))));
    if per_second > 0 {
        let traffic = Traffic::new(seed ^ 0x7ea5, per_second, &app.city.shared.read().town, personas);
        tasks.push(tokio::spawn(townsfolk(Arc::clone(app), traffic)));
    }
    tasks
}

async fn townsfolk(app: Arc<App>, mut traffic: Traffic) {
    let mut last = Stopwatch::now();
    let mut clock = app.city.clock.now();
    loop {
        tokio::time::sleep(BEAT).await;
        let passed = last.elapsed();
        last = Stopwatch::now();
        let now = app.city.clock.now();
        // While the city's clock stands, so does the town.
        let stands = now == clock;
        clock = now;
        if stands {
            continue;
        }
        let micros = i64::try_from(passed.as_micros()).unwrap_or(i64::MAX);
        let asked = traffic.next(now, micros, &app.city.shared.read());
        for (request, command) in asked {
            // Nobody waits for the answer: a refusal now and then is part of life.
            if app.city.commands.send(request, command).is_err() {
                break;
            }
        }
    }
}
