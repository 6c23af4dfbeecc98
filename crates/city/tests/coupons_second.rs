//! A coupon for many: begun only where the budget has enough for all of them, and above the pack's sum by two people.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{AccountId, Actor, Arg, PersonId, ProposalId, Role, Won};
use city::coupons::{JobState, everyone, jobs};
use city::proposals::{self, State};
use city::{Command, NewGrant, NewJob, OnCoupons, OnProposals, Recipients, Reply};
use common::{TestCity, count, facts, refusal};
use economy::facts::CouponFacts;
use economy::{Class, Facts, chart};
use pen::{Failure, Request};
use store::Readers;

/// What each of them gets; the pack asks for a second person above 100,000,000 won.
const EACH: i64 = 100_000;
const PEOPLE: usize = 1_001;
const SUM: i64 = EACH * PEOPLE as i64;

/// A city whose card desk has two officers, and 1,001 people.
struct Desk {
    city: TestCity,
    people: Vec<PersonId>,
    first: Actor,
    second: Actor,
    keys: u64,
}

fn everyone_gets(each: i64) -> Command {
    begin(Recipients::Everyone { district: None, each })
}

fn begin(to: Recipients) -> Command {
    Command::OnCoupons(OnCoupons::Begin(NewJob { coupon: "relief-2021".into(), to }))
}

fn confirm(proposal: ProposalId) -> Command {
    Command::OnProposals(OnProposals::Confirm { proposal })
}

fn proposed(reply: Result<Reply, Failure>) -> (ProposalId, i64) {
    match facts(reply) {
        Facts::Proposal(facts) if facts.action == "propose" => (facts.proposal, facts.amount),
        other => panic!("{other:?}"),
    }
}

impl Desk {
    fn new(mut city: TestCity) -> Desk {
        city.on(2021, 3, 2);
        let people = city.people(PEOPLE, 1).into_iter().map(|who| who.0).collect();
        let mut officers = [0, 1].map(|_| officer(&mut city)).into_iter();
        let (first, second) = (officers.next().unwrap(), officers.next().unwrap());
        Desk { city, people, first, second, keys: 0 }
    }

    fn ask(&mut self, actor: Actor, command: Command) -> Result<Reply, Failure> {
        self.keys += 1;
        let key = format!("desk-{}", self.keys);
        let request = Request { actor, key, input_hash: command.input_hash() };
        self.city.ask_all(vec![(request, command)]).pop().unwrap()
    }

    fn job(&self, no: u64) -> city::coupons::Job {
        (**self.city.pen.shared().read().town.coupons.job(no).unwrap()).clone()
    }

    fn jobs(&self) -> usize {
        self.city.pen.shared().read().town.coupons.jobs().count()
    }

    fn left(&self) -> i64 {
        let account = chart::budget(Class::BudgetLeft, "relief-2021");
        self.city.pen.shared().read().books.balance_of(&account.key)
    }

    fn given(&self, person: PersonId) -> i64 {
        let shared = self.city.pen.shared();
        let view = shared.read();
        let coupon = view.town.pack.coupons.coupon("relief-2021").unwrap();
        view.books.balance_of(&chart::coupon_meter(person, coupon.purpose, coupon.cohort()).key)
    }

    fn kept(&self, id: ProposalId) -> proposals::Kept {
        let readers = Readers::open(&self.city.target, 1).unwrap();
        let (vault, now) = (self.city.pen.shared().read().town.vault.clone(), self.city.now());
        readers.read(|snapshot| proposals::read(snapshot, &vault, id, now)).unwrap().unwrap()
    }

    /// What the desk's page shows before anything is begun.
    fn counted(&self, each: i64) -> everyone::Counted {
        let (date, now) = (base::date(2021, 3, 2), self.city.now());
        everyone::count(&self.city.pen.shared(), ("relief-2021", None), each, (date, now)).unwrap()
    }

    fn again(self, seed: u64) -> Desk {
        let before = self.city.pen.shared().read().town.coupons.clone();
        let city = self.city.again(seed);
        assert_eq!(city.pen.shared().read().town.coupons, before, "read anew it is the same");
        Desk { city, ..self }
    }

    fn work(&mut self, job: u64) {
        loop {
            let from = self.job(job).next;
            let step = Command::OnCoupons(OnCoupons::Step { job, from, at_most: jobs::AT_ONCE });
            match self.city.ask(Role::System, step).unwrap() {
                Reply::Batch { next: Some(_), .. } => {}
                _ => return,
            }
        }
    }

