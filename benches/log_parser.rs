//! How many lines of Nix's structured log are read in a second: parsed alone, and followed to events.
//! `cargo bench --bench log_parser`

#![expect(clippy::print_stdout, reason = "its output is its purpose")]
#![expect(clippy::cast_precision_loss, reason = "a rate is not exact")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use ask_nix::nix::log::{Message, Tracker};

const LINES: usize = 1_000_000;

/// The mix of a large build: mostly its output, many counts, some beginnings and ends, few messages.
fn stream() -> String {
    let mut text = String::new();
    let mut id = 0x0001_2345_0000_0000_u64;
    for number in 0..LINES {
        let _ = match number % 100 {
            0 => {
                id += 1;
                writeln!(
                    text,
                    r#"@nix {{"action":"start","fields":["/nix/store/dzjr76a3xl05dzasz37b0xfns176ijhg-package-{number}.drv","",1,1],"id":{id},"level":3,"parent":0,"text":"building '/nix/store/dzjr76a3xl05dzasz37b0xfns176ijhg-package-{number}.drv'","type":105}}"#
                )
            }
            99 => writeln!(text, r#"@nix {{"action":"stop","id":{id}}}"#),
            1 => writeln!(
                text,
                r#"@nix {{"action":"msg","level":4,"msg":"evaluating file '/nix/store/zzz-source/pkgs/{number}.nix'"}}"#
            ),
            2 => writeln!(
                text,
                r#"@nix {{"action":"msg","level":1,"msg":"\u001b[35;1mwarning:\u001b[0m unable to download (attempt {number})"}}"#
            ),
            3 => writeln!(text, "a plain line of another program, number {number}"),
            4 => writeln!(text, r#"@nix {{"action":"result","fields":["buildPhase"],"id":{id},"type":104}}"#),
            kind if kind % 4 == 0 => {
                writeln!(text, r#"@nix {{"action":"result","fields":[{number},1000000,4,0],"id":{id},"type":105}}"#)
            }
            kind if kind % 10 == 1 => writeln!(
                text,
                r#"@nix {{"action":"result","fields":["\u001b[32m[ {number}%]\u001b[0m Building \"CXX\" object {number}.o"],"id":{id},"type":101}}"#
            ),
            _ => writeln!(
                text,
                r#"@nix {{"action":"result","fields":["cc -O2 -fPIC -c source/file{number}.c -o file{number}.o"],"id":{id},"type":101}}"#
            ),
        };
    }
    text
}

fn logs() -> String {
    let line = r#"@nix {"action":"result","fields":["cc -O2 -fPIC -c source/file.c -o build/file.o"],"id":320255973457921,"type":101}"#;
    format!("{line}\n").repeat(LINES)
}

fn measure(title: &str, text: &str, mut read: impl FnMut(&[u8], usize)) {
    let start = Instant::now();
    for (number, line) in text.as_bytes().split(|&byte| byte == b'\n').enumerate() {
        read(line, number);
    }
    let elapsed = start.elapsed();
    println!("{title:32} {:>12.0} lines/s", LINES as f64 / elapsed.as_secs_f64());
}

fn main() {
    for (name, text) in [("mix", stream()), ("build output", logs())] {
        measure(&format!("{name}, parsed"), &text, |line, _| {
            let line = String::from_utf8_lossy(line);
            black_box(Message::parse(&line));
        });
        let mut tracker = Tracker::new(1);
        let mut events = 0_usize;
        measure(&format!("{name}, followed"), &text, |line, number| {
            let now = Duration::from_micros(u64::try_from(number).unwrap_or_default());
            tracker.feed(line, now, &mut |event| {
                black_box(event);
                events += 1;
            });
        });
        println!("{events} events");
    }
}
