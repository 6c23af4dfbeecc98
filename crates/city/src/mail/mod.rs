//! Mail addresses of people and shops: sealed, used once somebody has read a code there, removed when they say so.

pub(crate) mod store;

use ::store::{Error, Snapshot};
use base::{Entropy, Instant, MerchantId};
use rules::{Channel, Pack};
use serde::{Deserialize, Serialize};
use vault::{Locked, Vault};

use crate::follow::To;
use crate::looks::Text;
use store::{MAILBOX, MailRow};

/// As long as a code is worth something: a relay may be away for hours.
pub(crate) const LIVES_SECONDS: i64 = 86_400;
/// As many wrong codes as one asking bears.
pub(crate) const MISSES: i64 = 5;
/// As many codes as are sent for one holder a day: nobody fills a stranger's inbox through us.
pub(crate) const ASKS: i64 = 5;
/// The kind of the notice that carries a code: the pack's rule for it says whether addresses are taken at all.
pub const CODE_KIND: &str = "mail-code";

pub(crate) const SEALED: Text = Text { table: "mail_addresses", field: "sealed" };

/// Whether a city's rules know mail.
pub fn is_offered(pack: &Pack) -> bool {
    pack.notices.of(CODE_KIND).is_some_and(|rule| rule.ways.contains(&Channel::Email))
}

/// How it stands with somebody's address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// Where notices go, and since when.
    pub address: Option<(String, Instant)>,
    /// What a code was sent to, and the code, while it is worth something.
    pub pending: Option<(String, String)>,
}

impl Mailbox {
    /// As it is kept: one sealed field.
    pub(crate) fn seal(&self, vault: &Vault, to: To, entropy: &mut dyn Entropy) -> Result<Vec<u8>, Locked> {
        // Plain data: this can't fail.
        let text = serde_json::to_string(self).unwrap_or_default();
        SEALED.seal(vault, to.code(), &text, entropy)
    }
}

/// Reads it. A person's goes through [`crate::read::people::Register::mailbox`], which notes the look.
pub(crate) fn read(
    snapshot: &mut Snapshot<'_>,
    vault: &Vault,
    to: To,
    now: Instant,
) -> Result<Mailbox, Error> {
    let row = snapshot.one::<MailRow>(MAILBOX, &[to.code().into()])?;
    row.map_or(Ok(Mailbox::default()), |row| open(vault, &row, now))
}

/// A shop's: it says nothing about a person.
pub fn of_shop(
    snapshot: &mut Snapshot<'_>,
    vault: &Vault,
    shop: MerchantId,
    now: Instant,
) -> Result<Mailbox, Error> {
    read(snapshot, vault, To::Shop(shop), now)
}

/// A row's. A code that is too old, or was mistaken too often, is not in it.
pub(crate) fn open(vault: &Vault, row: &MailRow, now: Instant) -> Result<Mailbox, Error> {
    let text = SEALED.open(vault, &row.id, row.sealed.clone())?;
    let mut mailbox: Mailbox =
        serde_json::from_str(&text).map_err(|error| Error::Shape(error.to_string()))?;
    let young = row.asked.is_some_and(|asked| now < asked.plus_seconds(LIVES_SECONDS));
    if !young || row.misses >= MISSES {
        mailbox.pending = None;
    }
    Ok(mailbox)
}
