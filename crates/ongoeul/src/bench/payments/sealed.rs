//! How the seal keeps up with payments.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant as Stopwatch};

use city::open::City;

use super::super::report::Report;

/// Nobody waits longer for a seal.
const PATIENCE: Duration = Duration::from_secs(600);

/// Seals the city, and all that was there before the load.
pub(super) fn begin(city: &City, folder: &Path) -> Result<(), Box<dyn Error>> {
    city.seal(&folder.join(city::sealing::FOLDER), seal::Secret::new([9; 32]), "bench.ongoeul/log")?;
    if let Some(sealing) = city.sealing() {
        sealing.catch_up(city.shared.read().books.last_posting())?;
    }
    Ok(())
}

/// Right after the full load: how many postings wait for their seal, how long until none does, and the longest that one
/// ever waited.
pub(super) fn tell(city: &City, report: &mut Report) -> Result<(), Box<dyn Error>> {
    let Some(sealing) = city.sealing() else { return Ok(()) };
    let last = city.shared.read().books.last_posting();
    let at_end = sealing.lag(last);
    let begun = Stopwatch::now();
    while sealing.sealed() < last.0 {
        if begun.elapsed() > PATIENCE || sealing.lag(last).failing {
            return Err("the seal does not catch up".into());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let tenths = |time: Duration| (time.as_secs_f64() * 10.0).round() / 10.0;
    report.tell("seal_waiting_postings", at_end.postings);
    report.tell("seal_caught_up_seconds", tenths(begun.elapsed()));
    report.tell("seal_longest_wait_seconds", tenths(sealing.lag(last).longest));
    Ok(())
}
