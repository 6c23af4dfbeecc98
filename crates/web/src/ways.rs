//! The ways into the house, and what people have begun on them.

use base::{AccountId, GrantId};
use people::How;

use crate::passkeys::Passkeys;
use crate::pending::Pending;
use crate::vouched::{House, Journey};

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
    pub houses: Vec<House>,
    pub journeys: Pending<Journey>,
}

impl Ways {
    pub(crate) fn house(&self, id: &str) -> Option<&House> {
        self.houses.iter().find(|house| house.config.id == id)
    }

    /// The houses that may say that they asked for a second factor.
    pub(crate) fn asking_twice(&self) -> impl Iterator<Item = &House> {
        self.houses.iter().filter(|house| !house.config.second_factor.is_empty())
    }

    pub(crate) fn at(public_url: &str, name: &str) -> Ways {
        let passkeys = Passkeys::at(public_url, name);
        Ways {
            passkeys,
            shown: Pending::default(),
            first: Pending::default(),
            houses: Vec::new(),
            journeys: Pending::default(),
        }
    }
}
