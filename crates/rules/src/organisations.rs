//! The organisations a city begins with; the windows of its neighbourhoods are derived, one each.

use base::Source;
use toml::Spanned;

use crate::Name;
use crate::read::{Ids, RawSource, Reader};

/// What an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    /// A department of the city.
    Department,
    /// The window of a neighbourhood.
    Window,
    /// An agency that works for or with the city.
    Agency,
    /// The Community Chest.
    CommunityChest,
    /// An association, with member firms.
    Association,
}

impl OrganisationKind {
    /// All of them.
    pub const ALL: [OrganisationKind; 5] = [
        OrganisationKind::Department,
        OrganisationKind::Window,
        OrganisationKind::Agency,
        OrganisationKind::CommunityChest,
        OrganisationKind::Association,
    ];

    /// The word for it.
    pub fn code(self) -> &'static str {
        match self {
            OrganisationKind::Department => "department",
            OrganisationKind::Window => "window",
            OrganisationKind::Agency => "agency",
            OrganisationKind::CommunityChest => "community-chest",
            OrganisationKind::Association => "association",
        }
    }
}

/// An organisation the city begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationRule {
    /// Unique in the pack.
    pub id: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: Name,
    /// The associations it is in, by their ids; each stands before it in the file.
    pub part_of: Vec<String>,
    /// Where the city says so.
    pub source: Source,
}

/// The organisations of a pack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organisations {
    /// What the window of a neighbourhood is called: the neighbourhood's own name, then this. `None`: there are none.
    pub window: Option<Name>,
    /// The others, as they stand in the file.
    pub all: Vec<OrganisationRule>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    window: Option<Spanned<Name>>,
    #[serde(default)]
    organisation: Vec<Spanned<RawOrganisation>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOrganisation {
    id: Spanned<String>,
    kind: Spanned<OrganisationKind>,
    name: Spanned<Name>,
    #[serde(default)]
    part_of: Vec<Spanned<String>>,
    source: Option<Spanned<RawSource>>,
}

/// Reads `organisations.toml`; `None` when its shape is at fault.
pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Organisations> {
    let file = reader.document::<RawFile>()?;
    let window = file.window.as_ref().map(|name| reader.name(name));
    let mut ids = Ids::default();
    let mut all: Vec<OrganisationRule> = Vec::new();
    for entry in file.organisation {
        let at = entry.span();
        let raw = entry.into_inner();
        let kind = *raw.kind.get_ref();
        if kind == OrganisationKind::Window {
            let fix = "leave it out: each neighbourhood has its window; `window` at the head names them";
            reader.fault(raw.kind.span(), "a window is not written down one by one", fix);
        }
        let known = all.iter().filter(|one| one.kind == OrganisationKind::Association);
        let known: Vec<&str> = known.map(|one| one.id.as_str()).collect();
        for of in &raw.part_of {
            reader.known("association", of, &known);
        }
        all.push(OrganisationRule {
            id: reader.id(&raw.id, &mut ids),
            kind,
            name: reader.name(&raw.name),
            part_of: raw.part_of.into_iter().map(Spanned::into_inner).collect(),
            source: reader.source(at, raw.source.as_ref()),
        });
    }
    let chests = all.iter().filter(|one| one.kind == OrganisationKind::CommunityChest).count();
    if chests > 1 {
        reader.fault(0..0, "two Community Chests", "write one: gifts have one collector");
    }
    Some(Organisations { window, all })
}
