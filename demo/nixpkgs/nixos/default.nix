# The way without flakes: nix-build '<nixpkgs/nixos>' -A system
{ configuration ? (let named = builtins.getEnv "NIXOS_CONFIG"; in if named == "" then <nixos-config> else named)
, system ? builtins.currentSystem
}:
let eval = import ./lib/eval-config.nix { inherit system; modules = [ configuration ]; };
in
{
  inherit (eval) pkgs config options;
  system = eval.config.system.build.toplevel;
}
