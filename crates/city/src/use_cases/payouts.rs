//! Payouts: where they go, that they are sent, what the bank says of them.

use std::collections::HashMap;

use base::{Arg, MerchantId, PayoutAccountId, PersonId, PostingNo, Refusal, Role, day_of_date};
use economy::decide::{
    self, Back, PayoutStands, PayoutState, Puzzle, Says, Verdict, account_at_fault, judge,
};
use economy::facts::{Facts, PayoutFacts};
use economy::{Class, chart};
use pen::Stop;
use people::Naming;
use people::store::{PERSON, PersonRow};
use rules::Confirmed;
use store::Value;
use vault::Sealed;

use super::{keys, known_person, note, proposals};
use crate::memory::{CityMemory, CityTurn};
use crate::payouts::account::BankAccount;
use crate::payouts::answer::hex;
use crate::payouts::store::{
    END_ACCOUNT, FAIL, INSERT_ACCOUNT, INSERT_FILE, INSERT_LINE, INSERT_PAYOUT, INSERT_TEXT, LINE, LineRow,
    MOVE_WAITING, PAY, PAYOUT, PayoutRow, RESOLVE_LINE, SEND, TAKE_ANSWER, payee as payee_of,
};
use crate::payouts::{Change, Payout, lines, posting_of};
use crate::proposals::Wish;
use crate::{AnswerLine, AnswerPart, LineKind, Payee, Reply};

/// What was typed of an account.
pub(super) struct Typed<'a> {
    pub bank: &'a str,
    pub number: &'a str,
    pub holder: &'a str,
    pub seen: bool,
}

/// A payee's payouts go there from now on. What waits goes there too; what is with the bank already doesn't.
pub(super) fn set_account(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    payee: Payee,
    typed: &Typed<'_>,
) -> Result<Reply, Stop> {
    let names = match payee {
        Payee::Shop(shop) => shop_names(city, turn, shop)?,
        Payee::Person(person) => {
            known_person(city, person)?;
            called(city, turn, person)?.into_iter().collect()
        }
        Payee::Collector => Vec::new(),
    };
    let account = BankAccount::typed(&city.pack.settlement, typed.bank, typed.number, typed.holder)?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let role = turn.request.actor.role;
    let seen = typed.seen && matches!(role, Role::Officer | Role::Clerk | Role::System);
    if !seen && !account.is_of(&names) {
        return Err(Refusal::new("payout.holder-other").with("holder", Arg::Text(account.holder)).into());
    }
    let id = keep_account(city, turn, payee, &account)?;
    let waiting = city.payouts.open.iter().filter(|(_, one)| one.payee == payee && one.file.is_none());
    let waiting: Vec<(PostingNo, Payout)> =
        waiting.map(|(no, one)| (*no, Payout { account: id, ..*one })).collect();
    if !waiting.is_empty() {
        turn.write(MOVE_WAITING, vec![payee.to_string().into(), id.into()]);
    }
    for (no, payout) in waiting {
        city.change_payouts(turn, Change::Payout(no, Some(payout)));
    }
    let (merchant, person) = match payee {
        Payee::Shop(shop) => (Some(shop), None),
        Payee::Person(person) => (None, Some(person)),
        Payee::Collector => (None, None),
    };
    let facts = Facts::Payouts(PayoutFacts::Account { merchant, person, account: id });
    Ok(note(turn, "payout-account", facts))
}

/// What a shop may be called on its account: its sign, and its owner.
fn shop_names(city: &CityMemory, turn: &mut CityTurn<'_>, shop: MerchantId) -> Result<Vec<String>, Stop> {
    let (_, shop) = city.directory.shop(shop).ok_or_else(|| Refusal::new("shop.unknown"))?;
    let mut names = vec![shop.name.clone()];
    if let Some(owner) = shop.owner {
        names.extend(called(city, turn, owner)?);
    }
    Ok(names)
}

fn called(city: &CityMemory, turn: &mut CityTurn<'_>, person: PersonId) -> Result<Option<String>, Stop> {
    let rows: Vec<PersonRow> = turn.query(PERSON, &[person.into()])?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let naming = Naming::open(&city.keys.vault, row.id, &Sealed(row.naming));
    Ok(Some(naming.map_err(|why| Stop::Broken(why.to_string()))?.name))
}

/// A posting has put so much on its way to a payee: the payout begins. The payee's account is known: who has none is not
/// paid out.
pub(in crate::use_cases) fn begin(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    no: PostingNo,
    payee: Payee,
    (account, amount): (PayoutAccountId, i64),
) {
    let (to, since) = (payee.to_string(), turn.now);
    turn.write(INSERT_PAYOUT, vec![no.into(), to.into(), amount.into(), account.into(), since.into()]);
    let payout = Payout { payee, amount, account, file: None, since };
    city.change_payouts(turn, Change::Payout(no, Some(payout)));
}

