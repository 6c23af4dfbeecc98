//! The life of a small town as a script: from a seed, commands of every kind, sensible and not. Each next one may
//! build on the answers to those before, so a script is written by playing it once, and can then be played again.
#![expect(clippy::unwrap_used, reason = "test support: a failure here is a failed test")]
#![allow(dead_code, reason = "each test file uses its own part of it")]

use std::collections::VecDeque;

use base::{Actor, CardId, Client, Entropy, MerchantId, PersonId, PostingNo, Role, Seeded, Won};
use city::{
    AnswerLine, AnswerPart, CardRef, Command, LineKind, NewCard, NewMerchant, NewPerson, NewSpending,
    OnGiving, OnPayouts, OnPeople, OnPrepay, Payee, Reply,
};
use economy::facts::PrepayFacts;
use economy::{CardKind, Facts, business_number};
use pen::{Failure, Recorded, Request};
use people::consent::Giver;
use people::delegation::{Grants, PayLimits, Tie};
use people::fact::{Datum, Source};

pub type Asked = (Request, Command);

pub struct Life {
    dice: Seeded,
    count: u64,
    people: Vec<(PersonId, Vec<CardId>)>,
    shops: Vec<MerchantId>,
    payments: Vec<(PostingNo, MerchantId)>,
    holds: Vec<(PostingNo, MerchantId)>,
    helps: Vec<(PersonId, PersonId)>,
    claims: Vec<(u32, PersonId)>,
    gifts: Vec<(PostingNo, economy::facts::Giver)>,
    before: VecDeque<Asked>,
    then: VecDeque<Asked>,
    last: u64,
}

const TRADES: [&str; 3] = ["market-food", "food", "bakery"];
const DISTRICTS: [Option<&str>; 3] = [Some("4511153000"), None, Some("nowhere")];

impl Life {
    pub fn new(seed: u64) -> Life {
        Life {
            dice: Seeded::new(seed),
            count: 0,
            people: Vec::new(),
            shops: Vec::new(),
            payments: Vec::new(),
            holds: Vec::new(),
            helps: Vec::new(),
            claims: Vec::new(),
            gifts: Vec::new(),
            before: VecDeque::new(),
            then: VecDeque::new(),
            last: 0,
        }
    }

    /// What is asked next.
    pub fn next(&mut self) -> Asked {
        self.count += 1;
        let asked = match self.count {
            1 => self.fresh(Role::Officer, Command::Vote { budget: "cashback-2021".into(), amount: 400_000 }),
            2..=5 => self.join(),
            6..=20 => self.enrol(),
            21..=40 => self.top_up(),
            _ => self.then.pop_front().unwrap_or_else(|| self.anything()),
        };
        self.before.push_back(asked.clone());
        if self.before.len() > 400 {
            self.before.pop_front();
        }
        asked
    }

    /// What came of it.
    pub fn learn(&mut self, (_, command): &Asked, answer: &Result<Reply, Failure>) {
        if let (Command::Settle { .. }, Ok(_)) = (command, answer) {
            let send = self.fresh(Role::Officer, Command::OnPayouts(OnPayouts::Send { upto: None }));
            self.then.push_back(send);
        }
        let Ok(Reply::Done { recorded, facts, .. }) = answer else { return };
        if let Recorded::Posting(no) = recorded {
            self.last = self.last.max(no.0);
        }
        if let (Some((giver, ..)), Recorded::Posting(no)) = (facts.gift(), recorded) {
            self.gifts.push((*no, giver));
        }
        match (command, facts, recorded) {
            (_, Facts::Card { card, person, .. }, _) => {
                match self.people.iter_mut().find(|(known, _)| known == person) {
                    Some((_, cards)) if cards.contains(card) => {}
                    Some((_, cards)) => cards.push(*card),
                    None => self.people.push((*person, vec![*card])),
                }
            }
            (_, Facts::Person { person, .. }, _) if self.people.iter().all(|(known, _)| known != person) => {
                self.people.push((*person, Vec::new()));
            }
            (Command::OnPeople(OnPeople::GiveHelp { person, helper, .. }), ..) => {
                self.helps.push((*person, *helper));
            }
            (Command::Join(_), Facts::Shop { merchant, .. }, _) => {
                self.shops.push(*merchant);
                self.set_account(Payee::Shop(*merchant));
            }
            (_, Facts::Pay(payment), Recorded::Posting(no)) => self.payments.push((*no, payment.merchant)),
            (_, Facts::Capture { payment, .. }, Recorded::Posting(no)) => {
                self.payments.push((*no, payment.merchant));
            }
            (_, Facts::Prepay(PrepayFacts::Bought(bought)), _) => {
                self.claims.push((bought.claim, bought.person));
            }
            (_, Facts::Authorise(payment), Recorded::Posting(no)) => self.holds.push((*no, payment.merchant)),
            _ => {}
        }
    }

