//! A charge whose answer got lost, and that took no money: refused, or never arrived. The journal keeps what was paid
//! and nothing else; why a charge was refused is remembered here, for as long as a till asks.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use base::{MerchantId, PostingNo, Refusal, Role};
use city::read::shop::{self, Standing};

use super::forms::Forms;
use crate::app::App;
use crate::frame::Visit;
use crate::look::{Alert, AlertKind};
use crate::problem::Rejected;

/// The newest refusals of all tills. One that is forgotten counts as never arrived: sent again, it is refused again.
const KEPT: usize = 1_024;

/// Charges that were refused lately.
#[derive(Default)]
pub(crate) struct Refused(Mutex<VecDeque<(u64, String, Refusal)>>);

impl Refused {
    /// Remembers why a charge took no money. What a server could not carry out just now is no refusal.
    pub(super) fn note(&self, client: u64, key: &str, rejected: &Rejected) {
        if !rejected.status.is_client_error() || rejected.status == axum::http::StatusCode::TOO_MANY_REQUESTS
        {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(at, known, _)| (*at, known.as_str()) != (client, key));
        if kept.len() >= KEPT {
            kept.pop_front();
        }
        kept.push_back((client, key.to_owned(), rejected.refusal.clone()));
    }

    fn find(&self, client: u64, key: &str) -> Option<Refusal> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(at, known, _)| (*at, known.as_str()) == (client, key)).map(|found| found.2.clone())
    }
}

/// What became of a charge.
pub(super) enum Became {
    /// It was paid.
    Paid(PostingNo),
    /// It was refused.
    Refused(Refusal),
    /// It left no trace: it never arrived, or was refused long ago.
    None,
}

/// What became of the charge with that key.
pub(super) async fn became(
    visit: &Visit,
    shop: MerchantId,
    role: Role,
    key: &str,
) -> Result<Became, store::Error> {
    let client = App::client_of(role).0;
    let standing = Standing::of(&visit.app.city.shared.read().books, shop);
    let own = key.to_owned();
    let found = visit
        .app
        .read(move |snapshot| {
            shop::newest(snapshot, &standing, |row| row.client == client && row.request_key == own)
        })
        .await?;
    Ok(match found {
        Some(row) => Became::Paid(row.no),
        None => visit.app.refused.find(client, key).map_or(Became::None, Became::Refused),
    })
}

/// A counter's forms after a charge that is thought to be unpaid: it says which it was, and keeps the key, so that what
/// arrives late after all is not paid twice.
pub(super) async fn forms(visit: &Visit, shop: MerchantId, key: &str) -> Forms {
    let key = key.trim();
    let Some(role) = visit.role else { return Forms::default() };
    if key.is_empty() || key.len() > 64 || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Forms::default();
    }
    let mut forms = Forms { request_key: Some(key.to_owned()), ..Forms::default() };
    let t = visit.t;
    match became(visit, shop, role, key).await {
        Ok(Became::Paid(no)) => return Forms { done: Some(no), ..Forms::default() },
        Ok(Became::Refused(refusal)) => {
            let refused = visit.alert(&refusal.into());
            // Above everything, not beside a field: what was typed there is gone.
            let why = refused.why.map_or(refused.what.clone(), |why| format!("{}. {why}", refused.what));
            forms.alert =
                Some(Alert { what: t.say("unpaid-refused").to_string(), why: Some(why), ..refused });
        }
        Ok(Became::None) => {
            forms.alert = Some(Alert {
                kind: AlertKind::Warning,
                what: t.say("unpaid-none").to_string(),
                why: Some(t.say("unpaid-none-why").to_string()),
                next: Some(t.say("unpaid-none-next").to_string()),
                code: None,
                source: None,
            });
        }
        Err(error) => forms.refused(visit, &error.into(), "amount"),
    }
    forms
}
