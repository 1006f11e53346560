//! What to do when mapped memory is gone: SIGBUS becomes a flag.
//!
//! Mapped files are entered in a table. When a page of one cannot be had (the file was cut
//! short, the disk failed), the handler sets that entry's fault flag, maps zeros over the whole
//! range and lets the program go on; whoever copied from there finds the flag set. The whole
//! range and not the page alone: nothing from it is believed any more, and a mapping torn into
//! thousands of pieces would run into the system's limit on their number. Faults elsewhere go
//! to the handler that was there before.
//!
//! The handler takes no lock and allocates nothing. Cost: 4096 entries of 32 bytes; entering
//! and a fault search the table, reading does not.

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::{mem, ptr};

const SLOT_COUNT: usize = 4096;
static SLOTS: [Slot; SLOT_COUNT] = [const { Slot::new() }; SLOT_COUNT];

/// The handler we took over from.
static PREVIOUS: OnceLock<libc::sigaction> = OnceLock::new();

/// Watches `len` bytes of a mapping from the address `start` until dropped, which must be
/// before they are unmapped. `None` when the table is full or the signal is not ours to handle.
pub fn watch(start: usize, len: usize) -> Option<Watch> {
    if install() { watch_in(&SLOTS, start, len) } else { None }
}

/// An entry of the table.
pub struct Watch(&'static Slot);

impl Watch {
    /// Something in this range could not be read since it is watched.
    pub fn has_fault(&self) -> bool {
        self.0.has_fault.load(Ordering::Acquire)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.release();
    }
}

fn watch_in(slots: &'static [Slot], start: usize, len: usize) -> Option<Watch> {
    let end = start.checked_add(len)?.checked_next_multiple_of(crate::system::page_bytes())?;
    slots.iter().find(|slot| slot.take(start, end)).map(Watch)
}

/// A range of memory. The handler may look at any time, from any thread, so `state` is a
/// sequence lock: the range is one that was really entered only if the state is live and the
/// same before and after reading it.
struct Slot {
    /// `FREE`, `BUSY` or `LIVE` in the low bits, how often the slot was released above.
    state: AtomicUsize,
    start: AtomicUsize,
    end: AtomicUsize,
    has_fault: AtomicBool,
}

const FREE: usize = 0;
const BUSY: usize = 1;
const LIVE: usize = 2;
const STATE_MASK: usize = 3;
const ONE_RELEASE: usize = 4;

impl Slot {
    const fn new() -> Self {
        Self {
            state: AtomicUsize::new(FREE),
            start: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
            has_fault: AtomicBool::new(false),
        }
    }

    /// Enters the range unless the slot is in use.
    fn take(&self, start: usize, end: usize) -> bool {
        let free = self.state.load(Ordering::Relaxed);
        if free & STATE_MASK != FREE
            || self
                .state
                .compare_exchange(free, free | BUSY, Ordering::Acquire, Ordering::Relaxed)
                .is_err()
        {
            return false;
        }
        fence(Ordering::Release);
        self.start.store(start, Ordering::Relaxed);
        self.end.store(end, Ordering::Relaxed);
        self.has_fault.store(false, Ordering::Relaxed);
        self.state.store(free | LIVE, Ordering::Release);
        true
    }

    fn release(&self) {
        let live = self.state.load(Ordering::Relaxed);
        self.state.store((live & !STATE_MASK).wrapping_add(ONE_RELEASE), Ordering::Release);
    }

    /// The range, if `address` is in it. An address somebody is reading is always found: that
    /// reader keeps the mapping alive and with it the entry unchanged.
    fn range_with(&self, address: usize) -> Option<(usize, usize)> {
        let before = self.state.load(Ordering::Acquire);
        if before & STATE_MASK != LIVE {
            return None;
        }
        let start = self.start.load(Ordering::Relaxed);
        let end = self.end.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        let is_same = self.state.load(Ordering::Relaxed) == before;
        (is_same && (start..end).contains(&address)).then_some((start, end))
    }
}

/// Installs the handler the first time; false when it is not in charge. Should another library have put its own in our place
/// since, faults may not reach us any more, and taking the place back could make the two
/// call each other for ever: then nothing is mapped.
fn install() -> bool {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let ours = on_sigbus as *const () as libc::sighandler_t;
    // SAFETY: all-zero bytes are a valid `sigaction` (default handler, no flags, empty mask).
    let mut current: libc::sigaction = unsafe { mem::zeroed() };
    // SAFETY: a null action only asks; `current` is writable.
    if unsafe { libc::sigaction(libc::SIGBUS, ptr::null(), &raw mut current) } != 0 {
        return false;
    }
    if current.sa_sigaction == ours {
        return true;
    }
    // Remembered before ours is in place: a fault may come at once.
    if PREVIOUS.set(current).is_err() {
        return false;
    }
    // SAFETY: as above.
    let mut action: libc::sigaction = unsafe { mem::zeroed() };
    action.sa_sigaction = ours;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESTART;
    // SAFETY: `on_sigbus` has the signature SA_SIGINFO asks for and does only what a signal
    // handler may do.
    unsafe { libc::sigaction(libc::SIGBUS, &raw const action, ptr::null_mut()) == 0 }
}

extern "C" fn on_sigbus(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: with SA_SIGINFO the kernel passes a valid `siginfo_t`; for SIGBUS it holds an
    // address.
    let (code, address) = unsafe { ((*info).si_code, (*info).si_addr() as usize) };
    // 1 to 5 are BUS_ADRALN to BUS_MCEERR_AO. Anything else was sent by a program and says
    // something other than an address in that field.
    let is_fault = (1..=5).contains(&code);
    if is_fault && replace_by_zeros(&SLOTS, address) {
        return;
    }
    pass_on(signal, info, context, is_fault);
}

/// False when `address` is in no watched range, or the system would not map zeros there.
fn replace_by_zeros(slots: &[Slot], address: usize) -> bool {
    let found = slots.iter().find_map(|slot| slot.range_with(address).map(|range| (slot, range)));
    let Some((slot, (start, end))) = found else { return false };
    // Before the zeros are there for other threads to see.
    slot.has_fault.store(true, Ordering::SeqCst);
    // SAFETY: `start..end` is the whole of a mapping of ours: the thread that faulted in it
    // is copying from it and keeps it alive until we return. Only `Mapping::copy` reads it,
    // through raw pointers, and believes nothing once the flag is set. `mmap` is a plain system
    // call, fit for a signal handler.
    let mapped = unsafe {
        libc::mmap(
            start as *mut c_void,
            end - start,
            libc::PROT_READ,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    mapped != libc::MAP_FAILED
}

/// Does what would have happened without us.
fn pass_on(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void, is_fault: bool) {
    let (handler, flags) =
        PREVIOUS.get().map_or((libc::SIG_DFL, 0), |action| (action.sa_sigaction, action.sa_flags));
    match handler {
        libc::SIG_IGN if !is_fault => {}
        // A fault cannot be ignored.
        libc::SIG_DFL | libc::SIG_IGN => {
            // SAFETY: all-zero bytes are the default action; both calls may be made in a
            // handler. A fault comes again when we return, a sent signal is sent again.
            unsafe {
                let action: libc::sigaction = mem::zeroed();
                libc::sigaction(signal, &raw const action, ptr::null_mut());
                if !is_fault {
                    libc::raise(signal);
                }
            }
        }
        _ if flags & libc::SA_SIGINFO != 0 => {
            // SAFETY: the system held this as a handler of three arguments.
            unsafe {
                let handler: extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) =
                    mem::transmute(handler);
                handler(signal, info, context);
            }
        }
        _ => {
            // SAFETY: the system held this as a handler of one argument.
            unsafe {
                let handler: extern "C" fn(c_int) = mem::transmute(handler);
                handler(signal);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_takes_no_more_and_a_released_slot_is_used_again() {
        static TWO: [Slot; 2] = [const { Slot::new() }; 2];
        let page = crate::system::page_bytes();
        let first = watch_in(&TWO, page, 1).unwrap();
        let _second = watch_in(&TWO, 5 * page, page).unwrap();
        assert!(watch_in(&TWO, 9 * page, page).is_none());
        assert!(watch_in(&TWO, usize::MAX - 1, page).is_none());
        assert_eq!(TWO[0].range_with(2 * page - 1), Some((page, 2 * page)));
        assert_eq!(TWO[0].range_with(2 * page), None);
        drop(first);
        assert_eq!(TWO[0].range_with(page), None);
        let third = watch_in(&TWO, 20 * page, page).unwrap();
        assert_eq!(TWO[0].range_with(page), None);
        assert_eq!(TWO[0].range_with(20 * page), Some((20 * page, 21 * page)));
        assert!(!third.has_fault());
    }

    #[test]
    fn a_range_seen_while_slots_change_hands_is_one_that_was_entered() {
        static ONE: [Slot; 1] = [const { Slot::new() }; 1];
        let page = crate::system::page_bytes();
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for i in 1..1_000_000usize {
                    let start = if i.is_multiple_of(2) { page } else { 100 * page };
                    drop(watch_in(&ONE, start, page));
                }
                is_over.store(true, Ordering::Relaxed);
            });
            // Between the two ranges: only a mixture of both would hold it.
            while !is_over.load(Ordering::Relaxed) {
                assert_eq!(ONE[0].range_with(50 * page), None);
            }
        });
    }
}
