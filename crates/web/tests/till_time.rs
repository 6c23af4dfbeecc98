//! How long a till waits tells it nothing: whether a number is a card's, whether that card has a PIN, money, or is blocked. What
//! is said is the same (see `equal.rs`); here it is measured that it also takes as long.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use std::time::{Duration, Instant as Stopwatch};

use axum::http::Method;
use base::{Actor, Client, MerchantId, Role};
use city::{CardRef, Command, NewCard, NewMerchant, NewPerson, Reply};
use common::Town;
use economy::holder::card_number;
use economy::{CardKind, CardState, Facts};
use web::{LimitRules, Limits, Rate};

/// Numbers of each kind: a shop may type five PINs for each.
const NUMBERS: usize = 12;
const TRIES: usize = 5;
/// So often a way is measured anew when its kinds stood apart: what stands apart by its nature does so each time.
const ROUNDS: usize = 3;
/// Medians may stand apart by this part of the shortest, and by this much besides: less than what a network adds or takes.
const PART: f64 = 0.2;
const SLACK: Duration = Duration::from_micros(150);

async fn ask(town: &Town, actor: Actor, key: String, command: Command) -> Option<Facts> {
    let request = pen::Request { actor, key, input_hash: command.input_hash() };
    match town.app.city.ask(request, command).await.unwrap() {
        Ok(Reply::Done { facts, .. }) => Some(facts),
        _ => None,
    }
}

async fn system(town: &Town, command: Command) -> Facts {
    ask(town, Actor::SYSTEM, String::new(), command).await.unwrap()
}

async fn shop(town: &Town, number: &str) -> MerchantId {
    let join = NewMerchant {
        name: "다른 가게".into(),
        business_number: number.into(),
        trade: "bakery".into(),
        district: "4511153000".into(),
        sales: None,
        owner: None,
    };
    match system(town, Command::Join(join)).await {
        Facts::Shop { merchant, .. } => merchant,
        other => panic!("{other:?}"),
    }
}

/// Wrong PINs at two shops, until the card is locked.
async fn lock(town: &Town, card: CardRef, shops: [MerchantId; 2]) {
    for (n, till) in (0..10).map(|n| (n, shops[n / 5])) {
        let pay = Command::Pay { card, merchant: till, amount: 1, pin: Some("9999".into()), order: None };
        ask(town, Actor::new(Role::Till(till), Client(9)), format!("lock-{card:?}-{n}"), pay).await;
    }
    let locked = town.app.city.shared.read().town.directory.card(card).unwrap().state;
    assert_eq!(locked, CardState::Locked);
}

/// Somebody new with a card, with money or without, with a PIN or without.
async fn card(town: &Town, money: bool, pin: bool) -> (CardRef, String) {
    let wish = NewPerson {
        name: "이영희".into(),
        phone: None,
        birth_day: None,
        district: Some("4511153000".into()),
        card: Some(NewCard { kind: CardKind::Plastic }),
    };
    let Facts::Card { card, person, .. } = system(town, Command::Enrol(wish)).await else { panic!("a card") };
    let own = CardRef::Id(card);
    if money {
        system(town, Command::TopUp { person, amount: 50_000 }).await;
    }
    if pin {
        system(town, Command::SetPin { card: own, pin: "1234".into() }).await;
    }
    let number = town.app.city.shared.read().town.directory.card(own).unwrap().number;
    (own, format!("{number:016}"))
}

