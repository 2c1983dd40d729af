# A desktop computer.
{ pkgs, ... }:

{
  imports = [ ../hardware-configuration.nix ];

  networking.hostName = "atlas";
  boot.loader.systemd-boot.enable = true;

  services.desktopManager.plasma6.enable = true;
  services.displayManager.sddm.enable = true;

  users.users.alice = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
    packages = [ pkgs.firefox pkgs.gimp ];
  };

  system.stateVersion = "25.11";
}
