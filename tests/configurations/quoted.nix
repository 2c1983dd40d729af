{ pkgs, ... }:
{
  "environment"."systemPackages" = [ pkgs."vim" pkgs."hello-world" ];
  services.nginx.virtualHosts."example.org" = { root = "/srv"; };
  services."openssh" = { "enable" = false; };
}
