//! SQL texts and the values bound to them.

use base::{
    AccountId, ApplicationId, BusinessId, CardId, CaseId, DownloadId, DraftId, EntryNo, GlassId, GrantId,
    HandoverId, HookId, HouseholdId, Instant, MerchantId, OrganisationId, PayoutAccountId, PersonId,
    PostingNo, ProposalId, QuestionId, RecordId, TokenId,
};
use ledger::AccountNo;

/// A SQL text, the same for both engines: parameters are `$1`, `$2`…
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sql(&'static str);

impl Sql {
    /// The text.
    pub const fn text(self) -> &'static str {
        self.0
    }
}

/// Marks a text as SQL. Only literals: nothing that came from outside can become SQL.
pub const fn sql(text: &'static str) -> Sql {
    Sql(text)
}

/// A value to bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value; it takes the type of its place.
    Null,
    /// BIGINT.
    Int(i64),
    /// TEXT, without U+0000.
    Text(String),
    /// BYTEA.
    Bytes(Vec<u8>),
}

macro_rules! into_value {
    ($($from:ty, $value:ident => $to:expr;)+) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Value {
                $to
            }
        })+
    };
}

into_value! {
    i64, v => Value::Int(v);
    i32, v => Value::Int(i64::from(v));
    u32, v => Value::Int(i64::from(v));
    u16, v => Value::Int(i64::from(v));
    u8, v => Value::Int(i64::from(v));
    // 64 bits as they are: ids and nonces, not quantities.
    u64, v => Value::Int(v.cast_signed());
    bool, v => Value::Int(i64::from(v));
    &str, v => Value::Text(v.to_owned());
    String, v => Value::Text(v);
    std::borrow::Cow<'static, str>, v => Value::Text(v.into_owned());
    Vec<u8>, v => Value::Bytes(v);
    &[u8], v => Value::Bytes(v.to_vec());
    Instant, v => Value::Int(v.0);
    PostingNo, v => Value::Int(v.0.cast_signed());
    EntryNo, v => Value::Int(v.0.cast_signed());
    AccountNo, v => Value::Int(i64::from(v.0));
    PersonId, v => Value::Text(v.to_string());
    RecordId, v => Value::Text(v.to_string());
    CardId, v => Value::Text(v.to_string());
    MerchantId, v => Value::Text(v.to_string());
    TokenId, v => Value::Text(v.to_string());
    AccountId, v => Value::Text(v.to_string());
    GrantId, v => Value::Text(v.to_string());
    QuestionId, v => Value::Text(v.to_string());
    GlassId, v => Value::Text(v.to_string());
    HookId, v => Value::Text(v.to_string());
    CaseId, v => Value::Text(v.to_string());
    ProposalId, v => Value::Text(v.to_string());
    DraftId, v => Value::Text(v.to_string());
    HandoverId, v => Value::Text(v.to_string());
    DownloadId, v => Value::Text(v.to_string());
    OrganisationId, v => Value::Text(v.to_string());
    HouseholdId, v => Value::Text(v.to_string());
    BusinessId, v => Value::Text(v.to_string());
    PayoutAccountId, v => Value::Text(v.to_string());
    ApplicationId, v => Value::Text(v.to_string());
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(v: [u8; N]) -> Value {
        Value::Bytes(v.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Value {
        v.map_or(Value::Null, Into::into)
    }
}
