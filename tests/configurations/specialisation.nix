{ pkgs, lib, ... }:
{
  specialisation = {
    gaming.configuration = {
      environment.systemPackages = [ pkgs.lutris ];
      services.openssh.enable = lib.mkForce false;
      time.timeZone = "UTC";
    };
  };
}
