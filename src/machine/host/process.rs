//! Running programs: output as it comes, signals passed on, nobody left behind.

#![expect(clippy::disallowed_types, reason = "this is the one place that starts programs")]

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::{Host, signals};
use crate::machine::{Command, Exit, Heard, Stream};

/// How long a stopped program may take to end before it is killed. Nix needs a moment to stop its builders.
const GRACE: Duration = Duration::from_secs(10);
/// How often we look whether the person wants to stop.
const GLANCE: Duration = Duration::from_millis(50);
/// What a program that outlives its parent may hold our pipe open for.
const STRAGGLERS: Duration = Duration::from_millis(500);
/// Nix writes its log a line at a time. To be woken for every line of a long build costs more than to read it, and takes
/// that time from the build; so after this many small pieces in close succession we rest between two reads, until a few
/// pieces in a row come slowly.
const FLOOD: u32 = 16;
/// Pieces that we wait for no longer than this are in close succession.
const CLOSE: Duration = Duration::from_millis(1);
/// How long we rest: the pipe holds what comes meanwhile.
const REST: Duration = Duration::from_millis(5);
/// So many bytes the pipe is asked to hold, and what an unprivileged user is given (pipe(7)): a flood fills the usual
/// 64 KiB within a rest, and then the program waits for us.
const PIPE: usize = 1 << 20;
/// So much is read at once. A program that fills half of it within a rest writes as fast as we read, and should not wait.
const READ: usize = PIPE / 2;
/// A line longer than this is handed over in pieces: memory stays bounded whatever a program prints.
const LONGEST_LINE: usize = 1 << 20;

fn prepare(host: &Host, command: &Command) -> std::process::Command {
    let mut child = std::process::Command::new(&command.program);
    child.args(&command.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, value) in host.environment() {
        match value {
            Some(value) => child.env(name, value),
            None => child.env_remove(name),
        };
    }
    child.envs(&command.environment);
    if let Some(directory) = &command.directory {
        child.current_dir(directory);
    }
    // A terminal's Ctrl-C reaches its whole foreground group. Activation must not be stopped half-way by it, so it gets a
    // group of its own; a privilege helper stays, because it asks for the password on the terminal.
    if command.critical && !command.root {
        std::os::unix::process::CommandExt::process_group(&mut child, 0);
    }
    child
}

pub(super) fn capture(host: &Host, command: &Command) -> io::Result<(Exit, Vec<u8>)> {
    let output = prepare(host, command).stderr(Stdio::null()).output()?;
    Ok((exit(output.status, false), output.stdout))
}

/// A shell or a program that a person uses. Keys such as Ctrl-C are theirs to give to it: what reaches us of them is forgotten.
pub(super) fn interact(host: &Host, command: &Command) -> io::Result<Exit> {
    let mut child = prepare(host, command);
    let ended = child.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit()).status();
    signals::forget();
    Ok(exit(ended?, false))
}

fn exit(status: ExitStatus, stopped: bool) -> Exit {
    use std::os::unix::process::ExitStatusExt as _;
    if stopped {
        return Exit::Interrupted;
    }
    match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Status(code),
        (None, signal) => Exit::Signal(signal.unwrap_or(0)),
    }
}

pub(super) async fn run(host: &Host, command: &Command, hear: &mut dyn FnMut(Heard<'_>)) -> io::Result<Exit> {
    let mut child = tokio::process::Command::from(prepare(host, command)).kill_on_drop(true).spawn()?;
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let mut out = Lines::new(child.stdout.take().inspect(widen));
    let mut error = Lines::new(child.stderr.take().inspect(widen));
    let mut glance = tokio::time::interval(GLANCE);
    let mut ended: Option<(ExitStatus, Instant)> = None;
    let mut stop: Option<Instant> = None;
    while ended.is_none() || out.open() || error.open() {
        tokio::select! {
            biased;
            // First: however much is printed, the person can stop it.
            _ = glance.tick() => {
                if let Some((_, since)) = ended && since.elapsed() > STRAGGLERS {
                    break;
                }
                hear(Heard::Silence);
                // A process that has ended may have left its number to another one.
                if ended.is_none() {
                    stop = pass_on(pid, command.critical, stop, hear);
                }
            }
            () = error.fill(), if error.open() => error.hand_over(Stream::Error, hear),
            () = out.fill(), if out.open() => out.hand_over(Stream::Out, hear),
            status = child.wait(), if ended.is_none() => ended = Some((status?, Instant::now())),
        }
    }
    out.rest(Stream::Out, hear);
    error.rest(Stream::Error, hear);
    let status = match ended {
        Some((status, _)) => status,
        None => child.wait().await?,
    };
    // A program that was asked to stop and ended well all the same did its work.
    Ok(exit(status, stop.is_some() && !status.success()))
}

/// A pipe that stays as it is works too, a little slower.
fn widen(pipe: &impl std::os::fd::AsFd) {
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, PIPE);
}

