{
  description = "The demo machine and the home of its person";

  inputs.nixpkgs.url = "path:@root@/channels/nixos-25.11";

  outputs = { self, nixpkgs }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
      modules = [
        ./configuration.nix
        { system.configurationRevision = self.rev or self.dirtyRev or null; }
      ];
    };

    homeConfigurations."alice@demo" = nixpkgs.lib.homeManagerConfiguration {
      pkgs = nixpkgs.legacyPackages.@system@;
      modules = [ ./home.nix ];
    };
  };
}
