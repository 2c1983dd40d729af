{ pkgs, ... }:

{
  environment.systemPackages = with pkgs; [
    vim
    git # keep this
  ];
  time.timeZone = "UTC";
}
