# The system itself: one tree with everything that boots, activates and describes it.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  site = import ../../site.nix;
  nixos = config.system.nixos;
  host = config.networking.hostName;
  name = "nixos-system-${if host == "" then "unnamed" else host}-${nixos.label}";
  kernel = config.system.build.kernel;
  initrd = config.system.build.initialRamdisk;
  specialisations = lib.mapAttrs (_: s: s.configuration.system.build.toplevel) config.specialisation;
  revision = config.system.configurationRevision;
  loader = config.boot.loader;

  spec = label: {
    inherit label;
    init = "@out@/init";
    initrd = "${initrd}/initrd";
    kernel = "${kernel}/bzImage";
    kernelParams = config.boot.kernelParams;
    system = config.nixpkgs.hostPlatform;
    toplevel = "@out@";
  };
  bootJson = builtins.toJSON {
    "org.nixos.bootspec.v1" = spec "NixOS ${nixos.codeName} ${nixos.label} (Linux ${kernel.version})";
    "org.nixos.specialisation.v1" = lib.mapAttrs (_: top: { "org.nixos.bootspec.v1" = { toplevel = "${top}"; init = "${top}/init"; kernel = "${top}/kernel"; }; }) specialisations;
  };

  # Only what has changed in here is missing in a system that was activated.
  activate = dry: ''
    #!/bin/sh
    # Runs each activation snippet in turn${lib.optionalString dry ", only saying what it would do"}.
    root=''${ASK_NIX_DEMO_ROOT:-${config.demo.root}}
    status=0
    ${lib.concatStrings (lib.mapAttrsToList (n: s: ''
      #### Activation script snippet ${n}:
      ${if dry then ": ${n}" else lib.optionalString (n != "") s.text}
    '') config.system.activationScripts)}
    exit $status
  '';

  top = pkgs.tree name { preferLocalBuild = true; allowSubstitutes = false; } {
    files = {
      "nixos-version" = nixos.label;
      "system" = config.nixpkgs.hostPlatform;
      "init-interface-version" = "systemd 2";
      "kernel-params" = toString config.boot.kernelParams;
      "extra-dependencies" = "";
      "configuration-name" = config.boot.configurationName;
      "boot.json" = bootJson;
    };
    programs = {
      "init" = "#!/bin/sh\necho '<<< NixOS Stage 2 >>>'\n";
      "activate" = activate false;
      "dry-activate" = activate true;
      "prepare-root" = "#!/bin/sh\nexit 0\n";
      "bin/switch-to-configuration" =
        builtins.replaceStrings
          [ "@root@" "@limit@" "@timeout@" "@announce@" ]
          [
            config.demo.root
            (if loader.systemd-boot.enable then toString loader.systemd-boot.configurationLimit else toString loader.grub.configurationLimit)
            (toString loader.timeout)
            # GRUB says that it is at work, systemd-boot does not.
            (if loader.grub.enable then "echo 'updating GRUB 2 menu...' >&2" else ":")
          ]
          (builtins.readFile ./switch-to-configuration.sh);
    };
    links = {
      kernel = "${kernel}/bzImage";
      "kernel-modules" = "${kernel}";
      initrd = "${initrd}/initrd";
      etc = "${config.system.build.etc}/etc";
      sw = config.system.path;
      systemd = config.systemd.package;
      firmware = "${config.system.build.firmware}/lib/firmware";
    } // lib.mapAttrs' (n: t: lib.nameValuePair "specialisation/${n}" "${t}") specialisations;
    dirs = [ "specialisation" ];
  };
