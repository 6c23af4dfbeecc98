//! Citizens, tills and a clerk who ask as fast as they are answered, and remember what they heard.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base::{Entropy, Seeded};

use super::http::{Answer, Ask, Line};
use super::town::{CITIZENS, Town};

/// After a failure that may pass.
const PAUSE: Duration = Duration::from_millis(20);

/// What a request does to its citizen's wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Pay,
    Refund,
    TopUp,
    Hold,
    Capture,
    Pin,
}

/// A request that moves value, or sets a PIN, with its key.
#[derive(Debug, Clone)]
pub struct Asked {
    pub kind: Kind,
    pub citizen: usize,
    pub key: String,
    path: String,
    token: String,
    body: String,
}

impl Asked {
    pub fn ask(&self) -> Ask<'_> {
        Ask { method: "POST", path: &self.path, token: &self.token, key: Some(&self.key), body: &self.body }
    }
}

/// A request and its answer; `None` when no one can say what became of it.
#[derive(Debug, Clone)]
pub struct Told {
    pub asked: Asked,
    pub answer: Option<Answer>,
}

/// All citizens ask at once, each over a connection of its own, while `work` goes on; then nobody asks any more. Keys
/// begin with the round.
pub fn under_load<T>(
    town: &Town,
    address: SocketAddr,
    round: &str,
    work: impl FnOnce() -> T,
) -> (T, Vec<Told>) {
    let stop = &AtomicBool::new(false);
    std::thread::scope(|scope| {
        let lives: Vec<_> = (0..CITIZENS)
            .map(|citizen| scope.spawn(move || live(Life::new(town, citizen, round), address, stop)))
            .collect();
        let done = {
            // When the work panics they must stop too.
            let _stopping = Stopping(stop);
            work()
        };
        (done, lives.into_iter().flat_map(|life| life.join().unwrap()).collect())
    })
}

struct Stopping<'a>(&'a AtomicBool);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn live(mut life: Life<'_>, address: SocketAddr, stop: &AtomicBool) -> Vec<Told> {
    let mut line = Line::to(address);
    let mut told = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let asked = life.next();
        let answer = insist(&mut line, &asked, stop);
        life.heard(&asked, answer.as_ref());
        told.push(Told { asked, answer });
    }
    told
}

/// Asks until there is an answer: with one key that can do no harm.
fn insist(line: &mut Line, asked: &Asked, stop: &AtomicBool) -> Option<Answer> {
    loop {
        match line.ask(&asked.ask()) {
            Ok(answer) if answer.is_good() => return Some(answer),
            Ok(answer) if answer.status < 500 => panic!("{asked:?}: {answer:?}"),
            // The server, or the way to it, is in trouble.
            _ => {}
        }
        if stop.load(Ordering::SeqCst) {
            return None;
        }
        std::thread::sleep(PAUSE);
    }
}

/// What one citizen does, drawn from a seed.
struct Life<'a> {
    town: &'a Town,
    citizen: usize,
    round: &'a str,
    dice: Seeded,
    number: u64,
    /// An own payment that was not taken back, and its shop.
    paid: Option<(String, usize)>,
    /// An own reservation, and its shop.
    held: Option<(String, usize)>,
    shop: usize,
}

impl<'a> Life<'a> {
    fn new(town: &'a Town, citizen: usize, round: &'a str) -> Life<'a> {
        let seed = round.bytes().fold(citizen as u64, |seed, byte| seed * 31 + u64::from(byte));
        let dice = Seeded::new(seed);
        Life { town, citizen, round, dice, number: 0, paid: None, held: None, shop: 0 }
    }

    fn next(&mut self) -> Asked {
        self.shop = if self.dice.below(2) == 0 { 0 } else { 1 };
        let amount = 10 + self.dice.below(90);
        let me = &self.town.citizens[self.citizen];
        let shop = &self.town.shops[self.shop];
        let payment = format!(r#"{{"card":"{}","merchant":"{}","amount":{amount}}}"#, me.card, shop.id);
        let own = |kind, path: &str, body| self.asked(kind, path.to_owned(), &me.token, body);
        let asked = match self.dice.clone().below(100) {
            0..12 if self.paid.is_some() => {
                let (id, shop) = self.paid.take().unwrap_or_default();
                let till = &self.town.shops[shop].token;
                self.asked(
                    Kind::Refund,
                    format!("/api/v1/payments/{id}/refunds"),
                    till,
                    r#"{"amount":3}"#.into(),
                )
            }
            12..22 => {
                let path = format!("/api/v1/cards/{}/top-ups", me.card);
                own(Kind::TopUp, &path, format!(r#"{{"amount":{amount}}}"#))
            }
            22..25 => own(Kind::Hold, "/api/v1/authorizations", payment),
            25..32 if self.held.is_some() => {
                let (id, shop) = self.held.take().unwrap_or_default();
                let till = &self.town.shops[shop].token;
                self.asked(Kind::Capture, format!("/api/v1/authorizations/{id}/capture"), till, "{}".into())
            }
            32..34 => {
                // Something that is no posting, as often as one likes.
                let pin = format!(r#"{{"pin":"{}"}}"#, 1_000 + self.dice.clone().below(9_000));
                self.asked(Kind::Pin, format!("/api/v1/cards/{}/pin", me.card), &self.town.clerk, pin)
            }
            _ => own(Kind::Pay, "/api/v1/payments", payment),
        };
        self.dice.next_u64();
        self.number += 1;
        asked
    }

    fn asked(&self, kind: Kind, path: String, token: &str, body: String) -> Asked {
        let key = format!("{}-{}-{}", self.round, self.citizen, self.number);
        Asked { kind, citizen: self.citizen, key, path, token: token.to_owned(), body }
    }

    fn heard(&mut self, asked: &Asked, answer: Option<&Answer>) {
        let Some(answer) = answer else { return };
        match asked.kind {
            Kind::Pay => self.paid = Some((answer.id(), self.shop)),
            Kind::Hold => self.held = Some((answer.id(), self.shop)),
            _ => {}
        }
    }
}
