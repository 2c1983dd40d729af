# A person's flake that uses ask-nix: `tests/it/flake.rs` looks at `found`.
{
  inputs.nixpkgs.url = "path:/nixpkgs";
  inputs.ask-nix.url = "path:/ask-nix";
  inputs.ask-nix.inputs.nixpkgs.follows = "nixpkgs";
  outputs =
    { nixpkgs, ask-nix, ... }:
    let
      system = "x86_64-linux";
      machine = settings: nixpkgs.lib.nixosSystem {
        modules = [
          ask-nix.nixosModules.default
          ./configuration.nix
          { nixpkgs.hostPlatform = system; programs.ask-nix = settings; }
        ];
      };
      chosen = machine { enable = true; flake = "/home/ada/nixos"; lessons = "off"; };
      plain = machine { enable = true; };
      without = machine { };
      ours = nixpkgs.lib.filterAttrs (name: _: nixpkgs.lib.hasPrefix "ASK_NIX" name);
      package = ask-nix.packages.${system}.default;
      overlaid = ask-nix.overlays.default nixpkgs.legacyPackages.${system} { };
    in
    {
      nixosConfigurations = { inherit chosen plain without; };
      found = {
        package = {
          inherit (package.given) pname version doCheck postInstall;
          inherit (package.meta) mainProgram description;
          lock = package.given.cargoLock.lockFile;
          source = package.given.src;
          licences = map (licence: licence.spdxId) package.meta.license;
        };
        systems = builtins.attrNames ask-nix.packages;
        program = ask-nix.apps.${system}.default.program;
        overlay = overlaid.ask-nix.drvPath == package.drvPath;
        shell = builtins.length ask-nix.devShells.${system}.default.given.packages;
        chosen = ours chosen.config.environment.variables;
        plain = ours plain.config.environment.variables;
        without = ours without.config.environment.variables;
        absent = builtins.all (package: package.given.pname or "" != "ask-nix") without.config.environment.systemPackages;
        present = builtins.any (package: package.given.pname or "" == "ask-nix") chosen.config.environment.systemPackages;
        whole = nixpkgs.lib.hasSuffix ".drv" chosen.config.system.build.toplevel.drvPath;
      };
    };
}
