//! Charts, worked out to whole units so that templates only write them down.

use base::{Date, Won};

/// One neighbourhood on the tile map.
#[derive(Debug, Clone)]
pub struct Tile {
    /// Its code, for live updates.
    pub code: String,
    /// Its full name. A soft hyphen (U+00AD) says where a long one may break.
    pub name: String,
    /// The short name on the tile, if shorter than the full one (`중화산1`).
    pub short: String,
    /// Column, from 0.
    pub col: u16,
    /// Row, from 0.
    pub row: u16,
    /// What is counted: payments today.
    pub value: i64,
    /// Giving shops there: with any, the tile carries their mark.
    pub gives: usize,
}

impl Tile {
    /// The full name without its soft hyphens.
    pub fn plain_name(&self) -> String {
        self.name.replace('\u{ad}', "")
    }
}

/// A tile with its place worked out.
#[derive(Debug, Clone)]
pub struct DrawnTile {
    /// Code, for live updates.
    pub code: String,
    /// Full name.
    pub name: String,
    /// One or two lines.
    pub lines: Vec<String>,
    /// Left edge.
    pub x: u32,
    /// Top edge.
    pub y: u32,
    /// Middle.
    pub mid: u32,
    /// Baselines of first line, second line and value.
    pub base: (u32, u32, u32),
    /// The value.
    pub value: i64,
    /// 0 to 4: how strong its colour is.
    pub level: u8,
    /// Giving shops there.
    pub gives: usize,
}

/// The widest line a tile takes in large letters (14 units), and in small ones (11), in tenths of the letter size.
const ROOM: usize = 37;
const ROOM_SMALL: usize = 47;

impl DrawnTile {
    /// One line that only fits small. Latin names are all small, so that they look alike.
    pub fn is_long(&self) -> bool {
        self.lines
            .iter()
            .any(|line| tenths(line) > ROOM || line.starts_with(|c: char| c.is_ascii_alphabetic()))
    }
}

/// About how wide a text is, in tenths of its letter size.
fn tenths(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            '\u{ad}' => 0,
            'i' | 'j' | 'l' | 't' | 'f' | 'r' | ' ' | '-' => 4,
            'm' | 'w' => 9,
            c if c.is_ascii_uppercase() => 7,
            c if c.is_ascii() => 6,
            _ => 10,
        })
        .sum()
}

/// The city's neighbourhoods as tiles that keep their neighbours.
#[derive(Debug, Clone)]
pub struct TileMap {
    /// The neighbourhoods.
    pub tiles: Vec<Tile>,
}

const TILE: u32 = 60;
const GAP: u32 = 4;

impl TileMap {
    /// Width of the drawing.
    pub fn width(&self) -> u32 {
        (self.tiles.iter().map(|t| u32::from(t.col)).max().unwrap_or(0) + 1) * TILE - GAP
    }

    /// Height of the drawing.
    pub fn height(&self) -> u32 {
        (self.tiles.iter().map(|t| u32::from(t.row)).max().unwrap_or(0) + 1) * TILE - GAP
    }

    /// Side of a tile.
    pub fn side(&self) -> u32 {
        TILE - GAP
    }

    /// The neighbourhood with the most.
    pub fn top(&self) -> Option<&Tile> {
        self.tiles.iter().max_by_key(|t| t.value).filter(|t| t.value > 0)
    }

    /// The neighbourhoods, most first, for the table.
    pub fn ranked(&self) -> Vec<&Tile> {
        let mut tiles: Vec<&Tile> = self.tiles.iter().collect();
        tiles.sort_by(|a, b| b.value.cmp(&a.value).then_with(|| a.code.cmp(&b.code)));
        tiles
    }

    /// Whether any neighbourhood has a giving shop.
    pub fn gives(&self) -> bool {
        self.tiles.iter().any(|tile| tile.gives > 0)
    }

    /// The tiles, placed.
    pub fn drawn(&self) -> Vec<DrawnTile> {
        let most = self.tiles.iter().map(|t| t.value).max().unwrap_or(0).max(1);
        self.tiles
            .iter()
            .map(|tile| {
                let (x, y) = (u32::from(tile.col) * TILE, u32::from(tile.row) * TILE);
                let lines = label_lines(&tile.short);
                let base = if lines.len() > 1 { (y + 17, y + 29, y + 48) } else { (y + 22, y + 22, y + 44) };
                DrawnTile {
                    code: tile.code.clone(),
                    name: tile.plain_name(),
                    lines,
                    x,
                    y,
                    mid: x + (TILE - GAP) / 2,
                    base,
                    value: tile.value,
                    level: level(tile.value, most),
                    gives: tile.gives,
                }
            })
            .collect()
    }
}

/// 0 for nothing, then four equal steps up to the most.
pub fn level(value: i64, most: i64) -> u8 {
    if value <= 0 {
        return 0;
    }
    u8::try_from((value.saturating_mul(4) + most - 1) / most).unwrap_or(4).clamp(1, 4)
}

