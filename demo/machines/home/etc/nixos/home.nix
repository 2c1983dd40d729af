# The home of alice.
{ config, pkgs, ... }:

{
  home.username = "alice";
  home.homeDirectory = "@root@/home";
  home.stateVersion = "25.11";

  home.packages = [ pkgs.ripgrep pkgs.jq ];
  home.sessionVariables.EDITOR = "vim";
  home.file.".config/greeting".text = "Good morning.\n";

  programs.git.enable = true;
  programs.git.userName = "Alice";
}
