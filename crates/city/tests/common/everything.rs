//! One person about whom everything is recorded that the city seals, each through the command it comes by.

use std::sync::Arc;

use base::{
    AccountId, Actor, CaseId, Client, DraftId, GlassId, HandoverId, HookId, MerchantId, PersonId, PostingNo,
    ProposalId, QuestionId, Role, Won, date,
};
use city::follow::To;
use city::{
    AnswerLine, AnswerPart, CardRef, Command, Finding, HookSecret, LineKind, Matter, NewCard, NewGrant,
    NewMerchant, NewPasskey, NewPerson, NewToken, OnMail, OnPapers, OnPayouts, OnPeople, OnProposals,
    OnShops, OnTills, OnWindow, Payee, Reply, Scan, Sign,
};
use economy::facts::TillsFacts;
use economy::{CardKind, Facts};
use pen::Recorded;
use people::consent::Giver;
use people::delegation::{Grants, PayLimits, Tie};
use people::draft::Typed;
use people::fact::{Datum, Disability, Source};

pub const NAME: &str = "제갈순임";
pub const PHONE: &str = "010-2345-6789";
/// Born on, as it may be written.
pub const BORN: [&str; 4] = ["1943-05-01", "19430501", "-9741", "430501"];
pub const ADDRESS: &str = "전주시 완산구 향교길 77-3 한옥마을아파트 204호";

/// What must stand nowhere in the open: everything about a person that is recorded here.
pub const SECRETS: &[&str] = &[
    NAME,
    "순임",
    PHONE,
    "01023456789",
    "2345-6789",
    ADDRESS,
    "향교길",
    "한옥마을아파트",
    "1943-05-01",
    "severe",
    "서서학동-2021-0017",
    "순임이 전화기",
    "왜 제 기록을",
    "넘어지신 날",
    "길에 쓰러져",
    "가족에게 알렸",
    "감사 자료로",
    "1013-01-7654321",
    "1013017654321",
    "돌아온 돈이에요",
    "통장에 적힌 말",
    "친척이 많이",
    "문중 모임이라",
    "빌린 이름으로",
    "남편이 대신",
    "호적을 보니",
    "두 번 눌렀",
    "귀가 어두",
    "보청기를",
    "soonim",
    "셋째 계산대",
    "보던 계산대",
];

/// Whom and what it is about.
pub struct Everything {
    pub person: PersonId,
    pub shop: MerchantId,
    pub account: AccountId,
    pub glass: GlassId,
    pub question: QuestionId,
    pub case: CaseId,
    pub proposal: ProposalId,
}

/// How a command is asked.
pub type Ask<'a> = &'a mut dyn FnMut(Actor, Command) -> Reply;

struct Hand<'a> {
    ask: Ask<'a>,
}

fn at(role: Role, client: u64, account: Option<AccountId>) -> Actor {
    Actor { account, ..Actor::new(role, Client(client)) }
}

