//! Who may ask for what. Deny by default: an operation that no role of the pack allows is refused, and the refusal names
//! the roles that could do it. The same rule filters lists and counts ([`sees`]), so that a list never shows what a page
//! would refuse.

use std::sync::Arc;

use base::{Actor, Arg, MerchantId, PersonId, Refusal, Role};
use rules::{Kind, Pack, PackError, RoleRule};

use crate::follow::To;
pub use crate::operations::OPERATIONS;
use crate::{Command, Directory, NewPerson, NewToken, OnPayouts, OnPrepay, OnWindow, Payee};

/// What only the city's own machinery may; it may all that a role allows besides.
pub const SYSTEM: &[&str] = &[
    "sweep",
    "expire",
    "sweep-claims",
    "activate",
    "add-key",
    "use-masters",
    "rewrap-keys",
    "drop-key",
    "reseal",
    "reindex",
    "drop-index-key",
    "keep-marks",
    "seal-tokens",
    "inspect",
    "let-go",
    "dispose-looks",
    "step-coupons",
    "commit-draw",
    "sign-in",
    "sign-in-by-code",
    "add-passkey",
    "use-passkey",
    "link-vouched",
    "keep-said",
    "open-case",
    "forget-drafts",
    "begin-move-in",
    "move-in-part",
    "end-move-in",
    "compare-intake",
    "take-facts",
    "take-households",
    "keep-standing",
    "dispose-year",
    "forget-postings",
    "forget-the-rest",
    "drop-standing",
];

/// The pack's role behind an actor: the one they were given, or the first of their kind.
pub fn role_rule<'p>(actor: &Actor, pack: &'p Pack) -> Option<&'p RoleRule> {
    match actor.duty {
        Some(duty) => pack.roles.get(usize::from(duty)).filter(|rule| rule.kind.code() == actor.role.name()),
        None => pack.roles.iter().find(|rule| rule.kind.code() == actor.role.name()),
    }
}

/// The same, of a desk of an organisation: the role it was given if that is for such an organisation, or the first that
/// is; none once the organisation is closed or unknown.
pub(crate) fn desk_rule<'p>(actor: &Actor, pack: &'p Pack, directory: &Directory) -> Option<&'p RoleRule> {
    let Role::Organisation(id) = actor.role else { return role_rule(actor, pack) };
    let known = directory.organisations.get(id).filter(|one| one.period.until().is_none())?;
    let fits = |rule: &&RoleRule| rule.organisation.is_some_and(|kind| kind.code() == known.kind.code());
    match actor.duty {
        Some(duty) => pack.roles.get(usize::from(duty)).filter(fits),
        None => pack.roles.iter().find(fits),
    }
}

/// Whether an actor's role allows an operation, whomever it is about.
pub fn holds(actor: &Actor, operation: &str, pack: &Pack) -> bool {
    actor.role == Role::System
        || role_rule(actor, pack).is_some_and(|rule| rule.operations.iter().any(|one| one == operation))
}

/// Whether people of this neighbourhood are within an actor's reach: lists, counts and pages ask alike.
pub fn sees(actor: &Actor, district: Option<u8>) -> bool {
    actor.area.reaches(district)
}

/// [`sees`], of someone by their id. Nobody is seen where nobody is known.
pub fn sees_person(actor: &Actor, person: PersonId, directory: &Directory) -> bool {
    directory.holder(person).is_some_and(|holder| sees(actor, holder.person.district))
}

/// [`sees`], by the code of a neighbourhood, as a closure that outlives the view.
pub fn sight(actor: Actor, pack: &Arc<Pack>) -> impl Fn(Option<&str>) -> bool + Send + use<> {
    let pack = Arc::clone(pack);
    move |code| sees(&actor, code.and_then(|code| economy::store::district(&pack.city, code)))
}