    fn give(&mut self, person: PersonId, amount: i64) {
        let give = OnCoupons::Give { coupon: "relief-2021".into(), person, amount };
        facts(self.city.ask(Role::Officer, Command::OnCoupons(give)));
    }
}

fn officer(city: &mut TestCity) -> Actor {
    let Facts::Account { account, .. } = facts(city.ask(Role::System, Command::OpenAccount { person: None }))
    else {
        panic!()
    };
    let (role, subject) = ("card-officer".to_owned(), None);
    let wish = NewGrant { account, role, subject, district: None, from: 0, until: None };
    facts(city.ask(Role::System, Command::GiveRole(wish)));
    actor(city, account)
}

fn actor(city: &TestCity, account: AccountId) -> Actor {
    let shared = city.pen.shared();
    let view = shared.read();
    view.town.doors.roles_of(account, 20_000, &view.town.pack).first().unwrap().1
}

fn each(test: impl Fn(Desk)) {
    for engine in testkit::engines() {
        test(Desk::new(TestCity::new(testkit::Place::fresh(engine))));
    }
}

fn args(reply: Result<Reply, Failure>) -> Vec<i64> {
    let Err(Failure::Refused(no)) = reply else { panic!("{reply:?}") };
    let won = |arg: &Arg| if let Arg::Won(Won(won)) = arg { *won } else { panic!("{arg:?}") };
    assert_eq!(no.code, "coupon.total");
    no.args.iter().map(|(_, arg)| won(arg)).collect()
}

#[test]
fn nothing_is_begun_that_the_budget_has_too_little_for() {
    each(|mut desk| {
        let house = Actor::new(Role::Officer, base::Client(1));
        desk.city.vote("relief-2021", SUM - 1);
        // For everyone: the page counts what the pen counts.
        let counted = desk.counted(EACH);
        assert_eq!((counted.sum, counted.budget_left, counted.is_covered()), (SUM, SUM - 1, false));
        assert_eq!(args(desk.ask(house, everyone_gets(EACH))), [SUM, SUM - 1, 1]);
        // A list, by the same.
        let rows: Vec<_> = desk.people.iter().map(|person| (*person, EACH)).collect();
        let list = |hash| begin(Recipients::Listed { hash: [hash; 32], rows: rows.clone() });
        assert_eq!(args(desk.ask(house, list(1))), [SUM, SUM - 1, 1]);
        assert_eq!((desk.jobs(), desk.left()), (0, SUM - 1), "nothing is written");
        let readers = Readers::open(&desk.city.target, 1).unwrap();
        assert!(readers.read(|snapshot| jobs::skips(snapshot, 1, 1)).unwrap().is_empty());
        // Who was given some of it already gets none, and isn't counted: then it fits to the won.
        let lucky = desk.people[7];
        desk.give(lucky, 1);
        let counted = desk.counted(EACH);
        assert_eq!((counted.people as usize, counted.full, counted.sum), (PEOPLE - 1, 1, SUM - EACH));
        facts(desk.ask(house, everyone_gets(EACH)));
        assert_eq!(desk.job(1).state, JobState::Running);
        // What it is still to give is not there for another one.
        // Everyone of the list counts as one who gets it, until they had their turn: 2 won more than there are.
        let hundred = 100 * (PEOPLE as i64 - 1);
        assert_eq!(args(desk.ask(house, everyone_gets(100))), [hundred + 100, 0, hundred + 102]);
        desk.work(1);
        let job = desk.job(1);
        assert_eq!((job.state, job.people as usize, job.skipped), (JobState::Done, PEOPLE - 1, 1));
        assert_eq!(desk.left(), SUM - 1 - 1 - (SUM - EACH));
        count(&desk.city.target, &desk.city.pen.shared().read().books);
    });
}

