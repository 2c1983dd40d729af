# What people find in /etc, in their PATH and in their environment.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.environment;
  used = lib.filterAttrs (_: f: f.enable) cfg.etc;
  target = lib.mapAttrs' (_: f: lib.nameValuePair f.target f) used;
in
{
  options = {
    environment.systemPackages = mkOption {
      type = types.listOf types.package;
      default = [ ];
      example = lib.literalExpression "[ pkgs.firefox pkgs.thunderbird ]";
      description = "The set of packages that appear in /run/current-system/sw. These packages are automatically available to all users.";
    };
    environment.defaultPackages = mkOption { type = types.listOf types.package; default = [ pkgs.nano ]; description = "Set of default packages that aren't strictly necessary for a running system."; };
    environment.pathsToLink = mkOption { type = types.listOf types.str; default = [ ]; example = [ "/" ]; description = "List of directories to be symlinked in /run/current-system/sw."; };
    environment.variables = mkOption { type = types.attrsOf (types.oneOf [ types.str types.int types.path ]); default = { }; example = { EDITOR = "nvim"; }; description = "A set of environment variables used in the global environment."; };
    environment.sessionVariables = mkOption { type = types.attrsOf (types.oneOf [ types.str types.int types.path ]); default = { }; description = "A set of environment variables used in the global environment, set by PAM early in the login process."; };
    environment.shellAliases = mkOption { type = types.attrsOf (types.nullOr types.str); default = { }; description = "An attribute set that maps aliases to command strings or directly to build outputs."; };
    environment.etc = mkOption {
      default = { };
      description = "Set of files that have to be linked in /etc.";
      type = types.attrsOf (types.submodule ({ name, ... }: {
        options = {
          enable = mkOption { type = types.bool; default = true; description = "Whether this /etc file should be generated."; };
          target = mkOption { type = types.str; default = name; description = "Name of symlink (relative to /etc)."; };
          text = mkOption { type = types.nullOr types.lines; default = null; description = "Text of the file."; };
          source = mkOption { type = types.nullOr types.path; default = null; description = "Path of the source file."; };
          mode = mkOption { type = types.str; default = "symlink"; description = "If set to something else than `symlink`, the file is copied instead of symlinked, with the given file mode."; };
        };
      }));
    };
    documentation.enable = mkOption { type = types.bool; default = true; description = "Whether to install documentation of packages from environment.systemPackages into the generated system path."; };
    documentation.nixos.enable = mkOption { type = types.bool; default = true; description = "Whether to install NixOS's own documentation."; };
    documentation.man.enable = mkOption { type = types.bool; default = true; description = "Whether to install manual pages."; };
    fonts.packages = mkOption { type = types.listOf types.path; default = [ ]; example = lib.literalExpression "with pkgs; [ dejavu_fonts ]"; description = "List of primary font packages."; };
    fonts.enableDefaultPackages = mkOption { type = types.bool; default = false; description = "Enable a basic set of fonts providing several styles and families and reasonable coverage of Unicode."; };
    fonts.fontconfig.enable = mkOption { type = types.bool; default = true; description = "If enabled, a Fontconfig configuration file will be built pointing to a set of default fonts."; };
    system.path = mkOption { type = types.package; internal = true; description = "The packages you want in the system environment."; };
  };
  config = {
    environment.systemPackages = [ pkgs.bash pkgs.coreutils pkgs.systemd pkgs.curl config.system.build.nixos-version ] ++ cfg.defaultPackages;
    fonts.packages = lib.mkIf config.fonts.enableDefaultPackages [ pkgs.dejavu_fonts ];
    system.path = pkgs.buildEnv {
      name = "system-path";
      paths = lib.unique (cfg.systemPackages ++ config.fonts.packages);
    };
    environment.etc = lib.mkMerge [
      {
        "set-environment".text = lib.concatStrings (lib.mapAttrsToList (n: v: "export ${n}=${lib.escapeShellArg v}\n") (cfg.sessionVariables // cfg.variables));
      }
      (lib.mkIf (cfg.shellAliases != { }) {
        "profile.d/aliases.sh".text = lib.concatStrings (lib.mapAttrsToList (n: v: lib.optionalString (v != null) "alias ${n}=${lib.escapeShellArg v}\n") cfg.shellAliases);
      })
    ];
    system.build.etc = pkgs.tree "etc" { } {
      files = lib.mapAttrs' (n: f: lib.nameValuePair "etc/${n}" f.text) (lib.filterAttrs (_: f: f.source == null && f.text != null) target);
      links = lib.mapAttrs' (n: f: lib.nameValuePair "etc/${n}" "${f.source}") (lib.filterAttrs (_: f: f.source != null) target);
      dirs = [ "etc" ];
    };
  };
}
