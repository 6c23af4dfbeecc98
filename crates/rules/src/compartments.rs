//! Sealed compartments: rooms of an organisation, whose records nobody outside can tell to exist.

use base::Source;
use toml::Spanned;

use crate::read::{Ids, RawSource, Reader};
use crate::{Kind, Name, OrganisationRule, RoleRule};

/// A sealed compartment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompartmentRule {
    /// Unique in the pack; in addresses, in the secrets file, and the name of its folder.
    pub id: String,
    /// Whose it is: an organisation the pack begins with.
    pub organisation: String,
    /// The role whose holders, for that organisation, keep its records.
    pub opens: String,
    /// The role whose holders, for that organisation, see who looked at them, and nothing else.
    pub reviews: String,
    /// Years after its end that a record is kept; `None` while the pack says nothing of it: then none goes.
    pub keep_years: Option<u32>,
    /// Its name, for who is in it.
    pub name: Name,
    /// What it rests on.
    pub source: Source,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    compartment: Vec<Spanned<RawCompartment>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCompartment {
    id: Spanned<String>,
    organisation: Spanned<String>,
    opens: Spanned<String>,
    reviews: Spanned<String>,
    keep_years: Option<Spanned<i64>>,
    name: Spanned<Name>,
    source: Option<Spanned<RawSource>>,
}

/// Reads `compartments.toml`; `None` when its shape is at fault. Where another file is at fault, what it would say goes
/// unchecked.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    roles: Option<&[RoleRule]>,
    organisations: Option<&[OrganisationRule]>,
) -> Option<Vec<CompartmentRule>> {
    let file = reader.document::<RawFile>()?;
    let (mut ids, mut used) = (Ids::default(), Ids::default());
    let mut all = Vec::new();
    for entry in file.compartment {
        let at = entry.span();
        let raw = entry.into_inner();
        let of = organisations.and_then(|all| {
            let known: Vec<&str> = all.iter().map(|one| one.id.as_str()).collect();
            reader.known("organisation", &raw.organisation, &known);
            all.iter().find(|one| one.id == *raw.organisation.get_ref())
        });
        for role in [&raw.opens, &raw.reviews] {
            // Whoever comes in under a role is in one room.
            reader.once("role", role.get_ref(), role.span(), &mut used);
            role_fits(reader, role, roles, of);
        }
        all.push(CompartmentRule {
            id: reader.id(&raw.id, &mut ids),
            organisation: raw.organisation.into_inner(),
            opens: raw.opens.into_inner(),
            reviews: raw.reviews.into_inner(),
            keep_years: raw.keep_years.as_ref().map(|years| reader.number("keep_years", years, 1..101)),
            name: reader.name(&raw.name),
            source: reader.source(at, raw.source.as_ref()),
        });
    }
    Some(all)
}

/// A role that opens one is of an organisation of that kind, is given by two, and comes in by two factors.
fn role_fits(
    reader: &mut Reader<'_>,
    role: &Spanned<String>,
    roles: Option<&[RoleRule]>,
    of: Option<&OrganisationRule>,
) {
    let Some(roles) = roles else { return };
    let known: Vec<&str> = roles.iter().map(|role| role.id.as_str()).collect();
    reader.known("role", role, &known);
    let Some(rule) = roles.iter().find(|rule| rule.id == *role.get_ref()) else { return };
    let kind = rule.organisation.filter(|_| rule.kind == Kind::Organisation);
    if let Some(of) = of
        && kind != Some(of.kind)
    {
        let what = format!("role {:?} is not for an organisation of kind {:?}", rule.id, of.kind.code());
        reader.fault(role.span(), what, "name a role of that kind, or correct it in roles.toml");
    }
    if !rule.second_factor || !rule.four_eyes {
        let what = format!("role {:?} opens a sealed compartment too easily", rule.id);
        reader.fault(role.span(), what, "write second_factor = true and four_eyes = true in roles.toml");
    }
}