#[test]
fn a_coupon_for_many_begins_at_a_second_persons_yes() {
    each(|mut desk| {
        desk.city.vote("relief-2021", SUM);
        let (first, second) = (desk.first, desk.second);
        // Too much is refused, and not kept; up to the pack's sum one person is enough.
        desk.city.vote("relief-2021", 1);
        assert_eq!(refusal(desk.ask(first, everyone_gets(EACH + 1))), "coupon.person-most");
        facts(desk.ask(first, everyone_gets(1)));
        desk.work(1);
        desk.city.vote("relief-2021", PEOPLE as i64);
        // Each of them has 1 won: 99,999 more make 100,098,999.
        let (id, amount) = proposed(desk.ask(first, everyone_gets(EACH - 1)));
        assert_eq!(amount, (EACH - 1) * PEOPLE as i64);
        assert_eq!(amount, desk.counted(EACH - 1).sum, "what the page showed");
        let before = desk.left();
        assert_eq!(desk.job(2).state, JobState::Waiting);
        // It waits: the machinery passes it over, and nobody lets it go on by its number.
        desk.work(2);
        let go_on = Command::OnCoupons(OnCoupons::GoOn { job: 2 });
        assert_eq!(refusal(desk.ask(second, go_on)), "coupon.job-not-begun");
        assert_eq!(refusal(desk.ask(second, begin(Recipients::Waiting { job: 2 }))), "proposal.unknown");
        assert_eq!(refusal(desk.ask(second, everyone_gets(EACH - 1))), "proposal.known");
        assert_eq!(refusal(desk.city.ask(Role::Officer, everyone_gets(EACH - 1))), "proposal.known");
        assert_eq!(desk.counted(EACH - 1).known, Some(2));
        assert_eq!((desk.left(), desk.job(2).people), (before, 0));
        // Not by whoever proposed it, nor by the house itself.
        assert_eq!(refusal(desk.ask(first, confirm(id))), "second.same");
        assert_eq!(refusal(desk.city.ask(Role::Officer, confirm(id))), "second.same");
        // It outlives a restart. Who comes to the city meanwhile is not among those it was proposed for.
        let mut desk = desk.again(7);
        let late = desk.city.person().0;
        let Facts::Coupons(CouponFacts::Job { job: 2, action }) = facts(desk.ask(second, confirm(id))) else {
            panic!()
        };
        assert_eq!((action.as_str(), desk.job(2).state), ("begin", JobState::Running));
        assert_eq!(desk.kept(id).state, State::CarriedOut);
        assert_eq!(refusal(desk.ask(second, confirm(id))), "proposal.unknown");
        let mut desk = desk.again(8);
        desk.work(2);
        let job = desk.job(2);
        assert_eq!((job.state, job.people as usize, job.amount), (JobState::Done, PEOPLE, amount));
        assert_eq!(desk.given(late), 0);
        assert!(desk.people.iter().all(|person| desk.given(*person) == EACH));
        assert_eq!(refusal(desk.ask(first, everyone_gets(EACH - 1))), "coupon.same-list");
        count(&desk.city.target, &desk.city.pen.shared().read().books);
    });
}

#[test]
fn what_nobody_confirmed_may_be_proposed_anew() {
    each(|mut desk| {
        desk.city.vote("relief-2021", SUM);
        let (first, second) = (desk.first, desk.second);
        let (id, _) = proposed(desk.ask(first, everyone_gets(EACH)));
        let withdraw = Command::OnProposals(OnProposals::Withdraw { proposal: id });
        assert_eq!(refusal(desk.ask(second, withdraw.clone())), "proposal.own");
        facts(desk.ask(first, withdraw));
        assert_eq!((desk.job(1).state, desk.counted(EACH).known), (JobState::Dropped, None));
        // A list of 1,001, refused; proposed anew it is the same job with what stands in the list now.
        let rows = |amount| desk.people.iter().map(|person| (*person, amount)).collect::<Vec<_>>();
        let (short, long) = (rows(EACH - 1), rows(EACH));
        let list = |rows: &Vec<_>| begin(Recipients::Listed { hash: [9; 32], rows: rows.clone() });
        let (id, _) = proposed(desk.ask(first, list(&short)));
        let why = "명단을 다시 보고 올려 주세요".to_owned();
        facts(desk.ask(second, Command::OnProposals(OnProposals::Refuse { proposal: id, why })));
        assert_eq!((desk.job(2).state, desk.job(2).rows.len()), (JobState::Dropped, 0));
        let mut desk = desk.again(5);
        let (id, amount) = proposed(desk.ask(second, list(&long)));
        assert_eq!((desk.jobs(), desk.job(2).state, amount), (2, JobState::Waiting, SUM));
        let mut desk = desk.again(6);
        facts(desk.ask(first, confirm(id)));
        desk.work(2);
        assert_eq!((desk.job(2).state, desk.job(2).amount, desk.left()), (JobState::Done, SUM, 0));
        count(&desk.city.target, &desk.city.pen.shared().read().books);
    });
}

