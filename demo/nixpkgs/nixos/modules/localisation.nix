# Language, time and keyboard.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    time.timeZone = mkOption { type = types.nullOr (types.addCheck types.str (s: builtins.match ".*[[:space:]].*" s == null) // { description = "timezone"; }); default = null; example = "America/New_York"; description = "The time zone used when displaying times and dates."; };
    time.hardwareClockInLocalTime = mkOption { type = types.bool; default = false; description = "If set, keep the hardware clock in local time instead of UTC."; };
    i18n.defaultLocale = mkOption { type = types.str; default = "en_US.UTF-8"; example = "nl_NL.UTF-8"; description = "The default locale. It determines the language for program messages, the format for dates and times, sort order, and so on."; };
    i18n.extraLocaleSettings = mkOption { type = types.attrsOf types.str; default = { }; example = { LC_TIME = "de_DE.UTF-8"; }; description = "A set of additional system-wide locale settings other than `LANG`."; };
    i18n.supportedLocales = mkOption { type = types.listOf types.str; default = [ "C.UTF-8/UTF-8" "en_US.UTF-8/UTF-8" ]; description = "List of locales that the system should support."; };
    i18n.inputMethod.enable = mkOption { type = types.bool; default = false; description = "Whether to enable an additional input method type that you can use to enter CJK characters."; };
    console.keyMap = mkOption { type = types.either types.str types.path; default = "us"; example = "fr"; description = "The keyboard mapping table for the virtual consoles."; };
    console.font = mkOption { type = types.nullOr (types.either types.str types.path); default = null; description = "The font used for the virtual consoles."; };
    console.useXkbConfig = mkOption { type = types.bool; default = false; description = "If set, configure the virtual console keymap from the xserver keyboard settings."; };
    location.provider = mkOption { type = types.enum [ "manual" "geoclue2" ]; default = "manual"; description = "The location provider to use for determining your location."; };
    services.timesyncd.enable = mkOption { type = types.bool; default = true; description = "Enables the systemd NTP client daemon."; };
    services.xserver.xkb.layout = mkOption { type = types.str; default = "us"; description = "X keyboard layout, or multiple keyboard layouts separated by commas."; };
    services.xserver.xkb.variant = mkOption { type = types.str; default = ""; description = "X keyboard variant."; };
    services.xserver.xkb.options = mkOption { type = types.commas; default = "terminate:ctrl_alt_bksp"; description = "X keyboard options; layout switching goes here."; };
  };
  config = {
    environment.etc."locale.conf".text = "LANG=${config.i18n.defaultLocale}\n" + lib.concatStrings (lib.mapAttrsToList (n: v: "${n}=${v}\n") config.i18n.extraLocaleSettings);
    environment.etc."vconsole.conf".text = "KEYMAP=${config.console.keyMap}\n";
    environment.etc.timezone = lib.mkIf (config.time.timeZone != null) { text = config.time.timeZone + "\n"; };
    systemd.services.systemd-timesyncd = lib.mkIf config.services.timesyncd.enable { description = "Network Time Synchronization"; wantedBy = [ "sysinit.target" ]; serviceConfig.ExecStart = "systemd-timesyncd"; };
  };
}