/// Passes a signal that reached us on to the program: the same signal first, the hard one after [`GRACE`]. A critical
/// program is only stopped when the person insists.
fn pass_on(
    pid: Option<Pid>,
    critical: bool,
    stop: Option<Instant>,
    hear: &mut dyn FnMut(Heard<'_>),
) -> Option<Instant> {
    let Some(pid) = pid else { return stop };
    if let (Some(since), None) = (stop, signals::received()) {
        if since.elapsed() > GRACE && !critical {
            // It may have ended just now; then there is nothing to kill.
            let _ = kill_process(pid, Signal::KILL);
        }
        return stop;
    }
    let Some(signal) = signals::received() else { return stop };
    signals::forget();
    if critical && stop.is_none() {
        hear(Heard::Line(
            Stream::Error,
            b"warning: stopping now would leave the machine half changed, so this step is finished first. Press Ctrl-C again to stop it all the same.",
        ));
        return Some(Instant::now());
    }
    let signal = Signal::from_named_raw(signal).unwrap_or(Signal::INT);
    let _ = kill_process(pid, signal);
    Some(stop.unwrap_or_else(Instant::now))
}

/// Cuts a byte stream into lines.
struct Lines<R> {
    reader: Option<R>,
    buffer: Vec<u8>,
    /// Small pieces in close succession, up to the last one.
    pieces: u32,
    waiting_since: Instant,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    fn new(reader: Option<R>) -> Self {
        Self { reader, buffer: Vec::new(), pieces: 0, waiting_since: Instant::now() }
    }

    fn open(&self) -> bool {
        self.reader.is_some()
    }

    /// Waits for more bytes; at the end of the stream (or an error, which ends it just as well) closes.
    async fn fill(&mut self) {
        let Some(reader) = &mut self.reader else { return };
        self.buffer.reserve(READ);
        match reader.read_buf(&mut self.buffer).await {
            Ok(0) | Err(_) => self.reader = None,
            Ok(size) => self.rest_in_a_flood(size),
        }
    }

    /// Nothing else is done in this thread while a program runs, so it is the thread that sleeps: a timer would let every
    /// line wake it all the same.
    fn rest_in_a_flood(&mut self, size: usize) {
        if self.waiting_since.elapsed() > CLOSE {
            self.pieces /= 2;
        } else if size < READ / 2 {
            self.pieces = (self.pieces + 1).min(4 * FLOOD);
        }
        if self.pieces > FLOOD && size < READ / 2 {
            std::thread::sleep(REST);
        }
    }

    fn hand_over(&mut self, stream: Stream, hear: &mut dyn FnMut(Heard<'_>)) {
        hear(Heard::More);
        let mut start = 0;
        while let Some(end) = memchr::memchr(b'\n', &self.buffer[start..]) {
            let line = &self.buffer[start..start + end];
            hear(Heard::Line(stream, line.strip_suffix(b"\r").unwrap_or(line)));
            start += end + 1;
        }
        if self.buffer.len() - start > LONGEST_LINE {
            hear(Heard::Line(stream, &self.buffer[start..]));
            start = self.buffer.len();
        }
        self.buffer.drain(..start);
        // From here: what we did with the last piece is no slowness of the program.
        self.waiting_since = Instant::now();
    }

    fn rest(&mut self, stream: Stream, hear: &mut dyn FnMut(Heard<'_>)) {
        self.hand_over(stream, hear);
        if !self.buffer.is_empty() {
            hear(Heard::Line(stream, &self.buffer));
            self.buffer.clear();
        }
    }
}
