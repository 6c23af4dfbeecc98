//! What the city's own administration does: packs come into force.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::Refusal;
use economy::Facts;
use pen::Stop;

use super::{note, organisations};
use crate::Reply;
use crate::memory::{CityMemory, CityTurn};
use crate::pack::Kept;

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
    let pack = Arc::new(parsed);
    city.use_pack(Arc::clone(&pack), no);
    organisations::begin(city, turn, &pack)?;
    Ok(note(turn, "pack", Facts::Pack { hash }))
}
