//! The city's memory on the pen's thread, and the readers' copy of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use base::{ApplicationId, Instant, PersonId, PostingNo, Zone};
use economy::decide::{Decision, Purse};
use economy::facts::MovingFacts;
use economy::{Card, Facts, Merchant, Person};
use ledger::{Account, AccountNo, EntryRow, Guard, Leg, PostingRow};
use pen::{Base, Intent, Load, Recorded, Stop, Town, Turn};
use people::account::store as accounts;
use people::organisation::store as organisations;
use rules::{CardRules, Pack, Purpose};
use store::Snapshot;
use vault::{Masters, Vault};

use crate::coupons::{self, CouponBook};
use crate::disposal::{self, Disposed};
use crate::doors::{Door, Doors, Was};
use crate::gift_tries::{self, GiftTries};
use crate::giving::{self, Change};
use crate::joining::{self, File};
use crate::moving::{self, Move};
use crate::organisations::{Registered, WasRegistered};
use crate::past::{self, Past};
use crate::payouts::{self, Payouts};
use crate::pins::{self, Pins};
use crate::prepay::{Claim, Claims};
use crate::proposals::{self, Proposals};
use crate::today::Today;
use crate::unasked::{self, Unasked};
use crate::{
    Command, Directory, Event, Happened, Help, Helpers, Reply, Stats, concealed, may, tokens, use_cases,
};

/// What taking a change back needs.
pub(crate) enum Undo {
    PersonAdded,
    CardAdded,
    CardWas(Card),
    ShopAdded,
    ShopWas(Box<Merchant>),
    AccountNoted(ledger::Key),
    TakenWas(PostingNo, Option<i64>),
    Held(PostingNo),
    HoldEnded(PostingNo, Instant),
    PackWas(Arc<Pack>, u32),
    KeysWere(Box<Keys>),
    DoorWas(Was),
    HelpAdded(PersonId),
    HelpWas(usize, Help),
    RegisteredWas(WasRegistered),
    CouponsWere(coupons::Change),
    ClaimAdded,
    ClaimWas(Box<Claim>),
    Payouts(payouts::Change),
    Unasked(unasked::Change),
    Pins(pins::Change),
    GiftTries(gift_tries::Change),
    Proposal(proposals::Change),
    Moving(moving::Memory),
    Disposed(disposal::Memory),
    GivingWas(giving::Was),
    FileAdded(ApplicationId),
    FileWas(Box<File>),
}

/// What is open of earlier postings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenItems {
    /// How much of a payment was taken back.
    pub taken: HashMap<PostingNo, i64>,
    /// Open authorisations and when they were made.
    pub holds: BTreeMap<PostingNo, Instant>,
    /// What waits for a second person's yes.
    pub proposals: Proposals,
    /// The moving-in, if this city had a card before.
    pub moving: moving::Memory,
    /// Where the journal begins, if years were disposed of.
    pub disposed: disposal::Memory,
}

/// The keys a city works with.
#[derive(Debug, Clone)]
pub struct Keys {
    /// PINs are sealed with it.
    pub pins: [u8; 32],
    /// They wrap data keys.
    pub masters: Masters,
    /// Data keys, unwrapped.
    pub vault: Arc<Vault>,
    /// As they were before index keys were dropped, since the start: what was asked under one is known again when it is asked
    /// once more.
    pub dropped: Vec<Arc<Vault>>,
}

/// The memory decisions are made against.
pub struct CityMemory {
    pub(crate) pack: Arc<Pack>,
    pub(crate) pack_no: u32,
    pub(crate) zone: Zone,
    pub(crate) keys: Keys,
    pub(crate) directory: Directory,
    pub(crate) doors: Doors,
    pub(crate) open: OpenItems,
    pub(crate) coupons: CouponBook,
    pub(crate) claims: Claims,
    pub(crate) payouts: Payouts,
    pub(crate) pins: Pins,
    pub(crate) gift_tries: GiftTries,
    pub(crate) unasked: Unasked,
    pub(crate) stats: Stats,
    today: Today,
    undo: Vec<Undo>,
}

