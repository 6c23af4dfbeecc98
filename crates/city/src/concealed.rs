//! What is kept of a command's input, so that one key stands for one wish. What names people must not be guessed from it.

use people::naming::GENERAL;

use crate::Command;
use crate::memory::Keys;

fn text(input_hash: [u8; 16]) -> String {
    input_hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is kept of an input, from its hash.
pub(crate) fn conceal(keys: &Keys, command: &Command, input_hash: [u8; 16]) -> [u8; 16] {
    if !command.is_about_people() {
        return input_hash;
    }
    // A house without a key keeps nothing about people: such a command ends before it is recorded.
    keys.vault.index(GENERAL, "input", &text(input_hash)).map_or([0; 16], |index| index.0)
}

/// Whether this is what was kept of a command's input. While its key is changed, that may be under the older one.
pub(crate) fn is_same(keys: &Keys, command: &Command, kept: [u8; 16], concealed: [u8; 16]) -> bool {
    if kept == concealed || !command.is_about_people() {
        return kept == concealed;
    }
    let text = text(command.input_hash());
    let vaults = std::iter::once(&keys.vault).chain(&keys.dropped);
    let mut all = vaults.flat_map(|vault| vault.indexes(GENERAL, "input", &text).unwrap_or_default());
    all.any(|index| index.0 == kept)
}
