{ inputs, self, ... }:
{
  flake.nixosModules.desktop =
    { pkgs, lib, ... }:
    {
      environment.systemPackages = with pkgs; [ firefox ];
    };
}
