#!/bin/sh
# Activates this system as the real program does: the same actions, texts, order and statuses. It works below the directory
# of the demo machine and nowhere else; the units it starts and stops are files in run/systemd-demo.
out='@out@'
root=${ASK_NIX_DEMO_ROOT:-@root@}
action=${1:-}
PATH="${PATH:+$PATH:}/run/current-system/sw/bin:/usr/bin:/bin"
export PATH

case $action in
switch|boot|test|dry-activate|check) ;;
*)
  cat >&2 <<USAGE
Usage: $0 [check|switch|boot|test|dry-activate]
check:        run pre-switch checks and exit
switch:       make the configuration the boot default and activate now
boot:         make the configuration the boot default
test:         activate the configuration, but don't make it the boot default
dry-activate: show what would be done if this configuration were activated
USAGE
  exit 1;;
esac

# The real machine is never touched: no directory, no mark of a demo machine in it, no work.
if [ -z "$root" ] || [ "$root" = / ] || [ ! -e "$root/etc/NIXOS" ]; then
  echo "This is not a NixOS installation!" >&2
  exit 1
fi

run=$root/run
state=$run/systemd-demo
faults=$root/etc/demo-faults
fault() { [ -e "$faults/$1" ]; }
fault_text() { t=; [ -s "$faults/$1" ] && IFS= read -r t < "$faults/$1"; printf '%s' "${t:-$2}"; }
first_line() { l=; IFS= read -r l < "$1"; printf '%s' "$l"; }
join() { s=; for u in "$@"; do s="${s:+$s, }$u"; done; printf '%s' "$s"; }
say() { m=$1; shift; [ $# -eq 0 ] || echo "$m $(join "$@")" >&2; }

# Checks before anything is changed.
if [ "$action" != boot ] && [ -z "${NIXOS_NO_CHECK:-}" ] && fault inhibit; then
  cat >&2 <<TEXT
There are changes to critical components of the system:

$(fault_text inhibit 'dbus-implementation : dbus -> broker')

Switching into this system is not recommended.
You probably want to run 'nixos-rebuild boot' and reboot your system instead.

If you really want to switch into this configuration directly, then
you can set NIXOS_NO_CHECK=1 to ignore pre-switch checks.

WARNING: doing so might cause the switch to fail or your system to become unstable.

Pre-switch checks failed
TEXT
  exit 1
fi
[ "$action" = check ] && exit 0

# One entry of the boot menu: its file's name, the words after the generation, and the system.
entry() {
  kernel=$(readlink "$3/kernel"); k=${kernel%/*}; k=${k##*/}-bzImage.efi
  initrd=$(readlink "$3/initrd"); i=${initrd%/*}; i=${i##*/}-initrd.efi
  [ -e "$efi/$k" ] || cp "$kernel" "$efi/$k" || return 1
  [ -e "$efi/$i" ] || cp "$initrd" "$efi/$i" || return 1
  linux=${k#*-linux-}; linux=${linux%-bzImage.efi}
  printf 'title NixOS%s\nsort-key nixos\nversion Generation %s NixOS %s (Linux %s)\nlinux /EFI/nixos/%s\ninitrd /EFI/nixos/%s\noptions init=%s/init %s\n' \
    "$4" "$2" "$(first_line "$3/nixos-version")" "$linux" "$k" "$i" "$3" "$(first_line "$3/kernel-params")" > "$boot/loader/entries/$1.conf" || return 1
  kept="$kept$1.conf $k $i "
}

install_boot_loader() {
  fault fail-bootloader && { echo "$(fault_text fail-bootloader "OSError: [Errno 28] No space left on device")" >&2; return 1; }
  boot=$root/boot; efi=$boot/EFI/nixos; kept=" "; default=
  mkdir -p "$boot/loader/entries" "$efi" "$boot/EFI/systemd" || return 1
  if [ "${NIXOS_INSTALL_BOOTLOADER:-0}" = 1 ]; then
    printf 'systemd-boot\n' > "$boot/EFI/systemd/systemd-bootx64.efi"
    echo "Copied \"systemd-bootx64.efi\" to \"/boot/EFI/systemd/systemd-bootx64.efi\"." >&2
  fi
  limit='@limit@'
  numbers=
  for link in "$root"/nix/var/nix/profiles/system-*-link; do
    [ -e "$link" ] || continue
    n=${link##*/system-}; numbers="$numbers ${n%-link}"
  done
  numbers=$(for n in $numbers; do echo "$n"; done | sort -n)
  total=0; for n in $numbers; do total=$((total+1)); done
  for n in $numbers; do
    total=$((total-1))
    system=$(readlink "$root/nix/var/nix/profiles/system-$n-link")
    [ "$system" = "$out" ] && default=nixos-generation-$n
    [ -n "$limit" ] && [ "$total" -ge "$limit" ] && [ "$system" != "$out" ] && continue
    entry "nixos-generation-$n" "$n" "$system" "" || return 1
    for special in "$system"/specialisation/*; do
      [ -e "$special" ] || continue
      name=${special##*/}
      top=$(readlink "$special")
      [ "$top" = "$out" ] && default=nixos-generation-$n-specialisation-$name
      entry "nixos-generation-$n-specialisation-$name" "$n" "$top" " ($name)" || return 1
    done
  done
  [ -n "$default" ] || default=${kept% * * }
  printf 'timeout @timeout@\ndefault %s.conf\nconsole-mode keep\n' "$default" > "$boot/loader/loader.conf"
  # What belonged to generations which are gone.
  for f in "$boot"/loader/entries/*.conf "$efi"/*; do
    case "$kept" in *" ${f##*/} "*) ;; *) [ -e "$f" ] && rm -f "$f";; esac
  done
  return 0
}

if [ "$action" = switch ] || [ "$action" = boot ]; then
  @announce@
  install_boot_loader || { echo "Failed to install bootloader" >&2; exit 1; }
fi
[ "$action" = boot ] && exit 0

old=$(readlink "$run/current-system") || old=
if fault init-changed || { [ -n "$old" ] && [ "$(first_line "$old/init-interface-version")" != "$(first_line "$out/init-interface-version")" ]; }; then
  cat >&2 <<'TEXT'
Warning: the new NixOS configuration has an ‘init’ that is
incompatible with the current configuration.  The new configuration
won't take effect until you reboot the system.
TEXT
  exit 100
fi

# Which units differ. A machine that has no state yet counts as one whose units all run.
running() { if [ -d "$state" ]; then [ -e "$state/$1" ]; else return 0; fi; }
has_line() { while IFS= read -r line; do [ "$line" = "$2" ] && return 0; done < "$1"; return 1; }
wanted() { while IFS= read -r line; do case $line in WantedBy=*) return 0;; esac; done < "$1"; return 1; }
stop=; skip=; restart=; reload=; start=; new=
if [ -n "$old" ]; then
  for f in "$old"/etc/systemd/system/*.service "$old"/etc/systemd/system/*.timer; do
    [ -e "$f" ] || continue
    u=${f##*/}; g=$out/etc/systemd/system/$u
    running "$u" || continue
    if [ ! -e "$g" ]; then stop="$stop $u"
    elif [ "$(cat "$f")" = "$(cat "$g")" ]; then :
    elif has_line "$g" X-RestartIfChanged=false; then skip="$skip $u"
    elif has_line "$g" X-ReloadIfChanged=true; then reload="$reload $u"
    elif has_line "$g" X-StopIfChanged=false; then restart="$restart $u"
    else stop="$stop $u"; start="$start $u"
    fi
  done
