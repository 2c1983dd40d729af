{ pkgs, ... }: rec {
  networking = rec { hostName = "atlas"; domain = "example.org"; fqdn = "${hostName}.${domain}"; };
  environment = { systemPackages = [ pkgs.git ]; variables.HOST = networking.hostName; };
}