/// Up to two lines when the name is too long for one: at the soft hyphen, at a space, or in the middle.
fn label_lines(name: &str) -> Vec<String> {
    let plain = name.replace('\u{ad}', "");
    if tenths(name) <= ROOM_SMALL {
        return vec![plain];
    }
    if let Some((first, second)) = name.split_once('\u{ad}') {
        return vec![format!("{first}-"), second.to_owned()];
    }
    if let Some((first, second)) = name.rsplit_once(' ') {
        return vec![first.to_owned(), second.to_owned()];
    }
    let middle = plain.chars().count().div_ceil(2);
    let first: String = plain.chars().take(middle).collect();
    let second: String = plain.chars().skip(middle).collect();
    vec![if plain.is_ascii() { format!("{first}-") } else { first }, second]
}

/// A bar.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What it stands for: `12` (an hour), a trade.
    pub label: String,
    /// How much.
    pub value: i64,
    /// The one the sentence speaks of, or now.
    pub marked: bool,
}

/// Upright bars from zero, as by hour.
#[derive(Debug, Clone)]
pub struct BarChart {
    /// What it shows, as a sentence; stands above.
    pub sentence: String,
    /// Heading of the first column in the table.
    pub label_heading: String,
    /// Heading of the second.
    pub value_heading: String,
    /// The bars, left to right.
    pub bars: Vec<Bar>,
    /// Values are won (else counts).
    pub in_won: bool,
}

/// A bar with its place.
#[derive(Debug, Clone)]
pub struct DrawnBar {
    /// Label below; empty where it would crowd.
    pub label: String,
    /// Value.
    pub value: i64,
    /// Left, top, width, height.
    pub area: (u32, u32, u32, u32),
    /// Middle.
    pub mid: u32,
    /// Label the value directly (the marked ones).
    pub marked: bool,
}

impl BarChart {
    /// Width of the drawing.
    pub const WIDTH: u32 = 360;
    /// Height of the drawing, labels included.
    pub const HEIGHT: u32 = 176;
    const TOP: u32 = 28;
    const FLOOR: u32 = 152;

    /// Width of the drawing.
    pub fn width(&self) -> u32 {
        Self::WIDTH
    }

    /// Height of the drawing.
    pub fn height(&self) -> u32 {
        Self::HEIGHT
    }

    /// The zero line.
    pub fn floor(&self) -> u32 {
        Self::FLOOR
    }

    /// Baseline of the labels.
    pub fn label_line(&self) -> u32 {
        Self::FLOOR + 18
    }

    /// Nothing to show yet.
    pub fn is_empty(&self) -> bool {
        self.bars.iter().all(|b| b.value <= 0)
    }

    /// The bars, placed. With more than 12 of them every third is labelled.
    pub fn drawn(&self) -> Vec<DrawnBar> {
        let count = u32::try_from(self.bars.len()).unwrap_or(1).max(1);
        let most = self.bars.iter().map(|b| b.value).max().unwrap_or(0).max(1);
        let step = Self::WIDTH / count;
        let every = if count > 12 { 3 } else { 1 };
        let room = i64::from(Self::FLOOR - Self::TOP);
        self.bars
            .iter()
            .zip(0u32..)
            .map(|(bar, index)| {
                let height = bar.value.max(0).saturating_mul(room) / most;
                let height = u32::try_from(height).unwrap_or(0).max(u32::from(bar.value > 0));
                let x = index * step;
                DrawnBar {
                    label: if index.is_multiple_of(every) { bar.label.clone() } else { String::new() },
                    value: bar.value,
                    area: (x + step / 8, Self::FLOOR - height, step - step / 4, height),
                    mid: x + step / 2,
                    marked: bar.marked,
                }
            })
            .collect()
    }
}

/// A budget as a bar.
#[derive(Debug, Clone)]
pub struct Budget {
    /// The whole.
    pub total: Won,
    /// Given out so far.
    pub used: Won,
    /// The day it runs out at this pace; `None` if it lasts.
    pub runs_out: Option<Date>,
    /// The day it is meant to last to.
    pub until: Date,
    /// Nothing is given of it just now, or was lately: there is no pace to say more by.
    pub rests: bool,
    /// There is one for today, whose sum nobody has voted yet.
    pub unvoted: bool,
}

impl Budget {
    /// None at all, of a day that nothing is voted for.
    pub fn none(today: Date) -> Budget {
        Budget {
            total: Won::ZERO,
            used: Won::ZERO,
            runs_out: None,
            until: today,
            rests: false,
            unvoted: false,
        }
    }

    /// Given out, of 1,000.
    pub fn thousandths(&self) -> u32 {
        if self.total.0 <= 0 {
            return 0;
        }
        let share = self.used.0.max(0).min(self.total.0).saturating_mul(1_000) / self.total.0;
        u32::try_from(share).unwrap_or(1_000)
    }

    /// Given out, in whole percent.
    pub fn percent(&self) -> u32 {
        self.thousandths() / 10
    }

