{ config, lib, pkgs, ... }:

{
  environment.systemPackages = lib.mkMerge [
    (with pkgs; [ vim git ])
    (lib.mkIf config.services.xserver.enable [ pkgs.firefox ])
  ];
}
