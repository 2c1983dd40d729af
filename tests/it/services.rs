//! Services at run time. systemd itself is two small programs on PATH, which write down what they were asked.

use serde_json::{Value, json};

use crate::ordinary::{Ordinary, behind_env};

/// A systemctl that knows sshd, which runs, nginx, which failed, and cups, which can be started and stopped.
const SYSTEMCTL: &str = r#"
here=$(dirname "$0")
last() { for word in "$@"; do :; done; echo "$word"; }
show() {
  for word in "$@"; do
    case $word in
      '*.service')
        show nginx.service sshd.service cups.service
        printf 'Id=setup.service\nLoadState=loaded\nActiveState=active\nSubState=exited\nResult=success\n\n' ;;
      sshd.service) printf 'Id=sshd.service\nDescription=SSH Daemon\nLoadState=loaded\nActiveState=active\nSubState=running\nResult=success\nMainPID=812\nStateChangeTimestamp=@1763121600\n\n' ;;
      nginx.service) printf 'Id=nginx.service\nDescription=Nginx Web Server\nLoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code\nExecMainStatus=1\nNRestarts=5\nStateChangeTimestamp=@1763121600\n\n' ;;
      cups.service)
        state=inactive; [ -e "$here/cups-runs" ] && state=active
        printf 'Id=cups.service\nDescription=CUPS\nLoadState=loaded\nActiveState=%s\nSubState=dead\nResult=success\n\n' $state ;;
      *.service) printf 'Id=%s\nLoadState=not-found\nActiveState=inactive\nSubState=dead\n\n' "$word" ;;
    esac
  done
}
case $1 in
  show) show "$@" ;;
  list-unit-files) printf 'sshd.service enabled\nnginx.service enabled\n' ;;
  start|stop|restart|reload)
    { printf 'systemctl'; printf '\037%s' "$@"; echo; } >> "$here/control"
    case "$1 $(last "$@")" in
      "start cups.service") : > "$here/cups-runs" ;;
      "stop cups.service") rm -f "$here/cups-runs" ;;
      *nginx.service) echo 'Job for nginx.service failed because the control process exited with error code.' >&2; exit 1 ;;
    esac ;;
esac
"#;

const JOURNALCTL: &str = r#"
printf '{"__REALTIME_TIMESTAMP":"1763121600000000","PRIORITY":"6","SYSLOG_IDENTIFIER":"nginx","MESSAGE":"starting"}\n'
printf '{"__REALTIME_TIMESTAMP":"1763121601000000","PRIORITY":"3","SYSLOG_IDENTIFIER":"nginx","MESSAGE":"\\u001b[31mbind() to 0.0.0.0:80 failed\\u001b[0m"}\n'
printf '{"__REALTIME_TIMESTAMP":"1763121602000000","PRIORITY":"3","SYSLOG_IDENTIFIER":"nginx","MESSAGE":"bind() to 0.0.0.0:80 failed"}\n'
printf 'this is no entry\n'
printf '{"__REALTIME_TIMESTAMP":"1763121603000000","PRIORITY":"6","SYSLOG_IDENTIFIER":"systemd","MESSAGE":"stopped"}\n'
"#;

fn machine() -> Option<Ordinary> {
    let ordinary = Ordinary::new("flake")?;
    ordinary.lock(false);
    ordinary.demo.write("/run/systemd/system/.keep", "");
    ordinary.lock(true);
    ordinary.program("systemctl", SYSTEMCTL);
    ordinary.program("journalctl", JOURNALCTL);
    Some(ordinary)
}

fn data(ordinary: &Ordinary, words: &str) -> Value {
    let (code, reply) = ordinary.run(&[words]);
    assert_eq!((code, &reply["outcome"]["status"]), (0, &json!("done")), "{words}: {reply:#}");
    reply["outcome"]["data"].clone()
}

#[test]
fn all_that_runs_is_listed_and_what_failed_comes_first() {
    let Some(ordinary) = machine() else { return };
    let services = data(&ordinary, "what services are running");
    let units: Vec<_> = services["units"].as_array().unwrap().iter().map(|unit| &unit["unit"]).collect();
    assert_eq!(units, ["nginx.service", "sshd.service"]);
}

