//! The allocator, and what it does with memory that nobody uses just now: it keeps it. By default mimalloc gives it back
//! to the system a second later, on whichever thread comes along, so that the pen may first have to give it back and
//! then be given it anew, for milliseconds each. What a city once needed it needs again.
#![expect(unsafe_code, reason = "mimalloc's options are a C interface: there is no other way to them")]

use libmimalloc_sys::{mi_option_set, mi_option_t};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// `mi_option_purge_delay`: milliseconds after which free memory is given back, or −1 for never. The bindings don't
/// name it; the test below sees that it stands where it stood.
const PURGE_DELAY: mi_option_t = 15;

/// Keeps free memory. Called once, before there is much of it.
pub fn keep() {
    // SAFETY: the option is one of the library's, which writes a number into its own table.
    unsafe { mi_option_set(PURGE_DELAY, -1) }
}

#[cfg(test)]
mod tests {
    use libmimalloc_sys::{mi_option_get, mi_version};

    use super::{PURGE_DELAY, keep};

    #[test]
    fn the_option_is_the_delay_of_a_purge() {
        // SAFETY: both only read the library's own numbers.
        let (version, delay) = unsafe { (mi_version(), mi_option_get(PURGE_DELAY)) };
        assert_eq!((version / 10_000, delay), (3, 1_000), "another library: look its options up");
        keep();
        // SAFETY: as above.
        assert_eq!(unsafe { mi_option_get(PURGE_DELAY) }, -1);
    }
}
