//! What waits for a second person's yes.
//!
//! Invariants:
//! - a proposal is a row and nothing else: nothing is posted, reserved or promised by it;
//! - what is carried out is what was proposed: amounts and limits are written out in it, and a digest of the input is
//!   compared before it is;
//! - it ends once: carried out, refused, withdrawn, or by its last instant; the pen decides one after the other;
//! - what became of it stands before who proposed it until they say they have read it.

pub mod store;

use std::collections::BTreeMap;

use ::store::{Error, Snapshot};
use base::{AccountId, Actor, Instant, MerchantId, PostingNo, ProposalId, Refusal, Role};
use rules::{Confirmed, FourEyes, Pack};
use vault::Vault;

use crate::looks::Text;
use crate::may::{holds, may, role_rule, roles_needed};
use crate::{BringPack, Command, Directory, NewJob, OnCoupons, OnPayouts, Recipients};

/// As many of one account may wait at once.
pub const MOST: usize = 100;

pub(crate) const SAID: Text = Text { table: "proposals", field: "said" };

/// What is proposed, with everything it depends on written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// The payouts that wait, up to one of them, go into a file for the bank.
    SendPayouts {
        /// The last one.
        upto: PostingNo,
        /// How many there were.
        count: u64,
    },
    /// A payment is taken back, or a part of it.
    Refund {
        /// Which.
        payment: PostingNo,
        /// At which shop.
        shop: MerchantId,
    },
    /// A later pack of rules comes into force.
    BringPack {
        /// Its number among those that were brought.
        no: u32,
        /// First 16 bytes of its hash.
        mark: [u8; 16],
    },
    /// A coupon is given to many.
    BeginCoupons {
        /// The job that waits.
        job: u64,
        /// What it was when it was proposed, in 16 bytes.
        mark: [u8; 16],
    },
}

impl Wish {
    /// What is asked for.
    pub fn operation(self) -> Confirmed {
        match self {
            Wish::SendPayouts { .. } => Confirmed::SendPayouts,
            Wish::Refund { .. } => Confirmed::Refund,
            Wish::BringPack { .. } => Confirmed::BringPack,
            Wish::BeginCoupons { .. } => Confirmed::BeginCoupons,
        }
    }

    /// The number it is about: the last payout, the payment, the pack among those that were brought, or the job.
    pub fn posting(self) -> PostingNo {
        match self {
            Wish::SendPayouts { upto, .. } => upto,
            Wish::Refund { payment, .. } => payment,
            Wish::BringPack { no, .. } => PostingNo(u64::from(no)),
            Wish::BeginCoupons { job, .. } => PostingNo(job),
        }
    }

    /// The shop it is about, if one.
    pub fn shop(self) -> Option<MerchantId> {
        match self {
            Wish::SendPayouts { .. } | Wish::BringPack { .. } | Wish::BeginCoupons { .. } => None,
            Wish::Refund { shop, .. } => Some(shop),
        }
    }

    /// Whether both speak of the same thing: one such proposal at a time.
    pub(crate) fn meets(self, other: Wish) -> bool {
        match (self, other) {
            (Wish::SendPayouts { .. }, Wish::SendPayouts { .. })
            | (Wish::BringPack { .. }, Wish::BringPack { .. }) => true,
            (Wish::Refund { payment: one, .. }, Wish::Refund { payment: other, .. }) => one == other,
            (Wish::BeginCoupons { job: one, .. }, Wish::BeginCoupons { job: other, .. }) => one == other,
            _ => false,
        }
    }
}

/// Something that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// What.
    pub wish: Wish,
    /// Won.
    pub amount: i64,
    /// Who proposed it.
    pub by: AccountId,
    /// When.
    pub since: Instant,
    /// From when on it can't be confirmed any more.
    pub until: Instant,
    /// First 16 bytes of the SHA-256 of the command; of a pack's hash; what a job was.
    pub digest: [u8; 16],
}

