//! `ongoeul bench settle`: a settlement day. So many payments were made at so many shops; then all of them are settled, the
//! payout file is made and checked, the bank's statement is read and taken in, until nothing is on its way any more.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use bank::{camt053, pain001};
use base::{Actor, Clock, MerchantId, Zone, date};
use city::clock::HandClock;
use city::open::prepare;
use city::payouts::{answer, file, played};
use city::{CardRef, CityMemory, Command, NewCard, NewMerchant, NewPerson, OnPayouts, Payee, Reply};
use economy::{CardKind, Class, Facts, chart};
use pen::{Envelope, Pen, Request};
use store::{Readers, Target};
use tokio::sync::oneshot;

use super::payments::town::{all, all_keyed, business_number, opening, recount};
use super::report::{Folder, Report, per_second, seconds};

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Payments that are settled.
    #[arg(long, default_value_t = 1_000_000)]
    payments: u64,
    /// Shops that took them.
    #[arg(long, default_value_t = 30_000)]
    merchants: u32,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// The city is made in a fresh folder in here, and removed afterwards.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// The city's pack.
    #[arg(long, default_value = "cities/jeonju")]
    pack: PathBuf,
}

const GROUP: usize = 4_096;
/// Payments of one person: their limits and what is on their card bear more.
const EACH: u64 = 50;
/// Shops in one command, as the machinery does it.
const AT_ONCE: u32 = 256;

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    if args.payments == 0 || args.merchants == 0 {
        return Err("at least one payment and one shop".into());
    }
    let folder = Folder::fresh(&args.dir)?;
    let mut report = Report::of_machine(folder.path())?;
    let target = Target::Sqlite(folder.path().join("city.sqlite"));
    let zone = Zone::named("Asia/Seoul").ok_or("no such zone")?;
    let clock = Arc::new(HandClock::at(zone.instant(date(2021, 6, 10), 10, 0)));
    let mut started = prepare(opening(&target, folder.path(), &args.pack, clock.clone())?)?;
    let pen = &mut started.pen;
    build(pen, args)?;
    clock.set(zone.instant(date(2021, 6, 11), 9, 0));

    let began = Instant::now();
    let shops = settle(pen)?;
    let settled = began.elapsed();
    ask(pen, Command::OnPayouts(OnPayouts::Send { upto: None }), "send")?;
    let text = payout_file(pen, &target)?;
    let made = began.elapsed();
    let answered = bank(pen, &text, clock.now())?;
    let statement = began.elapsed();
    let taken = take(pen, answered)?;
    let all = began.elapsed();

    let left = pen.shared().read().books.balance_of(&chart::scheme(Class::PayoutSent).key);
    let open = pen.shared().read().town.payouts.open.len();
    if left != 0 || open != 0 || taken != shops {
        return Err(
            format!("{shops} shops were settled, {taken} lines matched, {open} payouts are open").into()
        );
    }
    report.tell("payments", args.payments);
    report.tell("merchants", args.merchants);
    report.tell("settled", shops);
    report.tell("settle_seconds", seconds(settled));
    report.tell("payout_file_seconds", seconds(made - settled));
    report.tell("payout_file_bytes", text.len());
    report.tell("played_bank_seconds", seconds(statement - made));
    report.tell("answer_seconds", seconds(all - statement));
    report.tell("seconds", seconds(all));
    report.tell("payouts_per_second", per_second(shops, all));
    drop(started);
    report.tell("postings_recounted", recount(&target)?);
    report.print(args.json);
    Ok(())
}

