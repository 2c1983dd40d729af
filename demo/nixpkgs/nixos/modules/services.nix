# Programs that run in the background.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption mkEnableOption mkIf types;
  cfg = config.services;
  package = name: lib.mkPackageOption pkgs name { };
  openFirewall = mkOption { type = types.bool; default = false; description = "Whether to open the ports of this service in the firewall."; };
  daemon = description: exec: { inherit description; wantedBy = [ "multi-user.target" ]; after = [ "network.target" ]; serviceConfig.ExecStart = exec; };
  settings = description: mkOption { type = types.submodule { freeformType = types.attrsOf types.anything; }; default = { }; inherit description; };
in
{
  options.services = {
    openssh = {
      enable = mkOption { type = types.bool; default = false; description = "Whether to enable the OpenSSH secure shell daemon, which allows secure remote logins."; };
      package = package "openssh";
      ports = mkOption { type = types.listOf types.port; default = [ 22 ]; description = "Specifies on which ports the SSH daemon listens."; };
      openFirewall = openFirewall // { default = true; };
      settings = mkOption {
        default = { };
        description = "Configuration for `sshd_config(5)`.";
        type = types.submodule {
          freeformType = types.attrsOf (types.nullOr (types.oneOf [ types.bool types.int types.str (types.listOf types.str) ]));
          options.PasswordAuthentication = mkOption { type = types.nullOr types.bool; default = true; description = "Specifies whether password authentication is allowed."; };
          options.PermitRootLogin = mkOption { type = types.nullOr (types.enum [ "yes" "without-password" "prohibit-password" "forced-commands-only" "no" ]); default = "prohibit-password"; description = "Whether the root user can login using ssh."; };
          options.X11Forwarding = mkOption { type = types.nullOr types.bool; default = false; description = "Whether to allow X11 connections to be forwarded."; };
        };
      };
    };
    nginx = {
      enable = mkEnableOption "Nginx Web Server";
      package = package "nginx";
      recommendedTlsSettings = mkOption { type = types.bool; default = false; description = "Enable recommended TLS settings."; };
      virtualHosts = mkOption {
        default = { };
        description = "Declarative vhost config.";
        type = types.attrsOf (types.submodule {
          options.root = mkOption { type = types.nullOr types.path; default = null; description = "The path of the web root directory."; };
          options.forceSSL = mkOption { type = types.bool; default = false; description = "Whether to add a separate nginx server block that redirects (defaults to 301, configurable with `redirectCode`) all plain HTTP traffic to HTTPS."; };
          options.enableACME = mkOption { type = types.bool; default = false; description = "Whether to ask Let's Encrypt to sign a certificate for this vhost."; };
          options.locations = mkOption { type = types.attrsOf types.anything; default = { }; description = "Declarative location config."; };
        });
      };
    };
    postgresql = {
      enable = mkEnableOption "PostgreSQL Server";
      package = package "postgresql";
      enableTCPIP = mkOption { type = types.bool; default = false; description = "Whether PostgreSQL should listen on all network interfaces."; };
      ensureDatabases = mkOption { type = types.listOf types.str; default = [ ]; description = "Ensures that the specified databases exist."; };
      ensureUsers = mkOption { type = types.listOf types.anything; default = [ ]; description = "Ensures that the specified users exist."; };
      settings = settings "PostgreSQL configuration.";
    };
    redis.servers = mkOption { type = types.attrsOf types.anything; default = { }; description = "Configuration of multiple `redis-server` instances."; };
    printing.enable = mkOption { type = types.bool; default = false; description = "Whether to enable printing support through the CUPS daemon."; };
    printing.drivers = mkOption { type = types.listOf types.path; default = [ ]; description = "CUPS drivers to use."; };
    avahi = {
      enable = mkOption { type = types.bool; default = false; description = "Whether to run the Avahi daemon, which allows Avahi clients to use Avahi's service discovery facilities."; };
      nssmdns4 = mkOption { type = types.bool; default = false; description = "Whether to enable the mDNS NSS (Name Service Switch) plug-in for IPv4."; };
      openFirewall = openFirewall;
    };
    pipewire = {
      enable = mkEnableOption "PipeWire service";
      alsa.enable = mkEnableOption "ALSA support";
      alsa.support32Bit = mkEnableOption "32-bit ALSA support on 64-bit systems";
      pulse.enable = mkEnableOption "PulseAudio server emulation";
      jack.enable = mkEnableOption "JACK audio emulation";
    };
    pulseaudio.enable = mkOption { type = types.bool; default = false; description = "Whether to enable the PulseAudio sound server."; };
    tailscale.enable = mkEnableOption "Tailscale client daemon";
    fwupd.enable = mkOption { type = types.bool; default = false; description = "Whether to enable fwupd, a DBus service that allows applications to update firmware."; };
    fstrim.enable = mkEnableOption "periodic SSD TRIM of mounted partitions in background";
    flatpak.enable = mkEnableOption "flatpak";
    libinput.enable = mkEnableOption "libinput";
    power-profiles-daemon.enable = mkOption { type = types.bool; default = false; description = "Whether to enable power-profiles-daemon."; };
    tlp.enable = mkOption { type = types.bool; default = false; description = "Whether to enable the TLP power management daemon."; };
    fail2ban.enable = mkOption { type = types.bool; default = false; description = "Whether to enable the fail2ban service."; };
  };
  options.virtualisation = {
    docker.enable = mkOption { type = types.bool; default = false; description = "This option enables docker, a daemon that manages linux containers. Users in the \"docker\" group can interact with the daemon (e.g. to start or stop containers) using the {command}`docker` command line tool."; };
    docker.autoPrune.enable = mkOption { type = types.bool; default = false; description = "Whether to periodically prune Docker resources."; };
    podman.enable = mkOption { type = types.bool; default = false; description = "This option enables Podman, a daemonless container engine for developing, managing, and running OCI Containers on your Linux System."; };
    podman.dockerCompat = mkOption { type = types.bool; default = false; description = "Create an alias mapping {command}`docker` to {command}`podman`."; };
  };

  config = lib.mkMerge [
    (mkIf cfg.openssh.enable {
      systemd.services.sshd = daemon "SSH Daemon" "${cfg.openssh.package}/bin/sshd -D -f /etc/ssh/sshd_config" // { stopIfChanged = false; };
      environment.systemPackages = [ cfg.openssh.package ];
      environment.etc."ssh/sshd_config".text = lib.concatMapStrings (p: "Port ${toString p}\n") cfg.openssh.ports
        + lib.concatStrings (lib.mapAttrsToList (n: v: lib.optionalString (v != null) "${n} ${if lib.isBool v then (if v then "yes" else "no") else toString v}\n") cfg.openssh.settings);
      networking.firewall.allowedTCPPorts = mkIf cfg.openssh.openFirewall cfg.openssh.ports;
    })
    (mkIf cfg.nginx.enable {
      systemd.services.nginx = daemon "Nginx Web Server" "${cfg.nginx.package}/bin/nginx -c /etc/nginx/nginx.conf" // { reloadIfChanged = true; };
      environment.etc."nginx/nginx.conf".text = lib.concatStrings (lib.mapAttrsToList (n: v: "server { server_name ${n}; root ${toString v.root}; }\n") cfg.nginx.virtualHosts);
      users.users.nginx = { isSystemUser = true; group = "nginx"; };
      users.groups.nginx = { };
      warnings = lib.optional (cfg.nginx.virtualHosts == { }) "services.nginx.enable is true but no virtualHosts are defined";
    })
    (mkIf cfg.postgresql.enable {
      systemd.services.postgresql = daemon "PostgreSQL Server" "${cfg.postgresql.package}/bin/postgres";
      environment.systemPackages = [ cfg.postgresql.package ];
      users.users.postgres = { isSystemUser = true; group = "postgres"; };
      users.groups.postgres = { };
    })
    (mkIf (cfg.redis.servers != { }) {
      systemd.services = lib.mapAttrs' (n: _: lib.nameValuePair "redis-${n}" (daemon "Redis Server - ${n}" "${pkgs.redis}/bin/redis-server")) cfg.redis.servers;
    })
    (mkIf cfg.printing.enable {
      systemd.services.cups = daemon "CUPS Scheduler" "${pkgs.cups}/bin/cupsd -f";
      environment.systemPackages = [ pkgs.cups ];
    })
    (mkIf cfg.avahi.enable {
      systemd.services.avahi-daemon = daemon "Avahi mDNS/DNS-SD Stack" "${pkgs.avahi}/bin/avahi-daemon";
      networking.firewall.allowedUDPPorts = mkIf cfg.avahi.openFirewall [ 5353 ];
    })
    (mkIf cfg.pipewire.enable {
      systemd.services.pipewire = daemon "PipeWire Multimedia Service" "${pkgs.pipewire}/bin/pipewire";
      environment.systemPackages = [ pkgs.pipewire ];
      assertions = [{ assertion = !cfg.pulseaudio.enable || !cfg.pipewire.pulse.enable; message = "Using PipeWire's PulseAudio server emulation in conjunction with PulseAudio is not supported.\nEither services.pulseaudio.enable or services.pipewire.pulse.enable must be set to false."; }];
    })
    (mkIf cfg.tailscale.enable {
      systemd.services.tailscaled = daemon "Tailscale node agent" "${pkgs.tailscale}/bin/tailscaled";
      environment.systemPackages = [ pkgs.tailscale ];
    })
    (mkIf cfg.fwupd.enable {
      systemd.services.fwupd = daemon "Firmware update daemon" "${pkgs.fwupd}/libexec/fwupd";
      environment.systemPackages = [ pkgs.fwupd ];
    })
    (mkIf cfg.fstrim.enable {
      systemd.services.fstrim = { description = "Discard unused blocks"; startAt = "weekly"; serviceConfig.ExecStart = "fstrim --listed-in /etc/fstab"; };
    })
    (mkIf (cfg.tlp.enable && cfg.power-profiles-daemon.enable) {
      assertions = [{ assertion = false; message = "You have set services.power-profiles-daemon.enable = true;\nwhich conflicts with services.tlp.enable = true;"; }];
    })
    (mkIf config.virtualisation.docker.enable {
      systemd.services.docker = daemon "Docker Application Container Engine" "${pkgs.docker}/bin/dockerd";
      environment.systemPackages = [ pkgs.docker ];
      users.groups.docker = { };
    })
    (mkIf config.virtualisation.podman.enable {
      environment.systemPackages = [ pkgs.podman ];
      assertions = [{ assertion = !(config.virtualisation.podman.dockerCompat && config.virtualisation.docker.enable); message = "Option dockerCompat conflicts with docker"; }];
    })
  ];
}
