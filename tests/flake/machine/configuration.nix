{ lib, ... }:
{
  boot.loader.systemd-boot.enable = true;
  system.stateVersion = "25.11";
  fileSystems."/" = { device = "/dev/vda1"; fsType = "ext4"; };
}