impl Hand<'_> {
    fn done(&mut self, actor: Actor, command: Command) -> (Recorded, Facts) {
        let shown = format!("{command:?}");
        match (self.ask)(actor, command) {
            Reply::Done { recorded, facts, .. } => (recorded, facts),
            other => panic!("{shown}: {other:?}"),
        }
    }

    fn facts(&mut self, actor: Actor, command: Command) -> Facts {
        self.done(actor, command).1
    }

    fn system(&mut self, command: Command) -> Facts {
        self.facts(Actor::SYSTEM, command)
    }

    fn looked(&mut self, actor: Actor, command: Command) -> String {
        match self.facts(actor, command) {
            Facts::Looks { id, .. } | Facts::Window { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }

    fn staff(&mut self, role: &str) -> AccountId {
        let Facts::Account { account, .. } = self.system(Command::OpenAccount { person: None }) else {
            panic!("an account")
        };
        let wish =
            NewGrant { account, role: role.to_owned(), subject: None, district: None, from: 0, until: None };
        self.system(Command::GiveRole(wish));
        account
    }

    fn person(&mut self, name: &str) -> (PersonId, base::CardId) {
        let wish = NewPerson {
            name: name.into(),
            phone: Some(PHONE.into()),
            birth_day: Some(-9_741),
            district: None,
            card: Some(NewCard { kind: CardKind::Phone }),
        };
        match self.system(Command::Enrol(wish)) {
            Facts::Card { card, person, .. } => (person, card),
            other => panic!("{other:?}"),
        }
    }

    fn shop(&mut self, business_number: &str) -> MerchantId {
        let wish = NewMerchant {
            name: "남부시장 떡집".into(),
            business_number: business_number.into(),
            trade: "market-food".into(),
            district: "4511153000".into(),
            sales: Some(Won(80_000_000)),
            owner: None,
        };
        match self.system(Command::Join(wish)) {
            Facts::Shop { merchant, .. } => merchant,
            other => panic!("{other:?}"),
        }
    }

    fn register(&mut self, person: PersonId, helper: PersonId) {
        let clerk = at(Role::Clerk, 11, None);
        let source = Source::Document { what: format!("서서학동-2021-0017, {ADDRESS}") };
        let pay = Some(PayLimits { per_payment: Won(31_337), per_month: Won(313_370) });
        let fact =
            |datum| OnPeople::RecordFact { person, datum, source: source.clone(), from: None, until: None };
        for command in [
            fact(Datum::Disability(Disability::Severe)),
            fact(Datum::BirthDate(date(1943, 5, 1))),
            OnPeople::GiveConsent {
                person,
                purpose: "health".into(),
                from: None,
                until: None,
                paper: Some("서서학동-2021-0017".into()),
                by: Giver::Own,
                seen_grown: false,
            },
            OnPeople::GiveHelp {
                person,
                helper,
                tie: Tie::Family,
                grants: Grants { see: true, apply: false, pay },
                until: None,
            },
        ] {
            self.facts(clerk, Command::OnPeople(command));
        }
        let sheet = format!("%PDF-1.4\n% {NAME}, {ADDRESS}\n%%EOF\n");
        let scan = Scan(Arc::new(sheet.into_bytes()));
        self.facts(clerk, Command::OnPapers(OnPapers::Keep { person, of: None, scan }));
        let ask = OnMail::Ask { to: To::Person(person), address: "soonim@example.kr".into() };
        self.facts(at(Role::Citizen(person), 12, None), Command::OnMail(ask));
    }

    fn looks(&mut self, person: PersonId) -> (QuestionId, GlassId) {
        let citizen = at(Role::Citizen(person), 12, None);
        let question = self
            .looked(citizen, Command::AskLook { person, look: 1, question: "왜 제 기록을 보셨나요".into() });
        let question = question.parse().unwrap();
        let officer = at(Role::Officer, 13, None);
        let answer = "넘어지신 날을 확인하려고 봤어요".into();
        self.facts(officer, Command::AnswerLook { question, answer, looked: None });
        let clerk = at(Role::Clerk, 14, None);
        let why = "길에 쓰러져 계셔서 가족을 찾아요".into();
        let glass = self.looked(clerk, Command::OpenGlass { person, why }).parse().unwrap();
        let note = "가족에게 알렸어요, 그럴 만했어요".into();
        self.facts(officer, Command::ReviewGlass { glass, justified: true, note });
        let why = "감사 자료로 제출하려고 받아요".into();
        self.facts(officer, Command::Download { what: "books".into(), lines: 3, why });
        (question, glass)
    }

    fn payouts(&mut self, person: PersonId) {
        let officer = at(Role::Officer, 13, None);
        let account = OnPayouts::SetAccount {
            payee: Payee::Person(person),
            bank: "037".into(),
            number: "1013-01-7654321".into(),
            holder: NAME.into(),
            seen: true,
        };
        self.facts(officer, Command::OnPayouts(account));
        let line = AnswerLine {
            id: "ab01".repeat(8),
            kind: LineKind::In,
            amount: 7_000,
            day: None,
            reference: None,
            end_to_end: None,
            code: None,
            party: Some(NAME.into()),
            text: Some("통장에 적힌 말".into()),
        };
        let part = AnswerPart {
            answer: [3; 32],
            kind: "camt.053".into(),
            message: "M-1".into(),
            part: 0,
            parts: 1,
            lines: vec![line.clone()],
            text: format!("<Document>{NAME}</Document>").into_bytes(),
        };
        self.facts(officer, Command::OnPayouts(OnPayouts::Answer(part)));
        let note = format!("{NAME} 님께 돌아온 돈이에요");
        let resolve = OnPayouts::Resolve { line: line.id, payout: None, note };
        self.facts(officer, Command::OnPayouts(resolve));
    }

    fn programs(&mut self, shop: MerchantId) -> CaseId {
        let owner = at(Role::Merchant(shop), 15, None);
        let open = OnTills::OpenHook {
            merchant: shop,
            url: "https://till.example.kr/hook".into(),
            secret: HookSecret([0x51; 32]),
        };
        let hook: HookId = match self.facts(owner, Command::OnTills(open)) {
            Facts::Tills(TillsFacts::Hook { hook, .. }) => hook,
            other => panic!("{other:?}"),
        };
        let rotate = OnTills::RotateHook { merchant: shop, hook, secret: HookSecret([0x52; 32]) };
        self.facts(owner, Command::OnTills(rotate));
        let sign = Sign {
            rule: "round-trip".into(),
            merchant: shop,
            from: 18_000,
            until: 18_006,
            first: PostingNo(1),
            last: PostingNo(1),
            points: 5,
        };
        let case = match self.system(Command::OnTills(OnTills::OpenCase(sign))) {
            Facts::Tills(TillsFacts::Case { case, .. }) => case,
            other => panic!("{other:?}"),
        };
        let text = format!("{NAME} 님 친척이 많이 다녀갔어요");
        self.facts(owner, Command::OnTills(OnTills::AnswerCase { case, text }));
        let note = "문중 모임이라 그럴 만해요".into();
        let close = OnTills::CloseCase { case, finding: Finding::Explained, note };
        self.facts(at(Role::Officer, 13, None), Command::OnTills(close));
        case
    }

    fn proposal(&mut self, payer: (PersonId, base::CardId), shop: MerchantId) -> ProposalId {
        let citizen = at(Role::Citizen(payer.0), 12, None);
        self.facts(citizen, Command::TopUp { person: payer.0, amount: 900_000 });
        let card = CardRef::Id(payer.1);
        let pay = Command::Pay { card, merchant: shop, amount: 700_000, pin: None, order: None };
        let Recorded::Posting(payment) = self.done(citizen, pay).0 else { panic!("a posting") };
        let (first, second) = (self.staff("card-officer"), self.staff("card-officer"));
        let refund = Command::Refund { payment, amount: None };
        let proposal = match self.facts(at(Role::Officer, 16, Some(first)), refund) {
            Facts::Proposal(facts) => facts.proposal,
            other => panic!("{other:?}"),
        };
        let why = format!("{NAME} 님이 두 번 눌렀다고 해요");
        let refuse = OnProposals::Refuse { proposal, why };
        self.facts(at(Role::Officer, 17, Some(second)), Command::OnProposals(refuse));
        proposal
    }

    /// One that lasts, given another secret once, and one that ended.
    fn tokens(&mut self, shop: MerchantId) {
        let owner = at(Role::Merchant(shop), 15, None);
        for (no, name) in [(0x61, "셋째 계산대"), (0x62, "보던 계산대")] {
            let (role, subject) = ("till".to_owned(), Some(shop.to_string()));
            let name = format!("{NAME}이 {name}");
            self.facts(
                owner,
                Command::Grant(NewToken { hash: [no; 32], role, subject, district: None, name }),
            );
        }
        let until = base::Instant(0);
        let (first, second) = (u64::from_le_bytes([0x61; 8]), u64::from_le_bytes([0x62; 8]));
        self.facts(owner, Command::RotateToken { client: first, hash: [0x63; 32], until });
        self.facts(owner, Command::EndToken { client: second });
    }

    fn window(&mut self, person: PersonId) {
        let (mine, other) = (self.staff("city-counter"), self.staff("city-counter"));
        let duty = Some(4);
        let clerk = Actor { duty, ..at(Role::Clerk, 18, Some(mine)) };
        let typed = Typed {
            name: NAME.into(),
            born: BORN[0].into(),
            phone: PHONE.into(),
            note: format!("귀가 어두우세요, {ADDRESS}"),
            ..Typed::default()
        };
        let keep = OnWindow::Keep { draft: DraftId(0x77), fresh: true, typed };
        self.facts(clerk, Command::OnWindow(keep));
        let why = format!("보청기를 찾으러 오세요, {ADDRESS}");
        let hand = OnWindow::HandOver { what: Matter::Person(person), to: other, why };
        let _: HandoverId = self.looked(clerk, Command::OnWindow(hand)).parse().unwrap();
    }

    fn cancellation(&mut self, shop: MerchantId) {
        let cancel = OnShops::Cancel {
            merchant: shop,
            ground: "false".into(),
            why: "빌린 이름으로 등록했어요".into(),
        };
        let application = match self.facts(at(Role::Officer, 13, None), Command::OnShops(cancel)) {
            Facts::Joining(facts) => facts.application,
            other => panic!("{other:?}"),
        };
        let text = format!("{NAME} 남편이 대신 적었어요");
        let appeal = OnShops::Appeal { application, text };
        self.facts(at(Role::Merchant(shop), 15, None), Command::OnShops(appeal));
        let answer =
            OnShops::Answer { application, right: false, why: "호적을 보니 달랐어요".into() };
        self.facts(at(Role::Officer, 77, None), Command::OnShops(answer));
    }
}

/// Records it all. Every sealed column has something in it afterwards.
pub fn record(ask: Ask<'_>) -> Everything {
    let mut hand = Hand { ask };
    let (person, helper) = (hand.person(NAME), hand.person("김영수"));
    let shop = hand.shop("124-81-00998");
    let Facts::Account { account, .. } = hand.system(Command::OpenAccount { person: Some(person.0) }) else {
        panic!("an account")
    };
    let (name, credential, how) = ("순임이 전화기".to_owned(), "{}".to_owned(), people::How::Code);
    hand.system(Command::AddPasskey(NewPasskey { account, hash: [9; 32], name, credential, how }));
    let said = people::vouched::said("https://house.example", "soonim.jegal");
    let how = people::How::Passkey;
    hand.system(Command::LinkVouched { account, said, house: "house".into(), how });
    hand.register(person.0, helper.0);
    let (question, glass) = hand.looks(person.0);
    hand.payouts(person.0);
    let case = hand.programs(shop);
    let proposal = hand.proposal(person, shop);
    hand.window(person.0);
    // A shop that is cancelled keeps no tills.
    let other = hand.shop("202-72-61411");
    hand.tokens(other);
    hand.cancellation(shop);
    Everything { person: person.0, shop, account, glass, question, case, proposal }
}
