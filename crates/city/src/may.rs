//! Who may ask for what. Deny by default: an operation that no line allows is refused, and the refusal names the
//! role that could do it.

use base::{Arg, Refusal, Role};

use crate::{Command, Directory};

/// The operations of each role: the committed role × operation table. `own` means: on what is theirs.
pub const TABLE: &[(&str, &[&str])] = &[
    (
        "citizen",
        &[
            "pay",
            "authorise",
            "top-up",
            "gift",
            "withdraw",
            "freeze",
            "unfreeze",
            "close-card",
            "set-pin",
            "record-fact",
            "give-consent",
            "withdraw-consent",
            "give-help",
            "revoke-help",
            "see-helped",
        ],
    ),
    ("merchant", &["pay", "authorise", "capture", "void", "refund", "close-shop"]),
    ("till", &["pay", "authorise", "capture", "void", "refund"]),
    (
        "clerk",
        &[
            "enrol",
            "issue-card",
            "freeze",
            "unfreeze",
            "replace-card",
            "set-pin",
            "top-up",
            "record-fact",
            "strike-fact",
            "give-consent",
            "withdraw-consent",
            "give-help",
            "revoke-help",
            "link",
            "unlink",
        ],
    ),
    ("officer", &["join", "close-shop", "settle", "confirm-payouts", "treasury", "vote", "refund"]),
    ("auditor", &[]),
    (
        "system",
        &[
            "pay",
            "authorise",
            "capture",
            "void",
            "top-up",
            "refund",
            "gift",
            "withdraw",
            "enrol",
            "issue-card",
            "freeze",
            "unfreeze",
            "replace-card",
            "close-card",
            "set-pin",
            "join",
            "close-shop",
            "settle",
            "confirm-payouts",
            "treasury",
            "vote",
            "sweep",
            "activate",
            "grant-token",
            "add-key",
            "rewrap-keys",
            "reseal",
            "record-fact",
            "strike-fact",
            "give-consent",
            "withdraw-consent",
            "give-help",
            "revoke-help",
            "see-helped",
            "link",
            "unlink",
        ],
    ),
];

/// The first question of every use case. What depends on a record that must be read first (whose payment is it?)
/// is asked again by the use case, against that record.
pub fn may(role: Role, command: &Command, directory: &Directory) -> Result<(), Refusal> {
    let operation = command.operation();
    let allowed = TABLE.iter().any(|(name, list)| *name == role.name() && list.contains(&operation));
    if !allowed {
        return Err(needs(operation));
    }
    let own = match (role, command) {
        // With the card of whom they help, as far as the use case finds they may.
        (Role::Citizen(me), Command::Pay { card, .. }) => directory
            .card(*card)
            .is_some_and(|card| card.person == me || directory.helpers.knows(card.person, me)),
        (Role::Citizen(me), Command::OnPeople(command)) => {
            command.is_own(me, |person| directory.helpers.knows(person, me))
        }
        (
            Role::Citizen(me),
            Command::Authorise { card, .. }
            | Command::Freeze { card }
            | Command::Unfreeze { card }
            | Command::CloseCard { card }
            | Command::SetPin { card, .. },
        ) => directory.card(*card).is_some_and(|card| card.person == me),
        (
            Role::Citizen(me),
            Command::TopUp { person, .. } | Command::Gift { from: person, .. } | Command::Withdraw { person },
        ) => *person == me,
        (
            Role::Merchant(me) | Role::Till(me),
            Command::Pay { merchant, .. }
            | Command::Authorise { merchant, .. }
            | Command::CloseShop { merchant },
        ) => *merchant == me,
        _ => true,
    };
    // Another person's card looks just like one that doesn't exist.
    if own { Ok(()) } else { Err(not_found(command)) }
}

fn needs(operation: &'static str) -> Refusal {
    let roles: Vec<&str> = TABLE
        .iter()
        .filter(|(name, list)| *name != "system" && list.contains(&operation))
        .map(|(name, _)| *name)
        .collect();
    Refusal::new("role.needed").with("roles", Arg::Text(roles.join(", ")))
}

fn not_found(command: &Command) -> Refusal {
    match command {
        Command::TopUp { .. } | Command::Gift { .. } | Command::Withdraw { .. } | Command::OnPeople(_) => {
            Refusal::new("person.unknown")
        }
        Command::CloseShop { .. } => Refusal::new("shop.unknown"),
        _ => Refusal::new("card.unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An operation that no role can do, or a word in the table that is no operation, is a mistake in one of them.
    #[test]
    fn the_table_and_the_operations_agree() {
        let known = OPERATIONS;
        for (role, list) in TABLE {
            for operation in *list {
                assert!(known.contains(operation), "{role}: {operation} is no operation");
            }
        }
        for operation in known {
            assert!(
                TABLE.iter().any(|(_, list)| list.contains(operation)),
                "{operation} is missing from the role table"
            );
        }
    }

    const OPERATIONS: &[&str] = &[
        "pay",
        "authorise",
        "capture",
        "void",
        "top-up",
        "refund",
        "gift",
        "withdraw",
        "enrol",
        "issue-card",
        "freeze",
        "unfreeze",
        "replace-card",
        "close-card",
        "set-pin",
        "join",
        "close-shop",
        "settle",
        "confirm-payouts",
        "treasury",
        "vote",
        "sweep",
        "activate",
        "grant-token",
        "add-key",
        "rewrap-keys",
        "reseal",
        "record-fact",
        "strike-fact",
        "give-consent",
        "withdraw-consent",
        "give-help",
        "revoke-help",
        "see-helped",
        "link",
        "unlink",
    ];
}
