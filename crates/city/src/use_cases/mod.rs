//! The use cases, one file each: find what a decision needs, decide, post. Reads come before writes.

mod administration;
mod cards;
mod expire;
mod gift;
mod hold;
mod keys;
mod let_go;
mod looks;
mod pay;
mod people;
mod refund;
mod settle;
mod shops;
mod top_up;
mod treasury;
mod withdraw;

use base::{PersonId, Refusal};
use economy::Facts;
use pen::Stop;

pub(crate) use pay::earning;
pub(crate) use top_up::earning_at_charge;

use crate::memory::{CityMemory, CityTurn};
use crate::{Command, Reply};

/// Carries out one command. [`crate::may`] has been asked.
pub(crate) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &Command,
) -> Result<Reply, Stop> {
    match command {
        Command::Pay { card, merchant, amount, pin, order } => {
            pay::pay(city, turn, &pay::Wish { card: *card, merchant: *merchant, amount: *amount, pin, order })
        }
        Command::Authorise { card, merchant, amount, pin } => hold::authorise(
            city,
            turn,
            &pay::Wish { card: *card, merchant: *merchant, amount: *amount, pin, order: &None },
        ),
        Command::Capture { authorisation, amount } => hold::capture(city, turn, *authorisation, *amount),
        Command::Void { authorisation } => hold::void(city, turn, *authorisation),
        Command::Sweep { at_most } => hold::sweep(city, turn, *at_most),
        Command::Expire { from, at_most } => expire::expire(city, turn, *from, *at_most),
        Command::TopUp { person, amount } => top_up::top_up(city, turn, *person, *amount),
        Command::Refund { payment, amount } => refund::refund(city, turn, *payment, *amount),
        Command::Gift { from, to, amount } => gift::gift(city, turn, *from, *to, *amount),
        Command::Withdraw { person } => withdraw::withdraw(city, turn, *person),
        Command::Enrol(person) => people::enrol(city, turn, person),
        Command::IssueCard { person, card } => cards::issue(city, turn, *person, *card),
        Command::Freeze { card } => cards::freeze(city, turn, *card),
        Command::Unfreeze { card } => cards::unfreeze(city, turn, *card),
        Command::Replace { card } => cards::replace(city, turn, *card),
        Command::CloseCard { card } => cards::close(city, turn, *card),
        Command::SetPin { card, pin } => cards::set_pin(city, turn, *card, pin),
        Command::Join(shop) => shops::join(city, turn, shop),
        Command::CloseShop { merchant } => shops::close(city, turn, *merchant),
        Command::Settle { from, at_most } => settle::settle(city, turn, *from, *at_most),
        Command::ConfirmPayouts => settle::confirm(city, turn),
        Command::Treasury { amount } => treasury::transfer(city, turn, *amount),
        Command::Activate { files, people, population } => {
            administration::activate(city, turn, files, (*people, *population))
        }
        Command::Grant { hash, role, subject, name } => {
            administration::grant(turn, hash, role, subject.as_deref(), name)
        }
        Command::AskLook { person, look, question } => looks::ask(city, turn, *person, *look, question),
        Command::AnswerLook { question, answer } => looks::answer(city, turn, *question, answer),
        Command::OpenGlass { person, why } => looks::open_glass(city, turn, *person, why),
        Command::ReviewGlass { glass, justified, note } => {
            looks::review_glass(city, turn, *glass, *justified, note)
        }
        Command::Inspect { month, looks, people, unusual, upto, head } => {
            looks::inspect(turn, *month, [*looks, *people, *unusual, *upto], *head)
        }
        Command::Download { what, lines, why } => looks::download(city, turn, what, *lines, why),
        Command::LetGo { from, at_most, dry } => let_go::let_go(city, turn, *from, *at_most, *dry),
        Command::DisposeLooks { before, count } => Ok(looks::dispose(turn, *before, *count)),
        Command::AddKey { key } => keys::add(city, turn, key),
        Command::RewrapKeys => keys::rewrap(city, turn),
        Command::Reseal { from, at_most } => keys::reseal(city, turn, *from, *at_most),
        Command::Vote { budget, amount } => treasury::vote(city, turn, budget, *amount),
    }
}

/// Records a command without a posting.
fn note(turn: &mut CityTurn<'_>, kind: &'static str, facts: Facts) -> Reply {
    let recorded = turn.note(kind, facts.write());
    Reply::Done { recorded, at: turn.now, facts }
}

fn known_person(city: &CityMemory, person: PersonId) -> Result<(), Refusal> {
    city.directory.holder(person).map(|_| ()).ok_or_else(|| Refusal::new("person.unknown"))
}
