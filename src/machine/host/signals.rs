//! Signals: while nothing runs they end ask-nix as they end any program; while a plan is carried out they stop the running
//! program first, so that nothing is left behind.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

struct Signals {
    idle: Arc<AtomicBool>,
    received: Arc<AtomicUsize>,
}

static SIGNALS: OnceLock<Signals> = OnceLock::new();

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
    let signals = Signals { idle: Arc::new(AtomicBool::new(true)), received: Arc::new(AtomicUsize::new(0)) };
    for signal in [SIGINT, SIGTERM, SIGHUP] {
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
        signals.idle.store(!yes, Ordering::SeqCst);
    }
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
