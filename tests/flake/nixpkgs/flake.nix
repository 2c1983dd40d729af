# Stands in for nixpkgs when the project's flake is tested: the demo machine's package collection, whose module system and
# packages are real Nix, with the few names that it lacks. `tests/it/flake.rs` says where `demo` is.
{
  inputs.demo.url = "path:/demo";
  outputs =
    { demo, ... }:
    let
      lib = demo.lib // {
        fileset = {
          unions = paths: paths;
          toSource = { root, fileset }: assert builtins.all builtins.pathExists fileset; root;
        };
      };
      # Keeps what it was given, to be looked at.
      keep = kind: pkgs: args:
        pkgs.writeText "${args.pname or kind}-${args.version or "0"}" kind
        // { inherit kind; given = args; meta = args.meta or { }; };
      extend = pkgs: final: pkgs // {
        inherit lib;
        callPackage = f: args: f (builtins.intersectAttrs (builtins.functionArgs f) final // args);
        stdenv = pkgs.stdenv // { buildPlatform.canExecute = _: true; };
        rustPlatform.buildRustPackage = keep "rust" pkgs;
        mkShell = keep "shell" pkgs;
        installShellFiles = pkgs.hello;
        clippy = pkgs.hello;
        rustfmt = pkgs.hello;
        rust-analyzer = pkgs.hello;
        nixfmt = pkgs.hello;
      };
    in
    {
      inherit lib;
      legacyPackages = builtins.mapAttrs (_: pkgs: lib.fix (extend pkgs)) demo.legacyPackages;
    };
}