    /// What is left.
    pub fn left(&self) -> Won {
        Won(self.total.0.saturating_sub(self.used.0).max(0))
    }

    /// Nothing is left.
    pub fn is_gone(&self) -> bool {
        self.left() == Won::ZERO
    }
}

/// A point of the budget's burn.
#[derive(Debug, Clone)]
pub struct BurnPoint {
    /// The day.
    pub day: Date,
    /// What was left at its end.
    pub left: Won,
}

/// How a budget went down, and will.
#[derive(Debug, Clone)]
pub struct Burn {
    /// The whole.
    pub total: Won,
    /// Days so far, in order.
    pub points: Vec<BurnPoint>,
    /// The first day of the chart.
    pub from: Date,
    /// The last day of the chart.
    pub until: Date,
    /// The day it runs out at this pace.
    pub runs_out: Option<Date>,
    /// That pace: so much a day.
    pub daily: Won,
    /// What went otherwise than as cashback at payments: the line begins lower by it.
    pub beside: Won,
}

impl Burn {
    const WIDTH: i64 = 400;
    const TOP: i64 = 20;
    const FLOOR: i64 = 176;

    fn x(&self, day: Date) -> i64 {
        let days = i64::from((self.until - self.from).get_days()).max(1);
        (i64::from((day - self.from).get_days()) * Self::WIDTH / days).clamp(0, Self::WIDTH)
    }

    fn y(&self, left: Won) -> i64 {
        let total = self.total.0.max(1);
        let share =
            i128::from(left.0.clamp(0, total)) * i128::from(Self::FLOOR - Self::TOP) / i128::from(total);
        Self::FLOOR - i64::try_from(share).unwrap_or(0)
    }

    /// The line so far, as `x,y x,y …`.
    pub fn line(&self) -> String {
        let points: Vec<String> =
            self.points.iter().map(|p| format!("{},{}", self.x(p.day), self.y(p.left))).collect();
        points.join(" ")
    }

    /// The way on at this pace: from the last point to the day it runs out, or to what is left at the end.
    pub fn ahead(&self) -> Option<(i64, i64, i64, i64)> {
        let last = self.points.last()?;
        let (x, y) = (self.x(last.day), self.y(last.left));
        if let Some(end) = self.runs_out {
            return Some((x, y, self.x(end), Self::FLOOR));
        }
        let days = i64::from((self.until - last.day).get_days()).max(0);
        let left = Won(last.left.0.saturating_sub(self.daily.0.saturating_mul(days)));
        (days > 0).then(|| (x, y, Self::WIDTH, self.y(left)))
    }

    /// Where the end's label stands: under it, but inside the drawing and clear of the first label.
    pub fn end_label(&self) -> i64 {
        self.runs_out.map_or(Self::WIDTH, |day| self.x(day).max(Self::WIDTH * 2 / 5))
    }

    /// Whether the last day's label fits beside it.
    pub fn has_room(&self) -> bool {
        self.end_label() <= Self::WIDTH * 6 / 10
    }

    /// How that label is anchored.
    pub fn end_anchor(&self) -> &'static str {
        if self.end_label() > Self::WIDTH * 3 / 4 { "end" } else { "middle" }
    }

    /// Today's point.
    pub fn now(&self) -> Option<(i64, i64)> {
        self.points.last().map(|p| (self.x(p.day), self.y(p.left)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    #[test]
    fn levels_are_readable_steps() {
        for (value, want) in [(0, 0), (1, 1), (25, 1), (26, 2), (75, 3), (76, 4), (100, 4)] {
            assert_eq!(level(value, 100), want, "{value}");
        }
    }

    #[test]
    fn long_names_break_where_they_may() {
        assert_eq!(label_lines("중앙"), ["중앙"]);
        assert_eq!(label_lines("Junghwa\u{ad}san1"), ["Junghwa-", "san1"]);
        assert_eq!(label_lines("Seo\u{ad}sin"), ["Seosin"]);
        assert_eq!(label_lines("Haeoreum"), ["Haeo-", "reum"]);
        assert_eq!(label_lines("중화산1"), ["중화산1"]);
    }

    #[test]
    fn bars_start_at_zero_and_fit() {
        let bars = (0..24).map(|h| Bar { label: h.to_string(), value: h, marked: false }).collect();
        let chart = BarChart {
            sentence: String::new(),
            label_heading: String::new(),
            value_heading: String::new(),
            bars,
            in_won: false,
        };
        for bar in chart.drawn() {
            assert_eq!(bar.area.1 + bar.area.3, chart.floor());
            assert!(bar.area.0 + bar.area.2 <= chart.width());
        }
    }

    #[test]
    fn a_budget_says_how_much_is_gone() {
        let mut budget = Budget { total: Won(1_000), used: Won(573), ..Budget::none(date(2021, 3, 31)) };
        assert_eq!((budget.percent(), budget.left()), (57, Won(427)));
        budget.used = Won(1_000);
        assert!(budget.is_gone());
        budget.total = Won::ZERO;
        assert_eq!(budget.percent(), 0);
    }
}
