//! The ways into the house, and what people have begun on them.

use base::{AccountId, GrantId};
use people::How;

use crate::passkeys::Passkeys;
use crate::pending::Pending;

/// Someone has shown who they are, and may come in under several roles.
#[derive(Clone, Copy)]
pub(crate) struct Shown {
    pub account: AccountId,
    pub how: How,
}

/// Staff came with their first token: they make a passkey, and come in by that.
#[derive(Clone, Copy)]
pub(crate) struct First {
    pub account: AccountId,
    pub grant: GrantId,
}

pub(crate) struct Ways {
    pub passkeys: Passkeys,
    pub shown: Pending<Shown>,
    pub first: Pending<First>,
}

impl Ways {
    pub(crate) fn at(public_url: &str, name: &str) -> Ways {
        let passkeys = Passkeys::at(public_url, name);
        Ways { passkeys, shown: Pending::default(), first: Pending::default() }
    }
}
