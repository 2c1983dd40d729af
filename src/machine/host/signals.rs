//! Signals: while nothing runs they end ask-nix as they end any program; while a plan is carried out they stop the running
//! program first, so that nothing is left behind.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

struct Signals {
    /// A signal ends the process at once, in the handler itself.
    idle: Arc<AtomicBool>,
    /// Nothing runs that would have to be stopped first.
    resting: AtomicBool,
    /// There is something to remove before the process ends.
    tidy: AtomicBool,
    received: Arc<AtomicUsize>,
}

static SIGNALS: OnceLock<Signals> = OnceLock::new();

const ALL: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// The exit status of an interrupted run.
const INTERRUPTED: i32 = 130;

/// Listens for SIGINT, SIGTERM and SIGHUP from now on. Calling it again changes nothing.
///
/// # Errors
/// When the system refuses to install a handler.
pub fn listen() -> io::Result<()> {
    if SIGNALS.get().is_some() {
        return Ok(());
    }
    let signals = Signals {
        idle: Arc::new(AtomicBool::new(true)),
        resting: AtomicBool::new(true),
        tidy: AtomicBool::new(false),
        received: Arc::new(AtomicUsize::new(0)),
    };
    for signal in ALL {
        signal_hook::flag::register_conditional_shutdown(signal, INTERRUPTED, Arc::clone(&signals.idle))?;
        signal_hook::flag::register_usize(signal, Arc::clone(&signals.received), usize::try_from(signal).unwrap_or(0))?;
    }
    // Nobody else sets it: `listen` is called once, from the start of the program.
    let _ = SIGNALS.set(signals);
    Ok(())
}

/// Says whether a plan is being carried out, and forgets signals of before.
pub fn working(yes: bool) {
    if let Some(signals) = SIGNALS.get() {
        signals.received.store(0, Ordering::SeqCst);
        signals.resting.store(!yes, Ordering::SeqCst);
        signals.idle.store(!yes && !signals.tidy.load(Ordering::SeqCst), Ordering::SeqCst);
    }
}

/// From now on a signal that ends the process while nothing runs lets `tidy` remove what must not stay.
///
/// # Errors
/// When the system refuses to install a handler.
pub fn tidy_up_first(tidy: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let Some(signals) = SIGNALS.get() else { return Ok(()) };
    let mut coming = signal_hook::iterator::Signals::new(ALL)?;
    signals.tidy.store(true, Ordering::SeqCst);
    signals.idle.store(false, Ordering::SeqCst);
    std::thread::spawn(move || {
        for _ in coming.forever() {
            if signals.resting.load(Ordering::SeqCst) {
                break;
            }
        }
        tidy();
        signal_hook::low_level::exit(INTERRUPTED);
    });
    Ok(())
}

/// The signal that came since [`working`] was last said, if any.
pub fn received() -> Option<i32> {
    let number = SIGNALS.get()?.received.load(Ordering::SeqCst);
    i32::try_from(number).ok().filter(|signal| *signal != 0)
}

/// Forgets the signal, after it was acted upon.
pub fn forget() {
    if let Some(signals) = SIGNALS.get() {
        signals.received.store(0, Ordering::SeqCst);
    }
}
