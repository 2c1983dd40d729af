{ lib, pkgs, ... }:
{
  services.openssh.enable = lib.mkForce false;
  environment.systemPackages = lib.mkForce (with pkgs; [ vim ]);
  networking.firewall = lib.mkForce { allowedTCPPorts = [ 22 ]; };
  time.timeZone = lib.mkDefault "UTC";
}
