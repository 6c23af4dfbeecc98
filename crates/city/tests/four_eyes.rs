//! Four eyes: what one person proposes, another confirms; nothing moves before, and it moves once.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{AccountId, Actor, CardId, MerchantId, PersonId, PostingNo, ProposalId, Role};
use city::proposals::{self, State};
use city::{CardRef, Command, NewGrant, OnPayouts, OnPeople, OnProposals, Reply};
use common::{TestCity, facts, posting, refusal};
use economy::Facts;
use economy::facts::PayoutFacts;
use pen::{Failure, Recorded, Request};
use store::Readers;
use testkit::Place;

/// A city with a shop that has sold something, and who works there and at the city hall.
struct Hall {
    city: TestCity,
    shop: MerchantId,
    who: (PersonId, CardId),
    keys: u64,
}

fn send() -> Command {
    Command::OnPayouts(OnPayouts::Send { upto: None })
}

fn confirm(proposal: ProposalId) -> Command {
    Command::OnProposals(OnProposals::Confirm { proposal })
}

fn refuse(proposal: ProposalId, why: &str) -> Command {
    Command::OnProposals(OnProposals::Refuse { proposal, why: why.into() })
}

fn withdraw(proposal: ProposalId) -> Command {
    Command::OnProposals(OnProposals::Withdraw { proposal })
}

fn proposed(reply: Result<Reply, Failure>) -> ProposalId {
    match facts(reply) {
        Facts::Proposal(facts) if facts.action == "propose" => facts.proposal,
        other => panic!("{other:?}"),
    }
}

impl Hall {
    fn new(place: Place) -> Hall {
        let mut city = TestCity::new(place);
        let who = city.person();
        let shop = city.shop("124-81-00998", "restaurant");
        for _ in 0..2 {
            city.top_up(who.0, 1_000_000);
        }
        Hall { city, shop, who, keys: 0 }
    }

    fn paid(&mut self, amount: i64) -> PostingNo {
        posting(&self.city.pay(self.who, self.shop, amount))
    }

    fn settled(&mut self) {
        self.city.ask(Role::Officer, Command::Settle { from: 0, at_most: 10 }).unwrap();
    }

    fn person(&mut self) -> PersonId {
        self.city.person().0
    }

    /// Somebody with a role, and the account they act through.
    fn staff(&mut self, person: Option<PersonId>, role: &str, subject: Option<MerchantId>) -> Actor {
        let Facts::Account { account, .. } =
            facts(self.city.ask(Role::System, Command::OpenAccount { person }))
        else {
            panic!()
        };
        let (role, subject) = (role.to_owned(), subject.map(|shop| shop.to_string()));
        let wish = NewGrant { account, role, subject, district: None, from: 0, until: None };
        facts(self.city.ask(Role::System, Command::GiveRole(wish)));
        self.actor(account)
    }

    fn officer(&mut self) -> Actor {
        self.staff(None, "card-officer", None)
    }

    fn actor(&self, account: AccountId) -> Actor {
        let shared = self.city.pen.shared();
        let view = shared.read();
        let roles = view.town.doors.roles_of(account, 20_000, &view.town.pack);
        roles.first().unwrap().1
    }

    fn request(&mut self, actor: Actor, command: &Command) -> Request {
        self.keys += 1;
        Request { actor, key: format!("hall-{}", self.keys), input_hash: command.input_hash() }
    }

    fn ask(&mut self, actor: Actor, command: Command) -> Result<Reply, Failure> {
        let request = self.request(actor, &command);
        self.city.ask_all(vec![(request, command)]).pop().unwrap()
    }

    fn last(&self) -> PostingNo {
        self.city.pen.shared().read().books.last_posting()
    }

    fn files(&self) -> u64 {
        self.city.pen.shared().read().town.payouts.files
    }

    fn kept(&self, id: ProposalId) -> proposals::Kept {
        let readers = Readers::open(&self.city.target, 1).unwrap();
        let (vault, now) = (self.city.pen.shared().read().town.vault.clone(), self.city.now());
        readers.read(|snapshot| proposals::read(snapshot, &vault, id, now)).unwrap().unwrap()
    }

