//! Whose a page is: said at the door to who was turned away from it.

use base::Role;
use rules::{Pack, RoleRule};

use crate::frame::Visit;
use crate::look::{Tongue, TurnedAway};

/// What opens a page.
#[derive(Clone, Copy)]
enum Key {
    /// Being of a kind: the page is one's own.
    Kinds(&'static [&'static str]),
    /// Being an officer whose role holds this.
    Officer(&'static str),
    /// Being an officer or an auditor whose role holds this.
    Looks(&'static str),
    /// Being of an organisation, by a role that holds this.
    Organisation(&'static str),
}

/// Pages by their beginning, the longest first.
const PAGES: [(&str, Key); 20] = [
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
    ("/chest", Key::Organisation("spend-gifts")),
    ("/clerk", Key::Kinds(&["clerk"])),
    ("/me", Key::Kinds(&["citizen"])),
    ("/organisation", Key::Kinds(&["organisation"])),
    ("/shop/till", Key::Kinds(&["merchant", "till"])),
    ("/shop", Key::Kinds(&["merchant"])),
    ("/wallet", Key::Kinds(&["citizen"])),
    ("/pay", Key::Kinds(&["citizen"])),
];

/// What pages are called in the menu, by their beginning, the longest first.
const CALLED: [(&str, &str); 37] = [
    ("/clerk/notices", "nav-untold"),
    ("/desk/access/tokens", "nav-tokens"),
    ("/desk/access", "nav-access"),
    ("/desk/coupons", "nav-desk-coupons"),
    ("/desk/exchange", "nav-exchange"),
    ("/desk/giving", "nav-desk-giving"),
    ("/desk/inspection", "nav-inspection"),
    ("/desk/joining", "nav-joining"),
    ("/desk/looks", "nav-desk-looks"),
    ("/desk/moving-in", "nav-moving"),
    ("/desk/organisations", "nav-organisations"),
    ("/desk/payouts", "nav-desk-payouts"),
    ("/desk/prepaid", "nav-desk-prepaid"),
    ("/me/looks", "nav-looks"),
    ("/shop/cases", "nav-cases"),
    ("/shop/giving", "nav-giving"),
    ("/shop/hooks", "nav-hooks"),
    ("/shop/payouts", "nav-payouts"),
    ("/shop/prepaid", "nav-shop-prepaid"),
    ("/shop/products", "nav-shop-prepaid"),
    ("/shop/sales", "nav-sales"),
    ("/shop/till", "nav-till"),
    ("/shop/tokens", "nav-tokens"),
    ("/wallet/coupons", "nav-coupons"),
    ("/wallet/giving", "nav-giving"),
    ("/wallet/orders", "nav-prepaid"),
    ("/wallet/prepaid", "nav-prepaid"),
    ("/books", "nav-books"),
    ("/chest", "nav-chest"),
    ("/clerk", "nav-clerk"),
    ("/desk", "nav-desk"),
    ("/me", "nav-me"),
    ("/notices", "nav-notices"),
    ("/organisation", "nav-organisation"),
    ("/shop", "nav-shop"),
    ("/waiting", "nav-waiting"),
    ("/wallet", "nav-wallet"),
];

fn is_at(path: &str, page: &str) -> bool {
    path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

fn key(path: &str) -> Option<Key> {
    PAGES.iter().find(|(page, _)| is_at(path, page)).map(|(_, key)| *key)
}

fn called(path: &str) -> Option<(&'static str, &'static str)> {
    CALLED.into_iter().find(|(page, _)| is_at(path, page))
}

/// The page of the menu that an address belongs to; home where it is of none.
pub(crate) fn page(path: &str) -> &'static str {
    called(path).map_or("/", |(page, _)| page)
}

/// What was sent and not done, said to whose role may not do it, or who isn't in.
pub(super) fn refused(visit: &Visit, path: &str) -> TurnedAway {
    let t = visit.t;
    let what = match (called(path), visit.visitor.is_some()) {
        (_, false) => t.say("door-sent-by-nobody").to_string(),
        (Some((_, key)), true) => t.say("door-sent-not-yours").text("page", t.say(key)).to_string(),
        (None, true) => t.say("door-sent-not-yours-either").to_string(),
    };
    let roles = names(path, &visit.app.city.shared.read().town.pack, t);
    let whose = roles.map(|roles| t.say("door-who-may").text("roles", roles).to_string());
    TurnedAway { what, whose }
}

/// Whoever is signed in and came to the door from a page was turned away from it: it says whose that page is.
pub(super) fn turned_away(visit: &Visit, next: &str) -> Option<TurnedAway> {
    visit.visitor?;
    let roles = names(next, &visit.app.city.shared.read().town.pack, visit.t)?;
    let whose = visit.t.say("door-whose").text("roles", &roles).to_string();
    Some(TurnedAway { what: visit.t.say("door-not-yours").to_string(), whose: Some(whose) })
}

/// Whether a role's kind can see a page at all. Not every officer sees each page of the desk: the page itself asks.
pub(super) fn may_see(role: Role, path: &str) -> bool {
    match key(path) {
        None => true,
        // Who gives access is led there from home.
        Some(Key::Officer("give-role")) => false,
        Some(Key::Officer(_)) => role == Role::Officer,
        Some(Key::Looks(_)) => matches!(role, Role::Officer | Role::Auditor),
        Some(Key::Organisation(_)) => matches!(role, Role::Organisation(_)),
        Some(Key::Kinds(kinds)) => kinds.contains(&role.name()) || role == Role::System,
    }
}

/// What the roles are called that open a page; none for a page that is everybody's.
fn names(path: &str, pack: &Pack, t: Tongue) -> Option<String> {
    let key = key(path)?;
    let opens = |rule: &&RoleRule| {
        let holds = |operation: &str| rule.operations.iter().any(|one| one == operation);
        match key {
            Key::Kinds(kinds) => kinds.contains(&rule.kind.code()),
            Key::Officer(operation) => rule.kind.code() == "officer" && holds(operation),
            Key::Organisation(operation) => rule.kind.code() == "organisation" && holds(operation),
            Key::Looks(operation) => ["officer", "auditor"].contains(&rule.kind.code()) && holds(operation),
        }
    };
    let named = |rule: &RoleRule| rule.name.in_lang(t.lang).to_owned();
    let names: Vec<String> = pack.roles.iter().filter(opens).map(named).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