/// Shops with accounts, people with money, and what they pay.
fn build(pen: &mut Pen<CityMemory>, args: &Args) -> Result<(), Box<dyn Error>> {
    let (trade, district, bank, budgets) = {
        let shared = pen.shared();
        let view = shared.read();
        let pack = &view.town.pack;
        let trade = pack.city.trades.iter().find(|trade| !trade.is_excluded()).ok_or("no trade")?.id.clone();
        let bank = pack.settlement.banks.first().ok_or("no bank")?.code.clone();
        let budgets: Vec<(String, i64)> = pack.budgets.iter().map(|b| (b.id.clone(), b.amount.0)).collect();
        (trade, pack.city.districts[0].code.clone(), bank, budgets)
    };
    all(pen, budgets.into_iter().map(|(budget, amount)| Command::Vote { budget, amount }).collect())?;
    let mut shops: Vec<MerchantId> = Vec::new();
    let numbers: Vec<u32> = (0..args.merchants).collect();
    for chunk in numbers.chunks(GROUP) {
        let join = |number: &u32| {
            Command::Join(NewMerchant {
                name: format!("Shop {number}"),
                business_number: business_number(*number),
                trade: trade.clone(),
                district: district.clone(),
                sales: Some(base::Won(100_000_000)),
                owner: None,
            })
        };
        for facts in all(pen, chunk.iter().map(join).collect())? {
            let Facts::Shop { merchant, .. } = facts else { return Err("a shop was expected".into()) };
            shops.push(merchant);
        }
    }
    for (chunk, from) in shops.chunks(GROUP).zip((0u64..).step_by(GROUP)) {
        let account = |(shop, at): (&MerchantId, u64)| {
            let (number, holder) = (format!("1013{:09}", from + at), format!("Shop {}", from + at));
            let payee = Payee::Shop(*shop);
            Command::OnPayouts(OnPayouts::SetAccount {
                payee,
                bank: bank.clone(),
                number,
                holder,
                seen: true,
            })
        };
        all(pen, chunk.iter().zip(0u64..).map(account).collect())?;
    }
    let people: Vec<u64> = (0..args.payments.div_ceil(EACH)).collect();
    let mut cards = Vec::with_capacity(people.len());
    for chunk in people.chunks(GROUP) {
        let enrol = |number: &u64| {
            Command::Enrol(NewPerson {
                name: format!("Person {number}"),
                phone: None,
                birth_day: None,
                district: Some(district.clone()),
                card: Some(NewCard { kind: CardKind::Phone }),
            })
        };
        let mut top_ups = Vec::new();
        for facts in all(pen, chunk.iter().map(enrol).collect())? {
            let Facts::Card { card, person, .. } = facts else { return Err("a card was expected".into()) };
            cards.push(card);
            top_ups.push(Command::TopUp { person, amount: 500_000 });
        }
        all(pen, top_ups)?;
    }
    let mut number = 0u64;
    while number < args.payments {
        let count = (args.payments - number).min(GROUP as u64);
        let pay = |at: u64| Command::Pay {
            card: CardRef::Id(cards[(at % cards.len() as u64) as usize]),
            merchant: shops[(at % shops.len() as u64) as usize],
            amount: 1_000 + (at % 50) as i64 * 100,
            pin: None,
            order: None,
        };
        all_keyed(pen, (number..number + count).map(pay).collect(), number)?;
        number += count;
    }
    Ok(())
}

fn ask(pen: &mut Pen<CityMemory>, command: Command, key: &str) -> Result<Reply, Box<dyn Error>> {
    let (reply, mut answer) = oneshot::channel();
    let request = Request { actor: Actor::SYSTEM, key: key.to_owned(), input_hash: command.input_hash() };
    pen.run(vec![Envelope { request, command, reply: Some(reply) }]);
    answer.try_recv()?.map_err(|failure| format!("{key}: {failure:?}").into())
}

/// How many shops were settled.
fn settle(pen: &mut Pen<CityMemory>) -> Result<u64, Box<dyn Error>> {
    let (mut from, mut settled) = (Some(0), 0);
    while let Some(at) = from {
        let command = Command::Settle { from: at, at_most: AT_ONCE };
        let Reply::Batch { done, next } = ask(pen, command, &format!("settle/{at}"))? else {
            return Err("a batch was expected".into());
        };
        settled += u64::from(done);
        from = next;
    }
    Ok(settled)
}

fn payout_file(pen: &Pen<CityMemory>, target: &Target) -> Result<String, Box<dyn Error>> {
    let shared = pen.shared();
    let view = shared.read();
    let readers = Readers::open(target, 1)?;
    let town = &view.town;
    let file = readers
        .read(|snapshot| Ok(file::read(snapshot, &town.vault, &town.directory, town.payouts.files)))??;
    Ok(file.text(&town.pack)?)
}

/// What the bank says: it reads the file as it is.
fn bank(pen: &Pen<CityMemory>, text: &str, now: base::Instant) -> Result<String, Box<dyn Error>> {
    let told = pain001::read(text)?;
    let shared = pen.shared();
    let view = shared.read();
    let trust = view.town.pack.settlement.trust.as_ref().ok_or("no account to pay from")?;
    let opened = view.books.balance_of(&chart::scheme(Class::BankTrust).key);
    // Every payment arrives: what comes back is for the tests.
    let payments = told.payments.into_iter().map(|payment| (payment.end_to_end, payment.amount));
    let message = played::statement(trust, &told.message, told.day, opened, payments);
    Ok(camt053::write(&message, now))
}

/// How many lines matched.
fn take(pen: &mut Pen<CityMemory>, text: String) -> Result<u64, Box<dyn Error>> {
    let trust = pen.shared().read().town.pack.settlement.trust.clone();
    let understood = answer::understand(text.as_bytes(), trust.as_ref(), &mut |_| Ok(Vec::new()))?;
    let mut matched = 0;
    for (key, command) in understood.parts() {
        if let Reply::Done { facts: Facts::Payouts(facts), .. } = ask(pen, command, &key)?
            && let economy::facts::PayoutFacts::Answer { matched: some, failed, .. } = facts
        {
            // What comes back went out before: one payout, two lines.
            matched += u64::from(some - failed);
        }
    }
    Ok(matched)
}
