{
  config,
  lib,
  pkgs,
  ...
}: let
  inherit (lib) mkEnableOption mkIf;
  cfg = config.modules.desktop;
in {
  imports = [
    ./foo.nix
    ../common
  ];

  options.modules.desktop.enable = mkEnableOption "desktop";

  config = mkIf cfg.enable {
    environment.systemPackages = with pkgs; [
      firefox
    ];
    services.openssh.enable = true;
  };
}
