{
  description = "The package collection of the demo machine";
  outputs = { self }:
    let
      lib = import ./lib;
      systems = [ "x86_64-linux" "aarch64-linux" ];
    in
    {
      lib = lib // {
        nixosSystem = args: import ./nixos/lib/eval-config.nix ({
          inherit lib;
          # The system keeps its package collection alive through its registry file, as a real one does.
          source = self.outPath;
          modulesFile = (builtins.unsafeGetAttrPos "modules" args).file or "<unknown-file>";
        } // args);
        homeManagerConfiguration = args: import ./home { inherit lib args; };
      };
      legacyPackages = lib.genAttrs systems (system: import ./pkgs { inherit system; });
      nixosModules.notDetected = { };
    };
}