    fn waits(&self) -> usize {
        self.city.pen.shared().read().town.open.proposals.waiting(self.city.now()).len()
    }
}

fn each(test: impl Fn(Hall)) {
    for engine in testkit::engines() {
        test(Hall::new(Place::fresh(engine)));
    }
}

#[test]
fn a_payout_file_is_made_at_a_second_persons_yes() {
    each(|mut hall| {
        hall.paid(120_000);
        hall.settled();
        let (first, second) = (hall.officer(), hall.officer());
        let before = hall.last();
        let wish = send();
        let request = hall.request(first, &wish);
        let id = proposed(hall.city.ask_all(vec![(request.clone(), wish.clone())]).pop().unwrap());
        assert_eq!((hall.last(), hall.files(), hall.waits()), (before, 0, 1), "nothing is posted or sent");
        // Asked again under its key it is the same one; under another there is one already.
        assert_eq!(proposed(hall.city.ask_all(vec![(request, wish)]).pop().unwrap()), id);
        assert_eq!(refusal(hall.ask(second, send())), "proposal.known");
        // Not by whoever proposed it, nor by the house itself, and not by who may not.
        assert_eq!(refusal(hall.ask(first, confirm(id))), "second.same");
        assert_eq!(refusal(hall.city.ask(Role::Officer, confirm(id))), "second.same");
        let (auditor, owner) =
            (hall.staff(None, "auditor", None), hall.staff(None, "merchant", Some(hall.shop)));
        assert_eq!(refusal(hall.ask(auditor, confirm(id))), "role.needed");
        assert_eq!(
            refusal(hall.ask(owner, confirm(id))),
            "proposal.unknown",
            "what isn't theirs isn't there"
        );
        assert_eq!(refusal(hall.ask(second, withdraw(id))), "proposal.own");
        // It outlives a restart.
        hall.city = hall.city.again(7);
        assert_eq!((hall.waits(), hall.kept(id).state), (1, State::Waiting));
        let yes = confirm(id);
        let request = hall.request(second, &yes);
        let done = hall.city.ask_all(vec![(request.clone(), yes.clone())]).pop().unwrap();
        let Facts::Payouts(PayoutFacts::File { file: 1, count: 1, amount: 120_000 }) = facts(done.clone())
        else {
            panic!("{done:?}")
        };
        assert_eq!((hall.files(), hall.waits()), (1, 0));
        // The same key, the same answer; another yes finds nothing that waits.
        assert_eq!(hall.city.ask_all(vec![(request, yes)]).pop().unwrap(), done);
        assert_eq!(refusal(hall.ask(second, confirm(id))), "proposal.unknown");
        let kept = hall.kept(id);
        assert_eq!(kept.state, State::CarriedOut);
        assert_eq!((kept.proposal.by, kept.decided_by), (first.account.unwrap(), second.account));
        let Ok(Reply::Done { recorded, .. }) = done else { panic!() };
        assert_eq!(kept.recorded, Some(recorded));
        hall.city = hall.city.again(8);
        assert_eq!((hall.files(), hall.waits()), (1, 0));
    });
}

#[test]
fn of_two_who_confirm_at_once_one_does() {
    each(|mut hall| {
        let paid = hall.paid(700_000);
        let clerk = hall.officer();
        let refund = Command::Refund { payment: paid, amount: None };
        let id = proposed(hall.ask(clerk, refund));
        let seconds: Vec<Actor> = (0..6).map(|_| hall.officer()).collect();
        let wishes: Vec<_> =
            seconds.iter().map(|actor| (hall.request(*actor, &confirm(id)), confirm(id))).collect();
        let live = hall.city.live();
        let answers = live.at_once(wishes);
        let done: Vec<_> = answers.iter().filter(|answer| answer.is_ok()).collect();
        assert_eq!(done.len(), 1, "{answers:?}");
        let Ok(Reply::Done { recorded: Recorded::Posting(_), facts: Facts::Refund(refund), .. }) = done[0]
        else {
            panic!("{done:?}")
        };
        assert_eq!(refund.amount, 700_000);
        for answer in answers.into_iter().filter(Result::is_err) {
            assert_eq!(refusal(answer), "proposal.unknown");
        }
        live.close();
    });
}

