//! What standing gifts cost: payments before anybody gives and after, in one run.

use std::error::Error;

use base::{Actor, Client, PersonId, Role};
use city::open::City;
use city::{Command, OnGiving};
use economy::Class;
use pen::{Request, Shared};

use super::super::report::Report;
use super::load::{Heard, Plan};

/// Half of each cashback, in basis points.
const SHARE: i64 = 5_000;

/// What the second measurement needs.
pub(super) struct Givers<'a> {
    pub city: &'a City,
    pub people: &'a [PersonId],
    /// The share of them that gives.
    pub share: f64,
}

impl Givers<'_> {
    /// So many people begin to give, spread evenly over all; then the same load once more. `before` is the load without.
    pub(super) fn compare(
        &self,
        plan: &mut Plan,
        before: &Heard,
        report: &mut Report,
        measure: impl FnOnce(&mut Plan) -> Result<Heard, Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        let givers = self.begin()?;
        let before_won = collected(&self.city.shared);
        let given = measure(plan)?;
        if given.failed > 0 {
            return Err(format!(
                "with gifts: {} answers were no success; first: {}",
                given.failed, given.first_failure
            )
            .into());
        }
        let won = collected(&self.city.shared) - before_won;
        if won == 0 {
            return Err("nobody gave anything: nothing was measured".into());
        }
        let change = (given.per_second / before.per_second.max(1.0) - 1.0) * 100.0;
        report.tell("givers", givers);
        report.tell("with_gifts_per_second", given.per_second.round());
        report.tell("with_gifts_p50_ms", given.p50_ms);
        report.tell("with_gifts_p99_ms", given.p99_ms);
        report.tell("with_gifts_won_given", won);
        report.tell("with_gifts_change_percent", (change * 10.0).round() / 10.0);
        Ok(())
    }

    fn begin(&self) -> Result<u64, Box<dyn Error>> {
        let (mut owed, mut givers) = (0.0, 0);
        for person in self.people {
            owed += self.share;
            if owed < 1.0 {
                continue;
            }
            owed -= 1.0;
            givers += 1;
            let stand = OnGiving::Stand { person: *person, share: SHARE, purpose: 0, named: false };
            let command = Command::OnGiving(stand);
            let actor = Actor::new(Role::Citizen(*person), Client(78));
            let key = format!("give-{person}");
            let request = Request { actor, key, input_hash: command.input_hash() };
            self.city.ask_waiting(request, command).map_err(|failure| format!("{person}: {failure:?}"))?;
        }
        Ok(givers)
    }
}

fn collected(shared: &Shared<city::CityView>) -> i64 {
    let view = shared.read();
    let gifts = view.books.iter().filter(|(_, account, _)| account.key.class.0 == Class::GiftCollected as u8);
    gifts.map(|(.., state)| state.balance).sum()
}