    /// Somebody gives, or something becomes of what was given.
    fn giving(&mut self) -> Asked {
        let (person, _) = self.person();
        // What a shop goes through takes several steps: mostly it is the first one.
        let shop = if self.below(4) == 0 {
            self.shop()
        } else {
            self.shops.first().copied().unwrap_or(MerchantId(5))
        };
        let purpose = u16::try_from(self.below(3)).unwrap();
        let named = self.below(2) == 0;
        let (role, wish) = match self.below(12) {
            0 | 1 => {
                let share = i64::try_from(self.below(12)).unwrap() * 1_000;
                (Role::Citizen(person), OnGiving::Stand { person, share, purpose, named })
            }
            2 | 3 => {
                let amount = self.won(2_000);
                (Role::Citizen(person), OnGiving::Once { person, amount, purpose, named })
            }
            4 => {
                let rate = Some(i64::try_from(self.below(2_500)).unwrap());
                (Role::Merchant(shop), OnGiving::Apply { merchant: shop, rate, purpose })
            }
            5 => (Role::Officer, OnGiving::Check { merchant: shop, fit: named, note: "영업 전".into() }),
            6 => (Role::Officer, OnGiving::Plaque { merchant: shop }),
            7 => (Role::Merchant(shop), OnGiving::Stop { merchant: shop }),
            8 => (Role::Officer, OnGiving::Pass),
            9 => (
                Role::System,
                OnGiving::OpenPurpose { ko: format!("목적 {purpose}"), en: format!("Purpose {purpose}") },
            ),
            10 => {
                let amount = self.won(1_500);
                let wish = NewSpending {
                    purpose,
                    amount,
                    payee: "평화사회복지관".into(),
                    what: "연수 교재".into(),
                    document_name: "영수증.pdf".into(),
                    document: vec![1, 2, 3],
                    outcome: named.then(|| "12명이 배웠어요.".into()),
                };
                (Role::System, OnGiving::Spend(wish))
            }
            _ if self.gifts.is_empty() => (Role::Officer, OnGiving::Pass),
            _ => {
                let place = usize::try_from(self.below(self.gifts.len() as u64)).unwrap();
                let (no, giver) = self.gifts[place];
                (Role::System, OnGiving::Receipt { giver, gifts: vec![no] })
            }
        };
        self.fresh(role, Command::OnGiving(wish))
    }

