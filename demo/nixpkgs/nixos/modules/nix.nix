# Nix itself: its settings, and what it does on its own.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption mkIf types;
  cfg = config.nix;
  atom = types.oneOf [ types.bool types.int types.str types.path ];
  show = v: if lib.isBool v then lib.boolToString v else if lib.isList v then toString v else toString v;
  dates = default: mkOption { type = types.coercedTo types.str lib.singleton (types.listOf types.str); inherit default; description = "How often or when it is run."; };
in
{
  options = {
    nix.enable = mkOption { type = types.bool; default = true; description = "Whether to enable Nix."; };
    nix.package = mkOption { type = types.package; default = pkgs.nix; defaultText = lib.literalExpression "pkgs.nix"; description = "This option specifies the Nix package instance to use throughout the system."; };
    nix.nixPath = mkOption { type = types.listOf types.str; default = [ ]; description = "The default Nix expression search path, used by the Nix evaluator to look up paths enclosed in angle brackets (e.g. `<nixpkgs>`)."; };
    nix.channel.enable = mkOption { type = types.bool; default = true; description = "Whether the `nix-channel` command and state files are made available on the machine."; };
    nix.extraOptions = mkOption { type = types.lines; default = ""; description = "Additional text appended to {file}`nix.conf`."; };
    nix.settings = mkOption {
      default = { };
      description = "Configuration for Nix, see <https://nixos.org/manual/nix/stable/command-ref/conf-file.html>.";
      type = types.submodule {
        freeformType = types.attrsOf (types.either atom (types.listOf atom));
        options.experimental-features = mkOption { type = types.listOf types.str; default = [ ]; description = "Experimental features that are enabled."; };
        options.auto-optimise-store = mkOption { type = types.bool; default = false; description = "If set to true, Nix automatically detects files in the store that have identical contents, and replaces them with hard links to a single copy."; };
        options.max-jobs = mkOption { type = types.either types.int (types.enum [ "auto" ]); default = "auto"; description = "This option defines the maximum number of jobs that Nix will try to build in parallel."; };
        options.cores = mkOption { type = types.int; default = 0; description = "This option defines the maximum number of concurrent tasks during one build."; };
        options.sandbox = mkOption { type = types.either types.bool (types.enum [ "relaxed" ]); default = true; description = "If set, Nix will perform builds in a sandboxed environment that it will set up automatically for each build."; };
        options.trusted-users = mkOption { type = types.listOf types.str; default = [ "root" ]; description = "A list of names of users that have additional rights when connecting to the Nix daemon."; };
        options.substituters = mkOption { type = types.listOf types.str; default = [ ]; description = "List of binary cache URLs used to obtain pre-built binaries of Nix packages."; };
      };
    };
    nix.gc.automatic = mkOption { type = types.bool; default = false; description = "Automatically run the garbage collector at a specific time."; };
    nix.gc.dates = dates [ "03:15" ];
    nix.gc.options = mkOption { type = types.singleLineStr; default = ""; example = "--max-freed $((64 * 1024**3))"; description = "Options given to [`nix-collect-garbage`] when the garbage collector is run automatically."; };
    nix.gc.persistent = mkOption { type = types.bool; default = true; description = "If true, the time when the service unit was last triggered is stored on disk."; };
    nix.optimise.automatic = mkOption { type = types.bool; default = false; description = "Automatically run the nix store optimiser at a specific time."; };
    nix.optimise.dates = dates [ "03:45" ];
    system.autoUpgrade = {
      enable = mkOption { type = types.bool; default = false; description = "Whether to periodically upgrade NixOS to the latest version. If enabled, a systemd timer will run `nixos-rebuild switch --upgrade` once a day."; };
      dates = mkOption { type = types.str; default = "04:40"; description = "How often or when upgrade occurs."; };
      flake = mkOption { type = types.nullOr types.str; default = null; description = "The Flake URI of the NixOS configuration to build."; };
      channel = mkOption { type = types.nullOr types.str; default = null; description = "The URI of the NixOS channel to use for automatic upgrades."; };
      allowReboot = mkOption { type = types.bool; default = false; description = "Reboot the system into the new generation instead of a switch if the new generation uses a different kernel, kernel modules or initrd than the booted system."; };
      operation = mkOption { type = types.enum [ "switch" "boot" ]; default = "switch"; description = "Whether to run `nixos-rebuild switch --upgrade` or run `nixos-rebuild boot --upgrade`."; };
    };
  };
  config = lib.mkMerge [
    {
      environment.systemPackages = [ cfg.package ];
      environment.etc."nix/nix.conf".text = "# WARNING: this file is generated from the nix.* options in\n# your NixOS configuration, typically\n# /etc/nixos/configuration.nix.  Do not edit it!\n"
        + lib.concatStrings (lib.mapAttrsToList (n: v: "${n} = ${show v}\n") (lib.filterAttrs (_: v: v != [ ]) cfg.settings)) + cfg.extraOptions;
      systemd.services.nix-daemon = { description = "Nix Daemon"; wantedBy = [ "multi-user.target" ]; serviceConfig.ExecStart = "${cfg.package}/bin/nix-daemon --daemon"; };
      assertions = [{
        assertion = config.system.autoUpgrade.enable -> (config.system.autoUpgrade.channel == null || config.system.autoUpgrade.flake == null);
        message = "The options 'system.autoUpgrade.channel' and 'system.autoUpgrade.flake' cannot both be set.";
      }];
    }
    (mkIf (config.nixpkgs.flake.source != null) {
      # This reference keeps the sources of the running system in the store.
      environment.etc."nix/registry.json".text = builtins.toJSON {
        version = 2;
        flakes = [{ exact = true; from = { type = "indirect"; id = "nixpkgs"; }; to = { type = "path"; path = config.nixpkgs.flake.source; }; }];
      };
    })
    (mkIf cfg.gc.automatic {
      systemd.services.nix-gc = { description = "Nix Garbage Collector"; startAt = cfg.gc.dates; script = "exec ${cfg.package}/bin/nix-collect-garbage ${cfg.gc.options}"; restartIfChanged = false; };
    })
    (mkIf cfg.optimise.automatic {
      systemd.services.nix-optimise = { description = "Nix Store Optimiser"; startAt = cfg.optimise.dates; script = "exec ${cfg.package}/bin/nix-store --optimise"; restartIfChanged = false; };
    })
    (mkIf config.system.autoUpgrade.enable {
      systemd.services.nixos-upgrade = { description = "NixOS Upgrade"; startAt = config.system.autoUpgrade.dates; script = "nixos-rebuild ${config.system.autoUpgrade.operation} --upgrade"; restartIfChanged = false; };
    })
  ];
}
