{ pkgs, ... }:
{
  environment = {
    systemPackages = with pkgs; ([ vim ] ++ [
      git

      # Browsers
      chromium
    ]);
    sessionVariables = { NIXOS_OZONE_WL = "1"; };
  };

  environment.shellAliases.ll = "ls -l";
}
