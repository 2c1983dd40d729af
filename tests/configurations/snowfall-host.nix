{
  pkgs,
  lib,
  namespace,
  ...
}:
with lib.${namespace};
{
  imports = [ ./hardware.nix ];

  ${namespace} = {
    archetypes.workstation = enabled;
    hardware.audio = enabled;
  };

  environment.systemPackages = with pkgs; [ chromium ];

  system.stateVersion = "23.11";
}
