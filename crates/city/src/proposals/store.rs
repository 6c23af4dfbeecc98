//! Their rows.

use ::store::{Error, Migration, Snapshot, Sql, Value, row, sql};
use base::{AccountId, Instant, MerchantId, PostingNo, ProposalId};
use pen::Recorded;
use rules::Confirmed;
use vault::Vault;

use super::{Kept, Proposal, SAID, State, Wish};

/// The table. `posting` is the last payout of the file, the payment, or the number of a pack or a job; `pack` the rules by which a second person is
/// asked for; `recorded` as [`Recorded::to_number`]; `said` is sealed.
pub(crate) const PROPOSALS: Migration = Migration {
    name: "proposals-1",
    sql: "
CREATE TABLE proposals (
    id TEXT PRIMARY KEY,
    operation TEXT NOT NULL,
    posting BIGINT NOT NULL,
    shop TEXT,
    count BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    pack BIGINT NOT NULL,
    proposed_by TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    state TEXT NOT NULL,
    decided BIGINT,
    decided_by TEXT,
    recorded BIGINT,
    said BYTEA
);
CREATE INDEX proposals_waiting ON proposals (since) WHERE decided IS NULL;
CREATE INDEX proposals_of_account ON proposals (proposed_by, since);
",
};

/// When who proposed it had read what became of it: what ended before there was such a word counts as read.
pub(crate) const HEARD: Migration = Migration {
    name: "proposals-2",
    sql: "
ALTER TABLE proposals ADD COLUMN heard BIGINT;
UPDATE proposals SET heard = decided;
CREATE INDEX proposals_not_heard ON proposals (since) WHERE decided IS NOT NULL AND heard IS NULL;
",
};

pub(crate) const INSERT_PROPOSAL: Sql = sql(
    "INSERT INTO proposals (id, operation, posting, shop, count, amount, digest, pack, proposed_by, since, \
     until, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting')",
);
pub(crate) const END_PROPOSAL: Sql = sql(
    "UPDATE proposals SET state = $2, decided = $3, decided_by = $4, recorded = $5, said = $6, heard = $7 \
     WHERE id = $1",
);
pub(crate) const HEAR_PROPOSAL: Sql = sql("UPDATE proposals SET heard = $2 WHERE id = $1");
const NEWS: Sql = sql("SELECT id, proposed_by FROM proposals \
     WHERE decided IS NOT NULL AND heard IS NULL ORDER BY since, id");
pub(crate) const PROPOSAL: Sql =
    sql("SELECT id, operation, posting, shop, count, amount, digest, proposed_by, \
     since, until, state, decided, decided_by, recorded, said, heard FROM proposals WHERE id = $1");
pub(crate) const PROPOSALS_OF: Sql = sql("SELECT id, operation, posting, shop, count, amount, digest, \
     proposed_by, since, until, state, decided, decided_by, recorded, said, heard FROM proposals \
     WHERE proposed_by = $1 ORDER BY since DESC, id LIMIT $2");
const WAITING: Sql = sql("SELECT id, operation, posting, shop, count, amount, digest, proposed_by, \
     since, until, state, decided, decided_by, recorded, said, heard FROM proposals \
     WHERE decided IS NULL ORDER BY since, id");

pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_PROPOSAL,
    END_PROPOSAL,
    HEAR_PROPOSAL,
    PROPOSAL,
    PROPOSALS_OF,
    WAITING,
    NEWS,
    INSERT_PROPOSED,
    LAST_PROPOSED,
    PROPOSED,
];

row! {
    pub(crate) struct ProposalRow {
        pub id: ProposalId,
        pub operation: String,
        pub posting: PostingNo,
        pub shop: Option<MerchantId>,
        pub count: u64,
        pub amount: i64,
        pub digest: Vec<u8>,
        pub proposed_by: AccountId,
        pub since: Instant,
        pub until: Instant,
        pub state: String,
        pub decided: Option<Instant>,
        pub decided_by: Option<AccountId>,
        pub recorded: Option<i64>,
        pub said: Option<Vec<u8>>,
        pub heard: Option<Instant>,
    }
}

row! {
    struct NewsRow {
        id: ProposalId,
        proposed_by: AccountId,
    }
}

