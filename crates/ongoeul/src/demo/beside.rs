//! What goes on beside the visitors: townsfolk paying, and the city's own machinery.

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use city::build::{Chores, Personas, Traffic, run_waiting};
use tokio::task::JoinHandle;
use web::App;

/// Townsfolk act this often; the machinery looks at the clock this often.
const BEAT: Duration = Duration::from_millis(200);
const LOOK: Duration = Duration::from_millis(500);

/// Starts both. They end with the server.
pub fn start(app: &Arc<App>, personas: &Personas, seed: u64, per_second: u32) -> Vec<JoinHandle<()>> {
    let mut tasks = vec![tokio::spawn(chores(Arc::clone(app)))];
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

async fn chores(app: Arc<App>) {
    let (mut last, chores) = {
        let view = app.city.shared.read();
        // A new town's history ends before this morning's settlement, so that a shop has something to look forward to.
        (app.city.clock.now(), Chores::new(&view.town.pack, view.town.zone.clone()))
    };
    loop {
        tokio::time::sleep(LOOK).await;
        let now = app.city.clock.now();
        let due = {
            let view = app.city.shared.read();
            chores.due(last, now, &view.town.pack, &view.books)
        };
        last = now;
        if due.is_empty() {
            continue;
        }
        let worker = Arc::clone(&app);
        let done = tokio::task::spawn_blocking(move || run_waiting(&worker.city, due)).await;
        match done {
            Ok(done) => {
                if let Some(failure) = done.broken {
                    tracing::warn!(?failure, "a chore of the city broke");
                }
            }
            Err(error) => tracing::warn!(%error, "the city's machinery stopped"),
        }
    }
}