impl Proposal {
    /// What is carried out at its confirmation.
    pub fn command(&self) -> Command {
        match self.wish {
            Wish::SendPayouts { upto, .. } => Command::OnPayouts(OnPayouts::Send { upto: Some(upto) }),
            Wish::Refund { payment, .. } => Command::Refund { payment, amount: Some(self.amount) },
            Wish::BringPack { no, .. } => Command::BringPack(BringPack::Waiting { no }),
            Wish::BeginCoupons { job, .. } => {
                let (coupon, to) = (String::new(), Recipients::Waiting { job });
                Command::OnCoupons(OnCoupons::Begin(NewJob { coupon, to }))
            }
        }
    }

    /// What [`Proposal::digest`] has to be.
    pub(crate) fn digested(&self) -> [u8; 16] {
        match self.wish {
            Wish::BringPack { mark, .. } | Wish::BeginCoupons { mark, .. } => mark,
            _ => self.command().input_hash(),
        }
    }

    /// True while it can be confirmed.
    pub fn waits(&self, now: Instant) -> bool {
        now < self.until
    }
}

/// Where one stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// For a second person.
    Waiting,
    /// Confirmed, and done.
    CarriedOut,
    /// Somebody said no.
    Refused,
    /// Taken back.
    Withdrawn,
    /// Nobody said anything in time.
    Expired,
}

impl State {
    const ALL: [State; 5] =
        [State::Waiting, State::CarriedOut, State::Refused, State::Withdrawn, State::Expired];

    /// The word for it in the database and the API.
    pub fn code(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::CarriedOut => "carried-out",
            State::Refused => "refused",
            State::Withdrawn => "withdrawn",
            State::Expired => "expired",
        }
    }

    pub(crate) fn coded(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// A proposal with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The proposal.
    pub proposal: Proposal,
    /// Where it stands at the instant asked for.
    pub state: State,
    /// When it ended, if somebody ended it.
    pub decided: Option<Instant>,
    /// Who ended it.
    pub decided_by: Option<AccountId>,
    /// Where it is recorded, once carried out.
    pub recorded: Option<pen::Recorded>,
    /// Why it was refused.
    pub said: Option<String>,
    /// When who proposed it had read what became of it.
    pub heard: Option<Instant>,
}

impl Kept {
    /// Whether it ended by another's word, or by nobody's, and who proposed it hasn't read so yet.
    pub fn is_news(&self) -> bool {
        self.heard.is_none() && matches!(self.state, State::CarriedOut | State::Refused | State::Expired)
    }
}

/// What waits, in memory. What is past its last instant stays until something else about the same is proposed, or who
/// proposed it has read that nobody came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposals {
    open: BTreeMap<ProposalId, Proposal>,
    /// Ended, and by whom they were proposed, who hasn't read so yet.
    news: BTreeMap<ProposalId, AccountId>,
}

/// Where a proposal stands in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It waits as told.
    Open(Proposal),
    /// It has ended, and who proposed it hasn't read so yet.
    News(AccountId),
    /// Neither.
    Nowhere,
}

/// A change of it: from now on it stands so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change(pub ProposalId, pub Stands);

impl Proposals {
    /// One that nobody has ended.
    pub fn get(&self, id: ProposalId) -> Option<&Proposal> {
        self.open.get(&id)
    }

    /// Those that can be confirmed at an instant, the oldest first.
    pub fn waiting(&self, now: Instant) -> Vec<Proposal> {
        let mut waiting: Vec<Proposal> = self.open.values().filter(|one| one.waits(now)).copied().collect();
        waiting.sort_by_key(|one| (one.since, one.id));
        waiting
    }

    /// All that speak of the same as a wish.
    pub(crate) fn about(&self, wish: Wish) -> impl Iterator<Item = &Proposal> {
        self.open.values().filter(move |one| one.wish.meets(wish))
    }

    /// The one about a coupon for many, by its job, while it can be confirmed.
    pub fn of_job(&self, job: u64, now: Instant) -> Option<&Proposal> {
        let about = |one: &&Proposal| matches!(one.wish, Wish::BeginCoupons { job: of, .. } if of == job);
        self.open.values().find(|one| about(one) && one.waits(now))
    }

    /// How many of an account's have ended by another's word, or by nobody's, without its having read so.
    pub fn news_for(&self, account: AccountId, now: Instant) -> usize {
        let late = self.open.values().filter(|one| one.by == account && !one.waits(now)).count();
        late + self.news.values().filter(|by| **by == account).count()
    }

