{ config, pkgs, ... }:

{
  users = {
    mutableUsers = true;
    users.alice = {
      isNormalUser = true;
      extraGroups = [ "wheel" "networkmanager" ]; # keep this
      packages = with pkgs; [
        # Browsers
        firefox
        # Chat
        # discord
        signal-desktop # keep this
      ];
    };
    users."bob".isNormalUser = true;
  };
}
