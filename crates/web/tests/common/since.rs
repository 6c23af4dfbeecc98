//! A town that begins on another day, at another size: for stories that take years.

use std::path::Path;
use std::sync::Arc;

use base::{Date, MerchantId, Role, Seeded, Won, Zone};
use city::clock::{CityClock, HandClock};
use city::open::{City, Opening};
use city::pack::{Kept, read_folder};
use city::{CardRef, Command, NewCard, NewMerchant, NewPerson};
use economy::{CardKind, Facts};
use pen::Options;
use store::Target;
use testkit::{Engine, Place, TempDir};
use web::{App, Mode, Secrets};

use super::{Last, Town, ask, facts, granted};

/// One in ten thousand: a cap of 15 billion won for the city is 1,500,000 here.
const PEOPLE: i64 = 65;
const POPULATION: i64 = 650_000;

impl Town {
    /// From 09:00 of a day, empty but for the citizen's card and two shops: `shop`, and `other_shop` with yearly sales
    /// of a won over 3 billion. Every budget of the pack is voted, so that none runs out.
    pub fn since(engine: Engine, day: Date) -> Town {
        std::thread::spawn(move || build(engine, day)).join().unwrap()
    }
}

fn build(engine: Engine, day: Date) -> Town {
    let place = Place::fresh(engine);
    let folder = TempDir::new();
    let target = match engine {
        Engine::Sqlite => Target::Sqlite(place.location().into()),
        Engine::Postgres => Target::Postgres(place.location().to_string()),
    };
    let start = Zone::named("Asia/Seoul").unwrap().instant(day, 9, 0);
    let clock = Arc::new(CityClock::new(Arc::new(HandClock::at(start)), start));
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju");
    let city = City::open(Opening {
        target,
        checkpoints: folder.path().join("checkpoints"),
        access: folder.path().join("access.sqlite"),
        pack: Kept { files: read_folder(&pack).unwrap(), scale: (PEOPLE, POPULATION) },
        pin_key: [7; 32],
        masters: super::masters(),
        clock: clock.clone(),
        entropy: Box::new(Seeded::new(1)),
        nonces: Box::new(Seeded::new(2)),
        options: Options::default(),
        accept_clock: false,
        use_checkpoint: true,
    })
    .unwrap();
    let budgets: Vec<String> =
        city.shared.read().town.pack.budgets.iter().map(|budget| budget.id.clone()).collect();
    for budget in budgets {
        ask(&city, Role::System, &budget.clone(), Command::Vote { budget, amount: 100_000_000 });
    }
    let person = NewPerson {
        name: "김순자".into(),
        phone: None,
        birth_day: None,
        district: None,
        card: Some(NewCard { kind: CardKind::Plastic }),
    };
    let reply = ask(&city, Role::System, "person", Command::Enrol(person));
    let Facts::Card { card, person: citizen, .. } = facts(reply) else { panic!() };
    let shop = join(&city, "남부시장 반찬", "123-45-67891", 80_000_000);
    let other_shop = join(&city, "큰 마트", "220-81-62517", 3_000_000_001);
    let roles = [
        ("citizen", Role::Citizen(citizen)),
        ("merchant", Role::Merchant(shop)),
        ("till", Role::Till(shop)),
        ("other", Role::Merchant(other_shop)),
        ("clerk", Role::Clerk),
        ("officer", Role::Officer),
        ("auditor", Role::Auditor),
        ("chest", super::spoken_for(&city, "chest")),
        ("association", super::spoken_for(&city, "sme-federation")),
    ];
    for (name, role) in roles {
        ask(&city, Role::System, &format!("token-{name}"), granted(name, role, None));
    }
    let card_number = city.shared.read().town.directory.card(CardRef::Id(card)).unwrap().number;
    let secrets = Secrets { signing: [3; 32] };
    let url = "http://127.0.0.1:8080".to_owned();
    let app = Arc::new(App::new(city, Mode::Real, secrets, url, Box::new(Seeded::new(3))).unwrap());
    let router = web::router(Arc::clone(&app));
    let last = Last(Some(Arc::clone(&app)));
    Town { app, router, clock, citizen, card, card_number, shop, other_shop, last, place, folder }
}

fn join(city: &City, name: &str, number: &str, sales: i64) -> MerchantId {
    let shop = Command::Join(NewMerchant {
        name: name.into(),
        business_number: number.into(),
        trade: "supermarket".into(),
        district: "4511153000".into(),
        sales: Some(Won(sales)),
        owner: None,
    });
    let Facts::Shop { merchant, .. } = facts(ask(city, Role::System, name, shop)) else { panic!() };
    merchant
}
