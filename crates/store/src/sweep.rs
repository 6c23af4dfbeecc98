//! Clearing what deleted rows leave behind: a database that only marks them as free still holds what was in them.

use crate::engine::postgres::{Driver, Session};
use crate::engine::sqlite::{self, Use, pragma};
use crate::{Error, Target};

/// Writes the database anew without what was deleted from it. Nobody may be at work in it; it takes as long as copying
/// it, and needs as much room beside it.
pub fn sweep(target: &Target) -> Result<(), Error> {
    match target {
        Target::Postgres(url) => {
            let driver = Driver::new()?;
            let session = driver.wait(Session::connect(url, "SET client_min_messages = warning;"))?;
            driver.wait(async { Ok(session.client.batch_execute("VACUUM (FULL)").await?) })
        }
        _ => {
            let connection = sqlite::open(target, Use::Tend)?;
            // A whole city doesn't fit into memory.
            pragma(&connection, "temp_store", "FILE")?;
            connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?;
            Ok(())
        }
    }
}
