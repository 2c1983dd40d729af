# Names, addresses, ports.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption mkEnableOption types;
  cfg = config.networking;
  ports = kind: mkOption { type = types.listOf types.port; default = [ ]; apply = p: lib.naturalSort (lib.unique p); example = [ 22 80 ]; description = "List of ${kind} ports on which incoming connections are accepted."; };
in
{
  options.networking = {
    hostName = mkOption {
      default = "nixos";
      type = types.strMatching "^$|^[[:alnum:]]([[:alnum:]_-]{0,61}[[:alnum:]])?$";
      description = "The name of the machine. Leave it empty if you want to obtain it from a DHCP server (if using DHCP).";
    };
    domain = mkOption { type = types.nullOr types.str; default = null; example = "home.arpa"; description = "The system domain name."; };
    hostId = mkOption { type = types.nullOr types.str; default = null; description = "The 32-bit host ID of the machine, formatted as 8 hexadecimal characters."; };
    useDHCP = mkOption { type = types.bool; default = true; description = "Whether to use DHCP to obtain an IP address and other configuration for all network interfaces that do not have any manually configured IPv4 addresses."; };
    nameservers = mkOption { type = types.listOf types.str; default = [ ]; example = [ "130.161.158.4" ]; description = "The list of nameservers."; };
    extraHosts = mkOption { type = types.lines; default = ""; description = "Additional verbatim entries to be appended to /etc/hosts."; };
    hosts = mkOption { type = types.attrsOf (types.listOf types.str); default = { }; description = "Locally defined maps of hostnames to IP addresses."; };
    interfaces = mkOption { type = types.attrsOf types.anything; default = { }; description = "The configuration for each network interface."; };
    networkmanager.enable = mkOption { type = types.bool; default = false; description = "Whether to use NetworkManager to obtain an IP address and other configuration for all network interfaces that are not manually configured."; };
    wireless.enable = mkEnableOption "wpa_supplicant";
    firewall = {
      enable = mkOption { type = types.bool; default = true; description = "Whether to enable the firewall. This is a simple stateful firewall that blocks connection attempts to unauthorised TCP or UDP ports on this machine."; };
      allowedTCPPorts = ports "TCP";
      allowedUDPPorts = ports "UDP";
      allowPing = mkOption { type = types.bool; default = true; description = "Whether to respond to incoming ICMPv4 echo requests (\"pings\")."; };
    };
  };
  config = lib.mkMerge [
    {
      environment.etc.hostname.text = cfg.hostName + "\n";
      environment.etc.hosts.text = "127.0.0.1 localhost\n::1 localhost\n127.0.0.2 ${cfg.hostName}\n"
        + lib.concatStrings (lib.mapAttrsToList (ip: names: "${ip} ${toString names}\n") cfg.hosts) + cfg.extraHosts;
      assertions = [{
        assertion = !(cfg.networkmanager.enable && cfg.wireless.enable);
        message = "You can not use networking.networkmanager with networking.wireless.\nExcept if you mark some interfaces as <literal>unmanaged</literal> by NetworkManager.";
      }];
    }
    (lib.mkIf cfg.firewall.enable {
      environment.etc."firewall.json".text = builtins.toJSON cfg.firewall;
      systemd.services.firewall = {
        description = "Firewall";
        wantedBy = [ "sysinit.target" ];
        reloadIfChanged = true;
        serviceConfig.ExecStart = "firewall-start tcp=${toString cfg.firewall.allowedTCPPorts} udp=${toString cfg.firewall.allowedUDPPorts}";
      };
    })
    (lib.mkIf cfg.networkmanager.enable {
      environment.systemPackages = [ pkgs.networkmanager ];
      systemd.services.NetworkManager = { description = "Network Manager"; wantedBy = [ "network.target" ]; serviceConfig.ExecStart = "${pkgs.networkmanager}/bin/NetworkManager"; };
    })
  ];
}
