//! The use cases, one file each: find what a decision needs, decide, post. Reads come before writes.

mod accounts;
mod administration;
mod alike;
mod cards;
mod cases;
mod consents;
mod coupons;
mod disposal;
mod expire;
mod facts;
mod gift;
mod giving;
mod handing_over;
mod helpers;
mod hold;
mod hooks;
mod households;
mod index_keys;
mod jobs;
mod joining;
mod keys;
mod let_go;
mod links;
mod looks;
mod mail;
mod many;
mod moving;
mod organisations;
mod own;
mod papers;
mod passkeys;
mod pay;
mod payouts;
mod people;
mod prepay;
mod proposals;
mod records;
mod refund;
mod releases;
mod settle;
mod shops;
mod sign_in;
mod tokens;
mod top_up;
mod treasury;
mod vouched;
mod window;
mod withdraw;

use base::{PersonId, Refusal};
use economy::Facts;
use pen::Stop;

pub(crate) use expire::is_over;
pub(crate) use jobs::LONGEST;
pub(crate) use pay::earning;
pub use settle::next as settle_case;
pub(crate) use top_up::{earning_at_charge, limits_of_top_ups};

use crate::memory::{CityMemory, CityTurn};
use crate::{BringPack, Command, OnCoupons, OnPayouts, OnPeople, OnTills, Reply};

