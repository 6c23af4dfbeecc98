//! The bench's city: people with money on their cards, shops with tokens, a June day on which every limit counts.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use base::{Actor, Client, Clock, Instant, Role, SystemEntropy, Won, Zone, date};
use city::clock::HandClock;
use city::open::{Opening, prepare};
use city::pack::{Kept, read_folder};
use city::{CardRef, CityMemory, Command, NewCard, NewMerchant, NewPerson, NewToken, Reply, tokens};
use economy::business_number::check_digit;
use economy::{CardKind, Facts};
use pen::{Envelope, Options, Pen, Request};
use store::{Readers, Target};
use tokio::sync::oneshot;
use vault::{MasterKey, Masters};

use super::seeded;

/// Each shop has a till with a token of its own.
const SHOPS: u32 = 64;
const GROUP: usize = 4_096;
/// Just under the holding limit.
const FUNDS: i64 = 1_900_000;

/// What the load needs to know.
pub struct Town {
    pub tokens: Vec<String>,
    pub cards: Vec<String>,
    pub entries: u64,
    pub start: Instant,
}

/// The city's opening at a moment of its own.
pub fn opening(
    target: &Target,
    folder: &Path,
    pack: &Path,
    clock: Arc<dyn Clock>,
) -> Result<Opening, Box<dyn Error>> {
    let files =
        read_folder(pack).map_err(|e| format!("the city pack {} can't be read: {e}", pack.display()))?;
    Ok(Opening {
        target: target.clone(),
        checkpoints: folder.join("checkpoints"),
        access: folder.join("access.sqlite"),
        pack: Kept { files, scale: (1, 1) },
        pin_key: [1; 32],
        masters: Masters::new([MasterKey::new([1; 32])])?,
        clock,
        entropy: seeded(),
        nonces: Box::new(SystemEntropy::new()?),
        options: Options::default(),
        accept_clock: true,
        use_checkpoint: true,
    })
}

/// Builds the city through its own commands.
pub fn build(
    target: &Target,
    folder: &Path,
    pack: &Path,
    people: u32,
    preload: u64,
) -> Result<Town, Box<dyn Error>> {
    let zone = Zone::named("Asia/Seoul").ok_or("no such zone")?;
    // A day on which a person's and the city's monthly limits both count.
    let start = zone.instant(date(2021, 6, 10), 10, 0);
    let clock = Arc::new(HandClock::at(start));
    let mut started = prepare(opening(target, folder, pack, clock)?)?;
    let pen = &mut started.pen;
    let mut tokens_of_tills = Vec::new();
    let district = pen.shared().read().town.pack.city.districts[0].code.clone();
    let trade = {
        let shared = pen.shared();
        let view = shared.read();
        view.town
            .pack
            .city
            .trades
            .iter()
            .find(|t| !t.is_excluded())
            .map(|t| t.id.clone())
            .ok_or("no trade")?
    };
    vote(pen)?;
    for number in 0..SHOPS {
        let join = Command::Join(NewMerchant {
            name: format!("Shop {number}"),
            business_number: business_number(number),
            trade: trade.clone(),
            district: district.clone(),
            sales: Some(Won(100_000_000)),
            owner: None,
        });
        let Facts::Shop { merchant, .. } = one(pen, join)? else { return Err("a shop was expected".into()) };
        let token = format!("bench-till-{number}");
        one(
            pen,
            Command::Grant(NewToken {
                hash: tokens::hash(&token),
                role: "till".into(),
                subject: Some(merchant.to_string()),
                name: token.clone(),
                district: None,
            }),
        )?;
        tokens_of_tills.push((token, merchant));
    }
    let mut cards = Vec::with_capacity(people as usize);
    for chunk in (0..people).collect::<Vec<_>>().chunks(GROUP) {
        let enrol = |number: &u32| {
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
            top_ups.push(Command::TopUp { person, amount: FUNDS });
        }
        all(pen, top_ups)?;
    }
    let mut number = 0u64;
    while pen.shared().read().books.last_entry().0 < preload {
        let group = (0..GROUP as u64)
            .map(|index| {
                let at = number + index;
                Command::Pay {
                    card: CardRef::Id(cards[(at % cards.len() as u64) as usize]),
                    merchant: tokens_of_tills[(at % u64::from(SHOPS)) as usize].1,
                    amount: 1_000 + (at % 50) as i64 * 10,
                    pin: None,
                    order: None,
                }
            })
            .collect();
        all_keyed(pen, group, number)?;
        number += GROUP as u64;
    }
    started.checkpoints.write::<CityMemory>(&started.pen.shared())?;
    let entries = started.pen.shared().read().books.last_entry().0;
    Ok(Town {
        tokens: tokens_of_tills.into_iter().map(|(token, _)| token).collect(),
        cards: cards.into_iter().map(|card| card.to_string()).collect(),
        entries,
        start,
    })
}

fn vote(pen: &mut Pen<CityMemory>) -> Result<(), Box<dyn Error>> {
    let budgets: Vec<(String, i64)> =
        pen.shared().read().town.pack.budgets.iter().map(|b| (b.id.clone(), b.amount.0)).collect();
    for (budget, amount) in budgets {
        one(pen, Command::Vote { budget, amount })?;
    }
    Ok(())
}

fn one(pen: &mut Pen<CityMemory>, command: Command) -> Result<Facts, Box<dyn Error>> {
    all(pen, vec![command])?.pop().ok_or_else(|| "no answer".into())
}

pub fn all(pen: &mut Pen<CityMemory>, commands: Vec<Command>) -> Result<Vec<Facts>, Box<dyn Error>> {
    send(pen, commands, |_| String::new())
}

pub fn all_keyed(
    pen: &mut Pen<CityMemory>,
    commands: Vec<Command>,
    from: u64,
) -> Result<Vec<Facts>, Box<dyn Error>> {
    send(pen, commands, |index| format!("preload-{}", from + index))
}

fn send(
    pen: &mut Pen<CityMemory>,
    commands: Vec<Command>,
    key: impl Fn(u64) -> String,
) -> Result<Vec<Facts>, Box<dyn Error>> {
    let mut answers = Vec::with_capacity(commands.len());
    let actor = Actor::new(Role::System, Client(77));
    let group = commands
        .into_iter()
        .zip(0u64..)
        .map(|(command, index)| {
            let (reply, answer) = oneshot::channel();
            answers.push(answer);
            let request = Request { actor, key: key(index), input_hash: command.input_hash() };
            Envelope { request, command, reply: Some(reply) }
        })
        .collect();
    pen.run(group);
    answers
        .into_iter()
        .map(|mut answer| match answer.try_recv() {
            Ok(Ok(Reply::Done { facts, .. })) => Ok(facts),
            other => Err(format!("the bench's city could not be built: {other:?}").into()),
        })
        .collect()
}

pub fn business_number(number: u32) -> String {
    let nine: Vec<u32> =
        format!("{:09}", 100_000_000 + number).chars().filter_map(|c| c.to_digit(10)).collect();
    let mut digits = [0u32; 9];
    digits.copy_from_slice(&nine);
    format!("{:09}{}", 100_000_000 + number, check_digit(&digits))
}

/// Counts the journal again: what was acknowledged must be there, and right.
pub fn recount(target: &Target) -> Result<u64, Box<dyn Error>> {
    let readers = Readers::open(target, 1)?;
    let counted = readers
        .read(|snapshot| city::verify::recount(snapshot, None, &mut |_| ()).map_err(store::Error::other))?;
    Ok(counted.postings)
}
