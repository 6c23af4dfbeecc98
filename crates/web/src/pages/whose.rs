//! Whose a page is: said at the door to who was turned away from it.

use base::Role;
use rules::{Pack, RoleRule};

use crate::look::Tongue;

/// What opens a page.
#[derive(Clone, Copy)]
enum Key {
    /// Being of a kind: the page is one's own.
    Kinds(&'static [&'static str]),
    /// Being an officer whose role holds this.
    Officer(&'static str),
    /// Being an officer or an auditor whose role holds this.
    Looks(&'static str),
}

/// Pages by their beginning, the longest first.
const PAGES: [(&str, Key); 18] = [
    ("/desk/access", Key::Officer("give-role")),
    ("/desk/coupons", Key::Officer("begin-coupons")),
    ("/desk/exchange", Key::Officer("close-case")),
    ("/desk/giving", Key::Officer("check-giving-shop")),
    ("/desk/inspection", Key::Looks("download")),
    ("/desk/joining", Key::Officer("accept-shop")),
    ("/desk/moving-in", Key::Looks("download")),
    ("/desk/looks", Key::Officer("review-glass")),
    ("/desk/payouts", Key::Officer("send-payouts")),
    ("/desk/prepaid", Key::Officer("pledge")),
    ("/desk", Key::Officer("vote")),
    ("/books", Key::Kinds(&["auditor"])),
    ("/clerk", Key::Kinds(&["clerk"])),
    ("/organisation", Key::Kinds(&["organisation"])),
    ("/shop/till", Key::Kinds(&["merchant", "till"])),
    ("/shop", Key::Kinds(&["merchant"])),
    ("/wallet", Key::Kinds(&["citizen"])),
    ("/pay", Key::Kinds(&["citizen"])),
];

fn key(path: &str) -> Option<Key> {
    let is_at = |page: &str| {
        path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    };
    PAGES.iter().find(|(page, _)| is_at(page)).map(|(_, key)| *key)
}

/// Whether a role's kind can see a page at all. Not every officer sees each page of the desk: the page itself asks.
pub(super) fn may_see(role: Role, path: &str) -> bool {
    match key(path) {
        None => true,
        // Who gives access is led there from home.
        Some(Key::Officer("give-role")) => false,
        Some(Key::Officer(_)) => role == Role::Officer,
        Some(Key::Looks(_)) => matches!(role, Role::Officer | Role::Auditor),
        Some(Key::Kinds(kinds)) => kinds.contains(&role.name()) || role == Role::System,
    }
}

/// What the roles are called that open a page; none for a page that is everybody's.
pub(super) fn names(path: &str, pack: &Pack, t: Tongue) -> Option<String> {
    let key = key(path)?;
    let opens = |rule: &&RoleRule| {
        let holds = |operation: &str| rule.operations.iter().any(|one| one == operation);
        match key {
            Key::Kinds(kinds) => kinds.contains(&rule.kind.code()),
            Key::Officer(operation) => rule.kind.code() == "officer" && holds(operation),
            Key::Looks(operation) => ["officer", "auditor"].contains(&rule.kind.code()) && holds(operation),
        }
    };
    let named = |rule: &RoleRule| rule.name.in_lang(t.lang).to_owned();
    let names: Vec<String> = pack.roles.iter().filter(opens).map(named).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
