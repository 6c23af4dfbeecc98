//! Looks at personal records: whoever reads one is in the access ledger before they see it.

use std::net::IpAddr;
use std::sync::Arc;

use access::{Busy, Failure, Look};
use axum::http::StatusCode;
use base::{Actor, PersonId, Role};
use city::Reply;
use city::read::people::{Register, Seen};
use economy::Facts;

use crate::App;
use crate::problem::Rejected;

/// Who looks, from where, at what, and for what purpose. A person's own record, read by themself, is no look.
#[derive(Debug, Clone)]
pub(crate) struct Looker {
    actor: Actor,
    from: IpAddr,
    /// A stable code: the text `look-what-…` says it in words.
    what: &'static str,
    /// A stable code: the text `look-why-…` says it in words.
    purpose: &'static str,
    reason: Option<String>,
}

impl Looker {
    pub(crate) fn new(actor: Actor, from: IpAddr, what: &'static str, purpose: &'static str) -> Looker {
        Looker { actor, from, what, purpose, reason: None }
    }

    /// For the reason they gave with this download. The ledger holds ids only: what they said stands sealed with it.
    pub(crate) fn because(self, download: &Reply) -> Looker {
        match download {
            Reply::Done { facts: Facts::Looks { id, .. }, .. } => Looker { reason: Some(id.clone()), ..self },
            _ => self,
        }
    }

    fn is_own(&self, person: PersonId) -> bool {
        self.actor.role == Role::Citizen(person)
    }

    fn look(&self, app: &App, seen: &Seen) -> Look {
        Look {
            at: app.now(),
            who: city::looks::who(self.actor),
            role: self.actor.role.name().to_owned(),
            whom: seen.person,
            what: seen.what.unwrap_or(self.what).to_owned(),
            purpose: if seen.by_glass { "break-glass" } else { self.purpose }.to_owned(),
            from: self.from.to_string(),
            reason: self.reason.clone(),
            task: seen.task.map(str::to_owned),
        }
    }
}

/// A record is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unseen {
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The look can't be kept.
    #[error("a look can't be kept: {0}")]
    Full(#[from] Busy),
    /// The look could not be kept.
    #[error("a look was not kept: {0}")]
    Failed(#[from] Failure),
}

impl From<Unseen> for Rejected {
    fn from(unseen: Unseen) -> Rejected {
        match unseen {
            Unseen::Store(error) => error.into(),
            away => {
                tracing::error!(%away, "a personal record was not shown");
                Rejected::new(StatusCode::SERVICE_UNAVAILABLE, "access.away")
            }
        }
    }
}

impl App {
    /// Reads what names people, in one snapshot. What was read comes back once the looks are durable.
    pub(crate) async fn register<T: Send + 'static>(
        self: &Arc<Self>,
        looker: Looker,
        work: impl FnOnce(&mut Register<'_, '_>) -> Result<T, store::Error> + Send + 'static,
    ) -> Result<T, Unseen> {
        let vault = self.city.vault();
        let read = self.read(move |snapshot| {
            let mut register = Register::new(snapshot, &vault);
            let found = work(&mut register)?;
            Ok((found, register.seen()))
        });
        let (found, seen) = read.await?;
        self.keep_looks(&looker, &seen).await?;
        Ok(found)
    }

    /// Notes looks at what was read past the register: a card, a movement.
    pub(crate) async fn look_at(&self, looker: Looker, whom: Vec<PersonId>) -> Result<(), Unseen> {
        let seen: Vec<Seen> = whom.into_iter().map(Seen::of).collect();
        self.keep_looks(&looker, &seen).await
    }

    /// Whether somebody may see a person at a window: as their role lets them, or through a glass they broke.
    pub(crate) async fn lets_see(
        self: &Arc<Self>,
        actor: Actor,
        person: PersonId,
    ) -> Result<bool, store::Error> {
        if self.is_in_sight(actor, person) {
            return Ok(true);
        }
        let by = city::looks::who(actor);
        self.read(move |snapshot| city::looks::glass_lets(snapshot, &by, person)).await
    }

    fn is_in_sight(&self, actor: Actor, person: PersonId) -> bool {
        let view = self.city.shared.read();
        let Some(holder) = view.town.directory.holder(person) else { return true };
        (self.sees)(&actor, holder.person.district)
    }

    async fn keep_looks(&self, looker: &Looker, seen: &[Seen]) -> Result<(), Unseen> {
        let others = seen.iter().filter(|seen| !looker.is_own(seen.person));
        let looks: Vec<Look> = others.map(|seen| looker.look(self, seen)).collect();
        if !looks.is_empty() {
            self.city.access.record(looks)?.await?;
        }
        Ok(())
    }
}
