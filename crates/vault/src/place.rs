//! Where a sealed field stands. It is bound into the seal.

/// A field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The record's id.
    pub record: &'a str,
    /// The column.
    pub field: &'a str,
}

impl Place<'_> {
    /// Each part with its length before it, so that no two places read alike.
    pub(crate) fn bytes(&self, compartment: &str) -> Vec<u8> {
        let parts = [compartment, self.table, self.record, self.field];
        let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
        for part in parts {
            bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}