/// The first question of every use case. What depends on a record that must be read first (whose payment is it?)
/// is asked again by the use case, against that record.
pub fn may(actor: &Actor, command: &Command, pack: &Pack, directory: &Directory) -> Result<(), Refusal> {
    let (role, operation) = (actor.role, command.operation());
    if let Command::EndSession { account, .. }
    | Command::RemovePasskey { account, .. }
    | Command::UnlinkVouched { account, .. } = command
        && actor.account == Some(*account)
    {
        return Ok(()); // one's own ways in are one's own
    }
    let rule = desk_rule(actor, pack, directory);
    if role != Role::System && !rule.is_some_and(|rule| rule.operations.iter().any(|one| one == operation)) {
        return Err(needed(operation, pack));
    }
    let own = match (role, command) {
        // With the card of whom they help, as far as the use case finds they may.
        (Role::Citizen(me), Command::Pay { card, .. }) => directory
            .card(*card)
            .is_some_and(|card| card.person == me || directory.helpers.knows(card.person, me)),
        (Role::Citizen(me), Command::OnCoupons(command)) => command.is_own(me),
        (Role::Merchant(me) | Role::Till(me), Command::OnCoupons(command)) => command.is_shop_s(me),
        (Role::Citizen(me), Command::OnGiving(command)) => command.is_of_person(me),
        (Role::Merchant(me), Command::OnGiving(command)) => command.is_of_shop(me),
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
            Command::OnPrepay(
                OnPrepay::Buy { person, .. }
                | OnPrepay::Give { person, .. }
                | OnPrepay::Join { person, .. }
                | OnPrepay::Leave { person },
            ),
        ) => *person == me,
        (Role::Citizen(me), Command::OnPrepay(OnPrepay::PayOrder { card, .. })) => {
            directory.card(*card).is_some_and(|card| card.person == me)
        }
        // Whose claim it is stands in memory: the use case asks. Likewise whose product.
        (Role::Citizen(_) | Role::Merchant(_), Command::OnPrepay(OnPrepay::Return { .. })) => true,
        (Role::Merchant(_), Command::OnPrepay(OnPrepay::Unlist { .. })) => true,
        (
            Role::Merchant(me),
            Command::OnPrepay(
                OnPrepay::Offer { merchant }
                | OnPrepay::StopOffer { merchant }
                | OnPrepay::List { merchant, .. }
                | OnPrepay::Order { buyer: merchant, .. },
            ),
        ) => *merchant == me,
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
        (Role::Citizen(_) | Role::Merchant(_), Command::OnPayouts(OnPayouts::SetAccount { payee, .. })) => {
            match role {
                Role::Citizen(me) => *payee == Payee::Person(me),
                Role::Merchant(me) => *payee == Payee::Shop(me),
                _ => false,
            }
        }
        // Whose payment it is stands in the journal: the use case asks.
        (
            Role::Merchant(_) | Role::Till(_),
            Command::Capture { .. } | Command::Void { .. } | Command::Refund { .. },
        ) => true,
        // Whose proposal it is stands in memory: the use case asks.
        (Role::Merchant(_) | Role::Till(_), Command::OnProposals(_)) => true,
        // An owner's tills; whose token it is that is changed or ended, the use case asks.
        (Role::Merchant(me), Command::Grant(wish)) => is_till_of(wish, me, pack),
        (Role::Merchant(_), Command::RotateToken { .. } | Command::EndToken { .. }) => true,
        (Role::Organisation(me), Command::OnOrganisations(command)) => command.is_own(me),
        (Role::Organisation(_), Command::OnGiving(command)) => command.is_of_collector(),
        // What it may download is what its desk shows.
        (Role::Organisation(_), Command::Download { .. }) => true,
        // Whose case it is stands in its row: the use case asks.
        (Role::Citizen(me), Command::OnShops(command)) => command.is_own(me, directory),
        (Role::Merchant(me), Command::OnShops(command)) => command.is_of_shop(me, directory),
        (Role::Citizen(me), Command::OnMail(command)) => command.to() == To::Person(me),
        (Role::Merchant(me), Command::OnMail(command)) => command.to() == To::Shop(me),
        (Role::Merchant(me), Command::OnTills(command)) => command.shop().is_none_or(|shop| shop == me),
        (Role::Citizen(_) | Role::Merchant(_) | Role::Till(_) | Role::Organisation(_), _) => false,
        (Role::Clerk, _) => within_reach(actor, command, directory),
        (Role::Officer | Role::Auditor | Role::System, _) => true,
    };
    // Another person's card, or another shop, looks just like one that doesn't exist.
    if !own {
        return Err(not_found(role, command));
    }
    match command {
        Command::Enrol(person) | Command::OnWindow(OnWindow::TakeIn { person, .. }) => {
            takes_in(actor, person, pack)
        }
        _ => Ok(()),
    }
}

fn is_till_of(wish: &NewToken, shop: MerchantId, pack: &Pack) -> bool {
    let till = pack.roles.iter().any(|rule| rule.id == wish.role && rule.kind == Kind::Till);
    till && wish.subject.as_deref().and_then(|text| text.parse().ok()) == Some(shop)
}

/// A counter takes in those whom it sees afterwards too: its own neighbourhood's, and who lives elsewhere.
fn takes_in(actor: &Actor, person: &NewPerson, pack: &Pack) -> Result<(), Refusal> {
    let code = person.district.as_deref();
    let at = code.and_then(|code| economy::store::district(&pack.city, code));
    // A code that is none: the use case says so.
    if sees(actor, at) { Ok(()) } else { Err(Refusal::new("area.other")) }
}