#[test]
fn it_is_decided_anew_when_it_is_confirmed() {
    each(|mut desk| {
        desk.city.vote("relief-2021", SUM);
        let (first, second) = (desk.first, desk.second);
        let (id, _) = proposed(desk.ask(first, everyone_gets(EACH)));
        // Somebody not among them gets a part of the budget.
        let late = desk.city.person().0;
        desk.give(late, 5);
        assert_eq!(args(desk.ask(second, confirm(id))), [SUM, SUM - 5, 5]);
        assert_eq!((desk.job(1).state, desk.kept(id).state), (JobState::Waiting, State::Waiting));
        // One of them gets a part: now it fits again, for one fewer.
        let lucky = desk.people[0];
        desk.give(lucky, 1);
        facts(desk.ask(second, confirm(id)));
        desk.work(1);
        assert_eq!((desk.job(1).state, desk.job(1).amount), (JobState::Done, SUM - EACH));

        // The coupon's days are over, and so are those of the proposal.
        desk.city.on(2021, 9, 29);
        desk.city.vote("relief-2021", SUM);
        let late: Vec<_> = (0..PEOPLE).map(|_| desk.city.person().0).collect();
        let rows: Vec<_> = late.iter().map(|person| (*person, EACH)).collect();
        let list = begin(Recipients::Listed { hash: [3; 32], rows });
        let (id, _) = proposed(desk.ask(first, list.clone()));
        desk.city.on(2021, 10, 1);
        assert_eq!(refusal(desk.ask(second, confirm(id))), "coupon.not-today");
        desk.city.on(2021, 10, 9);
        assert_eq!(refusal(desk.ask(second, confirm(id))), "proposal.over");
        assert_eq!(desk.job(2).state, JobState::Waiting);
        facts(desk.ask(first, Command::OnProposals(OnProposals::Hear { proposal: id })));
        assert_eq!((desk.job(2).state, desk.kept(id).state), (JobState::Dropped, State::Expired));
        assert_eq!(refusal(desk.ask(first, list)), "coupon.not-today");
    });
}

#[test]
fn of_two_who_confirm_at_once_one_begins_it() {
    each(|mut desk| {
        desk.city.vote("relief-2021", SUM);
        let (id, _) = proposed(desk.ask(desk.first, everyone_gets(EACH)));
        let others: Vec<Actor> = (0..4).map(|_| officer(&mut desk.city)).collect();
        let wishes = others.iter().enumerate().map(|(no, actor)| {
            let (key, yes) = (format!("at-once-{no}"), confirm(id));
            (Request { actor: *actor, key, input_hash: yes.input_hash() }, yes)
        });
        let wishes = wishes.collect();
        let live = desk.city.live();
        let answers = live.at_once(wishes);
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        for answer in answers.into_iter().filter(Result::is_err) {
            assert_eq!(refusal(answer), "proposal.unknown");
        }
        while jobs::work(&live.city, std::time::Duration::from_secs(1)).unwrap() {}
        let job = live.city.shared.read().town.coupons.job(1).cloned().unwrap();
        assert_eq!((job.state, job.amount), (JobState::Done, SUM));
        live.close();
    });
}

/// Nobody gives out alone in two lists what they may not in one.
#[test]
fn parts_of_one_coupon_count_together() {
    each(|mut desk| {
        desk.city.vote("relief-2021", SUM);
        let list = |hash, people: &[PersonId]| {
            let rows = people.iter().map(|person| (*person, EACH)).collect();
            begin(Recipients::Listed { hash: [hash; 32], rows })
        };
        let (some, rest) = (desk.people[..600].to_vec(), desk.people[600..].to_vec());
        let (first, second) = (desk.first, desk.second);
        facts(desk.ask(first, list(1, &some)));
        assert_eq!(desk.job(1).state, JobState::Running);
        // While the first runs, and when it is done.
        let (id, amount) = proposed(desk.ask(first, list(2, &rest)));
        assert_eq!((amount, desk.job(2).state), (SUM - 600 * EACH, JobState::Waiting));
        desk.work(1);
        let (other, _) = proposed(desk.ask(first, list(3, &rest)));
        facts(desk.ask(second, confirm(id)));
        assert_eq!(desk.job(2).state, JobState::Running);
        let refuse = Command::OnProposals(OnProposals::Withdraw { proposal: other });
        facts(desk.ask(first, refuse));
    });
}
