//! The frame around every page.

use base::{Date, Won};
use jiff::civil::DateTime;

use super::kit::Alert;

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The visitor's choices, kept in cookies. Changed by links `GET /look?{lang=ko|en}&back=PATH`, and with
/// `large=1|0`, `contrast=1|0`, `theme=system|light|dark` in place of `lang`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Appearance {
    /// Large print.
    pub large: bool,
    /// High contrast.
    pub contrast: bool,
    /// Light or dark.
    pub theme: Theme,
}

impl Appearance {
    /// The value of `data-theme` on the root element.
    pub fn theme_name(self) -> &'static str {
        match self.theme {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

impl Appearance {
    /// True for the theme of that name.
    pub fn is_theme(self, name: &str) -> bool {
        self.theme_name() == name
    }
}

/// A link of the role's navigation.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// Its text key, such as `nav-wallet`.
    pub key: &'static str,
    /// Where it leads.
    pub href: String,
    /// The page shown now.
    pub current: bool,
    /// How many answers wait there to be read.
    pub news: usize,
}

/// Links of the role's navigation that stand together under one word.
#[derive(Debug, Clone)]
pub struct NavGroup {
    /// Text key of that word, such as `nav-group-deals`.
    pub key: &'static str,
    /// What is under it.
    pub items: Vec<NavItem>,
}

impl NavGroup {
    /// Whether the page shown now is one of them.
    pub fn is_here(&self) -> bool {
        self.items.iter().any(|item| item.current)
    }
}

/// Who is here.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The name to show: `김영숙`, `풍남분식`.
    pub name: String,
    /// Text key of the role: `role-citizen`, `role-merchant`, `role-till`, `role-clerk`, `role-officer`, `role-auditor`.
    pub role: &'static str,
    /// Their pages.
    pub nav: Vec<NavItem>,
    /// The pages they come to less often.
    pub more: Vec<NavGroup>,
}

/// The demo's bar. Posts to `/demo/clock` with `action=pause`, `action=run`, `action=speed` + `speed=N`, `action=jump` +
/// `day=YYYY-MM-DD`, or `action=stay` while it jumps; always `csrf` and `back`.
#[derive(Debug, Clone)]
pub struct DemoBar {
    /// The city's clock.
    pub now: DateTime,
    /// True when it stands still.
    pub paused: bool,
    /// City seconds in a real second.
    pub speed: u32,
    /// Speeds on offer.
    pub speeds: Vec<u32>,
    /// How lively the town is; `None` without townsfolk.
    pub pace: Option<city::build::Now>,
    /// While the town is taken through the days of a jump.
    pub leap: Option<LeapBar>,
    /// Days to jump to, with the text key of what happens then (`jump-new-month`, …).
    pub jumps: Vec<(Date, &'static str)>,
}

impl DemoBar {
    /// True for the speed that is on.
    pub fn runs_at(&self, speed: &u32) -> bool {
        self.speed == *speed
    }

    /// What is said of how often people pay, beside how fast the clock runs.
    pub fn pace_key(&self, pace: &city::build::Now) -> &'static str {
        match pace.times.cmp(&u64::from(self.speed)) {
            std::cmp::Ordering::Equal => "demo-pace-life",
            std::cmp::Ordering::Greater => "demo-pace-lively",
            std::cmp::Ordering::Less => "demo-pace-bound",
        }
    }
}

/// How far a jump is. The page asks `/demo/jump` again and again, whose JSON has `done` (0 to 100), `clock` and `over`.
#[derive(Debug, Clone, Copy)]
pub struct LeapBar {
    /// The day it goes to.
    pub to: Date,
    /// Parts of a hundred.
    pub done: u8,
}

/// A notice on every page.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The sentence.
    pub text: String,
}

/// One step of the five-minute tour, shown above the real page. Posts to `/tour` with `action=next|back|stop`
/// and `csrf`; starts by a post to `/tour` with `action=start`; `action=top-up` and `request_key` put money on the card
/// of a citizen who has too little for it.
#[derive(Debug, Clone)]
pub struct TourStep {
    /// 1 to 5; the texts are `tour-N-title`, `tour-N-text`, `tour-N-do`.
    pub number: u8,
    /// The visitor has done what the step asks: "next" becomes the primary button.
    pub done: bool,
    /// Step 1, when the citizen has too little to pay with.
    pub short: Option<TourShort>,
}

/// Too little for the tour's payment.
#[derive(Debug, Clone)]
pub struct TourShort {
    /// What is left.
    pub left: Won,
    /// What can be put on.
    pub top_up: Won,
    /// The key of putting it on.
    pub request_key: String,
}

impl TourStep {
    /// How many there are.
    pub const ALL: u8 = 5;

    /// The key of one of the step's texts.
    pub fn key(&self, part: &str) -> String {
        format!("tour-{}-{part}", self.number)
    }

    /// 1 to 5.
    pub fn numbers(&self) -> [u8; 5] {
        [1, 2, 3, 4, 5]
    }

    /// True at the end.
    pub fn is_last(&self) -> bool {
        self.number >= Self::ALL
    }
}

/// What the frame needs. Everything that names the city comes in here.
#[derive(Debug, Clone)]
pub struct Page {
    /// The city in the reader's language: `한빛시`, `Hanbit`.
    pub city: String,
    /// The card's name: `한빛카드`, `Hanbit Card`.
    pub card: String,
    /// The help line as it is dialled: `063-281-0000`.
    pub phone: String,
    /// Path and query of this page, to come back to.
    pub path: String,
    /// The token that forms carry.
    pub csrf: String,
    /// The visitor's choices.
    pub look: Appearance,
    /// Who is here, if anyone.
    pub visitor: Option<Visitor>,
    /// In the demo.
    pub demo: Option<DemoBar>,
    /// `32` in a city of 1/32 its size: every page then says so.
    pub scale: Option<u32>,
    /// The tour's step, when on tour.
    pub tour: Option<TourStep>,
    /// What the last post did, or why it was refused.
    pub alert: Option<Alert>,
    /// A notice for everybody.
    pub notice: Option<Notice>,
}

/// A text as a value in an address's query.
pub(crate) fn in_query(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

impl Page {
    /// The path, escaped for use in a query.
    pub fn back(&self) -> String {
        in_query(&self.path)
    }

    /// The phone number for a `tel:` link.
    pub fn tel(&self) -> String {
        self.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}