/// Whether the person a counter acts on is of its area.
fn within_reach(actor: &Actor, command: &Command, directory: &Directory) -> bool {
    let of_person = |person: PersonId| {
        // Nobody known: the use case says so.
        directory.holder(person).is_none_or(|holder| sees(actor, holder.person.district))
    };
    match command {
        Command::TopUp { person, .. }
        | Command::IssueCard { person, .. }
        | Command::IssueCode { person, .. } => of_person(*person),
        Command::Freeze { card }
        | Command::Unfreeze { card }
        | Command::Replace { card }
        | Command::SetPin { card, .. } => directory.card(*card).is_none_or(|card| of_person(card.person)),
        Command::OnPayouts(OnPayouts::SetAccount { payee: Payee::Person(person), .. }) => of_person(*person),
        Command::OnPayouts(OnPayouts::SetAccount { .. }) => false,
        Command::OnPeople(command) => command.people().into_iter().flatten().all(of_person),
        Command::OnPapers(command) => of_person(command.person()),
        Command::OnHouseholds(command) => command.people().into_iter().flatten().all(of_person),
        Command::OnAlike(command) => command.people().into_iter().flatten().all(of_person),
        Command::OnCoupons(command) => command.person().is_none_or(of_person),
        // Whose draft it is, and whom a handing over concerns, stands in their rows: the use case asks.
        Command::OnWindow(command) => command.person().is_none_or(of_person),
        _ => true,
    }
}

/// The refusal of an operation to whose role doesn't hold it: it names the roles that do.
pub fn needed(operation: &'static str, pack: &Pack) -> Refusal {
    roles_needed(pack, |rule| rule.operations.iter().any(|one| one == operation))
}

/// The same of what only roles of certain kinds may (`citizen`, `clerk`).
pub fn kinds_needed(kinds: &[&str], pack: &Pack) -> Refusal {
    roles_needed(pack, |rule| kinds.contains(&rule.kind.code()))
}

/// `role.needed`: `roles` are the ids of those that may, `named` and `named_en` what people call them.
pub(crate) fn roles_needed(pack: &Pack, may: impl Fn(&RoleRule) -> bool) -> Refusal {
    let able: Vec<&RoleRule> = pack.roles.iter().filter(|rule| may(rule)).collect();
    let said = |word: fn(&RoleRule) -> &str| {
        Arg::Text(able.iter().map(|rule| word(rule)).collect::<Vec<_>>().join(", "))
    };
    Refusal::new("role.needed")
        .with("roles", said(|rule| &rule.id))
        .with("named", said(|rule| &rule.name.ko))
        .with("named_en", said(|rule| &rule.name.en))
        .with("count", Arg::Count(i64::try_from(able.len()).unwrap_or(i64::MAX)))
}

fn not_found(role: Role, command: &Command) -> Refusal {
    let code = match (role, command) {
        (_, Command::OnShops(_)) => "application.unknown",
        (Role::Merchant(_) | Role::Till(_), _)
        | (_, Command::OnPayouts(OnPayouts::SetAccount { payee: Payee::Shop(_), .. })) => "shop.unknown",
        (Role::Organisation(_), _) => "organisation.unknown",
        (
            _,
            Command::TopUp { .. }
            | Command::Gift { .. }
            | Command::Withdraw { .. }
            | Command::OnPeople(_)
            | Command::OnHouseholds(_)
            | Command::OnAlike(_)
            | Command::OnPapers(_)
            | Command::OnMail(_)
            | Command::OnWindow(_)
            | Command::OnCoupons(_)
            | Command::OnPrepay(_)
            | Command::OnPayouts(OnPayouts::SetAccount { payee: Payee::Person(_), .. })
            | Command::OnGiving(_)
            | Command::IssueCode { .. }
            | Command::AskLook { .. }
            | Command::IssueCard { .. },
        ) => "person.unknown",
        _ => "card.unknown",
    };
    Refusal::new(code)
}

/// How many letters two words have in common at their beginnings and ends.
fn alike(one: &str, other: &str) -> usize {
    let begin = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let end = one.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
    begin + end
}

/// What a pack's roles get wrong about the operations there are.
pub fn faults(pack: &Pack) -> Vec<PackError> {
    let fault = |rule: &RoleRule, what: String, fix: &str| PackError {
        file: "roles.toml".to_owned(),
        line: rule.line,
        what,
        fix: fix.to_owned(),
    };
    let mut faults = Vec::new();
    for rule in &pack.roles {
        for operation in &rule.operations {
            if SYSTEM.contains(&operation.as_str()) {
                let what = format!("{}: {operation:?} is the city's own machinery's", rule.id);
                faults.push(fault(rule, what, "leave it out"));
            } else if !OPERATIONS.contains(&operation.as_str()) {
                let what = format!("{}: there is no operation {operation:?}", rule.id);
                let near = OPERATIONS.iter().max_by_key(|one| alike(one, operation)).unwrap_or(&"look");
                faults.push(fault(
                    rule,
                    what,
                    &format!("did you mean {near:?}? All are in city/src/operations.rs"),
                ));
            }
        }
    }
    faults
}
