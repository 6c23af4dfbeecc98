//! Tiles: how the tree is cut into pieces that never change, and what each is called (C2SP tlog-tiles).

use std::fmt;

/// Hashes in a full tile.
pub const WIDTH: u64 = 256;
/// Levels a tree of 2^64 leaves can have.
const LEVELS: u8 = 8;

/// A piece of the tree: consecutive hashes of one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tile {
    /// 0 for leaves; each level above has one hash for 256 of the one below. `None`: the entries themselves.
    pub level: Option<u8>,
    /// Its place in the level.
    pub index: u64,
    /// Hashes in it: 256, or fewer in the last of its level.
    pub width: u16,
}

/// This is no tile's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no tile is called this")]
pub struct BadPath;

impl Tile {
    /// From what follows `tile/`: `<L>/<N>[.p/<W>]` or `entries/<N>[.p/<W>]`.
    pub fn parse(path: &str) -> Result<Tile, BadPath> {
        let (level, rest) = path.split_once('/').ok_or(BadPath)?;
        let level = match level {
            "entries" => None,
            level => Some(u8::try_from(number(level)?).ok().filter(|level| *level < 64).ok_or(BadPath)?),
        };
        let (index, width) = match rest.split_once(".p/") {
            None => (rest, 256),
            Some((index, width)) => {
                let width = u16::try_from(number(width)?).map_err(|_| BadPath)?;
                (index, Some(width).filter(|width| (1..256).contains(width)).ok_or(BadPath)?)
            }
        };
        Ok(Tile { level, index: parse_index(index)?, width })
    }

    /// How many hashes this tile has in a tree of so many leaves; 0 when it isn't in it.
    pub fn width_in(&self, size: u64) -> u64 {
        let level = self.level.unwrap_or(0);
        if level >= LEVELS {
            return 0;
        }
        let all = size >> (8 * u32::from(level));
        all.saturating_sub(self.index.saturating_mul(WIDTH)).min(WIDTH)
    }

    /// The first of its hashes, by its number in the level.
    pub fn start(&self) -> Option<u64> {
        self.index.checked_mul(WIDTH)
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Some(level) => write!(f, "tile/{level}/")?,
            None => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.index % 1_000];
        let mut rest = self.index / 1_000;
        while rest > 0 {
            groups.push(rest % 1_000);
            rest /= 1_000;
        }
        for group in groups.iter().skip(1).rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", groups[0])?;
        if u64::from(self.width) < WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// A decimal number in its one form.
fn number(text: &str) -> Result<u64, BadPath> {
    let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    if !plain || (text.len() > 1 && text.starts_with('0')) {
        return Err(BadPath);
    }
    text.parse().map_err(|_| BadPath)
}

/// `x001/x234/067`.
fn parse_index(text: &str) -> Result<u64, BadPath> {
    let groups: Vec<&str> = text.split('/').collect();
    let last = groups.len() - 1;
    let mut index: u64 = 0;
    for (at, group) in groups.iter().enumerate() {
        let digits = if at < last { group.strip_prefix('x').ok_or(BadPath)? } else { group };
        let good = digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit());
        // The number has one form: no group of zeros in front.
        if !good || (at == 0 && last > 0 && digits == "000") {
            return Err(BadPath);
        }
        let group = digits.parse::<u64>().map_err(|_| BadPath)?;
        index = index.checked_mul(1_000).and_then(|index| index.checked_add(group)).ok_or(BadPath)?;
    }
    Ok(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_form() {
        for (path, level, index, width) in [
            ("0/000", Some(0), 0, 256),
            ("0/273.p/112", Some(0), 273, 112),
            ("2/000.p/1", Some(2), 0, 1),
            ("0/x001/x234/067", Some(0), 1_234_067, 256),
            ("entries/x001/000.p/255", None, 1_000, 255),
        ] {
            let tile = Tile { level, index, width };
            assert_eq!(Tile::parse(path), Ok(tile), "{path}");
            assert_eq!(tile.to_string(), format!("tile/{path}"));
        }
        for path in [
            "",
            "0",
            "0/",
            "0/0",
            "0/00",
            "0/0000",
            "0/001.p/0",
            "0/001.p/256",
            "0/001.p/01",
            "64/000",
            "00/000",
            "0/x000/001",
            "0/001/002",
            "0/x001",
            "0/x001/x002",
            "0/-01",
            "0/+01",
            "8/0/000",
            "entries",
            "a/000",
            "0/x999/x999/x999/x999/x999/x999/999",
            "0/000.p/",
            "0/０００",
            "0/x01/000",
        ] {
            assert_eq!(Tile::parse(path), Err(BadPath), "{path}");
        }
    }

    #[test]
    fn seventy_thousand_leaves_are_these_tiles() {
        // The specification's own example.
        let width = |level, index| Tile { level: Some(level), index, width: 256 }.width_in(70_000);
        assert_eq!((width(0, 272), width(0, 273), width(0, 274)), (256, 112, 0));
        assert_eq!((width(1, 0), width(1, 1), width(1, 2)), (256, 17, 0));
        assert_eq!((width(2, 0), width(2, 1), width(9, 0)), (1, 0, 0));
    }
}
