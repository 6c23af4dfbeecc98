//! Who may ask for what. Deny by default: an operation that no line allows is refused, and the refusal names the
//! role that could do it.

use base::{Actor, Arg, Refusal, Role};

pub use crate::command::OPERATIONS;
use crate::{Command, Directory};

/// The operations of each role: the committed role × operation table. The system's own row is what nobody else may; it
/// may all that another row allows besides. What no row has, nobody may.
pub const TABLE: &[(&str, &[&str])] = &[
    (
        "citizen",
        &[
            "pay",
            "authorise",
            "top-up",
            "gift",
            "withdraw",
            "issue-card",
            "freeze",
            "unfreeze",
            "close-card",
            "set-pin",
            "ask-look",
        ],
    ),
    ("merchant", &["pay", "authorise", "capture", "void", "refund", "close-shop"]),
    ("till", &["pay", "authorise", "capture", "void", "refund"]),
    (
        "clerk",
        &["enrol", "issue-card", "freeze", "unfreeze", "replace-card", "set-pin", "top-up", "open-glass"],
    ),
    (
        "officer",
        &[
            "join",
            "close-shop",
            "settle",
            "confirm-payouts",
            "treasury",
            "vote",
            "refund",
            "answer-look",
            "review-glass",
            "download",
        ],
    ),
    ("auditor", &["download"]),
    (
        "system",
        &[
            "sweep",
            "expire",
            "activate",
            "grant-token",
            "add-key",
            "rewrap-keys",
            "reseal",
            "inspect",
            "let-go",
            "dispose-looks",
        ],
    ),
];

/// The first question of every use case. What depends on a record that must be read first (whose payment is it?)
/// is asked again by the use case, against that record.
pub fn may(role: Role, command: &Command, directory: &Directory) -> Result<(), Refusal> {
    let operation = command.operation();
    let rows = TABLE.iter().filter(|(name, _)| role == Role::System || *name == role.name());
    let allowed = rows.flat_map(|(_, list)| *list).any(|allowed| *allowed == operation);
    if !allowed {
        return Err(needs(operation));
    }
    let own = match (role, command) {
        (
            Role::Citizen(me),
            Command::Pay { card, .. }
            | Command::Authorise { card, .. }
            | Command::Freeze { card }
            | Command::Unfreeze { card }
            | Command::CloseCard { card }
            | Command::SetPin { card, .. },
        ) => directory.card(*card).is_some_and(|card| card.person == me),
        (
            Role::Citizen(me),
            Command::TopUp { person, .. }
            | Command::Gift { from: person, .. }
            | Command::Withdraw { person }
            | Command::AskLook { person, .. }
            | Command::IssueCard { person, .. },
        ) => *person == me,
        (
            Role::Merchant(me) | Role::Till(me),
            Command::Pay { merchant, .. }
            | Command::Authorise { merchant, .. }
            | Command::CloseShop { merchant },
        ) => *merchant == me,
        // Whose payment it is stands in the journal: the use case asks.
        (
            Role::Merchant(_) | Role::Till(_),
            Command::Capture { .. } | Command::Void { .. } | Command::Refund { .. },
        ) => true,
        (Role::Citizen(_) | Role::Merchant(_) | Role::Till(_), _) => false,
        (Role::Clerk | Role::Officer | Role::Auditor | Role::System, _) => true,
    };
    // Another person's card, or another shop, looks just like one that doesn't exist.
    if own { Ok(()) } else { Err(not_found(role, command)) }
}

/// Whether someone may see the people of a neighbourhood (its code; `None`: who lives elsewhere) without breaking the
/// glass: lists and pages ask the same.
pub fn sees(_actor: Actor, _district: Option<&str>) -> bool {
    true
}

fn needs(operation: &'static str) -> Refusal {
    let roles: Vec<&str> = TABLE
        .iter()
        .filter(|(name, list)| *name != "system" && list.contains(&operation))
        .map(|(name, _)| *name)
        .collect();
    Refusal::new("role.needed").with("roles", Arg::Text(roles.join(", ")))
}

fn not_found(role: Role, command: &Command) -> Refusal {
    let code = match (role, command) {
        (Role::Merchant(_) | Role::Till(_), _) => "shop.unknown",
        (
            _,
            Command::TopUp { .. }
            | Command::Gift { .. }
            | Command::Withdraw { .. }
            | Command::AskLook { .. }
            | Command::IssueCard { .. },
        ) => "person.unknown",
        _ => "card.unknown",
    };
    Refusal::new(code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// An operation that no role can do, or a word in the table that is no operation, is a mistake in one of them.
    #[test]
    fn the_table_and_the_operations_agree() {
        let operations: BTreeSet<&str> = OPERATIONS.iter().copied().collect();
        assert_eq!(operations.len(), OPERATIONS.len(), "two operations of one name");
        let listed: BTreeSet<&str> = TABLE.iter().flat_map(|(_, list)| *list).copied().collect();
        assert_eq!(operations, listed, "operations, and what the role table lists");
    }

    /// Each role has its row, once, and no row lists an operation twice.
    #[test]
    fn every_role_has_one_row() {
        let person = base::PersonId(1);
        let shop = base::MerchantId(1);
        let roles = [
            Role::Citizen(person),
            Role::Merchant(shop),
            Role::Till(shop),
            Role::Clerk,
            Role::Officer,
            Role::Auditor,
            Role::System,
        ];
        let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        let rows: Vec<&str> = TABLE.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, rows);
        for (name, list) in TABLE {
            let once: BTreeSet<&str> = list.iter().copied().collect();
            assert_eq!(once.len(), list.len(), "{name}");
        }
    }

    /// What only the system may is in nobody else's row.
    #[test]
    fn the_system_row_is_the_systems_alone() {
        for (name, list) in TABLE.iter().filter(|(name, _)| *name != "system") {
            let system = TABLE.iter().find(|(name, _)| *name == "system").unwrap().1;
            assert!(system.iter().all(|operation| !list.contains(operation)), "{name}");
        }
    }
}