    fn anything(&mut self) -> Asked {
        match self.below(114) {
            100..=110 => self.giving(),
            0..=4 => self.enrol(),
            5 => self.join(),
            6..=18 => self.top_up(),
            19..=44 => self.pay(),
            45..=52 => self.refund(),
            53..=57 => self.authorise(),
            58..=62 => self.end_hold(),
            63..=66 => self.gift(),
            67..=74 => self.card_work(),
            75..=81 => self.till(),
            82 => {
                let (person, cards) =
                    self.people.last().cloned().unwrap_or_else(|| (self.person().0, Vec::new()));
                self.set_account(Payee::Person(person));
                // Most of what is put on is spent: then the rest can be withdrawn.
                let top_up = self.fresh(Role::Citizen(person), Command::TopUp { person, amount: 10_000 });
                self.then.push_back(top_up);
                if let (Some(card), Some(shop)) = (cards.last(), self.pick(&self.shops.clone())) {
                    let (card, amount) = (CardRef::Id(*card), 9_000);
                    let pay = Command::Pay { card, merchant: shop, amount, pin: None, order: None };
                    let pay = self.fresh(Role::Citizen(person), pay);
                    self.then.push_back(pay);
                }
                let withdraw = self.fresh(Role::Citizen(person), Command::Withdraw { person });
                self.then.push_back(withdraw);
                self.then.pop_front().unwrap()
            }
            83 | 111.. => {
                let (person, _) = self.person();
                self.fresh(Role::Citizen(person), Command::Withdraw { person })
            }
            84 => self.fresh(Role::Officer, Command::Settle { from: 0, at_most: 3 }),
            85 => self.bank(),
            86 => self.fresh(Role::Officer, Command::Treasury { amount: None }),
            87 => {
                let command = match self.count % 2 {
                    0 => Command::Sweep { at_most: 5 },
                    _ => Command::Expire { from: 0, at_most: 5 },
                };
                let mut asked = self.fresh(Role::System, command);
                asked.0.key.clear();
                asked
            }
            88..=94 => self.once_more(),
            95 => {
                let amount = 1 + self.won(100_000);
                self.fresh(Role::Officer, Command::Vote { budget: "cashback-2021".into(), amount })
            }
            96..=97 => self.on_people(),
            _ => self.nonsense(),
        }
    }

    /// Something about a person's records; or a helper's payment, whether they may or not.
    fn on_people(&mut self) -> Asked {
        let ((person, card), (other, _)) = (self.card(), self.person());
        let from_them = Role::Citizen(person);
        let won = |amount| Won(1_000 * (1 + amount));
        match self.below(8) {
            0 | 1 => {
                let pay = Some(PayLimits { per_payment: won(self.won(20)), per_month: won(self.won(40)) });
                let grants = Grants { see: true, apply: false, pay };
                let (helper, tie, until) = (other, Tie::Family, None);
                let give = OnPeople::GiveHelp { person, helper, tie, grants, until };
                self.fresh(from_them, Command::OnPeople(give))
            }
            2 | 3 => {
                let (merchant, amount) = (self.shop(), 1 + self.won(20_000));
                let helps = self.helps.clone();
                let (helped, helper) = self.pick(&helps).unwrap_or((person, other));
                let theirs = self.people.iter().find(|(known, _)| *known == helped);
                let card = theirs.and_then(|(_, cards)| cards.last()).map_or(card, |id| CardRef::Id(*id));
                let pay = Command::Pay { card, merchant, amount, pin: None, order: None };
                self.fresh(Role::Citizen(helper), pay)
            }
            4 => {
                let why = "신분증을 보고 확인했어요".into();
                self.fresh(Role::Clerk, Command::OnPeople(OnPeople::Link { one: person, other, why }))
            }
            5 => {
                let size = u16::try_from(self.below(5)).unwrap();
                let (datum, source) = (Datum::HouseholdSize(size), Source::Declared);
                let fact = OnPeople::RecordFact { person, datum, source, from: None, until: None };
                self.fresh(from_them, Command::OnPeople(fact))
            }
            6 => {
                let person = self.people.first().map_or(person, |(first, _)| *first);
                let (purpose, by) = ("care".into(), Giver::Own);
                let (from, until, paper, seen_grown) = (None, None, None, true);
                let give = OnPeople::GiveConsent { person, purpose, from, until, paper, by, seen_grown };
                self.fresh(Role::Clerk, Command::OnPeople(give))
            }
            _ => {
                let person = self.people.first().map_or(person, |(first, _)| *first);
                let from_them = Role::Citizen(person);
                let no = OnPeople::WithdrawConsent { person, purpose: "care".into(), paper: None };
                self.fresh(from_them, Command::OnPeople(no))
            }
        }
    }