#[test]
fn a_service_is_looked_at_by_the_name_that_people_use() {
    let Some(ordinary) = machine() else { return };
    let ssh = data(&ordinary, "is ssh running");
    assert_eq!((&ssh["service"], &ssh["units"][0]["unit"]), (&json!("openssh"), &json!("sshd.service")));
    assert_eq!((&ssh["units"][0]["active"], &ssh["units"][0]["process"]), (&json!("active"), &json!(812)));
    assert_eq!(ssh["units"][0]["since"], "2025-11-14T12:00:00Z");
    assert_eq!(ssh["option"], "services.openssh.enable");
    let configured = &ssh["configured"][0];
    assert_eq!(configured["text"], "services.openssh.enable = true;");
    assert!(configured["file"].as_str().is_some_and(|file| file.ends_with("/etc/nixos/configuration.nix")), "{ssh:#}");
    assert!(configured["line"].as_u64().is_some_and(|line| line > 10));

    let nginx = data(&ordinary, "did nginx crash");
    assert_eq!((&nginx["units"][0]["active"], &nginx["units"][0]["exit_status"]), (&json!("failed"), &json!(1)));
    assert_eq!(nginx["log"]["errors"][0]["text"], "bind() to 0.0.0.0:80 failed");
    assert_eq!(nginx["configured"], json!([]), "nothing in the configuration sets it");

    let (code, reply) = ordinary.run(&["status of ngnix.service"]);
    if reply["recognition"]["slots"]["service"] == "ngnix.service" {
        assert_eq!((code, &reply["outcome"]["error"]["id"]), (1, &json!("unit-missing")), "{reply:#}");
    }
}

#[test]
fn the_journal_is_told_with_what_matters_first() {
    let Some(ordinary) = machine() else { return };
    for words in ["show the logs of nginx", "last errors in the journal"] {
        let log = data(&ordinary, words);
        assert_eq!(log["errors"].as_array().map(Vec::len), Some(1), "{log:#}");
        assert_eq!(
            (&log["errors"][0]["times"], &log["errors"][0]["text"]),
            (&json!(2), &json!("bind() to 0.0.0.0:80 failed")),
            "the same without its escapes"
        );
        assert_eq!((&log["lines_read"], &log["end"][2]["text"]), (&json!(4), &json!("stopped")));
    }
}

#[test]
fn a_service_is_started_with_consent_as_root_and_taken_back() {
    let Some(ordinary) = machine() else { return };
    ordinary.helper("sudo");
    let runs = || ordinary.demo.root().join("../bin/cups-runs").exists();
    let (code, reply) = ordinary.run(&["start cups"]);
    assert_eq!((code, &reply["outcome"]["status"]), (4, &json!("declined")), "{reply:#}");
    assert!(ordinary.asked().is_empty() && !runs(), "nobody agreed");
    assert_eq!(reply["plan"]["needs_root"], true);
    let note = reply["plan"]["notes"][0].as_str().unwrap_or_default();
    assert!(note.contains("services.printing.enable in the configuration decides"), "{note}");

    let (code, reply) = ordinary.run(&["--yes", "start cups"]);
    assert_eq!(code, 0, "{reply:#}");
    let asked = ordinary.asked();
    assert_eq!(asked.iter().map(|vector| behind_env(vector).1).collect::<Vec<_>>(), [["start", "--", "cups.service"]]);
    assert!(runs());
    assert_eq!(reply["outcome"]["data"]["units"][0]["active"], "active");

    let (code, reply) = ordinary.run(&["--yes", "undo"]);
    assert_eq!((code, runs()), (0, false), "{reply:#}");
    let (_, again) = ordinary.run(&["--yes", "undo"]);
    assert_eq!(again["outcome"]["error"]["id"], "nothing-to-undo", "{again:#}");
}

#[test]
fn a_service_that_does_not_start_says_where_to_look() {
    let Some(ordinary) = machine() else { return };
    ordinary.helper("sudo");
    let (code, reply) = ordinary.run(&["--yes", "restart nginx"]);
    assert_eq!((code, &reply["outcome"]["status"]), (1, &json!("failed")), "{reply:#}");
    assert_eq!(reply["outcome"]["error"]["id"], "unit-failed");
    assert_eq!(reply["outcome"]["next"][0]["query"], "show the logs of nginx");
}

#[test]
fn without_systemd_it_is_refused() {
    let Some(ordinary) = Ordinary::new("flake") else { return };
    for words in ["is nginx running", "show the logs of nginx", "restart nginx"] {
        let (code, reply) = ordinary.run(&["--yes", words]);
        assert_eq!((code, &reply["outcome"]["error"]["id"]), (1, &json!("systemd-missing")), "{words}: {reply:#}");
    }
}
