{ lib, pkgs, ... }:
{
  users.users = lib.genAttrs [ "alice" "bob" ] (name: { isNormalUser = true; });
  networking.firewall = { enable = true; allowedTCPPorts = map (n: 8000 + n) [ 1 2 3 ]; };
  environment.systemPackages = map (name: pkgs.${name}) [ "vim" "git" ];
}