fn shape(id: ProposalId) -> Error {
    Error::Shape(format!("{id}: not such a proposal"))
}

impl ProposalRow {
    pub(crate) fn proposal(&self) -> Result<Proposal, Error> {
        let wish = match (Confirmed::named(&self.operation), self.shop) {
            (Some(Confirmed::SendPayouts), None) => {
                Wish::SendPayouts { upto: self.posting, count: self.count }
            }
            (Some(Confirmed::BringPack), None) => {
                let no = u32::try_from(self.posting.0).map_err(|_| shape(self.id))?;
                let mark = self.digest.as_slice().try_into().map_err(|_| shape(self.id))?;
                Wish::BringPack { no, mark }
            }
            (Some(Confirmed::BeginCoupons), None) => {
                let mark = self.digest.as_slice().try_into().map_err(|_| shape(self.id))?;
                Wish::BeginCoupons { job: self.posting.0, mark }
            }
            (Some(Confirmed::Refund), Some(shop)) => Wish::Refund { payment: self.posting, shop },
            _ => return Err(shape(self.id)),
        };
        let digest = self.digest.as_slice().try_into().map_err(|_| shape(self.id))?;
        let (id, amount, by) = (self.id, self.amount, self.proposed_by);
        Ok(Proposal { id, wish, amount, by, since: self.since, until: self.until, digest })
    }

    pub(crate) fn kept(self, vault: &Vault, now: Instant) -> Result<Kept, Error> {
        let proposal = self.proposal()?;
        let state = match State::coded(&self.state).ok_or_else(|| shape(self.id))? {
            State::Waiting if !proposal.waits(now) => State::Expired,
            state => state,
        };
        Ok(Kept {
            proposal,
            state,
            decided: self.decided,
            decided_by: self.decided_by,
            recorded: self.recorded.map(Recorded::from_number),
            said: self.said.map(|said| SAID.open(vault, self.id, said)).transpose()?,
            heard: self.heard,
        })
    }
}

/// The values of [`INSERT_PROPOSAL`].
pub(crate) fn values(one: &Proposal, pack: u32) -> Vec<Value> {
    let count = match one.wish {
        Wish::SendPayouts { count, .. } => count,
        Wish::Refund { .. } | Wish::BringPack { .. } | Wish::BeginCoupons { .. } => 1,
    };
    vec![
        one.id.into(),
        one.wish.operation().operation().into(),
        one.wish.posting().into(),
        one.wish.shop().into(),
        count.into(),
        one.amount.into(),
        one.digest.into(),
        pack.into(),
        one.by.into(),
        one.since.into(),
        one.until.into(),
    ]
}

/// All that nobody has ended.
pub(crate) fn waiting(snapshot: &mut Snapshot<'_>, each: &mut dyn FnMut(Proposal)) -> Result<(), Error> {
    snapshot.for_each(WAITING, &[], &mut |row: ProposalRow| {
        each(row.proposal()?);
        Ok(())
    })
}

/// All that have ended without who proposed them having read so.
pub(crate) fn news(
    snapshot: &mut Snapshot<'_>,
    each: &mut dyn FnMut(ProposalId, AccountId),
) -> Result<(), Error> {
    snapshot.for_each(NEWS, &[], &mut |row: NewsRow| {
        each(row.id, row.proposed_by);
        Ok(())
    })
}

/// Packs that were brought for a second person's yes.
pub(crate) const PROPOSED_PACKS: Migration = Migration {
    name: "proposed-packs-1",
    sql: "
CREATE TABLE proposed_packs (
    no BIGINT PRIMARY KEY,
    hash BYTEA NOT NULL,
    files TEXT NOT NULL
);
",
};
pub(crate) const INSERT_PROPOSED: Sql =
    sql("INSERT INTO proposed_packs (no, hash, files) VALUES ($1, $2, $3)");
pub(crate) const LAST_PROPOSED: Sql = sql("SELECT no FROM proposed_packs ORDER BY no DESC LIMIT 1");
pub(crate) const PROPOSED: Sql = sql("SELECT files FROM proposed_packs WHERE no = $1");

row! {
    pub(crate) struct ProposedNo {
        pub no: u32,
    }
}

row! {
    pub(crate) struct ProposedRow {
        pub files: String,
    }
}