/// What readers see of it.
#[derive(Debug, Clone)]
pub struct CityView {
    /// The pack in force.
    pub pack: Arc<Pack>,
    /// The city's zone.
    pub zone: Zone,
    /// Opens what names people.
    pub vault: Arc<Vault>,
    /// Everyone and every shop.
    pub directory: Directory,
    /// Who may sign in, and who is in.
    pub doors: Doors,
    /// What is open of earlier postings.
    pub open: OpenItems,
    /// Coupons, sales and releases.
    pub coupons: CouponBook,
    /// Prepaid claims on shops that have not ended.
    pub claims: Claims,
    /// Payouts under way, and where payouts go.
    pub payouts: Payouts,
    /// What was paid today without a PIN.
    pub unasked: Unasked,
    /// Tallies by day.
    pub stats: Stats,
}

pub(crate) type CityTurn<'a> = Turn<'a, Event>;

impl CityMemory {
    /// The memory of a city with nobody in it yet.
    pub fn new(pack: Arc<Pack>, pack_no: u32, zone: Zone, keys: Keys) -> CityMemory {
        let today = Today::of(&pack, 0);
        CityMemory {
            pack,
            pack_no,
            zone,
            keys,
            directory: Directory::default(),
            doors: Doors::default(),
            open: OpenItems::default(),
            coupons: CouponBook::default(),
            claims: Claims::default(),
            payouts: Payouts::default(),
            pins: Pins::default(),
            gift_tries: GiftTries::default(),
            unasked: Unasked::default(),
            stats: Stats::default(),
            today,
            undo: Vec::new(),
        }
    }

    /// Notes how a change is taken back.
    pub(crate) fn undo(&mut self, undo: Undo) {
        self.undo.push(undo);
    }

    /// Another pack comes into force.
    pub(crate) fn use_pack(&mut self, pack: Arc<Pack>, no: u32) {
        self.today = Today::of(&pack, self.today.day);
        let before = (std::mem::replace(&mut self.pack, pack), std::mem::replace(&mut self.pack_no, no));
        self.undo.push(Undo::PackWas(before.0, before.1));
    }

    /// A door is new or has changed.
    pub(crate) fn put_door(&mut self, turn: &mut CityTurn<'_>, door: Door) {
        turn.tell(Event::Door(Box::new(door.clone())));
        let was = self.doors.put(door);
        self.undo.push(Undo::DoorWas(was));
    }

    /// Other keys: one more, or other masters.
    pub(crate) fn use_keys(&mut self, turn: &mut CityTurn<'_>, keys: Keys) {
        turn.tell(Event::Vault(Arc::clone(&keys.vault)));
        self.undo.push(Undo::KeysWere(Box::new(std::mem::replace(&mut self.keys, keys))));
    }

    /// The rules of the turn's day.
    pub(crate) fn today(&mut self, day: i32) -> Today {
        if self.today.day != day {
            self.today = Today::of(&self.pack, day);
        }
        self.today
    }

