# Options under the names they once had.
{ lib, ... }:
{
  imports = [
    (lib.mkRenamedOptionModule [ "services" "xserver" "desktopManager" "gnome" "enable" ] [ "services" "desktopManager" "gnome" "enable" ])
    (lib.mkRenamedOptionModule [ "services" "xserver" "displayManager" "gdm" "enable" ] [ "services" "displayManager" "gdm" "enable" ])
    (lib.mkRenamedOptionModule [ "services" "xserver" "layout" ] [ "services" "xserver" "xkb" "layout" ])
    (lib.mkRenamedOptionModule [ "services" "ssh" "enable" ] [ "services" "openssh" "enable" ])
    (lib.mkRenamedOptionModule [ "hardware" "opengl" "enable" ] [ "hardware" "graphics" "enable" ])
    (lib.mkRenamedOptionModule [ "hardware" "pulseaudio" "enable" ] [ "services" "pulseaudio" "enable" ])
    (lib.mkRenamedOptionModule [ "nix" "trustedUsers" ] [ "nix" "settings" "trusted-users" ])
    (lib.mkRenamedOptionModule [ "fonts" "fonts" ] [ "fonts" "packages" ])
    (lib.mkRemovedOptionModule [ "sound" "enable" ] "The option was heavily overloaded and can be removed from most configurations.\n")
    (lib.mkRemovedOptionModule [ "services" "xserver" "desktopManager" "plasma5" "enable" ] "Plasma 5 has reached its end of life; use services.desktopManager.plasma6.enable instead.")
  ];
}
