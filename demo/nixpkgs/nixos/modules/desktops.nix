# Desktops and the screens one logs in on.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption mkEnableOption mkIf types;
  cfg = config.services;
in
{
  options.services = {
    xserver.enable = mkOption { type = types.bool; default = false; description = "Whether to enable the X server."; };
    xserver.videoDrivers = mkOption { type = types.listOf types.str; default = [ "modesetting" "fbdev" ]; example = [ "nvidia" ]; description = "The names of the video drivers the configuration supports."; };
    desktopManager.gnome.enable = mkOption { type = types.bool; default = false; description = "Enable GNOME desktop manager."; };
    desktopManager.plasma6.enable = mkOption { type = types.bool; default = false; description = "Enable the Plasma 6 (KDE 6) desktop environment."; };
    displayManager.gdm.enable = mkEnableOption "GDM, the GNOME Display Manager";
    displayManager.sddm.enable = mkOption { type = types.bool; default = false; description = "Whether to enable sddm as the display manager."; };
    displayManager.sddm.wayland.enable = mkEnableOption "experimental Wayland support";
    displayManager.autoLogin.enable = mkOption { type = types.bool; default = false; description = "Automatically log in as {option}`autoLogin.user`."; };
    displayManager.autoLogin.user = mkOption { type = types.nullOr types.str; default = null; description = "User to be used for the automatic login."; };
    gnome.core-apps.enable = mkOption { type = types.bool; default = true; description = "Whether to install GNOME core apps."; };
  };
  config = lib.mkMerge [
    (mkIf cfg.xserver.enable { environment.systemPackages = [ pkgs.xorg-server ]; })
    (mkIf cfg.desktopManager.gnome.enable {
      environment.systemPackages = [ pkgs.gnome-shell ] ++ lib.optional cfg.gnome.core-apps.enable pkgs.nautilus;
      fonts.enableDefaultPackages = lib.mkDefault true;
      networking.networkmanager.enable = lib.mkDefault true;
      hardware.bluetooth.enable = lib.mkDefault true;
      services.pipewire.enable = lib.mkDefault true;
    })
    (mkIf cfg.desktopManager.plasma6.enable {
      environment.systemPackages = [ pkgs.plasma-desktop pkgs.dolphin ];
      fonts.enableDefaultPackages = lib.mkDefault true;
      networking.networkmanager.enable = lib.mkDefault true;
      hardware.bluetooth.enable = lib.mkDefault true;
      services.pipewire.enable = lib.mkDefault true;
    })
    (mkIf cfg.displayManager.gdm.enable {
      systemd.services.display-manager = { description = "Display Manager"; restartIfChanged = false; wantedBy = [ "graphical.target" ]; serviceConfig.ExecStart = "${pkgs.gdm}/bin/gdm"; };
    })
    (mkIf cfg.displayManager.sddm.enable {
      systemd.services.display-manager = { description = "Display Manager"; restartIfChanged = false; wantedBy = [ "graphical.target" ]; serviceConfig.ExecStart = "${pkgs.sddm}/bin/sddm"; };
    })
    {
      assertions = [
        { assertion = !(cfg.displayManager.gdm.enable && cfg.displayManager.sddm.enable); message = "Only one display manager can be enabled: services.displayManager.gdm and services.displayManager.sddm are both set."; }
        { assertion = cfg.displayManager.autoLogin.enable -> cfg.displayManager.autoLogin.user != null; message = "services.displayManager.autoLogin.enable requires services.displayManager.autoLogin.user to be set"; }
      ];
    }
  ];
}
