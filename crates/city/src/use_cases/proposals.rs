//! Four eyes: what a second person has to confirm is kept, and carried out at their yes under the rules of that instant.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{AccountId, Arg, ProposalId, Refusal, Won, date_of_day};
use economy::Facts;
use economy::facts::ProposalFacts;
use pen::Stop;
use people::Reason;
use people::second::{Hand, second};
use rules::{Confirmed, FourEyes};

use super::{administration, jobs, keys, note, payouts, records, refund};
use crate::memory::{CityMemory, CityTurn};
use crate::proposals::store::{END_PROPOSAL, HEAR_PROPOSAL, INSERT_PROPOSAL, PROPOSAL, ProposalRow, values};
use crate::proposals::{Change, MOST, Proposal, SAID, Stands, State, Wish, could_ask, may_decide, may_see};
use crate::{Doors, OnProposals, Reply};

const DAY_SECONDS: i64 = 86_400;

pub(super) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &OnProposals,
) -> Result<Reply, Stop> {
    match command {
        OnProposals::Confirm { proposal } => confirm(city, turn, *proposal),
        OnProposals::Refuse { proposal, why } => refuse(city, turn, *proposal, why),
        OnProposals::Withdraw { proposal } => withdraw(city, turn, *proposal),
        OnProposals::Hear { proposal } => hear(city, turn, *proposal),
    }
}

/// The rule by which what is asked for waits for a second person; `None`: it is carried out at once. What the city's own
/// machinery asks for needs none: it is told to by who may. No SQL: a shop's small refunds pass here.
pub(super) fn asked(
    city: &CityMemory,
    turn: &CityTurn<'_>,
    operation: Confirmed,
    amount: i64,
) -> Option<(AccountId, FourEyes)> {
    let by = turn.request.actor.account?;
    let rule = city.pack.four_eyes_on(date_of_day(turn.day), operation, amount)?;
    Some((by, rule.clone()))
}

/// Keeps what was found possible just now. Nothing else is staged.
pub(super) fn keep(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (by, rule): (AccountId, FourEyes),
    wish: Wish,
    amount: i64,
) -> Result<Reply, Stop> {
    let mut over = Vec::new();
    for one in city.open.proposals.about(wish) {
        if one.waits(turn.now) {
            return Err(Refusal::new("proposal.known").into());
        }
        over.push(*one);
    }
    let mine = city.open.proposals.waiting(turn.now).iter().filter(|one| one.by == by).count();
    if mine >= MOST {
        return Err(Refusal::new("proposal.many").with("most", Arg::Count(MOST as i64)).into());
    }
    let id = loop {
        let id = ProposalId::new(turn.entropy);
        if city.open.proposals.get(id).is_none() {
            break id;
        }
    };
    let until = turn.now.plus_seconds(i64::from(rule.days) * DAY_SECONDS);
    let mut proposal = Proposal { id, wish, amount, by, since: turn.now, until, digest: [0; 16] };
    proposal.digest = proposal.digested();
    for one in over {
        close(city, turn, &one, State::Expired, (None, None));
    }
    turn.write(INSERT_PROPOSAL, values(&proposal, city.pack_no));
    city.change_proposals(turn, Change(id, Stands::Open(proposal)));
    Ok(told(turn, &proposal, "propose"))
}

fn told(turn: &mut CityTurn<'_>, one: &Proposal, action: &str) -> Reply {
    let facts = ProposalFacts {
        proposal: one.id,
        action: action.to_owned(),
        operation: one.wish.operation().operation().to_owned(),
        posting: one.wish.posting(),
        amount: one.amount,
    };
    note(turn, "proposal", Facts::Proposal(facts))
}

/// It waits no more.
fn close(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    one: &Proposal,
    state: State,
    (recorded, said): (Option<i64>, Option<Vec<u8>>),
) {
    let me = turn.request.actor.account;
    let by = me.filter(|_| state != State::Expired);
    // Who ends their own, or proposes the same anew, knows.
    let knows = me == Some(one.by);
    let heard = knows.then_some(turn.now);
    let row = vec![
        one.id.into(),
        state.code().into(),
        turn.now.into(),
        by.into(),
        recorded.into(),
        said.into(),
        heard.into(),
    ];
    turn.write(END_PROPOSAL, row);
    city.change_proposals(turn, Change(one.id, if knows { Stands::Nowhere } else { Stands::News(one.by) }));
}

/// One that waits, and that whoever asks may see.
fn waiting(city: &CityMemory, turn: &CityTurn<'_>, id: ProposalId) -> Result<Proposal, Refusal> {
    let actor = &turn.request.actor;
    let known = city.open.proposals.get(id).copied();
    // What has ended, what isn't theirs and what never was look alike; the page of it tells who may see it more.
    let seen = known.filter(|one| may_see(actor, one, &city.pack, &city.directory));
    let one = seen.ok_or_else(|| Refusal::new("proposal.unknown"))?;
    if one.waits(turn.now) {
        return Ok(one);
    }
    let day = city.zone.date(one.until);
    Err(Refusal::new("proposal.over").with("day", Arg::Date(day)))
}

/// One that whoever asks may decide about: by their role, and as another person.
fn decided_by_another(city: &CityMemory, turn: &mut CityTurn<'_>, id: ProposalId) -> Result<Proposal, Stop> {
    let one = waiting(city, turn, id)?;
    let date = date_of_day(turn.day);
    let rule = city.pack.four_eyes_on(date, one.wish.operation(), i64::MAX);
    may_decide(&turn.request.actor, &one, rule, &city.pack, &city.directory)?;
    let me = turn.request.actor.account;
    second(&hand(city, turn, Some(one.by))?, &hand(city, turn, me)?)?;
    Ok(one)
}