    /// Who proposed what has ended, while they haven't read so.
    pub(crate) fn news_of(&self, id: ProposalId) -> Option<AccountId> {
        self.news.get(&id).copied()
    }

    /// Makes a change; gives what takes it back.
    pub(crate) fn apply(&mut self, Change(id, now): Change) -> Change {
        let open = self.open.remove(&id).map(Stands::Open);
        let news = self.news.remove(&id).map(Stands::News);
        match now {
            Stands::Open(proposal) => drop(self.open.insert(id, proposal)),
            Stands::News(by) => drop(self.news.insert(id, by)),
            Stands::Nowhere => {}
        }
        Change(id, open.or(news).unwrap_or(Stands::Nowhere))
    }

    /// From the table, at a start.
    pub(crate) fn load(snapshot: &mut Snapshot<'_>) -> Result<Proposals, Error> {
        let mut open = BTreeMap::new();
        store::waiting(snapshot, &mut |proposal| {
            open.insert(proposal.id, proposal);
        })?;
        let mut news = BTreeMap::new();
        store::news(snapshot, &mut |id, by| {
            news.insert(id, by);
        })?;
        Ok(Proposals { open, news })
    }
}

/// Whether somebody acts where a proposal belongs: a shop sees its own only.
fn reaches(role: Role, wish: Wish) -> bool {
    match role {
        Role::Merchant(me) | Role::Till(me) => wish.shop() == Some(me),
        Role::Officer | Role::System => true,
        _ => false,
    }
}

/// Whether somebody could ask for what is proposed themselves.
pub(crate) fn could_ask(actor: &Actor, proposal: &Proposal, pack: &Pack, directory: &Directory) -> bool {
    reaches(actor.role, proposal.wish) && may(actor, &proposal.command(), pack, directory).is_ok()
}

/// Whether somebody's role lets them confirm or refuse it, by the rules of a day; that they are another person is asked
/// besides. The same filters the list of what waits.
///
/// # Errors
/// `role.needed`, with the roles that may; `proposal.unknown` for who would not see it at all.
pub fn may_decide(
    actor: &Actor,
    proposal: &Proposal,
    rule: Option<&FourEyes>,
    pack: &Pack,
    directory: &Directory,
) -> Result<(), Refusal> {
    if !reaches(actor.role, proposal.wish) {
        return Err(Refusal::new("proposal.unknown"));
    }
    let named = match rule {
        Some(rule) => role_rule(actor, pack).is_some_and(|role| rule.confirm.contains(&role.id)),
        None => true, // nobody asks for a second person any more: who may do it may say so
    };
    if named && holds(actor, "confirm-proposal", pack) && could_ask(actor, proposal, pack, directory) {
        return Ok(());
    }
    Err(roles_needed(pack, |role| rule.is_some_and(|rule| rule.confirm.contains(&role.id))))
}

/// Whether somebody may see a proposal: who made it, and who could ask for the same.
pub fn may_see(actor: &Actor, proposal: &Proposal, pack: &Pack, directory: &Directory) -> bool {
    let own = actor.account.is_some_and(|me| me == proposal.by) && may_withdraw(actor, pack);
    own || could_ask(actor, proposal, pack, directory)
}

/// Whether somebody's role lets them take back what they proposed.
pub fn may_withdraw(actor: &Actor, pack: &Pack) -> bool {
    holds(actor, "withdraw-proposal", pack)
}

/// A proposal by its id, at an instant.
pub fn read(
    snapshot: &mut Snapshot<'_>,
    vault: &Vault,
    id: ProposalId,
    now: Instant,
) -> Result<Option<Kept>, Error> {
    snapshot
        .one::<store::ProposalRow>(store::PROPOSAL, &[id.into()])?
        .map(|row| row.kept(vault, now))
        .transpose()
}

/// The newest that an account proposed, at an instant.
pub fn of(
    snapshot: &mut Snapshot<'_>,
    vault: &Vault,
    account: AccountId,
    now: Instant,
    at_most: u32,
) -> Result<Vec<Kept>, Error> {
    let rows: Vec<store::ProposalRow> =
        snapshot.query(store::PROPOSALS_OF, &[account.into(), at_most.into()])?;
    rows.into_iter().map(|row| row.kept(vault, now)).collect()
}