#[test]
fn a_shops_small_refunds_are_done_at_once_and_large_ones_in_parts_are_not() {
    each(|mut hall| {
        let paid = hall.paid(800_000);
        let till = hall.staff(None, "till", Some(hall.shop));
        let owner = hall.staff(None, "merchant", Some(hall.shop));
        let other = hall.city.shop("220-81-62517", "restaurant");
        let stranger = hall.staff(None, "merchant", Some(other));
        let part = |amount| Command::Refund { payment: paid, amount: Some(amount) };
        let small = hall.ask(till, part(500_000));
        assert!(matches!(facts(small), Facts::Refund(refund) if refund.amount == 500_000));
        // A won more of the same payment is over the sum, however small the part.
        let before = hall.last();
        let id = proposed(hall.ask(till, part(1)));
        assert_eq!(hall.last(), before);
        assert_eq!(refusal(hall.ask(stranger, confirm(id))), "proposal.unknown");
        assert_eq!(refusal(hall.ask(till, confirm(id))), "role.needed", "a till confirms nothing");
        assert_eq!(refusal(hall.ask(owner, refuse(id, "싫어"))), "reason.short");
        facts(hall.ask(owner, refuse(id, "손님이 영수증을 가져오지 않았어요")));
        let kept = hall.kept(id);
        assert_eq!((kept.state, hall.waits()), (State::Refused, 0));
        assert_eq!(kept.said.as_deref(), Some("손님이 영수증을 가져오지 않았어요"));
        // Proposed anew, withdrawn, and once more.
        let id = proposed(hall.ask(till, part(100_000)));
        facts(hall.ask(till, withdraw(id)));
        assert_eq!((hall.kept(id).state, hall.last()), (State::Withdrawn, before));
        let id = proposed(hall.ask(till, part(100_000)));
        let done = hall.ask(owner, confirm(id));
        let no = posting(&done);
        assert!(matches!(facts(done), Facts::Refund(refund) if refund.amount == 100_000));
        assert_eq!(hall.kept(id).recorded, Some(Recorded::Posting(no)));
        // What is impossible is refused, and not kept.
        assert_eq!(refusal(hall.ask(till, part(300_000))), "refund.more-than-left");
        assert_eq!(hall.waits(), 0);
    });
}

#[test]
fn what_became_impossible_meanwhile_is_refused() {
    each(|mut hall| {
        let paid = hall.paid(900_000);
        let (first, second) = (hall.officer(), hall.officer());
        let all = Command::Refund { payment: paid, amount: None };
        let id = proposed(hall.ask(first, all));
        // The shop gives a part of it back meanwhile: what was proposed is more than is left.
        let owner = hall.staff(None, "merchant", Some(hall.shop));
        facts(hall.ask(owner, Command::Refund { payment: paid, amount: Some(10_000) }));
        let before = hall.last();
        assert_eq!(refusal(hall.ask(second, confirm(id))), "refund.more-than-left");
        assert_eq!((hall.last(), hall.waits()), (before, 1), "it still waits: it may be withdrawn");
        facts(hall.ask(first, withdraw(id)));
        // A file about more than was proposed.
        hall.settled();
        let id = proposed(hall.ask(first, send()));
        hall.city.ask(Role::System, send()).unwrap();
        assert_eq!(refusal(hall.ask(second, confirm(id))), "payout.nothing");
        facts(hall.ask(first, withdraw(id)));
        // Whoever proposed it has left.
        let paid = hall.paid(600_000);
        let id = proposed(hall.ask(first, Command::Refund { payment: paid, amount: None }));
        facts(hall.city.ask(Role::System, Command::EndAccount { account: first.account.unwrap() }));
        assert_eq!(refusal(hall.ask(second, confirm(id))), "proposal.proposer");
        facts(hall.ask(second, refuse(id, "제안한 사람이 떠났어요")));
    });
}