    /// The card's rules of the day; a city without any can't run its card.
    pub(crate) fn card_rules<'a>(pack: &'a Pack, today: &Today) -> Result<&'a CardRules, Stop> {
        today
            .card
            .map(|i| &pack.card[i])
            .ok_or_else(|| Stop::Broken("the pack has no card rules for today".into()))
    }

    /// A required purpose; the pack check makes sure of it.
    pub(crate) fn purpose<'a>(pack: &'a Pack, id: &str) -> Result<&'a Purpose, Stop> {
        pack.purpose(id).ok_or_else(|| Stop::Broken(format!("the pack has no purpose {id}")))
    }

    /// A person's purses with something in them.
    pub(crate) fn purses<'a>(&self, pack: &'a Pack, turn: &CityTurn<'_>, person: PersonId) -> Vec<Purse<'a>> {
        let Some(holder) = self.directory.holder(person) else { return Vec::new() };
        // A coupon may end within its month: from then on its purse pays nothing.
        let pays = |purpose: &Purpose, expires| {
            purpose.ends.is_empty() || purpose.pays_on(expires, base::date_of_day(turn.day))
        };
        holder
            .purses()
            .filter_map(|(purpose, expires, account)| {
                let balance = turn.books().balance(account);
                let purpose = pack.purpose_numbered(purpose)?;
                (balance > 0 && pays(purpose, expires)).then_some(Purse { purpose, expires, balance })
            })
            .collect()
    }

    /// Posts what was decided.
    pub(crate) fn post(&mut self, turn: &mut CityTurn<'_>, decision: Decision) -> Result<Reply, Stop> {
        let mut legs = Vec::with_capacity(decision.moves.len());
        for one in &decision.moves {
            let debit = self.account(turn, one.debit);
            let credit = self.account(turn, one.credit);
            legs.push(Leg { debit, credit, amount: one.amount });
        }
        let mut guards = Vec::with_capacity(decision.guards.len());
        for (account, max) in &decision.guards {
            guards.push(Guard { account: self.account(turn, *account), max: *max });
        }
        let no = turn.post(Intent {
            kind: decision.kind,
            amount: decision.amount,
            reverses: decision.reverses,
            legs: &legs,
            guards: &guards,
            facts: decision.facts.write(),
        })?;
        self.follow(turn, no, &decision.facts);
        Ok(Reply::Done { recorded: Recorded::Posting(no), at: turn.now, facts: decision.facts })
    }

    fn account(&mut self, turn: &mut CityTurn<'_>, account: Account) -> AccountNo {
        let before = turn.books().accounts();
        let no = turn.open(account);
        if turn.books().accounts() > before && self.directory.note(&account.key, no) {
            self.undo.push(Undo::AccountNoted(account.key));
            turn.tell(Event::Account(account.key, no));
        }
        no
    }

    /// Keeps open items and tells readers, live.
    fn follow(&mut self, turn: &mut CityTurn<'_>, no: PostingNo, facts: &Facts) {
        match facts {
            Facts::Refund(refund) => {
                let payment = PostingNo(refund.payment);
                let taken = refund.before + refund.amount;
                let was = self.open.taken.insert(payment, taken);
                self.undo.push(Undo::TakenWas(payment, was));
                turn.tell(Event::Taken(payment, taken));
                self.stamp_taken_back(turn, refund);
            }
            Facts::Pay(payment) => self.stamp_given(turn, payment),
            Facts::Authorise(_) => {
                self.open.holds.insert(no, turn.now);
                self.undo.push(Undo::Held(no));
                turn.tell(Event::Held(no, turn.now));
            }
            Facts::Capture { authorisation, payment } => {
                self.end_hold(turn, PostingNo(*authorisation));
                self.stamp_given(turn, payment);
            }
            Facts::Release(release) => self.end_hold(turn, PostingNo(release.authorisation)),
            Facts::Prepay(facts) => self.follow_claims(turn, no, facts),
            Facts::Moving(MovingFacts::Claim(claim)) => self.claim_bought(turn, no, claim),
            _ => {}
        }
        if let Some(change) = Change::of(facts, turn.day) {
            self.change_giving(turn, change);
        }
        if let Some(change) = self.unasked.change(turn.request.actor.role.name(), turn.day, facts) {
            self.undo.push(Undo::Unasked(self.unasked.apply(change)));
            turn.tell(Event::Unasked(change));
        }
        if let Some(happened) = Happened::of(&self.directory, &self.zone, (no, turn.now, turn.day), facts) {
            turn.tell(Event::Happened(happened));
        }
    }

    fn end_hold(&mut self, turn: &mut CityTurn<'_>, authorisation: PostingNo) {
        if let Some(since) = self.open.holds.remove(&authorisation) {
            self.undo.push(Undo::HoldEnded(authorisation, since));
            turn.tell(Event::HoldEnded(authorisation));
        }
    }

    pub(crate) fn add_person(&mut self, turn: &mut CityTurn<'_>, person: Person) {
        turn.tell(Event::Person(person.clone()));
        self.directory.add_person(person);
        self.undo.push(Undo::PersonAdded);
    }

    pub(crate) fn put_card(&mut self, turn: &mut CityTurn<'_>, card: Card) {
        turn.tell(Event::Card(card));
        self.undo.push(match self.directory.put_card(card) {
            Some(before) => Undo::CardWas(before),
            None => Undo::CardAdded,
        });
    }

    pub(crate) fn change_payouts(&mut self, turn: &mut CityTurn<'_>, change: payouts::Change) {
        turn.tell(Event::Payouts(change));
        self.undo.push(Undo::Payouts(self.payouts.apply(change)));
    }

    pub(crate) fn change_proposals(&mut self, turn: &mut CityTurn<'_>, change: proposals::Change) {
        turn.tell(Event::Proposal(Box::new(change)));
        self.undo.push(Undo::Proposal(self.open.proposals.apply(change)));
    }

    pub(crate) fn put_moving(&mut self, turn: &mut CityTurn<'_>, one: Move) {
        let one = Some(Arc::new(one));
        turn.tell(Event::Moving(one.clone()));
        self.undo.push(Undo::Moving(std::mem::replace(&mut self.open.moving, one)));
    }

    pub(crate) fn put_disposed(&mut self, turn: &mut CityTurn<'_>, disposed: Disposed) {
        turn.tell(Event::Disposed(disposed));
        self.undo.push(Undo::Disposed(self.open.disposed.replace(disposed)));
    }

    pub(crate) fn put_help(&mut self, turn: &mut CityTurn<'_>, place: usize, help: Help) {
        turn.tell(Event::Help(place, help));
        self.undo.push(match self.directory.helpers.put(place, help) {
            Some(before) => Undo::HelpWas(place, before),
            None => Undo::HelpAdded(help.delegation.person),
        });
    }

    /// An organisation, a membership or a business is new or has changed.
    pub(crate) fn register(&mut self, turn: &mut CityTurn<'_>, one: Registered) {
        turn.tell(Event::Registered(Box::new(one.clone())));
        let was = self.directory.organisations.put(one);
        self.undo.push(Undo::RegisteredWas(was));
    }

    pub(crate) fn put_coupons(&mut self, turn: &mut CityTurn<'_>, change: coupons::Change) {
        let was = self.coupons.apply(&change);
        self.undo.push(Undo::CouponsWere(was));
        turn.tell(Event::Coupons(Box::new(change)));
    }

    /// Something about gifts changes.
    pub(crate) fn change_giving(&mut self, turn: &mut CityTurn<'_>, change: Change) {
        self.undo.push(Undo::GivingWas(self.directory.giving.apply(&change)));
        turn.tell(Event::Giving(Box::new(change)));
    }

    pub(crate) fn put_shop(&mut self, turn: &mut CityTurn<'_>, merchant: Merchant) {
        turn.tell(Event::Shop(Box::new(merchant.clone())));
        self.undo.push(match self.directory.put_shop(merchant) {
            Some(before) => Undo::ShopWas(Box::new(before)),
            None => Undo::ShopAdded,
        });
    }
}

