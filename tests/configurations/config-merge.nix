{ config, lib, pkgs, ... }:

{
  config = lib.mkMerge [
    {
      networking.hostName = "atlas";
      environment.systemPackages = with pkgs; [ vim ];
    }
    (lib.mkIf config.services.xserver.enable {
      environment.systemPackages = with pkgs; [ firefox ];
    })
  ];
}
