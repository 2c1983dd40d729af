{ pkgs, config, ... }:
{
  environment.systemPackages =
    with pkgs;
    [
      vim # keep this
      git
    ]
    ++ pkgs.lib.optionals config.services.xserver.enable [
      firefox
      vlc
    ];
}