#[test]
fn nobody_confirms_after_its_days() {
    each(|mut hall| {
        hall.paid(120_000);
        hall.settled();
        let (first, second) = (hall.officer(), hall.officer());
        let id = proposed(hall.ask(first, send()));
        hall.city.clock.set(hall.city.now().plus_seconds(3 * 86_400 + 1));
        for wish in [confirm(id), refuse(id, "너무 늦게 보았어요")] {
            assert_eq!(refusal(hall.ask(second, wish)), "proposal.over");
        }
        assert_eq!(refusal(hall.ask(first, withdraw(id))), "proposal.over");
        assert_eq!((hall.kept(id).state, hall.waits(), hall.files()), (State::Expired, 0, 0));
        // What is proposed next takes its place.
        let next = proposed(hall.ask(first, send()));
        assert_eq!((hall.kept(id).state, hall.kept(id).decided_by), (State::Expired, None));
        facts(hall.ask(second, confirm(next)));
        assert_eq!(hall.files(), 1);
    });
}

#[test]
fn a_second_account_of_the_same_person_is_no_second_person() {
    each(|mut hall| {
        hall.paid(120_000);
        hall.settled();
        let (one, other) = (hall.person(), hall.person());
        let first = hall.staff(Some(one), "card-officer", None);
        let second = hall.staff(Some(other), "card-officer", None);
        let id = proposed(hall.ask(first, send()));
        let link = OnPeople::Link { one, other, why: "주민등록증을 나란히 보았어요".into() };
        facts(hall.city.ask(Role::Clerk, Command::OnPeople(link)));
        assert_eq!(refusal(hall.ask(second, confirm(id))), "second.person");
        assert_eq!(refusal(hall.ask(second, refuse(id, "내가 나를 거절해요"))), "second.person");
        // The same holds where roles are confirmed: one mechanism.
        let (a, b) = (hall.person(), hall.person());
        let giver = hall.staff(Some(a), "access-officer", None);
        let alias = hall.staff(Some(b), "access-officer", None);
        let link =
            OnPeople::Link { one: a, other: b, why: "주민등록증을 나란히 보았어요".into() };
        facts(hall.city.ask(Role::Clerk, Command::OnPeople(link)));
        let account = hall.officer().account.unwrap();
        let role = "card-officer".to_owned();
        let wish = NewGrant { account, role, subject: None, district: None, from: 0, until: None };
        let Facts::Role { grant, .. } = facts(hall.ask(giver, Command::GiveRole(wish))) else { panic!() };
        assert_eq!(refusal(hall.ask(alias, Command::ConfirmRole { grant })), "second.person");
        assert_eq!(refusal(hall.ask(giver, Command::ConfirmRole { grant })), "role.second-person");
        let third = hall.staff(None, "access-officer", None);
        facts(hall.ask(third, Command::ConfirmRole { grant }));
    });
}

/// What was kept is a row: neither the money nor anything else that is counted knows of it.
#[test]
fn a_proposal_holds_nothing_back() {
    each(|mut hall| {
        let paid = hall.paid(700_000);
        let first = hall.officer();
        let before = common::state(&hall.city.pen.shared());
        let asked = hall.city.pen.shared().read().requests;
        proposed(hall.ask(first, Command::Refund { payment: paid, amount: None }));
        let after = common::state(&hall.city.pen.shared());
        let (_, money) = before.split_once("Instant").unwrap();
        let (_, same) = after.split_once("Instant").unwrap();
        assert_eq!(money.split_once(' ').unwrap().1, same.split_once(' ').unwrap().1);
        assert_eq!(hall.city.pen.shared().read().requests, asked + 1);
        let card = CardRef::Id(hall.who.1);
        let who = Role::Citizen(hall.who.0);
        let shop = hall.shop;
        let pay = Command::Pay { card, merchant: shop, amount: 1_000, pin: None, order: None };
        hall.city.ask(who, pay).unwrap();
        let books = hall.city.pen.shared().read().books.clone();
        assert_eq!(common::count(&hall.city.target, &books).postings, hall.last().0, "the journal agrees");
    });
}

