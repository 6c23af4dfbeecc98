//! Memory made ready for what a job adds. The first touch of memory that the process never had costs its clearing, on a
//! virtual machine the host's as well: up to 10 ms for a huge page, and whoever touches it first waits. In the middle of
//! a job that would be the pen, with every till behind it. So the job's own thread touches memory first and gives it
//! back; the allocator keeps it (the binary tells it to) and hands it to the pen next. It does so bit by bit: where there are
//! few cores, the pen may be waiting for this one.

use std::hint::black_box;
use std::thread::sleep;
use std::time::Duration;

/// People between two times of making room.
pub const PEOPLE: u32 = 8_192;
/// Bytes touched each time: several times what so many people's accounts, rows and requests take, since not every hole
/// fits what comes.
const BYTES: usize = 48 << 20;
/// Bytes of one block: small enough to fit between what is in use.
const BLOCK: usize = 4 << 20;
/// Bytes of the smallest page there is.
const PAGE: usize = 4 << 10;

/// Between two blocks the core is anybody's.
const PAUSE: Duration = Duration::from_micros(200);

/// Touches memory and gives it back. What was touched before and isn't used yet costs next to nothing.
pub fn make() {
    let mut blocks: Vec<Vec<u8>> = Vec::with_capacity(BYTES / BLOCK);
    for _ in 0..BYTES / BLOCK {
        let mut block = Vec::with_capacity(BLOCK);
        for byte in block.spare_capacity_mut().iter_mut().step_by(PAGE) {
            byte.write(1);
        }
        blocks.push(block);
        sleep(PAUSE);
    }
    black_box(&blocks);
}