fi
for g in "$out"/etc/systemd/system/*.service "$out"/etc/systemd/system/*.timer; do
  [ -e "$g" ] || continue
  u=${g##*/}
  if [ -n "$old" ] && [ -e "$old/etc/systemd/system/$u" ] && running "$u"; then continue; fi
  wanted "$g" && new="$new $u"
done

if [ "$action" = dry-activate ]; then
  say "would stop the following units:" $stop
  say "would NOT restart the following changed units:" $skip
  echo "would activate the configuration..." >&2
  "$out/dry-activate" "$out"
  say "would reload the following units:" $reload
  say "would restart the following units:" $restart
  say "would start the following units:" $start
  exit 0
fi

status=0
if [ ! -d "$state" ]; then
  mkdir -p "$state"
  if [ -n "$old" ]; then
    for f in "$old"/etc/systemd/system/*.service "$old"/etc/systemd/system/*.timer; do
      [ -e "$f" ] && echo active > "$state/${f##*/}"
    done
  fi
fi
say "stopping the following units:" $stop
for u in $stop; do rm -f "$state/$u"; done
say "NOT restarting the following changed units:" $skip

echo "activating the configuration..." >&2
if fault slow; then
  seconds=$(fault_text slow 5)
  while [ "$seconds" -gt 0 ]; do sleep 1; seconds=$((seconds-1)); done
fi
if fault fail-activate; then
  echo "Activation script snippet '$(fault_text fail-activate users)' failed (1)" >&2
  echo "Failed to run activate script" >&2
  status=2
elif ! ASK_NIX_DEMO_ROOT=$root "$out/activate" "$out"; then
  echo "Failed to run activate script" >&2
  status=2
fi
ln -sfn "$out/etc" "$root/etc/static"
ln -sfn static/os-release "$root/etc/os-release"
ln -sfn "$out" "$run/current-system.new" && mv -T "$run/current-system.new" "$run/current-system"

say "reloading the following units:" $reload
say "restarting the following units:" $restart
say "starting the following units:" $start
failed=$(fault fail-unit && fault_text fail-unit "")
for u in $start $restart $reload $new; do echo active > "$state/$u"; done
say "the following new units were started:" $new
if [ -n "$failed" ]; then
  echo failed > "$state/$failed"
  echo "warning: the following units failed: $failed" >&2
  cat >&2 <<TEXT
× $failed
     Loaded: loaded (/etc/systemd/system/$failed; enabled; preset: ignored)
     Active: failed (Result: exit-code)
    Process: ExecStart=/nix/store/demo/bin/${failed%.service} (code=exited, status=1/FAILURE)
   Main PID: 4242 (code=exited, status=1/FAILURE)
TEXT
  status=4
fi
exit $status
