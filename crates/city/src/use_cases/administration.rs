//! What the city's own administration does: packs come into force, tokens are granted.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Client, Refusal};
use economy::Facts;
use pen::Stop;

use super::note;
use crate::memory::{CityMemory, CityTurn};
use crate::pack::Kept;
use crate::{Reply, tokens};

pub(super) fn activate(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    files: &BTreeMap<String, String>,
    scale: (i64, i64),
) -> Result<Reply, Stop> {
    let kept = Kept { files: files.clone(), scale };
    let parsed = kept.parse().map_err(|errors| {
        Refusal::new("pack.bad")
            .with("errors", base::Arg::Text(errors.iter().map(ToString::to_string).collect()))
    })?;
    let text = serde_json::to_string(&kept.files).map_err(|error| Stop::Broken(error.to_string()))?;
    let no = city.pack_no + 1;
    let hash = parsed.hash_hex();
    let values = vec![
        no.into(),
        parsed.hash.to_vec().into(),
        text.into(),
        scale.0.into(),
        scale.1.into(),
        turn.now.into(),
    ];
    turn.write(crate::store::INSERT_PACK, values);
    city.use_pack(Arc::new(parsed), no);
    Ok(note(turn, "pack", Facts::Pack { hash }))
}

pub(super) fn grant(
    turn: &mut CityTurn<'_>,
    hash: &[u8; 32],
    role: &str,
    subject: Option<&str>,
    name: &str,
) -> Result<Reply, Stop> {
    let known = tokens::role(role, subject).ok_or_else(|| Refusal::new("role.unknown"))?;
    let mut word = [0u8; 8];
    word.copy_from_slice(&hash[..8]);
    let client = Client(u64::from_le_bytes(word));
    turn.write(
        crate::store::INSERT_TOKEN,
        vec![
            hash.to_vec().into(),
            client.0.into(),
            known.name().into(),
            tokens::subject(known).into(),
            name.into(),
            turn.now.into(),
        ],
    );
    Ok(note(turn, "grant-token", Facts::Token { role: role.to_owned(), name: name.to_owned() }))
}
