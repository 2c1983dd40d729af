{ pkgs, lib, ... }:
assert lib.versionAtLeast lib.version "24.05";
with lib;
{
  environment.systemPackages = with pkgs; (lib.flatten [ vim [ git htop ] ]);
  services.openssh.enable = mkDefault true;
}