impl Town for CityMemory {
    type Command = Command;
    type Reply = Reply;
    type Event = Event;
    type View = CityView;

    fn carry_out(&mut self, turn: &mut CityTurn<'_>, command: &Command) -> Result<Reply, Stop> {
        may::may(&turn.request.actor, command, &self.pack, &self.directory)?;
        moving::waits(self.open.moving.as_deref(), command)?;
        use_cases::carry_out(self, turn, command)
    }

    fn conceal(&self, command: &Command, input_hash: [u8; 16]) -> [u8; 16] {
        concealed::conceal(&self.keys, command, input_hash)
    }

    fn is_same_input(&self, command: &Command, kept: [u8; 16], concealed: [u8; 16]) -> bool {
        concealed::is_same(&self.keys, command, kept, concealed)
    }

    fn again(&self, recorded: Recorded, at: Instant, facts: &str) -> Result<Reply, Stop> {
        let facts = Facts::read(facts).map_err(|error| Stop::Broken(error.to_string()))?;
        Ok(match facts {
            Facts::Batch { done, next } => Reply::Batch { done, next },
            facts => Reply::Done { recorded, at, facts },
        })
    }

    fn mark(&self) -> usize {
        self.undo.len()
    }

    fn rewind(&mut self, mark: usize) {
        while self.undo.len() > mark {
            match self.undo.pop() {
                Some(Undo::PersonAdded) => self.directory.drop_person(),
                Some(Undo::CardAdded) => self.directory.drop_card(),
                Some(Undo::CardWas(card)) => {
                    self.directory.put_card(card);
                }
                Some(Undo::ShopAdded) => self.directory.drop_shop(),
                Some(Undo::ShopWas(shop)) => {
                    self.directory.put_shop(*shop);
                }
                Some(Undo::AccountNoted(key)) => self.directory.drop_noted(&key),
                Some(Undo::TakenWas(payment, was)) => {
                    match was {
                        Some(taken) => self.open.taken.insert(payment, taken),
                        None => self.open.taken.remove(&payment),
                    };
                }
                Some(Undo::Held(no)) => {
                    self.open.holds.remove(&no);
                }
                Some(Undo::HoldEnded(no, since)) => {
                    self.open.holds.insert(no, since);
                }
                Some(Undo::PackWas(pack, no)) => {
                    self.today = Today::of(&pack, self.today.day);
                    (self.pack, self.pack_no) = (pack, no);
                }
                Some(Undo::DoorWas(was)) => self.doors.take_back(was),
                Some(Undo::KeysWere(keys)) => self.keys = *keys,
                Some(Undo::GivingWas(was)) => self.directory.giving.take_back(was),
                Some(Undo::FileAdded(id)) => self.directory.joining.drop(id),
                Some(Undo::FileWas(file)) => drop(self.directory.joining.put(*file)),
                Some(Undo::HelpAdded(person)) => self.directory.helpers.drop(person),
                Some(Undo::RegisteredWas(was)) => self.directory.organisations.take_back(was),
                Some(Undo::HelpWas(place, help)) => {
                    self.directory.helpers.put(place, help);
                }
                Some(Undo::CouponsWere(change)) => drop(self.coupons.apply(&change)),
                Some(Undo::ClaimAdded) => self.claims.drop_last(),
                Some(Undo::ClaimWas(claim)) => {
                    self.claims.put(*claim);
                }
                Some(Undo::Unasked(was)) => {
                    self.unasked.apply(was);
                }
                Some(Undo::Pins(was)) => {
                    self.pins.apply(was);
                }
                Some(Undo::GiftTries(was)) => drop(self.gift_tries.apply(was)),
                Some(Undo::Proposal(was)) => drop(self.open.proposals.apply(was)),
                Some(Undo::Moving(was)) => self.open.moving = was,
                Some(Undo::Disposed(was)) => self.open.disposed = was,
                Some(Undo::Payouts(was)) => {
                    self.payouts.apply(was);
                }
                None => {}
            }
        }
    }

