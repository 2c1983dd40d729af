# Units, as files of /etc/systemd/system.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  value = types.oneOf [ types.bool types.int types.str types.path (types.listOf types.str) ];
  section = name: lines: lib.optionalString (lines != "") "[${name}]\n${lines}\n";
  assignments = attrs: lib.concatStrings (lib.concatLists (lib.mapAttrsToList
    (n: v: map (x: "${n}=${if lib.isBool x then lib.boolToString x else toString x}\n") (lib.toList v))
    attrs));
  common = {
    enable = mkOption { type = types.bool; default = true; description = "If set to false, this unit will be a symlink to /dev/null."; };
    description = mkOption { type = types.singleLineStr; default = ""; description = "Description of this unit used in systemd messages and progress indicators."; };
    wantedBy = mkOption { type = types.listOf types.str; default = [ ]; description = "Units that want (i.e. depend on) this unit."; };
    requires = mkOption { type = types.listOf types.str; default = [ ]; description = "Start the specified units when this unit is started."; };
    wants = mkOption { type = types.listOf types.str; default = [ ]; description = "Start the specified units when this unit is started."; };
    after = mkOption { type = types.listOf types.str; default = [ ]; description = "If the specified units are started at the same time as this unit, delay this unit until they have started."; };
    before = mkOption { type = types.listOf types.str; default = [ ]; description = "If the specified units are started at the same time as this unit, delay them until this unit has started."; };
    unitConfig = mkOption { type = types.attrsOf value; default = { }; description = "Each attribute in this set specifies an option in the `[Unit]` section of the unit."; };
  };
  service = {
    options = common // {
      script = mkOption { type = types.lines; default = ""; description = "Shell commands executed as the service's main process."; };
      preStart = mkOption { type = types.lines; default = ""; description = "Shell commands executed before the service's main process is started."; };
      path = mkOption { type = types.listOf (types.oneOf [ types.package types.str ]); default = [ ]; description = "Packages added to the service's {env}`PATH` environment variable."; };
      environment = mkOption { type = types.attrsOf (types.nullOr (types.oneOf [ types.str types.path types.int ])); default = { }; description = "Environment variables passed to the service's processes."; };
      serviceConfig = mkOption { type = types.attrsOf value; default = { }; example = { RestartSec = 5; }; description = "Each attribute in this set specifies an option in the `[Service]` section of the unit."; };
      restartIfChanged = mkOption { type = types.bool; default = true; description = "Whether the service should be restarted during a NixOS configuration switch if its definition has changed."; };
      reloadIfChanged = mkOption { type = types.bool; default = false; description = "Whether the service should be reloaded during a NixOS configuration switch if its definition has changed."; };
      stopIfChanged = mkOption { type = types.bool; default = true; description = "If set, a changed unit is restarted by calling `systemctl stop` in the old configuration, then `systemctl start` in the new one."; };
      startAt = mkOption { type = types.coercedTo types.str lib.singleton (types.listOf types.str); default = [ ]; description = "Automatically start this unit at the given date/time."; };
    };
  };
  timer = { options = common // { timerConfig = mkOption { type = types.attrsOf value; default = { }; description = "Each attribute in this set specifies an option in the `[Timer]` section of the unit."; }; }; };
  unit = u: section "Unit" (
    lib.optionalString (u.description != "") "Description=${u.description}\n"
    + assignments (lib.filterAttrs (_: v: v != [ ]) { Requires = u.requires; Wants = u.wants; After = u.after; Before = u.before; })
    + assignments u.unitConfig
  );
  install = u: section "Install" (lib.concatMapStrings (w: "WantedBy=${w}\n") u.wantedBy);
  serviceText = n: s: unit s
    + section "Service" (
      lib.concatStrings (lib.mapAttrsToList (k: v: lib.optionalString (v != null) "Environment=\"${k}=${toString v}\"\n") s.environment)
      + lib.optionalString (s.reloadIfChanged) "X-ReloadIfChanged=true\n"
      + lib.optionalString (!s.restartIfChanged) "X-RestartIfChanged=false\n"
      + lib.optionalString (!s.stopIfChanged) "X-StopIfChanged=false\n"
      + lib.optionalString (s.script != "") "ExecStart=${pkgs.writeShellScript "unit-script-${n}-start" s.script}\n"
      + assignments s.serviceConfig
    )
    + install s;
in
{
  options.systemd = {
    services = mkOption { default = { }; type = types.attrsOf (types.submodule service); description = "Definition of systemd service units; see {manpage}`systemd.service(5)`."; };
    timers = mkOption { default = { }; type = types.attrsOf (types.submodule timer); description = "Definition of systemd timer units; see {manpage}`systemd.timer(5)`."; };
    targets = mkOption { default = { }; type = types.attrsOf (types.submodule { options = common; }); description = "Definition of systemd target units; see {manpage}`systemd.target(5)`."; };
    tmpfiles.rules = mkOption { type = types.listOf types.str; default = [ ]; description = "Rules for creation, deletion and cleaning of volatile and temporary files automatically."; };
    package = mkOption { type = types.package; default = pkgs.systemd; defaultText = lib.literalExpression "pkgs.systemd"; description = "The systemd package."; };
  };
  config = {
    environment.etc = lib.mkMerge [
      (lib.mapAttrs' (n: s: lib.nameValuePair "systemd/system/${n}.service" { text = serviceText n s; }) (lib.filterAttrs (_: s: s.enable) config.systemd.services))
      (lib.mapAttrs' (n: t: lib.nameValuePair "systemd/system/${n}.timer" { text = unit t + section "Timer" (assignments t.timerConfig) + install t; }) config.systemd.timers)
      (lib.mapAttrs' (n: t: lib.nameValuePair "systemd/system/${n}.target" { text = unit t + install t; }) config.systemd.targets)
      { "tmpfiles.d/00-nixos.conf".text = lib.concatMapStrings (r: r + "\n") config.systemd.tmpfiles.rules; }
    ];
    systemd.timers = lib.mapAttrs (_: s: { wantedBy = [ "timers.target" ]; timerConfig.OnCalendar = s.startAt; })
      (lib.filterAttrs (_: s: s.enable && s.startAt != [ ]) config.systemd.services);
    systemd.services = {
      # Its buses are described in the system path, so that every change of packages reloads it.
      dbus = { wantedBy = [ "sockets.target" ]; description = "D-Bus System Message Bus"; reloadIfChanged = true; unitConfig.X-Reload-Triggers = "${config.system.path}"; serviceConfig.ExecStart = "dbus-daemon --system"; };
      systemd-journald = { description = "Journal Service"; wantedBy = [ "sysinit.target" ]; restartIfChanged = false; serviceConfig.ExecStart = "${config.systemd.package}/lib/systemd/systemd-journald"; };
      "getty@tty1" = { description = "Getty on tty1"; restartIfChanged = false; wantedBy = [ "getty.target" ]; serviceConfig.ExecStart = "agetty tty1"; };
    };
  };
}
