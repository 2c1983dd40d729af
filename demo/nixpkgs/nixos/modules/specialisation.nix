# Variants of the system which can be chosen at boot or switched to.
{ config, lib, extendModules, modulesPath, baseModules, ... }:
let
  inherit (lib) mkOption types;
  bare = lib.evalModules { modules = baseModules; specialArgs = { inherit modulesPath; }; class = "nixos"; };
in
{
  options = {
    specialisation = mkOption {
      default = { };
      description = "Additional configurations to build. If `inheritParentConfig` is set to `true`, the system will be based on the overall system configuration.";
      type = types.attrsOf (types.submodule (local: {
        options = {
          inheritParentConfig = mkOption { type = types.bool; default = true; description = "Include the entire system's configuration. Set to false to make a completely differently configured system."; };
          configuration = mkOption {
            default = { };
            description = "Arbitrary NixOS configuration.";
            # Its options are those of the system again, without end.
            visible = "shallow";
            # A variant has no variants itself.
            inherit ((if local.config.inheritParentConfig then extendModules else bare.extendModules) {
              modules = [ { _file = ./specialisation.nix; isSpecialisation = true; specialisation = lib.mkOverride 0 { }; } ];
            }) type;
          };
        };
      }));
    };
    isSpecialisation = mkOption { type = types.bool; internal = true; default = false; description = "Whether this system is a specialisation of another."; };
  };
}
