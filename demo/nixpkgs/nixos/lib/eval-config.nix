# Evaluates a system of a list of modules.
{ system ? null, modules, specialArgs ? { }, lib ? import ../../lib, source ? null, modulesFile ? "<unknown-file>", ... }:
let
  modulesPath = toString ../modules;
  baseModules = import ../modules/module-list.nix;
  eval = lib.evalModules {
    class = "nixos";
    modules = baseModules
      ++ [{
        _file = ./eval-config.nix;
        key = toString ./eval-config.nix;
        config = lib.mkMerge [
          (lib.optionalAttrs (system != null) { nixpkgs.hostPlatform = lib.mkDefault system; })
          (lib.optionalAttrs (source != null) { nixpkgs.flake.source = lib.mkDefault source; })
          { _module.args = { inherit baseModules; }; }
        ];
      }]
      ++ map (lib.setDefaultModuleLocation modulesFile) modules;
    specialArgs = { inherit modulesPath; } // specialArgs;
  };
in
eval // {
  inherit (eval._module.args) pkgs;
  inherit lib;
}
