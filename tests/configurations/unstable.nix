{ config, pkgs, pkgs-unstable, ... }:
{
  environment.systemPackages =
    (with pkgs; [
      git
    ])
    ++
    (with pkgs-unstable; [
      neovim
    ]);
}
