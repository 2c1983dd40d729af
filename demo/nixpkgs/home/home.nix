{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption mkEnableOption mkIf types;
  cfg = config.home;
  site = import ../site.nix;
in
{
  options = {
    assertions = mkOption { type = types.listOf types.unspecified; internal = true; default = [ ]; };
    warnings = mkOption { type = types.listOf types.str; internal = true; default = [ ]; };
    home.username = mkOption { type = types.str; description = "The user's username."; };
    home.homeDirectory = mkOption { type = types.path; description = "The user's home directory. Must be an absolute path."; };
    home.stateVersion = mkOption { type = types.str; description = "The Home Manager release this home was first made with."; };
    home.packages = mkOption { type = types.listOf types.package; default = [ ]; description = "The set of packages to appear in the user environment."; };
    home.sessionVariables = mkOption { type = types.lazyAttrsOf (types.oneOf [ types.str types.path types.int ]); default = { }; description = "Environment variables to always set at login."; };
    home.file = mkOption {
      default = { };
      description = "Attribute set of files to link into the user home.";
      type = types.attrsOf (types.submodule { options.text = mkOption { type = types.lines; default = ""; description = "Text of the file."; }; });
    };
    home.path = mkOption { type = types.package; internal = true; };
    home.activationPackage = mkOption { type = types.package; internal = true; description = "The package containing the complete activation script."; };
    programs.git.enable = mkEnableOption "Git";
    programs.git.userName = mkOption { type = types.nullOr types.str; default = null; description = "Default user name to use."; };
    programs.home-manager.enable = mkEnableOption "Home Manager";
  };
  config = {
    home.packages = mkIf config.programs.git.enable [ pkgs.git ];
    home.file.".config/git/config" = mkIf (config.programs.git.userName != null) { text = "[user]\n\tname = \"${config.programs.git.userName}\"\n"; };
    home.path = pkgs.buildEnv { name = "home-manager-path"; paths = cfg.packages; };
    home.activationPackage = lib.checkAssertWarn config.assertions config.warnings (pkgs.tree "home-manager-generation" { } {
      files = lib.mapAttrs' (n: f: lib.nameValuePair "home-files/${n}" f.text) cfg.file // {
        "hm-version" = lib.trivial.release;
        "home-path/etc/profile.d/hm-session-vars.sh" = lib.concatStrings (lib.mapAttrsToList (n: v: "export ${n}=${lib.escapeShellArg v}\n") cfg.sessionVariables);
      };
      links."home-path/bin" = "${cfg.path}/bin";
      links."home-path/share" = "${cfg.path}/share";
      programs.activate = ''
        #!/bin/sh
        # Makes a new generation of the person's profile and links the files into the home of the demo machine.
        PATH="''${PATH:+$PATH:}/run/current-system/sw/bin:/usr/bin:/bin"
        root=''${ASK_NIX_DEMO_ROOT:-${site.root}}
        [ -e "$root/etc/NIXOS" ] || { echo "This is not a demo machine!" >&2; exit 1; }
        profiles=$root/home/.local/state/nix/profiles
        echo "Starting Home Manager activation"
        mkdir -p "$profiles"
        n=0
        for link in "$profiles"/home-manager-*-link; do
          [ -h "$link" ] || continue
          m=''${link##*/home-manager-}; m=''${m%-link}
          [ "$m" -gt "$n" ] && n=$m
        done
        if [ "$n" -gt 0 ] && [ "$(readlink "$profiles/home-manager-$n-link")" = "@out@" ]; then
          echo "No change so reusing latest profile generation $n"
        else
          n=$((n+1))
          echo "Creating new profile generation"
          ln -s "@out@" "$profiles/home-manager-$n-link"
        fi
        ln -sfn "home-manager-$n-link" "$profiles/home-manager"
        echo "Activating linkGeneration"
        ${lib.concatStrings (lib.mapAttrsToList (n: _: ''
          mkdir -p "$root/home/${builtins.dirOf n}"
          ln -sfn "@out@/home-files/${n}" "$root/home/${n}"
        '') cfg.file)}
      '';
    });
  };
}
