{ lib, pkgs, ... }:
{
  nixpkgs = {
    config.allowUnfreePredicate = pkg: builtins.elem (lib.getName pkg) [
      "vscode"
      "discord" # keep this
    ];
    overlays = [ (final: prev: { vim = prev.vim.override { python3 = prev.python3; }; }) ];
  };
  environment.systemPackages = with pkgs; [ (vim.override { }) ];
}