/// Carries out one command. [`crate::may`] has been asked.
pub(crate) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &Command,
) -> Result<Reply, Stop> {
    own::others_business(city, turn, command)?;
    match command {
        Command::Pay { card, merchant, amount, pin, order } => {
            let wish = pay::Wish {
                card: *card,
                merchant: *merchant,
                amount: *amount,
                pin,
                order,
                helper: None,
                eligible: None,
            };
            pay::pay(city, turn, wish)
        }
        Command::Authorise { card, merchant, amount, pin } => hold::authorise(
            city,
            turn,
            &pay::Wish {
                card: *card,
                merchant: *merchant,
                amount: *amount,
                pin,
                order: &None,
                helper: None,
                eligible: None,
            },
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
        Command::OnPayouts(command) => on_payouts(city, turn, command),
        Command::Treasury { amount } => treasury::transfer(city, turn, *amount),
        Command::Activate { files, people, population } => {
            administration::activate(city, turn, files, (*people, *population))
        }
        Command::BringPack(BringPack::Files(files)) => administration::bring(city, turn, files),
        // Said yes to by its proposal, not by its number.
        Command::BringPack(BringPack::Waiting { .. }) => Err(Refusal::new("proposal.unknown").into()),
        Command::Grant(wish) => tokens::grant(city, turn, wish),
        Command::RotateToken { client, hash, until } => tokens::rotate(city, turn, *client, *hash, *until),
        Command::EndToken { client } => tokens::end(city, turn, *client),
        Command::OpenAccount { person } => accounts::open(city, turn, *person),
        Command::EndAccount { account } => accounts::end(city, turn, *account),
        Command::GiveRole(wish) => accounts::give(city, turn, wish),
        Command::ConfirmRole { grant } => accounts::confirm(city, turn, *grant),
        Command::EndRole { grant } => accounts::end_role(city, turn, *grant),
        Command::SignIn { grant, session, until, how } => {
            sign_in::sign_in(city, turn, *grant, (*session, *until, *how))
        }
        Command::IssueCode { person, hash, until } => sign_in::issue_code(city, turn, *person, *hash, *until),
        Command::SignInByCode { person, hash, session, until } => {
            sign_in::by_code(city, turn, *person, *hash, (*session, *until))
        }
        Command::EndSession { account, number } => sign_in::end(city, turn, *account, *number),
        Command::AddPasskey(wish) => passkeys::add(city, turn, wish),
        Command::UsePasskey { passkey, counter, credential } => {
            passkeys::used(city, turn, passkey, *counter, credential)
        }
        Command::RemovePasskey { account, number } => passkeys::remove(city, turn, *account, *number),
        Command::LinkVouched { account, said, house, how } => {
            vouched::link(city, turn, *account, (said, house, *how))
        }
        Command::KeepSaid { said } => vouched::keep(city, turn, said),
        Command::UnlinkVouched { account, house } => vouched::unlink(city, turn, *account, house),
        Command::OnPeople(command) => {
            let reply = on_people(city, turn, command)?;
            alike::to_be_weighed(turn, command.weighed().into_iter().flatten());
            Ok(reply)
        }
        Command::OnHouseholds(command) => {
            let reply = households::carry_out(city, turn, command)?;
            alike::to_be_weighed(turn, command.people()[0]);
            Ok(reply)
        }
        Command::OnMany(command) => many::carry_out(city, turn, command),
        Command::OnAlike(command) => alike::carry_out(city, turn, command),
        Command::OnPapers(command) => papers::carry_out(city, turn, command),
        Command::OnMail(command) => mail::carry_out(city, turn, command),
        Command::OnOrganisations(command) => organisations::carry_out(city, turn, command),
        Command::OnCoupons(command) => on_coupons(city, turn, command),
        Command::OnPrepay(command) => prepay::carry_out(city, turn, command),
        Command::OnGiving(command) => giving::on_giving(city, turn, command),
        Command::OnShops(command) => joining::carry_out(city, turn, command),
        Command::OnTills(command) => on_tills(city, turn, command),
        Command::OnProposals(command) => proposals::carry_out(city, turn, command),
        Command::OnWindow(command) => window::carry_out(city, turn, command),
        Command::OnDisposal(command) => disposal::carry_out(city, turn, command),
        Command::OnMoving(command) => moving::carry_out(city, turn, command),
        Command::AskLook { person, look, question } => looks::ask(city, turn, *person, *look, question),
        Command::AnswerLook { question, answer, looked } => {
            looks::answer(city, turn, *question, (answer, looked.as_deref()))
        }
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
        Command::DropKey { no } => keys::drop_key(city, turn, *no),
        Command::UseMasters { masters } => keys::use_masters(city, turn, masters),
        Command::KeepMarks { marks } => crate::key_marks::carry_out(turn, marks),
        Command::SealTokens => tokens::seal_names(city, turn),
        Command::Reseal { from, at_most } => keys::reseal(city, turn, from, *at_most),
        Command::Reindex { from, at_most } => index_keys::reindex(city, turn, from, *at_most),
        Command::DropIndexKey { no, why } => index_keys::drop_key(city, turn, *no, why.as_deref()),
        Command::Vote { budget, amount } => treasury::vote(city, turn, budget, *amount),
    }
}

fn on_coupons(city: &mut CityMemory, turn: &mut CityTurn<'_>, command: &OnCoupons) -> Result<Reply, Stop> {
    match command {
        OnCoupons::Give { coupon, person, amount } => coupons::give(city, turn, (coupon, *person, *amount)),
        OnCoupons::Begin(job) => jobs::begin(city, turn, job),
        OnCoupons::Step { job, from, at_most } => coupons::step(city, turn, *job, (*from, *at_most)),
        OnCoupons::Stop { job } => coupons::switch(city, turn, *job, false),
        OnCoupons::GoOn { job } => coupons::switch(city, turn, *job, true),
        OnCoupons::Name { purpose, merchant, on } => coupons::name(city, turn, (purpose, *merchant, *on)),
        OnCoupons::Join { sale, merchant, on } => coupons::join(city, turn, (sale, *merchant, *on)),
        OnCoupons::Claim { release, person } => releases::claim(city, turn, release, *person),
        OnCoupons::Ask { release, person } => releases::ask(city, turn, release, *person),
        OnCoupons::Commit { release } => releases::commit(city, turn, release),
        OnCoupons::Draw { release, beacon } => releases::draw(city, turn, release, beacon),
        OnCoupons::PayPart { card, merchant, amount, eligible, pin, order } => {
            let (card, merchant, amount) = (*card, *merchant, *amount);
            let eligible = Some(*eligible);
            pay::pay(city, turn, pay::Wish { card, merchant, amount, pin, order, helper: None, eligible })
        }
    }
}

fn on_people(city: &mut CityMemory, turn: &mut CityTurn<'_>, command: &OnPeople) -> Result<Reply, Stop> {
    match command {
        OnPeople::RecordFact { person, datum, source, from, until } => {
            let wish = facts::Wish { person: *person, datum, source, from: *from, until: *until };
            facts::record(city, turn, &wish)
        }
        OnPeople::StrikeFact { person, fact, why } => facts::strike(city, turn, *person, *fact, why),
        OnPeople::GiveConsent { person, purpose, from, until, paper, by, seen_grown } => {
            let (person, paper) = (*person, paper.as_deref());
            let (from, until, by, seen_grown) = (*from, *until, *by, *seen_grown);
            consents::give(
                city,
                turn,
                &consents::Wish { person, purpose, from, until, paper, by, seen_grown },
            )
        }
        OnPeople::WithdrawConsent { person, purpose, paper } => {
            consents::withdraw(city, turn, *person, purpose, paper.as_deref())
        }
        OnPeople::GiveHelp { person, helper, tie, grants, until } => {
            let (person, helper) = (*person, *helper);
            let wish = helpers::Wish { person, helper, tie: *tie, grants: *grants, until: *until };
            helpers::give(city, turn, &wish)
        }
        OnPeople::RevokeHelp { person, help } => helpers::revoke(city, turn, *person, *help),
        OnPeople::See { person } => helpers::see(city, turn, *person),
        OnPeople::Link { one, other, why } => links::link(city, turn, (*one, *other), why),
        OnPeople::Unlink { one, other, why } => links::unlink(city, turn, (*one, *other), why),
    }
}

fn on_payouts(city: &mut CityMemory, turn: &mut CityTurn<'_>, command: &OnPayouts) -> Result<Reply, Stop> {
    match command {
        OnPayouts::SetAccount { payee, bank, number, holder, seen } => {
            let typed = payouts::Typed { bank, number, holder, seen: *seen };
            payouts::set_account(city, turn, *payee, &typed)
        }
        OnPayouts::Send { upto } => payouts::send(city, turn, *upto),
        OnPayouts::Answer(part) => payouts::answer(city, turn, part),
        OnPayouts::Resolve { line, payout, note } => payouts::resolve(city, turn, line, *payout, note),
    }
}

fn on_tills(city: &mut CityMemory, turn: &mut CityTurn<'_>, command: &OnTills) -> Result<Reply, Stop> {
    match command {
        OnTills::OpenHook { merchant, url, secret } => hooks::open(city, turn, *merchant, url, secret),
        OnTills::RotateHook { merchant, hook, secret } => hooks::rotate(city, turn, *merchant, *hook, secret),
        OnTills::EndHook { merchant, hook } => hooks::end(turn, *merchant, *hook),
        OnTills::OpenCase(sign) => cases::open(city, turn, sign),
        OnTills::AnswerCase { case, text } => cases::answer(city, turn, *case, text),
        OnTills::CloseCase { case, finding, note } => cases::close(city, turn, *case, *finding, note),
    }
}

/// Records a command without a posting.
pub(crate) fn note(turn: &mut CityTurn<'_>, kind: &'static str, facts: Facts) -> Reply {
    let recorded = turn.note(kind, facts.write());
    Reply::Done { recorded, at: turn.now, facts }
}

fn known_person(city: &CityMemory, person: PersonId) -> Result<(), Refusal> {
    city.directory.holder(person).map(|_| ()).ok_or_else(|| Refusal::new("person.unknown"))
}