/// Who has a hand in something, with every record of the same person.
pub(super) fn hand(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    account: Option<AccountId>,
) -> Result<Hand, Stop> {
    let Some(account) = account else { return Ok(Hand::default()) };
    let person = city.doors.account(account).and_then(|known| known.person);
    let persons = match person {
        Some(person) => records::whole(city, turn, person)?.records,
        None => BTreeSet::new(),
    };
    Ok(Hand { account: Some(account), persons, given_by: givers(&city.doors, account) })
}

/// Who gave an account its roles. A giver who stands for nobody's record may be whoever made them: so they count too.
fn givers(doors: &Doors, account: AccountId) -> BTreeSet<AccountId> {
    let (mut found, mut open) = (BTreeSet::new(), vec![account]);
    while let Some(one) = open.pop() {
        for giver in doors.grants_of(one).filter_map(|grant| grant.given_by) {
            let is_nobodys = doors.account(giver).is_none_or(|known| known.person.is_none());
            if found.insert(giver) && is_nobodys {
                open.push(giver);
            }
        }
    }
    found
}

/// A second person says yes. Whoever proposed it must still be one who may.
fn confirm(city: &mut CityMemory, turn: &mut CityTurn<'_>, id: ProposalId) -> Result<Reply, Stop> {
    let one = decided_by_another(city, turn, id)?;
    if one.digested() != one.digest {
        return Err(Stop::Broken(format!("{id}: what is kept is not what was proposed")));
    }
    let pack = Arc::clone(&city.pack);
    let roles = city.doors.roles_of(one.by, turn.day, &pack);
    if !roles.iter().any(|(_, actor)| could_ask(actor, &one, &pack, &city.directory)) {
        return Err(Refusal::new("proposal.proposer").into());
    }
    let reply = match one.wish {
        Wish::SendPayouts { upto, count } => {
            let found = payouts::waiting(city, turn, Some(upto))?;
            let (now, sum) = (found.count(), found.amount());
            if (now, sum) != (count, one.amount) {
                let refusal = Refusal::new("proposal.changed").with("was", Arg::Won(Won(one.amount)));
                return Err(refusal.with("now", Arg::Won(Won(sum))).into());
            }
            payouts::into_a_file(city, turn, found)
        }
        Wish::Refund { payment, .. } => {
            let decision = refund::decided(city, turn, payment, Some(one.amount))?;
            city.post(turn, decision)?
        }
        Wish::BringPack { no, mark } => administration::take(city, turn, no, mark)?,
        Wish::BeginCoupons { job, mark } => jobs::start(city, turn, (job, mark), one.amount)?,
    };
    let Reply::Done { recorded, .. } = &reply else {
        return Err(Stop::Broken(format!("{id}: carried out without a record")));
    };
    close(city, turn, &one, State::CarriedOut, (Some(recorded.to_number()), None));
    // The record of what was carried out comes first: the request's key leads to it.
    told(turn, &one, "confirm");
    Ok(reply)
}

/// What was kept for it alone goes with it.
fn let_drop(city: &mut CityMemory, turn: &mut CityTurn<'_>, one: &Proposal) {
    if let Wish::BeginCoupons { job, .. } = one.wish {
        jobs::let_drop(city, turn, job);
    }
}

fn refuse(city: &mut CityMemory, turn: &mut CityTurn<'_>, id: ProposalId, why: &str) -> Result<Reply, Stop> {
    let one = decided_by_another(city, turn, id)?;
    let why = Reason::given(why)?;
    let said = SAID.seal(&city.keys.vault, id, why.as_str(), turn.entropy).map_err(keys::locked)?;
    close(city, turn, &one, State::Refused, (None, Some(said)));
    let_drop(city, turn, &one);
    Ok(told(turn, &one, "refuse"))
}

fn withdraw(city: &mut CityMemory, turn: &mut CityTurn<'_>, id: ProposalId) -> Result<Reply, Stop> {
    let one = waiting(city, turn, id)?;
    if turn.request.actor.account != Some(one.by) {
        return Err(Refusal::new("proposal.own").into());
    }
    close(city, turn, &one, State::Withdrawn, (None, None));
    let_drop(city, turn, &one);
    Ok(told(turn, &one, "withdraw"))
}

/// Who proposed it has read what became of it: another's word, or that nobody came in time.
fn hear(city: &mut CityMemory, turn: &mut CityTurn<'_>, id: ProposalId) -> Result<Reply, Stop> {
    let unknown = || Refusal::new("proposal.unknown");
    let me = turn.request.actor.account.ok_or_else(unknown)?;
    let late = city.open.proposals.get(id).filter(|one| one.by == me && !one.waits(turn.now)).copied();
    if let Some(one) = late {
        close(city, turn, &one, State::Expired, (None, None));
        let_drop(city, turn, &one);
        return Ok(told(turn, &one, "hear"));
    }
    city.open.proposals.news_of(id).filter(|by| *by == me).ok_or_else(unknown)?;
    let row = turn.query::<ProposalRow>(PROPOSAL, &[id.into()])?.pop().ok_or_else(unknown)?;
    let one = row.proposal().map_err(Stop::Store)?;
    turn.write(HEAR_PROPOSAL, vec![id.into(), turn.now.into()]);
    city.change_proposals(turn, Change(id, Stands::Nowhere));
    Ok(told(turn, &one, "hear"))
}