in
{
  options = {
    assertions = mkOption { type = types.listOf types.unspecified; internal = true; default = [ ]; example = [ { assertion = false; message = "you can't enable this for that reason"; } ]; description = "This option allows modules to express conditions that must hold for the evaluation of the system configuration to succeed."; };
    warnings = mkOption { type = types.listOf types.str; internal = true; default = [ ]; description = "This option allows modules to show warnings to users during the evaluation of the system configuration."; };
    meta = mkOption { type = types.attrsOf types.unspecified; internal = true; default = { }; };
    demo.root = mkOption { type = types.str; internal = true; default = site.root; description = "The directory this machine lives in instead of `/`."; };
    boot.configurationName = mkOption { type = types.str; internal = true; default = ""; };
    system.stateVersion = mkOption {
      type = types.strMatching "[0-9]{2}\\.[0-9]{2}";
      default = nixos.release;
      defaultText = lib.literalExpression "config.system.nixos.release";
      description = "This option defines the first version of NixOS you have installed on this particular machine, and is used to maintain compatibility with application data (e.g. databases) created on older NixOS versions.";
    };
    system.nixos = {
      release = mkOption { type = types.str; readOnly = true; default = lib.trivial.release; description = "The NixOS release (e.g. `16.03`)."; };
      codeName = mkOption { type = types.str; readOnly = true; default = lib.trivial.codeName; description = "The NixOS release code name (e.g. `Emu`)."; };
      version = mkOption { type = types.str; internal = true; default = lib.trivial.version; description = "The full NixOS version."; };
      revision = mkOption { type = types.nullOr types.str; internal = true; default = lib.trivial.revisionWithDefault null; description = "The Git revision from which this NixOS configuration was built."; };
      label = mkOption { type = types.strMatching "[a-zA-Z0-9:_.-]*"; default = lib.concatStringsSep "-" (lib.naturalSort config.system.nixos.tags ++ [ nixos.version ]); defaultText = lib.literalExpression "config.system.nixos.version"; description = "NixOS version name to be used in the names of generated outputs and boot labels."; };
      tags = mkOption { type = types.listOf types.str; default = [ ]; example = [ "with-xen" ]; description = "Strings to prefix to the default {option}`system.nixos.label`."; };
    };
    system.configurationRevision = mkOption { type = types.nullOr types.str; default = null; description = "The Git revision of the top-level flake from which this configuration was built."; };
    system.build = mkOption { type = types.submodule { freeformType = types.lazyAttrsOf types.unspecified; }; default = { }; description = "Attribute set of derivations used to set up the system."; };
    system.activationScripts = mkOption {
      default = { };
      description = "A set of shell script fragments that are executed when a NixOS system configuration is activated.";
      type = types.attrsOf (types.coercedTo types.str (text: { inherit text; }) (types.submodule {
        options.text = mkOption { type = types.lines; description = "The content of the script."; };
        options.deps = mkOption { type = types.listOf types.str; default = [ ]; description = "List of dependencies. The script will run after these."; };
        options.supportsDryActivation = mkOption { type = types.bool; default = false; description = "Whether this activation script supports being dry-activated."; };
      }));
    };
    system.extraDependencies = mkOption { type = types.listOf types.pathInStore; default = [ ]; description = "A list of paths that should be included in the system closure but generally not visible to users."; };
  };
  config = {
    # The parts of the system itself come first, so that a mistake is reported for it and not for one of its variants.
    system.build.toplevel = lib.checkAssertWarn config.assertions config.warnings
      (builtins.seq config.system.build.etc.drvPath (builtins.seq config.system.path.drvPath top));
    system.build.nixos-version = pkgs.writeShellScriptBin "nixos-version" ''
      case "''${1:-}" in
        --hash|--revision) echo "${toString nixos.revision}";;
        --configuration-revision)
          ${if revision == null then "echo \"$0: configuration revision is unknown\" >&2; exit 1" else "echo ${revision}"};;
        --json) printf '%s\n' '${builtins.toJSON ({ nixosVersion = nixos.label; nixpkgsRevision = nixos.revision; } // lib.optionalAttrs (revision != null) { configurationRevision = revision; })}';;
        *) echo "${nixos.label} (${nixos.codeName})";;
      esac
    '';
    system.activationScripts = {
      etc = { text = "echo 'setting up /etc...' >&2"; };
      hostname = { text = "printf '%s\\n' ${lib.escapeShellArg host} > \"$root/etc/hostname\""; };
    };
    environment.etc."os-release".text = "NAME=NixOS\nID=nixos\nVERSION=\"${nixos.release} (${nixos.codeName})\"\nVERSION_CODENAME=${lib.toLower nixos.codeName}\nVERSION_ID=\"${nixos.release}\"\nBUILD_ID=\"${nixos.version}\"\nPRETTY_NAME=\"NixOS ${nixos.release} (${nixos.codeName})\"\n";
    environment.etc."NIXOS".text = "";
  };
}
