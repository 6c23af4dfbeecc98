//! Where the script is written: commands gathered into groups, and their answers, at fixed places of the script.
//!
//! The pen works on one group while the next is written, so answers come later than the questions. What is drawn may
//! depend on them (who can pay, what can be taken back), and must not depend on how fast the machine is: answers of a
//! group are heard only when a fixed number of later groups has been handed in, never earlier, even if they are there.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender};

use base::{Actor, Instant};
use pen::{Envelope, Outcome, Request};
use tokio::sync::oneshot;

use super::{CantRaise, Phase, Progress};
use crate::{CityMemory, Command, Reply};

/// Groups that are handed in and not heard of: one being carried out, one waiting for it.
const AHEAD: usize = 2;

/// Commands for one commit.
pub(super) struct Group {
    pub at: Vec<Instant>,
    pub commands: Vec<Envelope<CityMemory>>,
    pub progress: Progress,
}

/// What to do with an answer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Note {
    /// A payment of so much by a person.
    Paid(u32, i64),
    /// A top-up of so much.
    ToppedUp(u32, i64),
    /// A payment of this person taken back.
    Refunded(u32),
    /// This person has a new card.
    Replaced(u32),
    /// This person's card pays again.
    Thawed(u32),
    /// A gift of so much by a person.
    Gave(u32, i64),
    /// A prepayment of so much by a person.
    Prepaid(u32, i64),
    /// Only whether it was refused.
    Other,
}

type Asked = (Note, oneshot::Receiver<Outcome<Reply>>);

/// The desk.
pub(super) struct Desk {
    groups: SyncSender<Group>,
    carried: Receiver<()>,
    at: Vec<Instant>,
    commands: Vec<Envelope<CityMemory>>,
    asked: Vec<Asked>,
    waiting: VecDeque<Vec<Asked>>,
    progress: Progress,
    last: Instant,
    keys: u64,
    most: usize,
}

impl Desk {
    pub(super) fn new(groups: SyncSender<Group>, carried: Receiver<()>, most: usize) -> Desk {
        Desk {
            groups,
            carried,
            at: Vec::with_capacity(most),
            commands: Vec::with_capacity(most),
            asked: Vec::new(),
            waiting: VecDeque::new(),
            progress: Progress { phase: Phase::People, done: 0, total: 0 },
            last: Instant(i64::MIN),
            keys: 0,
            most: most.max(1),
        }
    }

    /// What the next group will report.
    pub(super) fn report(&mut self, phase: Phase, done: u64, total: u64) {
        self.progress = Progress { phase, done, total };
    }

    /// Writes a command down for an instant. Two commands never share one: a restarted city reads its people back in
    /// the order of their instants.
    pub(super) fn push(&mut self, at: Instant, actor: Actor, command: Command, note: Option<Note>) {
        self.last = Instant(at.0.max(self.last.0.saturating_add(1)));
        self.keys += 1;
        let request = Request { actor, key: format!("h-{}", self.keys), input_hash: command.input_hash() };
        let reply = note.map(|note| {
            let (reply, answer) = oneshot::channel();
            self.asked.push((note, answer));
            reply
        });
        self.at.push(self.last);
        self.commands.push(Envelope { request, command, reply });
    }

    /// Hands a full group in; the answers are for the caller to hear.
    pub(super) fn turn(&mut self) -> Result<Vec<(Note, Outcome<Reply>)>, CantRaise> {
        if self.commands.len() < self.most { Ok(Vec::new()) } else { self.hand_in() }
    }

    /// The same, where a command is as much work as many: a group is full with these many.
    pub(super) fn turn_at(&mut self, most: usize) -> Result<Vec<(Note, Outcome<Reply>)>, CantRaise> {
        if self.commands.len() < most { Ok(Vec::new()) } else { self.hand_in() }
    }

    fn hand_in(&mut self) -> Result<Vec<(Note, Outcome<Reply>)>, CantRaise> {
        let group = Group {
            at: std::mem::replace(&mut self.at, Vec::with_capacity(self.most)),
            commands: std::mem::replace(&mut self.commands, Vec::with_capacity(self.most)),
            progress: self.progress,
        };
        self.groups.send(group).map_err(|_| CantRaise::Stopped)?;
        self.waiting.push_back(std::mem::take(&mut self.asked));
        if self.waiting.len() > AHEAD { self.hear() } else { Ok(Vec::new()) }
    }

    fn hear(&mut self) -> Result<Vec<(Note, Outcome<Reply>)>, CantRaise> {
        self.carried.recv().map_err(|_| CantRaise::Stopped)?;
        let asked = self.waiting.pop_front().unwrap_or_default();
        asked
            .into_iter()
            .map(|(note, mut answer)| Ok((note, answer.try_recv().map_err(|_| CantRaise::Stopped)?)))
            .collect()
    }

    /// Hands in what there is and hears everything: then the readers' view stands where the script does.
    pub(super) fn settle(&mut self) -> Result<Vec<(Note, Outcome<Reply>)>, CantRaise> {
        let mut heard = if self.commands.is_empty() { Vec::new() } else { self.hand_in()? };
        while !self.waiting.is_empty() {
            heard.extend(self.hear()?);
        }
        Ok(heard)
    }
}
