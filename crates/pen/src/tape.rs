//! Randomness that can be drawn again.

use std::collections::VecDeque;

use base::Entropy;

/// A group that has to be carried out anew draws what it drew before. So the journal doesn't show how often that
/// happened, nor how its commands were grouped.
pub(crate) struct Tape {
    source: Box<dyn Entropy>,
    drawn: Vec<u64>,
    again: VecDeque<u64>,
}

impl Tape {
    pub(crate) fn new(source: Box<dyn Entropy>) -> Tape {
        Tape { source, drawn: Vec::new(), again: VecDeque::new() }
    }

    /// What was drawn since the last [`Tape::forget`] is drawn again.
    pub(crate) fn rewind(&mut self) {
        for word in self.drawn.drain(..).rev() {
            self.again.push_front(word);
        }
    }

    /// What was drawn is final.
    pub(crate) fn forget(&mut self) {
        self.drawn.clear();
    }
}

impl Entropy for Tape {
    fn next_u64(&mut self) -> u64 {
        let word = self.again.pop_front().unwrap_or_else(|| self.source.next_u64());
        self.drawn.push(word);
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Seeded;

    #[test]
    fn what_was_taken_back_is_drawn_again() {
        let mut plain = Seeded::new(5);
        let wanted: Vec<u64> = (0..6).map(|_| plain.next_u64()).collect();
        let mut tape = Tape::new(Box::new(Seeded::new(5)));
        let draw = |tape: &mut Tape, count: usize| (0..count).map(|_| tape.next_u64()).collect::<Vec<_>>();
        draw(&mut tape, 4);
        tape.rewind();
        assert_eq!(draw(&mut tape, 1), wanted[..1]);
        tape.forget();
        draw(&mut tape, 2);
        tape.rewind();
        assert_eq!(draw(&mut tape, 5), wanted[1..]);
    }
}
