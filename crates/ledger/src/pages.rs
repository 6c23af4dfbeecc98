//! A long list in pages. A `Vec` of millions moves as a whole whenever it has outgrown its room, and every payment of
//! that moment waits for it; here nothing that is in the list ever moves.

use std::ops::{Index, IndexMut};

const BITS: u32 = 14;
/// Things in one page.
const PAGE: usize = 1 << BITS;

#[derive(Debug, Clone)]
pub(crate) struct Pages<T> {
    /// All full but the last; none is empty.
    pages: Vec<Vec<T>>,
}

impl<T> Default for Pages<T> {
    fn default() -> Pages<T> {
        Pages { pages: Vec::new() }
    }
}

fn place(index: usize) -> (usize, usize) {
    (index >> BITS, index & (PAGE - 1))
}

impl<T> Pages<T> {
    pub fn len(&self) -> usize {
        self.pages.last().map_or(0, |last| (self.pages.len() - 1) * PAGE + last.len())
    }

    pub fn push(&mut self, thing: T) {
        match self.pages.last_mut() {
            Some(last) if last.len() < PAGE => last.push(thing),
            _ => {
                let mut page = Vec::with_capacity(PAGE);
                page.push(thing);
                self.pages.push(page);
            }
        }
    }

    pub fn pop(&mut self) -> Option<T> {
        let last = self.pages.last_mut()?;
        let thing = last.pop();
        if last.is_empty() {
            self.pages.pop();
        }
        thing
    }

    pub fn get(&self, index: usize) -> Option<&T> {
        let (page, at) = place(index);
        self.pages.get(page)?.get(at)
    }

    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        let (page, at) = place(index);
        self.pages.get_mut(page)?.get_mut(at)
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flatten()
    }

    /// What stands at `first` and behind it.
    pub fn from(&self, first: usize) -> impl Iterator<Item = &T> {
        let (page, at) = place(first);
        let mut pages = self.pages.get(page..).unwrap_or_default().iter();
        let begun = pages.next().and_then(|page| page.get(at..)).unwrap_or_default();
        begun.iter().chain(pages.flatten())
    }
}

impl<T> Index<usize> for Pages<T> {
    type Output = T;

    fn index(&self, index: usize) -> &T {
        let (page, at) = place(index);
        &self.pages[page][at]
    }
}

impl<T> IndexMut<usize> for Pages<T> {
    fn index_mut(&mut self, index: usize) -> &mut T {
        let (page, at) = place(index);
        &mut self.pages[page][at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_list() {
        let mut list = Pages::default();
        let count = 2 * PAGE + 3;
        for no in 0..count {
            assert_eq!(list.len(), no);
            list.push(no);
        }
        list[PAGE] += 1;
        list[PAGE] -= 1;
        assert!(list.iter().copied().eq(0..count));
        for first in [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, count - 1, count, 3 * PAGE, 9 * PAGE] {
            assert!(list.from(first).copied().eq(first..count), "{first}");
        }
        assert_eq!((list.get(count - 1), list.get(count)), (Some(&(count - 1)), None));
        assert_eq!(list.get_mut(3 * PAGE), None);
        for no in (0..count).rev() {
            assert_eq!(list.pop(), Some(no));
            assert_eq!(list.len(), no);
        }
        assert_eq!((list.pop(), list.get(0)), (None, None));
    }
}
