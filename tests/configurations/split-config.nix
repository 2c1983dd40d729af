{ config, lib, pkgs, ... }:
{
  options.mine.name = lib.mkOption { type = lib.types.str; default = "x"; };
  config.environment.systemPackages = [ pkgs.vim ];
  config.services.openssh.enable = false;
}
