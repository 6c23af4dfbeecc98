//! Days on the command line.

use base::Date;

/// A day as it is written everywhere here.
pub fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "a day is written like 2021-02-28".to_owned())
}
