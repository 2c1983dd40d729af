# A small model of Home Manager: packages, files and a few programs of one person, activated without root.
{ lib, args }:
let
  pkgs = args.pkgs;
  eval = lib.evalModules {
    modules = [ ./home.nix { _module.args = { inherit pkgs; }; } ]
      ++ map (lib.setDefaultModuleLocation ((builtins.unsafeGetAttrPos "modules" args).file or "<unknown-file>")) args.modules;
    specialArgs = args.extraSpecialArgs or { };
    class = "homeManager";
  };
in
eval // {
  inherit pkgs;
  activationPackage = eval.config.home.activationPackage;
}