/// Where what was given goes: the account that was set, or else that of the pack, which is kept now.
pub(in crate::use_cases) fn collector(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
) -> Result<PayoutAccountId, Stop> {
    if let Some(known) = city.payouts.account(Payee::Collector) {
        return Ok(known);
    }
    let pack = std::sync::Arc::clone(&city.pack);
    let known = pack.settlement.collector.as_ref().ok_or_else(|| Refusal::new("payout.no-trust"))?;
    let (bank, number) = (known.bank.clone(), known.account.clone());
    let account = BankAccount { bank, number, holder: known.name.clone() };
    keep_account(city, turn, Payee::Collector, &account)
}

pub(in crate::use_cases) fn keep_account(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    payee: Payee,
    account: &BankAccount,
) -> Result<PayoutAccountId, Stop> {
    let id = PayoutAccountId::new(turn.entropy);
    let sealed = account.seal(&city.keys.vault, id, turn.entropy).map_err(keys::locked)?;
    let key_no = sealed.key_no().unwrap_or_default();
    if let Some(before) = city.payouts.account(payee) {
        turn.write(END_ACCOUNT, vec![before.into(), turn.now.into(), "replaced".into()]);
    }
    let row = vec![id.into(), payee.to_string().into(), sealed.0.into(), key_no.into(), turn.now.into()];
    turn.write(INSERT_ACCOUNT, row);
    city.change_payouts(turn, Change::Account(payee, Some(id)));
    Ok(id)
}

/// Payouts that wait, up to one of them.
pub(super) struct Waiting {
    upto: PostingNo,
    payouts: Vec<(PostingNo, Payout)>,
}

impl Waiting {
    /// How many.
    pub(super) fn count(&self) -> u64 {
        self.payouts.len() as u64
    }

    /// Won in all.
    pub(super) fn amount(&self) -> i64 {
        self.payouts.iter().map(|(_, payout)| payout.amount).sum()
    }
}

/// What waits for the bank: something, from an account of the scheme's.
pub(super) fn waiting(
    city: &CityMemory,
    turn: &CityTurn<'_>,
    upto: Option<PostingNo>,
) -> Result<Waiting, Refusal> {
    if city.pack.settlement.trust.is_none() {
        return Err(Refusal::new("payout.no-trust"));
    }
    let upto = upto.unwrap_or(turn.books().last_posting());
    let waiting = city.payouts.open.range(..=upto).filter(|(_, one)| one.file.is_none());
    let payouts: Vec<(PostingNo, Payout)> = waiting.map(|(no, payout)| (*no, *payout)).collect();
    if payouts.is_empty() {
        return Err(Refusal::new("payout.nothing"));
    }
    Ok(Waiting { upto, payouts })
}

/// What waits goes into a file for the bank, or is proposed to.
pub(super) fn send(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    upto: Option<PostingNo>,
) -> Result<Reply, Stop> {
    let found = waiting(city, turn, upto)?;
    let (upto, count, amount) = (found.upto, found.count(), found.amount());
    if let Some(second) = proposals::asked(city, turn, Confirmed::SendPayouts, amount) {
        return proposals::keep(city, turn, second, Wish::SendPayouts { upto, count }, amount);
    }
    Ok(into_a_file(city, turn, found))
}

/// Writes the file.
pub(super) fn into_a_file(city: &mut CityMemory, turn: &mut CityTurn<'_>, found: Waiting) -> Reply {
    let file = city.payouts.files + 1;
    let (count, amount) = (found.count(), found.amount());
    let row = vec![file.into(), turn.now.into(), turn.day.into(), count.into(), amount.into()];
    turn.write(INSERT_FILE, row);
    turn.write(SEND, vec![file.into(), found.upto.into()]);
    city.change_payouts(turn, Change::Files(file));
    for (no, payout) in found.payouts {
        city.change_payouts(turn, Change::Payout(no, Some(Payout { file: Some(file), ..payout })));
    }
    note(turn, "payout-file", Facts::Payouts(PayoutFacts::File { file, count, amount }))
}

/// A payout as an answer finds it, with what the lines before have made of it.
struct Found {
    payee: Payee,
    amount: i64,
    account: PayoutAccountId,
    state: PayoutState,
    reference: Option<String>,
}

