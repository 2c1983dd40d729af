{ config, ... }:
{
  flake.modules.nixos.base = { pkgs, ... }: {
    environment.systemPackages = [ pkgs.git ];
  };
  configurations.nixos.atlas.module = {
    imports = with config.flake.modules.nixos; [ base ];
    networking.hostName = "atlas";
  };
}
