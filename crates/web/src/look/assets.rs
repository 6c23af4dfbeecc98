//! The few static files, compiled in.

/// A static file.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its path below `/assets/`.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub content: &'static str,
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// Everything a page may load, all from this server.
pub const ASSETS: [Asset; 5] = [
    Asset { name: "app.css", media_type: CSS, content: include_str!("../../assets/app.css") },
    Asset { name: "app.js", media_type: JS, content: include_str!("../../assets/app.js") },
    Asset { name: "till.js", media_type: JS, content: include_str!("../../assets/till.js") },
    Asset { name: "passkey.js", media_type: JS, content: include_str!("../../assets/passkey.js") },
    Asset { name: "mark.svg", media_type: "image/svg+xml", content: include_str!("../../assets/mark.svg") },
];

/// The file of that name.
pub fn asset(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|a| a.name == name)
}