/// Numbers of every kind there is.
async fn numbers(town: &Town) -> Vec<(&'static str, Vec<String>)> {
    let shops = [shop(town, "124-81-00998").await, shop(town, "130-82-00011").await];
    let mut all: Vec<(&'static str, Vec<String>)> = Vec::new();
    let unknown = (1..=NUMBERS as u64).map(|n| format!("{:016}", card_number(town.card_number / 10 + n)));
    all.push(("unknown", unknown.collect()));
    for kind in ["with money", "without money", "without a PIN", "frozen", "locked"] {
        let mut own = Vec::new();
        for _ in 0..NUMBERS {
            let (card, number) = card(town, kind != "without money", kind != "without a PIN").await;
            match kind {
                "frozen" => drop(system(town, Command::Freeze { card }).await),
                "locked" => lock(town, card, shops).await,
                _ => {}
            }
            own.push(number);
        }
        all.push((kind, own));
    }
    all
}

/// A way to ask for something with a number.
struct Way {
    name: &'static str,
    /// Whose till asks, in each round.
    tills: [&'static str; ROUNDS],
    path: &'static str,
    body: &'static str,
    /// What it hears.
    hears: &'static str,
}

/// In the order in which a shop comes to them: PINs are typed before it has to wait.
const WAYS: [Way; 4] = [
    Way {
        name: "a quote",
        tills: ["till", "till", "till"],
        path: "/api/v1/quotes",
        body: r#""amount":1000"#,
        hears: "to_pay",
    },
    Way {
        name: "a sum that needs a PIN",
        tills: ["till", "till", "till"],
        path: "/api/v1/payments",
        body: r#""amount":60000"#,
        hears: "pin.needed",
    },
    Way {
        name: "a wrong PIN",
        tills: ["till", "other", "third"],
        path: "/api/v1/payments",
        body: r#""amount":1000,"pin":"9999""#,
        hears: "pin.wrong",
    },
    Way {
        name: "a PIN too many",
        tills: ["till", "till", "till"],
        path: "/api/v1/payments",
        body: r#""amount":1000,"pin":"9999""#,
        hears: "pin.paused",
    },
];

/// The median of each kind, asked in turn.
async fn medians(
    town: &Town,
    way: &Way,
    round: usize,
    numbers: &[(&'static str, Vec<String>)],
) -> Vec<(&'static str, Duration)> {
    let mut times = vec![Vec::new(); numbers.len()];
    for at in 0..NUMBERS * TRIES {
        for (kind, own) in numbers.iter().enumerate() {
            let body = format!(r#"{{"card":"{}",{}}}"#, own.1[at % NUMBERS], way.body);
            let key = format!("{}-{round}-{at}-{kind}", way.name.replace(' ', "-"));
            let begun = Stopwatch::now();
            let answer = town.call(way.tills[round], Method::POST, way.path, Some(&key), &body).await;
            times[kind].push(begun.elapsed());
            assert!(answer.body.contains(way.hears), "{} {}: {}", way.name, own.0, answer.body);
        }
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    numbers.iter().map(|(kind, _)| *kind).zip(times.into_iter().map(median)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_wait_tells_a_number_that_is_a_cards_from_one_that_is_none() {
    for engine in testkit::engines() {
        let many = std::num::NonZeroU32::new(100_000).unwrap();
        let many = LimitRules {
            pins: Rate { per_minute: many, burst: many },
            caller: Rate { per_minute: many, burst: many },
            ..LimitRules::default()
        };
        let town = Town::with(engine, move |app| app.limits = Limits::new(many, app.city.clock.clone()));
        let third = shop(&town, "107-86-14075").await;
        town.grant("third", Role::Till(third)).await;
        let numbers = numbers(&town).await;
        for way in WAYS {
            let mut told = Vec::new();
            let alike = 'rounds: {
                for round in 0..ROUNDS {
                    let medians = medians(&town, &way, round, &numbers).await;
                    let shortest = medians.iter().map(|(_, median)| *median).min().unwrap();
                    let longest = medians.iter().map(|(_, median)| *median).max().unwrap();
                    if longest <= shortest.mul_f64(1.0 + PART) + SLACK {
                        break 'rounds true;
                    }
                    told.push(medians);
                }
                false
            };
            assert!(alike, "{} takes times of its own: {told:#?}", way.name);
        }
    }
}
