//! The town builder.
