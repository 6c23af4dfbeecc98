//! A disk that misbehaves, below SQLite: it can lose what was not synced when the power goes, fail a sync, be full,
//! or fail a write. A VFS that passes everything on to the default one and keeps, beside each file, what a disk
//! would really have of it.
#![expect(unsafe_code, reason = "SQLite's file layer is a C interface: there is no other way below it")]
#![expect(clippy::unwrap_used, reason = "test support: a failure here is a failed test")]
#![allow(dead_code, reason = "each test file uses its own part of it")]

use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fs;
use std::mem::size_of;
use std::path::Path;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::{Entropy, Seeded};
use rusqlite::ffi;
use store::Target;

/// Which files a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Any,
    Wal,
    Database,
}

impl Which {
    fn strikes(self, path: &str) -> bool {
        match self {
            Which::Any => true,
            Which::Wal => path.ends_with("-wal"),
            Which::Database => !path.ends_with("-wal") && !path.ends_with("-journal"),
        }
    }
}

/// A disk with SQLite files on it.
#[derive(Clone)]
pub struct Disk {
    name: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, Kept>,
    off: bool,
    /// Writes and syncs until the power goes.
    countdown: Option<u64>,
    /// Bytes that may still be written.
    room: Option<u64>,
    bad_sync: Option<Which>,
    bad_write: Option<Which>,
    syncs: u64,
    steps: u64,
}

/// What a disk has of a file.
#[derive(Default)]
struct Kept {
    synced: Vec<u8>,
    /// Its name is on the disk.
    named: bool,
    /// Its name was taken away, but that is not synced.
    unnamed: bool,
    /// Its first sync makes its folder's names durable too.
    syncs_names: bool,
    pending: Vec<Step>,
}

