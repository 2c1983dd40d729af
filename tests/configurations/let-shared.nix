{ pkgs, ... }:
let
  tools = with pkgs; [ vim git ];
in {
  environment.systemPackages = tools;
  users.users.alice.packages = tools;
}
