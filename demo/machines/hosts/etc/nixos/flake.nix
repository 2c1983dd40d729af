{
  description = "Three machines";

  inputs.nixpkgs.url = "path:@root@/channels/nixos-25.11";

  outputs = { self, nixpkgs }:
    let
      host = module: nixpkgs.lib.nixosSystem {
        specialArgs = { inherit self; };
        modules = [ module { system.configurationRevision = self.rev or self.dirtyRev or null; } ];
      };
    in
    {
      nixosConfigurations = {
        demo = host ./configuration.nix;
        atlas = host ./hosts/atlas.nix;
        web = host ./hosts/web.nix;
      };
    };
}
