//! A bank's answer comes in: by the officer's page, or from a program.

use std::sync::Arc;

use base::{Actor, Refusal};
use city::payouts::answer::{self, Imported};
use pen::Request;

use crate::App;
use crate::problem::Rejected;

/// The largest file of a bank that is taken, in bytes.
pub(crate) const LARGEST: usize = 64 << 20;

/// Takes a file in, all of it; the same file again does nothing again. On a thread of its own: it waits for the pen part by
/// part.
pub(crate) async fn take_in(app: &Arc<App>, actor: Actor, bytes: Vec<u8>) -> Result<Imported, Rejected> {
    if bytes.is_empty() {
        return Err(Refusal::new("answer.none").into());
    }
    let app = Arc::clone(app);
    let done = tokio::task::spawn_blocking(move || {
        let trust = app.city.shared.read().town.pack.settlement.trust.clone();
        answer::import(&bytes, trust.as_ref(), &app.city.readers, &mut |key, command| {
            let request = Request { actor, key, input_hash: command.input_hash() };
            app.city.ask_waiting(request, command)
        })
    });
    match done.await {
        Ok(Ok(imported)) => Ok(imported),
        Ok(Err(why)) => Err(match why.refusal() {
            Some(refusal) => refusal.into(),
            None => {
                tracing::error!(%why, "a bank's answer can't be taken in");
                Refusal::new("failed").into()
            }
        }),
        Err(error) => Err(store::Error::other(error).into()),
    }
}