    /// The same for a campaign of good prepayment that begins later: the guarantee is voted, shops offer it, and claims go
    /// through all that can become of them.
    pub fn next_prepaid(&mut self, step: u64) -> Asked {
        self.count += 1;
        match step {
            // Less than will be prepaid: some of it is never advanced.
            0 => {
                let (budget, amount) = ("guarantee-prepay-2021".into(), 2_000_000);
                self.fresh(Role::Officer, Command::Vote { budget, amount })
            }
            1..=30 => self.offer(),
            _ => match self.below(20) {
                0..=9 => self.on_prepay(),
                10..=12 => self.top_up(),
                13..=15 => self.pay(),
                16..=17 => self.refund(),
                18 => self.fresh(Role::Officer, Command::Settle { from: 0, at_most: 50 }),
                _ if self.below(8) == 0 => {
                    let merchant = self.shop();
                    self.fresh(Role::Officer, Command::CloseShop { merchant })
                }
                _ => self.gift(),
            },
        }
    }

    fn offer(&mut self) -> Asked {
        let merchant = self.shop();
        self.fresh(Role::Merchant(merchant), Command::OnPrepay(OnPrepay::Offer { merchant }))
    }

    /// A claim is bought, given, returned; those that are over end.
    fn on_prepay(&mut self) -> Asked {
        let (person, _) = self.person();
        let claims = self.claims.clone();
        let (claim, buyer) = self.pick(&claims).unwrap_or((7, person));
        match self.below(10) {
            0..=4 => {
                let (merchant, amount) = (self.shop(), 95_000 + self.won(60_000));
                let command = Command::OnPrepay(OnPrepay::Buy { person, merchant, amount });
                self.fresh(Role::Citizen(person), command)
            }
            5 => {
                let (_, to) = self.card();
                let give = OnPrepay::Give { person: buyer, claim, to };
                self.fresh(Role::Citizen(buyer), Command::OnPrepay(give))
            }
            6 => self.fresh(Role::Officer, Command::OnPrepay(OnPrepay::Return { claim })),
            7 => self.fresh(Role::Citizen(buyer), Command::OnPrepay(OnPrepay::Return { claim })),
            8 => {
                let mut asked = self.fresh(Role::System, Command::OnPrepay(OnPrepay::Sweep { at_most: 3 }));
                asked.0.key.clear();
                asked
            }
            _ => self.offer(),
        }
    }

    fn fresh(&mut self, role: Role, command: Command) -> Asked {
        let client = Client(1 + self.below(3));
        let key = format!("k-{}", self.count);
        (Request { actor: Actor::new(role, client), key, input_hash: command.input_hash() }, command)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.dice.below(bound)
    }

    fn won(&mut self, most: u64) -> i64 {
        i64::try_from(self.below(most)).unwrap()
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        let at = self.below(list.len() as u64);
        list.get(usize::try_from(at).unwrap()).copied()
    }

    fn person(&mut self) -> (PersonId, Option<CardId>) {
        let at = usize::try_from(self.below(self.people.len() as u64)).unwrap();
        let (person, cards) = self.people.get(at).cloned().unwrap_or((PersonId(1), Vec::new()));
        // Mostly the newest card: the older ones are lost, or closed.
        let card = if self.below(4) == 0 { self.pick(&cards) } else { cards.last().copied() };
        (person, card)
    }

    fn card(&mut self) -> (PersonId, CardRef) {
        let (person, card) = self.person();
        (person, CardRef::Id(card.unwrap_or(CardId(5))))
    }

    fn shop(&mut self) -> MerchantId {
        let shops = self.shops.clone();
        self.pick(&shops).unwrap_or(MerchantId(5))
    }

