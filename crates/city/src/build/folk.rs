//! The people of the script: who they are, which card they use, and what they are known to have.

use base::{CardId, PersonId, Seeded};
use economy::{Card, CardKind, CardState};

use super::draw::one;
use super::market::Stall;
use crate::{Directory, Holder};

/// These many come first and are the personas': nobody draws them.
pub(super) const PERSONAS: u32 = 3;

/// A person as the script knows them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body {
    pub id: PersonId,
    pub card: CardId,
    /// Won they have at least. What they are granted is added when it is heard of, so it is never too much.
    pub has: i64,
    pub plastic: bool,
    /// Their card doesn't pay now.
    pub idle: bool,
}

/// All of them, in the order they came.
pub(super) struct Folk {
    bodies: Vec<Body>,
    by_district: Vec<Vec<u32>>,
}

impl Folk {
    /// From the city's own lists: each person's first card stands at their place.
    pub(super) fn new(holders: &[Holder], cards: &[Card]) -> Folk {
        let mut folk = Folk { bodies: Vec::with_capacity(holders.len()), by_district: Vec::new() };
        for (holder, card) in holders.iter().zip(cards) {
            let plastic = card.kind == CardKind::Plastic;
            let body = Body { id: holder.person.id, card: card.id, has: 0, plastic, idle: false };
            folk.settle(body, holder.person.district);
        }
        folk
    }

    fn settle(&mut self, body: Body, district: Option<u8>) {
        let at = u32::try_from(self.bodies.len()).unwrap_or(u32::MAX);
        if let Some(district) = district.map(usize::from).filter(|_| at >= PERSONAS) {
            if self.by_district.len() <= district {
                self.by_district.resize_with(district + 1, Vec::new);
            }
            self.by_district[district].push(at);
        }
        self.bodies.push(body);
    }

    /// The people of a town that lives, each with a card that pays now. What they have is in the books.
    pub(super) fn living(directory: &Directory) -> Folk {
        let mut folk = Folk::new(&[], &[]);
        for holder in directory.holders() {
            let body = Body { id: holder.person.id, card: CardId(0), has: 0, plastic: false, idle: true };
            folk.settle(body, holder.person.district);
        }
        for card in directory.cards().iter().filter(|card| card.state == CardState::Active) {
            let place = directory.person_at(card.person).and_then(|at| folk.body_mut(at));
            if let Some(body) = place.filter(|body| body.idle) {
                *body = Body { card: card.id, plastic: card.kind == CardKind::Plastic, idle: false, ..*body };
            }
        }
        folk
    }

    pub(super) fn body(&self, at: u32) -> Option<&Body> {
        self.bodies.get(at as usize)
    }

    pub(super) fn body_mut(&mut self, at: u32) -> Option<&mut Body> {
        self.bodies.get_mut(at as usize)
    }

    /// Anyone whose card pays.
    pub(super) fn anyone(&self, entropy: &mut Seeded) -> Option<u32> {
        self.tried(entropy, |folk, entropy| folk.often(entropy, None), |_| true)
    }

    /// Who pays this at this shop: as often as not a neighbour, not its owner, and not with plastic above the sum
    /// that needs the PIN.
    pub(super) fn payer(
        &self,
        stall: &Stall,
        amount: i64,
        pin_above: i64,
        entropy: &mut Seeded,
    ) -> Option<u32> {
        let near = self.by_district.get(usize::from(stall.district)).filter(|list| !list.is_empty());
        self.tried(
            entropy,
            |folk, entropy| {
                let list = near.filter(|_| base::Entropy::below(entropy, 2) == 0);
                folk.often(entropy, list.map(Vec::as_slice))
            },
            |body| Some(body.id) != stall.owner && !(body.plastic && amount > pin_above),
        )
    }

    fn tried(
        &self,
        entropy: &mut Seeded,
        draw: impl Fn(&Folk, &mut Seeded) -> Option<u32>,
        good: impl Fn(&Body) -> bool,
    ) -> Option<u32> {
        (0..16).find_map(|_| {
            let at = draw(self, entropy)?;
            self.body(at).filter(|body| !body.idle && good(body)).map(|_| at)
        })
    }

    /// Three tenths of the people make six tenths of the payments, two tenths hardly any. Lists are in the order of
    /// coming, which says nothing else about anyone.
    fn often(&self, entropy: &mut Seeded, list: Option<&[u32]>) -> Option<u32> {
        let (first, all) = match list {
            Some(list) => (0, list.len() as u64),
            None => (u64::from(PERSONAS), (self.bodies.len() as u64).saturating_sub(u64::from(PERSONAS))),
        };
        let (start, end) = match base::Entropy::below(entropy, 100) {
            0..60 => (0, (all * 3 / 10).max(1)),
            60..93 => (all * 3 / 10, all * 8 / 10),
            _ => (all * 8 / 10, all),
        };
        if end <= start {
            return None;
        }
        let place = start + base::Entropy::below(entropy, end - start);
        match list {
            Some(list) => list.get(usize::try_from(place).ok()?).copied(),
            None => u32::try_from(first + place).ok().filter(|at| (*at as usize) < self.bodies.len()),
        }
    }
}

/// What people put on, in won.
pub(super) fn usual_top_up(entropy: &mut Seeded) -> i64 {
    const USUAL: [i64; 10] =
        [30_000, 30_000, 50_000, 50_000, 50_000, 50_000, 100_000, 100_000, 100_000, 200_000];
    one(entropy, &USUAL).copied().unwrap_or(50_000)
}
