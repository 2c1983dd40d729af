# A server.
{ pkgs, ... }:

{
  imports = [ ../hardware-configuration.nix ];

  networking.hostName = "web";
  boot.loader.grub.device = "/dev/vda";

  services.openssh.enable = true;
  services.openssh.settings.PasswordAuthentication = false;
  services.nginx.enable = true;
  services.nginx.virtualHosts."example.org".root = "/srv/www";
  networking.firewall.allowedTCPPorts = [ 80 443 ];

  environment.systemPackages = [ pkgs.tmux ];

  system.stateVersion = "25.11";
}