    fn settle(&mut self, view: &mut CityView, events: &[Event]) {
        self.undo.clear();
        if !Arc::ptr_eq(&view.pack, &self.pack) {
            view.pack = Arc::clone(&self.pack);
        }
        for event in events {
            view.follow(event);
        }
    }

    fn view(&self) -> CityView {
        CityView {
            pack: Arc::clone(&self.pack),
            zone: self.zone.clone(),
            vault: Arc::clone(&self.keys.vault),
            directory: self.directory.clone(),
            doors: self.doors.clone(),
            open: self.open.clone(),
            coupons: self.coupons.clone(),
            claims: self.claims.clone(),
            payouts: self.payouts.clone(),
            unasked: self.unasked.clone(),
            stats: self.stats.clone(),
        }
    }

    fn load(&mut self, load: Load<'_, '_>) -> Result<(), Stop> {
        let city = &self.pack.city;
        let directory = &mut self.directory;
        people::store::persons(load.snapshot, &mut |id, code| {
            let district = code.and_then(|code| economy::store::district(city, code));
            directory.add_person(Person { id, district });
        })?;
        let doors = &mut self.doors;
        accounts::accounts(load.snapshot, &mut |one| drop(doors.put(Door::Account(one))))?;
        accounts::grants(load.snapshot, &mut |one| drop(doors.put(Door::Grant(one))))?;
        accounts::sessions(load.snapshot, &mut |one| drop(doors.put(Door::Session(one))))?;
        accounts::codes(load.snapshot, &mut |one| drop(doors.put(Door::Code(one))))?;
        people::passkey::store::passkeys(load.snapshot, &mut |one| drop(doors.put(Door::Passkey(one))))?;
        people::vouched::store::vouched(load.snapshot, &mut |one| drop(doors.put(Door::Vouched(one))))?;
        tokens::all(load.snapshot, &mut |one| drop(doors.put(Door::Token(one))))?;
        let helpers = people::store::delegations(load.snapshot, &self.keys.vault)?;
        directory.helpers = Helpers::new(people::record::delegations(helpers));
        let register = &mut directory.organisations;
        organisations::organisations(load.snapshot, &mut |one| {
            drop(register.put(Registered::Organisation(one)));
        })?;
        organisations::memberships(load.snapshot, &mut |one| {
            drop(register.put(Registered::Membership(one)));
        })?;
        organisations::businesses(load.snapshot, &mut |one| drop(register.put(Registered::Business(one))))?;
        directory.giving.load(load.snapshot)?;
        economy::store::cards(load.snapshot, &mut |card| {
            directory.put_card(card);
        })?;
        economy::store::merchants(load.snapshot, city, &mut |merchant| {
            directory.put_shop(merchant);
        })?;
        joining::store::files(load.snapshot, city, &mut |file| {
            directory.joining.put(file);
        })?;
        self.coupons = coupons::store::load(load.snapshot, &self.pack)?;
        self.claims = crate::prepay::store::claims(load.snapshot)?;
        self.payouts = Payouts::load(load.snapshot)?;
        self.pins = pins::store::load(load.snapshot)?;
        self.gift_tries = gift_tries::store::load(load.snapshot)?;
        self.open.proposals = Proposals::load(load.snapshot)?;
        self.open.moving = moving::store::load(load.snapshot)?;
        self.open.disposed = disposal::base(load.snapshot)?.map(|base| base.disposed());
        if let Some(saved) = load.saved {
            let CityMemory { stats, open, directory, unasked, .. } = self;
            Past { stats, open, directory, unasked }.restore(saved)?;
        }
        Ok(())
    }