/// What became of it stands before who proposed it until they say that they have read so, over any restart.
#[test]
fn who_proposed_is_told_what_became_of_it() {
    each(|mut hall| {
        let paid = [700_000, 600_000, 650_000].map(|amount| hall.paid(amount));
        let (first, second) = (hall.officer(), hall.officer());
        let refund = |payment| Command::Refund { payment, amount: None };
        let [yes, no, back] = paid.map(|payment| proposed(hall.ask(first, refund(payment))));
        let hear = |proposal| Command::OnProposals(OnProposals::Hear { proposal });
        let news = |hall: &Hall, who: Actor| {
            let (shared, now) = (hall.city.pen.shared(), hall.city.now());
            let view = shared.read();
            view.town.open.proposals.news_for(who.account.unwrap(), now)
        };
        // There is nothing to read before somebody said something, and nothing of one's own word.
        assert_eq!(refusal(hall.ask(first, hear(yes))), "proposal.unknown");
        posting(&hall.ask(second, confirm(yes)));
        facts(hall.ask(second, refuse(no, "영수증을 가져오지 않았어요")));
        facts(hall.ask(first, withdraw(back)));
        assert_eq!((news(&hall, first), news(&hall, second)), (2, 0));
        assert_eq!([yes, no, back].map(|id| hall.kept(id).is_news()), [true, true, false]);
        assert_eq!(refusal(hall.ask(second, hear(yes))), "proposal.unknown");
        let Hall { city, shop, who, keys } = hall;
        let mut hall = Hall { city: city.again(9), shop, who, keys };
        assert_eq!(news(&hall, first), 2);
        facts(hall.ask(first, hear(yes)));
        assert_eq!(refusal(hall.ask(first, hear(yes))), "proposal.unknown");
        assert!(news(&hall, first) == 1 && hall.kept(yes).heard.is_some());
        assert_eq!(hall.kept(yes).state, State::CarriedOut, "it stays what it was");
        facts(hall.ask(first, hear(no)));
        // Nobody came in time: that is news too, and so is another's proposing the same anew.
        let late = proposed(hall.ask(first, refund(paid[1])));
        hall.city.clock.set(hall.city.now().plus_seconds(7 * 86_400 + 1));
        assert_eq!((news(&hall, first), hall.kept(late).is_news()), (1, true));
        facts(hall.ask(first, hear(late)));
        assert_eq!((news(&hall, first), hall.kept(late).state), (0, State::Expired));
        let late = proposed(hall.ask(first, refund(paid[1])));
        hall.city.clock.set(hall.city.now().plus_seconds(7 * 86_400 + 1));
        proposed(hall.ask(second, refund(paid[1])));
        assert_eq!((news(&hall, first), hall.kept(late).state), (1, State::Expired));
        facts(hall.ask(first, hear(late)));
        assert_eq!(news(&hall, first), 0);
    });
}

/// A shop that was paid out, and a friend who is given everything back, payment by payment: what it owes counts together.
#[test]
fn what_a_shop_comes_to_owe_needs_a_second_person_however_many_payments_it_is_of() {
    each(|mut hall| {
        let paid: Vec<PostingNo> = (0..3).map(|_| hall.paid(400_000)).collect();
        let owner = hall.staff(None, "merchant", Some(hall.shop));
        let officer = hall.officer();
        hall.settled();
        let back = |at: usize| Command::Refund { payment: paid[at], amount: None };
        assert!(
            matches!(facts(hall.ask(owner, back(0))), Facts::Refund(refund) if refund.shop_due == 400_000)
        );
        let id = proposed(hall.ask(owner, back(1)));
        assert_eq!(refusal(hall.ask(owner, confirm(id))), "second.same");
        assert!(
            matches!(facts(hall.ask(officer, confirm(id))), Facts::Refund(refund) if refund.amount == 400_000)
        );
        // What it has earned and was not paid yet it gives back by itself.
        let today = hall.paid(450_000);
        let own = Command::Refund { payment: today, amount: None };
        assert!(matches!(facts(hall.ask(owner, own)), Facts::Refund(refund) if refund.shop_due == 0));
    });
}