    fn enrol(&mut self) -> Asked {
        let kind = if self.below(2) == 0 { CardKind::Plastic } else { CardKind::Phone };
        let district = DISTRICTS[usize::try_from(self.below(20)).unwrap().min(2) % 3];
        let wish = NewPerson {
            name: ["김순자", "이영희", " Ann ", ""][usize::try_from(self.below(12)).unwrap() % 4].into(),
            phone: (self.below(2) == 0).then(|| "063-220-5114".into()),
            birth_day: (self.below(2) == 0).then_some(-9_800),
            district: if district == Some("nowhere") && self.below(3) > 0 {
                None
            } else {
                district.map(Into::into)
            },
            card: (self.below(5) > 0).then_some(NewCard { kind }),
        };
        let role = if self.below(3) == 0 { Role::Clerk } else { Role::System };
        self.fresh(role, Command::Enrol(wish))
    }

    fn join(&mut self) -> Asked {
        let mut nine = [0; 9];
        for digit in &mut nine {
            *digit = u32::try_from(self.dice.below(10)).unwrap();
        }
        let mut number: String = nine.iter().map(ToString::to_string).collect();
        number.push_str(&business_number::check_digit(&nine).to_string());
        let people: Vec<PersonId> = self.people.iter().map(|(person, _)| *person).collect();
        let wish = NewMerchant {
            name: format!("가게 {}", self.count),
            business_number: number,
            trade: TRADES[usize::try_from(self.below(8)).unwrap().saturating_sub(5)].into(),
            district: "4511153000".into(),
            sales: (self.below(2) == 0).then(|| Won(10_000_000 * i64::try_from(self.count).unwrap())),
            owner: self.pick(&people),
        };
        self.fresh(Role::Officer, Command::Join(wish))
    }

    fn set_account(&mut self, payee: Payee) {
        let command = Command::OnPayouts(OnPayouts::SetAccount {
            payee,
            bank: "037".into(),
            number: format!("10130100{:05}", self.count),
            holder: "누구".into(),
            seen: true,
        });
        let asked = self.fresh(Role::Officer, command);
        self.then.push_back(asked);
    }

    /// The bank refuses the newest payouts there may be, and tells of money that nobody knows.
    fn bank(&mut self) -> Asked {
        let line = |kind, id: String, end_to_end| AnswerLine {
            id,
            kind,
            amount: 1_000,
            day: None,
            reference: None,
            end_to_end,
            code: Some("AM09".into()),
            party: Some("누구".into()),
            text: None,
        };
        let first = self.last.saturating_sub(30);
        let mut lines: Vec<AnswerLine> = (first..=self.last)
            .map(|no| {
                let id = format!("r{no}");
                line(LineKind::Rejected, id, Some(city::payouts::end_to_end(PostingNo(no))))
            })
            .collect();
        lines.push(line(LineKind::In, format!("i{}", self.count / 2), None));
        let mut answer = [0; 32];
        answer[..8].copy_from_slice(&self.count.to_be_bytes());
        let (kind, message) = ("pain.002".into(), format!("M{}", self.count));
        let part = AnswerPart { answer, kind, message, part: 0, parts: 1, lines, text: Vec::new() };
        self.fresh(Role::Officer, Command::OnPayouts(OnPayouts::Answer(part)))
    }

    fn top_up(&mut self) -> Asked {
        let (person, _) = self.person();
        let amount = 1_000 * (1 + self.won(200));
        self.fresh(Role::Citizen(person), Command::TopUp { person, amount })
    }

    fn pay(&mut self) -> Asked {
        let (person, card) = self.card();
        let merchant = self.shop();
        let amount = 1 + self.won(30_000);
        let order = (self.below(5) == 0).then(|| "A-7".to_owned());
        self.fresh(Role::Citizen(person), Command::Pay { card, merchant, amount, pin: None, order })
    }

    fn refund(&mut self) -> Asked {
        let payments = self.payments.clone();
        let (payment, shop) = self.pick(&payments).unwrap_or((PostingNo(1), MerchantId(5)));
        let amount = (self.below(3) > 0).then(|| 1 + self.won(5_000));
        let role = match self.below(4) {
            0 => Role::Officer,
            1 => Role::Till(shop),
            _ => Role::Merchant(shop),
        };
        self.fresh(role, Command::Refund { payment, amount })
    }