/// A part of a bank's answer: everything is found and judged first, then posted.
pub(super) fn answer(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    part: &AnswerPart,
) -> Result<Reply, Stop> {
    let mut found: HashMap<PostingNo, Found> = HashMap::new();
    let mut judged: Vec<(&AnswerLine, Option<PostingNo>, Verdict)> = Vec::new();
    for line in &part.lines {
        let named = line.end_to_end.as_deref().and_then(posting_of);
        if let Some(no) = named
            && !found.contains_key(&no)
            && let Some(payout) = find(city, turn, no)?
        {
            found.insert(no, payout);
        }
        let payout = named.and_then(|no| found.get_mut(&no));
        let verdict = judge(says(line), line.reference.as_deref(), payout.as_deref().map(Found::standing));
        let for_collector = payout.as_deref().is_some_and(|payout| payout.payee == Payee::Collector);
        let verdict = match verdict {
            Verdict::Failed | Verdict::Returned if for_collector => Verdict::Puzzle(Puzzle::Collector),
            verdict => verdict,
        };
        if let Some(payout) = payout {
            match verdict {
                Verdict::Paid => {
                    payout.state = PayoutState::Paid;
                    payout.reference.clone_from(&line.reference);
                }
                Verdict::Failed | Verdict::Returned => payout.state = PayoutState::Failed,
                Verdict::Known | Verdict::Puzzle(_) => {}
            }
        }
        judged.push((line, named.filter(|no| found.contains_key(no)), verdict));
    }
    // A line that puzzled somebody before puzzles nobody again.
    for (line, _, verdict) in &mut judged {
        if matches!(verdict, Verdict::Puzzle(_))
            && !turn.query::<LineRow>(LINE, &[line.id.as_str().into()])?.is_empty()
        {
            *verdict = Verdict::Known;
        }
    }
    let count = |which: fn(&Verdict) -> bool| {
        u32::try_from(judged.iter().filter(|(.., verdict)| which(verdict)).count()).unwrap_or(u32::MAX)
    };
    let failed = count(|verdict| matches!(verdict, Verdict::Failed | Verdict::Returned));
    let matched = count(|verdict| matches!(verdict, Verdict::Paid)) + failed;
    let known = count(|verdict| matches!(verdict, Verdict::Known));
    let open = count(|verdict| matches!(verdict, Verdict::Puzzle(_)));
    let hash = hex(&part.answer);
    let counts = [matched, failed, known, open].map(Value::from);
    let head = vec![hash.as_str().into(), part.kind.as_str().into(), part.message.as_str().into()];
    let row = head.into_iter().chain([turn.now.into(), part.parts.into()]).chain(counts).collect();
    turn.write(TAKE_ANSWER, row);
    let id = lines::text_id(&hash, part.part);
    let sealed = lines::seal_text(&city.keys.vault, &id, &part.text, turn.entropy).map_err(keys::locked)?;
    let key_no = sealed.key_no().unwrap_or_default();
    turn.write(INSERT_TEXT, vec![id.into(), sealed.0.into(), key_no.into()]);
    let facts = PayoutFacts::Answer { answer: hash.clone(), part: part.part, matched, failed, known, open };
    let reply = note(turn, "answer", Facts::Payouts(facts));
    carry_out(city, turn, &hash, &found, &judged)?;
    Ok(reply)
}

impl Found {
    fn standing(&self) -> PayoutStands<'_> {
        PayoutStands { amount: self.amount, state: self.state, reference: self.reference.as_deref() }
    }
}

fn says(line: &AnswerLine) -> Says {
    match line.kind {
        LineKind::Out => Says::Out(line.amount),
        LineKind::In => Says::In(line.amount),
        LineKind::Back => Says::Back(line.amount),
        LineKind::Rejected => Says::Rejected,
    }
}

fn find(city: &CityMemory, turn: &mut CityTurn<'_>, no: PostingNo) -> Result<Option<Found>, Stop> {
    if let Some(payout) = city.payouts.open.get(&no) {
        let Payout { payee, amount, account, .. } = *payout;
        return Ok(Some(Found { payee, amount, account, state: payout.state(), reference: None }));
    }
    let rows: Vec<PayoutRow> = turn.query(PAYOUT, &[no.into()])?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let state = PayoutState::coded(&row.state)
        .ok_or_else(|| Stop::Broken(format!("{no}: a payout that is {:?}", row.state)))?;
    let (payee, amount, account) = (payee_of(&row.payee)?, row.amount, row.account);
    Ok(Some(Found { payee, amount, account, state, reference: row.reference }))
}