    fn absorb_account(&mut self, no: AccountNo, account: &Account) {
        self.directory.note(&account.key, no);
    }

    fn absorb(&mut self, posting: &PostingRow, _: &[EntryRow]) -> Result<(), Stop> {
        let CityMemory { stats, open, directory, unasked, zone, .. } = self;
        Past { stats, open, directory, unasked }.absorb(zone, posting)
    }

    fn save(view: &CityView) -> Vec<u8> {
        past::save(view)
    }

    fn knows(saved: &[u8]) -> bool {
        past::knows(saved)
    }

    fn disposed(&self, snapshot: &mut Snapshot<'_>) -> Result<PostingNo, store::Error> {
        disposal::before(snapshot)
    }

    fn base(&self, snapshot: &mut Snapshot<'_>) -> Result<Option<Base>, Stop> {
        let base = disposal::to_start_from(snapshot)?;
        if base.as_ref().is_some_and(|base| !past::is_kept(&base.saved)) {
            let why = "what is kept of the years that were disposed of is another version's";
            return Err(Stop::Broken(why.to_owned()));
        }
        Ok(base)
    }

    fn day(&self, at: Instant) -> i32 {
        self.zone.day_number(at)
    }

    fn pack(&self) -> u32 {
        self.pack_no
    }
}
