//! Addresses of shops' own programs that are told of what happens there (webhooks). Secrets are sealed.

pub(crate) mod store;

use ::store::{Error, Snapshot};
use base::{HookId, Instant, MerchantId};
use vault::Vault;

use crate::looks::Text;
use store::{ALL_HOOKS, HOOK, HOOKS_OF, HookRow};

/// As many as a shop may have at once.
pub const MOST: usize = 5;
/// As long as an address may be.
const LONGEST: usize = 300;
/// As long as an old secret signs beside the new one.
pub(crate) const OVERLAP_SECONDS: i64 = 86_400;

pub(crate) const SECRET: Text = Text { table: "hooks", field: "secret" };
pub(crate) const BEFORE: Text = Text { table: "hooks", field: "before" };

/// An address, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Its id.
    pub id: HookId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where to post to.
    pub url: String,
    /// Since when.
    pub made: Instant,
    /// Until when.
    pub ended: Option<Instant>,
}

impl Hook {
    /// Whether it is told of what happened at an instant.
    pub fn hears(&self, at: Instant) -> bool {
        self.made <= at && self.ended.is_none_or(|ended| at < ended)
    }
}

impl From<HookRow> for Hook {
    fn from(row: HookRow) -> Hook {
        Hook { id: row.id, merchant: row.merchant, url: row.url, made: row.made, ended: row.ended }
    }
}

/// An address as it may be kept: `http` or `https`, a host, no name and password in it, no fragment. Whether it may be
/// asked at all (over TLS, not within our own network) is for who sends to it.
pub fn address(text: &str) -> Option<&str> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?']).next()?;
    let good = text.len() <= LONGEST
        && text.bytes().all(|b| b.is_ascii_graphic())
        && !host.is_empty()
        && !host.contains('@')
        && !text.contains('#');
    good.then_some(text)
}

/// The addresses of a shop, the oldest first; those that ended too.
pub fn of(snapshot: &mut Snapshot<'_>, merchant: MerchantId) -> Result<Vec<Hook>, Error> {
    let rows: Vec<HookRow> = snapshot.query(HOOKS_OF, &[merchant.into()])?;
    Ok(rows.into_iter().map(Hook::from).collect())
}

pub(crate) fn all(snapshot: &mut Snapshot<'_>) -> Result<Vec<Hook>, Error> {
    let rows: Vec<HookRow> = snapshot.query(ALL_HOOKS, &[])?;
    Ok(rows.into_iter().map(Hook::from).collect())
}

/// An address with the secrets that sign what is sent there: the one in use first.
pub fn opened(
    snapshot: &mut Snapshot<'_>,
    vault: &Vault,
    id: HookId,
    now: Instant,
) -> Result<Option<(Hook, Vec<String>)>, Error> {
    let Some(row) = snapshot.one::<HookRow>(HOOK, &[id.into()])? else { return Ok(None) };
    let mut secrets = vec![SECRET.open(vault, id, row.secret.clone())?];
    if let (Some(before), Some(until)) = (&row.before, row.before_until)
        && now < until
    {
        secrets.push(BEFORE.open(vault, id, before.clone())?);
    }
    Ok(Some((row.into(), secrets)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_may_be_kept() {
        for text in ["https://pos.example.kr/hook", "http://127.0.0.1:9", " https://a.kr?x=1 "] {
            assert_eq!(address(text), Some(text.trim()), "{text}");
        }
        let long = format!("https://a.kr/{}", "a".repeat(300));
        for text in [
            "",
            "a.kr",
            "ftp://a.kr",
            "https://",
            "https:///x",
            "https://a@b.kr",
            "https://a.kr/#x",
            "https://a.kr/ x",
            "https://가게.kr",
            "javascript:alert(1)",
            long.as_str(),
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