/// Posts what the lines say: what was carried out in one posting, each that failed in one of its own.
fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    answer: &str,
    found: &HashMap<PostingNo, Found>,
    judged: &[(&AnswerLine, Option<PostingNo>, Verdict)],
) -> Result<(), Stop> {
    let paid: Vec<PostingNo> = judged
        .iter()
        .filter(|(.., verdict)| *verdict == Verdict::Paid)
        .filter_map(|(_, no, _)| *no)
        .collect();
    let amount = paid.iter().filter_map(|no| found.get(no)).map(|payout| payout.amount).sum();
    if amount > 0 {
        let confirmed = turn.next_posting();
        city.post(turn, decide::confirm(&paid, amount, answer))?;
        for (line, no, _) in judged.iter().filter(|(.., verdict)| *verdict == Verdict::Paid) {
            let Some(no) = *no else { continue };
            turn.write(PAY, vec![no.into(), line.reference.clone().into(), confirmed.into()]);
            city.change_payouts(turn, Change::Payout(no, None));
        }
    }
    for (line, no, verdict) in judged {
        match (verdict, no.and_then(|no| Some((no, found.get(&no)?)))) {
            (Verdict::Failed | Verdict::Returned, Some((no, payout))) => {
                let code = line.code.as_deref().unwrap_or("NARR");
                fail(city, turn, (no, payout), *verdict == Verdict::Returned, code)?;
            }
            (Verdict::Puzzle(puzzle), _) => puzzling(city, turn, answer, line, *no, *puzzle)?,
            _ => {}
        }
    }
    Ok(())
}

/// What didn't arrive is owed again; an account that is at fault gets nothing more until somebody looked.
fn fail(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (no, payout): (PostingNo, &Found),
    paid: bool,
    code: &str,
) -> Result<(), Stop> {
    let taken;
    let back = match payout.payee {
        Payee::Shop(shop) => Back::Shop(shop),
        Payee::Collector => return Ok(()), // never judged so: see `answer`
        Payee::Person(person) => {
            let sent = turn.books().find(&chart::scheme(Class::PayoutSent).key);
            let (_, entries) =
                turn.posting(no)?.ok_or_else(|| Stop::Broken(format!("{no} is no posting")))?;
            let of = entries.iter().filter(|entry| Some(entry.credit) == sent);
            taken = of
                .filter_map(|entry| Some((*turn.books().account(entry.debit)?, entry.amount)))
                .collect::<Vec<_>>();
            Back::Purses(person, &taken)
        }
    };
    let ended = turn.next_posting();
    city.post(turn, decide::fail(no, payout.amount, back, paid, code))?;
    turn.write(FAIL, vec![no.into(), code.into(), ended.into()]);
    city.change_payouts(turn, Change::Payout(no, None));
    if account_at_fault(code) && city.payouts.account(payout.payee) == Some(payout.account) {
        turn.write(END_ACCOUNT, vec![payout.account.into(), turn.now.into(), code.into()]);
        city.change_payouts(turn, Change::Account(payout.payee, None));
    }
    Ok(())
}

/// A line goes on the work list; who is on its other side is sealed.
fn puzzling(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    answer: &str,
    line: &AnswerLine,
    payout: Option<PostingNo>,
    puzzle: Puzzle,
) -> Result<(), Stop> {
    let sealed =
        lines::Said::of(line).seal(&city.keys.vault, &line.id, turn.entropy).map_err(keys::locked)?;
    let key_no = sealed.key_no().unwrap_or_default();
    turn.write(
        INSERT_LINE,
        vec![
            line.id.as_str().into(),
            answer.into(),
            turn.now.into(),
            line.day.map(day_of_date).into(),
            line.kind.code().into(),
            line.amount.into(),
            puzzle.code().into(),
            payout.into(),
            sealed.0.into(),
            key_no.into(),
        ],
    );
    Ok(())
}

/// Somebody knows what a line is about: a payout that it carried out, or something else.
pub(super) fn resolve(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    id: &str,
    payout: Option<PostingNo>,
    text: &str,
) -> Result<Reply, Stop> {
    let text = crate::looks::words(text).map_err(|_| Refusal::new("line.note"))?;
    let rows: Vec<LineRow> = turn.query(LINE, &[id.into()])?;
    let line = rows.into_iter().next().ok_or_else(|| Refusal::new("line.unknown"))?;
    if line.done.is_some() {
        return Err(Refusal::new("line.done").into());
    }
    if let Some(no) = payout {
        let open = city.payouts.open.get(&no).filter(|open| open.file.is_some());
        let fits = line.kind == LineKind::Out.code() && open.is_some_and(|open| open.amount == line.amount);
        if !fits {
            return Err(Refusal::new("line.payout").into());
        }
    }
    let sealed = lines::seal_note(&city.keys.vault, id, &text, turn.entropy).map_err(keys::locked)?;
    let by = crate::looks::who(turn.request.actor);
    turn.write(RESOLVE_LINE, vec![id.into(), turn.now.into(), payout.into(), sealed.0.into(), by.into()]);
    let facts = PayoutFacts::Resolved { line: id.to_owned(), payout: payout.map(|no| no.0) };
    let reply = note(turn, "line", Facts::Payouts(facts));
    if let Some(no) = payout {
        let confirmed = turn.next_posting();
        city.post(turn, decide::confirm(&[no], line.amount, &line.answer))?;
        turn.write(PAY, vec![no.into(), Value::Null, confirmed.into()]);
        city.change_payouts(turn, Change::Payout(no, None));
    }
    Ok(reply)
}
