{ pkgs, ... }:
let
  inherit (pkgs) vim git htop;
in
{
  environment.systemPackages = [
    vim
    git
    htop
  ];
}
