//! Roles: which operations each allows, and how far it reaches. Whoever has no role may nothing.

use base::Source;
use toml::Spanned;

use crate::read::{Ids, RawSource, Reader};
use crate::{Name, OrganisationKind};

/// What a role acts on: the mechanism behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A person, on what is their own.
    Citizen,
    /// A shop's owner, on the shop.
    Merchant,
    /// A shop's till.
    Till,
    /// A counter of a neighbourhood.
    Clerk,
    /// A desk at the city hall.
    Officer,
    /// Reads the books, writes nothing.
    Auditor,
    /// A desk of an organisation, on what is the organisation's.
    Organisation,
}

impl Kind {
    /// The word for it.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Citizen => "citizen",
            Kind::Merchant => "merchant",
            Kind::Till => "till",
            Kind::Clerk => "clerk",
            Kind::Officer => "officer",
            Kind::Auditor => "auditor",
            Kind::Organisation => "organisation",
        }
    }
}

/// How far a role reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// What is the holder's own.
    Own,
    /// People of one neighbourhood; which one stands in the grant.
    District,
    /// Everyone in the city.
    City,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRule {
    /// Unique in the pack.
    pub id: String,
    /// The mechanism behind it.
    pub kind: Kind,
    /// For a desk of an organisation: of which kind that is.
    pub organisation: Option<OrganisationKind>,
    /// Its name.
    pub name: Name,
    /// What it may ask for.
    pub operations: Vec<String>,
    /// The line its operations stand on, for who knows which operations there are.
    pub line: usize,
    /// How far it reaches.
    pub reach: Reach,
    /// Whether giving it needs a second person's yes.
    pub four_eyes: bool,
    /// Whether who has it signs in with a second factor.
    pub second_factor: bool,
    /// The purpose for which its holder looks at records.
    pub purpose: String,
    /// What it rests on.
    pub source: Source,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    role: Vec<Spanned<RawRole>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRole {
    id: Spanned<String>,
    kind: Spanned<Kind>,
    organisation: Option<Spanned<OrganisationKind>>,
    name: Spanned<Name>,
    operations: Spanned<Vec<Spanned<String>>>,
    reach: Spanned<Reach>,
    #[serde(default)]
    four_eyes: bool,
    #[serde(default)]
    second_factor: bool,
    purpose: String,
    source: Option<Spanned<RawSource>>,
}

/// Reads `roles.toml`; `None` when its shape is at fault.
pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Vec<RoleRule>> {
    let file = reader.document::<RawFile>()?;
    let mut ids = Ids::default();
    let mut roles = Vec::new();
    for entry in file.role {
        let at = entry.span();
        let raw = entry.into_inner();
        let id = reader.id(&raw.id, &mut ids);
        let kind = *raw.kind.get_ref();
        let own = matches!(kind, Kind::Citizen | Kind::Merchant | Kind::Till | Kind::Organisation);
        if own != (*raw.reach.get_ref() == Reach::Own) {
            let fix = if own { "write reach = \"own\"" } else { "write reach = \"district\" or \"city\"" };
            reader.fault(raw.reach.span(), format!("a role of kind {:?} with this reach", kind.code()), fix);
        }
        if (kind == Kind::Organisation) != raw.organisation.is_some() {
            let fix =
                "a role of kind \"organisation\" says which: organisation = \"association\"; others don't";
            reader.fault(
                raw.kind.span(),
                format!("a role of kind {:?} and its organisation", kind.code()),
                fix,
            );
        }
        let line = reader.line(raw.operations.span().start);
        let mut seen = Ids::default();
        let operations = raw.operations.into_inner();
        for operation in &operations {
            reader.once("operation", operation.get_ref(), operation.span(), &mut seen);
        }
        roles.push(RoleRule {
            id,
            kind,
            organisation: raw.organisation.map(Spanned::into_inner),
            name: reader.name(&raw.name),
            operations: operations.into_iter().map(Spanned::into_inner).collect(),
            line,
            reach: raw.reach.into_inner(),
            four_eyes: raw.four_eyes,
            second_factor: raw.second_factor,
            purpose: raw.purpose,
            source: reader.source(at, raw.source.as_ref()),
        });
    }
    Some(roles)
}