enum Step {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

impl Step {
    fn apply(&self, content: &mut Vec<u8>, bytes: usize) {
        match self {
            Step::Truncate(size) => content.resize(*size, 0),
            Step::Write(at, data) => {
                let end = at + bytes;
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*at..end].copy_from_slice(&data[..bytes]);
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Step::Truncate(_) => 0,
            Step::Write(_, data) => data.len(),
        }
    }
}

/// Beside SQLite's own file structure: whose file it is, and the methods that really do the work.
struct Handle {
    disk: Disk,
    path: String,
    real: &'static ffi::sqlite3_io_methods,
}

impl Disk {
    /// Registers a new disk. Registrations last as long as the process.
    pub fn mount() -> Disk {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("faulty-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let disk = Disk { name: name.clone(), state: Arc::default() };
        let z_name = CString::new(name).unwrap().into_raw();
        let own: *mut Disk = Box::into_raw(Box::new(disk.clone()));
        // SAFETY: the default VFS lives for ever, and so do (leaked) our copy of it, its name and its disk.
        unsafe {
            let mut vfs = *default_vfs();
            vfs.szOsFile = c_int::try_from(own_offset() + size_of::<*mut Handle>()).unwrap();
            vfs.pNext = ptr::null_mut();
            vfs.zName = z_name;
            vfs.pAppData = own.cast();
            vfs.xOpen = Some(open);
            vfs.xDelete = Some(delete);
            let code = ffi::sqlite3_vfs_register(Box::into_raw(Box::new(vfs)), 0);
            assert_eq!(code, ffi::SQLITE_OK);
        }
        disk
    }

    /// A database on this disk.
    pub fn target(&self, path: &Path) -> Target {
        Target::SqliteVfs { path: path.to_owned(), vfs: self.name.clone() }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The power goes now: nothing reaches the disk any more.
    pub fn power_off(&self) {
        self.state().off = true;
    }

    /// The power goes after so many more writes and syncs.
    pub fn power_off_after(&self, steps: u64) {
        self.state().countdown = Some(steps);
    }

    pub fn is_off(&self) -> bool {
        self.state().off
    }

    /// The power is back, and every file is what the disk has of it: all that was synced; of the rest, with a seed,
    /// any part, torn as it comes, without one nothing. All connections must be closed.
    pub fn power_on(&self, seed: Option<u64>) {
        let mut dice = seed.map(Seeded::new);
        let mut chance = move |of: usize| {
            dice.as_mut().map_or(0, |dice| usize::try_from(dice.below(of as u64 + 1)).unwrap())
        };
        let mut state = self.state();
        let files = std::mem::take(&mut state.files);
        for (path, mut kept) in files {
            let pending = std::mem::take(&mut kept.pending);
            for step in &pending {
                // Whole, torn at some byte, or not at all.
                match chance(3) {
                    0 => {}
                    1 => step.apply(&mut kept.synced, chance(step.len()).min(step.len())),
                    _ => step.apply(&mut kept.synced, step.len()),
                }
            }
            let there = if kept.unnamed || !kept.named { chance(1) == 1 } else { true };
            if there {
                fs::write(&path, &kept.synced).unwrap();
                let again = Kept { synced: kept.synced, named: true, ..Kept::default() };
                state.files.insert(path.clone(), again);
            } else if Path::new(&path).exists() {
                fs::remove_file(&path).unwrap();
            }
            // Shared memory is no file of the disk.
            fs::remove_file(format!("{path}-shm")).ok();
        }
        state.off = false;
        state.countdown = None;
    }

    /// From now on only so many bytes can be written (`None`: as many as one likes).
    pub fn room(&self, bytes: Option<u64>) {
        self.state().room = bytes;
    }

    /// The next sync of such a file fails, and what it should have synced is lost for ever, as Linux has it.
    pub fn fail_next_sync(&self, which: Which) {
        self.state().bad_sync = Some(which);
    }

    /// The next write to such a file fails.
    pub fn fail_next_write(&self, which: Which) {
        self.state().bad_write = Some(which);
    }

    /// Syncs that were carried out.
    pub fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// Writes and syncs so far.
    pub fn steps(&self) -> u64 {
        self.state().steps
    }
}

impl State {
    /// True when this step still happens.
    fn step(&mut self) -> bool {
        self.steps += 1;
        if let Some(left) = &mut self.countdown {
            match left.checked_sub(1) {
                Some(less) => *left = less,
                None => self.off = true,
            }
        }
        !self.off
    }

    fn write(&mut self, path: &str, step: Step) -> c_int {
        if !self.step() {
            return ffi::SQLITE_IOERR_WRITE;
        }
        if self.bad_write.is_some_and(|which| which.strikes(path)) {
            self.bad_write = None;
            return ffi::SQLITE_IOERR_WRITE;
        }
        if let Some(room) = &mut self.room {
            match room.checked_sub(step.len() as u64) {
                Some(left) => *room = left,
                None => return ffi::SQLITE_FULL,
            }
        }
        self.files.entry(path.to_owned()).or_default().pending.push(step);
        ffi::SQLITE_OK
    }

    fn sync(&mut self, path: &str) -> c_int {
        if !self.step() {
            return ffi::SQLITE_IOERR_FSYNC;
        }
        let names = {
            let kept = self.files.entry(path.to_owned()).or_default();
            let pending = std::mem::take(&mut kept.pending);
            if self.bad_sync.is_some_and(|which| which.strikes(path)) {
                self.bad_sync = None;
                return ffi::SQLITE_IOERR_FSYNC;
            }
            for step in pending {
                step.apply(&mut kept.synced, step.len());
            }
            kept.named = true;
            std::mem::take(&mut kept.syncs_names)
        };
        if names {
            self.files.retain(|_, kept| !kept.unnamed);
        }
        self.syncs += 1;
        ffi::SQLITE_OK
    }
}

fn default_vfs() -> *mut ffi::sqlite3_vfs {
    // SAFETY: a null name asks for the default VFS, which is always there.
    unsafe { ffi::sqlite3_vfs_find(ptr::null()) }
}

/// Where our pointer lies behind the real file structure.
fn own_offset() -> usize {
    // SAFETY: see `default_vfs`.
    let size = unsafe { (*default_vfs()).szOsFile };
    usize::try_from(size).unwrap().next_multiple_of(size_of::<*mut Handle>())
}

unsafe fn handle_place(file: *mut ffi::sqlite3_file) -> *mut *mut Handle {
    // SAFETY: SQLite allocates szOsFile bytes for each file, 8-aligned; ours are behind the real ones.
    unsafe { file.cast::<u8>().add(own_offset()).cast() }
}

unsafe fn handle<'a>(file: *mut ffi::sqlite3_file) -> &'a Handle {
    // SAFETY: `open` put it there, `close` takes it away, and SQLite calls nothing before or after.
    unsafe { &**handle_place(file) }
}

unsafe fn text(name: *const c_char) -> String {
    // SAFETY: SQLite hands over NUL-terminated names.
    unsafe { CStr::from_ptr(name) }.to_str().unwrap().to_owned()
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: called by SQLite with the VFS we registered and a file structure of the size we asked for; the real
    // VFS gets the same, and uses only the front part of the structure.
    unsafe {
        let disk = &*(*vfs).pAppData.cast::<Disk>();
        let code = (*default_vfs()).xOpen.unwrap()(default_vfs(), name, file, flags, out);
        if code != ffi::SQLITE_OK || name.is_null() {
            return code; // a temporary file is none of ours
        }
        let path = text(name);
        let mut state = disk.state();
        let kept = state.files.entry(path.clone()).or_default();
        if kept.unnamed {
            *kept = Kept::default();
        }
        if !kept.named && kept.pending.is_empty() {
            kept.synced = fs::read(&path).unwrap_or_default();
            kept.named = !kept.synced.is_empty();
            kept.syncs_names = flags & (ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL) != 0;
        }
        drop(state);
        let real: &'static ffi::sqlite3_io_methods = &*(*file).pMethods;
        let mut methods = *real;
        methods.xClose = Some(close);
        methods.xWrite = Some(write);
        methods.xTruncate = Some(truncate);
        methods.xSync = Some(sync);
        handle_place(file).write(Box::into_raw(Box::new(Handle { disk: disk.clone(), path, real })));
        // Leaked: a few hundred bytes for each file a test opens.
        (*file).pMethods = Box::into_raw(Box::new(methods));
        code
    }
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, sync_names: c_int) -> c_int {
    // SAFETY: as in `open`.
    unsafe {
        let disk = &*(*vfs).pAppData.cast::<Disk>();
        let mut state = disk.state();
        if !state.step() {
            return ffi::SQLITE_IOERR_DELETE;
        }
        let path = text(name);
        if sync_names != 0 {
            state.files.remove(&path);
        } else if let Some(kept) = state.files.get_mut(&path) {
            kept.unnamed = true;
        }
        drop(state);
        (*default_vfs()).xDelete.unwrap()(default_vfs(), name, sync_names)
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: the last call for this file; the real close never looks at the methods again.
    unsafe {
        let own = Box::from_raw(*handle_place(file));
        own.real.xClose.unwrap()(file)
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    data: *const c_void,
    count: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite hands over `count` bytes.
    unsafe {
        let own = handle(file);
        let bytes = std::slice::from_raw_parts(data.cast::<u8>(), usize::try_from(count).unwrap());
        let step = Step::Write(usize::try_from(at).unwrap(), bytes.to_vec());
        match own.disk.state().write(&own.path, step) {
            ffi::SQLITE_OK => own.real.xWrite.unwrap()(file, data, count, at),
            code => code,
        }
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    // SAFETY: as in `write`.
    unsafe {
        let own = handle(file);
        match own.disk.state().write(&own.path, Step::Truncate(usize::try_from(size).unwrap())) {
            ffi::SQLITE_OK => own.real.xTruncate.unwrap()(file, size),
            code => code,
        }
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: as in `write`.
    unsafe {
        let own = handle(file);
        match own.disk.state().sync(&own.path) {
            ffi::SQLITE_OK => own.real.xSync.unwrap()(file, flags),
            code => code,
        }
    }
}