    fn authorise(&mut self) -> Asked {
        let (person, card) = self.card();
        let merchant = self.shop();
        let amount = 1 + self.won(40_000);
        self.fresh(Role::Citizen(person), Command::Authorise { card, merchant, amount, pin: None })
    }

    fn end_hold(&mut self) -> Asked {
        let newest = self.holds.len().saturating_sub(8);
        let holds = self.holds[newest..].to_vec();
        let (authorisation, shop) = self.pick(&holds).unwrap_or((PostingNo(2), MerchantId(5)));
        let command = match self.below(3) {
            0 => Command::Void { authorisation },
            1 => Command::Capture { authorisation, amount: None },
            _ => Command::Capture { authorisation, amount: Some(1 + self.won(20_000)) },
        };
        self.fresh(Role::Merchant(shop), command)
    }

    fn gift(&mut self) -> Asked {
        let (from, _) = self.person();
        let (_, to) = self.card();
        let amount = 1 + self.won(20_000);
        self.fresh(Role::Citizen(from), Command::Gift { from, to, amount })
    }

    fn card_work(&mut self) -> Asked {
        let (person, card) = self.card();
        match self.below(8) {
            0 => self.fresh(Role::Citizen(person), Command::Freeze { card }),
            1 | 2 => self.fresh(Role::Clerk, Command::Unfreeze { card }),
            3 => self.fresh(Role::Clerk, Command::Replace { card }),
            4 if self.below(4) == 0 => self.fresh(Role::Citizen(person), Command::CloseCard { card }),
            5 => {
                let kind = CardKind::Plastic;
                self.fresh(Role::Clerk, Command::IssueCard { person, card: NewCard { kind } })
            }
            _ => self.fresh(Role::Citizen(person), Command::SetPin { card, pin: "1234".into() }),
        }
    }

    /// A card shown at a till: the PIN is missing, right, or wrong.
    fn till(&mut self) -> Asked {
        let (_, card) = self.card();
        let merchant = self.shop();
        let pin = [None, Some("1234"), Some("1234"), Some("9999")][usize::try_from(self.below(4)).unwrap()];
        let amount = 1 + self.won(80_000);
        let pin = pin.map(ToOwned::to_owned);
        self.fresh(Role::Till(merchant), Command::Pay { card, merchant, amount, pin, order: None })
    }

    /// Something that was asked before; now and then with another wish under the same key.
    fn once_more(&mut self) -> Asked {
        let at = usize::try_from(self.below(self.before.len() as u64)).unwrap();
        let (request, command) = self.before[at].clone();
        if self.below(5) > 0 || request.key.is_empty() {
            return (request, command);
        }
        let (person, _) = self.person();
        let other = Command::TopUp { person, amount: 1_234 };
        (Request { actor: request.actor, key: request.key, input_hash: other.input_hash() }, other)
    }

    fn nonsense(&mut self) -> Asked {
        let (person, card) = self.card();
        let merchant = self.shop();
        let pay = |amount| Command::Pay { card, merchant, amount, pin: None, order: None };
        match self.below(8) {
            0 => self.fresh(Role::Citizen(person), pay(0)),
            1 => self.fresh(Role::Citizen(person), pay(i64::MAX)),
            2 => self.fresh(Role::Auditor, pay(100)),
            3 => self.fresh(Role::Citizen(PersonId(9)), pay(100)),
            4 => self.fresh(Role::Officer, Command::Refund { payment: PostingNo(1 << 40), amount: None }),
            5 => self.fresh(Role::Officer, Command::Vote { budget: "none".into(), amount: 5 }),
            6 if self.below(3) == 0 && self.shops.len() > 3 => {
                self.fresh(Role::Officer, Command::CloseShop { merchant })
            }
            _ => self.fresh(Role::System, Command::Gift { from: person, to: card, amount: -5 }),
        }
    }
}
