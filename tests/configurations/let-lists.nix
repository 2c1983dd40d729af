{ pkgs, ... }:
let
  cli = with pkgs; [ vim git ];
  gui = with pkgs; [ firefox ];
in {
  environment.systemPackages = cli ++ gui;
}
